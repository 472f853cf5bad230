//! The plans that are offered: those that come with the program, with the part numbers that administrators know, so that
//! their scripts and exports fit, and those that who runs the server made or changed. Specification of numbers, 1.1.2 and
//! 3.4.

use std::collections::BTreeSet;

use super::offer::{Offer, OfferKind};
use super::plan::{Grant, Plan};
use super::{Capability, Enforcement, Holder, PartNumber};

/// All plans of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    plans: Vec<Plan>,
}

/// The part number that each resource account has by itself.
pub const RESOURCE_ACCOUNT: &str = "MCOEV_VIRTUALUSER";

impl Catalogue {
    /// The plans that come with the program, in the order in which an administrator thinks of them, in the place of which
    /// those that were changed come; then those that were made, by their part numbers.
    pub fn with(kept: impl IntoIterator<Item = Plan>) -> Self {
        let mut plans: Vec<Plan> = seed().collect();
        let mut made: Vec<Plan> = Vec::new();
        for plan in kept {
            match plans.iter_mut().find(|known| known.part_number == plan.part_number) {
                Some(known) => *known = plan,
                None => made.push(plan),
            }
        }
        made.sort_by(|a, b| a.part_number.cmp(&b.part_number));
        plans.append(&mut made);
        Self { plans }
    }

    /// All plans.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// The plan with this part number.
    pub fn find(&self, part_number: &PartNumber) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.part_number == *part_number)
    }

    /// All that these licenses unlock.
    pub fn unlocked<'a>(&self, held: impl IntoIterator<Item = &'a PartNumber>) -> BTreeSet<Capability> {
        let plans = held.into_iter().filter_map(|plan| self.find(plan));
        plans.flat_map(|plan| plan.grant.unlocks.iter().copied()).collect()
    }

    /// Whether a person with these licenses may call and be called from outside.
    pub fn allows_voice<'a>(&self, enforcement: Enforcement, held: impl IntoIterator<Item = &'a PartNumber>) -> bool {
        match enforcement {
            Enforcement::Block => self.unlocked(held).contains(&Capability::PhoneSystem),
            Enforcement::Off | Enforcement::Warn => true,
        }
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::with([])
    }
}

impl Plan {
    /// Whether it comes with the program.
    pub fn is_built_in(part_number: &PartNumber) -> bool {
        SEED.iter().any(|seed| seed.part_number == part_number.0)
    }
}

/// A plan that comes with the program.
struct Seed {
    part_number: &'static str,
    name: &'static str,
    kind: OfferKind,
    unlocks: &'static [Capability],
    holder: Holder,
    needs: &'static [Capability],
    excludes: &'static [Capability],
    countries: &'static [&'static str],
}

const NOTHING: &[Capability] = &[];
const PHONE: &[Capability] = &[Capability::PhoneSystem];
const SUITE: &[Capability] = &[Capability::AudioConferencing, Capability::PhoneSystem];
const BUNDLE: &[Capability] = &[Capability::CallingPlan, Capability::PhoneSystem];
const CALLING: &[Capability] = &[Capability::CallingPlan];
const CREDITS: &[Capability] = &[Capability::CommunicationCredits];
const MOBILE: &[Capability] = &[Capability::Mobile];
const PAYG_ZONE_1: &[&str] = &["US", "PR", "CA", "GB"];
const PAYG_ZONE_2: &[&str] = &[
    "AT", "BE", "HR", "CZ", "DK", "EE", "FI", "FR", "DE", "HU", "IE", "IT", "LV", "LT", "LU", "NL", "NZ", "NO", "PL",
    "PT", "RO", "SG", "SK", "SI", "ZA", "ES", "SE", "CH",
];

