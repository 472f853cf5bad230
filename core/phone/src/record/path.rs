//! A call's way in words: each hop, and why the call went on from there.

use jiff::Timestamp;

use super::segment::{
    AttendantPass, Input, MailboxPass, Offer, OfferResult, Onward, OnwardBy, OnwardTo, Pass, QueuePass, QueueResult,
    Segment,
};
use super::{AttemptResult, CallRecord, CallResult, EndedBy, Step, TrunkAttempt};
use crate::apps::attendant::{InputKind, Outcome};
use crate::id::UserId;

/// One hop of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    pub at: Timestamp,
    /// Where the call was.
    pub place: String,
    /// What happened there, in order.
    pub events: Vec<String>,
    /// Why it went on.
    pub reason: String,
}

/// The hops of a call, its begin first and its end last. `name` knows people.
pub fn hops(record: &CallRecord, name: &dyn Fn(UserId) -> Option<String>) -> Vec<Hop> {
    let mut hops = vec![arrival(record)];
    hops.extend(record.segments.iter().map(|segment| hop(segment, name)));
    let transfers = record.path.iter().filter_map(|step| match &step.step {
        Step::Transferred { to, attended } => Some((step.at, to, *attended)),
        Step::Attendant { .. }
        | Step::Mailbox { .. }
        | Step::Queue { .. }
        | Step::Recorded { .. }
        | Step::Supervised { .. } => None,
    });
    hops.extend(record.attempts.iter().map(attempt));
    hops.extend(transfers.map(|(at, to, attended)| {
        let how = if attended { "after talking to them" } else { "without talking to them" };
        let reason = format!("a phone passed the call on to {to} {how}");
        Hop { at, place: "Transfer".to_owned(), events: Vec::new(), reason }
    }));
    // A stable order: the begin stays before what happened in the same moment.
    hops.sort_by_key(|hop| hop.at);
    hops.push(end(record));
    hops
}

fn attempt(attempt: &TrunkAttempt) -> Hop {
    let route = attempt.route.as_ref().map_or(String::new(), |route| format!(" by route {route}"));
    let calling = attempt.calling.as_deref().unwrap_or("nobody");
    let sent = format!("asked for {}{route}, showing {calling}", attempt.called);
    let secs = f64::from(attempt.milliseconds) / 1_000.0;
    let said = attempt.reason.as_deref().unwrap_or("no reason given");
    let status = attempt.status.map_or(String::new(), |status| format!(" with {status}"));
    let reason = match attempt.result {
        AttemptResult::Answered => "it was answered".to_owned(),
        AttemptResult::Full => format!("it takes no more calls: {said}"),
        AttemptResult::GivenUp => match &attempt.reason {
            Some(said) => format!("it was not asked: {said}"),
            None => "it was not needed any more".to_owned(),
        },
        AttemptResult::NoAnswer => format!("nobody answered within {secs:.0} seconds"),
        AttemptResult::Refused => format!("it refused{status}: {said}"),
        AttemptResult::Silent => format!("it said nothing for {secs:.1} seconds"),
        AttemptResult::Unreachable => format!("it could not be reached: {said}"),
    };
    Hop { at: attempt.at, place: format!("Trunk {}", attempt.name), events: vec![sent], reason }
}

fn arrival(record: &CallRecord) -> Hop {
    let service = record.segments.first().and_then(|segment| segment.account);
    let reason = match service {
        Some(_) => format!("{} is the number of a resource account", record.to),
        None => format!("{} was called", record.to),
    };
    Hop { at: record.started_at, place: format!("Call from {}", record.from), events: Vec::new(), reason }
}

