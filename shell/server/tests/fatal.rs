#[test]
fn a_panic_and_an_error_are_told_and_a_good_end_is_not() {
    let (fatal, mut heard) = server::fatal::fatal();
    fatal.spawn("fine", || Ok(())).unwrap();
    fatal.spawn("bad", || Err(std::io::Error::other("no socket"))).unwrap();
    assert_eq!(heard.blocking_recv().unwrap(), "the thread bad failed: no socket");
    fatal.spawn("worse", || panic!("a bug")).unwrap();
    assert_eq!(heard.blocking_recv().unwrap(), "the thread worse panicked");
    drop(fatal);
    assert!(heard.blocking_recv().is_none());
}
