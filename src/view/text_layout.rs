//! All arithmetic of columns: how wide text is, how it is cut, filled up and wrapped.
//!
//! Width is that of grapheme clusters, as ratatui draws them. Control characters never pass: text that enters here may
//! be the platform's.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;

use ratatui::text::{Line, Span};
use textwrap::{Options, WordSeparator, WordSplitter, WrapAlgorithm};
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::text::review::JOINER;

const ELLIPSIS: &str = "…";
/// Wrapped texts that are remembered; then all are forgotten.
const REMEMBERED: usize = 16_384;
/// Bytes from which a text's wrapped lines are remembered, and not only their number.
const LONG: usize = 4_096;
/// Wrapped long texts that are remembered.
const LONG_REMEMBERED: usize = 8;

thread_local! {
    /// Results of [`wrap`], which depend on the text and the columns alone: a page of comments is wrapped once, not once a
    /// frame.
    static WRAPPED: RefCell<WrapMemo> = RefCell::default();
}

/// A text by hash and length, and the columns.
type WrapKey = (u64, usize, usize);

#[derive(Default)]
struct WrapMemo {
    hasher: RandomState,
    heights: HashMap<WrapKey, usize>,
    long: HashMap<WrapKey, Rc<[String]>>,
}

impl WrapMemo {
    fn key(&self, text: &str, columns: usize) -> WrapKey {
        (self.hasher.hash_one(text), text.len(), columns)
    }

    fn height(&mut self, text: &str, columns: usize) -> usize {
        let key = self.key(text, columns);
        if let Some(height) = self.heights.get(&key) {
            return *height;
        }
        let height = if text.len() < LONG { wrap(text, columns).len() } else { self.long(text, columns).len() };
        if self.heights.len() >= REMEMBERED {
            self.heights.clear();
        }
        self.heights.insert(key, height);
        height
    }

    fn long(&mut self, text: &str, columns: usize) -> Rc<[String]> {
        let key = self.key(text, columns);
        if let Some(lines) = self.long.get(&key) {
            return Rc::clone(lines);
        }
        if self.long.len() >= LONG_REMEMBERED {
            self.long.clear();
        }
        let lines: Rc<[String]> = wrap(text, columns).into();
        self.long.insert(key, Rc::clone(&lines));
        lines
    }
}

/// Columns that `text` takes on screen.
#[must_use]
pub fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.bytes().filter(|byte| !byte.is_ascii_control()).count();
    }
    text.graphemes(true).map(grapheme_width).sum()
}

fn grapheme_width(grapheme: &str) -> usize {
    if grapheme.chars().any(char::is_control) { 0 } else { grapheme.width() }
}

/// `text` without control characters; line breaks and tabs become a space.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(char::is_control) {
        return text.into();
    }
    text.chars()
        .filter_map(|character| match character {
            '\n' | '\t' => Some(' '),
            other if other.is_control() => None,
            other => Some(other),
        })
        .collect()
}

/// At most `columns` columns of `text`; an ellipsis stands for the rest.
#[must_use]
pub fn cut(text: &str, columns: usize) -> Cow<'_, str> {
    let text = printable(text);
    if width(&text) <= columns {
        return text;
    }
    let Some(room) = columns.checked_sub(width(ELLIPSIS)) else { return "".into() };
    let mut kept = without_part_of_figure(&text, take(&text, room)).to_owned();
    kept.push_str(ELLIPSIS);
    kept.into()
}

/// `start` of `text` without the figure that ends behind it: the first digits of a figure are another one.
fn without_part_of_figure<'t>(text: &str, start: &'t str) -> &'t str {
    let in_figure = |character: char| character.is_numeric() || matches!(character, '.' | ',');
    let goes_on = text.get(start.len()..).is_some_and(|rest| rest.starts_with(in_figure));
    if goes_on { start.trim_end_matches(in_figure) } else { start }
}

/// The longest start of `text` that fits `columns` columns.
fn take(text: &str, columns: usize) -> &str {
    let mut used = 0;
    let mut end = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme_width(grapheme);
        if used > columns {
            break;
        }
        end = at + grapheme.len();
    }
    text.get(..end).unwrap_or("")
}

