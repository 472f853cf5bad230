//! What policies name: dial plans and usages, resource accounts, audio files, numbers.

use phone::numbers::routing::{DialPlan, PstnUsage};
use phone::policies::emergency::SharedCalling;
use phone::policies::outside::CallerId;
use phone::policies::{Policy, PolicyType, Settings};
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
            if tx.numbers_of_account(self.tenant(), *id).await?.is_empty() {
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
        if let Settings::SharedCalling(settings) = &policy.settings {
            for number in settings.emergency_numbers.iter() {
                let found = tx.number(self.tenant(), *number).await?;
                let found = found.ok_or_else(|| missing("emergency_numbers", "number"))?.value;
                if found.assignee.is_some() {
                    let words =
                        format!("{number} is assigned: emergency services call back on numbers that nobody has");
                    return Err(Refused::field("settings.emergency_numbers", "policy.callback_assigned", words));
                }
            }
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
        Ok(())
    }
}
