//! Whether an app can be saved among the tenant's other objects. Specification of voice apps, 1.19.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{App, Tenant};
use crate::apps::Target;
use crate::apps::attendant::scope::Eligible;
use crate::apps::attendant::{self, Action, AssociationKind, CallFlow, Key};
use crate::apps::delegation::Authorized;
use crate::apps::hours::Time;
use crate::apps::mailbox::{self, Via};
use crate::apps::queue::roster::{Members, full_roster};
use crate::apps::queue::{self, Exit, Hours};
use crate::limits::{AGENTS_MAX, APP_DEPTH_MAX};
use crate::problem::{Code, Problem};

/// Years in which holidays that come each year are compared: Easter meets whatever it can meet by then.
const YEARS_COMPARED: RangeInclusive<i16> = 2020..=2060;

/// Apps that each app leads to without a choice of the caller.
type Hops = BTreeMap<App, BTreeSet<App>>;

impl Tenant {
    /// What is wrong with an attendant that is about to be saved: by itself, and among the tenant's other objects.
    pub fn attendant_problems(&self, settings: &attendant::Settings) -> Vec<Problem> {
        let mut found = attendant::check::problems(settings);
        let same_name = |other: &attendant::Settings| other.id != settings.id && same(&other.name, &settings.name);
        if self.attendants.values().any(|other| same_name(other)) {
            found.push(Problem::new(Code::NameTaken, "name"));
        }
        if let Some(operator) = &settings.operator
            && self.target_problem(operator, App::Attendant(settings.id)).is_some()
        {
            found.push(Problem::new(Code::OperatorUnreachable, "operator"));
        }
        self.check_authorized(&settings.authorized, &mut found);
        self.check_flow(settings, &settings.default_flow, "default_flow", &mut found);
        for (index, association) in settings.associations.iter().enumerate() {
            if !self.schedules.contains_key(&association.schedule) {
                found.push(Problem::new(Code::MissingTarget, format!("associations[{index}].schedule")));
            }
            self.check_flow(settings, &association.flow, &format!("associations[{index}].flow"), &mut found);
        }
        if self.holidays_overlap(&settings.times()) {
            found.push(Problem::new(Code::HolidayDuplicateDate, "associations"));
        }
        self.check_extensions(settings, &mut found);
        self.check_hops(App::Attendant(settings.id), self.attendant_hops(settings), &mut found);
        found
    }

    /// What is wrong with a queue that is about to be saved: by itself, and among the tenant's other objects. `members`
    /// are those of the groups that it names.
    pub fn queue_problems(&self, settings: &queue::Settings, members: &Members) -> Vec<Problem> {
        let mut found = queue::check::problems(settings);
        let same_name = |other: &queue::Settings| other.id != settings.id && same(&other.name, &settings.name);
        if self.queues.values().any(|other| same_name(other)) {
            found.push(Problem::new(Code::NameTaken, "name"));
        }
        for (index, agent) in settings.agents.iter().enumerate() {
            if !self.users.get(agent).is_some_and(|user| user.enabled && user.voice_enabled) {
                found.push(Problem::new(Code::AgentNotVoiceEnabled, format!("agents[{index}]")));
            }
        }
        self.check_authorized(&settings.authorized, &mut found);
        for (index, group) in settings.groups.iter().enumerate() {
            if !members.contains_key(group) {
                found.push(Problem::new(Code::GroupUnknown, format!("groups[{index}]")));
            }
        }
        if AGENTS_MAX < full_roster(settings, members, |user| self.users.get(&user).map(Arc::as_ref)).len() {
            found.push(Problem::new(Code::TooManyAgents, "groups"));
        }
        for (index, account) in settings.caller_ids.iter().enumerate() {
            if !self.resource_accounts.contains_key(account) {
                found.push(Problem::new(Code::MissingTarget, format!("caller_ids[{index}]")));
            }
        }
        for (field, exception) in settings.exceptions() {
            if let Exit::Forward { target } = &exception.action
                && let Some(code) = self.target_problem(target, App::Queue(settings.id))
            {
                found.push(Problem::new(code, format!("{field}.action.target")));
            }
        }
        if let Some(hours) = &settings.hours {
            self.check_hours(hours, &mut found);
        }
        self.check_hops(App::Queue(settings.id), self.queue_hops(settings), &mut found);
        found
    }

