use jiff::Timestamp;
use phone::access::totp::{accepted, base32, code_at, uri};

const SECRET: &[u8] = b"12345678901234567890";

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(secs).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[test]
fn the_codes_are_those_of_the_rfc() {
    // RFC 6238 appendix B, its last six of eight digits.
    for (secs, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(code_at(SECRET, at(secs)), code);
        assert_eq!(accepted(SECRET, code, at(secs), None), Some(secs / 30));
    }
}

#[test]
fn a_clock_may_be_off_by_a_step_and_a_code_is_good_once() {
    let now = at(1_111_111_111);
    let step = 1_111_111_111 / 30;
    for (secs, is_good) in [(-60, false), (-30, true), (0, true), (30, true), (60, false)] {
        let code = code_at(SECRET, at(1_111_111_111 + secs));
        assert_eq!(accepted(SECRET, &code, now, None).is_some(), is_good, "{secs}");
    }
    let code = code_at(SECRET, now);
    assert_eq!(accepted(SECRET, &code, now, Some(step - 1)), Some(step));
    assert_eq!(accepted(SECRET, &code, now, Some(step)), None);
    assert_eq!(accepted(SECRET, &code, now, Some(step + 1)), None);
    assert_eq!(accepted(b"another", &code, now, None), None);
    for wrong in ["", "50471", "0050471", "05047x", "+50471"] {
        assert_eq!(accepted(SECRET, wrong, now, None), None, "{wrong}");
    }
    assert_eq!(accepted(SECRET, "050 471", now, None), Some(step));
}

#[test]
fn secrets_are_written_as_apps_read_them() {
    // RFC 4648 10, without padding.
    for (bytes, text) in [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foobar", "MZXW6YTBOI")] {
        assert_eq!(base32(bytes.as_bytes()), text);
    }
    assert_eq!(
        uri("Trunkline: Acme", "ann@demo.test", SECRET),
        "otpauth://totp/Trunkline%3A%20Acme:ann@demo.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Trunkline%3A%20Acme"
    );
}
