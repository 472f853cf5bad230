//! Limits that bound every list, loop and wait, each with its reason.

/// Most attendants and queues that one call may pass without a caller's choice, and the deepest static nesting.
/// Specification of voice apps, 1.19.
pub const APP_DEPTH_MAX: usize = 10;

/// Longest dialled text that is looked at: 15 digits, an international prefix of up to 5, and separators between all
/// of them.
pub const DIALLED_BYTES_MAX: usize = 40;

/// Date ranges of one schedule: 10 holidays a year for a century. Specification of voice apps, 5.
pub const DATE_RANGES_MAX: usize = 1_000;

/// Opening hours of one weekday: one for each half hour.
pub const RANGES_PER_DAY_MAX: usize = 48;

/// Characters of a name: what fits a line of the admin center. Specification of voice apps, 5.
pub const NAME_CHARS_MAX: usize = 256;

/// Characters of a plan's part number: those that are known have at most 31.
pub const PART_NUMBER_CHARS_MAX: usize = 64;

/// Days of a trial: who tries something for longer than a year has it.
pub const TRIAL_DAYS_MAX: u32 = 365;

/// Characters of a prompt's text: about five minutes of speech. Specification of voice apps, 5.
pub const PROMPT_CHARS_MAX: usize = 5_000;

/// Times in a row that a caller hears a menu without a valid choice. Specification of voice apps, 2.5.
pub const MENU_MISSES_MAX: u8 = 3;

/// Failed transfers after which a caller comes back to the menu; the next one goes to the operator.
/// Specification of voice apps, 2.8.
pub const FAILED_TRANSFERS_MAX: u8 = 2;

/// Keys held for a menu that has not begun: nobody types further ahead. Specification of voice apps, 2.4.
pub const KEYS_AHEAD_MAX: usize = 20;

/// Keys of one caller that the record shows: enough to see what happened, bounded against a stuck key.
pub const KEYS_RECORDED_MAX: usize = 64;

/// Digits of an extension.
pub const EXTENSION_DIGITS_MAX: usize = 10;

/// How long a caller may stay in attendants without reaching anybody. Specification of voice apps, 2.5.
pub const ATTENDANT_SESSION_SECS_MAX: u64 = 30 * 60;

/// Holidays and after-hours flows of an attendant. Specification of voice apps, 5.
pub const HOLIDAYS_MAX: usize = 200;
/// See [`HOLIDAYS_MAX`].
pub const AFTER_HOURS_MAX: usize = 10;

/// Waiting callers of one queue. Specification of voice apps, 5.
pub const WAITING_CALLERS_MAX: u32 = 10_000;

/// Calls of queues that an agent may have at once. More than a person can hold apart; each is a step of a search for who
/// is free.
pub const AGENT_CAPACITY_MAX: u8 = 10;

/// Agents of one queue. Specification of voice apps, 5.
pub const AGENTS_MAX: usize = 2_000;

/// Groups whose members are agents of one queue: one for each team of a large company.
pub const AGENT_GROUPS_MAX: usize = 200;

/// Comfort messages of one queue: more than anybody who waits hears twice.
pub const COMFORTS_MAX: usize = 20;

/// Seconds that a person's phones ring before the call counts as not answered: at least one ring, at most as long as
/// carriers let a call ring.
pub const RING_SECS_MIN: u32 = 5;
/// See [`RING_SECS_MIN`].
pub const RING_SECS_MAX: u32 = 300;

/// Characters of an e-mail address. RFC 5321 4.5.3.1.3: a path has 256 with its brackets.
pub const EMAIL_CHARS_MAX: usize = 254;

/// Alternate numbers of one person, beside one primary and one private. Specification of numbers, 3.5.
pub const ALTERNATE_NUMBERS_MAX: usize = 9;

/// Tags of one number. Specification of numbers, 3.5.
pub const TAGS_MAX: usize = 50;

