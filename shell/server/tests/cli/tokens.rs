use jiff::Timestamp;
use phone::access::{BuiltIn, RoleRef};
use store::{Open, Scope, Store, TokenHash};

use server::cli::tokens::*;
use server::config::{Config, Flags};

#[test]
fn an_empty_directory_gets_a_first_token_that_opens_the_server_until_it_is_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let flags = || Flags { data_dir: Some(dir.path().join("data").display().to_string()), ..Flags::default() };
    let create = |only: Option<&str>| {
        let only = only.map(str::to_owned);
        let role = RoleName::Administrator;
        carry_out(&TokenCommand::Create(Create { name: "admin".to_owned(), role, only, flags: flags() }))
    };
    let token = create(None).unwrap();
    let open = || {
        let config = Config::load(&flags()).unwrap();
        Open { url: config.database.clone(), key_file: config.key_file() }
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let known = || {
        runtime.block_on(async {
            let store = Store::open(&open()).await.unwrap();
            store.api_token(&TokenHash::of(&token), Timestamp::now()).await.unwrap()
        })
    };
    let admin = known().unwrap();
    assert_eq!(admin.scope, Scope::Platform);
    assert_eq!(admin.assignments.first().unwrap().role, RoleRef::BuiltIn(BuiltIn::Administrator));
    let list = carry_out(&TokenCommand::List(flags())).unwrap();
    assert!(list.contains("admin") && !list.contains(&token), "{list}");
    assert!(create(Some("acme")).unwrap_err().to_string().contains("acme"));

    carry_out(&TokenCommand::Revoke(Revoke { token: admin.id.0, flags: flags() })).unwrap();
    assert_eq!(known(), None);
    assert_eq!(carry_out(&TokenCommand::List(flags())).unwrap(), "There are no tokens.");
}
