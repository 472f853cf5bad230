//! Operators: every transition of every state, consents, and what an operator does with numbers.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use phone::id::{CallingProfileId, OperatorId, TenantId, TrunkId, UserId};
use phone::numbers::import::Held;
use phone::numbers::number::NumberSource;
use phone::numbers::operator::consent::{Consent, Contact, Relationship, Status, Terms};
use phone::numbers::operator::upload::{Action, Desk, Effect, Wish};
use phone::numbers::operator::{Asker, CallingProfile, OfOperator, Offering, OfferingKind, Operator, Reach, State};
use phone::numbers::{Assignee, E164, Number, NumberKind};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

const OPERATOR: OperatorId = OperatorId(Uuid::from_u128(1));
const OTHER: OperatorId = OperatorId(Uuid::from_u128(2));
const PROFILE: CallingProfileId = CallingProfileId(Uuid::from_u128(3));
const ALICE: UserId = UserId(Uuid::from_u128(4));

#[test]
fn an_operator_goes_from_draft_over_testing_to_launched() {
    use State::{Draft, Launched, Suspended, Testing};
    let allowed = [
        (Draft, Testing),
        (Testing, Draft),
        (Testing, Launched),
        (Testing, Suspended),
        (Launched, Suspended),
        (Suspended, Testing),
        (Suspended, Launched),
    ];
    for from in State::ALL {
        for to in State::ALL {
            let is_allowed = from == to || allowed.contains(&(from, to));
            assert_eq!(from.to(to).is_ok(), is_allowed, "{from:?} to {to:?}");
        }
    }
    for (state, connects, uploads, for_tenants, for_owner) in [
        (Draft, false, false, false, false),
        (Testing, true, true, false, true),
        (Launched, true, true, true, true),
        (Suspended, true, false, false, false),
    ] {
        assert_eq!((state.may_connect(), state.may_upload()), (connects, uploads), "{state:?}");
        let operator = Operator { state, ..operator() };
        assert_eq!(operator.check_consent(Asker::Tenant).is_ok(), for_tenants, "{state:?}");
        assert_eq!(operator.check_consent(Asker::Owner).is_ok(), for_owner, "{state:?}");
    }
}

#[test]
fn a_consent_is_suspended_taken_up_again_and_removed_for_good() {
    use Status::{Active, Removed, Suspended};
    for from in Status::ALL {
        for to in Status::ALL {
            let is_allowed = from != Removed || to == Removed;
            let consent = Consent { status: from, ..consent() };
            assert_eq!(consent.with_status(to, "Acme", 0).is_ok(), is_allowed, "{from:?} to {to:?}");
        }
    }
    for status in [Active, Suspended] {
        let consent = Consent { status, ..consent() };
        let refused = consent.with_status(Removed, "Acme", 3).unwrap_err();
        assert_eq!(
            (refused.code(), refused.to_string().as_str()),
            ("operator.has_numbers", "3 numbers of Acme are left")
        );
        assert!(consent.with_status(Suspended, "Acme", 3).is_ok());
    }
}

#[test]
fn the_operator_signs_declines_suspends_and_terminates_with_a_reason() {
    use Relationship::{AgreementSigned, Declined, New, Suspended, Terminated};
    let allowed = [
        (New, AgreementSigned),
        (New, Declined),
        (AgreementSigned, Suspended),
        (AgreementSigned, Terminated),
        (Suspended, AgreementSigned),
        (Suspended, Terminated),
    ];
    for from in Relationship::ALL {
        for to in Relationship::ALL {
            let is_allowed = allowed.contains(&(from, to));
            assert_eq!(from.to(to, Some("not paid")).is_ok(), is_allowed, "{from:?} to {to:?}");
            let bare = from.to(to, None);
            assert_eq!(bare.is_ok(), is_allowed && to == AgreementSigned, "{from:?} to {to:?}");
            if is_allowed && to != AgreementSigned {
                assert_eq!(bare.unwrap_err().code(), "consent.reason_missing");
                assert!(from.to(to, Some("  ")).is_err());
            }
        }
    }
    let removed = Consent { status: Status::Removed, ..consent() };
    assert_eq!(removed.with_relationship(AgreementSigned, None).unwrap_err().code(), "consent.not_active");
    let long = "x".repeat(1_001);
    assert_eq!(New.to(Declined, Some(&long)).unwrap_err().code(), "text.too_long");
}

