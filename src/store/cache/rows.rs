//! Encoding of list rows and of names: lengths and bytes, in the order of the members. [`FORMAT`] rises with any change;
//! bytes of another format, and bytes that do not end where the last member does, are no rows.

use crate::domain::{
    ApproverId, CachedContent, CachedRow, CleanText, DepartmentId, I18n, Millis, Names, Person, PersonId, ProcessId,
    Properties, RowProjection, Seen, SeenStamps, Stamp, TaskKey,
};

/// Format of blocks, names and the list's own value.
const FORMAT: u8 = 1;

/// Bytes under way to the file.
pub(super) struct RowWriter(Vec<u8>);

impl RowWriter {
    pub fn new() -> Self {
        Self(vec![FORMAT])
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    pub fn number(&mut self, number: u64) {
        // Seven bits a byte, the lowest first.
        let mut rest = number;
        while rest >= 0x80 {
            self.0.push(u8::try_from(rest & 0x7F).unwrap_or_default() | 0x80);
            rest >>= 7;
        }
        self.0.push(u8::try_from(rest).unwrap_or_default());
    }

    pub fn count(&mut self, count: usize) {
        self.number(count as u64);
    }

    pub fn time(&mut self, at: Millis) {
        self.0.extend_from_slice(&at.0.to_be_bytes());
    }

    pub fn maybe<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.0.push(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn flag(&mut self, flag: bool) {
        self.0.push(u8::from(flag));
    }

    fn raw(&mut self, text: &str) {
        self.count(text.len());
        self.bytes(text.as_bytes());
    }

    fn text(&mut self, text: &CleanText) {
        self.number(u64::from(text.replaced()));
        self.raw(text.as_str());
    }

    fn both(&mut self, text: &I18n) {
        self.text(&text.zh);
        self.text(&text.en);
    }

    fn person(&mut self, id: &PersonId) {
        self.raw(id.as_str());
    }

    fn projection(&mut self, projection: &RowProjection) {
        let RowProjection { kind, properties, initiator_id, by_system, initiator_name, .. } = projection;
        let RowProjection { summary, node_name, waiting_since, high_care, .. } = projection;
        self.both(kind);
        self.time(Millis(properties.number()));
        self.maybe(initiator_id.as_ref(), Self::person);
        self.flag(*by_system);
        self.both(initiator_name);
        self.both(summary);
        self.both(node_name);
        self.maybe(*waiting_since, Self::time);
        self.flag(*high_care);
    }

    fn row(&mut self, row: &CachedRow) {
        self.raw(row.key.process.as_str());
        self.raw(row.key.approver.as_str());
        self.maybe(row.content.as_ref(), |to, content| {
            to.projection(&content.projection);
            to.time(content.as_of);
            to.flag(content.current);
        });
        self.number(match row.seen {
            Seen::Unopened => 0,
            Seen::Opened => 1,
            Seen::Changed => 2,
        });
        self.maybe(row.stamps, |to, stamps| {
            to.bytes(&stamps.process.0);
            to.maybe(stamps.whole, |to, whole| to.bytes(&whole.0));
        });
    }
}

/// Bytes from the file. Each method returns `None` where the bytes are no such value.
pub(super) struct RowReader<'a>(&'a [u8]);

impl<'a> RowReader<'a> {
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        match bytes.split_first()? {
            (&FORMAT, rest) => Some(Self(rest)),
            _ => None,
        }
    }

    /// Fails if bytes are left.
    pub const fn finish(self) -> Option<()> {
        if self.0.is_empty() { Some(()) } else { None }
    }

    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    pub fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A count of values that follow: never more than there are bytes.
    pub fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    pub fn time(&mut self) -> Option<Millis> {
        self.array().map(|bytes| Millis(i64::from_be_bytes(bytes)))
    }

    #[expect(clippy::option_option, reason = "unreadable, or read as present or absent")]
    pub fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { read(self).map(Some) } else { Some(None) }
    }

    fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    fn raw(&mut self) -> Option<&'a str> {
        let (text, rest) = self.count().and_then(|length| self.0.split_at_checked(length))?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn text(&mut self) -> Option<CleanText> {
        let replaced = u32::try_from(self.number()?).ok()?;
        Some(CleanText::again(self.raw()?, replaced))
    }

    fn both(&mut self) -> Option<I18n> {
        Some(I18n { zh: self.text()?, en: self.text()? })
    }

    fn person(&mut self) -> Option<PersonId> {
        self.raw().map(PersonId::new)
    }

    fn stamp(&mut self) -> Option<Stamp> {
        self.array().map(Stamp)
    }

    fn projection(&mut self) -> Option<RowProjection> {
        Some(RowProjection {
            kind: self.both()?,
            properties: Properties::from(self.time()?.0),
            initiator_id: self.maybe(Self::person)?,
            by_system: self.flag()?,
            initiator_name: self.both()?,
            summary: self.both()?,
            node_name: self.both()?,
            waiting_since: self.maybe(Self::time)?,
            high_care: self.flag()?,
        })
    }

    fn content(&mut self) -> Option<CachedContent> {
        Some(CachedContent { projection: self.projection()?, as_of: self.time()?, current: self.flag()? })
    }

    fn row(&mut self) -> Option<CachedRow> {
        Some(CachedRow {
            key: TaskKey { process: ProcessId::new(self.raw()?), approver: ApproverId::new(self.raw()?) },
            content: self.maybe(Self::content)?,
            seen: match self.number()? {
                0 => Seen::Unopened,
                1 => Seen::Opened,
                2 => Seen::Changed,
                _ => return None,
            },
            stamps: self.maybe(|from| Some(SeenStamps { process: from.stamp()?, whole: from.maybe(Self::stamp)? }))?,
        })
    }
}

