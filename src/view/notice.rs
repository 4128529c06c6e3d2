//! The notice line: a notice, or order and filter of the list. A failure takes up to four of the lowest rows of the
//! body, but one where it would cover the row under the cursor.

use ratatui::buffer::Buffer;
use ratatui::text::Line;

use super::layout::Places;
use super::look::Role;
use super::scene::Scene;
use super::{cells, popup, put};
use crate::app::screen::Pane;
use crate::app::sync::Rest;
use crate::app::{Command, Notice};
use crate::domain::Millis;
use crate::text::{Said, Sentence, Tone, Word, when};

/// Rows that a failure may take: as many as the longest of them, with its log id, in 80 columns.
const MOST_ROWS: usize = 4;
/// Cells of the filter's words that the line shows.
const WORDS: usize = 20;

pub(super) const fn role(tone: Tone) -> Role {
    match tone {
        Tone::Good => Role::Good,
        Tone::Plain => Role::Text,
        Tone::Careful => Role::Careful,
        Tone::Bad => Role::Bad,
    }
}

pub(super) fn draw(buffer: &mut Buffer, scene: &Scene<'_>, places: &Places) {
    let columns = usize::from(places.notice.width).saturating_sub(1);
    let notices = &scene.app.notices;
    let covered = scene.app.page.is_some() || scene.app.reconcile.is_some();
    let (role, lines) = match notices.current() {
        Some(_) if covered && notices.shown_news().is_some() => news_over(scene, columns),
        Some(notice) => told(scene, notice, places, columns),
        None if scene.app.page.is_some() => news_over(scene, columns),
        None => standing(scene, columns),
    };
    if lines.is_empty() {
        return;
    }
    let area = places.panel(lines.len());
    popup::clear(buffer, area);
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        let line = scene.line(role, format!(" {}", cells::cut(&line, columns)));
        put(buffer, &line, area.x, y, area.width);
    }
}

/// A notice, whole unless it would cover the row under the cursor.
fn told(scene: &Scene<'_>, notice: &Notice, places: &Places, columns: usize) -> (Role, Vec<String>) {
    let notices = &scene.app.notices;
    let news = notices.shown_news().is_some();
    let mut said = scene.voice.notice(notice);
    if let Some(more) = notices.news().len().checked_sub(1).filter(|more| news && *more > 0) {
        said.text = format!("{} ({})", said.text, scene.voice.say(&Sentence::AndMore(more)));
    }
    let most = if said.tone == Tone::Bad { MOST_ROWS } else { 1 };
    let lines = lines(scene, &said, columns, most);
    let covers = cursor_row(scene, places).is_some_and(|row| row >= places.panel(lines.len()).y);
    match news_line(scene, columns) {
        _ if !covers => (role(said.tone), lines),
        Some(line) if news => (Role::Bad, vec![line]),
        _ => (role(said.tone), self::lines(scene, &said, columns, 1)),
    }
}

/// The row of the list or of the form that keys act on, if the screen shows it and nothing else.
fn cursor_row(scene: &Scene<'_>, places: &Places) -> Option<u16> {
    let app = scene.app;
    if app.page.is_some() || app.reconcile.is_some() {
        return None;
    }
    let (first, at) = match app.screen.pane {
        Pane::List => {
            let list = places.list?;
            (list.y + 1, app.inbox.window(list.height.into()).position(|(_, selected)| selected)?)
        }
        Pane::Form => {
            let form = places.form?;
            (form.y + 2, app.form.window(form.height.into()).position(|(_, selected, _)| selected)?)
        }
        Pane::Process => return None,
    };
    Some(first.saturating_add(u16::try_from(at).unwrap_or(u16::MAX)))
}

/// The newest failed decision that the user has not dismissed, in one row: the failure, the number of others, and the
/// keys. The words give way, the keys do not.
fn news_line(scene: &Scene<'_>, columns: usize) -> Option<String> {
    let key = |command, word: &str| scene.voice.with_key(command, "", &format!(" {word}"));
    let reconcile = key(Command::Reconcile, scene.keymap.word(Command::Reconcile, scene.voice.lang));
    news_and(scene, &[reconcile, key(Command::Escape, scene.word(Word::Noted))], columns)
}

/// As `news_line`, below a page, which has the keys.
fn news_over(scene: &Scene<'_>, columns: usize) -> (Role, Vec<String>) {
    (Role::Bad, news_and(scene, &[], columns).into_iter().collect())
}

fn news_and(scene: &Scene<'_>, keys: &[String], columns: usize) -> Option<String> {
    let news = &scene.app.notices;
    let entry = scene.app.outbox.entry(&news.news().next()?.failed()?.key)?;
    let more = Some(news.news().len() - 1).filter(|more| *more > 0);
    let more = more.map(|more| scene.voice.say(&Sentence::AndMore(more)));
    let tail: Vec<&str> = more.iter().chain(keys).map(String::as_str).filter(|part| !part.is_empty()).collect();
    let room = columns.saturating_sub(tail.iter().map(|part| cells::width(part) + 2).sum());
    let failed = format!("✗ {}", scene.voice.failed(entry));
    Some([&[&*cells::cut(&failed, room)], &tail[..]].concat().join("  "))
}

