//! Which callers from outside are let in, and who takes calls to numbers that are assigned to nobody.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use phone::apps::prompt::Prompt;
use phone::apps::unassigned::{Treatments, UnassignedNumbers, UnassignedTarget};
use phone::id::{CallBlockId, PromptKey, ResourceAccountId, UnassignedNumbersId, UserId};
use phone::numbers::routing::call_block::{self, BlockAction, Screen};
use phone::numbers::routing::{CallBlock, Expression};
use phone::problem::Code;
use uuid::Uuid;

#[test]
fn who_is_exempt_is_let_in_and_others_by_the_first_pattern_that_matches() {
    let desk = BlockAction::Redirect { account: ResourceAccountId(Uuid::from_u128(1)) };
    let mut off = block("off", r"^\+44", BlockAction::Block);
    off.enabled = false;
    let screen = Screen::new(
        vec![
            block("prefix", r"^\+?1900", BlockAction::Block),
            block("friend", r"^\+19005550123$", BlockAction::Exempt),
            block("hidden", "^anonymous$", desk),
            off,
        ],
        &ready,
    );
    for (caller, by) in [
        ("+19005550100", Some(("prefix", BlockAction::Block))),
        ("1 (900) 555-0100", Some(("prefix", BlockAction::Block))),
        ("+1 900 555.0123", Some(("friend", BlockAction::Exempt))),
        ("anonymous", Some(("hidden", desk))),
        ("+441900", None),
        ("+12125551234", None),
        ("", None),
    ] {
        let found = screen.find(caller);
        assert_eq!(found.map(|found| (found.name, found.action)), by, "{caller}");
    }
}

#[test]
fn a_pattern_that_is_none_is_told_with_its_place() {
    let problems = call_block::problems(&block("", "(", BlockAction::Block));
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::NameEmpty, Code::PatternMalformed]);
}

#[test]
fn unassigned_numbers_are_treated_in_the_order_of_their_priorities() {
    let said = Prompt::Text { key: PromptKey(Uuid::from_u128(7)), text: "No more.".to_owned() };
    let person = UnassignedTarget::User { user: UserId(Uuid::from_u128(1)) };
    let treatments = Treatments::new(
        vec![
            entry(2, "all", r"^\+1425", person),
            entry(1, "old", r"^\+14255550\d{3}$", UnassignedTarget::Announcement { prompt: said }),
        ],
        &ready,
    );
    let by = |called| treatments.find(called).map(|found| found.name.as_str());
    assert_eq!(by("+14255550199"), Some("old"));
    assert_eq!(by("+14256660199"), Some("all"));
    assert_eq!(by("+12065550199"), None);
    assert_eq!(treatments.prompts().count(), 1);
}

fn ready(pattern: &str) -> Option<Expression> {
    Expression::parse(pattern).ok()
}

fn block(name: &str, pattern: &str, action: BlockAction) -> CallBlock {
    CallBlock {
        id: CallBlockId(Uuid::from_u128(1)),
        name: name.to_owned(),
        description: None,
        pattern: pattern.to_owned(),
        enabled: true,
        action,
    }
}

fn entry(priority: u32, name: &str, pattern: &str, target: UnassignedTarget) -> UnassignedNumbers {
    UnassignedNumbers {
        id: UnassignedNumbersId(Uuid::from_u128(priority.into())),
        name: name.to_owned(),
        description: None,
        pattern: pattern.to_owned(),
        priority,
        target,
    }
}
