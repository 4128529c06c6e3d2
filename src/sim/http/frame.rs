//! Frames of the long connection, from the server's side (protocol.md#frames).

use prost::Message;
use prost::bytes::{Buf as _, Bytes};
use prost::encoding::{DecodeContext, decode_key, skip_field};

/// `service_id` of every connection.
pub(super) const SERVICE: i32 = 33_554_678;

const CONTROL: i32 = 0;
const DATA: i32 = 1;

/// One member of a frame's header list.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct FrameHeader {
    #[prost(string, required, tag = "1")]
    pub(super) key: String,
    #[prost(string, required, tag = "2")]
    pub(super) value: String,
}

/// One binary message.
#[derive(Clone, PartialEq, Eq, Message)]
pub(super) struct WireFrame {
    #[prost(uint64, required, tag = "1")]
    pub(super) seq_id: u64,
    #[prost(uint64, required, tag = "2")]
    pub(super) log_id: u64,
    #[prost(int32, required, tag = "3")]
    pub(super) service: i32,
    #[prost(int32, required, tag = "4")]
    pub(super) method: i32,
    #[prost(message, repeated, tag = "5")]
    pub(super) headers: Vec<FrameHeader>,
    #[prost(string, optional, tag = "6")]
    pub(super) payload_encoding: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub(super) payload_type: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "8")]
    pub(super) payload: Option<Bytes>,
    #[prost(string, optional, tag = "9")]
    pub(super) log_id_new: Option<String>,
}

/// A message of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FromClient {
    Ping(WireFrame),
    Ack { message_id: String, code: i64 },
}

impl WireFrame {
    /// A pong to `ping` with this payload.
    pub(super) fn pong(ping: &Self, payload: Bytes) -> Self {
        Self {
            seq_id: ping.seq_id,
            log_id: ping.log_id,
            service: SERVICE,
            method: CONTROL,
            headers: vec![header("type", "pong")],
            payload: Some(payload),
            ..Self::default()
        }
    }

    /// A data frame. `None` as headers leaves out all but the type.
    pub(super) fn data(kind: &str, headers: &[(&str, &str)], payload: Bytes, ids: (u64, u64)) -> Self {
        let headers = headers.iter().map(|(key, value)| header(key, value));
        Self {
            seq_id: ids.0,
            log_id: ids.1,
            service: SERVICE,
            method: DATA,
            headers: std::iter::once(header("type", kind)).chain(headers).collect(),
            payload_encoding: Some(String::new()),
            payload_type: Some(String::new()),
            payload: Some(payload),
            log_id_new: Some(format!("{:034X}", ids.1)),
        }
    }

    pub(super) fn bytes(&self) -> Bytes {
        self.encode_to_vec().into()
    }

    fn header(&self, key: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.key == key).map(|header| header.value.as_str())
    }
}

fn header(key: &str, value: &str) -> FrameHeader {
    FrameHeader { key: key.to_owned(), value: value.to_owned() }
}

/// Reads a client's message as strictly as proto2 allows. `None`: no frame that a client may send.
pub(super) fn read(bytes: &Bytes) -> Option<FromClient> {
    if !has_required(bytes.clone()) {
        return None;
    }
    let frame = WireFrame::decode(bytes.clone()).ok().filter(|frame| frame.service == SERVICE)?;
    match (frame.method, frame.header("type")?) {
        (CONTROL, "ping") => Some(FromClient::Ping(frame)),
        (DATA, _) => {
            let message_id = frame.header("message_id")?.to_owned();
            frame.header("trace_id")?;
            let answer: serde_json::Value = serde_json::from_slice(frame.payload.as_deref()?).ok()?;
            Some(FromClient::Ack { message_id, code: answer.get("code")?.as_i64()? })
        }
        _ => None,
    }
}

/// Whether the four required fields are there: the decoder would fill them in with 0.
fn has_required(mut bytes: Bytes) -> bool {
    let mut there = [false; 5];
    while bytes.has_remaining() {
        let Ok((tag, wire_type)) = decode_key(&mut bytes) else { return false };
        if let Some(place) = usize::try_from(tag).ok().and_then(|tag| there.get_mut(tag)) {
            *place = true;
        }
        if skip_field(wire_type, tag, &mut bytes, DecodeContext::default()).is_err() {
            return false;
        }
    }
    there[1..].iter().all(|there| *there)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use prost::Message as _;
    use prost::bytes::Bytes;

    use super::{FrameHeader, FromClient, SERVICE, WireFrame, header, read};

    /// Of the official Python SDK 1.7.5, recorded on the wire.
    const PING: &[u8] = b"\x08\x00\x10\x00\x18\xf6\x81\x80\x10\x20\x00\x2a\x0c\x0a\x04type\x12\x04ping";

    fn ack(payload: &'static str, change: impl FnOnce(&mut WireFrame)) -> Bytes {
        let headers = [("message_id", "m-1"), ("sum", "1"), ("seq", "0"), ("trace_id", "t-1")];
        let mut frame = WireFrame::data("event", &headers, Bytes::from_static(payload.as_bytes()), (7, 8));
        change(&mut frame);
        frame.bytes()
    }

    #[test]
    fn a_recorded_ping_is_read_and_its_pong_keeps_zeros() {
        let Some(FromClient::Ping(ping)) = read(&Bytes::from_static(PING)) else { panic!("no ping") };
        assert_eq!((ping.service, ping.headers.as_slice()), (SERVICE, &[header("type", "ping")][..]));
        let answer = WireFrame::pong(&ping, Bytes::new()).bytes();
        assert_eq!(&answer[..11], b"\x08\x00\x10\x00\x18\xf6\x81\x80\x10\x20\x00");
    }

    #[test]
    fn acknowledgements_are_read_however_they_are_written() {
        let met = |code| Some(FromClient::Ack { message_id: "m-1".to_owned(), code });
        assert_eq!(read(&ack(r#"{"code":200}"#, |_| {})), met(200));
        assert_eq!(read(&ack(r#"{"code": 500, "headers": null, "data": null}"#, |_| {})), met(500));
        let biz_rt = FrameHeader { key: "biz_rt".into(), value: "-3".into() };
        assert_eq!(read(&ack(r#"{"code":200,"data":"e30="}"#, |frame| frame.headers.push(biz_rt))), met(200));
    }

    #[test]
    fn frames_of_no_client_are_refused() {
        for wrong in [
            ack("ok", |_| {}),
            ack("{}", |_| {}),
            ack(r#"{"code":"200"}"#, |_| {}),
            ack(r#"{"code":200}"#, |frame| frame.service = 1),
            ack(r#"{"code":200}"#, |frame| frame.method = 2),
            ack(r#"{"code":200}"#, |frame| frame.payload = None),
            ack(r#"{"code":200}"#, |frame| frame.headers.retain(|header| header.key != "message_id")),
            ack(r#"{"code":200}"#, |frame| frame.headers.retain(|header| header.key != "trace_id")),
            Bytes::new(),
            Bytes::from_static(&PING[2..]),
            Bytes::from_static(&PING[..PING.len() - 1]),
        ] {
            assert_eq!(read(&wrong), None, "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let bytes = Bytes::from(bytes);
            let frame = WireFrame::decode(bytes.clone());
            prop_assert!(read(&bytes).is_none() || frame.is_ok());
        }
    }
}
