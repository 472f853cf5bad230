//! Legs that are paid for: reserved before the INVITE or the answer, paid while they last, told to the ledger.
//!
//! What an organization may spend is known here ([`Charging`]), so that no call waits for it. Emergency calls, calls inside
//! and calls over trunks of the organization's own are never asked.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use media::{LegId, Playlist, Sound};
use phone::apps::prompt::paying::PayingPrompt;
use phone::apps::prompt::{Playable, SystemPrompt};
use phone::directory::{Dialled, External, Tenant};
use phone::id::{CallId, TenantId};
use phone::money::charge::{Charge, PaidLeg};
use phone::money::charging::{Account, Asked, Charging, Step};
use phone::money::deck::Direction;
use phone::money::funding;
use phone::money::lost::Moment;
use phone::money::wallet::{Explanation, WARNINGS_SECS, Warning};
use phone::numbers::number::NumberSource;
use phone::numbers::{Assignee, Number, NumberKind, Trunk};
use phone::record::EndedBy;

use crate::call::{Activity, Call};
use crate::clock::Clock;
use crate::leg::Leg;
use crate::node::Node;
use crate::output::Output;
use crate::refusal::Refusal;

/// Milliseconds between the two tones of a warning.
const BETWEEN_TONES_MS: u32 = 200;
/// What a killed process loses of each call is this at most, for a line in the spool each time.
const ALIVE_EVERY: Duration = Duration::from_secs(1);

/// A leg that is paid for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paying {
    id: PaidLeg,
    /// When to look again; none before the answer.
    next_at: Option<Instant>,
}

/// What came of looking at a paid leg.
enum Look {
    GoesOn,
    Ends,
    /// It ends in so many seconds.
    Warns(u32),
}

impl Node {
    /// What the ledger says of an organization now; none if it pays for nothing any more.
    pub(crate) fn install_account(
        &mut self,
        tenant: TenantId,
        account: Option<Box<Account>>,
        good_until: Option<Instant>,
    ) {
        let account = account.map(|mut account| {
            account.good_until = good_until.map(|at| self.clock.wall(at));
            account
        });
        match (account, self.charging.get_mut(&tenant)) {
            (Some(account), Some(charging)) => charging.update(*account),
            (Some(account), None) => drop(self.charging.insert(tenant, Charging::new(*account))),
            (None, _) => drop(self.charging.remove(&tenant)),
        }
    }

    /// The wall's time was corrected. What was promised lasts no longer by that, and no shorter.
    pub(crate) fn set_clock(&mut self, wall: Timestamp) {
        let by = wall.duration_since(self.wall_now());
        self.clock = Clock::new(self.now, wall);
        for charging in self.charging.values_mut() {
            charging.set_clock(by);
        }
    }

    /// Whether a call could be paid for that an organization takes or makes; nothing is reserved.
    pub(crate) fn judge_paid(&self, tenant: TenantId, asked: Option<&Asked>) -> Result<(), funding::Refusal> {
        let (Some(asked), Some(charging)) = (asked, self.charging.get(&tenant)) else { return Ok(()) };
        charging.quote(asked).verdict.map(drop)
    }

    /// Reserves what a leg begins with, if it is one that is paid for.
    pub(crate) fn reserve(
        &mut self,
        tenant: TenantId,
        (call, leg): (CallId, LegId),
        asked: Option<Asked>,
    ) -> Result<Option<Paying>, Refusal> {
        let (Some(asked), Some(charging)) = (asked, self.charging.get_mut(&tenant)) else { return Ok(None) };
        let id = PaidLeg { call, leg: leg.0 };
        charging.reserve(id, asked).map_err(|refusal| Refusal::unpaid(&refusal))?;
        Ok(Some(Paying { id, next_at: None }))
    }

    /// The leg did not come about.
    pub(crate) fn void(&mut self, tenant: TenantId, paying: Option<Paying>) {
        if let (Some(paying), Some(charging)) = (paying, self.charging.get_mut(&tenant)) {
            charging.void(paying.id);
        }
    }

