//! Callers in mailboxes, and who works on what they left. Specification of voice apps, 1.15, and of calling, 2.8.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use phone::apps::mailbox::mail::{self, Mail};
use phone::apps::mailbox::message::{Conflict, Envelope, Message, Status, Step};
use phone::apps::mailbox::{
    AfterHours, AppGreeting, Deposit, Effect, Event, Groups, Mailbox, Member, MemberGroup, MemberRole, Outcome,
    Personal, Settings, Terms, Transcription, Via,
};
use phone::apps::prompt::{Playable, Prompt, SystemPrompt};
use phone::id::{
    AttendantId, CallId, GroupId, MessageId, PromptKey, QueueId, ScheduleId, SharedMailboxId, TenantId, UserId,
};
use uuid::Uuid;

#[test]
fn a_caller_hears_the_greeting_and_the_tone_and_is_recorded() {
    let mut caller = Caller::start(terms());
    assert_eq!(caller.out(), [play(&[SystemPrompt::NotAvailable, SystemPrompt::LeaveMessage])]);
    assert_eq!(caller.tell(Event::Played), [Effect::Play(vec![Playable::Beep])]);
    assert_eq!(caller.tell(Event::Played), [Effect::Record { quiet_secs: 10 }]);
    caller.pass(7);
    assert_eq!(caller.tell(Event::HungUp), [Effect::StopRecording, Effect::Deliver { kept: Duration::from_secs(7) }]);
    assert_eq!(caller.deposit.outcome(), Some(Outcome::Delivered));
    assert_eq!(caller.deposit.next_deadline(), None);
    assert_eq!(caller.tell(Event::HungUp), []);
}

#[test]
fn each_end_of_a_message() {
    let delivered = |secs| vec![Effect::StopRecording, Effect::Deliver { kept: Duration::from_secs(secs) }];
    let saved = || play(&[SystemPrompt::MessageSaved]);
    let none = || play(&[SystemPrompt::NoMessage]);
    let discarded = || vec![Effect::StopRecording, Effect::Discard];
    let with = |mut effects: Vec<Effect>, last| {
        effects.push(last);
        effects
    };
    for (secs, event, expected) in [
        (5, Event::Digit('#'), with(delivered(5), saved())),
        (1, Event::Digit('#'), with(discarded(), none())),
        (300, Event::Timeout, with(delivered(300), saved())),
        (1, Event::HungUp, discarded()),
        (5, Event::Digit('1'), vec![]),
        (5, Event::Played, vec![]),
        (10, Event::Quiet, with(discarded(), none())),
    ] {
        let mut caller = Caller::recorded(terms());
        caller.pass(secs);
        assert_eq!(caller.tell(event), expected, "{event:?} after {secs} s");
    }
}

#[test]
fn the_silence_that_ended_a_message_is_not_part_of_it() {
    let mut caller = Caller::recorded(terms());
    caller.pass(25);
    let kept = Duration::from_millis(15_500);
    assert_eq!(caller.tell(Event::Quiet)[..2], [Effect::StopRecording, Effect::Deliver { kept }]);
    assert_eq!(caller.deposit.kept(), kept);
    assert_eq!(caller.tell(Event::Quiet), []);
    assert_eq!(caller.tell(Event::Played), [Effect::End]);
    assert_eq!(caller.tell(Event::HungUp), []);
    assert_eq!(caller.deposit.outcome(), Some(Outcome::Delivered));
}

#[test]
fn a_greeting_that_never_ends_does_not_keep_a_caller() {
    let mut caller = Caller::start(terms());
    caller.out();
    caller.now = caller.deposit.next_deadline().unwrap();
    assert_eq!(caller.tell(Event::Timeout), [Effect::Play(vec![Playable::Beep])]);
    caller.now = caller.deposit.next_deadline().unwrap();
    assert_eq!(caller.tell(Event::Timeout), [Effect::Record { quiet_secs: 10 }]);
}

