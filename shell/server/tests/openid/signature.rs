use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use serde_json::json;

use server::openid::signature::*;

fn keys(keys: Value) -> Vec<Key> {
    serde_json::from_value(keys).unwrap()
}

/// RFC 7515 A.3: signed with ES256.
const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
    DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

fn es256() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

/// RFC 8037 A.4: signed with EdDSA; what is signed there is no JSON.
#[test]
fn the_tokens_of_the_rfcs_are_read() {
    let all = keys(json!([es256()]));
    let signed = Signed::read(ES256).unwrap();
    let claims = signed.claims(signed.key(&all).unwrap()).unwrap();
    assert_eq!((&claims["iss"], &claims["exp"]), (&json!("joe"), &json!(1_300_819_380)));
    let edwards = json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
                 hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    let all = keys(json!([es256(), edwards]));
    let signed = Signed::read(token).unwrap();
    let key = signed.key(&all).unwrap();
    assert_eq!(signed.is_signed_with(key), Some(true));
    assert_eq!(signed.claims(key), Err("its claims are malformed"));
}

#[test]
fn what_is_changed_unsigned_or_of_another_kind_is_refused() {
    let all = keys(json!([es256()]));
    let changed = ES256.replacen("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Yi", 1);
    let signed = Signed::read(&changed).unwrap();
    assert_eq!(signed.claims(signed.key(&all).unwrap()), Err("its signature is wrong"));
    let with_header = |header: Value| {
        let rest = ES256.split_once('.').unwrap().1;
        format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header.to_string()))
    };
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "NONE" }),
        json!({ "alg": "HS256" }),
        json!({}),
        json!({ "alg": "ES256", "crit": ["exp"] }),
    ] {
        assert!(Signed::read(&with_header(header.clone())).is_err(), "{header}");
    }
    for header in [json!({ "alg": "RS256" }), json!({ "alg": "ES256", "kid": "another" })] {
        let token = with_header(header.clone());
        assert!(Signed::read(&token).unwrap().key(&all).is_none(), "{header}");
    }
    for token in ["", ".", "..", "a.b.c", "eyJhbGciOiJFUzI1NiJ9.e30"] {
        assert!(Signed::read(token).is_err(), "{token}");
    }
}

#[test]
fn a_key_is_taken_for_what_it_is_for() {
    let with = |change: Value| {
        let mut key = es256();
        key.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        keys(json!([key]))
    };
    let signed = Signed::read(ES256).unwrap();
    for (change, is_for_it) in [
        (json!({ "kid": "a", "use": "sig", "alg": "ES256" }), true),
        (json!({ "use": "enc" }), false),
        (json!({ "alg": "ES384" }), false),
        (json!({ "crv": "P-384" }), false),
    ] {
        assert_eq!(signed.key(&with(change.clone())).is_some(), is_for_it, "{change}");
    }
    let two = keys(json!([es256(), es256()]));
    assert!(signed.key(&two).is_none(), "which one is not said");
    let short = with(json!({ "x": "AA" }));
    assert!(signed.claims(&short[0]).is_err());
}