    /// What calls to these numbers would be, if they are paid for: over the carrier that the line's number has of who runs
    /// the server.
    pub(crate) fn asked_outbound(&self, tenant: &Tenant, trunk: &Trunk, external: &External) -> Option<Asked> {
        let line = tenant.numbers.get(&external.caller_id?).filter(|line| is_of_carrier(line, trunk))?;
        let Dialled::E164(number) = external.number else { return None };
        if external.emergency {
            return None;
        }
        let user = match line.assignee {
            Some(Assignee::User(user)) => Some(user),
            Some(Assignee::ResourceAccount(_)) | None => None,
        };
        let (from, to) = (line.number.to_string(), number.to_string());
        let scopes = tenant.spending_scopes(line, user);
        Some(Asked { direction: Direction::Outbound, user, number, from, to, scopes, at: self.wall_now() })
    }

    /// What a call that came in would be, if it is paid for.
    pub(crate) fn asked_inbound(&self, tenant: &Tenant, line: &Number, trunk: &Trunk, from: &str) -> Option<Asked> {
        let is_paid = line.kind == NumberKind::ServiceTollFree && is_of_carrier(line, trunk);
        is_paid.then(|| Asked {
            direction: Direction::TollFreeInbound,
            user: None,
            number: line.number,
            from: from.to_owned(),
            to: line.number.to_string(),
            scopes: tenant.spending_scopes(line, None),
            at: self.wall_now(),
        })
    }

    /// `answered_at` goes along, for who finds it without an end.
    fn tell_charge(&mut self, charge: Option<Charge>, answered_at: Instant) {
        let Some(mut charge) = charge else { return };
        if let Some(ahead) = &mut charge.ahead {
            ahead.answered = Some(self.moment(answered_at));
        }
        self.outputs.push(Output::Charge { charge: Box::new(charge) });
    }

    /// Says that the process lives, and again in a moment while any leg is paid for.
    pub(crate) fn say_alive(&mut self) {
        let is_wanted = self.charging.values().any(|charging| 0 < charging.n_live());
        self.says_alive_at = is_wanted.then(|| self.now + ALIVE_EVERY);
        if is_wanted {
            self.outputs.push(Output::Alive { at: self.moment(self.now) });
        }
    }

    fn moment(&self, at: Instant) -> Moment {
        let lived = at.saturating_duration_since(self.config.started);
        Moment { process: self.config.wall, ns: u64::try_from(lived.as_nanos()).unwrap_or(u64::MAX) }
    }
}

/// What is said so long before the end.
fn announced(left_secs: u32) -> SystemPrompt {
    let is_last = WARNINGS_SECS.last().is_some_and(|last| left_secs <= *last);
    SystemPrompt::Paying(if is_last { PayingPrompt::EndsSoon } else { PayingPrompt::EndsInAMinute })
}

/// Whether calls of a number are carried by who runs the server, and so are paid for.
fn is_of_carrier(line: &Number, trunk: &Trunk) -> bool {
    line.source == NumberSource::CallingPlan && line.trunk == Some(trunk.id)
}

impl Leg {
    /// When a paid leg is to be looked at again.
    pub(crate) fn pays_at(&self) -> Option<Instant> {
        self.paying.and_then(|paying| paying.next_at).filter(|_| !self.is_over())
    }

    /// It is answered: from now on it is paid.
    pub(crate) fn begin_paying(&mut self, node: &mut Node) {
        let at = node.wall_now();
        let Some((id, charging)) = self.charging(node) else { return };
        let step = charging.answered(id, at);
        let says_alive_at = node.now + ALIVE_EVERY;
        node.says_alive_at.get_or_insert(says_alive_at);
        self.take_step(node, step);
    }

    /// It is over.
    pub(crate) fn stop_paying(&mut self, node: &mut Node) {
        let secs = self.paid_secs(node.now);
        let Some((id, charging)) = self.charging(node) else { return };
        let charge = charging.ended(id, secs);
        self.paying = None;
        let answered_at = self.history.answered_at.unwrap_or(node.now);
        node.tell_charge(charge, answered_at);
    }

