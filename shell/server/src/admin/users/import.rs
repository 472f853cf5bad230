//! People from a file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::directory::people::user_problems;
use phone::id::{GroupId, SiteId, TenantId, UserId};
use phone::order::{LineFault, Order, OrderKind, Outcome};
use phone::people::User;
use phone::people::import::{self, Refusal, Wish, fault_of};
use phone::problem::Severity;
use serde::Deserialize as _;
use serde_json::{Value, json};
use store::{Expected, OrderLine, Paging, RequestKey, StoreError, TenantRow, Tx, UserFilter, UserSort, WriteError};
use uuid::Uuid;

use crate::admin::group_licenses::settle_people;
use crate::admin::orders::Request;
use crate::admin::{Access, Refused};
use crate::secret::{ha1, random_secret};

/// People read at once for an export.
const PAGE: u64 = 1_000;

impl Access {
    /// Takes an order to make and change the people of a file.
    pub async fn import_users(&self, file: &[u8], dry_run: bool, key: Option<RequestKey>) -> Result<Order, Refused> {
        let read = import::read(file).map_err(|refusal| Refused::by_rule(&refusal))?;
        let lines = read.into_iter().map(|(line, wish)| match wish {
            Ok(wish) => Ok(OrderLine { line, wish: Some(written(&wish)?), outcome: None }),
            Err(fault) => Ok(OrderLine { line, wish: None, outcome: Some(Outcome::Failed(fault)) }),
        });
        let lines = lines.collect::<Result<Vec<_>, StoreError>>()?;
        self.place_order(Request { kind: OrderKind::UserImport, dry_run, key, lines }).await
    }

    /// All people of the organization by extension, with the names of their groups.
    pub async fn all_users(&self) -> Result<Vec<(User, Vec<String>)>, Refused> {
        let names = self.store().group_names(self.tenant()).await?;
        let groups = self.store().groups_of_people(self.tenant()).await?;
        let mut all = Vec::new();
        let mut paging = Paging { limit: PAGE, after: None, descending: false };
        loop {
            let filter = UserFilter::default();
            let page = self.store().users(self.tenant(), &filter, UserSort::Extension, &paging).await?;
            all.extend(page.items.into_iter().map(|user| {
                let of_user = groups.get(&user.value.id).into_iter().flatten();
                let named = of_user.filter_map(|group| names.get(group).cloned()).collect();
                (user.value, named)
            }));
            match page.next {
                Some(next) => paging.after = Some(next),
                None => return Ok(all),
            }
        }
    }
}

/// Makes and changes people, or says what would be done.
pub(in crate::admin) async fn carry_out(
    tx: &mut Tx,
    tenant: TenantId,
    order: &Order,
    wishes: &[Option<&Value>],
    now: Timestamp,
) -> Result<Vec<Outcome>, WriteError> {
    let row = tx.tenant(tenant).await?.ok_or(WriteError::NotFound)?.value;
    let groups = tx.groups(tenant).await?;
    let groups: BTreeMap<String, GroupId> =
        groups.into_iter().map(|group| (group.name.to_lowercase(), group.id)).collect();
    let sites = tx.sites(tenant).await?.into_iter();
    let sites: BTreeMap<String, SiteId> =
        sites.flat_map(|site| [(site.name.to_lowercase(), site.id), (site.id.to_string(), site.id)]).collect();
    let mut outcomes = Vec::with_capacity(wishes.len());
    let mut joining: BTreeMap<GroupId, BTreeSet<UserId>> = BTreeMap::new();
    for wish in wishes {
        let Some(wish) = wish.and_then(|wish| Wish::deserialize(wish).ok()) else {
            outcomes.push(Outcome::Failed(unreadable()));
            continue;
        };
        outcomes.push(match decide(tx, tenant, &row, &groups, &sites, &wish).await? {
            Err(fault) => Outcome::Failed(fault),
            Ok(Decided { user, is_new, is_changed, groups }) => {
                if is_changed && !order.dry_run {
                    tx.save_user(tenant, &user, if is_new { Expected::Absent } else { Expected::Any }).await?;
                }
                for group in groups {
                    joining.entry(group).or_default().insert(user.id);
                }
                let result = json!({ "id": user.id, "extension": user.extension, "created": is_new });
                Outcome::Done(is_changed.then_some(result))
            }
        });
    }
    if !order.dry_run {
        let mut joined = BTreeSet::new();
        for (group, users) in joining {
            if 0 < tx.join_group(tenant, group, &users).await? {
                joined.extend(users);
            }
        }
        settle_people(tx, tenant, &joined, now).await?;
    }
    Ok(outcomes)
}

/// What a wish comes to.
struct Decided {
    user: User,
    is_new: bool,
    is_changed: bool,
    groups: Vec<GroupId>,
}

async fn decide(
    tx: &Tx,
    tenant: TenantId,
    row: &TenantRow,
    groups: &BTreeMap<String, GroupId>,
    sites: &BTreeMap<String, SiteId>,
    wish: &Wish,
) -> Result<Result<Decided, LineFault>, WriteError> {
    let there = tx.user_by_extension(tenant, &wish.extension).await?.map(|there| there.value);
    let mut user = match wish.person(there.as_ref(), UserId(Uuid::now_v7())) {
        Ok(user) => user,
        Err(refusal) => return Ok(Err(refusal.fault())),
    };
    let problems = user_problems(&user, &row.profile, &row.emergency_numbers);
    if let Some(problem) = problems.iter().find(|problem| problem.code.severity() == Severity::Error) {
        return Ok(Err(fault_of(problem)));
    }
    let mut joined = Vec::with_capacity(wish.groups.len());
    if let Some(name) = &wish.site {
        match sites.get(&name.to_lowercase()) {
            Some(site) => user.site = Some(*site),
            None => return Ok(Err(Refusal::SiteUnknown { name: name.clone() }.fault())),
        }
    }
    for name in &wish.groups {
        match groups.get(&name.to_lowercase()) {
            Some(group) => joined.push(*group),
            None => return Ok(Err(Refusal::GroupUnknown { name: name.clone() }.fault())),
        }
    }
    let (is_new, is_changed) = (there.is_none(), there.as_ref() != Some(&user));
    if is_new {
        // Nobody knows it: phones register once the person was given another.
        user.ha1 = ha1(&user.extension, &row.profile.sip_domain, &random_secret());
    }
    Ok(Ok(Decided { user, is_new, is_changed, groups: joined }))
}

fn written(wish: &Wish) -> Result<Value, StoreError> {
    serde_json::to_value(wish).map_err(|source| StoreError::Unwritable { what: "order line", source })
}

/// Written by a later version.
fn unreadable() -> LineFault {
    LineFault {
        column: None,
        code: "order.line_unreadable".to_owned(),
        message: "this version of the server does not know what the line wants".to_owned(),
        fix: "send the line again".to_owned(),
    }
}
