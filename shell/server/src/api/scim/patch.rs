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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn patched(operations: Value) -> Value {
        let mut object = json!({
            "userName": "a@demo.test", "displayName": "A", "active": true, "name": { "formatted": "A", "givenName": "Al" },
            "emails": [{ "type": "work", "value": "a@demo.test" }]
        });
        let request: PatchRequest = serde_json::from_value(json!({ "Operations": operations })).unwrap();
        for operation in request.operations().unwrap() {
            operation.apply(&mut object).unwrap();
        }
        object
    }

    #[test]
    fn changes_of_rfc7644_and_of_directories_do_what_they_say() {
        let work =
            patched(json!([{ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "b@demo.test" }]));
        assert_eq!(work["emails"], json!([{ "type": "work", "value": "b@demo.test" }]));
        let home = patched(json!([{ "op": "Add", "path": "emails[type eq \"home\"].value", "value": "h@demo.test" }]));
        assert_eq!(home["emails"][1], json!({ "type": "home", "value": "h@demo.test" }));
        let off = patched(json!([{ "op": "replace", "value": { "active": false, "name.givenName": "Bo" } }]));
        assert_eq!(
            (&off["active"], &off["name"]["givenName"], &off["name"]["formatted"]),
            (&json!(false), &json!("Bo"), &json!("A"))
        );
        let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        let sales = patched(json!([{ "op": "Add", "path": department, "value": "Sales" }]));
        assert_eq!(sales["urn:ietf:params:scim:schemas:extension:enterprise:2.0:user"]["department"], "Sales");
        let gone = patched(
            json!([{ "op": "Remove", "path": "emails[type eq \"work\"]" }, { "op": "remove", "path": "DISPLAYNAME" }]),
        );
        assert_eq!((&gone["emails"], &gone["displayName"]), (&json!([]), &Value::Null));
        let nested = patched(json!([{ "op": "replace", "path": "name", "value": { "familyName": "Z" } }]));
        assert_eq!(nested["name"], json!({ "formatted": "A", "givenName": "Al", "familyName": "Z" }));
    }

    #[test]
    fn what_can_t_be_done_is_said() {
        let table = [
            (json!({ "op": "move", "path": "a" }), "invalidSyntax"),
            (json!({ "op": "remove" }), "noTarget"),
            (json!({ "op": "replace", "value": 1 }), "noTarget"),
            (json!({ "op": "replace", "path": "emails[type eq", "value": 1 }), "invalidPath"),
            (json!({ "op": "replace", "path": "emails[not (type pr)].value", "value": 1 }), "noTarget"),
        ];
        for (operation, code) in table {
            let operation: Operation = serde_json::from_value(operation).unwrap();
            let mut object = json!({ "emails": [{ "type": "work" }] });
            assert_eq!(operation.apply(&mut object).unwrap_err().scim_type, Some(code));
        }
    }
}
