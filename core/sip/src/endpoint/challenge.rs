//! Credentials for who asks for them. RFC 3261 §22, RFC 7616

use bytes::Bytes;

use crate::Response;
use crate::endpoint::Credentials;
use crate::endpoint::wire::Turn;

/// The field that meets the challenge in `response` to `request`, if our credentials are for its realm.
pub(crate) fn meet(
    turn: &mut Turn<'_>,
    credentials: &Credentials,
    request: &Bytes,
    response: &Response,
) -> Option<(&'static str, String)> {
    let _ = (turn, credentials, request, response);
    None
}
