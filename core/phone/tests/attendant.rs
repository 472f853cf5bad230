//! Callers in auto attendants. Specification of voice apps, section 2.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::civil::{date, time};
use phone::apps::attendant::search::{Listed, Listing};
use phone::apps::attendant::{
    Action, Association, AssociationKind, Attendant, CallFlow, DirectorySearch, Effect, Event, HoursOverride,
    HoursState, Key, Menu, MenuOption, NameSuffix, Outcome, Passage, Settings, Surroundings,
};
use phone::apps::delegation::Authorized;
use phone::apps::prompt::{Playable, Prompt, SystemPrompt};
use phone::apps::{Priority, Target};
use phone::id::{AttendantId, PromptKey, QueueId, ScheduleId, UserId};
use phone::numbers::schedule::{DateTimeRange, Rule, Schedule, TimeRange, time_zone};
use uuid::Uuid;

const GREETING: u128 = 1;
const MENU: u128 = 2;
const NEWS: u128 = 3;

#[test]
fn a_silent_caller_hears_the_menu_three_times_and_reaches_the_operator() {
    let mut caller = Caller::start(settings());
    caller.plays(&[GREETING]);
    caller.played();
    caller.plays(&[MENU]);
    for _ in 0..2 {
        caller.played();
        caller.nothing();
        caller.wait();
        caller.plays(&[MENU]);
    }
    caller.played();
    caller.wait();
    caller.transfers(operator(), Outcome::TransferredToOperator);
}

#[test]
fn without_an_operator_a_silent_caller_is_dropped() {
    let mut caller = Caller::start(Settings { operator: None, ..settings() });
    caller.played();
    for _ in 0..3 {
        caller.played();
        caller.wait();
    }
    assert_eq!(caller.out.last(), Some(&Effect::End { outcome: Outcome::TerminatedNoOperator }));
}

#[test]
fn wrong_keys_and_silence_share_one_count() {
    let mut caller = Caller::start(settings());
    caller.played();
    caller.out.clear();
    caller.digit('7');
    caller.effects(&[play_system(SystemPrompt::InvalidSelection, &[MENU])]);
    caller.played();
    caller.wait();
    caller.plays(&[MENU]);
    caller.digit('8');
    caller.effects(&[Effect::StopPlaying, transfer(operator(), Outcome::TransferredToOperator)]);
}

#[test]
fn a_valid_action_resets_the_count() {
    let mut caller = Caller::start(settings());
    caller.played();
    caller.digit('7');
    caller.digit('8');
    caller.out.clear();
    caller.digit('5');
    caller.plays(&[NEWS]);
    caller.played();
    caller.plays(&[MENU]);
    caller.digit('7');
    caller.digit('7');
    caller.out.clear();
    caller.digit('1');
    caller.effects(&[Effect::StopPlaying, transfer(queue(), Outcome::TransferredToCq)]);
}

#[test]
fn a_key_in_the_greeting_counts_at_once_unless_one_must_listen() {
    let mut caller = Caller::start(settings());
    caller.out.clear();
    caller.digit('1');
    caller.effects(&[Effect::StopPlaying, transfer(queue(), Outcome::TransferredToCq)]);

    let mut patient = settings();
    patient.default_flow.force_listen = true;
    let mut caller = Caller::start(patient);
    caller.out.clear();
    caller.digit('1');
    caller.nothing();
    caller.played();
    caller.plays(&[MENU]);
    caller.digit('1');
    caller.nothing();
    caller.played();
    caller.digit('1');
    caller.transfers(queue(), Outcome::TransferredToCq);
    assert_eq!(caller.attendant.keys(), "111");
}

#[test]
fn keys_before_the_answer_are_kept_for_the_menu() {
    let mut caller = Caller::new(settings(), Passage::default());
    caller.digit('1');
    caller.nothing();
    caller.begin();
    caller.transfers(queue(), Outcome::TransferredToCq);
}

