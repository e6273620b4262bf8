//! Tests of the shells around the door: sockets and the program.

#[cfg(test)]
mod program;
#[cfg(test)]
mod server;