/// As [`cut`], with no part of a word before the mark; empty where not even the first word fits.
#[must_use]
pub fn cut_between_words(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let line = wrap(text, columns.saturating_sub(1)).into_iter().next().unwrap_or_default();
    let rest = text.strip_prefix(&*line).unwrap_or_default();
    let within_word = |c: char| c.is_ascii_alphanumeric();
    if line.is_empty() || (line.ends_with(within_word) && rest.starts_with(within_word)) {
        return String::new();
    }
    format!("{line}…")
}

/// Exactly `columns` columns: cut, or filled up with spaces on the right.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    let mut padded = cut(text, columns).into_owned();
    let missing = columns.saturating_sub(width(&padded));
    padded.extend(std::iter::repeat_n(' ', missing));
    padded
}

/// Exactly `columns` columns, filled up on the left.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    let kept = cut(text, columns);
    let missing = columns.saturating_sub(width(&kept));
    format!("{}{kept}", " ".repeat(missing))
}

/// Lines of at most `columns` columns, broken by the rules of UAX 14: no line begins with a full stop, and names held
/// together by joiners stay whole as long as a line can hold them.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(2);
    let options = Options::new(columns)
        .word_separator(WordSeparator::UnicodeBreakProperties)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let paragraph = printable(paragraph);
        for line in textwrap::wrap(&paragraph, &options) {
            let line = if line.contains([JOINER, '\u{A0}']) {
                line.replace(JOINER, "").replace('\u{A0}', " ")
            } else {
                line.into_owned()
            };
            push_fitting(line, columns, &mut lines);
        }
    }
    lines
}

/// The number of lines that [`wrap`] makes of a text.
#[must_use]
pub fn height(text: &str, columns: usize) -> usize {
    // By characters, as textwrap measures: never less than by clusters.
    if text.len() <= columns * 3 && !text.contains(char::is_control) && text.width() <= columns {
        return 1;
    }
    WRAPPED.with_borrow_mut(|memo| memo.height(text, columns))
}

/// The wrapped lines of a text from `first` on, at most `rows` of them.
#[must_use]
pub fn wrap_window(text: &str, columns: usize, first: usize, rows: usize) -> Vec<String> {
    if text.len() < LONG {
        return wrap(text, columns).into_iter().skip(first).take(rows).collect();
    }
    let lines = WRAPPED.with_borrow_mut(|memo| memo.long(text, columns));
    lines.iter().skip(first).take(rows).cloned().collect()
}

/// The same in at most `rows` lines; the last one shows that there is more.
#[must_use]
pub fn wrap_in(text: &str, columns: usize, rows: usize) -> Vec<String> {
    let mut lines = wrap(text, columns);
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            *last = cut(&format!("{last}…"), columns).into_owned();
        }
    }
    lines
}

/// textwrap adds up characters, the screen counts grapheme clusters: a line that is too wide all the same is divided.
fn push_fitting(line: String, columns: usize, lines: &mut Vec<String>) {
    let mut rest = line.as_str();
    while width(rest) > columns {
        let start = take(rest, columns);
        if start.is_empty() {
            break;
        }
        lines.push(start.to_owned());
        rest = rest.get(start.len()..).unwrap_or("");
    }
    lines.push(if rest.len() == line.len() { line } else { rest.to_owned() });
}

