//! What callers hear about money: why nobody pays for a call, and that it ends. In the languages that organizations speak.

use serde::{Deserialize, Serialize};

/// One sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayingPrompt {
    /// A minute before the end.
    EndsInAMinute,
    /// A quarter of one.
    EndsSoon,
    /// Nothing is left, or nothing may be used.
    NoCredit,
    /// A budget, or what one person may spend.
    LimitReached,
    /// The price, a rule or the deck forbids it.
    Barred,
    /// Nobody knows what it costs, or what is left.
    NotKnown,
    /// For a stranger, whom it does not concern why.
    NotReachable,
}

/// Families of languages that have these sentences, besides English.
pub const FAMILIES: [&str; 3] = ["de", "es", "fr"];

impl PayingPrompt {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::EndsInAMinute,
        Self::EndsSoon,
        Self::NoCredit,
        Self::LimitReached,
        Self::Barred,
        Self::NotKnown,
        Self::NotReachable,
    ];

    /// What it says in a family of languages, such as `de`; in English where that has no words of its own.
    pub fn words(self, family: &str) -> &'static str {
        match family {
            "de" => self.german(),
            "es" => self.spanish(),
            "fr" => self.french(),
            _ => self.english(),
        }
    }

    fn english(self) -> &'static str {
        match self {
            Self::EndsInAMinute => "This call ends in one minute, because the credit is nearly used up.",
            Self::EndsSoon => "This call ends in a few seconds, because the credit is used up.",
            Self::NoCredit => "This call is not possible, because there is no credit left.",
            Self::LimitReached => "This call is not possible, because the limit of what may be spent is reached.",
            Self::Barred => "Calls to this destination are not allowed.",
            Self::NotKnown => "This call is not possible right now, because nobody can tell what it costs.",
            Self::NotReachable => {
                "The number that you called does not take calls at the moment. Please try again later."
            }
        }
    }

    fn german(self) -> &'static str {
        match self {
            Self::EndsInAMinute => "Dieses Gespräch endet in einer Minute, weil das Guthaben fast aufgebraucht ist.",
            Self::EndsSoon => "Dieses Gespräch endet gleich, weil das Guthaben aufgebraucht ist.",
            Self::NoCredit => "Dieser Anruf ist nicht möglich, weil kein Guthaben mehr da ist.",
            Self::LimitReached => "Dieser Anruf ist nicht möglich, weil nicht mehr ausgegeben werden darf.",
            Self::Barred => "Anrufe zu diesem Ziel sind nicht erlaubt.",
            Self::NotKnown => "Dieser Anruf ist im Augenblick nicht möglich, weil niemand weiß, was er kostet.",
            Self::NotReachable => {
                "Unter dieser Nummer werden im Augenblick keine Anrufe angenommen. Bitte versuchen Sie es später noch einmal."
            }
        }
    }

    fn spanish(self) -> &'static str {
        match self {
            Self::EndsInAMinute => "Esta llamada terminará en un minuto, porque el crédito está casi agotado.",
            Self::EndsSoon => "Esta llamada terminará en unos segundos, porque el crédito se ha agotado.",
            Self::NoCredit => "Esta llamada no es posible, porque no queda crédito.",
            Self::LimitReached => "Esta llamada no es posible, porque se ha alcanzado el límite de gasto.",
            Self::Barred => "No se permiten llamadas a este destino.",
            Self::NotKnown => "Esta llamada no es posible en este momento, porque no se sabe cuánto cuesta.",
            Self::NotReachable => "El número marcado no acepta llamadas en este momento. Inténtelo de nuevo más tarde.",
        }
    }

    fn french(self) -> &'static str {
        match self {
            Self::EndsInAMinute => "Cet appel se terminera dans une minute, car le crédit est presque épuisé.",
            Self::EndsSoon => "Cet appel se terminera dans quelques secondes, car le crédit est épuisé.",
            Self::NoCredit => "Cet appel n'est pas possible, car il ne reste plus de crédit.",
            Self::LimitReached => "Cet appel n'est pas possible, car la limite de dépenses est atteinte.",
            Self::Barred => "Les appels vers cette destination ne sont pas autorisés.",
            Self::NotKnown => "Cet appel n'est pas possible pour le moment, car personne ne sait ce qu'il coûte.",
            Self::NotReachable => {
                "Le numéro composé ne prend pas d'appels pour le moment. Veuillez réessayer plus tard."
            }
        }
    }
}
