//! Invoices and credit notes as UBL, against the rules of EN 16931 that a document alone can be judged by, and the order of
//! elements that the schema of UBL 2.1 wants. Each rule is a line of a table, under its name in the norm.

use jiff::Timestamp;
use phone::id::{CallId, TenantId};
use phone::money::charge::{Charge, PaidLeg, Segment};
use phone::money::deck::Direction;
use phone::money::funding::Source;
use phone::money::invoice::{Billing, Credited, Head, How, Invoice, Party, Sums, Tax, credit_note};
use phone::money::{Currency, Micros};
use server::invoices::{pdf, ubl};
use uuid::Uuid;

mod xml;

use xml::Element;

#[test]
fn documents_keep_the_rules_of_the_norm() {
    let vat = |basis_points| vec![Tax { name: "VAT".to_owned(), basis_points }];
    let many: Vec<(&str, i64, bool)> =
        (0..40).map(|n| (["Germany", "<&\"Mars'>"][n % 2], 33_333, n % 3 == 0)).collect();
    let cases = [
        ("one tax", invoice(vat(1_900), &[("Germany", 1_234_567, false), ("France", 10_000, false)])),
        ("a part from credit", invoice(vat(775), &[("Germany", 5_000_000, false), ("Germany", 2_500_000, true)])),
        ("all of it from credit", invoice(vat(1_900), &[("Germany", 60_000, true)])),
        ("a rate of zero", invoice(vat(0), &[("Germany", 60_000, false)])),
        ("no tax", invoice(Vec::new(), &[("Germany", 60_000, false), ("France", 4_999, true)])),
        ("many calls, and letters that mean something", invoice(vat(1_900), &many)),
        ("a credit note", note("USD", 20_000_000, How::GivenBack)),
        ("one for what a bank took", note("USD", 20_000_000, How::TakenByBank)),
        ("coins of a thousandth", invoice_in("KWD", vat(500), &[("Iraq", 1_234_567, false), ("Oman", 2_005, false)])),
        ("a part of them from credit", invoice_in("BHD", vat(1_000), &[("Iraq", 7_777, true), ("Oman", 9_999, false)])),
        ("a thousandth given back", note("KWD", 1_234_000, How::GivenBack)),
        ("no coins below one", invoice_in("JPY", vat(0), &[("Korea", 17_400_000, false), ("Peru", 900_000, true)])),
        ("a yen given back", note("JPY", 501_000_000, How::GivenBack)),
    ];
    for (case, invoice) in cases {
        let text = ubl::xml(&invoice);
        let document = xml::read(&text).unwrap_or_else(|| panic!("{case}: no XML: {text}"));
        for (rule, holds) in RULES {
            assert!(holds(&document), "{case}: {rule} is broken: {text}");
        }
        check_order(case, &document);
        let paper = String::from_utf8_lossy(&pdf::pdf(&invoice)).into_owned();
        let title = if invoice.credits.is_some() { "Credit note" } else { "Invoice" };
        assert!(paper.contains(&format!("({title} {})", invoice.number())), "{case}: {paper}");
    }
}

