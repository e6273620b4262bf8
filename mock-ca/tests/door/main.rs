//! Tests at the pure door: requests and moments in, answers out.

#[cfg(test)]
mod any_bytes;
#[cfg(test)]
mod api;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod cabinet;
#[cfg(test)]
mod control;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod knobs;
#[cfg(test)]
mod login;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod plugin;
#[cfg(test)]
mod revocation;
#[cfg(test)]
mod saved;
#[cfg(test)]
mod sms;
#[cfg(test)]
mod token;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod web;
#[cfg(test)]
mod world;
