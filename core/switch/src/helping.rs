//! The security desk takes part in a call for help, if the emergency policy says so. Specification of numbers, 2.8.4

use phone::apps::supervision::Mode;
use phone::directory::{Dialled, External};
use phone::id::UserId;
use phone::policies::Holder;
use phone::policies::emergency::{EmergencyCalling, NotificationMode};

use crate::call::Call;
use crate::party::Party;

/// People whose phones ring once the call is answered. Who takes it first hears both, and is heard or not.
#[derive(Clone, Debug)]
pub(crate) struct Desk {
    pub(crate) people: Vec<UserId>,
    pub(crate) mode: Mode,
}

/// The number of emergency services that is called.
pub(crate) fn number_of(external: &External) -> String {
    match &external.number {
        Dialled::E164(number) => number.to_string(),
        Dialled::Short(digits) => digits.clone(),
    }
}

/// The policy that says who is told.
pub(crate) fn policy_of<'a>(call: &'a Call, external: &External) -> &'a EmergencyCalling {
    let caller = call.leg(call.caller).map(|leg| &leg.party);
    let user = caller.and_then(Party::user).and_then(|user| call.tenant.users.get(&user));
    let holder =
        Holder { user: user.map(|user| user.id), number: external.caller_id, site: user.and_then(|user| user.site) };
    call.tenant.routing.policies.emergency_calling.of(holder, &call.tenant.groups).1
}

/// Who takes part; none, where nobody does.
pub(crate) fn desk_of(call: &Call, external: &External) -> Option<Desk> {
    if !external.emergency {
        return None;
    }
    let (policy, number) = (policy_of(call, external), number_of(external));
    let mode = match policy.mode_of(&number)? {
        NotificationMode::NotificationOnly => return None,
        NotificationMode::ConferenceMuted => Mode::Listen,
        NotificationMode::ConferenceUnmuted => Mode::Barge,
    };
    let caller = call.leg(call.caller).and_then(|leg| leg.party.user());
    let people = call.tenant.desk(policy.notified_of(&number).iter().map(|entry| entry.as_str()), caller);
    (!people.is_empty()).then_some(Desk { people, mode })
}