#[test]
fn only_an_open_operator_with_an_active_consent_uploads() {
    for status in Status::ALL {
        for relationship in Relationship::ALL {
            let consent = Consent { status, relationship, ..consent() };
            let expected =
                status == Status::Active && matches!(relationship, Relationship::New | Relationship::AgreementSigned);
            assert_eq!(consent.check_upload().is_ok(), expected, "{status:?} {relationship:?}");
            let mut desk = Desk { consent, ..desk() };
            assert_eq!(desk.take(now(), &upload("+12065550100")).is_ok(), expected);
        }
    }
    let suspended = Operator { state: State::Suspended, ..operator() };
    let refused = Desk { operator: suspended, ..desk() }.take(now(), &upload("+12065550100")).unwrap_err();
    assert_eq!(refused.code(), "operator.not_open");
}

#[test]
fn terms_keep_to_what_is_offered_and_to_where_numbers_are() {
    let german = Terms { countries: countries(&["US", "DE"]), ..terms() };
    assert_eq!(german.check_countries(&operator()).unwrap_err().code(), "operator.country_not_offered");
    let canadian = Terms { countries: countries(&["CA"]), ..terms() };
    let refused = consent().with_terms(canadian.clone(), &operator(), &countries(&["US"])).unwrap_err();
    assert_eq!(refused.code(), "operator.has_numbers");
    assert_eq!(consent().with_terms(canadian.clone(), &operator(), &countries(&[])).unwrap().terms, canadian);
    let wrong = Terms {
        company_name: " ".to_owned(),
        countries: countries(&["XX"]),
        contacts: vec![Contact { full_name: String::new(), email: "nobody".to_owned(), phone: None }],
        ..terms()
    };
    let found: Vec<_> = wrong.problems().iter().map(|it| (it.field.clone(), it.code.as_str())).collect();
    let expected = [
        ("countries[0]", "country.unknown"),
        ("company_name", "name.empty"),
        ("contacts[0].full_name", "name.empty"),
        ("contacts[0].email", "email.malformed"),
    ];
    assert_eq!(found, expected.map(|(field, code)| (field.to_owned(), code)));
    assert_eq!(terms().problems(), []);
}

#[test]
fn settings_of_an_operator_are_checked() {
    let twice = vec![operator().offerings[0].clone(), operator().offerings[0].clone()];
    let wrong = Operator {
        name: String::new(),
        logo: Some("ftp://logo".to_owned()),
        landing_page: Some("https://acme.example/phones".to_owned()),
        offerings: twice,
        ..operator()
    };
    let codes: Vec<_> = wrong.problems().iter().map(|it| it.code.as_str()).collect();
    assert_eq!(codes, ["name.empty", "url.malformed", "operator.offering_duplicate"]);
    let trunk = TrunkId(Uuid::from_u128(9));
    let profile = CallingProfile { id: PROFILE, name: "All".to_owned(), trunks: vec![trunk] };
    assert_eq!(profile.problems(&BTreeSet::from([trunk])), []);
    assert_eq!(profile.problems(&BTreeSet::new())[0].code.as_str(), "graph.missing_target");
    let bare = CallingProfile { trunks: Vec::new(), ..profile };
    assert_eq!(bare.problems(&BTreeSet::new())[0].code.as_str(), "calling_profile.trunks_out_of_range");
}

