//! A scripted platform with a long connection: an address, a handshake, and frames that a test writes itself. It shares no
//! code with the client; frames are written and read by hand.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use shenpi::domain::{Announced, LiveEvent, LiveMode};
use shenpi::feishu::live::LiveLink;
use shenpi::feishu::{Client, ClientSettings};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::server::{Reply, Seen, TOKEN, read, settings};

pub const SERVICE: u64 = 33_554_678;
pub const TICKET: &str = "7c1b2d3e-ticket-4f50";
const COUNT_PATH: &str = "/open-apis/event/v1/connection";
const ENDPOINT_PATH: &str = "/callback/ws/endpoint";
/// Longer than every wait of these tests, and no measure of speed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The next answers of each kind; without one, all goes well.
#[derive(Default)]
pub struct Script {
    pub online: VecDeque<Reply>,
    pub addresses: VecDeque<Reply>,
    pub handshakes: VecDeque<Reply>,
    /// Replaces the usual `ClientConfig`.
    pub config: Option<String>,
}

pub struct LiveServer {
    pub address: SocketAddr,
    pub script: Arc<Mutex<Script>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    sockets: mpsc::UnboundedReceiver<Peer>,
}

/// The other end of one connection.
pub struct Peer(WebSocketStream<BufReader<TcpStream>>);

impl LiveServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (script, seen) = (Arc::new(Mutex::new(Script::default())), Arc::new(Mutex::new(Vec::new())));
        let (opened, sockets) = mpsc::unbounded_channel();
        let (scripted, record) = (Arc::clone(&script), Arc::clone(&seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, address, Arc::clone(&scripted), Arc::clone(&record), opened.clone()));
            }
        });
        Self { address, script, seen, sockets }
    }

    pub fn settings(&self, mode: LiveMode) -> ClientSettings {
        ClientSettings { live: mode, ..settings(&format!("http://{}", self.address)) }
    }

    /// The next connection that the client opens.
    pub async fn opened(&mut self) -> Peer {
        timeout(PATIENCE, self.sockets.recv()).await.expect("a connection").expect("the server runs")
    }

    /// Whether the client opens none for so long.
    pub async fn stays_unopened(&mut self, long: Duration) -> bool {
        timeout(long, self.sockets.recv()).await.is_err()
    }

    /// Paths of all requests so far but those for tokens, in the order of arrival.
    pub fn paths(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        let paths = seen.iter().map(|request| request.path.clone());
        paths.filter(|path| !path.contains("tenant_access_token")).collect()
    }

    pub fn count(&self, part: &str) -> usize {
        self.paths().iter().filter(|path| path.contains(part)).count()
    }

    pub fn address_requests(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|request| request.path == ENDPOINT_PATH).cloned().collect()
    }
}

/// The address in an answer to the bootstrap.
pub fn url(address: SocketAddr) -> String {
    format!(
        "ws://{address}/ws/v2?fpid=493&aid=552564&device_id=76150&access_key=key-{TICKET}&service_id={SERVICE}&ticket={TICKET}"
    )
}