/// A notice with its log id where that fits; a failure over several lines, the rest on the messages page.
fn lines(scene: &Scene<'_>, said: &Said, columns: usize, most: usize) -> Vec<String> {
    let with_log_id = said.reference.as_ref().map(|reference| format!("{} {reference}", said.text));
    if let Some(whole) = with_log_id.map(|text| cells::wrap(&text, columns)).filter(|lines| lines.len() <= most) {
        return whole;
    }
    let mut lines = cells::wrap(&said.text, columns);
    if lines.len() > most {
        let key = scene.voice.with_key(Command::Messages, "", " ");
        let more = format!("… {key}{}", scene.word(Word::MessagesTitle));
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let room = columns.saturating_sub(cells::width(&more));
            let kept = cells::cut(last, room).into_owned();
            *last = format!("{}{more}", kept.trim_end_matches('…'));
        }
    }
    lines
}

/// The line while there is no notice.
fn standing(scene: &Scene<'_>, columns: usize) -> (Role, Vec<String>) {
    let app = scene.app;
    if let Some(line) = news_line(scene, columns).filter(|_| app.reconcile.is_none()) {
        return (Role::Bad, vec![line]);
    }
    // Where there is no list, its place tells why.
    if let Some(failure) = app.inbox.failure.as_ref().filter(|_| app.inbox.pending() > 0) {
        let text = scene.voice.say(&Sentence::ListFailed(&scene.voice.failure(failure)));
        let reference = scene.voice.reference(failure.code, failure.log_id.as_ref());
        return (Role::Bad, lines(scene, &Said { tone: Tone::Bad, text, reference }, columns, 1));
    }
    if app.open_list().is_some() {
        return (Role::Dim, Vec::new());
    }
    if let Some(holder) = &app.settings.holder {
        let said = scene.voice.notice(&Notice::SecondInstance(holder.clone()));
        return (Role::Careful, vec![cells::cut(&said.text, columns).into_owned()]);
    }
    match app.screen.pane {
        Pane::Form if !app.form.search.is_empty() => {
            (Role::Dim, vec![scene.voice.say(&Sentence::Searching(&app.form.search))])
        }
        Pane::List if !app.inbox.filter.is_empty() => (Role::Careful, vec![filtered(scene)]),
        Pane::List if app.inbox.gap.is_some() && app.inbox.pending() > 0 => {
            let gap = app.inbox.gap.map(|gap| scene.voice.say(&Sentence::ListIncomplete(gap)));
            (Role::Careful, gap.into_iter().collect())
        }
        Pane::List => {
            let mut parts = vec![scene.voice.say(&Sentence::SortedBy(scene.voice.sort(app.inbox.sort)))];
            parts.extend(app.rest().filter(|_| app.not_loaded() > 0).map(|_| not_loaded(scene)));
            (Role::Dim, vec![parts.join(" · ")])
        }
        _ => (Role::Dim, Vec::new()),
    }
}

/// The filter and how much it shows, of how much where that is known.
fn filtered(scene: &Scene<'_>) -> String {
    let inbox = &scene.app.inbox;
    let unknown = scene.app.not_loaded();
    let words = cells::cut(&inbox.filter, WORDS);
    let total = (unknown == 0 && inbox.is_whole()).then(|| inbox.pending());
    let mut parts = vec![scene.voice.say(&Sentence::Filtered { words: &words, shown: inbox.shown_count(), total })];
    parts.extend((unknown > 0).then(|| not_loaded(scene)));
    parts.extend((!inbox.is_whole()).then(|| scene.voice.say(&Sentence::ListNotWhole)));
    parts.join(" · ")
}

/// How many cases are not loaded, why not, and when loading goes on.
fn not_loaded(scene: &Scene<'_>) -> String {
    let app = scene.app;
    let rest = app.rest();
    let until = rest.and_then(|rest| match rest {
        Rest::Share(until) | Rest::Limited(until) => Some(until),
        Rest::Paused => None,
    });
    let until = until.map(|until| {
        let seconds = i64::try_from(until.since(app.now.mono).as_millis().div_ceil(1000)).unwrap_or(i64::MAX / 2000);
        when::second(Millis(app.now.wall.0.saturating_add(seconds * 1000)), &app.settings.zone)
    });
    let rest = rest.map(|rest| (rest, until.as_deref().unwrap_or_default()));
    scene.voice.say(&Sentence::NotLoaded { count: app.not_loaded(), rest })
}

/// A notice for the messages page, whole.
pub(super) fn entry(scene: &Scene<'_>, time: &str, said: &Said, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let indent = cells::width(time) + 3;
    for (at, text) in cells::wrap(&said.text, columns.saturating_sub(indent)).into_iter().enumerate() {
        let margin = if at == 0 { format!(" {time}  ") } else { " ".repeat(indent) };
        lines.push(Line::from(vec![scene.span(Role::Dim, margin), scene.span(role(said.tone), text)]));
    }
    if let Some(reference) = &said.reference {
        lines.push(scene.line(Role::Dim, format!("{}{reference}", " ".repeat(indent))));
    }
    lines
}
