//! The notice line: what the program has to say, or how the list is ordered and filtered. A failure is shown whole, over
//! the lowest rows of the body.

use ratatui::buffer::Buffer;
use ratatui::text::Line;

use super::layout::Places;
use super::look::Role;
use super::scene::Scene;
use super::{cells, popup, put};
use crate::app::Notice;
use crate::app::screen::Pane;
use crate::text::{Said, Sentence, Tone, Word};

/// Rows that a failure may take.
const MOST_ROWS: usize = 3;

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
    let (role, lines) = match scene.app.notices.current() {
        Some(notice) => {
            let said = scene.voice.notice(notice);
            (role(said.tone), lines(scene, &said, columns))
        }
        None if scene.app.page.is_some() => return,
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

/// A notice with its log id where that fits; a failure over several lines, the rest on the messages page.
fn lines(scene: &Scene<'_>, said: &Said, columns: usize) -> Vec<String> {
    let most = if said.tone == Tone::Bad { MOST_ROWS } else { 1 };
    let with_log_id = said.reference.as_ref().map(|reference| format!("{} {reference}", said.text));
    if let Some(whole) = with_log_id.map(|text| cells::wrap(&text, columns)).filter(|lines| lines.len() <= most) {
        return whole;
    }
    let mut lines = cells::wrap(&said.text, columns);
    if lines.len() > most {
        let key = scene.voice.with_key(crate::app::Command::Messages, "", " ");
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

/// What stands on the line while there is nothing to say.
fn standing(scene: &Scene<'_>, columns: usize) -> (Role, Vec<String>) {
    let app = scene.app;
    if let Some(failure) = &app.inbox.failure {
        let failure = scene.voice.failure(failure);
        let text = scene.voice.say(&Sentence::ListFailed(&failure));
        return (Role::Bad, vec![cells::cut(&text, columns).into_owned()]);
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
        Pane::List if !app.inbox.filter.is_empty() => {
            let filtered = Sentence::Filtered {
                words: &app.inbox.filter,
                shown: app.inbox.shown_count(),
                total: app.inbox.pending(),
            };
            (Role::Careful, vec![scene.voice.say(&filtered)])
        }
        Pane::List => (Role::Dim, vec![scene.voice.say(&Sentence::SortedBy(scene.voice.sort(app.inbox.sort)))]),
        _ => (Role::Dim, Vec::new()),
    }
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
