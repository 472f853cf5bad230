//! What would become of a call: nothing is called.

pub mod assumptions;
pub mod names;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use phone::directory::rehearsal::{Assumed, Caller, End, Entrance, Keys, Path, Script};
use phone::directory::{App, Tenant};
use phone::money::Currency;
use phone::money::charging::{Asked, Quote};
use phone::money::deck::Direction;
use phone::numbers::number::NumberSource;
use phone::numbers::{E164, Number, NumberKind};

use super::{Access, Refused};

/// Who would call whom, when, and what is taken for granted; as a person writes it.
pub struct Wanted {
    pub from: Option<String>,
    pub to: String,
    pub at: Timestamp,
    pub keys: String,
    pub assume: BTreeMap<String, String>,
    /// An app whose draft calls would meet.
    pub draft_of: Option<App>,
}

/// What would become of it, and what it was told from.
pub struct Explained {
    pub tenant: Arc<Tenant>,
    pub script: Script,
    pub path: Path,
    /// What it would cost, if it is paid for.
    pub quote: Option<(Quote, Currency)>,
}

impl Access {
    /// Tells what would become of a call, from what is there now, or from a draft.
    pub async fn explain(&self, wanted: Wanted) -> Result<Explained, Refused> {
        let mut tenant = self.known_snapshot().await?;
        if let Some(app) = wanted.draft_of {
            let settings = self.draft(app).await?.draft.value.settings;
            tenant = Arc::new(tenant.with_app(&settings, &self.members_of(&settings).await?));
        }
        let mut known = Assumed::default();
        known.trunks_down = self.trunks_down(wanted.at).await?;
        let script = Script {
            from: caller(wanted.from.as_deref(), &tenant)?,
            to: entrance(&wanted.to, &tenant)?,
            at: wanted.at,
            keys: keys(&wanted.keys)?,
            assumed: assumptions::read_over(known, &wanted.assume, &tenant)?,
        };
        let path = tenant.rehearse(Instant::now(), &script);
        let quote = match paid(&tenant, &script, &path) {
            Some(asked) => {
                self.charging().await?.map(|charging| (charging.quote(&asked), charging.account().wallet.currency))
            }
            None => None,
        };
        Ok(Explained { tenant, script, path, quote })
    }
}

/// What of a call is paid for: that it comes to a toll-free number, or that a person calls out over the carrier of the
/// person's number.
fn paid(tenant: &Tenant, script: &Script, path: &Path) -> Option<Asked> {
    let is_of_plan = |number: &&Number| number.source == NumberSource::CallingPlan;
    let asked = |direction, line: &Number, user, number: E164, from: String| Asked {
        direction,
        user,
        scopes: tenant.spending_scopes(line, user),
        number,
        from,
        to: number.to_string(),
        at: script.at,
    };
    if let (Entrance::Dialled(to), Caller::Outside(_)) = (&script.to, script.from) {
        let called = tenant.numbers.get(&E164::parse_with_extension(to).ok()?).filter(is_of_plan)?;
        let is_toll_free = called.kind == NumberKind::ServiceTollFree;
        return is_toll_free.then(|| asked(Direction::TollFreeInbound, called, None, called.number, String::new()));
    }
    let (End::External { number, .. }, Caller::Person(user)) = (&path.end, script.from) else { return None };
    let line = tenant.numbers.get(&tenant.number_of_user(user)?).filter(is_of_plan)?;
    let is_emergency = tenant.is_emergency(number);
    let number = E164::parse(number).ok().filter(|_| !is_emergency)?;
    Some(asked(Direction::Outbound, line, Some(user), number, line.number.to_string()))
}

/// Keys as they are written.
pub fn keys(text: &str) -> Result<Keys, Refused> {
    text.parse().map_err(|why: phone::directory::rehearsal::NoKeys| {
        Refused::field("keys", "explain.keys_malformed", why.to_string())
    })
}

/// Who calls: nobody in particular, a person by extension or as `user:101`, or a number outside.
pub fn caller(text: Option<&str>, tenant: &Tenant) -> Result<Caller, Refused> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(Caller::Outside(None)) };
    let unknown = |what: String| Refused::field("from", "explain.caller_unknown", what);
    if let Some(name) = text.strip_prefix("user:") {
        let user = names::user(name, tenant).ok_or_else(|| unknown(format!("nobody has the extension {name}")))?;
        return Ok(Caller::Person(user));
    }
    if let Some(user) = tenant.user_by_extension(text) {
        return Ok(Caller::Person(user.id));
    }
    let number = E164::parse(text).map_err(|why| unknown(format!("{text} is no extension, and {why}")))?;
    Ok(Caller::Outside(Some(number)))
}

/// How a caller is written.
pub fn caller_text(caller: Caller, tenant: &Tenant) -> Option<String> {
    match caller {
        Caller::Outside(number) => number.map(|number| number.to_string()),
        Caller::Person(user) => Some(format!("user:{}", names::of_user(user, tenant))),
    }
}

/// What is called: an app, a service or a person by name, or whatever is dialled.
fn entrance(text: &str, tenant: &Tenant) -> Result<Entrance, Refused> {
    let text = text.trim();
    match text.split_once(':') {
        Some((kind, name)) if names::KINDS.contains(&kind) => match names::target(kind, name, tenant) {
            Some(target) => Ok(Entrance::Target(target)),
            None => Err(Refused::field("to", "explain.target_unknown", format!("there is no {kind} called {name}"))),
        },
        Some(_) | None => Ok(Entrance::Dialled(text.to_owned())),
    }
}
