//! Finds the highest load that passes.

/// Raises the load by steps from `start` until it fails, then halves the last step twice. On a machine with other work a
/// load may fail by bad luck, so it fails only if it does so twice in a row; the load reported passed three times. 0 if
/// even `start` fails.
pub fn highest(start: usize, step: usize, ceiling: usize, pass_once: &mut dyn FnMut(usize) -> bool) -> usize {
    let mut passes = |load| pass_once(load) || pass_once(load);
    let mut good = 0;
    let mut load = start;
    while load <= ceiling && passes(load) {
        good = load;
        load += step;
    }
    let mut width = step / 2;
    for _ in 0..2 {
        if good > 0 && good + width <= ceiling && passes(good + width) {
            good += width;
        }
        width /= 2;
    }
    // What passed once by luck comes down until it passes twice more.
    while good > 0 && !(passes(good) && passes(good)) {
        good = good.saturating_sub(step / 4);
    }
    good
}
