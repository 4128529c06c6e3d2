//! Reads the platform's JSON member by member, with three outcomes: value, absent, unreadable.
//!
//! Absent: missing, `null`, `""`, `[]`, `{}`, and an object whose members are all absent (protocol.md#absent-values).
//! Numbers come as numbers or text (protocol.md#ids, protocol.md#times). A member of any other JSON type is unreadable:
//! never an error, never taken for absent, shown raw behind a `?`.

use std::fmt::Write as _;
use std::io;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::domain::process::{Links, ProcessPart, UnreadMember, UnreadMembers};
use crate::domain::{CleanText, I18n, Millis, PersonId};

static NULL: Json = Json::Null;
/// A missing member.
pub(super) const NOTHING: Node<'static> = Node(&NULL);

/// Bytes of an unreadable value that are shown. The fingerprint covers all of it.
const RAW_LIMIT: usize = 2_000;
/// Stands before a value that is shown as it came.
const RAW_MARK: &str = "? ";

/// The number of an enumeration's member that cannot be read: none of the platform's own.
pub(super) const UNREADABLE: i64 = -1;

/// Outcome of reading a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read<T> {
    Absent,
    Value(T),
    Unreadable,
}

impl<T> Read<T> {
    /// The value, for members without weight: links, hints, messages.
    pub fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

/// One place in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a>(pub &'a Json);

impl<'a> Node<'a> {
    /// The member of this name, or nothing.
    pub fn get(self, name: &str) -> Self {
        Self(self.0.get(name).unwrap_or(&NULL))
    }

    /// Whether this is one of the platform's spellings of "nothing", at any depth.
    pub fn is_absent(self) -> bool {
        match self.0 {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Array(entries) => entries.is_empty(),
            Json::Object(members) => members.values().all(|member| Self(member).is_absent()),
            Json::Bool(_) | Json::Number(_) => false,
        }
    }

    /// Absent, or an encoder's default for an unset member.
    pub fn is_zero(self) -> bool {
        match self.0 {
            Json::Bool(flag) => !flag,
            Json::Number(number) => number.as_str() == "0",
            Json::Object(members) => members.values().all(|member| Self(member).is_zero()),
            _ => self.is_absent(),
        }
    }

    /// Bytes of its texts and names, plus some per value: roughly the cost of reading it.
    pub fn weight(self) -> usize {
        32 + match self.0 {
            Json::String(text) => text.len(),
            Json::Array(entries) => entries.iter().map(|entry| Self(entry).weight()).sum(),
            Json::Object(_) => self.members().map(|(name, member)| name.len() + member.weight()).sum(),
            Json::Number(number) => number.as_str().len(),
            _ => 0,
        }
    }

