//! What is wrong with a setting: a stable code, where, and in words. Specification of voice apps, 1.2–1.19, and of
//! numbers, 1.9.

use std::fmt;

/// One fault that was found in settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    /// The field, as a path from the object: `default_flow.menu.options[2].action`.
    pub field: String,
    /// What exactly is wrong, where the code alone does not tell.
    pub because: Option<String>,
}

/// Whether a problem forbids saving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

macro_rules! codes {
    ($($name:ident $severity:ident $code:literal $words:literal;)+) => {
        /// Which rule is broken.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $words] $name,)+ }

        impl Code {
            /// The stable name in the API.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Whether it forbids saving.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }
        }

        impl fmt::Display for Code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$name => $words,)+ })
            }
        }
    };
}

codes! {
    AgeStepOutOfRange Error "cq.age_step_out_of_range" "priorities rise after 1 to 86,400 seconds";
    AgentDuplicate Error "agent.duplicate" "an agent is in the list only once";
    AgentNotVoiceEnabled Error "agent.not_voice_enabled" "an agent needs an enabled account and a license for voice";
    AlertThreshold Error "cq.alert_threshold_out_of_range" "alerts are for 1 to 10,000 callers, waits of 1 to 86,400 seconds, 1 to 100 percent, no agent for 0 to 86,400 seconds, and end after 0 to 3,600";
    AlertWithoutTarget Warning "cq.alert_without_target" "without a target for answers no service level is reckoned";
    AliasLength Error "user.alias_length" "a nickname or a number has 1 to 64 characters";
    AlertOutOfRange Error "cq.alert_out_of_range" "agents are alerted for 5 to 300 seconds";
    AnnouncementPeriod Error "cq.announcement_period" "callers are told something every 10 to 3,600 seconds";
    AssociationDisabled Error "assoc.disable_only_afterhours" "only after-hours can be switched off, not a holiday";
    AssociationDuplicate Error "assoc.duplicate" "a schedule is used only once in an attendant or a queue";
    AutomaticNotAlone Error "menu.automatic_not_alone" "an automatic option must be the only one of its menu";
    BlockDaysOutOfRange Error "number.days_out_of_range" "a block lasts 1 to 365 days, or forever";
    CallbackAttempts Error "callback.attempts_out_of_range" "a caller is called back 1 to 10 times, at most a day apart";
    CallbackExpiry Error "callback.expiry_out_of_range" "a caller is called back within 60 to 86,400 seconds";
    CallbackNoCondition Error "callback.no_condition" "a condition is needed: the time waited, the callers waiting, or those for each agent";
    CallbackUnreachable Warning "callback.offer_unreachable" "callers time out before they are offered to be called back";
    CapacityOutOfRange Error "cq.capacity_out_of_range" "an agent has 1 to 10 calls at once";
    CodecMissing Error "trunk.codec_missing" "a trunk needs at least one codec";
    CodecUnknown Error "trunk.codec_unknown" "a codec is one of PCMU, PCMA, G722 and opus";
    ContactsOutOfRange Error "consent.contacts_out_of_range" "a consent names 1 to 8 contacts";
    CountriesOutOfRange Error "countries.out_of_range" "at least one country is needed, and each at most once";
    CountryUnknown Error "country.unknown" "the country is not a known one of two capital letters";
    CycleWithoutInteraction Error "graph.cycle_without_interaction" "the call would go round in a circle without a choice of the caller";
    Depth Error "graph.depth" "more than 10 attendants and queues follow each other";
    DirectDigits Error "aa.direct_digits_out_of_range" "the last 2 to 10 digits of direct numbers reach people";
    DuplicateKey Error "menu.duplicate_key" "a key has one option in a menu";
    EmailMalformed Error "email.malformed" "an e-mail address has a name, an @ and a domain";
    EmergencyMalformed Error "emergency.malformed" "an emergency number has 2 to 15 digits";
    ExtensionCollision Warning "dir.extension_collision" "several people have the same extension: callers choose among them";
    ExtensionEmergency Error "extension.emergency" "these digits reach emergency services";
    ExtensionMalformed Error "extension.malformed" "an extension has 1 to 10 digits";
    ExtensionTaken Error "extension.taken" "somebody or something else has this extension";
    GroupDuplicate Error "cq.group_duplicate" "a group is in the list only once";
    GroupUnknown Error "cq.group_unknown" "this group does not exist";
    HolidayDuplicateDate Error "holiday.duplicate_date" "two holidays of the attendant or the queue are on the same date";
    HostMalformed Error "trunk.host_malformed" "a host is a name such as sip.carrier.example or an address, without a port";
    KeyUnknown Error "menu.key_unknown" "a key is one of 0 to 9, * and #";
    LanguageMismatch Warning "prompt.language_mismatch" "this text seems to be in another language than the one that it is read in";
    LanguageMalformed Error "language.malformed" "a language is a tag such as en-US";
    MailWords Error "number_mails.words_malformed" "a mail has a subject of 1 to 200 characters and a text of 1 to 10,000, and between braces only name, number, extension, organization, sip_domain and address";
    MailboxDuplicate Error "mailbox.duplicate" "a member or an address is in the list only once";
    MailboxListTooLong Error "mailbox.list_too_long" "a mailbox has at most 500 members and tells at most 20 addresses";
    MailboxOutOfRange Error "mailbox.out_of_range" "a mailbox takes messages of 15 to 900 seconds, keeps none shorter than 0 to 60, stops after 0 (never) to 60 of silence, and keeps them 1 to 3,650 days";
    MenuEmpty Warning "menu.empty" "the menu offers no choice: callers go to the operator";
    MissingTarget Error "graph.missing_target" "the target does not exist or is disabled";
    NameEmpty Error "name.empty" "a name is needed";
    NameMalformed Error "name.malformed" "a name has no control characters, and that of a dial plan does not begin with a dot";
    NameTaken Error "name_taken" "another one has this name";
    NameTooLong Error "name.too_long" "a name has at most 256 characters";
    NoAgents Warning "cq.no_agents" "the queue has no agents";
    NoAnswerOutOfRange Error "trunk.no_answer_out_of_range" "the next way is tried after 1 to 60 seconds without an answer";
    NoOutboundRight Error "external.no_outbound_right" "no trunk can place calls to numbers outside";
    OfferingDuplicate Error "operator.offering_duplicate" "an operator has one offering of each kind";
    OperatorMissing Error "option.operator_missing" "an option leads to the operator, but there is none";
    OperatorUnreachable Error "operator.unreachable" "the operator does not exist or cannot be called";
    OverflowOutOfRange Error "cq.overflow_out_of_range" "a queue holds 0 to 10,000 waiting callers";
    PartNumberMalformed Error "license_plan.part_number_malformed" "a part number has 1 to 64 letters, digits, underscores and hyphens";
    PatternMalformed Error "pattern.malformed" "this is no pattern";
    PlanPriceNegative Error "license_plan.price_negative" "a price is nothing or more";
    PlanPriceOfFree Error "license_plan.price_of_free" "a free plan and a trial have no price";
    PlanTrialDays Error "license_plan.trial_days" "a trial lasts 1 to 365 days, and no other plan has any";
    PlanWithoutHolders Error "license_plan.without_holders" "a plan is for people or for resource accounts";
    PolicyDescriptionTooLong Error "policy.description_too_long" "a policy's description has at most 1,040 characters";
    PolicyNameReserved Error "policy.name_reserved" "Global is the organization's own policy of each type, and keeps its name";
    PolicyNameTooLong Error "policy.name_too_long" "a policy's name has at most 64 characters, none of them control";
    PortMalformed Error "trunk.port_malformed" "a port is 1 to 65535";
    PriorityOutOfRange Error "priority.out_of_range" "a priority is at least 1";
    ProfileTrunksOutOfRange Error "calling_profile.trunks_out_of_range" "a calling profile has 1 to 10 trunks";
    PromptEmpty Error "prompt.text_empty" "a prompt needs a text";
    PromptTooLong Error "prompt.text_too_long" "a text has at most 5,000 characters";
    RangeNotAligned Error "range.not_aligned" "times are whole minutes";
    RangeOrder Error "range.start_not_before_end" "a range begins before it ends";
    RecordingRetention Error "recording.retention_out_of_range" "recordings are kept 1 to 3,650 days";
    RingOutOfRange Error "user.ring_out_of_range" "phones ring for 5 to 300 seconds";
    RankOutOfRange Error "cq.rank_out_of_range" "a queue has rank 1 to 9 for an agent";
    RouteListDuplicate Error "voice_route.duplicate" "this list has an entry twice";
    RouteListTooLong Error "voice_route.list_too_long" "this list is too long";
    ScheduleEmptyWeekly Error "schedule.empty_weekly" "at least one weekday needs a range";
    ScheduleOverlap Error "schedule.overlap" "two ranges overlap";
    ScheduleTooManyRanges Error "schedule.too_many_ranges" "a schedule has at most 1,000 date ranges, a weekday at most 48";
    ScheduleTypeImmutable Error "schedule.type_immutable" "a schedule stays weekly or fixed as it was created";
    ServiceLevelNotBelowTimeout Warning "cq.sl_not_below_timeout" "callers time out before the service level's target";
    ServiceLevelOutOfRange Error "cq.sl_out_of_range" "the service level's target is 0 to 2,400 seconds";
    SharedMailboxGreeting Error "exc.sharedvm_greeting_required" "a shared mailbox needs a greeting";
    SipDomainMalformed Error "sip_domain.malformed" "a SIP domain is a name such as phones.example.com, in small letters";
    SlugMalformed Error "slug.malformed" "a short name has 1 to 63 small letters, digits and hyphens, begins with a letter, and ends without a hyphen";
    SourceMalformed Error "trunk.source_malformed" "calls come from one host's address";
    TargetNotVoiceEnabled Error "target.user_not_voice_enabled" "the person has no license to be called by an app";
    TagMalformed Error "tag.malformed" "a tag has 1 to 50 characters, none of them control or |";
    TextTooLong Error "text.too_long" "this text has at most 256 characters";
    TimeoutOutOfRange Error "cq.timeout_out_of_range" "callers wait 0 to 86,400 seconds";
    TimeoutVersusAlert Warning "cq.timeout_vs_alert" "callers time out before an agent was alerted for the full time";
    TimeZoneUnknown Error "time_zone.unknown" "the time zone is not known";
    TooManyAgents Error "cq.too_many_agents" "a queue has at most 2,000 agents";
    TooManyAliases Error "user.too_many_aliases" "a person has at most 10 nicknames and 10 numbers";
    TooManyComforts Error "cq.too_many_comforts" "a queue has at most 20 comfort messages";
    TooManyEmergencyNumbers Error "emergency.too_many" "an organization has at most 20 emergency numbers of its own";
    TooManyGroups Error "cq.too_many_groups" "a queue takes its agents from at most 200 groups";
    TooManyHolidays Error "assoc.too_many_holidays" "an attendant has at most 200 holidays and 10 after-hours flows, and so many times is a queue closed";
    PhraseLength Error "option.phrase_length" "a phrase has 1 to 64 characters";
    TooManyMails Error "mails.too_many" "at most 20 addresses are mailed";
    TooManyPhrases Error "option.too_many_phrases" "an option has at most 5 phrases";
    TooManyRules Error "dial_plan.too_many_rules" "a dial plan has at most 500 rules";
    TooManyTags Error "tag.too_many" "a number has at most 50 tags";
    TooManyScopeGroups Error "aa.too_many_groups" "a scope names 50 groups at most";
    TooManySources Error "trunk.too_many_sources" "a trunk has at most 100 addresses that calls come from";
    TranslationMalformed Error "translation.malformed" "this is no translation";
    TrunkSettingsConflict Error "trunk.settings_conflict" "these settings of a trunk do not go together";
    UrlMalformed Error "url.malformed" "an address of a page begins with https:// or http://";
    YearlyMalformed Error "holiday.yearly_malformed" "a day of each year is a day of a month, the first to fifth or last weekday of one, or at most 100 days from Easter";
    WebhookEventMalformed Error "webhook.event_malformed" "a kind of event is a noun, a dot and a word or *, such as number.assigned; or * alone";
    WebhookEventsOutOfRange Error "webhook.events_out_of_range" "a webhook names 1 to 50 kinds of events";
    WaitOutOfRange Error "aa.wait_out_of_range" "an attendant waits 2 to 20 seconds for a key";
}

impl Problem {
    /// A problem of a field.
    pub fn new(code: Code, field: impl Into<String>) -> Self {
        Self { code, field: field.into(), because: None }
    }

    /// A problem of a field with what exactly is wrong.
    pub fn because(code: Code, field: impl Into<String>, words: impl Into<String>) -> Self {
        Self { code, field: field.into(), because: Some(words.into()) }
    }

    /// The same problem of a field of something inside, such as `rules[2].`.
    pub fn below(self, place: &str) -> Self {
        Self { field: format!("{place}{}", self.field), ..self }
    }

    /// What is wrong, in words.
    pub fn words(&self) -> String {
        self.because.clone().unwrap_or_else(|| self.code.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.words())
    }
}