#[test]
fn each_line_of_an_upload_is_decided_by_itself() {
    let mut desk = desk();
    let mine = number("+12065550101", OPERATOR);
    desk.numbers.insert(mine.number, Held::Here(mine.clone()));
    let own = Number::new(e164("+12065550102"), NumberKind::User);
    desk.numbers.insert(own.number, Held::Here(own));
    desk.numbers.insert(e164("+12065550103"), Held::Elsewhere);
    desk.numbers.insert(e164("+12065550104"), Held::Stock);
    let with = |number: &str, change: &dyn Fn(&mut NumberKind, &mut CallingProfileId, &mut Option<String>)| {
        let (mut kind, mut profile, mut country) = (NumberKind::User, PROFILE, None);
        change(&mut kind, &mut profile, &mut country);
        let action = Action::Upload { kind, profile, may_change_location: true, country, sms: false };
        Wish { operator: OPERATOR, number: e164(number), action, ticket: None }
    };
    let table: [(Wish, Result<(), &str>); 10] = [
        (upload("+12065550100"), Ok(())),
        (upload("+12065550101"), Ok(())),
        (upload("+12065550102"), Err("number.duplicate")),
        (upload("+12065550103"), Err("number.owned_by_another_tenant")),
        (upload("+12065550104"), Err("number.in_stock")),
        (upload("+442079460000"), Err("number.country_not_consented")),
        (
            with("+18005550100", &|kind, _, country| {
                *kind = NumberKind::ServiceTollFree;
                *country = Some("CA".to_owned());
            }),
            Ok(()),
        ),
        (
            with("+18005550101", &|kind, _, country| {
                *kind = NumberKind::ServiceTollFree;
                *country = Some("GB".to_owned());
            }),
            Err("number.country_not_consented"),
        ),
        (
            with("+12065550105", &|_, profile, _| *profile = CallingProfileId(Uuid::nil())),
            Err("calling_profile.unknown"),
        ),
        (Wish { ticket: Some("t".repeat(65)), ..upload("+12065550106") }, Err("ticket.too_long")),
    ];
    for (wish, expected) in table {
        let taken = desk.take(now(), &wish);
        assert_eq!(taken.as_ref().map(|_| ()).map_err(|refusal| refusal.code()), expected, "{wish:?}");
    }
    // Sent once more, nothing changes.
    assert_eq!(desk.take(now(), &upload("+12065550100")), Ok(Effect::Nothing));
    assert_eq!(desk.take(now(), &upload("+12065550101")), Ok(Effect::Nothing));
}

