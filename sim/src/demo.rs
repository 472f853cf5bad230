//! The organization that the simulated world calls: a few people, a carrier, an attendant and a queue.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use phone::Directory;
use phone::apps::attendant::{self, Action, CallFlow, DirectorySearch, Key, Menu, MenuOption};
use phone::apps::delegation::Authorized;
use phone::apps::mailbox::{self, Member, MemberRole, Personal, Transcription};
use phone::apps::prompt::paying::PayingPrompt;
use phone::apps::prompt::{Prompt, SystemPrompt};
use phone::apps::queue::{self, Announcement, ExceptionAction, Exit, Routing};
use phone::apps::{Priority, Target};
use phone::directory::outbound::{self, RoutingParts};
use phone::directory::{App, ResourceAccount, Tenant, TenantParts};
use phone::id::{
    AttendantId, GroupId, PromptKey, QueueId, ResourceAccountId, SharedMailboxId, TenantId, TrunkId, UserId,
};
use phone::numbers::number::NumberSource;
use phone::numbers::schedule::Schedule;
use phone::numbers::trunk::settings::TrunkSettings;
use phone::numbers::trunk::{SrtpMode, TrunkTransport};
use phone::numbers::{Assignee, E164, Number, NumberKind, Trunk};
use phone::people::tenant::Profile;
use phone::people::{Presence, User};
use phone::policies::CallingPolicies;
use switch::input::PromptLibrary;
use uuid::Uuid;

pub const DOMAIN: &str = "demo.test";
pub const PASSWORD: &str = "correct horse";
pub const TENANT: TenantId = TenantId(Uuid::from_u128(1));
pub const SALES: QueueId = QueueId(Uuid::from_u128(0x51));
pub const MAIN_MENU: AttendantId = AttendantId(Uuid::from_u128(0x41));
pub const TEAM: SharedMailboxId = SharedMailboxId(Uuid::from_u128(0x61));

const GREETING: PromptKey = PromptKey(Uuid::from_u128(0x91));
const MENU: PromptKey = PromptKey(Uuid::from_u128(0x92));
const WELCOME_TO_SALES: PromptKey = PromptKey(Uuid::from_u128(0x93));
const SALES_PHRASE: PromptKey = PromptKey(Uuid::from_u128(0x95));
pub const SORRY: PromptKey = PromptKey(Uuid::from_u128(0x94));

/// The people: name and extension.
pub const PEOPLE: [(&str, &str); 4] = [("alice", "101"), ("bob", "102"), ("carol", "103"), ("dan", "104")];

/// Settings that tests change.
#[derive(Clone, Debug)]
pub struct Wishes {
    pub routing: Routing,
    pub agents: Vec<usize>,
    pub queue_greeting: bool,
    pub overflow_threshold: u32,
    pub overflow: Exit,
    pub alert_secs: u32,
    pub timeout_secs: u32,
    pub timeout: Exit,
    pub presence_based: bool,
    pub wrap_up_secs: u32,
    /// What else the queue is to be, said last.
    pub queue: fn(&mut queue::Settings),
    /// Who is in the groups that the queue names, as indexes of [`PEOPLE`].
    pub groups: Vec<(GroupId, Vec<usize>)>,
    /// Trunks besides the first, as addresses that calls are tried at.
    pub more_trunks: Vec<&'static str>,
    pub trunk_calls_max: Option<u32>,
    /// People whose mailbox takes the calls that they don't.
    pub voicemail: Vec<usize>,
    pub calling: CallingPolicies,
    /// Whether trunks are asked if they are there.
    pub send_options: bool,
    /// What else trunks are to be, by their index; said last.
    pub trunk: fn(u128, &mut Trunk),
    /// Settings of the first trunks.
    pub trunks: Vec<TrunkSettings>,
    /// What decides about calls outside.
    pub outside: RoutingParts,
    /// Whether callers of the attendant may speak.
    pub voice_input: bool,
    /// What else the attendant is to be, said last, and the schedules that it names.
    pub attendant: fn(&mut attendant::Settings),
    pub schedules: Vec<Schedule>,
    /// Where the attendant's hours are read.
    pub time_zone: &'static str,
    /// Whether calls over the carrier cost something, and there is a toll-free number.
    pub paid: bool,
}

