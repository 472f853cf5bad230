//! Imported tables: what spreadsheets write is read, what is wrong is named by line and column.
#![allow(clippy::unwrap_used, reason = "tests")]

use phone::rule::Broken as _;
use phone::sheet::{Column, Content, Need, Refusal, neutral, read};
use proptest::prelude::*;

const COLUMNS: &[Column] = &[
    Column { name: "number", need: Need::Key, content: Content::Number },
    Column { name: "name", need: Need::Required, content: Content::Text },
    Column { name: "note", need: Need::Optional, content: Content::Text },
];

#[test]
fn what_spreadsheets_write_is_read() {
    for (file, cells) in [
        ("number,name,note\n+1,Ann,x\n", [Some("+1"), Some("Ann"), Some("x")]),
        ("number;name;note\r\n+1;Ann;\"a;b\"\r\n", [Some("+1"), Some("Ann"), Some("a;b")]),
        ("\u{feff}Name,NUMBER\r\n Ann , +1 \r\n", [Some("+1"), Some("Ann"), None]),
        ("number,name,note\n+1,\"Zoë \"\"Z\"\" Q\",\n\n", [Some("+1"), Some("Zoë \"Z\" Q"), None]),
        ("\n\nnumber,name\n+1,'-Bob", [Some("+1"), Some("-Bob"), None]),
        ("number,name\n'+1 206,O'Hara", [Some("+1 206"), Some("O'Hara"), None]),
    ] {
        let rows = read(file.as_bytes(), COLUMNS).unwrap();
        let [Ok(row)] = rows.as_slice() else { panic!("{file:?}: {rows:?}") };
        assert_eq!(["number", "name", "note"].map(|column| row.cell(column)), cells, "{file:?}");
    }
}

#[test]
fn a_faulty_file_is_refused_with_a_fix() {
    let rows = |n: usize| "number,name\n".to_owned() + &(0..n).map(|n| format!("+1{n},Ann\n")).collect::<String>();
    let table: [(&[u8], &str); 9] = [
        (b"", "csv.empty"),
        (b"\xef\xbb\xbf \r\n", "csv.empty"),
        (b"number,name\n", "csv.no_rows"),
        (b"number,name\n+1,Zo\xeb\n", "csv.not_utf8"),
        (b"\xff\xfen\0u\0m\0b\0", "csv.not_utf8"),
        (b"n\0u\0m\0b\0e\0r\0", "csv.not_utf8"),
        (b"number,nome\n+1,Ann\n", "csv.unknown_column"),
        (b"number,name,Number\n+1,Ann,+2\n", "csv.column_twice"),
        (b"name,note\nAnn,x\n", "csv.missing_column"),
    ];
    for (file, code) in table {
        let refusal = read(file, COLUMNS).unwrap_err();
        assert_eq!(refusal.code(), code, "{refusal}");
        assert!(!refusal.fix().is_empty());
    }
    assert_eq!(read(b"number,name\n+1,Ann\n+2,Zo\xeb\n", COLUMNS), Err(Refusal::NotUtf8 { line: 3 }));
    assert_eq!(read(rows(10_000).as_bytes(), COLUMNS).unwrap().len(), 10_000);
    assert_eq!(read(rows(10_001).as_bytes(), COLUMNS), Err(Refusal::TooManyRows));
}

#[test]
fn a_faulty_row_names_its_line_and_column_and_spares_the_others() {
    let file = "number,name,note\r\n+1,Ann,\r\n\r\n+2,=cmd(),\r\n+3,,x\r\n,Bob,\r\n+4,Bob\r\n+1,Eve,\r\n+5,@x,\r\n\
                +6,\"a\r\nb\",\r\n+7,Dan,\r\n+1,Ann,-1+2\r\n+8,\"Eve,\r\n+9,Fay,\r\n";
    let found: Vec<_> = read(file.as_bytes(), COLUMNS)
        .unwrap()
        .into_iter()
        .map(|row| match row {
            Ok(row) => (row.line, row.cell("number").unwrap().to_owned(), String::new()),
            Err(bad) => (bad.line, bad.fault.code, bad.fault.column.unwrap_or_default()),
        })
        .collect();
    let found: Vec<_> = found.iter().map(|(line, what, column)| (*line, what.as_str(), column.as_str())).collect();
    let expected = [
        (2, "+1", ""),
        (4, "csv.cell_formula", "name"),
        (5, "csv.cell_missing", "name"),
        (6, "csv.cell_missing", "number"),
        (7, "csv.cell_count", ""),
        (8, "csv.duplicate", "number"),
        (9, "csv.cell_formula", "name"),
        (10, "csv.cell_malformed", "name"),
        (12, "+7", ""),
        (13, "csv.cell_formula", "note"),
        // A quote that is never closed takes the rest of the file with it.
        (14, "csv.cell_count", ""),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_formula_is_neutral_and_a_number_stays() {
    for (text, cell) in [("=1+1", "'=1+1"), ("-Bob", "'-Bob"), ("+1425", "+1425"), ("Ann", "Ann"), ("+a", "'+a")] {
        assert_eq!(neutral(text), cell);
    }
}

proptest! {
    /// Whatever bytes come: no panic, every row has a line of its own, later rows later ones.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(prop::sample::select(b"+12a,;\"'=\r\n \xc3\xab".to_vec()), 0..200)) {
        let file = [b"number,name,note\n".as_slice(), &bytes].concat();
        if let Ok(rows) = read(&file, COLUMNS) {
            let lines: Vec<_> = rows.iter().map(|row| row.as_ref().map_or_else(|bad| bad.line, |row| row.line)).collect();
            prop_assert!(lines.is_sorted_by(|a, b| a < b));
        }
    }

    /// What is exported is imported again.
    #[test]
    fn an_export_is_read_back(name in "[-=+@a-zA-Zé;, \"']{1,12}[a-z]") {
        let name = name.trim();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["number", "name"]).unwrap();
        writer.write_record(["+1", neutral(name).as_str()]).unwrap();
        let file = writer.into_inner().unwrap();
        let rows = read(&file, COLUMNS).unwrap();
        let expected = name.strip_prefix('\'').filter(|rest| neutral(rest) != *rest).unwrap_or(name);
        prop_assert_eq!(rows.first().unwrap().as_ref().unwrap().cell("name"), Some(expected));
    }
}
