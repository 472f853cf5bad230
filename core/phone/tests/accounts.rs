use phone::access::account::{Account, AccountFault, email_key};
use phone::id::AccountId;
use uuid::Uuid;

#[test]
fn an_account_has_an_address_and_a_name() {
    for (email, name, expected) in [
        ("ann@demo.test", "Ann", None),
        ("Ann.O'Neil+x@demo.test", "Ann", None),
        ("ann", "Ann", Some(AccountFault::Email)),
        ("@demo.test", "Ann", Some(AccountFault::Email)),
        ("ann@", "Ann", Some(AccountFault::Email)),
        ("a nn@demo.test", "Ann", Some(AccountFault::Email)),
        ("a@b@demo.test", "Ann", Some(AccountFault::Email)),
        ("ann@demo.test", " ", Some(AccountFault::Name)),
    ] {
        let (email, name) = (email.to_owned(), name.to_owned());
        let account = Account { id: AccountId(Uuid::nil()), email, name, person: None, enabled: true };
        assert_eq!(account.fault(), expected, "{account:?}");
    }
    assert_eq!(email_key(" Ann@Demo.TEST "), "ann@demo.test");
}
