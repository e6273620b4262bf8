//! The report: one HTML file that shows a recording to a person.
//!
//! The page draws itself from the recording, which stands in it as data. Nothing of a recording becomes markup or script
//! of the page: text is set as text, portal pages are shown in frames that may do nothing, and the page allows no script
//! but its own and no network at all.

mod certificate;
pub mod folder;
mod replay;

use base64ct::{Base64, Encoding as _};
use emulator::TokenImage;
use emulator::timing::Profile;
use enroll::adapters::apdu_token::ApduToken;
use enroll::certificate::Certificate;
use enroll::messages::Lang;
use enroll::name;
use enroll::ports::token::{KeyKind, Token as _};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::clock::ScenarioClock;
use crate::reader::{Reader, Way};
use crate::recording::Recording;
use crate::replay::{Replayed, Side, Story};
use crate::signing::SigningSpeed;
use crate::token;

const PAGE: &str = include_str!("report/page.html");
const STYLE: &str = include_str!("report/page.css");
const SCRIPT: &str = concat!(
    include_str!("report/page.js"),
    include_str!("report/strip.js")
);

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The token cannot be looked at.
    #[error("the token of the run cannot be shown: {0}")]
    Token(String),
}

/// What the page is drawn from.
#[derive(Debug)]
pub struct Report {
    data: Value,
}

impl Report {
    /// All that a recording alone tells: its lines, the certificate in it, and the token its story begins with.
    ///
    /// Errors: the story's token cannot be made.
    pub fn of(recording: &Recording) -> Result<Self, ReportError> {
        let mut data = json!({
            "header": recording.header(),
            "lines": recording.lines(),
            "style": mock_ca::STYLESHEET,
            "certificate": certificate::of(recording),
        });
        if let Ok(story) = Story::of(recording) {
            let seed = recording.header().seed.unwrap_or_default();
            let image = token::image(&story.scenario.token, seed, story.epoch())
                .map_err(ReportError::Token)?;
            data["before"] = contents(image)?;
        }
        Ok(Self { data })
    }

    /// The same with the token that a replay began with, instead of the story's.
    ///
    /// Errors: the token is not laid out, or not readable.
    pub fn beginning_with(mut self, image: TokenImage) -> Result<Self, ReportError> {
        self.data["before"] = contents(image)?;
        Ok(self)
    }

    /// The same with the token that the run left.
    pub fn leaving(mut self, image: TokenImage) -> Result<Self, ReportError> {
        self.data["after"] = contents(image)?;
        Ok(self)
    }

    /// The same with what came of a replay against one side.
    #[must_use]
    pub fn replayed(mut self, side: Side, replayed: &Replayed) -> Self {
        if let Value::Array(replays) = &mut self.data["replays"] {
            replays.push(replay::told(side, replayed));
        } else {
            self.data["replays"] = json!([replay::told(side, replayed)]);
        }
        self
    }

    /// The same with how fast that token signs.
    #[must_use]
    pub fn signing(mut self, speed: SigningSpeed) -> Self {
        self.data["speed"] = json!({ "here": speed.here, "by_profile": speed.by_profile });
        self
    }

    /// The file's text.
    pub fn render(&self, lang: Lang) -> String {
        sheet(PAGE, STYLE, SCRIPT, &self.data, lang)
    }
}

/// A page that draws itself from its data, and allows no script but its own.
fn sheet(page: &str, style: &str, script: &str, data: &Value, lang: Lang) -> String {
    let hash = Base64::encode_string(&Sha256::digest(script));
    let tag = match lang {
        Lang::Ru => "ru",
        Lang::En => "en",
    };
    page.replace("{lang}", tag)
        .replace("{script-hash}", &hash)
        .replace("{style}", style)
        .replace("{script}", script)
        .replace("{data}", &inert(data))
}

