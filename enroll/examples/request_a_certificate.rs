//! Chapter 1 of the manual from a program of one's own: a virtual token, a portal, an SMS gateway.
//!
//! `ENROLL_PIN=12345678 request_a_certificate PORTAL SMS PHONE 127.0.0.1:18724 STATE`, and `emulator attach` as the token.

use std::cell::RefCell;
use std::error::Error;
use std::rc::Rc;
use std::time::Duration;

use enroll::adapters::apdu_token::ApduToken;
use enroll::adapters::http_portal::{HttpPortal, PortalAddress};
use enroll::adapters::sms_gateway::SmsGateway;
use enroll::adapters::system_clock::SystemClock;
use enroll::adapters::vpcd_reader::VpcdReader;
use enroll::event::{Event, Events, Observer};
use enroll::ports::sms::Phone;
use enroll::ports::token::Pin;
use enroll::ports::{Portal, SmsInbox, Token, Unattended};
use enroll::{Enrollment, Ports, Requested, Settings};

struct Lines;

impl Observer for Lines {
    fn event(&mut self, at: jiff::Timestamp, event: &Event) {
        println!("{at} {event:?}");
    }
}

/// Whatever the token, the portal and the phone are, and whoever counts time.
pub(crate) fn request(
    token: &mut dyn Token,
    portal: &mut dyn Portal,
    sms: &mut dyn SmsInbox,
    events: Events,
    pin: &str,
    settings: Settings,
) -> Result<Requested, enroll::Error> {
    let mut applicant = Unattended {
        user: Some(Pin::new(pin)),
        administrator: None,
        agrees: false,
    };
    let ports = Ports {
        token,
        portal,
        sms,
        applicant: &mut applicant,
        events,
    };
    Enrollment::new(ports, settings).request()
}

/// The adapters that the arguments name.
pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [portal, sms, phone, reader, state] = arguments.as_slice() else {
        return Err("PORTAL SMS PHONE HOST:PORT STATE".into());
    };
    let events = Events::new(Rc::new(SystemClock), Rc::new(RefCell::new(Lines)));
    let mut reader = VpcdReader::listen(reader.parse()?)?;
    reader.await_card(Duration::from_secs(60), |_| {})?;
    let mut portal = HttpPortal::new(PortalAddress::new(portal), events.clone())?;
    let mut sms = SmsGateway::new(PortalAddress::new(sms), events.clone())?;
    let settings = Settings::new(Phone::parse(phone).ok_or("no such phone")?, state);
    let pin = std::env::var("ENROLL_PIN")?;
    let mut token = ApduToken::new(reader);
    let done = request(&mut token, &mut portal, &mut sms, events, &pin, settings)?;
    println!("application {}: {}", done.application, done.key);
    Ok(())
}
