//! The panel at the bottom: its title and its place above the hints.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::layout::Places;
use super::paint::put_all;
use super::popup;
use super::render_context::RenderContext;
use super::theme::StyleRole;
use crate::app::Dialog;

/// First line of the panel: its subject.
pub(super) fn title(context: &RenderContext<'_>, dialog: &Dialog, what: &str) -> Vec<Span<'static>> {
    let case = context.localizer.request(&dialog.targets.first().target);
    vec![
        context.span(StyleRole::Question, what.to_owned()),
        context.span(StyleRole::Dim, " · "),
        context.span(StyleRole::Title, case),
    ]
}

/// Empties the lowest rows above the hints and puts lines there.
pub(super) fn panel(frame: &mut Frame<'_>, places: &Places, lines: Vec<Line<'static>>) -> Rect {
    let area = places.panel(lines.len());
    popup::clear(frame.buffer_mut(), area);
    put_all(frame.buffer_mut(), lines, area);
    area
}
