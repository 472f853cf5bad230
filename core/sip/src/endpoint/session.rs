//! Session timers: who refreshes, when, and when to take the peer for gone. RFC 4028

use std::time::{Duration, Instant};

use smallvec::SmallVec;

use crate::endpoint::EndCause;
use crate::endpoint::compose::Field;
use crate::endpoint::usage::Usage;
use crate::endpoint::wire::Turn;
use crate::message::name::HeaderName;
use crate::{Request, Response};

/// Least session interval in seconds: below it refreshes would be a load of their own. RFC 4028 §4
const MIN_SE: u32 = 90;
pub(crate) const MIN_SE_TEXT: &str = "90";
/// Longest interval taken, in seconds; a longer one is as good as none.
const INTERVAL_SECS_MAX: u32 = 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refresher {
    Us,
    Them,
}

/// What was agreed on, as plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptSession {
    /// The interval.
    pub secs: u32,
    /// Whether it is up to us to refresh it.
    pub is_ours: bool,
}

/// What the peer's last request said.
#[derive(Clone, Copy, Debug)]
struct Asked {
    secs: u32,
    /// None leaves the choice to us.
    refresher: Option<Refresher>,
}

/// What both sides agreed on.
#[derive(Clone, Copy, Debug)]
struct Agreed {
    secs: u32,
    refresher: Refresher,
    /// When to refresh; when the session has expired, once that was tried or if it is not up to us.
    due: Instant,
    is_refreshing: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Session {
    /// What we would like, and must ask for.
    wish: Option<u32>,
    min: Option<u32>,
    asked: Option<Asked>,
    agreed: Option<Agreed>,
}

/// What a 2xx of ours says of the session.
#[derive(Debug, Default)]
pub(crate) struct SessionAnswer {
    interval: Option<String>,
    is_up_to_them: bool,
}

impl SessionAnswer {
    pub fn push_fields<'a, const N: usize>(&'a self, fields: &mut SmallVec<[Field<'a>; N]>)
    where
        [Field<'a>; N]: smallvec::Array<Item = Field<'a>>,
    {
        let Some(interval) = &self.interval else { return };
        fields.push(("Session-Expires", interval));
        if self.is_up_to_them {
            fields.push(("Require", "timer"));
        }
    }
}

impl Session {
    /// Of an INVITE that we send.
    pub fn wish(secs: Option<u32>) -> Self {
        Self { wish: secs.map(|secs| secs.clamp(MIN_SE, INTERVAL_SECS_MAX)), ..Self::default() }
    }

    /// Of an INVITE that we received.
    pub fn asked(request: &Request) -> Self {
        let mut session = Self::default();
        session.hear_request(request);
        session
    }

    /// What another process has to know of it.
    pub fn keep(&self) -> Option<KeptSession> {
        let agreed = self.agreed?;
        Some(KeptSession { secs: agreed.secs, is_ours: agreed.refresher == Refresher::Us })
    }

    /// Of a dialog of another process. The interval begins anew with the next offer.
    pub fn resume(now: Instant, kept: KeptSession) -> Self {
        let mut session = Self::default();
        let refresher = if kept.is_ours { Refresher::Us } else { Refresher::Them };
        session.agree(now, kept.secs.clamp(MIN_SE, INTERVAL_SECS_MAX), refresher);
        session
    }

    pub fn next_deadline(&self) -> Option<Instant> {
        self.agreed.map(|agreed| agreed.due)
    }

    /// Keeps what a request of the peer asks for.
    pub fn hear_request(&mut self, request: &Request) {
        self.asked = request.header(HeaderName::SessionExpires).and_then(parse).map(|(secs, refresher)| Asked {
            secs: secs.clamp(MIN_SE, INTERVAL_SECS_MAX),
            refresher: refresher.map(|client_refreshes| if client_refreshes { Refresher::Them } else { Refresher::Us }),
        });
    }

    /// The Min-SE to refuse a request with, if its interval is too small and its sender can change it. RFC 4028 §9
    pub fn too_small(request: &Request) -> Option<&'static str> {
        let (secs, _) = parse(request.header(HeaderName::SessionExpires)?)?;
        (secs < MIN_SE && request.supports("timer")).then_some(MIN_SE_TEXT)
    }

    /// Begins the interval as the server of an INVITE or UPDATE, and says what the 2xx says of it.
    pub fn answer(&mut self, now: Instant, supports_timer: bool) -> SessionAnswer {
        let Some(asked) = self.asked.or(self.wish.map(|secs| Asked { secs, refresher: None })) else {
            self.agreed = None;
            return SessionAnswer::default();
        };
        let by_ability = if supports_timer { Refresher::Them } else { Refresher::Us };
        let refresher = asked.refresher.unwrap_or(by_ability);
        self.agree(now, asked.secs, refresher);
        let name = match refresher {
            Refresher::Us => "uas",
            Refresher::Them => "uac",
        };
        SessionAnswer {
            interval: Some(format!("{};refresher={name}", asked.secs)),
            is_up_to_them: refresher == Refresher::Them && supports_timer,
        }
    }

    /// Begins the interval as the client of an INVITE or UPDATE that got this 2xx. RFC 4028 §7.2
    pub fn begin_as_client(&mut self, now: Instant, response: &Response) {
        match response.header(HeaderName::SessionExpires).and_then(parse) {
            Some((secs, refresher)) => {
                let refresher = if refresher == Some(false) { Refresher::Them } else { Refresher::Us };
                self.agree(now, secs.clamp(MIN_SE, INTERVAL_SECS_MAX), refresher);
            }
            None => match self.wish {
                Some(secs) => self.agree(now, secs, Refresher::Us),
                None => self.agreed = None,
            },
        }
    }

    /// Session-Expires and Min-SE of an INVITE or UPDATE of ours inside the dialog.
    pub fn request_fields(&self) -> Option<(String, String)> {
        let min = self.min.unwrap_or(MIN_SE);
        let interval = match (self.agreed, self.wish) {
            (Some(agreed), _) => {
                let name = if agreed.refresher == Refresher::Us { "uac" } else { "uas" };
                format!("{};refresher={name}", agreed.secs.max(min))
            }
            (None, Some(secs)) => secs.max(min).to_string(),
            (None, None) => return None,
        };
        Some((interval, min.to_string()))
    }

    /// Takes the least interval of a peer that refused ours. Returns whether that is longer than before.
    pub fn raise(&mut self, secs: u32) -> bool {
        let is_news = secs > self.min.unwrap_or(MIN_SE) && secs <= INTERVAL_SECS_MAX;
        if is_news {
            self.min = Some(secs);
            self.wish = self.wish.map(|wish| wish.max(secs));
        }
        is_news
    }

    fn agree(&mut self, now: Instant, secs: u32, refresher: Refresher) {
        let due = match refresher {
            Refresher::Us => now + Duration::from_secs(u64::from(secs / 2)),
            Refresher::Them => now + expiry(secs),
        };
        self.agreed = Some(Agreed { secs, refresher, due, is_refreshing: false });
    }
}

impl Usage {
    /// Refreshes the session, or ends it when it was not refreshed. RFC 4028 §10
    pub fn session_due(&mut self, turn: &mut Turn<'_>) {
        let Some(agreed) = self.session.agreed.as_mut().filter(|agreed| agreed.due <= turn.now) else { return };
        if agreed.refresher == Refresher::Us && !agreed.is_refreshing {
            agreed.is_refreshing = true;
            agreed.due = turn.now + expiry(agreed.secs).saturating_sub(Duration::from_secs(u64::from(agreed.secs / 2)));
            return self.refresh(turn);
        }
        self.give_up(turn, EndCause::SessionExpired);
    }
}

/// How long after a refresh the session has expired: early by a third or 32 s, so that the BYE still arrives.
fn expiry(secs: u32) -> Duration {
    Duration::from_secs(u64::from(secs - (secs / 3).min(32)))
}

/// Interval, and whether the client of the transaction is to refresh it, if it says.
fn parse(value: &str) -> Option<(u32, Option<bool>)> {
    let mut parts = value.split(';');
    let secs = parts.next()?.trim().parse().ok()?;
    let refresher = parts.find_map(|param| {
        let (name, value) = param.split_once('=')?;
        name.trim().eq_ignore_ascii_case("refresher").then(|| value.trim().eq_ignore_ascii_case("uac"))
    });
    Some((secs, refresher))
}

/// The least interval that a 422 asks for.
pub(crate) fn min_se(response: &Response) -> Option<u32> {
    response.header(HeaderName::MinSe)?.split(';').next()?.trim().parse().ok()
}
