//! Every recorded refusal: its kind, its certainty, its code and log id (protocol.md#gateway-errors,
//! protocol.md#error-codes).

use std::time::Duration;

use shenpi::domain::{CleanText, Endpoint, FailureKind, Lang, Outcome};
use shenpi::text::failure::explain;

use crate::desk::ask;
use crate::examples::{example, json, manifest};
use crate::server::{Reply, Server};

const LOG_ID: &str = "20260309101530C2E14B7F9A5D3C8E6B01";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Refuse,
    Stale,
    Retry,
    Server,
}

/// The refusals of the business services, each with its endpoint and class (protocol.md#error-codes).
const BUSINESS: [(&str, Endpoint, Class); 42] = [
    ("approvers_list_error_1160121.json", Endpoint::TaskList, Class::Refuse),
    ("approvers_list_error_1160001.json", Endpoint::TaskList, Class::Refuse),
    ("approvers_list_error_1160101.json", Endpoint::TaskList, Class::Refuse),
    ("processes_list_error_1160101.json", Endpoint::ChangedProcesses, Class::Refuse),
    ("process_get_error_1160101.json", Endpoint::ProcessDetail, Class::Refuse),
    ("process_get_error_1160500.json", Endpoint::ProcessDetail, Class::Server),
    ("form_v2_error_1161003.json", Endpoint::FormV2, Class::Refuse),
    ("approver_update_error_1161001.json", Endpoint::UpdateTask, Class::Stale),
    ("approver_update_error_1161002.json", Endpoint::UpdateTask, Class::Refuse),
    ("approver_update_error_1161003.json", Endpoint::UpdateTask, Class::Refuse),
    ("approver_update_error_1161004.json", Endpoint::UpdateTask, Class::Refuse),
    ("approver_update_error_1161005.json", Endpoint::UpdateTask, Class::Stale),
    ("extra_error_1160015.json", Endpoint::AddSign, Class::Stale),
    ("extra_error_1161103.json", Endpoint::AddSign, Class::Retry),
    ("extra_error_1161003.json", Endpoint::AddSign, Class::Refuse),
    ("extra_error_1160256.json", Endpoint::AddSign, Class::Refuse),
    ("extra_error_1160001.json", Endpoint::AddSign, Class::Refuse),
    ("extra_error_1160115.json", Endpoint::AddSign, Class::Refuse),
    ("extra_error_1160016.json", Endpoint::AddSign, Class::Stale),
    ("extra_error_1160129.json", Endpoint::AddSign, Class::Stale),
    ("extra_error_1160114.json", Endpoint::AddSign, Class::Refuse),
    ("extra_error_1160101.json", Endpoint::AddSign, Class::Refuse),
    ("extra_error_1160500.json", Endpoint::AddSign, Class::Server),
    ("transfer_error_1160234.json", Endpoint::Transfer, Class::Refuse),
    ("transfer_error_1160221.json", Endpoint::Transfer, Class::Stale),
    ("transfer_error_1160245.json", Endpoint::Transfer, Class::Refuse),
    ("transfer_error_1160117.json", Endpoint::Transfer, Class::Refuse),
    ("transfer_error_1161103.json", Endpoint::Transfer, Class::Retry),
    ("transfer_error_1161003.json", Endpoint::Transfer, Class::Refuse),
    ("transfer_error_1160101.json", Endpoint::Transfer, Class::Refuse),
    ("transfer_error_1160025.json", Endpoint::Transfer, Class::Server),
    ("transfer_error_1160500.json", Endpoint::Transfer, Class::Server),
    ("withdraw_error_1161003.json", Endpoint::Withdraw, Class::Refuse),
    ("withdraw_error_1161005.json", Endpoint::Withdraw, Class::Stale),
    ("withdraw_error_1161006.json", Endpoint::Withdraw, Class::Stale),
    ("withdraw_error_1160101.json", Endpoint::Withdraw, Class::Refuse),
    ("revoke_error_1161003.json", Endpoint::Revoke, Class::Refuse),
    ("revoke_error_1160100.json", Endpoint::Revoke, Class::Refuse),
    ("revoke_error_1161007.json", Endpoint::Revoke, Class::Refuse),
    ("revoke_error_1160101.json", Endpoint::Revoke, Class::Refuse),
    ("employees_batch_get_error_1160104.json", Endpoint::EmployeesById, Class::Refuse),
    ("corehr_file_get_error_1160001.json", Endpoint::File, Class::Refuse),
];

