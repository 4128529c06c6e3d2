//! A scripted loopback server that records its requests: plain sockets, so that it can also misbehave as no web
//! framework would.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value as Json;
use shenpi::domain::{I18n, Operator, PersonId, PersonIdType};
use shenpi::feishu::{Client, ClientSettings};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub const APP_ID: &str = "cli_a7b3c9d2e1f40508";
pub const SECRET: &str = "s3cR3tExampleOnlyNotARealSecret00";
pub const TOKEN: &str = "t-g1043k5x7YQ2ZB4W6RZKD3NCL5T6PEFQWXAIJH2M";
pub const OPERATOR: &str = "ou_0b7d4e6f2a9c41d58e3f60718293a4c5";
const TOKEN_PATH: &str = "/open-apis/auth/v3/tenant_access_token/internal";

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    /// As it was on the wire, percent-encoding and all.
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Which connection it came on, counted from 0.
    pub connection: usize,
}

impl Seen {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn wants_token(&self) -> bool {
        self.path == TOKEN_PATH
    }
}

/// The server's reaction to a request.
#[derive(Clone, Debug)]
pub enum Reply {
    Http {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// These bytes as they are, then the end of the connection.
    Raw(Vec<u8>),
    /// The end of the connection without a word.
    Cut,
    /// These bytes as they are, and then nothing, ever.
    Stuck(Vec<u8>),
}

impl Reply {
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::text(status, "application/json; charset=utf-8", body)
    }

    pub fn text(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::Http { status, headers: vec![("Content-Type", kind.to_owned())], body: body.into() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Http { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }

    /// An answer to a write that says no more than that it went well.
    pub fn done() -> Self {
        Self::json(200, r#"{"code":0,"msg":"success","data":{}}"#)
    }

    pub fn token(token: &str, expire: i64) -> Self {
        Self::json(200, format!(r#"{{"code":0,"msg":"ok","tenant_access_token":"{token}","expire":{expire}}}"#))
    }
}

type Answer = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

/// A running server. It ends with the test's runtime.
pub struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Hands out tokens of two hours, and answers other requests with `answer`.
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::with_tokens(|_| Reply::token(TOKEN, 7200), answer).await
    }

    /// Always the same answer.
    pub async fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    pub async fn with_tokens(
        tokens: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let answer: Answer =
            Arc::new(move |request| if request.wants_token() { tokens(request) } else { answer(request) });
        let (record, count) = (Arc::clone(&seen), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, number, Arc::clone(&answer), Arc::clone(&record)));
            }
        });
        Self { address, seen, connections }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn settings(&self) -> ClientSettings {
        settings(&format!("http://{}", self.address))
    }

    pub fn client(&self) -> Client {
        Client::new(self.settings()).expect("a client for loopback")
    }

    /// The recorded requests without those for tokens, in the order of arrival.
    pub fn calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|request| !request.wants_token()).cloned().collect()
    }

    pub fn only_call(&self) -> Seen {
        let calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:?}");
        calls.into_iter().next().unwrap()
    }

    pub fn token_calls(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|request| request.wants_token()).cloned().collect()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Settings for a test: no budget of its own, and no patience.
pub fn settings(base_url: &str) -> ClientSettings {
    let operator = Operator { id: PersonId::new(OPERATOR), id_type: PersonIdType::OpenId, name: I18n::default() };
    let mut settings = ClientSettings::new(base_url.to_owned(), APP_ID.to_owned(), SECRET.to_owned().into(), operator);
    settings.own_budget = false;
    settings.connect_timeout = Duration::from_secs(5);
    settings.answer_timeout = Duration::from_secs(20);
    settings
}

async fn serve(stream: TcpStream, number: usize, answer: Answer, record: Arc<Mutex<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream, number).await {
        let reply = answer(&request);
        record.lock().unwrap().push(request);
        match reply {
            Reply::Http { status, headers, body } => {
                let mut head = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(name);
                    head.push_str(": ");
                    head.push_str(&value);
                    head.push_str("\r\n");
                }
                head.push_str("\r\n");
                let mut bytes = head.into_bytes();
                bytes.extend(body);
                // The client may have heard enough.
                if stream.write_all(&bytes).await.is_err() {
                    return;
                }
            }
            Reply::Raw(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Reply::Cut => return,
            Reply::Stuck(bytes) => {
                let _ = stream.write_all(&bytes).await;
                std::future::pending::<()>().await;
            }
        }
    }
}

pub async fn read(stream: &mut BufReader<TcpStream>, connection: usize) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let length = headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let (path, query) = target.split_once('?').map_or((target.as_str(), ""), |(path, query)| (path, query));
    let url = reqwest::Url::parse(&format!("http://loopback/?{query}")).expect("a query");
    let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Some(Seen { method, path: path.to_owned(), query, headers, body, connection })
}