#[test]
fn star_repeats_and_hash_goes_back_unless_they_are_assigned() {
    let mut caller = Caller::start(settings());
    caller.played();
    caller.played();
    caller.out.clear();
    caller.digit('*');
    caller.plays(&[MENU]);
    caller.digit('#');
    caller.plays(&[MENU]);

    let parent = AttendantId(Uuid::from_u128(77));
    let mut caller = Caller::new(settings(), Passage { previous: Some(parent), ..Passage::default() });
    caller.begin();
    caller.played();
    caller.out.clear();
    caller.digit('#');
    let back = Target::Attendant { id: parent, priority: Priority::NORMAL };
    caller.effects(&[Effect::StopPlaying, transfer(back, Outcome::TransferInProgress)]);
    assert_eq!(caller.attendant.passage().previous, None);

    let mut assigned = settings();
    assigned.default_flow.menu.options.push(option('*', Action::Disconnect));
    let mut caller = Caller::start(assigned);
    caller.played();
    caller.out.clear();
    caller.digit('*');
    caller.effects(&[Effect::End { outcome: Outcome::ServiceTerminated }]);
}

#[test]
fn an_unreachable_target_leads_back_to_the_menu_twice_then_to_the_operator() {
    let mut caller = Caller::start(settings());
    caller.played();
    for _ in 0..2 {
        caller.digit('2');
        caller.out.clear();
        caller.event(Event::TransferFailed);
        caller.effects(&[play_system(SystemPrompt::NotAvailable, &[MENU])]);
    }
    caller.digit('2');
    caller.out.clear();
    caller.event(Event::TransferFailed);
    caller.transfers(operator(), Outcome::TransferredToOperator);
    caller.event(Event::TransferFailed);
    caller.effects(&[Effect::End { outcome: Outcome::TerminatedTransferFailed }]);
}

#[test]
fn an_automatic_option_needs_no_caller_and_heeds_no_key() {
    let mut direct = settings();
    direct.default_flow.menu = Menu {
        options: vec![MenuOption {
            key: Key::Automatic,
            action: Action::Transfer { target: queue() },
            phrases: Vec::new(),
        }],
        ..Menu::default()
    };
    let mut caller = Caller::start(direct.clone());
    caller.plays(&[GREETING]);
    caller.digit('1');
    caller.nothing();
    caller.played();
    caller.transfers(queue(), Outcome::TransferredToCq);
    assert_eq!(caller.attendant.passage().depth, 1);
    caller.event(Event::TransferFailed);
    caller.transfers(operator(), Outcome::TransferredToOperator);

    direct.default_flow.greeting = None;
    direct.default_flow.menu.options[0].action = Action::Disconnect;
    let mut caller = Caller::start(direct);
    caller.effects(&[Effect::End { outcome: Outcome::TerminatedAutomaticSelection }]);
}

#[test]
fn an_automatic_announcement_or_search_ends() {
    let mut direct = settings();
    direct.default_flow.greeting = None;
    let action = Action::Announcement { prompt: prompt(NEWS) };
    direct.default_flow.menu =
        Menu { options: vec![MenuOption { key: Key::Automatic, action, phrases: Vec::new() }], ..Menu::default() };
    let mut caller = Caller::start(direct.clone());
    caller.plays(&[NEWS]);
    caller.played();
    caller.effects(&[Effect::End { outcome: Outcome::TerminatedAutomaticSelection }]);

    direct.default_flow.menu.options[0].action = Action::SearchDirectory { by: DirectorySearch::ByName };
    let mut caller = Caller::start(direct.clone());
    caller.effects(&[Effect::Play(vec![Playable::System(SystemPrompt::EnterName)])]);
    direct.default_flow.menu.options[0].action = Action::SearchDirectory { by: DirectorySearch::None };
    let mut caller = Caller::start(direct);
    caller.transfers(operator(), Outcome::FailoverToOperator);
}

#[test]
fn ten_apps_without_a_choice_are_too_many() {
    let mut caller = Caller::new(settings(), Passage { depth: 9, ..Passage::default() });
    caller.begin();
    caller.plays(&[GREETING]);
    let mut caller = Caller::new(settings(), Passage { depth: 10, ..Passage::default() });
    caller.begin();
    caller.effects(&[Effect::End { outcome: Outcome::OaaChainTooLong }]);
}

#[test]
fn a_session_ends_after_half_an_hour_over_all_attendants() {
    let mut caller = Caller::start(settings());
    caller.played();
    let began = caller.now;
    while caller.now < began + Duration::from_secs(1_790) {
        caller.played();
        caller.now += Duration::from_secs(1);
        caller.digit('*');
    }
    caller.out.clear();
    let ends = caller.attendant.next_deadline().unwrap();
    assert_eq!(ends, began + Duration::from_secs(1_800));
    caller.now = ends;
    caller.event(Event::Timeout);
    caller.effects(&[Effect::End { outcome: Outcome::OaaSessionTooLong }]);
    assert_eq!(caller.attendant.next_deadline(), None);
}

