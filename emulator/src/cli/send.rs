//! `emulator send`: commands to the card, one session, each change saved.

use std::io::{self, BufRead, Write};

use emulator::{Card, TokenImage, describe};

use super::claim::Claim;
use super::surroundings::{Surroundings, kept_at};
use super::{Failure, Send};

/// Sends everything in order; a refused command does not end the run, its answer is the result.
pub(super) fn run(send: &Send) -> Result<(), Failure> {
    let commands = commands(&send.commands)?;
    let claim = Claim::on(&send.image)?;
    let image = TokenImage::load(claim.image())?;
    let mut card = kept_at(claim.image(), Card::with_model(image, send.atr.into()));
    let mut surroundings = Surroundings::new(send.seed)?;
    let mut out = io::stdout().lock();
    for c_apdu in commands {
        let exchange = card.exchange(&mut surroundings.env(), &c_apdu);
        writeln!(
            out,
            "> {}   {}",
            describe::mask(&c_apdu),
            describe::command(&c_apdu)
        )?;
        let r_apdu = &exchange.answer;
        writeln!(
            out,
            "< {}   {}",
            describe::spaced(r_apdu),
            describe::response(&c_apdu, r_apdu)
        )?;
    }
    Ok(())
}

/// All commands are read before the first is sent, so that a slip of the pen changes nothing.
fn commands(arguments: &[String]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut texts = Vec::new();
    for argument in arguments {
        match argument.as_str() {
            "-" => texts.extend(io::stdin().lock().lines().collect::<Result<Vec<_>, _>>()?),
            text => texts.push(text.to_owned()),
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    let bytes = |(index, text): (usize, &String)| {
        let digits: String = text.split_whitespace().collect();
        hex::decode(digits).map_err(|_| Failure::NotHexadecimal { number: index + 1 })
    };
    texts.iter().enumerate().map(bytes).collect()
}
