//! What a person reads at the end: where everything lies, and what is still theirs to do.

use std::fmt::Write as _;
use std::path::Path;

use enroll::messages::{self, Lang};

use crate::lang::pick;
use crate::runner::Outcome;
use crate::signing::SigningSpeed;

const TAKES: &str = "a String takes everything";

/// The closing lines of a run; empty for a run that ended before there was anything to hand over.
pub fn render(outcome: &Outcome, speed: Option<SigningSpeed>, folder: &Path, lang: Lang) -> String {
    let mut text = String::from("\n");
    if outcome.proof.is_some() {
        text.push_str(pick(
            lang,
            "Проверено: сертификат на токене подходит к его ключевой паре, цепочка до корня верна, пробная подпись токена сходится.\n",
            "Proven: the certificate on the token matches its key pair, chains to the root, and a probe signature by the token verifies.\n",
        ));
    }
    if let Some(SigningSpeed { here, by_profile }) = speed {
        writeln!(
            text,
            "{} {here:.0} {}, {by_profile:.1} {}",
            pick(
                lang,
                "Токен подписывает (ГОСТ):",
                "The token's GOST signatures:"
            ),
            pick(
                lang,
                "раз в секунду здесь, в одном процессе",
                "a second here, in process"
            ),
            pick(
                lang,
                "по профилю времени (для устройства его цифры предположены).",
                "by the timing profile (the device's figures are assumed)."
            ),
        )
        .expect(TAKES);
    }
    if let Some(checklist) = &outcome.checklist {
        writeln!(
            text,
            "{}",
            pick(lang, "Осталось человеку:", "Left for a person to do:")
        )
        .expect(TAKES);
        for item in messages::checklist(checklist, lang) {
            writeln!(text, "  {item}").expect(TAKES);
        }
    }
    let left = pick(lang, "Всё лежит в", "Everything is in");
    writeln!(text, "{left} {}", folder.display()).expect(TAKES);
    text
}
