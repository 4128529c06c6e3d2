//! The connection: cut, slow, mute, foreign, compressed, oversized, redirected. For a write the question is the
//! certainty afterwards.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use shenpi::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome};
use shenpi::feishu::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

use crate::desk::{READS, WRITES, ask};
use crate::examples::example;
use crate::server::{Reply, Server, settings};

const EMPTY_LIST: &str = r#"{"code":0,"data":{"has_more":false,"approver_list":[]}}"#;

/// For answers that never come. The token is waited for no longer, so a machine under load must keep up with this.
const IMPATIENT: Duration = Duration::from_secs(2);

async fn failed(reply: Reply, endpoint: Endpoint) -> (Failure, usize) {
    let server = Server::always(reply).await;
    let failure = ask(&server.client(), endpoint).await.unwrap_err();
    (failure, server.calls().len())
}

#[tokio::test]
async fn a_cut_after_the_request_leaves_a_write_open_and_is_never_answered_by_sending_it_again() {
    for endpoint in WRITES {
        let (failure, calls) = failed(Reply::Cut, endpoint).await;
        assert_eq!((failure.kind, failure.outcome), (FailureKind::Cut, Outcome::MayHaveHappened), "{endpoint:?}");
        assert_eq!((calls, failure.http, failure.code), (1, None, None), "{endpoint:?}");
    }
}

#[tokio::test]
async fn a_cut_inside_the_answer_leaves_a_write_open_and_keeps_its_log_id() {
    let half = "HTTP/1.1 200 OK\r\nX-Tt-Logid: L-5\r\nContent-Length: 400\r\n\r\n{\"code\":0,";
    let (failure, calls) = failed(Reply::Raw(half.into()), Endpoint::UpdateTask).await;
    assert_eq!((failure.kind, failure.outcome), (FailureKind::Cut, Outcome::MayHaveHappened));
    assert_eq!((calls, failure.http), (1, Some(200)));
    assert_eq!(failure.log_id, Some(CleanText::new("L-5")));
    let (failure, calls) = failed(Reply::Raw(b"HTTP/1.1 2".to_vec()), Endpoint::Transfer).await;
    assert_eq!((failure.kind, failure.outcome, calls), (FailureKind::Cut, Outcome::MayHaveHappened, 1));
    let (failure, calls) = failed(Reply::Raw(b"\x16\x03\x01 what is this".to_vec()), Endpoint::Transfer).await;
    assert_eq!((failure.kind, failure.outcome, calls), (FailureKind::Cut, Outcome::MayHaveHappened, 1));
}

#[tokio::test]
async fn a_write_that_has_its_connection_only_after_the_end_is_not_sent() {
    for endpoint in WRITES {
        let server = Server::always(Reply::json(200, EMPTY_LIST)).await;
        let client = server.client();
        client.authenticate().await.unwrap();
        client.shutdown().cancel();
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::Ended, Outcome::NotSent), "{endpoint:?}");
        assert!(server.calls().is_empty(), "{endpoint:?}");
        ask(&client, Endpoint::TaskList).await.expect("what is read is not held back");
    }
}

#[tokio::test]
async fn where_nobody_listens_a_write_was_not_sent() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    let client = Client::new(settings(&format!("http://{address}"))).unwrap();
    let failure = ask(&client, Endpoint::UpdateTask).await.unwrap_err();
    assert_eq!((failure.kind, failure.outcome), (FailureKind::Unreachable, Outcome::NotSent));
    assert!(failure.message.as_str().contains("refused"), "{}", failure.message);
    assert!(!failure.message.as_str().contains("http://"), "the address says nothing new: {}", failure.message);
}

/// Answers one request for a token; then listens no more, or hangs up on everybody without reading. Counts those.
async fn only_a_token(listens: bool) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let hung_up = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&hung_up);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let listener = listens.then_some(listener);
        let mut request = vec![0; 8192];
        let _ = stream.read(&mut request).await.unwrap();
        let body = r#"{"code":0,"tenant_access_token":"t-1","expire":7200}"#;
        let answer = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
        while let Some(listener) = &listener {
            drop(listener.accept().await.unwrap());
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    (format!("http://{address}"), hung_up)
}

#[tokio::test]
async fn a_server_that_hangs_up_without_reading_leaves_a_write_open_because_nobody_can_know() {
    let (base_url, hung_up) = only_a_token(true).await;
    let client = Client::new(settings(&base_url)).unwrap();
    client.authenticate().await.unwrap();
    let failure = ask(&client, Endpoint::UpdateTask).await.unwrap_err();
    assert_eq!((failure.kind, failure.outcome), (FailureKind::Cut, Outcome::MayHaveHappened));
    assert_eq!(hung_up.load(Ordering::SeqCst), 1, "a write tries once");
    let failure = ask(&client, Endpoint::TaskList).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Cut);
    assert_eq!(hung_up.load(Ordering::SeqCst), 4, "a read tries thrice");
}

