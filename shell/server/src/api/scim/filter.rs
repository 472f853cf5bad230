//! Filters and paths. RFC 7644 §3.4.2.2 and §3.5.2
//!
//! A filter is read once and asked of each object as it is shown, so that what can be read can be looked for.

use serde_json::Value;

/// Longer ones are nobody's question.
const FILTER_BYTES_MAX: usize = 2_000;
/// Deeper ones are nobody's question either.
const DEPTH_MAX: usize = 16;
/// Names of attributes may be spelled out with the schema that they are of.
const CORE: [&str; 2] = ["urn:ietf:params:scim:schemas:core:2.0:user", "urn:ietf:params:scim:schemas:core:2.0:group"];
/// Attributes of which capital letters count. RFC 7643 §3.1
const EXACT: [&str; 3] = ["id", "externalid", "members"];

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    And(Box<Self>, Box<Self>),
    Compare {
        path: Vec<String>,
        operator: Operator,
        value: Value,
    },
    /// One of the values of an attribute fits.
    Has {
        path: Vec<String>,
        filter: Box<Self>,
    },
    Not(Box<Self>),
    Or(Box<Self>, Box<Self>),
    Present {
        path: Vec<String>,
    },
}

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Contains,
    EndsWith,
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    NotEqual,
    StartsWith,
}

/// What a change is made to.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    pub attribute: Vec<String>,
    /// Which of its values.
    pub filter: Option<Filter>,
    /// What of each of them.
    pub sub: Option<String>,
}

/// It can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no filter or path: {0}")]
pub struct Unreadable(pub String);

impl Filter {
    /// Reads a filter.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(text)?;
        let filter = reader.any(0)?;
        if reader.peek().is_some() {
            return Err(reader.unreadable());
        }
        Ok(filter)
    }

    /// Whether an object fits.
    pub fn fits(&self, object: &Value) -> bool {
        match self {
            Self::And(left, right) => left.fits(object) && right.fits(object),
            Self::Or(left, right) => left.fits(object) || right.fits(object),
            Self::Not(inner) => !inner.fits(object),
            Self::Has { path, filter } => values(object, path).iter().any(|value| filter.fits(value)),
            Self::Present { path } => values(object, path).iter().any(|value| is_there(value)),
            Self::Compare { path, operator: Operator::NotEqual, value } => {
                let is_exact = is_exact(path);
                !values(object, path).iter().any(|there| compares(there, Operator::Equal, value, is_exact))
            }
            Self::Compare { path, operator, value } => {
                let is_exact = is_exact(path);
                values(object, path).iter().any(|there| compares(there, *operator, value, is_exact))
            }
        }
    }

    /// What an attribute must be equal to, if that alone is asked: then it can be looked up.
    pub fn only(&self) -> Option<(&str, &str)> {
        match self {
            Self::Compare { path, operator: Operator::Equal, value: Value::String(value) } => match path.as_slice() {
                [name] => Some((name.as_str(), value.as_str())),
                [name, sub] if name == "emails" && sub == "value" => Some((name.as_str(), value.as_str())),
                [..] => None,
            },
            Self::And(..)
            | Self::Compare { .. }
            | Self::Has { .. }
            | Self::Not(_)
            | Self::Or(..)
            | Self::Present { .. } => None,
        }
    }

    /// All that must be equal, if nothing else is asked.
    pub fn equalities(&self) -> Option<Vec<(&[String], &Value)>> {
        match self {
            Self::Compare { path, operator: Operator::Equal, value } => Some(vec![(path.as_slice(), value)]),
            Self::And(left, right) => {
                let mut all = left.equalities()?;
                all.extend(right.equalities()?);
                Some(all)
            }
            Self::Compare { .. } | Self::Has { .. } | Self::Not(_) | Self::Or(..) | Self::Present { .. } => None,
        }
    }
}

impl Path {
    /// Reads a path.
    pub fn parse(text: &str) -> Result<Self, Unreadable> {
        let mut reader = Reader::new(text)?;
        let attribute = reader.path()?;
        let mut path = Self { attribute, filter: None, sub: None };
        if reader.take("[") {
            path.filter = Some(reader.any(0)?);
            if !reader.take("]") {
                return Err(reader.unreadable());
            }
            if let Some(sub) = reader.peek().and_then(|token| token.strip_prefix('.')).map(str::to_lowercase) {
                reader.skip();
                path.sub = Some(sub);
            }
        }
        if reader.peek().is_some() { Err(reader.unreadable()) } else { Ok(path) }
    }
}

/// Names as they are compared: in small letters, the schema of an extension as one name.
pub fn names(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    if !text.starts_with("urn:") {
        return text.split('.').map(str::to_owned).collect();
    }
    for core in CORE {
        if let Some(rest) = text.strip_prefix(core).and_then(|rest| rest.strip_prefix(':')) {
            return rest.split('.').map(str::to_owned).collect();
        }
    }
    match text.rsplit_once(":user:").map(|(urn, rest)| (format!("{urn}:user"), rest)) {
        Some((urn, rest)) => std::iter::once(urn).chain(rest.split('.').map(str::to_owned)).collect(),
        None => vec![text],
    }
}

/// A field, whatever its capital letters.
pub fn field<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    object.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// All values that a path leads to; those of a list one by one.
pub fn values<'a>(object: &'a Value, path: &[String]) -> Vec<&'a Value> {
    let mut found = vec![object];
    for name in path {
        found = found.into_iter().flat_map(each).filter_map(|value| field(value, name)).collect();
    }
    found.into_iter().flat_map(each).collect()
}

fn each(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) | Value::String(_) => vec![value],
    }
}

