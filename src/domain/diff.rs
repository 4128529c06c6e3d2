//! Differences between two readings of a request, over exactly the content that a [`Stamp`](super::Stamp) covers: two
//! readings of different stamps never look alike to the approver, nor two of the same stamp different.
//!
//! Readings of thousands of values compare in little more time than stamping takes; `pairing.rs` says how the rows of a
//! list are matched and how far that search goes.

mod comparison;
mod difference;
mod pairing;
#[cfg(test)]
mod tests;

use comparison::ProcessDiff;

pub use difference::{CommentPart, DiffPlace, Difference, Item, Sequence, TaskHolder, TaskPart, ValueStep};

use super::Shown;

/// Differences of `now` from `before`, in the order of the screen. A form that is missing in `before` is not compared.
#[must_use]
pub fn differences(before: &Shown, now: &Shown) -> Vec<Difference> {
    let mut comparison = ProcessDiff::of(before, now);
    comparison.heads(&before.process, &now.process);
    comparison.abstracts(&before.process, &now.process);
    match (before.form.as_deref(), now.form.as_deref()) {
        (None, _) => {}
        (Some(old), None) => comparison.push(DiffPlace::Form, Some(Item::Fields(old.fields.len())), None),
        (Some(old), Some(new)) => comparison.forms(old, new),
    }
    comparison.tasks(&before.process, &now.process);
    comparison.comments(&before.process.comments, &now.process.comments);
    comparison.unread(&before.process.unread, &now.process.unread);
    if comparison.found.is_empty() && before.stamp() != now.as_seen_in(before).stamp() {
        comparison.push(DiffPlace::Unshown, None, None);
    }
    comparison.found
}

/// Differences of a correction from its original: the summary and, where both have been read, the form. Status, tasks
/// and comments differ by nature, and the order of fields has no meaning.
#[must_use]
pub fn correction(original: &Shown, corrected: &Shown) -> Vec<Difference> {
    let mut comparison = ProcessDiff::of(original, corrected);
    comparison.abstracts(&original.process, &corrected.process);
    if let (Some(old), Some(new)) = (&original.form, &corrected.form) {
        comparison.forms(old, new);
    }
    comparison.found.retain(|found| match &found.place {
        DiffPlace::Order(Sequence::Value(path)) => !path.is_empty(),
        DiffPlace::Order(_) => false,
        _ => true,
    });
    comparison.found
}
