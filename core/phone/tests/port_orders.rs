//! Numbers that come from another carrier: every transition, every right, every fault, and random histories.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use phone::id::{PortDocumentId, PortOrderId};
use phone::limits::{PORT_DOCUMENT_BYTES_MAX, PORT_DOCUMENTS_MAX};
use phone::numbers::import::Held;
use phone::numbers::port::check::{Known, faults};
use phone::numbers::port::document::{DocumentKind, MediaType, PortDocument};
use phone::numbers::port::{Details, PortKind, PortOrder, PortState, Report, Rights, Scope};
use phone::numbers::{CountryProfile, E164, Number, NumberKind};
use phone::rule::Broken as _;
use proptest::prelude::*;
use uuid::Uuid;

const FIRST: &str = "+12065550100";
const SECOND: &str = "+12065550101";

#[test]
fn numbers_go_step_by_step() {
    use PortState::{
        Cancelled, Completed, ContactingCarrier, Draft, Error, Processing, TransferApproved, TransferPending,
    };
    let allowed = [
        (Processing, ContactingCarrier),
        (Processing, Error),
        (Processing, Cancelled),
        (ContactingCarrier, TransferApproved),
        (ContactingCarrier, Error),
        (ContactingCarrier, Cancelled),
        (TransferApproved, TransferApproved),
        (TransferApproved, TransferPending),
        (TransferApproved, Error),
        (TransferApproved, Cancelled),
        (TransferPending, TransferApproved),
        (TransferPending, Completed),
        (TransferPending, Error),
    ];
    for from in PortState::ALL {
        for to in PortState::ALL {
            assert_eq!(from.may_be_reported(to), allowed.contains(&(from, to)), "{from:?} to {to:?}");
        }
    }
    for (state, edit, cancel, delete) in [
        (Draft, true, true, true),
        (Processing, false, true, false),
        (ContactingCarrier, false, true, false),
        (TransferApproved, false, true, false),
        (TransferPending, false, false, false),
        (Error, true, true, true),
        (Completed, false, false, false),
        (Cancelled, true, false, false),
    ] {
        let rights = state.rights();
        assert_eq!((rights.edit, rights.cancel, rights.delete), (edit, cancel, delete), "{state:?}");
    }
}

#[test]
fn an_order_is_where_its_last_number_is() {
    use PortState::{Cancelled, Completed, Error, Processing, TransferApproved};
    for (states, expected) in [
        (&[Processing, Completed][..], Processing),
        (&[Error, TransferApproved], Error),
        (&[Completed, Cancelled], Completed),
        (&[Cancelled, Cancelled], Cancelled),
        (&[], PortState::Draft),
    ] {
        assert_eq!(PortState::of_order(states.iter().copied()), expected);
    }
}

#[test]
fn an_order_goes_from_draft_to_completed_number_by_number() {
    let draft = order();
    assert_eq!(draft.state(), PortState::Draft);
    let order = draft.sign(at(0), "Ann Admin").unwrap().submit().unwrap();
    assert_eq!((order.state(), order.n_submitted), (PortState::Processing, 1));
    assert_eq!(order.edit(details(), BTreeMap::new()).unwrap_err().code(), "port_order.not_allowed");
    let order = report(&order, &[], PortState::ContactingCarrier).unwrap();
    assert_eq!(report(&order, &[], PortState::Completed).unwrap_err(), "port_order.transition");
    let late = Report { state: PortState::TransferApproved, transfer_at: Some(at(0)), reason: None, profile: None };
    assert_eq!(order.report(at(0), &[], &late).unwrap_err().code(), "port_order.time_missing");
    let order = report(&order, &[FIRST], PortState::TransferApproved).unwrap();
    assert_eq!(order.state(), PortState::ContactingCarrier);
    let wordless = Report { state: PortState::Error, transfer_at: None, reason: Some(" ".to_owned()), profile: None };
    assert_eq!(order.report(at(0), &[], &wordless).unwrap_err().code(), "port_order.reason_missing");
    assert_eq!(report(&order, &["+12065550199"], PortState::Error).unwrap_err(), "port_order.number_unknown");
    let order = report(&order, &[SECOND], PortState::Error).unwrap();
    assert_eq!((order.state(), order.numbers[&e164(SECOND)].reason.as_deref()), (PortState::Error, Some("wrong PIN")));

    // The supplement sends only what stands still; the other number goes on and stays in the order.
    assert_eq!(order.edit(details(), wishes(&[SECOND])).unwrap_err().code(), "port_order.number_fixed");
    let other = Details { authorized_user: "Bob".to_owned(), ..details() };
    assert_eq!(order.edit(other, wishes(&[FIRST, SECOND])).unwrap_err().code(), "port_order.authorized_user_fixed");
    let order = order.edit(details(), wishes(&[FIRST, SECOND])).unwrap().submit().unwrap();
    assert_eq!(order.n_submitted, 2);
    assert_eq!(order.numbers[&e164(FIRST)].state, PortState::TransferApproved);
    assert_eq!(order.numbers[&e164(SECOND)].state, PortState::Processing);
    let order = report(&order, &[FIRST], PortState::TransferPending).unwrap();
    assert_eq!(order.cancel().unwrap_err().code(), "port_order.not_allowed");
    // The other number stands still, which alone would let the order be cancelled and deleted.
    let order = report(&order, &[SECOND], PortState::Error).unwrap();
    assert_eq!(order.rights(), Rights { edit: true, cancel: false, delete: false });
    assert_eq!(order.cancel().unwrap_err().code(), "port_order.not_allowed");
    assert_eq!(order.check_delete().unwrap_err().code(), "port_order.not_allowed");
    let order = report(&order, &[FIRST], PortState::Completed).unwrap();
    let cancelled = order.cancel().unwrap();
    assert_eq!(cancelled.numbers[&e164(FIRST)].state, PortState::Completed);
    assert_eq!(
        (cancelled.numbers[&e164(SECOND)].state, cancelled.state()),
        (PortState::Cancelled, PortState::Completed)
    );
    assert!(cancelled.check_delete().is_err());
}

