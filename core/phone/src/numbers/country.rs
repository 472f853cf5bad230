//! How numbers are written in a country. ITU-T E.164 and E.123.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};
use smallvec::SmallVec;

use super::e164::{E164, NotANumber};
use crate::limits::DIALLED_BYTES_MAX;

/// A country with a numbering plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(Region);

/// What a number is for, by its country's plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Fixed,
    /// Where the plan does not tell one from the other.
    FixedOrMobile,
    Mobile,
    TollFree,
    /// Premium rates, shared cost, paging: numbers of one carrier.
    Special,
    Unknown,
}

impl Service {
    /// What a number is for.
    pub fn of(number: E164) -> Self {
        let text = number.without_extension().to_string();
        let Ok(number) = PHONE_NUMBER_UTIL.parse(text, None) else { return Self::Unknown };
        match PHONE_NUMBER_UTIL.get_number_type(&number) {
            PhoneNumberType::FixedLine | PhoneNumberType::VoIP | PhoneNumberType::UAN => Self::Fixed,
            PhoneNumberType::FixedLineOrMobile => Self::FixedOrMobile,
            PhoneNumberType::Mobile => Self::Mobile,
            PhoneNumberType::TollFree => Self::TollFree,
            PhoneNumberType::PremiumRate
            | PhoneNumberType::SharedCost
            | PhoneNumberType::PersonalNumber
            | PhoneNumberType::Pager
            | PhoneNumberType::VoiceMail => Self::Special,
            PhoneNumberType::Unknown => Self::Unknown,
        }
    }

    /// In words, after "is".
    pub fn words(self) -> &'static str {
        match self {
            Self::Fixed => "a geographic number",
            Self::FixedOrMobile => "a geographic or mobile number",
            Self::Mobile => "a mobile number",
            Self::TollFree => "a toll-free number",
            Self::Special => "a number of special rates or services",
            Self::Unknown => "of no known kind",
        }
    }
}

/// Digits without separators, perhaps after a `+`.
type Digits = SmallVec<[u8; DIALLED_BYTES_MAX]>;

impl Country {
    /// Reads an ISO 3166 alpha-2 code.
    pub fn parse(code: &str) -> Option<Self> {
        Region::from_code(code).ok().map(Self)
    }

    /// The country of a number; none where the number is not in use or belongs to no country.
    pub fn of(number: E164) -> Option<Self> {
        let number = PHONE_NUMBER_UTIL.parse(number.without_extension().to_string(), None).ok()?;
        PHONE_NUMBER_UTIL.get_region_for_number(&number).map(Self)
    }

    /// Its ISO 3166 alpha-2 code.
    pub fn code(self) -> String {
        self.0.to_string()
    }

    /// The digits that its international numbers begin with.
    pub fn calling_code(self) -> Option<String> {
        PHONE_NUMBER_UTIL.get_country_code_for_region(self.0).map(|code| code.to_string())
    }

    /// Reads a number as a person in this country dials it: `+` and all digits, the international prefix (the
    /// country's own, or `00`) and all digits, or the national form.
    pub fn read(self, written: &str) -> Result<E164, NotANumber> {
        let digits = strip(written).ok_or(NotANumber::NotPossible)?;
        let text = str::from_utf8(&digits).map_err(|_| NotANumber::NotPossible)?;
        if text.starts_with('+') {
            return international(text);
        }
        match PHONE_NUMBER_UTIL.parse(text, Some(self.0)) {
            Ok(number) if is_possible(&number) => e164(&number),
            Ok(_) | Err(_) => {
                let rest = text.strip_prefix("00").ok_or(NotANumber::NotPossible)?;
                international(&format!("+{rest}"))
            }
        }
    }

    /// Reads a number as a carrier in this country presents it: in E.164, as [`Self::read`] does, or all digits without
    /// `+`. What is in E.164 is taken at the carrier's word: no plan has to be searched, which each call would pay for.
    pub fn read_presented(self, written: &str) -> Result<E164, NotANumber> {
        if written.starts_with('+')
            && let Ok(number) = E164::parse(written)
        {
            return Ok(number);
        }
        self.read(written).or_else(|_| read_bare(written))
    }
}

/// Reads all digits of an international number with or without `+`, and nothing else.
pub fn read_bare(written: &str) -> Result<E164, NotANumber> {
    let mut digits = strip(written).ok_or(NotANumber::NotPossible)?;
    if digits.first() != Some(&b'+') {
        digits.insert(0, b'+');
    }
    international(str::from_utf8(&digits).map_err(|_| NotANumber::NotPossible)?)
}

/// The digits of a number after the calling code of a country; all of them if it is none of the country's.
pub fn national(number: E164, country: &str) -> String {
    let digits = number.digits();
    let code = Country::parse(country).and_then(Country::calling_code).unwrap_or_default();
    digits.strip_prefix(&code).map_or(digits.clone(), str::to_owned)
}

/// Digits of what was written, perhaps after a `+`; parameters such as `;ext=` are cut off.
pub(crate) fn strip(written: &str) -> Option<Digits> {
    let number = written.split_once(';').map_or(written, |(number, _)| number);
    if number.len() > DIALLED_BYTES_MAX {
        return None;
    }
    let mut digits = Digits::new();
    for byte in number.bytes() {
        match byte {
            b'0'..=b'9' => digits.push(byte),
            b'+' if digits.is_empty() => digits.push(byte),
            b' ' | b'-' | b'.' | b'(' | b')' | b'/' => {}
            _ => return None,
        }
    }
    digits.iter().any(u8::is_ascii_digit).then_some(digits)
}

fn international(text: &str) -> Result<E164, NotANumber> {
    match PHONE_NUMBER_UTIL.parse(text, None) {
        Ok(number) if is_possible(&number) => e164(&number),
        Ok(_) | Err(_) => Err(NotANumber::NotPossible),
    }
}

/// A number without its area code is none: nobody but the exchange can tell where it leads.
fn is_possible(number: &PhoneNumber) -> bool {
    PHONE_NUMBER_UTIL.is_possible_number_with_reason(number) == Ok(NumberLengthType::IsPossible)
}

fn e164(number: &PhoneNumber) -> Result<E164, NotANumber> {
    E164::parse(&number.format_as(PhoneNumberFormat::E164))
}
