//! The program itself: what it prints, where, and with which exit code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn emulator(arguments: &[&str], image: &Path) -> Output {
    let arguments = arguments.iter().map(|argument| match *argument {
        "IMAGE" => image.as_os_str(),
        plain => plain.as_ref(),
    });
    Command::new(env!("CARGO_BIN_EXE_emulator"))
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn stdout(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[test]
fn new_show_and_send_tell_the_same_token_without_its_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    assert_eq!(
        stdout(&emulator(
            &["new", "IMAGE", "--serial", "AB", "--label", "Склад"],
            &image
        )),
        ""
    );
    insta::assert_snapshot!("show", stdout(&emulator(&["show", "IMAGE"], &image)));
    insta::assert_snapshot!(
        "show_json",
        stdout(&emulator(&["show", "IMAGE", "--json"], &image))
    );
    let sent = emulator(
        &[
            "send",
            "IMAGE",
            "--seed",
            "1",
            "00 CA 01 81 00",
            "00 20 00 02 04 30 30 30 30",
            "00200002",
            "00840000 04",
        ],
        &image,
    );
    insta::assert_snapshot!("send", stdout(&sent));
    assert!(
        stdout(&emulator(&["show", "IMAGE"], &image))
            .contains("PIN of the user: 9 of 10 tries left")
    );
}

#[test]
fn every_command_is_sent_though_nobody_reads_the_answers() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_emulator"))
        .arg("send")
        .arg(&image)
        .args(["00CA018100", "002000020430303030"])
        .stdout(writer)
        .status();
    assert!(status.unwrap().success());
    let shown = stdout(&emulator(&["show", "IMAGE"], &image));
    assert!(shown.contains("9 of 10 tries left"), "{shown}");
}

#[test]
fn an_image_is_never_written_over_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let refused = emulator(&["new", "IMAGE"], &image);
    assert_eq!(refused.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("next: "));
    stdout(&emulator(&["new", "IMAGE", "--force"], &image));
}

#[test]
fn each_failure_has_the_exit_code_that_help_names() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    assert_eq!(emulator(&["show", "IMAGE"], &image).status.code(), Some(3));
    stdout(&emulator(&["new", "IMAGE"], &image));
    for (arguments, code) in [
        (&["new", "IMAGE", "--serial", "123456789"][..], 2),
        (&["new", "IMAGE", "--force", "--label", TOO_LONG], 2),
        (&["send", "IMAGE", "zz"], 2),
        (&["send", "IMAGE", "00CA018100", ""], 2),
        (&["attach", "IMAGE", "--timing", "no-such-file"], 2),
        (&["attach", "IMAGE", "--vpcd", "nonsense"], 2),
        (&["attach", "IMAGE", "--vpcd", "192.0.2.1:1"], 4),
        (
            &[
                "attach",
                "IMAGE",
                "--vpcd",
                "127.0.0.1:1",
                "--patience",
                "0",
            ],
            4,
        ),
    ] {
        let output = emulator(arguments, &image);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn a_refusal_is_told_with_what_stands_in_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let busy = busy.local_addr().unwrap().to_string();
    stdout(&emulator(&["new", "IMAGE"], &image));
    for (arguments, image, code, advice) in [
        (
            &["show", "IMAGE"][..],
            folder.path().join("none"),
            3,
            "emulator new",
        ),
        (
            &["new", "IMAGE"],
            folder.path().join("none/token"),
            3,
            "make the folder",
        ),
        (
            &["send", "IMAGE", "80400000"],
            image.join("token"),
            3,
            "name a folder",
        ),
        (&["show", "IMAGE"], folder.path().into(), 3, "name a file"),
        (
            &["attach", "IMAGE", "--control", &busy],
            image.clone(),
            2,
            "name another port",
        ),
    ] {
        let output = emulator(arguments, &image);
        let talk = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {talk}");
        assert!(talk.contains(&format!("next: {advice}")), "{talk}");
        assert!(!talk.contains(".lock"), "{talk}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_for_the_output_is_no_bug() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let status = Command::new(env!("CARGO_BIN_EXE_emulator"))
        .arg("show")
        .arg(&image)
        .stdout(full.unwrap())
        .stderr(Stdio::null())
        .status();
    assert_eq!(status.unwrap().code(), Some(5));
}

/// Seventy-eight bytes in thirty-nine letters.
const TOO_LONG: &str = "ООООООООООООООООООООООООООООООООООООООО";

/// A reader that the program finds, one exchange with it, then the signal.
#[cfg(unix)]
#[test]
fn a_terminated_attach_ends_well_with_its_image_saved() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let reader = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reader.local_addr().unwrap().to_string();
    let program = Command::new(env!("CARGO_BIN_EXE_emulator"))
        .args(["attach", "--trace", "--vpcd", &address])
        .arg(&image)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut card, _) = reader.accept().unwrap();
    card.write_all(b"\x00\x09\x00\x20\x00\x02\x040000").unwrap();
    let mut answer = [0; 4];
    card.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0x00, 0x02, 0x63, 0x00]);
    for second in [
        &["send", "IMAGE", "80400000"][..],
        &["new", "IMAGE", "--force"],
    ] {
        let refused = emulator(second, &image);
        assert_eq!(refused.status.code(), Some(3), "two writers: {second:?}");
    }
    assert!(
        Command::new("kill")
            .arg(program.id().to_string())
            .status()
            .unwrap()
            .success()
    );
    let output = program.wait_with_output().unwrap();
    let talk = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{talk}");
    assert!(
        talk.contains("VERIFY user: wrong PIN") && talk.contains("the image is saved"),
        "{talk}"
    );
    assert!(
        stdout(&emulator(&["show", "IMAGE"], &image))
            .contains("PIN of the user: 9 of 10 tries left")
    );
    assert!(!folder.path().join("token.image.lock").exists());
}

