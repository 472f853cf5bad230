//! An invoice or a credit note as UBL 2.1, with the sums that EN 16931 wants: lines, an allowance for what was paid from
//! credit, and taxes. The rules of the norm hold with one tax at most: it knows one for each line.

use phone::money::Micros;
use phone::money::invoice::{Invoice, Party};

/// What of the lines is paid from credit, as a code of UNCL 5189: a discount.
const PAID_BEFORE: &str = "95";

/// What differs between the two documents.
struct Words {
    root: &'static str,
    /// Of UNCL 1001.
    type_code: (&'static str, &'static str),
    line: &'static str,
    quantity: &'static str,
}

const INVOICE: Words = Words {
    root: "Invoice",
    type_code: ("cbc:InvoiceTypeCode", "380"),
    line: "cac:InvoiceLine",
    quantity: "cbc:InvoicedQuantity",
};
const CREDIT_NOTE: Words = Words {
    root: "CreditNote",
    type_code: ("cbc:CreditNoteTypeCode", "381"),
    line: "cac:CreditNoteLine",
    quantity: "cbc:CreditedQuantity",
};

/// The whole file.
pub fn xml(invoice: &Invoice) -> String {
    let currency = invoice.currency.as_str();
    let words = if invoice.credits.is_some() { &CREDIT_NOTE } else { &INVOICE };
    let mut out = Xml::default();
    out.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.text.push_str(&format!(
        "<{0} xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:{0}-2\"\
         \u{20}xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"\
         \u{20}xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n",
        words.root
    ));
    head(&mut out, invoice, words);
    let taxed = Taxed::of(invoice);
    out.within("cac:AccountingSupplierParty", |out| party(out, &invoice.seller, &taxed));
    out.within("cac:AccountingCustomerParty", |out| party(out, &invoice.buyer, &taxed));
    if let Some(credited) = &invoice.credits {
        out.within("cac:PaymentTerms", |out| out.leaf("cbc:Note", credited.how.words()));
    }
    if invoice.paid_from_credit != Micros::ZERO {
        out.within("cac:AllowanceCharge", |out| {
            out.leaf("cbc:ChargeIndicator", "false");
            out.leaf("cbc:AllowanceChargeReasonCode", PAID_BEFORE);
            out.leaf("cbc:AllowanceChargeReason", "Paid from credit");
            out.amount("cbc:Amount", invoice.paid_from_credit, currency);
            tax_category(out, "cac:TaxCategory", &taxed);
        });
    }
    tax_total(&mut out, invoice, &taxed);
    out.within("cac:LegalMonetaryTotal", |out| {
        out.amount("cbc:LineExtensionAmount", invoice.sum(), currency);
        out.amount("cbc:TaxExclusiveAmount", invoice.net, currency);
        out.amount("cbc:TaxInclusiveAmount", invoice.gross, currency);
        out.amount("cbc:AllowanceTotalAmount", invoice.paid_from_credit, currency);
        out.amount("cbc:PayableAmount", invoice.gross, currency);
    });
    lines(&mut out, invoice, words, &taxed);
    out.text.push_str(&format!("</{}>\n", words.root));
    out.text
}

fn head(out: &mut Xml, invoice: &Invoice, words: &Words) {
    out.leaf("cbc:CustomizationID", "urn:cen.eu:en16931:2017");
    out.leaf("cbc:ID", &invoice.number());
    let issued = invoice.issued_at.strftime("%F").to_string();
    out.leaf("cbc:IssueDate", &issued);
    if invoice.credits.is_none() {
        out.leaf("cbc:DueDate", &issued);
    }
    out.leaf(words.type_code.0, words.type_code.1);
    if let Some(unrounded) = invoice.unrounded {
        let by = invoice.gross.minus(unrounded);
        out.leaf("cbc:Note", &format!("Rounded by {by} from {unrounded} {}", invoice.currency));
    }
    out.leaf("cbc:DocumentCurrencyCode", invoice.currency.as_str());
    if invoice.credits.is_none() {
        out.within("cac:InvoicePeriod", |out| {
            out.leaf("cbc:StartDate", &invoice.first_day.to_string());
            out.leaf("cbc:EndDate", &invoice.last_day.to_string());
        });
    }
}

