//! Delivery of events by webhook (protocol.md#webhooks): the challenge at the start, encryption and signature.

use std::fmt::{self, Write as _};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr as _;
use std::time::Duration;

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockEncryptMut as _, KeyIvInit as _};
use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::domain::Millis;

/// To connect, to send and to get the answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Largest answer that is read.
const LARGEST_ANSWER: u64 = 64 * 1024;

/// Where events are posted to.
#[derive(Clone)]
pub struct Webhook {
    addr: SocketAddr,
    authority: String,
    path: String,
    encrypt_key: Option<String>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook").field("addr", &self.addr).finish_non_exhaustive()
    }
}

impl Webhook {
    /// A webhook at `http://<loopback address>:<port>/<path>`, encrypted and signed when there is a key.
    ///
    /// # Errors
    /// Any other address: the simulator posts to programs of this host only.
    pub fn new(url: &str, encrypt_key: Option<String>) -> io::Result<Self> {
        let wrong =
            || io::Error::new(io::ErrorKind::PermissionDenied, format!("{url:?} is no http address on loopback"));
        let uri = Uri::from_str(url).map_err(|_| wrong())?;
        let authority = uri.authority().filter(|_| uri.scheme_str() == Some("http")).ok_or_else(wrong)?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']');
        let ip = host.parse::<IpAddr>().ok().filter(IpAddr::is_loopback).ok_or_else(wrong)?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        if authority.as_str().contains('@') {
            return Err(wrong());
        }
        let addr = SocketAddr::new(ip, authority.port_u16().unwrap_or(80));
        Ok(Self {
            addr,
            authority: authority.to_string(),
            path,
            encrypt_key: encrypt_key.filter(|key| !key.is_empty()),
        })
    }

    /// Asks the receiver to prove that it listens (`url_verification`); encrypted with a key, never signed.
    ///
    /// # Errors
    /// It did not answer with the challenge.
    pub async fn verify(&self, token: &str, nonce: u128) -> io::Result<()> {
        let challenge = format!("{nonce:032x}");
        let question = json!({"challenge": challenge, "token": token, "type": "url_verification"}).to_string();
        let (status, answer) = self.exchange(&self.body(&question, nonce), &[]).await?;
        let echoed = serde_json::from_slice::<Value>(&answer).is_ok_and(|answer| answer["challenge"] == *challenge);
        if status == 200 && echoed {
            return Ok(());
        }
        Err(io::Error::other(format!("the webhook did not answer the challenge (HTTP {status})")))
    }

    /// Posts one event. Returns the HTTP status of the answer, when there was one in time.
    pub(super) async fn post(&self, payload: &str, now: Millis, nonce: u128) -> Option<u16> {
        let body = self.body(payload, nonce);
        let mut headers = Vec::new();
        if let Some(key) = &self.encrypt_key {
            let (timestamp, nonce) = ((now.0 / 1000).to_string(), (nonce % 10_000_000_000).to_string());
            let signature = hex(&Sha256::digest(format!("{timestamp}{nonce}{key}{body}")));
            headers = vec![
                ("X-Lark-Request-Timestamp", timestamp),
                ("X-Lark-Request-Nonce", nonce),
                ("X-Lark-Signature", signature),
            ];
        }
        self.exchange(&body, &headers).await.ok().map(|(status, _)| status)
    }

    /// `text`, or compact JSON around its cipher.
    fn body(&self, text: &str, nonce: u128) -> String {
        match &self.encrypt_key {
            Some(key) => json!({"encrypt": encrypt(key, text, nonce.to_be_bytes())}).to_string(),
            None => text.to_owned(),
        }
    }

    async fn exchange(&self, body: &str, headers: &[(&str, String)]) -> io::Result<(u16, Vec<u8>)> {
        // Written here and not through a client: the names of the headers must go out to the letter.
        let mut request = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\
             Connection: close\r\n",
            self.path,
            self.authority,
            body.len()
        );
        for (name, value) in headers {
            request = format!("{request}{name}: {value}\r\n");
        }
        request = format!("{request}\r\n{body}");
        let answer = tokio::time::timeout(PATIENCE, async {
            let mut stream = TcpStream::connect(self.addr).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.take(LARGEST_ANSWER).read_to_end(&mut answer).await?;
            Ok::<_, io::Error>(answer)
        });
        let answer = answer.await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        read_answer(&answer).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
    }
}

/// Status and body.
fn read_answer(answer: &[u8]) -> Option<(u16, Vec<u8>)> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer[end + 4..].to_vec()))
}

/// AES-256-CBC with PKCS#7; the base64 text begins with the initialization vector.
fn encrypt(key: &str, text: &str, vector: [u8; 16]) -> String {
    let key = Sha256::digest(key);
    let cipher = cbc::Encryptor::<Aes256>::new(&key, &vector.into());
    let mut bytes = vector.to_vec();
    bytes.extend(cipher.encrypt_padded_vec_mut::<Pkcs7>(text.as_bytes()));
    STANDARD.encode(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{Webhook, encrypt, read_answer};

    #[test]
    fn the_documented_vector_is_reproduced() {
        let documented = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=";
        let vector = [0x3f, 0x7e, 0xf0, 0xf9, 0x56, 0x48, 0x98, 0xd8, 0x0f, 0x10, 0xed, 0x51, 0x06, 0x12, 0x7a, 0x46];
        assert_eq!(encrypt("test key", "hello world", vector), documented);
    }

    #[test]
    fn only_loopback_gets_events() {
        for url in ["http://127.0.0.1:9/hook", "http://127.0.0.1", "http://[::1]:80/a?b=c"] {
            assert!(Webhook::new(url, None).is_ok(), "{url}");
        }
        for url in [
            "https://127.0.0.1:9/",
            "http://10.0.0.7:9/",
            "http://localhost:9/",
            "http://127.0.0.1@evil.example/",
            "http://u@127.0.0.1/",
            "127.0.0.1:9",
            "/hook",
            "",
        ] {
            assert!(Webhook::new(url, None).is_err(), "{url}");
        }
    }

    #[test]
    fn answers_are_read_as_far_as_they_go() {
        let body = b"{}".to_vec();
        assert_eq!(read_answer(b"HTTP/1.0 200 OK\r\nA: b\r\n\r\n{}"), Some((200, body)));
        assert_eq!(read_answer(b"HTTP/1.1 500\r\n\r\n"), Some((500, Vec::new())));
        for wrong in [&b""[..], b"HTTP/1.1 200 OK\r\n", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 x\r\n\r\n"] {
            assert_eq!(read_answer(wrong), None);
        }
    }
}