/// Characters of a tag. Specification of numbers, 3.5.
pub const TAG_CHARS_MAX: usize = 50;

/// Numbers in one upload. Specification of numbers, 3.5.
pub const UPLOADED_NUMBERS_MAX: usize = 10_000;

/// Days of a block; longer ones are forever. Specification of numbers, 3.5.
pub const BLOCK_DAYS_MAX: u32 = 365;

/// Days that a number waits for who lost the license: a month, in which a mistake is noticed on a bill at the latest.
pub const HELD_DAYS: u32 = 30;

/// Characters of an organization's short name: a label of a domain name. RFC 1035 2.3.4.
pub const SLUG_CHARS_MAX: usize = 63;

/// Characters of a SIP domain. RFC 1035 2.3.4.
pub const DOMAIN_CHARS_MAX: usize = 253;

/// Emergency numbers of an organization beside those of its country: those of a few neighbours.
pub const EMERGENCY_NUMBERS_MAX: usize = 20;

/// Bytes of the file of a country: a hundred settings with their comments.
pub const COUNTRY_FILE_BYTES_MAX: usize = 64 * 1024;

/// Days that carriers of a country take to let a number go, at most: half a year.
pub const COUNTRY_LEAD_DAYS_MAX: u32 = 180;

/// What one step of setting up lists as lacking: as much as a person does in one go.
pub const LACKS_SHOWN_MAX: usize = 10;

/// Rows of an imported file. Specification of numbers, 3.5: what one order may hold.
pub const IMPORTED_ROWS_MAX: usize = 10_000;

/// Characters of one cell of an imported file: more than any column holds, so that a quote that was never closed is
/// noticed in its row.
pub const CELL_CHARS_MAX: usize = 1_000;

/// Characters of a pattern for numbers: a gap before, between and after each of 15 digits.
pub const PATTERN_CHARS_MAX: usize = 31;

/// Numbers of one reservation: enough for a department, too few to empty the stock.
pub const RESERVED_NUMBERS_MAX: usize = 100;

/// Numbers of one order: it is one change, which other writers wait for.
pub const ORDERED_NUMBERS_MAX: usize = 1_000;

/// Minutes that a reservation lasts: to look again and decide. Specification of numbers, 5.2.
pub const RESERVATION_MINUTES: i64 = 15;

/// Days that a number rests after it came back. Specification of numbers, 5.2.
pub const QUARANTINE_DAYS: u32 = 45;

/// Addresses that a trunk's calls come from: more than any carrier has.
pub const TRUNK_SOURCES_MAX: usize = 100;

/// A caller waits no longer than this for a trunk that says nothing, in seconds.
pub const TRUNK_NO_ANSWER_SECS_MAX: u32 = 60;
/// Countries of an operator's offering and of a consent: all there are.
pub const COUNTRIES_MAX: usize = 250;
/// Contacts of a consent: a person for each of business, technics, billing and fraud, twice.
pub const CONTACTS_MAX: usize = 8;
/// Characters of what an operator calls its own ticket. Specification of numbers, 3.5.
pub const TICKET_CHARS_MAX: usize = 64;
/// Characters of a reason that is told to the other side: a paragraph.
pub const REASON_CHARS_MAX: usize = 1_000;
/// Characters of an address of a page or picture: what browsers take.
pub const URL_CHARS_MAX: usize = 2_048;
/// Trunks of one calling profile: a few places of an operator.
pub const PROFILE_TRUNKS_MAX: usize = 10;
/// Trunks of one operator, and as many calling profiles: each is read for every snapshot.
pub const OPERATOR_DOCUMENTS_MAX: usize = 100;
/// Sites of one organization: a large chain of shops.
pub const SITES_MAX: usize = 10_000;

/// Characters of a policy's name. Specification of calling, 4.1.
pub const POLICY_NAME_CHARS_MAX: usize = 64;

