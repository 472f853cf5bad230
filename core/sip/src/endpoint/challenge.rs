//! Credentials for who asks for them. RFC 3261 §22, RFC 7616

use bytes::Bytes;

use crate::Response;
use crate::digest::client::Challenge;
use crate::endpoint::Credentials;
use crate::endpoint::wire::Turn;
use crate::transaction::rewrite;

/// The field that meets the challenge in `response` to `request`. None if it is no challenge, or not for the realm of
/// our credentials, or they were refused: an answer is tried again only if its nonce was too old.
pub(crate) fn meet(
    turn: &mut Turn<'_>,
    credentials: &Credentials,
    request: &Bytes,
    response: &Response,
) -> Option<(&'static str, String)> {
    if !matches!(response.status().0, 401 | 407) {
        return None;
    }
    let mut challenge = Challenge::find(response, credentials)?;
    let name = challenge.field_name();
    if rewrite::field(request, name).is_some() && !challenge.is_stale() {
        return None;
    }
    let uri = std::str::from_utf8(rewrite::request_uri(request)).ok()?;
    let cnonce = turn.wire.table.common.namer.token();
    Some((name, challenge.answer(&response.cseq().method, uri, credentials, cnonce.as_str())))
}
