//! What decides about calls outside, ready to be used: compiled once after a change of it, not for each call.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::apps::unassigned::{Treatments, UnassignedNumbers};
use crate::id::{CivicAddressId, DialPlanId, SiteId, TranslationRuleId};
use crate::numbers::civic_address::CivicAddress;
use crate::numbers::routing::call_block::Screen;
use crate::numbers::routing::dial_plan::Normalizer;
use crate::numbers::routing::route::RouteTable;
use crate::numbers::routing::translation::Translator;
use crate::numbers::routing::{CallBlock, DialPlan, Expression, TranslationRule, VoiceRoute};
use crate::people::Site;
use crate::policies::calling::Calling;
use crate::policies::dial_out::DialOut;
use crate::policies::emergency::{EmergencyCallRouting, SharedCalling};
use crate::policies::outside::CallerId;
use crate::policies::routing::VoiceRouting;
use crate::policies::{Holder, OutsidePolicies};

use super::super::Tenant;

/// The settings as they are saved.
#[derive(Clone, Debug, Default)]
pub struct RoutingParts {
    /// Groups that they name have their members in the tenant.
    pub policies: OutsidePolicies,
    pub dial_plans: Vec<DialPlan>,
    pub routes: Vec<VoiceRoute>,
    pub rules: Vec<TranslationRule>,
    /// Places that emergency services are told of.
    pub sites: Vec<Site>,
    pub addresses: Vec<CivicAddress>,
    pub call_blocks: Vec<CallBlock>,
    pub unassigned: Vec<UnassignedNumbers>,
}

/// The settings, ready to be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routing {
    pub policies: OutsidePolicies,
    pub dial_plans: BTreeMap<DialPlanId, Planned>,
    pub book: Book,
    pub sites: BTreeMap<SiteId, Site>,
    pub addresses: BTreeMap<CivicAddressId, Arc<CivicAddress>>,
    /// Which callers from outside are let in.
    pub screen: Screen,
    /// Who takes calls to numbers that are assigned to nobody.
    pub treatments: Treatments,
}

/// A dial plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub name: String,
    pub normalizer: Normalizer,
}

/// The organization's routes and translation rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    pub routes: RouteTable,
    pub translators: BTreeMap<TranslationRuleId, Translator>,
}

/// The settings that hold for one call.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Rules of the dial plan; none of them where there is no plan.
    pub normalizer: &'a Normalizer,
    pub calling: &'a Calling,
    pub caller_id: &'a CallerId,
    pub dial_out: &'a DialOut,
    pub emergency: &'a EmergencyCallRouting,
    pub shared_calling: &'a SharedCalling,
    pub voice_routing: &'a VoiceRouting,
}

static NO_RULES: Normalizer = Normalizer::NONE;

impl Routing {
    /// Makes settings ready. Patterns that `before` has ready are taken from there, so that a change costs as much as what
    /// it changes.
    pub fn new(parts: RoutingParts, before: &Self) -> Self {
        let known: BTreeMap<&str, &Expression> = before.expressions().map(|it| (it.pattern(), it)).collect();
        let expression = |pattern: &str| match known.get(pattern) {
            Some(known) => Some(Expression::clone(known)),
            None => Expression::parse(pattern).ok(),
        };
        let RoutingParts { policies, dial_plans, routes, rules, sites, addresses, call_blocks, unassigned } = parts;
        let planned =
            |plan: DialPlan| (plan.id, Planned { normalizer: plan.compile_with(&expression), name: plan.name });
        Self {
            policies,
            screen: Screen::new(call_blocks, &expression),
            treatments: Treatments::new(unassigned, &expression),
            dial_plans: dial_plans.into_iter().map(planned).collect(),
            sites: sites.into_iter().map(|site| (site.id, site)).collect(),
            addresses: addresses.into_iter().map(|address| (address.id, Arc::new(address))).collect(),
            book: Book {
                routes: RouteTable::with(routes, &expression),
                translators: rules.iter().filter_map(|rule| Some((rule.id, rule.compile_with(&expression)?))).collect(),
            },
        }
    }

    /// The same, of an organization that is new.
    pub fn first(parts: RoutingParts) -> Arc<Self> {
        Arc::new(Self::new(parts, &Self::default()))
    }

    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let of_plans = self.dial_plans.values().flat_map(|plan| plan.normalizer.expressions());
        let of_rules = self.book.translators.values().map(Translator::expression);
        let of_callers = self.screen.expressions().chain(self.treatments.expressions());
        of_plans.chain(of_rules).chain(of_callers).chain(self.book.routes.expressions())
    }
}

impl Tenant {
    /// The settings that hold for a call of a person, or of nobody in particular.
    pub fn held(&self, holder: Holder) -> Held<'_> {
        let policies = &self.routing.policies;
        let plan = policies.dial_plan.of(holder, &self.groups).1.dial_plan;
        let plan = plan.and_then(|plan| self.routing.dial_plans.get(&plan));
        Held {
            normalizer: plan.map_or(&NO_RULES, |plan| &plan.normalizer),
            calling: self.calling.of(holder, &self.groups).1,
            caller_id: policies.caller_id.of(holder, &self.groups).1,
            dial_out: policies.dial_out.of(holder, &self.groups).1,
            emergency: policies.emergency_call_routing.of(holder, &self.groups).1,
            shared_calling: policies.shared_calling.of(holder, &self.groups).1,
            voice_routing: policies.voice_routing.of(holder, &self.groups).1,
        }
    }
}
