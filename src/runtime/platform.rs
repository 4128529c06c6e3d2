//! The platform behind the runner: each query is one call of the client.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::faults;
use super::port::Platform;
use crate::app::{Answer, Chronicle, Event, Query};
use crate::domain::decision::Receipt;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome, Priority, Reviewed};
use crate::feishu::live::LiveLink;
use crate::feishu::{Client, Writer};
use crate::sim::faults::Faults;

/// The Open API, with a writer unless the program is read-only.
#[derive(Debug)]
pub struct OpenApi {
    client: Client,
    writer: Option<Writer>,
    downloads: PathBuf,
    /// Faults of the simulated organisation behind the client, if there is one.
    faults: Option<Faults>,
}

impl OpenApi {
    #[must_use]
    pub fn new(client: Client, read_only: bool, downloads: PathBuf, faults: Option<Faults>) -> Self {
        let writer = (!read_only).then(|| client.writer());
        Self { client, writer, downloads, faults }
    }
}

impl Platform for OpenApi {
    async fn read(&self, query: Query, priority: Priority) -> Result<Answer, Failure> {
        let client = self.client.at(priority);
        Ok(match query {
            Query::Tasks(page) => Answer::Tasks(client.tasks(page.as_ref()).await?),
            Query::Changed { from, to } => Answer::Changed(client.changed(from, to).await?),
            Query::Process(id) => Answer::Process(Box::new(client.process(&id).await?)),
            Query::OwnTasks(id) => Answer::OwnTasks(client.own_tasks(&id).await?),
            Query::Form(id) => Answer::Form(client.form(&id).await?.map(Box::new)),
            Query::Labels(id) => Answer::Labels(client.labelled_form(&id).await?.map(Box::new)),
            Query::People(words) => Answer::People(client.search_people(&words).await?),
            Query::PeopleById(ids) => Answer::Names(client.people_by_id(&ids).await?),
            Query::DepartmentNames(ids) => Answer::Names(client.department_names(&ids).await?),
            Query::ObjectNames(ids) => Answer::Names(client.object_names(&ids).await?),
            Query::Download(file) => Answer::Saved(client.download(&file, &self.downloads).await?),
            // The loop reads it from the journal; the platform is never asked.
            Query::History { .. } => Answer::History(Ok(Chronicle::default())),
        })
    }

    async fn listen(&self, link: LiveLink) {
        self.client.listen(link).await;
    }

    async fn prepare(&self) -> Result<(), Failure> {
        self.client.authenticate().await
    }

    async fn write(&self, decision: &Reviewed) -> Result<Receipt, Failure> {
        match &self.writer {
            Some(writer) => writer.send(decision).await,
            None => Err(Failure {
                endpoint: Endpoint::UpdateTask,
                kind: FailureKind::Business,
                outcome: Outcome::NotSent,
                code: None,
                http: None,
                log_id: None,
                message: CleanText::new("read-only"),
            }),
        }
    }

    fn shutdown(&self) -> CancellationToken {
        self.client.shutdown()
    }

    fn fault(&self, order: &str) -> Option<Event> {
        self.faults.as_ref().map(|faults| faults::obey(faults, order))
    }
}
