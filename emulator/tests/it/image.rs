//! Images as text, on disk, and as tokens that other tests build.

use crate::bench::Bench;
use emulator::{ImageError, ObjectName, StatusWord, TokenImage};
use gost3410::{ParameterSet, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn furnished() -> TokenImage {
    let mut image = TokenImage::new(0x2CDB_7256, "Склад 1");
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    let key = SigningKey::generate(ParameterSet::CryptoProA, &mut rng);
    let name = ObjectName {
        label: "ООО Тестовая организация",
        id: &[1],
    };
    image.put_gost_pair(name, &key).expect("room for it");
    image
        .put_certificate(name, &[0x30, 0x82, 0x01, 0x00, 0x05, 0x00])
        .expect("room for it");
    image
}

#[test]
fn text_of_an_image_reads_back_as_the_same_image() {
    for image in [TokenImage::new(1, ""), furnished()] {
        assert_eq!(TokenImage::from_toml(&image.to_toml()).unwrap(), image);
    }
}

#[test]
fn images_of_every_earlier_form_still_load() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images/1");
    let mut loaded = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        TokenImage::load(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        loaded += 1;
    }
    assert_eq!(loaded, 3);
}

/// Each key of a kept image is chosen and used, to sign or to raise 1 to a power.
#[test]
fn keys_in_images_of_every_earlier_form_still_work() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/images/1");
    let mut used = 0;
    for name in ["opensc-gost.toml", "opensc-rsa.toml"] {
        let image = TokenImage::load(&std::path::Path::new(folder).join(name)).unwrap();
        let mut bench = Bench::with(image);
        bench.login_user();
        for number in 1..=9 {
            let (_, found) = bench.select(&[0x1000, 0x1000, 0x6002, number.into()]);
            if found == StatusWord::SUCCESS {
                bench.ok(&[0x00, 0x22, 0x41, 0xB6, 0x03, 0x84, 0x01, number]);
                let digest = [&[0x00, 0x2A, 0x9E, 0x9A, 0x20, 1][..], &[0; 31], &[0]].concat();
                assert!(!bench.ok(&digest).is_empty());
                used += 1;
            }
        }
    }
    assert!(used >= 2, "{used} keys");
}

#[test]
fn text_of_a_new_image_is_the_committed_one() {
    insta::assert_snapshot!(TokenImage::new(0x2CDB_7256, "").to_toml());
}

#[test]
fn a_label_that_the_token_information_cannot_hold_is_refused() {
    let longest = "a".repeat(TokenImage::LONGEST_LABEL);
    let image = TokenImage::labelled(u32::MAX, &longest).unwrap();
    assert_eq!(image.label(), Some(longest.clone()));
    let refused = TokenImage::labelled(1, &format!("{longest}a")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "a label has at most 77 bytes: Latin letters count one, Russian ones two"
    );
}

#[test]
fn a_saved_image_loads_and_replaces_the_old_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.image");
    TokenImage::new(1, "").save(&path).unwrap();
    furnished().save(&path).unwrap();
    assert_eq!(TokenImage::load(&path).unwrap(), furnished());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn an_image_saved_through_a_link_replaces_the_file_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, link) = (folder.path().join("token"), folder.path().join("link"));
    TokenImage::new(1, "").save(&path).unwrap();
    std::os::unix::fs::symlink("token", &link).unwrap();
    TokenImage::new(2, "").save(&link).unwrap();
    assert!(link.is_symlink());
    assert_eq!(TokenImage::load(&path).unwrap().serial, 2);
}

#[test]
fn wrong_text_is_refused_at_its_place_without_quoting_secrets() {
    let good = furnished().to_toml();
    for (old, new, place) in [
        (
            "format = 1",
            "format = 2",
            "image format 2 is not known here, 1 is the newest",
        ),
        (
            "serial = \"2CDB7256\"",
            "serial = \"2CDB\"",
            "serial: property has 6 bytes, access 15, serial 4",
        ),
        (
            "initialising = false",
            "initialising = 0",
            "line 5, column 16: ",
        ),
        (
            "tries-left = 10",
            "tries-left = 11",
            "administrator: at most 15 tries",
        ),
        (
            "property = \"01 04",
            "property = \"03 04",
            "user: the property is not that of a PIN",
        ),
        (
            "secret = \"31 32 33 34 35 36 37 38\"",
            &format!("secret = \"{}\"", "39 ".repeat(33)),
            "user: a PIN has 1 to 32 bytes",
        ),
        (
            "secret = \"FF 33",
            "value = \"00\"\nsecret = \"FF 33",
            "3F00/1000/1000/6002/0001: a value or a secret, not both",
        ),
        (
            "path = \"3F00/5000/5031\"",
            "path = \"3F00/3F00\"",
            "3F00/3F00: only the master file is 3F00",
        ),
        ("kind = \"df\"", "kind = \"dd\"", "unknown variant `dd`"),
        (
            "path = \"3F00/5000/5031\"",
            "path = \"3F00/5001/5031\"",
            "3F00/5001/5031: no directory",
        ),
        (
            "secret = \"31 32 33",
            "secret = 313233 #",
            "expected hexadecimal bytes in quotes",
        ),
        (
            "secret = \"31 32 33",
            "secret = \"Z1 32 33",
            "expected hexadecimal bytes in quotes",
        ),
    ] {
        let bad = good.replacen(old, new, 1);
        assert_ne!(bad, good, "{old} is not there");
        let error = TokenImage::from_toml(&bad).unwrap_err();
        assert!(error.to_string().contains(place), "{old}: {error}");
        assert!(!format!("{error} {error:?}").contains("31 32"), "{error:?}");
    }
}

