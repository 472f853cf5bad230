//! A call from outside waits until the signature of its caller's number is looked at. RFC 8224 §6.2

use std::time::Instant;

use phone::directory::{Destination, Tenant};
use phone::numbers::stir::passport::Passport;
use phone::numbers::stir::{Checked, Flaw, Treatment};
use phone::numbers::trunk::settings::StirShakenAction;
use phone::numbers::{E164, Trunk};
use sip::Request;
use sip::endpoint::Status;
use sip::header::address::Address;
use sip::header::identity;
use sip::header::params::List;
use sip::message::name::HeaderName;

use crate::call::{Activity, Call, Event};
use crate::calling::dialled_of_uri;
use crate::input::{QueryId, Told};
use crate::limits;
use crate::node::{Asker, Node};
use crate::output::Output;
use crate::refusal::Refusal;
use crate::ringing::Fallback;

/// What an INVITE says of its caller's number, and what the trunk wants done about it.
#[derive(Debug)]
pub(crate) struct Check {
    action: StirShakenAction,
    /// What is left is whether the signature is right; or nothing is left to look at.
    passport: Result<Box<Passport>, Checked>,
}

/// The signature and the certificate are looked at elsewhere.
#[derive(Debug)]
pub(crate) struct Verifying {
    query: QueryId,
    deadline: Instant,
    action: StirShakenAction,
    checked: Checked,
    destination: Destination,
}

/// What stands before the name of who shows a number that is not theirs. Specification of calling, 2.14
const SPAM_LIKELY: &str = "Spam likely";

impl Check {
    /// None if the trunk does not want it.
    pub(crate) fn read(request: &Request, tenant: &Tenant, trunk: &Trunk, node: &Node) -> Option<Self> {
        if !trunk.settings.stir_shaken.verifies() {
            return None;
        }
        let passport = passport(request, tenant, trunk, node);
        Some(Self { action: trunk.settings.stir_shaken_action, passport })
    }
}

fn passport(request: &Request, tenant: &Tenant, trunk: &Trunk, node: &Node) -> Result<Box<Passport>, Checked> {
    let mut n_unread = 0_usize;
    let all = request.headers(HeaderName::Identity).flat_map(List::new).take(limits::IDENTITIES_MAX);
    let mut of_kind = all.filter_map(|value| {
        let read = identity::parse(value);
        n_unread += usize::from(read.is_none());
        read.filter(|read| read.ppt.as_deref().is_some_and(|ppt| ppt.eq_ignore_ascii_case("shaken")))
    });
    let found = of_kind.next();
    drop(of_kind);
    let Some(found) = found else {
        return Err(Checked::flawed(if n_unread == 0 { Flaw::Missing } else { Flaw::Malformed }));
    };
    let passport = Passport::read(found.token, found.info).map_err(Checked::flawed)?;
    let told = checked(&passport);
    // Whoever hides from people shows the trunk a number all the same. ATIS-1000074 §5.3.1
    let asserted = request.header(HeaderName::PAssertedIdentity).and_then(Address::parse);
    let caller = dialled_of_uri(asserted.unwrap_or_else(|| request.from()).uri()).unwrap_or_default();
    let caller = tenant.caller_on(trunk.id, &caller);
    let Ok(caller) = E164::parse_with_extension(&caller) else {
        return Err(Checked { flaw: Some(Flaw::NoNumber), ..told });
    };
    let called = dialled_of_uri(request.to().uri()).or_else(|| dialled_of_uri(request.uri())).unwrap_or_default();
    let called = tenant.called_on(trunk.id, &called);
    let fits = passport.fits(&caller.without_extension().to_string(), &called, node.wall_now());
    fits.map_err(|flaw| Checked { flaw: Some(flaw), ..told })?;
    Ok(Box::new(passport))
}

fn checked(passport: &Passport) -> Checked {
    Checked { flaw: None, attestation: Some(passport.attestation), origid: passport.origid, signer: None }
}

impl Verifying {
    /// Looks at what is left, or goes on at once where nothing is.
    pub(crate) fn begin(call: &mut Call, node: &mut Node, destination: Destination, check: Check) -> Activity {
        let Check { action, passport } = check;
        match passport {
            Err(checked) => settle(call, node, action, checked, destination),
            Ok(passport) => {
                let query = node.new_query(Asker::Call(call.id));
                let checked = checked(&passport);
                node.outputs.push(Output::Verify { query, passport });
                let deadline = node.now + limits::VERIFY_MAX;
                Activity::Verifying(Box::new(Self { query, deadline, action, checked, destination }))
            }
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }

    pub(crate) fn handle(mut self: Box<Self>, call: &mut Call, node: &mut Node, event: Event) -> Activity {
        match event {
            Event::Gone { leg, gone } if leg == call.caller => {
                node.queries.remove(&self.query);
                call.end_by_leg(node, leg, gone)
            }
            Event::Told { query, told: Told::Verified { outcome } } if query == self.query => {
                match outcome {
                    Ok(signer) => self.checked.signer = signer,
                    Err(flaw) => self.checked.flaw = Some(flaw),
                }
                settle(call, node, self.action, self.checked, self.destination)
            }
            Event::Timeout if self.deadline <= node.now => {
                node.queries.remove(&self.query);
                self.checked.flaw = Some(Flaw::CertificateAway);
                settle(call, node, self.action, self.checked, self.destination)
            }
            Event::Referred { leg, .. } => {
                call.refuse_refer(node, leg, Status(403));
                Activity::Verifying(self)
            }
            Event::Adopted { .. }
            | Event::Answered { .. }
            | Event::Digit { .. }
            | Event::Gone { .. }
            | Event::HoldChanged
            | Event::PickedUp { .. }
            | Event::Played { .. }
            | Event::Queue { .. }
            | Event::Quiet { .. }
            | Event::Rang { .. }
            | Event::Refused { .. }
            | Event::Resolved { .. }
            | Event::SoundReady { .. }
            | Event::Spoke { .. }
            | Event::Surrendered { .. }
            | Event::Timeout
            | Event::Told { .. } => Activity::Verifying(self),
        }
    }
}

/// All is known: the call goes on, with or without a warning, or it does not.
fn settle(
    call: &mut Call,
    node: &mut Node,
    action: StirShakenAction,
    checked: Checked,
    destination: Destination,
) -> Activity {
    let treatment = action.treat(&checked);
    call.draft.decisions.push(checked.words());
    call.draft.signature = Some(checked);
    match treatment {
        Treatment::Admit => {}
        Treatment::Label => {
            let caller = call.caller;
            if let Some(leg) = call.leg_mut(caller) {
                leg.party = leg.party.labelled(Some(SPAM_LIKELY));
                let shown = leg.party.name.clone();
                call.draft.from_name = shown;
            }
        }
        Treatment::Refuse(flaw) => return call.give_up(node, Refusal::unvouched(flaw)),
    }
    call.enter(node, destination, Fallback::GiveUp)
}
