//! Checks that no branch and no address depends on a secret.
//!
//! `cargo run --release -p gost3410 --example constant_time` runs this program again under valgrind, once for each case. There
//! every octet of a secret is marked as if it had never been written; memcheck follows such octets through all arithmetic
//! and reports each jump and each address they decide. Cases named `leak` do leak, and must be reported: they show that
//! the check sees what it is there to see. The one jump that is meant, `Mask::reveal`, is listed in `constant_time.supp`.
//!
//! Not covered: the hashes (`streebog` and `gost94` look their tables up by their input, hence nonces derived from the key and the hash
//! of VKO), and instructions whose own time depends on their operands.

use std::hint::black_box;
use std::process::{Command, ExitCode};

use gost3410::{ParameterSet, Signature, SigningKey, VerifyingKey, hazmat};

/// Name, what runs, whether memcheck must stay silent.
type Case = (&'static str, fn(ParameterSet), bool);

const CASES: &[Case] = &[
    ("public-key", public_key, true),
    ("sign", sign, true),
    ("agree", agree, true),
    ("leak-branch", leak_branch, false),
    ("leak-index", leak_index, false),
    ("leak-public-path", leak_public_path, false),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => check_all(),
        [case, set] => run(case, set),
        _ => ExitCode::from(2),
    }
}

/// One case on one set; under valgrind its errors become the exit code.
fn run(case: &str, set: &str) -> ExitCode {
    let set = ParameterSet::ALL
        .into_iter()
        .find(|known| known.name() == set);
    let case = CASES.iter().find(|(name, ..)| *name == case);
    let (Some(set), Some((_, work, _))) = (set, case) else {
        return ExitCode::from(2);
    };
    work(set);
    ExitCode::SUCCESS
}

/// Every case of every curve, as many at once as there are processors.
fn check_all() -> ExitCode {
    let runs: Vec<Run> = runs().collect();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = runs.len().div_ceil(workers);
    let right = std::thread::scope(|scope| {
        let shares: Vec<_> = (runs.chunks(share))
            .map(|share| scope.spawn(|| share.iter().filter(|run| is_right(run)).count()))
            .collect();
        (shares.into_iter())
            .map(|share| share.join().expect("a check tells why it cannot go on"))
            .sum::<usize>()
    });
    println!("{right} of {} as they should be", runs.len());
    ExitCode::from(u8::from(right < runs.len()))
}

