//! What is taken for granted, as `KEY=VALUE`: `waiting=3`, `agents=offline`, `user.102=busy`, `waiting.Sales=50`.

use std::collections::BTreeMap;

use phone::directory::Tenant;
use phone::directory::rehearsal::{Assumed, Does};
use phone::limits::{REHEARSAL_SECS_MAX, WAITING_CALLERS_MAX};

use super::names;
use crate::admin::Refused;

/// The keys, for who gets one wrong.
const KEYS: &str = "waiting, waiting.QUEUE, agents, people, user.EXTENSION, outside, trunk.NAME, \
                    prompt_seconds, answer_seconds, \
                    talk_seconds and hang_up_after";

/// Reads what is taken for granted; what is not given stays as it is by itself.
pub fn read(given: &BTreeMap<String, String>, tenant: &Tenant) -> Result<Assumed, Refused> {
    read_over(Assumed::default(), given, tenant)
}

/// The same, over what is known already.
pub fn read_over(mut assumed: Assumed, given: &BTreeMap<String, String>, tenant: &Tenant) -> Result<Assumed, Refused> {
    for (key, value) in given {
        let field = format!("assume.{key}");
        let secs = || number(&field, value, u32::try_from(REHEARSAL_SECS_MAX).unwrap_or(u32::MAX));
        let waiting = || number(&field, value, WAITING_CALLERS_MAX);
        match (key.as_str(), key.split_once('.')) {
            ("waiting", _) => assumed.n_waiting = waiting()?,
            ("agents", _) => assumed.agents = does(&field, value)?,
            ("people", _) => assumed.people = does(&field, value)?,
            ("outside", _) => assumed.outside = does(&field, value)?,
            ("prompt_seconds", _) => assumed.prompt_secs = secs()?,
            ("answer_seconds", _) => assumed.answer_secs = secs()?,
            ("talk_seconds", _) => assumed.talk_secs = secs()?,
            ("hang_up_after", _) => assumed.hang_up_secs = Some(secs()?),
            (_, Some(("waiting", name))) => {
                let unknown = || unknown(&field, format!("there is no queue called {name}"));
                assumed.n_waiting_in.insert(names::queue(name, tenant).ok_or_else(unknown)?, waiting()?);
            }
            (_, Some(("trunk", name))) => {
                let unknown = || unknown(&field, format!("there is no trunk called {name}"));
                let trunk = tenant.trunks.values().find(|trunk| trunk.name.to_lowercase() == name.to_lowercase());
                let trunk = trunk.ok_or_else(unknown)?.id;
                match value.as_str() {
                    "down" => drop(assumed.trunks_down.insert(trunk)),
                    "up" => drop(assumed.trunks_down.remove(&trunk)),
                    _ => {
                        let code = "explain.assumption_malformed";
                        return Err(Refused::field(&field, code, "a trunk is up or down".to_owned()));
                    }
                }
            }
            (_, Some(("user", name))) => {
                let unknown = || unknown(&field, format!("nobody has the extension {name}"));
                assumed.each.insert(names::user(name, tenant).ok_or_else(unknown)?, does(&field, value)?);
            }
            _ => return Err(unknown(&field, format!("what can be assumed is {KEYS}"))),
        }
    }
    Ok(assumed)
}

/// The reverse of [`read`].
pub fn write(assumed: &Assumed, tenant: &Tenant) -> BTreeMap<String, String> {
    let plain = Assumed::default();
    let mut given = BTreeMap::new();
    let mut put = |key: &str, is_given: bool, value: String| {
        if is_given {
            given.insert(key.to_owned(), value);
        }
    };
    put("waiting", assumed.n_waiting != plain.n_waiting, assumed.n_waiting.to_string());
    put("agents", assumed.agents != plain.agents, assumed.agents.as_str().to_owned());
    put("people", assumed.people != plain.people, assumed.people.as_str().to_owned());
    put("outside", assumed.outside != plain.outside, assumed.outside.as_str().to_owned());
    put("prompt_seconds", assumed.prompt_secs != plain.prompt_secs, assumed.prompt_secs.to_string());
    put("answer_seconds", assumed.answer_secs != plain.answer_secs, assumed.answer_secs.to_string());
    put("talk_seconds", assumed.talk_secs != plain.talk_secs, assumed.talk_secs.to_string());
    if let Some(secs) = assumed.hang_up_secs {
        put("hang_up_after", true, secs.to_string());
    }
    for (queue, n_waiting) in &assumed.n_waiting_in {
        put(&format!("waiting.{}", names::of_queue(*queue, tenant)), true, n_waiting.to_string());
    }
    for trunk in assumed.trunks_down.iter().filter_map(|trunk| tenant.trunks.get(trunk)) {
        put(&format!("trunk.{}", trunk.name), true, "down".to_owned());
    }
    for (user, does) in &assumed.each {
        put(&format!("user.{}", names::of_user(*user, tenant)), true, does.as_str().to_owned());
    }
    given
}

fn does(field: &str, value: &str) -> Result<Does, Refused> {
    let all = Does::ALL.map(Does::as_str).join(", ");
    let found = Does::ALL.into_iter().find(|does| does.as_str() == value);
    found.ok_or_else(|| Refused::field(field, "explain.assumption_malformed", format!("this is one of {all}")))
}

fn number(field: &str, value: &str, max: u32) -> Result<u32, Refused> {
    let found = value.parse::<u32>().ok().filter(|number| *number <= max);
    found.ok_or_else(|| Refused::field(field, "explain.assumption_malformed", format!("this is a number up to {max}")))
}

fn unknown(field: &str, words: String) -> Refused {
    Refused::field(field, "explain.assumption_unknown", words)
}
