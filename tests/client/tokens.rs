//! The tenant token: one shared fetch, one silent renewal, and failures that name the configuration
//! (protocol.md#tenant-token).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shenpi::domain::{Endpoint, FailureKind, Outcome};
use shenpi::feishu::Client;

use crate::desk::{READS, WRITES, ask};
use crate::examples::{example, json};
use crate::server::{Reply, Seen, Server, TOKEN};

const EMPTY_LIST: &str = r#"{"code":0,"data":{"has_more":false,"approver_list":[]}}"#;

fn counted(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> impl Fn(&Seen) -> Reply + Send + Sync + 'static {
    let count = AtomicUsize::new(0);
    move |_| reply(count.fetch_add(1, Ordering::SeqCst))
}

async fn all_at_once(client: &Client, count: usize) -> Vec<Result<(), FailureKind>> {
    let callers: Vec<_> = (0..count)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.tasks(None).await.map(|_| ()).map_err(|failure| failure.kind) })
        })
        .collect();
    let mut results = Vec::new();
    for caller in callers {
        results.push(caller.await.unwrap());
    }
    results
}

#[tokio::test]
async fn a_token_is_asked_for_with_id_and_secret_and_goes_with_every_call() {
    let server = Server::with_tokens(
        |_| Reply::json(200, example("auth_tenant_token_response.json")),
        |_| Reply::json(200, EMPTY_LIST),
    )
    .await;
    let client = server.client();
    for _ in 0..3 {
        client.tasks(None).await.unwrap();
    }
    let asked = server.token_calls();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].method, "POST");
    assert_eq!(asked[0].json(), json("auth_tenant_token_request.json"));
    assert_eq!(asked[0].header("authorization"), None);
    assert_eq!(asked[0].header("content-type"), Some("application/json; charset=utf-8"));
    for call in server.calls() {
        assert_eq!(call.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    }
}

#[tokio::test]
async fn every_request_says_which_program_sent_it() {
    let server = Server::always(Reply::json(200, EMPTY_LIST)).await;
    server.client().tasks(None).await.unwrap();
    let wanted = concat!("shenpi/", env!("CARGO_PKG_VERSION"));
    for request in server.token_calls().iter().chain(&server.calls()) {
        assert_eq!(request.header("user-agent"), Some(wanted));
    }
}

#[tokio::test]
async fn fifty_callers_share_one_fetch() {
    let server = Server::always(Reply::json(200, EMPTY_LIST)).await;
    let results = all_at_once(&server.client(), 50).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(server.token_calls().len(), 1);
    assert_eq!(server.calls().len(), 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_callers_with_a_refused_token_renew_it_once() {
    let issued = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&issued);
    let server = Server::with_tokens(
        move |_| Reply::token(&format!("t-{}", count.fetch_add(1, Ordering::SeqCst)), 7200),
        |request| {
            if request.header("authorization") == Some("Bearer t-0") {
                Reply::json(400, example("gateway_error_99991663_invalid_token.json"))
            } else {
                Reply::json(200, EMPTY_LIST)
            }
        },
    )
    .await;
    let client = server.client();
    client.authenticate().await.unwrap();
    let results = all_at_once(&client, 50).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(issued.load(Ordering::SeqCst), 2, "however late a refusal of the old token arrives");
}

#[tokio::test]
async fn fifty_callers_share_one_failed_fetch_and_the_next_one_tries_again() {
    let server = Server::with_tokens(
        counted(|count| {
            if count == 0 {
                Reply::json(200, example("auth_error_10014_app_secret_invalid.json"))
            } else {
                Reply::token(TOKEN, 7200)
            }
        }),
        |_| Reply::json(200, EMPTY_LIST),
    )
    .await;
    let client = server.client();
    // One worker thread: all fifty wait for the lock before the first answer is read.
    let results = all_at_once(&client, 50).await;
    assert!(results.iter().all(|result| *result == Err(FailureKind::Credentials)), "{results:?}");
    assert_eq!(server.token_calls().len(), 1);
    assert!(server.calls().is_empty());
    client.tasks(None).await.unwrap();
    assert_eq!(server.token_calls().len(), 2);
}

#[tokio::test]
async fn a_token_at_its_end_is_renewed_before_it_is_used() {
    let server = Server::with_tokens(
        counted(|count| Reply::token(&format!("t-{count}"), if count == 0 { 0 } else { 7200 })),
        |_| Reply::json(200, EMPTY_LIST),
    )
    .await;
    let client = server.client();
    client.authenticate().await.unwrap();
    client.tasks(None).await.unwrap();
    client.tasks(None).await.unwrap();
    assert_eq!(server.token_calls().len(), 2);
    for call in server.calls() {
        assert_eq!(call.header("authorization"), Some("Bearer t-1"));
    }
}

#[tokio::test]
async fn the_same_token_with_less_life_is_taken_as_it_comes() {
    let server = Server::with_tokens(
        |_| Reply::json(200, example("auth_tenant_token_response_reused.json")),
        |_| Reply::json(200, EMPTY_LIST),
    )
    .await;
    let client = server.client();
    client.tasks(None).await.unwrap();
    client.tasks(None).await.unwrap();
    assert_eq!(server.token_calls().len(), 1, "4567 s are left: more than the margin");
    assert_eq!(server.calls()[0].header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
}

#[tokio::test]
async fn a_refused_token_is_renewed_in_silence_for_reads() {
    for name in ["gateway_error_99991663_invalid_token.json", "gateway_error_99991661_missing_token.json"] {
        for status in [400, 200] {
            for endpoint in [Endpoint::TaskList, Endpoint::File] {
                let server = Server::start(counted(move |count| match count {
                    0 => Reply::json(status, example(name)),
                    _ if endpoint == Endpoint::File => Reply::text(200, "application/pdf", "%PDF"),
                    _ => Reply::json(200, EMPTY_LIST),
                }))
                .await;
                ask(&server.client(), endpoint).await.unwrap_or_else(|failure| panic!("{endpoint:?} {failure:?}"));
                assert_eq!(server.calls().len(), 2, "{name} {status} {endpoint:?}");
                assert_eq!(server.token_calls().len(), 2, "{name} {status} {endpoint:?}");
            }
        }
    }
}

/// The caller decides whether a refused write may be sent again; the next one has another token.
#[tokio::test]
async fn a_write_that_is_refused_for_its_token_is_not_sent_again_by_the_client() {
    for endpoint in WRITES {
        let server = Server::start(counted(move |count| match count {
            0 => Reply::json(400, example("gateway_error_99991663_invalid_token.json")),
            _ => Reply::json(200, EMPTY_LIST),
        }))
        .await;
        let client = server.client();
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::TokenRefused, Outcome::NotSent), "{endpoint:?}");
        assert_eq!((server.calls().len(), server.token_calls().len()), (1, 1), "{endpoint:?}");
        client.authenticate().await.unwrap();
        assert_eq!(server.token_calls().len(), 2, "the refused token is not kept");
        ask(&client, endpoint).await.unwrap_or_else(|failure| panic!("{endpoint:?} {failure:?}"));
        assert_eq!((server.calls().len(), server.token_calls().len()), (2, 2), "{endpoint:?}");
    }
}