/// Only what nobody hears is lost.
#[cfg(unix)]
#[test]
fn attach_obeys_though_nobody_reads_its_stderr() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let reader = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reader.local_addr().unwrap().to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_emulator"))
        .args(["attach", "--trace", "--vpcd", &address])
        .arg(&image)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stderr.take());
    let (mut card, _) = reader.accept().unwrap();
    card.write_all(b"\x00\x05\x00\xCA\x01\x81\x00").unwrap();
    card.read_exact(&mut [0; 12]).unwrap();
    let kill = Command::new("kill").arg(program.id().to_string()).status();
    assert!(kill.unwrap().success());
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

/// The first waits for a command that takes an hour, the second does not.
#[cfg(unix)]
#[test]
fn a_second_signal_ends_attach_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    let slow = folder.path().join("slow.toml");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let profile = include_str!("../../timing/hardware.toml");
    let look = profile
        .lines()
        .find(|line| line.starts_with("look-us"))
        .unwrap();
    std::fs::write(&slow, profile.replace(look, "look-us = 4000000000")).unwrap();
    let reader = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reader.local_addr().unwrap().to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_emulator"))
        .args(["attach", "--trace", "--vpcd", &address, "--timing"])
        .args([&slow, &image])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(program.stderr.take().unwrap()).lines();
    let (mut card, _) = reader.accept().unwrap();
    card.write_all(b"\x00\x05\x00\xCA\x01\x81\x00").unwrap();
    assert!(talk.any(|line| line.unwrap().starts_with("GET DATA")));
    let script = format!("kill -TERM {0}; kill -INT {0}", program.id());
    assert!(
        Command::new("sh")
            .args(["-c", &script])
            .status()
            .unwrap()
            .success()
    );
    let code = program.wait().unwrap().code();
    assert!(matches!(code, Some(130 | 143)), "{code:?}");
}

/// Orders by the control port: out, in, out for good.
#[test]
fn the_control_port_takes_the_token_out_and_puts_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let reader = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reader.local_addr().unwrap().to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_emulator"))
        .args(["attach", "--control", "127.0.0.1:0", "--vpcd", &address])
        .arg(&image)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut talk = BufReader::new(program.stderr.take().unwrap()).lines();
    let control = talk.next().unwrap().unwrap();
    let address = control.strip_prefix("control at ").unwrap();
    let mut control = BufReader::new(TcpStream::connect(address).unwrap());
    let mut order = |words: &str| {
        control.get_mut().write_all(words.as_bytes()).unwrap();
        let mut answer = String::new();
        control.read_line(&mut answer).unwrap();
        answer
    };
    let (mut slot, _) = reader.accept().unwrap();
    assert_eq!(order("remove\n"), "ok\n");
    assert_eq!(slot.read(&mut [0; 1]).unwrap(), 0);
    assert_eq!(order("status\n"), "out\n");
    assert_eq!(order("insert\n"), "ok\n");
    let (mut slot, _) = reader.accept().unwrap();
    slot.write_all(b"\x00\x01\x04").unwrap();
    slot.read_exact(&mut [0; 17]).unwrap();
    for strange in ["POST / HTTP/1.1\r\n\r\nstop\n", &format!("{:64}stop\n", "")] {
        let mut page = TcpStream::connect(address).unwrap();
        page.write_all(strange.as_bytes()).unwrap();
        let mut answer = String::new();
        page.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "unknown order: insert, remove, status or stop\n");
    }
    assert_eq!(order("stop\n"), "ok\n");
    assert_eq!(program.wait().unwrap().code(), Some(0));
}

#[test]
fn a_control_port_for_other_machines_is_refused() {
    let image = Path::new("unused");
    let output = emulator(&["attach", "IMAGE", "--control", "0.0.0.0:0"], image);
    assert_eq!(output.status.code(), Some(2));
}

/// The system kills whoever writes a file past this many blocks of 512 bytes.
#[cfg(target_os = "linux")]
#[test]
fn a_program_killed_while_it_saves_leaves_the_old_token_or_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let image = folder.path().join("token.image");
    stdout(&emulator(&["new", "IMAGE"], &image));
    let whole = std::fs::metadata(&image).unwrap().len() / 512 + 2;
    let mut killed = 0;
    for blocks in 0..whole {
        let before = std::fs::read(&image).unwrap();
        let script =
            format!("ulimit -f {blocks}; exec \"$0\" send \"$1\" 002000020430303030 > /dev/null");
        let status = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_emulator")])
            .arg(&image)
            .status()
            .unwrap();
        let after = std::fs::read(&image).unwrap();
        if status.success() {
            assert_ne!(after, before, "a wrong PIN costs a try");
        } else {
            assert_eq!(after, before, "killed at block {blocks}");
            killed += 1;
        }
    }
    assert!((1..whole).contains(&killed), "{killed} of {whole}");
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "secrets stay behind: {left:?}");
}
