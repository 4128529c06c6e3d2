//! The notice line: a notice, or the filter of the list. A failure takes up to four of the lowest rows of the
//! body, but one where it would cover the row under the cursor.

use ratatui::buffer::Buffer;
use ratatui::text::Line;

use super::layout::Places;
use super::paint::put;
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{form, popup, text_layout};
use crate::app::fetch::Rest;
use crate::app::screen::Pane;
use crate::app::{Command, Notice};
use crate::domain::Millis;
use crate::domain::decision::state::State;
use crate::text::{Rendered, Sentence, Severity, Word, bracketed, when};

/// Rows that a failure may take: as many as the longest of them, with its log id, in 80 columns.
const MOST_ROWS: usize = 4;
/// Cells of the filter's words that the line shows.
const WORDS: usize = 20;

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, places: &Places) {
    let columns = usize::from(places.notice.width).saturating_sub(1);
    let notices = &context.app.notices;
    let covered = context.app.page.is_some() || context.app.issues.is_some();
    let (role, lines) = match notices.current() {
        Some(_) if covered && notices.shown_alert().is_some() => news_over(context, columns),
        Some(notice) => told(context, notice, places, columns),
        None if context.app.page.is_some() => news_over(context, columns),
        None => standing(context, columns),
    };
    if lines.is_empty() {
        return;
    }
    let area = places.panel(lines.len());
    popup::clear(buffer, area);
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        let line = context.line(role, format!(" {}", text_layout::cut(&line, columns)));
        put(buffer, &line, area.x, y, area.width);
    }
}

/// A notice or a standing line covers the lowest row of the body.
pub(super) fn is_shown(context: &RenderContext<'_>) -> bool {
    context.app.notices.current().is_some() || !standing(context, usize::from(u16::MAX)).1.is_empty()
}

/// A notice, whole unless it would cover the row under the cursor.
fn told(context: &RenderContext<'_>, notice: &Notice, places: &Places, columns: usize) -> (StyleRole, Vec<String>) {
    let notices = &context.app.notices;
    let news = notices.shown_alert().is_some();
    let mut said = context.localizer.notice(notice);
    if let Notice::Held { target, .. } = notice
        && context.app.screen.pane != Pane::List
        && let Some(seconds) = context.app.outbox.seconds_left(&target.key, context.app.now.mono)
    {
        // In the list, the row counts down.
        said.text = format!("⏱{seconds} {}", said.text);
    }
    if let Some(more) = notices.alerts().len().checked_sub(1).filter(|more| news && *more > 0) {
        said.text = format!(
            "{}{}",
            said.text,
            bracketed(context.localizer.lang, &context.localizer.say(&Sentence::AndMore(more)))
        );
    }
    let most = if said.tone == Severity::Bad { MOST_ROWS } else { 1 };
    let lines = lines(context, &said, columns, most);
    let covers = cursor_row(context, places).is_some_and(|row| row >= places.panel(lines.len()).y);
    match news_line(context, columns) {
        _ if !covers => (StyleRole::of(said.tone), lines),
        Some(line) if news => (StyleRole::Bad, vec![line]),
        _ => (StyleRole::of(said.tone), self::lines(context, &said, columns, 1)),
    }
}

/// The row of the list or of the form that keys act on, if the screen shows it and nothing else.
fn cursor_row(context: &RenderContext<'_>, places: &Places) -> Option<u16> {
    let app = context.app;
    if app.page.is_some() || app.issues.is_some() {
        return None;
    }
    match app.screen.pane {
        Pane::List => {
            let list = places.list?;
            let at = app.inbox.window(list.height.into()).position(|(_, selected)| selected)?;
            Some((list.y + 1).saturating_add(u16::try_from(at).unwrap_or(u16::MAX)))
        }
        Pane::Form => form::cursor_row(context, places.form?),
        Pane::Process => None,
    }
}

/// The newest failed decision that the user has not dismissed, in one row: the failure, the number of others, and the
/// keys. The words give way, the keys do not.
fn news_line(context: &RenderContext<'_>, columns: usize) -> Option<String> {
    let key = |command, word: &str| context.localizer.with_key(command, "", &format!(" {word}"));
    let reconcile = key(Command::Issues, context.keymap.word(Command::Issues, context.localizer.lang));
    news_and(context, &[reconcile, key(Command::Escape, context.word(Word::Noted))], columns)
}

/// As `news_line`, below a page, which has the keys.
fn news_over(context: &RenderContext<'_>, columns: usize) -> (StyleRole, Vec<String>) {
    (StyleRole::Bad, news_and(context, &[], columns).into_iter().collect())
}

fn news_and(context: &RenderContext<'_>, keys: &[String], columns: usize) -> Option<String> {
    let news = &context.app.notices;
    let entry = context.app.outbox.entry(&news.alerts().next()?.failed()?.key)?;
    let more = Some(news.alerts().len() - 1).filter(|more| *more > 0);
    let more = more.map(|more| context.localizer.say(&Sentence::AndMore(more)));
    let tail: Vec<&str> = more.iter().chain(keys).map(String::as_str).filter(|part| !part.is_empty()).collect();
    let room = columns.saturating_sub(tail.iter().map(|part| text_layout::width(part) + 2).sum());
    let mark = if matches!(entry.state, State::Unknown(_)) { "?" } else { "✗" };
    let failed = format!("{mark} {}", context.localizer.failed(entry));
    Some([&[&*text_layout::cut(&failed, room)], &tail[..]].concat().join("  "))
}

