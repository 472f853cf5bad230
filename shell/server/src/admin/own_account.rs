//! What somebody who is signed in does with the own account.

use std::sync::Arc;

use jiff::Timestamp;
use phone::access::attempts::Suspect;
use phone::access::session::{Stage, is_proof};
use phone::access::totp;
use phone::id::SessionId;
use phone::limits::RECOVERY_CODES;
use rand::TryRng as _;
use store::{AccountRow, Session, TokenHash, Tx};

use super::sign_in::{Begun, check_password, recovery_hash, wrong_code};
use super::signing::Asker;
use super::{Admin, Refused};
use crate::passwords::Verdict;
use crate::secret::{Secret, random_secret};

/// Letters of a recovery code: 80 bits, in four groups.
const RECOVERY_LEN: usize = 16;
const RECOVERY_GROUP: usize = 4;

/// Somebody who is signed in, or on the way.
pub struct OwnAccount {
    pub admin: Arc<Admin>,
    pub session: Session,
    pub row: AccountRow,
    /// What the browser holds.
    pub held: TokenHash,
    pub asker: Asker,
}

/// A second factor that is being set up, for an app.
pub struct NewFactor {
    /// To be typed.
    pub secret: String,
    /// To be scanned.
    pub uri: String,
}

impl OwnAccount {
    /// Chooses another password. Sessions elsewhere end.
    pub async fn change_password(&self, current: Option<&Secret>, wanted: &Secret) -> Result<(), Refused> {
        self.must_be(&[Stage::Open])?;
        self.prove(current).await?;
        check_password(wanted, &self.row.account.email)?;
        let hash = self.admin.signing.passwords.hash(wanted).await?;
        let mut tx = self.change().await?;
        tx.set_password(self.row.account.id, &hash, "change_password").await?;
        tx.end_sessions(self.row.account.id, Some(self.session.id)).await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// Begins to set up a second factor. It counts when a code of it was shown.
    pub async fn begin_second_factor(&self, password: Option<&Secret>) -> Result<NewFactor, Refused> {
        self.must_be(&[Stage::Open, Stage::Enrolment])?;
        if self.row.has_second_factor {
            return Err(has_one());
        }
        // Who is asked for a second factor gave the password a moment ago.
        if self.session.stage == Stage::Open {
            self.prove(password).await?;
        }
        let mut secret = [0; totp::SECRET_LEN];
        // Without random numbers nothing here is safe.
        rand::rngs::SysRng.try_fill_bytes(&mut secret).expect("the system gives random numbers");
        let mut tx = self.change().await?;
        // Another browser may have set one up meanwhile, which counts.
        if tx.totp(self.row.account.id).await?.is_some_and(|factor| factor.confirmed) {
            return Err(has_one());
        }
        tx.begin_totp(self.row.account.id, &secret).await?;
        tx.commit().await?;
        let uri = totp::uri("Trunkline", &self.row.account.email, &secret);
        Ok(NewFactor { secret: totp::base32(&secret), uri })
    }

    /// The second factor counts from now on. Sessions elsewhere end, and this one goes on under another name.
    pub async fn confirm_second_factor(&self, code: &str) -> Result<(Begun, Vec<Secret>), Refused> {
        self.must_be(&[Stage::Open, Stage::Enrolment])?;
        let (id, now) = (self.row.account.id, Timestamp::now());
        let suspects = self.suspects();
        self.admin.signing.begin_attempt(now, &suspects)?;
        let mut tx = self.change().await?;
        let begun = tx.totp(id).await?.filter(|factor| !factor.confirmed);
        let factor = begun.ok_or_else(|| Refused::Conflict {
            code: "second_factor.not_begun",
            detail: "no second factor is being set up".to_owned(),
            fix: Some("begin with POST /api/v1/me/totp".to_owned()),
        })?;
        let step = totp::accepted(&factor.secret, code, now, None).ok_or_else(wrong_code)?;
        self.admin.signing.note_success(&suspects);
        let codes = recovery_codes();
        tx.confirm_totp(id, step, &hashes(&codes)).await?;
        tx.end_sessions(id, Some(self.session.id)).await?;
        let begun = self.admin.begin_session(tx, self.row.clone(), Stage::Open, &self.asker, Some(&self.held)).await?;
        Ok((begun, codes))
    }

    /// Takes the own second factor away, where none is asked for.
    pub async fn remove_second_factor(&self, password: Option<&Secret>) -> Result<(), Refused> {
        self.must_be(&[Stage::Open])?;
        if self.admin.requires_second_factor(self.row.scope).await? {
            return Err(Refused::Conflict {
                code: "second_factor.required",
                detail: "a second factor is asked of everybody here".to_owned(),
                fix: Some("let an administrator reset it, and set another one up at the next sign-in".to_owned()),
            });
        }
        self.prove(password).await?;
        let mut tx = self.change().await?;
        tx.remove_totp(self.row.account.id, "remove_second_factor").await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// Other recovery codes in place of those before.
    pub async fn renew_recovery_codes(&self, password: Option<&Secret>) -> Result<Vec<Secret>, Refused> {
        self.must_be(&[Stage::Open])?;
        self.prove(password).await?;
        if !self.row.has_second_factor {
            return Err(Refused::Conflict {
                code: "second_factor.missing",
                detail: "recovery codes stand in for a second factor, and there is none".to_owned(),
                fix: Some("set one up first".to_owned()),
            });
        }
        let codes = recovery_codes();
        let mut tx = self.change().await?;
        tx.set_recovery_codes(self.row.account.id, &hashes(&codes)).await?;
        tx.commit().await?;
        Ok(codes)
    }

    /// Where the account is signed in.
    pub async fn sessions(&self) -> Result<Vec<Session>, Refused> {
        self.must_be(&[Stage::Open])?;
        Ok(self.admin.store.sessions_of(self.row.account.id, Timestamp::now()).await?)
    }

    /// Ends one session.
    pub async fn end_session(&self, id: SessionId) -> Result<(), Refused> {
        self.must_be(&[Stage::Open])?;
        let mut tx = self.change().await?;
        tx.end_session(self.row.account.id, id, "end_session").await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// Ends all sessions but this one; how many.
    pub async fn end_other_sessions(&self) -> Result<u64, Refused> {
        self.must_be(&[Stage::Open])?;
        let mut tx = self.change().await?;
        let n_ended = tx.end_sessions(self.row.account.id, Some(self.session.id)).await?;
        tx.commit().await?;
        Ok(n_ended)
    }

    /// Ends this session.
    pub async fn sign_out(&self) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        tx.end_session(self.row.account.id, self.session.id, "sign_out").await?;
        Ok(tx.commit().await.map(|_| ())?)
    }

    /// What opens a door for longer asks for the password again. Who has none proves it elsewhere, and not long ago.
    async fn prove(&self, password: Option<&Secret>) -> Result<(), Refused> {
        if !self.row.has_password {
            let is_proven = is_proof(self.session.created_at, Timestamp::now());
            return if is_proven { Ok(()) } else { Err(not_recent()) };
        }
        let suspects = self.suspects();
        self.admin.signing.begin_attempt(Timestamp::now(), &suspects)?;
        let kept = self.admin.store.credentials(self.row.account.id).await?.and_then(|it| it.password);
        let given = password.cloned().unwrap_or_else(|| Secret::new(String::new()));
        let verdict = self.admin.signing.passwords.verify(&given, kept).await;
        if verdict.inspect_err(|_| self.admin.signing.note_withdrawal(&suspects))? == Verdict::Wrong {
            return Err(Refused::Missing {
                code: "password.wrong",
                detail: "this needs the password of the account, and the one given is wrong or missing".to_owned(),
                fix: "send the password that you signed in with".to_owned(),
            });
        }
        self.admin.signing.note_success(&suspects);
        Ok(())
    }

    fn suspects(&self) -> [Suspect; 1] {
        [Suspect::Account(format!("own account {}", self.row.account.id))]
    }

    fn must_be(&self, stages: &[Stage]) -> Result<(), Refused> {
        if stages.contains(&self.session.stage) { Ok(()) } else { Err(not_finished(self.session.stage)) }
    }

    async fn change(&self) -> Result<Tx, Refused> {
        self.admin.change_of(&self.row).await
    }
}

/// What a session that opens nothing yet is told.
pub fn not_finished(stage: Stage) -> Refused {
    match stage {
        Stage::Enrolment => Refused::NotProven {
            code: "second_factor_setup_needed",
            detail: "a second factor is asked of everybody here, and this account has none",
            fix: "set one up with POST /api/v1/me/totp and confirm it",
        },
        Stage::SecondFactor | Stage::Open => Refused::NotProven {
            code: "second_factor_needed",
            detail: "the second factor is still to be shown",
            fix: "send the code with POST /api/v1/sign-in/second-factor",
        },
    }
}

fn not_recent() -> Refused {
    Refused::Missing {
        code: "sign_in.not_recent",
        detail: "this account has no password to ask for, and the sign-in is older than ten minutes".to_owned(),
        fix: "sign in again with the OpenID provider at /api/v1/sign-in/openid, then repeat this within ten minutes"
            .to_owned(),
    }
}

fn has_one() -> Refused {
    Refused::Conflict {
        code: "second_factor.exists",
        detail: "this account has a second factor".to_owned(),
        fix: Some("remove it first".to_owned()),
    }
}

fn recovery_codes() -> Vec<Secret> {
    let code = || {
        let text = random_secret();
        let letters: Vec<char> = text.expose().chars().take(RECOVERY_LEN).collect();
        let groups: Vec<String> = letters.chunks(RECOVERY_GROUP).map(|group| group.iter().collect()).collect();
        Secret::new(groups.join("-"))
    };
    std::iter::repeat_with(code).take(RECOVERY_CODES).collect()
}

fn hashes(codes: &[Secret]) -> Vec<TokenHash> {
    codes.iter().map(|code| recovery_hash(code.expose())).collect()
}
