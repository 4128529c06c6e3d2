//! The long connection, over which the platform announces changes (protocol.md#long-connection). Pure parts take bytes and
//! times (`frame`, `fragments`, `decode`, `heard`, `connection`, `backoff`, `census`, `reliability`); `keeper` drives them over a socket.

mod backoff;
mod census;
mod client_config;
mod connection;
mod decode;
mod endpoint;
mod fragments;
mod frame;
mod heard;
mod keeper;
mod reliability;
mod socket;
#[cfg(test)]
mod tests;

use reqwest::Method;

pub use keeper::LiveLink;

use super::Client;
use super::error;
use super::transport::ApiCall;
use super::wire::Node;
use crate::domain::{Endpoint, Failure, Priority, ProcessId, TaskKey};

impl Client {
    /// Keeps a long connection and reports what it brings, until it is dropped. Nothing is sent after the shutdown.
    pub async fn listen(&self, link: LiveLink) {
        self.line.shutdown.run_until_cancelled(keeper::keep(self, self.line.settings.live, link)).await;
    }

    /// Reads which open tasks the operator has in a process, and keeps nothing else of it. `None`: not all can be read.
    pub async fn own_tasks(&self, id: &ProcessId) -> Result<Option<Vec<TaskKey>>, Failure> {
        Ok(self.process(id).await?.tasks_of(&self.line.settings.operator.id))
    }

    /// How many long connections the app has now, ours included (protocol.md#long-connection).
    pub async fn online_connections(&self) -> Result<usize, Failure> {
        let endpoint = Endpoint::LongConnection;
        let call = ApiCall {
            endpoint,
            priority: Priority::Background,
            method: Method::GET,
            path: "/event/v1/connection".to_owned(),
            query: Vec::new(),
            body: None,
            writes: false,
            about: None,
        };
        let (body, answered) = self.line.ask_whole(&call).await?;
        let online = Node(&body).get("data").get("online_instance_cnt").int();
        // A number that cannot be read is not taken for none.
        online.and_then(|online| usize::try_from(online).ok()).ok_or_else(|| error::foreign(endpoint, &answered))
    }
}
