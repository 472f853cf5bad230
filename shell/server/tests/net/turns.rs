use std::net::SocketAddr;

use server::net::turns::*;

#[test]
fn a_source_has_so_many_places_and_others_have_theirs() {
    let turns = Turns::new(2);
    let at = |text: &str| text.parse::<SocketAddr>().unwrap();
    let first = turns.take(at("192.0.2.1:1")).unwrap();
    let _second = turns.take(at("[::ffff:192.0.2.1]:2")).unwrap();
    assert!(turns.take(at("192.0.2.1:3")).is_none(), "the same address, however it is written");
    let _other = turns.take(at("192.0.2.2:1")).unwrap();
    drop(first);
    let _third = turns.take(at("192.0.2.1:4")).unwrap();
    let _six = [turns.take(at("[2001:db8::1]:1")).unwrap(), turns.take(at("[2001:db8::2]:1")).unwrap()];
    assert!(turns.take(at("[2001:db8::3]:1")).is_none(), "one network");
}

#[test]
fn a_source_that_left_takes_no_room() {
    let turns = Turns::new(1);
    drop(turns.take("192.0.2.1:1".parse().unwrap()).unwrap());
    assert!(turns.by_source.lock().unwrap().is_empty());
}
