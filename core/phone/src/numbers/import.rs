//! Numbers from a file: added where they are new, assigned where it says to whom. The same file again changes nothing.
//! Specification of numbers, 4.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::number::category::{Category, Lines};
use super::number::lifecycle::{self, Candidate};
use super::number::{NumberSource, Origin, OriginChange, origin, tags};
use super::{Assignee, Country, CountryProfiles, E164, Number, NumberKind, upload};
use crate::id::{ResourceAccountId, SiteId, TrunkId, UserId};
use crate::order::LineFault;
use crate::people::import::fault_of;
use crate::people::license::{Capability, Enforcement};
use crate::rule::Broken;
use crate::sheet::{self, Column, Content, Need, Row};

/// The columns of the file, which an export has as well.
pub const COLUMNS: &[Column] = &[
    Column { name: "number", need: Need::Required, content: Content::Number },
    Column { name: "kind", need: Need::Optional, content: Content::Text },
    Column { name: "trunk", need: Need::Optional, content: Content::Text },
    Column { name: "assign_to", need: Need::Optional, content: Content::Text },
    Column { name: "category", need: Need::Optional, content: Content::Text },
    Column { name: "site", need: Need::Optional, content: Content::Text },
    Column { name: "tags", need: Need::Optional, content: Content::Text },
    Column { name: "country", need: Need::Optional, content: Content::Text },
    Column { name: "city", need: Need::Optional, content: Content::Text },
    Column { name: "region", need: Need::Optional, content: Content::Text },
    Column { name: "sms", need: Need::Optional, content: Content::Text },
    Column { name: "source", need: Need::Optional, content: Content::Told },
    Column { name: "state", need: Need::Optional, content: Content::Told },
    Column { name: "acquired_at", need: Need::Optional, content: Content::Told },
    Column { name: "assigned_at", need: Need::Optional, content: Content::Told },
];

/// What one line wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wish {
    pub number: E164,
    /// None leaves the kind of a number that is there, and fits a new one to who is to have it.
    pub kind: Option<NumberKind>,
    /// Name or id.
    pub trunk: Option<String>,
    /// Extension or id of a person, or name or id of a resource account.
    pub assign_to: Option<String>,
    /// Which of the person's lines; of a number that somebody has it changes nothing.
    #[serde(default)]
    pub category: Option<Category>,
    /// Name or id.
    #[serde(default)]
    pub site: Option<String>,
    /// All tags that it is to have; none leaves those that it has.
    #[serde(default)]
    pub tags: Option<BTreeSet<String>>,
    /// ISO 3166 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    #[serde(default)]
    pub city: Option<String>,
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub sms: Option<bool>,
}

/// What a wish is decided on, and what earlier wishes of the same file made of it.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    pub enforcement: Enforcement,
    /// ISO 3166 alpha-2: where people work of whom nothing else is known.
    pub country: String,
    pub numbers: BTreeMap<E164, Held>,
    people: BTreeMap<UserId, Person>,
    extensions: BTreeMap<String, UserId>,
    pub accounts: BTreeMap<ResourceAccountId, String>,
    pub trunks: BTreeMap<TrunkId, String>,
    pub sites: BTreeMap<SiteId, String>,
    /// Numbers that a policy keeps for emergency services to call back, with its name.
    pub kept: BTreeMap<E164, String>,
    /// What holds in the countries of the numbers.
    pub profiles: CountryProfiles,
}

/// Who holds a number that is on this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    Here(Number),
    Elsewhere,
    /// Nobody: the platform sells it.
    Stock,
}

/// A person who is named by a wish or has a number that is.
#[derive(Clone, Debug)]
pub struct Person {
    pub extension: String,
    pub display_name: String,
    pub country: Option<String>,
    pub unlocked: BTreeSet<Capability>,
    pub lines: Lines,
}

/// What became of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub before: Option<Number>,
    pub after: Number,
}

