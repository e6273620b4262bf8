//! A token behind a PKCS#11 module: the vendor's, or OpenSC's.
//!
//! Pairs are told by their public halves, which need no PIN. A module tells no counter of tries, only that there were wrong
//! ones, that one try is left, or none; see [`Tries`]. What only the card itself can do (formatting, its name) is not here.

mod beside;
mod module;
mod objects;

use std::path::Path;

use cryptoki_sys::*;
use gost3410::{Signature, VerifyingKey};
use sha1::{Digest as _, Sha1};

use crate::ports::token::{
    Inventory, KeyId, KeyKind, KeyPair, KeySpec, Pin, PinRole, StoredCertificate, Token,
    TokenError, TokenInfo, TransmitError, Tries,
};
use beside::Beside;
use module::{Module, Object, Refusal, Session, Template, number, truth};
use objects::{attribute, certificate_template, gost_key, pair_templates, provisional_id};

/// Some wrong PINs count as two tries left, whatever the true number: the last two are kept.
const AFTER_SOME_WRONG: Tries = Tries::Left(2);

/// A token reached through a module.
#[derive(Debug)]
pub struct Pkcs11Token {
    module: Module,
    slot: CK_SLOT_ID,
    session: Session,
    logged_in: Option<(PinRole, Pin)>,
    beside: Beside,
}

impl Pkcs11Token {
    /// Loads the module and opens its one token, or the one of that serial number (eight hexadecimal digits).
    ///
    /// Errors: [`TransmitError::NoModule`] when the module cannot be loaded, [`TransmitError::NoReader`],
    /// [`TransmitError::SeveralReaders`].
    pub fn open(path: &Path, serial: Option<&str>) -> Result<Self, TokenError> {
        let module = Module::load(path).map_err(|why| TransmitError::NoModule {
            module: path.display().to_string(),
            why: why.to_string(),
        })?;
        let slot = the_slot(module, serial)?;
        let session = module.open(slot).map_err(unexpected)?;
        Ok(Self {
            module,
            slot,
            session,
            logged_in: None,
            beside: Beside::default(),
        })
    }

    /// The same with a second way to this token, by which certificates are read that the module keeps to itself:
    /// OpenSC 0.23 those of keys of 2012. Only the module writes and deletes.
    #[must_use]
    pub fn beside(self, view: Box<dyn Token>) -> Self {
        Self {
            beside: Beside::new(view),
            ..self
        }
    }

    /// Lets go of token and module, as the end of a process does: what opens the module next finds it as new.
    ///
    /// No other token may be open through it.
    pub fn end(mut self) {
        // Whoever cannot be told any more is not: the card forgets the login with its power.
        drop(self.log_out());
        let module = self.module;
        drop(self);
        let _ = module.finalize();
    }

    fn objects(
        &self,
        class: CK_OBJECT_CLASS,
        id: Option<&KeyId>,
    ) -> Result<Vec<Object>, TokenError> {
        let mut template: Template = vec![(CKA_CLASS, number(class)), (CKA_TOKEN, truth(true))];
        template.extend(id.map(|id| (CKA_ID, id.0.clone())));
        self.session.find(&template).map_err(unexpected)
    }

    fn bytes(&self, object: Object, kind: CK_ATTRIBUTE_TYPE) -> Result<Vec<u8>, TokenError> {
        let value = self.session.attribute(object, kind).map_err(unexpected)?;
        Ok(value.unwrap_or_default())
    }

    fn text(&self, object: Object) -> Result<String, TokenError> {
        let label = self.bytes(object, CKA_LABEL)?;
        Ok(String::from_utf8_lossy(&label).into_owned())
    }

    fn pair(&self, public: Object, reference: u8) -> Result<KeyPair, TokenError> {
        let (kind, public_key) = self.kind_of(public)?;
        Ok(KeyPair {
            id: KeyId(self.bytes(public, CKA_ID)?),
            label: self.text(public)?,
            kind,
            reference,
            public_key,
        })
    }

    /// Whether the module took a public half from a certificate without a pair. OpenSC does, and then tells no parameters,
    /// which every GOST key on the token has.
    fn is_made_up(
        &self,
        public: Object,
        pair: &KeyPair,
        certificates: &[StoredCertificate],
    ) -> Result<bool, TokenError> {
        let is_gost = matches!(pair.kind, KeyKind::Gost(_));
        let of_one = certificates.iter().any(|it| it.id == pair.id);
        Ok(is_gost && of_one && self.bytes(public, CKA_GOSTR3410_PARAMS)?.is_empty())
    }

