//! Whether callers' numbers can be signed, and signatures of others looked at.

use jiff::Timestamp;

use super::{CERTIFICATE_DAYS, Finding};
use crate::error::chain;
use crate::net::tls::{certificates, days_left};
use crate::stir::{Settings, Stir};

/// Nothing, if neither is set up.
pub fn signing(settings: &Settings, public_url: &str, now: Timestamp) -> Vec<Finding> {
    if settings.certificates.is_none() && settings.anchors.is_none() {
        return Vec::new();
    }
    let stir = match Stir::load(settings, public_url) {
        Ok(stir) => stir,
        Err(error) => {
            let remedy = "mend --stir-certificates or --stir-anchors".to_owned();
            return vec![Finding::Error { what: format!("signing of callers' numbers: {}", chain(&error)), remedy }];
        }
    };
    let mut findings = Vec::new();
    if settings.anchors.is_some() {
        findings.push(Finding::Ok("authorities of who signs callers' numbers".to_owned()));
    }
    let Some(dir) = &settings.certificates else { return findings };
    let (tenants, has_platform) = stir.keys.known();
    let of_tenants = tenants.iter().map(|name| dir.join("tenants").join(name).with_extension("pem"));
    for path in has_platform.then(|| dir.join("platform.pem")).into_iter().chain(of_tenants) {
        let days = certificates(&path).ok().and_then(|chain| days_left(&chain, now));
        let what = format!("certificate {} signs callers' numbers", path.display());
        findings.push(match days {
            Some(days) if days < 0 => {
                Finding::Error { what: format!("{what}, and has expired"), remedy: "put a new one there".to_owned() }
            }
            Some(days) if days < CERTIFICATE_DAYS => Finding::Warn {
                what: format!("{what}, and expires in {days} days"),
                remedy: "put a new one there; it is read without a restart".to_owned(),
            },
            Some(_) | None => Finding::Ok(what),
        });
    }
    if !public_url.starts_with("https://") {
        findings.push(Finding::Warn {
            what: format!("the certificates are told to be below {public_url}, and others take them by https only"),
            remedy: "give --public-url, or say in a .url beside each certificate where it is".to_owned(),
        });
    }
    findings
}
