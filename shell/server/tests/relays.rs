use jiff::Timestamp;
use server::relays::{Relays, urls};
use server::secret::Secret;

#[test]
fn relays_are_addresses_of_turn_and_stun() {
    let two = urls("turn:relay.example.com:3478, turns:relay.example.com:5349?transport=tcp").unwrap();
    assert_eq!(two, ["turn:relay.example.com:3478", "turns:relay.example.com:5349?transport=tcp"]);
    assert!(urls("stun:[2001:db8::1]:3478").is_some());
    for wrong in
        ["", "turn:", "http://relay.example.com", "turn:a/b", "turn:me@host", "turn:a?transport=sctp", "turn:a,"]
    {
        assert_eq!(urls(wrong), None, "{wrong}");
    }
}

#[test]
fn a_relay_is_asked_with_what_it_can_check_by_itself() {
    let until = Timestamp::from_second(1_764_400_000).unwrap();
    let relays = Relays::new(vec!["turn:relay.example.com".to_owned()], Some(Secret::new("north".to_owned())));
    let granted = relays.granted("102", until).unwrap();
    assert_eq!(granted.user_name, "1764400000:102");
    // printf %s 1764400000:102 | openssl dgst -binary -sha1 -hmac north | base64
    assert_eq!(granted.credential.expose(), "n9rAl+cejZiO3PhClZ4FC90Ga0g=");
    let open = Relays::new(vec!["stun:relay.example.com".to_owned()], None).granted("102", until).unwrap();
    assert_eq!((open.user_name.as_str(), open.credential.expose()), ("", ""));
    assert!(Relays::default().granted("102", until).is_none());
}