    /// What is wrong with a shared mailbox that is about to be saved: by itself, and among the tenant's other objects.
    /// `members` are those of the groups that it names.
    pub fn mailbox_problems(&self, settings: &mailbox::Settings, members: &Members) -> Vec<Problem> {
        let mut found = mailbox::check::problems(settings);
        let same_name = |other: &mailbox::Settings| other.id != settings.id && same(&other.name, &settings.name);
        if self.mailboxes.values().any(|other| same_name(other)) {
            found.push(Problem::new(Code::NameTaken, "name"));
        }
        if let Some(extension) = &settings.extension {
            let is_other = |other: &Arc<mailbox::Settings>| other.id != settings.id;
            let is_taken = self.user_by_extension(extension).is_some()
                || self.mailbox_by_extension(extension).is_some_and(is_other);
            if self.is_emergency(extension) {
                found.push(Problem::new(Code::ExtensionEmergency, "extension"));
            } else if is_taken {
                found.push(Problem::new(Code::ExtensionTaken, "extension"));
            }
        }
        for (index, one) in settings.groups.iter().enumerate() {
            if !members.contains_key(&one.group) {
                found.push(Problem::new(Code::GroupUnknown, format!("groups[{index}]")));
            }
        }
        if let Some(one) = &settings.after_hours
            && !self.schedules.contains_key(&one.schedule)
        {
            found.push(Problem::new(Code::MissingTarget, "after_hours.schedule"));
        }
        for (index, one) in settings.app_greetings.iter().enumerate() {
            let is_there = match one.via {
                Via::Attendant(id) => self.attendants.contains_key(&id),
                Via::Queue(id) => self.queues.contains_key(&id),
            };
            if !is_there {
                found.push(Problem::new(Code::MissingTarget, format!("app_greetings[{index}].app")));
            }
        }
        for (index, member) in settings.members.iter().enumerate() {
            if !self.users.contains_key(&member.user) {
                found.push(Problem::new(Code::MissingTarget, format!("members[{index}]")));
            }
        }
        found
    }

    fn check_authorized(&self, authorized: &Authorized, found: &mut Vec<Problem>) {
        for (index, user) in authorized.users.iter().enumerate() {
            if !self.users.contains_key(user) {
                found.push(Problem::new(Code::MissingTarget, format!("authorized.users[{index}]")));
            }
        }
    }

    fn check_flow(&self, settings: &attendant::Settings, flow: &CallFlow, field: &str, found: &mut Vec<Problem>) {
        for (index, option) in flow.menu.options.iter().enumerate() {
            if let Action::Transfer { target } = &option.action
                && let Some(code) = self.target_problem(target, App::Attendant(settings.id))
            {
                found.push(Problem::new(code, format!("{field}.menu.options[{index}].action.target")));
            }
        }
    }

    /// `own` is the app being saved: it may lead to itself before it exists.
    fn target_problem(&self, target: &Target, own: App) -> Option<Code> {
        let exists = match target {
            Target::Attendant { id, .. } => own == App::Attendant(*id) || self.attendants.contains_key(id),
            Target::External { .. } => {
                let enabled = |id| self.trunks.get(id).is_some_and(|trunk| trunk.enabled);
                return (!self.outbound_trunks.iter().any(enabled)).then_some(Code::NoOutboundRight);
            }
            Target::Queue { id, .. } => own == App::Queue(*id) || self.queues.contains_key(id),
            Target::ResourceAccount { id, .. } => {
                self.resource_accounts.get(id).is_some_and(|account| account.app.is_some())
            }
            Target::SharedMailbox { id, .. } => self.mailboxes.contains_key(id),
            Target::User { id } => match self.users.get(id).filter(|user| user.enabled) {
                Some(user) if !user.voice_enabled => return Some(Code::TargetNotVoiceEnabled),
                Some(_) => true,
                None => false,
            },
            Target::Voicemail { id } => self.users.get(id).is_some_and(|user| user.enabled),
        };
        (!exists).then_some(Code::MissingTarget)
    }

    /// Extensions that several people have whom the callers of this attendant may reach.
    fn check_extensions(&self, settings: &attendant::Settings, found: &mut Vec<Problem>) {
        if !settings.searches_extensions() {
            return;
        }
        let within = self.listing.within(Eligible::new(&settings.dial_scope, &self.groups));
        let collisions = within.collisions(settings.direct_digits);
        let Some(first) = collisions.first() else { return };
        let words = match collisions.len() - 1 {
            0 => format!("{first} reaches several people, and callers choose among them"),
            n_others => format!("{first} and {n_others} more reach several people each, and callers choose among them"),
        };
        found.push(Problem::because(Code::ExtensionCollision, "inclusion_scope", words));
    }

