//! Accounts that people sign in with: made, invited, changed, signed out by those who may decide about them.

use jiff::Timestamp;
use phone::access::account::{email_key, invitation_ends_at};
use phone::access::{Account, Assignment, SignInPolicy};
use phone::id::{AccountId, SessionId, UserId};
use phone::rule::Broken as _;
use store::{AccountRow, Expected, Page, Paging, Scope, Session, Stored, TokenHash, Tx, Version};
use uuid::Uuid;

use super::Refused;
use super::governance::Governance;
use crate::secret::{Secret, random_secret};

/// An account that is wanted.
pub struct NewAccount {
    pub email: String,
    pub name: String,
    pub person: Option<UserId>,
    pub assignments: Vec<Assignment>,
}

/// An account as it is to be.
pub struct AccountWish {
    pub account: Account,
    pub assignments: Vec<Assignment>,
}

/// How somebody gets in for the first time. It is shown this once.
pub struct Invitation {
    pub link: Secret,
    pub until: Timestamp,
}

impl Governance {
    /// Accounts by address.
    pub async fn accounts(&self, paging: &Paging) -> Result<Page<Stored<AccountRow>>, Refused> {
        Ok(self.store().accounts(self.scope, paging).await?)
    }

    /// One account, by its id or address.
    pub async fn account(&self, name: &str) -> Result<Stored<AccountRow>, Refused> {
        let found = match name.parse::<Uuid>() {
            Ok(id) => self.store().account(self.scope, AccountId(id)).await?,
            Err(_) => self.store().account_by_email(self.scope, &email_key(name)).await?,
        };
        found.ok_or(Refused::NotFound { what: "account" })
    }

    /// Makes an account and invites its holder.
    pub async fn create_account(&self, wanted: NewAccount) -> Result<(Stored<AccountRow>, Invitation), Refused> {
        let account = Account {
            id: AccountId(Uuid::now_v7()),
            email: wanted.email.trim().to_owned(),
            name: wanted.name.trim().to_owned(),
            person: wanted.person,
            enabled: true,
        };
        let mut tx = self.change().await?;
        self.check_account(&tx, &account).await?;
        self.check_roles(&tx, &wanted.assignments, wanted.person).await?;
        tx.save_account(self.scope, &account, &wanted.assignments, Expected::Absent).await?;
        let invitation = self.invite_in(&mut tx, account.id).await?;
        let made = tx.account(self.scope, account.id).await?.ok_or(Refused::NotFound { what: "account" })?;
        tx.commit().await?;
        Ok((made, invitation))
    }

    /// Changes an account.
    pub async fn change_account(
        &self,
        name: &str,
        expected: Expected,
        change: impl FnOnce(&mut AccountWish) + Send,
    ) -> Result<(AccountRow, Version), Refused> {
        let id = self.account(name).await?.value.account.id;
        let mut tx = self.change().await?;
        let before = self.governed(&tx, id).await?;
        let mut wish = AccountWish { account: before.account.clone(), assignments: before.assignments.clone() };
        change(&mut wish);
        let AccountWish { account, assignments } = wish;
        self.check_account(&tx, &account).await?;
        if !account.enabled || assignments != before.assignments {
            self.check_not_own(id)?;
        }
        if assignments != before.assignments || account.person != before.account.person {
            self.check_roles(&tx, &assignments, account.person).await?;
        }
        let version = tx.save_account(self.scope, &account, &assignments, expected).await?;
        tx.commit().await?;
        Ok((AccountRow { account, assignments, ..before }, version))
    }

