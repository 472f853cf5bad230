//! The policies of an organization, in the form in which calls ask for them: which of a type holds for whom, by what is
//! assigned now. Specification of calling, 4.2 and 4.4.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::call;
use super::calling::{Calling, Voicemail};
use super::dial_out::DialOut;
use super::effective::{Assigned, Rank, effective};
use super::emergency::{EmergencyCallRouting, EmergencyCalling, SharedCalling};
use super::outside::CallerId;
use super::policy::GLOBAL;
use super::routing::{DialPlan, VoiceRouting};
use super::types::PolicyType;
use crate::id::{GroupId, PolicyId, PromptKey, SiteId, UserId};
use crate::numbers::E164;

/// How long a phone rings before voicemail takes the call, in seconds, where the policy always sends it there.
/// Specification of calling, 1.3 (11).
pub const FORCED_VOICEMAIL_SECS: u32 = 30;

/// All policies of one type, and who is given which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<S> {
    /// The type, which says whether sites count.
    pub kind: PolicyType,
    /// The organization's own.
    pub global: S,
    /// The others, with their names.
    pub named: BTreeMap<PolicyId, (String, S)>,
    pub direct: BTreeMap<UserId, PolicyId>,
    pub groups: Vec<(GroupId, Rank, PolicyId)>,
    pub numbers: BTreeMap<E164, PolicyId>,
    pub sites: BTreeMap<SiteId, PolicyId>,
}

/// All calling policies of an organization, and who is given which.
pub type CallingPolicies = InForce<Calling>;

/// The policies that have a say in where calls go outside and what they show, and in what who waits or leaves a message
/// hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsidePolicies {
    pub call_hold: InForce<call::CallHold>,
    pub caller_id: InForce<CallerId>,
    pub dial_out: InForce<DialOut>,
    pub dial_plan: InForce<DialPlan>,
    pub emergency_call_routing: InForce<EmergencyCallRouting>,
    pub emergency_calling: InForce<EmergencyCalling>,
    pub shared_calling: InForce<SharedCalling>,
    pub voice_routing: InForce<VoiceRouting>,
    pub voicemail: InForce<call::Voicemail>,
}

/// For whom a policy is asked: a person, the number that is used, the site where the phone is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub user: Option<UserId>,
    pub number: Option<E164>,
    pub site: Option<SiteId>,
}

/// Who is in the groups that policies name.
type Members = BTreeMap<GroupId, Arc<BTreeSet<UserId>>>;

impl<S: Default> InForce<S> {
    /// What is there until somebody saves a policy of the type.
    pub fn new(kind: PolicyType) -> Self {
        Self {
            kind,
            global: S::default(),
            named: BTreeMap::new(),
            direct: BTreeMap::new(),
            groups: Vec::new(),
            numbers: BTreeMap::new(),
            sites: BTreeMap::new(),
        }
    }
}

impl<S> InForce<S> {
    /// The name and the settings of the policy that holds.
    pub fn of(&self, holder: Holder, members: &Members) -> (&str, &S) {
        // Most organizations have one policy of a type: then nobody needs to be looked for.
        if self.named.is_empty() {
            return (GLOBAL, &self.global);
        }
        let is_in = |group: &GroupId| {
            holder.user.is_some_and(|user| members.get(group).is_some_and(|members| members.contains(&user)))
        };
        let assigned = Assigned {
            site: holder.site.and_then(|site| self.sites.get(&site).copied()),
            number: holder.number.and_then(|number| Some((number, *self.numbers.get(&number)?))),
            direct: holder.user.and_then(|user| self.direct.get(&user).copied()),
            groups: self.groups.iter().filter(|(group, _, _)| is_in(group)).copied().collect(),
        };
        let winner = effective(self.kind, &assigned).winner;
        match winner.policy().and_then(|policy| self.named.get(&policy)) {
            Some((name, settings)) => (name, settings),
            None => (GLOBAL, &self.global),
        }
    }