    fn look(&mut self, node: &mut Node) -> Look {
        let secs = self.paid_secs(node.now);
        let Some((id, charging)) = self.charging(node) else {
            self.paying = None;
            return Look::GoesOn;
        };
        let step = charging.elapsed(id, secs);
        self.take_step(node, step)
    }

    fn take_step(&mut self, node: &mut Node, step: Option<Step>) -> Look {
        let Some(step) = step else {
            self.paying = None;
            return Look::GoesOn;
        };
        let answered_at = self.history.answered_at.unwrap_or(node.now);
        if let Some(paying) = &mut self.paying {
            paying.next_at = Some(answered_at + Duration::from_secs(step.next_secs.into()));
        }
        node.tell_charge(step.charge, answered_at);
        match (step.ends, step.warn_secs) {
            (true, _) => Look::Ends,
            (false, Some(left_secs)) => Look::Warns(left_secs),
            (false, None) => Look::GoesOn,
        }
    }

    fn paid_secs(&self, now: Instant) -> u32 {
        let since = self.history.answered_at.map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        u32::try_from(since.as_secs()).unwrap_or(u32::MAX)
    }

    fn charging<'a>(&self, node: &'a mut Node) -> Option<(PaidLeg, &'a mut Charging)> {
        let paying = self.paying?;
        Some((paying.id, node.charging.get_mut(&self.tenant)?))
    }
}

impl Call {
    /// Looks at the paid legs that are due: they go on, whoever talks is warned, or the call ends because nothing is left.
    /// False if it ended.
    pub(crate) fn look_at_paid_legs(&mut self, node: &mut Node) -> bool {
        let due: Vec<LegId> =
            self.legs.iter().filter(|leg| leg.pays_at().is_some_and(|at| at <= node.now)).map(|leg| leg.id).collect();
        for id in due {
            match self.leg_mut(id).map(|leg| leg.look(node)) {
                Some(Look::Ends) => {
                    self.stop(node, EndedBy::System, Refusal::CREDIT_EXHAUSTED);
                    return false;
                }
                Some(Look::Warns(left_secs)) => self.warn(node, id, left_secs),
                Some(Look::GoesOn) | None => {}
            }
        }
        true
    }

    /// What a caller hears of a refusal to pay: one of the organization's people why, and somebody from outside that nobody is
    /// reached by a number that is free for them; both if the organization wants them to.
    pub(crate) fn hears_why(&self, node: &Node, refusal: &Refusal) -> Option<PayingPrompt> {
        let is_own = self.leg(self.caller).is_some_and(|leg| leg.party.user().is_some());
        let controls = &node.charging.get(&self.tenant_id())?.account().wallet.controls;
        let said = refusal.said?;
        let wanted = match (said, is_own) {
            (PayingPrompt::NotReachable, _) => controls.toll_free_refusal,
            (_, true) => controls.refusal,
            (_, false) => Explanation::Off,
        };
        (wanted == Explanation::Spoken).then_some(said)
    }

    /// Two tones or a sentence for who talks at the organization's expense: everybody but the far end. Who hears music hears
    /// it on.
    fn warn(&self, node: &mut Node, paid: LegId, left_secs: u32) {
        let wanted = node.charging.get(&self.tenant_id()).map(|it| it.account().wallet.controls.warning);
        let said = match wanted {
            Some(Warning::Off) => return,
            Some(Warning::Announcement) => Some(announced(left_secs)),
            Some(Warning::Tone) | None => None,
        };
        if let Activity::Talking(talking) = &self.activity
            && talking.is_held()
        {
            return;
        }
        let listening = self.legs.iter().filter(|leg| leg.id != paid && leg.is_answered());
        let legs: Vec<LegId> = listening.map(|leg| leg.id).collect();
        for leg in legs {
            let sounds = |playable| self.sounds(&[playable], &self.tenant.profile.language);
            let mut items = sounds(said.map_or(Playable::Beep, Playable::System));
            if said.is_none() {
                items.push(Sound::Silence(BETWEEN_TONES_MS));
                items.extend(sounds(Playable::Beep));
            }
            self.play(node, leg, Playlist { items, repeat: false, offset_ms: 0 });
        }
    }
}