impl Default for Wishes {
    fn default() -> Self {
        Self {
            routing: Routing::LongestIdle,
            agents: vec![1, 2],
            queue_greeting: false,
            overflow_threshold: 50,
            overflow: Exit::Disconnect,
            alert_secs: 20,
            timeout_secs: 60,
            timeout: Exit::Disconnect,
            presence_based: true,
            wrap_up_secs: 0,
            queue: |_| {},
            groups: Vec::new(),
            more_trunks: Vec::new(),
            trunk_calls_max: None,
            voicemail: Vec::new(),
            calling: CallingPolicies::default(),
            send_options: false,
            trunk: |_, _| {},
            trunks: Vec::new(),
            outside: RoutingParts::default(),
            voice_input: false,
            attendant: |_| {},
            schedules: Vec::new(),
            time_zone: "America/New_York",
            paid: false,
        }
    }
}

/// The id of the person at `index` of [`PEOPLE`].
pub fn user_id(index: usize) -> UserId {
    UserId(Uuid::from_u128(0x100 + index as u128))
}

/// The id of the trunk at `index`: the carrier, then those of [`Wishes::more_trunks`].
pub fn trunk_id(index: u128) -> TrunkId {
    TrunkId(Uuid::from_u128(0x21 + index))
}

/// The organization.
pub fn directory(wishes: &Wishes) -> Arc<Directory> {
    let carrier = trunk(0, "10.0.0.9", wishes.trunk_calls_max);
    let carrier_id = carrier.id;
    let mut trunks = BTreeMap::from([(carrier.id, Arc::new(carrier))]);
    for (index, host) in (1..).zip(&wishes.more_trunks) {
        let trunk = trunk(index, host, None);
        trunks.insert(trunk.id, Arc::new(trunk));
    }
    for (index, settings) in (0..).zip(&wishes.trunks) {
        if let Some(trunk) = trunks.get_mut(&trunk_id(index)) {
            Arc::make_mut(trunk).settings = settings.clone();
        }
    }
    for (index, trunk) in (0..).zip(trunks.values_mut()) {
        let trunk = Arc::make_mut(trunk);
        trunk.settings.send_options = wishes.send_options;
        (wishes.trunk)(index, trunk);
    }
    let accounts = [(0x31, App::Attendant(MAIN_MENU)), (0x32, App::Queue(SALES))];
    let parts = TenantParts {
        profile: Profile {
            id: TENANT,
            slug: "demo".to_owned(),
            name: "Demo".to_owned(),
            sip_domain: DOMAIN.to_owned(),
            time_zone: "America/New_York".to_owned(),
            country: "US".to_owned(),
            language: "en-US".to_owned(),
            state: Default::default(),
            supervision_notice: Default::default(),
            number_pause: None,
            number_mails: Default::default(),
            fallback_operator: None,
        },
        users: (0..PEOPLE.len()).map(|index| (user_id(index), Arc::new(user(index)))).collect(),
        numbers: numbers(wishes, carrier_id),
        outbound_trunks: trunks.keys().copied().collect(),
        lent: BTreeMap::new(),
        groups: wishes.groups.iter().map(|(id, people)| (*id, members(people))).collect(),
        trunks,
        resource_accounts: accounts.into_iter().map(|(id, app)| (account_id(id), account(id, app))).collect(),
        attendants: BTreeMap::from([(MAIN_MENU, Arc::new(main_menu(wishes)))]),
        queues: BTreeMap::from([(SALES, Arc::new(sales(wishes)))]),
        schedules: wishes.schedules.iter().map(|schedule| (schedule.id, Arc::new(schedule.clone()))).collect(),
        mailboxes: BTreeMap::from([(TEAM, Arc::new(team()))]),
        personal_mailboxes: (0..PEOPLE.len())
            .map(|index| (user_id(index), Arc::new(mailbox_of(index, wishes))))
            .collect(),
        calling: Arc::new(wishes.calling.clone()),
        routing: outbound::Routing::first(wishes.outside.clone()),
        emergency_numbers: vec!["933".to_owned()],
        country_profile: None,
    };
    Arc::new(Directory::new([Arc::new(Tenant::new(parts))], Some(TENANT)))
}

/// Prompts of half a second to two seconds, told apart by their lengths; rendered once for all worlds.
pub fn prompts() -> Arc<PromptLibrary> {
    static PROMPTS: OnceLock<Arc<PromptLibrary>> = OnceLock::new();
    Arc::clone(PROMPTS.get_or_init(|| Arc::new(render_prompts())))
}