#[test]
fn an_extension_is_found_when_it_is_complete() {
    let mut caller = Caller::start(settings());
    caller.played();
    caller.out.clear();
    caller.digit('4');
    caller.effects(&[Effect::Play(vec![Playable::System(SystemPrompt::EnterExtension)])]);
    caller.played();
    caller.digit('1');
    caller.digit('0');
    caller.nothing();
    caller.digit('2');
    caller.transfers(Target::User { id: user(102) }, Outcome::TransferredToUser);
}

#[test]
fn an_extension_that_begins_a_longer_one_waits_three_seconds_or_for_hash() {
    for with_hash in [true, false] {
        let mut caller = Caller::start(settings());
        caller.played();
        for digit in "4103".chars() {
            caller.digit(digit);
        }
        caller.out.clear();
        if with_hash {
            caller.digit('#');
        } else {
            assert_eq!(caller.attendant.next_deadline(), Some(caller.now + Duration::from_secs(3)));
            caller.wait();
        }
        caller.transfers(Target::User { id: user(103) }, Outcome::TransferredToUser);
    }
}

#[test]
fn an_unknown_extension_is_asked_for_again_and_counts() {
    let mut caller = Caller::start(settings());
    caller.played();
    caller.digit('4');
    for _ in 0..2 {
        caller.digit('1');
        caller.out.clear();
        caller.digit('9');
        let again = [SystemPrompt::ExtensionNotFound, SystemPrompt::EnterExtension].map(Playable::System);
        caller.effects(&[Effect::Play(again.to_vec())]);
    }
    caller.digit('9');
    assert_eq!(caller.out.last(), Some(&transfer(operator(), Outcome::TransferredToOperator)));
}

#[test]
fn a_key_that_begins_an_extension_waits_two_seconds() {
    let mut both = settings();
    both.default_flow.menu.directory_search = DirectorySearch::ByExtension;
    let mut caller = Caller::start(both.clone());
    caller.played();
    caller.out.clear();
    caller.digit('1');
    caller.effects(&[Effect::StopPlaying]);
    assert_eq!(caller.attendant.next_deadline(), Some(caller.now + Duration::from_secs(2)));
    caller.wait();
    caller.transfers(queue(), Outcome::TransferredToCq);

    let mut caller = Caller::start(both);
    caller.played();
    for digit in "102".chars() {
        caller.digit(digit);
    }
    assert_eq!(caller.out.last(), Some(&transfer(Target::User { id: user(102) }, Outcome::TransferredToUser)));
}

#[test]
fn a_name_is_typed_with_the_letters_of_the_keys_in_every_shape() {
    for typed in ["2660244264#", "2442640266#", "266#", "244#", "24426402#", "20244#", "2660", "100266"] {
        let listing = people(&[(201, "Bon Aghani"), (202, "Zoe Young")]);
        let typed = typed.trim_end_matches('#');
        let expected = if typed == "100266" { vec![] } else { vec![user(201)] };
        assert_eq!(listing.by_name(typed), expected, "{typed}");
    }
    let umlauts = people(&[(1, "J\u{f6}rg M\u{fc}ller"), (2, "Ann-Marie O'Neil"), (3, "\u{41b}\u{435}\u{432}")]);
    for (typed, id) in
        [("5674", 1), ("56374", 1), ("685537", 1), ("6835537", 1), ("266062743", 2), ("66345", 2), ("538", 3)]
    {
        assert_eq!(umlauts.by_name(typed), vec![user(id)], "{typed}");
    }
    assert!(umlauts.by_name("").is_empty());
    // Each word typed begins a word of its own.
    assert!(people(&[(1, "Ann Bell")]).by_name("2660266").is_empty());
}