    fn kind_of(&self, public: Object) -> Result<(KeyKind, Option<VerifyingKey>), TokenError> {
        let kind = self.bytes(public, CKA_KEY_TYPE)?;
        if kind == number(CKK_GOSTR3410) {
            let value = self.bytes(public, CKA_VALUE)?;
            let told = self.bytes(public, CKA_GOSTR3410_PARAMS)?;
            return Ok(match gost_key(&told, &value) {
                Some(key) => (KeyKind::Gost(key.parameter_set()), Some(key)),
                None => (KeyKind::Unknown, None),
            });
        }
        if kind == number(CKK_RSA) {
            let modulus = self.bytes(public, CKA_MODULUS)?;
            let bits = u16::try_from(8 * modulus.len()).unwrap_or(u16::MAX);
            return Ok((KeyKind::Rsa { bits }, None));
        }
        Ok((KeyKind::Unknown, None))
    }

    fn stored(&self, object: Object, nth: u16) -> Result<StoredCertificate, TokenError> {
        Ok(StoredCertificate {
            id: KeyId(self.bytes(object, CKA_ID)?),
            label: self.text(object)?,
            der: self.bytes(object, CKA_VALUE)?,
            file: nth,
        })
    }

    /// Those that the module shows, then those that it hides.
    fn certificates(&mut self) -> Result<Vec<StoredCertificate>, TokenError> {
        let objects = self.objects(CKO_CERTIFICATE, None)?;
        let mut all: Vec<_> = (1..=u16::MAX)
            .zip(objects)
            .map(|(nth, object)| self.stored(object, nth))
            .collect::<Result<_, _>>()?;
        let hidden = self.beside.hidden(&all);
        all.extend(hidden);
        Ok(all)
    }

    /// Both halves of a pair of ours.
    fn halves(&self, id: &KeyId) -> Result<(KeyPair, Vec<Object>), TokenError> {
        let public = self.objects(CKO_PUBLIC_KEY, Some(id))?;
        let [public] = public[..] else {
            return Err(TokenError::KeyNotFound { id: id.clone() });
        };
        let pair = self.pair(public, 0)?;
        if !matches!(pair.kind, KeyKind::Gost(_)) {
            return Err(TokenError::Unsupported {
                what: format!("touching the pair {id}, which is no GOST pair"),
            });
        }
        let mut halves = vec![public];
        halves.extend(self.objects(CKO_PRIVATE_KEY, Some(id))?);
        Ok((pair, halves))
    }

    /// OpenSC knows the hash of 2001 only, and takes keys without one: the pair itself is the same for both.
    fn made(&self, spec: &KeySpec, id: &[u8]) -> Result<(Object, Object), Refusal> {
        let generate = |hash| {
            let (public, private) = pair_templates(spec, id, hash);
            self.session
                .generate_pair(CKM_GOSTR3410_KEY_PAIR_GEN, &public, &private)
        };
        match generate(Some(spec.algorithm.digest_params_oid())) {
            Err(refusal) if refusal.code == CKR_ATTRIBUTE_VALUE_INVALID => generate(None),
            other => other,
        }
    }

    fn need(&self, what: &'static str) -> Result<(), TokenError> {
        match self.logged_in {
            Some(_) => Ok(()),
            None => Err(TokenError::NotLoggedIn { what }),
        }
    }

    fn refused(&self, refusal: Refusal, what: &'static str) -> TokenError {
        let role = self.logged_in.as_ref().map(|(role, _)| *role);
        match (refusal.code, role) {
            // OpenSC 0.23 asks itself for the PIN that guards the object, has none, and says so of its length.
            (CKR_USER_NOT_LOGGED_IN | CKR_PIN_LEN_RANGE, Some(role)) => {
                TokenError::NotPermitted { what, role }
            }
            (CKR_USER_NOT_LOGGED_IN, None) => TokenError::NotLoggedIn { what },
            (CKR_DEVICE_MEMORY, _) => TokenError::NoSpace { what },
            (
                CKR_MECHANISM_INVALID | CKR_ATTRIBUTE_VALUE_INVALID | CKR_FUNCTION_NOT_SUPPORTED,
                _,
            ) => TokenError::Unsupported {
                what: format!("to {what} through this module ({refusal})"),
            },
            _ => unexpected(refusal),
        }
    }
}

