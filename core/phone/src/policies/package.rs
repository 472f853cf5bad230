//! Packages: policies that go together for people of one role, at most one of each type. Who is given a package is given
//! its policies, and each assignment remembers the package. Specification of calling, 4.3.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::effective::{Assigned, Candidate, Effective, Rank, effective};
use super::types::{HolderKind, PolicyType};
use crate::id::{GroupId, PolicyId, PolicyPackageId};
use crate::limits::{POLICY_DESCRIPTION_CHARS_MAX, POLICY_NAME_CHARS_MAX};
use crate::problem::{Code, Problem};
use crate::rule::Broken;

/// A package that an organization made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Its id.
    pub id: PolicyPackageId,
    /// Its name, unique in the organization and not that of a package that comes with the program.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// One policy of each type that it has.
    pub policies: BTreeMap<PolicyType, PolicyId>,
}

/// A package that comes with the program. Its policies are made as policies of the organization, named after it, when it
/// is first given to somebody; from then on they are changed as any other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its word in the API, in place of an id.
    pub key: &'static str,
    /// Its name, and that of its policies.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What its policies are first, beside what is as in the program.
    pub policies: Vec<(PolicyType, Map<String, Value>)>,
}

/// How a package reaches a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giving {
    /// It is assigned to the person, in place of what was.
    Direct,
    /// It is assigned to the person, where nothing else is.
    DirectWhereNone,
    /// It is assigned to a group that the person is in, which then has this place.
    Group(GroupId, Rank),
}

/// What a package changes for a person, of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreseen {
    /// The type.
    pub kind: PolicyType,
    /// What holds before.
    pub before: Candidate,
    /// What holds then.
    pub after: Candidate,
    /// What becomes of it.
    pub outcome: Outcome,
}

/// What becomes of a policy of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds in place of another.
    Changes,
    /// What is assigned to the person stays, as was asked for.
    Kept,
    /// It is given and does not hold: this goes before it.
    Hidden(Candidate),
    /// The same policy held before.
    Same,
}

/// Why a package is not made, given or deleted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageRefusal {
    #[error("the package {name} comes with the program")]
    BuiltIn { name: String },
    #[error("the package {name} was given to {n_holders} people and groups")]
    InUse { name: String, n_holders: u64 },
    #[error("the package {name} has policies that groups are not given: {}", words(kinds))]
    NotForGroups { name: String, kinds: Vec<PolicyType> },
    #[error("the policy {policy} is in the package {package}")]
    PolicyInPackage { policy: String, package: String },
}

/// Whether a policy of this type may be in a package: one that people may be given.
pub fn may_be_in_package(kind: PolicyType) -> bool {
    kind.holders().contains(&HolderKind::User)
}

impl Package {
    /// What is wrong with it by itself.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Vec::new();
        let name = self.name.trim();
        if name.is_empty() {
            found.push(Problem::new(Code::NameEmpty, "name"));
        }
        if POLICY_NAME_CHARS_MAX < name.chars().count() || name.chars().any(char::is_control) {
            found.push(Problem::new(Code::PolicyNameTooLong, "name"));
        }
        if BuiltIn::find(name).is_some() {
            found.push(Problem::new(Code::NameTaken, "name"));
        }
        if POLICY_DESCRIPTION_CHARS_MAX < self.description.chars().count() {
            found.push(Problem::new(Code::PolicyDescriptionTooLong, "description"));
        }
        found
    }
}

/// Whether a package with these types may be given to groups.
pub fn check_for_groups(name: &str, kinds: impl Iterator<Item = PolicyType>) -> Result<(), PackageRefusal> {
    let kinds: Vec<PolicyType> = kinds.filter(|kind| !kind.holders().contains(&HolderKind::Group)).collect();
    if kinds.is_empty() { Ok(()) } else { Err(PackageRefusal::NotForGroups { name: name.to_owned(), kinds }) }
}

/// What giving a policy of a package changes for a person. `assigned` is what the person has now, with the groups in the
/// places that they have after it.
pub fn foresee(kind: PolicyType, policy: PolicyId, assigned: &Assigned, giving: Giving) -> Foreseen {
    let Effective { winner: before, .. } = effective(kind, assigned);
    let mut then = assigned.clone();
    match giving {
        Giving::DirectWhereNone if assigned.direct.is_some_and(|own| own != policy) => {
            return Foreseen { kind, before, after: before, outcome: Outcome::Kept };
        }
        Giving::Direct | Giving::DirectWhereNone => then.direct = Some(policy),
        Giving::Group(group, rank) => {
            then.groups.retain(|(other, ..)| *other != group);
            then.groups.push((group, rank, policy));
        }
    }
    let Effective { winner: after, .. } = effective(kind, &then);
    let outcome = match (before.policy() == Some(policy), after.policy() == Some(policy)) {
        (true, true) => Outcome::Same,
        (false, true) => Outcome::Changes,
        (_, false) => Outcome::Hidden(after),
    };
    Foreseen { kind, before, after, outcome }
}

