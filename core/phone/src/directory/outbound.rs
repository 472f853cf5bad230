//! The way of a call that a person dials, step by step: what the digits mean, which routes and trunks lead there, how
//! each trunk gets the numbers, or why nothing does. Specification of calling, 1.4 and 3.5; of numbers, 2.4.

mod unroutable;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use self::unroutable::Unroutable;
use super::routing::{AUDIO_TEST, ECHO, VISIT};
use super::{Destination, Tenant, Verdict};
use crate::id::{TranslationRuleId, TrunkId, VoiceRouteId};
use crate::numbers::number::{Category, NumberSource};
use crate::numbers::routing::dial_plan::{Normalized, Normalizer};
use crate::numbers::routing::route::{RouteTable, Selection, UsageSeen, VoiceRoute};
use crate::numbers::routing::translation::{Translated, Translator, translate};
use crate::numbers::trunk::settings::{NumberFormat, Rules};
use crate::numbers::{Assignee, Country, E164, Number, Trunk};
use crate::people::User;
use crate::policies::calling::Calling;
use crate::policies::emergency::EmergencyCallRouting;
use crate::policies::outside::{DialOut, UserDialOut};
use crate::policies::routing::VoiceRouting;

/// An international prefix, the code of a country and the shortest number there are longer.
const SERVICE_DIGITS_MAX: usize = 8;

/// Who dials what, when.
#[derive(Clone, Copy, Debug)]
pub struct Dialling<'a> {
    pub user: &'a User,
    /// The line that is used; none is the one that calls show anyway.
    pub line: Option<E164>,
    pub dialled: &'a str,
    pub at: Timestamp,
}

/// The settings that hold for who dials.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Rules of the dial plan; none of them where there is no plan.
    pub normalizer: Normalizer,
    pub calling: Calling,
    pub dial_out: DialOut,
    pub emergency: EmergencyCallRouting,
    pub voice_routing: VoiceRouting,
}

/// The organization's routes and translation rules, ready to be used.
#[derive(Clone, Debug, Default)]
pub struct Book {
    pub routes: RouteTable,
    pub translators: BTreeMap<TranslationRuleId, Translator>,
}

/// The way of a call.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// What the digits came to, if it came to that.
    pub normalized: Option<Normalized>,
    /// The number that the call shows before a route or trunk changes it.
    pub line: Option<E164>,
    pub selection: Selection<'a>,
    /// Tried in this order.
    pub attempts: Vec<Attempt>,
    pub skipped: Vec<Skipped>,
    pub outcome: Outcome,
    /// One sentence for each rule that was applied.
    pub reasons: Vec<String>,
}

/// Where it ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// At emergency services, over the attempts.
    Emergency,
    /// Within the organization.
    Inside(Destination),
    /// Over the attempts.
    Outside,
    Refused(Unroutable),
}

/// A trunk that is tried, and what it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub trunk: TrunkId,
    /// None where no route was needed.
    pub route: Option<VoiceRouteId>,
    pub called: Translated,
    pub calling: Option<Translated>,
}

/// A trunk that is not tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub trunk: TrunkId,
    pub route: Option<VoiceRouteId>,
    pub why: Skip,
}

/// Why a trunk is not tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Skip {
    #[error("it comes before")]
    Again,
    #[error("it is disabled")]
    Disabled,
    #[error("it no longer exists")]
    Gone,
    #[error("somebody works on it until {0}")]
    Maintenance(Timestamp),
    #[error("a translation makes the number too long to be sent")]
    TooLong,
}

/// A number that leaves, and what it shows.
struct Leaving<'a> {
    dialled: &'a str,
    number: String,
    line: Option<E164>,
    at: Timestamp,
}

impl Held {
    /// Whether a usage that the policies name is one of the route: no other route can be chosen.
    pub fn leads_to(&self, route: &VoiceRoute) -> bool {
        let is_named = self.voice_routing.pstn_usages.iter().any(|usage| route.has_usage(usage.as_str()));
        is_named || self.emergency.emergency_numbers.iter().any(|entry| route.has_usage(entry.pstn_usage.as_str()))
    }
}

impl<'a> Plan<'a> {
    fn new() -> Self {
        Self {
            normalized: None,
            line: None,
            selection: Selection::default(),
            attempts: Vec::new(),
            skipped: Vec::new(),
            outcome: Outcome::Outside,
            reasons: Vec::new(),
        }
    }

