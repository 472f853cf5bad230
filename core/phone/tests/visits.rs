//! Somebody hears messages by phone: each key, each answer of the store, each silence, and the PIN.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use phone::apps::mailbox::Mailbox;
use phone::apps::mailbox::message::Step;
use phone::apps::mailbox::pin::{Finding, Pin, Refusal, Tries};
use phone::apps::mailbox::visit::{Access, Answer, Ask, Effect, Entry, Event, Origin, Outcome, Said, Visit};
use phone::apps::prompt::{Playable, SystemPrompt};
use phone::id::{MessageId, SharedMailboxId, UserId};
use phone::limits::{MAILBOX_PIN_LOCK_MINUTES, MAILBOX_PIN_TRIES_MAX};
use uuid::Uuid;

#[test]
fn each_key_while_a_message_is_heard() {
    let finish = Effect::Ask(Ask::Step { message: id(1), step: Step::Finish });
    for (key, expected) in [
        ('1', vec![message_from(&[1, 2])]),
        ('2', vec![Effect::StopPlaying, Effect::Ask(Ask::Load { message: id(2) })]),
        ('#', vec![Effect::StopPlaying, Effect::Ask(Ask::Load { message: id(2) })]),
        ('7', vec![Effect::StopPlaying, Effect::Ask(Ask::Delete { message: id(1) })]),
        ('8', vec![Effect::CallBack(entry(1))]),
        ('9', vec![Effect::StopPlaying, finish]),
        ('*', vec![Effect::StopPlaying, Effect::Ask(Ask::List)]),
        ('4', vec![words(&[SystemPrompt::InvalidSelection, SystemPrompt::MessageOptions])]),
    ] {
        let mut visitor = Visitor::hearing(own());
        assert_eq!(visitor.tell(Event::Digit(key)), expected, "{key}");
    }
}

#[test]
fn who_may_only_listen_deletes_nothing_and_records_no_greeting() {
    let access = Access { may_manage: false, mailbox: team(), ..own() };
    let refused = vec![words(&[SystemPrompt::InvalidSelection, SystemPrompt::MessageOptions])];
    assert_eq!(Visitor::hearing(access.clone()).tell(Event::Digit('7')), refused);
    let again = vec![words(&[SystemPrompt::InvalidSelection, SystemPrompt::MailboxMenu])];
    assert_eq!(Visitor::at_menu(access).tell(Event::Digit('0')), again);
}

#[test]
fn nobody_is_called_back_from_elsewhere_or_without_a_number() {
    let refused = vec![words(&[SystemPrompt::InvalidSelection, SystemPrompt::MessageOptions])];
    let mut elsewhere = Visitor::start(Access { origin: Origin::Elsewhere, ..own() });
    elsewhere.tell(Event::Answered(Answer::Opened { has_pin: true }));
    elsewhere.tell(Event::Digit('1'));
    elsewhere.tell(Event::Digit('#'));
    elsewhere.tell(Event::Answered(Answer::Unlocked(Finding::Right)));
    elsewhere.hear_first();
    assert_eq!(elsewhere.tell(Event::Digit('8')), refused);
    let nobody = Entry { from: "anonymous".to_owned(), ..entry(1) };
    let mut visitor = Visitor::start(own());
    visitor.tell(Event::Answered(Answer::Opened { has_pin: false }));
    visitor.tell(Event::Answered(Answer::Listed { new: vec![nobody], saved: Vec::new() }));
    visitor.tell(Event::Digit('1'));
    let played = visitor.tell(Event::Answered(Answer::Loaded));
    let from_nobody = Said::Words(Playable::System(SystemPrompt::MessageFromNobody));
    assert_eq!(played, [Effect::Play(vec![from_nobody, Said::Message])]);
    assert_eq!(visitor.tell(Event::Digit('8')), refused);
}

#[test]
fn what_is_heard_to_its_end_is_known_but_not_in_a_teams_mailbox() {
    let options = words(&[SystemPrompt::MessageOptions]);
    let known = Effect::Tell(Ask::Step { message: id(1), step: Step::Finish });
    assert_eq!(Visitor::hearing(own()).tell(Event::Played), [known, options.clone()]);
    let of_team = Access { mailbox: team(), ..own() };
    assert_eq!(Visitor::hearing(of_team).tell(Event::Played), [options]);
}

