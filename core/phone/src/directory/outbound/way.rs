//! Which trunks a call goes over in which order, and what each is sent. Specification of calling, 2.10, 3.5 and 3.6.

use std::sync::Arc;

use jiff::Timestamp;

use super::location::Whereabouts;
use super::{Attempt, Book, Held, Location, Outcome, Plan, Shown, Skip, Skipped, Unroutable};
use crate::directory::Tenant;
use crate::id::{ResourceAccountId, TrunkId, VoiceRouteId};
use crate::numbers::number::NumberSource;
use crate::numbers::routing::dial_plan::Normalized;
use crate::numbers::routing::route::UsageSeen;
use crate::numbers::routing::translation::{Translated, Translator, translate};
use crate::numbers::stir::{Signable, Whose};
use crate::numbers::trunk::settings::{NumberFormat, PrivacyPolicy, Rules};
use crate::numbers::{Assignee, E164, Number, Trunk};
use crate::people::User;
use crate::policies::emergency::SharedCalling;
use crate::policies::outside::CallingId;

/// What each trunk of a call is asked with.
struct Leaving<'a> {
    dialled: &'a str,
    from: Whereabouts,
    at: Timestamp,
    book: &'a Book,
}

impl Tenant {
    /// Over the routes of the usages that the policy names; without any, over all trunks in order of their priority.
    pub(super) fn plan_outside<'a>(
        &self,
        mut plan: Plan<'a>,
        number: Option<E164>,
        (dialled, from): (&str, Whereabouts),
        at: Timestamp,
        held: Held<'a>,
        book: &'a Book,
    ) -> Plan<'a> {
        let leaving = Leaving { dialled, from, at, book };
        let usages = || held.voice_routing.pstn_usages.iter().map(|usage| usage.as_str());
        if usages().next().is_none() {
            plan.reasons.push("no voice routing policy names a usage: trunks in order of their priority".to_owned());
            for trunk in self.trunks_for(plan.line) {
                self.attempt(&mut plan, &leaving, trunk, None, None);
            }
        } else {
            plan.selection = book.routes.select(usages(), held.voice_routing.fallthrough, &plan.number);
            plan.reasons.extend(plan.selection.usages.iter().map(|(usage, seen)| words_of_usage(usage, *seen)));
            let chosen = plan.selection.chosen.clone();
            for (_, route) in &chosen {
                for trunk in &route.trunks {
                    self.attempt(&mut plan, &leaving, *trunk, Some(route.id), route.caller_id);
                }
            }
            let carrier = plan.line.and_then(|line| carrier_of(self.numbers.get(&line)?));
            if let Some(carrier) = carrier.filter(|_| chosen.is_empty() || held.voice_routing.carrier_backup) {
                plan.reasons.push("the carrier of the caller's number takes it".to_owned());
                self.attempt(&mut plan, &leaving, carrier, None, None);
            }
            if plan.attempts.is_empty() && plan.skipped.is_empty() && chosen.is_empty() {
                return match number {
                    Some(number) => {
                        let usages = usages().map(str::to_owned).collect();
                        plan.refused(Unroutable::NoRoute { number, usages })
                    }
                    None => {
                        let digits = plan.number.clone();
                        plan.no_number(&digits)
                    }
                };
            }
        }
        self.tried_in_order(plan, book)
    }

    /// Never refused while any trunk is enabled: the routes of the usage that the policy names go first, then all others.
    pub(super) fn plan_emergency<'a>(
        &self,
        mut plan: Plan<'a>,
        bare: &str,
        at: Timestamp,
        held: Held<'a>,
        book: &'a Book,
    ) -> Plan<'a> {
        plan.outcome = Outcome::Emergency;
        plan.reasons.push(format!("{bare} reaches emergency services, which everybody may call"));
        let entry = held.emergency.find(bare);
        plan.number = entry.map_or(bare, |entry| entry.emergency_dial_string.as_str()).to_owned();
        // Whoever helps must be able to call back: no policy hides the caller.
        plan.shown.number = plan.line.map(|line| line.to_string());
        let leaving = Leaving { dialled: bare, from: Whereabouts::NOBODYS, at, book };
        if let Some(entry) = entry {
            plan.selection = book.routes.select([entry.pstn_usage.as_str()], false, &plan.number);
            plan.reasons.extend(plan.selection.usages.iter().map(|(usage, seen)| words_of_usage(usage, *seen)));
            let chosen = plan.selection.chosen.clone();
            for (_, route) in chosen {
                for trunk in &route.trunks {
                    self.attempt(&mut plan, &leaving, *trunk, Some(route.id), None);
                }
            }
        }
        let others = self.trunks.values().filter(|trunk| trunk.enabled).map(|trunk| trunk.id);
        for trunk in self.trunks_for(plan.line).into_iter().chain(others) {
            if !plan.attempts.iter().any(|attempt| attempt.trunk == trunk) {
                self.attempt(&mut plan, &leaving, trunk, None, None);
            }
        }
        self.tried_in_order(plan, book)
    }

    fn tried_in_order<'a>(&self, mut plan: Plan<'a>, book: &Book) -> Plan<'a> {
        let name = |id: &TrunkId| self.trunks.get(id).map_or("one that is gone", |trunk| trunk.name.as_str());
        for skipped in plan.skipped.iter().filter(|skipped| skipped.why != Skip::Again) {
            plan.reasons.push(format!("trunk {} is left out: {}", name(&skipped.trunk), skipped.why));
        }
        let Some(first) = plan.attempts.first() else {
            let number = plan.number.clone();
            let is_bound = plan.skipped.iter().any(|skipped| skipped.why == Skip::Location);
            return plan.refused(if is_bound {
                Unroutable::LocationForbids { number }
            } else {
                Unroutable::NoTrunk { number }
            });
        };
        let route = first.route.and_then(|route| book.routes.find(route));
        let by = route.map_or(String::new(), |route| format!(" by route {}", route.name));
        let rest = match plan.attempts.len() {
            1 => String::new(),
            n_trunks => format!(", or the next of {n_trunks} if that fails"),
        };
        let words = format!("it goes out over trunk {}{by}{rest}", name(&first.trunk));
        plan.reasons.push(words);
        let signing = plan.attempts.iter().filter_map(|attempt| {
            let trunk = self.trunks.get(&attempt.trunk).filter(|trunk| trunk.settings.stir_shaken.signs())?;
            Some(match attempt.signs {
                Some(Signable { number, whose }) => {
                    format!("trunk {} gets {number} signed {}", trunk.name, whose.words())
                }
                None => format!("trunk {} is told no number that could be signed", trunk.name),
            })
        });
        plan.reasons.extend(signing.collect::<Vec<_>>());
        plan
    }

    /// Adds a trunk to those that are tried, with the numbers as it gets them, or to those that are not.
    fn attempt(
        &self,
        plan: &mut Plan<'_>,
        leaving: &Leaving<'_>,
        id: TrunkId,
        route: Option<VoiceRouteId>,
        caller_id: Option<E164>,
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
        if !is_emergency && !self.may_use(leaving.from, trunk) {
            return plan.skipped.push(skip(Skip::Location));
        }
        let rules = |list: &Rules| -> Vec<&Translator> {
            list.iter().filter_map(|rule| leaving.book.translators.get(rule)).collect()
        };
        let called = translate(&plan.number, rules(&trunk.settings.outbound_called_rules));
        let called = match called {
            Some(called) => formatted(called, trunk, leaving.dialled, &self.profile.country),
            // A call for help is sent as it was dialled.
            None if is_emergency => Translated { number: plan.number.clone(), by: None },
            None => return plan.skipped.push(skip(Skip::TooLong)),
        };
        // A number that was given back since is nobody's to show.
        let of_route = caller_id.filter(|number| !plan.shown.is_hidden && self.numbers.contains_key(number));
        let shown = of_route.map(|number| number.to_string()).or_else(|| plan.shown.number.clone());
        let calling = shown.and_then(|number| translate(&number, rules(&trunk.settings.outbound_calling_rules)));
        let signs = trunk.settings.stir_shaken.signs().then(|| self.signable(plan, trunk, of_route)).flatten();
        plan.attempts.push(Attempt { trunk: id, route, called, calling, signs });
    }

    /// The number that is looked at together with a signature, and whose it is; none if a trunk is told no number. What is
    /// asserted counts more than what is shown. ATIS-1000074 §5.3.1
    fn signable(&self, plan: &Plan<'_>, trunk: &Trunk, of_route: Option<E164>) -> Option<Signable> {
        let settings = &trunk.settings;
        let own = || E164::parse_with_extension(plan.shown.number.as_deref()?).ok();
        let shown = of_route.or_else(own);
        let is_told = shown.is_some() || settings.privacy_policy == PrivacyPolicy::Keep;
        let told = plan.line.filter(|_| settings.forward_pai && is_told);
        let number = told.or(shown)?;
        // From outside anybody may show a number of ours.
        let is_callers = plan.shown.is_callers && told.is_none() && of_route.is_none();
        let whose = match self.numbers.get(&number) {
            _ if is_callers => Whose::Callers,
            Some(held) => Whose::held(held.source),
            None => Whose::Unknown,
        };
        Some(Signable { number: number.without_extension(), whose })
    }

    /// What the policy shows of a person who calls with a line. Specification of calling, 2.10.
    pub(super) fn shown_by(&self, user: &User, line: Option<E164>, held: Held<'_>, reasons: &mut Vec<String>) -> Shown {
        let name = held.caller_id.company_name.as_ref().map(|name| name.as_str().to_owned());
        let own = |reasons: &mut Vec<String>| match line {
            Some(line) => {
                reasons.push(format!("the call shows {line}, the number of {}", user.display_name));
                Shown { number: Some(line.to_string()), name: name.clone(), is_hidden: false, is_callers: false }
            }
            None => {
                reasons.push(format!("{} has no number to show", user.display_name));
                Shown::default()
            }
        };
        match (held.caller_id.calling_id_substitute, held.caller_id.resource_account) {
            (CallingId::Anonymous, _) => {
                reasons.push("the caller ID policy shows nobody".to_owned());
                Shown { is_hidden: true, ..Shown::default() }
            }
            (CallingId::Resource, Some(account)) => match self.number_of_account(account) {
                Some(number) => {
                    reasons.push(format!("the call shows {number}, as the caller ID policy says"));
                    Shown { number: Some(number.to_string()), name, is_hidden: false, is_callers: false }
                }
                None => {
                    reasons.push("the resource account of the caller ID policy has no number".to_owned());
                    own(reasons)
                }
            },
            (CallingId::LineUri, _) | (CallingId::Resource, None) => own(reasons),
        }
    }

    /// Where somebody is who calls for help: at the address of the number, else at the site of the person, else at that of
    /// the number.
    pub(super) fn location_of(
        &self,
        user: &User,
        line: Option<E164>,
        held: Held<'_>,
        reasons: &mut Vec<String>,
    ) -> Option<Location> {
        if !held.emergency.allow_enhanced_emergency_services {
            return None;
        }
        let number = line.and_then(|line| self.numbers.get(&line));
        let address = number.and_then(|number| self.routing.addresses.get(&number.address?));
        if let Some(civic) = address.filter(|address| address.validated.is_some()) {
            let (address, country) = (civic.line(), civic.country.clone());
            reasons.push(format!("emergency services are told {address}, the address {} of the number", civic.name));
            return Some(Location { address, civic: Some(Arc::clone(civic)), country });
        }
        let of_number = number.and_then(|number| number.site);
        let sites = [(user.site, "the person"), (of_number, "the number")];
        let found = sites.into_iter().find_map(|(site, whose)| {
            let site = self.routing.sites.get(&site?)?;
            Some((site, site.emergency_location.clone()?, whose))
        });
        let Some((site, address, whose)) = found else {
            reasons.push("no emergency location is known for the person or the number".to_owned());
            return None;
        };
        reasons.push(format!("emergency services are told {address}, from the site {} of {whose}", site.name));
        let country = site.country.as_ref().unwrap_or(&self.profile.country).clone();
        Some(Location { address, civic: None, country })
    }

    /// The number that somebody without one calls for help with: one that is lent for an hour, so that who calls back reaches
    /// them, else the one that all share. Specification of calling, 4.6.
    pub(super) fn line_for_help(&self, shared: &SharedCalling, reasons: &mut Vec<String>) -> Option<E164> {
        match self.lendable(shared).next() {
            Some(line) => {
                reasons.push(format!("the shared calling policy lends {line} for an hour, or the next that is free"));
                Some(line)
            }
            None => self.shared_line(shared, reasons),
        }
    }

    /// Those of the policy's numbers that the organization holds and nobody has.
    pub(super) fn lendable<'a>(&'a self, shared: &'a SharedCalling) -> impl Iterator<Item = E164> + 'a {
        let is_free = move |number: &E164| self.numbers.get(number).is_some_and(|number| number.assignee.is_none());
        shared.emergency_numbers.iter().copied().filter(is_free)
    }

    /// The number that somebody without one calls with. Specification of calling, 4.6.
    pub(super) fn shared_line(&self, shared: &SharedCalling, reasons: &mut Vec<String>) -> Option<E164> {
        let line = self.number_of_account(shared.resource_account?)?;
        reasons.push(format!("the shared calling policy lends {line}"));
        Some(line)
    }

    fn number_of_account(&self, account: ResourceAccountId) -> Option<E164> {
        self.number_of(Assignee::ResourceAccount(account))
    }
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

pub(super) fn words_of(dialled: &str, normalized: &Normalized) -> String {
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
