//! Object identifiers of the Russian certificate, and how they are stored: as dotted decimals.

use der::asn1::ObjectIdentifier;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

// Parameters of a key.
/// id-Gost28147-89-CryptoPro-A-ParamSet, which CryptoPro's software names beside its keys.
pub const CRYPTOPRO_CIPHER_A: ObjectIdentifier = oid("1.2.643.2.2.31.1");

// Attributes of a name.
/// CN, UTF8String.
pub const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
/// SN, UTF8String.
pub const SURNAME: ObjectIdentifier = oid("2.5.4.4");
/// C, PrintableString.
pub const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
/// L, UTF8String.
pub const LOCALITY: ObjectIdentifier = oid("2.5.4.7");
/// ST, UTF8String: region code, space, name.
pub const REGION: ObjectIdentifier = oid("2.5.4.8");
/// street, UTF8String.
pub const STREET: ObjectIdentifier = oid("2.5.4.9");
/// O, UTF8String.
pub const ORGANISATION: ObjectIdentifier = oid("2.5.4.10");
/// OU, UTF8String.
pub const ORGANISATIONAL_UNIT: ObjectIdentifier = oid("2.5.4.11");
/// T, UTF8String.
pub const TITLE: ObjectIdentifier = oid("2.5.4.12");
/// GN, UTF8String.
pub const GIVEN_NAME: ObjectIdentifier = oid("2.5.4.42");
/// ИНН, NumericString of 12.
pub const INN: ObjectIdentifier = oid("1.2.643.3.131.1.1");
/// ОГРН, NumericString of 13.
pub const OGRN: ObjectIdentifier = oid("1.2.643.100.1");
/// ОГРНИП, NumericString of 15.
pub const OGRNIP: ObjectIdentifier = oid("1.2.643.100.5");
/// СНИЛС, NumericString of 11.
pub const SNILS: ObjectIdentifier = oid("1.2.643.100.3");
/// E, IA5String.
pub const EMAIL: ObjectIdentifier = oid("1.2.840.113549.1.9.1");
/// UN, UTF8String: carries `КПП=…`.
pub const UNSTRUCTURED_NAME: ObjectIdentifier = oid("1.2.840.113549.1.9.2");

// Attributes of a request.
/// extensionRequest of PKCS#9.
pub const EXTENSION_REQUEST: ObjectIdentifier = oid("1.2.840.113549.1.9.14");

/// extensionRequest of Microsoft.
pub const MICROSOFT_EXTENSION_REQUEST: ObjectIdentifier = oid("1.3.6.1.4.1.311.2.1.14");

// Extensions.
/// subjectKeyIdentifier.
pub const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
/// keyUsage.
pub const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
/// privateKeyUsagePeriod.
pub const PRIVATE_KEY_USAGE_PERIOD: ObjectIdentifier = oid("2.5.29.16");
/// basicConstraints.
pub const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
/// cRLNumber.
pub const CRL_NUMBER: ObjectIdentifier = oid("2.5.29.20");
/// reasonCode of a list's entry.
pub const CRL_REASON: ObjectIdentifier = oid("2.5.29.21");
/// cRLDistributionPoints.
pub const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
/// certificatePolicies.
pub const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
/// authorityKeyIdentifier.
pub const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
/// extKeyUsage.
pub const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
/// authorityInfoAccess.
pub const AUTHORITY_INFO_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
/// subjectSignTool: the means the owner signs with.
pub const SUBJECT_SIGN_TOOL: ObjectIdentifier = oid("1.2.643.100.111");
/// issuerSignTool: the means of the authority and their papers.
pub const ISSUER_SIGN_TOOL: ObjectIdentifier = oid("1.2.643.100.112");

// Purposes of a key.
/// TLS client.
pub const CLIENT_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.2");
/// Protection of e-mail.
pub const EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
/// User of a registration centre, TLS client.
pub const REGISTRATION_CENTRE_USER: ObjectIdentifier = oid("1.2.643.2.2.34.6");
/// ФСРАР: the declaration system.
pub const FSRAR_DECLARATIONS: ObjectIdentifier = oid("1.2.643.5.1.28.2");
/// ФСРАР: retail alcohol.
pub const FSRAR_RETAIL: ObjectIdentifier = oid("1.2.643.5.1.28.3");
/// Requested by ЕГАИС software.
pub const EGAIS_SOFTWARE: ObjectIdentifier = oid("1.2.643.3.6.78.4.5");

// Classes of means, as policies.
/// Class КС1.
pub const KC1: ObjectIdentifier = oid("1.2.643.100.113.1");
/// Class КС2.
pub const KC2: ObjectIdentifier = oid("1.2.643.100.113.2");

