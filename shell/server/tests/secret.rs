use server::secret::*;

#[test]
fn ha1_is_that_of_the_rfc() {
    // RFC 7616 §3.9.1: user Mufasa, realm http-auth@example.org, password "Circle of Life".
    let ha1 = ha1("Mufasa", "http-auth@example.org", &Secret::new("Circle of Life".to_owned()));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(&ha1.md5), "3d78807defe7de2157e2b0b6573a855f");
    assert_eq!(hex(&ha1.sha256), "7987c64c30e25f1b74be53f966b49b90f2808aa92faf9a00262392d7b4794232");
}

#[test]
fn secrets_differ_and_do_not_show() {
    let (one, two) = (random_secret(), random_secret());
    assert_ne!(one, two);
    assert_eq!(one.expose().len(), SECRET_LEN);
    assert!(!format!("{one:?}").contains(one.expose()));
}