fn status_of(name: &str) -> u16 {
    manifest().into_iter().find(|(file, ..)| file == name).and_then(|(.., status)| status).expect("a status")
}

#[tokio::test]
async fn every_business_refusal_keeps_its_code_its_words_and_its_log_id_and_is_asked_for_once() {
    for (name, endpoint, class) in BUSINESS {
        let status = status_of(name);
        let server = Server::always(Reply::json(status, example(name))).await;
        let failure = ask(&server.client(), endpoint).await.unwrap_err();
        let recorded = json(name);
        assert_eq!(failure.endpoint, endpoint, "{name}");
        assert_eq!(failure.code, recorded["code"].as_i64(), "{name}");
        assert_eq!(failure.http, Some(status), "{name}");
        assert_eq!(failure.message, CleanText::new(recorded["msg"].as_str().unwrap()), "{name}");
        assert_eq!(failure.log_id, Some(CleanText::new(LOG_ID)), "{name}");
        let (kind, outcome) = match class {
            Class::Server => (FailureKind::Server, Outcome::MayHaveHappened),
            _ => (FailureKind::Business, Outcome::Refused),
        };
        assert_eq!((failure.kind.clone(), failure.outcome), (kind, outcome), "{name}");
        assert_eq!(failure.is_stale(), class == Class::Stale, "{name}");
        assert_eq!(failure.is_busy(), class == Class::Retry, "{name}");
        assert!(!failure.is_fatal(), "{name}");
        assert_eq!(server.calls().len(), 1, "{name}");
        let words = explain(&failure, Lang::Zh);
        assert!(!words.happened.is_empty() && !words.press.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn the_inner_result_of_a_decision_counts_as_a_refusal_whatever_the_envelope_says() {
    let name = "approver_update_response_inner_failure.json";
    let server = Server::always(Reply::json(200, example(name)).with("X-Tt-Logid", "L-1")).await;
    let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
    assert_eq!(failure.code, Some(1_161_004));
    assert_eq!((&failure.kind, failure.outcome), (&FailureKind::Business, Outcome::Refused));
    assert_eq!(failure.message.as_str(), "自动提交表单失败");
    assert_eq!(failure.log_id, Some(CleanText::new("L-1")));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn an_inner_result_never_means_that_the_decision_was_not_sent_nor_sends_it_again() {
    for (inner, kind, outcome) in [
        ("99991663", FailureKind::Business, Outcome::Refused),
        ("99991400", FailureKind::Business, Outcome::Refused),
        ("1160500", FailureKind::Server, Outcome::MayHaveHappened),
        (r#""1161001""#, FailureKind::Business, Outcome::Refused),
    ] {
        let body = format!(r#"{{"code":0,"data":{{"code":{inner},"msg":"x"}}}}"#);
        let server = Server::always(Reply::json(200, body)).await;
        let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (kind, outcome), "{inner}");
        assert_eq!(server.calls().len(), 1, "{inner}");
    }
    for inner in ["true", r#""later""#, "[1]", "0.5"] {
        let server = Server::always(Reply::json(200, format!(r#"{{"code":0,"data":{{"code":{inner}}}}}"#))).await;
        let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
        assert_eq!(failure.outcome, Outcome::MayHaveHappened, "{inner}");
    }
}

#[tokio::test]
async fn a_server_code_with_a_friendly_status_still_leaves_a_decision_open() {
    for status in [200, 400] {
        let server = Server::always(Reply::json(status, r#"{"code":1160500,"msg":"system exception"}"#)).await;
        let failure = ask(&server.client(), Endpoint::AddSign).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::Server, Outcome::MayHaveHappened), "{status}");
    }
    let server = Server::always(Reply::json(400, r#"{"code":1160102,"msg":"Param is invalid"}"#)).await;
    let failure = ask(&server.client(), Endpoint::EmployeesById).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Business, "a wrong parameter in look-ups (protocol.md#error-codes)");
}

#[tokio::test]
async fn what_the_gateway_turns_away_was_never_sent_to_anybody() {
    let scope = FailureKind::MissingScope(vec![CleanText::new("corehr:process:read")]);
    let limited = FailureKind::RateLimited { retry_after: Duration::from_secs(52) };
    for (name, kind, outcome, fatal, logged) in [
        ("gateway_error_99991672_missing_scope.json", scope, Outcome::NotSent, true, true),
        ("gateway_error_99991401_ip_denied.json", FailureKind::AddressRefused, Outcome::NotSent, true, true),
        ("gateway_error_99991400_rate_limit.json", limited, Outcome::NotSent, false, false),
        ("gateway_error_99992402_field_validation.json", FailureKind::Business, Outcome::Refused, false, true),
    ] {
        for endpoint in [Endpoint::TaskList, Endpoint::UpdateTask] {
            let reply = Reply::json(status_of(name), example(name))
                .with("x-ogw-ratelimit-limit", "100")
                .with("x-ogw-ratelimit-reset", "52");
            let server = Server::always(reply).await;
            let failure = ask(&server.client(), endpoint).await.unwrap_err();
            assert_eq!((&failure.kind, failure.outcome), (&kind, outcome), "{name}");
            assert_eq!(failure.is_fatal(), fatal, "{name}");
            assert_eq!(failure.log_id.is_some(), logged, "{name}");
            assert_eq!(server.calls().len(), 1, "{name}");
        }
    }
}

#[tokio::test]
async fn a_disabled_app_and_a_used_up_quota_are_told_apart_from_limits() {
    for (code, status, kind) in [
        (99_991_662, 400, FailureKind::AppDisabled),
        (99_991_673, 400, FailureKind::AppDisabled),
        (99_991_403, 429, FailureKind::QuotaExhausted),
        (99_991_543, 400, FailureKind::Credentials),
    ] {
        let server = Server::always(Reply::json(status, format!(r#"{{"code":{code},"msg":"no"}}"#))).await;
        let failure = ask(&server.client(), Endpoint::TaskList).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (kind, Outcome::NotSent), "{code}");
    }
}

#[tokio::test]
async fn the_older_spelling_of_missing_scopes_is_read_too() {
    let body = r#"{"code":99991672,"msg":"Access denied","error":{"permission_violations":[{"scope":"corehr:file:write","url":"https://x"}]}}"#;
    let server = Server::always(Reply::json(403, body)).await;
    let failure = ask(&server.client(), Endpoint::File).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::MissingScope(vec![CleanText::new("corehr:file:write")]));
}

#[tokio::test]
async fn the_log_id_comes_from_the_header_else_from_the_body_in_either_spelling() {
    let body = r#"{"code":1161001,"msg":"审批已被处理","error":{"logid":"from-body"}}"#;
    for (headers, wanted) in [
        (vec![("X-Tt-Logid", "from-header")], "from-header"),
        (vec![("X-Request-Id", "from-request")], "from-request"),
        (vec![], "from-body"),
    ] {
        let reply = headers.iter().fold(Reply::json(400, body), |reply, (name, value)| reply.with(name, value));
        let failure = ask(&Server::always(reply).await.client(), Endpoint::UpdateTask).await.unwrap_err();
        assert_eq!(failure.log_id, Some(CleanText::new(wanted)));
    }
}
