//! Reads the file of a country: each fault with its line, its field, and what to do.

use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use super::{AddressPart, AddressRules, CountryProfile, Form, LocationRequired, PortRules};
use crate::limits::{
    COUNTRY_FILE_BYTES_MAX, COUNTRY_LEAD_DAYS_MAX, EMERGENCY_NUMBERS_MAX, NAME_CHARS_MAX, TEXT_CHARS_MAX,
};
use crate::numbers::port::PortKind;
use crate::numbers::port::document::DocumentKind;
use crate::numbers::{Country, NumberKind};

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileFault {
    /// Where it stands, from 1; none if it stands nowhere.
    pub line: Option<usize>,
    /// Which setting it is; none if the file can't be read there.
    pub field: Option<&'static str>,
    pub code: &'static str,
    pub message: String,
    pub fix: String,
}

/// The file as it is written; what is not said is as in a country of which nobody said anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    country: String,
    name: String,
    emergency_numbers: Vec<String>,
    number_kinds: Option<Vec<String>>,
    address_needs: Option<Vec<String>>,
    state_or_province_pattern: Option<String>,
    state_or_province_form: Option<String>,
    postal_code_pattern: Option<String>,
    postal_code_form: Option<String>,
    location_required: Option<String>,
    port_kinds: Option<Vec<String>>,
    port_documents: Option<Vec<String>>,
    port_lead_days: Option<u32>,
    #[serde(default)]
    sources: Vec<String>,
}

impl CountryProfile {
    /// Reads a file; all that is wrong with it, by line.
    pub fn read(file: &str) -> Result<Self, Vec<ProfileFault>> {
        if COUNTRY_FILE_BYTES_MAX < file.len() {
            let message = format!("the file has more than {COUNTRY_FILE_BYTES_MAX} bytes");
            return Err(vec![ProfileFault {
                line: None,
                field: None,
                code: "country_profile.too_large",
                message,
                fix: "leave comments out".to_owned(),
            }]);
        }
        let written: Written = toml::from_str(file).map_err(|error| vec![unreadable(file, &error)])?;
        let mut reading = Reading { file, faults: Vec::new() };
        let profile = reading.profile(written);
        match reading.faults.is_empty() {
            true => Ok(profile),
            false => {
                reading.faults.sort_by_key(|fault| fault.line);
                Err(reading.faults)
            }
        }
    }
}

impl ProfileFault {
    /// In one line, as compilers write it.
    pub fn words(&self, file: &str) -> String {
        let line = self.line.map(|line| format!(":{line}")).unwrap_or_default();
        let field = self.field.map(|field| format!("{field}: ")).unwrap_or_default();
        format!("{file}{line}: {field}{} ({}); {}", self.message, self.code, self.fix)
    }
}

/// A pattern that fits all of a text or nothing.
pub(super) fn pattern(written: &str) -> Result<Regex, regex::Error> {
    // As large as any postal code needs, and not so large that a file fills the memory.
    RegexBuilder::new(&format!("^(?:{written})$")).size_limit(64 * 1024).build()
}

struct Reading<'a> {
    file: &'a str,
    faults: Vec<ProfileFault>,
}

