//! Places in an order that an administrator gives, the lowest first. Specification of calling, 3.5.

/// Puts something at a place among the others, or behind all of them. No two are at one place: who is there goes one
/// further, and so on as far as places are taken. Gaps stay, so that little moves.
///
/// Its place, and those of the others that moved.
pub fn place<T: Copy + PartialEq>(others: &[(T, u32)], one: T, wanted: Option<u32>) -> (u32, Vec<(T, u32)>) {
    let mut others: Vec<(T, u32)> = others.iter().copied().filter(|(other, _)| *other != one).collect();
    others.sort_by_key(|(_, place)| *place);
    let last = others.last().map_or(0, |(_, place)| *place);
    let at = wanted.unwrap_or(last.saturating_add(1));
    let mut taken = at;
    let mut moved = Vec::new();
    for (other, there) in others.into_iter().filter(|(_, there)| at <= *there) {
        if taken < there {
            break;
        }
        taken = taken.saturating_add(1);
        moved.push((other, taken));
    }
    (at, moved)
}
