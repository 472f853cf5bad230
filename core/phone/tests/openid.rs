use jiff::Timestamp;
use phone::access::openid::{GroupRole, Identity, Provider, ProviderFault, TokenFault};
use serde_json::Value;
use serde_json::json;

fn provider() -> Provider {
    Provider {
        issuer: "https://id.test".to_owned(),
        client_id: "phone".to_owned(),
        creates_accounts: true,
        default_role: Some("viewer".to_owned()),
        groups_claim: Some("groups".to_owned()),
        group_roles: vec![GroupRole { group: "desk".to_owned(), role: "operator".to_owned() }],
    }
}

fn with(change: Value) -> Result<Identity, TokenFault> {
    let mut claims = json!({
        "iss": "https://id.test", "aud": "phone", "exp": 2_000, "iat": 900, "nonce": "n", "sub": "ann",
        "email": "ann@demo.test", "email_verified": true, "groups": ["desk"],
    });
    if let (Some(claims), Some(change)) = (claims.as_object_mut(), change.as_object()) {
        claims.extend(change.clone());
    }
    provider().identity(&claims, "n", Timestamp::from_second(1_000).unwrap_or_default())
}

#[test]
fn each_claim_is_looked_at() {
    assert!(with(json!({})).is_ok());
    for (change, fault) in [
        (json!({ "iss": "https://evil.test" }), TokenFault::Issuer),
        (json!({ "iss": null }), TokenFault::Issuer),
        (json!({ "iss": "https://id.test/" }), TokenFault::Issuer),
        (json!({ "aud": "another" }), TokenFault::Audience),
        (json!({ "aud": ["phone", "another"] }), TokenFault::Audience),
        (json!({ "aud": [], "azp": "phone" }), TokenFault::Audience),
        (json!({ "azp": "another" }), TokenFault::Audience),
        (json!({ "exp": 940 }), TokenFault::Expired),
        (json!({ "exp": "2000" }), TokenFault::Expired),
        (json!({ "exp": null }), TokenFault::Expired),
        (json!({ "iat": 1_061 }), TokenFault::Early),
        (json!({ "iat": null }), TokenFault::Early),
        (json!({ "nbf": 1_061 }), TokenFault::Early),
        (json!({ "nonce": "another" }), TokenFault::Nonce),
        (json!({ "nonce": null }), TokenFault::Nonce),
        (json!({ "sub": "" }), TokenFault::Subject),
        (json!({ "sub": "x".repeat(256) }), TokenFault::Subject),
        (json!({ "sub": "a\0nn" }), TokenFault::Subject),
    ] {
        assert_eq!(with(change.clone()), Err(fault), "{change}");
    }
    for change in
        [json!({ "exp": 941 }), json!({ "aud": ["phone", "another"], "azp": "phone" }), json!({ "iat": 1_060 })]
    {
        assert!(with(change.clone()).is_ok(), "{change}");
    }
}

#[test]
fn an_address_counts_only_if_the_provider_made_sure_of_it() {
    let email = |verified: Value| with(json!({ "email_verified": verified })).ok().and_then(|it| it.verified_email);
    assert_eq!(email(json!(true)).as_deref(), Some("ann@demo.test"));
    for unsure in [json!(false), json!("true"), json!(1), json!(null)] {
        assert_eq!(email(unsure), None);
    }
}

#[test]
fn groups_say_what_somebody_may_do_and_else_the_default_does() {
    let provider = provider();
    for (groups, expected) in
        [(json!(["desk", "x"]), "operator"), (json!("desk"), "operator"), (json!(["x"]), "viewer")]
    {
        let roles = with(json!({ "groups": groups })).map(|identity| provider.roles_of(&identity));
        assert_eq!(roles, Ok([expected].into()), "{groups}");
    }
    let strong = |amr: Value| with(json!({ "amr": amr })).map(|identity| identity.has_second_factor);
    assert_eq!(
        (strong(json!(["pwd", "mfa"])), strong(json!(["pwd"])), strong(json!(null))),
        (Ok(true), Ok(false), Ok(false))
    );
}

#[test]
fn a_provider_is_reached_safely_and_makes_no_accounts_that_can_do_nothing() {
    let fault = |change: &dyn Fn(&mut Provider), plain: bool| {
        let mut changed = provider();
        change(&mut changed);
        changed.fault(plain)
    };
    assert_eq!(fault(&|_| {}, false), None);
    for issuer in
        ["http://id.test", "id.test", "https://", "https://me@id.test", "https://id.test?x", "http://127.0.0.1:1"]
    {
        assert_eq!(fault(&|it| it.issuer = issuer.to_owned(), false), Some(ProviderFault::Issuer), "{issuer}");
    }
    assert_eq!(fault(&|it| it.issuer = "http://127.0.0.1:1".to_owned(), true), None);
    for issuer in ["http://id.test", "http://localhost.evil.test", "http://127.0.0.1.evil.test/x"] {
        assert_eq!(fault(&|it| it.issuer = issuer.to_owned(), true), Some(ProviderFault::Issuer), "{issuer}");
    }
    assert_eq!(fault(&|it| it.client_id.clear(), false), Some(ProviderFault::ClientId));
    assert_eq!(fault(&|it| it.groups_claim = None, false), Some(ProviderFault::Groups));
    let without_role = |it: &mut Provider| {
        it.default_role = None;
        it.group_roles.clear();
    };
    assert_eq!(fault(&without_role, false), Some(ProviderFault::NoRole));
}
