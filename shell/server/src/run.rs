//! The life of the process: what starts in which order, and how it ends.

use crate::config::Config;

/// Runs the phone system until it is told to end.
pub fn run(config: Config) -> anyhow::Result<()> {
    let _log = crate::log::start()?;
    tracing::info!(data_dir = %config.data_dir.display(), "starting");
    Ok(())
}
