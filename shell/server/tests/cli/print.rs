use serde_json::Value;
use serde_json::json;

use server::cli::print::*;

const COLUMNS: [Column; 3] = [("Name", "/name"), ("Numbers", "/numbers"), ("Queue", "/queue/name")];

#[test]
fn the_same_list_prints_for_people_and_programs() {
    let list = [json!({ "name": "Zoë, \"Z\"", "numbers": ["+1", 2], "queue": { "name": null } })];
    let csv = printed(Output::Csv, &list);
    assert_eq!(csv, "name,numbers,queue_name\n\"Zoë, \"\"Z\"\"\",\"+1, 2\",\n");
    let again: Value = serde_json::from_str(&printed(Output::Json, &list)).unwrap();
    assert_eq!(again, json!(list));
    let table = printed(Output::Table, &list);
    assert!(table.contains("Numbers") && table.contains("+1, 2"), "{table}");
    assert_eq!(printed(Output::Table, &[]), "Nothing to show.\n");
    assert_eq!(printed(Output::Json, &[]), "[]\n");
}

fn printed(output: Output, list: &[Value]) -> String {
    let mut out = Vec::new();
    items(&mut out, output, &COLUMNS, list).unwrap();
    String::from_utf8(out).unwrap()
}
