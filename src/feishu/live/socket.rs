//! Opens the WebSocket over the client's own connections, so that proxy, certificates and TLS are those of every request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONNECTION, HeaderMap, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{StatusCode, Upgraded, Url};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::endpoint::{self, Refusal};
use crate::domain::Endpoint;
use crate::feishu::error;
use crate::feishu::transport::Transport;

/// Bytes of a message at most. The platform cuts longer ones into fragments (protocol.md#frames).
const LARGEST_FRAME: usize = 1 << 20;

pub(super) type Socket = WebSocketStream<Upgraded>;

/// Opens a connection to this address, which must not be used twice.
pub(super) async fn open(line: &Transport, url: Url) -> Result<Socket, Refusal> {
    let key = STANDARD.encode(rand::random::<[u8; 16]>());
    let request = line.reader.get(url).header(CONNECTION, "Upgrade").header(UPGRADE, "websocket");
    let request = request.header(SEC_WEBSOCKET_VERSION, "13").header(SEC_WEBSOCKET_KEY, &key);
    let failed = |error| Refusal::Passing(error::transport(Endpoint::LongConnection, error));
    let response = request.send().await.map_err(failed)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Err(endpoint::refused(response.status(), response.headers(), line));
    }
    if !is_accepted(response.headers(), &key) {
        return Err(Refusal::Passing(endpoint::not_opened("Sec-WebSocket-Accept")));
    }
    let upgraded = response.upgrade().await.map_err(failed)?;
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(LARGEST_FRAME);
    config.max_frame_size = Some(LARGEST_FRAME);
    Ok(WebSocketStream::from_raw_socket(upgraded, Role::Client, Some(config)).await)
}

/// The other side speaks WebSocket, and answers this request and no older one.
fn is_accepted(headers: &HeaderMap, key: &str) -> bool {
    headers.get(SEC_WEBSOCKET_ACCEPT).is_some_and(|accepted| accepted == derive_accept_key(key.as_bytes()).as_str())
}
