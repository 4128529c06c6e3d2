//! How a task reads as a row of the list.

use super::{Word, en, kind_of, short_id, short_kind, zh};
use crate::app::order::RowWords;
use crate::domain::{I18n, Lang, Names, Process, TaskKey};

/// In place of a name that the platform did not give.
const NOBODY: &str = "—";

/// The words of a row.
#[must_use]
pub fn words(lang: Lang, names: &Names, process: &Process, key: &TaskKey) -> RowWords {
    let line = |text: &I18n| text.get(lang).line().into_owned();
    let short = if process.kind().is_empty() { short_id(process.id.as_str()) } else { line(process.kind()) };
    let short_kind = short_kind(lang, &short, process.properties).into_owned();
    let kind = if process.kind().is_empty() {
        short_kind.clone()
    } else {
        kind_of(lang, process.kind(), process.properties).into_owned()
    };
    RowWords {
        kind,
        short_kind,
        initiator: initiator(lang, names, process),
        summary: line(&process.summary()),
        node: process.todo(&key.approver).map(|todo| line(&todo.node_name)).unwrap_or_default(),
    }
}

/// The initiator of a process, by the best known name.
#[must_use]
pub fn initiator(lang: Lang, names: &Names, process: &Process) -> String {
    let name = names.initiator(process);
    match (name.is_empty(), process.by_system) {
        (false, _) => name.get(lang).line().into_owned(),
        (true, true) => match lang {
            Lang::Zh => zh::word(Word::System).to_owned(),
            Lang::En => en::word(Word::System).to_owned(),
        },
        (true, false) => NOBODY.to_owned(),
    }
}