#[test]
fn a_letter_that_was_changed_is_signed_again() {
    let order = order();
    assert_eq!(order.sign(at(0), "Bob").unwrap_err().code(), "port_order.other_signer");
    let signed = order.sign(at(0), " Ann Admin ").unwrap();
    assert!(signed.is_signed());
    let renamed = signed.edit(Details { name: "Other".to_owned(), ..details() }, wishes(&[FIRST, SECOND])).unwrap();
    assert!(renamed.is_signed(), "the name is not in the letter");
    let shorter = signed.edit(details(), wishes(&[FIRST])).unwrap();
    assert!(!shorter.is_signed());
    assert_eq!(codes(&shorter, &Known::default()), ["port_order.signature_outdated"]);
}

#[test]
fn the_scope_follows_from_the_billing_number() {
    let with = |billing: &str, closes_account| {
        let details = Details { billing_number: Some(e164(billing)), closes_account, ..details() };
        PortOrder { details, ..order() }.scope()
    };
    assert_eq!(with(FIRST, true), Scope::Full);
    assert_eq!(with(FIRST, false), Scope::PartialIncludingBillingNumber);
    assert_eq!(with("+12065550199", true), Scope::PartialExcludingBillingNumber);
}

#[test]
fn papers_are_bounded_and_asked_for_where_the_country_wants_them() {
    let paper = |name: &str, content: &[u8]| {
        let id = PortDocumentId(Uuid::from_u128(9));
        PortDocument::read(at(0), id, DocumentKind::Bill, name, content)
    };
    let (long, large) = ("x".repeat(121), [b"%PDF-".as_slice(), &vec![0; PORT_DOCUMENT_BYTES_MAX]].concat());
    let table: [(&str, &[u8], Result<MediaType, &str>); 8] = [
        ("bill.pdf", b"%PDF-1.7", Ok(MediaType::Pdf)),
        (" June.png ", b"\x89PNG\r\n\x1a\n...", Ok(MediaType::Png)),
        ("bill", b"\xff\xd8\xff\xe0", Ok(MediaType::Jpeg)),
        ("bill.pdf", b"<script>", Err("port_document.type_unknown")),
        ("bill.pdf", b"", Err("port_document.empty")),
        ("bill.pdf", &large, Err("port_document.too_large")),
        ("../bill", b"%PDF-1.7", Err("port_document.name_malformed")),
        (&long, b"%PDF-1.7", Err("port_document.name_malformed")),
    ];
    for (name, content, expected) in table {
        let read = paper(name, content).map(|paper| paper.media_type).map_err(|refusal| refusal.code());
        assert_eq!(read, expected, "{name}");
    }
    let german = Details { country: "DE".to_owned(), ..details() };
    let mut order = PortOrder::new(order().id, german, wishes(&[]));
    let missing = |order: &PortOrder| {
        codes(order, &Known::default()).iter().filter(|it| it.ends_with("document_missing")).count()
    };
    assert_eq!((missing(&order), missing(&self::order())), (2, 0));
    let bill = paper("bill.pdf", b"%PDF-1.7").unwrap();
    for n in 0..PORT_DOCUMENTS_MAX {
        order = order.attach(PortDocument { id: PortDocumentId(Uuid::from_u128(n as u128)), ..bill.clone() }).unwrap();
    }
    assert_eq!(missing(&order), 1);
    assert_eq!(order.attach(bill.clone()).unwrap_err().code(), "port_document.too_many");
    let letter = PortDocument { kind: DocumentKind::LetterOfAuthorization, ..bill.clone() };
    let order = order.detach(PortDocumentId(Uuid::nil())).unwrap().attach(letter).unwrap();
    assert_eq!(missing(&order), 0);
    let handed_in = self::order().submit().unwrap();
    assert_eq!(handed_in.attach(bill).unwrap_err().code(), "port_order.not_allowed");
}

