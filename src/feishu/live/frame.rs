//! Frames of the long connection (protocol.md#frames): proto2, whose required members are written even when zero.

use prost::Message as _;

/// Headers of a frame at most; the platform sends seven.
const MOST_HEADERS: usize = 64;

/// Values of [`Frame::method`].
pub(super) const CONTROL: i32 = 0;
pub(super) const DATA: i32 = 1;

/// A header: both are text, numbers too.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct Header {
    #[prost(string, required, tag = "1")]
    pub key: String,
    #[prost(string, required, tag = "2")]
    pub value: String,
}

/// One message of the connection.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub(super) struct Frame {
    #[prost(uint64, required, tag = "1")]
    pub seq_id: u64,
    #[prost(uint64, required, tag = "2")]
    pub log_id: u64,
    #[prost(int32, required, tag = "3")]
    pub service: i32,
    #[prost(int32, required, tag = "4")]
    pub method: i32,
    #[prost(message, repeated, tag = "5")]
    pub headers: Vec<Header>,
    #[prost(string, optional, tag = "6")]
    pub payload_encoding: Option<String>,
    #[prost(string, optional, tag = "7")]
    pub payload_type: Option<String>,
    #[prost(bytes = "vec", optional, tag = "8")]
    pub payload: Option<Vec<u8>>,
    #[prost(string, optional, tag = "9")]
    pub log_id_new: Option<String>,
}

impl Frame {
    /// Reads a frame. `None`: it is none, or has more headers than any of the platform's.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        Self::decode(bytes).ok().filter(|frame| frame.headers.len() <= MOST_HEADERS)
    }

    /// Asks for a sign of life.
    pub(super) fn ping(service: i32) -> Self {
        let headers = vec![Header { key: "type".to_owned(), value: "ping".to_owned() }];
        Self { service, method: CONTROL, headers, ..Self::default() }
    }

    /// The acknowledgement of this event: the same frame with the time of its handling and the code 200.
    pub(super) fn acknowledged(mut self, took_ms: u64) -> Self {
        self.headers.push(Header { key: "biz_rt".to_owned(), value: took_ms.to_string() });
        self.payload = Some(br#"{"code":200}"#.to_vec());
        self
    }

    pub(super) fn header(&self, key: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.key == key).map(|header| header.value.as_str())
    }

    pub(super) fn write(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}
