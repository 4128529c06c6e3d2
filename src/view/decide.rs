//! The decision dialog: a panel at the bottom. The case that is decided stays on screen above it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::layout::Places;
use super::panel::{panel, title};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{diff, field, people, text_layout};
use crate::app::dialog::TextProblem;
use crate::app::{Dialog, DialogTarget, Editor, Layer, Step};
use crate::domain::decision::AddSignPosition;
use crate::domain::decision::state::State;
use crate::domain::{Action, Decision};
use crate::keys::Stroke;
use crate::text::review::{ReviewInput, TextBudget};
use crate::text::{Sentence, Word, review, short_id};

/// Rows of the field in which an opinion is written.
const FIELD_ROWS: usize = 4;
/// Rows that the review may always take.
const LEAST_REVIEW_ROWS: usize = 5;

pub(super) fn draw(frame: &mut Frame<'_>, context: &RenderContext<'_>, dialog: &Dialog, places: &Places) {
    match &dialog.step {
        Step::Review { decision, hasty, .. } => {
            panel(frame, places, review(context, dialog, decision, *hasty, places).lines);
        }
        Step::Compose { editor, problem, .. } => compose(frame, context, dialog, editor, *problem, places),
        Step::Position => position(frame, context, dialog, places),
        Step::People { picker } => people::draw(frame, context, dialog, picker, places),
    }
}

/// Content of a review's panel.
struct ReviewText {
    lines: Vec<Line<'static>>,
    /// Lines of the sentence without room. Any of them blocks confirmation.
    hidden: usize,
}

/// Lines of a review's sentence that find no room on a screen of this size.
pub(super) fn hidden(context: &RenderContext<'_>, dialog: &Dialog, places: &Places) -> usize {
    match &dialog.step {
        Step::Review { decision, hasty, .. } => review(context, dialog, decision, *hasty, places).hidden,
        Step::Compose { .. } | Step::Position | Step::People { .. } => 0,
    }
}

/// The whole decision in one sentence. Changes give way to it first, then names of absurd length, the opinion, whole
/// values of the summary, names, and amounts; the rest of it always stays.
fn review(
    context: &RenderContext<'_>,
    dialog: &Dialog,
    decision: &Decision,
    hasty: bool,
    places: &Places,
) -> ReviewText {
    let columns = usize::from(places.notice.width);
    let operator = &context.app.settings.operator;
    let DialogTarget { target, shown, changes: differences, .. } = dialog.targets.first();
    let matter = ReviewInput::new(target, &shown.process.abstracts, shown.form.as_deref());
    let wrapped = |room| {
        let sentence = review::sentence(&context.localizer, &matter, decision, operator, room);
        let lines = text_layout::wrap(&sentence, columns.saturating_sub(2));
        lines.into_iter().map(|line| context.line(StyleRole::Question, format!(" {line}"))).collect::<Vec<_>>()
    };
    let mut below = Vec::new();
    let earlier = context.app.outbox.entry(&target.key);
    if earlier.is_some_and(|entry| matches!(entry.state, State::Unknown(_))) {
        below.extend(context.wrapped(StyleRole::Careful, context.word(Word::MayRepeat), 1, columns));
    }
    let room = usize::from(places.panel(usize::MAX).height);
    let changed = usize::from(!differences.is_empty());
    let warned = below.len() + usize::from(hasty);
    // Half of the body stays with the case, unless names alone need more.
    let half = (usize::from(places.body.height) / 2).max(LEAST_REVIEW_ROWS).min(room.saturating_sub(changed + warned));
    let most = room.saturating_sub(changed + below.len());
    let enough = if wrapped(TextBudget::LEAST).len() > half { most } else { half };
    let opinion = decision.opinion().as_str().chars().count();
    let mut given = TextBudget { summary: matter.values(), opinion, amounts: matter.amounts(), ..TextBudget::WHOLE };
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
        lines
            .push(context.line(StyleRole::Bad, format!(" {}", context.localizer.say(&Sentence::ReviewHidden(hidden)))));
    } else if hasty && lines.len() < most {
        below.push(context.line(StyleRole::Careful, format!(" {}", context.word(Word::Hasty))));
    }
    let left = room.saturating_sub(lines.len() + below.len());
    let mut shown = changes(context, dialog, places, left);
    if lines.len() > 2 && lines.len() < half && shown.len() < left {
        shown.push(context.titled_rule(
            title(context, dialog, context.localizer.action(dialog.action)),
            "",
            places.notice.width,
        ));
    }
    shown.extend(lines);
    shown.extend(below);
    ReviewText { lines: shown, hidden }
}

