use phone::numbers::routing::usage::is_same;

#[test]
fn a_usage_is_known_whatever_its_capital_letters() {
    for (one, other, expected) in
        [("Local", "LOCAL ", true), ("Übersee", "übersee", true), ("Local", "World", false), ("Local", "", false)]
    {
        assert_eq!(is_same(one, other), expected, "{one} and {other}");
    }
}
