//! Figures as the API writes them, with the names that dashboards of queues have. Specification of voice apps, 4.1.

use std::collections::BTreeMap;

use phone::record::segment::OnwardTo;
use phone::reports::agent::AgentFigures as PhoneAgentFigures;
use phone::reports::attendant::AttendantFigures as PhoneAttendantFigures;
use phone::reports::queue::QueueFigures as PhoneQueueFigures;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Figures of a queue. Shares are 0 to 1; means are seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QueueFigures {
    /// Callers whom the queue took; who overflowed, or came while it was closed, is none of them.
    pub tot_offered_calls: u64,
    pub tot_offered_calls_int: u64,
    pub tot_offered_calls_ext: u64,
    pub tot_answered_calls: u64,
    /// Hung up before an agent answered.
    pub tot_abandoned_calls: u64,
    pub tot_timeout_calls: u64,
    pub tot_noagent_calls: u64,
    /// Sent on because too many waited.
    pub tot_overflowed_calls: u64,
    /// Came while the queue was closed.
    #[serde(default)]
    pub tot_closed_calls: u64,
    /// Asked to be called back.
    pub tot_callback_calls: u64,
    /// Called back and reached.
    pub tot_callback_answered: u64,
    /// Ended from outside, or not possible to answer.
    pub tot_failed_calls: u64,
    /// Without those who hung up sooner than `short_abandon_seconds`.
    pub abandon_rate: Option<f64>,
    pub avg_speed_answer: Option<f64>,
    pub avg_wait_abandoned: Option<f64>,
    /// Hold is part of it.
    pub avg_talk_time: Option<f64>,
    /// Talk, hold and wrap-up.
    pub avg_handle_time: Option<f64>,
    pub talk_seconds: u64,
    pub wrap_up_seconds: u64,
    /// Offers that agents did not answer.
    pub tot_agent_presents: u64,
    /// In seconds; null while the queue has none. Service levels are those of callers who came under a target.
    pub sl_target: Option<u32>,
    pub sl_tot_answered_calls: u64,
    pub sl_tot_abandoned_calls: u64,
    /// Answered in time, of those answered.
    pub sl_met_handled: Option<f64>,
    /// Answered in time, of all but those who abandoned in time.
    pub sl_met_no_abandon: Option<f64>,
    /// Answered or abandoned in time, of all.
    pub sl_met_positive_abandon: Option<f64>,
    /// Answered in time, of all.
    pub sl_met_negative_abandon: Option<f64>,
}

/// Figures of an auto attendant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AttendantFigures {
    /// Each call once, however often it passed.
    pub tot_callers: u64,
    pub tot_callers_int: u64,
    pub tot_callers_ext: u64,
    /// Each pass.
    pub tot_calls: u64,
    pub tot_calls_int: u64,
    pub tot_calls_ext: u64,
    /// What callers did, by the key of an option or a word: `back`, `invalid`, `not_found`, `person`, `repeat`, `silence`.
    pub inputs: BTreeMap<String, u64>,
    /// Chosen by callers: the operator, another attendant or queue, a number outside, a person, a mailbox.
    pub tot_op_calls: u64,
    pub tot_app_calls: u64,
    pub tot_extn_calls: u64,
    pub tot_psrn_calls: u64,
    pub tot_vm_calls: u64,
    /// The same without a choice.
    pub tot_sysxfer_op_calls: u64,
    pub tot_sysxfer_app_calls: u64,
    pub tot_sysxfer_extn_calls: u64,
    pub tot_sysxfer_psrn_calls: u64,
    pub tot_sysxfer_vm_calls: u64,
    pub tot_sysdisconnected_calls: u64,
    /// Left without doing anything.
    pub tot_abandoned_calls: u64,
    /// Seconds.
    pub avg_call_time: Option<f64>,
    pub avg_caller_actions: Option<f64>,
    /// By result.
    pub results: BTreeMap<String, u64>,
}

/// Figures of an agent. Times are seconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AgentFigures {
    pub tot_calls_offered: u64,
    pub tot_calls_answered: u64,
    pub tot_calls_declined: u64,
    pub tot_calls_no_answer: u64,
    /// The caller was gone, or another agent faster.
    pub tot_calls_cancelled: u64,
    pub tot_calls_unreachable: u64,
    pub talk_seconds: u64,
    pub wrap_up_seconds: u64,
    pub avg_handle_time: Option<f64>,
    pub available_seconds: u64,
    /// Away, or opted out of all queues.
    pub paused_seconds: u64,
    pub other_call_seconds: u64,
    pub logged_in_seconds: u64,
    /// Calls of queues and wrap-up, of the time without pauses.
    pub occupancy: Option<f64>,
}