#[test]
fn each_fault_is_found_before_the_order_is_handed_in() {
    let signed = order().sign(at(0), "Ann Admin").unwrap();
    assert_eq!(codes(&signed, &Known::default()), Vec::<&str>::new());
    assert_eq!(codes(&order(), &Known::default()), ["port_order.not_signed"]);
    type Edit = fn(&mut Details);
    let table: [(Edit, &str); 11] = [
        (|it| it.name.clear(), "port_order.field_missing"),
        (|it| it.losing_carrier = "x".repeat(257), "text.too_long"),
        (|it| it.account_number = "12-3".to_owned(), "port_order.account_number_malformed"),
        (|it| it.notification_emails = vec!["nobody".to_owned()], "email.malformed"),
        (|it| it.usage = NumberKind::ServiceTollFree, "port_order.usage_mismatch"),
        (|it| it.billing_number = None, "port_order.billing_number_missing"),
        (|it| it.billing_number = Some(e164("+442079460000")), "port_order.billing_number_invalid"),
        (|it| it.new_billing_number = Some(e164(FIRST)), "port_order.new_billing_number_leaves"),
        (|it| it.kind = PortKind::Mobile, "port_order.pin_required"),
        (|it| it.kind = PortKind::TollFree, "port_order.kind_mixed"),
        (|it| it.country = "GB".to_owned(), "number.country_mismatch"),
    ];
    for (edit, code) in table {
        let mut details = details();
        edit(&mut details);
        let order = PortOrder { details, ..signed.clone() };
        assert!(codes(&order, &Known::default()).contains(&code), "{code}: {:?}", codes(&order, &Known::default()));
    }
    let premium = PortOrder::new(signed.id, details(), wishes(&["+19005550100"]));
    assert!(codes(&premium, &Known::default()).contains(&"port_order.not_portable"));
    let none = PortOrder::new(signed.id, details(), BTreeMap::new());
    assert!(codes(&none, &Known::default()).contains(&"port_order.count_out_of_range"));
    for (held, code) in [
        (Held::Here(Number::new(e164(FIRST), NumberKind::User)), "number.duplicate"),
        (Held::Elsewhere, "number.owned_by_another_tenant"),
        (Held::Stock, "number.in_stock"),
    ] {
        let known = Known { held: BTreeMap::from([(e164(FIRST), held)]), ..Known::default() };
        assert_eq!(codes(&signed, &known), [code]);
    }
    let in_other_orders = BTreeMap::from([(e164(SECOND), "June".to_owned())]);
    assert_eq!(codes(&signed, &Known { in_other_orders, ..Known::default() }), ["port_order.in_other_order"]);
}

