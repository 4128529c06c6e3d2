//! The marks of list rows, and the legend of them on the help page.

use ratatui::text::Span;

use super::render_context::RenderContext;
use super::theme::StyleRole;
use crate::app::inbox::Row;
use crate::domain::decision::state::{Cause, State};
use crate::domain::{Action, RowProjection, Seen, TaskKey};
use crate::text::Word;

/// A fact about a row, in one to four cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowMark {
    /// Seconds until the decision is sent.
    Queued(u64),
    Sending,
    Unknown,
    Failed,
    /// Not sent, because the request had changed.
    Stopped,
    Decided(Action),
    Gone,
    Care,
    Changed,
    Unopened,
    Unconfirmed,
}

/// The legend, in the order of the marks on a row.
const LEGEND: [(&[RowMark], Word); 11] = [
    (&[RowMark::Unopened], Word::FlagUnopened),
    (&[RowMark::Changed], Word::Changed),
    (&[RowMark::Care], Word::FlagCare),
    (&[RowMark::Queued(5)], Word::FlagHeld),
    (&[RowMark::Sending], Word::FlagSending),
    (&[RowMark::Unknown], Word::FlagUnknown),
    (&[RowMark::Failed], Word::FlagFailed),
    (&[RowMark::Stopped], Word::FlagStopped),
    (
        &[
            RowMark::Decided(Action::Approve),
            RowMark::Decided(Action::Reject),
            RowMark::Decided(Action::Transfer),
            RowMark::Decided(Action::AddSign),
            RowMark::Decided(Action::Withdraw),
        ],
        Word::FlagAccepted,
    ),
    (&[RowMark::Gone], Word::Gone),
    (&[RowMark::Unconfirmed], Word::FlagUnconfirmed),
];

impl RowMark {
    fn text(self, context: &RenderContext<'_>) -> String {
        let glyph = match self {
            // At zero the request is being checked, or the platform accepts nothing just now.
            Self::Queued(0) => "⏱…",
            Self::Queued(seconds) => return format!("⏱{seconds}"),
            Self::Sending => "…",
            Self::Unknown => "?",
            Self::Failed => "✗",
            Self::Stopped => "✗Δ",
            Self::Decided(action) if context.theme.ascii => crate::text::ascii_mark(action),
            Self::Decided(action) => context.localizer.action_mark(action),
            Self::Gone => "-",
            Self::Care => "!",
            Self::Changed => "Δ",
            Self::Unopened => "●",
            Self::Unconfirmed => "○",
        };
        glyph.to_owned()
    }

    const fn role(self) -> StyleRole {
        match self {
            Self::Queued(_) | Self::Sending | Self::Care | Self::Changed => StyleRole::Careful,
            Self::Unknown | Self::Failed | Self::Stopped => StyleRole::Bad,
            Self::Decided(_) => StyleRole::Good,
            Self::Gone | Self::Unconfirmed => StyleRole::Dim,
            Self::Unopened => StyleRole::Key,
        }
    }
}

/// The legend: the marks of each line, and their meaning.
pub(super) fn legend<'c>(context: &'c RenderContext<'_>) -> impl Iterator<Item = (String, &'static str)> + 'c {
    LEGEND.iter().map(|(marks, word)| {
        let marks: Vec<String> = marks.iter().map(|mark| mark.text(context)).collect();
        (marks.join(" "), context.word(*word))
    })
}

/// The marks of a row: its decision, care, whether the user has seen its content, and whether that is confirmed.
pub(super) fn spans(context: &RenderContext<'_>, row: &Row, projection: Option<&RowProjection>) -> Vec<Span<'static>> {
    let care = projection.is_some_and(|projection| projection.high_care).then_some(RowMark::Care);
    let seen = match row.seen {
        Seen::Changed if !is_explained(context, &row.key) => Some(RowMark::Changed),
        Seen::Unopened if !row.gone => Some(RowMark::Unopened),
        _ => None,
    };
    let unconfirmed = (row.is_unconfirmed() && !row.gone).then_some(RowMark::Unconfirmed);
    let marks = if projection.is_some() {
        vec![decision(context, row), care, seen, unconfirmed]
    } else {
        vec![decision(context, row)]
    };
    marks.into_iter().flatten().map(|mark| context.span(mark.role(), mark.text(context))).collect()
}

/// The decision on this task says why the request is another: it was applied, or stopped because of that.
fn is_explained(context: &RenderContext<'_>, key: &TaskKey) -> bool {
    let outbox = &context.app.outbox;
    let stopped = outbox.entry(key).is_some_and(|entry| matches!(entry.state, State::NotSent(Cause::Changed(_))));
    stopped || outbox.is_applied(key)
}

fn decision(context: &RenderContext<'_>, row: &Row) -> Option<RowMark> {
    let outbox = &context.app.outbox;
    let entry = outbox.entry(&row.key);
    match entry.map(|entry| &entry.state) {
        Some(State::Queued { .. }) => {
            Some(RowMark::Queued(outbox.seconds_left(&row.key, context.app.now.mono).unwrap_or(0)))
        }
        Some(State::Sending { .. }) => Some(RowMark::Sending),
        Some(State::Unknown(_)) => Some(RowMark::Unknown),
        Some(State::NotSent(Cause::Changed(_))) => Some(RowMark::Stopped),
        Some(State::Refused(_) | State::NotSent(_) | State::NotApplied { .. } | State::Overtaken { .. }) => {
            Some(RowMark::Failed)
        }
        Some(State::Applied { .. }) => entry.map(|entry| RowMark::Decided(entry.reviewed.decision.action())),
        Some(State::Reviewed | State::Undone | State::Discarded(_)) | None => row.gone.then_some(RowMark::Gone),
    }
}