fn is_there(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_exact(path: &[String]) -> bool {
    path.first().is_some_and(|name| EXACT.contains(&name.as_str()))
}

fn compares(there: &Value, operator: Operator, wanted: &Value, is_exact: bool) -> bool {
    let there = match there {
        // Of a value with parts, the one that is called so.
        Value::Object(_) => field(there, "value").unwrap_or(there),
        plain => plain,
    };
    match (there, wanted) {
        (Value::String(there), Value::String(wanted)) if is_exact => compare_texts(there, operator, wanted),
        (Value::String(there), Value::String(wanted)) => {
            compare_texts(&there.to_lowercase(), operator, &wanted.to_lowercase())
        }
        // Some directories write truth as a text.
        (Value::Bool(there), Value::String(wanted)) => {
            operator == Operator::Equal && wanted.eq_ignore_ascii_case(if *there { "true" } else { "false" })
        }
        _ => operator == Operator::Equal && there == wanted,
    }
}

fn compare_texts(there: &str, operator: Operator, wanted: &str) -> bool {
    match operator {
        Operator::Contains => there.contains(wanted),
        Operator::EndsWith => there.ends_with(wanted),
        Operator::Equal => there == wanted,
        Operator::Greater => there > wanted,
        Operator::GreaterOrEqual => there >= wanted,
        Operator::Less => there < wanted,
        Operator::LessOrEqual => there <= wanted,
        Operator::NotEqual => there != wanted,
        Operator::StartsWith => there.starts_with(wanted),
    }
}

/// Words, brackets, and texts in quotes, which keep their quotes.
struct Reader {
    text: String,
    tokens: std::vec::IntoIter<String>,
}

impl Reader {
    fn new(text: &str) -> Result<Self, Unreadable> {
        let unreadable = || Unreadable(text.chars().take(100).collect());
        if FILTER_BYTES_MAX < text.len() {
            return Err(unreadable());
        }
        let mut tokens = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '(' | ')' | '[' | ']' => 1,
                '"' => end_of_text(rest).ok_or_else(unreadable)?,
                _ => rest.find(|it: char| it.is_whitespace() || "()[]\"".contains(it)).unwrap_or(rest.len()),
            };
            let (token, after) = rest.split_at_checked(length).ok_or_else(unreadable)?;
            tokens.push(token.to_owned());
            rest = after.trim_start();
        }
        Ok(Self { text: text.to_owned(), tokens: tokens.into_iter() })
    }

    fn any(&mut self, depth: usize) -> Result<Filter, Unreadable> {
        let mut left = self.all(depth)?;
        while self.take("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all(depth)?));
        }
        Ok(left)
    }

    fn all(&mut self, depth: usize) -> Result<Filter, Unreadable> {
        let mut left = self.one(depth)?;
        while self.take("and") {
            left = Filter::And(Box::new(left), Box::new(self.one(depth)?));
        }
        Ok(left)
    }

    fn one(&mut self, depth: usize) -> Result<Filter, Unreadable> {
        if DEPTH_MAX <= depth {
            return Err(self.unreadable());
        }
        if self.take("not") {
            return Ok(Filter::Not(Box::new(self.one(depth.saturating_add(1))?)));
        }
        if self.take("(") {
            let inner = self.any(depth.saturating_add(1))?;
            return if self.take(")") { Ok(inner) } else { Err(self.unreadable()) };
        }
        let path = self.path()?;
        if self.take("[") {
            let filter = Box::new(self.any(depth.saturating_add(1))?);
            return if self.take("]") { Ok(Filter::Has { path, filter }) } else { Err(self.unreadable()) };
        }
        if self.take("pr") {
            return Ok(Filter::Present { path });
        }
        let operator = self.tokens.next().and_then(|word| operator(&word)).ok_or_else(|| self.unreadable())?;
        let value = self.tokens.next().and_then(|word| serde_json::from_str(&literal(word)).ok());
        Ok(Filter::Compare { path, operator, value: value.ok_or_else(|| self.unreadable())? })
    }

    fn path(&mut self) -> Result<Vec<String>, Unreadable> {
        let is_name = |it: char| it.is_ascii_alphanumeric() || "._:$-".contains(it);
        match self.tokens.next() {
            Some(word)
                if word.starts_with(|it: char| it.is_ascii_alphabetic() || it == '$') && word.chars().all(is_name) =>
            {
                Ok(names(&word))
            }
            Some(_) | None => Err(self.unreadable()),
        }
    }

    fn peek(&self) -> Option<&str> {
        self.tokens.as_slice().first().map(String::as_str)
    }

    fn skip(&mut self) {
        self.tokens.next();
    }

    fn take(&mut self, word: &str) -> bool {
        let is_next = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        if is_next {
            self.skip();
        }
        is_next
    }

    fn unreadable(&self) -> Unreadable {
        Unreadable(self.text.chars().take(100).collect())
    }
}

/// Some directories write True.
fn literal(word: String) -> String {
    if word.starts_with('"') { word } else { word.to_lowercase() }
}

/// Where a text in quotes ends, after its quote.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return Some(at.saturating_add(1)),
            _ => {}
        }
    }
    None
}

fn operator(word: &str) -> Option<Operator> {
    Some(match word.to_lowercase().as_str() {
        "co" => Operator::Contains,
        "ew" => Operator::EndsWith,
        "eq" => Operator::Equal,
        "gt" => Operator::Greater,
        "ge" => Operator::GreaterOrEqual,
        "lt" => Operator::Less,
        "le" => Operator::LessOrEqual,
        "ne" => Operator::NotEqual,
        "sw" => Operator::StartsWith,
        _ => return None,
    })
}
