//! Roles: sets of permissions with a name. Specification of numbers, 2.1, and of calling, 4.8.

use serde::{Deserialize, Serialize};

use super::permission::{Action, Area, Permission, Permissions};
use crate::id::RoleId;
use crate::limits::NAME_CHARS_MAX;
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// A role that every organization has and nobody changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltIn {
    /// Everything.
    Administrator,
    /// What costs money: licenses, credits, orders of numbers.
    BillingAdministrator,
    /// Everything about calls and numbers, and nothing about who may do what.
    CommunicationsAdministrator,
    /// Phones and who has which.
    DeviceAdministrator,
    /// Licenses of people and groups.
    LicenseAdministrator,
    /// See all, and act on live calls and agents.
    Operator,
    /// Emergency locations, to see where a caller is.
    SecurityDesk,
    /// Every call, in all detail.
    SupportEngineer,
    /// Calls of people who ask for help.
    SupportSpecialist,
    /// Calling and numbers.
    TelephonyAdministrator,
    /// People, groups, and the licenses that they get.
    UserAdministrator,
    /// See all.
    Viewer,
}

/// A role that an organization made for itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRole {
    /// Its id.
    pub id: RoleId,
    /// Its name, unique in the organization and not that of a role that every one has.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What its holders may do.
    pub permissions: Permissions,
}

/// Which role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleRef {
    /// One that every organization has.
    BuiltIn(BuiltIn),
    /// One of the organization's own.
    Custom(RoleId),
}

/// Why a role is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{n_holders} keys and accounts have the role {name}")]
pub struct RoleInUse {
    /// The role.
    pub name: String,
    /// How many have it.
    pub n_holders: u64,
}

/// How far a role reaches in one area.
#[derive(Clone, Copy)]
enum Extent {
    Read,
    Operate,
    Full,
}

impl BuiltIn {
    /// Every one, by name.
    pub const ALL: [Self; 12] = [
        Self::Administrator,
        Self::BillingAdministrator,
        Self::CommunicationsAdministrator,
        Self::DeviceAdministrator,
        Self::LicenseAdministrator,
        Self::Operator,
        Self::SecurityDesk,
        Self::SupportEngineer,
        Self::SupportSpecialist,
        Self::TelephonyAdministrator,
        Self::UserAdministrator,
        Self::Viewer,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::BillingAdministrator => "billing_administrator",
            Self::CommunicationsAdministrator => "communications_administrator",
            Self::DeviceAdministrator => "device_administrator",
            Self::LicenseAdministrator => "license_administrator",
            Self::Operator => "operator",
            Self::SecurityDesk => "security_desk",
            Self::SupportEngineer => "support_engineer",
            Self::SupportSpecialist => "support_specialist",
            Self::TelephonyAdministrator => "telephony_administrator",
            Self::UserAdministrator => "user_administrator",
            Self::Viewer => "viewer",
        }
    }

    /// The role of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// What it is for.
    pub fn description(self) -> &'static str {
        match self {
            Self::Administrator => "everything, and who may do what",
            Self::BillingAdministrator => "what costs money: seats of licenses, credits, orders of numbers",
            Self::CommunicationsAdministrator => "everything about calls, numbers and people, not who may do what",
            Self::DeviceAdministrator => "phones, and who has which",
            Self::LicenseAdministrator => "licenses of people and groups",
            Self::Operator => "see all, and act on live calls and agents",
            Self::SecurityDesk => "emergency locations, to see where a caller is",
            Self::SupportEngineer => "every call and phone, in all detail",
            Self::SupportSpecialist => "calls of people who ask for help",
            Self::TelephonyAdministrator => "calling and numbers",
            Self::UserAdministrator => "people, groups, and the licenses that they get",
            Self::Viewer => "see all",
        }
    }

    /// What its holders may do.
    pub fn permissions(self) -> Permissions {
        match self {
            Self::Administrator => Permission::all().collect(),
            Self::BillingAdministrator => {
                let full = [Area::Credits, Area::Licenses, Area::NumberOrders];
                of(&[(&full, Extent::Full), (BASICS, Extent::Read), (NUMBERS, Extent::Read)])
            }
            Self::CommunicationsAdministrator => {
                let full = [TELEPHONY, NUMBERS, PEOPLE].concat();
                let read = [Area::Accounts, Area::Audit, Area::Roles];
                of(&[(&full, Extent::Full), (BASICS, Extent::Read), (&read, Extent::Read)])
            }
            Self::DeviceAdministrator => of(&[(&[Area::Devices], Extent::Full), (BASICS, Extent::Read)]),
            Self::LicenseAdministrator => {
                of(&[(&[Area::Licenses], Extent::Full), (BASICS, Extent::Read), (&[Area::Orders], Extent::Read)])
            }
            Self::Operator => of(&[(&unheard(), Extent::Operate)]),
            Self::SecurityDesk => of(&[(&[Area::Emergency], Extent::Read)]),
            Self::SupportEngineer => {
                let read =
                    [Area::AudioFiles, Area::CallRecords, Area::Calls, Area::Devices, Area::Policies, Area::Trunks];
                of(&[(&read, Extent::Read), (BASICS, Extent::Read), (NUMBERS, Extent::Read)])
            }
            Self::SupportSpecialist => {
                of(&[(&[Area::CallRecords, Area::Calls, Area::Devices, Area::Users], Extent::Read)])
            }
            Self::TelephonyAdministrator => {
                let full = [TELEPHONY, NUMBERS].concat();
                of(&[(&full, Extent::Full), (PEOPLE, Extent::Read), (BASICS, Extent::Read)])
            }
            // Who may write orders may take back an import of numbers.
            Self::UserAdministrator => {
                of(&[(PEOPLE, Extent::Full), (BASICS, Extent::Read), (&[Area::Orders], Extent::Read)])
            }
            Self::Viewer => of(&[(&unheard(), Extent::Read)]),
        }
    }
}

