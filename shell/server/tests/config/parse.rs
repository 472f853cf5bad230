use server::config::parse::*;

#[test]
fn times_have_units() {
    let secs = |text| duration(text).map(|time| time.as_secs());
    assert_eq!(secs("90"), Some(90));
    assert_eq!(secs("90s"), Some(90));
    assert_eq!(secs("10m"), Some(600));
    assert_eq!(secs("1 h"), Some(3_600));
    for wrong in ["", "s", "-1", "1d", "1.5h", "99999999999999999999"] {
        assert_eq!(secs(wrong), None, "{wrong}");
    }
}

#[test]
fn a_port_range_holds_at_least_one_pair() {
    assert_eq!(ports("20000-39999"), Some(20_000..=39_999));
    assert_eq!(ports("2000-2001"), Some(2_000..=2_001));
    for wrong in ["2001-2002", "3000-2000", "80-90", "2000", "2000-70000", "65535-65535", "a-b"] {
        assert_eq!(ports(wrong), None, "{wrong}");
    }
}

#[test]
fn an_address_in_a_description_is_one_that_packets_can_be_sent_to() {
    assert!(ip("203.0.113.7").is_some());
    assert!(ip("0.0.0.0").is_none());
}