#[test]
fn the_next_message_takes_the_place_of_one_that_is_gone() {
    for answer in [Answer::Done, Answer::Missing] {
        let mut visitor = Visitor::hearing(own());
        visitor.tell(Event::Digit('7'));
        let effects = visitor.tell(Event::Answered(answer.clone()));
        match answer {
            Answer::Done => assert_eq!(effects, [Effect::Ask(Ask::Load { message: id(2) })]),
            Answer::Missing
            | Answer::Failed
            | Answer::Listed { .. }
            | Answer::Loaded
            | Answer::Opened { .. }
            | Answer::Unlocked(_) => {
                assert_eq!(effects, [words(&[SystemPrompt::NotPossible, SystemPrompt::MessageOptions])])
            }
        }
    }
    // Deleted by somebody else before it was heard, and the last one.
    let mut visitor = Visitor::hearing(own());
    visitor.tell(Event::Digit('2'));
    assert_eq!(visitor.tell(Event::Answered(Answer::Missing)), [Effect::Ask(Ask::List)]);
    let listed = visitor.tell(Event::Answered(Answer::Listed { new: Vec::new(), saved: Vec::new() }));
    let said = [SystemPrompt::NoMoreMessages, SystemPrompt::NoNewMessages, SystemPrompt::MailboxMenu];
    assert_eq!(listed, [words(&[said.as_slice(), &[SystemPrompt::MailboxMenuGreeting]].concat())]);
}

#[test]
fn the_number_of_new_messages_is_said() {
    let d = SystemPrompt::Digit;
    for (n, expected) in [
        (0, vec![SystemPrompt::NoNewMessages]),
        (1, vec![SystemPrompt::OneNewMessage]),
        (2, vec![SystemPrompt::YouHave, d(2), SystemPrompt::NewMessages]),
        (9, vec![SystemPrompt::YouHave, d(9), SystemPrompt::NewMessages]),
        (10, vec![SystemPrompt::ManyNewMessages]),
        (300, vec![SystemPrompt::ManyNewMessages]),
    ] {
        let mut visitor = Visitor::start(own());
        visitor.tell(Event::Answered(Answer::Opened { has_pin: false }));
        let new = (1..=n).map(entry).collect();
        let said = visitor.tell(Event::Answered(Answer::Listed { new, saved: Vec::new() }));
        let menu = [SystemPrompt::MailboxMenu, SystemPrompt::MailboxMenuGreeting];
        assert_eq!(said, [words(&[expected.as_slice(), &menu].concat())], "{n}");
    }
}

#[test]
fn a_pin_is_complete_by_pound_by_a_pause_and_by_its_length() {
    let unlock = |digits: &str| Effect::Ask(Ask::Unlock { pin: Pin::typed(digits.to_owned()) });
    let mut visitor = Visitor::start(own());
    visitor.tell(Event::Answered(Answer::Opened { has_pin: true }));
    assert_eq!(visitor.tell(Event::Digit('4')), [Effect::StopPlaying]);
    assert_eq!(visitor.tell(Event::Digit('7')), []);
    visitor.now = visitor.visit.next_deadline().unwrap();
    assert_eq!(visitor.tell(Event::Timeout), [unlock("47")]);
    let again = visitor.tell(Event::Answered(Answer::Unlocked(Finding::Wrong)));
    assert_eq!(again, [words(&[SystemPrompt::PinWrong, SystemPrompt::EnterPin])]);
    let typed: Vec<Effect> = "12345*9876543210".chars().flat_map(|key| visitor.tell(Event::Digit(key))).collect();
    assert_eq!(typed.last(), Some(&unlock("9876543210")));
    assert_eq!(visitor.tell(Event::Answered(Answer::Unlocked(Finding::Right))), [Effect::Ask(Ask::List)]);
}

#[test]
fn a_recorded_greeting_is_kept_unless_it_is_short_or_given_up() {
    let menu = |first| words(&[first, SystemPrompt::MailboxMenu, SystemPrompt::MailboxMenuGreeting]);
    let kept = |secs| vec![Effect::StopRecording, Effect::Keep { kept: Duration::from_secs(secs) }];
    let changed = || menu(SystemPrompt::GreetingChanged);
    let discarded = || vec![Effect::StopRecording, Effect::Discard];
    let unchanged = || menu(SystemPrompt::GreetingNotChanged);
    let with = |mut effects: Vec<Effect>, last| {
        effects.push(last);
        effects
    };
    for (secs, event, expected) in [
        (8, Event::Digit('#'), with(kept(8), changed())),
        (120, Event::Timeout, with(kept(120), changed())),
        (9, Event::Quiet, with(kept(5), changed())),
        (4, Event::Quiet, with(discarded(), unchanged())),
        (0, Event::Digit('#'), with(discarded(), unchanged())),
        (8, Event::Digit('*'), with(discarded(), unchanged())),
        (8, Event::HungUp, discarded()),
        (8, Event::Digit('5'), vec![]),
    ] {
        let mut visitor = Visitor::at_menu(own());
        let intro = vec![Said::Words(Playable::System(SystemPrompt::RecordGreeting)), Said::Words(Playable::Beep)];
        assert_eq!(visitor.tell(Event::Digit('0')), [Effect::Play(intro)]);
        assert_eq!(visitor.tell(Event::Played), [Effect::Record { quiet_secs: 4 }]);
        visitor.now += Duration::from_secs(secs);
        assert_eq!(visitor.tell(event.clone()), expected, "{event:?} after {secs} s");
    }
}

