//! Organizations: what can be saved, what can be deleted.
#![allow(clippy::unwrap_used, reason = "tests")]

use phone::directory::profile::{Contents, check_deletion, profile_problems};
use phone::id::TenantId;
use phone::people::tenant::Profile;
use phone::problem::Code;
use phone::rule::Broken as _;
use uuid::Uuid;

#[test]
fn every_field_of_an_organization_is_checked() {
    assert_eq!(codes(&profile(), &[]), []);
    let broken = |change: fn(&mut Profile)| {
        let mut profile = profile();
        change(&mut profile);
        codes(&profile, &[])
    };
    for slug in ["", "Acme", "1acme", "ac me", "-acme", "acme-", "a.b", "c232ab00-9414-11ec-b3c8-9f6bdeced846"] {
        let bad = Profile { slug: slug.to_owned(), ..profile() };
        assert_eq!(codes(&bad, &[]), [Code::SlugMalformed], "{slug:?}");
    }
    assert_eq!(broken(|it| it.slug = "a".repeat(64)), [Code::SlugMalformed]);
    assert_eq!(broken(|it| it.name = " ".to_owned()), [Code::NameEmpty]);
    assert_eq!(broken(|it| it.name = "x".repeat(257)), [Code::NameTooLong]);
    for domain in ["", "ACME.test", "192.0.2.1", "[2001:db8::1]", "acme..test", "acme.test:5060", "a_b.test"] {
        let bad = Profile { sip_domain: domain.to_owned(), ..profile() };
        assert_eq!(codes(&bad, &[]), [Code::SipDomainMalformed], "{domain:?}");
    }
    assert_eq!(broken(|it| it.time_zone = "Mars/Base".to_owned()), [Code::TimeZoneUnknown]);
    assert_eq!(broken(|it| it.country = "de".to_owned()), [Code::CountryUnknown]);
    assert_eq!(broken(|it| it.language = "German".to_owned()), [Code::LanguageMalformed]);
    let own = ["115", "1", "11a"].map(str::to_owned);
    assert_eq!(codes(&profile(), &own), [Code::EmergencyMalformed, Code::EmergencyMalformed]);
    assert_eq!(codes(&profile(), &vec!["115".to_owned(); 21]), [Code::TooManyEmergencyNumbers]);
}

#[test]
fn only_an_empty_organization_goes_without_its_name_being_repeated() {
    let full = Contents { n_users: 3, n_trunks: 1, ..Contents::default() };
    assert_eq!(check_deletion("acme", Contents::default(), None), Ok(()));
    assert_eq!(check_deletion("acme", full, Some("acme")), Ok(()));
    let refusal = check_deletion("acme", full, None).unwrap_err();
    assert_eq!(refusal.to_string(), "acme still has 3 people, 1 trunks");
    assert_eq!((refusal.code(), refusal.is_conflict()), ("tenant.not_empty", true));
    let refusal = check_deletion("acme", Contents::default(), Some("demo")).unwrap_err();
    assert_eq!((refusal.code(), refusal.is_conflict()), ("tenant.other_name", false));
}

fn codes(profile: &Profile, own_emergency: &[String]) -> Vec<Code> {
    profile_problems(profile, own_emergency).into_iter().map(|problem| problem.code).collect()
}

fn profile() -> Profile {
    Profile {
        id: TenantId(Uuid::nil()),
        slug: "acme".to_owned(),
        name: "Acme".to_owned(),
        sip_domain: "acme.test".to_owned(),
        time_zone: "Europe/Berlin".to_owned(),
        country: "DE".to_owned(),
        language: "de-DE".to_owned(),
        state: Default::default(),
        supervision_notice: Default::default(),
        number_pause: None,
        number_mails: Default::default(),
        fallback_operator: None,
    }
}
