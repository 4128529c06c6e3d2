//! No output of the program holds the secret or the token, even if an answer repeats them.

use std::fmt::Debug;

use serde_json::{Value as Json, json};
use shenpi::domain::record::{Answered, Change};
use shenpi::domain::{
    Action, ApproverId, CleanText, Endpoint, EntryId, Failure, Lang, Millis, ProcessId, Record, TaskKey,
};
use shenpi::feishu::Client;
use shenpi::store::{Journal, Memory, Run};
use shenpi::text::failure::explain;

use crate::desk::{PROCESS, TASK, WRITES, ask};
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
        for endpoint in [Endpoint::TaskList, Endpoint::File].into_iter().chain(WRITES) {
            assert_failure_clean(&ask(&client, endpoint).await.unwrap_err());
        }
    }
}

/// Reads and writes whose failures quote the answer in ways of their own.
const ASKED: [Endpoint; 5] =
    [Endpoint::TaskList, Endpoint::UpdateTask, Endpoint::File, Endpoint::EmployeesById, Endpoint::Departments];

/// Where an answer has text, filled with this one.
const PLACES: [fn(&str) -> Reply; 17] = [
    |text| refusal(0, |body| body["data"] = json!({ "items": text })),
    |text| refusal(0, |body| body["data"] = json!({ "items": [{ "employment_id": { "x": text } }] })),
    |text| refusal(7, |body| body["msg"] = text.into()),
    |text| refusal(0, |body| body["data"] = json!({ "code": 1_161_004, "msg": text })),
    |text| refusal(7, |body| body["error"] = json!({ "log_id": text })),
    |text| refusal(7, |body| body["error"] = json!({ "logid": text })),
    |text| refusal(0, |body| body["error"] = json!({ "log_id": text })),
    |text| refusal(99_991_672, |body| body["error"] = json!({ "permission_violations": [{ "subject": text }] })),
    |text| refusal(99_991_672, |body| body["error"] = json!({ "permission_violations": [{ "scope": text }] })),
    |text| refusal(99_991_400, |body| body["error"] = json!({ "troubleshooter": text })),
    |text| refusal(7, |_| {}).with("X-Tt-Logid", text),
    |text| refusal(0, |_| {}).with("X-Tt-Logid", text),
    |text| refusal(0, |_| {}).with("X-Request-Id", text),
    |text| Reply::text(502, "text/html", "<h1>502</h1>").with("X-Request-Id", text),
    |text| Reply::text(302, "text/html", "").with("Location", text).with("Date", text),
    |text| Reply::text(200, text, text.to_owned()),
    |text| Reply::text(429, "text/plain", text.to_owned()).with("X-Ogw-Ratelimit-Reset", text),
];

fn refusal(code: i64, fill: impl FnOnce(&mut Json)) -> Reply {
    let mut body = json!({ "code": code, "msg": "no", "data": {} });
    fill(&mut body);
    Reply::json(200, body.to_string())
}

/// Spellings in which an answer may repeat the request's secrets.
const WRITINGS: [fn(&str) -> String; 7] = [
    str::to_owned,
    |secret| format!("Bearer {secret}"),
    |secret| format!("{secret}{secret}"),
    |secret| format!("id-{secret}.{secret}-end"),
    |secret| json!(secret).to_string(),
    |secret| form(secret),
    // Presentation selectors are dropped, which would put the secret together again.
    |secret| secret.chars().flat_map(|c| [c, '\u{FE0F}']).collect(),
];

fn form(secret: &str) -> String {
    reqwest::Url::parse_with_params("x:", [("", secret)]).unwrap().query().unwrap()[1..].to_owned()
}

