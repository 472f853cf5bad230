//! Names of people, for callers who search by name. They are rendered one after the other beside everything else, and
//! until then callers hear extensions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use media::prompt::Prompt;
use phone::Directory;
use phone::directory::Tenant;
use phone::directory::change::{Touched, TouchedTenant};
use phone::id::UserId;
use switch::input::PromptLibrary;

use super::{Prompts, key_of_text};
use crate::error::chain;

/// Names that are held: those of everybody in the organizations that most use this, in some 50 MB.
const NAMES_MAX: usize = 1_000;

/// Rests after each, in times of what it took: calls go before names that somebody may search for one day.
const RESTS: u32 = 3;

/// A language and a text.
pub(super) type Name = (String, String);

impl Prompts {
    /// Names that are rendered already. The others are noted as missing.
    pub(super) async fn names(&self, directory: &Directory) -> BTreeMap<Name, Arc<Prompt>> {
        let (mut names, mut missing) = (BTreeMap::new(), BTreeSet::new());
        for (language, text) in wanted(directory) {
            match self.kept_text(key_of_text(&language, &text), &language, &text).await {
                Some(prompt) => drop(names.insert((language, text), prompt)),
                None => drop(missing.insert((language, text))),
            }
        }
        *self.missing_names() = missing;
        names
    }

    /// Notes names that the library lacks of people who are new or are called otherwise now.
    pub fn miss_names(&self, directory: &Directory, touched: &Touched, library: &PromptLibrary) {
        let Touched::Tenants(tenants) = touched else { return };
        for (tenant, touched) in tenants {
            let (Some(tenant), TouchedTenant::Parts { users, .. }) = (directory.tenant(*tenant), touched) else {
                continue;
            };
            let names = users.iter().filter(|user| tenant.is_listed(**user)).flat_map(|user| names_of(tenant, *user));
            for name in names.filter(|name| !library.names.contains_key(name)) {
                let mut missing = self.missing_names();
                if NAMES_MAX <= library.names.len() + missing.len() {
                    return;
                }
                missing.insert(name);
            }
        }
    }

    /// Renders names that were missing, if nobody does. The next library has them.
    pub async fn render_missing_names(&self) {
        let missing = std::mem::take(&mut *self.missing_names());
        let mut n_new = 0_usize;
        for (language, text) in missing {
            let begun = Instant::now();
            match self.text(&language, &text).await {
                Ok(_) => n_new += 1,
                Err(error) => {
                    tracing::warn!(error = chain(&error), "a name can't be spoken, callers hear the extension");
                    break;
                }
            }
            tokio::time::sleep(begun.elapsed() * RESTS).await;
        }
        if 0 < n_new {
            tracing::info!(n_new, "names of people are rendered");
            self.has_more();
        }
    }

    /// Whether names are to be rendered.
    pub fn has_missing_names(&self) -> bool {
        !self.missing_names().is_empty()
    }
}

fn wanted(directory: &Directory) -> BTreeSet<Name> {
    let mut wanted = BTreeSet::new();
    for tenant in directory.tenants().values() {
        // Most organizations have no such attendant, and some have many people.
        if !tenant.attendants.values().any(|settings| settings.searches_names()) {
            continue;
        }
        for user in tenant.listed() {
            if NAMES_MAX <= wanted.len() {
                return wanted;
            }
            wanted.extend(names_of(tenant, user));
        }
    }
    wanted
}

/// What attendants call a person, each in its language.
fn names_of(tenant: &Tenant, user: UserId) -> impl Iterator<Item = Name> {
    let searched = tenant.attendants.values().filter(|settings| settings.searches_names());
    searched.filter_map(move |settings| {
        let text = tenant.spoken_name(user, settings.user_name_extension)?;
        Some((settings.language.clone(), text))
    })
}
