//! Keys, names, extensions and silence in the demo's menu, each with a call of its own.

use std::time::Duration;

use serde_json::Value;

use crate::crowd::{Caller, Crowd};
use crate::phone::{Phone, Setup};
use crate::server::Server;
use crate::wait;

const MENU: &str = "+14255550100";
const STEP: Duration = Duration::from_millis(700);

#[test]
fn keys_names_extensions_and_silence_lead_where_the_menu_says() {
    let server = Server::start();
    let mut menu = server.cli(&["attendant", "export", "Main menu"]);
    menu["wait_seconds"] = 2.into();
    let file = server.write("menu.json", &menu.to_string());
    let menu = ["attendant", "change", "Main menu", "--file", file.as_str(), "--greeting", "", "--menu", "Press."];
    let keys = ["--key", "0=operator", "--key", "3=names", "--key", "4=extensions", "--key", "5=say:Yes."];
    server.run(&[&menu[..], &keys[..]].concat());
    let _alice = Phone::start(Setup::of("101", 440));
    let _carol = Phone::start(Setup::of("103", 880));
    server.wait_until_registered("101");
    server.wait_until_registered("103");
    let mut crowd = Crowd::at(Caller::Outside);

    // What is said again, an announcement that leads back, a key that nobody has, and an extension.
    crowd.call(MENU).unwrap();
    for keys in ["*", "5", "7", "4", "103"] {
        wait::listen(STEP);
        crowd.press(keys).unwrap();
    }
    let call = talks(&server);
    assert_eq!((&call["answered_by"], keys_of(&server, &mut crowd)), (&"103".into(), "*574103".to_owned()));

    // The letters of a name, typed over the words that ask for them.
    crowd.call(MENU).unwrap();
    crowd.press("3").unwrap();
    wait::listen(Duration::from_millis(300));
    crowd.press("22765#").unwrap();
    let call = talks(&server);
    assert_eq!((&call["answered_by"], keys_of(&server, &mut crowd)), (&"103".into(), "322765#".to_owned()));

    // Nothing, three times.
    crowd.call(MENU).unwrap();
    let call = talks(&server);
    assert_eq!((&call["answered_by"], keys_of(&server, &mut crowd)), (&"101".into(), String::new()));
}

fn talks(server: &Server) -> Value {
    wait::until("the caller talks", || server.calls().into_iter().find(|call| call["state"] == "talking"))
}

/// Hangs up; what was pressed in the menu, by the record.
fn keys_of(server: &Server, crowd: &mut Crowd) -> String {
    let n_before = server.records().len();
    crowd.hang_up().unwrap();
    let record = wait::until("the record is written", || {
        let records = server.records();
        (n_before < records.len()).then(|| records.into_iter().next()).flatten()
    });
    let step = record["path"].as_array().unwrap().iter().find(|step| step["keys"].is_string());
    step.unwrap_or_else(|| panic!("the menu is on the way: {record}"))["keys"].as_str().unwrap().to_owned()
}