fn render_prompts() -> PromptLibrary {
    let sound = |millis: usize| {
        let pcm: Vec<i16> = (0..millis * 8).map(|at| if at % 20 < 10 { 3000 } else { -3000 }).collect();
        Arc::new(media::prompt::Prompt::render(&pcm, 8000))
    };
    // Many, and only their length counts.
    let plain = |millis: u64| {
        let n_samples = usize::try_from(millis * 8).unwrap_or(0);
        Arc::new(media::prompt::Prompt::render_for(media::sdp::Codec::Pcmu, &vec![1_000; n_samples], 8_000))
    };
    let english = |prompt| ("en-US".to_owned(), prompt);
    PromptLibrary {
        // Only bob's name is rendered; the others are told by their extensions.
        names: BTreeMap::from([(("en-US".to_owned(), "bob".to_owned()), sound(840))]),
        configured: BTreeMap::from([
            (GREETING, sound(1000)),
            (MENU, sound(2000)),
            (WELCOME_TO_SALES, sound(1500)),
            (SORRY, sound(700)),
            (SALES_PHRASE, sound(1_020)),
        ]),
        system: [
            (english(SystemPrompt::CallMonitored), sound(420)),
            (english(SystemPrompt::EnterName), sound(380)),
            (english(SystemPrompt::InvalidSelection), sound(500)),
            (english(SystemPrompt::LeaveMessage), sound(800)),
            (english(SystemPrompt::MessageSaved), sound(1_100)),
            (english(SystemPrompt::NoMessage), sound(1_200)),
            (english(SystemPrompt::NotAvailable), sound(900)),
            (english(SystemPrompt::Transferring), sound(600)),
        ]
        .into_iter()
        .chain(VISITS.iter().map(|(prompt, millis, _)| (english(*prompt), plain(*millis))))
        .chain(PAYING.iter().map(|(said, millis, _)| (english(SystemPrompt::Paying(*said)), plain(*millis))))
        .chain((0..10).map(|digit| (english(SystemPrompt::Digit(digit)), plain(2_500 + 20 * u64::from(digit)))))
        .collect(),
        announcements: [
            (Announcement::CallbackPromised, sound(360)),
            (Announcement::Place(1), sound(300)),
            (Announcement::Place(2), sound(320)),
            (Announcement::WaitMinutes(1), sound(340)),
        ]
        .into(),
        hold_music: Some(sound(400)),
    }
}

/// What who hears messages is told: each with its length in milliseconds and what ladders call it.
const VISITS: [(SystemPrompt, u64, &str); 26] = [
    (SystemPrompt::DidYouSay, 1_960, "did-you-say"),
    (SystemPrompt::NotUnderstood, 1_980, "not-understood"),
    (SystemPrompt::YesOrNo, 1_940, "yes-or-no"),
    (SystemPrompt::EnterPin, 2_020, "enter-pin"),
    (SystemPrompt::Goodbye, 2_040, "goodbye"),
    (SystemPrompt::GreetingChanged, 2_060, "greeting-changed"),
    (SystemPrompt::GreetingNotChanged, 2_080, "greeting-not-changed"),
    (SystemPrompt::MailboxLocked, 2_100, "locked"),
    (SystemPrompt::MailboxMenu, 2_120, "mailbox-menu"),
    (SystemPrompt::MailboxMenuGreeting, 2_140, "menu-greeting"),
    (SystemPrompt::MailboxUnavailable, 2_160, "unavailable"),
    (SystemPrompt::ManyNewMessages, 2_180, "many-new"),
    (SystemPrompt::MessageDeleted, 2_200, "deleted"),
    (SystemPrompt::MessageFrom, 2_220, "from"),
    (SystemPrompt::MessageFromNobody, 2_240, "from-nobody"),
    (SystemPrompt::MessageKept, 2_260, "kept"),
    (SystemPrompt::MessageOptions, 2_280, "options"),
    (SystemPrompt::NewMessages, 2_300, "new-messages"),
    (SystemPrompt::NoMoreMessages, 2_320, "no-more"),
    (SystemPrompt::NoNewMessages, 2_340, "no-new"),
    (SystemPrompt::NoSavedMessages, 2_360, "no-saved"),
    (SystemPrompt::NotPossible, 2_380, "not-possible"),
    (SystemPrompt::OneNewMessage, 2_400, "one-new"),
    (SystemPrompt::PinWrong, 2_420, "pin-wrong"),
    (SystemPrompt::RecordGreeting, 2_440, "record-greeting"),
    (SystemPrompt::YouHave, 2_460, "you-have"),
];

