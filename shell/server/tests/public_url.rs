use server::public_url::*;

#[test]
fn a_place_without_a_path_is_one() {
    assert_eq!(PublicUrl::parse("https://Phone.example.com/").unwrap().as_str(), "https://phone.example.com");
    let own = PublicUrl::parse("http://127.0.0.1:8080").unwrap();
    assert!(!own.is_https() && own.is_loopback());
    for text in ["http://127.0.0.1.evil.test", "https://127.0.0.1", "http://phone.test"] {
        assert!(!PublicUrl::parse(text).unwrap().is_loopback(), "{text}");
    }
    for text in ["phone.example.com", "https://", "https://a/b", "ftp://a", "https://me@a", "https://a b"] {
        assert_eq!(PublicUrl::parse(text), None, "{text}");
    }
}
