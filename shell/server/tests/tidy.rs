//! Rules about the code itself, checked as tests: crate edges, purity, sizes, leftovers, licenses, documents.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't read the repository has failed")]

mod tidy {
    pub mod documents;
    pub mod edges;
    pub mod licenses;
    pub mod metadata;
    pub mod purity;
    pub mod shape;
    pub mod sources;
}