impl From<&PhoneQueueFigures> for QueueFigures {
    fn from(figures: &PhoneQueueFigures) -> Self {
        let levels = figures.service_levels();
        let n_talks = figures.answered + figures.called_back;
        Self {
            tot_offered_calls: figures.offered.total(),
            tot_offered_calls_int: figures.offered.inside,
            tot_offered_calls_ext: figures.offered.outside,
            tot_answered_calls: figures.answered,
            tot_abandoned_calls: figures.abandoned,
            tot_timeout_calls: figures.timed_out,
            tot_noagent_calls: figures.no_agents,
            tot_overflowed_calls: figures.overflowed,
            tot_closed_calls: figures.closed,
            tot_callback_calls: figures.asked_back,
            tot_callback_answered: figures.called_back,
            tot_failed_calls: figures.failed,
            abandon_rate: rounded(figures.abandon_rate()),
            avg_speed_answer: rounded(figures.mean_answer_secs()),
            avg_wait_abandoned: rounded(phone::reports::mean_secs(figures.wait_abandoned_ms, figures.abandoned)),
            avg_talk_time: rounded(phone::reports::mean_secs(figures.talk_ms, n_talks)),
            avg_handle_time: rounded(figures.mean_handle_secs()),
            talk_seconds: figures.talk_ms / 1_000,
            wrap_up_seconds: figures.wrap_up_ms / 1_000,
            tot_agent_presents: figures.presented,
            sl_target: figures.sl_target,
            sl_tot_answered_calls: figures.sl_answered,
            sl_tot_abandoned_calls: figures.sl_abandoned,
            sl_met_handled: rounded(levels.handled),
            sl_met_no_abandon: rounded(levels.no_abandon),
            sl_met_positive_abandon: rounded(levels.positive_abandon),
            sl_met_negative_abandon: rounded(levels.negative_abandon),
        }
    }
}

impl From<&PhoneAttendantFigures> for AttendantFigures {
    fn from(figures: &PhoneAttendantFigures) -> Self {
        let of = |sums: &BTreeMap<OnwardTo, u64>, kinds: &[OnwardTo]| {
            kinds.iter().filter_map(|kind| sums.get(kind)).sum::<u64>()
        };
        let (chosen, sent) = (&figures.chosen, &figures.sent);
        Self {
            tot_callers: figures.callers.total(),
            tot_callers_int: figures.callers.inside,
            tot_callers_ext: figures.callers.outside,
            tot_calls: figures.calls.total(),
            tot_calls_int: figures.calls.inside,
            tot_calls_ext: figures.calls.outside,
            inputs: figures.inputs.clone(),
            tot_op_calls: of(chosen, &[OnwardTo::Operator]),
            tot_app_calls: of(chosen, &APPS),
            tot_extn_calls: of(chosen, &[OnwardTo::External]),
            tot_psrn_calls: of(chosen, &[OnwardTo::User]),
            tot_vm_calls: of(chosen, &MAILBOXES),
            tot_sysxfer_op_calls: of(sent, &[OnwardTo::Operator]),
            tot_sysxfer_app_calls: of(sent, &APPS),
            tot_sysxfer_extn_calls: of(sent, &[OnwardTo::External]),
            tot_sysxfer_psrn_calls: of(sent, &[OnwardTo::User]),
            tot_sysxfer_vm_calls: of(sent, &MAILBOXES),
            tot_sysdisconnected_calls: figures.disconnected,
            tot_abandoned_calls: figures.abandoned,
            avg_call_time: figures.mean_secs().map(|secs| round(secs, 10.0)),
            avg_caller_actions: figures.mean_actions().map(|n| round(n, 10.0)),
            results: figures.results.clone(),
        }
    }
}

impl From<&PhoneAgentFigures> for AgentFigures {
    fn from(figures: &PhoneAgentFigures) -> Self {
        Self {
            tot_calls_offered: figures.offered,
            tot_calls_answered: figures.answered,
            tot_calls_declined: figures.declined,
            tot_calls_no_answer: figures.no_answer,
            tot_calls_cancelled: figures.cancelled,
            tot_calls_unreachable: figures.unreachable,
            talk_seconds: figures.talk_ms / 1_000,
            wrap_up_seconds: figures.wrap_up_ms / 1_000,
            avg_handle_time: rounded(figures.mean_handle_secs()),
            available_seconds: figures.available_ms / 1_000,
            paused_seconds: figures.paused_ms / 1_000,
            other_call_seconds: figures.other_call_ms / 1_000,
            logged_in_seconds: figures.logged_in_ms() / 1_000,
            occupancy: rounded(figures.occupancy()),
        }
    }
}

const APPS: [OnwardTo; 2] = [OnwardTo::Attendant, OnwardTo::Queue];
const MAILBOXES: [OnwardTo; 2] = [OnwardTo::SharedMailbox, OnwardTo::Voicemail];

/// To three places, as dashboards show them.
fn rounded(figure: Option<f64>) -> Option<f64> {
    figure.map(|figure| round(figure, 1_000.0))
}

fn round(figure: f64, places: f64) -> f64 {
    (figure * places).round() / places
}