/// Characters of a policy's description. Specification of calling, 2.13 and 4.6: the longest that any type has.
pub const POLICY_DESCRIPTION_CHARS_MAX: usize = 1_040;

/// Policies of one type. Specification of calling, 6: what it says of dial plans.
pub const POLICIES_MAX: u64 = 10_000;

/// Groups that policies of one type are assigned to. Specification of calling, 6.
pub const POLICY_GROUPS_MAX: usize = 1_000;

/// Packages of policies that an organization makes; more than it has roles.
pub const POLICY_PACKAGES_MAX: u64 = 200;

/// People in one request that gives or takes a package. Specification of calling, 4.3: those of one job.
pub const POLICY_PACKAGE_PEOPLE_MAX: usize = 5_000;

/// Patterns of numbers that a dial-out policy allows, and that it denies: each call is held against all of them.
pub const DIAL_OUT_PATTERNS_MAX: usize = 50;

/// Countries that a dial-out policy names: all that have a numbering plan.
pub const DIAL_OUT_COUNTRIES_MAX: usize = 250;

/// Values that a lock allows; more than a choice has.
pub const POLICY_LOCK_VALUES_MAX: usize = 20;

/// Characters of why a setting is locked; one sentence.
pub const POLICY_LOCK_REASON_CHARS_MAX: usize = 256;

/// Who is told of an emergency call. Specification of calling, 6.
pub const NOTIFIED_ENTRIES_MAX: usize = 50;

/// People of a security desk whose phones ring for one call for help. Specification of calling, 4.6
pub const DESK_PEOPLE_MAX: usize = 50;

/// Emergency numbers of one policy: those of a country and its neighbours.
pub const EMERGENCY_ENTRIES_MAX: usize = 50;

/// What else is dialled for one emergency number.
pub const EMERGENCY_MASKS_MAX: usize = 50;

/// Numbers on which emergency services call back: one for each call within an hour.
pub const RESERVED_CALLBACKS_MAX: usize = 100;
/// Roles of one key: a few parts of an organization, each with its own role.
pub const ROLES_OF_HOLDER_MAX: usize = 20;

/// Characters of a password that a person chooses. NIST SP 800-63B 3.1.1.2 asks for at least 8 beside a second factor and
/// for 15 without one; 12 with a list of those that everybody chooses is what people still type.
pub const PASSWORD_CHARS_MIN: usize = 12;

/// Bytes of a password: a long sentence, and no way to keep the server busy.
pub const PASSWORD_BYTES_MAX: usize = 256;

/// Groups of an OpenID provider that have roles here: those that somebody sets up by hand.
pub const GROUP_ROLES_MAX: usize = 100;

/// Recovery codes of an account: one for each lost phone of some years.
pub const RECOVERY_CODES: usize = 10;

/// Accounts and addresses against which failed sign-ins are held: each costs some tens of bytes.
pub const ATTEMPTS_KEPT_MAX: usize = 100_000;

/// Sessions of one account: more browsers than anybody has. The one that was used least recently ends.
pub const SESSIONS_OF_ACCOUNT_MAX: usize = 50;

/// Characters of what a browser says it is, as far as it is kept.
pub const DEVICE_CHARS_MAX: usize = 256;

/// Roles that an organization makes for itself: more than anybody can tell apart.
pub const ROLES_OF_TENANT_MAX: usize = 100;
/// Numbers of one order to another carrier. Specification of numbers, 3.5.
pub const PORTED_NUMBERS_MAX: usize = 999;
/// Characters of a text of some lines, such as a postal address.
pub const TEXT_CHARS_MAX: usize = 1_000;

/// Calls that one person's number takes at once. Specification of numbers, 3.3.
pub const USER_NUMBER_INBOUND_MAX: u32 = 4;

/// Calls outside that one person's number makes at once: one, and another to consult. Specification of numbers, 3.3.
pub const USER_NUMBER_OUTBOUND_MAX: u32 = 2;

