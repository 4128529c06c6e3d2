//! Clears the area of a popup.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text_layout::width;

/// Empties a place. A wide glyph that begins left of it and reaches in would be drawn by halves: it becomes a space.
pub(super) fn clear(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    for y in area.y..area.bottom() {
        if let Some(left) = area.x.checked_sub(1).filter(|x| *x >= buffer.area.x)
            && let Some(cell) = buffer.cell_mut((left, y))
            && width(cell.symbol()) > 1
        {
            cell.set_symbol(" ");
        }
        for x in area.x..area.right() {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.reset();
                cell.set_style(Style::reset());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;

    use super::clear;

    #[test]
    fn half_a_wide_glyph_does_not_stay() {
        let mut buffer = Buffer::with_lines(["审批待办"]);
        clear(&mut buffer, Rect::new(3, 0, 2, 1));
        let shown: Vec<&str> = buffer.content.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(shown.first(), Some(&"审"));
        assert_eq!(shown.get(2), Some(&" "), "批 reached into the cleared place");
    }
}
