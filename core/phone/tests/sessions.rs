use jiff::Timestamp;
use phone::access::session::{Stage, is_proof};

#[test]
fn a_session_ends_when_nobody_uses_it_and_after_a_week_in_any_case() {
    let at = |hours: i64| Timestamp::from_second(hours * 3_600).unwrap_or(Timestamp::UNIX_EPOCH);
    for (stage, last_seen, expected) in [
        (Stage::Open, 0, at(12)),
        (Stage::Open, 20, at(32)),
        (Stage::Open, 7 * 24 - 1, at(7 * 24)),
        (Stage::Enrolment, 20, Timestamp::from_second(30 * 60).unwrap_or_default()),
        (Stage::SecondFactor, 20, Timestamp::from_second(5 * 60).unwrap_or_default()),
    ] {
        assert_eq!(stage.ends_at(at(0), at(last_seen)), expected, "{stage:?}");
    }
}

#[test]
fn a_sign_in_proves_who_somebody_is_for_ten_minutes() {
    let at = |secs| Timestamp::from_second(secs).unwrap_or_default();
    for (secs, proves) in [(0, true), (600, true), (601, false), (86_400, false)] {
        assert_eq!(is_proof(at(0), at(secs)), proves, "{secs}");
    }
}

#[test]
fn a_password_alone_opens_nothing_where_more_is_asked() {
    assert_eq!(Stage::after_password(false, false), Stage::Open);
    assert_eq!(Stage::after_password(false, true), Stage::Enrolment);
    assert_eq!(Stage::after_password(true, false), Stage::SecondFactor);
    assert_eq!(Stage::after_password(true, true), Stage::SecondFactor);
}