#[test]
fn without_a_greeting_the_tone_comes_at_once() {
    let mut caller = Caller::start(Terms { greeting: Vec::new(), ..terms() });
    assert_eq!(caller.out(), [Effect::Play(vec![Playable::Beep])]);
}

#[test]
fn who_leaves_early_leaves_nothing() {
    let mut caller = Caller::start(terms());
    caller.out();
    assert_eq!(caller.tell(Event::HungUp), []);
    assert_eq!(caller.deposit.outcome(), Some(Outcome::HungUp));
}

#[test]
fn a_message_is_claimed_by_one_released_done_and_reopened() {
    let mut message = message();
    let taken = |by: &str| Err(Conflict::Claimed { by: by.to_owned() });
    assert_eq!(message.take(Step::Release, "ann"), Err(Conflict::NotClaimed));
    for (step, by, result, status) in [
        (Step::Claim, "ann", Ok(()), Status::Claimed),
        (Step::Claim, "ann", Ok(()), Status::Claimed),
        (Step::Claim, "bob", taken("ann"), Status::Claimed),
        (Step::Release, "bob", taken("ann"), Status::Claimed),
        (Step::Finish, "bob", taken("ann"), Status::Claimed),
        (Step::Release, "ann", Ok(()), Status::New),
        (Step::Finish, "bob", Ok(()), Status::Done),
        (Step::Claim, "ann", Err(Conflict::Done), Status::Done),
        (Step::Release, "bob", Err(Conflict::NotClaimed), Status::Done),
        (Step::Reopen, "ann", Ok(()), Status::New),
        (Step::Claim, "bob", Ok(()), Status::Claimed),
        (Step::Reopen, "ann", Ok(()), Status::New),
    ] {
        assert_eq!((message.take(step, by), message.status), (result, status), "{step:?} by {by}");
    }
    assert_eq!(message.claimed_by, None);
}

#[test]
fn a_message_expires_after_the_days_of_its_mailbox() {
    let message = message();
    assert_eq!(message.expires_at.duration_since(message.at).as_hours(), 90 * 24);
}

#[test]
fn a_greeting_is_that_of_the_app_of_the_hour_or_of_always() {
    let prompt = |key| Prompt::Text { key: PromptKey(Uuid::from_u128(key)), text: key.to_string() };
    let (menu, sales) = (Via::Attendant(AttendantId(Uuid::from_u128(1))), Via::Queue(QueueId(Uuid::from_u128(1))));
    let after_hours = AfterHours { schedule: ScheduleId(Uuid::from_u128(1)), greeting: prompt(2) };
    let settings = Settings {
        greeting: Some(prompt(1)),
        after_hours: Some(after_hours),
        app_greetings: vec![AppGreeting { via: sales, greeting: prompt(3) }],
        ..team()
    };
    for (via, is_after_hours, expected) in
        [(None, false, 1), (None, true, 2), (Some(menu), true, 2), (Some(sales), false, 3), (Some(sales), true, 3)]
    {
        assert_eq!(settings.greeting_for(via, is_after_hours), Some(&prompt(expected)), "{via:?} {is_after_hours}");
    }
    assert_eq!(settings.prompts().count(), 3);
    assert_eq!(team().greeting_for(Some(sales), true), None);
}

#[test]
fn a_member_may_what_the_widest_of_their_ways_in_lets() {
    let (ann, ben, cay) = (UserId(Uuid::from_u128(1)), UserId(Uuid::from_u128(2)), UserId(Uuid::from_u128(3)));
    let group = GroupId(Uuid::from_u128(1));
    let settings = Settings {
        members: vec![Member { user: ann, role: MemberRole::Listen }],
        groups: vec![MemberGroup { group, role: MemberRole::Manage }],
        ..team()
    };
    let groups = Groups::from([(group, Arc::new([ann, ben].into()))]);
    let roles = [ann, ben, cay].map(|user| settings.role_of(user, &groups));
    assert_eq!(roles, [Some(MemberRole::Manage), Some(MemberRole::Manage), None]);
    assert_eq!(settings.role_of(ann, &Groups::new()), Some(MemberRole::Listen));
    assert_eq!(settings.all_members(&groups), [ann, ben].into());
}

