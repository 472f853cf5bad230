//! Translation rules: how a trunk writes the numbers that it is sent, and those that it sends. Specification of calling,
//! 3.6.

use serde::{Deserialize, Serialize};

use super::expression::{Expression, Translation, fits};
use super::problems_of_words;
use crate::id::TranslationRuleId;
use crate::limits::TRANSLATION_RULE_NAME_CHARS_MAX;
use crate::problem::{Code, Problem};

/// How some numbers are written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranslationRule {
    pub id: TranslationRuleId,
    pub name: String,
    pub description: Option<String>,
    /// See [`Expression`].
    pub pattern: String,
    /// See [`Translation`].
    pub translation: String,
}

/// A rule, ready to be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translator {
    pub id: TranslationRuleId,
    pub name: String,
    expression: Expression,
    translation: Translation,
}

/// What a list of rules made of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translated {
    pub number: String,
    /// The rule that matched; the number is as it was if none did.
    pub by: Option<TranslationRuleId>,
}

/// What is wrong with a rule's own fields.
pub fn problems(rule: &TranslationRule) -> Vec<Problem> {
    let mut found = problems_of_words(&rule.name, TRANSLATION_RULE_NAME_CHARS_MAX, rule.description.as_deref());
    found.extend(problems_of_rewriting(&rule.pattern, &rule.translation, ""));
    found
}

/// What is wrong with a pattern and its translation, which are fields below `place`.
pub(super) fn problems_of_rewriting(pattern: &str, translation: &str, place: &str) -> Vec<Problem> {
    let expression = match Expression::parse(pattern) {
        Ok(expression) => expression,
        Err(fault) => {
            return vec![Problem::because(Code::PatternMalformed, format!("{place}pattern"), fault.to_string())];
        }
    };
    match Translation::parse(translation, expression.n_groups()) {
        Ok(_) => Vec::new(),
        Err(fault) => {
            vec![Problem::because(Code::TranslationMalformed, format!("{place}translation"), fault.to_string())]
        }
    }
}

impl TranslationRule {
    /// The rule, ready to be used; none if it was never checked.
    pub fn compile(&self) -> Option<Translator> {
        self.compile_with(&|pattern| Expression::parse(pattern).ok())
    }

    /// The same, with patterns that are ready already.
    pub fn compile_with(&self, expression: &impl Fn(&str) -> Option<Expression>) -> Option<Translator> {
        let expression = expression(&self.pattern)?;
        let translation = Translation::parse(&self.translation, expression.n_groups()).ok()?;
        Some(Translator { id: self.id, name: self.name.clone(), expression, translation })
    }
}

impl Translator {
    /// Its pattern, ready.
    pub fn expression(&self) -> &Expression {
        &self.expression
    }

    /// What it makes of a number; none if it does not match.
    pub fn apply(&self, number: &str) -> Option<String> {
        self.expression.rewrite(number, &self.translation)
    }
}

/// A number by the first of the rules that matches it. None if the result is too long to be sent.
pub fn translate<'a>(number: &str, rules: impl IntoIterator<Item = &'a Translator>) -> Option<Translated> {
    let first = rules.into_iter().find_map(|rule| Some((rule.apply(number)?, rule.id)));
    let (written, by) = match first {
        Some((written, rule)) => (written, Some(rule)),
        None => (number.to_owned(), None),
    };
    fits(&written).then_some(Translated { number: written, by })
}
