//! Effects of faults on a call: before the platform sees it, between its effect and its answer, and in the answer.

use axum::http::StatusCode;
use axum::response::Response;

use crate::sim::faults::FaultKind;
use crate::sim::world::Refusal;

use super::answer::Reply;
use super::call::IncomingCall;
use super::call_counter::LimitedCall;
use super::variants::Blank;
use super::{answer, variants};

/// Course of a call.
pub(super) enum Delivery {
    Answer(Response),
    /// Half of this answer, and the end of the connection.
    Torn(Response),
    /// No answer, for as long as the connection lives.
    Silence,
    /// No answer, and the end of the connection: in order, or by a reset.
    Cut {
        reset: bool,
    },
}

/// A limit that a fault says is reached.
pub(super) fn forced_limit(call: &IncomingCall) -> Option<LimitedCall> {
    match call.fault(|kind| matches!(kind, FaultKind::RateLimit { .. })) {
        Some(FaultKind::RateLimit { reset }) => {
            let limit = call.endpoint.row().limits.first().map_or(1, |limit| limit.calls);
            Some(LimitedCall { limit, reset })
        }
        _ => None,
    }
}

fn server_error(status: u16, log_id: &str) -> Response {
    answer::refusal(&Refusal::new(status, 1_160_500, "系统异常"), log_id)
}

/// Faults before anything of the platform sees the call.
pub(super) fn broken(call: &IncomingCall) -> Option<Delivery> {
    let log_id = call.log_id.as_str();
    let fault = call.fault(|kind| {
        matches!(
            kind,
            FaultKind::ServerError { .. }
                | FaultKind::NeverAnswers
                | FaultKind::Cut
                | FaultKind::CutBeforeWrite
                | FaultKind::Reset
                | FaultKind::Html502
                | FaultKind::Text404
                | FaultKind::CutJson
                | FaultKind::HugeBody
                | FaultKind::RedirectLoop
        )
    })?;
    Some(Delivery::Answer(match fault {
        FaultKind::ServerError { status } => server_error(status, log_id),
        FaultKind::NeverAnswers => return Some(Delivery::Silence),
        FaultKind::Html502 => answer::bad_gateway(),
        FaultKind::Text404 => answer::not_found(log_id),
        FaultKind::CutJson => answer::cut_json(log_id),
        FaultKind::HugeBody => answer::huge_body(log_id),
        FaultKind::RedirectLoop => {
            answer::redirect(call.uri.path_and_query().map_or("/", |target| target.as_str()), log_id)
        }
        other => return Some(Delivery::Cut { reset: other == FaultKind::Reset }),
    }))
}

/// Faults between an effect and its answer.
pub(super) fn after_write(call: &IncomingCall, response: Response) -> Delivery {
    let log_id = call.log_id.as_str();
    let fault = call.fault(|kind| {
        matches!(
            kind,
            FaultKind::CutAfterWrite
                | FaultKind::ResetAfterWrite
                | FaultKind::SilentAfterWrite
                | FaultKind::ServerErrorAfterWrite { .. }
                | FaultKind::Html502AfterWrite
                | FaultKind::CutJsonAfterWrite
                | FaultKind::NoData
        )
    });
    Delivery::Answer(match fault {
        Some(FaultKind::CutAfterWrite) => return Delivery::Cut { reset: false },
        Some(FaultKind::ResetAfterWrite) => return Delivery::Cut { reset: true },
        Some(FaultKind::SilentAfterWrite) => return Delivery::Silence,
        Some(FaultKind::ServerErrorAfterWrite { status }) => server_error(status, log_id),
        Some(FaultKind::Html502AfterWrite) => answer::bad_gateway(),
        Some(FaultKind::CutJsonAfterWrite) => answer::cut_json(log_id),
        Some(_) => answer::json_response(StatusCode::OK, answer::without_data().to_string(), log_id),
        None => response,
    })
}

/// Ends an answer in its middle when a fault says so.
pub(super) fn tear(call: &IncomingCall, fate: Delivery) -> Delivery {
    match fate {
        Delivery::Answer(response) if call.fault(|kind| *kind == FaultKind::CutInAnswer).is_some() => {
            Delivery::Torn(response)
        }
        fate => fate,
    }
}

/// Spells `data` in the variants that are in force.
pub(super) fn vary(call: &IncomingCall, mut answer: Reply) -> Reply {
    let Reply::Json(envelope) = &mut answer else { return answer };
    let Some(data) = envelope.get_mut("data") else { return answer };
    if call.fault(|kind| *kind == FaultKind::UnknownEnums).is_some() {
        variants::unknown_enums(data);
    }
    for (kind, blank) in [
        (FaultKind::AbsentFields, Blank::Absent),
        (FaultKind::NullFields, Blank::Null),
        (FaultKind::EmptyFields, Blank::Empty),
    ] {
        if call.fault(|in_force| *in_force == kind).is_some() {
            blank.apply(data);
        }
    }
    answer
}