/// Why a wish is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("{number} is in line {first} already")]
    Twice { number: E164, first: u32 },
    #[error("{word} is no kind of number")]
    KindUnknown { word: String },
    #[error("{number} belongs to another organization on this server")]
    OwnedByAnotherTenant { number: E164 },
    #[error("{number} is in the stock of who runs the server")]
    InStock { number: E164 },
    #[error("{number} is one of your numbers already, and of another kind")]
    OtherKind { number: E164 },
    #[error("there is no trunk {name}")]
    TrunkUnknown { name: String },
    #[error("{number} comes from the platform or an operator, whose trunk it keeps")]
    TrunkFixed { number: E164 },
    #[error("{word} is no category of a number")]
    CategoryUnknown { word: String },
    #[error("there is no site {name}")]
    SiteUnknown { name: String },
    #[error("there is no person and no resource account {name}")]
    AssigneeUnknown { name: String },
    #[error("several resource accounts are named {name}")]
    AssigneeAmbiguous { name: String },
    #[error("{number} was changed after the import")]
    ChangedSince { number: E164 },
    #[error(transparent)]
    Origin(#[from] origin::Refusal),
    #[error(transparent)]
    Rule(#[from] lifecycle::Refusal),
}

/// A line of the file with what it wants, or why it can't even be read.
pub type ReadLine = (u32, Result<Wish, LineFault>);

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<Vec<ReadLine>, sheet::Refusal> {
    let mut first_lines = BTreeMap::new();
    let rows = sheet::read(bytes, COLUMNS)?;
    Ok(rows
        .into_iter()
        .map(|row| match row {
            Ok(row) => (row.line, read_row(&row, &mut first_lines)),
            Err(bad) => (bad.line, Err(bad.fault)),
        })
        .collect())
}

/// The number to go back to, if nobody changed it since; none if it was not there before.
pub fn undo(change: &Change, there: Option<&Number>) -> Result<Option<Number>, Refusal> {
    match there {
        Some(there) if *there == change.after => Ok(change.before.clone()),
        Some(_) | None => Err(Refusal::ChangedSince { number: change.after.number }),
    }
}

impl Inventory {
    /// Makes a person known.
    pub fn add_person(&mut self, id: UserId, person: Person) {
        self.extensions.insert(person.extension.clone(), id);
        self.people.insert(id, person);
    }

    /// Decides one wish. Later wishes see what it made.
    pub fn take(&mut self, now: Timestamp, wish: &Wish) -> Result<Change, Refusal> {
        let assignee = wish.assign_to.as_deref().map(|name| self.assignee(name)).transpose()?;
        let before = match self.numbers.get(&wish.number) {
            Some(Held::Elsewhere) => return Err(Refusal::OwnedByAnotherTenant { number: wish.number }),
            Some(Held::Stock) => return Err(Refusal::InStock { number: wish.number }),
            Some(Held::Here(number)) => Some(number.clone()),
            None => None,
        };
        let number = match &before {
            Some(there) => self.of_kind(there, wish.kind)?,
            None => Number::new(wish.number, wish.kind.unwrap_or(kind_for(assignee))),
        };
        let mut number = self.on_trunk(number, wish)?;
        if let Some(name) = &wish.site {
            number.site = Some(self.site(name)?);
        }
        if let Some(tags) = &wish.tags {
            number.tags.clone_from(tags);
        }
        let number = number.described(wish.origin(&number.origin))?;
        let after = match assignee {
            Some(assignee) => self.assign(now, &number, assignee, wish.category)?,
            None => number,
        };
        self.numbers.insert(wish.number, Held::Here(after.clone()));
        Ok(Change { before, after })
    }

    /// One of the organization's own carrier may become another kind. For those of the platform there are quotas, which are
    /// asked one by one.
    fn of_kind(&self, there: &Number, wanted: Option<NumberKind>) -> Result<Number, Refusal> {
        match wanted {
            None => Ok(there.clone()),
            Some(kind) if kind == there.kind => Ok(there.clone()),
            Some(_) if there.source == NumberSource::CallingPlan => Err(Refusal::OtherKind { number: there.number }),
            Some(kind) => {
                there.check_unkept(self.kept.get(&there.number).map(String::as_str))?;
                let owner = there.assignee.map(|owner| self.name_of(owner));
                Ok(there.change_kind(kind, owner.as_deref())?)
            }
        }
    }

    fn on_trunk(&self, number: Number, wish: &Wish) -> Result<Number, Refusal> {
        let Some(name) = &wish.trunk else { return Ok(number) };
        let trunk = match name.parse::<Uuid>() {
            Ok(id) => self.trunks.get_key_value(&TrunkId(id)).map(|(id, _)| *id),
            Err(_) => self.trunks.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(id, _)| *id),
        };
        let trunk = trunk.ok_or_else(|| Refusal::TrunkUnknown { name: name.clone() })?;
        match number.source {
            NumberSource::CallingPlan | NumberSource::Operator(_) if number.trunk != Some(trunk) => {
                Err(Refusal::TrunkFixed { number: number.number })
            }
            NumberSource::CallingPlan | NumberSource::DirectRouting | NumberSource::Operator(_) => {
                Ok(Number { trunk: Some(trunk), ..number })
            }
        }
    }

    fn site(&self, name: &str) -> Result<SiteId, Refusal> {
        let named =
            |(id, known): &(&SiteId, &String)| id.to_string() == name || known.to_lowercase() == name.to_lowercase();
        let found = self.sites.iter().find(named).map(|(id, _)| *id);
        found.ok_or_else(|| Refusal::SiteUnknown { name: name.to_owned() })
    }

    fn assignee(&self, name: &str) -> Result<Assignee, Refusal> {
        if let Ok(id) = name.parse::<Uuid>() {
            let person = self.people.contains_key(&UserId(id)).then_some(Assignee::User(UserId(id)));
            let id = ResourceAccountId(id);
            let account = self.accounts.contains_key(&id).then_some(Assignee::ResourceAccount(id));
            return person.or(account).ok_or_else(|| Refusal::AssigneeUnknown { name: name.to_owned() });
        }
        if let Some(id) = self.extensions.get(name) {
            return Ok(Assignee::User(*id));
        }
        let mut named = self.accounts.iter().filter(|(_, known)| known.to_lowercase() == name.to_lowercase());
        match (named.next(), named.next()) {
            (Some((id, _)), None) => Ok(Assignee::ResourceAccount(*id)),
            (Some(_), Some(_)) => Err(Refusal::AssigneeAmbiguous { name: name.to_owned() }),
            (None, _) => Err(Refusal::AssigneeUnknown { name: name.to_owned() }),
        }
    }

    fn assign(
        &mut self,
        now: Timestamp,
        number: &Number,
        assignee: Assignee,
        category: Option<Category>,
    ) -> Result<Number, Refusal> {
        if number.assignee.is_none() {
            number.check_unkept(self.kept.get(&number.number).map(String::as_str))?;
        }
        let after = self.given(now, number, assignee, category)?;
        if number.assignee.is_none()
            && let Some(country) = Country::of(number.number).map(Country::code)
        {
            number.check_located(self.profiles.of(&country).location_required, &country)?;
        }
        if let Assignee::User(id) = assignee
            && number.assignee != after.assignee
            && let Some(person) = self.people.get_mut(&id)
        {
            person.lines.add(after.category, 1);
        }
        Ok(after)
    }

    /// The number as it is once somebody has it.
    fn given(
        &self,
        now: Timestamp,
        number: &Number,
        assignee: Assignee,
        category: Option<Category>,
    ) -> Result<Number, Refusal> {
        let owner = number.assignee.map(|owner| self.name_of(owner));
        match assignee {
            Assignee::ResourceAccount(id) => Ok(number.assign_to_account(now, id, owner.as_deref())?),
            Assignee::User(id) => {
                let unknown = || Refusal::AssigneeUnknown { name: id.to_string() };
                let person = self.people.get(&id).ok_or_else(unknown)?;
                let candidate = Candidate {
                    id,
                    display_name: &person.display_name,
                    country: person.country.as_deref().unwrap_or(&self.country),
                    unlocked: &person.unlocked,
                    lines: person.lines,
                };
                Ok(number.assign_to_user(now, &candidate, category, owner.as_deref(), self.enforcement)?)
            }
        }
    }

    /// How many lines a person has who is known here.
    pub(super) fn lines_of(&mut self, user: UserId) -> Option<&mut Lines> {
        self.people.get_mut(&user).map(|person| &mut person.lines)
    }

    pub(super) fn name_of(&self, owner: Assignee) -> String {
        match owner {
            Assignee::ResourceAccount(id) => {
                self.accounts.get(&id).cloned().unwrap_or_else(|| format!("the service {id}"))
            }
            Assignee::User(id) => {
                self.people.get(&id).map_or_else(|| format!("the person {id}"), |person| person.display_name.clone())
            }
        }
    }
}

