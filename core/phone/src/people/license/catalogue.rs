//! The plans that are offered, with the part numbers that administrators know, so that their scripts and exports fit.
//! Specification of numbers, 1.1.2 and 3.4.

use super::{Capability, Holder, PartNumber};

/// What can be bought: seats of it are counted, licenses of it are given.
#[derive(Debug)]
pub struct Plan {
    pub part_number: &'static str,
    pub name: &'static str,
    pub unlocks: &'static [Capability],
    pub holders: &'static [Holder],
    /// What the holder must have besides.
    pub needs: &'static [Capability],
    /// What no other license of the holder may unlock.
    pub excludes: &'static [Capability],
    /// ISO 3166 alpha-2; empty stands for all.
    pub countries: &'static [&'static str],
}

const PHONE: &[Capability] = &[Capability::PhoneSystem];
const SUITE: &[Capability] = &[Capability::AudioConferencing, Capability::PhoneSystem];
const CALLING: &[Capability] = &[Capability::CallingPlan];
const PEOPLE: &[Holder] = &[Holder::User];
const PAYG_ZONE_1: &[&str] = &["US", "PR", "CA", "GB"];
const PAYG_ZONE_2: &[&str] = &[
    "AT", "BE", "HR", "CZ", "DK", "EE", "FI", "FR", "DE", "HU", "IE", "IT", "LV", "LT", "LU", "NL", "NZ", "NO", "PL",
    "PT", "RO", "SG", "SK", "SI", "ZA", "ES", "SE", "CH",
];

/// Every plan, in the order in which an administrator thinks of them.
pub const PLANS: &[Plan] = &[
    phone("MCOEV", "Phone System"),
    phone("TEAMS_PHONE_STANDARD_FLW_NEW", "Phone System for frontline people"),
    phone("MCOCAP", "Shared Device, with phone system"),
    phone("Microsoft_Teams_Rooms_Pro", "Room, with phone system"),
    phone("ENTERPRISEPREMIUM_NOPSTNCONF", "Suite with phone system"),
    Plan { unlocks: SUITE, ..phone("ENTERPRISEPREMIUM", "Suite with phone system and audio conferencing") },
    Plan {
        part_number: "MCOTEAMS_ESSENTIALS",
        name: "Phone System with Domestic Calling Plan",
        unlocks: &[Capability::CallingPlan, Capability::PhoneSystem],
        holders: PEOPLE,
        needs: &[],
        excludes: CALLING,
        countries: &[],
    },
    calling("MCOPSTN1", "Domestic Calling Plan", &[]),
    calling("MCOPSTN5", "Domestic Calling Plan, 120 minutes", &[]),
    calling("MCOPSTN6", "Domestic Calling Plan, 240 minutes", &[]),
    calling("MCOPSTN8", "Domestic Calling Plan, 120 minutes that are not shared", &[]),
    calling("MCOPSTN2", "International Calling Plan", &[]),
    calling("MCOPSTN9", "International Calling Plan, second part number", &[]),
    calling("MCOPSTN_PAYG_1", "Pay-as-you-go Calling Plan, zone 1", PAYG_ZONE_1),
    calling("MCOPSTN_PAYG_2", "Pay-as-you-go Calling Plan, zone 2", PAYG_ZONE_2),
    Plan {
        part_number: "MCOPSTNPP",
        name: "Communications Credits",
        unlocks: &[Capability::CommunicationCredits],
        holders: PEOPLE,
        needs: &[],
        excludes: &[],
        countries: &[],
    },
    conferencing("MCOMEETADV", "Audio Conferencing"),
    conferencing("MCOMEETADD_DIALOUT_US", "Audio Conferencing, with calls out to the US and Canada"),
    conferencing("MCOMEETACPEA", "Audio Conferencing, paid by the minute"),
    RESOURCE_ACCOUNT,
];

/// Each resource account has one by itself.
pub const RESOURCE_ACCOUNT: Plan = Plan {
    part_number: "MCOEV_VIRTUALUSER",
    name: "Resource Account",
    unlocks: &[Capability::ResourceAccount],
    holders: &[Holder::ResourceAccount],
    needs: &[],
    excludes: &[],
    countries: &[],
};

/// A plan with the phone system. The original sells some of them as additions to an office suite, which nobody needs here.
const fn phone(part_number: &'static str, name: &'static str) -> Plan {
    Plan { part_number, name, unlocks: PHONE, holders: PEOPLE, needs: &[], excludes: &[], countries: &[] }
}

/// A plan with audio conferencing.
const fn conferencing(part_number: &'static str, name: &'static str) -> Plan {
    Plan { unlocks: &[Capability::AudioConferencing], ..phone(part_number, name) }
}

/// A calling plan: one for each person, beside the phone system.
const fn calling(part_number: &'static str, name: &'static str, countries: &'static [&'static str]) -> Plan {
    Plan { part_number, name, unlocks: CALLING, holders: PEOPLE, needs: PHONE, excludes: CALLING, countries }
}

impl Plan {
    /// The plan with this part number.
    pub fn find(part_number: &PartNumber) -> Option<&'static Self> {
        PLANS.iter().find(|plan| plan.part_number == part_number.0)
    }

    /// Its name in rows and requests.
    pub fn part_number(&self) -> PartNumber {
        PartNumber(self.part_number.to_owned())
    }
}