/// What is said about money.
const PAYING: [(PayingPrompt, u64, &str); 5] = [
    (PayingPrompt::NoCredit, 1_800, "no-credit"),
    (PayingPrompt::EndsInAMinute, 1_820, "ends-in-a-minute"),
    (PayingPrompt::EndsSoon, 1_840, "ends-soon"),
    (PayingPrompt::LimitReached, 1_860, "limit-reached"),
    (PayingPrompt::NotReachable, 1_880, "not-reachable"),
];

/// What ladders call the prompts, by their lengths in milliseconds.
pub fn prompt_name(millis: u64) -> &'static str {
    const DIGITS: [&str; 10] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
    if let Some((_, _, name)) = VISITS.iter().find(|(_, of_prompt, _)| *of_prompt == millis) {
        return name;
    }
    if let Some((_, _, name)) = PAYING.iter().find(|(_, of_prompt, _)| *of_prompt == millis) {
        return name;
    }
    if let Some(digit) = millis.checked_sub(2_500).and_then(|over| DIGITS.get(usize::try_from(over / 20).ok()?)) {
        return digit;
    }
    match millis {
        3000 => "message",
        1000 => "greeting",
        2000 => "menu",
        1500 => "welcome",
        700 => "sorry",
        500 => "invalid",
        900 => "not-available",
        600 => "transferring",
        800 => "leave-message",
        1100 => "saved",
        1200 => "no-message",
        400 => "music",
        300 => "place-1",
        320 => "place-2",
        340 => "wait-1",
        360 => "promise",
        380 => "enter-name",
        420 => "monitored",
        840 => "bob",
        1020 => "sales-phrase",
        _ => "unknown",
    }
}

/// What a queue says before it sends a caller away.
pub fn sorry() -> Prompt {
    Prompt::Text { key: SORRY, text: "Sorry".to_owned() }
}

fn user(index: usize) -> User {
    let (name, extension) = PEOPLE[index];
    User {
        id: user_id(index),
        display_name: name.to_owned(),
        extension: extension.to_owned(),
        email: None,
        department: None,
        office: None,
        aliases: Default::default(),
        site: None,
        country: None,
        presence: Presence::Available,
        voice_enabled: name != "dan",
        hidden: false,
        ring_secs: 20,
        enabled: true,
        ha1: crate::peer::ha1(extension, DOMAIN, PASSWORD),
    }
}

fn trunk(index: u128, host: &str, n_calls_max: Option<u32>) -> Trunk {
    Trunk {
        id: trunk_id(index),
        name: format!("carrier-{index}"),
        host: host.to_owned(),
        port: None,
        transport: TrunkTransport::Udp,
        // A trunk that is known by name only calls out.
        sources: format!("{host}:5060").parse().into_iter().collect(),
        credentials: None,
        srtp: SrtpMode::Off,
        codecs: vec!["PCMU".to_owned(), "PCMA".to_owned()],
        n_calls_max,
        no_answer_secs: 5,
        country: None,
        enabled: true,
        description: None,
        settings: Default::default(),
    }
}

fn numbers(wishes: &Wishes, carrier: TrunkId) -> BTreeMap<E164, Number> {
    let toll_free = ("+18005550199", Assignee::ResourceAccount(account_id(0x31)), NumberKind::ServiceTollFree);
    let assigned = [
        ("+14255550101", Assignee::User(user_id(0)), NumberKind::User),
        ("+14255550102", Assignee::User(user_id(1)), NumberKind::User),
        ("+14255550103", Assignee::User(user_id(2)), NumberKind::User),
        ("+14255550100", Assignee::ResourceAccount(account_id(0x31)), NumberKind::ServiceToll),
        ("+14255550110", Assignee::ResourceAccount(account_id(0x32)), NumberKind::ServiceToll),
    ];
    let number = |(number, assignee, kind): (&str, Assignee, NumberKind)| {
        let number = E164::parse(number).unwrap_or_else(|_| panic!("{number} is a number"));
        let number_of = Number { assignee: Some(assignee), ..Number::new(number, kind) };
        if wishes.paid && kind != NumberKind::ServiceToll {
            return (number, Number { source: NumberSource::CallingPlan, trunk: Some(carrier), ..number_of });
        }
        (number, number_of)
    };
    assigned.into_iter().chain(wishes.paid.then_some(toll_free)).map(number).collect()
}

