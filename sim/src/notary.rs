//! Who signs callers' numbers and looks at signatures, without any cryptography: the signature of a text is the text's own
//! first bytes.

use phone::numbers::stir::passport::{Claims, Passport, identity};
use phone::numbers::stir::{Flaw, Signer};
use switch::input::{QueryId, Signed, Told};
use switch::output::SigningOrder;
use uuid::Uuid;

/// Where the certificates of this world are.
pub const CERTIFICATE: &str = "https://certificates.example/ours.pem";
/// The same, of one that nobody trusts.
pub const UNTRUSTED: &str = "https://certificates.example/forged.pem";
/// The name in the one that is trusted.
pub const NAME: &str = "SHAKEN 4321";

/// The authority of the simulated world.
#[derive(Debug)]
pub struct Notary {
    /// Whose certificate it has to sign with; none refuses.
    pub signer: Option<Signer>,
    /// It says nothing any more.
    pub is_silent: bool,
    answers: Vec<(QueryId, Told)>,
}

impl Default for Notary {
    fn default() -> Self {
        Self { signer: Some(Signer::Platform), is_silent: false, answers: Vec::new() }
    }
}

impl Notary {
    pub(crate) fn sign(&mut self, query: QueryId, order: &SigningOrder) {
        let outcome = match self.signer {
            None => Err("there is no certificate".to_owned()),
            Some(signer) => {
                let claims = Claims {
                    attestation: order.signable.whose.attestation(signer),
                    caller: order.signable.number,
                    called: order.called.clone(),
                    at: order.at,
                    origid: order.tenant.0,
                };
                Ok(Signed { attestation: claims.attestation, identity: sealed(&claims, CERTIFICATE) })
            }
        };
        self.answer(query, Told::Signed { outcome });
    }

    pub(crate) fn verify(&mut self, query: QueryId, passport: &Passport) {
        let outcome = match passport.certificate.as_str() {
            CERTIFICATE if passport.signature == seal(&passport.signing_input) => Ok(Some(NAME.to_owned())),
            CERTIFICATE => Err(Flaw::Forged),
            UNTRUSTED => Err(Flaw::CertificateUntrusted),
            _ => Err(Flaw::CertificateAway),
        };
        self.answer(query, Told::Verified { outcome });
    }

    fn answer(&mut self, query: QueryId, told: Told) {
        if !self.is_silent {
            self.answers.push((query, told));
        }
    }

    pub(crate) fn take_answers(&mut self) -> Vec<(QueryId, Told)> {
        std::mem::take(&mut self.answers)
    }
}

/// The header field that vouches for this.
pub fn sealed(claims: &Claims, certificate: &str) -> String {
    let input = claims.signing_input(certificate);
    identity(&input, &seal(&input), certificate)
}

/// An id to trace a call back by.
pub const ORIGIN: Uuid = Uuid::from_u128(0x0B1);

fn seal(text: &str) -> Vec<u8> {
    let mut seal: Vec<u8> = text.bytes().rev().take(64).collect();
    seal.resize(64, 0);
    seal
}
