//! A pattern of a dial plan, with what is dialled after a line end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use phone::numbers::pattern::Pattern;
use phone::numbers::routing::expression::{Expression, Translation};

fuzz_target!(|text: &str| {
    let (pattern, dialled) = text.split_once('\n').unwrap_or((text, "+12065550100"));
    if let Ok(pattern) = Pattern::parse(pattern) {
        pattern.fits(dialled);
    }
    let Ok(expression) = Expression::parse(pattern) else { return };
    let _ = expression.is_match(dialled);
    if let Ok(translation) = Translation::parse("+1$1", expression.n_groups()) {
        expression.rewrite(dialled, &translation);
    }
});
