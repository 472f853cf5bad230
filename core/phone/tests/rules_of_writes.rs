//! The rules of writes, by the name that the specification of numbers has for each (1.9, 2.2): every one has a refusal of its
//! own, whose code is stable, and which says what to do.
#![allow(clippy::unwrap_used, reason = "tests")]

use phone::numbers::country_profile::LocationRequired;
use phone::numbers::number::category::Category;
use phone::numbers::number::lifecycle::Refusal as Rule;
use phone::numbers::number::{Block, NumberSource, removal, restoral};
use phone::numbers::port::check::Fault;
use phone::numbers::port::document::DocumentKind;
use phone::numbers::quota::Quota;
use phone::numbers::stock::Refusal as Stock;
use phone::numbers::upload::Refusal as Upload;
use phone::numbers::{E164, Number, NumberKind};
use phone::people::license::{Capability, PartNumber, Refusal as License};
use phone::rule::Broken;

/// Name in the specification, refusal, code, whether the state of things forbids it.
type Row = (&'static str, Box<dyn Broken>, &'static str, bool);

#[test]
fn every_rule_of_a_write_has_its_own_code_and_says_what_to_do() {
    let rows: Vec<Row> = licenses().into_iter().chain(numbers()).chain(orders()).collect();
    let mut seen = std::collections::BTreeMap::new();
    for (name, refusal, code, is_conflict) in rows {
        assert_eq!(refusal.code(), code, "{name}: {refusal}");
        assert_eq!(refusal.is_conflict(), is_conflict, "{name}: {refusal}");
        assert!(refusal.fix().len() > 10 && !refusal.to_string().is_empty(), "{name}: {}", refusal.fix());
        let other = seen.insert(code, name);
        assert_eq!(other, None, "{name} and {other:?} would be told by the same code");
    }
}

fn licenses() -> Vec<Row> {
    let (plan, other) = (PartNumber("MCOPSTN1".to_owned()), PartNumber("MCOPSTN2".to_owned()));
    let country = "FR".to_owned();
    let of = |refusal| -> Box<dyn Broken> { Box::new(refusal) };
    vec![
        (
            "ProhibitedInUsageLocation",
            of(License::NotInCountry { plan: plan.clone(), country }),
            "license.country_not_allowed",
            false,
        ),
        ("CountViolation", of(License::NoSeats { plan: plan.clone(), bought: 1 }), "license.no_seats", true),
        (
            "DependencyViolation",
            of(License::Dependency { plan: plan.clone(), needs: Capability::PhoneSystem }),
            "license.dependency_missing",
            false,
        ),
        (
            "MutuallyExclusiveViolation",
            of(License::Exclusive { plan: plan.clone(), other }),
            "license.mutually_exclusive",
            false,
        ),
        ("PrincipalKindNotAllowed", of(License::NotForPeople { plan }), "license.holder_not_allowed", false),
    ]
}

fn numbers() -> Vec<Row> {
    let (number, name, owner) = (number(), "Bob".to_owned(), "Ann".to_owned());
    let of = |refusal| -> Box<dyn Broken> { Box::new(refusal) };
    let plan = Number { source: NumberSource::CallingPlan, ..Number::new(number, NumberKind::User) };
    vec![
        ("NumberNotFound", Box::new(removal::Refusal::NotHeld { number }), "number.not_found", false),
        (
            "AssignmentBlocked",
            of(Rule::AssignmentBlocked { number, block: Block::Forever }),
            "number.assignment_blocked",
            true,
        ),
        (
            "AlreadyAssigned",
            of(Rule::AlreadyAssigned { number, owner: owner.clone() }),
            "number.already_assigned",
            true,
        ),
        (
            "LacksLicences",
            of(Rule::LacksLicense { name: name.clone(), missing: Capability::CallingPlan }),
            "number.lacks_license",
            false,
        ),
        (
            "CapabilityMissing",
            of(Rule::CapabilityMissing { number, kind: NumberKind::ServiceToll }),
            "number.capability_missing",
            false,
        ),
        (
            "CountryMismatch",
            of(Rule::CountryMismatch { number, name: name.clone(), country: "FR".to_owned() }),
            "number.country_mismatch",
            false,
        ),
        (
            "LineLimit",
            of(Rule::LineLimit { name: name.clone(), category: Category::Private }),
            "number.line_limit",
            false,
        ),
        ("PrimaryRequired", of(Rule::PrimaryMissing { name }), "number.primary_required", false),
        (
            "LocationRequired",
            of(plan.check_located(LocationRequired::AtAssignment, "US").unwrap_err()),
            "number.location_required",
            false,
        ),
        ("BlockExists", of(Rule::BlockExists { number, block: Block::Forever }), "number.block_exists", true),
        ("DaysOutOfRange", of(Rule::DaysOutOfRange), "number.days_out_of_range", false),
        ("NumberInUse", of(Rule::NumberInUse { number, owner }), "number.in_use", true),
        ("PortInProgress", of(Rule::PortInProgress { number }), "number.port_in_progress", true),
        (
            "NumberInUseByPolicy",
            of(Rule::InUseByPolicy { number, policy: "Lobby".to_owned() }),
            "number.in_use_by_policy",
            true,
        ),
        ("WentBack", Box::new(restoral::Refusal::WentBack { number }), "number.went_back", true),
    ]
}

fn orders() -> Vec<Row> {
    let number = number();
    let country = || "US".to_owned();
    let quota = Quota { kind: NumberKind::User, n_max: Some(1), n_used: 1, formula: "set to 1".to_owned() };
    let document = Fault::DocumentMissing { kind: DocumentKind::Bill, country: country() };
    let kind = NumberKind::ServiceTollFree;
    vec![
        ("QuotaExceeded", Box::new(quota.check(1).unwrap_err()), "quota_exceeded", true),
        (
            "OfferingNotAvailable",
            Box::new(Stock::KindNotOffered { number, country: country(), kind }),
            "number.kind_not_offered",
            false,
        ),
        ("FundingRequired", Box::new(Stock::FundingRequired { number }), "number.funding_required", true),
        ("OutOfStock", Box::new(Stock::NotFree { number }), "number.out_of_stock", true),
        ("ReservationExpired", Box::new(Stock::Expired), "reservation.expired", true),
        ("InvalidNumber", Box::new(Upload::Invalid { written: "12".to_owned() }), "number.invalid", false),
        ("TooManyItems", Box::new(Upload::TooMany), "number.too_many_items", false),
        (
            "OwnedByAnotherTenant",
            Box::new(Fault::OwnedByAnotherTenant { number }),
            "number.owned_by_another_tenant",
            true,
        ),
        (
            "BtnInvalid",
            Box::new(Fault::BillingNumberInvalid { number, country: country() }),
            "port_order.billing_number_invalid",
            false,
        ),
        ("DocumentMissing", Box::new(document), "port_order.document_missing", false),
        ("LoaOutdated", Box::new(Fault::SignatureOutdated), "port_order.signature_outdated", false),
        ("PinRequired", Box::new(Fault::PinRequired), "port_order.pin_required", false),
    ]
}

fn number() -> E164 {
    E164::parse("+12065550100").unwrap()
}
