//! Passwords of people who sign in: hashed slowly, on threads that may be slow, a few at once.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use phone::limits::PASSWORD_BYTES_MAX;
use tokio::sync::Semaphore;

use crate::secret::{Secret, random_secret};

/// Those who may wait for their turn; beyond, they are told to come back.
const WAITING_MAX: usize = 64;

/// What a guess costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
}

impl Cost {
    /// What OWASP asks of Argon2id at least.
    pub const DEFAULT: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
    /// Nothing to speak of.
    pub const CHEAPEST: Self = Self { memory_kib: 8, passes: 1, lanes: 1 };

    /// As it is configured: `19456,2,1`.
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<u32> = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
        let [memory_kib, passes, lanes] = parts[..] else { return None };
        let cost = Self { memory_kib, passes, lanes };
        // More than a gigabyte for each sign-in is a slip of the pen.
        (memory_kib <= 1_048_576 && passes <= 100 && lanes <= 16 && cost.params().is_some()).then_some(cost)
    }

    fn params(self) -> Option<Params> {
        Params::new(self.memory_kib, self.passes, self.lanes, None).ok()
    }
}

/// Hashes and compares passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    cost: Cost,
    /// Each takes a core and its memory: what calls need stays free.
    turns: Arc<Semaphore>,
    pub room: Arc<Semaphore>,
    /// What is compared where there is no account, so that it takes as long.
    nobodys: Arc<str>,
}

/// Whether a password is the one that was hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Wrong,
    Right,
    /// It was hashed at another cost: this is how it is hashed now.
    RightAndRehashed(String),
}

/// More sign in than can be served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many people sign in at once")]
pub struct TooBusy;

impl Passwords {
    pub fn new(cost: Cost) -> Self {
        let n_processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            cost,
            turns: Arc::new(Semaphore::new((n_processors / 2).max(1))),
            room: Arc::new(Semaphore::new(WAITING_MAX)),
            nobodys: hash(&random_secret(), cost).into(),
        }
    }

    /// A password as it is kept.
    pub async fn hash(&self, password: &Secret) -> Result<String, TooBusy> {
        let (password, cost) = (password.clone(), self.cost);
        self.work(move || hash(&password, cost)).await
    }

    /// Whether a password is the kept one. Without one it takes as long, and it is wrong.
    pub async fn verify(&self, password: &Secret, kept: Option<String>) -> Result<Verdict, TooBusy> {
        let (password, cost, nobodys) = (password.clone(), self.cost, self.nobodys.clone());
        self.work(move || {
            let is_right = matches(&password, kept.as_deref().unwrap_or(&nobodys));
            match kept {
                Some(kept) if is_right && !is_of(&kept, cost) => Verdict::RightAndRehashed(hash(&password, cost)),
                Some(_) if is_right => Verdict::Right,
                Some(_) | None => Verdict::Wrong,
            }
        })
        .await
    }

    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, TooBusy> {
        let _place = self.room.try_acquire().map_err(|_| TooBusy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| TooBusy)?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| TooBusy)
    }
}

fn hash(password: &Secret, cost: Cost) -> String {
    let params = cost.params().unwrap_or_default();
    let hashed = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password(password.expose().as_bytes());
    // The parameters were checked, and without random numbers for the salt nothing here is safe.
    hashed.expect("the system gives random numbers").to_string()
}

fn matches(password: &Secret, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    let is_sane = password.expose().len() <= PASSWORD_BYTES_MAX;
    let tried = if is_sane { password.expose().as_bytes() } else { &[] };
    Argon2::default().verify_password(tried, &kept).is_ok() && is_sane
}

fn is_of(kept: &str, cost: Cost) -> bool {
    let params = PasswordHash::new(kept).ok().and_then(|kept| Params::try_from(&kept).ok());
    params.is_some_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (cost.memory_kib, cost.passes, cost.lanes)
    })
}
