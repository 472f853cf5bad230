//! From an empty database to an organization that can be called, with the command line only: the same on both databases.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::carrier::{Carrier, Scenario};
use crate::phone::{Phone, Setup};
use crate::server::{PASSWORD, Server, items};
use crate::wait;

/// Several pages of lists, and several parts of orders.
const N_PEOPLE: usize = 350;

#[test]
fn an_organization_is_set_up_from_the_command_line_on_sqlite() {
    set_up(&Server::start_empty());
}

#[test]
fn an_organization_is_set_up_from_the_command_line_on_postgres() {
    set_up(&Server::start_empty_on_postgres());
}

fn set_up(server: &Server) {
    server.cli(&[
        "tenant",
        "create",
        "acme",
        "--name",
        "Acme",
        "--sip-domain",
        "acme.test",
        "--time-zone",
        "America/New_York",
        "--country",
        "US",
        "--license-enforcement",
        "block",
    ]);
    assert_eq!(steps(server)[..4], ["lacking", "lacking", "done", "lacking"]);

    server.cli(&["trunk", "create", "carrier", "--host", "127.0.0.1", "--source", "127.0.0.1:5090"]);
    for plan in ["MCOEV", "MCOPSTN1"] {
        server.cli(&["license", "seats", plan, &N_PEOPLE.to_string()]);
    }
    server.cli(&["group", "create", "Everybody"]);
    server.cli(&["group", "license", "Everybody", "MCOEV", "MCOPSTN1"]);

    let people = (0..N_PEOPLE).map(|n| format!("{},Person {n},Sales,Everybody\n", 1_000 + n));
    let people = server
        .write("people.csv", &("extension,display_name,department,groups\n".to_owned() + &people.collect::<String>()));
    let passwords = server.directory.path().join("passwords.csv");
    server.run(&["user", "import", &people, "--passwords", passwords.to_str().unwrap()]);
    let is_licensed = |user: &Value| user["licenses"].as_array().is_some_and(|plans| plans.len() == 2);
    wait::until("everybody has the licenses of the group", || {
        let group = server.cli(&["group", "show", "Everybody"]);
        (group["waiting"] == 0).then_some(())
    });
    let people = items(server.cli(&["user", "list"]));
    assert_eq!(people.iter().filter(|user| is_licensed(user)).count(), N_PEOPLE, "{:?}", people.first());

    let last = format!("+120655{:05}", N_PEOPLE - 1);
    server.cli(&["number-stock", "add", "--carrier", "carrier", "--country", "US", &format!("+12065500000..{last}")]);
    server.cli(&[
        "number-stock",
        "add",
        "--carrier",
        "carrier",
        "--country",
        "US",
        "--kind",
        "service_toll",
        "+12065590000",
    ]);
    let numbers: Vec<String> = (0..N_PEOPLE).map(|n| format!("+120655{n:05}")).collect();
    let order: Vec<&str> = ["number", "order"].into_iter().chain(numbers.iter().map(String::as_str)).collect();
    server.run(&order);
    let rows = numbers.iter().enumerate().map(|(n, number)| format!("{number},{}\n", 1_000 + n));
    let rows = server.write("numbers.csv", &("number,assign_to\n".to_owned() + &rows.collect::<String>()));
    server.run(&["number", "import", &rows]);

    server.cli(&["resource-account", "create", "Main"]);
    server.run(&["number", "order", "+12065590000"]);
    server.cli(&["number", "assign", "+12065590000", "--resource-account", "Main"]);
    wait::until("steps 1 to 4 are done", || (steps(server)[..4] == ["done"; 4]).then_some(()));

    let assigned = items(server.cli(&["number", "list", "--assigned", "true"]));
    let assigned: BTreeSet<&str> = assigned.iter().filter_map(|number| number["number"].as_str()).collect();
    assert_eq!(assigned.len(), N_PEOPLE + 1);
    is_called_while_licensed(server);
    moves_to_an_empty_database(server);
}

/// A person is reached at the number that was given in bulk, and no more once the group's license is gone.
fn is_called_while_licensed(server: &Server) {
    server.cli(&["user", "update", "1000", "--password", PASSWORD]);
    let _phone = Phone::start(Setup::of("1000", 880));
    server.wait_until_registered("1000");
    Carrier::start(&Scenario::of("short_call", "+12065500000")).succeeds();
    server.cli(&["group", "remove", "Everybody", "1000"]);
    Carrier::start(&Scenario::of("unlicensed", "+12065500000")).succeeds();
}

/// What was set up is backed up while the server runs, and is the same where it is restored.
fn moves_to_an_empty_database(server: &Server) {
    let backup = server.directory.path().join("everything.backup");
    let elsewhere = server.directory.path().join("elsewhere");
    let (backup, elsewhere) = (backup.to_str().unwrap(), elsewhere.to_str().unwrap());
    let made: Value = serde_json::from_str(&server.run_beside(&["backup", backup])).unwrap();
    let n_rows = made["rows"].as_u64().unwrap();
    assert!(5 * N_PEOPLE as u64 <= n_rows, "{made}");
    let tried: Value =
        serde_json::from_str(&server.run(&["restore", backup, "--data-dir", elsewhere, "--dry-run"])).unwrap();
    assert_eq!((&tried["rows"], &tried["dry_run"]), (&made["rows"], &true.into()));
    let restored: Value = serde_json::from_str(&server.run(&["restore", backup, "--data-dir", elsewhere])).unwrap();
    assert_eq!(restored["rows"], made["rows"]);
    let again = server.directory.path().join("again.backup");
    let again = server.run(&["backup", again.to_str().unwrap(), "--data-dir", elsewhere]);
    assert_eq!(serde_json::from_str::<Value>(&again).unwrap()["rows"], made["rows"]);
}

/// The states of the steps.
fn steps(server: &Server) -> Vec<String> {
    let steps = items(server.cli(&["setup", "status"]));
    steps.iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}