    fn refused(mut self, why: Unroutable) -> Self {
        self.reasons.push(why.to_string());
        self.outcome = Outcome::Refused(why);
        self
    }

    fn inside(mut self, verdict: Verdict) -> Self {
        self.reasons.extend(verdict.reasons);
        self.outcome = match verdict.decision {
            Ok(destination) => Outcome::Inside(destination),
            Err(refusal) => Outcome::Refused(Unroutable::Inside(refusal)),
        };
        self
    }
}

impl Tenant {
    /// The way of what a person dials: to emergency services, to somebody inside, or over trunks in order.
    pub fn plan<'a>(&self, dialling: &Dialling<'_>, held: &'a Held, book: &'a Book) -> Plan<'a> {
        let mut plan = Plan::new();
        let Dialling { user, dialled, .. } = *dialling;
        plan.line = dialling.line.or_else(|| self.number_of_user(user.id));
        let bare: String = dialled.chars().filter(|char| !matches!(char, ' ' | '-' | '.' | '(' | ')' | '/')).collect();
        if held.emergency.find(&bare).is_some() || self.is_emergency(&bare) {
            return self.plan_emergency(plan, &bare, dialling, held, book);
        }
        let reaches_inside = matches!(bare.as_str(), ECHO | AUDIO_TEST | VISIT)
            || self.user_by_extension(&bare).is_some()
            || self.mailbox_by_extension(&bare).is_some();
        if reaches_inside || !user.enabled || self.profile.state != crate::people::tenant::State::Active {
            return plan.inside(self.dial(user.id, &bare));
        }
        let Some(normalized) = held.normalizer.normalize(dialled, |digits| self.read_dialled_by(user, digits)) else {
            return plan.refused(Unroutable::NotDialable { dialled: dialled.to_owned() });
        };
        plan.reasons.push(words_of(dialled, &normalized));
        let (result, number) = (normalized.result.clone(), normalized.number());
        plan.normalized = Some(normalized);
        if self.user_by_extension(&result).is_some() {
            return plan.inside(self.dial(user.id, &result));
        }
        if let Some(own) = number.filter(|number| self.numbers.contains_key(number)) {
            return plan.inside(self.dial(user.id, &own.to_string()));
        }
        if let Err(why) = self.may_leave(dialling, plan.line, &result, number, held) {
            return plan.refused(why);
        }
        self.plan_outside(plan, &result, number, dialling, held, book)
    }

    /// Whether a person may call a number outside at all. Specification of numbers, 2.3 and 2.4.
    fn may_leave(
        &self,
        dialling: &Dialling<'_>,
        line: Option<E164>,
        result: &str,
        number: Option<E164>,
        held: &Held,
    ) -> Result<(), Unroutable> {
        let user = dialling.user;
        let name = || user.display_name.clone();
        if !user.voice_enabled {
            return Err(Unroutable::NotLicensed { name: name(), extension: user.extension.clone() });
        }
        if !held.calling.allow_private_calling {
            return Err(Unroutable::CallingOff { name: name() });
        }
        if let Some(line) = line {
            let known = self.numbers.get(&line).filter(|number| number.assignee == Some(Assignee::User(user.id)));
            let known = known.ok_or_else(|| Unroutable::LineNotTheirs { line, name: name() })?;
            if known.category == Category::Private {
                return Err(Unroutable::LinePrivate { line });
            }
            if known.held_until.is_some() {
                return Err(Unroutable::LineKept { line, name: name() });
            }
        }
        match held.dial_out.user {
            UserDialOut::InternationalAndDomestic => Ok(()),
            UserDialOut::Domestic => self.stays_in_country(user, result, number),
            UserDialOut::None => Err(Unroutable::DialOutOff { name: name() }),
        }
    }

    /// Whether what leaves is known to stay in the country of the person. A rule of a dial plan may leave digits as they
    /// are, with a prefix that leads abroad: what counts is where they lead from there, not how they are written.
    fn stays_in_country(&self, user: &User, result: &str, number: Option<E164>) -> Result<(), Unroutable> {
        let own = user.country.as_deref().unwrap_or(&self.profile.country);
        let is_inside = match number.or_else(|| self.read_dialled_by(user, result)) {
            Some(number) => Country::of(number).is_some_and(|country| country.code() == own),
            None => is_local_service(result),
        };
        if is_inside {
            return Ok(());
        }
        let number = number.map_or_else(|| result.to_owned(), |number| number.to_string());
        Err(Unroutable::DomesticOnly { number, country: own.to_owned() })
    }

    fn plan_outside<'a>(
        &self,
        mut plan: Plan<'a>,
        result: &str,
        number: Option<E164>,
        dialling: &Dialling<'_>,
        held: &'a Held,
        book: &'a Book,
    ) -> Plan<'a> {
        let number_text = number.map_or_else(|| result.to_owned(), |number| number.to_string());
        let leaving =
            Leaving { dialled: dialling.dialled, number: number_text.clone(), line: plan.line, at: dialling.at };
        let usages: Vec<&str> = held.voice_routing.pstn_usages.iter().map(|usage| usage.as_str()).collect();
        if usages.is_empty() {
            if number.is_none() {
                return plan.refused(Unroutable::NotANumber { digits: result.to_owned() });
            }
            plan.reasons.push("no voice routing policy names a usage: trunks in order of their priority".to_owned());
            for trunk in self.trunks_for(plan.line) {
                self.attempt(&mut plan, &leaving, trunk, None, None, book);
            }
        } else {
            plan.selection = book.routes.select(&usages, held.voice_routing.fallthrough, &number_text);
            plan.reasons.extend(plan.selection.usages.iter().map(|(usage, seen)| words_of_usage(usage, *seen)));
            let chosen: Vec<_> = plan.selection.chosen().map(|(_, route)| route).collect();
            for route in &chosen {
                for trunk in &route.trunks {
                    self.attempt(&mut plan, &leaving, *trunk, Some(route.id), route.caller_id, book);
                }
            }
            let carrier = plan.line.and_then(|line| carrier_of(self.numbers.get(&line)?));
            if let Some(carrier) = carrier.filter(|_| chosen.is_empty() || held.voice_routing.carrier_backup) {
                plan.reasons.push("the carrier of the caller's number takes it".to_owned());
                self.attempt(&mut plan, &leaving, carrier, None, None, book);
            }
            if plan.attempts.is_empty() && plan.skipped.is_empty() && chosen.is_empty() {
                return plan.refused(match number {
                    Some(number) => {
                        let usages = usages.iter().map(|usage| (*usage).to_owned()).collect();
                        Unroutable::NoRoute { number, usages }
                    }
                    None => Unroutable::NotANumber { digits: result.to_owned() },
                });
            }
        }
        match plan.attempts.is_empty() {
            true => plan.refused(Unroutable::NoTrunk { number: number_text }),
            false => plan,
        }
    }

    /// Never refused while any trunk is enabled: the routes of the usage that the policy names go first, then all others.
    fn plan_emergency<'a>(
        &self,
        mut plan: Plan<'a>,
        bare: &str,
        dialling: &Dialling<'_>,
        held: &'a Held,
        book: &'a Book,
    ) -> Plan<'a> {
        plan.outcome = Outcome::Emergency;
        plan.reasons.push(format!("{bare} reaches emergency services, which everybody may call"));
        let entry = held.emergency.find(bare);
        let number = entry.map_or(bare, |entry| entry.emergency_dial_string.as_str()).to_owned();
        let leaving = Leaving { dialled: bare, number, line: plan.line, at: dialling.at };
        if let Some(entry) = entry {
            plan.selection = book.routes.select(&[entry.pstn_usage.as_str()], false, &leaving.number);
            plan.reasons.extend(plan.selection.usages.iter().map(|(usage, seen)| words_of_usage(usage, *seen)));
            let chosen: Vec<_> = plan.selection.chosen().map(|(_, route)| route).collect();
            for route in chosen {
                for trunk in &route.trunks {
                    self.attempt(&mut plan, &leaving, *trunk, Some(route.id), None, book);
                }
            }
        }
        let others = self.trunks.values().filter(|trunk| trunk.enabled).map(|trunk| trunk.id);
        for trunk in self.trunks_for(plan.line).into_iter().chain(others) {
            if !plan.attempts.iter().any(|attempt| attempt.trunk == trunk) {
                self.attempt(&mut plan, &leaving, trunk, None, None, book);
            }
        }
        match plan.attempts.is_empty() {
            true => plan.refused(Unroutable::NoTrunk { number: leaving.number }),
            false => plan,
        }
    }

    /// Adds a trunk to those that are tried, with the numbers as it gets them, or to those that are not.
    fn attempt(
        &self,
        plan: &mut Plan<'_>,
        leaving: &Leaving<'_>,
        id: TrunkId,
        route: Option<VoiceRouteId>,
        caller_id: Option<E164>,
        book: &Book,
    ) {
        let is_emergency = plan.outcome == Outcome::Emergency;
        let skip = |why| Skipped { trunk: id, route, why };
        let Some(trunk) = self.trunks.get(&id) else { return plan.skipped.push(skip(Skip::Gone)) };
        if plan.attempts.iter().any(|it| it.trunk == id) || plan.skipped.iter().any(|it| it.trunk == id) {
            return plan.skipped.push(skip(Skip::Again));
        }
        if !trunk.enabled {
            return plan.skipped.push(skip(Skip::Disabled));
        }
        if let Some(until) = trunk.settings.maintenance_until
            && trunk.settings.is_in_maintenance(leaving.at)
            && !is_emergency
        {
            return plan.skipped.push(skip(Skip::Maintenance(until)));
        }
        let rules =
            |list: &Rules| -> Vec<&Translator> { list.iter().filter_map(|rule| book.translators.get(rule)).collect() };
        let called = translate(&leaving.number, rules(&trunk.settings.outbound_called_rules));
        let called = match called {
            Some(called) => formatted(called, trunk, leaving.dialled, &self.profile.country),
            // A call for help is sent as it was dialled.
            None if is_emergency => Translated { number: leaving.number.clone(), by: None },
            None => return plan.skipped.push(skip(Skip::TooLong)),
        };
        // A number that was given back since is nobody's to show.
        let of_route = caller_id.filter(|number| self.numbers.contains_key(number));
        let shown = of_route.or(leaving.line).map(|number| number.to_string());
        let calling = shown.and_then(|number| translate(&number, rules(&trunk.settings.outbound_calling_rules)));
        plan.attempts.push(Attempt { trunk: id, route, called, calling });
    }

    /// A number as a person dials it where they work.
    fn read_dialled_by(&self, user: &User, digits: &str) -> Option<E164> {
        match user.country.as_deref().and_then(Country::parse) {
            Some(country) => country.read(digits).ok(),
            None => self.read_dialled(digits),
        }
    }
}

