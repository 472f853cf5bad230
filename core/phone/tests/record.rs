//! Call records and settings as they are kept.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use jiff::Timestamp;
use phone::apps::attendant::{Action, DirectorySearch, Key, MenuOption};
use phone::apps::{Priority, Target};
use phone::id::QueueId;
use phone::numbers::schedule::{Rule, TimeRange};
use phone::record::{CallRecord, CallResult};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

#[test]
fn talk_time_is_whole_seconds_from_answer_to_end() {
    let at = |text: &str| -> Timestamp { text.parse().unwrap() };
    let ended = at("2026-11-25T12:01:05.900Z");
    assert_eq!(CallRecord::talk_seconds(Some(at("2026-11-25T12:00:05Z")), ended), 60);
    assert_eq!(CallRecord::talk_seconds(None, ended), 0);
    assert_eq!(CallRecord::talk_seconds(Some(at("2026-11-25T12:02:00Z")), ended), 0);
}

#[test]
fn a_status_has_one_result() {
    let cases = [
        (486, CallResult::Busy),
        (600, CallResult::Busy),
        (480, CallResult::NoAnswer),
        (408, CallResult::NoAnswer),
        (403, CallResult::Refused),
        (404, CallResult::Refused),
        (500, CallResult::Failed),
    ];
    for (status, result) in cases {
        assert_eq!(CallResult::of_status(status), result, "{status}");
    }
}

#[test]
fn settings_are_the_same_after_being_kept() {
    let target = Target::Queue { id: QueueId(Uuid::from_u128(1)), priority: Priority::try_from(1).unwrap() };
    kept(&MenuOption { key: Key::Digit('#'), action: Action::Transfer { target }, phrases: Vec::new() });
    kept(&MenuOption {
        key: Key::Automatic,
        action: Action::SearchDirectory { by: DirectorySearch::ByName },
        phrases: Vec::new(),
    });
    let hours = TimeRange { start: "09:00".parse().unwrap(), end: "00:00".parse().unwrap() };
    let mut days: [Vec<TimeRange>; 7] = Default::default();
    days[6].push(hours);
    kept(&Rule::Weekly { days, complement: true });
    assert!(serde_json::from_str::<Priority>("0").is_err());
    assert!(serde_json::from_str::<Priority>("6").is_err());
    assert!(serde_json::from_str::<phone::numbers::E164>("\"0123\"").is_err());
}

fn kept<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
}
