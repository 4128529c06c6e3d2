//! A screen as an SVG picture: every glyph at the place of its cell, whatever the width that a font gives it.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;

use super::palette::{Palette, Rgb};
use super::text_layout;

/// Size of a cell, in pixels. Glyphs of 16 pixels are at most 9.7 wide in monospaced fonts, and wide ones 16.
const CELL: (usize, usize) = (10, 20);
/// Distance of the base line from the top of its cell.
const BASE: usize = 15;
const MARGIN: usize = 10;
const FONTS: &str = "'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono','Noto Sans Mono CJK SC','Noto Sans CJK SC',\
                     'PingFang SC','Microsoft YaHei',monospace";

/// Colors and weight of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Ink {
    text: Rgb,
    behind: Rgb,
    bold: bool,
    underlined: bool,
}

/// Draws the cells in the colors of a terminal. `cursor`: column and row of the hardware cursor.
#[must_use]
pub fn svg(buffer: &Buffer, palette: &Palette, cursor: Option<(u16, u16)>) -> String {
    let (columns, rows) = (usize::from(buffer.area.width), usize::from(buffer.area.height));
    let (width, height) = (columns * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\">\n<rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{}\"/>\n<g font-family=\"{FONTS}\" \
         font-size=\"16\" xml:space=\"preserve\">\n",
        hex(palette.background)
    );
    for (y, cells) in buffer.content.chunks(columns.max(1)).enumerate() {
        row(&mut out, cells, y, palette);
    }
    if let Some((x, y)) = cursor {
        let (x, y) = place(x.into(), y.into());
        rect(&mut out, (x, y), (2, CELL.1), palette.text);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The glyphs of a row, in runs of one ink. The cell behind a wide glyph is skipped.
fn row(out: &mut String, cells: &[Cell], y: usize, palette: &Palette) {
    let mut glyphs: Vec<(usize, &str, usize, Ink)> = Vec::new();
    let mut x = 0;
    while let Some(cell) = cells.get(x) {
        let wide = text_layout::width(cell.symbol()).max(1);
        glyphs.push((x, cell.symbol(), wide, ink(cell, palette)));
        x += wide;
    }
    for run in glyphs.chunk_by(|one, next| one.3 == next.3) {
        let Some((first, .., ink)) = run.first() else { continue };
        let cells: usize = run.iter().map(|(_, _, wide, _)| wide).sum();
        let (left, top) = place(*first, y);
        if ink.behind != palette.background {
            rect(out, (left, top), (cells * CELL.0, CELL.1), ink.behind);
        }
        if ink.underlined {
            rect(out, (left, top + BASE + 2), (cells * CELL.0, 1), ink.text);
        }
        for (x, glyph, ..) in run {
            drawn(out, glyph, place(*x, y), ink.text);
        }
        text(out, run, y, *ink);
    }
}

/// Letters of a run, each at its own place.
fn text(out: &mut String, run: &[(usize, &str, usize, Ink)], y: usize, ink: Ink) {
    let letters = run.iter().filter(|(_, glyph, ..)| glyph.trim() != "" && lines_of(glyph).is_none());
    let mut places = Vec::new();
    let mut words = String::new();
    for (x, glyph, wide, _) in letters {
        let centered = if *wide == 2 { 2 } else { 0 };
        let mut characters = glyph.chars();
        places.push((place(*x, y).0 + centered).to_string());
        words.extend(characters.next().map(escaped));
        // Marks over a letter take the letter's place.
        for mark in characters {
            words.push_str(&escaped(mark));
            places.push((place(*x, y).0 + centered).to_string());
        }
    }
    if words.is_empty() {
        return;
    }
    let bold = if ink.bold { " font-weight=\"bold\"" } else { "" };
    let base = place(0, y).1 + BASE;
    // Writing to a String cannot fail.
    let _ =
        writeln!(out, "<text x=\"{}\" y=\"{base}\" fill=\"{}\"{bold}>{words}</text>", places.join(" "), hex(ink.text));
}

fn escaped(character: char) -> String {
    match character {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        other => other.to_string(),
    }
}

/// Place and size, within a cell, of glyphs that have to meet their neighbors without a gap.
fn lines_of(glyph: &str) -> Option<((usize, usize), (usize, usize))> {
    let (wide, high) = CELL;
    Some(match glyph {
        "─" => ((0, high / 2), (wide, 1)),
        "│" => ((wide / 2, 0), (1, high)),
        "█" => ((0, 0), (wide, high)),
        "▀" => ((0, 0), (wide, high / 2)),
        "▄" => ((0, high / 2), (wide, high / 2)),
        _ => return None,
    })
}

fn drawn(out: &mut String, glyph: &str, (left, top): (usize, usize), color: Rgb) {
    if let Some(((x, y), size)) = lines_of(glyph) {
        rect(out, (left + x, top + y), size, color);
    }
}

fn rect(out: &mut String, (x, y): (usize, usize), (width, height): (usize, usize), color: Rgb) {
    let sharp = "shape-rendering=\"crispEdges\"";
    let _ = writeln!(
        out,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{}\" {sharp}/>",
        hex(color)
    );
}

const fn place(x: usize, y: usize) -> (usize, usize) {
    (MARGIN + x * CELL.0, MARGIN + y * CELL.1)
}

fn ink(cell: &Cell, palette: &Palette) -> Ink {
    let text = palette.color(cell.fg).unwrap_or(palette.text);
    let behind = palette.color(cell.bg).unwrap_or(palette.background);
    let has = |modifier| cell.modifier.contains(modifier);
    let (text, behind) = if has(Modifier::REVERSED) { (behind, text) } else { (text, behind) };
    let text = if has(Modifier::DIM) { text.dimmed(behind) } else { text };
    Ink { text, behind, bold: has(Modifier::BOLD), underlined: has(Modifier::UNDERLINED) }
}

fn hex(color: Rgb) -> String {
    format!("#{:06x}", color.0)
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::{Modifier, Style};

    use super::super::palette::BLACK;
    use super::svg;

    #[test]
    fn every_glyph_has_the_place_of_its_cell() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        buffer.set_string(0, 0, "a审<b ─", Style::new());
        let picture = svg(&buffer, &BLACK, None);
        assert!(picture.contains("<text x=\"10 22 40 50\" y=\"25\" fill=\"#e5e5e5\">a审&lt;b</text>"), "{picture}");
        assert!(picture.contains("<rect x=\"70\" y=\"20\" width=\"10\" height=\"1\""), "{picture}");
    }

    #[test]
    fn reversed_text_has_a_field_of_its_width() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        buffer.set_string(2, 0, "审批", Style::new().add_modifier(Modifier::REVERSED));
        let picture = svg(&buffer, &BLACK, Some((1, 0)));
        assert!(picture.contains("<rect x=\"30\" y=\"10\" width=\"40\" height=\"20\" fill=\"#e5e5e5\""), "{picture}");
        assert!(picture.contains("fill=\"#000000\">审批</text>"), "{picture}");
        assert!(picture.contains("<rect x=\"20\" y=\"10\" width=\"2\" height=\"20\""), "{picture}");
    }
}
