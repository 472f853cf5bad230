//! Amounts of money, as decimal texts.

use phone::amount::NotMoney;
use phone::money::Micros;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use utoipa::ToSchema;

use crate::admin::Refused;

/// What is expected where there is no text at all.
const AS_TEXT: &str = "an amount as text, such as \"25.00\"";

/// An amount: digits with at most six after a point, such as `25.00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, example = "25.00", pattern = r"^-?[0-9]+(\.[0-9]{1,6})?$")]
pub struct Amount(pub Micros);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Read)
    }
}

struct Read;

impl Visitor<'_> for Read {
    type Value = Amount;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(AS_TEXT)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Amount, E> {
        Micros::parse(text).map(Amount).map_err(E::custom)
    }
}

/// The field with an amount or a currency that is none, from the words of who could not read a body.
pub fn fault(words: &str) -> Option<Refused> {
    let (_, words) = words.split_once("into the target type: ")?;
    let (words, _) = words.rsplit_once(" at line ").unwrap_or((words, ""));
    let none_of = |not: NotMoney| words.strip_suffix(&not.to_string()).map(|path| (path, not.to_string()));
    let amount =
        none_of(NotMoney::NotAnAmount).or_else(|| none_of(NotMoney::TooLarge)).map(|it| (it, "amount_malformed"));
    let currency = || none_of(NotMoney::NotACurrency).map(|it| (it, "currency_malformed"));
    let other = || {
        let path = words.strip_suffix(AS_TEXT)?.split_once("invalid type: ")?.0;
        Some(((path, format!("it is {AS_TEXT}")), "amount_malformed"))
    };
    let ((path, message), code) = amount.or_else(currency).or_else(other)?;
    Some(Refused::field(path.trim_end_matches(": "), code, message))
}
