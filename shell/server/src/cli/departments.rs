//! Departments.

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum DepartmentCommand {
    /// List departments with how many people they have.
    List,
    /// Give a department another name, for all of its people.
    Rename {
        from: String,
        to: String,
        /// Also if there are people in a department of the new name.
        #[arg(long)]
        merge: bool,
    },
}

const DEPARTMENT: &[Column] = &[("Name", "/name"), ("People", "/people")];

pub(super) async fn carry_out(
    client: &Client,
    tenant: &str,
    command: &DepartmentCommand,
) -> Result<Shown, ClientError> {
    let departments = format!("{tenant}/departments");
    match command {
        DepartmentCommand::List => Ok(Shown::Items(DEPARTMENT, client.list(&departments, &[], usize::MAX).await?)),
        DepartmentCommand::Rename { from, to, merge } => {
            let body = json!({ "from": from, "to": to, "merge": merge });
            let renamed = client.write(Method::POST, &format!("{departments}/rename"), &body).await?;
            Ok(Shown::Object(DEPARTMENT, renamed, &[]))
        }
    }
}
