//! Numbers for why calls fail: those that session border controllers set up for the best-known service know, and those of
//! the telephone network. Specification of calling, 3.8.8

use phone::directory::Refusal;

/// The caller's number is blocked, and so on: each rule of the directory.
pub(crate) fn subcode_of_rule(refusal: Refusal) -> u32 {
    match refusal {
        Refusal::CallerBlocked => 510_534,
        Refusal::LocationForbids => 10_500,
        Refusal::NoRoute | Refusal::NoTrunk => 510_559,
        Refusal::NotLicensed | Refusal::LineKept | Refusal::LineNotTheirs | Refusal::LinePrivate => 510_560,
        Refusal::DialOutDenied | Refusal::DialOutOff => 510_562,
        Refusal::DomesticOnly => 510_563,
        Refusal::CallingOff => 10_199,
        Refusal::NotFound | Refusal::NumberNotAssigned | Refusal::Disabled => 511_404,
        Refusal::Suspended => 510_532,
        Refusal::NotANumber | Refusal::NotDialable => 510_412,
        Refusal::ServiceNotSetUp => 10_140,
    }
}

/// A final answer of a trunk.
pub(crate) fn subcode_of_trunk(status: u16) -> u32 {
    560_000_u32.saturating_add(status.into())
}

/// Nothing could be sent there.
pub(crate) const NOT_CONNECTED: u32 = 549_002;
/// Nothing came in the time that the trunk has.
pub(crate) const SILENT: u32 = 500_001;
/// The call went round in a circle.
pub(crate) const LOOP: u32 = 510_482;
/// No codec or encryption in common.
pub(crate) const NO_MEDIA: u32 = 531_000;
/// No phone is there.
pub(crate) const NO_PHONE: u32 = 10_037;

/// What the telephone network calls a status. RFC 3398 §8.2.6.1
pub(crate) fn q850_of_status(status: u16) -> u16 {
    match status {
        401..=403 | 407 | 603 => 21,
        404 | 485 | 604 => 1,
        405 => 63,
        406 | 415 | 501 => 79,
        408 | 504 => 102,
        410 => 22,
        413 | 414 | 416 | 420 | 421 | 423 | 505 | 513 => 127,
        480 => 18,
        482 | 483 => 25,
        484 => 28,
        486 | 600 => 17,
        487 => 16,
        488 | 606 => 65,
        502 => 38,
        _ => 41,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_have_the_causes_of_rfc_3398() {
        let known = [(404, 1), (486, 17), (480, 18), (403, 21), (484, 28), (488, 65), (504, 102), (503, 41), (603, 21)];
        for (status, cause) in known {
            assert_eq!(q850_of_status(status), cause, "{status}");
        }
        assert_eq!(subcode_of_trunk(486), 560_486);
    }
}
