//! Templates of attendants and queues.

use clap::Subcommand;
use reqwest::Method;
use serde_json::json;

use super::client::{Client, ClientError};
use super::nouns::{Shown, find};
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum TemplateCommand {
    /// List templates, those that come with the program first.
    List,
    /// Print a template with its settings as JSON.
    Show {
        /// Name or id.
        template: String,
    },
    /// Save an attendant or a queue as a template, with its prompts and schedules.
    Save {
        name: String,
        /// Name or id.
        #[arg(long, required_unless_present = "queue", conflicts_with = "queue")]
        attendant: Option<String>,
        /// Name or id.
        #[arg(long)]
        queue: Option<String>,
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Make an attendant or a queue from a template.
    Use {
        /// Name or id.
        template: String,
        /// Of the new attendant or queue.
        name: String,
        /// Extension of an agent of the new queue, in place of the template's; once for each.
        #[arg(long = "agent")]
        agents: Vec<String>,
    },
    /// Delete a template; what was made of it stays.
    Delete {
        /// Name or id.
        template: String,
    },
}

const TEMPLATE: &[Column] = &[
    ("Name", "/name"),
    ("Makes", "/type"),
    ("Description", "/description"),
    ("Comes with the program", "/built_in"),
    ("Schedules", "/schedules"),
    ("Id", "/id"),
];
const MADE: &[Column] = &[("Name", "/name"), ("Kind", "/type"), ("New schedules", "/schedules"), ("Id", "/id")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &TemplateCommand) -> Result<Shown, ClientError> {
    let templates = format!("{tenant}/app-templates");
    let find_template = async |name: &str| find(client, &templates, "template", name).await;
    match command {
        TemplateCommand::List => Ok(Shown::Items(TEMPLATE, client.list(&templates, &[], usize::MAX).await?)),
        TemplateCommand::Show { template } => {
            let shown = client.get(&find_template(template).await?).await?;
            Ok(Shown::File(format!("{shown:#}\n")))
        }
        TemplateCommand::Save { name, attendant, queue, description } => {
            let id_of = async |list: &str, what, name: &Option<String>| -> Result<Option<String>, ClientError> {
                let Some(name) = name else { return Ok(None) };
                let path = find(client, &format!("{tenant}/{list}"), what, name).await?;
                Ok(path.rsplit('/').next().map(str::to_owned))
            };
            let body = json!({
                "name": name, "description": description,
                "auto_attendant": id_of("auto-attendants", "attendant", attendant).await?,
                "call_queue": id_of("call-queues", "queue", queue).await?,
            });
            Ok(Shown::Object(TEMPLATE, client.write(Method::POST, &templates, &body).await?, &[]))
        }
        TemplateCommand::Use { template, name, agents } => {
            let mut ids = Vec::with_capacity(agents.len());
            for agent in agents {
                ids.push(client.get(&format!("{tenant}/users/{agent}")).await?["id"].clone());
            }
            let path = format!("{}/use", find_template(template).await?);
            let made = client.write(Method::POST, &path, &json!({ "name": name, "agents": ids })).await?;
            Ok(Shown::Object(MADE, made, &[]))
        }
        TemplateCommand::Delete { template } => {
            client.delete(&find_template(template).await?).await?;
            Ok(Shown::Words(format!("{template} was deleted.")))
        }
    }
}
