//! Translation rules, and what they make of numbers.

use phone::id::TranslationRuleId;
use phone::limits::TRANSLATION_RULES_MAX;
use phone::numbers::routing::TranslationRule;
use phone::numbers::routing::translation;
use phone::numbers::routing::usage::InUse;
use phone::problem::Problem;
use store::{Expected, Version};

use super::Routed;
use super::dial_plans::check_samples;
use crate::admin::{Access, Refused};

impl Routed for TranslationRule {
    const WHAT: &'static str = "translation rule";
    const N_MAX: u64 = TRANSLATION_RULES_MAX;

    fn problems(&self) -> Vec<Problem> {
        translation::problems(self)
    }
}

impl Access {
    /// Makes a translation rule; trunks that name it write numbers by it.
    pub async fn create_translation_rule(&self, rule: &TranslationRule) -> Result<Version, Refused> {
        let mut tx = self.change().await?;
        let version = self.save_routed(&mut tx, rule, Expected::Absent).await?;
        self.settle(tx).await?;
        Ok(version)
    }

    /// Changes a translation rule.
    pub async fn change_translation_rule(
        &self,
        id: TranslationRuleId,
        expected: Expected,
        change: impl FnOnce(&mut TranslationRule) + Send,
    ) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let mut rule = self.routed_in::<TranslationRule>(&tx, id.0).await?.value;
        change(&mut rule);
        self.save_routed(&mut tx, &rule, expected).await?;
        self.settle(tx).await
    }

    /// Deletes a translation rule that no trunk names.
    pub async fn delete_translation_rule(&self, id: TranslationRuleId, expected: Expected) -> Result<(), Refused> {
        let mut tx = self.change().await?;
        let rule = self.routed_in::<TranslationRule>(&tx, id.0).await?.value;
        let trunks = tx.trunks(self.tenant()).await?;
        let users = trunks.iter().flat_map(|trunk| {
            let lists = trunk.settings.rule_lists().into_iter().filter(|(_, rules)| rules.iter().any(|it| *it == id));
            lists.map(|(list, _)| format!("{list} of the trunk {}", trunk.name))
        });
        InUse::check("translation_rule.in_use", &rule.name, users.collect())
            .map_err(|refusal| Refused::by_rule(&refusal))?;
        tx.delete_document::<TranslationRule>(self.tenant(), id.0, expected).await?;
        self.settle(tx).await
    }

    /// What a rule makes of numbers; none of those that it does not match.
    pub fn test_translation_rule(
        &self,
        rule: &TranslationRule,
        numbers: &[String],
    ) -> Result<Vec<Option<String>>, Refused> {
        check_samples("numbers", numbers.len())?;
        let translator = rule.compile();
        Ok(numbers.iter().map(|number| translator.as_ref()?.apply(number.trim())).collect())
    }
}