fn hop(segment: &Segment, name: &dyn Fn(UserId) -> Option<String>) -> Hop {
    let begin = segment.started_at;
    let (place, events, reason) = match &segment.pass {
        Pass::Attendant(pass) => attendant(segment, pass),
        Pass::Callback(pass) => {
            let reason = match pass.result {
                QueueResult::Answered => "agent and caller talked",
                QueueResult::Abandoned
                | QueueResult::Callback
                | QueueResult::Closed
                | QueueResult::Disconnected
                | QueueResult::Failed
                | QueueResult::NoAgents
                | QueueResult::Overflowed
                | QueueResult::TimedOut
                | QueueResult::Waiting => "the call back came to nothing",
            };
            let offers = pass.offers.iter().map(|offer| offer_words(begin, offer, name)).collect();
            (format!("Call back for queue {}", pass.name), offers, reason.to_owned())
        }
        Pass::Mailbox(pass) => mailbox(pass),
        Pass::Queue(pass) => queue(segment, pass, name),
    };
    Hop { at: begin, place, events, reason }
}

fn attendant(segment: &Segment, pass: &AttendantPass) -> (String, Vec<String>, String) {
    let mut events = Vec::new();
    if !pass.flow.is_empty() {
        events.push(format!("the flow {} applied", pass.flow));
    }
    events.extend(pass.inputs.iter().map(|input| input_words(segment.started_at, input)));
    (format!("Attendant {}", pass.name), events, outcome_words(pass.result, segment.onward.as_ref()))
}

fn input_words(begin: Timestamp, input: &Input) -> String {
    let what = match input.kind {
        InputKind::Back => "went back to the menu before".to_owned(),
        InputKind::Invalid(key) => format!("pressed {key}, which has no meaning there"),
        InputKind::Key(key) => format!("chose {key}"),
        InputKind::NotFound => "typed what is nobody's name or extension".to_owned(),
        InputKind::NotUnderstood => "said what was not understood".to_owned(),
        InputKind::Person => "chose a person".to_owned(),
        InputKind::Repeat => "asked to hear the menu again".to_owned(),
        InputKind::Said(key) => format!("chose {key} by saying so"),
        InputKind::SaidPerson => "said whom they want".to_owned(),
        InputKind::Silence => "pressed nothing".to_owned(),
    };
    format!("after {} the caller {what}", seconds(begin, input.at))
}

fn outcome_words(outcome: Option<Outcome>, onward: Option<&Onward>) -> String {
    let Some(outcome) = outcome else { return "the call was ended from outside".to_owned() };
    let goes = onward.map(onward_words);
    match outcome {
        Outcome::FailoverToOperator => "the flow has neither menu nor search: the operator took the call".to_owned(),
        Outcome::OaaChainTooLong => "too many attendants and queues one after the other: it was hung up on".to_owned(),
        Outcome::OaaSessionTooLong => "the caller was in attendants for too long: it was hung up on".to_owned(),
        Outcome::ServiceTerminated => "the option that was chosen hangs up".to_owned(),
        Outcome::TerminatedAutomaticSelection => "the flow hangs up by itself".to_owned(),
        Outcome::TerminatedNoOperator => "nothing was chosen, and there is no operator: it was hung up on".to_owned(),
        Outcome::TerminatedTransferFailed => "nobody could be reached: it was hung up on".to_owned(),
        Outcome::UserTerminated => "the caller hung up".to_owned(),
        Outcome::TransferInProgress
        | Outcome::TransferredExternal
        | Outcome::TransferredToCq
        | Outcome::TransferredToOperator
        | Outcome::TransferredToSelf
        | Outcome::TransferredToSharedVoicemail
        | Outcome::TransferredToUser => goes.unwrap_or_else(|| "it went on".to_owned()),
    }
}

fn onward_words(onward: &Onward) -> String {
    let to = match onward.to {
        OnwardTo::Attendant => "to an attendant",
        OnwardTo::Disconnect => return "it was hung up on".to_owned(),
        OnwardTo::External => "to a number outside",
        OnwardTo::Operator => "to the operator",
        OnwardTo::Queue => "to a queue",
        OnwardTo::SharedMailbox => "to a shared mailbox",
        OnwardTo::User => "to a person",
        OnwardTo::Voicemail => "to a person's mailbox",
    };
    match onward.by {
        OnwardBy::Caller => format!("the caller's choice led {to}"),
        OnwardBy::System => format!("it was sent {to} without a choice of the caller"),
    }
}