/// Specification of numbers, 3.5: a porting PIN.
pub const PIN_DIGITS: usize = 10;

/// Wrong porting PINs before none is looked at for a while: a carrier's clerk mistypes once or twice.
pub const PIN_TRIES_MAX: u32 = 5;

/// How long none is looked at then; each further wrong one doubles it.
pub const PIN_LOCK_MINUTES: i64 = 60;

/// How long an organization has to answer who asks for its numbers, if nobody says.
pub const PORT_OUT_ANSWER_DAYS: i64 = 5;

/// No request waits longer than this.
pub const PORT_OUT_ANSWER_DAYS_MAX: i64 = 30;

/// Kinds of events and patterns of them that one webhook names.
pub const WEBHOOK_EVENTS_MAX: usize = 50;

/// Webhooks of one organization or operator: each is looked after every second.
pub const WEBHOOKS_MAX: usize = 20;

/// How long a webhook may fail: a long weekend and a working day to notice it.
pub const WEBHOOK_DAYS: i64 = 5;

/// Characters of a pattern of numbers. Specification of calling, 6.
pub const EXPRESSION_CHARS_MAX: usize = 1_024;

/// Groups inside groups of a pattern: more than anybody can read.
pub const EXPRESSION_NESTING_MAX: u32 = 20;

/// Bytes of a compiled pattern: a hundred times what one for a country takes; ten thousand of them must fit.
pub const EXPRESSION_BYTES_MAX: usize = 128 * 1_024;

/// Characters of a translation. Specification of calling, 6.
pub const TRANSLATION_CHARS_MAX: usize = 256;

/// Bytes of a number after its translation: as many as can be dialled, and an extension.
pub const TRANSLATED_BYTES_MAX: usize = 64;

/// Characters of a translation rule's name. Specification of calling, 3.6.
pub const TRANSLATION_RULE_NAME_CHARS_MAX: usize = 100;

/// Translation rules of an organization. Specification of calling, 6.
pub const TRANSLATION_RULES_MAX: u64 = 10_000;

/// Translation rules in one list of a trunk: each may be asked for every call.
pub const TRUNK_RULES_MAX: usize = 100;

/// Templates of apps of one organization: more than anybody looks through.
pub const APP_TEMPLATES_MAX: u64 = 500;

/// Entries of the list of callers who are not let in: each may be asked for every call from outside.
pub const CALL_BLOCKS_MAX: u64 = 1_000;

/// Characters of the name of such an entry.
pub const CALL_BLOCK_NAME_CHARS_MAX: usize = 100;

/// Treatments of unassigned numbers: each may be asked for every call outside.
pub const UNASSIGNED_NUMBERS_MAX: u64 = 1_000;

/// Characters of the name of such a treatment.
pub const UNASSIGNED_NAME_CHARS_MAX: usize = 100;

/// Dial plans of an organization. Specification of calling, 6.
pub const DIAL_PLANS_MAX: u64 = 10_000;

/// Characters of the name of a dial plan or of a rule of it. Specification of calling, 2.13.
pub const DIAL_PLAN_NAME_CHARS_MAX: usize = 49;

/// Rules of a dial plan. Specification of calling, 6.
pub const NORMALIZATION_RULES_MAX: usize = 500;

/// Characters of a description of a dial plan, rule, route or usage. Specification of calling, 2.13.
pub const ROUTING_DESCRIPTION_CHARS_MAX: usize = 1_040;

/// Civic addresses of an organization: a few for each site.
pub const CIVIC_ADDRESSES_MAX: u64 = 10_000;

/// PSTN usages of an organization: a few for each country that it calls from.
pub const PSTN_USAGES_MAX: u64 = 1_000;

/// Usages of one policy.
pub const POLICY_USAGES_MAX: usize = 100;

/// Voice routes of an organization: all are put in order when one of them moves.
pub const VOICE_ROUTES_MAX: u64 = 10_000;

