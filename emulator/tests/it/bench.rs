//! A card on a bench: scenario time stands still, randomness is a fixed stream.

use core::time::Duration;

use emulator::{Card, Env, Exchange, StatusWord, TokenImage};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// A card and what is lent to it.
pub(crate) struct Bench {
    pub(crate) card: Card,
    rng: ChaCha20Rng,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with(TokenImage::new(0x2CDB_7256, ""))
    }

    pub(crate) fn with(image: TokenImage) -> Self {
        Self::holding(Card::new(image))
    }

    pub(crate) fn holding(card: Card) -> Self {
        let rng = ChaCha20Rng::seed_from_u64(7);
        Self { card, rng }
    }

    pub(crate) fn exchange(&mut self, c_apdu: &[u8]) -> Exchange {
        let mut env = Env {
            now: Duration::ZERO,
            rng: &mut self.rng,
        };
        self.card.exchange(&mut env, c_apdu)
    }

    /// Data and status word of the answer.
    pub(crate) fn send(&mut self, c_apdu: &[u8]) -> (Vec<u8>, StatusWord) {
        let mut answer = self.exchange(c_apdu).answer;
        let low = answer.pop().expect("two bytes of status");
        let high = answer.pop().expect("two bytes of status");
        (answer, StatusWord(u16::from_be_bytes([high, low])))
    }

    /// Sends and insists on success.
    pub(crate) fn ok(&mut self, c_apdu: &[u8]) -> Vec<u8> {
        let (data, status) = self.send(c_apdu);
        assert_eq!(
            status,
            StatusWord::SUCCESS,
            "{}",
            emulator::describe::command(c_apdu)
        );
        data
    }

    pub(crate) fn login_user(&mut self) {
        self.ok(b"\x00\x20\x00\x02\x0812345678");
    }

    pub(crate) fn login_administrator(&mut self) {
        self.ok(b"\x00\x20\x00\x01\x0887654321");
    }

    /// SELECT by path from the master file.
    pub(crate) fn select(&mut self, path: &[u16]) -> (Vec<u8>, StatusWord) {
        let path: Vec<u8> = path.iter().flat_map(|fid| fid.to_be_bytes()).collect();
        self.send(
            &[
                &[0x00, 0xA4, 0x08, 0x00, path.len() as u8],
                &path[..],
                &[0x00],
            ]
            .concat(),
        )
    }

    /// CREATE FILE for a key half.
    pub(crate) fn create_key(&mut self, property: [u8; 2], size: u16, reference: u8) -> StatusWord {
        let [high, low] = size.to_be_bytes();
        let access: &[u8] = &[0x46, 0x00, 0x02, 0x02, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0];
        let template = [
            &[
                0x80, 0x02, high, low, 0x82, 0x02, 0x10, 0x00, 0x83, 0x02, 0x00, reference,
            ][..],
            &[
                0x85,
                0x06,
                property[0],
                property[1],
                0x00,
                0xAA,
                0x00,
                0x00,
                0x86,
                0x0F,
            ],
            access,
        ]
        .concat();
        self.send(&[&[0x00, 0xE0, 0x00, 0x00, 0x27, 0x6F, 0x25], &template[..]].concat())
            .1
    }
}
