//! A trunk that wants callers' numbers signed is called once they are. RFC 8224 §6.1

use phone::directory::outbound::Attempt;
use phone::directory::{Dialled, External};
use phone::record::SigningOutcome;
use sip::Target;
use sip::endpoint::ExtraHeader;

use crate::call::Call;
use crate::input::{QueryId, Told};
use crate::node::{Asker, Node};
use crate::output::{Output, SigningOrder};

/// The signature for the trunk that is tried.
#[derive(Debug, Default)]
pub(crate) struct Signing {
    waits: Option<Waiting>,
    /// The attempt that it was made for, and the header field, if there is one.
    made: Option<(usize, Option<String>)>,
}

/// The trunk is called once the signature is there.
#[derive(Debug)]
pub(crate) struct Waiting {
    query: QueryId,
    pub(crate) place: usize,
    pub(crate) targets: Vec<Target>,
}

/// What the record says of a number that is not signed because the trunk is told none.
const NO_NUMBER: &str = "no number is shown that could be signed";
const TOO_LATE: &str = "no signature was made in time";

impl Signing {
    /// Whether a signature is awaited.
    pub(crate) fn waits(&self) -> bool {
        self.waits.is_some()
    }

    /// Asks for the signature of one attempt. True if the trunk is to be called once it is there.
    pub(crate) fn begin(
        &mut self,
        call: &mut Call,
        node: &mut Node,
        external: &External,
        (place, attempt): (usize, &Attempt),
        targets: &[Target],
    ) -> bool {
        if self.made.as_ref().is_some_and(|(made_for, _)| *made_for == place) {
            return false;
        }
        let Some(signable) = attempt.signs else {
            self.made = Some((place, None));
            call.draft.note_signing(SigningOutcome::Unsigned(NO_NUMBER.to_owned()));
            return false;
        };
        let query = node.new_query(Asker::Call(call.id));
        let called = match &external.number {
            Dialled::E164(number) => number.digits(),
            Dialled::Short(digits) => digits.clone(),
        };
        let tenant = &call.tenant.profile;
        let order =
            SigningOrder { tenant: tenant.id, slug: tenant.slug.clone(), signable, called, at: node.wall_now() };
        node.outputs.push(Output::Sign { query, order: Box::new(order) });
        self.waits = Some(Waiting { query, place, targets: targets.to_vec() });
        true
    }

    /// The answer to what was asked. Returns the trunk that can be called now.
    pub(crate) fn handle(&mut self, call: &mut Call, query: QueryId, told: &Told) -> Option<Waiting> {
        let Told::Signed { outcome } = told else { return None };
        let waiting = self.waits.take_if(|waiting| waiting.query == query)?;
        let (value, outcome) = match outcome {
            Ok(signed) => (Some(signed.identity.clone()), SigningOutcome::Signed(signed.attestation)),
            Err(why) => (None, SigningOutcome::Unsigned(why.clone())),
        };
        self.made = Some((waiting.place, value));
        call.draft.note_signing(outcome);
        Some(waiting)
    }

    /// The time is over: a call without a signature is better than none.
    pub(crate) fn give_up(&mut self, call: &mut Call, node: &mut Node) -> Option<Waiting> {
        let waiting = self.stop(node)?;
        self.made = Some((waiting.place, None));
        call.draft.note_signing(SigningOutcome::Unsigned(TOO_LATE.to_owned()));
        Some(waiting)
    }

    /// Nobody needs it any more.
    pub(crate) fn stop(&mut self, node: &mut Node) -> Option<Waiting> {
        let waiting = self.waits.take()?;
        node.queries.remove(&waiting.query);
        Some(waiting)
    }

    /// What the trunk of this attempt gets.
    pub(crate) fn header(&self, place: usize) -> Option<ExtraHeader> {
        let (_, value) = self.made.as_ref().filter(|(made_for, _)| *made_for == place)?;
        Some(ExtraHeader { name: "Identity".to_owned(), value: value.clone()? })
    }
}
