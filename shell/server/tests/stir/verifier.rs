use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use phone::id::TenantId;
use phone::numbers::E164;
use phone::numbers::stir::passport::Passport;
use phone::numbers::stir::{Flaw, Signable, Whose};
use server::net::outward::Reach;
use server::net::tls;
use server::stir::Stir;
use server::stir::certificates::Certificates;
use server::stir::verifier::Verifier;
use switch::output::SigningOrder;
use uuid::Uuid;

use super::authority::{Authority, For, Issued, serve, settings};

const CALLER: &str = "+12155551212";

/// A token signed by this signer, whose certificate is said to be at an address.
fn signed(signer: &Issued, url: &str) -> Passport {
    let dir = tempfile::tempdir().unwrap();
    signer.write(dir.path(), "platform");
    std::fs::write(dir.path().join("platform.url"), url).unwrap();
    let stir = Stir::load(&settings(Some(dir.path().to_owned()), None), "https://unused.example").unwrap();
    let order = SigningOrder {
        tenant: TenantId(Uuid::from_u128(7)),
        slug: "acme".to_owned(),
        signable: Signable { number: E164::parse(CALLER).unwrap(), whose: Whose::Given },
        called: "12155551213".to_owned(),
        at: Timestamp::now(),
    };
    let identity = stir.sign(&order).unwrap().identity;
    Passport::read(identity.split_once(';').unwrap().0, url).unwrap()
}

/// Trusts this authority, and looks anywhere.
fn verifier(authority: &Authority) -> Verifier {
    tls::install_provider();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &authority.pem).unwrap();
    Verifier::load(Some(file.path()), Reach::Everywhere).unwrap()
}

#[tokio::test]
async fn a_signature_is_right_with_a_trusted_certificate_for_the_number() {
    let authority = Authority::new("Root");
    let verifier = verifier(&authority);
    for (numbers, expected) in [
        (For::Everybody, Ok(Some("SHAKEN 4321".to_owned()))),
        (For::Provider("4321"), Ok(Some("SHAKEN 4321".to_owned()))),
        (For::Number("12155551212"), Ok(Some("SHAKEN 4321".to_owned()))),
        (For::Range("12155551200", 100), Ok(Some("SHAKEN 4321".to_owned()))),
        (For::Range("12155551200", 12), Err(Flaw::NotItsNumber)),
        (For::Number("12155551213"), Err(Flaw::NotItsNumber)),
        (For::Nonsense, Err(Flaw::CertificateUntrusted)),
    ] {
        let signer = authority.issue("SHAKEN 4321", numbers);
        let (address, _) = serve(signer.chain.clone(), 200, None).await;
        let passport = signed(&signer, &format!("http://{address}/certificate.pem"));
        assert_eq!(verifier.verify(&passport, Timestamp::now()).await, expected);
    }
}

#[tokio::test]
async fn forged_signatures_and_certificates_that_nobody_trusts_are_told_apart() {
    let (authority, stranger) = (Authority::new("Root"), Authority::new("Root"));
    let verifier = verifier(&authority);
    let at = async |certificate: &Issued, signer: &Issued| {
        let (address, _) = serve(certificate.chain.clone(), 200, None).await;
        let passport = signed(signer, &format!("http://{address}/certificate.pem"));
        verifier.verify(&passport, Timestamp::now()).await
    };
    let (ours, another) = (authority.issue("SHAKEN 1", For::Everybody), authority.issue("SHAKEN 2", For::Everybody));
    assert_eq!(at(&ours, &another).await, Err(Flaw::Forged), "signed with another key");
    let untrusted = stranger.issue("SHAKEN 1", For::Everybody);
    assert_eq!(at(&untrusted, &untrusted).await, Err(Flaw::CertificateUntrusted));
    let expired = authority.issue_until("SHAKEN 1", For::Everybody, 2021);
    assert_eq!(at(&expired, &expired).await, Err(Flaw::CertificateUntrusted));

    // One claim changed under the same signature.
    let (address, _) = serve(ours.chain.clone(), 200, None).await;
    let mut passport = signed(&ours, &format!("http://{address}/certificate.pem"));
    passport.signing_input.push('A');
    assert_eq!(verifier.verify(&passport, Timestamp::now()).await, Err(Flaw::Forged));
}

#[tokio::test]
async fn what_can_t_be_fetched_speaks_neither_for_nor_against_a_call() {
    let authority = Authority::new("Root");
    let verifier = verifier(&authority);
    let signer = authority.issue("SHAKEN 1", For::Everybody);
    for (body, status) in
        [(signer.chain.clone(), 404), ("nothing".to_owned(), 200), ("x".repeat(70_000), 200), (String::new(), 200)]
    {
        let (address, asked) = serve(body, status, None).await;
        let passport = signed(&signer, &format!("http://{address}/certificate.pem"));
        for _ in 0..3 {
            assert_eq!(verifier.verify(&passport, Timestamp::now()).await, Err(Flaw::CertificateAway));
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1, "who has none is not asked again at once");
    }
    let nowhere = signed(&signer, "ftp:nowhere");
    assert_eq!(verifier.verify(&nowhere, Timestamp::now()).await, Err(Flaw::CertificateAway));
    let nobody = Verifier::load(None, Reach::Everywhere).unwrap();
    assert_eq!(nobody.verify(&nowhere, Timestamp::now()).await, Err(Flaw::NoAuthority));
}

#[tokio::test]
async fn a_certificate_is_kept_for_as_long_as_its_server_says() {
    let signer = Authority::new("Root").issue("SHAKEN 1", For::Everybody);
    let at = |secs: u64| Instant::now() + Duration::from_secs(secs);
    for (cache, kept_secs) in [(None, 3_600), (Some("public, max-age=600"), 600), (Some("no-store, max-age=0"), 60)] {
        let (address, asked) = serve(signer.chain.clone(), 200, cache).await;
        let (url, certificates) = (format!("http://{address}/certificate.pem"), Certificates::new(Reach::Everywhere));
        let (one, two) = tokio::join!(certificates.chain(&url, at(0)), certificates.chain(&url, at(0)));
        assert_eq!((one.unwrap().len(), two.unwrap().len()), (2, 2), "the signer's and the authority's");
        assert_eq!(asked.load(Ordering::Relaxed), 1, "calls that come at once fetch it once");
        assert!(certificates.chain(&url, at(kept_secs - 5)).await.is_some());
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{cache:?}");
        assert!(certificates.chain(&url, at(kept_secs + 5)).await.is_some());
        assert_eq!(asked.load(Ordering::Relaxed), 2, "{cache:?}");
        assert_eq!(certificates.n_known(), 1);
    }
}

#[tokio::test]
async fn nobody_makes_us_look_into_our_own_network() {
    let signer = Authority::new("Root").issue("SHAKEN 1", For::Everybody);
    let (address, asked) = serve(signer.chain, 200, None).await;
    let certificates = Certificates::new(Reach::Public);
    for url in [format!("http://{address}/certificate.pem"), format!("https://{address}/certificate.pem")] {
        assert!(certificates.chain(&url, Instant::now()).await.is_none(), "{url}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}
