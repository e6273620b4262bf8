//! The words on the portal's pages. Those of the seed manual are letter for letter; the others say where they are ours.

pub(super) const CABINET: &str = "Личный кабинет";
/// Assumed: the manual says only «ввести номер сотового телефона».
pub(super) const PHONE: &str = "Номер сотового телефона";
pub(super) const GET_CODE: &str = "Получить код";
/// Assumed.
pub(super) const CODE_AGAIN: &str = "Получить код повторно";
pub(super) const CODE: &str = "Код подтверждения";
/// Assumed: the manual says only «нажать кнопку входа».
pub(super) const LOG_IN: &str = "Войти";
/// Assumed: what an early second press is answered with, before the number of seconds.
pub(super) const TOO_EARLY: &str = "Повторный код можно получить через";
pub(super) const LOGGED_IN: &str = "Вы вошли как";
pub(super) const WORK: &str = "Работа с заявкой";
pub(super) const NUMBER: &str = "Номер заявки:";
pub(super) const REQUEST_CERTIFICATE: &str = "Запросить сертификат";
pub(super) const REQUEST_HEADING: &str = "Создать запрос с помощью Рутокен ЭЦП";
pub(super) const CONTAINER: &str = "Имя контейнера";
pub(super) const KEY_PAIR: &str = "Ключевая пара";
pub(super) const AUTHORISATION: &str = "Авторизация";
pub(super) const MAKE_KEY_PAIR: &str = "Создать ключевую пару";
pub(super) const MAKE_REQUEST: &str = "Создать запрос";
pub(super) const SENT: &str = "Запрос на сертификат успешно отправлен";
pub(super) const OK: &str = "ОК";
pub(super) const SAVE_CERTIFICATE: &str = "Сохранить сертификат на локальный компьютер";
pub(super) const INSTALL_CERTIFICATE: &str = "Установить сертификат в контейнер";
pub(super) const LOAD_CERTIFICATE: &str = "Загрузить сертификат";
pub(super) const INSTALLED: &str = "Сертификат успешно установлен в контейнер";

/// Assumed, as the rest below: on the real page a plug-in fetches these without showing them.
pub(super) const SUBJECT: &str = "Сведения для сертификата";
pub(super) const ALGORITHM: &str = "Алгоритм ключа";
pub(super) const PARAMETER_SET: &str = "Набор параметров";
pub(super) const KEY_USAGE: &str = "Использование ключа";
pub(super) const EXTENDED_KEY_USAGE: &str = "Расширенное использование ключа";
pub(super) const POLICIES: &str = "Политики сертификата";
pub(super) const SIGN_TOOL: &str = "Средство электронной подписи";
pub(super) const LABEL_AFTER: &str = "Метка контейнера после отправки";
pub(super) const REQUEST_PEM: &str = "Запрос на сертификат (PEM)";
pub(super) const CERTIFICATE_PEM: &str = "Сертификат (PEM)";
pub(super) const CA_CERTIFICATES: &str = "Сертификаты удостоверяющего центра";
pub(super) const REVOCATION_LIST: &str = "Список отозванных сертификатов";