    fn check_hours(&self, hours: &Hours, found: &mut Vec<Problem>) {
        for (index, closure) in hours.closures.iter().enumerate() {
            if !self.schedules.contains_key(&closure.schedule) {
                found.push(Problem::new(Code::MissingTarget, format!("hours.closures[{index}].schedule")));
            }
        }
        if self.holidays_overlap(&hours.times()) {
            found.push(Problem::new(Code::HolidayDuplicateDate, "hours.closures"));
        }
    }

    fn holidays_overlap(&self, times: &[Time]) -> bool {
        let holidays = times.iter().filter(|one| one.kind == AssociationKind::Holiday);
        let mut ranges = Vec::new();
        for schedule in holidays.filter_map(|holiday| self.schedules.get(&holiday.schedule)) {
            ranges.extend(schedule.rule.dates(YEARS_COMPARED).iter().map(|range| (range.start, range.end)));
        }
        ranges.sort_unstable();
        ranges.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if start < end))
    }

    /// Circles without a choice, and chains that are too long, through the app being saved.
    fn check_hops(&self, own: App, own_hops: BTreeSet<App>, found: &mut Vec<Problem>) {
        let mut hops: Hops = BTreeMap::new();
        hops.extend(self.attendants.values().map(|one| (App::Attendant(one.id), self.attendant_hops(one))));
        hops.extend(self.queues.values().map(|one| (App::Queue(one.id), self.queue_hops(one))));
        hops.insert(own, own_hops);
        let mut back = Hops::new();
        for (from, targets) in &hops {
            for to in targets {
                back.entry(*to).or_default().insert(*from);
            }
        }
        match (longest(&hops, own), longest(&back, own)) {
            (Chain::Circle, _) | (_, Chain::Circle) => {
                found.push(Problem::new(Code::CycleWithoutInteraction, ""));
            }
            (Chain::Hops(after), Chain::Hops(before)) if before + 1 + after > APP_DEPTH_MAX => {
                found.push(Problem::new(Code::Depth, ""));
            }
            (Chain::Hops(_), Chain::Hops(_)) => {}
        }
    }

    fn attendant_hops(&self, settings: &attendant::Settings) -> BTreeSet<App> {
        let flows = settings.associations.iter().map(|association| &association.flow);
        let options = flows.chain([&settings.default_flow]).flat_map(|flow| &flow.menu.options);
        let automatic = options.filter(|option| option.key == Key::Automatic);
        automatic
            .filter_map(|option| match &option.action {
                Action::Transfer { target } => self.app_of(target),
                Action::Operator => self.app_of(settings.operator.as_ref()?),
                Action::Announcement { .. } | Action::Disconnect | Action::SearchDirectory { .. } => None,
            })
            .collect()
    }

    fn queue_hops(&self, settings: &queue::Settings) -> BTreeSet<App> {
        let targets = settings.exceptions().filter_map(|(_, exception)| match &exception.action {
            Exit::Forward { target } => self.app_of(target),
            Exit::Disconnect => None,
        });
        targets.collect()
    }

    fn app_of(&self, target: &Target) -> Option<App> {
        match target {
            Target::Attendant { id, .. } => Some(App::Attendant(*id)),
            Target::Queue { id, .. } => Some(App::Queue(*id)),
            Target::ResourceAccount { id, .. } => self.resource_accounts.get(id)?.app,
            Target::External { .. } | Target::SharedMailbox { .. } | Target::User { .. } | Target::Voicemail { .. } => {
                None
            }
        }
    }
}

/// How far one gets from an app.
enum Chain {
    /// Back to the app itself.
    Circle,
    /// The most hops; one more than the limit stands for any more.
    Hops(usize),
}

fn longest(hops: &Hops, from: App) -> Chain {
    let mut reached = BTreeSet::from([from]);
    for n_hops in 0..=APP_DEPTH_MAX {
        let next: BTreeSet<App> = reached.iter().filter_map(|app| hops.get(app)).flatten().copied().collect();
        if next.contains(&from) {
            return Chain::Circle;
        }
        if next.is_empty() {
            return Chain::Hops(n_hops);
        }
        reached = next;
    }
    Chain::Hops(APP_DEPTH_MAX + 1)
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}
