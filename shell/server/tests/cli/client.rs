use server::api::problem::{FieldError, Problem};
use server::cli::client::in_words;

#[test]
fn a_refusal_tells_the_codes_and_the_fix_of_the_api() {
    let problem = Problem::new(axum::http::StatusCode::CONFLICT, "number.in_use", "+1 is assigned to Nina");
    assert_eq!(
        in_words(&problem.clone().with_fix("unassign it first")),
        "+1 is assigned to Nina [number.in_use] (unassign it first)"
    );
    let field = FieldError {
        field: "numbers[1]".to_owned(),
        code: "number.invalid".to_owned(),
        message: "x is no number".to_owned(),
    };
    let many = Problem { errors: vec![field], ..problem };
    assert_eq!(
        in_words(&many),
        "+1 is assigned to Nina [number.in_use]\n  numbers[1]: x is no number [number.invalid]"
    );
}
