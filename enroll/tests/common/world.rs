//! A token, a portal and a phone made of published vectors, with a fuse that ends a run at any call.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use enroll::certificate::Certificate;
use enroll::event::{Event, Events, Observer};
use enroll::journal::Disk;
use enroll::ports::portal::*;
use enroll::ports::sms::{Awaited, Code, Phone, SmsError, SmsInbox, SmsMessage};
use enroll::ports::token::*;
use enroll::ports::{Clock, PortalError, Unattended};
use enroll::{Enrollment, Ports, Settings};
use gost3410::{Signature, SigningKey, hazmat};
use jiff::Timestamp;

use crate::{page, vectors};

/// Everything that outlives a run.
pub(crate) struct World {
    pub(crate) pairs: Vec<KeyPair>,
    pub(crate) certificates: Vec<StoredCertificate>,
    pub(crate) made: u32,
    pub(crate) requests: Vec<String>,
    /// When the newest request came, by the portal's clock: SMS 1 is of that moment.
    pub(crate) ordered_at: Option<Timestamp>,
    pub(crate) reported: bool,
    pub(crate) verifies: u32,
    pub(crate) tries: u8,
    pub(crate) signer: SigningKey,
    pub(crate) form: RequestForm,
    pub(crate) issued: Certificate,
    pub(crate) chain_pem: String,
    pub(crate) crl: Vec<u8>,
    /// What comes instead of the list of revoked certificates.
    pub(crate) crl_fails: Option<PortalError>,
    pub(crate) now: Timestamp,
    /// Calls left until every port fails; `None` never.
    pub(crate) fuse: Option<u32>,
    /// Whether the call that blows the fuse is done and only its answer is lost.
    pub(crate) does_the_last: bool,
    pub(crate) told: Vec<Event>,
    /// Whether the token lets the administrator delete certificates.
    pub(crate) administrator_deletes: bool,
    /// The token's serial number.
    pub(crate) serial: String,
    /// What there is no more room for.
    pub(crate) full: Option<&'static str>,
    /// The list's word once there is a request.
    pub(crate) status: &'static str,
    /// What the token says it did and did not, or not as it was told.
    pub(crate) garbles: Option<&'static str>,
    /// Whether the installation page has another certificate than the file.
    pub(crate) shows_another: bool,
    /// What every paper is.
    pub(crate) paper: &'static [u8],
    /// Whether the gateway is down.
    pub(crate) has_no_gateway: bool,
    /// Whether nobody answers at the portal.
    pub(crate) is_closed: bool,
    /// How far the portal's clock is ahead of ours.
    pub(crate) portal_is_ahead_secs: i64,
    logged_in: Option<PinRole>,
    codes: u64,
    in_cabinet: bool,
}

pub(crate) type Shared = Rc<RefCell<World>>;

impl World {
    /// The applicant of `gost2001-A`, on 26 December 2018.
    pub(crate) fn new() -> Shared {
        let vectors = vectors::all();
        let object = |name: &str| {
            let name = format!("gost2001-A/{name}");
            vectors
                .iter()
                .find(|it| it["name"] == name.as_str())
                .expect("a vector of that name")
                .clone()
        };
        let csr = object("csr-legal-entity");
        let (form, set) = form(&vectors::der(&csr));
        let mut d = hex::decode(csr["signer_d"].as_str().unwrap()).unwrap();
        d.reverse();
        let certificate = |name| Certificate::from_der(&vectors::der(&object(name))).unwrap();
        Rc::new(RefCell::new(Self {
            pairs: Vec::new(),
            certificates: Vec::new(),
            made: 0,
            requests: Vec::new(),
            ordered_at: None,
            reported: false,
            verifies: 0,
            tries: 10,
            signer: SigningKey::from_le_bytes(set, &d).unwrap(),
            form,
            issued: certificate("user-legal-entity"),
            chain_pem: certificate("ca").to_pem() + &certificate("root").to_pem(),
            crl: vectors::der(&object("crl")),
            crl_fails: None,
            now: "2018-12-26T12:00:00Z".parse().unwrap(),
            fuse: None,
            does_the_last: false,
            told: Vec::new(),
            administrator_deletes: true,
            serial: "1f2e3d4c".to_owned(),
            full: None,
            status: "Сертификат выпущен",
            garbles: None,
            shows_another: false,
            paper: b"%PDF-1.7",
            has_no_gateway: false,
            is_closed: false,
            portal_is_ahead_secs: 0,
            logged_in: None,
            codes: 0,
            in_cabinet: false,
        }))
    }

