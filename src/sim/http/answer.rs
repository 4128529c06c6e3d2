//! Outgoing answers: the envelope, the error object, and answers that are not JSON (protocol.md#envelope).

use std::convert::Infallible;
use std::fmt::Write as _;
use std::io;
use std::task::Poll;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, DATE, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::domain::Millis;
use crate::sim::world::Refusal;

use super::call_counter::LimitedCall;

const LOG_ID: HeaderName = HeaderName::from_static("x-tt-logid");
const LIMIT: HeaderName = HeaderName::from_static("x-ogw-ratelimit-limit");
const RESET: HeaderName = HeaderName::from_static("x-ogw-ratelimit-reset");
const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");

/// Answer of a write when the quirk leaves `data` out.
pub(super) fn without_data() -> Value {
    json!({"code": 0, "msg": "success"})
}

/// One answer of the platform.
#[derive(Debug)]
pub(super) enum Reply {
    /// A whole envelope.
    Json(Value),
    /// Bytes of an attachment.
    File { name: String, length: u64 },
}

impl Reply {
    /// Success around `data`.
    pub(super) fn success(data: Value) -> Self {
        let mut envelope = Map::new();
        envelope.insert("code".into(), 0.into());
        envelope.insert("msg".into(), "success".into());
        envelope.insert("data".into(), data);
        Self::Json(Value::Object(envelope))
    }

    pub(super) fn into_response(self, log_id: &str) -> Response {
        match self {
            Self::Json(envelope) => json_response(StatusCode::OK, envelope.to_string(), log_id),
            Self::File { name, length } => {
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                let mut response = with_log_id(file_bytes(length).into_response(), log_id);
                let octets = HeaderValue::from_static("application/octet-stream");
                response.headers_mut().insert(CONTENT_TYPE, octets);
                if let Ok(value) = HeaderValue::from_str(&disposition(&name)) {
                    response.headers_mut().insert(CONTENT_DISPOSITION, value);
                }
                response
            }
        }
    }
}

/// Text that repeats: of the right length, and compressible like most documents.
fn file_bytes(length: usize) -> Vec<u8> {
    "模拟附件 simulated attachment\n".bytes().cycle().take(length).collect()
}

/// Both spellings of the name, as the platform sends them (protocol.md#files).
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

fn with_log_id(mut response: Response, log_id: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(log_id) {
        response.headers_mut().insert(LOG_ID, value);
    }
    response
}

pub(super) fn json_response(status: StatusCode, body: String, log_id: &str) -> Response {
    with_log_id((status, [(CONTENT_TYPE, JSON)], body).into_response(), log_id)
}

/// A refusal with its error object.
pub(super) fn refusal(refusal: &Refusal, log_id: &str) -> Response {
    let status = StatusCode::from_u16(refusal.http).unwrap_or(StatusCode::BAD_REQUEST);
    let mut error = Map::new();
    error.insert("log_id".into(), log_id.into());
    error.insert("troubleshooter".into(), troubleshooter(log_id, refusal.code).into());
    if !refusal.violations.is_empty() {
        let violation = refusal
            .violations
            .iter()
            .map(|broken| json!({"field": broken.field, "value": broken.value, "description": broken.description}));
        error.insert("field_violations".into(), violation.collect());
    }
    if !refusal.scopes.is_empty() {
        let violation = |scope| json!({"type": "action_scope_required", "subject": scope});
        error.insert("permission_violations".into(), refusal.scopes.iter().map(violation).collect());
        let help = |scope| {
            json!({
                "url": format!("https://open.feishu.cn/app?q={scope}&op_from=openapi&token_type=tenant"),
                "description": format!("Learn more about scopes and how to add them: [{scope}]"),
            })
        };
        error.insert("helps".into(), refusal.scopes.iter().map(help).collect());
    }
    let body = json!({"code": refusal.code, "msg": refusal.msg, "error": error});
    json_response(status, body.to_string(), log_id)
}