const SEED: &[Seed] = &[
    phone("MCOEV", "Phone System"),
    phone("TEAMS_PHONE_STANDARD_FLW_NEW", "Phone System for frontline people"),
    phone("MCOCAP", "Shared Device, with phone system"),
    phone("Microsoft_Teams_Rooms_Pro", "Room, with phone system"),
    Seed { kind: OfferKind::Free, unlocks: NOTHING, ..phone("Microsoft_Teams_Rooms_Basic", "Room") },
    phone("ENTERPRISEPREMIUM_NOPSTNCONF", "Suite with phone system"),
    Seed { unlocks: SUITE, ..phone("ENTERPRISEPREMIUM", "Suite with phone system and audio conferencing") },
    Seed {
        unlocks: BUNDLE,
        excludes: CALLING,
        ..phone("MCOTEAMS_ESSENTIALS", "Phone System with Domestic Calling Plan")
    },
    base("ENTERPRISEPACK", "Suite for enterprises"),
    base("STANDARDPACK", "Suite for enterprises, basic"),
    base("O365_BUSINESS_ESSENTIALS", "Suite for businesses, basic"),
    base("O365_BUSINESS_PREMIUM", "Suite for businesses, standard"),
    base("SPB", "Suite for businesses, premium"),
    calling("MCOPSTN1", "Domestic Calling Plan", &[]),
    calling("MCOPSTN5", "Domestic Calling Plan, 120 minutes", &[]),
    calling("MCOPSTN6", "Domestic Calling Plan, 240 minutes", &[]),
    calling("MCOPSTN8", "Domestic Calling Plan, 120 minutes that are not shared", &[]),
    calling("MCOPSTN2", "International Calling Plan", &[]),
    calling("MCOPSTN9", "International Calling Plan, second part number", &[]),
    calling("MCOPSTN_PAYG_1", "Pay-as-you-go Calling Plan, zone 1", PAYG_ZONE_1),
    calling("MCOPSTN_PAYG_2", "Pay-as-you-go Calling Plan, zone 2", PAYG_ZONE_2),
    // Nobody else has part numbers of this plan and of those that begin with our name.
    calling("MCOPSTN_PAYG_MX", "Pay-as-you-go Calling Plan, Mexico", &["MX"]),
    Seed { kind: OfferKind::Free, unlocks: CREDITS, ..phone("MCOPSTNPP", "Communications Credits") },
    Seed { kind: OfferKind::AddOn, unlocks: MOBILE, needs: PHONE, ..phone("TRUNKLINE_MOBILE", "Mobile numbers") },
    conferencing("MCOMEETADV", "Audio Conferencing"),
    conferencing("MCOMEETADD", "Audio Conferencing, second part number"),
    conferencing("MCOMEETADD_DIALOUT_US", "Audio Conferencing, with calls out to the US and Canada"),
    conferencing("MCOMEETACPEA", "Audio Conferencing, paid by the minute"),
    conferencing("TRUNKLINE_OPERATOR_CONFERENCING", "Audio Conferencing, on numbers of operators only"),
    service(RESOURCE_ACCOUNT, "Resource Account"),
    service("PHONESYSTEM_VIRTUALUSER", "Resource Account, second part number"),
];

/// A plan with the phone system. The original sells some of them as additions to an office suite, which nobody needs here.
const fn phone(part_number: &'static str, name: &'static str) -> Seed {
    Seed {
        part_number,
        name,
        kind: OfferKind::Paid,
        unlocks: PHONE,
        holder: Holder::User,
        needs: &[],
        excludes: &[],
        countries: &[],
    }
}

/// A suite that others are sold beside: people call each other with it as they do without.
const fn base(part_number: &'static str, name: &'static str) -> Seed {
    Seed { unlocks: NOTHING, ..phone(part_number, name) }
}

/// A plan with audio conferencing.
const fn conferencing(part_number: &'static str, name: &'static str) -> Seed {
    Seed { kind: OfferKind::AddOn, unlocks: &[Capability::AudioConferencing], ..phone(part_number, name) }
}

/// A calling plan: one for each person, beside the phone system.
const fn calling(part_number: &'static str, name: &'static str, countries: &'static [&'static str]) -> Seed {
    let kind = OfferKind::AddOn;
    Seed { kind, unlocks: CALLING, needs: PHONE, excludes: CALLING, countries, ..phone(part_number, name) }
}

/// A plan of services.
const fn service(part_number: &'static str, name: &'static str) -> Seed {
    let unlocks = &[Capability::ResourceAccount];
    Seed { kind: OfferKind::Free, unlocks, holder: Holder::ResourceAccount, ..phone(part_number, name) }
}

fn seed() -> impl Iterator<Item = Plan> {
    let set = |capabilities: &[Capability]| capabilities.iter().copied().collect();
    SEED.iter().map(move |seed| Plan {
        part_number: PartNumber(seed.part_number.to_owned()),
        name: seed.name.to_owned(),
        grant: Grant {
            unlocks: set(seed.unlocks),
            holders: [seed.holder].into(),
            needs: set(seed.needs),
            excludes: set(seed.excludes),
        },
        countries: seed.countries.iter().map(|country| (*country).to_owned()).collect(),
        offer: Offer::new(seed.kind),
    })
}
