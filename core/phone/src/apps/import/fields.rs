//! The fields of one exported object. What was not taken at the end is noted, so that nothing is lost unsaid.

use serde_json::{Map, Value};

/// Something about an import that an administrator should read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Such as `auto attendant Main`.
    pub object: String,
    /// The field of the export, such as `DefaultCallFlow.Menu.MenuOptions[2].CallTarget`; empty for the whole object.
    pub field: String,
    pub kind: NoteKind,
    pub words: String,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// It is the same thing, written otherwise here.
    Changed,
    /// It has no counterpart here, or what it names is missing.
    LeftOut,
    /// It was there already and stays as it is.
    Present,
}

impl NoteKind {
    /// Its stable name in the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::LeftOut => "left_out",
            Self::Present => "present",
        }
    }
}

/// One object of an export, whose fields are taken one by one.
pub(super) struct Fields {
    object: String,
    /// Where the object stands in the one that it is noted under, with a dot at its end.
    path: String,
    rest: Map<String, Value>,
    pub(super) notes: Vec<Note>,
}

impl Fields {
    pub(super) fn new(object: impl Into<String>, map: &Map<String, Value>) -> Self {
        Self { object: object.into(), path: String::new(), rest: map.clone(), notes: Vec::new() }
    }

    /// An object inside.
    pub(super) fn below(&self, field: &str, map: Map<String, Value>) -> Self {
        Self { object: self.object.clone(), path: format!("{}{field}.", self.path), rest: map, notes: Vec::new() }
    }

    /// The object's own name in notes.
    pub(super) fn named(&mut self, object: String) {
        self.object = object;
    }

    pub(super) fn note(&mut self, kind: NoteKind, field: &str, words: impl Into<String>) {
        let field = format!("{}{field}", self.path).trim_end_matches('.').to_owned();
        self.notes.push(Note { object: self.object.clone(), field, kind, words: words.into() });
    }

    pub(super) fn left_out(&mut self, field: &str, words: impl Into<String>) {
        self.note(NoteKind::LeftOut, field, words);
    }

    /// Any value that says something.
    pub(super) fn take(&mut self, field: &str) -> Option<Value> {
        self.rest.remove(field).filter(says_something)
    }

    pub(super) fn text(&mut self, field: &str) -> Option<String> {
        match self.take(field)? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Object(_) => None,
        }
    }

    pub(super) fn yes(&mut self, field: &str) -> Option<bool> {
        match self.rest.remove(field)? {
            Value::Bool(yes) => Some(yes),
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            Value::Number(number) => Some(number.as_u64() != Some(0)),
            Value::Array(_) | Value::Null | Value::Object(_) => None,
        }
    }

    pub(super) fn count(&mut self, field: &str) -> Option<u32> {
        match self.rest.remove(field)? {
            Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
            Value::String(text) => text.trim().parse().ok(),
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Object(_) => None,
        }
    }

    pub(super) fn list(&mut self, field: &str) -> Vec<Value> {
        self.rest.remove(field).map(list_of).unwrap_or_default()
    }

    /// Ids, alone or as `Id` or `ObjectId` of objects.
    pub(super) fn ids(&mut self, field: &str) -> Vec<String> {
        self.list(field).into_iter().filter_map(|item| id_of(&item)).collect()
    }

    pub(super) fn inner(&mut self, field: &str) -> Option<Self> {
        match self.take(field)? {
            Value::Object(map) => Some(self.below(field, map)),
            // PowerShell writes the name of a type where it was told to go no deeper.
            Value::String(_) => {
                self.left_out(field, "was cut off when it was exported: use ConvertTo-Json -Depth 12");
                None
            }
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) => None,
        }
    }

    /// A word of a list, which older PowerShell writes as its number.
    pub(super) fn word(&mut self, field: &str, words: &[(u64, &'static str)]) -> Option<&'static str> {
        let value = self.take(field)?;
        let found = match &value {
            Value::Number(number) => words.iter().find(|(code, _)| number.as_u64() == Some(*code)),
            Value::String(text) => words.iter().find(|(_, word)| word.eq_ignore_ascii_case(text.trim())),
            Value::Array(_) | Value::Bool(_) | Value::Null | Value::Object(_) => None,
        };
        if found.is_none() {
            self.left_out(field, format!("{value} is not known"));
        }
        found.map(|(_, word)| *word)
    }

    /// Takes over what was noted about an object inside.
    pub(super) fn join(&mut self, inner: Self) {
        self.notes.extend(inner.notes);
    }

    /// What was not taken and says something is noted, but for fields that tell nothing of the configuration.
    pub(super) fn end(&mut self, about_it: &[&str]) {
        let rest = std::mem::take(&mut self.rest);
        for (field, value) in rest {
            let is_plain = matches!(&value, Value::Bool(false)) || value.as_u64() == Some(0);
            if says_something(&value) && !is_plain && !about_it.contains(&field.as_str()) {
                let shown = match &value {
                    Value::Bool(_) | Value::Number(_) | Value::String(_) => format!("{value} has no counterpart"),
                    Value::Array(_) | Value::Null | Value::Object(_) => "has no counterpart".to_owned(),
                };
                self.left_out(&field, shown);
            }
        }
    }
}

/// The items of a list; PowerShell writes a list of one as the one.
pub(super) fn list_of(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        // And a list that has a type of its own as an object around it.
        Value::Object(mut map) if map.contains_key("value") && map.contains_key("Count") => {
            map.remove("value").map(list_of).unwrap_or_default()
        }
        other => vec![other],
    }
}

pub(super) fn id_of(value: &Value) -> Option<String> {
    let id = match value {
        Value::String(id) => id.as_str(),
        Value::Object(map) => ["Id", "ObjectId", "Guid"].iter().find_map(|field| map.get(*field)?.as_str())?,
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) => return None,
    };
    let id = id.trim().to_lowercase();
    (!id.is_empty() && id.parse::<uuid::Uuid>() != Ok(uuid::Uuid::nil())).then_some(id)
}

fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(map) => !map.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}
