//! What differs between two versions of nested settings.

use serde_json::Value;

/// Places that are named; more are too many to read.
const PLACES_MAX: usize = 100;

/// Paths of what differs, such as `default_flow.menu.options[2].action`. A list whose length differs is named whole.
pub fn places(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", before, after, &mut found);
    found.truncate(PLACES_MAX);
    found
}

fn compare(path: &str, before: &Value, after: &Value, found: &mut Vec<String>) {
    match (before, after) {
        _ if before == after || found.len() > PLACES_MAX => {}
        (Value::Object(one), Value::Object(other)) => {
            let gone = one.keys().filter(|key| !other.contains_key(*key));
            for key in other.keys().chain(gone) {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&below, one.get(key).unwrap_or(&Value::Null), other.get(key).unwrap_or(&Value::Null), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                compare(&format!("{path}[{index}]"), one, other, found);
            }
        }
        _ => found.push(path.to_owned()),
    }
}
