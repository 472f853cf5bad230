//! Who gets a call, and why.
//!
//! Each decision notes the rules that it applies, one sentence each, so that `explain` and the record can't differ from
//! what was done.

use super::outbound::{Passing, Whereabouts};
use super::{App, Destination, Refusal, Tenant, Verdict};
use crate::apps::mailbox::{Mailbox, SystemWords};
use crate::apps::unassigned::UnassignedTarget;
use crate::apps::{Priority, Target};
use crate::id::{AttendantId, QueueId, ResourceAccountId, SharedMailboxId, TrunkId, UserId};
use crate::numbers::routing::call_block::BlockAction;
use crate::numbers::{Assignee, E164, Number};
use crate::people::User;
use crate::people::tenant::State;
use crate::policies::Holder;
use crate::policies::calling::PstnTreatment;

/// Dialled to hear oneself.
const ECHO: &str = "*43";
/// Dialled to hear a tone.
const AUDIO_TEST: &str = "*42";
/// Dialled to hear the messages of the own mailbox. Specification of calling, 2.8
const VISIT: &str = "*97";

type Decision = Result<Destination, Refusal>;
type Reasons = Vec<String>;

/// Where a call to a person or service comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// An attendant, a queue or the organization itself sends it on.
    App,
    Inside,
    Outside,
}

impl Tenant {
    /// Who gets a call that came in on `trunk` for `called` (the user part of the Request-URI) from `caller`, a number or
    /// [`ANONYMOUS`](super::outbound::ANONYMOUS). Specification of calling, 1.2.
    pub fn inbound(&self, trunk: TrunkId, called: &str, caller: &str) -> Verdict {
        judge(|reasons| {
            self.check_active(reasons)?;
            if let Some(trunk) = self.trunks.get(&trunk).filter(|trunk| trunk.settings.stir_shaken.verifies()) {
                let does = trunk.settings.stir_shaken_action.words();
                reasons
                    .push(format!("trunk {} has the signature of the caller's number looked at: {does}", trunk.name));
            }
            if let Some(decision) = self.screened(caller, reasons) {
                return decision;
            }
            let held = self.held_number(trunk, called);
            if held.is_none_or(|number| number.assignee.is_none()) {
                let meant = held.map_or_else(|| self.called_on(trunk, called), |number| number.number.to_string());
                if let Some(decision) = self.treated(&meant, reasons) {
                    return decision;
                }
            }
            let Some(number) = held else {
                return refuse(reasons, Refusal::NotFound, format!("{called} is no number of this organization"));
            };
            if !self.lets_in(trunk, number) {
                let why = format!("{} is no number of the operator whose trunk the call came in on", number.number);
                return refuse(reasons, Refusal::NotFound, why);
            }
            if let Some(Assignee::User(user)) = number.assignee
                && let Some(decision) = self.kept_away(trunk, user, reasons)
            {
                return decision;
            }
            self.to_number(number, Origin::Outside, reasons)
        })
    }

    /// What becomes of a call to a person whom calls over this trunk must not reach where the person is; none if they may.
    /// Specification of calling, 3.9.
    fn kept_away(&self, trunk: TrunkId, user: UserId, reasons: &mut Reasons) -> Option<Decision> {
        let (trunk, user) = (self.trunks.get(&trunk)?, self.users.get(&user)?);
        let held = self.held(Holder { user: Some(user.id), number: self.number_of_user(user.id), site: user.site });
        if self.may_use(Whereabouts::of(held.calling, user.site), trunk) {
            return None;
        }
        let (name, by) = (&user.display_name, &trunk.name);
        reasons.push(format!("calls over {by} must not reach {name} where {name} is: the phones do not ring"));
        Some(match self.voicemail_of(user.id) {
            Some(_) => {
                let why = format!("the mailbox of {name} takes a message");
                accept(reasons, Destination::Voicemail { id: user.id }, why)
            }
            None => Err(Refusal::LocationForbids),
        })
    }

    /// Where an app's target leads.
    pub fn redirect(&self, target: &Target, passing: &Passing<'_>) -> Verdict {
        judge(|reasons| self.follow(target, passing, reasons))
    }

    /// The way of a call that the organization itself makes to a number outside.
    pub fn call_outside(&self, number: E164, passing: &Passing<'_>) -> Verdict {
        judge(|reasons| {
            self.check_active(reasons)?;
            self.to_outside(number, passing, reasons)
        })
    }

