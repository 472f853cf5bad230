use store::OpenError;
use store::internals::Seal;

#[test]
fn a_secret_opens_only_for_its_owner_and_with_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let seal = Seal::open(&dir.path().join("a.key")).unwrap();
    let sealed = seal.seal(b"alice", b"secret").unwrap();
    assert!(!sealed.windows(6).any(|window| window == b"secret"));
    assert_eq!(seal.open_sealed(b"alice", &sealed).as_deref(), Some(&b"secret"[..]));
    assert_eq!(seal.open_sealed(b"bob", &sealed), None);

    let again = Seal::open(&dir.path().join("a.key")).unwrap();
    assert_eq!(again.open_sealed(b"alice", &sealed).as_deref(), Some(&b"secret"[..]));
    let other = Seal::open(&dir.path().join("b.key")).unwrap();
    assert_eq!(other.open_sealed(b"alice", &sealed), None);
    assert_eq!(seal.open_sealed(b"alice", &sealed[..9]), None);
    assert_eq!(seal.open_sealed(b"alice", b""), None);
}

#[cfg(unix)]
#[test]
fn the_key_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.key");
    Seal::open(&path).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_damaged_key_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.key");
    std::fs::write(&path, b"short").unwrap();
    assert!(matches!(Seal::open(&path), Err(OpenError::KeyFileDamaged { .. })));
}