impl Token for Pkcs11Token {
    fn info(&mut self) -> Result<TokenInfo, TokenError> {
        let facts = self.module.token(self.slot).map_err(unexpected)?;
        Ok(TokenInfo {
            serial: short_serial(&facts.serial),
            model: facts.model,
            label: facts.label,
            reader: self.module.slot_name(self.slot).map_err(unexpected)?,
            user_tries_left: self.tries(PinRole::User)?,
            administrator_tries_left: self.tries(PinRole::Administrator)?,
        })
    }

    fn tries(&mut self, role: PinRole) -> Result<Tries, TokenError> {
        if self.logged_in.as_ref().is_some_and(|(who, _)| *who == role) {
            return Ok(Tries::Verified);
        }
        let flags = self.module.token(self.slot).map_err(unexpected)?.flags;
        Ok(tries(role, flags))
    }

    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        self.log_out()?;
        match self.session.log_in(user_type(role), pin.expose()) {
            Ok(()) => {
                self.logged_in = Some((role, pin.clone()));
                Ok(())
            }
            Err(refusal) => Err(match refusal.code {
                CKR_PIN_INCORRECT | CKR_PIN_LEN_RANGE | CKR_PIN_INVALID => TokenError::WrongPin {
                    role,
                    tries_left: self.tries(role)?,
                },
                CKR_PIN_LOCKED => TokenError::PinBlocked { role },
                CKR_USER_PIN_NOT_INITIALIZED => TokenError::NoSuchPin { role },
                _ => unexpected(refusal),
            }),
        }
    }

    fn log_out(&mut self) -> Result<(), TokenError> {
        if self.logged_in.take().is_some() {
            self.session.log_out().map_err(unexpected)?;
        }
        Ok(())
    }

    fn inventory(&mut self) -> Result<Inventory, TokenError> {
        let certificates = self.certificates()?;
        let mut keys = Vec::new();
        for (nth, object) in (1..=u8::MAX).zip(self.objects(CKO_PUBLIC_KEY, None)?) {
            let pair = self.pair(object, nth)?;
            if !self.is_made_up(object, &pair, &certificates)? {
                keys.push(pair);
            }
        }
        Ok(Inventory { keys, certificates })
    }

    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        const WHAT: &str = "make a key pair";
        self.need(WHAT)?;
        let known: Vec<KeyId> = (self.inventory()?.keys.into_iter())
            .map(|pair| pair.id)
            .collect();
        let id = provisional_id(&spec.label, &known);
        let (public, private) = self
            .made(spec, &id)
            .map_err(|refusal| self.refused(refusal, WHAT))?;
        let value = self.bytes(public, CKA_VALUE)?;
        let point = gost_key(&[], &value).ok_or_else(|| TokenError::Damaged {
            what: "the public half of the new pair".to_owned(),
        })?;
        let id = attribute(CKA_ID, Sha1::digest(point.to_bytes()).to_vec());
        for half in [public, private] {
            self.session
                .set(half, &id)
                .map_err(|refusal| self.refused(refusal, WHAT))?;
        }
        self.pair(public, 0)
    }

    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        const WHAT: &str = "rename a key pair";
        self.need(WHAT)?;
        for half in self.halves(id)?.1 {
            self.session
                .set(half, &attribute(CKA_LABEL, label.as_bytes().to_vec()))
                .map_err(|refusal| self.refused(refusal, WHAT))?;
        }
        match self.halves(id)?.0.label == label {
            true => Ok(()),
            false => Err(TokenError::NotWritten {
                what: "the name of a key pair",
            }),
        }
    }

    fn sign_digest(&mut self, id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        const WHAT: &str = "sign";
        self.need(WHAT)?;
        let (pair, halves) = self.halves(id)?;
        let (Some(key), Some(private)) = (pair.public_key, halves.get(1)) else {
            return Err(TokenError::KeyNotFound { id: id.clone() });
        };
        let answer = self
            .session
            .sign(CKM_GOSTR3410, *private, digest)
            .map_err(|refusal| self.refused(refusal, WHAT))?;
        let signature = Signature::from_bytes(&answer).map_err(|_| TokenError::BadSignature)?;
        key.verify_prehash(digest, &signature)
            .map_err(|_| TokenError::BadSignature)?;
        Ok(signature)
    }

    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError> {
        const WHAT: &str = "write a certificate";
        self.need(WHAT)?;
        let template = certificate_template(id, label, der)?;
        self.session
            .create(&template)
            .map_err(|refusal| self.refused(refusal, WHAT))?;
        // OpenSC may know the new object by another handle than the one it just told.
        let written = |one: &StoredCertificate| one.id == *id && one.der == der;
        match self.certificates()?.iter().any(written) {
            true => Ok(()),
            false => Err(TokenError::NotWritten {
                what: "the certificate",
            }),
        }
    }

    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError> {
        const WHAT: &str = "delete a certificate";
        self.need(WHAT)?;
        for object in self.objects(CKO_CERTIFICATE, Some(&certificate.id))? {
            if self.bytes(object, CKA_VALUE)? == certificate.der {
                return self
                    .session
                    .destroy(object)
                    .map_err(|refusal| self.refused(refusal, WHAT));
            }
        }
        Err(match self.certificates()?.contains(certificate) {
            true => TokenError::Unsupported {
                what: "deleting a certificate that this module does not show".to_owned(),
            },
            false => TokenError::CertificateNotFound {
                file: certificate.file,
            },
        })
    }

    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        const WHAT: &str = "delete a key pair";
        self.need(WHAT)?;
        // The private half first: a public half that stays alone still shows what was begun.
        for half in self.halves(id)?.1.into_iter().rev() {
            self.session
                .destroy(half)
                .map_err(|refusal| self.refused(refusal, WHAT))?;
        }
        Ok(())
    }

    fn set_pin(&mut self, role: PinRole, new: &Pin) -> Result<(), TokenError> {
        const WHAT: &str = "change a PIN";
        match &self.logged_in {
            Some((who, old)) if *who == role => self
                .session
                .set_pin(old.expose(), new.expose())
                .map_err(|refusal| match refusal.code {
                    CKR_PIN_LEN_RANGE | CKR_PIN_INVALID => TokenError::PinUnfit {
                        role,
                        octets: new.expose().len(),
                    },
                    _ => self.refused(refusal, WHAT),
                })?,
            Some((who, _)) => {
                return Err(TokenError::NotPermitted {
                    what: WHAT,
                    role: *who,
                });
            }
            None => return Err(TokenError::NotLoggedIn { what: WHAT }),
        }
        self.logged_in = Some((role, new.clone()));
        Ok(())
    }
}

