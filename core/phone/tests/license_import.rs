//! Licenses from a file: what a line wants, and which column is to blame where that can't be.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use phone::people::license::import::{Refusal, Wish, read};
use phone::people::license::{self, Capability, PartNumber};
use phone::rule::Broken as _;

#[test]
fn a_file_of_licenses_is_read_line_by_line() {
    let file = "UPN,AddSkus,RemoveSkus,UsageLocation\r\n\
                alice@demo.test,MCOEV; MCOPSTN1 ;,MCOPSTN2,US\r\n\
                102,,,\r\n\
                103,MCOEV,MCOEV,\r\n\
                ALICE@demo.test,MCOEV,,\r\n\
                104,=1+1,,\r\n";
    let lines = read(file.as_bytes()).unwrap();
    let alice = Wish {
        person: "alice@demo.test".to_owned(),
        add: set(&["MCOEV", "MCOPSTN1"]),
        remove: set(&["MCOPSTN2"]),
        country: Some("US".to_owned()),
    };
    assert_eq!(lines[0], (2, Ok(alice)));
    let nothing = Wish { person: "102".to_owned(), add: BTreeSet::new(), remove: BTreeSet::new(), country: None };
    assert_eq!(lines[1], (3, Ok(nothing)));
    let faults: Vec<_> = lines[2..].iter().map(|(line, read)| (*line, read.as_ref().unwrap_err())).collect();
    let codes: Vec<_> =
        faults.iter().map(|(line, it)| (*line, it.column.as_deref().unwrap(), it.code.as_str())).collect();
    let expected = [
        (4, "RemoveSkus", "license.added_and_removed"),
        (5, "UPN", "csv.duplicate"),
        (6, "AddSkus", "csv.cell_formula"),
    ];
    assert_eq!(codes, expected);
    assert!(read(b"UPN,Skus\n101,MCOEV\n").is_err(), "a column that is not known loses nothing silently");
    assert!(read(b"AddSkus\nMCOEV\n").is_err(), "who gets it must be said");
}

#[test]
fn a_refusal_names_the_column_that_is_to_blame() {
    let wish = |add: &[&str], remove: &[&str], country: Option<&str>| Wish {
        person: "101".to_owned(),
        add: set(add),
        remove: set(remove),
        country: country.map(str::to_owned),
    };
    let unknown = |plan: &str| license::Refusal::UnknownPlan { plan: PartNumber(plan.to_owned()) };
    let plan = PartNumber("MCOEV".to_owned());
    let dependency = license::Refusal::Dependency { plan: plan.clone(), needs: Capability::PhoneSystem };
    let abroad = license::Refusal::NotInCountry { plan, country: "FR".to_owned() };
    let table = [
        (wish(&["X"], &["Y"], None), unknown("X"), "AddSkus"),
        (wish(&["X"], &["Y"], None), unknown("Y"), "RemoveSkus"),
        (wish(&[], &["MCOEV"], None), dependency.clone(), "RemoveSkus"),
        (wish(&["MCOEV"], &[], None), dependency, "AddSkus"),
        (wish(&["MCOEV"], &[], Some("FR")), abroad.clone(), "UsageLocation"),
        (wish(&["MCOEV"], &[], None), abroad, "AddSkus"),
    ];
    for (wish, refusal, column) in table {
        let fault = wish.fault_of(&refusal);
        assert_eq!((fault.column.as_deref(), fault.code.as_str()), (Some(column), refusal.code()), "{refusal}");
        assert!(!fault.fix.is_empty());
    }
    let person = || "dan@demo.test".to_owned();
    let nobody = Refusal::PersonUnknown { person: person() };
    let two = Refusal::PersonAmbiguous { person: person(), n_people: 2 };
    for (refusal, code) in [(nobody, "user.unknown"), (two, "user.ambiguous")] {
        let fault = refusal.fault();
        assert_eq!((fault.column.as_deref(), fault.code.as_str()), (Some("UPN"), code));
    }
}

fn set(plans: &[&str]) -> BTreeSet<PartNumber> {
    plans.iter().map(|plan| PartNumber((*plan).to_owned())).collect()
}
