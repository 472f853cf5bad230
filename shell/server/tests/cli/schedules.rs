use clap::Parser;
use serde_json::json;

use server::cli::schedules::Rule;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    rule: Rule,
}

fn read(words: &[&str]) -> Result<serde_json::Value, String> {
    let line = Line::try_parse_from([&["schedule"], words].concat()).map_err(|error| error.to_string())?;
    line.rule.read().map(|rule| rule.unwrap_or_default()).map_err(|error| error.to_string())
}

#[test]
fn days_and_hours_are_read_as_they_are_said() {
    let nine_to_five = json!([{ "start": "09:00:00", "end": "17:00:00" }]);
    let rule = read(&["--hours", "mon-tue,Thursday=09:00-17:00", "--hours", "sat-mon=20:00-00:00"]).unwrap();
    assert_eq!((&rule["tuesday"], &rule["thursday"]), (&nine_to_five, &nine_to_five));
    assert_eq!((&rule["wednesday"], &rule["friday"]), (&json!([]), &json!([])));
    let evening = json!({ "start": "20:00:00", "end": "00:00:00" });
    assert_eq!((&rule["saturday"], &rule["sunday"]), (&json!([evening]), &json!([evening])));
    assert_eq!(rule["monday"], json!([nine_to_five[0], evening]));
    assert_eq!((&rule["type"], &rule["complement"]), (&json!("weekly"), &json!(false)));
    assert_eq!(read(&["--hours", "mon=09:00-17:00", "--outside"]).unwrap()["complement"], true);
}

#[test]
fn dates_are_spans() {
    let rule = read(&["--dates", "2026-12-24T12:00/2026-12-27T00:00"]).unwrap();
    let span = json!({ "start": "2026-12-24T12:00:00", "end": "2026-12-27T00:00:00" });
    assert_eq!(rule, json!({ "type": "fixed", "ranges": [span] }));
}

#[test]
fn what_is_no_span_is_told_with_what_one_looks_like() {
    for (words, expected) in [
        (["--hours", "noday=09:00-17:00"], "mon-fri=09:00-17:00"),
        (["--hours", "mo=09:00-17:00"], "mon-fri=09:00-17:00"),
        (["--hours", "mon 09:00"], "mon-fri=09:00-17:00"),
        (["--yearly", "christmas"], "12-25=Christmas"),
        (["--yearly", "11-9xyz=Never"], "11-4thu=Thanksgiving"),
        (["--dates", "2026-12-24"], "2026-12-24T12:00/2026-12-27T00:00"),
    ] {
        let told = read(&words).unwrap_err();
        assert!(told.contains(words[1]) && told.contains(expected), "{told}");
    }
}

#[test]
fn days_of_each_year_are_read_as_they_are_said() {
    let on = |words: &str| read(&["--yearly", words]).unwrap()["days"][0].clone();
    assert_eq!(on("12-25=Christmas"), json!({ "name": "Christmas", "on": { "type": "date", "month": 12, "day": 25 } }));
    assert_eq!(on("easter-2=Good Friday")["on"], json!({ "type": "easter", "days": -2 }));
    assert_eq!(on("easter+1=Easter Monday")["on"], json!({ "type": "easter", "days": 1 }));
    let thursday = json!({ "type": "weekday", "month": 11, "weekday": "thursday", "nth": 4 });
    assert_eq!(on("11-4thu=Thanksgiving")["on"], thursday);
    assert_eq!(on("5-lastmon=Memorial Day")["on"]["nth"], -1);
    let eve = on("12-24@14:00-00:00=Christmas Eve");
    assert_eq!((&eve["start"], &eve["end"]), (&json!("14:00:00"), &json!("00:00:00")));
}