#[test]
fn one_person_found_by_name_is_named_and_called() {
    let mut caller = named(&[(201, "Bob Brown"), (202, "Carol Chen")]);
    caller.digit('3');
    caller.effects(&[Effect::Play(vec![Playable::System(SystemPrompt::EnterName)])]);
    caller.played();
    for digit in "2620".chars() {
        caller.digit(digit);
    }
    caller.nothing();
    assert_eq!(caller.attendant.next_deadline(), Some(caller.now + Duration::from_secs(3)));
    caller.digit('#');
    caller.effects(&[Effect::Play(vec![name(201), Playable::System(SystemPrompt::Transferring)])]);
    caller.digit('*');
    caller.effects(&[Effect::Play(vec![Playable::System(SystemPrompt::EnterName)])]);
    caller.digit('9');
    caller.effects(&[
        Effect::StopPlaying,
        Effect::Play(vec![Playable::System(SystemPrompt::NameNotFound), Playable::System(SystemPrompt::EnterName)]),
    ]);
}

#[test]
fn of_several_the_caller_chooses_and_nine_reads_on() {
    let seven: Vec<_> =
        (0..7).map(|number| (300 + number, format!("Ann {}", char::from(b'A' + number as u8)))).collect();
    let seven: Vec<_> = seven.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let mut caller = named(&seven);
    caller.digit('3');
    for digit in "266#".chars() {
        caller.digit(digit);
    }
    let entry = |id, key| [name(id), Playable::System(SystemPrompt::Press(key))];
    let mut page: Vec<_> = (1..).zip(300..305).flat_map(|(key, id)| entry(id, key)).collect();
    page.push(Playable::System(SystemPrompt::MoreMatches));
    assert_eq!(caller.out.last(), Some(&Effect::Play(page.clone())));
    caller.out.clear();
    caller.digit('*');
    caller.effects(&[Effect::StopPlaying, Effect::Play(page)]);
    caller.digit('9');
    let page: Vec<_> = (1..).zip(305..307).flat_map(|(key, id)| entry(id, key)).collect();
    caller.effects(&[Effect::StopPlaying, Effect::Play(page.clone())]);
    caller.digit('3');
    let again = std::iter::once(Playable::System(SystemPrompt::InvalidSelection)).chain(page).collect();
    caller.effects(&[Effect::StopPlaying, Effect::Play(again)]);
    caller.digit('2');
    caller.effects(&[Effect::StopPlaying, transfer(Target::User { id: user(306) }, Outcome::TransferredToUser)]);
}

#[test]
fn of_very_many_more_letters_are_asked_for_and_what_was_typed_counts() {
    let many: Vec<_> = (0..30)
        .map(|number| (400 + number, format!("Ann {}", ["Ball", "Dell", "Gill"][number as usize % 3])))
        .collect();
    let many: Vec<_> = many.iter().map(|(id, name)| (*id, name.as_str())).collect();
    let mut caller = named(&many);
    caller.digit('3');
    for digit in "266#".chars() {
        caller.digit(digit);
    }
    assert_eq!(caller.out.last(), Some(&Effect::Play(vec![Playable::System(SystemPrompt::TooManyMatches)])));
    for digit in "03355#".chars() {
        caller.digit(digit);
    }
    let Some(Effect::Play(page)) = caller.out.last() else { panic!("{:?}", caller.out) };
    assert_eq!((page[0], page.len()), (name(401), 11), "ten people, five of them now");
}

#[test]
fn nobody_chosen_counts_like_nothing_pressed() {
    let mut caller = named(&[(1, "Ann Ball"), (2, "Ann Dell")]);
    for digit in "3266#".chars() {
        caller.digit(digit);
    }
    for _ in 0..2 {
        caller.played();
        caller.wait();
    }
    caller.played();
    caller.wait();
    assert_eq!(caller.out.last(), Some(&transfer(operator(), Outcome::TransferredToOperator)));
}

#[test]
fn the_organization_s_operator_helps_where_an_attendant_has_none() {
    let silent = |surroundings: Surroundings, settings: Settings| {
        let mut caller = Caller::among(surroundings, settings, Passage::default());
        caller.begin();
        caller.played();
        for _ in 0..3 {
            caller.played();
            caller.wait();
        }
        caller.out.last().cloned()
    };
    let alone = || Settings { operator: None, ..settings() };
    assert_eq!(silent(surroundings(), alone()), Some(Effect::End { outcome: Outcome::TerminatedNoOperator }));
    let helped = || Surroundings { fallback_operator: Some(user(101)), ..surroundings() };
    let to = |target| Some(transfer(target, Outcome::TransferredToOperator));
    assert_eq!(silent(helped(), alone()), to(Target::User { id: user(101) }));
    assert_eq!(silent(helped(), settings()), to(operator()), "the own one goes first");
}

