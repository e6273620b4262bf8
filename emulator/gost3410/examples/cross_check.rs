//! Rows of keys and signatures, to be judged by another implementation, or another's to be judged here.
//!
//! `cross_check emit <rows for each set> <seed>` writes, `cross_check judge` reads. A row is six words:
//! `<algorithm OID> <set OID> <message> <PKCS#8> <SubjectPublicKeyInfo> <s‖r>`, the last four in hexadecimal.
//! `ci/gost/cross_check` pits it against gost-engine.

use std::io::{BufRead, BufWriter, Write};
use std::process::ExitCode;

use gost3410::{Algorithm, ParameterSet, PrivateKeyInfo, PublicKeyInfo, Signature, SigningKey};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["emit", rows, seed] => emit(rows.parse().expect("rows"), seed.parse().expect("seed")),
        ["judge"] => judge(),
        _ => ExitCode::from(2),
    }
}

/// Every pair of algorithm and set that gost-engine knows.
fn pairs() -> impl Iterator<Item = (Algorithm, ParameterSet)> {
    let sets = ParameterSet::ALL
        .into_iter()
        .filter(|set| *set != ParameterSet::Tc26Gost512Test);
    sets.flat_map(|set| Algorithm::ALL.map(|algorithm| (algorithm, set)))
        .filter(|(algorithm, set)| algorithm.allows(*set))
}

fn emit(rows: usize, seed: u64) -> ExitCode {
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (algorithm, set) in pairs() {
        for _ in 0..rows {
            let key = SigningKey::generate(set, &mut rng);
            // Not empty: gost-engine has its own opinion about GOST R 34.11-94 of nothing.
            let mut message = vec![0; 1 + rng.next_u32() as usize % 200];
            rng.fill_bytes(&mut message);
            let signature = key
                .sign_message(algorithm, &message, &mut rng)
                .expect("an allowed set");
            let info = PrivateKeyInfo { algorithm, key };
            let words = [
                message,
                info.to_der().to_vec(),
                info.public_key_info().to_der(),
                signature.to_bytes(),
            ];
            let words = words.map(hex::encode).join(" ");
            writeln!(out, "{} {} {words}", algorithm.key_oid(), set.oid()).expect("a reader");
        }
    }
    ExitCode::SUCCESS
}

fn judge() -> ExitCode {
    let (mut good, mut bad) = (0, 0);
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("text");
        match judge_row(&line) {
            Ok(()) => good += 1,
            Err(why) => {
                bad += 1;
                eprintln!("{why}: {line}");
            }
        }
    }
    println!(
        "gost3410 judged {} rows: {good} good, {bad} bad",
        good + bad
    );
    ExitCode::from(u8::from(bad > 0 || good == 0))
}

fn judge_row(line: &str) -> Result<(), String> {
    let words: Vec<&str> = line.split(' ').collect();
    let [key_oid, set_oid, ref rest @ ..] = words[..] else {
        return Err("too few words".into());
    };
    let octets: Result<Vec<Vec<u8>>, _> = rest.iter().map(hex::decode).collect();
    let octets = octets.map_err(|error| error.to_string())?;
    let [message, pkcs8, spki, signature] = &octets[..] else {
        return Err("not six words".into());
    };
    let public = PublicKeyInfo::from_der(spki).map_err(|error| format!("public key: {error}"))?;
    let private =
        PrivateKeyInfo::from_der(pkcs8).map_err(|error| format!("private key: {error}"))?;
    if private.public_key_info() != public {
        return Err("the halves do not belong together".into());
    }
    let names = (
        public.algorithm.key_oid().to_string(),
        public.key.parameter_set().oid().to_string(),
    );
    if names != (key_oid.to_string(), set_oid.to_string()) {
        return Err("another algorithm or set".into());
    }
    let signature = Signature::from_bytes(signature).map_err(|error| error.to_string())?;
    (public
        .key
        .verify_message(public.algorithm, message, &signature))
    .map_err(|error| error.to_string())
}