#[test]
fn a_store_that_does_not_answer_ends_the_visit() {
    for event in [Event::Timeout, Event::Answered(Answer::Failed)] {
        let mut visitor = Visitor::start(own());
        assert_eq!(visitor.tell(event), [words(&[SystemPrompt::MailboxUnavailable])]);
        assert_eq!(visitor.visit.outcome(), Some(Outcome::Unavailable));
        assert_eq!(visitor.tell(Event::Played), [Effect::End]);
        assert_eq!(visitor.tell(Event::HungUp), []);
    }
}

#[test]
fn a_pin_is_no_row_of_digits() {
    for (text, refusal) in [
        ("123", Refusal::Malformed),
        ("12345678901", Refusal::Malformed),
        ("47a1", Refusal::Malformed),
        ("4444", Refusal::Guessable),
        ("2345", Refusal::Guessable),
        ("8901", Refusal::Guessable),
        ("6543", Refusal::Guessable),
    ] {
        assert_eq!(Pin::parse_new(text), Err(refusal), "{text}");
    }
    assert_eq!(format!("{:?}", Pin::parse_new("4711").unwrap()), "Pin(..)");
}

#[test]
fn too_many_wrong_pins_lock_for_a_while_whatever_comes_then() {
    let (right, wrong) = (Pin::parse_new("4711").unwrap(), Pin::typed("4712".to_owned()));
    let mut now: Timestamp = "2026-03-02T15:00:00Z".parse().unwrap();
    let mut tries = Tries::default();
    for n in 1..=MAILBOX_PIN_TRIES_MAX {
        let (finding, after) = tries.look(now, Some(&right), &wrong);
        assert_eq!((finding, after.locked_until.is_some()), (Finding::Wrong, n == MAILBOX_PIN_TRIES_MAX));
        tries = after;
    }
    now += SignedDuration::from_mins(MAILBOX_PIN_LOCK_MINUTES - 1);
    assert_eq!(tries.look(now, Some(&right), &right), (Finding::Locked, tries));
    now += SignedDuration::from_mins(1);
    assert_eq!(tries.look(now, Some(&right), &right), (Finding::Right, Tries::default()));
    let (finding, after) = tries.look(now, Some(&right), &wrong);
    assert_eq!((finding, after.locked_until), (Finding::Wrong, None), "five more until the next pause");
    assert_eq!(Tries::default().look(now, None, &right).0, Finding::Wrong);
}

struct Visitor {
    visit: Visit,
    now: Instant,
}

impl Visitor {
    fn start(access: Access) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let now = Instant::now();
        let mut visitor = Self { visit: Visit::new(access), now };
        assert_eq!(visitor.tell(Event::Started), [Effect::Ask(Ask::Open)]);
        visitor
    }

    fn at_menu(access: Access) -> Self {
        let mut visitor = Self::start(access);
        visitor.tell(Event::Answered(Answer::Opened { has_pin: false }));
        visitor.tell(Event::Answered(Answer::Listed { new: vec![entry(1), entry(2)], saved: Vec::new() }));
        visitor
    }

    /// One who hears the first of two messages.
    fn hearing(access: Access) -> Self {
        let mut visitor = Self::start(access);
        visitor.tell(Event::Answered(Answer::Opened { has_pin: false }));
        visitor.hear_first();
        visitor
    }

    fn hear_first(&mut self) {
        self.tell(Event::Answered(Answer::Listed { new: vec![entry(1), entry(2)], saved: Vec::new() }));
        let load = Effect::Ask(Ask::Load { message: id(1) });
        assert_eq!(self.tell(Event::Digit('1')), [Effect::StopPlaying, load]);
        assert_eq!(self.tell(Event::Answered(Answer::Loaded)), [message_from(&[1, 2])]);
    }

    fn tell(&mut self, event: Event) -> Vec<Effect> {
        let mut out = Vec::new();
        self.visit.handle(self.now, event, &mut out);
        out
    }
}

fn own() -> Access {
    Access {
        mailbox: Mailbox::Person(UserId(Uuid::from_u128(1))),
        name: "Ann".to_owned(),
        language: "en-US".to_owned(),
        listener: UserId(Uuid::from_u128(1)),
        origin: Origin::OwnPhone,
        may_manage: true,
    }
}

fn team() -> Mailbox {
    Mailbox::Shared(SharedMailboxId(Uuid::from_u128(2)))
}

fn id(number: u128) -> MessageId {
    MessageId(Uuid::from_u128(number))
}

fn entry(number: u128) -> Entry {
    Entry { id: id(number), from: "12".to_owned(), from_user: None }
}

fn words(prompts: &[SystemPrompt]) -> Effect {
    Effect::Play(prompts.iter().map(|prompt| Said::Words(Playable::System(*prompt))).collect())
}

/// A message plays, after the digits of its sender.
fn message_from(digits: &[u8]) -> Effect {
    let said = |prompt| Said::Words(Playable::System(prompt));
    let digits = digits.iter().map(|digit| said(SystemPrompt::Digit(*digit)));
    Effect::Play(std::iter::once(said(SystemPrompt::MessageFrom)).chain(digits).chain([Said::Message]).collect())
}
