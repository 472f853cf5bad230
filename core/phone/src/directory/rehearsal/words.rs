//! Objects and settings in words.

use jiff::tz::TimeZone;

use super::walk::Walk;
use crate::apps::attendant::{Action, AssociationKind, Attendant, DirectorySearch, HoursOverride, HoursState, Outcome};
use crate::apps::mailbox::Mailbox;
use crate::apps::prompt::{Playable, Prompt};
use crate::apps::{Target, queue};
use crate::directory::App;
use crate::id::{PromptKey, ScheduleId};
use crate::numbers::schedule::{Rule, time_zone};

/// Characters of a prompt that are told.
const PROMPT_CHARS: usize = 80;

impl Walk<'_> {
    /// Which flow was chosen, when and why.
    pub(super) fn words_of_flow(&self, machine: &Attendant) -> String {
        let settings = machine.settings();
        let when = self.words_of_time(&settings.time_zone);
        let flow = &machine.flow().name;
        if let Some(held) = self.words_of_override(settings.hours_override) {
            return format!("{} is {held}, so the flow {flow}", settings.name);
        }
        let chosen = machine.association().and_then(|index| settings.associations.get(index));
        match chosen {
            Some(association) => {
                let kind = match association.kind {
                    AssociationKind::AfterHours => "after-hours flow",
                    AssociationKind::Holiday => "holiday flow",
                };
                format!("{when} {}, so the {kind} {flow}", self.words_of_schedule(association.schedule, true))
            }
            None => {
                let enabled = settings.associations.iter().filter(|association| association.enabled);
                let others: Vec<_> =
                    enabled.map(|association| self.words_of_schedule(association.schedule, false)).collect();
                match others.is_empty() {
                    true => format!("{} is always in its default flow {flow}", settings.name),
                    false => format!("{when} {}, so the default flow {flow}", others.join(" and ")),
                }
            }
        }
    }

    /// Why a queue takes no callers.
    pub(super) fn words_of_closed(&self, settings: &queue::Settings) -> String {
        let Some(hours) = &settings.hours else { return format!("{} is closed", settings.name) };
        if let Some(held) = self.words_of_override(hours.hours_override) {
            return format!("{} is {held}", settings.name);
        }
        let closed = self.tenant.closed(settings, self.wall()).and_then(|closed| closed.closure);
        let why =
            closed.and_then(|index| hours.closures.get(index)).map(|one| self.words_of_schedule(one.schedule, true));
        let when = self.words_of_time(self.tenant.zone_of_queue(settings));
        format!("{when} {}, so {} is closed", why.unwrap_or_default(), settings.name)
    }

    /// What was set to hold by hand and still does.
    fn words_of_override(&self, held: Option<HoursOverride>) -> Option<String> {
        let held = held.filter(|held| held.until.is_none_or(|until| self.wall() < until))?;
        let state = match held.state {
            HoursState::Closed => "closed",
            HoursState::Open => "open",
        };
        let until = held.until.map_or("somebody takes that back".to_owned(), |until| until.to_string());
        Some(format!("set to be {state} until {until}"))
    }

    /// Whether a time is within a schedule, in the words of the schedule's kind.
    fn words_of_schedule(&self, id: ScheduleId, is_in_effect: bool) -> String {
        let schedule = self.tenant.schedules.get(&id);
        let name = schedule.map_or("a schedule that is gone", |schedule| schedule.name.as_str());
        match (schedule.map(|schedule| &schedule.rule), is_in_effect) {
            (Some(Rule::Fixed { .. } | Rule::Yearly { .. }), true) => format!("is one of the dates of {name}"),
            (Some(Rule::Fixed { .. } | Rule::Yearly { .. }), false) => format!("is none of the dates of {name}"),
            // A complement is in effect outside its ranges, and those are what its name stands for.
            (Some(Rule::Weekly { complement, .. }), _) if *complement != is_in_effect => {
                format!("is within the hours of {name}")
            }
            (Some(Rule::Weekly { .. }), _) => format!("is outside the hours of {name}"),
            (None, _) => format!("has nothing to do with {name}"),
        }
    }

    fn words_of_time(&self, zone: &str) -> String {
        let (zone, name) = match time_zone(zone) {
            Some(found) => (found, zone),
            None => (TimeZone::UTC, "UTC"),
        };
        let local = self.wall().to_zoned(zone);
        format!("{} ({name})", local.strftime("%A %-d %B %Y, %H:%M"))
    }

    pub(super) fn words_of_action(&self, action: &Action, machine: &Attendant) -> String {
        match action {
            Action::Announcement { .. } => "an announcement".to_owned(),
            Action::Disconnect => "the end of the call".to_owned(),
            Action::Operator => match &machine.settings().operator {
                Some(operator) => format!("the operator, {}", self.name_of(operator)),
                None => "the operator, whom it has not got".to_owned(),
            },
            Action::SearchDirectory { by: DirectorySearch::ByExtension } => "a search by extension".to_owned(),
            Action::SearchDirectory { by: DirectorySearch::ByName } => "a search by name".to_owned(),
            Action::SearchDirectory { by: DirectorySearch::Both } => "a search by name or extension".to_owned(),
            Action::SearchDirectory { by: DirectorySearch::None } => "a search for nothing".to_owned(),
            Action::Transfer { target } => self.name_of(target),
        }
    }

    pub(super) fn words_of_transfer(&self, target: &Target, outcome: Outcome) -> String {
        let name = self.name_of(target);
        match outcome {
            Outcome::FailoverToOperator => format!("there is nothing to choose, so the operator: {name}"),
            Outcome::TransferredToOperator => format!("to the operator: {name}"),
            Outcome::OaaChainTooLong
            | Outcome::OaaSessionTooLong
            | Outcome::ServiceTerminated
            | Outcome::TerminatedAutomaticSelection
            | Outcome::TerminatedNoOperator
            | Outcome::TerminatedTransferFailed
            | Outcome::TransferInProgress
            | Outcome::TransferredExternal
            | Outcome::TransferredToCq
            | Outcome::TransferredToSelf
            | Outcome::TransferredToSharedVoicemail
            | Outcome::TransferredToUser
            | Outcome::UserTerminated => format!("to {name}"),
        }
    }

    /// A target as an administrator calls it.
    pub(super) fn name_of(&self, target: &Target) -> String {
        let person = |id| self.tenant.users.get(id).map_or("somebody who is gone", |user| user.display_name.as_str());
        match target {
            Target::Attendant { id, .. } => self.tenant.name_of_app(App::Attendant(*id)),
            Target::External { number } => format!("the number {number}"),
            Target::Queue { id, .. } => self.tenant.name_of_app(App::Queue(*id)),
            Target::ResourceAccount { id, .. } => match self.tenant.resource_accounts.get(id) {
                Some(account) => format!("the resource account {}", account.display_name),
                None => "a resource account that is gone".to_owned(),
            },
            Target::SharedMailbox { id, .. } => self.tenant.name_of_mailbox(Mailbox::Shared(*id)),
            Target::User { id } => person(id).to_owned(),
            Target::Voicemail { id } => self.tenant.name_of_mailbox(Mailbox::Person(*id)),
        }
    }

    /// What the caller hears in an attendant.
    pub(super) fn words_of_sounds(&self, machine: &Attendant, playables: &[Playable]) -> String {
        self.words_of_all(playables, |key| {
            let flow = machine.flow();
            let announcements = flow.menu.options.iter().filter_map(|option| match &option.action {
                Action::Announcement { prompt } => Some(prompt),
                Action::Disconnect | Action::Operator | Action::SearchDirectory { .. } | Action::Transfer { .. } => {
                    None
                }
            });
            let mut prompts = flow.greeting.iter().chain(&flow.menu.prompt).chain(announcements);
            prompts.find(|prompt| prompt.key() == key)
        })
    }

    /// What the caller hears; `prompts` knows what somebody wrote or uploaded.
    pub(super) fn words_of_all<'b>(
        &self,
        playables: &[Playable],
        prompts: impl Fn(PromptKey) -> Option<&'b Prompt>,
    ) -> String {
        let word = |playable: &Playable| match playable {
            Playable::Announcement(announcement) => format!("\u{201c}{}\u{201d}", announcement.english()),
            Playable::Beep => "a tone".to_owned(),
            Playable::Configured(key) => prompts(*key).map_or("a prompt".to_owned(), words_of_prompt),
            Playable::HoldMusic => "music".to_owned(),
            Playable::Name { user, .. } => {
                let name = self.tenant.users.get(user).map(|user| user.display_name.as_str());
                format!("the name {}", name.unwrap_or("of somebody who is gone"))
            }
            Playable::System(prompt) => format!("\u{201c}{}\u{201d}", prompt.english()),
        };
        let heard: Vec<_> = playables.iter().map(word).collect();
        format!("the caller hears {}", heard.join(", then "))
    }
}

/// A prompt as it is told of.
pub(super) fn words_of_prompt(prompt: &Prompt) -> String {
    match prompt {
        Prompt::AudioFile { file_name, .. } => format!("the file {file_name}"),
        Prompt::Text { text, .. } => {
            let short: String = text.chars().take(PROMPT_CHARS).collect();
            let more = if text.chars().nth(PROMPT_CHARS).is_some() { "\u{2026}" } else { "" };
            format!("\u{201c}{short}{more}\u{201d}")
        }
    }
}