    /// Puts last year's certificate, its pair and an RSA pair on the token.
    pub(crate) fn holds_an_old_certificate(&mut self) {
        let all = vectors::all();
        let old = all
            .iter()
            .find(|it| it["name"] == "gost2012-256-A/user-legal-entity")
            .expect("a vector of that name");
        let old = Certificate::from_der(&vectors::der(old)).unwrap();
        let key = old.key().expect("a GOST key").key.clone();
        let (id, label) = (KeyId(vec![0xee; 20]), "ЕГАИС_610042".to_owned());
        let kind = KeyKind::Gost(key.parameter_set());
        self.certificates.push(StoredCertificate {
            id: id.clone(),
            label: label.clone(),
            der: old.der().to_vec(),
            file: 0x0300,
        });
        self.pairs.push(KeyPair {
            id,
            label,
            kind,
            reference: 9,
            public_key: Some(key),
        });
        let rsa = KeyKind::Rsa { bits: 2048 };
        let (id, label) = (KeyId(b"rsa".to_vec()), "FSRAR-RSA".to_owned());
        self.pairs.push(KeyPair {
            id,
            label,
            kind: rsa,
            reference: 1,
            public_key: None,
        });
    }

    fn room_for(&self, what: &'static str) -> Result<(), TokenError> {
        match self.full {
            Some(full) if full == what => Err(TokenError::NoSpace { what }),
            _ => Ok(()),
        }
    }

    /// Counts a call. `true` when the answer is to be lost.
    fn call(&mut self) -> Result<bool, ()> {
        match self.fuse {
            None => Ok(false),
            Some(0) => Err(()),
            Some(1) => {
                self.fuse = Some(0);
                if self.does_the_last {
                    Ok(true)
                } else {
                    Err(())
                }
            }
            Some(left) => {
                self.fuse = Some(left - 1);
                Ok(false)
            }
        }
    }
}

