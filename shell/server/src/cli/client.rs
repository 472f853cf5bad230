//! Asking a running server, as any other program would: through its API.

use std::path::PathBuf;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::api::problem::Problem;
use crate::error::chain;

/// Where the server is and who asks.
#[derive(Clone, Debug, clap::Args)]
pub struct Server {
    /// Address of the server.
    #[arg(long, global = true, env = "TRUNKLINE_URL", default_value = "http://127.0.0.1:8080")]
    pub url: String,
    /// Token of the API.
    #[arg(long, global = true, env = "TRUNKLINE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Organization, by its short name or id [default: the only one].
    #[arg(long, global = true, env = "TRUNKLINE_TENANT")]
    pub tenant: Option<String>,
}

/// A command could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(
        "no token was given; use --token or set TRUNKLINE_TOKEN (the demo prints one at its first start; `trunkline token create` makes one)"
    )]
    NoToken,
    #[error(
        "could not reach {url}: {cause}. Is it running? Start it with `trunkline serve`, or say where it is with --url"
    )]
    Unreachable { url: String, cause: String },
    #[error("{}", in_words(problem))]
    Refused { problem: Box<Problem> },
    #[error("{url} answered {status}, which is no answer of Trunkline; is the address right?")]
    Stranger { url: String, status: StatusCode },
    #[error("there are several organizations: {slugs}; say which with --tenant")]
    WhichTenant { slugs: String },
    #[error("there is no {what} named {name}")]
    NoSuch { what: &'static str, name: String },
    #[error("{text} is no {what}: expected {expected}")]
    Malformed { what: &'static str, text: String, expected: &'static str },
    #[error("could not read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("could not write {}: {source}", path.display())]
    Unwritable { path: PathBuf, source: std::io::Error },
}

/// A server to ask.
pub struct Client {
    http: reqwest::Client,
    base: String,
    /// None where anybody may ask.
    token: Option<String>,
    tenant: Option<String>,
}

impl Client {
    pub fn new(server: &Server) -> Result<Self, ClientError> {
        let token = server.token.clone().ok_or(ClientError::NoToken)?;
        Ok(Self { token: Some(token), ..Self::without_token(server) })
    }

    /// For what anybody may ask.
    pub fn without_token(server: &Server) -> Self {
        let base = format!("{}/api/v1", server.url.trim_end_matches('/'));
        Self { http: reqwest::Client::new(), base, token: None, tenant: server.tenant.clone() }
    }

    /// The organization's path: the one that was named, or the only one.
    pub async fn tenant(&self) -> Result<String, ClientError> {
        if let Some(tenant) = &self.tenant {
            return Ok(format!("/tenants/{tenant}"));
        }
        let tenants = self.list("/tenants", &[], usize::MAX).await?;
        let slugs: Vec<_> = tenants.iter().filter_map(|tenant| tenant["slug"].as_str()).collect();
        match slugs.as_slice() {
            [only] => Ok(format!("/tenants/{only}")),
            _ => Err(ClientError::WhichTenant { slugs: slugs.join(", ") }),
        }
    }