#[tokio::test]
async fn no_text_of_any_answer_carries_a_secret_into_a_failure_a_receipt_or_the_journal() {
    for secret in [SECRET, r#"quoted"back\slash/plus+äö 密"#] {
        for (place, fill) in PLACES.into_iter().enumerate() {
            for write_as in WRITINGS {
                let server = Server::start(move |request| {
                    let token = request.header("authorization").unwrap().strip_prefix("Bearer ").unwrap();
                    let text = format!("{} {}", write_as(secret), write_as(token));
                    // A header takes no other characters; a text that it cannot hold cannot leak there.
                    let header: String = text.chars().filter(|c| c.is_ascii() || place < 10).collect();
                    fill(&header)
                })
                .await;
                let mut settings = server.settings();
                settings.app_secret = secret.to_owned().into();
                let client = Client::new(settings).unwrap();
                for endpoint in ASKED {
                    let said = match ask(&client, endpoint).await {
                        Ok(receipt) if endpoint == Endpoint::UpdateTask => receipt,
                        Ok(_) => continue,
                        Err(failure) => {
                            let words = [Lang::Zh, Lang::En].map(|lang| explain(&failure, lang));
                            format!("{failure:?} {words:?} {}", journalled(&failure))
                        }
                    };
                    for kept in [secret, TOKEN] {
                        for spelled in [kept.to_owned(), form(kept), format!("{kept:?}"), json!(kept).to_string()] {
                            let spelled = spelled.trim_matches('"');
                            assert!(!said.contains(spelled), "place {place}: {spelled} in {said}");
                        }
                    }
                }
            }
        }
    }
}

/// The line that the journal has of it.
fn journalled(failure: &Failure) -> String {
    let disk = Memory::new();
    let mut journal = Journal::open(disk.clone(), Run::default(), Millis(1_793_491_200_000)).unwrap().0;
    let task = TaskKey { process: ProcessId::new(PROCESS), approver: ApproverId::new(TASK) };
    let change = Change::Refused(Answered::from(failure));
    let at = Millis(1_793_491_200_000);
    journal
        .append(&Record { entry: EntryId("1".into()), at, idle: None, task, action: Action::Approve, change })
        .unwrap();
    String::from_utf8(disk.content("2026-11.jsonl").unwrap()).unwrap()
}

#[tokio::test]
async fn the_token_that_an_answer_brings_is_a_secret_of_that_answer() {
    let reply =
        format!(r#"{{"code":10003,"msg":"{TOKEN}","tenant_access_token":"{TOKEN}","error":{{"log_id":"{TOKEN}"}}}}"#);
    let server = Server::with_tokens(
        move |_| Reply::json(200, reply.clone()).with("X-Request-Id", TOKEN).with("X-Tt-Logid", &format!("a.{TOKEN}")),
        |_| Reply::done(),
    )
    .await;
    assert_failure_clean(&server.client().authenticate().await.unwrap_err());
}

#[tokio::test]
async fn a_long_secret_that_the_excerpt_cuts_is_not_quoted_in_part() {
    let secret: String = ('a'..='z').cycle().take(3_000).collect();
    for before in [0, 1_000, 1_096, 1_500, 4_000, 4_095] {
        let text = format!("{}{secret}{secret}{secret}", "-".repeat(before));
        let server = Server::always(Reply::text(502, "text/html", text)).await;
        let mut settings = server.settings();
        settings.app_secret = secret.clone().into();
        let failure = ask(&Client::new(settings).unwrap(), Endpoint::TaskList).await.unwrap_err();
        assert!(!failure.message.as_str().contains("ab"), "{before}: {failure:?}");
    }
}

#[tokio::test]
async fn only_what_can_be_a_log_id_is_one() {
    let long = "9".repeat(129);
    let wanted: [(&str, &str, Option<&str>); 7] = [
        ("20260309101530C2E14B7F9A5D3C8E6B01", "x", Some("20260309101530C2E14B7F9A5D3C8E6B01")),
        ("", "a-b_c.9", Some("a-b_c.9")),
        ("has space", "fallback", Some("fallback")),
        ("<script>", "also/bad", None),
        (&long, "short", Some("short")),
        ("100%", "", None),
        ("\u{202E}1", "ok", Some("ok")),
    ];
    for (first, second, id) in wanted {
        let reply = Reply::json(200, r#"{"code":7,"msg":"no"}"#).with("X-Tt-Logid", first).with("X-Request-Id", second);
        let server = Server::always(reply).await;
        let failure = ask(&server.client(), Endpoint::UpdateTask).await.unwrap_err();
        assert_eq!(failure.log_id.as_ref().map(CleanText::as_str), id, "{first} {second}");
    }
}
