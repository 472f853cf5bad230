//! The answer to an MD5 challenge, as any phone gives it. RFC 7616

use md5::{Digest as _, Md5};

const CNONCE: &str = "0a4f113b";

/// The Authorization line, with its line end; none without a challenge.
pub fn authorization(challenge: &str, user: &str, password: &str, method: &str, uri: &str) -> Option<String> {
    let line = challenge.lines().rfind(|line| line.starts_with("WWW-Authenticate:") && !line.contains("SHA-256"))?;
    let (realm, nonce) = (quoted(line, "realm")?, quoted(line, "nonce")?);
    let ha1 = hex(&format!("{user}:{realm}:{password}"));
    let ha2 = hex(&format!("{method}:{uri}"));
    let response = hex(&format!("{ha1}:{nonce}:00000001:{CNONCE}:auth:{ha2}"));
    Some(format!(
        "Authorization: Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", \
         response=\"{response}\", algorithm=MD5, cnonce=\"{CNONCE}\", qop=auth, nc=00000001\r\n"
    ))
}

fn quoted<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.split_once(&format!("{name}=\""))?.1.split('"').next()
}

fn hex(text: &str) -> String {
    Md5::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}