/// Runs `act` on a fresh enrollment: a new process, as far as the engine can tell.
pub(crate) fn run<T>(
    world: &Shared,
    settings: &Settings,
    act: impl FnOnce(&mut Enrollment<'_>) -> T,
) -> T {
    run_with_pin(world, settings, "12345678", act)
}

/// The same with an applicant who knows another PIN.
pub(crate) fn run_with_pin<T>(
    world: &Shared,
    settings: &Settings,
    pin: &str,
    act: impl FnOnce(&mut Enrollment<'_>) -> T,
) -> T {
    world.borrow_mut().logged_in = None;
    world.borrow_mut().in_cabinet = false;
    let mut applicant = Unattended {
        user: Some(Pin::new(pin)),
        administrator: Some(Pin::new(pin)),
        agrees: true,
    };
    through_ports(world, |token, portal, sms, events| {
        let ports = Ports {
            token,
            portal,
            sms,
            applicant: &mut applicant,
            events,
        };
        let enrollment = Enrollment::new(ports, settings.clone());
        act(&mut enrollment.through(Rc::new(Unsynced)))
    })
}

/// The ports themselves, for what joins them on its own.
pub(crate) fn through_ports<T>(
    world: &Shared,
    act: impl FnOnce(&mut dyn Token, &mut dyn Portal, &mut dyn SmsInbox, Events) -> T,
) -> T {
    let fake = || Fake(world.clone());
    let events = Events::new(Rc::new(fake()), Rc::new(RefCell::new(fake())));
    act(&mut fake(), &mut fake(), &mut fake(), events)
}

/// Nobody cuts the power of a test.
#[derive(Debug)]
struct Unsynced;

impl Disk for Unsynced {
    fn append(&self, file: &mut std::fs::File, line: &[u8]) -> std::io::Result<()> {
        std::io::Write::write_all(file, line)
    }
}

struct Fake(Shared);

impl Fake {
    fn token<T>(
        &self,
        act: impl FnOnce(&mut World) -> Result<T, TokenError>,
    ) -> Result<T, TokenError> {
        let gone = || TokenError::Transmit(TransmitError::Removed);
        let lost = self.0.borrow_mut().call().map_err(|()| gone())?;
        let done = act(&mut self.0.borrow_mut())?;
        if lost { Err(gone()) } else { Ok(done) }
    }

    fn portal<T>(
        &self,
        act: impl FnOnce(&mut World) -> Result<T, PortalError>,
    ) -> Result<T, PortalError> {
        let gone = || PortalError::Unreachable {
            why: "gone".to_owned(),
        };
        if self.0.borrow().is_closed {
            return Err(gone());
        }
        let lost = self.0.borrow_mut().call().map_err(|()| gone())?;
        let done = act(&mut self.0.borrow_mut())?;
        if lost { Err(gone()) } else { Ok(done) }
    }

    fn cabinet<T>(&self, act: impl FnOnce(&mut World) -> T) -> Result<T, PortalError> {
        self.portal(|world| {
            if world.in_cabinet {
                Ok(act(world))
            } else {
                Err(PortalError::SessionExpired)
            }
        })
    }
}

impl Token for Fake {
    fn info(&mut self) -> Result<TokenInfo, TokenError> {
        self.token(|world| {
            Ok(TokenInfo {
                serial: world.serial.clone(),
                model: "Rutoken ECP".to_owned(),
                label: String::new(),
                reader: "fake".to_owned(),
                user_tries_left: Tries::Left(world.tries),
                administrator_tries_left: Tries::Left(10),
            })
        })
    }
    fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError> {
        self.token(|world| {
            Ok(if world.logged_in == Some(role) {
                Tries::Verified
            } else {
                Tries::Left(world.tries)
            })
        })
    }
    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        self.token(|world| {
            world.verifies += 1;
            if pin.expose() == b"12345678" {
                world.logged_in = Some(role);
                return Ok(());
            }
            world.tries -= 1;
            Err(TokenError::WrongPin {
                role,
                tries_left: Tries::Left(world.tries),
            })
        })
    }
    fn log_out(&mut self) -> Result<(), TokenError> {
        self.token(|world| {
            world.logged_in = None;
            Ok(())
        })
    }
    fn inventory(&mut self) -> Result<Inventory, TokenError> {
        self.token(|world| {
            Ok(Inventory {
                keys: world.pairs.clone(),
                certificates: world.certificates.clone(),
            })
        })
    }
    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        self.token(|world| {
            world.room_for("pair")?;
            world.made += 1;
            let key = world.signer.verifying_key().clone();
            let id = KeyId(vec![u8::try_from(world.made).unwrap(); 20]);
            let kind = KeyKind::Gost(key.parameter_set());
            let pair = KeyPair {
                id,
                label: spec.label.clone(),
                kind,
                reference: 1,
                public_key: Some(key),
            };
            let label = match world.garbles {
                Some("pair") => "Rutoken".to_owned(),
                _ => pair.label.clone(),
            };
            world.pairs.push(KeyPair {
                label,
                ..pair.clone()
            });
            Ok(pair)
        })
    }
    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        self.token(|world| {
            let deaf = world.garbles == Some("name");
            for pair in world.pairs.iter_mut().filter(|it| it.id == *id && !deaf) {
                label.clone_into(&mut pair.label);
            }
            Ok(())
        })
    }
    fn sign_digest(&mut self, _id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        self.token(|world| {
            let nonce: Vec<u8> = digest.iter().rev().map(|octet| octet >> 1).collect();
            Ok(hazmat::sign_with_nonce(&world.signer, digest, &nonce).unwrap())
        })
    }
    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError> {
        self.token(|world| {
            world.room_for("certificate")?;
            let mut stored = StoredCertificate {
                id: id.clone(),
                label: label.to_owned(),
                der: der.to_vec(),
                file: 0x0301,
            };
            if world.garbles == Some("certificate") {
                stored.der.push(0);
            }
            world.certificates.push(stored);
            Ok(())
        })
    }
    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError> {
        self.token(|world| {
            let role = world.logged_in.expect("somebody is logged in");
            if role == PinRole::Administrator && !world.administrator_deletes {
                return Err(TokenError::NotPermitted {
                    what: "delete certificates",
                    role,
                });
            }
            let deaf = world.garbles == Some("deletion of a certificate");
            world.certificates.retain(|it| deaf || it != certificate);
            Ok(())
        })
    }
    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        self.token(|world| {
            assert_eq!(world.logged_in, Some(PinRole::User), "pairs are the user's");
            let deaf = world.garbles == Some("deletion of a pair");
            world.pairs.retain(|pair| deaf || pair.id != *id);
            Ok(())
        })
    }
}