    /// Items of a list, from as many pages as it takes.
    pub async fn list(&self, path: &str, query: &[(&str, String)], n_max: usize) -> Result<Vec<Value>, ClientError> {
        let mut items = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let cursor_pair = cursor.take().map(|cursor| ("cursor", cursor));
            let query: Vec<_> = query.iter().cloned().chain(cursor_pair).collect();
            let page = self.send(Method::GET, path, &query, None).await?;
            items.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) if items.len() < n_max => cursor = Some(next.to_owned()),
                Some(_) | None => {
                    items.truncate(n_max);
                    return Ok(items);
                }
            }
        }
    }

    pub async fn get(&self, path: &str) -> Result<Value, ClientError> {
        self.send(Method::GET, path, &[], None).await
    }

    /// An object with its version, for a change of it.
    pub async fn get_with_version(&self, path: &str) -> Result<(Value, String), ClientError> {
        let (bytes, version) = self.answer_with_version(path, self.request(Method::GET, path, &[])).await?;
        Ok((serde_json::from_slice(&bytes).unwrap_or(Value::Null), version.unwrap_or_else(|| "*".to_owned())))
    }

    /// Does something with a JSON body to an object of this version.
    pub async fn write_version(
        &self,
        method: Method,
        path: &str,
        version: &str,
        body: &Value,
    ) -> Result<Value, ClientError> {
        let request = self.request(method, path, &[]).header("If-Match", version).json(body);
        self.answer(path, request).await.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    pub async fn post(&self, path: &str) -> Result<Value, ClientError> {
        self.send(Method::POST, path, &[], None).await
    }

    /// Does something with a JSON body.
    pub async fn write(&self, method: Method, path: &str, body: &Value) -> Result<Value, ClientError> {
        self.send(method, path, &[], Some(body)).await
    }

    /// The same with a query.
    pub async fn get_with(&self, path: &str, query: &[(&str, String)]) -> Result<Value, ClientError> {
        self.send(Method::GET, path, query, None).await
    }

    /// Does something with a JSON body that the same key once more does not do again.
    pub async fn write_once(&self, path: &str, key: Option<&str>, body: &Value) -> Result<Value, ClientError> {
        let request = self.request(Method::POST, path, &[]).json(body);
        let request = match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        self.answer(path, request).await.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Puts a file of this type where another one was.
    pub async fn replace_file(
        &self,
        path: &str,
        query: &[(&str, String)],
        kind: &str,
        file: Vec<u8>,
    ) -> Result<Value, ClientError> {
        let request = self.request(Method::PUT, path, query).header("Content-Type", kind).body(file);
        self.answer(path, request).await.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Sends a table.
    pub async fn send_table(&self, path: &str, query: &[(&str, String)], table: Vec<u8>) -> Result<Value, ClientError> {
        self.send_file(path, query, "text/csv", table).await
    }

    /// Sends a file of this type.
    pub async fn send_file(
        &self,
        path: &str,
        query: &[(&str, String)],
        kind: &str,
        file: Vec<u8>,
    ) -> Result<Value, ClientError> {
        let request = self.request(Method::POST, path, query).header("Content-Type", kind).body(file);
        self.answer(path, request).await.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Something that is not JSON, asked for with a query.
    pub async fn text_with(&self, path: &str, query: &[(&str, String)]) -> Result<String, ClientError> {
        let bytes = self.answer(path, self.request(Method::GET, path, query)).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Something that is not JSON.
    pub async fn text(&self, path: &str) -> Result<String, ClientError> {
        let bytes = self.answer(path, self.request(Method::GET, path, &[])).await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// A file as it is.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        self.answer(path, self.request(Method::GET, path, &[])).await
    }

    pub async fn delete(&self, path: &str) -> Result<Value, ClientError> {
        self.delete_with(path, &[]).await
    }

    pub async fn delete_with(&self, path: &str, query: &[(&str, String)]) -> Result<Value, ClientError> {
        self.send(Method::DELETE, path, query, None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> Result<Value, ClientError> {
        let request = self.request(method, path, query);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.answer(path, request).await.map(|bytes| serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    fn request(&self, method: Method, path: &str, query: &[(&str, String)]) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base)).query(query);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// The body of an answer that is no refusal.
    async fn answer(&self, path: &str, request: reqwest::RequestBuilder) -> Result<Vec<u8>, ClientError> {
        Ok(self.answer_with_version(path, request).await?.0)
    }

    async fn answer_with_version(
        &self,
        path: &str,
        request: reqwest::RequestBuilder,
    ) -> Result<(Vec<u8>, Option<String>), ClientError> {
        let url = format!("{}{path}", self.base);
        let unreachable = |error: reqwest::Error| ClientError::Unreachable { url: url.clone(), cause: chain(&error) };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let version = response.headers().get("ETag").and_then(|version| version.to_str().ok()).map(str::to_owned);
        let bytes = response.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok((bytes.to_vec(), version));
        }
        match serde_json::from_slice(&bytes) {
            Ok(problem) => Err(ClientError::Refused { problem }),
            Err(_) => Err(ClientError::Stranger { url, status }),
        }
    }
}

/// A problem with its faulty fields, one a line, and what to do about it. Codes are those of the API, for who looks them up
/// or decides by them in a script.
pub fn in_words(problem: &Problem) -> String {
    let mut words = format!("{} [{}]", problem.detail, problem.code);
    for error in problem.errors.iter().filter(|error| error.message != problem.detail) {
        words.push_str(&format!("\n  {}: {} [{}]", error.field, error.message, error.code));
    }
    match &problem.fix {
        Some(fix) => format!("{words} ({fix})"),
        None => words,
    }
}
