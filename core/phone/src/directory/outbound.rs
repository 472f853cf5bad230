//! The way of a call outside, step by step: what the digits mean, which routes and trunks lead there, how each trunk gets
//! the numbers, or why nothing does. Live calls, `explain` and tests of routes all ask here. Specification of calling, 1.4
//! and 3.5; of numbers, 2.4.

mod location;
mod settings;
mod unroutable;
mod way;

use std::sync::Arc;

use jiff::Timestamp;

pub(in crate::directory) use self::location::Whereabouts;
pub use self::settings::{Book, Held, Planned, Routing, RoutingParts};
pub use self::unroutable::Unroutable;
use super::{Destination, Dialled, External, Refusal, Tenant, Verdict};
use crate::id::{TrunkId, UserId, VoiceRouteId};
use crate::numbers::civic_address::CivicAddress;
use crate::numbers::number::Category;
use crate::numbers::routing::dial_plan::Normalized;
use crate::numbers::routing::route::Selection;
use crate::numbers::routing::translation::Translated;
use crate::numbers::stir::Signable;
use crate::numbers::{Assignee, Country, E164};
use crate::people::User;
use crate::policies::Holder;
use crate::policies::dial_out::{Denial, DialOut, Said, UserDialOut};

/// An international prefix, the code of a country and the shortest number there are longer.
const SERVICE_DIGITS_MAX: usize = 8;
/// Fewer digits than this are never a number outside, only an extension that isn't there.
const OUTSIDE_DIGITS_MIN: usize = 7;

/// The number of a caller who hides.
pub const ANONYMOUS: &str = "anonymous";

/// Who dials what, when.
#[derive(Clone, Copy, Debug)]
pub struct Dialling<'a> {
    pub user: &'a User,
    /// The line that is used; none is the one that calls show anyway.
    pub line: Option<E164>,
    pub dialled: &'a str,
    pub at: Timestamp,
}

/// A call that an app sends outside, or that the organization makes itself.
#[derive(Clone, Copy, Debug)]
pub struct Passing<'a> {
    /// Who called, as the far end is to see them, or [`ANONYMOUS`]; none where nobody outside did.
    pub caller: Option<&'a str>,
    /// The number of the organization that was called, or by which it calls: its policies hold, and it is shown where no
    /// caller is.
    pub line: Option<E164>,
    pub at: Timestamp,
}

/// The way of a call.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// What the digits came to, if it came to that.
    pub normalized: Option<Normalized>,
    /// The number called, as routes see it.
    pub number: String,
    /// The number of the organization that the call is made with.
    pub line: Option<E164>,
    /// What it shows before a route or trunk changes it.
    pub shown: Shown,
    /// Where emergency services are told that the caller is.
    pub location: Option<Location>,
    pub selection: Selection<'a>,
    /// Tried in this order.
    pub attempts: Vec<Attempt>,
    pub skipped: Vec<Skipped>,
    pub outcome: Outcome,
    /// One sentence for each rule that was applied.
    pub reasons: Vec<String>,
}

/// What who is called sees of the caller. Specification of calling, 2.10.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// None is nobody: the call is anonymous.
    pub number: Option<String>,
    /// A name in place of the caller's own.
    pub name: Option<String>,
    /// The caller hides, whatever else could be shown.
    pub is_hidden: bool,
    /// The number is that of who called from outside, and of nobody here.
    pub is_callers: bool,
}

/// Where a caller is, as emergency services are told. Specification of numbers, 2.8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The address in words.
    pub address: String,
    /// The same in its parts, where they are known.
    pub civic: Option<Arc<CivicAddress>>,
    /// ISO 3166 alpha-2.
    pub country: String,
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
    /// None is anonymous.
    pub calling: Option<Translated>,
    /// The number that is vouched for with a signature, where the trunk wants that and one is shown or told.
    pub signs: Option<Signable>,
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
    #[error("calls from where the caller is must not leave by it")]
    Location,
    #[error("somebody works on it until {0}")]
    Maintenance(Timestamp),
    #[error("a translation makes the number too long to be sent")]
    TooLong,
}