/// A line cut to `columns` columns; its styles stay.
#[must_use]
pub fn cut_line(line: Line<'_>, columns: usize) -> Line<'_> {
    let mut used = 0;
    let mut spans: Vec<Span<'_>> = Vec::with_capacity(line.spans.len());
    let total: usize = line.spans.iter().map(|span| width(&span.content)).sum();
    if total <= columns {
        return line;
    }
    for span in line.spans {
        let room = columns.saturating_sub(used);
        let wide = width(&span.content);
        if used + wide < columns {
            used += wide;
            spans.push(span);
            continue;
        }
        let content = match cut(&span.content, room.saturating_sub(1)) {
            whole if whole.ends_with(ELLIPSIS) => whole.into_owned(),
            whole => format!("{whole}{ELLIPSIS}"),
        };
        spans.push(Span::styled(if room == 0 { String::new() } else { content }, span.style));
        break;
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::text::{Line, Span};

    use super::{cut, cut_line, height, pad, pad_left, width, wrap, wrap_in, wrap_window};
    use crate::text::review::unbroken;

    #[test]
    fn what_does_not_fit_in_its_rows_ends_between_words_where_there_is_room_for_the_mark() {
        let text = "The form could not be submitted";
        assert_eq!(wrap_in(text, 10, 2), ["The form", "could not…"]);
        assert_eq!(wrap_in(text, 9, 2), ["The form", "could no…"]);
        assert_eq!(wrap_in(text, 80, 1), [text]);
        assert!(wrap_in(text, 10, 0).is_empty());
    }

    #[test]
    fn wide_glyphs_are_never_halved() {
        assert_eq!(cut("审批收件箱", 6), "审批…");
        assert_eq!(width(&cut("审批收件箱", 6)), 5);
        assert_eq!(pad("审批收件箱", 6), "审批… ");
        assert_eq!(pad("审批", 6), "审批  ");
        assert_eq!(pad_left("12", 5), "   12");
        assert_eq!(cut("审批", 0), "");
    }

    #[test]
    fn no_part_of_a_figure_is_left_when_it_is_cut() {
        for (text, columns, left) in [
            ("婚假 10 天", 7, "婚假 …"),
            ("婚假 10 天", 8, "婚假 10…"),
            ("验证环境 290000.00 元", 15, "验证环境 …"),
            ("1,234,567.10 元", 9, "…"),
            ("2026-04-24 至", 9, "2026-04-…"),
            ("0.5 天", 4, "0.5…"),
            ("0.5 天", 3, "…"),
        ] {
            assert_eq!(cut(text, columns), left, "{text} in {columns}");
        }
    }

    #[test]
    fn no_line_begins_with_a_full_stop_and_names_stay_whole() {
        assert_eq!(wrap("已和张伟确认。附件已盖章。", 12), ["已和张伟确", "认。附件已盖", "章。"]);
        assert_eq!(wrap(&format!("同意 {} 的休假", unbroken("欧阳建国")), 8), ["同意", "欧阳建国", "的休假"]);
        assert_eq!(wrap("一\n\n二", 10), ["一", "", "二"]);
    }

    #[test]
    fn a_line_of_spans_is_cut_once() {
        let line = Line::from(vec![Span::raw("张伟 "), Span::raw("休假申请"), Span::raw(" 三天")]);
        let cut: String = cut_line(line, 9).spans.iter().map(|span| span.content.to_string()).collect();
        assert_eq!(cut, "张伟 休…");
    }

    proptest! {
        #[test]
        fn any_text_keeps_its_columns_and_no_control_character(text in any::<String>(), columns in 0_usize..60) {
            prop_assert!(width(&cut(&text, columns)) <= columns);
            prop_assert_eq!(width(&pad(&text, columns)), columns);
            prop_assert_eq!(width(&pad_left(&text, columns)), columns);
            prop_assert!(!pad(&text, columns).contains(char::is_control));
            for line in wrap(&text, columns) {
                prop_assert!(width(&line) <= columns.max(2), "{:?}", line);
                prop_assert!(!line.contains(char::is_control));
            }
        }

        #[test]
        fn a_height_is_the_number_of_wrapped_lines(
            texts in prop::collection::vec("[a-z审批。，👩 \n\t]{0,60}", 1..4),
            repeats in prop::sample::select(vec![1_usize, 40]),
            columns in 0_usize..40,
            first in 0_usize..9,
        ) {
            for text in texts.iter().map(|text| text.repeat(repeats)) {
                let lines = wrap(&text, columns);
                for _ in 0..2 {
                    prop_assert_eq!(height(&text, columns), lines.len());
                    let window: Vec<_> = lines.iter().skip(first).take(3).cloned().collect();
                    prop_assert_eq!(wrap_window(&text, columns, first, 3), window);
                }
            }
        }

        #[test]
        fn any_spans_are_cut_to_their_columns(texts in prop::collection::vec(any::<String>(), 0..5), columns in 0_usize..40) {
            let line = Line::from(texts.into_iter().map(Span::raw).collect::<Vec<_>>());
            let total: usize = cut_line(line, columns).spans.iter().map(|span| width(&span.content)).sum();
            prop_assert!(total <= columns);
        }

        #[test]
        fn wrapping_loses_no_character(text in "[a-z审批。，👩 ]{0,80}", columns in 2_usize..30) {
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&wrap(&text, columns).concat()), squeeze(&text));
        }
    }
}