impl Reading<'_> {
    fn profile(&mut self, written: Written) -> CountryProfile {
        let country = written.country;
        let known = Country::parse(&country).and_then(Country::calling_code).is_some();
        if !known || country.bytes().any(|letter| !letter.is_ascii_uppercase()) {
            self.fault(
                "country",
                "country.unknown",
                format!("{country} is no country"),
                "write a code of ISO 3166, such as DE",
            );
        }
        if !(1..=NAME_CHARS_MAX).contains(&written.name.trim().chars().count()) {
            let message = format!("a name has 1 to {NAME_CHARS_MAX} characters");
            self.fault("name", "name.empty", message, "write what people call the country");
        }
        self.check_emergency(&written.emergency_numbers);
        if let Some(long) = written.sources.iter().find(|source| TEXT_CHARS_MAX < source.chars().count()) {
            let message = format!("{}… is too long", long.chars().take(20).collect::<String>());
            self.fault("sources", "text.too_long", message, "write where it can be looked up, not what is there");
        }
        let otherwise = CountryProfile::unlisted(&country);
        let number_kinds = written
            .number_kinds
            .map(|words| self.words("number_kinds", &words, NumberKind::ALL, NumberKind::as_str).into_iter().collect());
        let needs = written.address_needs.map(|words| {
            self.words("address_needs", &words, AddressPart::ALL, AddressPart::as_str).into_iter().collect()
        });
        let state = (written.state_or_province_pattern, written.state_or_province_form);
        let postal = (written.postal_code_pattern, written.postal_code_form);
        let address = AddressRules {
            needs: needs.unwrap_or(otherwise.address.needs),
            state_or_province: self.form(["state_or_province_pattern", "state_or_province_form"], state),
            postal_code: self.form(["postal_code_pattern", "postal_code_form"], postal),
        };
        let location_required = written.location_required.and_then(|word| {
            let rules = self.words("location_required", &[word], LocationRequired::ALL, LocationRequired::as_str);
            rules.first().copied()
        });
        let port = self.port(written.port_kinds, written.port_documents, written.port_lead_days);
        CountryProfile {
            country,
            name: written.name.trim().to_owned(),
            emergency_numbers: written.emergency_numbers,
            number_kinds: number_kinds.unwrap_or(otherwise.number_kinds),
            address,
            location_required: location_required.unwrap_or_default(),
            port,
            sources: written.sources,
        }
    }

    /// Whoever calls for help must get through: a country without a number for it is a mistake.
    fn check_emergency(&mut self, numbers: &[String]) {
        let field = "emergency_numbers";
        if !(1..=EMERGENCY_NUMBERS_MAX).contains(&numbers.len()) {
            let message = format!("a country has 1 to {EMERGENCY_NUMBERS_MAX} emergency numbers");
            self.fault(
                field,
                "emergency.count",
                message,
                "write each number that reaches emergency services, and what tests that",
            );
        }
        let is_short =
            |number: &String| (2..=15).contains(&number.len()) && number.bytes().all(|it| it.is_ascii_digit());
        if let Some(wrong) = numbers.iter().find(|number| !is_short(number)) {
            let message = format!("{wrong} is no emergency number");
            self.fault(field, "emergency.malformed", message, "write 2 to 15 digits between quotes");
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = numbers.iter().find(|number| !seen.insert(number.as_str())) {
            self.fault(field, "emergency.twice", format!("{twice} is there twice"), "leave one of them out");
        }
    }

    fn port(
        &mut self,
        kinds: Option<Vec<String>>,
        documents: Option<Vec<String>>,
        lead_days: Option<u32>,
    ) -> PortRules {
        let otherwise = PortRules::default();
        let kinds =
            kinds.map(|words| self.words("port_kinds", &words, PortKind::ALL, PortKind::as_str).into_iter().collect());
        let documents =
            documents.map(|words| self.words("port_documents", &words, DocumentKind::ALL, DocumentKind::as_str));
        let lead_days = lead_days.unwrap_or(otherwise.lead_days);
        if COUNTRY_LEAD_DAYS_MAX < lead_days {
            let message = format!("{lead_days} days are more than {COUNTRY_LEAD_DAYS_MAX}");
            self.fault(
                "port_lead_days",
                "country_profile.days_out_of_range",
                message,
                "write how many days carriers take",
            );
        }
        PortRules {
            kinds: kinds.unwrap_or(otherwise.kinds),
            documents: documents.unwrap_or(otherwise.documents),
            lead_days,
        }
    }

    /// The values that these words name, each once.
    fn words<T: Copy + PartialEq, const N: usize>(
        &mut self,
        field: &'static str,
        words: &[String],
        all: [T; N],
        word_of: impl Fn(T) -> &'static str,
    ) -> Vec<T> {
        let mut found = Vec::new();
        for word in words {
            match all.iter().find(|one| word_of(**one) == word) {
                Some(one) if found.contains(one) => {
                    self.fault(
                        field,
                        "country_profile.word_twice",
                        format!("{word} is there twice"),
                        "leave one of them out",
                    );
                }
                Some(one) => found.push(*one),
                None => {
                    let known: Vec<&str> = all.iter().map(|one| word_of(*one)).collect();
                    let fix = format!("write {}", known.join(", "));
                    let word: String = word.chars().take(40).collect();
                    self.fault(field, "country_profile.word_unknown", format!("{word} is not known here"), &fix);
                }
            }
        }
        found
    }

    /// A pattern with its words: whoever breaks it must be told what is wanted.
    fn form(
        &mut self,
        [field, of_words]: [&'static str; 2],
        written: (Option<String>, Option<String>),
    ) -> Option<Form> {
        let (expression, words) = match written {
            (None, None) => return None,
            (Some(expression), Some(words)) => (expression, words),
            (Some(_), None) => {
                let fix = format!("add {of_words} with what people are told, such as \"five digits\"");
                self.fault(field, "country_profile.form_missing", format!("{of_words} is missing"), &fix);
                return None;
            }
            (None, Some(_)) => {
                let fix = format!("add {field}, or leave {of_words} out");
                self.fault(of_words, "country_profile.pattern_missing", format!("{field} is missing"), &fix);
                return None;
            }
        };
        if let Err(error) = pattern(&expression) {
            let why = error.to_string();
            let why = why.lines().last().unwrap_or("it is no pattern").trim_start_matches("error: ").to_owned();
            let fix = "write a regular expression between single quotes, without look-around";
            self.fault(field, "country_profile.pattern_malformed", why, fix);
        }
        Some(Form { pattern: expression, words })
    }

    fn fault(&mut self, field: &'static str, code: &'static str, message: String, fix: &str) {
        let line = line_of(self.file, field);
        self.faults.push(ProfileFault { line, field: Some(field), code, message, fix: fix.to_owned() });
    }
}

/// What is no TOML, or has a setting that is not known, is missing, or of another type.
fn unreadable(file: &str, error: &toml::de::Error) -> ProfileFault {
    let before = error.span().and_then(|span| file.get(..span.start));
    // A setting that is missing stands nowhere: then the span is all of the file.
    let is_missing = error.message().starts_with("missing field");
    let line = before.filter(|_| !is_missing).map(|before| 1 + before.bytes().filter(|byte| *byte == b'\n').count());
    let fix = match is_missing {
        true => "add it: country, name and emergency_numbers must be there",
        false => "correct the line; the settings are described in the guide to countries",
    };
    ProfileFault {
        line,
        field: None,
        code: "country_profile.unreadable",
        message: error.message().lines().next().unwrap_or("the file can't be read").to_owned(),
        fix: fix.to_owned(),
    }
}

/// Where a setting stands.
fn line_of(file: &str, field: &str) -> Option<usize> {
    let is_here = |line: &str| {
        let rest = line.trim_start().strip_prefix(field);
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    file.lines().position(is_here).map(|index| index + 1)
}