#[test]
fn an_operator_unassigns_only_where_it_may_and_releases_only_what_nobody_has() {
    let assigned = Number { assignee: Some(Assignee::User(ALICE)), ..number("+12065550100", OPERATOR) };
    let mut strict = desk();
    strict.numbers.insert(assigned.number, Held::Here(assigned.clone()));
    assert_eq!(take(&mut strict, Action::Release).unwrap_err(), "number.in_use");
    assert_eq!(take(&mut strict, Action::Unassign).unwrap_err(), "consent.unassign_not_permitted");
    let terms = Terms { operator_may_unassign: true, ..terms() };
    let mut generous = Desk { consent: Consent { terms, status: Status::Suspended, ..consent() }, ..strict };
    let Effect::Save(change) = take(&mut generous, Action::Unassign).unwrap() else { panic!("it was assigned") };
    assert_eq!(change.after.assignee, None);
    assert_eq!(take(&mut generous, Action::Unassign).unwrap_err(), "number.not_assigned");
    assert!(matches!(take(&mut generous, Action::Release).unwrap(), Effect::Delete(_)));
    assert_eq!(take(&mut generous, Action::Release).unwrap_err(), "number.not_yours");
    let update = Action::Update { profile: None, may_change_location: Some(false), sms: Some(true) };
    for held in [Held::Here(number("+12065550100", OTHER)), Held::Elsewhere, Held::Stock] {
        let mut desk = desk();
        desk.numbers.insert(e164("+12065550100"), held);
        for action in [Action::Release, Action::Unassign, update.clone()] {
            assert_eq!(take(&mut desk, action).unwrap_err(), "number.not_yours");
        }
    }
    let mut desk = desk();
    desk.numbers.insert(assigned.number, Held::Here(assigned.clone()));
    let Effect::Save(change) = take(&mut desk, update).unwrap() else { panic!("it is a change") };
    assert_eq!(change.after.assignee, assigned.assignee);
    assert_ne!(change.after.source, assigned.source);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Specification of numbers, 5.7, 1 and 2: nobody's number leaves while it is assigned, and no number of another
    /// source or operator is touched, whatever an operator asks for in which order.
    #[test]
    fn whatever_an_operator_does_others_keep_what_they_have(
        wishes in prop::collection::vec((0_u8..6, 0_u8..4), 0..40),
        permitted in any::<bool>(),
    ) {
        let terms = Terms { operator_may_unassign: permitted, ..terms() };
        let mut desk = Desk { consent: Consent { terms, ..consent() }, ..desk() };
        let foreign = [
            Held::Here(Number::new(e164("+12065550100"), NumberKind::User)),
            Held::Here(number("+12065550101", OTHER)),
            Held::Elsewhere,
        ];
        for (index, held) in foreign.iter().enumerate() {
            desk.numbers.insert(e164(&format!("+1206555010{index}")), held.clone());
        }
        let mine = Number { assignee: Some(Assignee::User(ALICE)), ..number("+12065550103", OPERATOR) };
        desk.numbers.insert(mine.number, Held::Here(mine.clone()));
        for (which, what) in wishes {
            let action = match what {
                0 => Action::Release,
                1 => Action::Unassign,
                2 => Action::Update { profile: Some(PROFILE), may_change_location: Some(which % 2 == 0), sms: None },
                _ => Action::Upload {
        kind: NumberKind::User,
        profile: PROFILE,
        may_change_location: true,
        country: None,
        sms: false,
    },
            };
            let number = e164(&format!("+1206555010{which}"));
            let before = desk.numbers.get(&number).cloned();
            if let Ok(Effect::Delete(gone)) =
                desk.take(now(), &Wish { operator: OPERATOR, number, action, ticket: None })
            {
                prop_assert_eq!(gone.assignee, None);
                prop_assert_eq!(before, Some(Held::Here(gone)));
            }
        }
        for (index, held) in foreign.iter().enumerate() {
            prop_assert_eq!(desk.numbers.get(&e164(&format!("+1206555010{index}"))), Some(held));
        }
        if !permitted {
            let Some(Held::Here(there)) = desk.numbers.get(&mine.number) else { panic!("it was assigned") };
            prop_assert_eq!(there.assignee, mine.assignee);
        }
    }
}

fn take(desk: &mut Desk, action: Action) -> Result<Effect, &'static str> {
    let wish = Wish { operator: OPERATOR, number: e164("+12065550100"), action, ticket: None };
    desk.take(now(), &wish).map_err(|refusal| refusal.code())
}

fn upload(number: &str) -> Wish {
    let action = Action::Upload {
        kind: NumberKind::User,
        profile: PROFILE,
        may_change_location: true,
        country: None,
        sms: false,
    };
    Wish { operator: OPERATOR, number: e164(number), action, ticket: None }
}

fn number(digits: &str, operator: OperatorId) -> Number {
    let of = OfOperator { id: operator, profile: PROFILE, may_change_location: true };
    Number { source: NumberSource::Operator(of), ..Number::new(e164(digits), NumberKind::User) }
}

fn desk() -> Desk {
    let profiles = BTreeSet::from([PROFILE]);
    Desk { operator: operator(), consent: consent(), profiles, numbers: BTreeMap::new() }
}

fn operator() -> Operator {
    Operator {
        id: OPERATOR,
        name: "Acme Telecom".to_owned(),
        state: State::Launched,
        landing_page: None,
        logo: None,
        support_contact: String::new(),
        offerings: vec![Offering { kind: OfferingKind::Calling, countries: countries(&["US", "CA"]) }],
    }
}

fn consent() -> Consent {
    Consent::new(OPERATOR, TenantId(Uuid::from_u128(7)), terms(), "token:ann".to_owned(), now())
}

fn terms() -> Terms {
    Terms {
        company_name: "Example".to_owned(),
        company_size: Some(50),
        countries: countries(&["US", "CA"]),
        contacts: vec![Contact { full_name: "Ann".to_owned(), email: "ann@example.org".to_owned(), phone: None }],
        operator_may_unassign: false,
        reach: Reach::OwnNumbers,
    }
}

fn countries(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

fn e164(text: &str) -> E164 {
    E164::parse(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}
