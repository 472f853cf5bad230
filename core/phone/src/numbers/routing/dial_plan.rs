//! Dial plans: how what is dialled becomes a number. Specification of calling, 2.13.

use serde::{Deserialize, Serialize};

use super::expression::{Expression, Translation, fits};
use super::problems_of_words;
use super::translation::problems_of_rewriting;
use crate::id::DialPlanId;
use crate::limits::{DIAL_PLAN_NAME_CHARS_MAX, DIALLED_BYTES_MAX, NORMALIZATION_RULES_MAX};
use crate::numbers::E164;
use crate::problem::{Code, Problem};

/// Rules that make numbers of digits, for who has it by a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DialPlan {
    pub id: DialPlanId,
    pub name: String,
    pub description: Option<String>,
    /// The first that matches counts.
    pub rules: Vec<NormalizationRule>,
}

/// A rule of a dial plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NormalizationRule {
    pub name: String,
    pub description: Option<String>,
    /// See [`Expression`].
    pub pattern: String,
    /// See [`Translation`].
    pub translation: String,
    /// The result is an extension, even if it looks like a number.
    #[serde(default)]
    pub is_internal_extension: bool,
    /// The result is taken as it is: neither the rules nor the country are asked again.
    #[serde(default)]
    pub is_final: bool,
}

/// A dial plan, ready to be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Normalizer {
    rules: Vec<CompiledRule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct CompiledRule {
    name: String,
    expression: Expression,
    translation: Translation,
    is_internal_extension: bool,
    is_final: bool,
}

/// What dialled digits came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Normalized {
    /// In E.164 form if it begins with `+`.
    pub result: String,
    /// Each time that the rules were asked, in order.
    pub passes: Vec<Pass>,
    /// How the country reads what the rules left, if it was asked and could.
    pub by_country: Option<E164>,
    pub is_internal_extension: bool,
}

/// The rules were asked, one after the other, until one matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// What they were asked about.
    pub on: String,
    /// The one that matched; none if all were asked for nothing.
    pub matched: Option<Matched>,
}

/// The rule that matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Its place in the plan, from 0.
    pub rule: usize,
    pub name: String,
    /// What it made of it.
    pub result: String,
}

/// One rule that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Its place in the plan, from 0.
    pub rule: usize,
    pub name: String,
    /// What it was asked about.
    pub on: String,
    /// What it made of it; none if it does not match.
    pub result: Option<String>,
}

impl NormalizationRule {
    /// What a new dial plan begins with. Specification of calling, 2.13.
    pub fn prefix_all() -> Self {
        Self {
            name: "Prefix all".to_owned(),
            description: None,
            pattern: r"^(\d{11})$".to_owned(),
            translation: "+$1".to_owned(),
            is_internal_extension: false,
            is_final: false,
        }
    }
}

/// What is wrong with a dial plan's own fields.
pub fn problems(plan: &DialPlan) -> Vec<Problem> {
    let mut found = problems_of_words(&plan.name, DIAL_PLAN_NAME_CHARS_MAX, plan.description.as_deref());
    if plan.name.starts_with('.') {
        found.push(Problem::new(Code::NameMalformed, "name"));
    }
    if NORMALIZATION_RULES_MAX < plan.rules.len() {
        found.push(Problem::new(Code::TooManyRules, "rules"));
        return found;
    }
    for (index, rule) in plan.rules.iter().enumerate() {
        let place = format!("rules[{index}].");
        let words = problems_of_words(&rule.name, DIAL_PLAN_NAME_CHARS_MAX, rule.description.as_deref());
        found.extend(words.into_iter().map(|problem| problem.below(&place)));
        found.extend(problems_of_rewriting(&rule.pattern, &rule.translation, &place));
        let name = rule.name.to_lowercase();
        if plan.rules.iter().take(index).any(|earlier| earlier.name.to_lowercase() == name) {
            found.push(Problem::new(Code::NameTaken, format!("{place}name")));
        }
    }
    found
}

impl DialPlan {
    /// The plan, ready to be used. A rule that was never checked matches nothing.
    pub fn compile(&self) -> Normalizer {
        self.compile_with(&|pattern| Expression::parse(pattern).ok())
    }

