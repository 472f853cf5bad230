//! What would become of a call that a person dials: nothing is called.

use std::sync::Arc;

use jiff::Timestamp;
use phone::directory::Tenant;
use phone::directory::outbound::{Dialling, Plan};
use phone::numbers::E164;
use phone::policies::{Holder, PolicyType};

use crate::admin::policies::{Holding, Using};
use crate::admin::{Access, Refused};

/// Policies that have a say in where a call goes and what it shows.
const KINDS: [PolicyType; 7] = [
    PolicyType::CallerId,
    PolicyType::Calling,
    PolicyType::DialOut,
    PolicyType::DialPlan,
    PolicyType::EmergencyCallRouting,
    PolicyType::SharedCalling,
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
    /// The settings that held.
    pub holder: Holder,
    pub holdings: Vec<Holding>,
}

impl Access {
    /// Tells what would become of a call, as live calls are decided, with all that was changed before this is asked.
    pub async fn test_route<T>(
        &self,
        test: &RouteTest,
        show: impl FnOnce(Tracing<'_>) -> T + Send,
    ) -> Result<T, Refused> {
        let user = self.user(&test.user).await?.value.id;
        let tenant = self.known_snapshot().await?;
        let user = Arc::clone(tenant.users.get(&user).ok_or(Refused::NotFound { what: "user" })?);
        let number = test.number.or_else(|| tenant.number_of_user(user.id));
        let using = Using { number, site: user.site };
        let holdings = self.policies_of(&user, using).await?;
        let holdings: Vec<Holding> = holdings.into_iter().filter(|it| KINDS.contains(&it.kind)).collect();
        let dialling = Dialling { user: &user, line: test.number, dialled: &test.dialled, at: test.at };
        let mut plan = tenant.plan(&dialling);
        let down = self.trunks_down(test.at).await?;
        plan.weakest_last(|trunk| down.contains(&trunk));
        let holder = Holder { user: Some(user.id), number, site: user.site };
        Ok(show(Tracing { tenant: &tenant, plan: &plan, holder, holdings }))
    }
}
