//! From an empty database to an organization that can be called, with the command line only: the same on both databases.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::carrier::{Carrier, Scenario};
use crate::operator::Operator;
use crate::phone::{Phone, Setup};
use crate::server::{PASSWORD, Server, items};
use crate::wait;

/// Several pages of lists, and several parts of orders.
const N_PEOPLE: usize = 1_000;
/// Numbers of each kind: one ordered for a service, one that is free for callers, one of an own carrier.
const SERVICE: &str = "+12065590000";
const TOLL_FREE: &str = "+18005550100";
const OWN: &str = "+442079460000";
/// One of an operator, and where the operator's calls come from.
const GIVEN: &str = "+12125550100";
const GATEWAY: &str = "5096";

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

    // Nobody is asked for by name here, and speaking a thousand names takes longer than all the rest.
    let people = (0..N_PEOPLE).map(|n| format!("{},Person {n},Sales,Everybody,true\n", 1_000 + n));
    let columns = "extension,display_name,department,groups,hidden\n";
    let people = server.write("people.csv", &(columns.to_owned() + &people.collect::<String>()));
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
    for (kind, number) in [("service_toll", SERVICE), ("service_toll_free", TOLL_FREE)] {
        let stock = ["number-stock", "add", "--carrier", "carrier", "--country", "US", "--kind", kind, number];
        server.cli(&stock);
    }
    let numbers: Vec<String> = (0..N_PEOPLE).map(|n| format!("+120655{n:05}")).collect();
    let order: Vec<&str> = ["number", "order"].into_iter().chain(numbers.iter().map(String::as_str)).collect();
    server.run(&order);
    let rows = numbers.iter().enumerate().map(|(n, number)| format!("{number},{}\n", 1_000 + n));
    let rows = server.write("numbers.csv", &("number,assign_to\n".to_owned() + &rows.collect::<String>()));
    server.run(&["number", "import", &rows]);

    server.cli(&["resource-account", "create", "Main"]);
    server.run(&["number", "order", SERVICE]);
    server.cli(&["number", "assign", SERVICE, "--resource-account", "Main"]);
    wait::until("steps 1 to 4 are done", || (steps(server)[..4] == ["done"; 4]).then_some(()));

    let assigned = items(server.cli(&["number", "list", "--assigned", "true"]));
    let assigned: BTreeSet<&str> = assigned.iter().filter_map(|number| number["number"].as_str()).collect();
    assert_eq!(assigned.len(), N_PEOPLE + 1);
    each_kind_of_number_is_called_as_long_as_it_is_there(server);
    what_is_refused_is_told_with_code_and_fix(server);
    moves_to_an_empty_database(server);
}

/// A call to each kind of number reaches its target, and the next one after the license or the number went does not: each
/// call is sent as soon as the command is done.
fn each_kind_of_number_is_called_as_long_as_it_is_there(server: &Server) {
    server.cli(&["attendant", "create", "Menu", "--greeting", "", "--key", "1=hangup"]);
    server.cli(&["resource-account", "change", "Main", "--attendant", "Menu"]);
    server.run(&["number", "order", TOLL_FREE]);
    server.cli(&["number", "assign", TOLL_FREE, "--resource-account", "Main"]);
    server.run(&["number", "upload", "--trunk", "carrier", OWN]);
    server.cli(&["number", "assign", OWN, "--user", "1001"]);
    Operator::join(server, "Telco", "127.0.0.1:5096").gives("acme", GIVEN);
    server.cli(&["number", "assign", GIVEN, "--user", "1001"]);
    let phones = ["1000", "1001"].map(|extension| {
        server.cli(&["user", "update", extension, "--password", PASSWORD]);
        let phone = Phone::start(Setup::of(extension, 880));
        server.wait_until_registered(extension);
        phone
    });
    for number in ["+12065500000", "+12065500001", OWN, SERVICE, TOLL_FREE] {
        Carrier::start(&Scenario::of("short_call", number)).succeeds();
    }
    Carrier::start_at(GATEWAY, &Scenario::of("short_call", GIVEN)).succeeds();
    server.cli(&["number", "unassign", GIVEN]);
    Carrier::start_at(GATEWAY, &Scenario::of("unassigned", GIVEN)).succeeds();
    // The license of the group goes, and with it the calls of one person; the other's go on.
    server.cli(&["group", "remove", "Everybody", "1000"]);
    Carrier::start(&Scenario::of("unlicensed", "+12065500000")).succeeds();
    Carrier::start(&Scenario::of("short_call", "+12065500001")).succeeds();
    // The last number goes last: alternates need a primary.
    for number in [OWN, "+12065500001", SERVICE, TOLL_FREE] {
        server.cli(&["number", "unassign", number]);
        Carrier::start(&Scenario::of("unassigned", number)).succeeds();
        server.run(&["number", "release", number]);
        Carrier::start(&Scenario::of("unassigned", number)).succeeds();
    }
    drop(phones);
}

/// The same code and fix as in the API.
fn what_is_refused_is_told_with_code_and_fix(server: &Server) {
    for (arguments, code, fix) in [
        (&["number", "release", "+12065500002"][..], "number.in_use", "unassign it first"),
        (&["number", "assign", "+12065500002", "--user", "1003"], "number.already_assigned", "unassign it first"),
        (&["number", "assign", "+12065500002", "--resource-account", "Main"], "number.already_assigned", "unassign"),
        (&["number", "block", "+12065500002"], "number.in_use", "unassign it first"),
        (&["license", "assign", "--plan", "MCOPSTN2", "1003"], "license.mutually_exclusive", "MCOPSTN1"),
        (&["group", "delete", "Everybody"], "group.licensed", "unassign"),
        (&["policy", "delete", "calling", "Global"], "policy.global_stays", "reset it"),
    ] {
        let told = server.refused(arguments);
        assert!(told.contains(&format!("[{code}]")) && told.contains(fix), "{arguments:?}: {told}");
    }
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
