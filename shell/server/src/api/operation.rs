//! How an operation gets into the router: with its description, and as a handler whose type is forgotten.
//!
//! axum wraps each handler in some ten generic types. With hundreds of handlers whose futures reach down to the
//! database, a compiler that looks at every one of these wrappings for every one of them spends most of its time there.
//! One indirect call per request is the price of doing it once.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;

use crate::admin::Admin;

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// Any handler of the API.
#[derive(Clone)]
pub struct Operation(Arc<dyn Fn(Request, Arc<Admin>) -> Answer + Send + Sync>);

impl Operation {
    pub fn new<H, T>(handler: H) -> Self
    where
        H: Handler<T, Arc<Admin>, Future = Answer>,
    {
        Self(Arc::new(move |request, admin| handler.clone().call(request, admin)))
    }
}

/// What tells axum that an `Operation` is neither a function nor an answer.
pub enum Erased {}

impl Handler<Erased, Arc<Admin>> for Operation {
    type Future = Answer;

    fn call(self, request: Request, admin: Arc<Admin>) -> Answer {
        (self.0)(request, admin)
    }
}

/// Operations of one path, as `OpenApiRouter::routes` takes them.
macro_rules! routes {
    ($($handler:path),+ $(,)?) => {{
        use utoipa_axum::PathItemExt as _;
        let mut paths = utoipa::openapi::path::Paths::new();
        let mut schemas = Vec::new();
        let mut router = axum::routing::MethodRouter::new();
        $(
            let operation = $crate::api::operation::Operation::new($handler);
            // Their own macro knows how they name what describes a function.
            let (path, item, methods) = utoipa_axum::routes!(@resolve_types $handler : schemas);
            for method in &methods {
                router = router.on(method.to_method_filter(), operation.clone());
            }
            paths.add_path_operation(&path, methods, item);
        )+
        (schemas, paths, router)
    }};
}

pub(crate) use routes;
