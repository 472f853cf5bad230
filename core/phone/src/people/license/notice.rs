//! What somebody should do something about before licenses fail people: seats that run short, a time that ends, people
//! who can't be given what their groups want. Each is told once. Specification of numbers, 1.1.3 and 5.5.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::subscription::Renewal;
use super::{Enforcement, PartNumber, Seats, Subscription};
use crate::limits::{HELD_DAYS, NOTIFIED_MAILS_MAX};
use crate::people::user::check::is_email;
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// What licenses of an organization are like.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    pub enforcement: Enforcement,
    pub seats: BTreeMap<PartNumber, Seats>,
    pub bought: BTreeMap<PartNumber, Subscription>,
    /// How many people can't be given what a group wants, by the code of the reason.
    pub failing: BTreeMap<String, u64>,
}

/// Something that somebody should look after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// People can't be given what their groups want.
    Failing { code: String, n_people: u64 },
    /// The time of a plan ends and does not renew; `within` is which of [`WARNING_DAYS`] is reached.
    Ending { plan: PartNumber, at: Timestamp, within: i64 },
    /// It is over, and numbers are kept for a while.
    Over { plan: PartNumber, numbers_until: Timestamp },
    /// So few seats are left.
    SeatsShort { plan: PartNumber, bought: u32, left: u32 },
}

/// Days before an end on which it is told.
pub const WARNING_DAYS: [i64; 3] = [1, 7, 30];
/// Of so many seats, one is left.
const SHORT_ONE_OF: u32 = 10;

impl Standing {
    /// What there is to look after.
    pub fn notices(&self, now: Timestamp) -> Vec<Notice> {
        let ends = self.bought.iter().filter_map(|(plan, bought)| end_of(plan, bought, now));
        let failing = self.failing.iter().filter(|(_, n_people)| 0 < **n_people);
        let failing = failing.map(|(code, n_people)| Notice::Failing { code: code.clone(), n_people: *n_people });
        self.short(now).chain(ends).chain(failing).collect()
    }

    fn short(&self, now: Timestamp) -> impl Iterator<Item = Notice> {
        let counts = match self.enforcement {
            Enforcement::Off => false,
            Enforcement::Block | Enforcement::Warn => true,
        };
        let bought = self.bought.iter().filter(move |(_, bought)| counts && !bought.is_over(now));
        bought.filter_map(|(plan, _)| {
            let seats = self.seats.get(plan).copied().unwrap_or_default();
            let (bought, left) = (seats.bought, seats.available());
            let is_short = 0 < bought && left.saturating_mul(SHORT_ONE_OF) <= bought;
            is_short.then(|| Notice::SeatsShort { plan: plan.clone(), bought, left })
        })
    }
}

impl Notice {
    /// What is told once: the same again is not, and what is worse is.
    pub fn key(&self) -> String {
        match self {
            Self::Failing { code, .. } => format!("failing {code}"),
            Self::Ending { plan, within, .. } => format!("ending {plan} {within}"),
            Self::Over { plan, .. } => format!("over {plan}"),
            Self::SeatsShort { plan, left: 0, .. } => format!("short {plan} none"),
            Self::SeatsShort { plan, .. } => format!("short {plan} few"),
        }
    }

    /// What it is about, as the audit writes it: a plan, or all of them.
    pub fn plan(&self) -> Option<&PartNumber> {
        match self {
            Self::Failing { .. } => None,
            Self::Ending { plan, .. } | Self::Over { plan, .. } | Self::SeatsShort { plan, .. } => Some(plan),
        }
    }

    /// What happened, in a word.
    pub fn action(&self) -> &'static str {
        match self {
            Self::Failing { .. } => "failing",
            Self::Ending { .. } => "ending",
            Self::Over { .. } => "over",
            Self::SeatsShort { .. } => "seats_short",
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        match self {
            Self::Failing { code, n_people } => {
                write!(f, "{n_people} people can't be given the licenses that their groups want ({code})")
            }
            Self::Ending { plan, at, .. } => write!(f, "the time of {plan} ends on {} and does not renew", day(*at)),
            Self::Over { plan, numbers_until } => write!(
                f,
                "the time of {plan} is over: where licenses are enforced nobody has it, and numbers are kept until {}",
                day(*numbers_until)
            ),
            Self::SeatsShort { plan, bought, left: 0 } => write!(f, "all {bought} seats of {plan} are given"),
            Self::SeatsShort { plan, bought, left } => write!(f, "{left} of {bought} seats of {plan} are left"),
        }
    }
}

impl Broken for Notice {
    fn code(&self) -> &'static str {
        match self {
            Self::Failing { .. } => "license.failing",
            Self::Ending { .. } => "license.ending",
            Self::Over { .. } => "license.over",
            Self::SeatsShort { .. } => "license.seats_short",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Failing { .. } => "look at the groups: trunkline group list".to_owned(),
            Self::Ending { plan, .. } => {
                format!(
                    "let it renew, or let people change to another plan: trunkline license seats {plan} N --renewal renews"
                )
            }
            Self::Over { plan, .. } => {
                format!("buy it again, and everybody has theirs again: trunkline license seats {plan} N")
            }
            Self::SeatsShort { plan, .. } => {
                format!("buy more, or take it from who does not need it: trunkline license seats {plan} N")
            }
        }
    }

    fn is_conflict(&self) -> bool {
        false
    }
}

/// What is wrong with addresses that are to be mailed.
pub fn mail_problems(mails: &[String]) -> Vec<Problem> {
    let mut found = Vec::new();
    if NOTIFIED_MAILS_MAX < mails.len() {
        found.push(Problem::new(Code::TooManyMails, "mails"));
    }
    let wrong = mails.iter().enumerate().filter(|(_, mail)| !is_email(mail));
    found.extend(wrong.map(|(index, _)| Problem::new(Code::EmailMalformed, format!("mails[{index}]"))));
    found
}

fn end_of(plan: &PartNumber, bought: &Subscription, now: Timestamp) -> Option<Notice> {
    let commitment = bought.commitment.filter(|commitment| commitment.renewal == Renewal::Ends && 0 < bought.seats)?;
    let at = commitment.first_end;
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    if at <= now {
        let numbers_until = at.saturating_add(days(i64::from(HELD_DAYS))).unwrap_or(Timestamp::MAX);
        return (now < numbers_until).then(|| Notice::Over { plan: plan.clone(), numbers_until });
    }
    let left = at.duration_since(now);
    let within = WARNING_DAYS.into_iter().find(|n| left <= days(*n))?;
    Some(Notice::Ending { plan: plan.clone(), at, within })
}
