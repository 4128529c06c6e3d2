//! A long text of which only the lines on screen are built.

use ratatui::text::Line;

use super::render_context::RenderContext;
use super::text_layout;
use super::theme::StyleRole;

/// The parts of a text, each with its number of lines.
#[derive(Default)]
pub(super) struct LongText<'t> {
    parts: Vec<(usize, Part<'t>)>,
}

enum Part<'t> {
    Line(Line<'static>),
    /// A line that is built when it is on screen.
    Lazy(Box<dyn FnOnce() -> Line<'static> + 't>),
    /// Wrapped text in one style; see [`RenderContext::wrapped`].
    Wrapped {
        role: StyleRole,
        text: std::borrow::Cow<'t, str>,
        indent: usize,
        columns: usize,
    },
}

impl<'t> LongText<'t> {
    pub(super) fn line(&mut self, line: Line<'static>) {
        self.parts.push((1, Part::Line(line)));
    }

    pub(super) fn lazy(&mut self, build: impl FnOnce() -> Line<'static> + 't) {
        self.parts.push((1, Part::Lazy(Box::new(build))));
    }

    pub(super) fn wrapped(
        &mut self,
        role: StyleRole,
        text: impl Into<std::borrow::Cow<'t, str>>,
        indent: usize,
        columns: usize,
    ) {
        let text = text.into();
        let height = text_layout::height(&text, columns.saturating_sub(indent));
        self.parts.push((height, Part::Wrapped { role, text, indent, columns }));
    }

    /// Takes the last line away.
    pub(super) fn pop(&mut self) {
        self.parts.pop();
    }

    /// All lines, on screen or not.
    pub(super) fn lines(&self) -> usize {
        self.parts.iter().map(|(height, _)| height).sum()
    }

    /// The lines from `first` on, at most `rows` of them.
    pub(super) fn window(self, context: &RenderContext<'_>, first: usize, rows: usize) -> Vec<Line<'static>> {
        let mut above = first;
        let mut lines = Vec::new();
        for (height, part) in self.parts {
            if lines.len() >= rows {
                break;
            }
            if above >= height {
                above -= height;
                continue;
            }
            match part {
                Part::Line(line) => lines.push(line),
                Part::Lazy(build) => lines.push(build()),
                Part::Wrapped { role, text, indent, columns } => {
                    let left = rows - lines.len();
                    lines.extend(context.wrapped_window(role, &text, indent, columns, (above, left)));
                }
            }
            above = 0;
        }
        lines
    }
}

impl FromIterator<Line<'static>> for LongText<'_> {
    fn from_iter<I: IntoIterator<Item = Line<'static>>>(lines: I) -> Self {
        Self { parts: lines.into_iter().map(|line| (1, Part::Line(line))).collect() }
    }
}
