//! What is said of policies is read as it is meant, and what makes no sense is refused before anybody is asked.

#[test]
fn packages_and_locks_are_read_as_they_are_said() {
    for (line, is_right) in [
        ("policy package list", true),
        ("policy package show student", true),
        ("policy package create Night --policy calling=Night --policy dial-out=DialoutCPCandPSTNDomestic", true),
        ("policy package create Night", false),
        ("policy package create Night --policy calling", false),
        ("policy package set Night --description x", true),
        ("policy package assign Night --user 101 --group Sales --rank 1 --keep-direct --dry-run", true),
        ("policy package assign Night", false),
        ("policy package assign Night --user 101 --rank 1", false),
        ("policy package unassign Night --group Sales", true),
        ("policy package assignments Night", true),
        ("policy package delete Night", true),
        ("policy locks", true),
        ("policy lock calling allow_voicemail always_disabled user_override --reason why", true),
        ("policy lock call_park park_timeout_seconds --min 60 --max 600", true),
        ("policy lock call_park park_timeout_seconds", false),
        ("policy lock call_park park_timeout_seconds --min 60", false),
        ("policy lock call_park park_timeout_seconds --max 60", false),
        ("policy lock call_park park_timeout_seconds 60 --min 60 --max 600", false),
        ("policy unlock calling allow_voicemail --level reseller", true),
        ("policy everybody calling --group Sales", true),
        ("policy everybody", false),
        ("policy move calling Old New", true),
        ("policy move calling Old", false),
        ("policy follow-groups calling --group Sales --also-where-it-changes --dry-run", true),
        ("policy follow-groups calling", false),
    ] {
        let words = std::iter::once("trunkline").chain(line.split_whitespace());
        let read = server::cli::command().try_get_matches_from(words);
        assert_eq!(read.is_ok(), is_right, "{line}: {:?}", read.err().map(|error| error.to_string()));
    }
}
