//! What must not lie around: keys of sound, and answers to challenges that a password could be guessed from.

const HIDDEN: &str = "(hidden)";

/// A message without them.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let begins = |with: &str| line.get(..with.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(with));
        let hides = if begins("a=crypto:") {
            Some(("inline:", ['|', ' ', '\r', '\n']))
        } else if begins("a=ice-pwd:") {
            Some(("pwd:", ['\r', '\n', '\r', '\n']))
        } else if begins("authorization:") || begins("proxy-authorization:") {
            Some(("response=\"", ['"', '\r', '\n', '"']))
        } else {
            None
        };
        match hides {
            Some((before, ends)) => mask(&mut out, line, before, &ends),
            None => out.push_str(line),
        }
    }
    out
}

/// Hides what stands behind each `before`, up to one of `ends`.
fn mask(out: &mut String, line: &str, before: &str, ends: &[char]) {
    let mut rest = line;
    while let Some(at) = rest.find(before) {
        let (head, tail) = rest.split_at(at.saturating_add(before.len()));
        out.push_str(head);
        out.push_str(HIDDEN);
        rest = tail.find(ends).and_then(|end| tail.get(end..)).unwrap_or_default();
    }
    out.push_str(rest);
}
