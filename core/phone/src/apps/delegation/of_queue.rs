//! What a change of a queue needs.

use super::{Needed, Right};
use crate::apps::queue::{ExceptionAction, ExceptionPrompts, Settings};

/// What it needs to make these settings of those. Every field is named here, so that none is opened by oversight.
pub fn rights_for(before: &Settings, after: &Settings) -> Needed {
    let mut needed = Needed::default();
    let Settings {
        id,
        name,
        language,
        greeting,
        music,
        agents,
        groups,
        order,
        routing,
        presence_based,
        allow_opt_out,
        agent_alert_secs,
        overflow_threshold,
        overflow,
        timeout_secs,
        timeout,
        no_agent,
        no_free_agent,
        wrap_up_secs,
        agent_capacity,
        missed_offers_max,
        reset_idle_on_miss,
        age_step_secs,
        keeps_wait_credit,
        timeout_policy,
        offers_during_greeting,
        ranks,
        announcements,
        callback,
        authorized,
        service_level_secs,
        supervision_notice,
        recording,
        caller_ids,
        hours,
        alerts,
    } = before;
    needed.right(Right::QueueLanguage, *language != after.language);
    needed.right(Right::QueueWelcomeGreeting, *greeting != after.greeting);
    needed.right(Right::QueueMusicOnHold, *music != after.music);
    let is_same_team = *agents == after.agents && *groups == after.groups && *order == after.order;
    needed.right(Right::QueueMembership, !is_same_team || *ranks != after.ranks);
    needed.right(Right::QueueRoutingMethod, *routing != after.routing);
    needed.right(Right::QueuePresenceBasedRouting, *presence_based != after.presence_based);
    needed.right(Right::QueueOptOut, *allow_opt_out != after.allow_opt_out);
    needed.right(Right::QueueOverflowRouting, *overflow_threshold != after.overflow_threshold);
    needed.right(Right::QueueTimeoutRouting, *timeout_secs != after.timeout_secs);
    exception(
        &mut needed,
        (overflow, &after.overflow),
        Right::QueueOverflowRouting,
        Right::QueueOverflowVoicemailGreeting,
    );
    exception(&mut needed, (timeout, &after.timeout), Right::QueueTimeoutRouting, Right::QueueTimeoutVoicemailGreeting);
    needed.right(Right::QueueNoAgentsRouting, no_agent.apply_to != after.no_agent.apply_to);
    needed.right(Right::QueueNoAgentsRouting, *no_free_agent != after.no_free_agent);
    match (&no_agent.action, &after.no_agent.action) {
        (Some(was), Some(is)) => {
            let (routing, greeting) = (Right::QueueNoAgentsRouting, Right::QueueNoAgentVoicemailGreeting);
            exception(&mut needed, (was, is), routing, greeting);
        }
        (was, is) => needed.right(Right::QueueNoAgentsRouting, was != is),
    }
    needed.role("id", *id != after.id);
    needed.role("name", *name != after.name);
    needed.role("agent_alert_seconds", *agent_alert_secs != after.agent_alert_secs);
    needed.role("wrap_up_seconds", *wrap_up_secs != after.wrap_up_secs);
    needed.role("agent_capacity", *agent_capacity != after.agent_capacity);
    needed.role("missed_offers_max", *missed_offers_max != after.missed_offers_max);
    needed.role("reset_idle_on_miss", *reset_idle_on_miss != after.reset_idle_on_miss);
    needed.role("age_step_seconds", *age_step_secs != after.age_step_secs);
    needed.role("keeps_wait_credit", *keeps_wait_credit != after.keeps_wait_credit);
    needed.role("timeout_policy", *timeout_policy != after.timeout_policy);
    needed.role("offers_during_greeting", *offers_during_greeting != after.offers_during_greeting);
    needed.role("announcements", *announcements != after.announcements);
    needed.role("callback", *callback != after.callback);
    needed.role("authorized", *authorized != after.authorized);
    needed.role("service_level_seconds", *service_level_secs != after.service_level_secs);
    needed.role("recording", *recording != after.recording);
    needed.role("caller_ids", *caller_ids != after.caller_ids);
    needed.role("alerts", *alerts != after.alerts);
    needed.role("hours", *hours != after.hours);
    needed.role("supervision_notice", *supervision_notice != after.supervision_notice);
    needed
}

/// What a mailbox is greeted with has a right of its own; all else of an exception is where it leads.
fn exception(
    needed: &mut Needed,
    (before, after): (&ExceptionAction, &ExceptionAction),
    routing: Right,
    greeting: Right,
) {
    needed.right(greeting, before.prompts.shared_voicemail != after.prompts.shared_voicemail);
    let without_greeting = |exception: &ExceptionAction| ExceptionAction {
        prompts: ExceptionPrompts { shared_voicemail: None, ..exception.prompts.clone() },
        ..exception.clone()
    };
    needed.right(routing, without_greeting(before) != without_greeting(after));
}