/// What one needs to see to find one's way.
const BASICS: &[Area] = &[Area::Groups, Area::Licenses, Area::Setup, Area::Sites, Area::Tenants, Area::Users];

const NUMBERS: &[Area] = &[Area::NumberOrders, Area::NumberQuotas, Area::Numbers, Area::Orders, Area::Ports];

const PEOPLE: &[Area] = &[Area::Devices, Area::Groups, Area::Licenses, Area::Sites, Area::Users];

const TELEPHONY: &[Area] = &[
    Area::AudioFiles,
    Area::AutoAttendants,
    Area::CallQueues,
    Area::CallRecords,
    Area::Calls,
    Area::Emergency,
    Area::Operators,
    Area::Policies,
    Area::ResourceAccounts,
    Area::Routing,
    Area::Schedules,
    Area::Trunks,
    Area::Voicemail,
];

/// All but what lets people hear what others say.
fn unheard() -> Vec<Area> {
    Area::ALL.iter().copied().filter(|area| !area.is_of_sound()).collect()
}

fn of(parts: &[(&[Area], Extent)]) -> Permissions {
    let actions = |extent: Extent| match extent {
        Extent::Read => &[Action::Read][..],
        Extent::Operate => &[Action::Act, Action::Read][..],
        Extent::Full => &Action::ALL[..],
    };
    let pairs = parts.iter().flat_map(|(areas, extent)| areas.iter().map(move |area| (*area, *extent)));
    pairs
        .flat_map(|(area, extent)| actions(extent).iter().map(move |action| Permission { area, action: *action }))
        .collect()
}

/// What is wrong with a role that is about to be saved among `others`.
pub fn role_problems(role: &CustomRole, others: &[CustomRole]) -> Vec<Problem> {
    let mut found = Vec::new();
    let name = role.name.trim();
    if name.is_empty() {
        found.push(Problem::new(Code::NameEmpty, "name"));
    }
    if NAME_CHARS_MAX < name.chars().count() {
        found.push(Problem::new(Code::NameTooLong, "name"));
    }
    let is_same = |other: &str| other.to_lowercase() == name.to_lowercase();
    let is_taken = others.iter().any(|other| other.id != role.id && is_same(&other.name));
    if is_taken || BuiltIn::ALL.iter().any(|other| is_same(other.as_str())) {
        found.push(Problem::new(Code::NameTaken, "name"));
    }
    if role.description.as_deref().is_some_and(|text| NAME_CHARS_MAX < text.chars().count()) {
        found.push(Problem::new(Code::TextTooLong, "description"));
    }
    found
}

impl Broken for RoleInUse {
    fn code(&self) -> &'static str {
        "role.in_use"
    }

    fn fix(&self) -> String {
        "revoke those keys and give those accounts other roles first".to_owned()
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
