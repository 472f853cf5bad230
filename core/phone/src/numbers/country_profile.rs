//! What holds in a country: a file that comes with the program, and that who runs the server replaces. Specification of
//! numbers, 1.10.

pub mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use super::NumberKind;
use super::port::PortKind;
use super::port::document::DocumentKind;

/// What holds in a country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountryProfile {
    /// ISO 3166 alpha-2, upper case.
    pub country: String,
    /// As people call it.
    pub name: String,
    /// Numbers that reach emergency services, those that test that among them.
    pub emergency_numbers: Vec<String>,
    /// Kinds of numbers that the stock gives there.
    pub number_kinds: BTreeSet<NumberKind>,
    /// What an address needs to be found.
    pub address: AddressRules,
    /// Whether a number of a calling plan needs an address.
    pub location_required: LocationRequired,
    /// What carriers there let go, and what they ask for.
    pub port: PortRules,
    /// Where that is written, for people to look it up.
    pub sources: Vec<String>,
}

/// What an address of the country needs, beside a street and a city, so that somebody can vouch for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddressRules {
    /// Parts that must be there.
    pub needs: BTreeSet<AddressPart>,
    /// How `state_or_province` is written.
    pub state_or_province: Option<Form>,
    /// How `postal_code` is written.
    pub postal_code: Option<Form>,
}

/// How a part of an address is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// A regular expression of all of it.
    pub pattern: String,
    /// In words.
    pub words: String,
}

/// A part of an address that not every country needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressPart {
    HouseNumber,
    Position,
    PostalCode,
    StateOrProvince,
}

/// When a number of a calling plan needs an address. Specification of numbers, 1.6.2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LocationRequired {
    /// Before anybody is given it.
    AtAssignment,
    /// It is only advised.
    #[default]
    Never,
}

/// What carriers of a country let go, and what they ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortRules {
    /// Kinds of numbers that can leave a carrier.
    pub kinds: BTreeSet<PortKind>,
    /// Papers beside the letter that is signed here.
    pub documents: Vec<DocumentKind>,
    /// Days from the order to the earliest day that can be asked for.
    pub lead_days: u32,
}

/// The profiles that a server goes by: those that come with the program, and in their place those that were loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CountryProfiles {
    loaded: BTreeMap<String, Arc<CountryProfile>>,
}

impl CountryProfiles {
    /// Those that were loaded, before those of the program.
    pub fn with(loaded: impl IntoIterator<Item = CountryProfile>) -> Self {
        let loaded = loaded.into_iter().map(|profile| (profile.country.clone(), Arc::new(profile)));
        Self { loaded: loaded.collect() }
    }

    /// What holds in a country; where nobody said, what [`CountryProfile::unlisted`] says.
    pub fn of(&self, country: &str) -> Arc<CountryProfile> {
        match self.loaded.get(country) {
            Some(profile) => profile.clone(),
            None => CountryProfile::built_in(country),
        }
    }

    /// All of them by country.
    pub fn all(&self) -> Vec<Arc<CountryProfile>> {
        let mut countries: BTreeSet<&str> = self.loaded.keys().map(String::as_str).collect();
        for country in built_in_countries() {
            countries.insert(country);
        }
        countries.into_iter().map(|country| self.of(country)).collect()
    }
}

impl CountryProfile {
    /// What the program says of a country.
    pub fn built_in(country: &str) -> Arc<Self> {
        BUILT_IN.get(country).cloned().unwrap_or_else(|| Arc::new(Self::unlisted(country)))
    }

    /// What holds in a country of which nobody said anything: emergency numbers are the two that mobile networks know
    /// everywhere, and carriers are assumed to want everything on paper.
    pub fn unlisted(country: &str) -> Self {
        Self {
            country: country.to_owned(),
            name: country.to_owned(),
            emergency_numbers: ["112", "911"].map(str::to_owned).to_vec(),
            number_kinds: NumberKind::ALL.into(),
            address: AddressRules { needs: [AddressPart::Position].into(), ..AddressRules::default() },
            location_required: LocationRequired::default(),
            port: PortRules::default(),
            sources: Vec::new(),
        }
    }