fn members(people: &[usize]) -> Arc<BTreeSet<UserId>> {
    Arc::new(people.iter().map(|index| user_id(*index)).collect())
}

/// 0x31 leads to the menu, 0x32 to the queue.
pub fn account_id(id: u128) -> ResourceAccountId {
    ResourceAccountId(Uuid::from_u128(id))
}

fn account(id: u128, app: App) -> ResourceAccount {
    ResourceAccount {
        id: account_id(id),
        display_name: "Service".to_owned(),
        app: Some(app),
        priority: Priority::NORMAL,
    }
}

fn main_menu(wishes: &Wishes) -> attendant::Settings {
    let option = |key, action| MenuOption { key: Key::Digit(key), action, phrases: Vec::new() };
    let transfer = |target| Action::Transfer { target };
    let mut settings = attendant::Settings {
        id: MAIN_MENU,
        name: "Main menu".to_owned(),
        language: "en-US".to_owned(),
        time_zone: wishes.time_zone.to_owned(),
        default_flow: CallFlow {
            name: "Default".to_owned(),
            greeting: Some(Prompt::Text { key: GREETING, text: "Hello".to_owned() }),
            menu: Menu {
                prompt: Some(Prompt::Text { key: MENU, text: "Press".to_owned() }),
                options: vec![
                    option('0', Action::Operator),
                    MenuOption {
                        phrases: vec![Prompt::Text { key: SALES_PHRASE, text: "Sales".to_owned() }],
                        ..option('1', transfer(Target::Queue { id: SALES, priority: Priority::NORMAL }))
                    },
                    option('2', transfer(Target::User { id: user_id(1) })),
                    option('3', transfer(Target::Attendant { id: MAIN_MENU, priority: Priority::NORMAL })),
                    option('4', Action::SearchDirectory { by: DirectorySearch::ByName }),
                    option('8', transfer(Target::SharedMailbox { id: TEAM, suppress_system_prompt: false })),
                    option('9', transfer(Target::Voicemail { id: user_id(0) })),
                ],
                directory_search: DirectorySearch::None,
            },
            force_listen: false,
        },
        associations: Vec::new(),
        operator: Some(Target::User { id: user_id(0) }),
        wait_secs: 5,
        user_name_extension: Default::default(),
        hours_override: None,
        authorized: Authorized::default(),
        voice_input: wishes.voice_input,
        dial_scope: Default::default(),
        direct_digits: None,
    };
    (wishes.attendant)(&mut settings);
    settings
}

fn team() -> mailbox::Settings {
    mailbox::Settings {
        id: TEAM,
        name: "Team".to_owned(),
        extension: Some("700".to_owned()),
        language: "en-US".to_owned(),
        members: [(0, MemberRole::Manage), (1, MemberRole::Listen)]
            .map(|(index, role)| Member { user: user_id(index), role })
            .into(),
        greeting: Some(Prompt::Text { key: WELCOME_TO_SALES, text: "Welcome".to_owned() }),
        groups: Vec::new(),
        after_hours: None,
        app_greetings: Vec::new(),
        max_secs: 30,
        min_secs: 2,
        quiet_secs: 10,
        retention_days: 90,
        transcription: Transcription::Off,
        emails: Vec::new(),
        mwi_for_members: true,
    }
}

fn mailbox_of(index: usize, wishes: &Wishes) -> Personal {
    Personal { enabled: wishes.voicemail.contains(&index), ..Personal::new(user_id(index)) }
}

fn sales(wishes: &Wishes) -> queue::Settings {
    let action = |action: &Exit| ExceptionAction::new(action.clone());
    let mut settings = queue::Settings {
        greeting: wishes.queue_greeting.then(|| Prompt::Text { key: WELCOME_TO_SALES, text: "Welcome".to_owned() }),
        agents: wishes.agents.iter().map(|index| user_id(*index)).collect(),
        routing: wishes.routing,
        presence_based: wishes.presence_based,
        agent_alert_secs: wishes.alert_secs,
        overflow_threshold: wishes.overflow_threshold,
        overflow: action(&wishes.overflow),
        timeout_secs: wishes.timeout_secs,
        timeout: action(&wishes.timeout),
        wrap_up_secs: wishes.wrap_up_secs,
        reset_idle_on_miss: true,
        ..queue::Settings::new(SALES, "Sales", "en-US")
    };
    (wishes.queue)(&mut settings);
    settings
}