#[test]
fn what_carriers_of_a_country_let_go_and_ask_for_is_what_its_profile_says() {
    let signed = order().sign(at(0), "Ann Admin").unwrap();
    let mut profile = CountryProfile::unlisted("US");
    let known = |profile: &CountryProfile| Known {
        profile: Some(Arc::new(profile.clone())),
        today: Some(date(2026, 11, 1)),
        ..Known::default()
    };
    assert_eq!(codes(&signed, &known(&profile)), ["port_order.document_missing"; 2], "a bill and the letter on paper");
    profile.port.documents = Vec::new();
    assert_eq!(codes(&signed, &known(&profile)), Vec::<&str>::new());
    profile.port.kinds = [PortKind::TollFree].into();
    assert_eq!(codes(&signed, &known(&profile)), ["port_order.not_portable"]);
    profile.port.kinds = PortKind::ALL.into();
    profile.port.lead_days = 10;
    let on = |day| {
        let details = Details { requested_date: Some(day), ..details() };
        PortOrder { details, ..order() }.sign(at(0), "Ann Admin").unwrap()
    };
    assert_eq!(codes(&on(date(2026, 11, 10)), &known(&profile)), ["port_order.date_too_early"]);
    assert_eq!(codes(&on(date(2026, 11, 11)), &known(&profile)), Vec::<&str>::new());
    let fault = &faults(&on(date(2026, 11, 10)), &known(&profile))[0];
    assert_eq!(
        (fault.field().as_str(), fault.fix().as_str()),
        ("requested_date", "ask for 2026-11-11 or a later day, or for none")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever happens in which order: what has come stays come, what is on its way stays in the order, and an order
    /// that says it is over has no number that is not.
    #[test]
    fn what_has_come_never_goes_back(steps in prop::collection::vec((0_u8..8, 0_usize..8, 0_usize..4), 0..60)) {
        let all = [FIRST, SECOND, "+12065550102"];
        let mut order = PortOrder::new(PortOrderId(Uuid::nil()), details(), wishes(&all));
        for (what, state, which) in steps {
            let before = order.clone();
            let named = all.get(which).map(|number| vec![e164(number)]).unwrap_or_default();
            let next = match what {
                0 => order.submit(),
                1 => order.cancel(),
                2 => order.edit(details(), wishes(&all[..which.clamp(1, 3)])),
                3 => order.sign(at(0), "Ann Admin"),
                _ => {
                    let reason = Some("because".to_owned());
                    let report = Report { state: PortState::ALL[state], transfer_at: Some(at(60)), reason, profile: None };
                    order.report(at(0), &named, &report)
                }
            };
            order = next.unwrap_or(order);
            for (number, was) in &before.numbers {
                if was.state == PortState::Completed {
                    prop_assert_eq!(order.numbers.get(number).map(|it| it.state), Some(PortState::Completed));
                }
                let on_its_way = matches!(
                    was.state,
                    PortState::Processing | PortState::ContactingCarrier | PortState::TransferApproved
                ) || was.state == PortState::TransferPending;
                prop_assert!(!on_its_way || order.numbers.contains_key(number));
                if was.state == PortState::TransferPending {
                    prop_assert_ne!(order.numbers[number].state, PortState::Cancelled);
                }
            }
            if !order.state().is_open() {
                prop_assert!(order.numbers.values().all(|number| !number.state.is_open()));
            }
        }
    }
}

fn codes(order: &PortOrder, known: &Known) -> Vec<&'static str> {
    faults(order, known).iter().map(|fault| fault.code()).collect()
}

fn report(order: &PortOrder, named: &[&str], state: PortState) -> Result<PortOrder, &'static str> {
    let named: Vec<E164> = named.iter().map(|number| e164(number)).collect();
    let reason = (state == PortState::Error).then(|| "wrong PIN".to_owned());
    let report = Report { state, transfer_at: Some(at(3_600)), reason, profile: None };
    order.report(at(0), &named, &report).map_err(|refusal| refusal.code())
}

fn order() -> PortOrder {
    PortOrder::new(PortOrderId(Uuid::nil()), details(), wishes(&[FIRST, SECOND]))
}

fn details() -> Details {
    Details {
        name: "Seattle".to_owned(),
        country: "US".to_owned(),
        kind: PortKind::Geographic,
        usage: NumberKind::User,
        losing_carrier: "Old Telecom".to_owned(),
        account_number: "123456".to_owned(),
        billing_number: Some(e164(FIRST)),
        new_billing_number: None,
        closes_account: false,
        organization_name: "Example".to_owned(),
        authorized_user: "Ann Admin".to_owned(),
        service_address: "1 Main St, Seattle".to_owned(),
        requested_date: None,
        notification_emails: vec!["ann@example.org".to_owned()],
        operator: None,
    }
}

fn wishes(numbers: &[&str]) -> BTreeMap<E164, Option<phone::numbers::Assignee>> {
    numbers.iter().map(|number| (e164(number), None)).collect()
}

fn e164(text: &str) -> E164 {
    E164::parse(text).unwrap()
}

fn at(secs: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(secs)
}