/// Two digits are what the norm knows. What a thousandth came to is stated, and a yen has none.
#[test]
fn what_rounding_took_is_stated() {
    let vat = |basis_points| vec![Tax { name: "VAT".to_owned(), basis_points }];
    let note_of = |invoice: &Invoice| xml::read(&ubl::xml(invoice)).unwrap().text("cbc:Note").to_owned();
    // 1.235 and 0.002, less 0.002 from credit; 5 percent of 1.235 are 0.062.
    let dinars = invoice_in("KWD", vat(500), &[("Iraq", 1_234_567, false), ("Oman", 2_005, true)]);
    assert_eq!((dinars.net, dinars.gross), (Micros(1_240_000), Micros(1_300_000)));
    assert_eq!(dinars.unrounded, Some(Micros(1_297_000)));
    assert_eq!(note_of(&dinars), "Rounded by 0.003 from 1.297 KWD");
    assert!(String::from_utf8_lossy(&pdf::pdf(&dinars)).contains("(1.297)"));
    let given_back = note("KWD", 1_234_000, How::GivenBack);
    assert_eq!(
        (given_back.gross, note_of(&given_back)),
        (Micros(1_230_000), "Rounded by -0.004 from 1.234 KWD".to_owned())
    );
    // An amount that two digits say has nothing beside it, nor has any in coins that are no smaller.
    for invoice in [
        note("KWD", 1_230_000, How::GivenBack),
        invoice_in("JPY", vat(1_000), &[("Korea", 17_400_000, false)]),
        invoice(vat(1_900), &[("Germany", 1_234_567, false)]),
    ] {
        assert_eq!((invoice.unrounded, note_of(&invoice)), (None, String::new()));
    }
    let yen = invoice_in("JPY", vat(1_000), &[("Korea", 17_400_000, false)]);
    assert_eq!((yen.net, yen.gross), (Micros::units(17), Micros::units(19)));
}

/// The table finds what is wrong: each document here breaks the rule beside it.
#[test]
fn the_rules_find_faults() {
    let text = ubl::xml(&invoice(vec![Tax { name: "VAT".to_owned(), basis_points: 1_900 }], &[("X", 60_000, false)]));
    for (rule, right, wrong) in [
        ("BR-02", "<cbc:ID>2026-000042</cbc:ID>", ""),
        (
            "BR-CO-10",
            "<cbc:LineExtensionAmount currencyID=\"USD\">0.06</cbc:LineExtensionAmount>\n<cbc:TaxExcl",
            "<cbc:TaxExcl",
        ),
        ("BR-CO-14", "<cbc:TaxAmount currencyID=\"USD\">0.01</cbc:TaxAmount>\n<cac:TaxSubtotal>", "<cac:TaxSubtotal>"),
        ("BR-CO-26", "<cbc:CompanyID>DE123</cbc:CompanyID>", ""),
        ("BR-S-05", "<cbc:Percent>19</cbc:Percent>", "<cbc:Percent>0</cbc:Percent>"),
        ("BR-DEC", "0.06", "0.061"),
        ("BR-CL-03", "currencyID=\"USD\"", "currencyID=\"EUR\""),
    ] {
        let crooked = xml::read(&text.replace(right, wrong)).unwrap();
        assert!(text.contains(right), "{right} is in it");
        let (_, holds) = RULES.iter().find(|(name, _)| name.starts_with(rule)).unwrap();
        assert!(!holds(&crooked), "{rule} is not found to be broken");
    }
}