#[test]
fn in_one_menu_names_extensions_and_keys_go_together() {
    let mut both = settings();
    both.default_flow.menu.directory_search = DirectorySearch::Both;
    let listing = || {
        let mut listing = people(&[(201, "Bob Brown")]);
        listing.insert_mut(Listed::new("26", user(26), "Zed"));
        listing
    };
    // Key 2 is an option as well: alone it is taken after two seconds.
    let mut caller = Caller::start_with(both.clone(), listing());
    caller.played();
    caller.digit('2');
    assert_eq!(caller.attendant.next_deadline(), Some(caller.now + Duration::from_secs(2)));
    caller.wait();
    assert_eq!(caller.out.last(), Some(&transfer(Target::User { id: user(102) }, Outcome::TransferredToUser)));
    // An extension that begins a name as well waits for more; then both are offered.
    let mut caller = Caller::start_with(both.clone(), listing());
    caller.played();
    caller.digit('2');
    caller.digit('6');
    assert_eq!(caller.attendant.next_deadline(), Some(caller.now + Duration::from_secs(3)));
    caller.digit('#');
    let Some(Effect::Play(page)) = caller.out.last() else { panic!("{:?}", caller.out) };
    assert_eq!((page[0], page[2]), (name(26), name(201)));
    // A name that no extension begins like.
    let mut caller = Caller::start_with(both, listing());
    caller.played();
    for digit in "262027696#".chars() {
        caller.digit(digit);
    }
    let Some(Effect::Play(page)) = caller.out.last() else { panic!("{:?}", caller.out) };
    assert_eq!(page[0], name(201));
}

#[test]
fn a_name_is_found_among_a_hundred_thousand_in_a_moment() {
    let first = ["Anna", "Bob", "Carol", "David", "Emma", "Frank", "Grace", "Henry", "Irene", "Jack"];
    let last = ["Miller", "Smith", "Young", "Zane", "Adams", "Brown", "Clark", "Davis", "Evans", "Ford"];
    let listed = |id: u128| {
        let name = format!("{} {}{id}", first[(id % 10) as usize], last[(id / 10 % 10) as usize]);
        Listed::new((100_000 + id).to_string(), user(id), name)
    };
    let listing: Listing = (0..100_000).map(listed).collect();
    let mut slowest = Duration::ZERO;
    for typed in ["2", "2662064553", "73", "7302", "202", "206", "9680526", "9999", "2202"] {
        let began = now();
        let n_found = listing.by_name(typed).len();
        let took = began.elapsed();
        println!("{typed}: {n_found} in {took:?}");
        slowest = slowest.max(took);
    }
    // 5 ms with optimization.
    assert!(slowest < Duration::from_millis(250), "{slowest:?}");
}

#[test]
fn hours_set_by_hand_win_over_schedules_until_their_end() {
    let closed = |name: &str| CallFlow { name: name.to_owned(), ..flow() };
    let mut timed = settings();
    for (kind, schedule, name) in
        [(AssociationKind::Holiday, 2, "christmas"), (AssociationKind::AfterHours, 1, "closed")]
    {
        let schedule = ScheduleId(Uuid::from_u128(schedule));
        timed.associations.push(Association { kind, schedule, flow: closed(name), enabled: true });
    }
    let until = Some("2026-12-22T16:00:00Z".parse().unwrap());
    for (state, until, at, flow) in [
        (HoursState::Closed, until, "2026-12-22T15:59:59Z", "closed"),
        (HoursState::Closed, until, "2026-12-22T16:00:00Z", "default"),
        (HoursState::Closed, None, "2027-12-22T16:00:00Z", "closed"),
        (HoursState::Open, None, "2026-12-25T12:00:00Z", "default"),
    ] {
        timed.hours_override = Some(HoursOverride { state, until });
        let mut caller = Caller::new(timed.clone(), Passage::default());
        caller.wall = at.parse().unwrap();
        caller.begin();
        assert_eq!(caller.attendant.flow().name, flow, "{at}");
    }
}

