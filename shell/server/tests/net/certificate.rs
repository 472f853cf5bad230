use phone::numbers::stir::authority::Entry;
use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::stir::authority::{Authority, For};
use server::net::certificate::*;

fn der(names: &[&str], year: i32) -> Vec<u8> {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_after = rcgen::date_time_ymd(year, 3, 4);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().der().to_vec()
}

#[test]
fn names_and_end_are_read() {
    let found = Certificate::read(&der(&["SBC.example.com", "10.0.0.1", "b.example.com"], 2031)).unwrap();
    assert_eq!(found.names, ["sbc.example.com", "b.example.com"]);
    assert_eq!(found.not_after, "2031-03-04T00:00:00Z".parse().unwrap());
}

#[test]
fn a_time_after_2049_and_no_names_are_read() {
    let found = Certificate::read(&der(&[], 2061)).unwrap();
    assert!(found.names.is_empty());
    assert_eq!(found.not_after, "2061-03-04T00:00:00Z".parse().unwrap());
}

#[test]
fn whose_it_is_and_for_which_telephone_numbers_is_read() {
    let authority = Authority::new("Root");
    let read = |numbers| {
        let chain = authority.issue("SHAKEN 4321", numbers).chain;
        let leaf = CertificateDer::from_pem_slice(chain.as_bytes()).unwrap();
        Certificate::read(&leaf)
    };
    let found = read(For::Provider("4321")).unwrap();
    assert_eq!(
        (found.common_name.as_deref(), found.numbers),
        (Some("SHAKEN 4321"), vec![Entry::Provider("4321".into())])
    );
    assert_eq!(read(For::Number("12155551212")).unwrap().numbers, [Entry::One("12155551212".into())]);
    let range = Entry::Range { first: "12155551200".into(), count: 100 };
    assert_eq!(read(For::Range("12155551200", 100)).unwrap().numbers, [range]);
    assert_eq!(read(For::Everybody).unwrap().numbers, []);
    assert_eq!(read(For::Nonsense), None, "a list that can't be read is no permission");
}

proptest! {
    #[test]
    fn damage_is_survived(at in 0_usize..400, byte: u8, cut in 0_usize..400) {
        let mut der = der(&["a.example.com"], 2031);
        if let Some(place) = der.get_mut(at) {
            *place = byte;
        }
        let _ = Certificate::read(&der);
        let _ = Certificate::read(der.get(..cut).unwrap_or(&der));
    }
}