    pub fn entries(self) -> impl Iterator<Item = Self> {
        self.0.as_array().into_iter().flatten().map(Self)
    }

    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.0.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), Self(value)))
    }

    /// Text as it came; a number counts as its digits.
    pub fn string(self) -> Read<String> {
        match self.0 {
            Json::String(text) if !text.is_empty() => Read::Value(text.clone()),
            Json::Number(number) => Read::Value(number.to_string()),
            _ => self.absent_or_unreadable(),
        }
    }

    /// A whole number, written as number or text.
    pub fn integer(self) -> Read<i64> {
        let number = match self.0 {
            Json::Number(number) => number.as_i64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.map_or_else(|| self.absent_or_unreadable(), Read::Value)
    }

    pub fn boolean(self) -> Read<bool> {
        self.0.as_bool().map_or_else(|| self.absent_or_unreadable(), Read::Value)
    }

    fn absent_or_unreadable<T>(self) -> Read<T> {
        if self.is_absent() { Read::Absent } else { Read::Unreadable }
    }

    /// Text as it came, or nothing.
    pub fn raw(self) -> String {
        self.string().value().unwrap_or_default()
    }

    /// Text for the screen; an unreadable value is shown raw.
    pub fn text(self) -> CleanText {
        match self.string() {
            Read::Value(text) => CleanText::new(&text),
            Read::Absent => CleanText::default(),
            Read::Unreadable => CleanText::new(&format!("{RAW_MARK}{}", self.compact())),
        }
    }

    pub fn int(self) -> Option<i64> {
        self.integer().value()
    }

    /// Text in two languages, in any of the three spellings (protocol.md#i18n); an unreadable value is shown raw.
    pub fn i18n(self) -> I18n {
        self.read_i18n().0
    }

    /// As `i18n`, and whether any of it was unreadable.
    pub fn read_i18n(self) -> (I18n, bool) {
        let spoken = |lang: &str| match lang {
            "zh_cn" | "zh-CN" => Some(0),
            "en_us" | "en-US" => Some(1),
            _ => None,
        };
        let mut sides = [CleanText::default(), CleanText::default()];
        let mut unreadable = false;
        let mut take = |lang: &str, text: Self| {
            if let Some(side) = spoken(lang).and_then(|at| sides.get_mut(at)).filter(|side| side.is_empty()) {
                unreadable |= text.string() == Read::Unreadable;
                *side = text.text();
            }
        };
        match self.0 {
            Json::String(_) | Json::Number(_) => return (I18n::same(self.text()), false),
            Json::Array(entries) => {
                for entry in entries.iter().map(Self) {
                    take(&entry.get("lang").raw(), entry.get("value"));
                }
            }
            _ => self.members().for_each(|(lang, text)| take(lang, text)),
        }
        let [zh, en] = sides;
        let silent = self.is_absent() || self.0.is_array() && self.entries().all(Self::says_nothing);
        // Present, and in none of the languages.
        if zh.is_empty() && en.is_empty() && !silent {
            return (I18n::same(self.text()), true);
        }
        (I18n { zh, en }, unreadable)
    }

    /// An entry of a list of languages in which nothing but the language is set.
    fn says_nothing(self) -> bool {
        self.is_absent()
            || self.0.is_object() && self.members().all(|(name, member)| name == "lang" || member.is_absent())
    }

    pub fn person(self) -> Option<PersonId> {
        self.string().value().map(PersonId::new)
    }

    /// Compact JSON without addresses and absent members, sorted by name; a long one is cut.
    pub fn compact(self) -> CleanText {
        let mut bounded = Bounded { text: Vec::new(), over: false };
        // The bound ends the writing early; nothing else can fail.
        let _ = serde_json::to_writer(&mut bounded, &Plain(self));
        let mut text = String::from_utf8_lossy(&bounded.text).trim_end_matches('\u{FFFD}').to_owned();
        if bounded.over {
            text.push_str(" …");
        }
        CleanText::new(&text)
    }
}

/// A member that holds an address: it may change with every answer, and is no content.
pub(super) fn is_address(name: &str) -> bool {
    name == "url" || name.ends_with("_url")
}