/// Changes since the approver's reading, above the sentence that accepts them: at most `room` rows and half of the
/// body. Without room for any, the heading states their number and the key that shows them.
fn changes(context: &RenderContext<'_>, dialog: &Dialog, places: &Places, room: usize) -> Vec<Line<'static>> {
    let DialogTarget { target, changes, .. } = dialog.targets.first();
    if changes.is_empty() {
        return Vec::new();
    }
    let columns = usize::from(places.notice.width);
    let all = diff::lines(context, target.process(), changes, columns);
    let half = usize::from(places.body.height / 2).saturating_sub(1).max(3);
    let rows = room.min(half).saturating_sub(1);
    let kept = if all.len() > rows { rows.saturating_sub(1) } else { rows };
    let left = all.len().saturating_sub(kept);
    let key = context.localizer.with_key(crate::app::Command::Difference, " ", "");
    let more = format!("{}{key}", context.localizer.say(&Sentence::MoreLines(left)));
    let heading = vec![context.span(StyleRole::Careful, context.word(Word::ChangedSince))];
    let mut lines = vec![context.titled_rule(heading, if rows == 0 { &more } else { "" }, places.notice.width)];
    lines.extend(all.into_iter().take(kept));
    if left > 0 && rows > 0 {
        lines.push(context.line(StyleRole::Careful, format!(" {more}")));
    }
    lines
}

fn compose(
    frame: &mut Frame<'_>,
    context: &RenderContext<'_>,
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
    let heading = context.localizer.say(&Sentence::Writing {
        action: context.localizer.action(dialog.action),
        what: context.word(what),
        need: context.word(need),
    });
    let counter = context.localizer.say(&Sentence::Counter { have: editor.characters(), limit: dialog.limit() });
    let mut below = Vec::new();
    if let Some(problem) = problem {
        below
            .push(context.line(StyleRole::Bad, format!(" {}", context.localizer.say(&Sentence::TextProblem(problem)))));
    }
    below.push(acting_as(context));
    let most = usize::from(places.panel(usize::MAX).height).saturating_sub(1 + below.len());
    let reasons = if dialog.action == Action::Reject { &*context.app.settings.canned } else { &[] };
    // The panel keeps its height while the text is written, so that the request above it does not jump.
    let rows = FIELD_ROWS.max(reasons.len() + 1).min(most).max(1);
    let mut lines = vec![context.titled_rule(title(context, dialog, &heading), &counter, places.notice.width)];
    lines.push(Line::default());
    if editor.is_empty() {
        lines.extend(canned(context, reasons, rows - 1, places.notice.width.into()));
    }
    lines.resize(1 + rows, Line::default());
    lines.extend(below);
    let area = panel(frame, places, lines);
    // No borders: terminals shift them while an input method composes.
    let height = if editor.is_empty() { 1 } else { u16::try_from(rows).unwrap_or(1) };
    let text = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height };
    field::draw(frame, context, editor, text);
}

/// The canned reasons with their digits, one a line. Those without room are counted.
fn canned(context: &RenderContext<'_>, reasons: &[String], rows: usize, columns: usize) -> Vec<Line<'static>> {
    let kept = if reasons.len() > rows { rows.saturating_sub(1) } else { reasons.len() };
    let mut lines: Vec<_> = (1..=kept)
        .zip(reasons)
        .map(|(number, reason)| {
            let reason = text_layout::printable(reason);
            let line = Line::from(vec![
                context.span(StyleRole::Key, format!(" {number} ")),
                context.span(StyleRole::Dim, reason.into_owned()),
            ]);
            text_layout::cut_line(line, columns)
        })
        .collect();
    if kept < reasons.len() && rows > 0 {
        let more = context.localizer.say(&Sentence::AndMore(reasons.len() - kept));
        lines.push(context.line(StyleRole::Dim, format!("   {more}")));
    }
    lines
}

fn acting_as(context: &RenderContext<'_>) -> Line<'static> {
    let operator = &context.app.settings.operator;
    let who = [context.text(&operator.name), short_id(operator.id.as_str())].join(" ");
    Line::from(vec![
        context.span(StyleRole::Label, format!(" {} ", context.word(Word::ActingAs))),
        context.span(StyleRole::Text, who.trim_start().to_owned()),
    ])
}

/// Where additional approvers stand: three choices, each with its sentence.
fn position(frame: &mut Frame<'_>, context: &RenderContext<'_>, dialog: &Dialog, places: &Places) {
    let heading = context.word(Word::PositionTitle);
    let mut lines = vec![context.titled_rule(title(context, dialog, heading), "", places.notice.width)];
    let positions = [AddSignPosition::Before, AddSignPosition::Parallel, AddSignPosition::After];
    let widest = positions
        .map(|position| text_layout::width(context.localizer.position(position)))
        .into_iter()
        .max()
        .unwrap_or(0);
    for position in positions {
        let command = crate::app::Command::Position(position);
        let key = context.keymap.reaches(&[Layer::Position], command).map(Stroke::label).unwrap_or_default();
        lines.push(Line::from(vec![
            context.span(StyleRole::Key, format!(" {key} ")),
            context.span(StyleRole::Title, text_layout::pad(context.localizer.position(position), widest)),
            context.span(StyleRole::Text, format!("  {}", context.localizer.position_meaning(position))),
        ]));
    }
    let method = format!("   {} {}", context.word(Word::MethodForSeveral), context.localizer.method(dialog.method));
    lines.push(context.line(StyleRole::Dim, method));
    panel(frame, places, lines);
}
