//! The bytes of a frame: a backend for ratatui that sends few bytes, in one write.
//!
//! The stock backend moves the cursor after every wide character, because it expects the next cell one column on, and
//! resets the style at the end of every frame. On a Chinese screen over a slow line that is most of the output. This
//! one knows the cursor's place, takes the shortest way to the next cell, clears the rest of a row with one sequence,
//! sends only differences of style, and nothing for an unchanged frame.

use std::fmt::Write as _;
use std::io::{self, Write};

use icu_properties::CodePointSetData;
use icu_properties::props::ExtendedPictographic;
use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};
use ratatui::style::{Color, Modifier};
use unicode_width::UnicodeWidthStr;

/// Blank cells at the end of a row from which clearing the rest costs less than writing them.
const WORTH_CLEARING: usize = 4;

/// A terminal that is written to once a frame. Never asks the terminal anything.
#[derive(Debug)]
pub struct MinimalBackend<W> {
    writer: W,
    out: String,
    /// Where the terminal's cursor is; `None` after something that terminals measure differently.
    cursor: Option<Position>,
    cursor_shown: Option<bool>,
    style: CellStyle,
    size: Size,
}

/// The style that the terminal writes with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct CellStyle {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

const PLAIN: CellStyle = CellStyle { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() };

impl<W: Write> MinimalBackend<W> {
    pub const fn new(writer: W, size: Size) -> Self {
        Self { writer, out: String::new(), cursor: None, cursor_shown: None, style: PLAIN, size }
    }

    /// The terminal has this size now.
    pub const fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// Another program wrote to the terminal: cursor and style are unknown.
    pub fn forget(&mut self) {
        self.cursor = None;
        self.cursor_shown = None;
        self.out.push_str("\x1b[0m");
        self.style = PLAIN;
    }

    fn move_to(&mut self, to: Position) {
        let Position { x, y } = to;
        match self.cursor {
            Some(at) if at == to => {}
            Some(at) if at.y == y && at.x < x => self.sequence(&[x - at.x], 'C'),
            Some(at) if at.y == y && x > 0 && at.x > x => self.sequence(&[at.x - x], 'D'),
            Some(at) if x == 0 && at.y == y => self.out.push('\r'),
            Some(at) if x == 0 && at.y + 1 == y => self.out.push_str("\r\n"),
            _ => self.sequence(&[y + 1, x + 1], 'H'),
        }
        self.cursor = Some(to);
    }

    /// A control sequence; a single 1 is left out, as it is the default.
    fn sequence(&mut self, numbers: &[u16], end: char) {
        self.out.push_str("\x1b[");
        if numbers != [1] {
            for (index, number) in numbers.iter().enumerate() {
                if index > 0 {
                    self.out.push(';');
                }
                // Writing to a string cannot fail.
                let _ = write!(self.out, "{number}");
            }
        }
        self.out.push(end);
    }

    fn set_style(&mut self, style: CellStyle) {
        if style == self.style {
            return;
        }
        let mut codes: Vec<String> = Vec::new();
        let mut from = self.style;
        if !(from.modifier - style.modifier).is_empty() || (style == PLAIN) {
            codes.push("0".to_owned());
            from = PLAIN;
        }
        for (modifier, code) in MODIFIERS {
            if (style.modifier - from.modifier).contains(modifier) {
                codes.push(code.to_owned());
            }
        }
        if style.fg != from.fg {
            codes.push(color(style.fg, 30));
        }
        if style.bg != from.bg {
            codes.push(color(style.bg, 40));
        }
        let codes = codes.join(";");
        let codes = if codes == "0" { "" } else { &codes };
        let _ = write!(self.out, "\x1b[{codes}m");
        self.style = style;
    }

    fn write_cell(&mut self, x: u16, y: u16, cell: &Cell) {
        self.move_to(Position { x, y });
        self.set_style(style_of(cell));
        let symbol = cell.symbol();
        self.out.push_str(symbol);
        let width = u16::try_from(symbol.width()).unwrap_or(1);
        let next = x + width.max(1);
        self.cursor = (is_plain(symbol) && next < self.size.width).then_some(Position { x: next, y });
    }

    fn row(&mut self, y: u16, cells: &[(u16, &Cell)]) {
        let blanks = trailing_blanks(cells, self.size.width);
        let (written, cleared) = cells.split_at(cells.len() - blanks);
        for (x, cell) in written {
            self.write_cell(*x, y, cell);
        }
        if let Some((x, _)) = cleared.first() {
            self.move_to(Position { x: *x, y });
            self.set_style(PLAIN);
            self.out.push_str("\x1b[K");
        }
    }
}

