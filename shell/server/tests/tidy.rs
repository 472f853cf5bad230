//! Rules about the code itself, checked as tests: crate edges, purity, sizes, leftovers, licenses, documents.

#![allow(clippy::expect_used, reason = "a test that can't read the repository has failed")]

mod documents;
mod edges;
mod licenses;
mod metadata;
mod purity;
mod shape;
mod sources;
