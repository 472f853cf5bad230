//! How providers are asked: not where whoever set them may not make the server go, and not again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::any;
use jiff::{SignedDuration, Timestamp};
use server::net::outward::{Barred, Reach};
use server::openid::{Exchange, Metadata, ProviderError, Providers, Source};

const ADDRESSES: [&str; 7] = [
    "https://127.0.0.1:1",
    "https://[::1]:1",
    "https://169.254.169.254",
    "https://10.0.0.1/realms/acme",
    "https://2130706433:1",
    "https://[::ffff:127.0.0.1]:1",
    // What a name leads to is known only when it is looked up.
    "https://localhost:1",
];

#[tokio::test]
async fn what_an_organization_set_leads_to_no_place_that_is_not_public() {
    let (providers, now) = (Providers::default(), Timestamp::now());
    for issuer in ADDRESSES {
        let refused = providers.metadata(Source { issuer, reach: Reach::Public }, now).await.unwrap_err();
        assert!(is_inside(&refused), "{issuer}: {refused:?}");
    }
    let plain = Source { issuer: "http://93.184.216.34", reach: Reach::Public };
    let refused = providers.metadata(plain, now).await.unwrap_err();
    assert!(matches!(refused.cause(), ProviderError::Barred { source: Barred::NotSecure, .. }), "{refused:?}");
}

/// A provider may be public, and name places that are not.
#[tokio::test]
async fn what_a_provider_names_leads_to_no_place_that_is_not_public() {
    let providers = Providers::default();
    for endpoint in ADDRESSES {
        let metadata = Metadata {
            issuer: "https://id.test".to_owned(),
            authorization_endpoint: "https://id.test/authorize".to_owned(),
            token_endpoint: endpoint.to_owned(),
            jwks_uri: endpoint.to_owned(),
        };
        let exchange = Exchange {
            code: "code",
            verifier: "verifier",
            redirect_uri: "https://phone.test/back",
            client_id: "phone",
            client_secret: None,
        };
        let refused = providers.redeem(Reach::Public, &metadata, &exchange).await.unwrap_err();
        assert!(is_inside(&refused), "{endpoint}: {refused:?}");
        let refused = providers.keys(Reach::Public, endpoint).await.unwrap_err();
        assert!(is_inside(&refused), "{endpoint}: {refused:?}");
    }
}

#[tokio::test]
async fn who_runs_the_server_may_have_a_provider_inside_and_no_answer_leads_elsewhere() {
    let elsewhere = Place::start(StatusCode::OK, None).await;
    let place = Place::start(StatusCode::FOUND, Some(elsewhere.base.clone())).await;
    let asked = Providers::default().metadata(place.source(), Timestamp::now()).await.unwrap_err();
    let ProviderError::Refused { status, .. } = asked.cause() else { panic!("{asked:?}") };
    assert_eq!((status.as_u16(), place.n_asked(), elsewhere.n_asked()), (302, 1, 0));
}

#[tokio::test]
async fn one_that_fails_is_left_alone_for_a_while_however_many_want_to_sign_in() {
    let place = Place::start(StatusCode::INTERNAL_SERVER_ERROR, None).await;
    let (providers, now) = (Arc::new(Providers::default()), Timestamp::now());
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (providers, issuer) = (providers.clone(), place.base.clone());
        tries.spawn(async move {
            let source = Source { issuer: &issuer, reach: Reach::Everywhere };
            providers.metadata(source, now).await.unwrap_err().to_string()
        });
    }
    tries.join_all().await;
    assert_eq!(place.n_asked(), 1);
    let later = now + SignedDuration::from_secs(31);
    let refused = providers.metadata(place.source(), later).await.unwrap_err();
    assert!(matches!(refused.cause(), ProviderError::Refused { .. }), "{refused:?}");
    assert_eq!(place.n_asked(), 2);
}

fn is_inside(error: &ProviderError) -> bool {
    matches!(error.cause(), ProviderError::Barred { source: Barred::NotPublic { .. }, .. })
}

/// A place that answers everything alike, and counts.
struct Place {
    base: String,
    n_asked: Arc<AtomicUsize>,
}

impl Place {
    async fn start(status: StatusCode, location: Option<String>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let n_asked = Arc::new(AtomicUsize::new(0));
        let answer = move |State(n_asked): State<Arc<AtomicUsize>>| {
            n_asked.fetch_add(1, Ordering::SeqCst);
            let headers: Vec<_> = location.iter().map(|location| (header::LOCATION, location.clone())).collect();
            async move { (status, axum::response::AppendHeaders(headers)).into_response() }
        };
        let router = Router::new().fallback(any(answer)).with_state(n_asked.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, n_asked }
    }

    fn source(&self) -> Source<'_> {
        Source { issuer: &self.base, reach: Reach::Everywhere }
    }

    fn n_asked(&self) -> usize {
        self.n_asked.load(Ordering::SeqCst)
    }
}
