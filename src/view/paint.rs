//! Lines of text onto the screen's cells.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::Line;

use super::text_layout::cut_line;

/// One line at a place, clipped to the screen and to `columns`.
pub(super) fn put(buffer: &mut Buffer, line: &Line<'_>, x: u16, y: u16, columns: u16) {
    if buffer.area.contains(Position::new(x, y)) {
        buffer.set_line(x, y, line, columns.min(buffer.area.right() - x));
    }
}

/// Lines from the top of a place, as many as fit.
pub(super) fn put_all<'l>(buffer: &mut Buffer, lines: impl IntoIterator<Item = Line<'l>>, area: Rect) {
    for (line, y) in lines.into_iter().zip(area.y..area.bottom()) {
        put(buffer, &cut_line(line, area.width.into()), area.x, y, area.width);
    }
}
