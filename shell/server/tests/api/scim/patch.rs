use serde_json::{Value, json};

use server::api::scim::patch::*;

fn patched(operations: Value) -> Value {
    let mut object = json!({
        "userName": "a@demo.test", "displayName": "A", "active": true, "name": { "formatted": "A", "givenName": "Al" },
        "emails": [{ "type": "work", "value": "a@demo.test" }]
    });
    let request: PatchRequest = serde_json::from_value(json!({ "Operations": operations })).unwrap();
    for operation in request.operations().unwrap() {
        operation.apply(&mut object).unwrap();
    }
    object
}

#[test]
fn changes_of_rfc7644_and_of_directories_do_what_they_say() {
    let work = patched(json!([{ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "b@demo.test" }]));
    assert_eq!(work["emails"], json!([{ "type": "work", "value": "b@demo.test" }]));
    let home = patched(json!([{ "op": "Add", "path": "emails[type eq \"home\"].value", "value": "h@demo.test" }]));
    assert_eq!(home["emails"][1], json!({ "type": "home", "value": "h@demo.test" }));
    let off = patched(json!([{ "op": "replace", "value": { "active": false, "name.givenName": "Bo" } }]));
    assert_eq!(
        (&off["active"], &off["name"]["givenName"], &off["name"]["formatted"]),
        (&json!(false), &json!("Bo"), &json!("A"))
    );
    let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let sales = patched(json!([{ "op": "Add", "path": department, "value": "Sales" }]));
    assert_eq!(sales["urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"]["department"], "Sales");
    let gone = patched(
        json!([{ "op": "Remove", "path": "emails[type eq \"work\"]" }, { "op": "remove", "path": "DISPLAYNAME" }]),
    );
    assert_eq!((&gone["emails"], &gone["displayName"]), (&json!([]), &Value::Null));
    let nested = patched(json!([{ "op": "replace", "path": "name", "value": { "familyName": "Z" } }]));
    assert_eq!(nested["name"], json!({ "formatted": "A", "givenName": "Al", "familyName": "Z" }));
}

#[test]
fn what_can_t_be_done_is_said() {
    let table = [
        (json!({ "op": "move", "path": "a" }), "invalidSyntax"),
        (json!({ "op": "remove" }), "noTarget"),
        (json!({ "op": "replace", "value": 1 }), "noTarget"),
        (json!({ "op": "replace", "path": "emails[type eq", "value": 1 }), "invalidPath"),
        (json!({ "op": "replace", "path": "emails[not (type pr)].value", "value": 1 }), "noTarget"),
    ];
    for (operation, code) in table {
        let operation: Operation = serde_json::from_value(operation).unwrap();
        let mut object = json!({ "emails": [{ "type": "work" }] });
        assert_eq!(operation.apply(&mut object).unwrap_err().scim_type, Some(code));
    }
}