impl External {
    /// Puts trunks that can't be relied on behind the others of their route. Specification of calling, 3.5.
    pub fn weakest_last(&mut self, is_weak: impl Fn(TrunkId) -> bool) {
        weakest_last(&mut self.attempts, is_weak);
    }
}

fn weakest_last(attempts: &mut [Attempt], is_weak: impl Fn(TrunkId) -> bool) {
    for of_route in attempts.chunk_by_mut(|one, next| one.route == next.route) {
        of_route.sort_by_key(|attempt| is_weak(attempt.trunk));
    }
}

impl<'a> Plan<'a> {
    fn new(line: Option<E164>) -> Self {
        Self {
            normalized: None,
            number: String::new(),
            line,
            shown: Shown::default(),
            location: None,
            selection: Selection::default(),
            attempts: Vec::new(),
            skipped: Vec::new(),
            outcome: Outcome::Outside,
            reasons: Vec::new(),
        }
    }

    fn refused(mut self, why: Unroutable) -> Self {
        if !matches!(why, Unroutable::Inside(_)) {
            self.reasons.push(why.to_string());
        }
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

    /// Puts trunks that can't be relied on behind the others of their route.
    pub fn weakest_last(&mut self, is_weak: impl Fn(TrunkId) -> bool) {
        weakest_last(&mut self.attempts, is_weak);
    }

    /// The same as a decision about a call.
    pub fn verdict(self) -> Verdict {
        let decision = match self.outcome {
            Outcome::Inside(destination) => Ok(destination),
            Outcome::Refused(why) => Err(why.refusal()),
            Outcome::Outside | Outcome::Emergency => Ok(Destination::External(Box::new(External {
                number: match E164::parse(&self.number) {
                    Ok(number) => Dialled::E164(number),
                    Err(_) => Dialled::Short(self.number),
                },
                attempts: self.attempts,
                skipped: self.skipped,
                caller_id: self.line,
                shown: self.shown,
                location: self.location,
                emergency: self.outcome == Outcome::Emergency,
            }))),
        };
        Verdict { decision, reasons: self.reasons }
    }
}

impl Tenant {
    /// Who gets a call that a person dials: an emergency number, a feature code, an extension, an own number, a number
    /// outside.
    pub fn dial(&self, user: UserId, dialled: &str, at: Timestamp) -> Verdict {
        let as_queue = self.dial_as_queue(user, dialled, at);
        as_queue.unwrap_or_else(|| self.dial_with(user, dialled, None, at))
    }

    /// The way of what a person dials, with the settings that hold for the person.
    pub fn plan<'a>(&'a self, dialling: &Dialling<'_>) -> Plan<'a> {
        let user = dialling.user;
        let number = dialling.line.or_else(|| self.number_of_user(user.id));
        let held = self.held(Holder { user: Some(user.id), number, site: user.site });
        self.plan_by(dialling, held, &self.routing.book)
    }

    /// The numbers one of which is lent to a person for an hour who calls for help and has none. Specification of calling, 4.6
    pub fn lent_for_help(&self, user: &User) -> Vec<E164> {
        if self.number_of_user(user.id).is_some() {
            return Vec::new();
        }
        self.lendable(self.held(Holder { user: Some(user.id), number: None, site: user.site }).shared_calling).collect()
    }

    /// The way of a call for help of somebody to whom this number is lent.
    pub fn dial_for_help(&self, user: &User, dialled: &str, line: E164, at: Timestamp) -> Verdict {
        self.plan(&Dialling { user, line: Some(line), dialled, at }).verdict()
    }

    /// Whether what a person dials reaches emergency services: by the country, or by the policy that holds.
    pub fn calls_for_help(&self, user: &User, dialled: &str) -> bool {
        let number = self.number_of_user(user.id);
        let holder = Holder { user: Some(user.id), number, site: user.site };
        let policies = &self.routing.policies.emergency_call_routing;
        self.is_emergency(dialled) || policies.of(holder, &self.groups).1.find(dialled).is_some()
    }

