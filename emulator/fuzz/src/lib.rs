//! What must hold whatever bytes come to the emulator's four doors: a function each, which panics when it does not.
//!
//! The fuzz targets call these functions with what libFuzzer thinks of; `cargo test` calls the same ones with the committed
//! corpora and with what proptest thinks of.

use core::time::Duration;
use std::sync::LazyLock;

use emulator::apdu::CommandApdu;
use emulator::image::Body;
use emulator::reference::{FileId, KeyRef};
use emulator::rsf::{KeyKind, RsfKind};
use emulator::vpcd::{self, Request};
use emulator::{Card, Env, Exchange, Model, TokenImage, command, describe, tlv};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

/// A token is sent commands: the first byte chooses the token and who is logged in, then each command comes after
/// its length, where FF stands for the longest command there is.
pub fn card(input: &[u8]) {
    let Some((choice, mut rest)) = input.split_first() else {
        return;
    };
    let mut bench = Bench::new(*choice);
    while let Some((length, after)) = rest.split_first() {
        let length = match *length {
            0xFF => LONGEST_COMMAND,
            length => length.into(),
        };
        let (c_apdu, after) = after.split_at(length.min(after.len()));
        bench.obey(c_apdu);
        rest = after;
    }
    bench.finish();
}

/// Any text is an image or is refused; an image is the same after writing and reading, and a card that has it obeys.
pub fn image_file(input: &[u8]) {
    let Ok(text) = core::str::from_utf8(input) else {
        return;
    };
    let Ok(image) = TokenImage::from_toml(text) else {
        return;
    };
    is_good_text(&image);
    let mut bench = Bench::with(Card::new(image));
    for c_apdu in TOUR {
        bench.obey(c_apdu);
    }
    bench.finish();
}

/// Elements lose nothing of what they were read from, and people are told something about any bytes.
pub fn tlv(input: &[u8]) {
    if let Ok(elements) = tlv::ber_elements(input) {
        let written: Vec<u8> = elements
            .iter()
            .flat_map(|(tag, value)| tlv::der(*tag, value))
            .collect();
        assert!(written.len() <= input.len(), "DER is the shortest form");
        assert_eq!(tlv::ber_elements(&written), Ok(elements));
    }
    if let Ok(elements) = tlv::token_elements(input) {
        let piece = |(tag, value): &tlv::Element<'_>| [&[*tag, value.len() as u8], *value].concat();
        let written: Vec<u8> = elements.iter().flat_map(piece).collect();
        assert_eq!(written, input);
    }
    if let Ok(apdu) = CommandApdu::parse(input) {
        assert!(apdu.data.len() <= 255 && apdu.le.is_none_or(|le| (1..=256).contains(&le)));
        let _ = command::decode(&apdu);
    }
    assert!(!describe::command(input).is_empty());
    assert!(!describe::response(&[0x00, 0xA4, 0x00, 0x00], input).is_empty());
    assert!(describe::mask(input).len() <= 3 * input.len() + 5);
}

/// Frames cut out of a stream are obeyed until it ends; each answer is a frame that reads back.
pub fn vpcd(mut stream: &[u8]) {
    let mut bench = Bench::new(0);
    while let Ok(Some(payload)) = vpcd::read_frame(&mut stream) {
        let Some(request) = Request::decode(&payload) else {
            continue;
        };
        let answer = match request {
            Request::Apdu(c_apdu) => bench.obey(c_apdu).map(|exchange| exchange.answer),
            request => bench.react(request).map(|exchange| exchange.answer),
        };
        if let Some(answer) = answer {
            let mut frame = Vec::new();
            vpcd::write_frame(&mut frame, &answer).expect("an answer is shorter than a frame");
            let again = vpcd::read_frame(&mut &frame[..]).expect("it was written whole");
            assert_eq!(again, Some(answer));
        }
    }
}

/// A short APDU with all the data and an expected length.
const LONGEST_COMMAND: usize = 4 + 1 + 255 + 1;

/// What an image file's card is asked: both PINs, the listing, a file, the first key used and made.
const TOUR: &[&[u8]] = &[
    b"\x00\x20\x00\x02\x0812345678",
    b"\x00\x20\x00\x01\x0887654321",
    b"\x00\xA4\x00\x00\x02\x3F\x00\x00",
    b"\x00\xA4\x00\x00\x00",
    b"\x00\xA4\x00\x02\x02\x2F\x00\x00",
    b"\x00\xA4\x08\x00\x04\x50\x00\x50\x32\x00",
    b"\x00\xB0\x00\x00\x00",
    b"\x00\xD6\x00\x00\x01\x30",
    b"\x00\x22\x41\xB6\x03\x84\x01\x01",
    b"\x00\x2A\x9E\x9A\x20ABCDEFGHIJKLMNOPQRSTUVWXYZ012345\x00",
    b"\x00\x22\x41\xB8\x03\x84\x01\x01",
    b"\x00\x2A\x80\x86\x20ABCDEFGHIJKLMNOPQRSTUVWXYZ012345\x00",
    b"\x00\x46\x80\x01\x00",
    b"\x00\x2C\x03\x02",
    b"\x80\x84\x4E\x19",
    b"\x00\xE4\x00\x00\x02\x50\x00",
    b"\x80\x8A\x00\x00",
];

