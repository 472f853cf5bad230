use std::time::{Duration, Instant};

use phone::id::TenantId;
use phone::numbers::E164;
use phone::numbers::stir::passport::Passport;
use phone::numbers::stir::{Attestation, Signable, Signer, Whose};
use server::stir::keys::{Keys, KeysError};
use server::stir::{Stir, router};
use switch::output::SigningOrder;
use uuid::Uuid;

use super::authority::{Authority, For, settings};

const BASE: &str = "https://phone.example.com/";

#[test]
fn an_organization_signs_with_its_own_certificate_others_with_the_platform_s() {
    let (dir, authority) = (tempfile::tempdir().unwrap(), Authority::new("Root"));
    authority.issue("SHAKEN 1", For::Everybody).write(dir.path(), "platform");
    authority.issue("SHAKEN 2", For::Everybody).write(dir.path(), "tenants/acme");
    std::fs::write(dir.path().join("tenants/acme.url"), "https://elsewhere.example/acme.pem\n").unwrap();
    let stir = Stir::load(&settings(Some(dir.path().to_owned()), None), BASE).unwrap();
    assert_eq!(stir.keys.known(), (vec!["acme".to_owned()], true));
    let order = |slug: &str| SigningOrder {
        tenant: TenantId(Uuid::from_u128(7)),
        slug: slug.to_owned(),
        signable: Signable { number: E164::parse("+12155551212").unwrap(), whose: Whose::Brought },
        called: "12155551213".to_owned(),
        at: "2026-03-02T15:00:00Z".parse().unwrap(),
    };
    let own = stir.sign(&order("acme")).unwrap();
    assert_eq!(own.attestation, Attestation::Full);
    assert!(
        own.identity.ends_with(";info=<https://elsewhere.example/acme.pem>;alg=ES256;ppt=\"shaken\""),
        "{}",
        own.identity
    );
    let other = stir.sign(&order("globex")).unwrap();
    assert_eq!(other.attestation, Attestation::Partial);
    let (token, params) = other.identity.split_once(';').unwrap();
    let url = params.split(['<', '>']).nth(1).unwrap();
    let file = url.strip_prefix("https://phone.example.com/stir/").unwrap();
    assert!(file.starts_with("platform-") && file.ends_with(".pem"), "{file}");
    let passport = Passport::read(token, url).unwrap();
    assert_eq!((passport.signature.len(), passport.origid), (64, Some(Uuid::from_u128(7))));
    let served = stir.keys.served(file).unwrap();
    assert_eq!(served, std::fs::read(dir.path().join("platform.pem")).unwrap());
    assert_eq!(stir.keys.served("platform.key"), None, "keys are not served");
    assert_eq!(stir.keys.served("../platform.pem"), None);
}

#[test]
fn without_certificates_nothing_is_signed() {
    let keys = Keys::load(None, BASE).unwrap();
    assert!(keys.of("acme").is_none());
}

#[test]
fn what_can_t_sign_is_refused_in_words() {
    let authority = Authority::new("Root");
    let (good, other) = (authority.issue("SHAKEN 1", For::Everybody), authority.issue("SHAKEN 2", For::Everybody));
    let refused = |name: &str, certificate: &str, key: &str| {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join(name).with_extension("pem"), certificate).unwrap();
        std::fs::write(dir.path().join(name).with_extension("key"), key).unwrap();
        match Keys::load(Some(dir.path().to_owned()), BASE) {
            Ok(_) => panic!("{name} can sign"),
            Err(error) => error,
        }
    };
    assert!(matches!(refused("platform", &good.chain, &other.key), KeysError::Unfit { .. }));
    assert!(matches!(refused("platform", &good.chain, "nothing"), KeysError::NoKey { .. }));
    assert!(matches!(refused("platform", "nothing", &good.key), KeysError::Certificate(_)));
    assert!(matches!(refused("acme", &good.chain, &good.key), KeysError::Empty { .. }), "it belongs into tenants");
    let other_curve = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap().serialize_pem();
    assert!(matches!(refused("platform", &good.chain, &other_curve), KeysError::NoKey { .. }));
    let gone = Keys::load(Some("/nowhere".into()), BASE).map(drop).unwrap_err();
    assert!(gone.to_string().contains("/nowhere"), "{gone}");
}

#[tokio::test]
async fn a_new_certificate_is_used_without_a_restart_and_the_old_one_is_served_on() {
    let (dir, authority) = (tempfile::tempdir().unwrap(), Authority::new("Root"));
    authority.issue("SHAKEN 1", For::Everybody).write(dir.path(), "platform");
    let keys = std::sync::Arc::new(Keys::load(Some(dir.path().to_owned()), BASE).unwrap());
    let url = |keys: &Keys| keys.of("acme").unwrap().0.url.clone();
    let first = url(&keys);
    authority.issue("SHAKEN 1", For::Everybody).write(dir.path(), "platform");
    authority.issue("SHAKEN 2", For::Everybody).write(dir.path(), "tenants/acme");
    assert_eq!(url(&keys), first, "it is not looked at all the time");
    keys.look(Instant::now() + Duration::from_secs(10));
    let (key, signer) = keys.of("acme").unwrap();
    assert_eq!(signer, Signer::Organization);
    assert_ne!(key.url, first);
    // Half of an update: what there is stays.
    std::fs::write(dir.path().join("platform.key"), "nothing").unwrap();
    keys.look(Instant::now() + Duration::from_secs(20));
    assert!(keys.of("other").is_some());

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, router(keys)).into_future());
    let ask = async |file: &str| reqwest::get(format!("http://{address}/stir/{file}")).await.unwrap();
    let file = |url: &str| url.rsplit_once('/').unwrap().1.to_owned();
    for url in [&first, &key.url] {
        let answer = ask(&file(url)).await;
        assert_eq!(answer.status(), 200, "{url}");
        assert_eq!(answer.headers()["content-type"], "application/pem-certificate-chain");
        let text = answer.text().await.unwrap();
        assert!(text.contains("BEGIN CERTIFICATE") && !text.contains("PRIVATE"), "{text}");
    }
    assert_eq!(ask("platform.key").await.status(), 404);
    assert_eq!(ask("..%2Fplatform.key").await.status(), 404);
}