impl Wish {
    /// A wish that the number be there, and nothing else.
    pub fn of(number: E164) -> Self {
        Self {
            number,
            kind: None,
            trunk: None,
            assign_to: None,
            category: None,
            site: None,
            tags: None,
            country: None,
            city: None,
            region: None,
            sms: None,
        }
    }

    /// What is to be said of a number of which something is said already.
    fn origin(&self, there: &Origin) -> Origin {
        let said = |cell: &Option<String>| cell.clone().map(Some);
        let (country, city, region) = (said(&self.country), said(&self.city), said(&self.region));
        OriginChange { country, city, region, sms: self.sms }.of(there)
    }
}

impl Change {
    /// Whether there is anything to write.
    pub fn is_one(&self) -> bool {
        self.before.as_ref() != Some(&self.after)
    }
}

impl Refusal {
    /// The refusal as a line's fault, with the column that is to blame.
    pub fn fault(&self) -> LineFault {
        let column = match self {
            Self::KindUnknown { .. }
            | Self::OtherKind { .. }
            | Self::Rule(lifecycle::Refusal::KindFixed { .. } | lifecycle::Refusal::NumberInUse { .. }) => "kind",
            Self::TrunkUnknown { .. } | Self::TrunkFixed { .. } => "trunk",
            Self::CategoryUnknown { .. } => "category",
            Self::SiteUnknown { .. } => "site",
            Self::Origin(refusal) => refusal.field(),
            Self::AssigneeUnknown { .. } | Self::AssigneeAmbiguous { .. } | Self::Rule(_) => "assign_to",
            Self::Twice { .. }
            | Self::OwnedByAnotherTenant { .. }
            | Self::InStock { .. }
            | Self::ChangedSince { .. } => "number",
        };
        LineFault::by_rule(Some(column), self)
    }
}