    /// Who of the organization a person reaches by what they dial: a feature code, an extension. A refusal, if the person
    /// may not call at all; none, if this is nobody inside.
    pub(super) fn reached_inside(&self, user: &User, dialled: &str) -> Option<Verdict> {
        let mut reasons = Reasons::new();
        let decision = self.inside(user, dialled, &mut reasons)?;
        Some(Verdict { decision, reasons })
    }

    /// Who of the organization has a number.
    pub(super) fn reached_by_number(&self, number: E164) -> Option<Verdict> {
        let own = self.numbers.get(&number);
        if own.is_none_or(|own| own.assignee.is_none()) {
            let mut reasons = Reasons::new();
            if let Some(decision) = self.treated(&number.to_string(), &mut reasons) {
                return Some(Verdict { decision, reasons });
            }
        }
        own.map(|own| judge(|reasons| self.to_number(own, Origin::Inside, reasons)))
    }

    fn inside(&self, user: &User, dialled: &str, reasons: &mut Reasons) -> Option<Decision> {
        if let Err(refusal) = self.check_active(reasons) {
            return Some(Err(refusal));
        }
        if !user.enabled {
            let why = format!("the account of {} is disabled", user.display_name);
            return Some(refuse(reasons, Refusal::Disabled, why));
        }
        if let Err(refusal) = self.check_calling(user, reasons) {
            return Some(Err(refusal));
        }
        match dialled {
            ECHO => return Some(accept(reasons, Destination::Echo, format!("{ECHO} is the echo test"))),
            AUDIO_TEST => {
                return Some(accept(reasons, Destination::AudioTest, format!("{AUDIO_TEST} is the audio test")));
            }
            VISIT => {
                let (mailbox, listener) = (Mailbox::Person(user.id), user.id);
                let why = format!("{VISIT} is the own mailbox: {} hears messages", user.display_name);
                return Some(accept(reasons, Destination::Visit { mailbox, listener }, why));
            }
            _ => {}
        }
        if let Some(callee) = self.user_by_extension(dialled) {
            reasons.push(format!("{dialled} is the extension of {}", callee.display_name));
            return Some(self.to_person(callee, Origin::Inside, reasons));
        }
        let mailbox = self.mailbox_by_extension(dialled)?;
        reasons.push(format!("{dialled} is the extension of the shared mailbox {}", mailbox.name));
        if mailbox.role_of(user.id, &self.groups).is_none() {
            return Some(self.to_mailbox(mailbox.id, false, reasons));
        }
        let (mailbox, listener) = (Mailbox::Shared(mailbox.id), user.id);
        let why = format!("{} is a member and hears its messages", user.display_name);
        Some(accept(reasons, Destination::Visit { mailbox, listener }, why))
    }

    fn check_active(&self, reasons: &mut Reasons) -> Result<(), Refusal> {
        match self.profile.state {
            State::Active => Ok(()),
            State::Suspended => {
                reasons.push(format!("the organization {} is suspended", self.profile.name));
                Err(Refusal::Suspended)
            }
        }
    }

    /// What the list of callers says of one; none lets the caller in. Specification of calling, 2.15.
    fn screened(&self, caller: &str, reasons: &mut Reasons) -> Option<Decision> {
        let found = self.routing.screen.find(caller)?;
        let name = found.name;
        match found.action {
            BlockAction::Exempt => {
                reasons.push(format!("{caller} is let in: the pattern {name} is exempt from blocking"));
                None
            }
            BlockAction::Block => {
                let why = format!("calls from {caller} are blocked by the pattern {name}");
                Some(refuse(reasons, Refusal::CallerBlocked, why))
            }
            BlockAction::Redirect { account } => {
                reasons.push(format!("calls from {caller} are redirected by the pattern {name}"));
                Some(self.to_service(account, None, reasons))
            }
        }
    }

    /// What becomes of a call to a number that is assigned to nobody; none if no pattern matches it. Specification of
    /// calling, 2.17.
    fn treated(&self, called: &str, reasons: &mut Reasons) -> Option<Decision> {
        let found = self.routing.treatments.find(called)?;
        reasons.push(format!(
            "{called} is assigned to nobody: the treatment {} of unassigned numbers takes it",
            found.name
        ));
        Some(match &found.target {
            UnassignedTarget::Announcement { prompt } => {
                let destination = Destination::Announcement { prompt: prompt.key() };
                accept(reasons, destination, "an announcement is played, and the call ends".to_owned())
            }
            UnassignedTarget::ResourceAccount { account } => self.to_service(*account, None, reasons),
            UnassignedTarget::User { user } => match self.users.get(user) {
                Some(user) => self.to_person(user, Origin::Outside, reasons),
                None => refuse(reasons, Refusal::ServiceNotSetUp, "the person of the treatment is gone".to_owned()),
            },
        })
    }

