//! Voice routes: from a pattern of numbers to trunks, and which routes a call goes by. Specification of calling, 3.5.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::expression::Expression;
use super::problems_of_words;
use super::usage::is_same;
use crate::id::{TrunkId, VoiceRouteId};
use crate::limits::{NAME_CHARS_MAX, ROUTE_TRUNKS_MAX, ROUTE_USAGES_MAX};
use crate::numbers::E164;
use crate::problem::{Code, Problem};

/// What a route matches if nobody says: ten digits or more. Specification of calling, 3.5.
pub const PATTERN_DEFAULT: &str = "[0-9]{10}";

/// From a pattern of numbers to trunks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceRoute {
    pub id: VoiceRouteId,
    pub name: String,
    pub description: Option<String>,
    /// From 1, the lowest first; no two routes have the same.
    pub priority: u32,
    /// Matched against the number in E.164 form with its `+`. See [`Expression`].
    pub pattern: String,
    /// Names of usages; without one no policy leads here.
    pub pstn_usages: Vec<String>,
    /// Tried in this order.
    pub trunks: Vec<TrunkId>,
    /// A number of the tenant that calls show in place of the caller's own.
    pub caller_id: Option<E164>,
}

/// Routes in order of priority, ready to be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteTable {
    routes: Vec<(VoiceRoute, Expression)>,
    /// Places of the routes of each usage, by how it is found.
    by_usage: BTreeMap<String, Vec<usize>>,
}

/// What the usages of a policy lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection<'a> {
    /// Each usage of the policy with what it came to, in order.
    pub usages: Vec<(&'a str, UsageSeen)>,
    /// The routes that match, each with its usage, in the order in which they are tried.
    pub chosen: Vec<(&'a str, &'a VoiceRoute)>,
}

/// What a usage came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageSeen {
    /// A route of it matches: it decides.
    Decides,
    /// Routes of it match as well, and the policy goes on with them.
    Follows,
    /// No route names it.
    HasNoRoute,
    /// None of its routes matches the number.
    NoRouteMatches,
    /// One before it decided.
    NotLookedAt,
}

/// What is wrong with a route's own fields.
pub fn problems(route: &VoiceRoute) -> Vec<Problem> {
    let mut found = problems_of_words(&route.name, NAME_CHARS_MAX, route.description.as_deref());
    if let Err(fault) = Expression::parse(&route.pattern) {
        found.push(Problem::because(Code::PatternMalformed, "pattern", fault.to_string()));
    }
    if route.priority == 0 {
        found.push(Problem::new(Code::PriorityOutOfRange, "priority"));
    }
    let usages = route.pstn_usages.iter().map(|usage| usage.to_lowercase()).collect();
    found.extend(list_problem(usages, "pstn_usages", ROUTE_USAGES_MAX));
    found.extend(list_problem(route.trunks.clone(), "trunks", ROUTE_TRUNKS_MAX));
    found
}

/// Too many, or one twice.
fn list_problem<T: Ord>(mut list: Vec<T>, field: &str, n_max: usize) -> Option<Problem> {
    let n_all = list.len();
    if n_max < n_all {
        let words = format!("this list has at most {n_max} entries, not {n_all}");
        return Some(Problem::because(Code::RouteListTooLong, field, words));
    }
    list.sort();
    list.dedup();
    (list.len() < n_all).then(|| Problem::new(Code::RouteListDuplicate, field))
}

impl RouteTable {
    /// Orders and compiles routes. One whose pattern was never checked is left out.
    pub fn new(routes: impl IntoIterator<Item = VoiceRoute>) -> Self {
        Self::with(routes, &|pattern| Expression::parse(pattern).ok())
    }

    /// The same, with patterns that are ready already.
    pub fn with(
        routes: impl IntoIterator<Item = VoiceRoute>,
        expression: &impl Fn(&str) -> Option<Expression>,
    ) -> Self {
        let compiled = |route: VoiceRoute| expression(&route.pattern).map(|expression| (route, expression));
        let mut routes: Vec<_> = routes.into_iter().filter_map(compiled).collect();
        routes.sort_by(|(one, _), (other, _)| (one.priority, one.id).cmp(&(other.priority, other.id)));
        let mut by_usage: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, (route, _)) in routes.iter().enumerate() {
            for usage in &route.pstn_usages {
                let places = by_usage.entry(key(usage)).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        Self { routes, by_usage }
    }

    /// One route.
    pub fn find(&self, id: VoiceRouteId) -> Option<&VoiceRoute> {
        self.routes.iter().map(|(route, _)| route).find(|route| route.id == id)
    }

    /// Patterns that are ready.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.routes.iter().map(|(_, expression)| expression)
    }

    /// Routes of any of these usages, in order of priority.
    pub fn of_usages<'a>(&'a self, usages: &'a [&'a str]) -> impl Iterator<Item = &'a VoiceRoute> {
        let is_of = |route: &&VoiceRoute| usages.iter().any(|usage| route.has_usage(usage));
        self.routes.iter().map(|(route, _)| route).filter(is_of)
    }

    /// Which routes a number goes by: those of the first usage that has a route for it, in order of priority, and, if
    /// the policy falls through, those of the usages behind it.
    pub fn select<'a>(
        &'a self,
        usages: impl IntoIterator<Item = &'a str>,
        fallthrough: bool,
        number: &str,
    ) -> Selection<'a> {
        let mut selection = Selection::default();
        let mut is_decided = false;
        for usage in usages {
            if is_decided && !fallthrough {
                selection.usages.push((usage, UsageSeen::NotLookedAt));
                continue;
            }
            let n_before = selection.chosen.len();
            let mut has_route = false;
            for (route, pattern) in self.of_usage(usage) {
                has_route = true;
                if pattern.is_match(number) {
                    selection.chosen.push((usage, route));
                }
            }
            let came_to = match (has_route, n_before < selection.chosen.len(), is_decided) {
                (false, _, _) => UsageSeen::HasNoRoute,
                (true, false, _) => UsageSeen::NoRouteMatches,
                (true, true, false) => UsageSeen::Decides,
                (true, true, true) => UsageSeen::Follows,
            };
            is_decided |= n_before < selection.chosen.len();
            selection.usages.push((usage, came_to));
        }
        selection
    }

    /// Each route of the usages that were looked at, in order, with the usage and whether it was chosen; for who wants to
    /// see why others were not.
    pub fn looked_at<'a>(&'a self, selection: &Selection<'a>) -> Vec<(&'a str, &'a VoiceRoute, bool)> {
        let looked_at = selection.usages.iter().filter(|(_, seen)| *seen != UsageSeen::NotLookedAt);
        let is_chosen = |usage: &str, route: &VoiceRoute| {
            selection.chosen.iter().any(|(of, chosen)| *of == usage && chosen.id == route.id)
        };
        let routes = looked_at.flat_map(|(usage, _)| self.of_usage(usage).map(|(route, _)| (*usage, route)));
        routes.map(|(usage, route)| (usage, route, is_chosen(usage, route))).collect()
    }

    fn of_usage(&self, usage: &str) -> impl Iterator<Item = (&VoiceRoute, &Expression)> {
        let places = self.by_usage.get(&key(usage)).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.routes.get(*place)).map(|(route, expression)| (route, expression))
    }
}

/// How a usage is found: as [`is_same`] compares them.
fn key(usage: &str) -> String {
    usage.trim().to_lowercase()
}

impl VoiceRoute {
    /// Whether it is of a usage, whatever its capital letters.
    pub fn has_usage(&self, usage: &str) -> bool {
        self.pstn_usages.iter().any(|own| is_same(own, usage))
    }
}
