//! Tests of the shells around the door: sockets and the program.

#[cfg(test)]
mod applicant;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod kill;
#[cfg(test)]
mod program;
#[cfg(test)]
mod server;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod together;
#[cfg(test)]
#[path = "../door/token.rs"]
mod token;
