//! Replaces. RFC 3891

use crate::endpoint::Replaces;
use crate::header::params::{Params, trim};

/// Reads the value of a Replaces header field. The tags are named as seen by whom it is sent to.
pub fn parse(value: &str) -> Option<Replaces> {
    let (call_id, params) = value.split_once(';')?;
    let params = Params::new(params);
    let tag = |name| params.clone().find(name).filter(|tag: &&str| !tag.is_empty()).map(str::to_owned);
    let call_id = trim(call_id);
    if call_id.is_empty() {
        return None;
    }
    Some(Replaces {
        call_id: call_id.to_owned(),
        to_tag: tag("to-tag")?,
        from_tag: tag("from-tag")?,
        early_only: params.clone().find("early-only").is_some(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that can't go on fails")]
mod tests {
    use super::*;

    #[test]
    fn both_tags_are_needed() {
        let replaces = parse("12adf2f34456gs5@h;to-tag=12345;from-tag=54321;early-only").unwrap();
        assert_eq!(
            (&*replaces.call_id, &*replaces.to_tag, &*replaces.from_tag),
            ("12adf2f34456gs5@h", "12345", "54321")
        );
        assert!(replaces.early_only);
        assert_eq!(parse("a@h;to-tag=1"), None);
        assert_eq!(parse(";to-tag=1;from-tag=2"), None);
    }
}