/// A card, the randomness lent to it, and its image as last written.
struct Bench {
    card: Card,
    rng: ChaCha20Rng,
    image: TokenImage,
    writes: usize,
}

impl Bench {
    /// Bits of the choice: 01 the user is logged in, 02 the administrator, 04 the smart card's body, 08 being
    /// initialised, 10 almost no memory left.
    fn new(choice: u8) -> Self {
        static NEW: LazyLock<TokenImage> = LazyLock::new(|| TokenImage::new(0x2CDB_7256, ""));
        let mut image = NEW.clone();
        image.initialising = choice & 0x08 != 0;
        if choice & 0x10 != 0 {
            fill_up(&mut image);
        }
        let model = match choice & 0x04 {
            0 => Model::EcpDs,
            _ => Model::EcpSc,
        };
        let mut bench = Self::with(Card::with_model(image, model));
        if choice & 0x01 != 0 {
            bench.obey(b"\x00\x20\x00\x02\x0812345678");
        }
        if choice & 0x02 != 0 {
            bench.obey(b"\x00\x20\x00\x01\x0887654321");
        }
        bench
    }

    fn with(card: Card) -> Self {
        Self {
            image: card.image().clone(),
            card,
            rng: ChaCha20Rng::seed_from_u64(1),
            writes: 0,
        }
    }

    /// Sends a command and checks the answer's form, what was written, and that a refusal did nothing.
    fn obey(&mut self, c_apdu: &[u8]) -> Option<Exchange> {
        if self.draws_an_rsa_key(c_apdu) {
            return None;
        }
        let exchange = self.react(Request::Apdu(c_apdu))?;
        let Some((data, status)) = exchange.answer.split_last_chunk::<2>() else {
            panic!("no status word");
        };
        assert!(data.len() <= 256, "longer than any expected length");
        assert!(matches!(status[0], 0x61..=0x6F | 0x90), "{status:02X?}");
        let done = matches!(status[0], 0x61 | 0x90);
        if let Some((after, before)) = exchange.writes.split_last() {
            assert_eq!(self.card.image(), after);
            assert!(
                before
                    .iter()
                    .all(|cut| same_but_for_tries(&self.image, cut)),
                "a power cut leaves the command half done, or gains a try"
            );
            assert!(
                done || same_but_for_tries(&self.image, after),
                "a refused command changed the token"
            );
            self.image = after.clone();
            self.writes += 1;
        }
        Some(exchange)
    }

    fn react(&mut self, request: Request<'_>) -> Option<Exchange> {
        let mut env = Env {
            now: Duration::ZERO,
            rng: &mut self.rng,
        };
        vpcd::react(&mut self.card, &mut env, request)
    }

    /// That takes long and has nothing to do with hostile bytes.
    fn draws_an_rsa_key(&self, c_apdu: &[u8]) -> bool {
        let &[_, 0x46, _, number, ..] = c_apdu else {
            return false;
        };
        let key = KeyRef::new(number).map(|key| {
            let directory = [FileId::SYSTEM, FileId::SYSTEM, FileId::PRIVATE_KEYS];
            let path = [&directory[..], &[key.file_id()]].concat();
            self.card.image().file(&path)?.rsf_kind()
        });
        matches!(key, Some(Some(RsfKind::Key(_, KeyKind::Rsa { .. }))))
    }

    /// What is not written is not changed, and what is written can be read.
    fn finish(&self) {
        assert!(self.card.image() == &self.image, "a change without a write");
        if self.writes > 0 {
            is_good_text(&self.image);
        }
    }
}

fn is_good_text(image: &TokenImage) {
    let again = TokenImage::from_toml(&image.to_toml()).expect("a card's image is good text");
    assert!(&again == image, "an image reads back as another one");
}

/// Whether two images differ in nothing but lost tries.
fn same_but_for_tries(before: &TokenImage, after: &TokenImage) -> bool {
    let mut expected = before.clone();
    for (pin_ref, pin) in &mut expected.pins {
        let left = after.pins.get(pin_ref).map(|pin| pin.tries_left);
        pin.tries_left = left.unwrap_or_default().min(pin.tries_left);
    }
    &expected == after
}

/// Leaves room for 100 bytes and no file beside the one that fills it.
fn fill_up(image: &mut TokenImage) {
    let room = TokenImage::MEMORY - image.memory_used() - 2 * TokenImage::FILE_OVERHEAD - 100;
    let directory = image.file_mut(&[FileId::PKCS15]);
    let Some(Body::Df { children, .. }) = directory.map(|file| &mut file.body) else {
        return;
    };
    let Some(mut file) = children.first().cloned() else {
        return;
    };
    for (fid, size) in [(0x0F00, room / 2), (0x0F01, room - room / 2)] {
        file.fid = FileId(fid);
        file.body = Body::Ef {
            data: vec![0; size],
        };
        children.push(file.clone());
    }
}
