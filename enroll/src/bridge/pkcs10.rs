//! `createPkcs10`: the request is built here, the token signs its digest. A request that fails leaves the pair behind,
//! as the plugin does.

use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use gost3410::{Algorithm, ParameterSet, PublicKeyInfo, VerifyingKey};
use serde_json::{Map, Value, json};
use x509_cert::ext::Extension;

use super::arguments::{Arguments, base64, flag};
use super::constants::*;
use super::device::Device;
use super::{Call, Fault, names};
use crate::ports::portal::{RequestedExtensions, SubjectAttribute};
use crate::ports::token::KeyPair;
use crate::request::{self, RequestError};

pub(super) fn create(
    device: &mut Device,
    call: &Call<'_>,
    given: Arguments<'_>,
) -> Result<Value, Fault> {
    let pair = device.pair(call, &given.octets(1)?)?;
    let (made_for, set) = device.purpose(&pair)?;
    // The fifth argument of old pages is a boolean: whether to name the tool.
    let old = given.given(4).and_then(Value::as_bool);
    let tool = Map::from_iter([("subjectSignTool".to_owned(), json!(SIGN_TOOL))]);
    let options = match old {
        Some(true) => &tool,
        Some(false) => &Map::new(),
        None => given.options(4)?,
    };
    let algorithm = algorithm(options, made_for)?;
    let key = key_of(&pair, algorithm, set)?;
    let subject = subject(given.given(2).ok_or(Fault::BAD_PARAMS)?)?;
    let extensions = extensions(given.options(3)?, options)?;
    let info = request::info_of(&subject, &key, &extensions)?;
    let signature = device
        .user(call)?
        .sign_digest(&pair.id, &algorithm.digest(&info))?;
    let der = request::assemble(&info, algorithm, &signature)?;
    Ok(json!(request::to_pem(&der)))
}

/// The page's hash decides between the two algorithms that share 256-bit pairs.
fn algorithm(options: &Map<String, Value>, made_for: Algorithm) -> Result<Algorithm, Fault> {
    let algorithm = match options.get("hashAlgorithm").and_then(Value::as_u64) {
        None => made_for,
        Some(HASH_TYPE_GOST3411_94) => Algorithm::Gost2001,
        Some(HASH_TYPE_GOST3411_12_256) => Algorithm::Gost2012_256,
        Some(HASH_TYPE_GOST3411_12_512) => Algorithm::Gost2012_512,
        Some(_) => return Err(Fault::MECHANISM_INVALID),
    };
    let fits = algorithm.size() == made_for.size();
    fits.then_some(algorithm).ok_or(Fault::MECHANISM_INVALID)
}

fn key_of(pair: &KeyPair, algorithm: Algorithm, set: ParameterSet) -> Result<PublicKeyInfo, Fault> {
    let public = pair.public_key.as_ref().ok_or(Fault::DEVICE_ERROR)?;
    let key = VerifyingKey::from_bytes(set, &public.to_bytes()).map_err(|_| Fault::DEVICE_ERROR)?;
    let fits = algorithm.allows(set);
    fits.then_some(PublicKeyInfo { algorithm, key })
        .ok_or(Fault::MECHANISM_INVALID)
}

/// `[{rdn, value}]`, order kept; values are the page's business.
fn subject(given: &Value) -> Result<Vec<SubjectAttribute>, Fault> {
    let fields = given.as_array().ok_or(Fault::BAD_PARAMS)?.iter();
    let fields = fields.map(|field| {
        let text = |name: &str| field.get(name).and_then(Value::as_str);
        let (rdn, value) = text("rdn").zip(text("value"))?;
        let oid = names::attribute(rdn)?;
        Some(SubjectAttribute {
            oid,
            label: rdn.to_owned(),
            value: value.to_owned(),
        })
    });
    fields.collect::<Option<_>>().ok_or(Fault::BAD_PARAMS)
}

fn extensions(
    given: &Map<String, Value>,
    options: &Map<String, Value>,
) -> Result<Vec<Extension>, Fault> {
    let texts = |name: &str| -> Result<Vec<String>, Fault> {
        let list = given.get(name).filter(|list| !list.is_null());
        let Some(list) = list else {
            return Ok(Vec::new());
        };
        serde_json::from_value(list.clone()).map_err(|_| Fault::BAD_PARAMS)
    };
    let oids = |name: &str, read: fn(&str) -> Option<ObjectIdentifier>| {
        let found = texts(name)?
            .iter()
            .map(|text| read(text))
            .collect::<Option<Vec<_>>>();
        found.ok_or(Fault::BAD_PARAMS)
    };
    let wanted = RequestedExtensions {
        key_usage: texts("keyUsage")?,
        extended_key_usage: oids("extKeyUsage", names::purpose)?,
        policies: oids("certificatePolicies", |text| {
            ObjectIdentifier::new(text).ok()
        })?,
        sign_tool: options
            .get("subjectSignTool")
            .and_then(Value::as_str)
            .map(str::to_owned),
    };
    let mut extensions = request::extensions(&wanted)?;
    let custom = options.get("customExtensions").and_then(Value::as_array);
    for one in custom.into_iter().flatten() {
        let one = custom_extension(one)?;
        if extensions.iter().any(|it| it.extn_id == one.extn_id) {
            return Err(Fault::DUPLICATE_EXTENSION);
        }
        extensions.push(one);
    }
    Ok(extensions)
}

/// `{oid, value, criticality}`; the value is base64 of DER.
fn custom_extension(given: &Value) -> Result<Extension, Fault> {
    let given = given.as_object().ok_or(Fault::BAD_PARAMS)?;
    let text = |name: &str| {
        given
            .get(name)
            .and_then(Value::as_str)
            .ok_or(Fault::BAD_PARAMS)
    };
    Ok(Extension {
        extn_id: ObjectIdentifier::new(text("oid")?).map_err(|_| Fault::BAD_PARAMS)?,
        critical: flag(given, "criticality", false),
        extn_value: OctetString::new(base64(text("value")?)?).map_err(|_| Fault::ASN1_ERROR)?,
    })
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Field { .. } => Self::ATTRIBUTE_VALUE_INVALID,
            RequestError::KeyUsage { .. } => Self::BAD_PARAMS,
            RequestError::Algorithm { .. } => Self::MECHANISM_INVALID,
            RequestError::Malformed { .. } | RequestError::Differs { .. } => Self::ASN1_ERROR,
            RequestError::Signature => Self::DEVICE_ERROR,
        }
    }
}

/// What demo pages write.
const SIGN_TOOL: &str = "СКЗИ \"РУТОКЕН ЭЦП\"";
