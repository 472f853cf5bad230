//! What the losing carrier, and this server, would refuse: found before an order is handed in. Specification of numbers,
//! 1.5.1 and 1.9.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::document::DocumentKind;
use super::{PortKind, PortOrder};
use crate::limits::{NAME_CHARS_MAX, PORTED_NUMBERS_MAX, TEXT_CHARS_MAX};
use crate::numbers::CountryProfile;
use crate::numbers::E164;
use crate::numbers::country::{Country, Service};
use crate::numbers::import::Held;
use crate::numbers::operator::Operator;
use crate::numbers::operator::consent::{Consent, is_mailbox};
use crate::rule::Broken;

/// What else is known of the numbers of an order.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub held: BTreeMap<E164, Held>,
    /// Numbers that another order is about which is not over.
    pub in_other_orders: BTreeMap<E164, String>,
    /// Why the operator that is to bring the numbers can't.
    pub operator_refuses: Option<String>,
    /// What holds in the order's country; none is what the program says of it.
    pub profile: Option<Arc<CountryProfile>>,
    /// None: the day that the order asks for is not looked at.
    pub today: Option<Date>,
}

/// Something that keeps an order from being handed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("an order is for 1 to {PORTED_NUMBERS_MAX} numbers")]
    CountOutOfRange,
    #[error("{number} is no number of {country}")]
    CountryMismatch { number: E164, country: String },
    #[error("{number} is {}, the order is about {} numbers", found.words(), kind.as_str())]
    KindMixed { number: E164, found: Service, kind: PortKind },
    #[error("carriers of {country} let no {} numbers go", kind.as_str())]
    KindNotPortable { kind: PortKind, country: String },
    #[error("carriers of {country} take {lead_days} days, and {requested} is before {earliest}")]
    DateTooEarly { requested: Date, earliest: Date, lead_days: u32, country: String },
    #[error("{number} is {}, which no carrier lets go", found.words())]
    NotPortable { number: E164, found: Service },
    #[error("{number} is a number of the organization already")]
    AlreadyYours { number: E164 },
    #[error("{number} belongs to another organization on this server")]
    OwnedByAnotherTenant { number: E164 },
    #[error("{number} is in the stock of who runs the server")]
    InStock { number: E164 },
    #[error("{number} is in the order {order} already")]
    InOtherOrder { number: E164, order: String },
    #[error("numbers of this kind can't be for {usage}")]
    UsageMismatch { usage: &'static str },
    #[error("the losing carrier bills a number, which is to be named")]
    BillingNumberMissing,
    #[error("{number} is no number of {country}")]
    BillingNumberInvalid { number: E164, country: String },
    #[error("{number} leaves the account and can't be billed")]
    NewBillingNumberLeaves { number: E164 },
    #[error("{field} is needed")]
    Missing { field: &'static str },
    #[error("{field} is too long")]
    TooLong { field: &'static str },
    #[error("an account number has no spaces and no dashes")]
    AccountNumberMalformed,
    #[error("the losing carrier of mobile numbers asks for the account's PIN")]
    PinRequired,
    #[error("{address} is no e-mail address")]
    EmailMalformed { address: String },
    #[error("the operator can't bring numbers here: {why}")]
    OperatorRefuses { why: String },
    #[error("carriers of {country} ask for {}", kind.words())]
    DocumentMissing { kind: DocumentKind, country: String },
    #[error("the letter of authorization is not signed")]
    NotSigned,
    #[error("the order was changed after the letter of authorization was signed")]
    SignatureOutdated,
}

/// All that keeps an order from being handed in, the order's own first, then by number.
pub fn faults(order: &PortOrder, known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    let country = known.profile.clone().unwrap_or_else(|| CountryProfile::built_in(&order.details.country));
    check_texts(order, &mut faults);
    check_account(order, &mut faults);
    check_country(order, &country, known.today, &mut faults);
    if !(1..=PORTED_NUMBERS_MAX).contains(&order.numbers.len()) {
        faults.push(Fault::CountOutOfRange);
    }
    let moving = order.numbers.iter().filter(|(_, number)| number.may_leave());
    for (number, _) in moving.take(PORTED_NUMBERS_MAX) {
        faults.extend(check_number(*number, order, known));
    }
    if let Some(why) = known.operator_refuses.clone().filter(|_| order.details.operator.is_some()) {
        faults.push(Fault::OperatorRefuses { why });
    }
    let missing = order.missing_documents(&country.port.documents);
    faults.extend(missing.map(|kind| Fault::DocumentMissing { kind, country: order.details.country.clone() }));
    match &order.signature {
        None => faults.push(Fault::NotSigned),
        Some(_) if !order.is_signed() => faults.push(Fault::SignatureOutdated),
        Some(_) => {}
    }
    faults
}

/// Why an operator can't bring numbers of a country; `found` is what there is of it and of the consent to it.
pub fn operator_refuses(found: Option<(&Operator, &Consent)>, country: &str) -> Option<String> {
    let Some((operator, consent)) = found else { return Some("there is no consent to it".to_owned()) };
    if !operator.state.may_upload() {
        return Some(format!("it is {}", operator.state.as_str()));
    }
    match consent.check_upload() {
        Err(refusal) => Some(refusal.to_string()),
        Ok(()) if !consent.terms.countries.contains(country) => Some(format!("there is no consent for {country}")),
        Ok(()) => None,
    }
}

fn check_texts(order: &PortOrder, faults: &mut Vec<Fault>) {
    let details = &order.details;
    for (field, text, chars_max) in [
        ("name", &details.name, NAME_CHARS_MAX),
        ("losing_carrier", &details.losing_carrier, NAME_CHARS_MAX),
        ("account_number", &details.account_number, NAME_CHARS_MAX),
        ("organization_name", &details.organization_name, NAME_CHARS_MAX),
        ("authorized_user", &details.authorized_user, NAME_CHARS_MAX),
        ("service_address", &details.service_address, TEXT_CHARS_MAX),
    ] {
        match text.trim().chars().count() {
            0 => faults.push(Fault::Missing { field }),
            n_chars if chars_max < n_chars => faults.push(Fault::TooLong { field }),
            _ => {}
        }
    }
    let wrong = details.notification_emails.iter().filter(|address| !is_mailbox(address));
    faults.extend(wrong.map(|address| Fault::EmailMalformed { address: address.chars().take(80).collect() }));
}

fn check_account(order: &PortOrder, faults: &mut Vec<Fault>) {
    let details = &order.details;
    if details.account_number.trim().contains([' ', '-']) {
        faults.push(Fault::AccountNumberMalformed);
    }
    if details.kind == PortKind::Mobile && !order.has_account_pin {
        faults.push(Fault::PinRequired);
    }
    if !details.kind.fits(details.usage) {
        faults.push(Fault::UsageMismatch { usage: details.usage.as_str() });
    }
    match details.billing_number {
        None => faults.push(Fault::BillingNumberMissing),
        Some(number) if !is_of(number, &details.country) => {
            faults.push(Fault::BillingNumberInvalid { number, country: details.country.clone() });
        }
        Some(_) => {}
    }
    if let Some(number) = details.new_billing_number.filter(|number| order.numbers.contains_key(number)) {
        faults.push(Fault::NewBillingNumberLeaves { number });
    }
}

/// What carriers of the country let go, and how soon.
fn check_country(order: &PortOrder, profile: &CountryProfile, today: Option<Date>, faults: &mut Vec<Fault>) {
    let (kind, country) = (order.details.kind, || order.details.country.clone());
    if !profile.port.kinds.contains(&kind) {
        faults.push(Fault::KindNotPortable { kind, country: country() });
    }
    let lead_days = profile.port.lead_days;
    let Some((requested, today)) = order.details.requested_date.zip(today).filter(|_| 0 < lead_days) else { return };
    let earliest = today.checked_add(i64::from(lead_days).days()).unwrap_or(Date::MAX);
    if requested < earliest {
        faults.push(Fault::DateTooEarly { requested, earliest, lead_days, country: country() });
    }
}

fn check_number(number: E164, order: &PortOrder, known: &Known) -> Option<Fault> {
    match known.held.get(&number) {
        Some(Held::Here(_)) => return Some(Fault::AlreadyYours { number }),
        Some(Held::Elsewhere) => return Some(Fault::OwnedByAnotherTenant { number }),
        Some(Held::Stock) => return Some(Fault::InStock { number }),
        None => {}
    }
    if let Some(other) = known.in_other_orders.get(&number) {
        return Some(Fault::InOtherOrder { number, order: other.clone() });
    }
    let (country, kind) = (&order.details.country, order.details.kind);
    if !is_of(number, country) {
        return Some(Fault::CountryMismatch { number, country: country.clone() });
    }
    let found = Service::of(number);
    let fits = match found {
        Service::Fixed => kind == PortKind::Geographic,
        Service::Mobile => kind == PortKind::Mobile,
        Service::FixedOrMobile => matches!(kind, PortKind::Geographic | PortKind::Mobile),
        Service::TollFree => kind == PortKind::TollFree,
        Service::Special => return Some(Fault::NotPortable { number, found }),
        // Plans change faster than what is known of them: the losing carrier has the last word.
        Service::Unknown => true,
    };
    (!fits).then_some(Fault::KindMixed { number, found, kind })
}

fn is_of(number: E164, country: &str) -> bool {
    let code = Country::parse(country).and_then(Country::calling_code);
    code.is_some_and(|code| number.digits().starts_with(&code))
}

impl Fault {
    /// The field that is to blame, as a path from the order.
    pub fn field(&self) -> String {
        match self {
            Self::CountOutOfRange => "numbers".to_owned(),
            Self::CountryMismatch { number, .. }
            | Self::KindMixed { number, .. }
            | Self::NotPortable { number, .. }
            | Self::AlreadyYours { number }
            | Self::OwnedByAnotherTenant { number }
            | Self::InStock { number }
            | Self::InOtherOrder { number, .. } => format!("numbers.{number}"),
            Self::KindNotPortable { .. } => "kind".to_owned(),
            Self::DateTooEarly { .. } => "requested_date".to_owned(),
            Self::UsageMismatch { .. } => "usage".to_owned(),
            Self::BillingNumberMissing | Self::BillingNumberInvalid { .. } => "billing_number".to_owned(),
            Self::NewBillingNumberLeaves { .. } => "new_billing_number".to_owned(),
            Self::Missing { field } | Self::TooLong { field } => (*field).to_owned(),
            Self::AccountNumberMalformed => "account_number".to_owned(),
            Self::PinRequired => "account_pin".to_owned(),
            Self::EmailMalformed { .. } => "notification_emails".to_owned(),
            Self::OperatorRefuses { .. } => "operator".to_owned(),
            Self::DocumentMissing { .. } => "documents".to_owned(),
            Self::NotSigned | Self::SignatureOutdated => "signature".to_owned(),
        }
    }
}

impl Broken for Fault {
    fn code(&self) -> &'static str {
        match self {
            Self::CountOutOfRange => "port_order.count_out_of_range",
            Self::CountryMismatch { .. } => "number.country_mismatch",
            Self::KindMixed { .. } => "port_order.kind_mixed",
            Self::KindNotPortable { .. } | Self::NotPortable { .. } => "port_order.not_portable",
            Self::DateTooEarly { .. } => "port_order.date_too_early",
            Self::AlreadyYours { .. } => "number.duplicate",
            Self::OwnedByAnotherTenant { .. } => "number.owned_by_another_tenant",
            Self::InStock { .. } => "number.in_stock",
            Self::InOtherOrder { .. } => "port_order.in_other_order",
            Self::UsageMismatch { .. } => "port_order.usage_mismatch",
            Self::BillingNumberMissing => "port_order.billing_number_missing",
            Self::BillingNumberInvalid { .. } => "port_order.billing_number_invalid",
            Self::NewBillingNumberLeaves { .. } => "port_order.new_billing_number_leaves",
            Self::Missing { .. } => "port_order.field_missing",
            Self::TooLong { .. } => "text.too_long",
            Self::AccountNumberMalformed => "port_order.account_number_malformed",
            Self::PinRequired => "port_order.pin_required",
            Self::EmailMalformed { .. } => "email.malformed",
            Self::OperatorRefuses { .. } => "port_order.operator_refuses",
            Self::DocumentMissing { .. } => "port_order.document_missing",
            Self::NotSigned => "port_order.not_signed",
            Self::SignatureOutdated => "port_order.signature_outdated",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::CountOutOfRange => format!("name 1 to {PORTED_NUMBERS_MAX} numbers, and the rest in another order"),
            Self::CountryMismatch { .. } => "correct the number, or make an order for its country".to_owned(),
            Self::KindMixed { .. } => "make an order for each kind of number".to_owned(),
            Self::KindNotPortable { .. } => {
                "order new numbers, or ask who runs the server to change the country's profile".to_owned()
            }
            Self::DateTooEarly { earliest, .. } => format!("ask for {earliest} or a later day, or for none"),
            Self::NotPortable { .. } => "leave it out".to_owned(),
            Self::AlreadyYours { .. } => "leave it out; to change its source, give it back first".to_owned(),
            Self::OwnedByAnotherTenant { .. } | Self::InStock { .. } => {
                "check the number; ask who runs the server to move it".to_owned()
            }
            Self::InOtherOrder { .. } => "leave it out here, or cancel the other order".to_owned(),
            Self::UsageMismatch { .. } => "toll-free numbers are for services, mobile ones for people".to_owned(),
            Self::BillingNumberMissing | Self::BillingNumberInvalid { .. } => {
                "take it from a bill of the losing carrier".to_owned()
            }
            Self::NewBillingNumberLeaves { .. } => "name a number that stays, or none".to_owned(),
            Self::Missing { .. } => "take it from a bill of the losing carrier".to_owned(),
            Self::TooLong { .. } => "shorten it".to_owned(),
            Self::AccountNumberMalformed => "write it without them".to_owned(),
            Self::PinRequired => "ask the losing carrier for the PIN".to_owned(),
            Self::EmailMalformed { .. } => "write a name, an @ and a domain".to_owned(),
            Self::OperatorRefuses { .. } => "consent to the operator for that country, or choose another".to_owned(),
            Self::DocumentMissing { kind, .. } => format!("attach it as {}", kind.as_str()),
            Self::NotSigned | Self::SignatureOutdated => "let the authorized user sign the letter".to_owned(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::AlreadyYours { .. }
            | Self::OwnedByAnotherTenant { .. }
            | Self::InStock { .. }
            | Self::InOtherOrder { .. }
            | Self::OperatorRefuses { .. } => true,
            Self::CountOutOfRange
            | Self::CountryMismatch { .. }
            | Self::KindMixed { .. }
            | Self::KindNotPortable { .. }
            | Self::DateTooEarly { .. }
            | Self::NotPortable { .. }
            | Self::UsageMismatch { .. }
            | Self::BillingNumberMissing
            | Self::BillingNumberInvalid { .. }
            | Self::NewBillingNumberLeaves { .. }
            | Self::Missing { .. }
            | Self::TooLong { .. }
            | Self::AccountNumberMalformed
            | Self::PinRequired
            | Self::EmailMalformed { .. }
            | Self::DocumentMissing { .. }
            | Self::NotSigned
            | Self::SignatureOutdated => false,
        }
    }
}
