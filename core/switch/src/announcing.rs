//! A last word is played to the caller before something else happens, or the end.

use std::time::Instant;

use media::{PlayId, Playlist};
use phone::apps::prompt::paying::PayingPrompt;
use phone::apps::prompt::{Playable, SystemPrompt};
use phone::apps::queue::{Announcement, ExceptionAction, Exit, ExitCause};
use phone::id::PromptKey;
use phone::record::EndedBy;
use phone::record::segment::{Onward, OnwardBy, OnwardTo};
use sip::endpoint::Status;

use crate::attending::onward_to;
use crate::call::{Activity, Call, Event};
use crate::limits;
use crate::node::Node;
use crate::record::Why;
use crate::refusal::Refusal;
use crate::ringing::Fallback;

/// A prompt plays; then comes the rest.
#[derive(Debug)]
pub(crate) struct Announcing {
    play: PlayId,
    deadline: Instant,
    then: Then,
}

#[derive(Debug)]
enum Then {
    /// The caller has what they wanted.
    Done,
    End(Refusal),
    Leave {
        cause: ExitCause,
        exception: Box<ExceptionAction>,
    },
}

impl Announcing {
    /// Tells an answered caller that nobody is there, and hangs up.
    pub(crate) fn not_available(call: &mut Call, node: &mut Node, refusal: Refusal) -> Activity {
        let language = call.tenant.profile.language.clone();
        Self::begin(call, node, &[Playable::System(SystemPrompt::NotAvailable)], &language, Then::End(refusal))
    }

    /// Tells one of the organization's people why nobody pays for their call, before the refusal or the end. Who is not
    /// answered hears it as early sound, which costs nobody anything. Specification of numbers, 2.6.
    pub(crate) fn unpaid(call: &mut Call, node: &mut Node, said: PayingPrompt, refusal: Refusal) -> Activity {
        let caller = call.caller;
        let heard = match call.leg_mut(caller) {
            Some(leg) if leg.is_answered() => Ok(true),
            Some(leg) => leg.ring_with_sound(node, None),
            None => Ok(false),
        };
        match heard {
            Ok(true) => {
                let language = call.tenant.profile.language.clone();
                Self::begin(call, node, &[Playable::System(SystemPrompt::Paying(said))], &language, Then::End(refusal))
            }
            Ok(false) | Err(_) => call.end(node, EndedBy::System, Why::Refused(refusal)),
        }
    }

    /// Plays what was recorded for numbers that are assigned to nobody, and hangs up. Specification of calling, 2.17.
    pub(crate) fn once(call: &mut Call, node: &mut Node, prompt: PromptKey) -> Activity {
        if let Err(refusal) = call.answer_caller(node, None) {
            return call.end(node, EndedBy::System, Why::Refused(refusal));
        }
        let language = call.tenant.profile.language.clone();
        Self::begin(call, node, &[Playable::Configured(prompt)], &language, Then::Done)
    }

    /// Tells an answered caller this, and hangs up.
    pub(crate) fn last_word(call: &mut Call, node: &mut Node, said: PromptKey, refusal: Refusal) -> Activity {
        let language = call.tenant.profile.language.clone();
        Self::begin(call, node, &[Playable::Configured(said)], &language, Then::End(refusal))
    }

    /// Tells a caller of a queue that they will be called back, and hangs up.
    pub(crate) fn promise(call: &mut Call, node: &mut Node, language: &str) -> Activity {
        Self::begin(call, node, &[Playable::Announcement(Announcement::CallbackPromised)], language, Then::Done)
    }

    /// Plays what a queue has to say to a caller who leaves it without an agent, then does what it wants.
    pub(crate) fn exit(
        call: &mut Call,
        node: &mut Node,
        language: &str,
        cause: ExitCause,
        exception: Box<ExceptionAction>,
    ) -> Activity {
        let said = exception.said().map(|prompt| Playable::Configured(prompt.key()));
        let Some(said) = said else { return leave(call, node, cause, exception) };
        if let Err(refusal) = call.answer_caller(node, None) {
            return call.end(node, EndedBy::System, Why::Refused(refusal));
        }
        Self::begin(call, node, &[said], language, Then::Leave { cause, exception })
    }

    fn begin(call: &Call, node: &mut Node, playables: &[Playable], language: &str, then: Then) -> Activity {
        let items = call.sounds(playables, language);
        let play = call.play(node, call.caller, Playlist { items, repeat: false, offset_ms: 0 });
        Activity::Announcing(Self { play, deadline: node.now + limits::ANNOUNCEMENT_MAX, then })
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn handle(self, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if leg == call.caller => call.end_by_leg(node, leg, gone),
            Event::Played { play } if play == self.play => self.go_on(call, node),
            Event::Timeout if self.deadline <= node.now => self.go_on(call, node),
            Event::Digit { leg, .. } if leg == call.caller && self.is_skippable() => self.go_on(call, node),
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, leg, Status(403));
                Activity::Announcing(self)
            }
            Event::Adopted { .. }
            | Event::Answered { .. }
            | Event::Digit { .. }
            | Event::Gone { .. }
            | Event::HoldChanged
            | Event::PickedUp { .. }
            | Event::Played { .. }
            | Event::Queue { .. }
            | Event::Quiet { .. }
            | Event::Rang { .. }
            | Event::Refused { .. }
            | Event::Resolved { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Surrendered { .. }
            | Event::Timeout
            | Event::Told { .. } => Activity::Announcing(self),
        }
    }

    fn go_on(self, call: &mut Call, node: &mut Node) -> Activity {
        match self.then {
            Then::Done => call.end(node, EndedBy::System, Why::Treated),
            Then::End(refusal) => call.end(node, EndedBy::System, Why::Refused(refusal)),
            Then::Leave { cause, exception } => leave(call, node, cause, exception),
        }
    }

    fn is_skippable(&self) -> bool {
        match &self.then {
            Then::Done | Then::End(_) => false,
            Then::Leave { exception, .. } => exception.is_skippable,
        }
    }
}

/// Specification of voice apps, 3.8.
fn leave(call: &mut Call, node: &mut Node, cause: ExitCause, exception: Box<ExceptionAction>) -> Activity {
    let to = match &exception.action {
        Exit::Disconnect => Some(OnwardTo::Disconnect),
        Exit::Forward { target } => call.redirect(node, target).decision.as_ref().ok().map(onward_to),
    };
    call.draft.note_onward(to.map(|to| Onward { to, by: OnwardBy::System }));
    match exception.action {
        Exit::Disconnect if call.is_up(call.caller) => call.end(node, EndedBy::System, Why::Treated),
        Exit::Disconnect => {
            let refusal = match cause {
                ExitCause::Overflow => Refusal::QUEUE_BUSY,
                ExitCause::Closed => Refusal::new(486, "the queue is closed"),
                ExitCause::NoAgent => Refusal::new(486, "no agent is there"),
                ExitCause::Timeout => Refusal::new(486, "no agent became free in time"),
            };
            call.end(node, EndedBy::System, Why::Refused(refusal))
        }
        Exit::Forward { target } => match call.redirect(node, &target).decision {
            Ok(destination) => {
                if exception.overrides_priority {
                    call.priority = destination.priority().or(call.priority);
                }
                call.enter(node, destination, Fallback::GiveUp)
            }
            Err(refusal) => call.give_up(node, Refusal::by_rule(refusal)),
        },
    }
}
