//! The token pages of a portal that drives the token itself: a script of ours, and the vendor's module as published.
//!
//! The module is not ours to keep: the shell reads it from a folder that the settings name. The pages may load scripts
//! from the portal and from the plugin's bridge, and from nowhere else.

use askama::Template;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_SECURITY_POLICY};
use serde_json::{Value, json};

use super::Visit;
use crate::application::Application;
use crate::reply;

/// The vendor's modules below the folder with packages, by the names that the pages ask for them.
pub const MODULES: [(&str, &str); 2] = [
    ("rutoken.js", "rutoken/rutoken.min.js"),
    (
        "rutoken-plugin.js",
        "@aktivco/rutoken-plugin/rutoken-plugin.min.js",
    ),
];

const SCRIPT: &str = include_str!("../../templates/token.js");
const STYLE: &str = include_str!("../../templates/token.css");

/// Whether this is a file that belongs to the token pages: no step of the applicant's.
pub(crate) fn is_file(path: &str) -> bool {
    path.starts_with("/plugin/")
}

impl Visit<'_> {
    /// What the token pages load.
    pub(super) fn plugin_file(&mut self, name: &str) -> Response<Vec<u8>> {
        let script = |text: &str| reply::with_type(StatusCode::OK, JAVASCRIPT, text.into());
        if self.bridge().is_none() {
            return self.not_found();
        }
        match name {
            "token.js" => script(SCRIPT),
            "token.css" => {
                reply::with_type(StatusCode::OK, "text/css; charset=utf-8", STYLE.into())
            }
            _ => match self.mock.modules.get(name) {
                Some(module) => script(module),
                None => self.not_found(),
            },
        }
    }

    /// The origin of the plugin's bridge, if the token pages drive the token.
    pub(super) fn bridge(&self) -> Option<String> {
        let plugin = self.mock.settings.web.plugin.as_ref()?;
        Some(plugin.bridge.clone())
    }
}

/// A page that may load scripts from here and from the bridge, and talk to both.
pub(super) fn page(template: &impl Template, bridge: &str) -> Response<Vec<u8>> {
    let mut response = reply::page(StatusCode::OK, template);
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self' {bridge}; connect-src 'self' {bridge}; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response
            .headers_mut()
            .insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// What the plugin is asked for, in its own words (`generateKeyPair`, `createPkcs10`).
pub(super) fn order(application: &Application, key_usage: &str) -> Value {
    let profile = &application.profile;
    let (algorithm, hash) = match profile.algorithm {
        gost3410::Algorithm::Gost2001 => ("GOST3410_2001", "GOST3411_94"),
        gost3410::Algorithm::Gost2012_256 => ("GOST3410_2012_256", "GOST3411_12_256"),
        gost3410::Algorithm::Gost2012_512 => ("GOST3410_2012_512", "GOST3411_12_512"),
    };
    let rdn =
        |field: &crate::SubjectField| json!({ "rdn": field.oid.to_string(), "value": field.value });
    let dotted = |oids: &[const_oid::ObjectIdentifier]| -> Vec<String> {
        oids.iter().map(ToString::to_string).collect()
    };
    json!({
        "algorithm": format!("PUBLIC_KEY_ALGORITHM_{algorithm}"),
        "paramset": parameter_set(profile.parameter_set.name()),
        "hash": format!("HASH_TYPE_{hash}"),
        "subject": application.subject.iter().map(rdn).collect::<Vec<_>>(),
        "extensions": {
            "keyUsage": key_usage.split(", ").filter(|name| !name.is_empty()).collect::<Vec<_>>(),
            "extKeyUsage": dotted(&profile.extended_key_usage),
            "certificatePolicies": dotted(&profile.policies),
        },
        "signTool": profile.sign_tool,
        "label": application.label_after_sending(),
    })
}

/// As the plugin calls a set: `A`, `XA`, `TC26-A`; the 512-bit sets by their letter.
fn parameter_set(name: &str) -> String {
    name.replace("CryptoPro-Xch", "X")
        .replace("CryptoPro-", "")
        .replace("TC26-256-", "TC26-")
        .replace("TC26-512-", "")
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