pub(super) fn write_block(rows: &[CachedRow]) -> Vec<u8> {
    let mut to = RowWriter::new();
    to.count(rows.len());
    for row in rows {
        to.row(row);
    }
    to.finish()
}

pub(super) fn read_block(bytes: &[u8]) -> Option<Vec<CachedRow>> {
    let mut from = RowReader::new(bytes)?;
    let count = from.count()?;
    let rows = (0..count).map(|_| from.row()).collect::<Option<_>>()?;
    from.finish().map(|()| rows)
}

pub(super) fn write_names(names: &Names) -> Vec<u8> {
    let mut to = RowWriter::new();
    to.count(names.people.len());
    for person in names.people.values() {
        to.person(&person.id);
        to.both(&person.name);
        to.text(&person.employee_number);
        to.text(&person.email);
        to.both(&person.department);
    }
    to.count(names.departments.len());
    for (id, name) in &names.departments {
        to.raw(id.as_str());
        to.both(name);
    }
    to.count(names.objects.len());
    for ((kind, id), name) in &names.objects {
        to.text(kind);
        to.text(id);
        to.both(name);
    }
    to.finish()
}

pub(super) fn read_names(bytes: &[u8]) -> Option<Names> {
    let mut from = RowReader::new(bytes)?;
    let mut names = Names::default();
    for _ in 0..from.count()? {
        let person = Person {
            id: from.person()?,
            name: from.both()?,
            employee_number: from.text()?,
            email: from.text()?,
            department: from.both()?,
        };
        names.people.insert(person.id.clone(), person);
    }
    for _ in 0..from.count()? {
        names.departments.insert(DepartmentId::new(from.raw()?), from.both()?);
    }
    for _ in 0..from.count()? {
        names.objects.insert((from.text()?, from.text()?), from.both()?);
    }
    from.finish().map(|()| names)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{read_block, read_names, write_block, write_names};
    use crate::domain::{
        ApproverId, CachedContent, CachedRow, CleanText, I18n, Millis, Names, Person, PersonId, ProcessId, Properties,
        RowProjection, Seen, SeenStamps, Stamp, TaskKey,
    };

    fn text() -> impl Strategy<Value = I18n> {
        (".{0,12}", "[\u{0}-\u{2000}刘强调薪]{0,6}")
            .prop_map(|(zh, en)| I18n { zh: CleanText::new(&zh), en: CleanText::new(&en) })
    }

    fn stamp() -> impl Strategy<Value = Stamp> {
        any::<[u8; 16]>().prop_map(Stamp)
    }

    fn content() -> impl Strategy<Value = CachedContent> {
        let texts = (text(), text(), text(), text());
        let rest =
            (proptest::option::of(".{0,9}"), any::<(bool, bool, i64, i64)>(), proptest::option::of(any::<i64>()));
        (texts, rest, any::<bool>()).prop_map(
            |((kind, name, summary, node), (id, (system, care, at, number), since), current)| CachedContent {
                projection: RowProjection {
                    kind,
                    properties: Properties::from(number),
                    initiator_id: id.map(PersonId::new),
                    by_system: system,
                    initiator_name: name,
                    summary,
                    node_name: node,
                    waiting_since: since.map(Millis),
                    high_care: care,
                },
                as_of: Millis(at),
                current,
            },
        )
    }

    fn row() -> impl Strategy<Value = CachedRow> {
        let stamps =
            (stamp(), proptest::option::of(stamp())).prop_map(|(process, whole)| SeenStamps { process, whole });
        let seen = proptest::sample::select(vec![Seen::Unopened, Seen::Opened, Seen::Changed]);
        let parts = ("[0-9]{1,19}", ".{0,19}", proptest::option::of(content()), seen, proptest::option::of(stamps));
        parts.prop_map(|(process, approver, content, seen, stamps)| CachedRow {
            key: TaskKey { process: ProcessId::new(process), approver: ApproverId::new(approver) },
            content,
            seen,
            stamps,
        })
    }

    proptest! {
        #[test]
        fn rows_are_read_as_they_are_written(rows in proptest::collection::vec(row(), 0..9)) {
            let bytes = write_block(&rows);
            let read = read_block(&bytes).unwrap();
            let replaced = |rows: &[CachedRow]| {
                let of = |row: &CachedRow| row.content.as_ref().map(|content| content.projection.summary.en.replaced());
                rows.iter().map(of).collect::<Vec<_>>()
            };
            prop_assert_eq!(&read, &rows);
            prop_assert_eq!(replaced(&read), replaced(&rows));
        }

        #[test]
        fn any_bytes_are_rows_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            // Must neither panic nor reserve memory for rows that are not there.
            let _ = (read_block(&bytes), read_names(&bytes));
        }

        #[test]
        fn a_cut_block_is_no_block(rows in proptest::collection::vec(row(), 1..4), cut in any::<proptest::sample::Index>()) {
            let bytes = write_block(&rows);
            prop_assert!(read_block(&bytes[..cut.index(bytes.len())]).is_none());
        }
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        let text = |text: &str| I18n { zh: CleanText::new(text), en: CleanText::new("x") };
        let person = Person {
            employee_number: CleanText::new("A1"),
            email: CleanText::new("a@b"),
            department: text("研发部"),
            ..Person::named(PersonId::new("ou_1"), text("刘强"))
        };
        let mut names = Names::of_people([person]);
        names.departments.insert(crate::domain::DepartmentId::new("od_1"), text("研发部"));
        names.objects.insert((CleanText::new("job"), CleanText::new("1")), text("工程师"));
        assert_eq!(read_names(&write_names(&names)).unwrap(), names);
    }
}