    /// To who has the number here, or outside.
    fn to_outside(&self, number: E164, passing: &Passing<'_>, reasons: &mut Reasons) -> Decision {
        let own = self.numbers.get(&number);
        if own.is_none_or(|own| own.assignee.is_none())
            && let Some(decision) = self.treated(&number.to_string(), reasons)
        {
            return decision;
        }
        if let Some(own) = own {
            return self.to_number(own, Origin::App, reasons);
        }
        let Verdict { decision, reasons: why } = self.plan_passing(number, passing).verdict();
        reasons.extend(why);
        decision
    }

    /// The trunks that a person's calls go out over, in order.
    pub(super) fn ways_out(&self, user: UserId) -> Vec<TrunkId> {
        self.trunks_for(self.number_of_user(user))
    }

    /// Enabled outbound trunks in order, that of the number shown first.
    pub(super) fn trunks_for(&self, caller_id: Option<E164>) -> Vec<TrunkId> {
        let of_number = caller_id.and_then(|number| self.numbers.get(&number)?.trunk);
        let mut trunks = Vec::with_capacity(self.outbound_trunks.len() + 1);
        for trunk in of_number.iter().chain(&self.outbound_trunks) {
            let enabled = self.trunks.get(trunk).is_some_and(|trunk| trunk.enabled);
            if enabled && !trunks.contains(trunk) {
                trunks.push(*trunk);
            }
        }
        trunks
    }

    fn to_number(&self, number: &Number, origin: Origin, reasons: &mut Reasons) -> Decision {
        let digits = number.number;
        match number.assignee {
            None => refuse(reasons, Refusal::NumberNotAssigned, format!("{digits} is not assigned to anybody")),
            Some(Assignee::User(user)) => match self.users.get(&user) {
                Some(user) => {
                    reasons.push(format!("{digits} is assigned to {}", user.display_name));
                    if number.held_until.is_some() && origin != Origin::Inside {
                        let why = format!("{} lost the license for it; it is kept for a while", user.display_name);
                        return refuse(reasons, Refusal::NotLicensed, why);
                    }
                    self.to_person(user, origin, reasons)
                }
                None => refuse(reasons, Refusal::NumberNotAssigned, format!("{digits} is assigned to nobody here")),
            },
            Some(Assignee::ResourceAccount(account)) => {
                reasons.push(format!("{digits} is assigned to a resource account"));
                self.to_service(account, None, reasons)
            }
        }
    }

    fn to_person(&self, user: &User, origin: Origin, reasons: &mut Reasons) -> Decision {
        if !user.enabled {
            return refuse(reasons, Refusal::Disabled, format!("the account of {} is disabled", user.display_name));
        }
        self.check_calling(user, reasons)?;
        if origin != Origin::Inside && !user.voice_enabled {
            let why = format!("{} has no license to be called from outside", user.display_name);
            return refuse(reasons, Refusal::NotLicensed, why);
        }
        if origin == Origin::Outside
            && let Some(decision) = self.turned_away(user, reasons)
        {
            return decision;
        }
        accept(reasons, Destination::User { id: user.id }, format!("the phones of {} ring", user.display_name))
    }

    /// Whether a person has calls at all. Specification of calling, 1.3 (1).
    fn check_calling(&self, user: &User, reasons: &mut Reasons) -> Result<(), Refusal> {
        let (policy, calling) = self.calling.of(Holder::person(user.id), &self.groups);
        if calling.allow_private_calling {
            return Ok(());
        }
        reasons.push(format!("the calling policy {policy} forbids {} all calls", user.display_name));
        Err(Refusal::CallingOff)
    }

    /// Where a call from outside goes in place of a person's phones, if the calling policy says so: into their mailbox,
    /// which is where what they don't answer goes as well. Specification of calling, 1.3 (4).
    fn turned_away(&self, user: &User, reasons: &mut Reasons) -> Option<Decision> {
        let (policy, calling) = self.calling.of(Holder::person(user.id), &self.groups);
        match calling.inbound_pstn_call_routing_treatment {
            PstnTreatment::RegularIncoming | PstnTreatment::UserOverride => return None,
            PstnTreatment::Unanswered | PstnTreatment::Voicemail => {}
        }
        let name = &user.display_name;
        reasons.push(format!("the calling policy {policy} keeps calls from outside from the phones of {name}"));
        Some(match self.voicemail_of(user.id) {
            Some(_) => accept(
                reasons,
                Destination::Voicemail { id: user.id },
                format!("the mailbox of {name} takes a message"),
            ),
            None => {
                let why = self.why_voicemail(user.id).unwrap_or_else(|| format!("{name} has no voicemail"));
                refuse(reasons, Refusal::ServiceNotSetUp, why)
            }
        })
    }