/// Usages of one route.
pub const ROUTE_USAGES_MAX: usize = 100;

/// Trunks of one route: a caller does not wait for more.
pub const ROUTE_TRUNKS_MAX: usize = 20;

/// Texts that one test of a dial plan or translation rule takes. Specification of calling, 3.5.
pub const SAMPLES_MAX: usize = 100;

/// Status codes after which a trunk's calls go on to the next.
pub const FAILOVER_CODES_MAX: usize = 50;

/// Keys and pauses of a caller in a rehearsal: a menu of ten levels, each with an extension.
pub const SCRIPT_KEYS_MAX: usize = 128;

/// What happens in one rehearsal before it is taken for endless: a queue that rings an agent every five seconds for the
/// hours that a rehearsal lasts, and as much again.
pub const REHEARSAL_EVENTS_MAX: u32 = 10_000;

/// Virtual seconds of a rehearsal: nobody waits for longer.
pub const REHEARSAL_SECS_MAX: u64 = 4 * 60 * 60;

/// Steps that a rehearsal tells: more are the same ones again.
pub const REHEARSAL_STEPS_MAX: usize = 200;

/// Tests of a starter set: twelve keys of ten flows with five fates of a queue each, which is more than anybody has.
pub const STARTER_TESTS_MAX: usize = 500;

/// Tests of one attendant or queue that somebody wrote: all of them run before each publishing.
pub const FLOW_TESTS_MAX: u64 = 1_000;

/// Most members of a shared mailbox: a team that answers messages, with room to spare.
pub const MAILBOX_MEMBERS_MAX: usize = 500;

/// Most groups whose members are those of a shared mailbox.
pub const MAILBOX_GROUPS_MAX: usize = 50;

/// Most apps from which callers hear a greeting of their own: more than lead to one mailbox in any organization.
pub const MAILBOX_GREETINGS_MAX: usize = 50;

/// Most addresses that are told of each message of a mailbox; more is a distribution list, which is one address.
pub const MAILBOX_EMAILS_MAX: usize = 20;

/// How long a greeting may last before the tone comes anyway, in seconds.
pub const GREETING_SECS_MAX: u64 = 600;

/// Shortest message that is kept where nobody set another, in seconds. Specification of voice apps, 1.15.
pub const MESSAGE_SECS_MIN: u32 = 2;

/// Silence that ends a message where nobody set another, in seconds.
pub const QUIET_SECS: u32 = 10;

/// How many days a message is kept where nobody set another.
pub const MESSAGE_DAYS: u32 = 90;

/// Seconds for which somebody tries to write a message down: a speech server may be away for a moment.
pub const TRANSCRIPT_SECS: i64 = 600;

/// Seconds that a mail about a message waits for its transcript.
pub const TRANSCRIPT_MAIL_SECS: i64 = 150;

/// People whom one search by name finds: twenty pages, of which nobody hears the last.
pub const NAME_MATCHES_MAX: usize = 100;

/// Keys of a name: a long first and a long last name.
pub const NAME_DIGITS_MAX: usize = 40;

/// Shortest PIN of a mailbox: with [`MAILBOX_PIN_TRIES_MAX`] and its pause, half of all of them take a month to try.
pub const MAILBOX_PIN_DIGITS_MIN: usize = 4;

/// Longest PIN of a mailbox; more nobody types.
pub const MAILBOX_PIN_DIGITS_MAX: usize = 10;

/// After so many wrong PINs no more are looked at for a while. Whoever mistypes twice still gets in.
pub const MAILBOX_PIN_TRIES_MAX: u32 = 5;

/// How long a mailbox is locked after too many wrong PINs, in minutes.
pub const MAILBOX_PIN_LOCK_MINUTES: i64 = 30;

/// Wrong PINs in one call before it is ended.
pub const MAILBOX_PIN_TRIES_PER_CALL: u32 = 3;

