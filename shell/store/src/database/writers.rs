//! Where those who write queue, of all organizations: who is waited for goes before what runs in the background.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{ConnAcquireErr, DbErr};
use tokio::sync::{OwnedMutexGuard, oneshot};

use super::turns::{Turns, Urgency, rest};

/// The writers of one store.
#[derive(Clone)]
pub struct Writers(Arc<Queue>);

struct Queue {
    line: Mutex<Line>,
    /// Had by the one in the background that waits or writes.
    background: Arc<tokio::sync::Mutex<()>>,
    /// Who is waited for waits no longer.
    patience: Duration,
}

#[derive(Default)]
struct Line {
    turns: Turns<oneshot::Sender<Turn>>,
    /// When somebody last wanted to write who is waited for.
    foreground_at: Option<Instant>,
    /// Nothing in the background begins earlier.
    rest_until: Option<Instant>,
}

/// Who has it may write. Given to the next when it is dropped.
pub struct Turn {
    queue: Arc<Queue>,
    background: Option<Background>,
}

struct Background {
    began_at: Instant,
    _alone: OwnedMutexGuard<()>,
}

impl Writers {
    pub fn new(patience: Duration) -> Self {
        Self(Arc::new(Queue { line: Mutex::default(), background: Arc::default(), patience }))
    }

    pub async fn turn(&self, urgency: Urgency) -> Result<Turn, DbErr> {
        match urgency {
            Urgency::Foreground => {
                let turn = tokio::time::timeout(self.0.patience, self.0.turn(urgency)).await;
                turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?
            }
            Urgency::Background => {
                let alone = self.0.background.clone().lock_owned().await;
                let rest_until = self.0.line().rest_until;
                if let Some(end) = rest_until {
                    tokio::time::sleep_until(end.into()).await;
                }
                let mut turn = self.0.turn(urgency).await?;
                turn.background = Some(Background { began_at: Instant::now(), _alone: alone });
                Ok(turn)
            }
        }
    }
}

impl Queue {
    fn line(&self) -> std::sync::MutexGuard<'_, Line> {
        // Nothing in it is half done when its holder panics.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn turn(self: &Arc<Self>, urgency: Urgency) -> Result<Turn, DbErr> {
        let given = {
            let mut line = self.line();
            if urgency == Urgency::Foreground {
                line.foreground_at = Some(Instant::now());
            }
            if line.turns.take() {
                return Ok(Turn { queue: self.clone(), background: None });
            }
            let (give, given) = oneshot::channel();
            line.turns.wait(urgency, give);
            given
        };
        // Who has the turn gives it on or panics giving it on.
        given.await.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed))
    }

    /// Gives the turn to the next who still waits.
    fn pass(self: &Arc<Self>) {
        let next = {
            let mut line = self.line();
            std::iter::from_fn(|| line.turns.pass()).find(|next| !next.is_closed())
        };
        if let Some(next) = next {
            // If it went away just now the turn comes back, and is passed on as it is dropped.
            let _ = next.send(Turn { queue: self.clone(), background: None });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(background) = self.background.take() {
            let now = Instant::now();
            let mut line = self.queue.line();
            let others = line.foreground_at.map(|at| now.saturating_duration_since(at));
            line.rest_until = Some(now + rest(now.saturating_duration_since(background.began_at), others));
        }
        self.queue.pass();
    }
}
