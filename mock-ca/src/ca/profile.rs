//! What an authority asks of a key and writes into a certificate, as data.

use der::asn1::ObjectIdentifier;
use gost3410::{Algorithm, ParameterSet};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::oids;

/// One kind of certificate. Passed by value: a settings file may bring its own.
///
/// Stored with identifiers as dotted decimals; the algorithm stands under its key's identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Profile {
    /// The name it is asked for by.
    pub name: String,
    /// Key, digest and signature of the applicant and of the authority.
    #[serde(with = "algorithm")]
    pub algorithm: Algorithm,
    /// The parameter set the applicant's key must have.
    #[serde(with = "parameter_set")]
    pub parameter_set: ParameterSet,
    /// The parameter set of the authority's own keys.
    #[serde(with = "parameter_set")]
    pub authority_parameter_set: ParameterSet,
    /// keyUsage: the octet of its BIT STRING, bit 0 highest.
    pub key_usage: u8,
    /// extKeyUsage, in order.
    #[serde(with = "oids::dotted_list")]
    pub extended_key_usage: Vec<ObjectIdentifier>,
    /// certificatePolicies, in order.
    #[serde(with = "oids::dotted_list")]
    pub policies: Vec<ObjectIdentifier>,
    /// subjectSignTool: the means the owner signs with.
    pub sign_tool: String,
    /// issuerSignTool: the authority's means of signing, the authority's software, the paper of each.
    pub issuer_sign_tool: [String; 4],
    /// The certificate's life in calendar months.
    pub validity_months: u8,
    /// Whether the portal asks for the pair to be named `ЕГАИС_` and the number of the application after sending.
    pub relabel: bool,
    /// Where its certificates say that lists, answers and issuers are.
    pub addresses: Addresses,
}

/// The authority's addresses, as certificates hold them. An empty one is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Addresses {
    /// cRLDistributionPoints of the applicant's certificate: one point per address.
    pub crl: Vec<String>,
    /// authorityInfoAccess: the OCSP responder, for the issuing authority's own certificate too.
    pub ocsp: String,
    /// authorityInfoAccess: the issuing authority's certificate.
    pub issuer: String,
    /// cRLDistributionPoints of the issuing authority's certificate.
    pub root_crl: String,
    /// authorityInfoAccess of the issuing authority's certificate: the root's.
    pub root: String,
}

impl Addresses {
    /// Everything below one address without a slash at its end, where the portal serves it.
    pub fn below(address: &str, algorithm: Algorithm) -> Self {
        let name = match algorithm {
            Algorithm::Gost2001 => "forus-2018",
            Algorithm::Gost2012_256 => "forus-2019",
            Algorithm::Gost2012_512 => "forus-2019-512",
        };
        Self {
            crl: vec![format!("{address}/ca/{name}.crl")],
            ocsp: format!("{address}/ocsp"),
            issuer: format!("{address}/ca/{name}.cer"),
            root_crl: format!("{address}/ca/{name}-root.crl"),
            root: format!("{address}/ca/{name}-root.cer"),
        }
    }
}

/// What stands in certificates unless a setting says otherwise: nobody's name, so that no recording holds a port.
pub const DEFAULT_ADDRESS: &str = "http://ca.forus.test";

const NAMES: [&str; 9] = [
    "forus-2018",
    "forus-2018-xcha",
    "forus-2018-b",
    "forus-2018-c",
    "forus-2019",
    "forus-2019-b",
    "forus-2019-tc26-a",
    "forus-2019-512",
    "forus-2019-512-b",
];

impl Profile {
    /// A built-in profile.
    ///
    /// * `forus-2018`: GOST R 34.10-2001 on CryptoPro-A, before the authority changed over on 24.12.2018;
    /// * `forus-2018-xcha`: the same with the applicant's key under the curve's "exchange" name, as a plugin may write it;
    /// * `forus-2018-b`, `forus-2018-c`: the same with the applicant's key on CryptoPro-B or -C;
    /// * `forus-2019`: GOST R 34.10-2012 with 256 bits on CryptoPro-A;
    /// * `forus-2019-b`, `forus-2019-tc26-a`: the same with the applicant's key on CryptoPro-B or TC26-256-A;
    /// * `forus-2019-512`: GOST R 34.10-2012 with 512 bits on TC26-512-A;
    /// * `forus-2019-512-b`: the same with the applicant's key on TC26-512-B.
    pub fn named(name: &str) -> Option<Self> {
        use {Algorithm as A, ParameterSet as P};
        Some(match name {
            "forus-2018" => Self::forus(name, A::Gost2001, P::CryptoProA, P::CryptoProA, 15),
            "forus-2018-xcha" => {
                Self::forus(name, A::Gost2001, P::CryptoProXchA, P::CryptoProA, 15)
            }
            "forus-2018-b" => Self::forus(name, A::Gost2001, P::CryptoProB, P::CryptoProA, 15),
            "forus-2018-c" => Self::forus(name, A::Gost2001, P::CryptoProC, P::CryptoProA, 15),
            "forus-2019" => Self::forus(name, A::Gost2012_256, P::CryptoProA, P::CryptoProA, 12),
            "forus-2019-b" => Self::forus(name, A::Gost2012_256, P::CryptoProB, P::CryptoProA, 12),
            "forus-2019-tc26-a" => {
                Self::forus(name, A::Gost2012_256, P::Tc26Gost256A, P::CryptoProA, 12)
            }
            "forus-2019-512" => {
                Self::forus(name, A::Gost2012_512, P::Tc26Gost512A, P::Tc26Gost512A, 12)
            }
            "forus-2019-512-b" => {
                Self::forus(name, A::Gost2012_512, P::Tc26Gost512B, P::Tc26Gost512A, 12)
            }
            _ => return None,
        })
    }

