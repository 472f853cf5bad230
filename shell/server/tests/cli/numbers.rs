use serde_json::{Value, json};

use server::cli::numbers::*;

#[test]
fn history_says_what_changed_and_nothing_else() {
    let uploaded = json!({ "number": "+1", "assignee": null, "trunk": null });
    let assigned = json!({ "number": "+1", "assignee": { "type": "user" }, "trunk": null });
    assert_eq!(changes(&Value::Null, &uploaded), "number: +1");
    assert_eq!(changes(&uploaded, &assigned), r#"assignee: {"type":"user"}"#);
    assert_eq!(changes(&assigned, &uploaded), r#"assignee: {"type":"user"} → none"#);
    assert_eq!(changes(&json!({ "kind": "user" }), &json!({ "kind": "service_toll" })), "kind: user → service_toll");
    assert_eq!(changes(&uploaded, &Value::Null), "number: +1 → none");
}
