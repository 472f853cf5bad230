//! What would become of a call that a person dials: nothing is called.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::directory::Tenant;
use phone::directory::outbound::{Book, Dialling, Held, Plan};
use phone::id::{DialPlanId, TranslationRuleId};
use phone::numbers::E164;
use phone::numbers::routing::route::RouteTable;
use phone::numbers::routing::{DialPlan, TranslationRule, VoiceRoute};
use phone::people::User;
use phone::policies::{PolicyType, Settings};

use crate::admin::policies::{Holding, Using};
use crate::admin::{Access, Refused};

/// Policies that have a say in where a call goes.
const KINDS: [PolicyType; 5] = [
    PolicyType::Calling,
    PolicyType::DialOut,
    PolicyType::DialPlan,
    PolicyType::EmergencyCallRouting,
    PolicyType::VoiceRouting,
];

/// Who would dial what, when.
pub struct RouteTest {
    /// Id or extension.
    pub user: String,
    pub number: Option<E164>,
    pub dialled: String,
    pub at: Timestamp,
}

/// What would become of it, and what it was told from.
pub struct Tracing<'a> {
    pub tenant: &'a Tenant,
    pub plan: &'a Plan<'a>,
    pub dial_plan: Option<&'a DialPlan>,
    pub holdings: Vec<Holding>,
    pub routes: &'a BTreeMap<phone::id::VoiceRouteId, VoiceRoute>,
    pub rules: &'a BTreeMap<TranslationRuleId, String>,
}

impl Access {
    /// Tells what would become of a call, from what is there now.
    pub async fn test_route<T>(
        &self,
        test: &RouteTest,
        show: impl FnOnce(Tracing<'_>) -> T + Send,
    ) -> Result<T, Refused> {
        let user = self.user(&test.user).await?.value.id;
        let snapshot = self.known_snapshot().await?;
        let line = test.number.or_else(|| snapshot.number_of_user(user));
        let numbers: Vec<E164> = line.into_iter().collect();
        let tenant = self.store().refreshed(&snapshot, user, &numbers).await?;
        let user = tenant.users.get(&user).ok_or(Refused::NotFound { what: "user" })?.clone();
        let line = test.number.or_else(|| tenant.number_of_user(user.id));
        let (holdings, dial_plan, held) = self.held_by(&user, line).await?;
        let routes = self.store().all_documents::<VoiceRoute>(self.tenant()).await?;
        let lists = tenant.trunks.values().flat_map(|trunk| trunk.settings.rule_lists());
        let named: BTreeSet<TranslationRuleId> = lists.flat_map(|(_, rules)| rules.iter().copied()).collect();
        let rules = self.store().all_documents::<TranslationRule>(self.tenant()).await?;
        let rules: Vec<_> = rules.into_iter().filter(|rule| named.contains(&rule.id)).collect();
        let book = Book {
            // Those that no policy leads to are not made ready: there may be thousands.
            routes: RouteTable::new(routes.iter().filter(|route| held.leads_to(route)).cloned()),
            translators: rules.iter().filter_map(|rule| Some((rule.id, rule.compile()?))).collect(),
        };
        let dialling = Dialling { user: &user, line: test.number, dialled: &test.dialled, at: test.at };
        let plan = tenant.plan(&dialling, &held, &book);
        Ok(show(Tracing {
            tenant: &tenant,
            plan: &plan,
            dial_plan: dial_plan.as_ref(),
            holdings,
            routes: &routes.into_iter().map(|route| (route.id, route)).collect(),
            rules: &rules.into_iter().map(|rule| (rule.id, rule.name)).collect(),
        }))
    }
}

impl Access {
    /// The policies that have a say in where a person's calls go, and what they say.
    pub async fn held_by(
        &self,
        user: &User,
        line: Option<E164>,
    ) -> Result<(Vec<Holding>, Option<DialPlan>, Held), Refused> {
        let holdings = self.policies_of(user, Using { number: line, site: None }).await?;
        let holdings: Vec<Holding> = holdings.into_iter().filter(|it| KINDS.contains(&it.kind)).collect();
        let dial_plan = match dial_plan_of(&holdings) {
            Some(id) => self.store().document::<DialPlan>(self.tenant(), id.0).await?.map(|plan| plan.value),
            None => None,
        };
        let held = held(&holdings, dial_plan.as_ref());
        Ok((holdings, dial_plan, held))
    }
}

fn dial_plan_of(holdings: &[Holding]) -> Option<DialPlanId> {
    holdings.iter().find_map(|holding| {
        let Settings::DialPlan(settings) = &holding.settings else { return None };
        settings.dial_plan
    })
}

fn held(holdings: &[Holding], dial_plan: Option<&DialPlan>) -> Held {
    let mut held = Held { normalizer: dial_plan.map(DialPlan::compile).unwrap_or_default(), ..Held::default() };
    for holding in holdings {
        if let Settings::Calling(settings) = &holding.settings {
            held.calling = settings.clone();
        } else if let Settings::DialOut(settings) = &holding.settings {
            held.dial_out = settings.clone();
        } else if let Settings::EmergencyCallRouting(settings) = &holding.settings {
            held.emergency = settings.clone();
        } else if let Settings::VoiceRouting(settings) = &holding.settings {
            held.voice_routing = settings.clone();
        }
    }
    held
}
