//! Signing in: a password, a second factor where there is one, and an invitation for who has neither yet.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use phone::access::account::email_key;
use phone::access::attempts::Suspect;
use phone::access::password::password_fault;
use phone::access::session::Stage;
use phone::access::totp;
use phone::id::AccountId;
use phone::limits::EMAIL_CHARS_MAX;
use phone::rule::Broken as _;
use store::{AccountRow, Actor, Credentials, NewSession, Scope, Session, TokenHash, Tx};

use super::signing::{Asker, actor_of};
use super::{Admin, Refused};
use crate::error::chain;
use crate::passwords::{TooBusy, Verdict};
use crate::secret::{Secret, random_secret};

/// What somebody signs in with.
pub struct Proof<'a> {
    pub email: &'a str,
    pub password: &'a Secret,
    /// The organization that they mean, by its short name or id, or the reseller.
    pub tenant: Option<&'a str>,
}

/// A browser that holds something now.
pub struct Begun {
    /// What it holds.
    pub token: Secret,
    pub session: Session,
}

impl Admin {
    /// Signs somebody in who has a password. An account that is not there, one that is disabled and a wrong password
    /// get the same answer, after the same work.
    pub async fn sign_in(
        self: &Arc<Self>,
        proof: &Proof<'_>,
        asker: &Asker,
        replaced: Option<&TokenHash>,
    ) -> Result<Begun, Refused> {
        let key = email_key(proof.email);
        // No more is remembered than an address may have, and under no name that other attempts are counted by.
        let named: String = key.chars().take(EMAIL_CHARS_MAX).collect();
        let suspects = [Suspect::Account(format!("sign-in of {named}")), Suspect::address(asker.address)];
        self.signing.begin_attempt(Timestamp::now(), &suspects)?;
        let found = self.meant(&key, proof.tenant).await?;
        let kept = found.as_ref().and_then(|found| found.password.clone());
        let verdict = self.signing.passwords.verify(proof.password, kept.clone()).await;
        let verdict = verdict.inspect_err(|_| self.signing.note_withdrawal(&suspects))?;
        let may_be_used = match &found {
            Some(found) => self.store.may_be_used(&found.row).await?,
            None => false,
        };
        let (Some(found), true) = (found.clone(), may_be_used && verdict != Verdict::Wrong) else {
            let because = if verdict == Verdict::Wrong { "wrong_password" } else { "disabled" };
            self.note_failure(found.map(|found| found.row), asker, because);
            return Err(wrong());
        };
        self.signing.note_success(&suspects);
        let mut tx = self.change_of(&found.row).await?;
        // It may have been taken away while it was compared: then it opens nothing.
        let is_still = match &kept {
            Some(kept) => tx.has_password(found.row.account.id, kept).await?,
            None => false,
        };
        if !is_still {
            return Err(Refused::Unavailable { detail: "the account was changed at this moment" });
        }
        if let (Verdict::RightAndRehashed(hash), Some(kept)) = (&verdict, &kept) {
            tx.rehash_password(found.row.account.id, kept, hash).await?;
        }
        let stage = self.stage_after_password(&found).await?;
        self.begin_session(tx, found.row, stage, asker, replaced).await
    }

    /// Takes a code of an app, or a recovery code, of somebody whose password was right.
    pub async fn prove_second_factor(
        self: &Arc<Self>,
        (session, row): (&Session, AccountRow),
        code: &str,
        asker: &Asker,
        replaced: &TokenHash,
    ) -> Result<Begun, Refused> {
        if session.stage != Stage::SecondFactor {
            return Err(Refused::Conflict {
                code: "second_factor.not_asked",
                detail: "no second factor is asked for".to_owned(),
                fix: None,
            });
        }
        let suspects =
            [Suspect::Account(format!("second factor of {}", session.account)), Suspect::address(asker.address)];
        self.signing.begin_attempt(Timestamp::now(), &suspects)?;
        let mut tx = self.change_of(&row).await?;
        if !takes(&mut tx, session.account, code, Timestamp::now()).await? {
            drop(tx);
            self.note_failure(Some(row), asker, "wrong_code");
            return Err(wrong_code());
        }
        self.signing.note_success(&suspects);
        self.begin_session(tx, row, Stage::Open, asker, Some(replaced)).await
    }

    /// Takes an invitation up: sets the password and signs in.
    pub async fn accept_invitation(
        self: &Arc<Self>,
        token: &Secret,
        password: &Secret,
        asker: &Asker,
        replaced: Option<&TokenHash>,
    ) -> Result<Begun, Refused> {
        let suspects = [Suspect::address(asker.address)];
        self.signing.begin_attempt(Timestamp::now(), &suspects)?;
        let token = TokenHash::of(token.expose());
        let invited = self.store.invited(&token, Timestamp::now()).await?.ok_or_else(no_invitation)?;
        check_password(password, &invited.account.email)?;
        let hash = self.signing.passwords.hash(password).await?;
        let mut tx = self.change_of(&invited).await?;
        // It may have been taken up, or taken back, while the password was hashed.
        let row = tx.invited(&token).await?.ok_or_else(no_invitation)?;
        tx.set_password(row.account.id, &hash, "accept_invitation").await?;
        self.signing.note_success(&suspects);
        let credentials = self.store.credentials(row.account.id).await?.ok_or_else(no_invitation)?;
        let stage = self.stage_after_password(&credentials).await?;
        self.begin_session(tx, row, stage, asker, replaced).await
    }

