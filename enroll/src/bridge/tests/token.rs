//! A token in memory that makes the pair of a published vector.

use std::cell::RefCell;
use std::rc::Rc;

use gost3410::{ParameterSet, Signature, SigningKey};

use crate::ports::token::*;

/// What outlives a login, and can be looked at and broken from outside.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) pairs: Vec<KeyPair>,
    pub(super) certificates: Vec<StoredCertificate>,
    pub(super) user_pin: Vec<u8>,
    pub(super) tries: u8,
    pub(super) role: Option<PinRole>,
    pub(super) presented: u32,
    pub(super) removed: bool,
    pub(super) signs: bool,
    pub(super) label: String,
}

#[derive(Clone)]
pub(super) struct InMemory {
    pub(super) memory: Rc<RefCell<Memory>>,
    pub(super) signer: SigningKey,
}

impl InMemory {
    pub(super) fn new(signer: SigningKey) -> Self {
        let memory = Memory {
            user_pin: b"12345678".to_vec(),
            tries: 10,
            signs: true,
            ..Memory::default()
        };
        Self {
            memory: Rc::new(RefCell::new(memory)),
            signer,
        }
    }

    fn there(&self) -> Result<std::cell::RefMut<'_, Memory>, TokenError> {
        let memory = self.memory.borrow_mut();
        match memory.removed {
            true => Err(TransmitError::Removed.into()),
            false => Ok(memory),
        }
    }

    fn user(&self) -> Result<std::cell::RefMut<'_, Memory>, TokenError> {
        let memory = self.there()?;
        match memory.role {
            Some(PinRole::User) => Ok(memory),
            _ => Err(TokenError::NotLoggedIn { what: "do this" }),
        }
    }
}

impl Token for InMemory {
    fn info(&mut self) -> Result<TokenInfo, TokenError> {
        let memory = self.there()?;
        Ok(TokenInfo {
            serial: "75516497".to_owned(),
            model: "Rutoken ECP".to_owned(),
            label: memory.label.clone(),
            reader: "Aktiv Rutoken ECP 00 00".to_owned(),
            user_tries_left: Tries::Left(memory.tries),
            administrator_tries_left: Tries::Left(10),
        })
    }
    fn tries(&mut self, _role: PinRole) -> Result<Tries, TokenError> {
        let memory = self.there()?;
        Ok(match memory.tries {
            0 => Tries::Blocked,
            left => Tries::Left(left),
        })
    }
    fn log_in(&mut self, role: PinRole, pin: &Pin) -> Result<(), TokenError> {
        let mut memory = self.there()?;
        memory.presented += 1;
        if memory.tries == 0 && role == PinRole::User {
            return Err(TokenError::PinBlocked { role });
        }
        let right = match role {
            PinRole::User => memory.user_pin.clone(),
            PinRole::Administrator => b"87654321".to_vec(),
        };
        if pin.expose() != right {
            memory.tries -= 1;
            let tries_left = Tries::Left(memory.tries);
            return Err(TokenError::WrongPin { role, tries_left });
        }
        memory.tries = 10;
        memory.role = Some(role);
        Ok(())
    }
    fn log_out(&mut self) -> Result<(), TokenError> {
        self.there()?.role = None;
        Ok(())
    }
    fn inventory(&mut self) -> Result<Inventory, TokenError> {
        let memory = self.there()?;
        let (keys, certificates) = (memory.pairs.clone(), memory.certificates.clone());
        Ok(Inventory { keys, certificates })
    }
    fn generate_key_pair(&mut self, spec: &KeySpec) -> Result<KeyPair, TokenError> {
        let mut memory = self.user()?;
        let key = self.signer.verifying_key().clone();
        let made = u8::try_from(memory.pairs.len()).unwrap();
        let pair = KeyPair {
            id: KeyId(vec![0xA0 + made; 20]),
            label: spec.label.clone(),
            kind: KeyKind::Gost(ParameterSet::CryptoProA),
            reference: 1,
            public_key: Some(key),
        };
        memory.pairs.push(pair.clone());
        Ok(pair)
    }
    fn set_key_label(&mut self, id: &KeyId, label: &str) -> Result<(), TokenError> {
        for pair in self.user()?.pairs.iter_mut().filter(|pair| pair.id == *id) {
            label.clone_into(&mut pair.label);
        }
        Ok(())
    }
    fn sign_digest(&mut self, _id: &KeyId, digest: &[u8]) -> Result<Signature, TokenError> {
        match self.user()?.signs {
            true => Ok(self.signer.sign_prehash_deterministic(digest).unwrap()),
            false => Err(TokenError::BadSignature),
        }
    }
    fn write_certificate(&mut self, id: &KeyId, label: &str, der: &[u8]) -> Result<(), TokenError> {
        let mut memory = self.user()?;
        let file = 0x0300 + u16::try_from(memory.certificates.len()).unwrap();
        let (id, label, der) = (id.clone(), label.to_owned(), der.to_vec());
        memory.certificates.push(StoredCertificate {
            id,
            label,
            der,
            file,
        });
        Ok(())
    }
    fn delete_certificate(&mut self, certificate: &StoredCertificate) -> Result<(), TokenError> {
        let mut memory = self.there()?;
        memory.role.expect("somebody is logged in");
        memory.certificates.retain(|it| it != certificate);
        Ok(())
    }
    fn delete_key_pair(&mut self, id: &KeyId) -> Result<(), TokenError> {
        self.user()?.pairs.retain(|pair| pair.id != *id);
        Ok(())
    }
    fn set_pin(&mut self, _role: PinRole, new: &Pin) -> Result<(), TokenError> {
        let mut memory = self.there()?;
        if new.expose().len() < 6 {
            let octets = new.expose().len();
            return Err(TokenError::PinUnfit {
                role: PinRole::User,
                octets,
            });
        }
        memory.user_pin = new.expose().to_vec();
        Ok(())
    }
    fn unblock_user_pin(&mut self) -> Result<(), TokenError> {
        let mut memory = self.there()?;
        assert_eq!(memory.role, Some(PinRole::Administrator));
        memory.tries = 10;
        Ok(())
    }
    fn format(&mut self, layout: &Layout) -> Result<(), TokenError> {
        let mut memory = self.there()?;
        memory.pairs.clear();
        memory.certificates.clear();
        memory.user_pin = layout.user.expose().to_vec();
        memory.label.clone_from(&layout.label);
        Ok(())
    }
}
