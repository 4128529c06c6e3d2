//! The platform's settings for a connection: in the answer to the bootstrap, and again in pongs (protocol.md#long-connection).

use std::time::Duration;

use crate::feishu::wire::Node;

/// Values that are believed, in seconds. Without pause, or hours apart, a ping is of no use.
const BELIEVED: std::ops::RangeInclusive<i64> = 1..=3_600;
const USUAL: Duration = Duration::from_secs(120);

/// The two settings that this client follows. It tries for ever, with jitter of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClientConfig {
    pub ping_every: Duration,
    /// Longest pause between two tries to connect.
    pub reconnect_within: Duration,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self { ping_every: USUAL, reconnect_within: USUAL }
    }
}

impl ClientConfig {
    /// The same with the values that are believable.
    pub(super) fn updated(self, config: Node<'_>) -> Self {
        let value = |name: &str, now: Duration| {
            let seconds = config.get(name).int().filter(|seconds| BELIEVED.contains(seconds));
            seconds.and_then(|seconds| u64::try_from(seconds).ok()).map_or(now, Duration::from_secs)
        };
        Self {
            ping_every: value("PingInterval", self.ping_every),
            reconnect_within: value("ReconnectInterval", self.reconnect_within),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::ClientConfig;
    use crate::feishu::wire::Node;

    #[test]
    fn only_believable_values_are_taken() {
        let read = |json| ClientConfig::default().updated(Node(&json));
        let set = read(json!({"ReconnectCount": -1, "ReconnectInterval": 90, "ReconnectNonce": 30, "PingInterval": 2}));
        assert_eq!((set.ping_every, set.reconnect_within), (Duration::from_secs(2), Duration::from_secs(90)));
        for odd in [json!({}), json!(null), json!([]), json!({"PingInterval": {"a": 1}})] {
            assert_eq!(read(odd), ClientConfig::default());
        }
        for value in [json!(0), json!(-1), json!(3_601), json!("soon"), json!(null), json!(1.5)] {
            let read = read(json!({"PingInterval": value, "ReconnectInterval": value}));
            assert_eq!(read, ClientConfig::default(), "{value}");
        }
    }
}
