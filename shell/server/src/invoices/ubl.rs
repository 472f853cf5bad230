//! An invoice as UBL 2.1, with the sums that EN 16931 wants: lines, an allowance for what was paid from credit, and taxes.

use phone::money::Micros;
use phone::money::invoice::{Invoice, Party};

/// What of the lines is paid from credit, as a code of UNCL 5189: a discount.
const PAID_BEFORE: &str = "95";

/// The whole file.
pub fn xml(invoice: &Invoice) -> String {
    let currency = invoice.currency.as_str();
    let mut out = Xml::default();
    out.text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.text.push_str(concat!(
        "<Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"",
        " xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"",
        " xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n"
    ));
    out.leaf("cbc:CustomizationID", "urn:cen.eu:en16931:2017");
    out.leaf("cbc:ID", &invoice.number());
    let issued = invoice.issued_at.strftime("%F").to_string();
    out.leaf("cbc:IssueDate", &issued);
    out.leaf("cbc:DueDate", &issued);
    // A commercial invoice, of UNCL 1001.
    out.leaf("cbc:InvoiceTypeCode", "380");
    out.leaf("cbc:DocumentCurrencyCode", currency);
    out.within("cac:InvoicePeriod", |out| {
        out.leaf("cbc:StartDate", &invoice.first_day.to_string());
        out.leaf("cbc:EndDate", &invoice.last_day.to_string());
    });
    out.within("cac:AccountingSupplierParty", |out| party(out, &invoice.seller));
    out.within("cac:AccountingCustomerParty", |out| party(out, &invoice.buyer));
    let (category, percent) = category(invoice);
    if invoice.paid_from_credit != Micros::ZERO {
        out.within("cac:AllowanceCharge", |out| {
            out.leaf("cbc:ChargeIndicator", "false");
            out.leaf("cbc:AllowanceChargeReasonCode", PAID_BEFORE);
            out.leaf("cbc:AllowanceChargeReason", "Paid from credit");
            out.amount("cbc:Amount", invoice.paid_from_credit, currency);
            tax_category(out, "cac:TaxCategory", category, &percent);
        });
    }
    out.within("cac:TaxTotal", |out| {
        out.amount("cbc:TaxAmount", invoice.taxes.iter().map(|line| line.amount).sum(), currency);
        for line in &invoice.taxes {
            out.within("cac:TaxSubtotal", |out| {
                out.amount("cbc:TaxableAmount", line.on, currency);
                out.amount("cbc:TaxAmount", line.amount, currency);
                tax_category(out, "cac:TaxCategory", category, &line.tax.percent());
            });
        }
        if invoice.taxes.is_empty() {
            out.within("cac:TaxSubtotal", |out| {
                out.amount("cbc:TaxableAmount", invoice.net, currency);
                out.amount("cbc:TaxAmount", Micros::ZERO, currency);
                tax_category(out, "cac:TaxCategory", category, &percent);
            });
        }
    });
    out.within("cac:LegalMonetaryTotal", |out| {
        out.amount("cbc:LineExtensionAmount", invoice.sum(), currency);
        out.amount("cbc:TaxExclusiveAmount", invoice.net, currency);
        out.amount("cbc:TaxInclusiveAmount", invoice.gross, currency);
        out.amount("cbc:AllowanceTotalAmount", invoice.paid_from_credit, currency);
        out.amount("cbc:PayableAmount", invoice.gross, currency);
    });
    for (index, line) in (1_u32..).zip(&invoice.lines) {
        out.within("cac:InvoiceLine", |out| {
            out.leaf("cbc:ID", &index.to_string());
            out.leaf("cbc:Note", &format!("{} calls, {} seconds", line.n_calls, line.secs));
            // One: the sum is what was spent, call by call.
            out.text.push_str("<cbc:InvoicedQuantity unitCode=\"C62\">1</cbc:InvoicedQuantity>\n");
            out.amount("cbc:LineExtensionAmount", line.amount, currency);
            out.within("cac:Item", |out| {
                out.leaf("cbc:Name", &format!("Calls to {}", line.words));
                tax_category(out, "cac:ClassifiedTaxCategory", category, &percent);
            });
            out.within("cac:Price", |out| out.amount("cbc:PriceAmount", line.amount, currency));
        });
    }
    out.text.push_str("</Invoice>\n");
    out.text
}

/// Standard rated, or not within the scope of a tax.
fn category(invoice: &Invoice) -> (&'static str, String) {
    match invoice.taxes.first() {
        Some(line) => ("S", line.tax.percent()),
        None => ("O", "0".to_owned()),
    }
}

fn tax_category(out: &mut Xml, name: &str, category: &str, percent: &str) {
    out.within(name, |out| {
        out.leaf("cbc:ID", category);
        match category {
            "O" => out.leaf("cbc:TaxExemptionReasonCode", "VATEX-EU-O"),
            _ => out.leaf("cbc:Percent", percent),
        }
        out.within("cac:TaxScheme", |out| out.leaf("cbc:ID", "VAT"));
    });
}

fn party(out: &mut Xml, party: &Party) {
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
        if !party.tax_id.is_empty() {
            out.within("cac:PartyTaxScheme", |out| {
                out.leaf("cbc:CompanyID", &party.tax_id);
                out.within("cac:TaxScheme", |out| out.leaf("cbc:ID", "VAT"));
            });
        }
        out.within("cac:PartyLegalEntity", |out| out.leaf("cbc:RegistrationName", &party.name));
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
