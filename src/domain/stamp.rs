//! The fingerprint of a request, so that "changed since it was opened" is one comparison, and so that the journal can
//! say for ever which content a decision was made on.
//!
//! It covers the content as it is shown *and* the answer as it was received ([`Received`]): a change that cannot be
//! shown is a change. The encoding is fixed: each text with its length before it, each number in eight bytes. One
//! request gives one fingerprint in every later version, or [`VERSION`] rises.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::form::{Form, Value};
use super::process::{Done, Todo};
use super::{CleanText, Field, I18n, Millis, PersonId, Process, Received};

/// Rises when the encoding changes: stamps of different versions cannot be compared.
pub const VERSION: u8 = 2;

/// The first 16 bytes of the SHA-256 of the content: names and status, summary, open and finished tasks, comments, the
/// form if present, and the fingerprints of both answers. Copies and links are left out: addresses are not content.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp(pub [u8; 16]);

impl Stamp {
    /// `form` is `None` while none was shown, or when the flow has none to read.
    #[must_use]
    pub fn of(process: &Process, form: Option<&Form>) -> Self {
        let mut content = Content(Sha256::new_with_prefix([VERSION]));
        content.process(process);
        match form {
            None => content.number(0),
            Some(form) => {
                content.fields(&form.fields);
                content.received(form.received);
            }
        }
        content.stamp()
    }

    /// The same for two values exactly where both add the same to the stamp of a case. Never written down.
    #[must_use]
    pub(super) fn of_value(value: &Value) -> Self {
        let mut content = Content(Sha256::new_with_prefix([VERSION]));
        content.value(value);
        content.stamp()
    }

    /// Parses the output of [`Display`](fmt::Display).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut stamp = [0; 16];
        if text.len() != 32 || !text.is_ascii() {
            return None;
        }
        for (at, byte) in stamp.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(stamp))
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stamp({self})")
    }
}

struct Content(Sha256);

impl Content {
    fn stamp(self) -> Stamp {
        let mut stamp = [0; 16];
        for (byte, digest) in stamp.iter_mut().zip(self.0.finalize()) {
            *byte = digest;
        }
        Stamp(stamp)
    }

    fn number(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }

    fn count(&mut self, count: usize) {
        self.number(i64::try_from(count).unwrap_or(i64::MAX));
    }

    fn raw(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn text(&mut self, text: &CleanText) {
        self.raw(text.as_str());
    }

    fn both(&mut self, text: &I18n) {
        self.text(&text.zh);
        self.text(&text.en);
    }

    fn person(&mut self, id: Option<&PersonId>) {
        self.raw(id.map_or("", PersonId::as_str));
    }

    fn time(&mut self, at: Option<Millis>) {
        self.number(at.map_or(i64::MIN, |at| at.0));
    }

    fn process(&mut self, process: &Process) {
        self.number(process.status.number());
        self.number(process.properties.number());
        self.both(process.kind());
        self.both(process.title());
        self.person(process.initiator_id.as_ref());
        self.both(&process.initiator_name);
        self.count(process.abstracts.len());
        for line in &process.abstracts {
            self.both(&line.name);
            self.both(&line.value);
        }
        for todos in [&process.todos, &process.system_todos] {
            self.count(todos.len());
            for todo in todos {
                self.todo(todo);
            }
        }
        for done in [&process.done_list, &process.system_done_list] {
            self.count(done.len());
            for done in done {
                self.done(done);
            }
        }
        self.count(process.comments.len());
        for comment in &process.comments {
            self.person(comment.commentor_id.as_ref());
            self.time(comment.time);
            self.text(&comment.message);
            self.number(comment.file_count);
            self.number(comment.image_count);
        }
        self.received(process.received);
    }

    fn received(&mut self, Received(received): Received) {
        self.0.update(received);
    }

    fn todo(&mut self, todo: &Todo) {
        self.raw(todo.approver_id.as_str());
        self.number(todo.kind.number());
        self.person(todo.operator_id.as_ref());
        self.raw(todo.node_definition_id.as_str());
        self.both(&todo.node_name);
    }

    fn done(&mut self, done: &Done) {
        self.raw(done.approver_id.as_str());
        self.number(done.status.number());
        self.person(done.operator_id.as_ref());
        self.time(done.complete_time);
        self.text(&done.approval_opinion);
    }

    fn fields(&mut self, fields: &[Field]) {
        self.count(fields.len() + 1);
        for field in fields {
            self.text(&field.api_name);
            self.value(&field.value);
        }
    }

    /// Each kind with a number of its own. Option labels are left out: they arrive later than the values and change
    /// nothing about the case.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Empty => self.number(0),
            Value::Text(text) => self.tagged(1, text),
            Value::Number(text) => self.tagged(2, text),
            Value::Raw(text) => self.tagged(3, text),
            Value::Bool(flag) => self.numbers(4, i64::from(*flag)),
            Value::Enum { id, .. } => self.tagged(5, id),
            Value::Date(days) => self.numbers(6, *days),
            Value::DateTime { at, .. } => self.numbers(7, at.0),
            Value::I18n(text) => {
                self.number(8);
                self.both(text);
            }
            Value::Object { api_name, id } => {
                self.tagged(9, api_name);
                self.text(id);
            }
            Value::User(id) => self.named(10, id.as_str()),
            Value::Employment(id) => self.named(11, id.as_str()),
            Value::Department(id) => self.named(12, id.as_str()),
            Value::File(file) => {
                self.named(13, file.id.as_str());
                self.text(&file.name);
                self.number(file.length.unwrap_or(-1));
            }
            Value::List(values) => {
                self.number(14);
                self.count(values.len());
                for value in values {
                    self.value(value);
                }
            }
            Value::Record(fields) => {
                self.number(15);
                self.fields(fields);
            }
            Value::Broken(broken) => self.named(16, &format!("{broken:?}")),
        }
    }

    fn tagged(&mut self, tag: i64, text: &CleanText) {
        self.named(tag, text.as_str());
    }

    fn named(&mut self, tag: i64, text: &str) {
        self.number(tag);
        self.raw(text);
    }

    fn numbers(&mut self, tag: i64, number: i64) {
        self.number(tag);
        self.number(number);
    }
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    #[test]
    fn a_stamp_is_read_as_it_is_written() {
        let stamp = Stamp([0xA1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0xFF]);
        assert_eq!(stamp.to_string(), "a102030405060708090a0b0c0d0e0fff");
        assert_eq!(Stamp::parse(&stamp.to_string()), Some(stamp));
        for wrong in ["", "a1", "zz02030405060708090a0b0c0d0e0fff", "é102030405060708090a0b0c0d0e0ff"] {
            assert_eq!(Stamp::parse(wrong), None, "{wrong}");
        }
    }
}
