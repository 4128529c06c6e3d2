//! The decision dialog: a panel at the bottom. The case that is decided stays on screen above it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layout::Places;
use super::look::Role;
use super::scene::Scene;
use super::{cells, difference, field, people, popup, put};
use crate::app::EntryState;
use crate::app::decide::TextProblem;
use crate::app::{Dialog, Editor, Layer, Step};
use crate::domain::decision::AddSignPosition;
use crate::domain::{Action, Decision};
use crate::keys::Stroke;
use crate::text::review::{Matter, Room};
use crate::text::{Sentence, Word, review, short_id};

/// Rows of the field in which an opinion is written.
const FIELD_ROWS: u16 = 4;
/// Rows that the review may always take.
const LEAST_REVIEW_ROWS: usize = 5;

pub(super) fn draw(frame: &mut Frame<'_>, scene: &Scene<'_>, dialog: &Dialog, places: &Places) {
    match &dialog.step {
        Step::Review { decision, hasty, .. } => {
            panel(frame, places, review(scene, dialog, decision, *hasty, places).lines);
        }
        Step::Compose { editor, problem, .. } => compose(frame, scene, dialog, editor, *problem, places),
        Step::Position => position(frame, scene, dialog, places),
        Step::People { picker } => people::draw(frame, scene, dialog, picker, places),
    }
}

/// First line of the panel: its subject.
pub(super) fn title(scene: &Scene<'_>, dialog: &Dialog, what: &str) -> Vec<Span<'static>> {
    let case = scene.voice.case(&dialog.target);
    vec![scene.span(Role::Question, what.to_owned()), scene.span(Role::Dim, " · "), scene.span(Role::Title, case)]
}

/// Empties the lowest rows above the hints and puts lines there.
pub(super) fn panel(frame: &mut Frame<'_>, places: &Places, lines: Vec<Line<'static>>) -> Rect {
    let area = places.panel(lines.len());
    popup::clear(frame.buffer_mut(), area);
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        put(frame.buffer_mut(), &cells::cut_line(line, area.width.into()), area.x, y, area.width);
    }
    area
}

/// Content of a review's panel.
struct Shown {
    lines: Vec<Line<'static>>,
    /// Lines of the sentence without room. Any of them blocks confirmation.
    hidden: usize,
}

/// Lines of a review's sentence that find no room on a screen of this size.
pub(super) fn hidden(scene: &Scene<'_>, dialog: &Dialog, places: &Places) -> usize {
    match &dialog.step {
        Step::Review { decision, hasty, .. } => review(scene, dialog, decision, *hasty, places).hidden,
        Step::Compose { .. } | Step::Position | Step::People { .. } => 0,
    }
}

/// The whole decision in one sentence. Changes give way to it first, then names of absurd length, the opinion, whole
/// values of the summary, names, and amounts; the rest of it always stays.
fn review(scene: &Scene<'_>, dialog: &Dialog, decision: &Decision, hasty: bool, places: &Places) -> Shown {
    let columns = usize::from(places.notice.width);
    let operator = &scene.app.settings.operator;
    let form = dialog.shown.form.as_deref();
    let matter = Matter::new(&dialog.target, &dialog.shown.process.abstracts, form);
    let wrapped = |room| {
        let sentence = review::sentence(&scene.voice, &matter, decision, operator, room);
        let lines = cells::wrap(&sentence, columns.saturating_sub(2));
        lines.into_iter().map(|line| scene.line(Role::Question, format!(" {line}"))).collect::<Vec<_>>()
    };
    let mut below = Vec::new();
    let earlier = scene.app.outbox.entry(&dialog.target.key);
    if earlier.is_some_and(|entry| matches!(entry.state, EntryState::Unknown(_))) {
        below.extend(scene.wrapped(Role::Careful, scene.word(Word::MayRepeat), 1, columns));
    }
    let room = usize::from(places.panel(usize::MAX).height);
    let changed = usize::from(!dialog.changes.is_empty());
    let warned = below.len() + usize::from(hasty);
    // Half of the body stays with the case, unless names alone need more.
    let half = (usize::from(places.body.height) / 2).max(LEAST_REVIEW_ROWS).min(room.saturating_sub(changed + warned));
    let most = room.saturating_sub(changed + below.len());
    let enough = if wrapped(Room::LEAST).len() > half { most } else { half };
    let opinion = decision.opinion().as_str().chars().count();
    let mut given = Room { summary: matter.values(), opinion, amounts: matter.amounts(), ..Room::WHOLE };
    let mut lines = wrapped(given);
    while lines.len() > enough
        && let Some(less) = given.less()
    {
        given = less;
        lines = wrapped(given);
    }
    let mut hidden = 0;
    if lines.len() > most {
        // The line that says so takes a row, too.
        let kept = most.saturating_sub(1);
        hidden = lines.len() - kept;
        lines.truncate(kept);
        lines.push(scene.line(Role::Bad, format!(" {}", scene.voice.say(&Sentence::ReviewHidden(hidden)))));
    } else if hasty && lines.len() < most {
        below.push(scene.line(Role::Careful, format!(" {}", scene.word(Word::Hasty))));
    }
    let left = room.saturating_sub(lines.len() + below.len());
    let mut shown = changes(scene, dialog, places, left);
    if lines.len() > 2 && lines.len() < half && shown.len() < left {
        shown.push(scene.titled_rule(title(scene, dialog, scene.voice.action(dialog.action)), "", places.notice.width));
    }
    shown.extend(lines);
    shown.extend(below);
    Shown { lines: shown, hidden }
}