    /// Deletes an account: it is signed out everywhere.
    pub async fn delete_account(&self, name: &str, expected: Expected) -> Result<(), Refused> {
        let id = self.account(name).await?.value.account.id;
        let mut tx = self.change().await?;
        self.governed(&tx, id).await?;
        self.check_not_own(id)?;
        tx.delete_account(self.scope, id, expected).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// Invites again: to choose the first password, or another one. Until then no password opens the
    /// account; a provider that it is linked to still does.
    pub async fn invite(&self, name: &str) -> Result<Invitation, Refused> {
        let id = self.account(name).await?.value.account.id;
        let mut tx = self.change().await?;
        self.governed(&tx, id).await?;
        let invitation = self.invite_in(&mut tx, id).await?;
        tx.commit().await?;
        Ok(invitation)
    }

    /// Takes the second factor of somebody away who lost it. The account is signed out everywhere.
    pub async fn reset_second_factor(&self, name: &str) -> Result<(), Refused> {
        let id = self.account(name).await?.value.account.id;
        let mut tx = self.change().await?;
        self.governed(&tx, id).await?;
        tx.remove_totp(id, "reset_second_factor").await?;
        tx.end_sessions(id, None).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// Where an account is signed in.
    pub async fn sessions(&self, name: &str) -> Result<Vec<Session>, Refused> {
        let id = self.account(name).await?.value.account.id;
        Ok(self.store().sessions_of(id, Timestamp::now()).await?)
    }

    /// Ends a session of an account, or all of them; how many.
    pub async fn end_sessions(&self, name: &str, session: Option<SessionId>) -> Result<u64, Refused> {
        let id = self.account(name).await?.value.account.id;
        let mut tx = self.change().await?;
        self.governed(&tx, id).await?;
        let n_ended = match session {
            Some(session) => tx.end_session(id, session, "end_session").await.map(|()| 1),
            None => tx.end_sessions(id, None).await,
        }?;
        tx.commit().await?;
        Ok(n_ended)
    }

    /// What is asked of those who sign in.
    pub async fn sign_in_policy(&self) -> Result<(SignInPolicy, Version), Refused> {
        let found = self.store().sign_in_policy(self.scope).await?;
        Ok(found.map_or((SignInPolicy::default(), 0), |found| (found.value, found.version)))
    }

    /// Asks something else of them, from the next sign-in on.
    pub async fn set_sign_in_policy(&self, policy: SignInPolicy, expected: Expected) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        // Nothing was written yet: that is its version 0.
        let is_absent = tx.sign_in_policy(self.scope).await?.is_none();
        let expected = if is_absent && expected == Expected::Version(0) { Expected::Absent } else { expected };
        let version = tx.save_sign_in_policy(self.scope, policy, expected).await?;
        tx.commit().await?;
        Ok(version)
    }

    async fn invite_in(&self, tx: &mut Tx, id: AccountId) -> Result<Invitation, Refused> {
        let (token, until) = (random_secret(), invitation_ends_at(Timestamp::now()));
        tx.invite(id, &TokenHash::of(token.expose()), until).await?;
        let link = invitation_link(self.admin.signing.public_url.as_str(), &token);
        Ok(Invitation { link, until })
    }

    /// An account about which the asker may decide: nobody takes over one that may do more.
    async fn governed(&self, tx: &Tx, id: AccountId) -> Result<AccountRow, Refused> {
        let found = tx.account(self.scope, id).await?.ok_or(Refused::NotFound { what: "account" })?;
        self.grants.may_govern(&tx.grants(&found.value.assignments).await?)?;
        Ok(found.value)
    }

    fn check_not_own(&self, id: AccountId) -> Result<(), Refused> {
        if self.account != Some(id) {
            return Ok(());
        }
        Err(Refused::Conflict {
            code: "account.own",
            detail: "nobody takes rights from themselves: there might be nobody left to give them back".to_owned(),
            fix: Some("let another administrator do it".to_owned()),
        })
    }

    async fn check_account(&self, tx: &Tx, account: &Account) -> Result<(), Refused> {
        if let Some(fault) = account.fault() {
            return Err(Refused::field(fault.field(), fault.code(), fault.to_string()));
        }
        let same = tx.account_by_email(self.scope, &account.email_key()).await?;
        if same.is_some_and(|same| same.value.account.id != account.id) {
            return Err(Refused::Conflict {
                code: "account.email_taken",
                detail: format!("there is an account with {}", account.email),
                fix: Some("change that account, or invite its holder again".to_owned()),
            });
        }
        let Some(person) = account.person else { return Ok(()) };
        let is_there = match self.scope {
            Scope::Tenant(tenant) => tx.user(tenant, person).await?.is_some(),
            Scope::Platform | Scope::Reseller(_) => false,
        };
        if is_there {
            return Ok(());
        }
        Err(Refused::field("person", "person.unknown", "there is no such person in the organization"))
    }
}

/// The token is behind `#`: a browser sends it nowhere by itself.
pub fn invitation_link(public_url: &str, token: &Secret) -> Secret {
    Secret::new(format!("{public_url}/invitation#{}", token.expose()))
}
