//! A text field: a clone of the state's text area in our styles, and the hardware cursor at the insertion point, where
//! input methods open their window.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::render_context::RenderContext;
use super::theme::StyleRole;
use crate::app::Editor;

pub(super) fn draw(frame: &mut Frame<'_>, context: &RenderContext<'_>, editor: &Editor, area: Rect) {
    let area = area.intersection(frame.area());
    if area.is_empty() {
        return;
    }
    let mut widget = editor.area().clone();
    widget.set_style(context.style(StyleRole::Field));
    widget.set_cursor_line_style(Style::default());
    widget.set_selection_style(context.style(StyleRole::Match));
    // The hardware cursor is the cursor: no second one is painted.
    widget.set_cursor_style(Style::default());
    frame.render_widget(&widget, area);
    let cursor = widget.screen_cursor();
    let (top, left) = widget.scroll_offset();
    let place = |at: usize, offset: u16, start: u16, end: u16| {
        let at = u16::try_from(at).unwrap_or(u16::MAX).saturating_sub(offset);
        start.saturating_add(at).min(end.saturating_sub(1))
    };
    frame.set_cursor_position(Position::new(
        place(cursor.col, left, area.x, area.right()),
        place(cursor.row, top, area.y, area.bottom()),
    ));
}