    /// What a resource account stands for. `asked` is the priority that an app gave to the call, which wins over the
    /// account's own.
    fn to_service(&self, id: ResourceAccountId, asked: Option<Priority>, reasons: &mut Reasons) -> Decision {
        let Some(account) = self.resource_accounts.get(&id) else {
            return refuse(reasons, Refusal::ServiceNotSetUp, "the resource account does not exist".to_owned());
        };
        let priority = asked.or(Some(account.priority));
        match account.app {
            Some(App::Attendant(id)) => self.to_attendant(id, priority, reasons),
            Some(App::Queue(id)) => self.to_queue(id, priority, reasons),
            None => {
                let why = format!("the resource account {} has no attendant or queue", account.display_name);
                refuse(reasons, Refusal::ServiceNotSetUp, why)
            }
        }
    }

    fn to_attendant(&self, id: AttendantId, priority: Option<Priority>, reasons: &mut Reasons) -> Decision {
        match self.attendants.get(&id) {
            Some(settings) => {
                let why = format!("the auto attendant {} answers", settings.name);
                accept(reasons, Destination::Attendant { id, priority }, why)
            }
            None => refuse(reasons, Refusal::ServiceNotSetUp, "the auto attendant does not exist".to_owned()),
        }
    }

    fn to_queue(&self, id: QueueId, priority: Option<Priority>, reasons: &mut Reasons) -> Decision {
        match self.queues.get(&id) {
            Some(settings) => {
                accept(reasons, Destination::Queue { id, priority }, format!("the queue {} answers", settings.name))
            }
            None => refuse(reasons, Refusal::ServiceNotSetUp, "the queue does not exist".to_owned()),
        }
    }

    fn to_mailbox(&self, id: SharedMailboxId, is_silent: bool, reasons: &mut Reasons) -> Decision {
        let words = if is_silent { SystemWords::Suppressed } else { SystemWords::Heard };
        match self.mailboxes.get(&id) {
            Some(settings) => {
                let why = format!("the shared mailbox {} takes a message", settings.name);
                accept(reasons, Destination::SharedMailbox { id, words }, why)
            }
            None => refuse(reasons, Refusal::ServiceNotSetUp, "the shared mailbox does not exist".to_owned()),
        }
    }

    fn follow(&self, target: &Target, passing: &Passing<'_>, reasons: &mut Reasons) -> Decision {
        match target {
            Target::Attendant { id, priority } => self.to_attendant(*id, Some(*priority), reasons),
            Target::External { number } => self.to_outside(*number, passing, reasons),
            Target::Queue { id, priority } => self.to_queue(*id, Some(*priority), reasons),
            Target::ResourceAccount { id, priority } => self.to_service(*id, Some(*priority), reasons),
            Target::SharedMailbox { id, suppress_system_prompt } => {
                self.to_mailbox(*id, *suppress_system_prompt, reasons)
            }
            Target::User { id } => match self.users.get(id) {
                Some(user) => self.to_person(user, Origin::App, reasons),
                None => refuse(reasons, Refusal::NotFound, "the person does not exist".to_owned()),
            },
            Target::Voicemail { id } => match self.voicemail_of(*id) {
                Some(terms) => {
                    let why = format!("the mailbox of {} takes a message", terms.name);
                    accept(reasons, Destination::Voicemail { id: *id }, why)
                }
                None => {
                    let why = self.why_voicemail(*id).unwrap_or_else(|| "the person has no voicemail".to_owned());
                    refuse(reasons, Refusal::ServiceNotSetUp, why)
                }
            },
        }
    }
}

fn judge(decide: impl FnOnce(&mut Reasons) -> Decision) -> Verdict {
    let mut reasons = Reasons::with_capacity(3);
    let decision = decide(&mut reasons);
    Verdict { decision, reasons }
}

fn accept(reasons: &mut Reasons, destination: Destination, why: String) -> Decision {
    reasons.push(why);
    Ok(destination)
}

fn refuse(reasons: &mut Reasons, refusal: Refusal, why: String) -> Decision {
    reasons.push(why);
    Err(refusal)
}