/// Changes since the approver's reading, above the sentence that accepts them: at most `room` rows and half of the
/// body. Without room for any, the heading states their number and the key that shows them.
fn changes(scene: &Scene<'_>, dialog: &Dialog, places: &Places, room: usize) -> Vec<Line<'static>> {
    if dialog.changes.is_empty() {
        return Vec::new();
    }
    let columns = usize::from(places.notice.width);
    let all = difference::lines(scene, dialog.target.process(), &dialog.changes, columns);
    let half = usize::from(places.body.height / 2).saturating_sub(1).max(3);
    let rows = room.min(half).saturating_sub(1);
    let kept = if all.len() > rows { rows.saturating_sub(1) } else { rows };
    let left = all.len().saturating_sub(kept);
    let key = scene.voice.with_key(crate::app::Command::Difference, " ", "");
    let more = format!("{}{key}", scene.voice.say(&Sentence::MoreLines(left)));
    let heading = vec![scene.span(Role::Careful, scene.word(Word::ChangedSince))];
    let mut lines = vec![scene.titled_rule(heading, if rows == 0 { &more } else { "" }, places.notice.width)];
    lines.extend(all.into_iter().take(kept));
    if left > 0 && rows > 0 {
        lines.push(scene.line(Role::Careful, format!(" {more}")));
    }
    lines
}

fn compose(
    frame: &mut Frame<'_>,
    scene: &Scene<'_>,
    dialog: &Dialog,
    editor: &Editor,
    problem: Option<TextProblem>,
    places: &Places,
) {
    let (what, need) = match dialog.action {
        Action::Approve => (Word::OpinionTitle, Word::Optional),
        Action::Reject => (Word::ReasonTitle, Word::Required),
        Action::Withdraw | Action::Revoke => (Word::ReasonTitle, Word::Optional),
        Action::Transfer | Action::AddSign => (Word::RemarkTitle, Word::Optional),
    };
    let heading = scene.voice.say(&Sentence::Writing {
        action: scene.voice.action(dialog.action),
        what: scene.word(what),
        need: scene.word(need),
    });
    let counter = scene.voice.say(&Sentence::Counter { have: editor.characters(), limit: dialog.limit() });
    let mut below = Vec::new();
    if let Some(problem) = problem {
        below.push(scene.line(Role::Bad, format!(" {}", scene.voice.say(&Sentence::TextProblem(problem)))));
    }
    if dialog.action == Action::Reject && !scene.app.settings.canned.is_empty() {
        below.push(canned(scene));
    }
    below.push(acting_as(scene));
    let most = places.panel(usize::MAX).height;
    let extra = u16::try_from(below.len()).unwrap_or(0);
    let rows = FIELD_ROWS.min(most.saturating_sub(1 + extra)).max(1);
    let mut lines = vec![scene.titled_rule(title(scene, dialog, &heading), &counter, places.notice.width)];
    lines.extend((0..rows).map(|_| Line::default()));
    lines.extend(below);
    let area = panel(frame, places, lines);
    // No borders: terminals shift them while an input method composes.
    let text = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: rows };
    field::draw(frame, scene, editor, text);
}

fn canned(scene: &Scene<'_>) -> Line<'static> {
    let mut spans = vec![scene.span(Role::Label, format!(" {}", scene.word(Word::CannedReasons)))];
    for (number, reason) in (1..=9).zip(&scene.app.settings.canned) {
        spans.push(scene.span(Role::Key, format!("  {number} ")));
        spans.push(scene.span(Role::Text, cells::printable(reason).into_owned()));
    }
    Line::from(spans)
}

fn acting_as(scene: &Scene<'_>) -> Line<'static> {
    let operator = &scene.app.settings.operator;
    let who = [scene.text(&operator.name), short_id(operator.id.as_str())].join(" ");
    Line::from(vec![
        scene.span(Role::Label, format!(" {} ", scene.word(Word::ActingAs))),
        scene.span(Role::Text, who.trim_start().to_owned()),
    ])
}

/// Where additional approvers stand: three choices, each with its sentence.
fn position(frame: &mut Frame<'_>, scene: &Scene<'_>, dialog: &Dialog, places: &Places) {
    let heading = scene.word(Word::PositionTitle);
    let mut lines = vec![scene.titled_rule(title(scene, dialog, heading), "", places.notice.width)];
    let positions = [AddSignPosition::Before, AddSignPosition::Parallel, AddSignPosition::After];
    let widest = positions.map(|position| cells::width(scene.voice.position(position))).into_iter().max().unwrap_or(0);
    for position in positions {
        let command = crate::app::Command::Position(position);
        let key = scene.keymap.reaches(&[Layer::Position], command).map(Stroke::label).unwrap_or_default();
        lines.push(Line::from(vec![
            scene.span(Role::Key, format!(" {key} ")),
            scene.span(Role::Title, cells::pad(scene.voice.position(position), widest)),
            scene.span(Role::Text, format!("  {}", scene.voice.position_meaning(position))),
        ]));
    }
    let method = format!("   {} {}", scene.word(Word::MethodForSeveral), scene.voice.method(dialog.method));
    lines.push(scene.line(Role::Dim, method));
    panel(frame, places, lines);
}