    /// The names [`named`](Self::named) knows, the manual's own first.
    pub const fn names() -> &'static [&'static str] {
        &NAMES
    }

    /// Assumed throughout: no user certificate of December 2018 was found. Purposes are those ЕГАИС software asks for.
    fn forus(
        name: &str,
        algorithm: Algorithm,
        applicant: ParameterSet,
        authority: ParameterSet,
        months: u8,
    ) -> Self {
        Self {
            name: name.into(),
            algorithm,
            parameter_set: applicant,
            authority_parameter_set: authority,
            key_usage: 0xF0, // digitalSignature, nonRepudiation, keyEncipherment, dataEncipherment
            extended_key_usage: vec![
                oids::CLIENT_AUTH,
                oids::REGISTRATION_CENTRE_USER,
                oids::FSRAR_DECLARATIONS,
                oids::FSRAR_RETAIL,
                oids::EGAIS_SOFTWARE,
                oids::EMAIL_PROTECTION,
            ],
            policies: vec![oids::KC1],
            sign_tool: "СКЗИ \"Рутокен ЭЦП 2.0\"".into(),
            issuer_sign_tool: [
                "ТЕСТ: программная подпись, не является СКЗИ".into(),
                "ТЕСТ: имитатор удостоверяющего центра".into(),
                "ТЕСТ: сертификата соответствия нет".into(),
                "ТЕСТ: заключения о соответствии нет".into(),
            ],
            validity_months: months,
            relabel: true,
            addresses: Addresses::below(DEFAULT_ADDRESS, algorithm),
        }
    }
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, to)
    }
}

impl<'de> Deserialize<'de> for Profile {
    /// Refuses parameter sets that are not the algorithm's, besides what the fields refuse.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let profile = Self::deserialize(from)?;
        let sets = [profile.parameter_set, profile.authority_parameter_set];
        match sets.iter().find(|set| !profile.algorithm.allows(**set)) {
            Some(set) => Err(D::Error::custom(format_args!(
                "{} does not go with the algorithm",
                set.name()
            ))),
            None => Ok(profile),
        }
    }
}

mod algorithm {
    use super::{Algorithm, oids};
    use serde::{Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(one: &Algorithm, to: S) -> Result<S::Ok, S::Error> {
        oids::dotted::serialize(&one.key_oid(), to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Algorithm, D::Error> {
        let oid = oids::dotted::deserialize(from)?;
        Algorithm::from_key_oid(&oid).ok_or_else(|| {
            D::Error::custom(format_args!("{oid} is no key algorithm of GOST R 34.10"))
        })
    }
}

mod parameter_set {
    use super::{ParameterSet, oids};
    use serde::{Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(one: &ParameterSet, to: S) -> Result<S::Ok, S::Error> {
        oids::dotted::serialize(&one.oid(), to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<ParameterSet, D::Error> {
        let oid = oids::dotted::deserialize(from)?;
        ParameterSet::from_oid(&oid).ok_or_else(|| {
            D::Error::custom(format_args!("{oid} is no parameter set of GOST R 34.10"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_profile_that_survives_storing() {
        for name in Profile::names() {
            let profile = Profile::named(name).unwrap();
            assert_eq!(&profile.name, name);
            let text = toml::to_string(&profile).unwrap();
            assert_eq!(toml::from_str::<Profile>(&text).unwrap(), profile);
        }
        assert_eq!(Profile::named("forus-2020"), None);
    }

    #[test]
    fn a_stored_profile_whose_sets_are_not_its_algorithms_is_refused() {
        let text = toml::to_string(&Profile::named("forus-2018").unwrap()).unwrap();
        let other = text.replace("1.2.643.2.2.19", "1.2.643.7.1.1.1.2");
        let error = toml::from_str::<Profile>(&other).unwrap_err().to_string();
        assert!(
            error.contains("CryptoPro-A does not go with the algorithm"),
            "{error}"
        );
    }

    #[test]
    fn a_stored_profile_with_an_unknown_parameter_set_is_refused() {
        let text = toml::to_string(&Profile::named("forus-2018").unwrap()).unwrap();
        let other = text.replace("1.2.643.2.2.35.1", "1.2.643.2.2.35.9");
        assert!(
            toml::from_str::<Profile>(&other)
                .unwrap_err()
                .to_string()
                .contains("1.2.643.2.2.35.9")
        );
    }
}
