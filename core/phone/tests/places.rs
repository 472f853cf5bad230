use phone::numbers::routing::order::place;
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use proptest::{prop_assert, prop_assert_eq};

#[test]
fn only_those_in_the_way_move() {
    let there = [('a', 1), ('b', 2), ('c', 5)];
    assert_eq!(place(&there, 'x', None), (6, vec![]));
    assert_eq!(place(&there, 'x', Some(1)), (1, vec![('a', 2), ('b', 3)]));
    assert_eq!(place(&there, 'x', Some(3)), (3, vec![]));
    assert_eq!(place(&there, 'x', Some(5)), (5, vec![('c', 6)]));
    assert_eq!(place(&there, 'c', Some(1)), (1, vec![('a', 2), ('b', 3)]));
    assert_eq!(place(&there, 'a', Some(1)), (1, vec![]));
    assert_eq!(place::<char>(&[], 'x', None), (1, vec![]));
}

proptest! {
    /// However often something is placed: no two are at one place, and the others keep their order.
    #[test]
    fn places_stay_unique_and_in_order(steps in vec((0..12_u8, any::<Option<u8>>()), 1..40)) {
        let mut all: Vec<(u8, u32)> = Vec::new();
        for (one, wanted) in steps {
            let wanted = wanted.map(|it| u32::from(it % 20) + 1);
            let mut before: Vec<(u8, u32)> = all.iter().copied().filter(|(other, _)| *other != one).collect();
            before.sort_by_key(|(_, place)| *place);
            let (at, moved) = place(&all, one, wanted);
            prop_assert!(wanted.is_none_or(|wanted| wanted == at));
            let mut after: Vec<(u8, u32)> = before
                .iter()
                .map(|(other, there)| {
                    let moved = moved.iter().find(|(it, _)| it == other).map(|(_, place)| *place);
                    (*other, moved.unwrap_or(*there))
                })
                .collect();
            let order = |list: &[(u8, u32)]| list.iter().map(|(other, _)| *other).collect::<Vec<_>>();
            let was = order(&before);
            after.sort_by_key(|(_, place)| *place);
            prop_assert_eq!(order(&after), was);
            after.push((one, at));
            let mut places: Vec<u32> = after.iter().map(|(_, place)| *place).collect();
            places.sort_unstable();
            places.dedup();
            prop_assert_eq!(places.len(), after.len());
            all = after;
        }
    }
}
