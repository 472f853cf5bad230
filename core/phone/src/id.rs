//! Names of things. Each kind has its own type, so that one can't be taken for another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

ids! {
    /// An account that somebody signs in with.
    AccountId,
    /// What attendants or queues are made from.
    AppTemplateId,
    /// A key of the API.
    ApiKeyId,
    /// An auto attendant.
    AttendantId,
    /// A call, from its first leg to its record.
    CallId,
    /// An entry of the list of callers who are not let in.
    CallBlockId,
    /// What an operator's numbers have in common: the trunks that carry them.
    CallingProfileId,
    /// A civic address.
    CivicAddressId,
    /// A dial plan: how what is dialled becomes a number.
    DialPlanId,
    /// Something that is known of an agent, for reports.
    FactId,
    /// A test of a call flow.
    FlowTestId,
    /// A group of users.
    GroupId,
    /// Credit that was bought or given at once.
    LotId,
    /// A message in a mailbox.
    MessageId,
    /// Numbers that an organization asks an operator for.
    NumberRequestId,
    /// A carrier that joined through the operator interface.
    OperatorId,
    /// Work that is carried out line by line.
    OrderId,
    /// A policy with a name.
    PolicyId,
    /// A setting that no policy may exceed.
    PolicyLockId,
    /// Policies that go together.
    PolicyPackageId,
    /// A paper that is attached to an order to another carrier.
    PortDocumentId,
    /// Numbers that come from another carrier together.
    PortOrderId,
    /// Numbers that another carrier asks for together.
    PortOutId,
    /// What is played: rendered from a text or an audio file when it is saved.
    PromptKey,
    /// A PSTN usage: a word that joins policies to routes.
    PstnUsageId,
    /// A call queue.
    QueueId,
    /// A version of a rate deck.
    RateDeckId,
    /// A recording of a call.
    RecordingId,
    /// Numbers of the stock that are kept for one tenant for some minutes.
    ReservationId,
    /// Who runs some of the organizations.
    ResellerId,
    /// A resource account: what a service number is assigned to.
    ResourceAccountId,
    /// A role that an organization made for itself.
    RoleId,
    /// A weekly or fixed schedule.
    ScheduleId,
    /// A browser or program in which somebody is signed in.
    SessionId,
    /// A shared mailbox.
    SharedMailboxId,
    /// A place where an organization works.
    SiteId,
    /// Numbers of the stock that came from a carrier together.
    StockBlockId,
    /// An organization.
    TenantId,
    /// A translation rule: how a trunk writes numbers.
    TranslationRuleId,
    /// A trunk: a way to and from the public network.
    TrunkId,
    /// What becomes of calls to numbers that are assigned to nobody.
    UnassignedNumbersId,
    /// A person with a phone.
    UserId,
    /// An address that is told of what happens.
    WebhookId,
    /// A voice route: from a pattern of numbers to trunks.
    VoiceRouteId,
}
