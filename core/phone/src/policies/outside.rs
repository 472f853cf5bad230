//! Policies about calls to and from the public network. Specification of calling, 2.10 and 4.5.

use crate::bounded::Text;
use crate::id::ResourceAccountId;
use crate::setting::{choices, settings};

choices! {
    /// Which number is shown to who is called.
    CallingId: LineUri "line_uri", Anonymous "anonymous", Resource "resource";
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
