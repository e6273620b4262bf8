//! `emulator send`: commands to the card, one session, each change saved.

use std::io::{self, BufRead, Write};

use emulator::{Card, TokenImage, describe};

use super::claim::Claim;
use super::surroundings::{Surroundings, kept_at};
use super::{Failure, Send, unless_closed};

/// Sends everything in order; a refused command does not end the run, its answer is the result. Nor does a reader of the
/// answers that has had enough.
pub(super) fn run(send: &Send) -> Result<(), Failure> {
    let commands = commands(&send.commands)?;
    let claim = Claim::on(&send.image)?;
    let image = TokenImage::load(claim.image())?;
    let mut card = kept_at(claim.image(), Card::with_model(image, send.atr.into()));
    let mut surroundings = Surroundings::new(send.seed)?;
    let mut out = io::stdout().lock();
    let mut printed = Ok(());
    for c_apdu in commands {
        let r_apdu = card.transmit(&mut surroundings.env(), &c_apdu);
        printed = printed.and_then(|()| print(&mut out, &c_apdu, &r_apdu));
    }
    Ok(unless_closed(printed)?)
}

fn print(out: &mut impl Write, c_apdu: &[u8], r_apdu: &[u8]) -> io::Result<()> {
    let (sent, answered) = (describe::mask(c_apdu), describe::spaced(r_apdu));
    writeln!(out, "> {sent}   {}", describe::command(c_apdu))?;
    let meaning = describe::response(c_apdu, r_apdu);
    writeln!(out, "< {answered}   {meaning}")
}

/// All commands are read before the first is sent, so that a slip of the pen changes nothing.
fn commands(arguments: &[String]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut texts = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "-" => {
                let lines = io::stdin().lock().lines().collect::<Result<Vec<_>, _>>()?;
                texts.extend(lines.into_iter().filter(|line| !line.trim().is_empty()));
            }
            text => texts.push(text.to_owned()),
        }
    }
    let bytes = |(index, text): (usize, &String)| {
        let digits: String = text.split_whitespace().collect();
        let bytes = hex::decode(digits).ok().filter(|bytes| !bytes.is_empty());
        bytes.ok_or(Failure::NotHexadecimal { number: index + 1 })
    };
    texts.iter().enumerate().map(bytes).collect()
}
