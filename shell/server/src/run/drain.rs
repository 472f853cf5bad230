//! The end in good order: live calls go on until they end or patience does.

use std::time::Duration;

use phone::Directory;
use switch::input::Command;
use switch::output::Answer;

use crate::node::{Handle, Stopped};

/// For the last BYEs to be answered and the last records to be written.
const FAREWELL: Duration = Duration::from_secs(4);

/// Takes no new calls and waits for the last one; after `patience` ends those that are left.
pub async fn drain(node: &Handle, directory: &Directory, patience: Duration) {
    if node.drain().await.is_err() || tokio::time::timeout(patience, node.drained()).await.is_ok() {
        return;
    }
    match hang_up_all(node, directory).await {
        Ok(n_calls) => tracing::warn!(n_calls, "calls were ended: they took longer than --drain-timeout"),
        Err(Stopped) => return,
    }
    if tokio::time::timeout(FAREWELL, node.drained()).await.is_err() {
        tracing::warn!("some calls did not end in time");
    }
}

async fn hang_up_all(node: &Handle, directory: &Directory) -> Result<usize, Stopped> {
    let mut n_calls = 0;
    for &tenant in directory.tenants().keys() {
        let Answer::Calls(calls) = node.command(Command::ListCalls { tenant }).await? else { continue };
        for call in calls {
            node.command(Command::HangUp { tenant, call: call.id }).await?;
            n_calls += 1;
        }
    }
    Ok(n_calls)
}