/// A notice over several rows; what does not fit stands on the messages page. Error code and log id of a failure keep
/// their place: behind the words, or in a row of their own.
fn lines(context: &RenderContext<'_>, said: &Rendered, columns: usize, most: usize) -> Vec<String> {
    let reference = said.reference.as_ref().filter(|_| said.tone != Severity::Good);
    let with_reference = reference.map(|reference| format!("{} {reference}", said.text));
    if let Some(whole) =
        with_reference.map(|text| text_layout::wrap(&text, columns)).filter(|lines| lines.len() <= most)
    {
        return whole;
    }
    let own_row = reference.filter(|_| most > 1).map(|reference| text_layout::cut(reference, columns).into_owned());
    let most = most - usize::from(own_row.is_some());
    let mut lines = text_layout::wrap(&said.text, columns);
    if lines.len() > most {
        let key = context.localizer.with_key(Command::Messages, "", " ");
        let more = format!("… {key}{}", context.word(Word::MessagesTitle));
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            let room = columns.saturating_sub(text_layout::width(&more));
            let kept = text_layout::cut(last, room).into_owned();
            *last = format!("{}{more}", kept.trim_end_matches('…'));
        }
    }
    lines.extend(own_row);
    lines
}

/// The line while there is no notice.
fn standing(context: &RenderContext<'_>, columns: usize) -> (StyleRole, Vec<String>) {
    let app = context.app;
    if let Some(line) = news_line(context, columns).filter(|_| app.issues.is_none()) {
        return (StyleRole::Bad, vec![line]);
    }
    // Where there is no list, its place tells why.
    if let Some(failure) = app.inbox.failure.as_ref().filter(|_| app.inbox.pending() > 0) {
        let text = context.localizer.say(&Sentence::ListFailed(&context.localizer.failure(failure)));
        let reference = context.localizer.reference(failure.code, failure.log_id.as_ref());
        return (StyleRole::Bad, lines(context, &Rendered { tone: Severity::Bad, text, reference }, columns, 1));
    }
    if app.open_list().is_some() {
        return (StyleRole::Dim, Vec::new());
    }
    let new = (app.inbox.waiting() > 0).then(|| context.localizer.say(&Sentence::NewTasks(app.inbox.waiting())));
    if let Some(holder) = app.settings.holder.as_ref().filter(|_| new.is_none()) {
        let said = context.localizer.notice(&Notice::SecondInstance(holder.clone()));
        return (StyleRole::Careful, vec![text_layout::cut(&said.text, columns).into_owned()]);
    }
    match app.screen.pane {
        Pane::Form if !app.form.search.is_empty() => {
            let (words, matches) = (&*app.form.search, app.form_matches());
            (StyleRole::Dim, vec![context.localizer.say(&Sentence::Searching { words, matches })])
        }
        Pane::List if !app.inbox.filter.is_empty() => {
            let parts: Vec<String> = new.into_iter().chain([filtered(context)]).collect();
            (StyleRole::Careful, vec![parts.join(" · ")])
        }
        Pane::List if app.inbox.gap.is_some() && app.inbox.pending() > 0 => {
            let gap = app.inbox.gap.map(|gap| context.localizer.say(&Sentence::ListIncomplete(gap)));
            (StyleRole::Careful, gap.into_iter().collect())
        }
        Pane::List if new.is_some() => (StyleRole::Text, new.into_iter().collect()),
        Pane::List => {
            let rests = app.fetch.rest().filter(|_| app.not_loaded() > 0);
            (StyleRole::Dim, rests.map(|_| not_loaded(context)).into_iter().collect())
        }
        _ => (StyleRole::Text, new.into_iter().collect()),
    }
}

/// The filter and how much it shows, of how much where that is known.
fn filtered(context: &RenderContext<'_>) -> String {
    let inbox = &context.app.inbox;
    let unknown = context.app.not_loaded();
    let words = text_layout::cut(&inbox.filter, WORDS);
    let total = (unknown == 0 && inbox.is_whole()).then(|| inbox.pending());
    let mut parts =
        vec![context.localizer.say(&Sentence::Filtered { words: &words, shown: inbox.shown_count(), total })];
    parts.extend((unknown > 0).then(|| not_loaded(context)));
    parts.extend((!inbox.is_whole()).then(|| context.localizer.say(&Sentence::ListNotWhole)));
    parts.join(" · ")
}

/// How many cases are not loaded, why not, and when loading goes on.
fn not_loaded(context: &RenderContext<'_>) -> String {
    let app = context.app;
    let rest = app.fetch.rest();
    let until = rest.and_then(|rest| match rest {
        Rest::Limited(until) => Some(until),
        Rest::Paused => None,
    });
    let until = until.map(|until| {
        let seconds = i64::try_from(until.since(app.now.mono).as_millis().div_ceil(1000)).unwrap_or(i64::MAX / 2000);
        when::second(Millis(app.now.wall.0.saturating_add(seconds * 1000)), &app.settings.zone)
    });
    let rest = rest.map(|rest| (rest, until.as_deref().unwrap_or_default()));
    context.localizer.say(&Sentence::NotLoaded { count: app.not_loaded(), rest })
}

/// A notice for the messages page, whole.
pub(super) fn entry(context: &RenderContext<'_>, time: &str, said: &Rendered, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let indent = text_layout::width(time) + 3;
    for (at, text) in text_layout::wrap(&said.text, columns.saturating_sub(indent)).into_iter().enumerate() {
        let margin = if at == 0 { format!(" {time}  ") } else { " ".repeat(indent) };
        lines
            .push(Line::from(vec![context.span(StyleRole::Dim, margin), context.span(StyleRole::of(said.tone), text)]));
    }
    if let Some(reference) = &said.reference {
        lines.push(context.line(StyleRole::Dim, format!("{}{reference}", " ".repeat(indent))));
    }
    lines
}