const MODIFIERS: [(Modifier, &str); 8] = [
    (Modifier::BOLD, "1"),
    (Modifier::DIM, "2"),
    (Modifier::ITALIC, "3"),
    (Modifier::UNDERLINED, "4"),
    (Modifier::SLOW_BLINK, "5"),
    (Modifier::REVERSED, "7"),
    (Modifier::HIDDEN, "8"),
    (Modifier::CROSSED_OUT, "9"),
];

fn style_of(cell: &Cell) -> CellStyle {
    CellStyle { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
}

/// The SGR number of a colour; `base` is 30 for the foreground, 40 for the background.
fn color(color: Color, base: u8) -> String {
    let number = match color {
        Color::Reset => base + 9,
        Color::Black => base,
        Color::Red => base + 1,
        Color::Green => base + 2,
        Color::Yellow => base + 3,
        Color::Blue => base + 4,
        Color::Magenta => base + 5,
        Color::Cyan => base + 6,
        Color::Gray => base + 7,
        Color::DarkGray => base + 60,
        Color::LightRed => base + 61,
        Color::LightGreen => base + 62,
        Color::LightYellow => base + 63,
        Color::LightBlue => base + 64,
        Color::LightMagenta => base + 65,
        Color::LightCyan => base + 66,
        Color::White => base + 67,
        Color::Indexed(index) => return format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => return format!("{};2;{red};{green};{blue}", base + 8),
    };
    number.to_string()
}

/// One code point that all terminals measure alike: after it, the cursor's place is known.
fn is_plain(symbol: &str) -> bool {
    let mut characters = symbol.chars();
    let (Some(character), None) = (characters.next(), characters.next()) else { return false };
    character.is_ascii() || !CodePointSetData::new::<ExtendedPictographic>().contains(character)
}

/// How many cells at the end of a row's changes are blank in the terminal's own colours and reach the last column,
/// if they are worth clearing.
fn trailing_blanks(cells: &[(u16, &Cell)], width: u16) -> usize {
    let mut expected = width;
    let count = cells
        .iter()
        .rev()
        .take_while(|(x, cell)| {
            let adjoins = x + 1 == expected;
            expected = *x;
            adjoins && cell.symbol() == " " && cell.bg == Color::Reset && !cell.modifier.intersects(VISIBLE_ON_BLANK)
        })
        .count();
    if count >= WORTH_CLEARING { count } else { 0 }
}

const VISIBLE_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

impl<W: Write> Backend for MinimalBackend<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut cells: Vec<(u16, &Cell)> = Vec::new();
        let mut row = None;
        for (x, y, cell) in content {
            if row != Some(y) {
                if let Some(y) = row {
                    self.row(y, &cells);
                }
                cells.clear();
                row = Some(y);
            }
            cells.push((x, cell));
        }
        if let Some(y) = row {
            self.row(y, &cells);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown != Some(false) {
            self.out.push_str("\x1b[?25l");
            self.cursor_shown = Some(false);
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.cursor_shown != Some(true) {
            self.out.push_str("\x1b[?25h");
            self.cursor_shown = Some(true);
        }
        Ok(())
    }

    /// The known place, never the terminal's answer: a late one would arrive as key presses.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.move_to(position.into());
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.set_style(PLAIN);
        self.out.push_str(match clear_type {
            ClearType::All => "\x1b[2J",
            ClearType::AfterCursor => "\x1b[J",
            ClearType::BeforeCursor => "\x1b[1J",
            ClearType::CurrentLine => "\x1b[2K",
            ClearType::UntilNewLine => "\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok(self.size)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size, pixels: Size::default() })
    }

    /// One write for the whole frame, none when nothing changed.
    fn flush(&mut self) -> io::Result<()> {
        if self.out.is_empty() {
            return Ok(());
        }
        let written = self.writer.write_all(self.out.as_bytes()).and_then(|()| self.writer.flush());
        self.out.clear();
        written
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::Terminal;
    use ratatui::layout::{Rect, Size};
    use ratatui::style::{Color, Modifier, Style};
    use ratatui::{TerminalOptions, Viewport};

    use super::MinimalBackend;

    const SIZE: Size = Size { width: 24, height: 4 };

    fn terminal() -> Terminal<MinimalBackend<Vec<u8>>> {
        let area = Rect::new(0, 0, SIZE.width, SIZE.height);
        let options = TerminalOptions { viewport: Viewport::Fixed(area) };
        Terminal::with_options(MinimalBackend::new(Vec::new(), SIZE), options).expect("a terminal in memory")
    }

    fn frame(terminal: &mut Terminal<MinimalBackend<Vec<u8>>>, lines: &[(String, Style)]) -> Vec<u8> {
        terminal.backend_mut().writer.clear();
        terminal
            .draw(|frame| {
                for (y, (line, style)) in (0..SIZE.height).zip(lines) {
                    frame.buffer_mut().set_stringn(0, y, line, usize::from(SIZE.width), *style);
                }
            })
            .expect("drawing into memory");
        terminal.backend().writer.clone()
    }

    fn plain(lines: &[&str]) -> Vec<(String, Style)> {
        lines.iter().map(|line| ((*line).to_owned(), Style::default())).collect()
    }

    #[test]
    fn a_frame_in_which_nothing_changed_writes_nothing() {
        let mut terminal = terminal();
        let lines = plain(&["待办 24", "张伟 年假"]);
        assert!(!frame(&mut terminal, &lines).is_empty());
        assert_eq!(frame(&mut terminal, &lines), b"");
    }

    #[test]
    fn wide_characters_follow_each_other_without_cursor_moves() {
        let mut terminal = terminal();
        frame(&mut terminal, &plain(&[""]));
        let bytes = frame(&mut terminal, &plain(&["审批收件箱"]));
        assert_eq!(String::from_utf8_lossy(&bytes), "\x1b[1;1H审批收件箱");
    }

    #[test]
    fn the_marker_moves_down_in_a_few_bytes() {
        let mut terminal = terminal();
        frame(&mut terminal, &plain(&["> one", "  two"]));
        let bytes = frame(&mut terminal, &plain(&["  one", "> two"]));
        assert!(bytes.len() <= 12, "{:?}", String::from_utf8_lossy(&bytes));
    }

    fn styles() -> impl Strategy<Value = Style> {
        (
            prop::sample::select(vec![Color::Reset, Color::Red, Color::Indexed(240), Color::LightCyan]),
            prop::sample::select(vec![Color::Reset, Color::Blue]),
            prop::sample::select(vec![Modifier::empty(), Modifier::BOLD, Modifier::UNDERLINED | Modifier::DIM]),
        )
            .prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
    }

    proptest! {
        /// After any earlier screen, a terminal shows text and style of every cell of the frame.
        #[test]
        fn a_terminal_shows_the_frame(frames in prop::collection::vec(
            prop::collection::vec(("[a-z 审批张伟（），é─▸]{0,26}", styles()), 4), 1..5)
        ) {
            let mut terminal = terminal();
            let mut screen = vt100::Parser::new(SIZE.height, SIZE.width, 0);
            for lines in &frames {
                screen.process(&frame(&mut terminal, lines));
                let mut fresh = Terminal::with_options(
                    ratatui::backend::TestBackend::new(SIZE.width, SIZE.height),
                    TerminalOptions { viewport: Viewport::Fixed(Rect::new(0, 0, SIZE.width, SIZE.height)) },
                ).expect("a terminal in memory");
                fresh.draw(|frame| {
                    for (y, (line, style)) in (0..SIZE.height).zip(lines) {
                        frame.buffer_mut().set_stringn(0, y, line, usize::from(SIZE.width), *style);
                    }
                }).expect("drawing into memory");
                let wanted = fresh.backend().buffer();
                for y in 0..SIZE.height {
                    let mut x = 0;
                    while x < SIZE.width {
                        let cell = &wanted[(x, y)];
                        let shown = screen.screen().cell(y, x).expect("a cell of the screen");
                        let text = if shown.contents().is_empty() { " " } else { shown.contents() };
                        prop_assert_eq!(text, cell.symbol(), "at {},{}", x, y);
                        if cell.symbol() != " " {
                            prop_assert_eq!(shown.bold(), cell.modifier.contains(Modifier::BOLD));
                            prop_assert_eq!(shown.underline(), cell.modifier.contains(Modifier::UNDERLINED));
                        }
                        x += if shown.is_wide() { 2 } else { 1 };
                    }
                }
            }
        }
    }
}
