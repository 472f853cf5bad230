//! Session descriptions: reading and writing them (RFC 8866), offer and answer (RFC 3264).
//!
//! The switch keeps one [`Negotiation`] for each leg. It writes offers, reads answers, answers offers, and holds the
//! session id and version that our `o=` line needs. What comes out when both sides agreed is a [`Session`].

use std::net::IpAddr;

use crate::order::PortGrant;

/// Whether a leg must, may or must not be encrypted. RFC 4568
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SrtpPolicy {
    Off,
    /// Offer plain RTP, accept either.
    Accept,
    Required,
}

/// A codec that the engine knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    G722,
    Opus,
    Pcma,
    Pcmu,
}

/// Which way sound flows, as seen from us. RFC 3264 §5.1
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Inactive,
    ReceiveOnly,
    SendAndReceive,
    SendOnly,
}

/// What a leg may negotiate.
#[derive(Clone, Debug)]
pub struct Preferences {
    /// In order of preference.
    pub codecs: Vec<Codec>,
    pub srtp: SrtpPolicy,
    /// The address that we write into `c=`.
    pub address: IpAddr,
}

/// What both sides agreed on; the engine runs a leg with it. Its parts are this crate's business.
#[derive(Clone, Debug)]
pub struct Session {}

/// Why a description can't be used. The switch answers 488, or 400 for one that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    #[error("the description can't be read")]
    Malformed,
    #[error("no audio was offered, or none with a codec that is allowed here")]
    NoCommonCodec,
    #[error("this leg must be encrypted and the peer does not offer it")]
    EncryptionRequired,
    #[error("the answer does not fit the offer")]
    AnswerDoesNotFit,
}

/// Offer and answer of one leg, through its whole life.
#[derive(Clone, Debug)]
pub struct Negotiation {}

impl Negotiation {
    /// `seed` makes the session id and the SRTP keys; it must come from the system's random source.
    pub fn new(preferences: Preferences, grant: PortGrant, seed: [u8; 32]) -> Self {
        let _ = (preferences, grant, seed);
        todo!()
    }

    /// Our offer in the direction wished, as SDP text. The same bytes again (same `o=` version) if nothing changed.
    pub fn offer(&mut self, direction: Direction) -> Vec<u8> {
        let _ = direction;
        todo!()
    }

    /// The peer's answer to our last offer.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<Session, Unacceptable> {
        let _ = answer;
        todo!()
    }

    /// Answers the peer's offer. `prefer` puts the codec of the other leg first when the peer offers it, so that no
    /// transcoding is needed; `direction` is what we want, narrowed by what the peer wants.
    pub fn answer(
        &mut self,
        offer: &[u8],
        prefer: Option<Codec>,
        direction: Direction,
    ) -> Result<(Vec<u8>, Session), Unacceptable> {
        let _ = (offer, prefer, direction);
        todo!()
    }

    /// The session in force.
    pub fn session(&self) -> Option<&Session> {
        todo!()
    }
}

impl Session {
    /// The codec that we send with.
    pub fn codec(&self) -> Codec {
        todo!()
    }

    /// Which way sound flows, as seen from us.
    pub fn direction(&self) -> Direction {
        todo!()
    }
}