// OCSP, and the digests its requests name certificates by.
/// id-pkix-ocsp-basic.
pub const OCSP_BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
/// id-pkix-ocsp-nonce.
pub const OCSP_NONCE: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.2");
/// SHA-1.
pub const SHA1: ObjectIdentifier = oid("1.3.14.3.2.26");
/// SHA-256.
pub const SHA256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
/// GOST R 34.11-94.
pub const GOST_94: ObjectIdentifier = oid("1.2.643.2.2.9");
/// GOST R 34.11-2012, 256 bits.
pub const STREEBOG_256: ObjectIdentifier = oid("1.2.643.7.1.1.2.2");
/// GOST R 34.11-2012, 512 bits.
pub const STREEBOG_512: ObjectIdentifier = oid("1.2.643.7.1.1.2.3");

// Ways to reach the authority.
/// OCSP responder.
pub const OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
/// The issuer's own certificate.
pub const CA_ISSUERS: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");

/// What a Russian form calls an identifier, or nothing for one it would print as numbers.
pub fn label(oid: &ObjectIdentifier) -> Option<&'static str> {
    LABELS
        .iter()
        .find(|(known, _)| known == oid)
        .map(|(_, label)| *label)
}

const LABELS: &[(ObjectIdentifier, &str)] = &[
    (COMMON_NAME, "Общее имя"),
    (SURNAME, "Фамилия"),
    (COUNTRY, "Страна"),
    (LOCALITY, "Населённый пункт"),
    (REGION, "Регион"),
    (STREET, "Адрес"),
    (ORGANISATION, "Организация"),
    (ORGANISATIONAL_UNIT, "Подразделение"),
    (TITLE, "Должность"),
    (GIVEN_NAME, "Имя и отчество"),
    (INN, "ИНН"),
    (OGRN, "ОГРН"),
    (OGRNIP, "ОГРНИП"),
    (SNILS, "СНИЛС"),
    (EMAIL, "Электронная почта"),
    (UNSTRUCTURED_NAME, "Неструктурированное имя (КПП)"),
    (SUBJECT_KEY_IDENTIFIER, "Идентификатор ключа субъекта"),
    (KEY_USAGE, "Использование ключа"),
    (
        PRIVATE_KEY_USAGE_PERIOD,
        "Срок действия ключа электронной подписи",
    ),
    (BASIC_CONSTRAINTS, "Основные ограничения"),
    (
        CRL_DISTRIBUTION_POINTS,
        "Точки распространения списков отзыва",
    ),
    (CERTIFICATE_POLICIES, "Политики сертификата"),
    (AUTHORITY_KEY_IDENTIFIER, "Идентификатор ключа издателя"),
    (EXTENDED_KEY_USAGE, "Улучшенный ключ"),
    (AUTHORITY_INFO_ACCESS, "Доступ к информации об издателе"),
    (SUBJECT_SIGN_TOOL, "Средство электронной подписи владельца"),
    (
        ISSUER_SIGN_TOOL,
        "Средства электронной подписи и УЦ издателя",
    ),
    (CLIENT_AUTH, "Проверка подлинности клиента"),
    (EMAIL_PROTECTION, "Защищённая электронная почта"),
    (
        REGISTRATION_CENTRE_USER,
        "Пользователь Центра регистрации, HTTP, TLS клиент",
    ),
    (FSRAR_DECLARATIONS, "ФСРАР: система декларирования"),
    (
        FSRAR_RETAIL,
        "ФСРАР: розничная продажа алкогольной продукции",
    ),
    (EGAIS_SOFTWARE, "Использование в ЕГАИС"),
    (KC1, "Класс средства ЭП КС1"),
    (KC2, "Класс средства ЭП КС2"),
];

/// Serde for one identifier as `1.2.643.…`: `#[serde(with = "oids::dotted")]`.
pub(crate) mod dotted {
    use der::asn1::ObjectIdentifier;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(
        oid: &ObjectIdentifier,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(oid)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<ObjectIdentifier, D::Error> {
        let text = String::deserialize(from)?;
        ObjectIdentifier::new(&text)
            .map_err(|_| D::Error::custom(format_args!("`{text}` is no object identifier")))
    }
}

/// The same for a list.
pub(crate) mod dotted_list {
    use der::asn1::ObjectIdentifier;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[serde(transparent)]
    struct Dotted(#[serde(with = "super::dotted")] ObjectIdentifier);

    pub(crate) fn serialize<S: Serializer>(
        oids: &[ObjectIdentifier],
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_seq(oids.iter().copied().map(Dotted))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Vec<ObjectIdentifier>, D::Error> {
        Ok(Vec::<Dotted>::deserialize(from)?
            .into_iter()
            .map(|one| one.0)
            .collect())
    }
}
