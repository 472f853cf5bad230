use store::internals::statements;

#[test]
fn what_is_named_twice_is_written_one_after_the_other() {
    let parts = statements(&[1, 2, 3, 2, 2, 4], |one| *one, 3);
    assert_eq!(parts, [&[1, 2, 3][..], &[2], &[2, 4]]);
    assert_eq!(statements(&[1, 2], |one| *one, 1).len(), 2);
    assert!(statements(&[0; 0], |one| *one, 3).is_empty());
}