fn read_row(row: &Row, first_lines: &mut BTreeMap<E164, u32>) -> Result<Wish, LineFault> {
    let written = row.cell("number").unwrap_or_default();
    let number = upload::read_own(written).map_err(|refusal| LineFault::by_rule(Some("number"), &refusal))?;
    let kind = row.cell("kind").map(read_kind).transpose().map_err(|refusal| refusal.fault())?;
    let first = *first_lines.entry(number).or_insert(row.line);
    if first != row.line {
        return Err(Refusal::Twice { number, first }.fault());
    }
    let text = |column| row.cell(column).map(str::to_owned);
    let category = row.cell("category").map(read_category).transpose().map_err(|refusal| refusal.fault())?;
    let words = row.cell("tags").map(|cell| cell.split(tags::SEPARATOR));
    let tags = words.map(tags::read).transpose().map_err(|problem| fault_of(&problem))?;
    let sms = row.cell("sms").map(sheet::yes_or_no).transpose().map_err(|refusal| refusal.fault("sms"))?;
    Ok(Wish {
        number,
        kind,
        trunk: text("trunk"),
        assign_to: text("assign_to"),
        category,
        site: text("site"),
        tags,
        country: text("country"),
        city: text("city"),
        region: text("region"),
        sms,
    })
}