/// Messages that are heard in one go by phone; when they are through, there may be more.
pub const VISIT_MESSAGES_MAX: usize = 100;

/// Digits of a sender's number that are said: as many as E.164 has.
pub const SENDER_DIGITS_MAX: usize = 15;

/// Seconds that somebody who hears messages may think before the choice is said again.
pub const VISIT_WAIT_SECS: u64 = 10;

/// How often the choice is said to somebody who presses nothing.
pub const VISIT_SILENT_MAX: u32 = 3;

/// How long the store of messages may take for an answer, in seconds: a message of fifteen minutes is made ready to be
/// heard in Opus meanwhile, and the caller hears nothing.
pub const VISIT_ANSWER_SECS: u64 = 20;

/// Longest message or prompt that is played, in seconds: a message of a shared mailbox has 900 at most.
pub const VISIT_PLAY_SECS: u64 = 1_200;

/// Longest greeting that is recorded by phone, in seconds.
pub const RECORDED_GREETING_SECS_MAX: u64 = 120;

/// Phrases of one menu option. Specification of voice apps, 1.6.
pub const PHRASES_MAX: usize = 5;

/// Characters of a phrase. Specification of voice apps, 1.6.
pub const PHRASE_CHARS_MAX: usize = 64;

/// Other first names of a person, and other numbers: more are a mistake of who fills the directory.
pub const ALIASES_MAX: usize = 10;

/// Characters of each: as many as a telephone number with an extension and all its signs has.
pub const ALIAS_CHARS_MAX: usize = 64;

/// People whose names are listened for at once: more are searched by keys, since more take the program seconds.
pub const VOICE_NAMES_MAX: usize = 500;

/// How long somebody may speak, and somebody else make words of it, before the menu goes on, in seconds.
pub const SPOKEN_SECS_MAX: u64 = 14;

/// Utterances of one caller that a record keeps.
pub const SPOKEN_RECORDED_MAX: usize = 20;

/// Silence that ends a recorded greeting, in seconds.
pub const RECORDED_GREETING_QUIET_SECS: u32 = 4;

/// Rows of one rate deck: the largest that carriers publish have a million prefixes.
pub const DECK_RATES_MAX: usize = 2_000_000;

/// Faults of a deck's file that are told: what a person mends before trying again.
pub const DECK_FAULTS_MAX: usize = 100;

/// Budgets of an organization, and rules against fraud: each is looked at for each call.
pub const BUDGETS_MAX: usize = 200;
pub const FRAUD_RULES_MAX: usize = 50;

/// Prefixes, countries, kinds or people that one rule against fraud names.
pub const FRAUD_ITEMS_MAX: usize = 500;

/// Calls of an organization that rules against fraud look back at, a day at most.
pub const FRAUD_CALLS_MAX: usize = 10_000;

/// Letters of the name of a budget or a rule: it is shown in a refusal.
pub const BUDGET_NAME_CHARS_MAX: usize = 64;

/// Addresses that are told by mail of what becomes of the credit.
pub const CREDIT_MAILS_MAX: usize = 20;

/// Addresses that are mailed about licenses: those who look after them.
pub const NOTIFIED_MAILS_MAX: usize = 20;

/// Groups of one dial scope: more are one group of their own.
pub const SCOPE_GROUPS_MAX: usize = 50;

/// Characters of the subject of a mail: more is cut off where it is listed.
pub const MAIL_SUBJECT_CHARS_MAX: usize = 200;
/// Characters of the text of a mail.
pub const MAIL_TEXT_CHARS_MAX: usize = 10_000;
/// Papers of one order to another carrier: a letter and the pages of a bill.
pub const PORT_DOCUMENTS_MAX: usize = 20;
/// Bytes of one of them: some pages, scanned. With the rest of a request it is less than a body may have.
pub const PORT_DOCUMENT_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Characters of the name of a file that somebody sends.
pub const FILE_NAME_CHARS_MAX: usize = 120;
