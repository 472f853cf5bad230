use server::api::nul::*;

#[test]
fn escapes_are_found_wherever_the_body_is_cut() {
    let json = || Scan::Json { escape: None };
    for (text, is_found) in [
        (r#"{"a":"\u0000"}"#, true),
        (r#"{"a":"x\\\u0000"}"#, true),
        (r#"{"a":"\\u0000"}"#, false),
        (r#"{"a":"\u0001"}"#, false),
        (r#"{"a":"\u000"}"#, false),
        (r#"{"a":"u0000"}"#, false),
        (r#"{"a":"\n\u0000"}"#, true),
    ] {
        for cut in 0..text.len() {
            let (first, second) = text.as_bytes().split_at(cut);
            let mut scan = json();
            assert_eq!(scan.finds(first) || scan.finds(second), is_found, "{text} cut at {cut}");
        }
    }
    for (text, is_found) in [("a=%00", true), ("a=%0%00", true), ("a=%01", false), ("a=%%00", true), ("00", false)] {
        for cut in 0..text.len() {
            let (first, second) = text.as_bytes().split_at(cut);
            let mut scan = Scan::Form { n_seen: 0 };
            assert_eq!(scan.finds(first) || scan.finds(second), is_found, "{text} cut at {cut}");
        }
    }
    assert!(Scan::Plain.finds(b"a\0b") && !Scan::Plain.finds(b"ab"));
}