fn read_kind(word: &str) -> Result<NumberKind, Refusal> {
    let known = NumberKind::ALL.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| Refusal::KindUnknown { word: word.chars().take(40).collect() })
}

fn read_category(word: &str) -> Result<Category, Refusal> {
    let known = Category::ALL.into_iter().find(|category| category.as_str().eq_ignore_ascii_case(word));
    known.ok_or_else(|| Refusal::CategoryUnknown { word: word.chars().take(40).collect() })
}

fn kind_for(assignee: Option<Assignee>) -> NumberKind {
    match assignee {
        Some(Assignee::ResourceAccount(_)) => NumberKind::ServiceToll,
        Some(Assignee::User(_)) | None => NumberKind::User,
    }
}

impl Broken for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Twice { .. } => "number.duplicate",
            Self::KindUnknown { .. } => "number.kind_unknown",
            Self::OwnedByAnotherTenant { .. } => "number.owned_by_another_tenant",
            Self::InStock { .. } => "number.in_stock",
            Self::OtherKind { .. } => "number.other_kind",
            Self::TrunkUnknown { .. } => "trunk.unknown",
            Self::TrunkFixed { .. } => "number.trunk_fixed",
            Self::CategoryUnknown { .. } => "number.category_unknown",
            Self::SiteUnknown { .. } => "site.unknown",
            Self::AssigneeUnknown { .. } => "number.assignee_unknown",
            Self::AssigneeAmbiguous { .. } => "number.assignee_ambiguous",
            Self::ChangedSince { .. } => "order.changed_since",
            Self::Origin(refusal) => refusal.code(),
            Self::Rule(refusal) => refusal.code(),
        }
    }

    fn fix(&self) -> String {
        match self {
            Self::Twice { .. } => "name it once".to_owned(),
            Self::KindUnknown { .. } => {
                let words: Vec<_> = NumberKind::ALL.into_iter().map(NumberKind::as_str).collect();
                format!("write one of {}, or leave it empty", words.join(", "))
            }
            Self::OwnedByAnotherTenant { .. } => "check the number; only its holder can give it back".to_owned(),
            Self::InStock { .. } => "order it from the stock first".to_owned(),
            Self::OtherKind { .. } => "leave the kind empty, and change it by itself".to_owned(),
            Self::TrunkUnknown { .. } => "write the name of one of your trunks".to_owned(),
            Self::TrunkFixed { .. } => "leave the trunk empty".to_owned(),
            Self::CategoryUnknown { .. } => {
                let words: Vec<_> = Category::ALL.into_iter().map(Category::as_str).collect();
                format!("write one of {}, or leave it empty", words.join(", "))
            }
            Self::SiteUnknown { .. } => "make the site first, or correct the cell".to_owned(),
            Self::AssigneeUnknown { .. } => {
                "write the extension of a person or the name of a resource account".to_owned()
            }
            Self::AssigneeAmbiguous { .. } => "write the id of the one that you mean".to_owned(),
            Self::ChangedSince { .. } => "change it by hand if it is still to be taken back".to_owned(),
            Self::Origin(refusal) => refusal.fix(),
            Self::Rule(refusal) => refusal.fix(),
        }
    }

    fn is_conflict(&self) -> bool {
        match self {
            Self::OwnedByAnotherTenant { .. }
            | Self::InStock { .. }
            | Self::OtherKind { .. }
            | Self::ChangedSince { .. } => true,
            Self::Origin(refusal) => refusal.is_conflict(),
            Self::Rule(refusal) => refusal.is_conflict(),
            Self::Twice { .. }
            | Self::KindUnknown { .. }
            | Self::TrunkUnknown { .. }
            | Self::TrunkFixed { .. }
            | Self::CategoryUnknown { .. }
            | Self::SiteUnknown { .. }
            | Self::AssigneeUnknown { .. }
            | Self::AssigneeAmbiguous { .. } => false,
        }
    }
}
