//! The platform behind the runner: each query is one call of the client.

use std::path::PathBuf;

use tokio_util::sync::CancellationToken;

use super::cache::CacheHandle;
use super::faults;
use super::port::Platform;
use crate::app::{Answer, Chronicle, Event, Query};
use crate::domain::decision::Receipt;
use crate::domain::{CacheWrite, CleanText, Endpoint, Failure, FailureKind, Outcome, Priority, Reviewed, biz_type};
use crate::feishu::live::LiveLink;
use crate::feishu::{Client, Writer};
use crate::sim::faults::Faults;

/// The Open API, with a writer unless the program is read-only.
#[derive(Debug)]
pub struct OpenApi {
    client: Client,
    writer: Option<Writer>,
    downloads: PathBuf,
    cache: Option<CacheHandle>,
    /// Faults of the simulated organisation behind the client, if there is one.
    faults: Option<Faults>,
}

impl OpenApi {
    #[must_use]
    pub fn new(client: Client, read_only: bool, downloads: PathBuf, faults: Option<Faults>) -> Self {
        let writer = (!read_only).then(|| client.writer());
        Self { client, writer, downloads, cache: None, faults }
    }

    /// Keeps answers in this cache.
    #[must_use]
    pub fn with_cache(self, cache: Option<CacheHandle>) -> Self {
        Self { cache, ..self }
    }

    /// Keeps an answer that was asked for at this time.
    fn keep(&self, write: impl FnOnce() -> CacheWrite) {
        if let Some(cache) = &self.cache {
            cache.keep_answer(write());
        }
    }
}

impl Platform for OpenApi {
    async fn read(&self, query: Query, priority: Priority) -> Result<Answer, Failure> {
        let client = self.client.at(priority);
        let read_at = self.cache.as_ref().map(CacheHandle::now).unwrap_or_default();
        Ok(match query {
            Query::Tasks(page) => Answer::Tasks(client.tasks(page.as_ref()).await?),
            Query::Changed { from, to, pages } => Answer::Changed(client.changed(from, to, pages).await?),
            Query::Process(id) => {
                let (process, answer) = client.process_received(&id).await?;
                let high_care = biz_type::is_high_care(&process);
                self.keep(|| CacheWrite::Process { id, answer, read_at, high_care });
                Answer::Process(Box::new(process))
            }
            Query::Form(id) => {
                let (form, answer) = client.form_received(&id).await?;
                self.keep(|| CacheWrite::Form { id, answer, read_at });
                Answer::Form(form.map(Box::new))
            }
            Query::Labels(id) => {
                let (form, answer) = client.labelled_form_received(&id).await?;
                self.keep(|| CacheWrite::Labels { id, answer, read_at });
                Answer::Labels(form.map(Box::new))
            }
            Query::OwnTasks(id) => Answer::OwnTasks(client.own_tasks(&id).await?),
            Query::People(words) => Answer::People(client.search_people(&words).await?),
            Query::PeopleById(ids) => Answer::Names(client.people_by_id(&ids).await?),
            Query::DepartmentNames(ids) => Answer::Names(client.department_names(&ids).await?),
            Query::ObjectNames(ids) => Answer::Names(client.object_names(&ids).await?),
            Query::Download(file) => Answer::Saved(client.download(&file, &self.downloads).await?),
            // The loop reads it from the journal; the platform is never asked.
            Query::History { .. } => Answer::History(Ok(Chronicle::default())),
            Query::Cached(_) => Answer::Cached(None),
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
