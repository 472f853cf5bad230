//! What those who run the server ask of it: does it live, is it ready, what does it do.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use store::Store;
use switch::input::Command;
use switch::output::Answer;

use crate::admin::signing::SignInFigures;
use crate::node::Handle;
use crate::spool;

/// Who asks whether a server is ready does not wait long themselves.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the answers are made of.
#[derive(Clone)]
pub struct Health {
    pub node: Handle,
    pub store: Store,
    pub spool: Arc<spool::Status>,
    /// No new calls are taken: a load balancer should go elsewhere.
    pub is_draining: Arc<AtomicBool>,
    pub sign_ins: Arc<SignInFigures>,
}

/// Serves `/healthz`, `/readyz` and `/metrics`.
pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// It is served only after SIP is bound and the database is migrated.
///
/// A database that went away since is told, but no reason to go elsewhere: calls go on without it, and other nodes have
/// the same one.
async fn readyz(State(health): State<Health>) -> (StatusCode, &'static str) {
    if health.is_draining.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else if health.database_answers().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::OK, "ready; the database does not answer: calls go on, settings can't be changed\n")
    }
}

impl Health {
    async fn database_answers(&self) -> bool {
        tokio::time::timeout(PATIENCE, self.store.ping()).await.is_ok_and(|answer| answer.is_ok())
    }
}

async fn metrics(State(health): State<Health>) -> Response {
    let Ok(Answer::Statistics(statistics)) = health.node.command(Command::Statistics).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the switch does not answer\n").into_response();
    };
    let mut text = Text::default();
    text.calls(&statistics);
    text.network(&health);
    text.records(&health.spool.figures());
    text.sign_ins(&health.sign_ins);
    let answers = u64::from(health.database_answers().await);
    text.gauge("database_up", "1 while the database answers.", answers);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text.0).into_response()
}

/// Prometheus text.
#[derive(Default)]
struct Text(String);

impl Text {
    fn calls(&mut self, statistics: &switch::view::Statistics) {
        let now = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.gauge("calls", "Live calls.", now(statistics.n_calls));
        self.gauge("legs", "Legs of live calls.", now(statistics.n_legs));
        self.gauge("registrations", "Bindings of phones.", now(statistics.n_registrations));
        self.gauge("sip_usages", "INVITE usages.", now(statistics.n_usages));
        self.gauge("sip_transactions", "SIP transactions.", now(statistics.n_transactions));
        self.gauge("sip_timers", "SIP timers.", now(statistics.n_timers));
        self.gauge("media_ports_free", "Port pairs in stock.", now(statistics.n_ports_free));
        self.gauge("media_ports_used", "Port pairs of legs.", now(statistics.n_ports_used));
        self.gauge("trunks_down", "Trunks that others are tried before.", now(statistics.n_trunks_down));
        self.counter("calls_total", "Calls begun.", statistics.calls_total);
        self.counter("call_panics_total", "Calls ended by a bug.", statistics.panics_total);
        self.counter("strangers_refused_total", "Requests of strangers refused.", statistics.refused_strangers_total);
    }

    fn network(&mut self, health: &Health) {
        let figures = health.node.streams().figures();
        let now = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.gauge("streams", "Open SIP streams.", now(figures.n_open));
        self.gauge("streams_of_strangers", "Open SIP streams of peers not known yet.", now(figures.n_strangers));
        self.counter("streams_refused_total", "SIP streams refused by a limit.", figures.refused_total);
        self.counter("streams_overflowed_total", "Messages to streams that took too little.", figures.overflowed_total);
        let dropped = health.node.dropped();
        let (strangers, known) = (dropped.strangers.load(Ordering::Relaxed), dropped.known.load(Ordering::Relaxed));
        self.counter("messages_of_strangers_dropped_total", "Messages of strangers dropped in a flood.", strangers);
        self.counter("messages_dropped_total", "Messages of others dropped because too many came.", known);
        let untraced = health.node.trace().map_or(0, crate::sip_trace::Trace::n_dropped);
        self.counter("sip_trace_dropped_total", "SIP messages that ladders and Homer miss: too many came.", untraced);
        let unwritten = health.node.trace().map_or(0, crate::sip_trace::Trace::n_unwritten);
        self.counter("sip_ladders_dropped_total", "Calls without a ladder: too many ended at once.", unwritten);
        let all = || health.node.traffic().iter();
        let received = all().map(|one| one.packets_received.load(Ordering::Relaxed)).sum();
        let sent = all().map(|one| one.packets_sent.load(Ordering::Relaxed)).sum();
        self.counter("media_packets_received_total", "Packets read by the media threads.", received);
        self.counter("media_packets_sent_total", "Packets sent by the media threads.", sent);
    }

    fn records(&mut self, figures: &spool::Figures) {
        self.gauge("call_records_held", "Call records in memory only.", figures.held);
        self.gauge("call_records_waiting", "Call records on the disk, not in the database.", figures.waiting);
        self.counter("call_records_stored_total", "Call records in the database since the start.", figures.stored);
        self.counter("call_records_lost_total", "Call records given up.", figures.lost);
        self.gauge("alarm", "1 while call records can't be written.", u64::from(figures.alarm.is_some()));
    }

    fn sign_ins(&mut self, figures: &SignInFigures) {
        let told = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        self.counter("sign_ins_total", "People who signed in.", told(&figures.succeeded));
        self.counter("sign_ins_failed_total", "Wrong passwords and codes.", told(&figures.failed));
        self.counter(
            "sign_ins_refused_total",
            "Sign-ins not looked at after too many failures.",
            told(&figures.refused),
        );
    }

    fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.line(name, help, "gauge", value);
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.line(name, help, "counter", value);
    }

    fn line(&mut self, name: &str, help: &str, kind: &str, value: u64) {
        // Writing to a text can't fail.
        let _ = write!(
            self.0,
            "# HELP trunkline_{name} {help}\n# TYPE trunkline_{name} {kind}\ntrunkline_{name} {value}\n"
        );
    }
}
