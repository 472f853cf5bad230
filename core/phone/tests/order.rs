//! Orders end, once, with every line answered.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;
use phone::id::OrderId;
use phone::order::{LineFault, Order, OrderKind, OrderState, Outcome};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

#[test]
fn an_order_ends_as_its_lines_did() {
    for (outcomes, state) in [
        (vec![done(), done()], OrderState::Succeeded),
        (vec![failed(), failed()], OrderState::Failed),
        (vec![done(), failed()], OrderState::PartlyFailed),
        (vec![done()], OrderState::Running),
        (vec![], OrderState::Running),
    ] {
        let order = order(2).after(at(5), &outcomes);
        assert_eq!(order.state, state);
        assert_eq!(order.finished_at.is_some(), order.is_finished());
    }
    assert_eq!(order(0).after(at(5), &[]).state, OrderState::Succeeded);
}

#[test]
fn only_what_was_done_and_not_taken_back_is_taken_back() {
    let finished = order(1).after(at(5), &[done()]);
    assert_eq!(finished.undo(), Ok(OrderKind::NumberImportUndo));
    let released = Order { kind: OrderKind::NumberRelease, ..finished.clone() };
    assert_eq!(released.undo(), Ok(OrderKind::NumberImportUndo), "what was given back rests, and comes back");
    let undone = Order { undone_by: Some(OrderId(Uuid::from_u128(2))), ..finished.clone() };
    let dry = Order { dry_run: true, ..finished.clone() };
    let undo = Order { kind: OrderKind::NumberImportUndo, ..finished };
    for (order, code) in [
        (order(1), "order.not_finished"),
        (undone, "order.undone"),
        (dry, "order.not_undoable"),
        (undo, "order.not_undoable"),
    ] {
        let refusal = order.undo().unwrap_err();
        assert_eq!(refusal.code(), code);
        assert!(!refusal.fix().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Invariant 9: in whatever parts the lines are worked on, the order ends with the last of them and no later
    /// outcome changes it.
    #[test]
    fn every_order_ends(n_total in 1_u32..50, parts in prop::collection::vec(prop::collection::vec(any::<bool>(), 0..9), 0..40)) {
        let mut order = order(n_total);
        for part in parts {
            let outcomes: Vec<_> = part.iter().map(|fine| if *fine { done() } else { failed() }).collect();
            let next = order.after(at(9), &outcomes);
            prop_assert!(!order.is_finished() || next == order);
            prop_assert!(next.n_done + next.n_failed <= n_total);
            prop_assert_eq!(next.is_finished(), next.n_waiting() == 0);
            order = next;
        }
        let rest: Vec<_> = (0..order.n_waiting()).map(|_| done()).collect();
        prop_assert!(order.after(at(9), &rest).is_finished());
    }
}

fn order(n_total: u32) -> Order {
    Order::new(OrderId(Uuid::from_u128(1)), OrderKind::NumberImport, "token:ann".to_owned(), at(0), n_total)
}

fn done() -> Outcome {
    Outcome::Done(None)
}

fn failed() -> Outcome {
    let text = || "x".to_owned();
    Outcome::Failed(LineFault { column: None, code: text(), message: text(), fix: text() })
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}