#[tokio::test]
async fn a_token_refused_twice_is_reported_and_no_third_one_fetched() {
    for endpoint in READS.into_iter().filter(|endpoint| *endpoint != Endpoint::ContactIds) {
        let name = "gateway_error_99991663_invalid_token.json";
        let server = Server::always(Reply::json(400, example(name))).await;
        let failure = ask(&server.client(), endpoint).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::TokenRefused, Outcome::NotSent), "{endpoint:?}");
        assert_eq!(failure.code, Some(99_991_663));
        assert!(failure.log_id.is_some());
        assert_eq!((server.calls().len(), server.token_calls().len()), (2, 2), "{endpoint:?}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_a_matter_of_configuration_and_nothing_was_sent() {
    for (name, code) in [
        ("auth_error_10003_malformed_app_id.json", 10_003),
        ("auth_error_10014_app_id_not_exists.json", 10_014),
        ("auth_error_10014_app_secret_invalid.json", 10_014),
    ] {
        let server =
            Server::with_tokens(move |_| Reply::json(200, example(name)).with("X-Tt-Logid", "L-9"), |_| Reply::Cut)
                .await;
        for failure in [
            server.client().authenticate().await.unwrap_err(),
            ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err(),
        ] {
            assert_eq!(failure.endpoint, Endpoint::TenantToken, "{name}");
            assert_eq!((&failure.kind, failure.outcome), (&FailureKind::Credentials, Outcome::NotSent), "{name}");
            assert_eq!((failure.code, failure.http), (Some(code), Some(200)), "{name}");
            assert_eq!(failure.message.as_str(), json(name)["msg"].as_str().unwrap());
            assert_eq!(failure.log_id.unwrap().as_str(), "L-9");
        }
        assert!(server.calls().is_empty());
    }
}

#[tokio::test]
async fn other_refusals_of_the_token_service_are_configuration_or_its_own_trouble() {
    for (code, status, kind) in [
        (10_015, 200, FailureKind::Credentials),
        (77_777, 200, FailureKind::Credentials),
        (10_012, 200, FailureKind::Server),
        (2_200, 200, FailureKind::Server),
        (77_777, 500, FailureKind::Server),
        (99_991_662, 200, FailureKind::AppDisabled),
        (99_991_401, 400, FailureKind::AddressRefused),
    ] {
        let body = format!(r#"{{"code":{code},"msg":"no"}}"#);
        let server = Server::with_tokens(move |_| Reply::json(status, body.clone()), |_| Reply::Cut).await;
        let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (kind, Outcome::NotSent), "{code} {status}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_is_not_used() {
    for token in ["\"\"", "null", "{}", "\"a b\"", "\"t-\\r\\nX-Evil: 1\"", "\"令牌\""] {
        let body = format!(r#"{{"code":0,"tenant_access_token":{token},"expire":7200}}"#);
        let server = Server::with_tokens(move |_| Reply::json(200, body.clone()), |_| Reply::done()).await;
        let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
        assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{token}: {failure:?}");
        assert_eq!(failure.outcome, Outcome::NotSent);
        assert!(server.calls().is_empty(), "{token}");
    }
}

#[tokio::test]
async fn strange_lives_of_a_token_do_no_harm() {
    for expire in ["18446744073709551615", "9223372036854775807", "-1", "\"7200\"", "null", "1e300"] {
        let body = format!(r#"{{"code":0,"tenant_access_token":"{TOKEN}","expire":{expire}}}"#);
        let server =
            Server::with_tokens(move |_| Reply::json(200, body.clone()), |_| Reply::json(200, EMPTY_LIST)).await;
        let client = server.client();
        for _ in 0..2 {
            client.tasks(None).await.unwrap();
        }
        assert!(server.token_calls().len() <= 2, "{expire}");
    }
}
