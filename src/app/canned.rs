//! Canned reasons: in an empty reason a digit inserts one of them and opens its review, unless the next keys show that
//! the digit was meant.

use std::time::Duration;

use super::editor::Editor;
use super::message::TextKey;
use crate::domain::Instant;

/// Keys in quicker succession belong to one word; a user who chooses a reason looks at it first.
const QUICK: Duration = Duration::from_millis(300);
/// Characters that continue a number besides letters and digits: dates, times, spans, items of a list. A comma
/// continues a reason at any pace.
const GOES_ON: &str = "-~/.:%)）、";

/// The digits in whose place a canned reason stands, from their stroke to the next one. More than one when they came in
/// quick succession: the reason is that of the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CannedDigits {
    digits: String,
    at: Instant,
}

impl CannedDigits {
    /// Without a key until then, the reason is meant.
    pub(super) fn ends(&self) -> Instant {
        self.at + QUICK
    }

    fn put_back(&self, editor: &mut Editor) {
        editor.clear();
        editor.insert(&self.digits);
    }
}

/// Edits a reason. `before` are the digits whose canned reason was just inserted; returns those that still stand so.
pub(super) fn edit(
    editor: &mut Editor,
    key: TextKey,
    before: Option<CannedDigits>,
    reasons: &[String],
    now: Instant,
) -> Option<CannedDigits> {
    let quick = before.as_ref().is_some_and(|before| now.since(before.at) < QUICK);
    match (key, before) {
        (TextKey::Insert(digit), before) if before.is_some() || editor.is_empty() => {
            let Some(reason) = reason_of(reasons, digit) else {
                if let Some(before) = before.filter(|_| quick && goes_on(digit)) {
                    before.put_back(editor);
                }
                editor.edit(key);
                return None;
            };
            editor.clear();
            editor.insert(reason);
            let earlier = before.filter(|_| quick).map_or(String::new(), |before| before.digits);
            Some(CannedDigits { digits: format!("{earlier}{digit}"), at: now })
        }
        (TextKey::Backspace, Some(before)) => {
            before.put_back(editor);
            None
        }
        _ => {
            editor.edit(key);
            None
        }
    }
}

fn goes_on(character: char) -> bool {
    character.is_ascii_alphanumeric() || GOES_ON.contains(character)
}

fn reason_of(reasons: &[String], digit: char) -> Option<&str> {
    let number = digit.to_digit(10)?.checked_sub(1)?;
    reasons.get(usize::try_from(number).ok()?).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::edit;
    use crate::app::editor::{Editor, Lines};
    use crate::app::message::TextKey;
    use crate::domain::Instant;

    /// Text of the field after these characters with this pause between them, in milliseconds.
    fn typed(characters: &str, pause: u64) -> String {
        let reasons = ["材料不全".to_owned(), "与排班冲突".to_owned()];
        let mut editor = Editor::new("", Lines::Many);
        let mut digits = None;
        for (character, at) in characters.chars().zip((1000..).step_by(usize::try_from(pause).expect("short"))) {
            digits = edit(&mut editor, TextKey::Insert(character), digits, &reasons, Instant(at));
        }
        editor.text()
    }

    #[test]
    fn marks_of_a_list_go_on_with_a_number_and_those_of_a_sentence_with_a_reason() {
        for quick in [1, 100, 299] {
            for item in ["1、缺发票", "2）缺合同", "1.缺发票", "10-08", "12:30"] {
                assert_eq!(typed(item, quick), item);
            }
        }
        for pause in [1, 100, 299, 300, 5000] {
            for more in ["，请补充", ",请补充", "。", ";", " and", "另外请补"] {
                assert_eq!(typed(&format!("1{more}"), pause), format!("材料不全{more}"));
            }
        }
    }

    #[test]
    fn a_number_that_is_typed_slowly_takes_its_digits_one_by_one() {
        assert_eq!(typed("10-08", 300), "材料不全0-08");
        assert_eq!(typed("12", 300), "与排班冲突");
    }
}
