//! The end in good order: live calls go on until they end or patience does.

use std::time::Duration;

use phone::Directory;
use switch::input::Command;
use switch::output::Answer;

use super::End;
use crate::node::{Handle, Stopped};

/// For the last BYEs to be answered and the last records to be written.
const FAREWELL: Duration = Duration::from_secs(4);

/// Takes no new calls and waits for the last one; after `patience` ends those that are left. Calls that are handed over are
/// neither waited for nor ended.
pub async fn drain(node: &Handle, directory: &Directory, patience: Duration, end: End) {
    let begun = match end {
        End::ForGood => node.drain().await,
        End::HandOver => node.hand_over().await,
    };
    if begun.is_err() || tokio::time::timeout(patience, node.drained()).await.is_ok() {
        return;
    }
    match hang_up_all(node, directory, end).await {
        Ok(n_calls) => tracing::warn!(n_calls, "calls were ended: they took longer than --drain-timeout"),
        Err(Stopped) => return,
    }
    if tokio::time::timeout(FAREWELL, node.drained()).await.is_err() {
        tracing::warn!("some calls did not end in time");
    }
}

async fn hang_up_all(node: &Handle, directory: &Directory, end: End) -> Result<usize, Stopped> {
    let mut n_calls = 0;
    for &tenant in directory.tenants().keys() {
        let Answer::Calls(calls) = node.command(Command::ListCalls { tenant }).await? else { continue };
        for call in calls.iter().filter(|call| end == End::ForGood || !call.is_kept) {
            node.command(Command::HangUp { tenant, call: call.id }).await?;
            n_calls += 1;
        }
    }
    Ok(n_calls)
}
