//! Papers that are attached to orders to other carriers.

use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use phone::id::PortDocumentId;
use phone::numbers::port::document::{DocumentKind as PhoneKind, PortDocument as PhoneDocument};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::named;
use crate::admin::port_orders::documents::Paper;
use crate::admin::{Caller, Permission};
use crate::api::body::{Params, id};
use crate::api::list::List;
use crate::api::problem::{Problem, Refusals, WriteRefusals};

/// A paper that is attached to an order.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct PortDocument {
    pub id: Uuid,
    pub kind: PortDocumentKind,
    /// As the file was called.
    pub name: String,
    /// `application/pdf`, `image/jpeg` or `image/png`.
    pub media_type: String,
    pub size_bytes: usize,
    #[schema(value_type = String, format = DateTime)]
    pub added_at: Timestamp,
}

/// What a paper is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PortDocumentKind {
    /// Of the losing carrier, with the numbers on it.
    Bill,
    /// On paper, signed.
    LetterOfAuthorization,
    Other,
}

/// What a file is.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DocumentParams {
    #[param(inline)]
    pub kind: PortDocumentKind,
    pub file_name: String,
}

/// Attach a file to an order that waits for the organization: a PDF, JPEG or PNG of at most 5 MiB
#[utoipa::path(post, path = "/tenants/{tenant}/port-orders/{order}/documents", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), DocumentParams),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = PortDocument), Refusals, WriteRefusals))]
pub async fn attach(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
    Params(params): Params<DocumentParams>,
    content: Bytes,
) -> Result<(StatusCode, Json<PortDocument>), Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    let (order, kind) = (named(&order)?, params.kind.into());
    let document = access.attach_port_document(order, kind, &params.file_name, &content).await?;
    Ok((StatusCode::CREATED, Json(PortDocument::from(&document))))
}

/// List the files of an order
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}/documents", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path)),
    responses((status = 200, body = List<PortDocument>), Refusals))]
pub async fn list(
    caller: Caller,
    Path((tenant, order)): Path<(String, String)>,
) -> Result<Json<List<PortDocument>>, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    let found = access.port_order(named(&order)?).await?.value;
    Ok(List::whole(found.documents.iter().map(PortDocument::from).collect()))
}

/// Fetch a file of an order
#[utoipa::path(get, path = "/tenants/{tenant}/port-orders/{order}/documents/{document}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("document" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), Refusals))]
pub async fn show(
    caller: Caller,
    Path((tenant, order, document)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let access = caller.begin(&tenant, Permission::View).await?;
    Ok(file(access.port_document(named(&order)?, document_named(&document)?).await?))
}

/// Take a file out of an order that waits for the organization
#[utoipa::path(delete, path = "/tenants/{tenant}/port-orders/{order}/documents/{document}", tag = "port-orders",
    params(("tenant" = String, Path), ("order" = Uuid, Path), ("document" = Uuid, Path)),
    responses((status = 204), Refusals, WriteRefusals))]
pub async fn detach(
    caller: Caller,
    Path((tenant, order, document)): Path<(String, String, String)>,
) -> Result<StatusCode, Problem> {
    let access = caller.begin(&tenant, Permission::Configure).await?;
    access.detach_port_document(named(&order)?, document_named(&document)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fetch a file of an order of any organization
#[utoipa::path(get, path = "/port-orders/{order}/documents/{document}", tag = "port-orders",
    params(("order" = Uuid, Path), ("document" = Uuid, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/pdf"), Refusals))]
pub async fn queued(caller: Caller, Path((order, document)): Path<(String, String)>) -> Result<Response, Problem> {
    caller.begin_platform()?;
    Ok(file(caller.queued_port_document(named(&order)?, document_named(&document)?).await?))
}

pub fn document_named(text: &str) -> Result<PortDocumentId, Problem> {
    id(text, "document").map(PortDocumentId)
}

/// A paper as a file to be saved. Nothing in it is shown or run in a page of ours, whatever it is.
pub fn file((document, content): Paper) -> Response {
    let name = format!("{}-{}.{}", document.kind.as_str(), document.id, document.media_type.extension());
    let headers = [
        (header::CONTENT_TYPE, document.media_type.as_str().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, content).into_response()
}

impl From<&PhoneDocument> for PortDocument {
    fn from(document: &PhoneDocument) -> Self {
        Self {
            id: document.id.0,
            kind: document.kind.into(),
            name: document.name.clone(),
            media_type: document.media_type.as_str().to_owned(),
            size_bytes: document.n_bytes,
            added_at: document.added_at,
        }
    }
}

impl From<PhoneKind> for PortDocumentKind {
    fn from(kind: PhoneKind) -> Self {
        match kind {
            PhoneKind::Bill => Self::Bill,
            PhoneKind::LetterOfAuthorization => Self::LetterOfAuthorization,
            PhoneKind::Other => Self::Other,
        }
    }
}

impl From<PortDocumentKind> for PhoneKind {
    fn from(kind: PortDocumentKind) -> Self {
        match kind {
            PortDocumentKind::Bill => Self::Bill,
            PortDocumentKind::LetterOfAuthorization => Self::LetterOfAuthorization,
            PortDocumentKind::Other => Self::Other,
        }
    }
}
