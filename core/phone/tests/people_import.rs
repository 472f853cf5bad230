//! People from a file: what a line makes of whom.
#![allow(clippy::unwrap_used, reason = "tests")]

use phone::id::UserId;
use phone::people::import::{Refusal, Wish, read};
use uuid::Uuid;

const FILE: &str = "extension;display_name;email;groups\r\n105;Erin Evans;erin@demo.test;Callers | Sales\r\n\
                    106;;;\r\n105;Erin again;;\r\n;Nobody;;\r\n107;=HYPERLINK(1);;\r\n";

#[test]
fn a_file_is_read_line_by_line() {
    let lines = read(FILE.as_bytes()).unwrap();
    let erin = lines[0].1.as_ref().unwrap();
    assert_eq!((lines[0].0, erin.extension.as_str()), (2, "105"));
    assert_eq!(erin.groups, ["Callers", "Sales"]);
    assert_eq!((&erin.department, lines[1].1.as_ref().unwrap().display_name.as_ref()), (&None, None));
    let codes: Vec<_> =
        lines[2..].iter().map(|(line, read)| (*line, read.as_ref().unwrap_err().code.as_str())).collect();
    assert_eq!(codes, [(4, "csv.duplicate"), (5, "csv.cell_missing"), (6, "csv.cell_formula")]);
    let words = read(b"extension,hidden\n1,True\n2,\n3,no\n").unwrap();
    let words: Vec<_> =
        words.iter().map(|(_, it)| it.as_ref().map(|wish| wish.hidden).map_err(|fault| fault.code.as_str())).collect();
    assert_eq!(words, [Ok(Some(true)), Ok(None), Err("csv.neither_true_nor_false")]);
    assert!(read(b"extension,colour\n1,red\n").is_err(), "a column that is not known loses nothing silently");
}

#[test]
fn a_new_person_needs_a_name_and_an_empty_cell_clears_nothing() {
    let wish = Wish {
        extension: "105".to_owned(),
        display_name: None,
        email: Some("erin@demo.test".to_owned()),
        department: None,
        office: None,
        site: None,
        country: None,
        groups: Vec::new(),
        hidden: None,
    };
    let id = UserId(Uuid::from_u128(1));
    assert_eq!(wish.person(None, id), Err(Refusal::NameMissing { extension: "105".to_owned() }));
    let named = Wish { display_name: Some("Erin".to_owned()), department: Some("Sales".to_owned()), ..wish.clone() };
    let erin = named.person(None, id).unwrap();
    assert_eq!((erin.id, erin.extension.as_str(), erin.enabled), (id, "105", true));
    assert_eq!(named.person(Some(&erin), UserId(Uuid::from_u128(2))).unwrap(), erin, "the same again");
    let hidden = Wish { hidden: Some(true), ..wish.clone() }.person(Some(&erin), id).unwrap();
    assert!(hidden.hidden && wish.person(Some(&hidden), id).unwrap().hidden, "who is hidden stays so");
    let mailed = Wish { email: Some("new@demo.test".to_owned()), ..wish }.person(Some(&erin), id).unwrap();
    assert_eq!((mailed.display_name.as_str(), mailed.department.as_deref()), ("Erin", Some("Sales")));
    assert_eq!(mailed.email.as_deref(), Some("new@demo.test"));
}
