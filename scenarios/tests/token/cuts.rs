//! The line to the token cut after every command: what is left, and that repeating it comes to the same end.

use emulator::reference::FileId;
use enroll::adapters::apdu_token::ApduToken;
use enroll::ports::token::Token as _;
use enroll::ports::token::{Pin, PinRole, TokenError};
use gost3410::ParameterSet;

use crate::line::{
    Line, as_administrator, as_user, blank, certificates_of, cut_everywhere, cut_user, files,
    inhabited, keys_of, on_a, spec,
};

#[test]
fn generation_cut_anywhere_then_repeated_leaves_one_pair() {
    let blank = blank();
    let mut adopted = 0;
    cut_everywhere(
        &blank,
        |line| cut_user(line, |token| token.generate_key_pair(&on_a()).map(drop)),
        |line| {
            let mut token = as_user(line);
            // As the engine does: a look first, since the cut may have come after the last write.
            let begun = files(line)[0];
            if keys_of(line).is_empty() {
                let before = line.rng.borrow().get_word_pos();
                token.generate_key_pair(&on_a()).expect("makes");
                adopted += usize::from(begun == 1 && line.rng.borrow().get_word_pos() == before);
            }
            let [pair] = keys_of(line).try_into().expect("exactly one");
            token.sign_digest(&pair.id, &[1; 32]).expect("signs");
            let [private, public, application] = files(line);
            assert_eq!((private, public), (1, 1));
            let note = line
                .image()
                .file(&[FileId(0x5000), FileId(0x4E4B)])
                .is_some();
            assert_eq!(application, 4 + 3 + usize::from(note));
            assert_eq!(
                as_user(line)
                    .generate_key_pair(&spec("second", ParameterSet::CryptoProB))
                    .expect("makes")
                    .reference,
                2
            );
            assert_eq!(files(line), [2, 2, 4 + 2 + 2]);
        },
    );
    assert!(
        adopted > 0,
        "a pair whose public key was written is finished, not made anew"
    );
}

#[test]
fn generation_cut_then_wanted_on_another_curve_leaves_only_that() {
    cut_everywhere(
        &blank(),
        |line| cut_user(line, |token| token.generate_key_pair(&on_a()).map(drop)),
        |line| {
            let finished = keys_of(line).len();
            as_user(line)
                .generate_key_pair(&spec("b", ParameterSet::CryptoProB))
                .expect("makes");
            assert_eq!(keys_of(line).len(), finished + 1);
            assert_eq!(
                files(line),
                [finished + 1, finished + 1, 4 + 2 + finished + 1]
            );
        },
    );
}

#[test]
fn deletion_of_a_pair_cut_anywhere_then_repeated_leaves_nothing_of_it() {
    let (image, id) = inhabited();
    cut_everywhere(
        &image,
        |line| cut_user(line, |token| token.delete_key_pair(&id)),
        |line| {
            match as_user(line).delete_key_pair(&id) {
                Ok(()) => {}
                Err(error) => assert_eq!(error, TokenError::KeyNotFound { id: id.clone() }),
            }
            assert_eq!(
                keys_of(line)
                    .iter()
                    .map(|pair| pair.label.as_str())
                    .collect::<Vec<_>>(),
                ["чужая"]
            );
            assert_eq!(files(line), [1, 1, 4 + 3 + 2]);
        },
    );
}

#[test]
fn deletion_of_a_pair_cut_anywhere_never_hides_a_neighbour_with_a_long_name() {
    let (image, id) = inhabited();
    let line = Line::to(image);
    let other = keys_of(&line)
        .into_iter()
        .find(|pair| pair.id != id)
        .expect("another pair");
    let long = "Д".repeat(90);
    as_user(&line)
        .set_key_label(&other.id, &long)
        .expect("renames");
    cut_everywhere(
        &line.image(),
        |line| cut_user(line, |token| token.delete_key_pair(&id)),
        |line| {
            assert!(keys_of(line).iter().any(|pair| pair.label == long));
            drop(as_user(line).delete_key_pair(&id));
            as_user(line)
                .set_key_label(&other.id, "короче")
                .expect("renames");
            assert_eq!(keys_of(line).len(), 1);
        },
    );
}

#[test]
fn renaming_cut_anywhere_then_repeated_renames() {
    let (image, id) = inhabited();
    cut_everywhere(
        &image,
        |line| cut_user(line, |token| token.set_key_label(&id, "ЕГАИС_722318")),
        |line| {
            assert_eq!(keys_of(line).len(), 2);
            as_user(line)
                .set_key_label(&id, "ЕГАИС_722318")
                .expect("renames");
            let mut labels: Vec<_> = keys_of(line).into_iter().map(|pair| pair.label).collect();
            labels.sort();
            assert_eq!(labels, ["ЕГАИС_722318", "чужая"]);
        },
    );
}

#[test]
fn writing_a_certificate_cut_anywhere_then_repeated_leaves_one_file() {
    let (image, id) = inhabited();
    let der = [0x30; 700];
    cut_everywhere(
        &image,
        |line| cut_user(line, |token| token.write_certificate(&id, "ЕГАИС", &der)),
        |line| {
            as_user(line)
                .write_certificate(&id, "ЕГАИС", &der)
                .expect("writes");
            let stored = certificates_of(line);
            assert_eq!(stored.iter().filter(|stored| stored.der == der).count(), 1);
            assert_eq!((stored.len(), files(line)[2]), (2, 4 + 3 + 2 + 2));
        },
    );
}

#[test]
fn deleting_a_certificate_cut_anywhere_never_leaves_an_entry_without_a_file() {
    let (image, id) = inhabited();
    let line = Line::to(image);
    as_user(&line)
        .write_certificate(&id, "ЕГАИС", &[0x30; 700])
        .expect("writes");
    let ours = certificates_of(&line).pop().expect("listed last");
    cut_everywhere(
        &line.image(),
        |line| {
            let mut token = ApduToken::new(line.clone());
            token.log_in(PinRole::Administrator, &Pin::new("87654321"))?;
            token.delete_certificate(&ours)
        },
        |line| {
            let entries = certificates_of(line).len();
            let file = line
                .image()
                .file(&[FileId(0x5000), FileId(0x0301)])
                .is_some();
            assert!(file || entries == 1);
            let again = as_administrator(line).delete_certificate(&ours);
            assert_eq!(again.is_ok(), file);
            assert_eq!(
                (certificates_of(line).len(), files(line)[2]),
                (1, 4 + 3 + 2 + 1)
            );
        },
    );
}