    /// The way of what a person dials: to emergency services, to somebody inside, or over trunks in order.
    pub fn plan_by<'a>(&self, dialling: &Dialling<'_>, held: Held<'a>, book: &'a Book) -> Plan<'a> {
        let Dialling { user, dialled, at, .. } = *dialling;
        let mut plan = Plan::new(dialling.line.or_else(|| self.number_of_user(user.id)));
        let bare: String = dialled.chars().filter(|char| !matches!(char, ' ' | '-' | '.' | '(' | ')' | '/')).collect();
        if held.emergency.find(&bare).is_some() || self.is_emergency(&bare) {
            plan.line = plan.line.or_else(|| self.line_for_help(held.shared_calling, &mut plan.reasons));
            plan.location = self.location_of(user, plan.line, held, &mut plan.reasons);
            return self.plan_emergency(plan, &bare, at, held, book);
        }
        if let Some(verdict) = self.reached_inside(user, &bare) {
            return plan.inside(verdict);
        }
        let Some(normalized) = held.normalizer.normalize(dialled, |digits| self.read_dialled_by(user, digits)) else {
            return plan.refused(Unroutable::NotDialable { dialled: dialled.to_owned() });
        };
        plan.reasons.push(way::words_of(dialled, &normalized));
        let (result, number) = (normalized.result.clone(), normalized.number());
        plan.normalized = Some(normalized);
        if let Some(verdict) = self.reached_inside(user, &result).or_else(|| self.reached_by_number(number?)) {
            return plan.inside(verdict);
        }
        if number.is_none() && held.voice_routing.pstn_usages.iter().next().is_none() {
            return plan.no_number(&result);
        }
        if let Err(why) = self.may_leave(dialling, plan.line, &result, number, held, &mut plan.reasons) {
            return plan.refused(why);
        }
        if plan.line.is_none() {
            plan.line = self.shared_line(held.shared_calling, &mut plan.reasons);
        }
        plan.shown = self.shown_by(user, plan.line, held, &mut plan.reasons);
        plan.number = number.map_or(result, |number| number.to_string());
        let from = Whereabouts::of(held.calling, user.site);
        self.plan_outside(plan, number, (dialled, from), at, held, book)
    }

    /// The way of a call to a number outside that no person dials.
    pub fn plan_passing<'a>(&'a self, number: E164, passing: &Passing<'_>) -> Plan<'a> {
        let mut plan = Plan::new(passing.line);
        let held = self.held(Holder { number: passing.line, ..Holder::default() });
        plan.reasons.push(format!("{number} is a number outside"));
        let text = number.to_string();
        let country = &self.profile.country;
        let allowed = match (said(held.dial_out, Some(number), &text), held.dial_out.user) {
            (Said::Denied(denial), _) => {
                Err(Unroutable::DialOutDenied { name: self.profile.name.clone(), number: text.clone(), denial })
            }
            (Said::Allowed(pattern), _) => {
                plan.reasons.push(words_of_allowed(&pattern));
                Ok(())
            }
            (Said::Nothing, UserDialOut::InternationalAndDomestic) => Ok(()),
            (Said::Nothing, UserDialOut::Domestic) if is_in(number, country) => Ok(()),
            (Said::Nothing, UserDialOut::Domestic) => {
                Err(Unroutable::DomesticOnly { number: text.clone(), country: country.clone() })
            }
            (Said::Nothing, UserDialOut::None) => Err(Unroutable::DialOutOff { name: self.profile.name.clone() }),
        };
        if let Err(why) = allowed {
            return plan.refused(why);
        }
        plan.shown = match passing.caller {
            Some(ANONYMOUS) => Shown { is_hidden: true, ..Shown::default() },
            Some(caller) => Shown { number: Some(caller.to_owned()), is_callers: true, ..Shown::default() },
            None => Shown { number: passing.line.map(|line| line.to_string()), ..Shown::default() },
        };
        plan.number = text;
        let dialled = plan.number.clone();
        let from = (dialled.as_str(), Whereabouts::NOBODYS);
        self.plan_outside(plan, Some(number), from, passing.at, held, &self.routing.book)
    }

    /// Whether a person may call a number outside at all. Specification of numbers, 2.3 and 2.4.
    fn may_leave(
        &self,
        dialling: &Dialling<'_>,
        line: Option<E164>,
        result: &str,
        number: Option<E164>,
        held: Held<'_>,
        reasons: &mut Vec<String>,
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
            let is_theirs = |assignee| assignee == Some(Assignee::User(user.id)) || self.may_call_with(user.id, line);
            let known = self.numbers.get(&line).filter(|number| is_theirs(number.assignee));
            let known = known.ok_or_else(|| Unroutable::LineNotTheirs { line, name: name() })?;
            if known.category == Category::Private {
                return Err(Unroutable::LinePrivate { line });
            }
            if known.held_until.is_some() {
                return Err(Unroutable::LineKept { line, name: name() });
            }
        }
        // What leads abroad does so however it is written.
        let known = number.or_else(|| self.read_dialled_by(user, result));
        match (said(held.dial_out, known, result), held.dial_out.user) {
            (Said::Denied(denial), _) => {
                let number = known.map_or_else(|| result.to_owned(), |number| number.to_string());
                Err(Unroutable::DialOutDenied { name: name(), number, denial })
            }
            (Said::Allowed(pattern), _) => {
                reasons.push(words_of_allowed(&pattern));
                Ok(())
            }
            (Said::Nothing, UserDialOut::InternationalAndDomestic) => Ok(()),
            (Said::Nothing, UserDialOut::Domestic) => self.stays_in_country(user, result, number),
            (Said::Nothing, UserDialOut::None) => Err(Unroutable::DialOutOff { name: name() }),
        }
    }

    /// Whether what leaves is known to stay in the country of the person. A rule of a dial plan may leave digits as they
    /// are, with a prefix that leads abroad: what counts is where they lead from there, not how they are written.
    fn stays_in_country(&self, user: &User, result: &str, number: Option<E164>) -> Result<(), Unroutable> {
        let own = user.country.as_deref().unwrap_or(&self.profile.country);
        let is_inside = match number.or_else(|| self.read_dialled_by(user, result)) {
            Some(number) => is_in(number, own),
            None => is_local_service(result),
        };
        if is_inside {
            return Ok(());
        }
        let number = number.map_or_else(|| result.to_owned(), |number| number.to_string());
        Err(Unroutable::DomesticOnly { number, country: own.to_owned() })
    }

    /// A number as a person dials it where they work.
    fn read_dialled_by(&self, user: &User, digits: &str) -> Option<E164> {
        match user.country.as_deref().and_then(Country::parse) {
            Some(country) => country.read(digits).ok(),
            None => self.read_dialled(digits),
        }
    }
}

