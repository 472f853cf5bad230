//! TLS to PostgreSQL: with `verify-full` a server is known by its authority and its name, or not spoken to.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::PathBuf;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use store::{Open, OpenError, Store};

use crate::own_postgres::{Identity, OwnPostgres};

#[tokio::test]
async fn verify_full_takes_the_right_authority_and_name_and_says_what_is_wrong_with_others() {
    let directory = tempfile::tempdir().unwrap();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let write = |name: &str, authority: &Authority| {
        let path = directory.path().join(name);
        std::fs::write(&path, &authority.certificate).unwrap();
        path
    };
    let (right, wrong) = (write("right.pem", &authority), write("wrong.pem", &stranger));
    let server = OwnPostgres::start(Some(&authority.identity("localhost")));
    let open = async |host: &str, root: &PathBuf| {
        let url = server.url(host, &format!("sslmode=verify-full&sslrootcert={}", root.display()));
        Store::open(&Open { url, key_file: directory.path().join("secrets.key") }).await
    };
    let store = open("localhost", &right).await.unwrap();
    store.ping().await.unwrap();
    store.close().await.unwrap();
    for (host, root, what, to_do) in
        [("127.0.0.1", &right, "name", "--database"), ("localhost", &wrong, "authority", "sslrootcert")]
    {
        let refused = open(host, root).await.err().unwrap();
        let OpenError::Unfit { what: found, fix, .. } = &refused else { panic!("{host}: {refused:?}") };
        assert!(found.contains(what) && fix.contains(to_do), "{host}: {refused}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_by_who_asks_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = OwnPostgres::start(None);
    let url = server.url("localhost", "sslmode=verify-full");
    let refused = Store::open(&Open { url, key_file: directory.path().join("secrets.key") }).await.err().unwrap();
    assert!(matches!(&refused, OpenError::Unfit { fix, .. } if fix.contains("ssl = on")), "{refused:?}");
}

struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap().pem();
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn identity(&self, name: &str) -> Identity {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}