    /// Begins a session in place of what the browser held before: nobody who saw that has anything of it.
    pub(super) async fn begin_session(
        self: &Arc<Self>,
        mut tx: Tx,
        row: AccountRow,
        stage: Stage,
        asker: &Asker,
        replaced: Option<&TokenHash>,
    ) -> Result<Begun, Refused> {
        if let Some(replaced) = replaced {
            tx.drop_session(replaced).await?;
        }
        let token = random_secret();
        let new = NewSession {
            account: row.account.id,
            hash: TokenHash::of(token.expose()),
            stage,
            address: &asker.address.to_string(),
            device: &asker.device,
        };
        let session = tx.begin_session(new).await?;
        tx.commit().await?;
        if stage == Stage::Open {
            self.signing.figures.succeeded.fetch_add(1, Ordering::Relaxed);
        }
        Ok(Begun { token, session })
    }

    /// Whether a second factor is asked of those who sign in where this account is.
    pub(super) async fn requires_second_factor(&self, scope: Scope) -> Result<bool, Refused> {
        Ok(self.store.sign_in_policy(scope).await?.is_some_and(|policy| policy.value.second_factor_required))
    }

    /// Begins a change in the name of an account's holder.
    pub(super) async fn change_of(&self, row: &AccountRow) -> Result<Tx, Refused> {
        Ok(self.store.begin(actor_of(row), Timestamp::now()).await?)
    }

    pub(super) async fn stage_after_password(&self, of: &Credentials) -> Result<Stage, Refused> {
        let is_required = self.requires_second_factor(of.row.scope).await?;
        Ok(Stage::after_password(of.row.has_second_factor, is_required))
    }

    /// The account that somebody means; none if there is none, or it is not clear which.
    async fn meant(&self, key: &str, tenant: Option<&str>) -> Result<Option<Credentials>, Refused> {
        let place = match tenant {
            None => None,
            Some(name) => match self.place(name).await? {
                Some(place) => Some(place),
                None => return Ok(None),
            },
        };
        let mut found = self.store.credentials_by_email(key, place).await?;
        let only = found.pop();
        Ok(only.filter(|_| found.is_empty()))
    }

    /// Tells of a sign-in that failed, beside the request, which must not take longer for an account that is there.
    pub(super) fn note_failure(self: &Arc<Self>, row: Option<AccountRow>, asker: &Asker, because: &'static str) {
        self.signing.figures.failed.fetch_add(1, Ordering::Relaxed);
        let Some(row) = row else { return };
        let (store, address) = (self.store.clone(), asker.address.to_string());
        tokio::spawn(async move {
            let noted = async {
                let mut tx = store.begin(Actor::System, Timestamp::now()).await?;
                tx.note_failed_sign_in(&row, &address, because).await?;
                tx.commit().await?;
                Ok::<_, store::WriteError>(())
            };
            if let Err(error) = noted.await {
                tracing::warn!(error = chain(&error), "a failed sign-in can't be written down");
            }
        });
    }
}

/// Whether a code of an app or a recovery code is right; it is used up.
pub(super) async fn takes(tx: &mut Tx, account: AccountId, code: &str, now: Timestamp) -> Result<bool, Refused> {
    let Some(factor) = tx.totp(account).await?.filter(|factor| factor.confirmed) else { return Ok(false) };
    if let Some(step) = totp::accepted(&factor.secret, code, now, factor.last) {
        tx.use_totp(account, step).await?;
        return Ok(true);
    }
    Ok(tx.use_recovery_code(account, &recovery_hash(code)).await?)
}

/// Recovery codes are read whatever their gaps and capital letters.
pub(super) fn recovery_hash(code: &str) -> TokenHash {
    let plain: String = code.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    TokenHash::of(&plain.to_ascii_lowercase())
}

pub(super) fn check_password(password: &Secret, email: &str) -> Result<(), Refused> {
    match password_fault(password.expose(), email) {
        None => Ok(()),
        Some(fault) => Err(Refused::Invalid {
            code: fault.code(),
            detail: fault.to_string(),
            faults: Vec::new(),
            fix: Some(fault.fix()),
        }),
    }
}

/// The same whatever is wrong.
fn wrong() -> Refused {
    Refused::NotProven {
        code: "sign_in.wrong",
        detail: "this address and password open nothing",
        fix: "check both; who has accounts in several organizations says which one; an administrator can invite again",
    }
}

pub(super) fn wrong_code() -> Refused {
    Refused::NotProven {
        code: "second_factor.wrong",
        detail: "this code is wrong, over, or was used before",
        fix: "wait for the next code of the app, check the clock of the phone, or use a recovery code",
    }
}

fn no_invitation() -> Refused {
    Refused::NotProven {
        code: "invitation.over",
        detail: "this invitation is unknown, over, or was taken up",
        fix: "ask an administrator for another one",
    }
}

impl From<TooBusy> for Refused {
    fn from(_: TooBusy) -> Self {
        Self::Unavailable { detail: "too many people sign in at once" }
    }
}
