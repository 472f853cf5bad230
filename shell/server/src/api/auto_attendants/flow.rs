//! Greeting, menu and keys, as the API writes them.

use phone::apps::attendant::{
    Action as PhoneAction, CallFlow as PhoneFlow, DirectorySearch as PhoneSearch, Key, Menu as PhoneMenu,
    MenuOption as PhoneOption,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Access, Refused};
use crate::api::prompts::Prompt;
use crate::api::targets::Target;

/// A greeting and a menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallFlow {
    pub name: String,
    pub greeting: Option<Prompt>,
    pub menu: Menu,
    /// Whether callers must hear greeting and menu to the end before a key counts.
    #[serde(default)]
    pub force_listen: bool,
}

/// What callers can choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    pub prompt: Option<Prompt>,
    pub options: Vec<MenuOption>,
    #[serde(default)]
    pub directory_search: DirectorySearch,
}

/// Whether callers may search for people in this menu.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectorySearch {
    /// By name and by extension.
    Both,
    ByExtension,
    ByName,
    #[default]
    None,
}

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuOption {
    /// `0` to `9`, `*`, `#`, or `automatic` for no key at all.
    pub key: String,
    pub action: Action,
    /// What callers may say instead, if the attendant takes voice input: up to five, in the attendant's language.
    #[serde(default)]
    pub phrases: Vec<String>,
}

/// What a choice does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "type", deny_unknown_fields)]
pub enum Action {
    Announcement { prompt: Prompt },
    Disconnect,
    Operator,
    SearchDirectory { by: DirectorySearch },
    Transfer { target: Target },
}

impl CallFlow {
    pub(super) async fn read(self, access: &Access, field: &str, language: &str) -> Result<PhoneFlow, Refused> {
        let mut options = Vec::with_capacity(self.menu.options.len());
        for (index, option) in self.menu.options.into_iter().enumerate() {
            let field = format!("{field}.menu.options[{index}]");
            options.push(option.read(access, &field, language).await?);
        }
        let prompt = Prompt::read_some(self.menu.prompt, access, &format!("{field}.menu.prompt"), language).await?;
        Ok(PhoneFlow {
            name: self.name,
            greeting: Prompt::read_some(self.greeting, access, &format!("{field}.greeting"), language).await?,
            menu: PhoneMenu { prompt, options, directory_search: self.menu.directory_search.into() },
            force_listen: self.force_listen,
        })
    }
}

impl MenuOption {
    async fn read(self, access: &Access, field: &str, language: &str) -> Result<PhoneOption, Refused> {
        let mut keys = self.key.chars();
        let key = match (self.key.as_str(), keys.next(), keys.next()) {
            ("automatic", ..) => Key::Automatic,
            (_, Some(digit), None) => Key::Digit(digit),
            _ => {
                return Err(Refused::field(
                    format!("{field}.key"),
                    "menu.key_unknown",
                    "a key is one of 0 to 9, * and #",
                ));
            }
        };
        let action = match self.action {
            Action::Announcement { prompt } => {
                let prompt = prompt.read(access, &format!("{field}.action.prompt"), language).await?;
                PhoneAction::Announcement { prompt }
            }
            Action::Disconnect => PhoneAction::Disconnect,
            Action::Operator => PhoneAction::Operator,
            Action::SearchDirectory { by } => PhoneAction::SearchDirectory { by: by.into() },
            Action::Transfer { target } => {
                PhoneAction::Transfer { target: target.read(&format!("{field}.action.target"))? }
            }
        };
        let mut phrases = Vec::with_capacity(self.phrases.len());
        for (index, text) in self.phrases.into_iter().enumerate() {
            let phrase = Prompt::Text { text };
            phrases.push(phrase.read(access, &format!("{field}.phrases[{index}]"), language).await?);
        }
        Ok(PhoneOption { key, action, phrases })
    }
}

impl From<&PhoneFlow> for CallFlow {
    fn from(flow: &PhoneFlow) -> Self {
        Self {
            name: flow.name.clone(),
            greeting: flow.greeting.as_ref().map(Prompt::from),
            menu: Menu {
                prompt: flow.menu.prompt.as_ref().map(Prompt::from),
                options: flow.menu.options.iter().map(MenuOption::from).collect(),
                directory_search: flow.menu.directory_search.into(),
            },
            force_listen: flow.force_listen,
        }
    }
}

impl From<&PhoneOption> for MenuOption {
    fn from(option: &PhoneOption) -> Self {
        let key = match option.key {
            Key::Automatic => "automatic".to_owned(),
            Key::Digit(digit) => digit.to_string(),
        };
        let action = match &option.action {
            PhoneAction::Announcement { prompt } => Action::Announcement { prompt: prompt.into() },
            PhoneAction::Disconnect => Action::Disconnect,
            PhoneAction::Operator => Action::Operator,
            PhoneAction::SearchDirectory { by } => Action::SearchDirectory { by: (*by).into() },
            PhoneAction::Transfer { target } => Action::Transfer { target: target.into() },
        };
        let phrases = option.phrases.iter().filter_map(|phrase| phrase.text().map(str::to_owned)).collect();
        Self { key, action, phrases }
    }
}

impl From<PhoneSearch> for DirectorySearch {
    fn from(search: PhoneSearch) -> Self {
        match search {
            PhoneSearch::Both => Self::Both,
            PhoneSearch::ByExtension => Self::ByExtension,
            PhoneSearch::ByName => Self::ByName,
            PhoneSearch::None => Self::None,
        }
    }
}

impl From<DirectorySearch> for PhoneSearch {
    fn from(search: DirectorySearch) -> Self {
        match search {
            DirectorySearch::Both => Self::Both,
            DirectorySearch::ByExtension => Self::ByExtension,
            DirectorySearch::ByName => Self::ByName,
            DirectorySearch::None => Self::None,
        }
    }
}
