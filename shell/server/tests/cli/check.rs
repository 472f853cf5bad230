use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;

use server::cli::check::*;
use server::config::Tls;
use server::net::tls::{self};
use server::recognition::http::Server;

fn files(folder: &Path, year: i32) -> Tls {
    let mut params = rcgen::CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
    params.not_after = rcgen::date_time_ymd(year, 1, 1);
    let key = rcgen::KeyPair::generate().unwrap();
    let files =
        Tls { address: "127.0.0.1:0".parse().unwrap(), cert: folder.join("cert.pem"), key: folder.join("key.pem") };
    std::fs::write(&files.cert, params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(&files.key, key.serialize_pem()).unwrap();
    files
}

#[test]
fn an_expired_or_missing_certificate_is_an_error() {
    tls::install_provider();
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(certificate(&files(folder.path(), 2090), None), Finding::Ok(_)));
    let expired = files(folder.path(), 2020);
    assert!(matches!(certificate(&expired, None), Finding::Error { what, .. } if what.ends_with("it has expired")));
    std::fs::remove_file(&expired.key).unwrap();
    let Finding::Error { what, .. } = certificate(&expired, None) else { panic!("a key is missing") };
    assert!(what.contains("key.pem"), "{what}");
}

#[test]
fn a_port_in_use_names_the_flag() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let result = TcpListener::bind(address).map(drop);
    let Finding::Error { what, remedy } = port("HTTP", address, "--http", result) else { panic!("it is in use") };
    assert!(what.contains(&address.to_string()) && remedy.contains("--http"), "{what}; {remedy}");
}

#[test]
fn a_data_directory_that_is_a_file_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(data_dir(&folder.path().join("new")), Finding::Ok(_)));
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    assert!(matches!(data_dir(&file), Finding::Error { .. }));
}

#[test]
fn a_program_that_is_missing_is_a_warning_with_its_package() {
    let Finding::Warn { what, remedy } = external_program("no-such-program", "some-package", "nothing works") else {
        panic!("it can't be there")
    };
    assert!(what.contains("nothing works") && remedy == "apt install some-package");
}

#[test]
fn a_speech_server_that_is_away_or_keeps_us_out_is_an_error() {
    tls::install_provider();
    let server = |port: u16| Server {
        url: format!("http://127.0.0.1:{port}/v1"),
        key: None,
        model: "whisper-1".to_owned(),
        client: reqwest::Client::new(),
    };
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let Finding::Error { what, remedy } = speech(Some(&server(nobody))) else { panic!("nobody is there") };
    assert!(what.contains(&nobody.to_string()) && remedy.contains("--speech-url"), "{what}; {remedy}");
    for (answer, is_fine) in [("200 OK", true), ("404 Not Found", true), ("401 Unauthorized", false), ("500 No", false)]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let said = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; 4_096]);
            let head = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
        });
        assert_eq!(matches!(speech(Some(&server(port))), Finding::Ok(_)), is_fine, "{answer}");
        said.join().unwrap();
    }
}

#[test]
fn a_country_file_that_this_version_does_not_understand_is_named_with_its_line() {
    let file = |file: &str| store::CountryFile { country: "DE".to_owned(), file: file.to_owned() };
    let least = "country = \"DE\"\nname = \"Germany\"\nemergency_numbers = [\"112\"]\n";
    assert!(matches!(countries([file(least)].iter()).as_slice(), [Finding::Ok(_)]));
    assert_eq!(countries([].iter()), [], "nothing was loaded, and nothing is told");
    let later = countries([file(&format!("{least}moon = true\n"))].iter());
    let [Finding::Error { what, remedy }] = later.as_slice() else { panic!("{later:?}") };
    assert!(
        what.starts_with("country profile DE:4: ") && remedy.contains("trunkline country load"),
        "{what}; {remedy}"
    );
}
