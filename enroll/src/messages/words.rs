//! Words of the engine and the adapters that stand within other messages: the English ones are those of the errors.

use super::text::Text;
use super::texts;

/// What an error names in words of our own; those of the system and of libraries stay as they are.
pub(super) fn word(words: &str) -> Text {
    if WORDS.contains(&words) {
        Text::Message(name(words).into(), Vec::new())
    } else {
        Text::plain(words)
    }
}

/// What a page lacks: of which kind, and what it is called there.
pub(super) fn missing(what: &str) -> Text {
    let known = MISSING.iter().find_map(|(begins, worded)| {
        let rest = what.strip_prefix(begins)?;
        Some(worded(rest.to_owned()))
    });
    known.unwrap_or_else(|| Text::plain(what))
}

/// `word-a-key-pair` of «a key pair».
fn name(words: &str) -> String {
    let parts = words.split(|c: char| !c.is_ascii_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty());
    parts.fold("word".to_owned(), |name, part| {
        name + "-" + &part.to_ascii_lowercase()
    })
}

type Worded = fn(String) -> Text;

/// The longer beginnings first.
const MISSING: [(&str, Worded); 7] = [
    ("link or button ", |it| texts::missing_link_or_button(it)),
    ("button ", |it| texts::missing_button(it)),
    ("fields under ", |it| texts::missing_fields_under(it)),
    ("legible field ", |it| texts::missing_legible_field(it)),
    ("field ", |it| texts::missing_field(it)),
    ("words ", |it| texts::missing_words(it)),
    ("heading ", |it| texts::missing_heading(it)),
];

pub(super) const WORDS: [&str; 63] = [
    "read",
    "write",
    "create",
    "open",
    "lock",
    "remove",
    "move",
    "move aside",
    "copy",
    "replace",
    "repair",
    "trust",
    "close to others",
    "it belongs to another user",
    "it is no ordinary file",
    "make key pairs",
    "rename key pairs",
    "sign",
    "delete key pairs",
    "change this PIN",
    "unblock the user's PIN",
    "rename the token",
    "write certificates",
    "delete certificates",
    "make a key pair",
    "rename a key pair",
    "write a certificate",
    "delete a certificate",
    "delete a key pair",
    "change a PIN",
    "a key pair",
    "a longer name",
    "a signature",
    "a PIN",
    "a certificate",
    "a certificate of this length",
    "a name of this length",
    "one certificate more",
    "one key pair more",
    "the key pair",
    "the key pair's name",
    "the name of a key pair",
    "the token's name",
    "the certificate",
    "the entry of a pair",
    "the directory of directories",
    "the directory of private keys",
    "the directory of public keys",
    "the directory of certificates",
    "a certificate that is no X.509",
    "the public half of the new pair",
    "deleting a certificate that this module does not show",
    "it is not running (on Linux: pcscd)",
    "no basicConstraints",
    "not a CA",
    "too many certificates below it",
    "no keyCertSign",
    "no PEM block",
    "version",
    "public key",
    "subject",
    "number of attributes of one type",
    "signature algorithm",
];