/// The slot of the one token, or of that serial number.
fn the_slot(module: Module, serial: Option<&str>) -> Result<CK_SLOT_ID, TokenError> {
    let mut fitting = Vec::new();
    let mut names = Vec::new();
    for slot in module.slots().map_err(unexpected)? {
        // OpenSC shows readers whose card it does not know as slots without a token.
        let Ok(facts) = module.token(slot) else {
            continue;
        };
        names.push(module.slot_name(slot).map_err(unexpected)?);
        if serial.is_none_or(|wanted| wanted.eq_ignore_ascii_case(&short_serial(&facts.serial))) {
            fitting.push(slot);
        }
    }
    match fitting[..] {
        [one] => Ok(one),
        [] => Err(TransmitError::NoReader {
            wanted: serial.map(str::to_owned),
            found: names,
        }
        .into()),
        _ => Err(TransmitError::SeveralReaders { readers: names }.into()),
    }
}

/// The lower 32 bits of a serial number, as [`TokenInfo`] has them.
fn short_serial(serial: &str) -> String {
    let from = serial.len().saturating_sub(8);
    serial.get(from..).unwrap_or(serial).to_lowercase()
}

fn user_type(role: PinRole) -> CK_USER_TYPE {
    match role {
        PinRole::Administrator => CKU_SO,
        PinRole::User => CKU_USER,
    }
}

fn tries(role: PinRole, flags: CK_FLAGS) -> Tries {
    let (low, last, none) = match role {
        PinRole::User => (
            CKF_USER_PIN_COUNT_LOW,
            CKF_USER_PIN_FINAL_TRY,
            CKF_USER_PIN_LOCKED,
        ),
        PinRole::Administrator => (
            CKF_SO_PIN_COUNT_LOW,
            CKF_SO_PIN_FINAL_TRY,
            CKF_SO_PIN_LOCKED,
        ),
    };
    if role == PinRole::User && flags & CKF_USER_PIN_INITIALIZED == 0 {
        Tries::NoSuchPin
    } else if flags & none != 0 {
        Tries::Blocked
    } else if flags & last != 0 {
        Tries::Left(1)
    } else if flags & low != 0 {
        AFTER_SOME_WRONG
    } else {
        Tries::Untold
    }
}

fn unexpected(refusal: Refusal) -> TokenError {
    match refusal.code {
        CKR_DEVICE_REMOVED | CKR_TOKEN_NOT_PRESENT => TransmitError::Removed,
        CKR_SESSION_CLOSED | CKR_SESSION_HANDLE_INVALID => TransmitError::Reset,
        _ => TransmitError::Lost(refusal.to_string()),
    }
    .into()
}