fn troubleshooter(log_id: &str, code: i64) -> String {
    format!(
        "排查建议查看(Troubleshooting suggestions): https://open.feishu.cn/search?from=openapi&log_id={log_id}\
         &code={code}&method_id=7088555130824867868"
    )
}

/// A failure of the token service: HTTP 200, no error object (protocol.md#tenant-token).
pub(super) fn token_refusal(refusal: &Refusal, log_id: &str) -> Response {
    let mut body = json!({"code": refusal.code, "msg": refusal.msg});
    if let Some(members) = body.as_object_mut().filter(|_| refusal.code == 10003) {
        members.insert("data".into(), json!({}));
    }
    json_response(StatusCode::OK, body.to_string(), log_id)
}

/// 429 with its two headers (protocol.md#rate-limits).
pub(super) fn limited(limited: &LimitedCall, log_id: &str) -> Response {
    let body = json!({"code": 99_991_400, "msg": "request trigger frequency limit"});
    let mut response = json_response(StatusCode::TOO_MANY_REQUESTS, body.to_string(), log_id);
    response.headers_mut().insert(LIMIT, limited.limit.into());
    response.headers_mut().insert(RESET, limited.reset.into());
    response
}

/// Unknown path or method: plain text (protocol.md#envelope).
pub(super) fn not_found(log_id: &str) -> Response {
    with_log_id((StatusCode::NOT_FOUND, "404 page not found").into_response(), log_id)
}

/// Answer of a proxy in between. It has no log id, because it never came from the platform.
pub(super) fn bad_gateway() -> Response {
    let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";
    (StatusCode::BAD_GATEWAY, [(CONTENT_TYPE, HeaderValue::from_static("text/html"))], page).into_response()
}

/// Half of an answer.
pub(super) fn cut_json(log_id: &str) -> Response {
    json_response(StatusCode::OK, r#"{"code":0,"msg":"success","data":{"process_id":"76151"#.to_owned(), log_id)
}

/// 50 MB of well-formed JSON, in pieces and without a length.
pub(super) fn huge_body(log_id: &str) -> Response {
    const PIECE: usize = 64 * 1024;
    const PIECES: usize = 800;
    let head = Bytes::from_static(br#"{"code":0,"msg":"success","data":{"padding":""#);
    let piece = Bytes::from(vec![b'x'; PIECE]);
    let middle = std::iter::repeat_n(piece, PIECES);
    let pieces = std::iter::once(head).chain(middle).chain([Bytes::from_static(br#""}}"#)]);
    let body = Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)));
    with_log_id((StatusCode::OK, [(CONTENT_TYPE, JSON)], body).into_response(), log_id)
}

/// A redirect to where the request came to.
pub(super) fn redirect(target: &str, log_id: &str) -> Response {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_str(target) {
        headers.insert(LOCATION, value);
    }
    with_log_id((StatusCode::FOUND, headers).into_response(), log_id)
}

/// The answer up to its middle: its whole length is announced, and the connection ends before it came.
pub(super) async fn torn(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    head.headers.insert(CONTENT_LENGTH, whole.len().into());
    let mut rest = vec![whole.slice(..whole.len() / 2)];
    let mut flushed = false;
    let pieces = stream::poll_fn(move |context| {
        if let Some(piece) = rest.pop() {
            return Poll::Ready(Some(Ok(piece)));
        }
        if !flushed {
            // One turn later, so that the given bytes are on their way before the connection ends.
            flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::ConnectionAborted))))
    });
    Response::from_parts(head, Body::from_stream(pieces))
}

/// Tells the time of the platform, which need not be that of the computer.
pub(super) fn dated(mut response: Response, now: Millis) -> Response {
    let time = Timestamp::from_millisecond(now.0).unwrap_or_default().strftime("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(value) = HeaderValue::from_str(&time.to_string()) {
        response.headers_mut().insert(DATE, value);
    }
    response
}
