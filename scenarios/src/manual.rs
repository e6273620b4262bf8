//! The numbered steps of the manual: chapters 1–3 and Приложение 1, in the order a person walks them.
//!
//! Steps of Приложение 1 carry the letter A, for the manual numbers them 1–9 once more. The Russian words are the
//! engine's, which has them from the manual.

use enroll::messages::{self, Lang};

/// What the manual calls this step, in the reader's language; nothing for a number it does not have.
pub fn title(number: &str, lang: Lang) -> Option<String> {
    let (_, english) = STEPS.iter().find(|(its, _)| *its == number)?;
    Some(messages::step(number, english, lang))
}

/// Every numbered step, in English; figures of the manual belong to the step they stand at. `W1` … `W4` are its
/// warnings, where it prints them.
pub const STEPS: [(&str, &str); 42] = [
    ("W1", "Warning: Internet Explorer 8.0 or later"),
    ("1.1.1", "Download and install IEAutosetup.exe"),
    ("1.1.2", "Run IEAutosetup.exe"),
    ("1.1.3", "Install the Rutoken drivers"),
    ("1.1.4", "Install the Rutoken plugin"),
    ("1.1.5", "Download and run RutokenEgais.exe"),
    ("1.1.6", "Restart the browser"),
    ("W2", "Warning: a key issued earlier has to be deleted"),
    ("A1", "Plug in the Rutoken ECP 2.0"),
    ("A2", "Start the Rutoken Control Panel"),
    ("A3", "Go to the tab «Сертификаты»"),
    ("A4", "Press «Ввести PIN-код...»"),
    (
        "A5",
        "Choose «Администратор», enter the administrator's PIN",
    ),
    ("A6", "Choose the certificate to delete. Press «Удалить»"),
    ("A7", "Press «Да»"),
    ("A8", "Choose the key pair to delete. Press «Удалить»"),
    ("A9", "Enter the user's PIN. Press «ОК»"),
    ("1.2", "Open the site key.forus.ru"),
    ("1.3", "Press «Личный кабинет»"),
    ("1.4", "Enter the mobile number. Press «Получить код»"),
    ("1.5", "Enter the SMS code into «Код подтверждения»"),
    ("1.6", "Go to «Работа с заявкой» - «Личный кабинет»"),
    ("1.7", "Open the current application by its number"),
    ("1.8", "Press «Запросить сертификат»"),
    ("1.9", "Press «Создать ключевую пару»"),
    ("1.10", "Press «Создать запрос»"),
    ("1.11", "Press «ОК». The request has been sent"),
    ("1.12", "Wait for the SMS about the order (up to 5 minutes)"),
    ("1.13", "Wait for the SMS about the issue (15–30 minutes)"),
    ("1.14", "Go on to the installation"),
    ("2.1", "Open the site key.forus.ru"),
    ("2.2", "Press «Личный кабинет»"),
    ("2.3", "Enter the mobile number. Press «Получить код»"),
    ("2.4", "Enter the SMS code into «Код подтверждения»"),
    ("2.5", "Go to «Работа с заявкой» - «Личный кабинет»"),
    ("2.6", "Open the current application by its number"),
    ("2.7", "Press «Установить сертификат в контейнер»"),
    ("2.8", "Choose the container. Press «Загрузить сертификат»"),
    ("2.9", "Press «ОК». The certificate has been installed"),
    ("3", "Print the documents"),
    ("W3", "Note: a program for PDF files is needed"),
    ("W4", "Warning: the signed originals go to an office"),
];