pub fn address_reply(url: &str, config: &str) -> Reply {
    Reply::json(200, format!(r#"{{"code":0,"msg":"","data":{{"URL":"{url}","ClientConfig":{config}}}}}"#))
}

pub fn online(count: usize) -> Reply {
    Reply::json(200, format!(r#"{{"code":0,"msg":"","data":{{"online_instance_cnt":{count}}}}}"#))
}

const CONFIG: &str = r#"{"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":30,"PingInterval":120}"#;

async fn serve(
    stream: TcpStream,
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    record: Arc<Mutex<Vec<Seen>>>,
    opened: mpsc::UnboundedSender<Peer>,
) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read(&mut stream, 0).await {
        record.lock().unwrap().push(request.clone());
        let reply = {
            let mut script = script.lock().unwrap();
            match request.path.as_str() {
                COUNT_PATH => Some(script.online.pop_front().unwrap_or_else(|| online(0))),
                ENDPOINT_PATH => Some(
                    script
                        .addresses
                        .pop_front()
                        .unwrap_or_else(|| address_reply(&url(address), script.config.as_deref().unwrap_or(CONFIG))),
                ),
                "/ws/v2" => script.handshakes.pop_front(),
                _ => Some(Reply::token(TOKEN, 7200)),
            }
        };
        match reply {
            Some(Reply::Http { status, headers, body }) => {
                let headers: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
                let headers = headers.concat();
                let head = format!("HTTP/1.1 {status} Scripted\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(&[head.into_bytes(), body].concat()).await;
            }
            Some(Reply::Cut) => return,
            Some(other) => panic!("{other:?} is not played here"),
            None => {
                let key = request.header("Sec-WebSocket-Key").expect("a key").to_owned();
                assert_eq!(request.header("Upgrade").map(str::to_ascii_lowercase).as_deref(), Some("websocket"));
                assert_eq!(request.header("Sec-WebSocket-Version"), Some("13"));
                let accept = derive_accept_key(key.as_bytes());
                let head = format!(
                    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                     Sec-WebSocket-Accept: {accept}\r\n\r\n"
                );
                stream.write_all(head.as_bytes()).await.unwrap();
                let _ = opened.send(Peer(WebSocketStream::from_raw_socket(stream, Role::Server, None).await));
                return;
            }
        }
    }
}

impl Peer {
    pub async fn send(&mut self, frame: Vec<u8>) {
        self.0.send(Message::Binary(frame.into())).await.unwrap();
    }

    pub async fn send_message(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next message, of any kind; `None`: the connection has ended.
    pub async fn message(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.0.next()).await.expect("a message in time")?.ok()
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Frame {
        match self.message().await {
            Some(Message::Binary(bytes)) => Frame::read(&bytes),
            other => panic!("{other:?}"),
        }
    }

    /// Takes the ping that opens every connection, and answers it.
    pub async fn greet(&mut self) {
        let ping = self.frame().await;
        assert_eq!((ping.header("type"), ping.service, ping.method), (Some("ping"), SERVICE, 0));
        self.send(pong("")).await;
    }

    /// Whether nothing comes for so long.
    pub async fn is_quiet(&mut self, long: Duration) -> bool {
        timeout(long, self.0.next()).await.is_err()
    }

    pub async fn close(mut self) {
        self.0.close(None).await.unwrap();
    }
}

/// A frame read by hand: fields by their numbers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub seq_id: u64,
    pub log_id: u64,
    pub service: u64,
    pub method: u64,
    pub headers: Vec<(String, String)>,
    pub payload: String,
    /// Numbers of the fields that are there.
    pub fields: Vec<u64>,
}

fn varint(bytes: &[u8], at: &mut usize) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[*at];
        *at += 1;
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return value;
        }
    }
}

fn fields(bytes: &[u8]) -> Vec<(u64, u64, Vec<u8>)> {
    let mut at = 0;
    let mut fields = Vec::new();
    while at < bytes.len() {
        let tag = varint(bytes, &mut at);
        let number = varint(bytes, &mut at);
        let text = if tag & 7 == 2 {
            let end = at + usize::try_from(number).unwrap();
            let text = bytes[at..end].to_vec();
            at = end;
            text
        } else {
            Vec::new()
        };
        fields.push((tag >> 3, number, text));
    }
    fields
}

impl Frame {
    fn read(bytes: &[u8]) -> Self {
        let mut frame = Self::default();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        for (field, number, bytes) in fields(bytes) {
            frame.fields.push(field);
            match field {
                1 => frame.seq_id = number,
                2 => frame.log_id = number,
                3 => frame.service = number,
                4 => frame.method = number,
                5 => {
                    let mut parts = fields(&bytes).into_iter().map(|(_, _, part)| text(part));
                    frame.headers.push((parts.next().unwrap(), parts.next().unwrap()));
                }
                8 => frame.payload = text(bytes),
                _ => {}
            }
        }
        frame
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
}

fn put_bytes(out: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    put_varint(out, field << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend(bytes);
}

/// A frame of this method with these headers.
pub fn frame(method: u64, headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (field, value) in [(1, 77), (2, 88), (3, SERVICE), (4, method)] {
        put_varint(&mut out, field << 3);
        put_varint(&mut out, value);
    }
    for (key, value) in headers {
        let mut header = Vec::new();
        put_bytes(&mut header, 1, key.as_bytes());
        put_bytes(&mut header, 2, value.as_bytes());
        put_bytes(&mut out, 5, &header);
    }
    put_bytes(&mut out, 8, payload);
    out
}

pub fn pong(config: &str) -> Vec<u8> {
    frame(0, &[("type", "pong")], config.as_bytes())
}

/// An event about a process, as a whole message.
pub fn event(id: &str, process: &str) -> Vec<u8> {
    fragment(id, 1, 0, body(id, process, "").as_bytes())
}

pub fn fragment(message: &str, sum: usize, seq: usize, part: &[u8]) -> Vec<u8> {
    let (sum, seq) = (sum.to_string(), seq.to_string());
    let headers = [
        ("type", "event"),
        ("message_id", message),
        ("sum", &sum),
        ("seq", &seq),
        ("trace_id", message),
        ("instance_id", "i-1"),
        ("unknown", "kept"),
    ];
    frame(1, &headers, part)
}

pub fn body(id: &str, process: &str, filling: &str) -> String {
    format!(
        r#"{{"schema":"2.0","header":{{"event_id":"{id}","event_type":"corehr.process.updated_v2","token":""}},"event":{{"process_id":"{process}","status":1,"filling":"{filling}"}}}}"#
    )
}

/// A client that listens, until it is dropped.
pub struct Listener {
    pub events: mpsc::Receiver<LiveEvent>,
    pub renew: Arc<Notify>,
    pub client: Client,
    task: JoinHandle<()>,
}

impl Listener {
    pub fn to(server: &LiveServer, mode: LiveMode) -> Self {
        let client = Client::new(server.settings(mode)).unwrap();
        let (sender, events) = mpsc::channel(4);
        let renew = Arc::<Notify>::default();
        let link = LiveLink { events: sender, renew: Arc::clone(&renew) };
        let listening = client.clone();
        let task = tokio::spawn(async move { listening.listen(link).await });
        Self { events, renew, client, task }
    }

    pub async fn next(&mut self) -> LiveEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("an event in time").expect("the client listens")
    }

    /// The processes of the next announcements, which must be what comes next.
    pub async fn announced(&mut self) -> Vec<String> {
        match self.next().await {
            LiveEvent::Announced(all) => {
                all.iter().map(|Announced { process, .. }| process.as_str().to_owned()).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Whether nothing is reported for so long.
    pub async fn is_quiet(&mut self, long: Duration) -> bool {
        timeout(long, self.events.recv()).await.is_err()
    }

    pub async fn ended(&mut self) {
        timeout(PATIENCE, &mut self.task).await.expect("it ends").unwrap();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}
