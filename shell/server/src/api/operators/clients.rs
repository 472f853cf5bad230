//! Credentials of operators' programs. RFC 6749 2.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::OperatorClient as StoreClient;
use utoipa::ToSchema;
use uuid::Uuid;

use super::named;
use crate::admin::Caller;
use crate::api::body::{Body, id};
use crate::api::list::List;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// What a program of an operator proves itself with; its secret is not shown again.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct OperatorClient {
    /// The client id.
    pub id: Uuid,
    pub name: String,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
}

/// New credentials, with the secret that is shown this once.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct NewOperatorClient {
    pub client_id: Uuid,
    pub client_secret: String,
    pub name: String,
}

/// Credentials to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "provisioning" }))]
pub struct WantedOperatorClient {
    /// Which program it is, in words.
    pub name: String,
}

/// List the credentials of an operator's programs
#[utoipa::path(get, path = "/operators/{operator}/clients", tag = "operators", params(("operator" = Uuid, Path)),
    responses((status = 200, body = List<OperatorClient>), Refusals))]
pub async fn list(caller: Caller, Path(operator): Path<String>) -> Result<Json<List<OperatorClient>>, Problem> {
    caller.begin_platform()?;
    let clients = caller.operator_clients(named(&operator)?).await?;
    Ok(List::whole(clients.into_iter().map(OperatorClient::from).collect()))
}

/// Make credentials for a program of an operator; to rotate them, make new ones and then revoke the old
#[utoipa::path(post, path = "/operators/{operator}/clients", tag = "operators", params(("operator" = Uuid, Path)),
    request_body = WantedOperatorClient, responses((status = 201, body = NewOperatorClient), Refusals, WriteRefusals))]
pub async fn create(
    caller: Caller,
    Path(operator): Path<String>,
    Body(wanted): Body<WantedOperatorClient>,
) -> Result<(StatusCode, Json<NewOperatorClient>), Problem> {
    caller.begin_platform()?;
    let (client, secret) = caller.create_operator_client(named(&operator)?, &wanted.name).await?;
    let (client_id, name) = (client.id, client.name);
    let made = NewOperatorClient { client_id, client_secret: secret.expose().to_owned(), name };
    Ok((StatusCode::CREATED, Json(made)))
}

/// End credentials of an operator's program, and the tokens that it got with them
#[utoipa::path(delete, path = "/operators/{operator}/clients/{client}", tag = "operators",
    params(("operator" = Uuid, Path), ("client" = Uuid, Path)), responses((status = 204), Refusals, WriteRefusals))]
pub async fn revoke(caller: Caller, Path((operator, client)): Path<(String, String)>) -> Result<StatusCode, Problem> {
    caller.begin_platform()?;
    caller.revoke_operator_client(named(&operator)?, id(&client, "client")?).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<StoreClient> for OperatorClient {
    fn from(client: StoreClient) -> Self {
        Self { id: client.id, name: client.name, created_at: client.created_at }
    }
}
