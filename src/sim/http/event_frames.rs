//! The WebSocket messages that carry one event (protocol.md#frames).

use axum::extract::ws::Message;
use prost::bytes::Bytes;
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;

use crate::domain::Millis;

use super::delivery::Parcel;
use super::frame::WireFrame;

/// A message above this size ends the connection of some clients, so a fragment is at most half of it.
const LARGEST_FRAGMENT: usize = 512 * 1024;
/// Clients refuse more fragments.
const MOST_FRAGMENTS: usize = 1_000;

/// How an event is cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Cutting {
    /// Payloads above this many bytes are cut into pieces of as many.
    pub(super) above: Option<u32>,
    pub(super) shuffled: bool,
}

/// All frames of an event, each with an id of its own.
pub(super) fn event_frames(parcel: &Parcel, cutting: Cutting, now: Millis, random: &mut SmallRng) -> Vec<Message> {
    let payload = Bytes::copy_from_slice(parcel.payload.as_bytes());
    let size = cutting.above.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(LARGEST_FRAGMENT);
    let size = size.clamp(payload.len().div_ceil(MOST_FRAGMENTS).max(1), LARGEST_FRAGMENT);
    let count = payload.len().div_ceil(size).max(1);
    let (sum, timestamp) = (count.to_string(), now.0.to_string());
    let log_id = random.random();
    let mut frames: Vec<Message> = (0..count)
        .map(|seq| {
            let piece = payload.slice(seq * size..payload.len().min((seq + 1) * size));
            let seq = seq.to_string();
            let headers = [
                ("message_id", parcel.message_id.as_str()),
                ("sum", &sum),
                ("seq", &seq),
                ("trace_id", &parcel.event_id),
                ("timestamp", &timestamp),
                ("instance_id", "sim-instance-1"),
            ];
            Message::Binary(WireFrame::data("event", &headers, piece, (random.random(), log_id)).bytes())
        })
        .collect();
    if cutting.shuffled {
        frames.shuffle(random);
    }
    frames
}

/// Messages that a client has to pass over: a text, a card, a frame of an unknown type, one without its headers, bytes
/// that are no frame, and a fragment that stays alone.
pub(super) fn stray_messages(random: &mut SmallRng) -> Vec<Message> {
    let card = format!("{:032x}", random.random::<u128>());
    let headers = |sum: &'static str| {
        [("message_id", card.clone()), ("sum", sum.to_owned()), ("seq", "0".to_owned()), ("trace_id", card.clone())]
    };
    let mut frame = |kind: &str, headers: &[(&str, String)], payload: &'static [u8]| {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let ids = (random.random(), random.random());
        Message::Binary(WireFrame::data(kind, &headers, Bytes::from_static(payload), ids).bytes())
    };
    vec![
        Message::Text("{}".into()),
        frame("card", &headers("1"), b"{}"),
        frame("notice", &headers("1"), b"{}"),
        frame("event", &[], b"{}"),
        Message::Binary(Bytes::from_static(b"\xff\xff\xff")),
        frame("event", &headers("2"), b"{\"schema\""),
    ]
}
