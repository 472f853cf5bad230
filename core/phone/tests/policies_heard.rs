//! What who waits or leaves a message hears, as policies say. Specification of calling, 2.8 and 2.9.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use phone::apps::prompt::{Playable, SystemPrompt};
use phone::directory::Tenant;
use phone::directory::outbound::{Routing, RoutingParts};
use phone::id::{PolicyId, PromptKey, TenantId, UserId};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use phone::policies::{CallingPolicies, OutsidePolicies};
use serde_json::json;
use uuid::Uuid;

use crate::organization::nothing_but;

const MUSIC: PromptKey = PromptKey(Uuid::from_u128(50));
const BEFORE: PromptKey = PromptKey(Uuid::from_u128(51));
const AFTER: PromptKey = PromptKey(Uuid::from_u128(52));

#[test]
fn who_is_held_hears_what_the_policies_of_who_holds_say() {
    let tenant = tenant();
    assert_eq!(tenant.music_on_hold(person(101)), Some(Playable::Configured(MUSIC)));
    assert_eq!(tenant.music_on_hold(person(102)), Some(Playable::HoldMusic), "the policy is not Bob's");
    assert_eq!(tenant.music_on_hold(person(103)), None, "a file is not played where the calling policy wants silence");
}

#[test]
fn a_message_is_as_long_and_is_asked_for_as_the_voicemail_policy_says() {
    let tenant = tenant();
    let terms = tenant.voicemail_of(person(101)).unwrap();
    let usual = [Playable::System(SystemPrompt::NotAvailable), Playable::System(SystemPrompt::LeaveMessage)];
    let [one, two] = usual.clone();
    let hers = vec![Playable::Configured(BEFORE), one, two, Playable::Configured(AFTER)];
    assert_eq!((terms.max_secs, terms.greeting), (45, hers));
    let terms = tenant.voicemail_of(person(102)).unwrap();
    assert_eq!((terms.max_secs, terms.greeting), (300, usual.to_vec()));
}

#[test]
fn every_audio_file_that_calls_play_by_a_policy_is_named_so_that_it_is_at_hand() {
    let files: BTreeSet<PromptKey> = tenant().routing.policies.audio_files().collect();
    assert_eq!(files, [MUSIC, BEFORE, AFTER].into());
}

fn tenant() -> Tenant {
    let (hold, mailbox, silent) = (policy(1), policy(2), policy(3));
    let mut policies = OutsidePolicies::default();
    let settings = serde_json::from_value(json!({ "audio_file": MUSIC })).unwrap();
    policies.call_hold.named.insert(hold, ("Jazz".to_owned(), settings));
    policies.call_hold.direct.extend([(person(101), hold), (person(103), hold)]);
    let settings =
        json!({ "maximum_recording_seconds": 45, "preamble_audio_file": BEFORE, "postamble_audio_file": AFTER });
    policies.voicemail.named.insert(mailbox, ("Short".to_owned(), serde_json::from_value(settings).unwrap()));
    policies.voicemail.direct.insert(person(101), mailbox);
    let mut calling = CallingPolicies::default();
    let settings = serde_json::from_value(json!({ "music_on_hold_enabled_type": "disabled" })).unwrap();
    calling.named.insert(silent, ("Silent".to_owned(), settings));
    calling.direct.insert(person(103), silent);
    let mut parts = nothing_but(profile());
    for extension in 101..=103 {
        parts.users.insert(person(extension), Arc::new(user(extension)));
    }
    parts.calling = Arc::new(calling);
    parts.routing = Routing::first(RoutingParts { policies, ..RoutingParts::default() });
    Tenant::new(parts)
}

fn user(extension: u128) -> User {
    User {
        id: person(extension),
        display_name: format!("Person {extension}"),
        extension: extension.to_string(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: true,
        hidden: false,
        ring_secs: 30,
        enabled: true,
        ha1: Default::default(),
    }
}

fn profile() -> Profile {
    Profile {
        id: TenantId(Uuid::from_u128(1)),
        slug: "demo".to_owned(),
        name: "Demo".to_owned(),
        sip_domain: "demo.test".to_owned(),
        time_zone: "America/New_York".to_owned(),
        country: "US".to_owned(),
        language: "en-US".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    }
}

fn person(id: u128) -> UserId {
    UserId(Uuid::from_u128(id))
}

fn policy(id: u128) -> PolicyId {
    PolicyId(Uuid::from_u128(id))
}
