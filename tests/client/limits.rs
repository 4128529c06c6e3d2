//! Too many requests: the gateway's answer, its limits, and the client's own budget (protocol.md#rate-limits).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use shenpi::domain::{Endpoint, Failure, FailureKind, Outcome, Priority};
use shenpi::feishu::Client;

use crate::desk::ask;
use crate::examples::example;
use crate::server::{Reply, Server};

const EMPTY_LIST: &str = r#"{"code":0,"data":{"has_more":false,"approver_list":[]}}"#;

fn wait(failure: &Failure) -> Duration {
    assert_eq!(failure.outcome, Outcome::NotSent, "{failure:?}");
    match failure.kind {
        FailureKind::RateLimited { retry_after } => retry_after,
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_limit_is_known_by_status_or_code_and_its_reset_is_a_decimal_within_bounds() {
    let recorded = example("gateway_error_99991400_rate_limit.json");
    for (status, body, reset, seconds) in [
        (429, recorded.as_str(), Some("52"), 52.0),
        (400, recorded.as_str(), Some("37.5"), 37.5),
        (200, recorded.as_str(), Some(" 0.25 "), 0.25),
        (429, recorded.as_str(), None, 1.0),
        (429, recorded.as_str(), Some("soon"), 1.0),
        (429, recorded.as_str(), Some("-3"), 1.0),
        (429, recorded.as_str(), Some("NaN"), 1.0),
        (429, recorded.as_str(), Some("1e300"), 1.0),
        (429, recorded.as_str(), Some("3600"), 60.0),
        (429, recorded.as_str(), Some("0"), 0.1),
        (429, "<html>slow down</html>", Some("7"), 7.0),
        (429, r#"{"code":1161604,"msg":"too many requests"}"#, Some("7"), 7.0),
        (400, r#"{"code":1000004,"msg":"method rate limited"}"#, Some("7"), 7.0),
    ] {
        for endpoint in [Endpoint::ProcessDetail, Endpoint::Transfer] {
            let reply = Reply::json(status, body);
            let reply = reset.iter().fold(reply, |reply, reset| reply.with("x-ogw-ratelimit-reset", reset));
            let server = Server::always(reply).await;
            let failure = ask(&server.client(), endpoint).await.unwrap_err();
            assert_eq!(wait(&failure), Duration::from_secs_f64(seconds), "{status} {body} {reset:?}");
            assert_eq!(server.calls().len(), 1, "nothing is retried in a storm");
        }
    }
}

#[tokio::test]
async fn a_used_up_budget_sends_nothing_and_says_how_long() {
    let server = Server::always(Reply::done()).await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap();
    for _ in 0..19 {
        ask(&client, Endpoint::Transfer).await.unwrap();
    }
    let failure = ask(&client, Endpoint::Transfer).await.unwrap_err();
    assert!(wait(&failure) > Duration::from_secs(1) && wait(&failure) <= Duration::from_secs(61));
    assert_eq!((failure.code, failure.http), (None, None));
    assert_eq!(server.calls().len(), 19, "below the platform's 20 a minute");
    ask(&client, Endpoint::UpdateTask).await.expect("decisions have a budget of their own");
}

#[tokio::test]
async fn after_a_refusal_of_the_gateway_the_endpoint_rests_and_the_others_go_on() {
    let server = Server::start(|request| {
        if request.path.contains("/processes/") {
            Reply::json(429, example("gateway_error_99991400_rate_limit.json")).with("x-ogw-ratelimit-reset", "40")
        } else {
            Reply::json(200, EMPTY_LIST)
        }
    })
    .await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap();
    let refused = ask(&client, Endpoint::ProcessDetail).await.unwrap_err();
    assert!((40_000..=40_500).contains(&wait(&refused).as_millis()), "a little later than the others: {refused:?}");
    assert_eq!((refused.code, refused.http), (Some(99_991_400), Some(429)));
    for priority in Priority::ALL {
        let again = ask(&client.at(priority), Endpoint::ProcessDetail).await.unwrap_err();
        assert!(wait(&again) > Duration::from_secs(30), "{priority:?}");
    }
    assert_eq!(server.calls().len(), 1, "the second was not sent");
    ask(&client, Endpoint::TaskList).await.unwrap();
}

#[tokio::test]
async fn a_limited_token_service_is_not_asked_again_by_every_caller() {
    let count = AtomicUsize::new(0);
    let server = Server::with_tokens(
        move |_| {
            count.fetch_add(1, Ordering::SeqCst);
            Reply::json(429, example("gateway_error_99991400_rate_limit.json")).with("x-ogw-ratelimit-reset", "30")
        },
        |_| Reply::done(),
    )
    .await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap();
    for endpoint in [Endpoint::TaskList, Endpoint::UpdateTask, Endpoint::ProcessDetail] {
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!(failure.endpoint, Endpoint::TenantToken);
        assert!(wait(&failure) > Duration::from_secs(20));
    }
    assert_eq!(server.token_calls().len(), 1);
}

#[tokio::test]
async fn what_is_not_urgent_waits_alone() {
    let server = Server::always(Reply::json(200, EMPTY_LIST)).await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap();
    let background = client.at(Priority::Background);
    ask(&background, Endpoint::ChangedProcesses).await.unwrap();
    let failure = ask(&background, Endpoint::ChangedProcesses).await.unwrap_err();
    assert!(wait(&failure) <= Duration::from_secs(8), "its next turn, not the end of the minute: {failure:?}");
    assert_eq!((failure.code, failure.http), (None, None));
    ask(&client, Endpoint::ChangedProcesses).await.unwrap();
    assert_eq!(server.calls().len(), 2);
}

/// A request whose answer was cut has arrived, and counts at the platform.
#[tokio::test]
async fn repeated_reads_stay_within_the_budget() {
    let server = Server::always(Reply::Cut).await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap();
    let failures = join_all((0..8).map(|_| ask(&client, Endpoint::ChangedProcesses))).await;
    assert!(failures.iter().all(|failure| failure.as_ref().is_err_and(|failure| failure.kind == FailureKind::Cut)));
    assert_eq!(server.calls().len(), 17, "three times eight are more than what two checks leave of 19");
}

#[tokio::test]
async fn a_used_up_quota_is_not_asked_again_at_once() {
    let server = Server::always(Reply::json(429, r#"{"code":99991403,"msg":"quota exceeded"}"#)).await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap();
    for endpoint in [Endpoint::TaskList, Endpoint::ProcessDetail, Endpoint::UpdateTask] {
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::QuotaExhausted, Outcome::NotSent));
        assert_eq!((failure.endpoint, failure.code), (endpoint, Some(99_991_403)));
    }
    assert_eq!(server.calls().len(), 1, "the quota is the whole tenant's");
}

/// Each page of a list is asked for after the one before it: nothing else has to be told of waits of a moment.
#[tokio::test]
async fn a_moment_s_wait_for_the_budget_is_no_failure() {
    let server = Server::always(Reply::json(200, EMPTY_LIST)).await;
    let mut settings = server.settings();
    settings.own_budget = true;
    let client = Client::new(settings).unwrap().at(Priority::Background);
    for _ in 0..3 {
        ask(&client, Endpoint::TaskList).await.unwrap();
    }
    assert_eq!(server.calls().len(), 3);
}
