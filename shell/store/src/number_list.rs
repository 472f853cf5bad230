//! Lists of numbers, and which numbers they show.

use jiff::Timestamp;
use phone::id::{OperatorId, ResourceAccountId, SiteId, TenantId, UserId};
use phone::numbers::number::{Category, NumberState, tags};
use phone::numbers::{E164, Number, NumberKind};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, SimpleExpr};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _};

use crate::database::Store;
use crate::entity::number::{Column, Entity, Model};
use crate::entity::number_tag;
use crate::error::StoreError;
use crate::numbers::stored;
use crate::page::{Cursor, CursorKey, Page, Paging, page_of, paged_in_index};
use crate::text::{begins_with, contains};
use crate::tx::Stored;

/// Which numbers are wanted.
#[derive(Clone, Debug, Default)]
pub struct NumberFilter {
    pub user: Option<UserId>,
    pub resource_account: Option<ResourceAccountId>,
    pub kind: Option<NumberKind>,
    pub assigned: Option<bool>,
    pub source: Option<NumbersOf>,
    /// Where they stand at that time.
    pub state: Option<(NumberState, Timestamp)>,
    pub site: Option<SiteId>,
    pub category: Option<Category>,
    /// In whatever capital letters.
    pub tag: Option<String>,
    /// Digits that the number contains.
    pub digits: Option<String>,
    pub operator: Option<OperatorId>,
    /// Only numbers of these parts.
    pub within: Option<Parts>,
    /// Only some of these.
    pub among: Option<Vec<E164>>,
}

/// Whose numbers are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumbersOf {
    /// The platform's own carriers.
    CallingPlan,
    /// The organization's own carrier.
    DirectRouting,
    /// Any operator.
    Operator,
}

/// Parts of an organization's numbers; in none there is nothing.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// From the first to the last, each of numbers of one length.
    pub ranges: Vec<(E164, E164)>,
    pub sites: Vec<SiteId>,
    /// What tags are found by.
    pub tags: Vec<String>,
    /// The calling codes of countries; other countries may share them.
    pub calling_codes: Vec<String>,
}

impl NumberFilter {
    fn condition(&self, tenant: TenantId) -> Condition {
        let mut wanted = Condition::all().add(Column::Tenant.eq(tenant.0));
        if let Some(user) = self.user {
            wanted = wanted.add(Column::AssigneeUser.eq(user.0));
        }
        if let Some(account) = self.resource_account {
            wanted = wanted.add(Column::AssigneeResourceAccount.eq(account.0));
        }
        if let Some(kind) = self.kind {
            wanted = wanted.add(Column::Kind.eq(kind.as_str()));
        }
        if let Some(source) = self.source {
            wanted = wanted.add(Column::Source.eq(source.as_str()));
        }
        if let Some((state, now)) = self.state {
            wanted = wanted.add(in_state(state, now));
        }
        if let Some(operator) = self.operator {
            wanted = wanted.add(Column::Operator.eq(operator.0));
        }
        if let Some(site) = self.site {
            wanted = wanted.add(Column::Site.eq(site.0));
        }
        if let Some(category) = self.category {
            wanted = wanted.add(Column::Category.eq(category.as_str())).add(Column::AssigneeUser.is_not_null());
        }
        if let Some(tag) = &self.tag {
            wanted = wanted.add(tagged(tenant, vec![tags::key(tag)]));
        }
        if let Some(digits) = &self.digits {
            wanted = wanted.add(contains(Column::Number, &digits.to_lowercase()));
        }
        if let Some(among) = &self.among {
            wanted = wanted.add(Column::Number.is_in(among.iter().map(ToString::to_string)));
        }
        if let Some(parts) = &self.within {
            wanted = wanted.add(parts.condition(tenant));
        }
        match self.assigned {
            Some(true) => wanted.add(unassigned().not()),
            Some(false) => wanted.add(unassigned()),
            None => wanted,
        }
    }
}

impl NumbersOf {
    fn as_str(self) -> &'static str {
        match self {
            Self::CallingPlan => "calling_plan",
            Self::DirectRouting => "direct_routing",
            Self::Operator => "operator",
        }
    }
}

impl Parts {
    fn condition(&self, tenant: TenantId) -> Condition {
        let mut any = Condition::any();
        for (first, last) in &self.ranges {
            any = any.add(between(*first, *last));
        }
        if !self.sites.is_empty() {
            any = any.add(Column::Site.is_in(self.sites.iter().map(|site| site.0)));
        }
        if !self.tags.is_empty() {
            any = any.add(tagged(tenant, self.tags.clone()));
        }
        for code in &self.calling_codes {
            any = any.add(begins_with(Column::Number, &format!("+{code}")));
        }
        if any.is_empty() { any.add(Expr::value(false)) } else { any }
    }
}

impl Store {
    /// Numbers of a tenant, in their order.
    pub async fn numbers(
        &self,
        tenant: TenantId,
        filter: &NumberFilter,
        paging: &Paging,
    ) -> Result<Page<Stored<Number>>, StoreError> {
        if filter.among.as_ref().is_some_and(Vec::is_empty) {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let wanted = filter.condition(tenant);
        let rows = paged_in_index(Entity::find().filter(wanted), Column::Number, Column::Id, paging);
        let rows = rows.all(&self.reader).await?;
        let cursor = |row: &Model| Cursor { key: CursorKey::Text(row.number.clone()), id: row.id };
        let page = page_of(rows, paging, cursor);
        Ok(Page { items: page.items.iter().filter_map(stored).collect(), next: page.next })
    }
}

/// Numbers that have one of some tags, as those are found.
fn tagged(tenant: TenantId, keys: Vec<String>) -> SimpleExpr {
    let tagged = number_tag::Entity::find()
        .filter(number_tag::Column::Tenant.eq(tenant.0))
        .filter(number_tag::Column::Tag.is_in(keys))
        .select_only()
        .column(number_tag::Column::Number);
    Column::Number.in_subquery(tagged.into_query())
}

fn unassigned() -> Condition {
    Condition::all().add(Column::AssigneeUser.is_null()).add(Column::AssigneeResourceAccount.is_null())
}

fn in_state(state: NumberState, now: Timestamp) -> Condition {
    match state {
        NumberState::Assigned => Condition::all().add(unassigned().not()).add(Column::HeldUntil.is_null()),
        NumberState::Held => Condition::all().add(Column::HeldUntil.is_not_null()).add(unassigned().not()),
        // Whoever is given a number ends its block.
        NumberState::Blocked => Condition::all().add(Column::BlockedUntil.gt(now.as_millisecond())),
        NumberState::Unassigned => {
            let free = Condition::any().add(Column::BlockedUntil.is_null());
            unassigned().add(free.add(Column::BlockedUntil.lte(now.as_millisecond())))
        }
    }
}

/// Numbers as texts are in order only among those of one length.
fn between(first: E164, last: E164) -> Condition {
    let (first, last) = (first.to_string(), last.to_string());
    let length = i32::try_from(first.len()).unwrap_or(i32::MAX);
    Condition::all()
        .add(Column::Number.gte(first))
        .add(Column::Number.lte(last))
        .add(Expr::expr(Func::char_length(Expr::col(Column::Number))).eq(length))
}
