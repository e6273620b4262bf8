//! The JSON Schema of a scenario file, for editors: generated from the types.

use schemars::{Schema, SchemaGenerator, schema_for};
use serde_json::{Map, Value, json};

use super::Scenario;

/// The schema's text, as `scenarios/scenario.schema.json` holds it.
pub fn text() -> String {
    let schema = schema_for!(Scenario);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema is plain JSON");
    text.push('\n');
    text
}

/// The mock's settings: names and kinds of what they are by default; `mock-ca/KNOBS.md` says what each is good for.
pub(super) fn portal(_: &mut SchemaGenerator) -> Schema {
    let defaults =
        serde_json::to_value(mock_ca::Settings::default()).expect("settings are plain data");
    let mut schema = of(&defaults);
    schema.insert(
        "description".to_owned(),
        json!("Settings of the mock; mock-ca/KNOBS.md says what each is good for."),
    );
    schema.into()
}

fn of(value: &Value) -> Map<String, Value> {
    let schema = match value {
        Value::Object(fields) => {
            let properties: Map<String, Value> = fields
                .iter()
                .map(|(name, field)| (name.clone(), of(field).into()))
                .collect();
            json!({ "type": "object", "additionalProperties": false, "properties": properties })
        }
        Value::Array(_) => json!({ "type": "array" }),
        Value::String(_) => json!({ "type": "string" }),
        Value::Bool(_) => json!({ "type": "boolean" }),
        Value::Number(_) => json!({ "type": "integer" }),
        Value::Null => json!({}),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}
