//! Windows and macOS bring PC/SC with them and link it; elsewhere nothing is linked.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    match std::env::var("CARGO_CFG_TARGET_OS").as_deref() {
        Ok("windows") => println!("cargo:rustc-link-lib=dylib=winscard"),
        Ok("macos") => println!("cargo:rustc-link-lib=framework=PCSC"),
        _ => {}
    }
}
