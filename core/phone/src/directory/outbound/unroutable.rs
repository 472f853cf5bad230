//! Why a call does not leave, and what to do about it. Specification of calling, 1.4 and 3.5; of numbers, 2.4.

use super::super::Refusal;
use crate::numbers::E164;
use crate::policies::dial_out::Denial;
use crate::rule::Broken;

/// Why what was dialled leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unroutable {
    #[error("the calling policy of {name} forbids calls")]
    CallingOff { name: String },
    #[error("the dial-out policy of {name} does not let {number} be called: {denial}")]
    DialOutDenied { name: String, number: String, denial: Denial },
    #[error("the dial-out policy of {name} forbids calls outside")]
    DialOutOff { name: String },
    /// Or is not known to be within it.
    #[error("{number} is not in {country}, and the dial-out policy allows calls within it only")]
    DomesticOnly { number: String, country: String },
    /// It would have stayed inside.
    #[error("{0}")]
    Inside(Refusal),
    #[error("no trunk may take a call to {number} from where the caller is")]
    LocationForbids { number: String },
    #[error("{name} lost the license for {line}, which is kept for a while")]
    LineKept { line: E164, name: String },
    #[error("{line} is no line of {name}")]
    LineNotTheirs { line: E164, name: String },
    #[error("{line} is a private line: it is called and does not call")]
    LinePrivate { line: E164 },
    #[error("no route of the usages {} matches {number}", usages.join(", "))]
    NoRoute { number: E164, usages: Vec<String> },
    #[error("no trunk takes a call to {number}")]
    NoTrunk { number: String },
    #[error("{digits} is neither an extension nor a telephone number")]
    NotANumber { digits: String },
    #[error("{dialled} is nothing that can be dialled")]
    NotDialable { dialled: String },
    #[error("{name} has no license to call outside")]
    NotLicensed { name: String, extension: String },
}

impl Unroutable {
    /// The refusal that the caller gets, with the same code.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::CallingOff { .. } => Refusal::CallingOff,
            Self::DialOutDenied { .. } => Refusal::DialOutDenied,
            Self::DialOutOff { .. } => Refusal::DialOutOff,
            Self::DomesticOnly { .. } => Refusal::DomesticOnly,
            Self::Inside(refusal) => *refusal,
            Self::LocationForbids { .. } => Refusal::LocationForbids,
            Self::LineKept { .. } => Refusal::LineKept,
            Self::LineNotTheirs { .. } => Refusal::LineNotTheirs,
            Self::LinePrivate { .. } => Refusal::LinePrivate,
            Self::NoRoute { .. } => Refusal::NoRoute,
            Self::NoTrunk { .. } => Refusal::NoTrunk,
            Self::NotANumber { .. } => Refusal::NotANumber,
            Self::NotDialable { .. } => Refusal::NotDialable,
            Self::NotLicensed { .. } => Refusal::NotLicensed,
        }
    }
}

impl Broken for Unroutable {
    fn code(&self) -> &'static str {
        self.refusal().code()
    }

    fn fix(&self) -> String {
        match self {
            Self::CallingOff { .. } => "set allow_private_calling in the calling policy that holds".to_owned(),
            Self::DialOutDenied { .. } => {
                "add the number to `allowed_patterns` of the dial_out policy that holds, or assign another one".to_owned()
            }
            Self::DialOutOff { .. } | Self::DomesticOnly { .. } => {
                "assign a dial_out policy whose setting `user` allows it".to_owned()
            }
            Self::Inside(_) => "`trunkline user readiness` tells what is missing".to_owned(),
            Self::LocationForbids { .. } => {
                "let the person belong to the site of a trunk with location_based_routing, or assign a calling policy without \
                 prevent_toll_bypass"
                    .to_owned()
            }
            Self::LineKept { .. } => "give the license back, or assign a number that the licenses allow".to_owned(),
            Self::LineNotTheirs { .. } | Self::LinePrivate { .. } => {
                "name the primary or an alternate number of the person, or none".to_owned()
            }
            Self::NoRoute { number, usages } => {
                let usage = usages.first().map_or("USAGE", String::as_str);
                let first: String = number.to_string().chars().take(4).collect();
                format!(
                    "make a route: trunkline route create NAME --usage {usage} --pattern '^\\{first}' --trunk TRUNK"
                )
            }
            Self::NoTrunk { .. } => {
                "enable a trunk of the routes that match, end its maintenance, or add another one".to_owned()
            }
            Self::NotANumber { .. } => {
                "add a rule to the dial plan that makes a number of it, or dial the number with + and its country"
                    .to_owned()
            }
            Self::NotDialable { .. } => "dial digits, +, * and # only".to_owned(),
            Self::NotLicensed { extension, .. } => format!("trunkline license assign --plan MCOEV {extension}"),
        }
    }

    fn is_conflict(&self) -> bool {
        true
    }
}
