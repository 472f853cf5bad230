use serde_json::json;

use server::api::scim::filter::*;

/// RFC 7644 §3.4.2.2, figure 2, and what directories send.
#[test]
fn filters_of_rfc7644_find_what_they_should() {
    let object = json!({
        "schemas": ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "id": "Ab1", "externalId": "Ext", "userName": "bjensen@demo.test", "title": "Guide", "active": true,
        "userType": "Employee", "name": { "familyName": "O'Malley" },
        "emails": [{ "type": "work", "value": "bjensen@example.com" }, { "type": "home", "value": "b@home.test" }],
        "meta": { "lastModified": "2011-05-13T04:42:34Z" },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Sales" }
    });
    let table = [
        (r#"userName eq "BJENSEN@demo.test""#, true),
        (r#"userName Eq "other""#, false),
        (r#"name.familyName co "O'Malley""#, true),
        (r#"userName sw "bj" and userName ew "test""#, true),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "BJ""#, true),
        ("title pr", true),
        ("nickName pr", false),
        (r#"meta.lastModified gt "2011-05-13T04:42:33Z""#, true),
        (r#"meta.lastModified le "2011-05-13T04:42:33Z""#, false),
        (r#"title pr and userType eq "Contractor""#, false),
        (r#"title pr or userType eq "Intern""#, true),
        (r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#, false),
        (r#"userType eq "Employee" and (emails.type eq "work")"#, true),
        (r#"emails[type eq "work" and value co "@example.com"]"#, true),
        (r#"emails[type eq "work" and value co "home.test"]"#, false),
        (r#"emails[type eq "work" and value co "home.test"] or userName eq "x" or title pr"#, true),
        ("active eq true", true),
        ("active eq False", false),
        (r#"active eq "True""#, true),
        (r#"id eq "Ab1""#, true),
        (r#"id eq "ab1""#, false),
        (r#"externalId eq "ext""#, false),
        (r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "sales""#, true),
        (r#"title eq "Guide" or title eq "x" and active eq false"#, true),
    ];
    for (text, fits) in table {
        assert_eq!(Filter::parse(text).unwrap().fits(&object), fits, "{text}");
    }
}

#[test]
fn what_is_no_filter_is_refused() {
    let deep = format!("{}a pr{}", "(".repeat(40), ")".repeat(40));
    let long = format!(r#"a eq "{}""#, "x".repeat(3_000));
    for text in [
        "",
        "a",
        "a eq",
        "a xx 1",
        "a eq b",
        "(a pr",
        "a pr)",
        r#"a eq "x"#,
        "a pr and",
        "[a pr]",
        "a[b pr",
        &deep,
        &long,
    ] {
        assert!(Filter::parse(text).is_err(), "{text}");
    }
}

#[test]
fn paths_name_an_attribute_some_of_its_values_or_a_part_of_them() {
    let path = Path::parse(r#"emails[type eq "work"].value"#).unwrap();
    assert_eq!((path.attribute.as_slice(), path.sub.as_deref()), (&["emails".to_owned()][..], Some("value")));
    assert!(path.filter.is_some());
    assert_eq!(Path::parse("name.givenName").unwrap().attribute, ["name", "givenname"]);
    let path = Path::parse("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager").unwrap();
    assert_eq!(path.attribute, ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:user", "manager"]);
    for text in ["", "[x]", "emails[type eq]", r#"emails[type eq "x"] y"#] {
        assert!(Path::parse(text).is_err(), "{text}");
    }
}