    /// The same, with patterns that are ready already.
    pub fn compile_with(&self, expression: &impl Fn(&str) -> Option<Expression>) -> Normalizer {
        let compile = |rule: &NormalizationRule| {
            let expression = expression(&rule.pattern)?;
            let translation = Translation::parse(&rule.translation, expression.n_groups()).ok()?;
            let NormalizationRule { is_internal_extension, is_final, .. } = *rule;
            let name = rule.name.clone();
            Some(CompiledRule { name, expression, translation, is_internal_extension, is_final })
        };
        Normalizer { rules: self.rules.iter().filter_map(compile).collect() }
    }
}

impl Normalizer {
    /// Without rules: the country alone reads what is dialled.
    pub const NONE: Self = Self { rules: Vec::new() };

    /// Patterns that are ready.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.rules.iter().map(|rule| &rule.expression)
    }

    /// What digits come to: unchanged with a `+`; else by the first rule that matches, and if that gives no `+`, by the
    /// rules and the country once more; else as the country reads them; else as they are. None if this is nothing that
    /// can be dialled.
    ///
    /// `by_country` reads digits as a person in the caller's country dials them.
    pub fn normalize(&self, dialled: &str, by_country: impl Fn(&str) -> Option<E164>) -> Option<Normalized> {
        let digits = cleaned(dialled)?;
        let mut normalized =
            Normalized { result: digits.clone(), passes: Vec::new(), by_country: None, is_internal_extension: false };
        if digits.starts_with('+') {
            return Some(normalized);
        }
        // Twice at most: what the second pass gives is not looked at again.
        for _ in 0..2 {
            let Some(rule) = self.pass(&mut normalized) else { break };
            normalized.is_internal_extension |= rule.is_internal_extension;
            if rule.is_final || rule.is_internal_extension || normalized.result.starts_with('+') {
                return fits(&normalized.result).then_some(normalized);
            }
        }
        normalized.by_country = by_country(&normalized.result);
        if let Some(number) = normalized.by_country {
            normalized.result = number.to_string();
        }
        fits(&normalized.result).then_some(normalized)
    }

    /// Asks one rule after the other until one matches.
    fn pass(&self, normalized: &mut Normalized) -> Option<&CompiledRule> {
        if self.rules.is_empty() {
            return None;
        }
        let on = normalized.result.clone();
        let asked = self.rules.iter().enumerate();
        let found =
            asked.filter_map(|(index, rule)| Some((index, rule, rule.expression.rewrite(&on, &rule.translation)?)));
        let found = { found }.next();
        let matched = found.as_ref().map(|(index, rule, result)| {
            normalized.result.clone_from(result);
            Matched { rule: *index, name: rule.name.clone(), result: result.clone() }
        });
        normalized.passes.push(Pass { on, matched });
        found.map(|(_, rule, _)| rule)
    }

    /// Every rule that was asked, in order, for who wants to see them.
    pub fn tried(&self, normalized: &Normalized) -> Vec<Tried> {
        let of_pass = |pass: &Pass| {
            let n_asked = pass.matched.as_ref().map_or(self.rules.len(), |matched| matched.rule.saturating_add(1));
            let result = |index| pass.matched.as_ref().filter(|it| it.rule == index).map(|it| it.result.clone());
            let tried = |(index, rule): (usize, &CompiledRule)| Tried {
                rule: index,
                name: rule.name.clone(),
                on: pass.on.clone(),
                result: result(index),
            };
            self.rules.iter().take(n_asked).enumerate().map(tried).collect::<Vec<_>>()
        };
        normalized.passes.iter().flat_map(of_pass).collect()
    }
}

impl Normalized {
    /// The rule that gave the result; none if no rule matched.
    pub fn rule(&self) -> Option<&Matched> {
        self.passes.iter().rev().find_map(|pass| pass.matched.as_ref())
    }

    /// The result in E.164 form, without what follows a `;`.
    pub fn number(&self) -> Option<E164> {
        let number = self.result.split_once(';').map_or(self.result.as_str(), |(number, _)| number);
        E164::parse(number).ok().filter(|_| !self.is_internal_extension)
    }
}

/// What was dialled without what people write between digits.
fn cleaned(dialled: &str) -> Option<String> {
    if DIALLED_BYTES_MAX < dialled.len() {
        return None;
    }
    let is_between = |char: &char| matches!(char, ' ' | '(' | ')' | '-' | '.' | '/');
    let cleaned: String = dialled.chars().filter(|char| !is_between(char)).collect();
    let digits = cleaned.strip_prefix('+').unwrap_or(&cleaned);
    let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'*' | b'#'));
    fits.then_some(cleaned)
}