/// Whether digits that are no number can only be a service of the country, or an extension behind a trunk: too short to
/// lead abroad, and not the beginning of what does. ITU-T E.164, E.123
fn is_local_service(digits: &str) -> bool {
    digits.len() <= SERVICE_DIGITS_MAX && !["+", "00", "011"].iter().any(|abroad| digits.starts_with(abroad))
}

/// A number that no rule translated, as the trunk writes numbers.
fn formatted(called: Translated, trunk: &Trunk, dialled: &str, country: &str) -> Translated {
    let (None, Ok(number)) = (called.by, E164::parse(&called.number)) else { return called };
    let written = match trunk.settings.number_format {
        NumberFormat::E164Plus => number.to_string(),
        NumberFormat::E164 => number.digits(),
        NumberFormat::National => {
            crate::numbers::country::national(number, trunk.country.as_deref().unwrap_or(country))
        }
        NumberFormat::Raw => dialled.to_owned(),
    };
    Translated { number: written, by: None }
}

/// The trunk of a number whose carrier routes calls by itself: a calling plan's, or an operator's.
fn carrier_of(number: &Number) -> Option<TrunkId> {
    match number.source {
        NumberSource::CallingPlan | NumberSource::Operator(_) => number.trunk,
        NumberSource::DirectRouting => None,
    }
}

fn words_of(dialled: &str, normalized: &Normalized) -> String {
    let Normalized { result, by_country, .. } = normalized;
    match (normalized.rule(), by_country) {
        (Some(rule), None) => format!("{dialled} becomes {result} by the rule {} of the dial plan", rule.name),
        (Some(rule), Some(_)) => {
            format!("{dialled} becomes {result} by the rule {} of the dial plan and the country", rule.name)
        }
        (None, Some(_)) => format!("{dialled} is {result} as it is dialled in the country of the person"),
        (None, None) if result.starts_with('+') => format!("{result} is a full number and stays"),
        (None, None) => format!("no rule makes a number of {dialled}"),
    }
}

fn words_of_usage(usage: &str, seen: UsageSeen) -> String {
    match seen {
        UsageSeen::Decides => format!("the usage {usage} has a route for it and decides"),
        UsageSeen::Follows => format!("the usage {usage} has a route for it as well"),
        UsageSeen::HasNoRoute => format!("no route is of the usage {usage}"),
        UsageSeen::NoRouteMatches => format!("no route of the usage {usage} matches"),
        UsageSeen::NotLookedAt => format!("the usage {usage} is not looked at: one before it decides"),
    }
}
