//! A token whose power goes while a PIN is being checked.

use emulator::fixture::{Fault, Fixture, NoAnswer};
use emulator::reference::PinRef;
use gost3410::ParameterSet;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut token = Fixture::new()
        .label("Склад 1")
        .pin(PinRef::User, "246810", 3)
        .gost_pair("ООО Тестовая организация", ParameterSet::CryptoProA)
        .fault(1, Fault::PowerCut { writes: 1 })
        .build()?;
    let verify = b"\x00\x20\x00\x02\x06246810";
    assert_eq!(token.transmit(verify), Err(NoAnswer));
    assert_eq!(token.transmit(&[0x00, 0x20, 0x00, 0x02])?, [0x63, 0xC2]);
    assert_eq!(token.transmit(verify)?, [0x90, 0x00]);
    assert_eq!(token.image().label().as_deref(), Some("Склад 1"));
    Ok(())
}