#[test]
fn a_menu_without_choices_leads_to_the_operator() {
    let mut empty = settings();
    empty.default_flow.menu = Menu::default();
    let mut caller = Caller::start(empty);
    caller.played();
    assert_eq!(caller.out.last(), Some(&transfer(operator(), Outcome::FailoverToOperator)));
}

#[test]
fn holiday_goes_before_after_hours_before_the_default() {
    let flow = |name: &str, key| CallFlow { name: name.to_owned(), greeting: Some(prompt(key)), ..flow() };
    let mut timed = settings();
    let association = |kind, schedule, flow| Association {
        kind,
        schedule: ScheduleId(Uuid::from_u128(schedule)),
        flow,
        enabled: true,
    };
    timed.associations = vec![
        association(AssociationKind::AfterHours, 1, flow("closed", 11)),
        association(AssociationKind::Holiday, 2, flow("christmas", 12)),
    ];
    let flow_at = |settings: &Settings, at: &str| {
        let mut caller = Caller::new(settings.clone(), Passage::default());
        caller.wall = at.parse().unwrap();
        caller.begin();
        caller.attendant.flow().name.clone()
    };
    assert_eq!(flow_at(&timed, "2026-12-22T15:00:00Z"), "default");
    assert_eq!(flow_at(&timed, "2026-12-22T13:59:59Z"), "closed");
    assert_eq!(flow_at(&timed, "2026-12-22T17:30:00Z"), "closed");
    assert_eq!(flow_at(&timed, "2026-12-25T04:59:59Z"), "closed");
    assert_eq!(flow_at(&timed, "2026-12-25T05:00:00Z"), "christmas");
    assert_eq!(flow_at(&timed, "2026-12-26T05:00:00Z"), "closed");
    timed.associations[0].enabled = false;
    assert_eq!(flow_at(&timed, "2026-12-22T17:30:00Z"), "default");
}

#[test]
fn what_comes_late_changes_nothing() {
    let mut caller = Caller::start(settings());
    caller.played();
    caller.played();
    caller.digit('1');
    caller.out.clear();
    caller.played();
    caller.digit('2');
    caller.event(Event::Timeout);
    caller.event(Event::Started { wall: Timestamp::UNIX_EPOCH });
    caller.nothing();
    caller.event(Event::HungUp);
    caller.event(Event::TransferFailed);
    caller.nothing();
    assert_eq!(caller.attendant.outcome(), Some(Outcome::TransferredToCq));

    let mut caller = Caller::start(settings());
    caller.event(Event::HungUp);
    assert_eq!(caller.attendant.outcome(), Some(Outcome::UserTerminated));
}

fn settings() -> Settings {
    Settings {
        id: AttendantId(Uuid::from_u128(1)),
        name: "Main menu".to_owned(),
        language: "en-US".to_owned(),
        time_zone: "America/New_York".to_owned(),
        default_flow: flow(),
        associations: Vec::new(),
        operator: Some(operator()),
        wait_secs: 5,
        user_name_extension: Default::default(),
        hours_override: None,
        authorized: Authorized::default(),
        voice_input: false,
        dial_scope: Default::default(),
        direct_digits: None,
    }
}

fn flow() -> CallFlow {
    let options = vec![
        option('1', Action::Transfer { target: queue() }),
        option('2', Action::Transfer { target: Target::User { id: user(102) } }),
        option('3', Action::SearchDirectory { by: DirectorySearch::ByName }),
        option('4', Action::SearchDirectory { by: DirectorySearch::ByExtension }),
        option('5', Action::Announcement { prompt: prompt(NEWS) }),
        option('0', Action::Operator),
    ];
    CallFlow {
        name: "default".to_owned(),
        greeting: Some(prompt(GREETING)),
        menu: Menu { prompt: Some(prompt(MENU)), options, directory_search: DirectorySearch::None },
        force_listen: false,
    }
}