type Rule = (&'static str, fn(&Element) -> bool);

const RULES: &[Rule] = &[
    ("BR-01 names the norm", |doc| doc.text("cbc:CustomizationID") == "urn:cen.eu:en16931:2017"),
    ("BR-02 has a number", |doc| !doc.text("cbc:ID").is_empty()),
    ("BR-03 has a date", |doc| is_date(doc.text("cbc:IssueDate"))),
    ("BR-04 says what it is", |doc| match doc.name.as_str() {
        "Invoice" => doc.text("cbc:InvoiceTypeCode") == "380",
        _ => doc.text("cbc:CreditNoteTypeCode") == "381",
    }),
    ("BR-05 has a currency", |doc| Currency::parse(doc.text("cbc:DocumentCurrencyCode")).is_ok()),
    ("BR-06 names the seller", |doc| !seller(doc).text("cac:PartyLegalEntity/cbc:RegistrationName").is_empty()),
    ("BR-07 names the buyer", |doc| !buyer(doc).text("cac:PartyLegalEntity/cbc:RegistrationName").is_empty()),
    ("BR-09 says where the seller is", |doc| is_country(seller(doc).text(COUNTRY))),
    ("BR-11 says where the buyer is", |doc| is_country(buyer(doc).text(COUNTRY))),
    ("BR-16 has lines", |doc| !lines(doc).is_empty()),
    ("BR-21 counts them once each", |doc| {
        let ids: std::collections::BTreeSet<_> = lines(doc).iter().map(|line| line.text("cbc:ID")).collect();
        ids.len() == lines(doc).len() && !ids.contains("")
    }),
    ("BR-22 says how many", |doc| lines(doc).iter().all(|line| quantity(line).is_some_and(|it| it.own == "1"))),
    ("BR-23 says of what", |doc| {
        lines(doc).iter().all(|line| quantity(line).is_some_and(|it| it.attributes.contains("unitCode=\"C62\"")))
    }),
    ("BR-25 names what is sold", |doc| lines(doc).iter().all(|line| !line.text("cac:Item/cbc:Name").is_empty())),
    ("BR-27 has no negative price", |doc| {
        lines(doc).iter().all(|line| 0 <= line.cents("cac:Price/cbc:PriceAmount").unwrap_or(-1))
    }),
    ("BR-29 ends after it began", |doc| {
        doc.text("cac:InvoicePeriod/cbc:StartDate") <= doc.text("cac:InvoicePeriod/cbc:EndDate")
    }),
    ("BR-33 says why something is left out", |doc| {
        allowances(doc).iter().all(|it| !it.text("cbc:AllowanceChargeReason").is_empty())
    }),
    ("BR-CO-04 has a category for each line", |doc| lines(doc).iter().all(|line| !line.text(LINE_CATEGORY).is_empty())),
    ("BR-CO-10 adds up its lines", |doc| {
        doc.cents("cac:LegalMonetaryTotal/cbc:LineExtensionAmount") == Some(lines(doc).iter().map(net).sum())
    }),
    ("BR-CO-11 adds up its allowances", |doc| {
        doc.cents("cac:LegalMonetaryTotal/cbc:AllowanceTotalAmount") == Some(allowed(doc))
    }),
    ("BR-CO-13 takes them off", |doc| {
        doc.cents("cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount")
            == Some(lines(doc).iter().map(net).sum::<i64>() - allowed(doc))
    }),
    ("BR-CO-14 adds up its taxes", |doc| {
        doc.cents("cac:TaxTotal/cbc:TaxAmount") == Some(subtotals(doc).iter().map(tax).sum())
    }),
    ("BR-CO-15 adds the tax", |doc| {
        let total = |name: &str| doc.cents(&format!("cac:LegalMonetaryTotal/{name}"));
        let sum = total("cbc:TaxExclusiveAmount").zip(doc.cents("cac:TaxTotal/cbc:TaxAmount"));
        total("cbc:TaxInclusiveAmount") == sum.map(|(net, tax)| net + tax)
    }),
    ("BR-CO-16 is due as a whole", |doc| {
        doc.text("cac:LegalMonetaryTotal/cbc:PayableAmount")
            == doc.text("cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount")
    }),
    ("BR-CO-17 has taxes at their rates", |doc| {
        subtotals(doc).iter().all(|it| {
            let exact =
                it.cents("cbc:TaxableAmount").unwrap_or(-1) as f64 * rate(it.text("cac:TaxCategory/cbc:Percent"));
            (tax(it) as f64 - exact / 100.0).abs() <= 0.5
        })
    }),
    ("BR-CO-18 has a breakdown", |doc| !subtotals(doc).is_empty()),
    ("BR-CO-25 says when what is due is due", |doc| {
        doc.cents("cac:LegalMonetaryTotal/cbc:PayableAmount").is_some_and(|due| due <= 0)
            || is_date(doc.text("cbc:DueDate"))
            || !doc.text("cac:PaymentTerms/cbc:Note").is_empty()
    }),
    ("BR-CO-26 has a number of the seller", |doc| {
        let numbers = ["cac:PartyTaxScheme/cbc:CompanyID", "cac:PartyLegalEntity/cbc:CompanyID"];
        numbers.into_iter().any(|number| !seller(doc).text(number).is_empty())
    }),
    ("BR-S-02 has the tax number of who takes a tax", |doc| {
        !categories(doc).contains(&"S") || !seller(doc).text("cac:PartyTaxScheme/cbc:CompanyID").is_empty()
    }),
    ("BR-S-05 has a rate above zero for what is taxed", |doc| {
        taxed(doc).iter().all(|it| it.text("cbc:ID") != "S" || 0.0 < rate(it.text("cbc:Percent")))
    }),
    ("BR-S-08 has all that is sold in its breakdown", |doc| {
        subtotals(doc).iter().all(|it| {
            let category = it.text("cac:TaxCategory/cbc:ID");
            let sold: i64 = lines(doc).iter().filter(|line| line.text(LINE_CATEGORY) == category).map(net).sum();
            let left_out = allowances(doc).into_iter().filter(|it| it.text("cac:TaxCategory/cbc:ID") == category);
            it.cents("cbc:TaxableAmount") == Some(sold - left_out.filter_map(|it| it.cents("cbc:Amount")).sum::<i64>())
        })
    }),
    ("BR-Z-05 has a rate of zero where it says so", |doc| {
        taxed(doc).iter().all(|it| it.text("cbc:ID") != "Z" || it.text("cbc:Percent") == "0")
    }),
    ("BR-O-02 has no tax numbers without a tax", |doc| {
        !categories(doc).contains(&"O")
            || [seller(doc), buyer(doc)].iter().all(|party| party.text("cac:PartyTaxScheme/cbc:CompanyID").is_empty())
    }),
    ("BR-O-05 has no rate without a tax", |doc| {
        taxed(doc).iter().all(|it| it.text("cbc:ID") != "O" || it.text("cbc:Percent").is_empty())
    }),
    ("BR-O-09 has no tax without a tax", |doc| {
        subtotals(doc).iter().all(|it| it.text("cac:TaxCategory/cbc:ID") != "O" || tax(it) == 0)
    }),
    ("BR-O-10 says why there is no tax", |doc| {
        let is_told = |it: &&Element| it.text("cac:TaxCategory/cbc:TaxExemptionReasonCode") == "VATEX-EU-O";
        subtotals(doc).iter().all(|it| it.text("cac:TaxCategory/cbc:ID") != "O" || is_told(it))
    }),
    ("BR-O-11 mixes nothing with what has no tax", |doc| !categories(doc).contains(&"O") || categories(doc).len() == 1),
    ("BR-CL-03 has one currency", |doc| {
        let wanted = format!("currencyID=\"{}\"", doc.text("cbc:DocumentCurrencyCode"));
        amounts(doc).iter().all(|amount| amount.attributes == wanted)
    }),
    ("BR-CL-17 knows its categories", |doc| categories(doc).iter().all(|it| ["S", "Z", "O"].contains(it))),
    ("BR-CL-19 knows why something is left out", |doc| {
        allowances(doc).iter().all(|it| it.text("cbc:AllowanceChargeReasonCode") == "95")
    }),
    ("BR-DEC has two digits of cents", |doc| amounts(doc).iter().all(|amount| amount.as_cents().is_some())),
];

const COUNTRY: &str = "cac:PostalAddress/cac:Country/cbc:IdentificationCode";
const LINE_CATEGORY: &str = "cac:Item/cac:ClassifiedTaxCategory/cbc:ID";

/// What may stand in an element, in this order. UBL 2.1, and nothing that is not written here.
const ORDER: &[(&str, &[&str])] = &[
    (
        "Invoice",
        &[
            "cbc:CustomizationID",
            "cbc:ID",
            "cbc:IssueDate",
            "cbc:DueDate",
            "cbc:InvoiceTypeCode",
            "cbc:Note",
            "cbc:DocumentCurrencyCode",
            "cac:InvoicePeriod",
            "cac:AccountingSupplierParty",
            "cac:AccountingCustomerParty",
            "cac:PaymentTerms",
            "cac:AllowanceCharge",
            "cac:TaxTotal",
            "cac:LegalMonetaryTotal",
            "cac:InvoiceLine",
        ],
    ),
    (
        "CreditNote",
        &[
            "cbc:CustomizationID",
            "cbc:ID",
            "cbc:IssueDate",
            "cbc:CreditNoteTypeCode",
            "cbc:Note",
            "cbc:DocumentCurrencyCode",
            "cac:InvoicePeriod",
            "cac:AccountingSupplierParty",
            "cac:AccountingCustomerParty",
            "cac:PaymentTerms",
            "cac:AllowanceCharge",
            "cac:TaxTotal",
            "cac:LegalMonetaryTotal",
            "cac:CreditNoteLine",
        ],
    ),
    ("cac:Party", &["cac:PartyName", "cac:PostalAddress", "cac:PartyTaxScheme", "cac:PartyLegalEntity"]),
    ("cac:PostalAddress", &["cbc:StreetName", "cbc:CityName", "cbc:PostalZone", "cac:Country"]),
    ("cac:PartyTaxScheme", &["cbc:CompanyID", "cac:TaxScheme"]),
    ("cac:PartyLegalEntity", &["cbc:RegistrationName", "cbc:CompanyID"]),
    ("cac:InvoicePeriod", &["cbc:StartDate", "cbc:EndDate"]),
    (
        "cac:AllowanceCharge",
        &[
            "cbc:ChargeIndicator",
            "cbc:AllowanceChargeReasonCode",
            "cbc:AllowanceChargeReason",
            "cbc:Amount",
            "cac:TaxCategory",
        ],
    ),
    ("cac:TaxTotal", &["cbc:TaxAmount", "cac:TaxSubtotal"]),
    ("cac:TaxSubtotal", &["cbc:TaxableAmount", "cbc:TaxAmount", "cac:TaxCategory"]),
    ("cac:TaxCategory", &["cbc:ID", "cbc:Percent", "cbc:TaxExemptionReasonCode", "cac:TaxScheme"]),
    ("cac:ClassifiedTaxCategory", &["cbc:ID", "cbc:Percent", "cac:TaxScheme"]),
    (
        "cac:LegalMonetaryTotal",
        &[
            "cbc:LineExtensionAmount",
            "cbc:TaxExclusiveAmount",
            "cbc:TaxInclusiveAmount",
            "cbc:AllowanceTotalAmount",
            "cbc:PayableAmount",
        ],
    ),
    (
        "cac:InvoiceLine",
        &["cbc:ID", "cbc:Note", "cbc:InvoicedQuantity", "cbc:LineExtensionAmount", "cac:Item", "cac:Price"],
    ),
    (
        "cac:CreditNoteLine",
        &["cbc:ID", "cbc:Note", "cbc:CreditedQuantity", "cbc:LineExtensionAmount", "cac:Item", "cac:Price"],
    ),
    ("cac:Item", &["cbc:Name", "cac:ClassifiedTaxCategory"]),
];

fn check_order(case: &str, element: &Element) {
    if let Some((_, order)) = ORDER.iter().find(|(name, _)| *name == element.name) {
        let place = |child: &Element| {
            let place = order.iter().position(|name| *name == child.name);
            place.unwrap_or_else(|| panic!("{case}: {} has no {}", element.name, child.name))
        };
        let places: Vec<usize> = element.children.iter().map(place).collect();
        assert!(places.is_sorted(), "{case}: {} is out of order: {places:?}", element.name);
    }
    element.children.iter().for_each(|child| check_order(case, child));
}

// ---- where things stand

fn seller(doc: &Element) -> &Element {
    doc.at("cac:AccountingSupplierParty/cac:Party").unwrap()
}

fn buyer(doc: &Element) -> &Element {
    doc.at("cac:AccountingCustomerParty/cac:Party").unwrap()
}

fn lines(doc: &Element) -> Vec<&Element> {
    doc.children.iter().filter(|it| it.name.ends_with("Line")).collect()
}

fn allowances(doc: &Element) -> Vec<&Element> {
    doc.children.iter().filter(|it| it.name == "cac:AllowanceCharge").collect()
}

fn subtotals(doc: &Element) -> Vec<&Element> {
    doc.at("cac:TaxTotal").into_iter().flat_map(|it| &it.children).filter(|it| it.name == "cac:TaxSubtotal").collect()
}

/// Everything that says how it is taxed.
fn taxed(doc: &Element) -> Vec<&Element> {
    doc.all().into_iter().filter(|it| it.name.ends_with("TaxCategory")).collect()
}

fn categories(doc: &Element) -> std::collections::BTreeSet<&str> {
    taxed(doc).into_iter().map(|it| it.text("cbc:ID")).collect()
}

fn amounts(doc: &Element) -> Vec<&Element> {
    doc.all().into_iter().filter(|it| it.name.ends_with("Amount")).collect()
}

fn quantity<'a>(line: &&'a Element) -> Option<&'a Element> {
    line.children.iter().find(|it| it.name.ends_with("Quantity"))
}