/// Curve, case, whether memcheck must stay silent.
type Run = (ParameterSet, &'static str, bool);

fn runs() -> impl Iterator<Item = Run> {
    // The textbook leaks know no curve: once is enough.
    let knows_curves = |case| !["leak-branch", "leak-index"].contains(&case);
    (distinct_curves().enumerate()).flat_map(move |(nth, set)| {
        (CASES.iter())
            .filter(move |(case, ..)| nth == 0 || knows_curves(*case))
            .map(move |(case, _, silent)| (set, *case, *silent))
    })
}

fn is_right((set, case, silent): &Run) -> bool {
    let reported = !under_valgrind(case, set.name());
    let verdict = if reported == *silent { "WRONG" } else { "ok" };
    let report = if reported { "reported" } else { "silent" };
    println!("{verdict:6} {:16} {case:17} {report}", set.name());
    reported != *silent
}

/// One name for each of the nine curves.
fn distinct_curves() -> impl Iterator<Item = ParameterSet> {
    use ParameterSet::{CryptoProXchA, CryptoProXchB, Tc26Gost256B, Tc26Gost256C, Tc26Gost256D};
    let again = [
        CryptoProXchA,
        CryptoProXchB,
        Tc26Gost256B,
        Tc26Gost256C,
        Tc26Gost256D,
    ];
    (ParameterSet::ALL.into_iter()).filter(move |set| !again.contains(set))
}

/// Whether memcheck finds nothing to report.
fn under_valgrind(case: &str, set: &str) -> bool {
    let program = std::env::current_exe().expect("a running program has a path");
    let suppressions = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/constant_time.supp");
    let output = Command::new("valgrind")
        .args(["--quiet", "--error-exitcode=9", "--undef-value-errors=yes"])
        .arg(format!("--suppressions={suppressions}"))
        .arg(program)
        .args([case, set])
        .output()
        .expect("valgrind is installed (apt-get install valgrind)");
    match output.status.code() {
        Some(0) => true,
        Some(9) => {
            if std::env::var_os("SHOW_REPORTS").is_some() {
                eprintln!("{}", String::from_utf8_lossy(&output.stderr));
            }
            false
        }
        _ => panic!("{case} {set}: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn public_key(set: ParameterSet) {
    black_box(SigningKey::from_le_bytes(set, &secret(set, 0x17)).expect("in 1..q"));
}

fn sign(set: ParameterSet) {
    let key = SigningKey::from_le_bytes(set, &secret(set, 0x17)).expect("in 1..q");
    let digest = vec![0x5a; set.size()];
    for k in [0x20, 0x21] {
        let signature = hazmat::sign_with_nonce(&key, &digest, &secret(set, k));
        black_box(signature.expect("a nonce that was tried"));
    }
}

fn agree(set: ParameterSet) {
    let peer = SigningKey::from_le_bytes(set, &vec![0x19; set.size()]).expect("in 1..q");
    let key = SigningKey::from_le_bytes(set, &secret(set, 0x17)).expect("in 1..q");
    let shared = hazmat::shared_point(&key, peer.verifying_key(), &[7; 8]);
    black_box(shared.expect("a UKM that is not zero"));
}

/// Square and multiply as textbooks have it.
fn leak_branch(set: ParameterSet) {
    let mut power = 1_u64;
    for octet in secret(set, 0x17) {
        power = power.wrapping_mul(power);
        if black_box(octet) & 1 == 1 {
            power = black_box(power.wrapping_mul(3));
        }
    }
    black_box(power);
}

/// A table read at a secret place.
fn leak_index(set: ParameterSet) {
    let table: Vec<u64> = (0..256).collect();
    let sum: u64 = secret(set, 0x17)
        .iter()
        .map(|octet| black_box(&table)[usize::from(*octet)])
        .sum();
    black_box(sum);
}

/// The multiplication for verifying, fed with a secret.
fn leak_public_path(set: ParameterSet) {
    let key = SigningKey::from_le_bytes(set, &vec![0x19; set.size()]).expect("in 1..q");
    let signature = [secret(set, 0x17), vec![0x21; set.size()]].concat();
    let mut reversed = signature;
    reversed.reverse();
    let signature = Signature::from_bytes(&reversed);
    let public: &VerifyingKey = key.verifying_key();
    let digest = vec![0x5a; set.size()];
    black_box(signature.and_then(|signature| public.verify_prehash(&digest, &signature))).ok();
}

/// A number below every order, each octet of it secret.
fn secret(set: ParameterSet, octet: u8) -> Vec<u8> {
    let mut number = vec![octet; set.size()];
    mark_undefined(&mut number);
    number
}

/// Tells memcheck to treat the octets as never written; does nothing without valgrind.
///
/// Source: valgrind.h, `VALGRIND_DO_CLIENT_REQUEST` for amd64; memcheck.h, `VALGRIND_MAKE_MEM_UNDEFINED`.
#[cfg(target_arch = "x86_64")]
#[expect(
    unsafe_code,
    reason = "a client request is a sequence of instructions that only assembly can write"
)]
fn mark_undefined(octets: &mut [u8]) {
    const MAKE_MEM_UNDEFINED: usize = 0x4d43_0001;
    let request = [
        MAKE_MEM_UNDEFINED,
        octets.as_mut_ptr() as usize,
        octets.len(),
        0,
        0,
        0,
    ];
    // SAFETY: the four rotations add up to 128 bits and the exchange is with itself, so that a processor changes nothing
    // but flags; valgrind reads six words at rax, which live until the block ends, and answers in rdx.
    unsafe {
        std::arch::asm!(
            "rol rdi, 3", "rol rdi, 13", "rol rdi, 61", "rol rdi, 51", "xchg rbx, rbx",
            in("rax") request.as_ptr(), inout("rdx") 0_usize => _, options(nostack),
        );
    }
}
