use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair};

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