#[tokio::test]
async fn a_platform_that_goes_away_between_token_and_write_was_sent_nothing() {
    for endpoint in [Endpoint::UpdateTask, Endpoint::Withdraw] {
        let client = Client::new(settings(&only_a_token(false).await.0)).unwrap();
        client.authenticate().await.unwrap();
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!(failure.endpoint, endpoint);
        assert_eq!((failure.kind, failure.outcome), (FailureKind::Unreachable, Outcome::NotSent));
    }
}

#[tokio::test]
async fn writes_never_share_a_connection_with_anything() {
    let server = Server::always(Reply::json(200, EMPTY_LIST)).await;
    let client = server.client();
    client.tasks(None).await.unwrap();
    for endpoint in WRITES {
        ask(&client, endpoint).await.unwrap();
    }
    client.tasks(None).await.unwrap();
    let connections: Vec<usize> = server.calls().iter().map(|call| call.connection).collect();
    assert_eq!(connections, [0, 1, 2, 3, 4, 5, 0], "reads keep their line, each write takes a fresh one");
    assert_eq!(server.connections(), 6);
}

#[tokio::test]
async fn reads_that_are_cut_are_repeated_and_in_the_end_reported() {
    let server = Server::start({
        let count = AtomicUsize::new(0);
        move |_| match count.fetch_add(1, Ordering::SeqCst) {
            0 => Reply::Cut,
            _ => Reply::json(200, EMPTY_LIST),
        }
    })
    .await;
    server.client().tasks(None).await.unwrap();
    assert_eq!(server.calls().len(), 2);

    let (failure, calls) = failed(Reply::Cut, Endpoint::ProcessDetail).await;
    assert_eq!((failure.kind, calls), (FailureKind::Cut, 3));
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_a_write_open_and_is_waited_for_once() {
    let server = Server::always(Reply::Stuck(Vec::new())).await;
    let mut settings = server.settings();
    settings.answer_timeout = IMPATIENT;
    let client = Client::new(settings).unwrap();
    for (endpoint, before) in [(Endpoint::UpdateTask, 0), (Endpoint::TaskList, 1)] {
        let failure = ask(&client, endpoint).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::TimedOut, Outcome::MayHaveHappened), "{endpoint:?}");
        assert_eq!(server.calls().len(), before + 1, "{endpoint:?}");
    }
}