    /// Whether calls to this number reach emergency services or test that.
    pub fn is_emergency(&self, dialled: &str) -> bool {
        self.emergency_numbers.iter().any(|number| number == dialled)
    }
}

impl Default for PortRules {
    fn default() -> Self {
        Self {
            kinds: PortKind::ALL.into(),
            documents: vec![DocumentKind::Bill, DocumentKind::LetterOfAuthorization],
            lead_days: 0,
        }
    }
}

impl AddressPart {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::HouseNumber, Self::Position, Self::PostalCode, Self::StateOrProvince];

    /// Its word in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HouseNumber => "house_number",
            Self::Position => "position",
            Self::PostalCode => "postal_code",
            Self::StateOrProvince => "state_or_province",
        }
    }
}

impl LocationRequired {
    /// Every rule.
    pub const ALL: [Self; 2] = [Self::AtAssignment, Self::Never];

    /// Its word in files and answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AtAssignment => "at_assignment",
            Self::Never => "never",
        }
    }
}

impl Form {
    /// Whether something is written so. What is no pattern fits nothing; a file with one is not taken.
    pub fn fits(&self, written: &str) -> bool {
        read::pattern(&self.pattern).is_ok_and(|pattern| pattern.is_match(written))
    }
}

/// Countries of which the program says anything.
pub fn built_in_countries() -> impl Iterator<Item = &'static str> {
    BUILT_IN.keys().map(String::as_str)
}

/// The file of a country that comes with the program.
pub fn built_in_file(country: &str) -> Option<&'static str> {
    FILES.iter().find(|(code, _)| *code == country).map(|(_, file)| *file)
}

/// A test reads each of them, so that none is left out for a fault.
static BUILT_IN: LazyLock<BTreeMap<String, Arc<CountryProfile>>> = LazyLock::new(|| {
    let read = FILES.iter().filter_map(|(code, file)| Some(((*code).to_owned(), CountryProfile::read(file).ok()?)));
    read.map(|(code, profile)| (code, Arc::new(profile))).collect()
});

/// Each file of the folder `countries` with its country.
macro_rules! files {
    ($($code:literal $file:literal),+ $(,)?) => {
        &[$(($code, include_str!(concat!("../../countries/", $file, ".toml")))),+]
    };
}

/// Country and content.
const FILES: &[(&str, &str)] = files![
    "AE" "ae", "AR" "ar", "AT" "at", "AU" "au", "BE" "be", "BG" "bg", "BR" "br", "CA" "ca", "CH" "ch",
    "CL" "cl", "CN" "cn", "CO" "co", "CY" "cy", "CZ" "cz", "DE" "de", "DK" "dk", "EE" "ee", "ES" "es",
    "FI" "fi", "FR" "fr", "GB" "gb", "GR" "gr", "HK" "hk", "HR" "hr", "HU" "hu", "ID" "id", "IE" "ie",
    "IL" "il", "IN" "in", "IS" "is", "IT" "it", "JP" "jp", "KR" "kr", "LI" "li", "LT" "lt", "LU" "lu",
    "LV" "lv", "MA" "ma", "MT" "mt", "MX" "mx", "MY" "my", "NL" "nl", "NO" "no", "NZ" "nz", "PE" "pe",
    "PL" "pl", "PR" "pr", "PT" "pt", "RO" "ro", "RS" "rs", "RU" "ru", "SA" "sa", "SE" "se", "SG" "sg",
    "SI" "si", "SK" "sk", "TH" "th", "TR" "tr", "TW" "tw", "UA" "ua", "US" "us", "UY" "uy", "VN" "vn",
    "ZA" "za",
];
