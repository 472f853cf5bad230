use clap::Parser;
use jiff::Timestamp;
use phone::access::{BuiltIn, RoleRef};
use store::{Open, Scope, Store, TokenHash};

use server::cli::accounts::Add;
use server::cli::accounts::local::*;
use server::config::{Config, Flags};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    add: Add,
}

#[test]
fn an_empty_directory_gets_a_first_administrator_by_invitation() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data").display().to_string();
    let add = |email: &str| {
        let wanted = Line::parse_from(["add", email, "--data-dir", &data_dir]).add;
        assert!(wanted.local.is_given());
        carry_out(&wanted, None)
    };
    let link = add("Ann@demo.test").unwrap();
    let (place, token) = link.expose().split_once('#').unwrap();
    assert_eq!(place, "http://127.0.0.1:8080/invitation");
    assert!(add("ann@DEMO.test").unwrap_err().to_string().contains("there is an account"));
    assert!(add("nobody").unwrap_err().to_string().contains("e-mail"));

    let flags = Flags { data_dir: Some(data_dir.clone()), ..Flags::default() };
    let config = Config::load(&flags).unwrap();
    let open = Open { url: config.database.clone(), key_file: config.key_file() };
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let store = Store::open(&open).await.unwrap();
        let invited = store.invited(&TokenHash::of(token), Timestamp::now()).await.unwrap().unwrap();
        assert_eq!((invited.account.email.as_str(), invited.scope), ("Ann@demo.test", Scope::Platform));
        assert_eq!(invited.assignments.first().unwrap().role, RoleRef::BuiltIn(BuiltIn::Administrator));
    });
}