fn surroundings() -> Surroundings {
    let hours = |start, end| TimeRange { start: time(start, 0, 0, 0), end: time(end, 0, 0, 0) };
    let open = || vec![hours(9, 12), hours(13, 17)];
    let days = [open(), open(), open(), open(), open(), Vec::new(), Vec::new()];
    let holiday = DateTimeRange { start: date(2026, 12, 25).at(0, 0, 0, 0), end: date(2026, 12, 26).at(0, 0, 0, 0) };
    let schedule =
        |id, name: &str, rule| Arc::new(Schedule { id: ScheduleId(Uuid::from_u128(id)), name: name.to_owned(), rule });
    let listed = |(extension, id): (&str, _)| Listed::new(extension, user(id), "");
    Surroundings {
        zone: time_zone("America/New_York").unwrap(),
        schedules: vec![
            schedule(1, "hours", Rule::Weekly { days, complement: true }),
            schedule(2, "christmas", Rule::Fixed { ranges: vec![holiday] }),
        ],
        fallback_operator: None,
        listed: [("101", 101), ("102", 102), ("103", 103), ("1035", 1035)].map(listed).into_iter().collect(),
    }
}

fn people(names: &[(u128, &str)]) -> Listing {
    let listed = |(id, name): &(u128, &str)| Listed::new(format!("9{id}"), user(*id), *name);
    names.iter().map(listed).collect()
}

/// A caller at the menu of an attendant with these people.
fn named(names: &[(u128, &str)]) -> Caller {
    let mut caller = Caller::start_with(settings(), people(names));
    caller.played();
    caller.played();
    caller.out.clear();
    caller
}

fn name(id: u128) -> Playable {
    Playable::Name { user: user(id), suffix: NameSuffix::None }
}

fn option(key: char, action: Action) -> MenuOption {
    MenuOption { key: Key::Digit(key), action, phrases: Vec::new() }
}

fn prompt(key: u128) -> Prompt {
    Prompt::Text { key: PromptKey(Uuid::from_u128(key)), text: "text".to_owned() }
}

fn user(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn operator() -> Target {
    Target::User { id: user(101) }
}

fn queue() -> Target {
    Target::Queue { id: QueueId(Uuid::from_u128(9)), priority: Priority::NORMAL }
}

fn transfer(target: Target, outcome: Outcome) -> Effect {
    Effect::Transfer { target, outcome }
}

fn configured(key: &u128) -> Playable {
    Playable::Configured(PromptKey(Uuid::from_u128(*key)))
}

fn play_system(first: SystemPrompt, keys: &[u128]) -> Effect {
    Effect::Play(std::iter::once(Playable::System(first)).chain(keys.iter().map(configured)).collect())
}

/// One caller, the time and what the attendant wanted since the last look.
struct Caller {
    attendant: Attendant,
    now: Instant,
    wall: Timestamp,
    out: Vec<Effect>,
}

#[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
fn now() -> Instant {
    Instant::now()
}

impl Caller {
    fn new(settings: Settings, passage: Passage) -> Self {
        Self::among(surroundings(), settings, passage)
    }

    fn start_with(settings: Settings, listed: Listing) -> Self {
        let mut caller = Self::among(Surroundings { listed, ..surroundings() }, settings, Passage::default());
        caller.begin();
        caller
    }

    fn among(surroundings: Surroundings, settings: Settings, passage: Passage) -> Self {
        let now = now();
        let attendant = Attendant::new(Arc::new(settings), Arc::new(surroundings), passage);
        Self { attendant, now, wall: "2026-11-25T15:00:00Z".parse().unwrap(), out: Vec::new() }
    }

    fn start(settings: Settings) -> Self {
        let mut caller = Self::new(settings, Passage::default());
        caller.begin();
        caller
    }

    fn begin(&mut self) {
        self.event(Event::Started { wall: self.wall });
    }

    fn event(&mut self, event: Event) {
        self.attendant.handle(self.now, event, &mut self.out);
    }

    fn digit(&mut self, digit: char) {
        self.event(Event::Digit(digit));
    }

    fn played(&mut self) {
        self.event(Event::Played);
    }

    /// Lets the time pass until the attendant wants to go on.
    fn wait(&mut self) {
        self.now = self.attendant.next_deadline().unwrap();
        self.event(Event::Timeout);
    }

    fn effects(&mut self, expected: &[Effect]) {
        assert_eq!(std::mem::take(&mut self.out), expected);
    }

    fn nothing(&mut self) {
        self.effects(&[]);
    }

    fn plays(&mut self, keys: &[u128]) {
        self.effects(&[Effect::Play(keys.iter().map(configured).collect())]);
    }

    fn transfers(&mut self, target: Target, outcome: Outcome) {
        self.effects(&[transfer(target, outcome)]);
    }
}
