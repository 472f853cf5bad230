//! Presence as the person set it. What the media engine knows (in a call, ringing, unreachable) is not stored here.

use serde::{Deserialize, Serialize};

/// What a person says of their availability.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Away,
    #[default]
    Available,
    BeRightBack,
    Busy,
    DoNotDisturb,
    Offline,
}
