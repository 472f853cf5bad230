//! Policies about calls to and from the public network. Specification of calling, 2.10 and 4.5.

use crate::bounded::Text;
use crate::id::ResourceAccountId;
use crate::setting::{choices, settings};

choices! {
    /// Which number is shown to who is called.
    CallingId: LineUri "line_uri", Anonymous "anonymous", Resource "resource";
    /// Whom a conference may call.
    ConferenceDialOut: Any "any", Domestic "domestic", ZoneA "zone_a", None "none";
    /// Whom a person may call outside.
    UserDialOut: InternationalAndDomestic "international_and_domestic", Domestic "domestic", None "none";
}

settings! {
    /// Which number and name a person shows, and whether callers show theirs.
    CallerId {
        /// Which number is shown to who is called: the person's, none, or that of a resource account.
        calling_id_substitute: CallingId = CallingId::LineUri;
        /// Whose number is shown with `resource`.
        resource_account: Option<ResourceAccountId> = None;
        /// The name that is shown.
        company_name: Option<Text<200>> = None;
        /// Whether the person may choose to show no number.
        enable_user_override: bool = false;
        /// Whether callers from outside are shown without number.
        block_incoming_pstn_caller_id: bool = false;
    }
}

settings! {
    /// Where a person may call outside; emergency calls go in any case.
    DialOut {
        /// Whom the person's conferences may call.
        conference: ConferenceDialOut = ConferenceDialOut::Any;
        /// Whom the person may call; a country's own is that of the person.
        user: UserDialOut = UserDialOut::InternationalAndDomestic;
    }
}