impl BuiltIn {
    /// All of them, by their words.
    pub fn all() -> Vec<Self> {
        [of_schools_and_floors(), of_offices_and_care()].concat()
    }

    /// The one of this word or name, whatever its capital letters.
    pub fn find(name: &str) -> Option<Self> {
        let is_meant =
            |one: &Self| one.key == name.replace('-', "_") || one.name.to_lowercase() == name.trim().to_lowercase();
        Self::all().into_iter().find(is_meant)
    }
}

fn of_schools_and_floors() -> Vec<BuiltIn> {
    vec![
        one(
            "education_student",
            "Student",
            "Calls within the school, none outside and no voicemail",
            vec![
                calling(json!({
                    "allow_call_forwarding_to_phone": false, "allow_call_groups": false, "allow_delegation": false,
                    "allow_voicemail": "always_disabled", "copilot": "disabled",
                })),
                dial_out("none"),
            ],
        ),
        one(
            "education_teacher",
            "Teacher",
            "Calls in the country, voicemail, no forwarding to telephones outside",
            vec![calling(json!({ "allow_call_forwarding_to_phone": false })), dial_out("domestic")],
        ),
        one(
            "frontline_manager",
            "Front-line manager",
            "Calls in the country, parks calls, records, and has delegates",
            vec![
                calling(json!({
                    "allow_cloud_recording_for_calls": true, "busy_on_busy_enabled_type": "user_override",
                })),
                park(),
                dial_out("domestic"),
            ],
        ),
        one(
            "frontline_worker",
            "Front-line worker",
            "One call at a time, parks calls, calls in the country and forwards none outside",
            vec![
                calling(json!({
                    "allow_call_forwarding_to_phone": false, "allow_delegation": false,
                    "busy_on_busy_enabled_type": "enabled",
                })),
                park(),
                dial_out("domestic"),
            ],
        ),
    ]
}

fn of_offices_and_care() -> Vec<BuiltIn> {
    vec![
        one(
            "healthcare_worker",
            "Health care worker",
            "Parks calls; nothing of a call or a message is recorded or written down",
            vec![
                calling(json!({
                    "allow_cloud_recording_for_calls": false, "allow_transcription_for_calling": false,
                    "copilot": "disabled",
                })),
                park(),
                dial_out("domestic"),
                voicemail(json!({ "enable_transcription": false })),
            ],
        ),
        one(
            "office_worker",
            "Office worker",
            "All that calls offer, in the country and abroad",
            vec![calling(json!({})), dial_out("international_and_domestic"), voicemail(json!({}))],
        ),
        one(
            "public_safety",
            "Public safety",
            "Calls are recorded, go anywhere, and always reach somebody or voicemail",
            vec![
                calling(json!({
                    "allow_cloud_recording_for_calls": true, "allow_voicemail": "always_enabled",
                    "busy_on_busy_enabled_type": "disabled", "call_recording_expiration_days": null,
                })),
                park(),
                dial_out("international_and_domestic"),
            ],
        ),
    ]
}

fn one(
    key: &'static str,
    name: &'static str,
    description: &'static str,
    policies: Vec<(PolicyType, Map<String, Value>)>,
) -> BuiltIn {
    BuiltIn { key, name, description, policies }
}

fn calling(settings: Value) -> (PolicyType, Map<String, Value>) {
    (PolicyType::Calling, object(settings))
}

fn dial_out(user: &str) -> (PolicyType, Map<String, Value>) {
    (PolicyType::DialOut, object(json!({ "user": user })))
}

fn park() -> (PolicyType, Map<String, Value>) {
    (PolicyType::CallPark, object(json!({ "allow_call_park": true })))
}

fn voicemail(settings: Value) -> (PolicyType, Map<String, Value>) {
    (PolicyType::Voicemail, object(settings))
}

fn object(settings: Value) -> Map<String, Value> {
    if let Value::Object(settings) = settings { settings } else { Map::new() }
}

fn words(kinds: &[PolicyType]) -> String {
    let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    words.join(", ")
}

impl Broken for PackageRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::BuiltIn { .. } => "policy_package.built_in",
            Self::InUse { .. } => "policy_package.in_use",
            Self::NotForGroups { .. } => "policy_package.not_for_groups",
            Self::PolicyInPackage { .. } => "policy.in_package",
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::BuiltIn { .. } => {
                "change the policies that are named after it, or make a package of your own".to_owned()
            }
            Self::InUse { .. } => "unassign the package first".to_owned(),
            Self::NotForGroups { .. } => {
                "give it to the people themselves, or make a package without those policies".to_owned()
            }
            Self::PolicyInPackage { package, .. } => format!("take it out of the package {package} first"),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::BuiltIn { .. } | Self::InUse { .. } | Self::PolicyInPackage { .. } => true,
            Self::NotForGroups { .. } => false,
        }
    }
}