fn net(line: &&Element) -> i64 {
    line.cents("cbc:LineExtensionAmount").unwrap_or(i64::MIN / 1_000)
}

fn tax(subtotal: &&Element) -> i64 {
    subtotal.cents("cbc:TaxAmount").unwrap_or(i64::MIN / 1_000)
}

fn allowed(doc: &Element) -> i64 {
    allowances(doc).iter().filter_map(|it| it.cents("cbc:Amount")).sum()
}

fn rate(percent: &str) -> f64 {
    percent.parse().unwrap_or(0.0)
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok()
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

// ---- what is written

fn invoice(taxes: Vec<Tax>, calls: &[(&str, i64, bool)]) -> Invoice {
    invoice_in("USD", taxes, calls)
}

fn invoice_in(currency: &str, taxes: Vec<Tax>, calls: &[(&str, i64, bool)]) -> Invoice {
    let mut sums = Sums::default();
    for (destination, amount, is_credit) in calls {
        sums.add(&charge(destination, *amount, if *is_credit { Source::Credits } else { Source::Postpaid }));
    }
    sums.invoice(head(currency), &Billing { taxes, ..billing() }).unwrap()
}

fn note(currency: &str, amount: i64, how: How) -> Invoice {
    let credited = Credited { payment: Uuid::from_u128(7), paid_on: "2026-11-02".parse().unwrap(), how };
    credit_note(head(currency), &billing(), credited, Micros(amount)).unwrap()
}

fn head(currency: &str) -> Head {
    let at: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    let days = ("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap());
    let times = ("2026-11-01T00:00:00Z".parse().unwrap(), at);
    Head { id: Uuid::from_u128(1), seq: 42, issued_at: at, days, times, currency: Currency::parse(currency).unwrap() }
}

fn billing() -> Billing {
    let party = |name: &str, country: &str, tax_id: &str| Party {
        name: name.to_owned(),
        street: "Main Street 1".to_owned(),
        city: "Springfield".to_owned(),
        postal_code: "12345".to_owned(),
        country: country.to_owned(),
        tax_id: tax_id.to_owned(),
    };
    let (seller, buyer) = (party("Telephone & Sons", "DE", "DE123"), party("Demo <Inc>", "FR", "FR456"));
    Billing { monthly: false, seller, buyer, taxes: Vec::new() }
}

fn charge(destination: &str, amount: i64, source: Source) -> Charge {
    let segment = Segment { no: 1, source, from_secs: 0, to_secs: 60, billed_secs: 60, amount: Micros(amount) };
    Charge {
        id: PaidLeg { call: CallId(Uuid::from_u128(1)), leg: 1 },
        tenant: TenantId(Uuid::from_u128(1)),
        direction: Direction::Outbound,
        user: None,
        from: "x".to_owned(),
        to: "y".to_owned(),
        destination: Some(destination.to_owned()),
        country: None,
        currency: Currency::USD,
        deck: None,
        prefix: None,
        kind: None,
        per_minute: None,
        connection_fee: None,
        answered_at: "2026-11-04T17:00:00Z".parse().unwrap(),
        secs: 60,
        segments: vec![segment],
        scopes: Vec::new(),
        cost: None,
        reseller: None,
        finished: true,
        ahead: None,
    }
}
