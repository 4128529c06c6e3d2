//! Nothing that the program says of itself holds the secret or the token, whoever echoes them.

use std::fmt::Debug;

use shenpi::domain::{Endpoint, Failure, Lang};
use shenpi::text::failure::explain;

use crate::desk::{READS, WRITES, ask};
use crate::server::{Reply, SECRET, Seen, Server, TOKEN};

fn assert_clean(what: &impl Debug) {
    let text = format!("{what:?}\n{what:#?}");
    assert!(!text.contains(SECRET), "{text}");
    assert!(!text.contains(TOKEN), "{text}");
    // Not the beginning of them either.
    assert!(!text.contains(&SECRET[..8]) && !text.contains(&TOKEN[..8]), "{text}");
}

fn assert_failure_clean(failure: &Failure) {
    assert_clean(failure);
    for lang in [Lang::Zh, Lang::En] {
        assert_clean(&explain(failure, lang));
    }
}

#[tokio::test]
async fn neither_client_nor_settings_show_what_is_secret() {
    let server = Server::always(Reply::json(200, r#"{"code":0,"data":{"approver_list":[]}}"#)).await;
    let client = server.client();
    ask(&client, Endpoint::TaskList).await.unwrap();
    assert_clean(&client);
    assert_clean(&client.writer());
    assert_clean(&server.settings());
}

fn echo(request: &Seen, before: usize, body: impl Fn(&str) -> Reply) -> Reply {
    let padding = "x".repeat(before);
    let authorization = request.header("authorization").unwrap_or_default();
    body(&format!("{padding}{authorization} {SECRET} {}", String::from_utf8_lossy(&request.body)))
}

#[tokio::test]
async fn an_answer_that_echoes_the_request_is_quoted_without_its_secrets() {
    // 195 characters before them: the excerpt ends inside the token.
    for before in [0, 150, 195] {
        for status in [200, 403, 502, 429, 302] {
            let server =
                Server::start(move |request| echo(request, before, |text| Reply::text(status, "text/html", text)))
                    .await;
            for endpoint in [Endpoint::TaskList, Endpoint::UpdateTask, Endpoint::File] {
                let Err(failure) = ask(&server.client(), endpoint).await else { continue };
                assert_failure_clean(&failure);
            }
            let server = Server::start(move |request| {
                echo(request, before, |text| Reply::json(400, serde_json::json!({"code": 7, "msg": text}).to_string()))
            })
            .await;
            let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
            assert_failure_clean(&failure);
            assert!(failure.message.as_str().contains("***"), "{failure:?}");
        }
    }
}

#[tokio::test]
async fn a_token_cut_off_anywhere_is_not_quoted() {
    let whole = format!(r#"{{"tenant_access_token":"{TOKEN}","code":0,"expire":7200}}"#);
    for end in 0..whole.len() {
        let cut = whole[..end].to_owned();
        let server = Server::with_tokens(move |_| Reply::json(200, cut.clone()), |_| Reply::done()).await;
        let failure = server.client().authenticate().await.unwrap_err();
        assert_failure_clean(&failure);
        assert!(!format!("{failure:?}").contains("t-g"), "{failure:?}");
    }
}

#[tokio::test]
async fn a_token_service_that_echoes_the_secret_is_quoted_without_it() {
    for status in [200, 500] {
        let server = Server::with_tokens(
            move |request| {
                let body = String::from_utf8_lossy(&request.body).into_owned();
                Reply::json(status, serde_json::json!({"code": 10_003, "msg": body}).to_string())
            },
            |_| Reply::done(),
        )
        .await;
        let failure = server.client().authenticate().await.unwrap_err();
        assert!(!failure.message.is_empty());
        assert_failure_clean(&failure);
    }
}

#[tokio::test]
async fn no_break_of_the_line_shows_what_was_sent() {
    for reply in [Reply::Cut, Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{".to_vec())] {
        let server = Server::always(reply).await;
        let client = server.client();
        for endpoint in READS.into_iter().chain(WRITES).filter(|endpoint| *endpoint != Endpoint::ContactIds) {
            assert_failure_clean(&ask(&client, endpoint).await.unwrap_err());
        }
    }
}
