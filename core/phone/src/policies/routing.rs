//! Policies about the way of a call outside: the dial plan, and the usages by which it is routed. Specification of
//! calling, 2.13 and 3.5.

use std::collections::BTreeSet;

use crate::bounded::{Few, Text};
use crate::id::DialPlanId;
use crate::limits::POLICY_USAGES_MAX;
use crate::numbers::routing::usage::is_same;
use crate::setting::settings;

settings! {
    /// How dialled digits become numbers.
    DialPlan {
        /// The dial plan whose rules are asked first; without one the country alone reads what is dialled.
        dial_plan: Option<DialPlanId> = None;
    }
}

settings! {
    /// Over which usages calls outside go.
    VoiceRouting {
        /// PSTN usages in order: the first that has a route for the number decides; without any, calls go over the organization's trunks in order of their priority.
        pstn_usages: Few<Text<256>, POLICY_USAGES_MAX> = Few::default();
        /// Whether routes of the usages behind the one that decides are tried as well.
        fallthrough: bool = false;
        /// Whether the carrier of the caller's number is tried when every route fails.
        carrier_backup: bool = false;
    }
}

impl VoiceRouting {
    /// A usage that is there twice, whatever its capital letters.
    pub fn duplicate(&self) -> Option<&str> {
        let mut seen = BTreeSet::new();
        self.pstn_usages.iter().map(Text::as_str).find(|usage| !seen.insert(usage.to_lowercase()))
    }

    /// Whether it names a usage, whatever its capital letters.
    pub fn has_usage(&self, usage: &str) -> bool {
        self.pstn_usages.iter().any(|own| is_same(own.as_str(), usage))
    }
}
