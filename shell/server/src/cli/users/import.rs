//! People from a file, and the passwords of those who are new.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::Value;

use crate::cli::client::{Client, ClientError};
use crate::cli::nouns::Shown;
use crate::cli::orders;

#[derive(Debug, Args)]
pub struct Import {
    /// A table with the columns extension, display_name, email, department, office, site, country, groups and hidden, of which
    /// only the first is needed; names of groups are separated by |.
    file: PathBuf,
    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// Give those who are new a password and write them here; the file must not be there yet.
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    passwords: Option<PathBuf>,
}

pub(super) async fn carry_out(client: &Client, tenant: &str, wanted: &Import) -> Result<Shown, ClientError> {
    let unreadable = |source| ClientError::Unreadable { path: wanted.file.clone(), source };
    let table = std::fs::read(&wanted.file).map_err(unreadable)?;
    // Before anybody is made: a password that can't be written is lost.
    let passwords = wanted.passwords.as_deref().map(create).transpose()?;
    let query = [("dry_run", wanted.dry_run.to_string())];
    let order = client.send_table(&format!("{tenant}/users/import"), &query, table).await?;
    let lines = format!("{tenant}/orders/{}/lines", order["id"].as_str().unwrap_or_default());
    let shown = orders::follow(client, tenant, order).await?;
    if let (Some(mut file), Some(path)) = (passwords, wanted.passwords.as_deref()) {
        let done = client.list(&lines, &[("state", "done".to_owned())], usize::MAX).await?;
        for extension in done.iter().filter_map(new_extension) {
            let reset = client.post(&format!("{tenant}/users/{extension}/reset-password")).await?;
            let password = reset["password"].as_str().unwrap_or_default();
            writeln!(file, "{extension},{password}").map_err(|source| unwritable(path, source))?;
        }
    }
    Ok(shown)
}

/// Who was made by a line.
fn new_extension(line: &Value) -> Option<&str> {
    let result = &line["result"];
    if result["created"] == true { result["extension"].as_str() } else { None }
}

fn create(path: &Path) -> Result<std::fs::File, ClientError> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|source| unwritable(path, source))?;
    writeln!(file, "extension,password").map_err(|source| unwritable(path, source))?;
    Ok(file)
}

fn unwritable(path: &Path, source: std::io::Error) -> ClientError {
    ClientError::Unwritable { path: path.to_owned(), source }
}
