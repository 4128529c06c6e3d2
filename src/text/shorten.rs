//! Names that are too long for their place: beginning and end stay, a mark stands between them.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Forbids a line break (UAX 14, WJ); has no width.
pub const JOINER: char = '\u{2060}';

const MARK: &str = "…";

/// `text` in at most `columns` columns, its middle left out. The end tells one name of a series from the next.
#[must_use]
pub fn middle(text: &str, columns: usize) -> Cow<'_, str> {
    if text.width() <= columns {
        return text.into();
    }
    let room = columns.saturating_sub(MARK.width());
    let start = taken(text.graphemes(true), room - room / 2);
    let end = taken(text.graphemes(true).rev(), room / 2);
    let (head, tail) = (text.get(..start).unwrap_or_default(), text.get(text.len() - end..).unwrap_or_default());
    format!("{}{MARK}{}", without_figure(head, str::trim_end_matches), without_figure(tail, str::trim_start_matches))
        .into()
}

/// Bytes of the graphemes that fit into `columns`.
fn taken<'t>(graphemes: impl Iterator<Item = &'t str>, columns: usize) -> usize {
    let mut used = 0;
    let fit = graphemes.take_while(|grapheme| {
        used += grapheme.width();
        used <= columns
    });
    fit.map(str::len).sum()
}

/// `part` without the digits at the mark: a part of a figure is another figure. A name of digits alone keeps them.
fn without_figure(part: &str, trim: impl Fn(&str, fn(char) -> bool) -> &str) -> &str {
    let kept = trim(part, |character| character.is_numeric() || matches!(character, '.' | ','));
    if kept.is_empty() { part } else { kept }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::middle;

    #[test]
    fn beginning_and_end_stay_and_a_mark_stands_between() {
        assert_eq!(middle("张伟", 4), "张伟");
        assert_eq!(middle("abcdefgh", 7), "abc…fgh");
        assert_eq!(middle("一二三四五六七八", 11), "一二…七八");
    }

    #[test]
    fn no_part_of_a_figure_stands_beside_the_mark() {
        assert_eq!(middle("Budget 123456789 of 2026", 19), "Budget …9 of 2026".replace('9', ""));
        assert_eq!(middle("76150000000012345", 9), "7615…2345", "digits alone keep them");
    }

    proptest! {
        #[test]
        fn it_fits_whatever_it_is_made_of(text in "\\PC{0,60}", columns in 1_usize..40) {
            let short = middle(&text, columns);
            prop_assert!(short.width() <= columns, "{short}");
            prop_assert_eq!(text.width() <= columns, short == text);
        }
    }
}