impl Portal for Fake {
    fn open(&mut self) -> Result<(), PortalError> {
        self.portal(|world| {
            world.in_cabinet = false;
            Ok(())
        })
    }
    fn open_cabinet(&mut self) -> Result<(), PortalError> {
        self.portal(|_| Ok(()))
    }
    fn request_code(&mut self, _phone: &Phone) -> Result<String, PortalError> {
        self.portal(|world| {
            world.codes += 1;
            Ok(String::new())
        })
    }
    fn log_in(&mut self, _code: &Code) -> Result<String, PortalError> {
        self.portal(|world| {
            world.in_cabinet = true;
            Ok("Вы вошли как".to_owned())
        })
    }
    fn applications(&mut self) -> Result<Vec<ApplicationRow>, PortalError> {
        self.cabinet(|world| {
            let status = if world.requests.is_empty() {
                "Принята Оператором"
            } else {
                world.status
            };
            let (number, kind) = ("722318".to_owned(), "ЕГАИС".to_owned());
            vec![ApplicationRow {
                number,
                kind,
                status: status.to_owned(),
                ..ApplicationRow::default()
            }]
        })
    }
    fn open_application(&mut self, number: &str) -> Result<ApplicationCard, PortalError> {
        self.cabinet(|world| ApplicationCard {
            number: number.to_owned(),
            can_request: world.requests.is_empty(),
            can_install: !world.requests.is_empty() && world.status == "Сертификат выпущен",
            ..ApplicationCard::default()
        })
    }
    fn open_request_form(&mut self) -> Result<RequestForm, PortalError> {
        self.cabinet(|world| world.form.clone())
    }
    fn name_key_pair(&mut self) -> Result<RequestForm, PortalError> {
        self.cabinet(|world| RequestForm {
            key_pair: world.form.container.clone(),
            ..world.form.clone()
        })
    }
    fn send_request(&mut self, pem: &str) -> Result<String, PortalError> {
        let now = self.date();
        self.cabinet(|world| {
            world.ordered_at = now;
            world.requests.push(pem.to_owned());
            "Запрос на сертификат успешно отправлен".to_owned()
        })
    }
    fn confirm(&mut self) -> Result<ApplicationCard, PortalError> {
        self.cabinet(|_| ApplicationCard::default())
    }
    fn certificate(&mut self) -> Result<Vec<u8>, PortalError> {
        self.cabinet(|world| world.issued.der().to_vec())
    }
    fn issuer_chain(&mut self) -> Result<String, PortalError> {
        self.cabinet(|world| world.chain_pem.clone())
    }
    fn revocation_list(&mut self) -> Result<Option<Vec<u8>>, PortalError> {
        self.cabinet(|world| match world.crl_fails.clone() {
            Some(error) => Err(error),
            None => Ok(Some(world.crl.clone())),
        })?
    }
    fn open_install_form(&mut self) -> Result<InstallForm, PortalError> {
        self.cabinet(|world| InstallForm {
            key_pair: "ЕГАИС_722318".to_owned(),
            certificate_pem: if world.shows_another {
                world.chain_pem.clone()
            } else {
                world.issued.to_pem()
            },
        })
    }
    fn report_installed(&mut self) -> Result<String, PortalError> {
        self.cabinet(|world| {
            world.reported = true;
            "Сертификат успешно установлен в контейнер".to_owned()
        })
    }
    fn document(&mut self, title: &str) -> Result<DocumentFile, PortalError> {
        self.cabinet(|world| DocumentFile {
            file_name: title.to_owned(),
            bytes: world.paper.to_vec(),
        })
    }
    fn date(&self) -> Option<Timestamp> {
        let world = self.0.borrow();
        let ahead = jiff::SignedDuration::from_secs(world.portal_is_ahead_secs);
        world.now.saturating_add(ahead).ok()
    }
}

impl SmsInbox for Fake {
    fn newest(&mut self, _phone: &Phone) -> Result<u64, SmsError> {
        if self.0.borrow().has_no_gateway {
            let why = "gone".to_owned();
            return Err(SmsError::Unreachable { why });
        }
        Ok(self.0.borrow().codes)
    }
    fn since(
        &mut self,
        phone: &Phone,
        after: u64,
        awaited: Awaited,
    ) -> Result<Vec<SmsMessage>, SmsError> {
        self.newest(phone)?;
        let (codes, ordered_at) = (self.0.borrow().codes, self.0.borrow().ordered_at);
        let text = match awaited {
            Awaited::Code if codes <= after => return Ok(Vec::new()),
            Awaited::Code => "Код подтверждения: 123456",
            Awaited::Ordered => "Ваш сертификат заказан. Телефон поддержки: +7 (3952) 782303",
            Awaited::Ready => {
                "Ваш сертификат готов. Не забудьте отправить наши экземпляры документов"
            }
        };
        Ok(vec![SmsMessage {
            id: codes,
            text: text.to_owned().into(),
            at: ordered_at.filter(|_| awaited == Awaited::Ordered),
        }])
    }
}

impl Clock for Fake {
    fn now(&self) -> Timestamp {
        self.0.borrow().now
    }
    fn wait(&self, how_long: Duration, _why: &str) {
        let now = self.0.borrow().now;
        self.0.borrow_mut().now = now + how_long;
    }
}

impl Observer for Fake {
    fn event(&mut self, _at: Timestamp, event: &Event) {
        self.0.borrow_mut().told.push(event.clone());
    }
}

/// The page that would ask for this request.
fn form(der: &[u8]) -> (RequestForm, gost3410::ParameterSet) {
    let (subject, extensions, key) = page::of(der);
    let set = key.key.parameter_set();
    let form = RequestForm {
        container: "ООО Тестовая организация".to_owned(),
        key_pair: String::new(),
        subject,
        algorithm: key.algorithm,
        parameter_set: set,
        extensions,
        label_after_sending: Some("ЕГАИС_722318".to_owned()),
    };
    (form, set)
}
