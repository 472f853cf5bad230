use phone::people::license::{PartNumber, Refusal};
use phone::rule::Broken as _;

use server::admin::group_licenses::*;

#[test]
fn who_waits_for_a_seat_is_found_by_the_code_of_the_refusal() {
    let refusal = Refusal::NoSeats { plan: PartNumber("MCOEV".to_owned()), bought: 0 };
    assert_eq!(refusal.code(), NO_SEATS);
}
