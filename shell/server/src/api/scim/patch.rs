//! Changes of an object as directories send them. RFC 7644 §3.5.2

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::ScimError;
use super::filter::{Filter, Path, names};

/// Operations of one request: more than any directory sends at once.
const OPERATIONS_MAX: usize = 1_000;

/// The body of a change.
#[derive(Clone, Debug, Deserialize)]
pub struct PatchRequest {
    #[serde(rename = "Operations", alias = "operations")]
    operations: Vec<Operation>,
}

/// One change.
#[derive(Clone, Debug, Deserialize)]
pub struct Operation {
    op: String,
    pub path: Option<String>,
    #[serde(default)]
    pub value: Value,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    Add,
    Remove,
    Replace,
}

impl PatchRequest {
    /// The changes in order.
    pub fn operations(self) -> Result<Vec<Operation>, ScimError> {
        if self.operations.is_empty() || OPERATIONS_MAX < self.operations.len() {
            let words = format!("Operations has 1 to {OPERATIONS_MAX} items");
            return Err(ScimError::bad_request("invalidSyntax", words));
        }
        Ok(self.operations)
    }
}

impl Operation {
    /// Its verb, whatever its capital letters.
    pub fn verb(&self) -> Result<Verb, ScimError> {
        match self.op.to_lowercase().as_str() {
            "add" => Ok(Verb::Add),
            "remove" => Ok(Verb::Remove),
            "replace" => Ok(Verb::Replace),
            other => Err(ScimError::bad_request("invalidSyntax", format!("{other} is no operation of a change"))),
        }
    }

    /// Changes an object as it is shown.
    pub fn apply(&self, object: &mut Value) -> Result<(), ScimError> {
        let verb = self.verb()?;
        match (&self.path, &self.value) {
            (Some(path), value) => change(object, verb, &read(path)?, value),
            (None, Value::Object(fields)) if verb != Verb::Remove => {
                for (name, value) in fields {
                    let path = Path { attribute: names(name), filter: None, sub: None };
                    let path = if name.contains('[') { read(name)? } else { path };
                    change(object, verb, &path, value)?;
                }
                Ok(())
            }
            (None, _) => Err(ScimError::bad_request("noTarget", "this needs a path, or an object as its value")),
        }
    }
}

fn read(path: &str) -> Result<Path, ScimError> {
    Path::parse(path).map_err(|error| ScimError::bad_request("invalidPath", error.to_string()))
}

fn change(object: &mut Value, verb: Verb, path: &Path, value: &Value) -> Result<(), ScimError> {
    let Some((last, before)) = path.attribute.split_last() else { return Ok(()) };
    let mut holder = object;
    for name in before {
        holder = entry(holder, name, || json!({}));
    }
    match &path.filter {
        Some(filter) => change_some(holder, verb, last, (filter, path.sub.as_deref()), value),
        None => change_all(holder, verb, last, value),
    }
}

fn change_all(holder: &mut Value, verb: Verb, name: &str, value: &Value) -> Result<(), ScimError> {
    if verb == Verb::Remove {
        let Some(fields) = holder.as_object_mut() else { return Ok(()) };
        fields.retain(|known, _| !known.eq_ignore_ascii_case(name));
        return Ok(());
    }
    let slot = entry(holder, name, || Value::Null);
    match (slot, value) {
        (Value::Array(items), value) if verb == Verb::Add => {
            let more = match value {
                Value::Array(more) => more.clone(),
                one => vec![one.clone()],
            };
            for item in more {
                if !items.contains(&item) {
                    items.push(item);
                }
            }
        }
        // Parts that are not named stay.
        (slot @ Value::Object(_), Value::Object(fields)) => {
            for (part, value) in fields {
                *entry(slot, part, || Value::Null) = value.clone();
            }
        }
        (slot, value) => *slot = value.clone(),
    }
    Ok(())
}

fn change_some(
    holder: &mut Value,
    verb: Verb,
    name: &str,
    (filter, sub): (&Filter, Option<&str>),
    value: &Value,
) -> Result<(), ScimError> {
    let list = entry(holder, name, || json!([]));
    if !list.is_array() {
        *list = json!([list.take()]);
    }
    let Some(items) = list.as_array_mut() else { return Ok(()) };
    if verb == Verb::Remove {
        match sub {
            Some(sub) => {
                let fitting = items.iter_mut().filter(|item| filter.fits(item)).filter_map(Value::as_object_mut);
                fitting.for_each(|fields| fields.retain(|known, _| !known.eq_ignore_ascii_case(sub)));
            }
            None => items.retain(|item| !filter.fits(item)),
        }
        return Ok(());
    }
    // Directories set what is not there yet by what it will be found by.
    if !items.iter().any(|item| filter.fits(item)) {
        items.push(made_for(filter)?);
    }
    for item in items.iter_mut().filter(|item| filter.fits(item)) {
        match sub {
            Some(sub) => *entry(item, sub, || Value::Null) = value.clone(),
            None => match value {
                Value::Object(fields) => {
                    for (part, value) in fields {
                        *entry(item, part, || Value::Null) = value.clone();
                    }
                }
                other => *item = other.clone(),
            },
        }
    }
    Ok(())
}

/// A value that a filter finds.
fn made_for(filter: &Filter) -> Result<Value, ScimError> {
    let no_target = || ScimError::bad_request("noTarget", "no value is found by this path");
    let mut made = json!({});
    for (path, value) in filter.equalities().ok_or_else(no_target)? {
        match path {
            [name] => *entry(&mut made, name, || Value::Null) = value.clone(),
            [..] => return Err(no_target()),
        }
    }
    Ok(made)
}

/// A field of an object, whatever its capital letters, made if it is not there. What is no object becomes one.
fn entry<'a>(holder: &'a mut Value, name: &str, new: impl FnOnce() -> Value) -> &'a mut Value {
    if !holder.is_object() {
        *holder = Value::Object(Map::new());
    }
    let known = holder.as_object().and_then(|it| it.keys().find(|known| known.eq_ignore_ascii_case(name)).cloned());
    let name = known.unwrap_or_else(|| name.to_owned());
    match holder {
        Value::Object(fields) => fields.entry(name).or_insert_with(new),
        other => other,
    }
}
