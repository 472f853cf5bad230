//! Accounts that people sign in with: of one organization, and of the server.

pub mod of_platform;
pub mod of_reseller;
pub mod of_tenant;
pub mod sign_in_policies;

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use phone::access::Assignment;
use phone::id::{SessionId, UserId};
use serde::{Deserialize, Serialize};
use store::{AccountRow, Scope, Session, Stored};
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{Created, Versioned, id, if_match, present, set};
use super::grants::{self, RoleGrant};
use super::list::{List, PageParams};
use super::me::EndedSessions;
use super::problem::Problem;
use crate::admin::accounts::{AccountWish, Invitation, NewAccount as Wanted};
use crate::admin::governance::Governance;

const SORT: &str = "email";

/// What a person signs in with.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Account {
    pub id: Uuid,
    pub email: String,
    pub name: String,
    /// The person of the organization whose account it is: it ends with them.
    pub person: Option<Uuid>,
    pub enabled: bool,
    pub state: AccountState,
    pub roles: Vec<RoleGrant>,
    /// Whether there is an authenticator app.
    pub second_factor: bool,
    /// Whether its holder signs in with the OpenID provider.
    pub openid: bool,
    /// Until when an invitation can be taken up; null if there is none.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub invited_until: Option<Timestamp>,
    /// Null if never.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_signed_in_at: Option<Timestamp>,
}

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Active,
    Disabled,
    /// Its holder has still to choose a password.
    Invited,
    /// Nothing opens it: its holder is to be invited again.
    Locked,
}

/// An account that was made, with its invitation.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CreatedAccount {
    #[serde(flatten)]
    pub account: Account,
    pub invitation: AccountInvitation,
}

/// How somebody gets in for the first time: shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountInvitation {
    /// For the holder of the account, and for nobody else.
    pub link: String,
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// An account to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "ann@demo.test", "name": "Ann Archer", "roles": [{ "role": "viewer" }] }))]
pub struct NewAccount {
    pub email: String,
    pub name: String,
    /// Of an organization alone.
    pub person: Option<Uuid>,
    /// No more than the one has who makes it.
    pub roles: Vec<RoleGrant>,
}

/// What is to change. What is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Ann Baker" }))]
pub struct AccountChange {
    pub email: Option<String>,
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub person: Option<Option<Uuid>>,
    /// A disabled account is signed out everywhere.
    pub enabled: Option<bool>,
    pub roles: Option<Vec<RoleGrant>>,
}

/// Somebody is signed in, in one browser.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct AccountSession {
    pub id: Uuid,
    /// Whether it is the one that asks.
    pub current: bool,
    /// What the browser says it is.
    pub device: String,
    /// Where it was last used from.
    pub address: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// To the minute.
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    /// If it is not used any more.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

async fn listed(governance: &Governance, page: &PageParams) -> Result<Json<List<Account>>, Problem> {
    let accounts = governance.accounts(&page.paging(SORT, false)?).await?;
    Ok(List::of(accounts.map(|account| Account::from(account.value)), SORT))
}

async fn shown(governance: &Governance, account: &str) -> Result<Versioned<Account>, Problem> {
    let Stored { value, version, .. } = governance.account(account).await?;
    Ok(Versioned { value: value.into(), version })
}

async fn created(governance: &Governance, wanted: NewAccount) -> Result<Created<CreatedAccount>, Problem> {
    let assignments = grants::read(&wanted.roles)?;
    let person = wanted.person.map(UserId);
    let wanted = Wanted { email: wanted.email, name: wanted.name, person, assignments };
    let (made, invitation) = governance.create_account(wanted).await?;
    let id = made.value.account.id;
    let location = match governance.scope() {
        Scope::Platform => format!("/accounts/{id}"),
        Scope::Reseller(reseller) => format!("/resellers/{reseller}/accounts/{id}"),
        Scope::Tenant(tenant) => format!("/tenants/{tenant}/accounts/{id}"),
    };
    let value = CreatedAccount { account: made.value.into(), invitation: invitation.into() };
    Ok(Created { value, version: made.version, location })
}

async fn changed(
    governance: &Governance,
    account: &str,
    headers: &HeaderMap,
    wanted: AccountChange,
) -> Result<Versioned<Account>, Problem> {
    let roles: Option<Vec<Assignment>> = wanted.roles.as_deref().map(grants::read).transpose()?;
    let change = |wish: &mut AccountWish| {
        set(wanted.email.map(|email| email.trim().to_owned()), &mut wish.account.email);
        set(wanted.name.map(|name| name.trim().to_owned()), &mut wish.account.name);
        set(wanted.person.map(|person| person.map(UserId)), &mut wish.account.person);
        set(wanted.enabled, &mut wish.account.enabled);
        set(roles, &mut wish.assignments);
    };
    let (row, version) = governance.change_account(account, if_match(headers)?, change).await?;
    Ok(Versioned { value: row.into(), version })
}

async fn listed_sessions(governance: &Governance, account: &str) -> Result<Json<List<AccountSession>>, Problem> {
    let sessions = governance.sessions(account).await?;
    Ok(List::whole(sessions.into_iter().map(|session| AccountSession::of(session, None)).collect()))
}

async fn ended_session(governance: &Governance, account: &str, session: &str) -> Result<StatusCode, Problem> {
    governance.end_sessions(account, Some(SessionId(id(session, "session")?))).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn ended_sessions(governance: &Governance, account: &str) -> Result<Json<EndedSessions>, Problem> {
    Ok(Json(EndedSessions { n_ended: governance.end_sessions(account, None).await? }))
}

impl AccountSession {
    pub fn of(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.0,
            current: current == Some(session.id),
            expires_at: session.ends_at(),
            device: session.device,
            address: session.address,
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
        }
    }
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        let is_invited = row.invited_until.is_some_and(|until| Timestamp::now() < until);
        let state = match (row.account.enabled, row.has_password || row.has_openid, is_invited) {
            (false, _, _) => AccountState::Disabled,
            (true, true, _) => AccountState::Active,
            (true, false, true) => AccountState::Invited,
            (true, false, false) => AccountState::Locked,
        };
        Self {
            id: row.account.id.0,
            email: row.account.email,
            name: row.account.name,
            person: row.account.person.map(|person| person.0),
            enabled: row.account.enabled,
            state,
            roles: grants::shown(&row.assignments),
            second_factor: row.has_second_factor,
            openid: row.has_openid,
            invited_until: row.invited_until.filter(|_| is_invited),
            last_signed_in_at: row.last_signed_in_at,
        }
    }
}

impl From<Invitation> for AccountInvitation {
    fn from(invitation: Invitation) -> Self {
        Self { link: invitation.link.expose().to_owned(), expires_at: invitation.until }
    }
}