fn tax_total(out: &mut Xml, invoice: &Invoice, taxed: &Taxed) {
    let currency = invoice.currency.as_str();
    out.within("cac:TaxTotal", |out| {
        out.amount("cbc:TaxAmount", invoice.taxes.iter().map(|line| line.amount).sum(), currency);
        for line in &invoice.taxes {
            out.within("cac:TaxSubtotal", |out| {
                out.amount("cbc:TaxableAmount", line.on, currency);
                out.amount("cbc:TaxAmount", line.amount, currency);
                tax_category(out, "cac:TaxCategory", &Taxed::at(line.tax.percent()));
            });
        }
        if invoice.taxes.is_empty() {
            out.within("cac:TaxSubtotal", |out| {
                out.amount("cbc:TaxableAmount", invoice.net, currency);
                out.amount("cbc:TaxAmount", Micros::ZERO, currency);
                out.within("cac:TaxCategory", |out| {
                    out.leaf("cbc:ID", taxed.category);
                    out.leaf("cbc:TaxExemptionReasonCode", "VATEX-EU-O");
                    out.within("cac:TaxScheme", |out| out.leaf("cbc:ID", "VAT"));
                });
            });
        }
    });
}

fn lines(out: &mut Xml, invoice: &Invoice, words: &Words, taxed: &Taxed) {
    let currency = invoice.currency.as_str();
    for (index, line) in (1_u32..).zip(&invoice.lines) {
        let is_of_calls = invoice.credits.is_none();
        out.within(words.line, |out| {
            out.leaf("cbc:ID", &index.to_string());
            if is_of_calls {
                out.leaf("cbc:Note", &format!("{} calls, {} seconds", line.n_calls, line.secs));
            }
            // One: the sum is what was spent, call by call.
            out.text.push_str(&format!("<{0} unitCode=\"C62\">1</{0}>\n", words.quantity));
            out.amount("cbc:LineExtensionAmount", line.amount, currency);
            out.within("cac:Item", |out| {
                let name = if is_of_calls { format!("Calls to {}", line.words) } else { line.words.clone() };
                out.leaf("cbc:Name", &name);
                tax_category(out, "cac:ClassifiedTaxCategory", taxed);
            });
            out.within("cac:Price", |out| out.amount("cbc:PriceAmount", line.amount, currency));
        });
    }
}

/// A category of tax, of UNCL 5305, and its rate.
struct Taxed {
    category: &'static str,
    percent: Option<String>,
}

impl Taxed {
    /// Without a tax it is not within the scope of one.
    fn of(invoice: &Invoice) -> Self {
        match invoice.taxes.first() {
            Some(line) => Self::at(line.tax.percent()),
            None => Self { category: "O", percent: None },
        }
    }

    /// Standard rated, or at a rate of zero.
    fn at(percent: String) -> Self {
        Self { category: if percent == "0" { "Z" } else { "S" }, percent: Some(percent) }
    }
}

fn tax_category(out: &mut Xml, name: &str, taxed: &Taxed) {
    out.within(name, |out| {
        out.leaf("cbc:ID", taxed.category);
        if let Some(percent) = &taxed.percent {
            out.leaf("cbc:Percent", percent);
        }
        out.within("cac:TaxScheme", |out| out.leaf("cbc:ID", "VAT"));
    });
}

fn party(out: &mut Xml, party: &Party, taxed: &Taxed) {
    let is_taxed = taxed.percent.is_some();
    out.within("cac:Party", |out| {
        out.within("cac:PartyName", |out| out.leaf("cbc:Name", &party.name));
        out.within("cac:PostalAddress", |out| {
            for (name, text) in [
                ("cbc:StreetName", &party.street),
                ("cbc:CityName", &party.city),
                ("cbc:PostalZone", &party.postal_code),
            ] {
                if !text.is_empty() {
                    out.leaf(name, text);
                }
            }
            if !party.country.is_empty() {
                out.within("cac:Country", |out| out.leaf("cbc:IdentificationCode", &party.country));
            }
        });
        // What is not within the scope of a tax names nobody's number for it.
        if !party.tax_id.is_empty() && is_taxed {
            out.within("cac:PartyTaxScheme", |out| {
                out.leaf("cbc:CompanyID", &party.tax_id);
                out.within("cac:TaxScheme", |out| out.leaf("cbc:ID", "VAT"));
            });
        }
        out.within("cac:PartyLegalEntity", |out| {
            out.leaf("cbc:RegistrationName", &party.name);
            if !party.tax_id.is_empty() && !is_taxed {
                out.leaf("cbc:CompanyID", &party.tax_id);
            }
        });
    });
}

#[derive(Default)]
struct Xml {
    text: String,
}

impl Xml {
    fn leaf(&mut self, name: &str, text: &str) {
        self.text.push_str(&format!("<{name}>{}</{name}>\n", escaped(text)));
    }

    fn amount(&mut self, name: &str, amount: Micros, currency: &str) {
        self.text.push_str(&format!("<{name} currencyID=\"{currency}\">{}</{name}>\n", super::written(amount)));
    }

    fn within(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.text.push_str(&format!("<{name}>\n"));
        write(self);
        self.text.push_str(&format!("</{name}>\n"));
    }
}

/// XML 1.0 §2.2 and §2.4: no control characters, and no marks of its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            char if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            char => out.push(char),
        }
    }
    out
}
