//! Settings of the client.

use std::time::Duration;

use secrecy::SecretString;

use crate::domain::time::LONGEST_ANSWER;
use crate::domain::{LiveMode, Operator};

/// Settings of the client. The proxy is the environment's (`HTTPS_PROXY`, `NO_PROXY`); loopback uses none.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Scheme and host, such as `https://open.feishu.cn`.
    pub base_url: String,
    pub app_id: String,
    pub app_secret: SecretString,
    /// The person whose tasks are read and in whose name decisions are sent.
    pub operator: Operator,
    /// Keeps below the platform's limits (protocol.md#rate-limits).
    pub own_budget: bool,
    /// When a long connection is opened.
    pub live: LiveMode,
    pub connect_timeout: Duration,
    /// From sending to the last byte of the answer.
    pub answer_timeout: Duration,
}

impl ClientSettings {
    #[must_use]
    pub fn new(base_url: String, app_id: String, app_secret: SecretString, operator: Operator) -> Self {
        Self {
            base_url,
            app_id,
            app_secret,
            operator,
            own_budget: true,
            live: LiveMode::default(),
            connect_timeout: Duration::from_secs(10),
            answer_timeout: LONGEST_ANSWER,
        }
    }

    pub(super) fn is_loopback(&self) -> bool {
        reqwest::Url::parse(&self.base_url).ok().is_some_and(|url| match url.host_str() {
            Some("localhost") => true,
            Some(host) => host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
            None => false,
        })
    }
}
