//! The people picker, in the panel of the dialog.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::layout::Places;
use super::paint::put;
use super::panel::{panel, title};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{field, inbox, text_layout};
use crate::app::list_cursor::first_shown;
use crate::app::people::{Candidate, Role as PartIn, Source};
use crate::app::{Dialog, Picker};
use crate::domain::Person;
use crate::domain::decision::ADD_SIGN_LIMIT;
use crate::text::{Sentence, Word, review, short_id};

/// Columns from which a row shows all parts.
const ROOMY: usize = 70;
/// Candidates shown at once: as many as leave room for the case above.
const MOST_ROWS: usize = 9;
const LEAST_ROWS: usize = 3;
/// Lines of the panel that are no candidates: title, query, chosen or problem.
const OTHER_ROWS: usize = 3;
/// Columns of an employee number, unless a listed one is longer. Half a number, or half an end of an id, does not
/// identify a person.
const NUMBER: usize = 8;

pub(super) fn draw(
    frame: &mut Frame<'_>,
    context: &RenderContext<'_>,
    dialog: &Dialog,
    picker: &Picker,
    places: &Places,
) {
    let heading = context.word(if picker.several { Word::PickSeveral } else { Word::PickOne });
    let chosen = Sentence::ChosenOf { chosen: picker.chosen.len(), limit: ADD_SIGN_LIMIT };
    let counter = if picker.several { context.localizer.say(&chosen) } else { String::new() };
    let most = usize::from(places.panel(usize::MAX).height).saturating_sub(OTHER_ROWS).max(1);
    let room = (usize::from(places.body.height) / 4).clamp(LEAST_ROWS, MOST_ROWS).min(most);
    let mut lines = vec![
        context.titled_rule(title(context, dialog, heading), &counter, places.notice.width),
        context.line(StyleRole::Key, " > "),
    ];
    lines.extend(candidates(context, picker, room, places.notice.width.into()));
    lines.push(state(context, picker));
    let area = panel(frame, places, lines);
    let searching = if picker.searching { context.word(Word::Searching) } else { "" };
    let width = u16::try_from(text_layout::width(searching)).unwrap_or(0);
    let text = Rect { x: area.x + 3, y: area.y + 1, width: area.width.saturating_sub(5 + width).max(4), height: 1 };
    field::draw(frame, context, &picker.query, text);
    if picker.query.is_empty() {
        let prompt = context.line(StyleRole::Dim, context.word(Word::TypeToSearch));
        put(frame.buffer_mut(), &prompt, text.x, text.y, text.width);
    }
    let at = area.right().saturating_sub(width + 1);
    put(frame.buffer_mut(), &context.line(StyleRole::Dim, searching), at, area.y + 1, width);
}

/// A page of candidates, that of the cursor.
fn candidates(context: &RenderContext<'_>, picker: &Picker, rows: usize, columns: usize) -> Vec<Line<'static>> {
    let mut lines: Vec<Line<'static>> = Vec::with_capacity(rows);
    let first = first_shown(picker.cursor.unwrap_or(0) / rows * rows, picker.candidates.len(), rows);
    let marks = picker.candidates.iter().map(|candidate| text_layout::width(&review::mark(&candidate.person)));
    let number = marks.max().unwrap_or(0).clamp(NUMBER, (columns / 2).max(NUMBER));
    for (at, candidate) in picker.candidates.iter().enumerate().skip(first).take(rows) {
        let chosen = picker.chosen.iter().any(|person| person.id == candidate.person.id);
        lines.push(line(context, candidate, Some(at) == picker.cursor, chosen, (columns, number)));
    }
    let answered = !picker.searching && picker.failure.is_none() && !picker.query.is_empty();
    if lines.is_empty() && answered {
        let initials = may_be_initials(picker.query.text().trim());
        let nobody = if initials { Word::NobodyByInitials } else { Word::NobodyFound };
        lines = context.wrapped(StyleRole::Dim, context.word(nobody), 3, columns);
    }
    // The panel keeps its height while the user types, so that the request above it does not jump.
    lines.resize(rows, Line::default());
    lines
}

fn line(
    context: &RenderContext<'_>,
    candidate: &Candidate,
    selected: bool,
    chosen: bool,
    (columns, number): (usize, usize),
) -> Line<'static> {
    let Candidate { person, source, refusal } = candidate;
    let role = if refusal.is_some() { StyleRole::Dim } else { StyleRole::Text };
    let source = match source {
        Source::Recent => Word::SourceRecent,
        Source::InCase(PartIn::Initiator) => Word::RoleInitiator,
        Source::InCase(PartIn::Pending) => Word::RolePending,
        Source::InCase(PartIn::Acted) => Word::RoleActed,
        Source::InCase(PartIn::Commented) => Word::RoleCommented,
        Source::InCase(PartIn::Copied) => Word::RoleCopied,
        Source::Elsewhere => Word::SourceElsewhere,
        Source::Search => Word::SourceSearch,
    };
    let marker = if selected { inbox::MARKER } else { inbox::NO_MARKER };
    let roomy = columns >= ROOMY;
    let mut spans = vec![
        context.span(StyleRole::Marker, marker),
        context.span(StyleRole::Good, if chosen { "✓ " } else { "  " }),
        context
            .span(role, format!("{} ", text_layout::pad(&display_name(context, person), if roomy { 14 } else { 10 }))),
        context.span(StyleRole::Dim, format!("{} ", text_layout::pad(&review::mark(person), number))),
    ];
    // A refusal matters more than the department, where both do not fit.
    if roomy || refusal.is_none() {
        spans
            .push(context.span(role, format!("{} ", text_layout::pad(&context.text(&person.department), columns / 4))));
        spans.push(context.span(StyleRole::Dim, format!("{}  ", context.word(source))));
    }
    if let Some(refusal) = refusal {
        spans.push(context.span(StyleRole::Careful, context.localizer.person_refusal(*refusal)));
    }
    Line::from(spans)
}

/// Two to four Latin letters, which for a Chinese name are probably its initials.
fn may_be_initials(query: &str) -> bool {
    (2..=4).contains(&query.len()) && query.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn display_name(context: &RenderContext<'_>, person: &Person) -> String {
    let name = context.text(&person.name);
    if name.is_empty() { short_id(person.id.as_str()) } else { name }
}

/// A refused choice, the state of the search, or the chosen people.
fn state(context: &RenderContext<'_>, picker: &Picker) -> Line<'static> {
    if let Some(refusal) = picker.refused {
        return context.line(StyleRole::Bad, format!(" {}", context.localizer.person_refusal(refusal)));
    }
    if let Some(failure) = &picker.failure {
        let text = context.localizer.say(&Sentence::PeopleFailed(&context.localizer.failure(failure)));
        return context.line(StyleRole::Careful, format!(" {text}"));
    }
    if picker.chosen.is_empty() {
        return Line::default();
    }
    let names: Vec<String> =
        picker.chosen.iter().map(|person| review::marked(context.localizer.lang, person)).collect();
    Line::from(vec![
        context.span(StyleRole::Label, format!(" {} ", context.word(Word::Chosen))),
        context.span(StyleRole::Text, names.join(" ")),
    ])
}