fn queue(
    segment: &Segment,
    pass: &QueuePass,
    name: &dyn Fn(UserId) -> Option<String>,
) -> (String, Vec<String>, String) {
    let waited = segment.ended_at.map_or_else(|| "some time".to_owned(), |at| seconds(segment.started_at, at));
    let mut events: Vec<String> =
        pass.offers.iter().map(|offer| offer_words(segment.started_at, offer, name)).collect();
    let n_listed = u32::try_from(pass.offers.len()).unwrap_or(u32::MAX);
    if n_listed < pass.n_offers {
        events.push(format!("{} offers more", pass.n_offers - n_listed));
    }
    let then = segment.onward.as_ref().map(|onward| format!(", and {}", onward_words(onward))).unwrap_or_default();
    let reason = match pass.result {
        QueueResult::Abandoned => format!("the caller hung up after {waited}"),
        QueueResult::Answered => format!("{} answered after {waited}", person(pass.agent, name)),
        QueueResult::Callback => format!("after {waited} the caller asked to be called back"),
        QueueResult::Closed => format!("the queue was closed{then}"),
        QueueResult::Disconnected => format!("the call was ended from outside after {waited}"),
        QueueResult::Failed => "the caller could not be answered".to_owned(),
        QueueResult::NoAgents => format!("no agent was there{then}"),
        QueueResult::Overflowed => format!("too many callers waited{then}"),
        QueueResult::TimedOut => format!("nobody answered within {waited}{then}"),
        QueueResult::Waiting => "the caller waits".to_owned(),
    };
    (format!("Queue {}", pass.name), events, reason)
}

fn offer_words(begin: Timestamp, offer: &Offer, name: &dyn Fn(UserId) -> Option<String>) -> String {
    let who = person(Some(offer.agent), name);
    let rang = offer.ended_at.map_or_else(String::new, |at| format!(" for {}", seconds(offer.started_at, at)));
    let what = match offer.result {
        OfferResult::Answered => format!("the phones of {who} rang{rang} and were answered"),
        OfferResult::Cancelled => format!("the phones of {who} rang{rang} until the caller was gone"),
        OfferResult::Declined => format!("{who} declined or was busy"),
        OfferResult::NoAnswer => format!("the phones of {who} rang{rang} without an answer"),
        OfferResult::Open => format!("the phones of {who} ring"),
        OfferResult::TakenElsewhere => format!("the phones of {who} rang{rang} until another agent answered"),
        OfferResult::Unreachable => format!("{who} could not be reached"),
    };
    format!("after {} {what}", seconds(begin, offer.started_at))
}

fn mailbox(pass: &MailboxPass) -> (String, Vec<String>, String) {
    let reason = match pass.result.as_str() {
        "delivered" => format!("a message of {} s was left", pass.seconds),
        "too_short" => "the message was too short to be kept".to_owned(),
        _ => "no message was left".to_owned(),
    };
    (format!("Mailbox {}", pass.name), Vec::new(), reason)
}

fn end(record: &CallRecord) -> Hop {
    let by = match record.ended_by {
        EndedBy::Administrator => "an administrator",
        EndedBy::Callee => "who was called",
        EndedBy::Caller => "the caller",
        EndedBy::System => "the system",
    };
    let talked = match &record.answered_by {
        Some(who) => vec![format!("{who} talked with the caller for {} s", record.talk_seconds)],
        None => Vec::new(),
    };
    let why = match (&record.reason, record.result) {
        (Some(reason), _) => format!("{by} ended the call: {reason}"),
        (None, CallResult::Voicemail) => format!("{by} ended the call after a message"),
        (None, _) => format!("{by} ended the call"),
    };
    Hop { at: record.ended_at, place: "End".to_owned(), events: talked, reason: why }
}

fn person(user: Option<UserId>, name: &dyn Fn(UserId) -> Option<String>) -> String {
    user.and_then(name).unwrap_or_else(|| "an agent who is not here any more".to_owned())
}

fn seconds(from: Timestamp, to: Timestamp) -> String {
    format!("{} s", to.duration_since(from).as_secs().max(0))
}
