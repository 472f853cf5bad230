//! Who may change an attendant or a queue without a role, as it is typed.

use clap::Args;
use serde_json::{Value, json};

use super::client::{Client, ClientError};

/// Who may change this as far as their voice applications policy lets them.
#[derive(Debug, Args)]
pub struct Authorized {
    /// Extension of somebody who may change this without a role; once for each. An empty one takes everybody out.
    #[arg(id = "authorized_users", long = "authorized", value_name = "EXTENSION")]
    users: Vec<String>,
    /// Group whose members may, by name; once for each. An empty one takes all groups out.
    #[arg(id = "authorized_groups", long = "authorized-group", value_name = "GROUP")]
    groups: Vec<String>,
}

impl Authorized {
    pub async fn put_into(&self, body: &mut Value, client: &Client, tenant: &str) -> Result<(), ClientError> {
        let given = [("users", &self.users), ("groups", &self.groups)];
        for (noun, names) in given.into_iter().filter(|(_, names)| !names.is_empty()) {
            let mut ids = Vec::with_capacity(names.len());
            for name in names.iter().filter(|name| !name.is_empty()) {
                ids.push(client.get(&format!("{tenant}/{noun}/{name}")).await?["id"].clone());
            }
            body["authorized"][noun] = json!(ids);
        }
        Ok(())
    }
}
