//! Trunks: the ways to and from the public network.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use phone::id::{TranslationRuleId, TrunkId};
use phone::limits::TRUNK_RULES_MAX;
use phone::numbers::Trunk;
use phone::numbers::routing::order::place;
use phone::numbers::routing::usage::InUse;
use phone::numbers::routing::{TranslationRule, VoiceRoute};
use phone::numbers::trunk::check;
use phone::numbers::trunk::settings::TrunkSettings;
use serde_json::{Map, Value};
use store::{Expected, Tx, Version};
use switch::input::Command;
use switch::output::Answer;
use switch::view;
use uuid::Uuid;

use super::refused::Fault;
use super::{Access, Refused};

/// A moment as near as this is now.
const NOW: SignedDuration = SignedDuration::from_secs(60);

impl Access {
    /// How the trunks do, by what calls and OPTIONS met.
    pub async fn trunks_now(&self) -> Result<Vec<view::Trunk>, Refused> {
        match self.node().command(Command::ListTrunks { tenant: self.tenant() }).await? {
            Answer::Trunks(trunks) => Ok(trunks),
            other => Err(Refused::by_switch(other, "trunk")),
        }
    }

    /// Trunks that are tried last, if it is asked about now: of another time nobody knows.
    pub async fn trunks_down(&self, at: Timestamp) -> Result<BTreeSet<TrunkId>, Refused> {
        if NOW < Timestamp::now().duration_since(at).abs() {
            return Ok(BTreeSet::new());
        }
        let trunks = self.trunks_now().await?.into_iter();
        Ok(trunks.filter(|trunk| trunk.is_tried_last).map(|trunk| trunk.id).collect())
    }