    fn forget(&mut self, gone: Holder) {
        if let Some(user) = gone.user {
            self.direct.remove(&user);
        }
        if let Some(number) = gone.number {
            self.numbers.remove(&number);
        }
    }

    fn knows(&self, gone: Holder) -> bool {
        gone.user.is_some_and(|user| self.direct.contains_key(&user))
            || gone.number.is_some_and(|number| self.numbers.contains_key(&number))
    }

    /// Groups whose members decide which policy holds.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.groups.iter().map(|(group, _, _)| *group)
    }
}

impl Default for CallingPolicies {
    fn default() -> Self {
        Self::new(PolicyType::Calling)
    }
}

impl Default for OutsidePolicies {
    fn default() -> Self {
        Self {
            call_hold: InForce::new(PolicyType::CallHold),
            caller_id: InForce::new(PolicyType::CallerId),
            dial_out: InForce::new(PolicyType::DialOut),
            dial_plan: InForce::new(PolicyType::DialPlan),
            emergency_call_routing: InForce::new(PolicyType::EmergencyCallRouting),
            emergency_calling: InForce::new(PolicyType::EmergencyCalling),
            shared_calling: InForce::new(PolicyType::SharedCalling),
            voice_routing: InForce::new(PolicyType::VoiceRouting),
            voicemail: InForce::new(PolicyType::Voicemail),
        }
    }
}

impl CallingPolicies {
    /// Forgets who is no more; costs nothing where no policy was given to them.
    pub fn without(self: &Arc<Self>, gone: Holder) -> Arc<Self> {
        let mut policies = Arc::clone(self);
        if policies.knows(gone) {
            Arc::make_mut(&mut policies).forget(gone);
        }
        policies
    }
}

impl OutsidePolicies {
    /// Whether a policy is given to them by themselves.
    pub fn knows(&self, holder: Holder) -> bool {
        self.call_hold.knows(holder)
            || self.caller_id.knows(holder)
            || self.dial_out.knows(holder)
            || self.dial_plan.knows(holder)
            || self.emergency_call_routing.knows(holder)
            || self.emergency_calling.knows(holder)
            || self.shared_calling.knows(holder)
            || self.voice_routing.knows(holder)
            || self.voicemail.knows(holder)
    }

    /// Forgets who is no more.
    pub fn forget(&mut self, gone: Holder) {
        self.call_hold.forget(gone);
        self.caller_id.forget(gone);
        self.dial_out.forget(gone);
        self.dial_plan.forget(gone);
        self.emergency_call_routing.forget(gone);
        self.emergency_calling.forget(gone);
        self.shared_calling.forget(gone);
        self.voice_routing.forget(gone);
        self.voicemail.forget(gone);
    }

    /// The audio files that policies name and calls play.
    pub fn audio_files(&self) -> impl Iterator<Item = PromptKey> + '_ {
        let holds = std::iter::once(&self.call_hold.global).chain(self.call_hold.named.values().map(|(_, it)| it));
        let mailboxes = std::iter::once(&self.voicemail.global).chain(self.voicemail.named.values().map(|(_, it)| it));
        let around = |it: &call::Voicemail| [it.preamble_audio_file, it.postamble_audio_file];
        holds.map(|it| it.audio_file).chain(mailboxes.flat_map(around)).flatten()
    }
}

impl Holder {
    /// A person, wherever they are and whatever number they use.
    pub fn person(user: UserId) -> Self {
        Self { user: Some(user), ..Self::default() }
    }
}

impl Voicemail {
    /// Whether a person has a mailbox that takes calls, who wants one or not.
    pub fn allows(self, is_wanted: bool) -> bool {
        match self {
            Self::AlwaysEnabled => true,
            Self::AlwaysDisabled => false,
            Self::UserOverride => is_wanted,
        }
    }

    /// How long a person's phones ring, in seconds, who set so many.
    pub fn ring_secs(self, wanted: u32) -> u32 {
        match self {
            Self::AlwaysEnabled => FORCED_VOICEMAIL_SECS,
            Self::AlwaysDisabled | Self::UserOverride => wanted,
        }
    }
}