fn team() -> Settings {
    Settings {
        id: SharedMailboxId(Uuid::from_u128(1)),
        name: "Team".to_owned(),
        extension: None,
        language: "en-US".to_owned(),
        members: Vec::new(),
        groups: Vec::new(),
        greeting: None,
        after_hours: None,
        app_greetings: Vec::new(),
        max_secs: 300,
        min_secs: 2,
        quiet_secs: 10,
        retention_days: 90,
        transcription: Transcription::Off,
        emails: Vec::new(),
        mwi_for_members: true,
    }
}

struct Caller {
    deposit: Deposit,
    now: Instant,
    out: Vec<Effect>,
}

impl Caller {
    fn start(terms: Terms) -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test needs a first instant")]
        let now = Instant::now();
        let mut caller = Self { deposit: Deposit::new(terms), now, out: Vec::new() };
        caller.deposit.handle(now, Event::Started, &mut caller.out);
        caller
    }

    /// One whose recording has just begun.
    fn recorded(terms: Terms) -> Self {
        let mut caller = Self::start(terms);
        caller.tell(Event::Digit('#'));
        caller.tell(Event::Played);
        caller
    }

    fn tell(&mut self, event: Event) -> Vec<Effect> {
        self.out.clear();
        self.deposit.handle(self.now, event, &mut self.out);
        self.out()
    }

    fn out(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.out)
    }

    fn pass(&mut self, secs: u64) {
        self.now += Duration::from_secs(secs);
    }
}

fn terms() -> Terms {
    Personal::new(UserId(Uuid::from_u128(1))).terms("Ann".to_owned(), "en-US".to_owned(), &Default::default())
}

fn play(prompts: &[SystemPrompt]) -> Effect {
    Effect::Play(prompts.iter().map(|prompt| Playable::System(*prompt)).collect())
}

fn message() -> Message {
    let envelope = Envelope {
        id: MessageId(Uuid::from_u128(1)),
        tenant: TenantId(Uuid::from_u128(2)),
        mailbox: Mailbox::Shared(SharedMailboxId(Uuid::from_u128(3))),
        purpose: Default::default(),
        call: CallId(Uuid::from_u128(4)),
        from: "+14155550123".to_owned(),
        from_name: None,
        from_user: None,
        to: "100".to_owned(),
        at: "2026-03-02T15:00:00Z".parse().unwrap(),
        min_secs: 2,
        retention_days: 90,
    };
    envelope.delivered(7_000, 1_000)
}

#[test]
fn a_mail_is_tried_ever_more_rarely_and_given_up_after_a_day() {
    let began: jiff::Timestamp = "2026-03-02T15:00:00Z".parse().unwrap();
    let mut mail = Mail::new(Uuid::nil(), MessageId(Uuid::nil()), "ann@demo.test".to_owned(), began);
    let (mut now, mut last) = (began, 0);
    while let Some(due_at) = mail.due_at {
        let pause = due_at.duration_since(now).as_secs();
        assert!(pause >= last, "{pause} s after {last} s");
        (now, last) = (due_at, pause);
        mail.tried(now, mail::Outcome::Later("451 try again".to_owned()));
    }
    assert_eq!((mail.state, mail.n_tries), (mail::State::Failed, 10));
    assert!((24..36).contains(&now.duration_since(began).as_hours()));
    mail.retry(now);
    assert_eq!((mail.state, mail.due_at), (mail::State::Waiting, Some(now)));
    mail.tried(now, mail::Outcome::Refused("550 no such user".to_owned()));
    assert_eq!((mail.state, mail.due_at, mail.n_tries), (mail::State::Failed, None, 1));
    mail.retry(now);
    mail.tried(now, mail::Outcome::Sent);
    assert_eq!((mail.state, mail.due_at, mail.error.clone()), (mail::State::Sent, None, None));
    mail.retry(now);
    assert_eq!(mail.state, mail::State::Sent);
}
