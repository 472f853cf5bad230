//! Limits that bound what a caller can make us hold, each with its reason.

use std::time::Duration;

/// Most legs of one call: an agent list of 200 rings all at once with two phones each.
pub const LEGS_PER_CALL_MAX: usize = 400;

/// Most legs that a record keeps. A caller who waits for hours sees many unanswered offers; the first of them go.
pub const LEG_RECORDS_MAX: usize = 200;

/// Most phones of one user that ring at once; more contacts than that are a mistake or an attack.
pub const PHONES_PER_USER_MAX: usize = 10;

/// How long a finished call waits for the media thread's last word before its record is written without it.
pub const CLOSING_MAX: Duration = Duration::from_secs(2);

/// How long the public network may ring. RFC 3261 §16.6 asks for more than three minutes between provisional answers;
/// carriers give up after two to three.
pub const RING_OUTSIDE_MAX: Duration = Duration::from_secs(180);

/// How long a trunk that took the call has until anything rings: abroad that takes ten seconds and more.
pub const TRYING_OUTSIDE_MAX: Duration = Duration::from_secs(30);

/// Times that a call may have been sent on before it came here: more, and it goes round in a circle. Specification of
/// calling, 1.3 (12).
pub const RETARGETS_MAX: usize = 5;

/// Attempts over trunks that a record tells of; a call has as many as its routes have trunks, and goes outside but a few
/// times.
pub const ATTEMPTS_RECORDED_MAX: usize = 100;

/// Addresses of one trunk that a call waits at in vain before the next trunk is tried: the caller hears nothing meanwhile.
pub const SILENT_ADDRESSES_MAX: usize = 3;

/// How long an address that said nothing is tried after the others of its trunk, at least: calls go on at once, and what
/// was started anew gets calls again soon.
pub const SILENT_FOR: Duration = Duration::from_secs(60);

/// Most addresses remembered that said nothing; carriers have a few each.
pub const SILENT_REMEMBERED_MAX: usize = 1_024;

/// How long we wait for the addresses of a trunk. DNS answers within a second or not at all; the caller hears nothing
/// meanwhile.
pub const RESOLVE_MAX: Duration = Duration::from_secs(3);

/// How long who called for help is reached by the number that emergency services saw. Specification of calling, 4.6
pub const CALLBACK_FOR: Duration = Duration::from_secs(3_600);

/// How long a call waits for a signature of its caller's number. To sign is short work: who is not done by then has too
/// much of it.
pub const SIGN_MAX: Duration = Duration::from_millis(500);

/// How long a caller waits until a signature is looked at: a certificate that nobody has yet is fetched over HTTP, and the
/// caller hears nothing meanwhile.
pub const VERIFY_MAX: Duration = Duration::from_secs(3);

/// Identity header fields of one call that are looked at. One is of the first signer, others of those who sent it on.
pub const IDENTITIES_MAX: usize = 8;

/// How long the test tone and the echo go on: long enough to listen, short enough not to hold ports for ever.
pub const TEST_MAX: Duration = Duration::from_secs(600);

/// Silence after which a caller in a menu has said what they wanted, in milliseconds: longer than the pauses within a
/// name, shorter than patience.
pub const SPOKEN_QUIET_MS: u32 = 800;

/// How long a caller may listen to an announcement. The longest prompt that can be uploaded is an hour.
pub const ANNOUNCEMENT_MAX: Duration = Duration::from_secs(3600);

/// Most subscriptions of one person; more phones than that are a mistake or an attack. The oldest goes.
pub const SUBSCRIPTIONS_PER_USER_MAX: usize = 10;

/// Longest subscription in seconds, and that of a phone that does not say. RFC 3842 §3.4 asks for hours.
pub const SUBSCRIPTION_SECS_MAX: u32 = 3_600;

/// How long a phone that transferred a call may take to hang up by itself, once it was told of the success.
pub const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// An agent whose phone is lost this soon after the answer has not helped the caller. Specification of voice apps, 3.10.
pub const AGENT_LOST_MAX: Duration = Duration::from_secs(10);

/// Apps of one call that its record tells of: callers who go round in menus for as long as they may pass fewer.
pub const SEGMENTS_MAX: usize = 200;

/// Offers of one caller in one queue that the record tells of: a day of alerts one after the other, or some minutes in
/// which a hundred phones ring at once.
pub const OFFERS_RECORDED_MAX: usize = 2_000;

/// Session interval that we ask for. RFC 4028 §4 recommends half an hour.
pub const SESSION_SECS: u32 = 1800;

/// Free port pairs per media thread below which more are asked for: what 4,000 calls a second take while the thread waits
/// its turn on a busy processor for some thirty milliseconds.
pub const PORTS_LOW: usize = 256;

/// Port pairs asked for at once, at least. Binding one takes about 10 µs.
pub const PORTS_ASKED_MIN: usize = 512;

/// How long to wait before asking again after a thread could grant nothing.
pub const PORTS_RETRY: Duration = Duration::from_secs(1);

/// Challenges sent per second to addresses that proved nothing yet. Every phone is such a one until its second REGISTER,
/// so a power cut that brings back all phones of a node must fit.
pub const CHALLENGES_PER_SEC: u32 = 25_000;

/// Challenges to one source address at once that nobody answered with a password: the phones of an office of some
/// hundred people come back, each asking a few times.
pub const CHALLENGES_PER_SOURCE_MAX: u32 = 2_000;

/// How many of these one source address gets back per second. Whoever has an address forged on requests gets no more
/// than that out of us.
pub const CHALLENGES_PER_SOURCE_PER_SEC: u32 = 100;

/// Source addresses whose challenges are counted at once, below 16 MiB; with more, the oldest are counted anew.
pub const SOURCES_MAX: usize = 65_536;

/// How long an address counts as somebody known after a password was shown from there: the longest registration.
pub const PROVED_FOR: Duration = Duration::from_secs(3600);

/// When those who are refused because there is too much to do should try again, in seconds. RFC 3261 §20.33
pub const OVERLOADED_RETRY_SECS: u32 = 5;

/// Other answers to strangers per second; beyond, silence. A scanner learns nothing and costs nothing.
pub const STRANGER_ANSWERS_PER_SEC: u32 = 200;

/// Max-Forwards of a call that came without. RFC 3261 §8.1.1.6
pub const MAX_FORWARDS: u8 = 70;

/// Longest caller's name passed on, in characters. Phones show about 30.
pub const DISPLAY_NAME_MAX: usize = 64;

/// Shortest registration in seconds. A phone behind a NAT keeps its flow open by other means; more REGISTERs than one a
/// minute only cost.
pub const REGISTRATION_SECS_MIN: u32 = 60;

/// Longest registration in seconds, and that of a phone that does not say. A phone that vanished rings nowhere for at
/// most an hour.
pub const REGISTRATION_SECS_MAX: u32 = 3600;

/// Most changes of a supervisor's mode that the audit keeps of one call; more than anybody makes by hand.
pub const SUPERVISION_MODES_MAX: usize = 100;
