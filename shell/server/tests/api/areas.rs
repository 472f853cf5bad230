use phone::access::Area;

use server::api::areas::*;

#[test]
fn each_line_is_of_an_operation() {
    let description = serde_json::to_value(server::api::description()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    for (prefix, _) in AREAS {
        let is_used = paths.keys().any(|path| line(path).is_some_and(|(used, _)| used == prefix));
        assert!(is_used, "{prefix} would open operations that nobody looked at");
    }
}

#[test]
fn the_longest_path_counts() {
    for (path, expected) in [
        ("/api/v1/tenants", Some(Area::Tenants)),
        ("/api/v1/tenants/{tenant}", Some(Area::Tenants)),
        ("/api/v1/tenants/{tenant}/numbers/{number}/assign", Some(Area::Numbers)),
        ("/api/v1/tenants/{tenant}/groups/{group}", Some(Area::Groups)),
        ("/api/v1/tenants/{tenant}/groups/{group}/licenses/assign", Some(Area::Licenses)),
        ("/api/v1/health", Some(Area::Health)),
        ("/api/v1/tenants/{tenant}/numbersx", None),
        ("/api/v1/unheard-of", None),
        ("/scim/v2/tenants/{tenant}/Users/{id}", Some(Area::Users)),
        ("/scim/v2/tenants/{tenant}/Groups/{id}", Some(Area::Groups)),
        ("/elsewhere", None),
    ] {
        assert_eq!(area(path), expected, "{path}");
    }
}