    /// Adds a trunk at a place in the order in which calls go out; behind all others if none is given.
    pub async fn create_trunk(&self, trunk: &Trunk, priority: Option<u32>) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        self.check_trunk(&tx, trunk, priority).await?;
        let preference = self.place_trunk(&mut tx, trunk.id, priority).await?;
        let version = tx.save_trunk(self.tenant(), trunk, preference, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes a trunk; calls that are up keep what they began with.
    pub async fn change_trunk(
        &self,
        id: TrunkId,
        expected: Expected,
        priority: Option<u32>,
        change: impl FnOnce(&mut Trunk) -> Result<(), Refused> + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let (before, mut preference) = tx.trunk(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "trunk" })?;
        let mut trunk = before.value;
        change(&mut trunk)?;
        self.check_trunk(&tx, &trunk, priority).await?;
        if priority.is_some_and(|wanted| wanted != preference) {
            preference = self.place_trunk(&mut tx, id, priority).await?;
        }
        tx.save_trunk(self.tenant(), &trunk, preference, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a trunk that no number comes in on, and that no route and no other trunk uses.
    pub async fn delete_trunk(&self, id: TrunkId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let (trunk, _) = tx.trunk(self.tenant(), id).await?.ok_or(Refused::NotFound { what: "trunk" })?;
        let n_numbers = tx.n_numbers_of_trunk(self.tenant(), id).await?;
        if n_numbers != 0 {
            return Err(Refused::Conflict {
                code: "trunk.in_use",
                detail: format!("{n_numbers} numbers come in on {}", trunk.value.name),
                fix: Some("give those numbers back first, or disable the trunk instead".to_owned()),
            });
        }
        let routes = tx.documents::<VoiceRoute>(self.tenant()).await?;
        let routes = routes.iter().filter(|route| route.trunks.contains(&id));
        let mut users: Vec<String> = routes.map(|route| format!("the route {}", route.name)).collect();
        let others = tx.trunks(self.tenant()).await?;
        let others = others.iter().filter(|other| other.settings.proxy_trunk == Some(id));
        users.extend(others.map(|other| format!("the trunk {}", other.name)));
        InUse::check("trunk.in_use", &trunk.value.name, users).map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_trunk(self.tenant(), id, expected).await?;
        self.settle(tx).await
    }

    /// Settings in which translation rules, sites and trunks may be named by their names as well. What is not found is left
    /// as it is, and refused with the trunk.
    pub async fn with_ids_in_settings(&self, mut wanted: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
        for (name, _) in TrunkSettings::default().rule_lists() {
            let Some(Value::Array(rules)) = wanted.get_mut(name) else { continue };
            // A list that is too long is refused with the trunk.
            for rule in rules.iter_mut().take(TRUNK_RULES_MAX) {
                let Some(text) = rule.as_str().filter(|text| text.parse::<Uuid>().is_err()) else { continue };
                let found = self.store().document_named::<TranslationRule>(self.tenant(), text).await?;
                if let Some(found) = found {
                    *rule = Value::String(found.value.id.to_string());
                }
            }
        }
        if let Some(Value::String(text)) = wanted.get("site")
            && let Ok(site) = self.site(text).await
        {
            wanted.insert("site".to_owned(), Value::String(site.value.id.to_string()));
        }
        if let Some(Value::String(text)) = wanted.get("proxy_trunk")
            && let Ok(found) = self.trunks_named(std::slice::from_ref(text)).await
        {
            let id = found.first().map(ToString::to_string);
            wanted.insert("proxy_trunk".to_owned(), id.map_or(Value::Null, Value::String));
        }
        Ok(wanted)
    }

    /// Makes room at a place; the trunks in the way go further.
    async fn place_trunk(&self, tx: &mut Tx, id: TrunkId, wanted: Option<u32>) -> Result<u32, Refused> {
        let (at, moved) = place(&tx.trunk_places(self.tenant()).await?, id, wanted);
        for (other, preference) in moved {
            if let Some((other, _)) = tx.trunk(self.tenant(), other).await? {
                tx.save_trunk(self.tenant(), &other.value, preference, Expected::Any).await?;
            }
        }
        Ok(at)
    }

    /// The trunk's own rules, and that what it names is there.
    async fn check_trunk(&self, tx: &Tx, trunk: &Trunk, priority: Option<u32>) -> Result<(), Refused> {
        Refused::for_problems(check::problems(trunk))?;
        if priority == Some(0) {
            return Err(Refused::field("priority", "priority.out_of_range", "a priority is at least 1"));
        }
        let mut faults = Vec::new();
        let mut missing = |field: String, what: &str| {
            let message = format!("there is no such {what}");
            faults.push(Fault { field, code: "trunk.reference_missing".to_owned(), message });
        };
        let settings = &trunk.settings;
        if let Some(site) = settings.site
            && tx.site(self.tenant(), site).await?.is_none()
        {
            missing("settings.site".to_owned(), "site");
        }
        if let Some(proxy) = settings.proxy_trunk
            && tx.trunk(self.tenant(), proxy).await?.is_none()
        {
            missing("settings.proxy_trunk".to_owned(), "trunk");
        }
        for (name, rules) in settings.rule_lists() {
            for (index, TranslationRuleId(rule)) in rules.iter().enumerate() {
                if tx.document::<TranslationRule>(self.tenant(), *rule).await?.is_none() {
                    missing(format!("settings.{name}[{index}]"), "translation rule");
                }
            }
        }
        let Some(first) = faults.first() else { return Ok(()) };
        let detail = format!("{}: {}", first.field, first.message);
        let fix = Some("`trunkline trunk settings` tells what each setting takes".to_owned());
        Err(Refused::Invalid { code: "trunk.reference_missing", detail, faults, fix })
    }
}

/// Settings of a trunk with some of them changed.
pub fn with_settings(trunk: &mut Trunk, wanted: &Map<String, Value>) -> Result<(), Refused> {
    trunk.settings = trunk.settings.changed(wanted).map_err(|faults| Refused::Invalid {
        code: "invalid_settings",
        detail: "these settings break a rule".to_owned(),
        faults: faults.into_iter().map(Fault::from).collect(),
        fix: Some("`trunkline trunk settings` tells what each setting takes".to_owned()),
    })?;
    Ok(())
}
