//! Where responses go when the stream that brought their request is gone. RFC 3261 §18.2.2, RFC 3263 §5

use crate::transport::Target;

/// Ways that are left, the next first.
#[derive(Debug)]
pub(crate) enum Fallback {
    /// Where the sender listens, and the name that it gave itself.
    Listener { target: Target, host: Option<Host> },
    /// Nobody answers there: what the name leads to.
    Name(Host),
    /// What it led to.
    Addresses(Vec<Target>),
}

/// How the sender named itself in its Via.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) port: Option<u16>,
}

/// One step on.
#[derive(Debug)]
pub(crate) enum Next {
    Send(Target),
    Resolve(Host),
}

impl Fallback {
    /// The next way, and those after it.
    pub(crate) fn advance(self) -> (Option<Next>, Option<Self>) {
        match self {
            Self::Listener { target, host } => (Some(Next::Send(target)), host.map(Self::Name)),
            Self::Name(host) => (Some(Next::Resolve(host)), None),
            Self::Addresses(mut targets) if !targets.is_empty() => {
                let first = targets.remove(0);
                (Some(Next::Send(first)), Some(Self::Addresses(targets)))
            }
            Self::Addresses(_) => (None, None),
        }
    }
}
