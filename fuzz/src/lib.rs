//! What the targets share: the readers of the mutation tests.

#[path = "../../core/media/tests/mutations/readers.rs"]
pub mod readers;
#[path = "../../core/sip/tests/mutations/readers.rs"]
pub mod sip_readers;