/// JSON in which no character can end the element that holds it.
fn inert(data: &Value) -> String {
    data.to_string()
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

/// What a token shows without a PIN.
fn contents(image: TokenImage) -> Result<Value, ReportError> {
    let failed = |error: &dyn std::error::Error| ReportError::Token(error.to_string());
    let clock = ScenarioClock::at(Timestamp::UNIX_EPOCH);
    let reader = Reader::insert(image, 0, clock, Way::InProcess, Profile::none())
        .map_err(|error| failed(&error))?;
    let mut token = ApduToken::new(reader);
    let inventory = token.inventory().map_err(|error| failed(&error))?;
    let keys = inventory.keys.iter().map(|pair| {
        json!({ "what": "key", "kind": kind(&pair.kind), "label": pair.label, "id": pair.id.to_string() })
    });
    let certificates = inventory.certificates.iter().map(|it| {
        let read = Certificate::from_der(&it.der).ok();
        let subject = read.map(|it| name::print(it.subject()));
        json!({ "what": "certificate", "kind": subject, "label": it.label, "id": it.id.to_string() })
    });
    Ok(keys.chain(certificates).collect())
}

fn kind(kind: &KeyKind) -> String {
    match kind {
        KeyKind::Gost(set) => set.name().to_owned(),
        KeyKind::Rsa { bits } => format!("RSA {bits}"),
        KeyKind::Unknown => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use enroll::messages::Lang;

    use jiff::Timestamp;

    use super::{PAGE, Report, SCRIPT, STYLE};
    use crate::reader::Way;
    use crate::recording::Recording;
    use crate::replay::{Side, on_card};
    use crate::scenario::Scenario;
    use crate::token;

    const SHIPPED: &str = include_str!("../recordings/first-certificate.jsonl");

    fn rendered(recording: &str) -> String {
        let recording = Recording::parse(recording).expect("a recording");
        let report = Report::of(&recording).expect("a report");
        report.render(Lang::Ru)
    }

    #[test]
    fn a_recording_that_holds_markup_adds_no_element_to_the_page() {
        let hostile = "{\"recording\":1,\"scenario\":\"</script><script>alert(1)</script>\",\"epoch\":\"<b>\"}\n\
            {\"n\":1,\"at\":\"<img src=x onerror=alert(2)>\",\"lane\":\"<svg>\",\"text\":\"-->]]></script><!--\"}\n";
        let page = rendered(hostile);
        let elements = page.matches('<').count();
        let own = [PAGE, STYLE, SCRIPT].map(|part| part.matches('<').count());
        assert_eq!(elements, own.iter().sum::<usize>());
    }

    #[test]
    fn the_report_of_the_manual_has_its_certificate_and_the_token_it_began_with() {
        let recording = Recording::parse(SHIPPED).expect("a recording");
        let report = Report::of(&recording).expect("a report");
        let subject = report.data["certificate"]["subject"].to_string();
        assert!(subject.contains("Тестовая организация"), "{subject}");
        let certificate = &report.data["certificate"];
        assert_eq!(certificate["algorithm"], "GOST R 34.10-2001");
        assert_eq!(certificate["parameter_set"], "CryptoPro-A");
        assert_eq!(certificate["key"].as_str().map(str::len), Some(128));
        let extensions = certificate["extensions"].to_string();
        let usage = r#"["keyUsage","digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment",true]"#;
        assert!(extensions.contains(usage), "{extensions}");
        assert!(extensions.contains("1.2.643.100.113.1"), "{extensions}");
        assert_eq!(report.data["before"], serde_json::json!([]));
        assert_eq!(
            report.data["lines"].as_array().map(Vec::len),
            Some(recording.lines().len())
        );
    }

    #[test]
    fn where_no_engine_checked_the_certificate_it_is_the_one_that_was_saved() {
        let without_journal = SHIPPED.lines().filter(|line| !line.contains("\"fact\""));
        let without_journal = without_journal.collect::<Vec<_>>().join("\n");
        let of = |recording: &str| {
            let recording = Recording::parse(recording).expect("a recording");
            Report::of(&recording).expect("a report").data["certificate"].clone()
        };
        assert_ne!(of(SHIPPED), serde_json::Value::Null);
        assert_eq!(of(&without_journal), of(SHIPPED));
    }

    #[test]
    fn a_replay_on_another_token_shows_that_token_and_where_it_differs() {
        let recording = Recording::parse(SHIPPED).expect("a recording");
        let holds = Scenario::find("foreign-pair").expect("shipped").token;
        let image = token::image(&holds, 1, Timestamp::UNIX_EPOCH).expect("an image");
        let replayed = on_card(&recording, &image, Way::InProcess).expect("a card");
        let report = Report::of(&recording).and_then(|it| it.beginning_with(image));
        let report = report.expect("a report").replayed(Side::Token, &replayed);
        assert_eq!(report.data["before"][0]["label"], "ЕГАИС_610042");
        let told = &report.data["replays"][0];
        assert_eq!(told["passed"], false);
        assert!(told["differences"][0]["at"].is_u64(), "{told}");
    }

    #[test]
    fn a_page_and_a_lane_that_nobody_knows_are_in_the_report_as_recorded() {
        let recording = "{\"recording\":1,\"scenario\":\"s\",\"epoch\":\"e\",\"via\":\"browser\"}\n\
            {\"n\":1,\"at\":\"t\",\"lane\":\"page\",\"number\":\"1.11\",\"what\":\"sees\",\"figure\":9}\n\
            {\"n\":2,\"at\":\"t\",\"lane\":\"smell\",\"of\":\"roses\"}\n";
        let read = Recording::parse(recording).expect("a recording");
        assert_eq!(read.to_json_lines(), recording);
        let report = Report::of(&read).expect("a report");
        assert_eq!(report.data["lines"][0]["figure"], 9);
        assert_eq!(report.data["lines"][1]["of"], "roses");
        let transcript = crate::transcript::render(&read);
        assert!(
            transcript.contains("1.11      person: sees (Рис. 9)"),
            "{transcript}"
        );
        assert!(transcript.contains("smell"), "{transcript}");
    }

    #[test]
    fn the_page_allows_its_own_script_and_no_other() {
        use base64ct::{Base64, Encoding as _};
        use sha2::{Digest as _, Sha256};
        let page = rendered(SHIPPED);
        let hash = Base64::encode_string(&Sha256::digest(SCRIPT));
        assert!(page.contains(&format!("script-src 'sha256-{hash}'")));
        assert!(page.contains("default-src 'none'"));
    }
}
