//! Limits on what a peer can make us hold, each with its reason.

use std::time::Duration;

/// Longest message accepted, in bytes. The largest UDP datagram; a stream peer gets no more.
pub const MESSAGE_BYTES_MAX: usize = 65_535;

/// Above this size in bytes a request to a UDP peer goes by TCP. RFC 3261 §18.1.1: the path MTU less 200, or 1300.
pub const UDP_REQUEST_BYTES_MAX: usize = 1_300;

/// Most header fields in one message. Real messages have under 40.
pub const HEADER_FIELDS_MAX: usize = 256;

/// Longest header field, in bytes. The longest real ones (Identity, Record-Route chains) stay below 4 KiB.
pub const HEADER_BYTES_MAX: usize = 8_192;

/// Most Vias in one message. Max-Forwards begins at 70, real paths have under 10 hops; more is a loop or an attack.
pub const VIAS_MAX: usize = 64;

/// How long a nonce proves anything. A recorded answer is worthless after that; phones renew in one round trip.
pub const NONCE_AGE_MAX: Duration = Duration::from_mins(5);

/// Most nonces whose counts are kept: 15 seconds of the highest registration rate aimed for, and below 20 MiB.
pub const NONCES_MAX: usize = 262_144;

/// Wrong passwords of one address that cost nothing: somebody mistypes, a phone tries an old one.
pub const PENALTY_FREE_FAILURES: u32 = 5;

/// The first refusal of an address that guesses passwords; each further wrong one doubles it.
pub const PENALTY_FIRST: Duration = Duration::from_secs(2);

/// The longest refusal. An hour for each guess makes guessing hopeless, and an office that was locked out comes back.
pub const PENALTY_MAX: Duration = Duration::from_hours(1);

/// After this long without a wrong password nothing is held against an address.
pub const PENALTY_FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// Most addresses that something is held against, below 16 MiB; the one that failed longest ago is let off.
pub const PENALTIES_MAX: usize = 65_536;

/// Most bindings of one address of record: more phones than anybody has. The one that renewed longest ago makes room.
pub const CONTACTS_MAX: usize = 10;

/// Most questions to the DNS for one host: NAPTR, an SRV for each transport, and the addresses of what they name.
pub const RESOLVE_QUESTIONS_MAX: usize = 24;

/// Most targets of one host. With 32 seconds for each that does not answer, nobody waits for more.
pub const RESOLVE_TARGETS_MAX: usize = 16;
