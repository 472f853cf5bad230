//! How a queue's calls are recorded, as the API writes it.

use phone::apps::recording::{Need, Recording};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::admin::{Access, Refused};
use crate::api::prompts::Prompt;

/// Days for which recordings are kept that nothing is said of.
const RETENTION_DAYS: u32 = 90;

/// How calls are recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueRecording {
    /// Whether calls that can't be recorded reach no agent, and end when their recording is lost.
    #[serde(default)]
    pub required: bool,
    /// What caller and agent hear when they are joined; null says nothing.
    pub announcement: Option<Prompt>,
    /// What callers hear whose call can't be recorded and must be; null says that nobody is available.
    #[serde(default)]
    pub failure_announcement: Option<Prompt>,
    /// 1 to 3,650.
    #[serde(default = "retention_days")]
    pub retention_days: u32,
}

impl QueueRecording {
    pub(super) async fn read(self, access: &Access, language: &str) -> Result<Recording, Refused> {
        Ok(Recording {
            need: if self.required { Need::Required } else { Need::Wanted },
            announcement: Prompt::read_some(self.announcement, access, "recording.announcement", language).await?,
            failure_announcement: Prompt::read_some(
                self.failure_announcement,
                access,
                "recording.failure_announcement",
                language,
            )
            .await?,
            retention_days: self.retention_days,
        })
    }
}

impl From<&Recording> for QueueRecording {
    fn from(recording: &Recording) -> Self {
        Self {
            required: recording.need == Need::Required,
            announcement: recording.announcement.as_ref().map(Prompt::from),
            failure_announcement: recording.failure_announcement.as_ref().map(Prompt::from),
            retention_days: recording.retention_days,
        }
    }
}

fn retention_days() -> u32 {
    RETENTION_DAYS
}
