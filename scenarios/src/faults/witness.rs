//! What somebody sees who believes neither the engine nor the portal: the requests that reached the mock, the token's
//! contents, the journal.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use enroll::certificate::Certificate;
use enroll::event::Events;
use enroll::journal::Store;
use enroll::ports::token::{KeyKind, PinRole, Token, Tries};
use http::Method;
use serde_json::Value;

use crate::jobs::locked;
use crate::world::{Before, World};

/// The different requests for a certificate that the portal was handed.
#[derive(Clone, Default)]
pub(crate) struct Requests(Arc<Mutex<BTreeSet<String>>>);

/// The token and the portal as they are now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// GOST pairs: those of ЕГАИС.
    pub(crate) pairs: usize,
    /// Labels, numbers and ids of all others: not ours to touch.
    pub(crate) others: Vec<(String, u8, String)>,
    /// Certificates whose pair is on the token.
    pub(crate) certificates: usize,
    /// Certificates whose pair is not.
    pub(crate) stray: usize,
    /// Tries left for the user's PIN.
    pub(crate) user_tries: u8,
    /// The portal's word for application 722318.
    pub(crate) status: String,
}

impl Requests {
    /// Listens at the mock's door.
    pub(crate) fn listening(&self) -> Before {
        let heard = Arc::clone(&self.0);
        Box::new(move |mut door| {
            Box::new(move |now, listener, request| {
                if request.method() == Method::POST {
                    let form = String::from_utf8_lossy(request.body());
                    locked(&heard).extend(pkcs10(&form).map(str::to_owned));
                }
                door(now, listener, request)
            })
        })
    }

    /// How many there were; the same one again does not count.
    pub(crate) fn count(&self) -> usize {
        locked(&self.0).len()
    }
}

/// The PEM of a form's request, as it is encoded there.
fn pkcs10(form: &str) -> Option<&str> {
    let (_, rest) = form.split_once("BEGIN+CERTIFICATE+REQUEST")?;
    Some(
        rest.split_once("END+CERTIFICATE")
            .map_or(rest, |(pem, _)| pem),
    )
}

impl Seen {
    /// Looks at token and portal, without a PIN and without leaving a trace.
    pub(crate) fn now(world: &World) -> Result<Self, String> {
        let events = Events::unwatched(Rc::new(world.clock.clone()));
        let reset = world.reader.power_cycle();
        reset.map_err(|error| error.to_string())?;
        let mut token = world.token(&events);
        let user_tries = match token.tries(PinRole::User) {
            Ok(Tries::Left(left)) => left,
            _ => 0,
        };
        let inventory = token.inventory().map_err(|error| error.to_string())?;
        let (gost, others): (Vec<_>, Vec<_>) = inventory
            .keys
            .into_iter()
            .partition(|pair| matches!(pair.kind, KeyKind::Gost(_)));
        let belongs = |der: &[u8]| {
            let certificate = Certificate::from_der(der).ok();
            let key = certificate.as_ref().and_then(Certificate::key);
            let key = key.map(|info| info.key.to_bytes());
            key.is_some_and(|key| {
                let keys = gost.iter().filter_map(|pair| pair.public_key.as_ref());
                keys.into_iter().any(|ours| ours.to_bytes() == key)
            })
        };
        let all = inventory.certificates.len();
        let certificates = inventory
            .certificates
            .iter()
            .filter(|it| belongs(&it.der))
            .count();
        Ok(Self {
            pairs: gost.len(),
            others: others
                .into_iter()
                .map(|pair| (pair.label, pair.reference, pair.id.to_string()))
                .collect(),
            certificates,
            stray: all - certificates,
            user_tries,
            status: status(world),
        })
    }
}

fn status(world: &World) -> String {
    let (_, answer) = world.office(Method::GET, "/applications/722318", &Value::Null);
    let status = answer.get("status").and_then(Value::as_str);
    status.unwrap_or_default().to_owned()
}

/// The name of the stage that the token's journal ends at; `None` when there is no journal.
pub(crate) fn stage(state: &Path) -> Result<Option<&'static str>, String> {
    let found = Store::new(state)
        .list()
        .map_err(|error| error.to_string())?;
    Ok(found
        .iter()
        .flatten()
        .next()
        .map(|it| it.story.stage.name()))
}