#[test]
fn a_file_larger_than_any_image_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge");
    std::fs::write(&path, vec![b'#'; 3_000_000]).unwrap();
    assert!(matches!(
        TokenImage::load(&path),
        Err(ImageError::TooLarge { .. })
    ));
}

#[test]
fn neither_pins_nor_keys_show_in_debug_output() {
    let shown = format!("{:?}", furnished());
    assert!(shown.contains("value: Some(…)"));
    assert!(!shown.contains("49, 50, 51, 52"), "{shown}");
}

#[test]
fn the_administrator_deletes_certificates_only_on_a_token_marked_so() {
    for (marked, expected) in [
        (true, StatusWord::SUCCESS),
        (false, StatusWord::SECURITY_STATUS),
    ] {
        let mut image = furnished();
        image.administrator_deletes_certificates = marked;
        let mut bench = Bench::with(image);
        bench.login_administrator();
        let (fci, _) = bench.select(&[0x5000, 0x0300]);
        assert!(
            fci.windows(9)
                .any(|bytes| bytes == [0x0F, 0x43, 0, 2, 0, 0, 0, 0, 2]),
            "{fci:02X?}"
        );
        bench.select(&[0x5000, 0x6004]);
        assert_eq!(
            bench.send(&[0x00, 0xD6, 0x00, 0x00, 0x01, 0x00]).1,
            expected
        );
        bench.select(&[0x5000, 0x0300]);
        assert_eq!(
            bench.send(&[0x00, 0xE4, 0x00, 0x00, 0x02, 0x03, 0x00]).1,
            expected
        );
        bench.select(&[0x5000, 0x0200]);
        let public_key = bench.send(&[0x00, 0xE4, 0x00, 0x00, 0x02, 0x02, 0x00]).1;
        assert_eq!(public_key, StatusWord::SECURITY_STATUS);
    }
}

#[test]
fn initialise_takes_the_mark_and_everything_else_but_the_serial_number() {
    let mut bench = Bench::with(furnished());
    bench.ok(&[0x80, 0x8A, 0x00, 0x00]);
    let image = bench.card.image();
    assert!(image.initialising && !image.administrator_deletes_certificates);
    assert_eq!((image.serial, image.memory_used()), (0x2CDB_7256, 0));
}

#[test]
fn an_object_that_does_not_fit_whole_is_not_put_in_part() {
    let mut image = furnished();
    let name = ObjectName {
        label: "another",
        id: &[2],
    };
    let mut before = image.clone();
    while image.put_certificate(name, &[0x30, 0x00]).is_ok() {
        before = image.clone();
    }
    assert!(image == before, "its file is there, its entry is not");
}

#[test]
fn a_full_directory_takes_no_object_either() {
    let mut bench = Bench::new();
    bench.select(&[0x5000]);
    let fids = (1..=0xFF).take_while(|fid| create(&mut bench, 0x01, *fid) == StatusWord::SUCCESS);
    assert_eq!(fids.count() + 4, TokenImage::DIRECTORY_ENTRIES);
    let mut image = bench.card.image().clone();
    let name = ObjectName {
        label: "one too many",
        id: &[1],
    };
    let refused = image.put_certificate(name, &[0x30, 0x00]).unwrap_err();
    assert!(refused.to_string().contains("255 entries"), "{refused}");
    assert_eq!(&image, bench.card.image());
}

/// CREATE FILE of a directory (38) or an empty file (01) that anybody may add to.
fn create(bench: &mut Bench, descriptor: u8, fid: u16) -> StatusWord {
    let [high, low] = fid.to_be_bytes();
    let template = [
        0x80, 0x02, 0x00, 0x00, 0x82, 0x02, descriptor, 0x00, 0x83, 0x02, high, low, 0x86, 0x0F,
        0x43, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
    ];
    let header = [0x00, 0xE0, 0x00, 0x00, 0x1F, 0x6F, 0x1D];
    bench.send(&[&header[..], &template].concat()).1
}

#[test]
fn a_tree_grown_by_anybody_to_its_deepest_and_widest_is_saved_and_loads() {
    let mut bench = Bench::new();
    bench.select(&[0x5000]);
    let levels = (1..=0xFF)
        .take_while(|_| create(&mut bench, 0x38, 0x1234) == StatusWord::SUCCESS)
        .count();
    assert_eq!(levels, TokenImage::DEEPEST - 1);
    assert_eq!(create(&mut bench, 0x01, 1), StatusWord::NOT_ENOUGH_MEMORY);
    bench.ok(&PARENT);
    for directory in 1..=0xFF {
        bench.ok(&PARENT);
        if create(&mut bench, 0x38, directory) != StatusWord::SUCCESS {
            break;
        }
        for file in 1..=0xFF {
            create(&mut bench, 0x01, file);
        }
    }
    let image = bench.card.image();
    assert!(image.memory_used() + TokenImage::FILE_OVERHEAD > TokenImage::MEMORY);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token.image");
    image.save(&path).unwrap();
    assert_eq!(&TokenImage::load(&path).unwrap(), image);
}

/// SELECT of the directory above.
const PARENT: [u8; 5] = [0x00, 0xA4, 0x03, 0x00, 0x00];
