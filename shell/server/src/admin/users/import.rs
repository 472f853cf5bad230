//! People from a file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::directory::people::user_problems;
use phone::id::{GroupId, SiteId, TenantId, UserId};
use phone::order::{LineFault, Order, OrderKind, Outcome};
use phone::people::User;
use phone::people::import::{self, Refusal, Wish, fault_of};
use phone::problem::Severity;
use serde_json::{Value, json};
use store::{
    OrderLine, Paging, RequestKey, StoreError, Stored, TenantRow, Tx, UserChange, UserFilter, UserSort, WriteError,
};
use uuid::Uuid;

use crate::admin::group_licenses::settle_people;
use crate::admin::orders::lines::{self, kept};
use crate::admin::orders::{Request, unreadable};
use crate::admin::{Access, Refused};
use crate::secret::{ha1, random_secret};

/// People read at once for an export.
const PAGE: u64 = 1_000;

impl Access {
    /// Takes an order to make and change the people of a file.
    pub async fn import_users(&self, file: &[u8], dry_run: bool, key: Option<RequestKey>) -> Result<Order, Refused> {
        let read = import::read(file).map_err(|refusal| Refused::by_rule(&refusal))?;
        let lines = read.into_iter().map(|(line, wish)| match wish {
            Ok(wish) => Ok(OrderLine { line, wish: Some(kept(&wish)?), outcome: None }),
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
    let wishes: Vec<Option<Wish>> = wishes.iter().map(|wish| lines::read(*wish)).collect();
    let extensions: BTreeSet<&str> = wishes.iter().flatten().map(|wish| wish.extension.as_str()).collect();
    let people = tx.users_with_extensions(tenant, &extensions).await?;
    let emergency = tx.emergency_numbers(&row).await?;
    let mut place = Place { row, emergency, groups, sites, people, at: now };
    let mut outcomes = Vec::with_capacity(wishes.len());
    let mut changes = Vec::new();
    let mut joining: BTreeMap<GroupId, BTreeSet<UserId>> = BTreeMap::new();
    for wish in &wishes {
        let Some(wish) = wish else {
            outcomes.push(unreadable());
            continue;
        };
        outcomes.push(match place.decide(wish) {
            Err(fault) => Outcome::Failed(fault),
            Ok(Decided { change, is_changed, groups }) => {
                let user = &change.after;
                for group in groups {
                    joining.entry(group).or_default().insert(user.id);
                }
                let is_new = change.before.is_none();
                let result = json!({ "id": user.id, "extension": user.extension, "created": is_new });
                if is_changed {
                    place.keep(&change);
                    changes.push(change);
                }
                Outcome::Done(is_changed.then_some(result))
            }
        });
    }
    if !order.dry_run {
        tx.save_users(tenant, &changes).await?;
        let mut joined = BTreeSet::new();
        for (group, users) in joining {
            if 0 < tx.join_group(tenant, group, &users).await? {
                joined.extend(users);
            }
        }
        settle_people(tx, tenant, &joined).await?;
    }
    Ok(outcomes)
}

/// What wishes are decided on, and what earlier ones made of it.
struct Place {
    row: TenantRow,
    /// Numbers that nobody's extension may be.
    emergency: Vec<String>,
    groups: BTreeMap<String, GroupId>,
    sites: BTreeMap<String, SiteId>,
    /// By extension.
    people: BTreeMap<String, Stored<User>>,
    at: Timestamp,
}

/// What a wish comes to.
struct Decided {
    change: UserChange,
    is_changed: bool,
    groups: Vec<GroupId>,
}

impl Place {
    fn decide(&self, wish: &Wish) -> Result<Decided, LineFault> {
        let before = self.people.get(&wish.extension).cloned();
        let there = before.as_ref().map(|there| &there.value);
        let mut user = wish.person(there, UserId(Uuid::now_v7())).map_err(|refusal| refusal.fault())?;
        let problems = user_problems(&user, &self.emergency);
        if let Some(problem) = problems.iter().find(|problem| problem.code.severity() == Severity::Error) {
            return Err(fault_of(problem));
        }
        if let Some(name) = &wish.site {
            let site = self.sites.get(&name.to_lowercase()).copied();
            user.site = Some(site.ok_or_else(|| Refusal::SiteUnknown { name: name.clone() }.fault())?);
        }
        let mut groups = Vec::with_capacity(wish.groups.len());
        for name in &wish.groups {
            let group = self.groups.get(&name.to_lowercase()).copied();
            groups.push(group.ok_or_else(|| Refusal::GroupUnknown { name: name.clone() }.fault())?);
        }
        let is_changed = there != Some(&user);
        if there.is_none() {
            // Nobody knows it: phones register once the person was given another.
            user.ha1 = ha1(&user.extension, &self.row.profile.sip_domain, &random_secret());
        }
        Ok(Decided { change: UserChange { before, after: user }, is_changed, groups })
    }

    /// What is decided next is decided on this.
    fn keep(&mut self, change: &UserChange) {
        let UserChange { before, after } = change;
        let there = Stored {
            value: after.clone(),
            version: before.as_ref().map_or(0, |before| before.version).saturating_add(1),
            created_at: before.as_ref().map_or(self.at, |before| before.created_at),
            updated_at: self.at,
        };
        self.people.insert(after.extension.clone(), there);
    }
}