#[tokio::test]
async fn an_answer_that_stops_half_way_is_a_time_out_too() {
    let half = "HTTP/1.1 200 OK\r\nX-Tt-Logid: L-6\r\nContent-Length: 99\r\n\r\n{\"code\":0,";
    let server = Server::always(Reply::Stuck(half.into())).await;
    let mut settings = server.settings();
    settings.answer_timeout = IMPATIENT;
    let failure = ask(&Client::new(settings).unwrap(), Endpoint::UpdateTask).await.unwrap_err();
    assert_eq!((&failure.kind, failure.outcome), (&FailureKind::TimedOut, Outcome::MayHaveHappened), "{failure:?}");
    assert_eq!((failure.http, failure.log_id), (Some(200), Some(CleanText::new("L-6"))));
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn a_port_that_never_takes_the_connection_was_sent_nothing() {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    // A full queue of unaccepted connections lets a further one wait for ever.
    let mut waiting = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(Duration::from_millis(300), tokio::net::TcpStream::connect(address)).await
    {
        waiting.push(stream);
        assert!(waiting.len() < 64, "the queue never fills");
    }
    let mut settings = settings(&format!("http://{address}"));
    settings.connect_timeout = Duration::from_millis(150);
    let failure = ask(&Client::new(settings).unwrap(), Endpoint::UpdateTask).await.unwrap_err();
    assert_eq!((failure.kind, failure.outcome), (FailureKind::Unreachable, Outcome::NotSent));
}

#[tokio::test]
async fn a_proxys_page_is_named_with_its_status_and_its_first_words() {
    let page = "<html><body>请登录网络\u{1b}[2J</body></html>";
    for (status, kind) in [
        (200, FailureKind::Garbage { excerpt: CleanText::new(page) }),
        (403, FailureKind::Garbage { excerpt: CleanText::new(page) }),
        (502, FailureKind::Server),
    ] {
        let reply = Reply::text(status, "text/html", page).with("X-Tt-Logid", "L-2");
        let (failure, calls) = failed(reply, Endpoint::UpdateTask).await;
        assert_eq!((&failure.kind, failure.outcome), (&kind, Outcome::MayHaveHappened), "{status}");
        assert_eq!((failure.http, calls), (Some(status), 1));
        assert_eq!(failure.message.as_str(), "<html><body>请登录网络␛[2J</body></html>");
        assert_eq!(failure.log_id, Some(CleanText::new("L-2")));
    }
    let long = "长".repeat(5000);
    let (failure, _) = failed(Reply::text(200, "text/plain", long), Endpoint::TaskList).await;
    assert_eq!(failure.message.as_str().chars().count(), 200);
}

#[tokio::test]
async fn where_there_is_no_such_interface_a_write_was_not_carried_out() {
    for status in [404, 405, 407] {
        for endpoint in [Endpoint::UpdateTask, Endpoint::TaskList] {
            let (failure, calls) = failed(Reply::text(status, "text/plain", "404 page not found"), endpoint).await;
            assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{failure:?}");
            assert_eq!((failure.outcome, failure.http, calls), (Outcome::NotSent, Some(status), 1));
        }
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_no_token_leaves_with_it() {
    let elsewhere = Server::always(Reply::done()).await;
    let target = format!("http://{}/login", elsewhere.address());
    for status in [301, 302, 303, 307, 308] {
        let reply = Reply::text(status, "text/html", "moved").with("Location", &target);
        for endpoint in [Endpoint::TaskList, Endpoint::UpdateTask, Endpoint::File] {
            let (failure, calls) = failed(reply.clone(), endpoint).await;
            assert_eq!((failure.kind, failure.outcome, calls), (FailureKind::Redirected, Outcome::NotSent, 1));
        }
    }
    let friendly = Reply::json(302, r#"{"code":0,"data":{}}"#).with("Location", &target);
    assert_eq!(failed(friendly, Endpoint::UpdateTask).await.0.kind, FailureKind::Redirected);
    let tokens = target.clone();
    let server =
        Server::with_tokens(move |_| Reply::text(307, "text/html", "").with("Location", &tokens), |_| Reply::done())
            .await;
    assert_eq!(server.client().authenticate().await.unwrap_err().kind, FailureKind::Redirected);
    assert_eq!(elsewhere.connections(), 0);
}

fn zipped(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn compressed_answers_are_read_and_broken_ones_are_failures() {
    let whole = zipped(&example("approvers_list_response.json"));
    let server = Server::always(Reply::json(200, whole.clone()).with("Content-Encoding", "gzip")).await;
    assert_eq!(server.client().tasks(None).await.unwrap().tasks.len(), 5);
    assert!(server.only_call().header("accept-encoding").is_some_and(|kinds| kinds.contains("gzip")));

    let half = whole[..whole.len() / 2].to_vec();
    let (failure, calls) = failed(Reply::json(200, half).with("Content-Encoding", "gzip"), Endpoint::UpdateTask).await;
    assert_eq!((failure.kind, failure.outcome, calls), (FailureKind::Cut, Outcome::MayHaveHappened, 1));
}

#[tokio::test]
async fn an_endless_answer_is_read_to_a_bound_also_when_it_comes_compressed() {
    let huge = vec![b' '; 50 * 1024 * 1024];
    let compressed = zipped(&String::from_utf8(huge.clone()).unwrap());
    assert!(compressed.len() < 1024 * 1024);
    for reply in [Reply::json(200, huge), Reply::json(200, compressed).with("Content-Encoding", "gzip")] {
        let (failure, calls) = failed(reply, Endpoint::UpdateTask).await;
        assert_eq!(failure.kind, FailureKind::Garbage { excerpt: CleanText::new("> 16 MiB") });
        assert_eq!((failure.outcome, calls), (Outcome::MayHaveHappened, 1));
    }
}

#[tokio::test]
async fn json_that_is_not_the_platforms_is_a_failure_for_every_endpoint() {
    for body in
        ["", "null", "[]", "0", "\"ok\"", "{}", r#"{"code":"success"}"#, r#"{"code":null,"data":{}}"#, "{\"code\":0"]
    {
        for endpoint in READS.into_iter().chain(WRITES).filter(|endpoint| *endpoint != Endpoint::ContactIds) {
            let (failure, calls) = failed(Reply::json(200, body), endpoint).await;
            assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{endpoint:?} {body}: {failure:?}");
            assert_eq!((failure.outcome, calls), (Outcome::MayHaveHappened, 1), "{endpoint:?} {body}");
        }
    }
}

#[tokio::test]
async fn json_nested_without_end_is_a_failure_and_no_crash() {
    let deep = format!("{{\"code\":0,\"data\":{}", "[".repeat(200_000));
    let (failure, _) = failed(Reply::json(200, deep), Endpoint::ProcessDetail).await;
    assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{failure:?}");
}

#[tokio::test]
async fn an_address_that_is_none_sends_nothing() {
    for base_url in ["http://", "not a url", "http://127.0.0.1:99999"] {
        let failure = ask(&Client::new(settings(base_url)).unwrap(), Endpoint::UpdateTask).await.unwrap_err();
        assert_eq!((failure.kind, failure.outcome), (FailureKind::Unreachable, Outcome::NotSent), "{base_url}");
    }
}
