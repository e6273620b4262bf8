//! GOST R 34.10-2001 and GOST R 34.10-2012 signatures and keys.
#![no_std]
extern crate alloc;
