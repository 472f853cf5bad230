//! Calls that are going on.

use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, ClientError};
use super::nouns::Shown;
use super::print::Column;

#[derive(Debug, Subcommand)]
pub enum CallCommand {
    /// List calls that are going on.
    List,
    /// Show a call, or what became of it.
    Show { call: Uuid },
    /// End a call.
    Hangup { call: Uuid },
    /// Tell the way of a call that is over: each hop, and why it went on.
    Path { call: Uuid },
    /// Hear both who talk, without being heard: the supervisor's phones ring, and hanging up ends it.
    Listen(Supervise),
    /// Hear both, and be heard by the agent alone.
    Whisper(Supervise),
    /// Hear both, and be heard by both.
    Barge(Supervise),
    /// Take the agent's place.
    TakeOver(Supervise),
}

/// Who supervises whom.
#[derive(Debug, Args)]
pub struct Supervise {
    call: Uuid,
    /// Extension or id of the supervisor.
    #[arg(long = "as", value_name = "USER")]
    supervisor: String,
    /// Extension or id of who is supervised; without it the agent of a queue, else a person of the organization.
    #[arg(long)]
    agent: Option<String>,
}

/// Who is told when a supervisor joins a call.
#[derive(Debug, Args)]
pub struct Notice {
    /// Who is told when a supervisor joins a call.
    #[arg(long, value_parser = ["nobody", "agent", "both"])]
    supervision_told: Option<String>,
    /// How.
    #[arg(long, value_parser = ["tone", "announcement"])]
    supervision_sign: Option<String>,
}

const CALL: &[Column] = &[
    ("Id", "/id"),
    ("From", "/from"),
    ("To", "/to"),
    ("State", "/state"),
    ("At", "/at"),
    ("Answered by", "/answered_by"),
    ("Started", "/started_at"),
];
const RECORD: &[Column] = &[
    ("Id", "/id"),
    ("From", "/from"),
    ("To", "/to"),
    ("Started", "/started_at"),
    ("Answered", "/answered_at"),
    ("Ended", "/ended_at"),
    ("Result", "/result"),
    ("Status", "/status"),
    ("Reason", "/reason"),
    ("Subcode", "/cause/subcode"),
    ("Q.850", "/cause/q850"),
    ("Answered by", "/answered_by"),
    ("Ended by", "/ended_by"),
    ("Caller's number", "/signature/verstat"),
    ("Vouched for by", "/signature/signer"),
];
const RECORD_LISTS: &[(&str, &str, &[Column])] = &[
    ("Decided by", "/decisions", &[("Rule", "")]),
    ("Trunks tried", "/attempts", ATTEMPT),
    ("Parties", "/legs", PART),
    ("Messages", "/messages", MESSAGE),
];
const MESSAGE: &[Column] = &[
    ("After (ms)", "/after_milliseconds"),
    ("From", "/from"),
    ("To", "/to"),
    ("Message", "/message"),
    ("Over", "/transport"),
    ("Address", "/address"),
];
const ATTEMPT: &[Column] = &[
    ("Trunk", "/trunk_name"),
    ("Route", "/route"),
    ("Called", "/called"),
    ("Showing", "/calling"),
    ("Result", "/result"),
    ("Status", "/status"),
    ("Reason", "/reason"),
    ("Subcode", "/cause/subcode"),
    ("Signed", "/attestation"),
    ("Not signed", "/unsigned"),
    ("After (ms)", "/milliseconds"),
];
const PART: &[Column] = &[
    ("Party", "/party"),
    ("Inbound", "/inbound"),
    ("Answered", "/answered_at"),
    ("Ended", "/ended_at"),
    ("Status", "/status"),
    ("Codec", "/codec"),
];
const HOP: &[Column] =
    &[("At", "/at"), ("Where", "/place"), ("What happened", "/events"), ("Why it went on", "/reason")];
const LEG: &[Column] = &[
    ("Party", "/party"),
    ("Inbound", "/inbound"),
    ("State", "/state"),
    ("Codec", "/codec"),
    ("Encrypted", "/encrypted"),
];
const SUPERVISION: &[Column] =
    &[("Mode", "/mode"), ("Joined", "/joined"), ("Since", "/since"), ("Supervisor", "/supervisor")];

pub(super) async fn carry_out(client: &Client, tenant: &str, command: &CallCommand) -> Result<Shown, ClientError> {
    let supervise = async |mode: &str, wanted: &Supervise| {
        let body = json!({ "supervisor": wanted.supervisor, "agent": wanted.agent, "mode": mode });
        let path = format!("{tenant}/calls/{}/supervise", wanted.call);
        Ok(shown(client.write(Method::POST, &path, &body).await?))
    };
    match command {
        CallCommand::List => Ok(Shown::Items(CALL, client.list(&format!("{tenant}/calls"), &[], usize::MAX).await?)),
        CallCommand::Show { call } => match client.get(&format!("{tenant}/calls/{call}")).await {
            Ok(live) => Ok(shown(live)),
            Err(ClientError::Refused { problem }) if problem.status == 404 => {
                let mut record = client.get(&format!("{tenant}/call-records/{call}")).await?;
                match client.get(&format!("{tenant}/call-records/{call}/ladder")).await {
                    Ok(mut ladder) => record["messages"] = ladder["messages"].take(),
                    // It is not kept, or not any more.
                    Err(ClientError::Refused { problem }) if problem.status == 404 => {}
                    Err(error) => return Err(error),
                }
                Ok(Shown::Object(RECORD, record, RECORD_LISTS))
            }
            Err(error) => Err(error),
        },
        CallCommand::Hangup { call } => {
            client.post(&format!("{tenant}/calls/{call}/hangup")).await?;
            Ok(Shown::Words("The call was ended.".to_owned()))
        }
        CallCommand::Path { call } => {
            let hops = client.list(&format!("{tenant}/call-records/{call}/path"), &[], usize::MAX).await?;
            Ok(Shown::Items(HOP, hops))
        }
        CallCommand::Listen(wanted) => supervise("listen", wanted).await,
        CallCommand::Whisper(wanted) => supervise("whisper", wanted).await,
        CallCommand::Barge(wanted) => supervise("barge", wanted).await,
        CallCommand::TakeOver(wanted) => supervise("take_over", wanted).await,
    }
}

fn shown(mut call: Value) -> Shown {
    // A table shows lists.
    let supervision = call["supervision"].take();
    call["supervision"] = Value::Array(Some(supervision).filter(|known| !known.is_null()).into_iter().collect());
    Shown::Object(CALL, call, &[("Parties", "/legs", LEG), ("Supervisor", "/supervision", SUPERVISION)])
}

impl Notice {
    pub(super) fn is_given(&self) -> bool {
        self.supervision_told.is_some() || self.supervision_sign.is_some()
    }

    /// Puts what was given into an object of the API.
    pub(super) fn put_into(&self, body: &mut Value) {
        let given = [("told", &self.supervision_told), ("sign", &self.supervision_sign)];
        for (field, word) in given.into_iter().filter_map(|(field, word)| Some((field, word.as_ref()?))) {
            if body["supervision_notice"].is_null() {
                body["supervision_notice"] = json!({ "told": "nobody" });
            }
            body["supervision_notice"][field] = json!(word);
        }
    }
}