/// Writes a value so that two spellings of one content are written alike.
struct Plain<'a>(Node<'a>);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.0 {
            _ if self.0.is_absent() => serializer.serialize_unit(),
            Json::Array(entries) => serializer.collect_seq(entries.iter().map(|entry| Plain(Node(entry)))),
            Json::Object(_) => {
                let mut members: Vec<_> =
                    self.0.members().filter(|(name, member)| !is_address(name) && !member.is_absent()).collect();
                members.sort_unstable_by_key(|(name, _)| *name);
                serializer.collect_map(members.into_iter().map(|(name, member)| (name, Plain(member))))
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

/// Takes bytes up to [`RAW_LIMIT`].
struct Bounded {
    text: Vec<u8>,
    over: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = RAW_LIMIT.saturating_sub(self.text.len());
        self.text.extend(bytes.iter().take(room));
        if bytes.len() > room {
            self.over = true;
            return Err(io::ErrorKind::WriteZero.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The members of one object of a process, read by name; those that are unreadable are noted with their path.
pub(super) struct Members<'a, 'u> {
    node: Node<'a>,
    part: ProcessPart,
    path: String,
    /// A member of a known name is present.
    known: bool,
    unread: &'u mut UnreadMembers,
}

impl<'a, 'u> Members<'a, 'u> {
    pub fn new(node: Node<'a>, unread: &'u mut UnreadMembers) -> Self {
        Self { node, part: ProcessPart::Head, path: String::new(), known: false, unread }
    }

    /// Assigns the following members to this part.
    pub fn within(&mut self, part: ProcessPart) -> &mut Self {
        self.part = part;
        self
    }

    fn note(&mut self, name: &str, node: Node<'_>) {
        let (part, above) = (self.part, &self.path);
        self.unread.note(part, || {
            let dot = if above.is_empty() || name.is_empty() { "" } else { "." };
            UnreadMember { part, path: CleanText::new(&format!("{above}{dot}{name}")), raw: node.compact() }
        });
    }

    fn get(&mut self, name: &str) -> Node<'a> {
        let node = self.node.get(name);
        self.known |= !node.is_absent();
        node
    }

    fn read<T>(&mut self, name: &str, read: impl Fn(Node<'a>) -> Read<T>) -> Option<T> {
        let node = self.get(name);
        match read(node) {
            Read::Value(value) => Some(value),
            Read::Absent => None,
            Read::Unreadable => {
                self.note(name, node);
                None
            }
        }
    }

    pub fn id(&mut self, name: &str) -> String {
        self.read(name, Node::string).unwrap_or_default()
    }

    pub fn person(&mut self, name: &str) -> Option<PersonId> {
        self.read(name, Node::string).map(PersonId::new)
    }

    pub fn int(&mut self, name: &str) -> Option<i64> {
        self.read(name, Node::integer)
    }

    /// A member of an enumeration: `absent` where it is missing, [`UNREADABLE`] where it cannot be read.
    pub fn code(&mut self, name: &str, absent: i64) -> i64 {
        match (self.int(name), self.node.get(name).is_absent()) {
            (Some(code), _) => code,
            (None, true) => absent,
            (None, false) => UNREADABLE,
        }
    }

    pub fn flag(&mut self, name: &str) -> Option<bool> {
        self.read(name, Node::boolean)
    }

    /// The name of a person; of one whose id cannot be read and who has no name, the id as it came.
    pub fn name_of(&mut self, name: &str, id: &str) -> I18n {
        let label = self.i18n(name);
        let id = self.node.get(id);
        if label.is_empty() && id.string() == Read::Unreadable { I18n::same(id.text()) } else { label }
    }

    /// A time in milliseconds; `"0"` is none (protocol.md#times).
    pub fn millis(&mut self, name: &str) -> Option<Millis> {
        self.int(name).filter(|millis| *millis != 0).map(Millis)
    }

    /// Unreadable text is noted, and stands raw in its place.
    pub fn text(&mut self, name: &str) -> CleanText {
        self.read(name, Node::string);
        self.node.get(name).text()
    }

    pub fn i18n(&mut self, name: &str) -> I18n {
        let node = self.get(name);
        let (label, unreadable) = node.read_i18n();
        if unreadable {
            self.note(name, node);
        }
        label
    }

    /// A list of objects. An entry that is none, or has none of the members that are read, is noted and left out.
    pub fn list<T>(&mut self, name: &str, mut read: impl FnMut(&mut Members<'a, '_>) -> T) -> Vec<T> {
        let node = self.get(name);
        let Json::Array(entries) = node.0 else {
            if !node.is_absent() {
                self.note(name, node);
            }
            return Vec::new();
        };
        let mut list = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate().filter(|(_, entry)| !Node(entry).is_absent()) {
            let mut path = self.path.clone();
            // Writing to a String cannot fail.
            let _ = write!(path, "{name}[{at}]");
            let mut members = Members { node: Node(entry), part: self.part, path, known: false, unread: self.unread };
            let element = read(&mut members);
            if members.known {
                list.push(element);
            } else {
                members.note("", Node(entry));
            }
        }
        list
    }

    /// A list of ids.
    pub fn people(&mut self, name: &str) -> Vec<PersonId> {
        let node = self.get(name);
        if !node.0.is_array() && !node.is_absent() {
            self.note(name, node);
        }
        let mut people = Vec::new();
        for entry in node.entries() {
            match entry.string() {
                Read::Value(id) => people.push(PersonId::new(id)),
                Read::Absent => {}
                Read::Unreadable => self.note(name, entry),
            }
        }
        people
    }

    /// Reads addresses. No decision rests on them, and only text can be one.
    pub fn links(&mut self, name: &str) -> Links {
        let node = self.get(name);
        let address = |name: &str| CleanText::new(&node.get(name).raw());
        Links { web: address("web_link"), pc: address("pc_link"), mobile: address("mobile_link") }
    }
}
