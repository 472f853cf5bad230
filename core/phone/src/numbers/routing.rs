//! How a dialled number finds its way outside: dial plans make numbers of digits, usages and routes lead to trunks, and
//! translation rules write numbers as a trunk wants them. Specification of calling, 2.13, 3.5 and 3.6.

pub mod call_block;
pub mod dial_plan;
pub mod expression;
pub mod order;
pub mod route;
pub mod translation;
pub mod usage;

pub use call_block::CallBlock;
pub use dial_plan::{DialPlan, NormalizationRule};
pub use expression::Expression;
pub use route::VoiceRoute;
pub use translation::TranslationRule;
pub use usage::PstnUsage;

use crate::limits::ROUTING_DESCRIPTION_CHARS_MAX;
use crate::problem::{Code, Problem};

/// What is wrong with a name that is found whatever its capital letters, and with a description.
pub(crate) fn problems_of_words(name: &str, chars_max: usize, description: Option<&str>) -> Vec<Problem> {
    let mut found = Vec::new();
    if name.trim().is_empty() {
        found.push(Problem::new(Code::NameEmpty, "name"));
    }
    if name.chars().any(char::is_control) {
        found.push(Problem::new(Code::NameMalformed, "name"));
    }
    let n_chars = name.chars().count();
    if chars_max < n_chars {
        let words = format!("this name has {n_chars} characters, at most {chars_max} are possible");
        found.push(Problem::because(Code::NameTooLong, "name", words));
    }
    let too_long = |text: &str| ROUTING_DESCRIPTION_CHARS_MAX < text.chars().count();
    if description.is_some_and(too_long) {
        found.push(Problem::new(Code::PolicyDescriptionTooLong, "description"));
    }
    found
}