impl Plan<'_> {
    fn no_number(mut self, digits: &str) -> Self {
        let only_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
        if only_digits && digits.len() < OUTSIDE_DIGITS_MIN {
            self.reasons.push(format!("nobody has the extension {digits}"));
            return self.refused(Unroutable::Inside(Refusal::NotFound));
        }
        self.refused(Unroutable::NotANumber { digits: digits.to_owned() })
    }
}

fn is_in(number: E164, country: &str) -> bool {
    Country::of(number).is_some_and(|known| known.code() == country)
}

/// What a dial-out policy says of a number. What can only be a service of the country leads to no other one.
fn said(policy: &DialOut, number: Option<E164>, digits: &str) -> Said {
    match policy.says_of(number, digits) {
        Said::Denied(Denial::NoCountry) if number.is_none() && is_local_service(digits) => Said::Nothing,
        said @ (Said::Allowed(_) | Said::Denied(_) | Said::Nothing) => said,
    }
}

fn words_of_allowed(pattern: &str) -> String {
    format!("the dial-out policy lets numbers like {pattern} be called")
}

/// Whether digits that are no number can only be a service of the country, or an extension behind a trunk: too short to
/// lead abroad, and not the beginning of what does. ITU-T E.164, E.123
fn is_local_service(digits: &str) -> bool {
    digits.len() <= SERVICE_DIGITS_MAX && !["+", "00", "011"].iter().any(|abroad| digits.starts_with(abroad))
}
