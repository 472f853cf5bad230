//! URIs and addresses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip::header::address::Address;
use sip::uri::Uri;

fuzz_target!(|text: &str| {
    if let Ok(uri) = Uri::parse(text) {
        assert!(uri.is_equivalent(&uri));
        std::hint::black_box((uri.user_unescaped(), uri.headers().count(), uri.transport()));
    }
    if let Some(address) = Address::parse(text) {
        std::hint::black_box((address.display(), address.params().count(), address.parsed_uri()));
    }
});
