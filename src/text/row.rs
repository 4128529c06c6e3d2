//! How a task reads as a row of the list.

use super::{Word, en, kind_of, short_id, short_kind, zh};
use crate::app::order::RowWords;
use crate::domain::{I18n, Lang, Names, Process, RowProjection, TaskKey};

/// In place of a name that the platform did not give.
const NOBODY: &str = "—";

/// The words of a row.
#[must_use]
pub fn words(lang: Lang, names: &Names, row: &RowProjection, key: &TaskKey) -> RowWords {
    let line = |text: &I18n| text.get(lang).line().into_owned();
    let short = if row.kind.is_empty() { short_id(key.process.as_str()) } else { line(&row.kind) };
    let short_kind = short_kind(lang, &short, row.properties).into_owned();
    let kind =
        if row.kind.is_empty() { short_kind.clone() } else { kind_of(lang, &row.kind, row.properties).into_owned() };
    let initiator = names.initiator_of(row.initiator_id.as_ref(), &row.initiator_name);
    RowWords {
        kind,
        short_kind,
        initiator: named(lang, &initiator, row.by_system),
        summary: line(&row.summary),
        node: line(&row.node_name),
    }
}

/// The initiator of a process, by the best known name.
#[must_use]
pub fn initiator(lang: Lang, names: &Names, process: &Process) -> String {
    named(lang, &names.initiator(process), process.by_system)
}

fn named(lang: Lang, name: &I18n, by_system: bool) -> String {
    match (name.is_empty(), by_system) {
        (false, _) => name.get(lang).line().into_owned(),
        (true, true) => match lang {
            Lang::Zh => zh::word(Word::System).to_owned(),
            Lang::En => en::word(Word::System).to_owned(),
        },
        (true, false) => NOBODY.to_owned(),
    }
}
