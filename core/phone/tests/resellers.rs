use phone::directory::resellers::{check_deletion, reseller_problems};
use phone::people::Reseller;
use phone::problem::Code;
use uuid::Uuid;

use phone::id::ResellerId;

#[test]
fn a_reseller_has_a_short_name_and_a_name() {
    for (slug, name, expected) in [
        ("north", "North Telecom", &[][..]),
        ("North", "North Telecom", &[Code::SlugMalformed]),
        ("north", " ", &[Code::NameEmpty]),
        ("", "", &[Code::SlugMalformed, Code::NameEmpty]),
    ] {
        let id = ResellerId(Uuid::nil());
        let reseller = Reseller { id, slug: slug.to_owned(), name: name.to_owned(), state: Default::default() };
        let codes: Vec<Code> = reseller_problems(&reseller).into_iter().map(|problem| problem.code).collect();
        assert_eq!(codes, expected, "{slug} {name}");
        assert_eq!(check_deletion(&reseller, 0), Ok(()));
        assert!(check_deletion(&reseller, 2).is_err());
    }
}
