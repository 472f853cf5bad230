//! Somebody is called, and answers or not.

use super::walk::{Fallback, Place, Walk};
use super::{Does, End, Setting, StepKind};
use crate::apps::attendant::Event;
use crate::apps::mailbox::Mailbox;
use crate::directory::{Dialled, External, Refusal};
use crate::id::UserId;

/// Nobody took the call, as refusals and records write it.
const NO_ANSWER: &str = "no_answer";
/// How long somebody outside lets it ring, in seconds.
const OUTSIDE_RING_SECS: u64 = 60;

impl Walk<'_> {
    pub(super) fn ring(&mut self, id: UserId, fallback: Fallback) -> Place {
        let Some(user) = self.tenant.users.get(&id) else {
            return self.unreached(fallback, Refusal::NotFound.code());
        };
        let name = user.display_name.clone();
        let secs = self.tenant.ring_secs(id).unwrap_or(user.ring_secs);
        let ring_secs = Setting { noun: "user", id: id.0, name: name.clone(), field: "ring_seconds".to_owned() };
        let does = self.script.assumed.person(id);
        let (rings, words) = match does {
            Does::Answers => {
                if !self.stays_until(self.later(self.script.assumed.answer_secs.into())) {
                    return Place::Over(End::CallerHungUp { app: None });
                }
                self.tell(StepKind::Answer, None, format!("{name} answers"));
                return Place::Over(End::Person { user: id, queue: None });
            }
            Does::Busy => (0, format!("{name} is busy")),
            Does::Declines => (0, format!("{name} declines the call")),
            Does::Offline => (0, format!("no phone of {name} is registered")),
            Does::Away | Does::NoAnswer | Does::OptedOut => {
                (u64::from(secs), format!("{name} does not answer within {secs} seconds"))
            }
        };
        if !self.stays_until(self.later(rings)) {
            return Place::Over(End::CallerHungUp { app: None });
        }
        self.tell(StepKind::Ring, (rings > 0).then_some(ring_secs), words);
        if let Some(why) = self.tenant.why_voicemail(id) {
            self.tell(StepKind::Route, None, why);
        }
        if self.tenant.voicemail_of(id).is_some() {
            let setting = Setting { noun: "user", id: id.0, name: name.clone(), field: "voicemail.enabled".to_owned() };
            self.tell(StepKind::Transfer, Some(setting), format!("to the voicemail of {name}"));
            return Place::Over(End::Message { mailbox: Mailbox::Person(id) });
        }
        self.unreached(fallback, NO_ANSWER)
    }

    pub(super) fn call_outside(&mut self, mut external: External, fallback: Fallback) -> Place {
        let down = &self.script.assumed.trunks_down;
        if !down.is_empty() && external.attempts.iter().any(|attempt| down.contains(&attempt.trunk)) {
            external.weakest_last(|trunk| down.contains(&trunk));
            let first = external.attempts.first().and_then(|attempt| self.tenant.trunks.get(&attempt.trunk));
            let first = first.map_or_else(String::new, |trunk| trunk.name.clone());
            self.tell(StepKind::Route, None, format!("trunks that are down are tried last: {first} is first"));
        }
        let number = match &external.number {
            Dialled::E164(number) => number.to_string(),
            Dialled::Short(number) => number.clone(),
        };
        let words = match self.script.assumed.outside {
            Does::Answers => {
                self.now = self.later(self.script.assumed.answer_secs.into());
                let External { attempts, emergency, .. } = external;
                return Place::Over(End::External { number, emergency, attempts });
            }
            Does::Busy => format!("{number} is busy"),
            Does::Declines | Does::Offline => format!("{number} can't be reached"),
            Does::Away | Does::NoAnswer | Does::OptedOut => {
                self.now = self.later(OUTSIDE_RING_SECS);
                format!("{number} does not answer")
            }
        };
        self.tell(StepKind::Ring, None, words);
        self.unreached(fallback, NO_ANSWER)
    }

    fn unreached(&mut self, fallback: Fallback, code: &'static str) -> Place {
        match fallback {
            Fallback::Attendant(machine) => Place::Attending(machine, Event::TransferFailed),
            Fallback::GiveUp => self.give_up(code),
        }
    }
}
