use store::internals::without_password;

#[test]
fn an_url_is_shown_without_its_password() {
    let shown = without_password;
    assert_eq!(shown("mysql://me:secret@host/db"), "mysql://…@host/db");
    assert_eq!(shown("mysql://host/db"), "mysql://host/db");
    assert_eq!(shown("postgres:///db?host=/run&password=secret&user=me"), "postgres:///db?host=/run&user=me");
}
