//! Why a request was not accepted, in words the applicant can act on.

use der::asn1::ObjectIdentifier;
use jiff::Timestamp;

use crate::order::irkutsk;

/// The first thing found wrong with a request. `Display` is the Russian text the portal shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More octets than any honest request has.
    #[error(
        "Запрос слишком велик: {octets} байт, допускается не более {limit}. Сформируйте запрос заново."
    )]
    TooLong {
        /// Octets that came.
        octets: usize,
        /// Octets read at most.
        limit: usize,
    },
    /// Not the DER of a PKCS#10 request, or something follows it.
    #[error(
        "Запрос повреждён: это не запрос PKCS#10 в кодировке DER ({what}). Сформируйте запрос заново."
    )]
    Malformed {
        /// What the reader stumbled over.
        what: String,
    },
    /// Not version 0.
    #[error(
        "Версия запроса {got} не поддерживается, допускается только версия 0. Сформируйте запрос заново."
    )]
    Version {
        /// The version that came.
        got: u8,
    },
    /// The key is of another algorithm than the application's profile asks for.
    #[error(
        "Алгоритм ключа {got} не подходит для этой заявки, нужен {expected}. Создайте новую ключевую пару."
    )]
    Algorithm {
        /// Key algorithm of the profile.
        expected: ObjectIdentifier,
        /// Key algorithm of the request.
        got: ObjectIdentifier,
    },
    /// The key lies on another curve, or the curve is called by another name, than the profile asks for.
    #[error(
        "Параметры ключа {got} не подходят для этой заявки, нужны {expected}. Создайте новую ключевую пару."
    )]
    ParameterSet {
        /// Set of the profile.
        expected: &'static str,
        /// Set of the request.
        got: &'static str,
    },
    /// The public key cannot be one.
    #[error("Открытый ключ в запросе неверен ({what}). Создайте новую ключевую пару.")]
    PublicKey {
        /// What is wrong with it.
        what: String,
    },
    /// Signed by another algorithm than the key's.
    #[error(
        "Запрос подписан алгоритмом {got}, а ключ требует {expected}. Сформируйте запрос заново."
    )]
    SignatureAlgorithm {
        /// The algorithm that goes with the key.
        expected: ObjectIdentifier,
        /// The algorithm of the request.
        got: ObjectIdentifier,
    },
    /// The request was not signed by the key in it, or was changed afterwards.
    #[error(
        "Подпись запроса не сходится с открытым ключом в нём. Сформируйте запрос заново и не изменяйте его."
    )]
    Signature,
    /// A value that is no text.
    #[error("Поле {oid} запроса не является строкой. Сформируйте запрос заново.")]
    NotText {
        /// The attribute's type.
        oid: ObjectIdentifier,
    },
    /// The application has a field the request lacks.
    #[error(
        "В запросе нет поля «{label}», в заявке указано «{expected}». Сформируйте запрос со страницы заявки."
    )]
    MissingField {
        /// What forms call the field.
        label: String,
        /// The application's value.
        expected: String,
    },
    /// The request has a field twice.
    #[error("Поле «{label}» указано в запросе дважды. Сформируйте запрос со страницы заявки.")]
    RepeatedField {
        /// What forms call the field.
        label: String,
    },
    /// The request has a field the application lacks.
    #[error(
        "Поля «{label}» со значением «{got}» нет в заявке. Сформируйте запрос со страницы заявки."
    )]
    UnexpectedField {
        /// What forms call the field.
        label: String,
        /// The request's value.
        got: String,
    },
    /// A field differs.
    #[error(
        "Поле «{label}» запроса не совпадает с заявкой: в запросе «{got}», в заявке «{expected}». \
         Сформируйте запрос со страницы заявки или обратитесь в Удостоверяющий центр."
    )]
    FieldDiffers {
        /// What forms call the field.
        label: String,
        /// The application's value.
        expected: String,
        /// The request's value.
        got: String,
    },
    /// A register's number with a wrong length or check digit.
    #[error(
        "{label} «{got}» неверен: не сходится контрольное число или количество цифр. Проверьте данные заявки."
    )]
    Identifier {
        /// ИНН, ОГРН, ОГРНИП or СНИЛС.
        label: String,
        /// The request's value.
        got: String,
    },
    /// The unstructured name does not carry a КПП the way ЕГАИС reads it.
    #[error(
        "КПП «{got}» неверен: поле должно состоять из русских букв «КПП», знака «=» и девяти знаков. \
         Проверьте данные заявки и раскладку клавиатуры."
    )]
    Kpp {
        /// The request's value.
        got: String,
    },
    /// The public key came with an earlier request.
    #[error(
        "Этот открытый ключ уже использован в запросе по заявке {application}. Создайте новую ключевую пару."
    )]
    KeySeen {
        /// Number of the application it came with.
        application: u32,
    },
    /// The certificate would begin when the authority's own has ended.
    #[error(
        "Сертификат удостоверяющего центра действует только до {}, новый сертификат выпустить нельзя. \
         Обратитесь в Удостоверяющий центр.",
        day(*until)
    )]
    AuthorityEnds {
        /// The end of the authority's certificate.
        until: Timestamp,
    },
}

/// As a page prints it, in Irkutsk.
fn day(at: Timestamp) -> String {
    at.to_zoned(irkutsk()).strftime("%d.%m.%Y").to_string()
}
