//! Signing and looking at signatures with real cryptography: keys in files, certificates fetched over HTTP, and an authority
//! of the tests' own.

pub mod authority;
mod keys;
mod verifier;
