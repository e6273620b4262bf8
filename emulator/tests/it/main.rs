//! The token at its doors: bytes in, bytes out; the program; the reader.

mod any_bytes;
mod bench;
mod cli;
mod fidelity;
mod fixture;
mod image;
mod keys;
mod operations;
mod pkcs15;
mod power;
mod scripts;
mod vpcd;
