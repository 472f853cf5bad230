//! All tests of this crate in one program: each program more takes seconds to build.

mod bindings;
mod calls;
mod digest;
mod messages;
mod mutations;
mod resolve;
mod stream;
mod torture;
mod torture_answers;
