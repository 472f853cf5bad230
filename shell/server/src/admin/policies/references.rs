//! What policies name: dial plans and usages, resource accounts, audio files, numbers.

use phone::numbers::Number;
use phone::numbers::routing::{DialPlan, PstnUsage, VoiceRoute};
use phone::policies::callback::check_callback;
use phone::policies::emergency::SharedCalling;
use phone::policies::outside::CallerId;
use phone::policies::{Policy, PolicyType, Settings};
use phone::rule::Broken as _;
use serde_json::Value;
use store::Tx;
use uuid::Uuid;

use super::PolicyChange;
use crate::admin::refused::Fault;
use crate::admin::{Access, Refused};

impl Access {
    /// Dial plans are named by their names as well.
    pub(super) async fn with_ids(
        &self,
        tx: &Tx,
        kind: PolicyType,
        mut wanted: PolicyChange,
    ) -> Result<PolicyChange, Refused> {
        if kind == PolicyType::DialPlan
            && let Some(Value::String(name)) = wanted.settings.get("dial_plan")
            && name.parse::<Uuid>().is_err()
        {
            let found = tx.document_named::<DialPlan>(self.tenant(), name).await?;
            let missing = || {
                let words = format!("there is no dial plan {name}");
                Refused::field("settings.dial_plan", "policy.reference_missing", words)
            };
            let id = found.ok_or_else(missing)?.value.id;
            wanted.settings.insert("dial_plan".to_owned(), Value::String(id.to_string()));
        }
        Ok(wanted)
    }

    /// What a policy names must be there.
    pub(super) async fn check_references(&self, tx: &Tx, policy: &Policy) -> Result<(), Refused> {
        self.check_routing(tx, policy).await?;
        let missing = |field: &str, what: &str| {
            Refused::field(format!("settings.{field}"), "policy.reference_missing", format!("there is no such {what}"))
        };
        if let Settings::CallerId(CallerId { resource_account: Some(id), .. })
        | Settings::SharedCalling(SharedCalling { resource_account: Some(id), .. }) = &policy.settings
        {
            let found = tx.resource_account(self.tenant(), *id).await?;
            found.ok_or_else(|| missing("resource_account", "resource account"))?;
            let of_account = tx.numbers_of_account(self.tenant(), *id).await?;
            if let (Some(shared), Settings::SharedCalling(settings)) = (of_account.first(), &policy.settings) {
                self.check_callbacks(tx, policy, settings, &shared.value).await?;
            }
            if of_account.is_empty() {
                let words = "this resource account has no number: assign it one first";
                return Err(Refused::field("settings.resource_account", "policy.account_without_number", words));
            }
        }
        let mut files = Vec::new();
        if let Settings::CallHold(settings) = &policy.settings {
            files.push(("audio_file", settings.audio_file));
        }
        if let Settings::Voicemail(settings) = &policy.settings {
            files.push(("preamble_audio_file", settings.preamble_audio_file));
            files.push(("postamble_audio_file", settings.postamble_audio_file));
        }
        for (field, file) in files {
            if let Some(file) = file
                && self.store().prompt(self.tenant(), file).await?.is_none()
            {
                return Err(missing(field, "audio file"));
            }
        }
        Ok(())
    }

    /// Numbers that the policy keeps for emergency services to call back.
    async fn check_callbacks(
        &self,
        tx: &Tx,
        policy: &Policy,
        settings: &SharedCalling,
        shared: &Number,
    ) -> Result<(), Refused> {
        let mut kept = tx.kept_numbers(self.tenant()).await?;
        kept.retain(|_, by| *by != policy.name);
        for (index, number) in settings.emergency_numbers.iter().enumerate() {
            let field = format!("settings.emergency_numbers[{index}]");
            let Some(found) = tx.number(self.tenant(), *number).await? else {
                return Err(Refused::field(field, "policy.reference_missing", "there is no such number"));
            };
            let checked = check_callback(&found.value, shared, kept.get(number).map(String::as_str));
            checked.map_err(|refusal| Refused::Invalid {
                code: refusal.code(),
                detail: refusal.to_string(),
                faults: vec![Fault { field, code: refusal.code().to_owned(), message: refusal.to_string() }],
                fix: Some(refusal.fix()),
            })?;
        }
        Ok(())
    }

    /// The dial plan and the usages that a policy names.
    async fn check_routing(&self, tx: &Tx, policy: &Policy) -> Result<(), Refused> {
        if let Settings::DialPlan(settings) = &policy.settings
            && let Some(plan) = settings.dial_plan
            && tx.document::<DialPlan>(self.tenant(), plan.0).await?.is_none()
        {
            let words = "there is no such dial plan";
            return Err(Refused::field("settings.dial_plan", "policy.reference_missing", words));
        }
        let (mut field, mut usages) = ("pstn_usages", Vec::new());
        if let Settings::VoiceRouting(settings) = &policy.settings {
            usages.extend(settings.pstn_usages.iter().map(|usage| usage.as_str()));
        }
        if let Settings::EmergencyCallRouting(settings) = &policy.settings {
            field = "emergency_numbers";
            usages.extend(settings.emergency_numbers.iter().map(|entry| entry.pstn_usage.as_str()));
        }
        for (index, usage) in usages.into_iter().enumerate() {
            if tx.document_named::<PstnUsage>(self.tenant(), usage).await?.is_none() {
                let words = format!("there is no PSTN usage {usage}");
                return Err(Refused::Invalid {
                    code: "policy.reference_missing",
                    detail: words.clone(),
                    faults: vec![Fault {
                        field: format!("settings.{field}[{index}]"),
                        code: "policy.reference_missing".to_owned(),
                        message: words,
                    }],
                    fix: Some(format!("trunkline usage create {usage}")),
                });
            }
        }
        if let Settings::EmergencyCallRouting(settings) = &policy.settings {
            let routes = tx.documents::<VoiceRoute>(self.tenant()).await?;
            let is_led = |usage: &str| routes.iter().any(|route| route.has_usage(usage));
            let mut usages = settings.emergency_numbers.iter().map(|entry| entry.pstn_usage.as_str()).enumerate();
            if let Some((index, usage)) = usages.find(|(_, usage)| !is_led(usage)) {
                let words =
                    format!("no voice route has the usage {usage}: calls to this number would go nowhere by it");
                let first = format!("trunkline route create NAME --usage {usage} --pattern '^\\d+$' --trunk TRUNK");
                return Err(Refused::Invalid {
                    code: "policy.usage_without_route",
                    detail: words.clone(),
                    faults: vec![Fault {
                        field: format!("settings.emergency_numbers[{index}].pstn_usage"),
                        code: "policy.usage_without_route".to_owned(),
                        message: words,
                    }],
                    fix: Some(first),
                });
            }
        }
        Ok(())
    }
}
