//! Tests at the pure door: requests and moments in, answers out.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod token;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod world;
