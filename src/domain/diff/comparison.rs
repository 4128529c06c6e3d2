//! The comparison: two readings in, differences out, in the order of the screen.

use std::collections::{HashMap, VecDeque};

use super::pairing::{self, Matching, Pairing, RowPair};
use super::{CommentPart, DiffPlace, Difference, Item, Sequence, TaskHolder, TaskPart, ValueStep};
use crate::domain::mask::{self, Cover};
use crate::domain::process::{Abstract, Comment, Done, ProcessPart, Todo, UnreadMember, UnreadMembers};
use crate::domain::{
    ApproverId, CleanText, Field, Form, I18n, Millis, PersonId, Process, Shown, Stamp, Value, biz_type,
};

impl TaskHolder {
    fn new(id: Option<&PersonId>, name: &I18n) -> Self {
        Self { id: id.cloned(), name: name.clone() }
    }

    fn of_todo(todo: &Todo) -> Self {
        Self::new(todo.operator_id.as_ref(), &todo.operator_name)
    }

    fn of_done(done: &Done) -> Self {
        Self::new(done.operator_id.as_ref(), &done.operator_name)
    }

    fn of_comment(comment: &Comment) -> Self {
        Self::new(comment.commentor_id.as_ref(), &comment.commentor_name)
    }
}

/// An id that is missing and one that is empty are the same to the reader, as they are to the stamp.
fn id(of: Option<&PersonId>) -> &str {
    of.map_or("", PersonId::as_str)
}

fn time(at: Option<Millis>) -> i64 {
    at.map_or(i64::MIN, |at| at.0)
}

/// A part with its old and its new content.
type PlacedChange<P> = (P, Option<Item>, Option<Item>);

/// Gathers changes: those of parts that differ.
struct Changes<P>(Vec<PlacedChange<P>>);

impl<P> Changes<P> {
    fn note(&mut self, differs: bool, part: P, old: impl FnOnce() -> Item, new: impl FnOnce() -> Item) {
        if differs {
            self.0.push((part, Some(old()), Some(new())));
        }
    }

    fn note_time(&mut self, part: P, old: Option<Millis>, new: Option<Millis>) {
        if time(old) != time(new) {
            self.0.push((part, old.map(Item::Time), new.map(Item::Time)));
        }
    }
}

/// Differences of two open tasks of the same approver id.
fn todo_changes(old: &Todo, new: &Todo) -> Vec<PlacedChange<TaskPart>> {
    let mut changes = Changes(Vec::new());
    let document = |todo: &Todo| Item::Document(todo.kind);
    let operator = |todo: &Todo| Item::Person(TaskHolder::of_todo(todo));
    let node =
        |todo: &Todo| Item::Node { name: todo.node_name.clone(), id: CleanText::new(todo.node_definition_id.as_str()) };
    let other_operator = id(old.operator_id.as_ref()) != id(new.operator_id.as_ref());
    let other_node = old.node_definition_id != new.node_definition_id || old.node_name != new.node_name;
    changes.note(other_operator, TaskPart::Operator, || operator(old), || operator(new));
    changes.note(other_node, TaskPart::Node, || node(old), || node(new));
    let other_kind = old.kind.number() != new.kind.number();
    changes.note(other_kind, TaskPart::Document, || document(old), || document(new));
    changes.0
}

/// Differences of two finished tasks of the same approver id.
fn done_changes(old: &Done, new: &Done) -> Vec<PlacedChange<TaskPart>> {
    let mut changes = Changes(Vec::new());
    let operator = |done: &Done| Item::Person(TaskHolder::of_done(done));
    let result = |done: &Done| Item::Result(done.status);
    let opinion = |done: &Done| Item::Text(done.approval_opinion.clone());
    let other_operator = id(old.operator_id.as_ref()) != id(new.operator_id.as_ref());
    changes.note(other_operator, TaskPart::Operator, || operator(old), || operator(new));
    let other_status = old.status.number() != new.status.number();
    changes.note(other_status, TaskPart::Status, || result(old), || result(new));
    changes.note_time(TaskPart::Time, old.complete_time, new.complete_time);
    let other_opinion = old.approval_opinion != new.approval_opinion;
    changes.note(other_opinion, TaskPart::Opinion, || opinion(old), || opinion(new));
    changes.0
}

/// Differences of two comments. Their id is not content: it only identifies them.
fn comment_changes(old: &Comment, new: &Comment) -> Vec<PlacedChange<CommentPart>> {
    let mut changes = Changes(Vec::new());
    let author = |comment: &Comment| Item::Person(TaskHolder::of_comment(comment));
    let message = |comment: &Comment| Item::Text(comment.message.clone());
    let other_author = id(old.commentor_id.as_ref()) != id(new.commentor_id.as_ref());
    changes.note(other_author, CommentPart::Author, || author(old), || author(new));
    changes.note_time(CommentPart::Time, old.time, new.time);
    changes.note(old.message != new.message, CommentPart::Message, || message(old), || message(new));
    let (files, images) = (|comment: &Comment| comment.file_count, |comment: &Comment| comment.image_count);
    for (part, count) in [(CommentPart::Files, files as fn(&Comment) -> i64), (CommentPart::Images, images)] {
        let (was, is) = (count(old), count(new));
        changes.note(was != is, part, || Item::Count(was), || Item::Count(is));
    }
    changes.0
}

fn opened(todo: &Todo) -> Item {
    Item::Open(Box::new(todo.clone()))
}

/// Open tasks that are in one reading only, until it is known whether they are finished in the other.
#[derive(Default)]
struct UnmatchedTodos<'t>(HashMap<&'t ApproverId, VecDeque<&'t Todo>>);

impl<'t> UnmatchedTodos<'t> {
    fn put(&mut self, todo: &'t Todo) {
        self.0.entry(&todo.approver_id).or_default().push_back(todo);
    }

    fn take(&mut self, approver: &ApproverId) -> Option<&'t Todo> {
        self.0.get_mut(approver)?.pop_front()
    }
}

/// Differences as they are found.
pub(super) struct ProcessDiff {
    pub(super) found: Vec<Difference>,
    high_care: bool,
}

impl ProcessDiff {
    pub(super) fn of(before: &Shown, now: &Shown) -> Self {
        let high_care = [before, now].iter().any(|shown| biz_type::is_high_care(&shown.process));
        Self { found: Vec::new(), high_care }
    }

    pub(super) fn push(&mut self, place: DiffPlace, old: Option<Item>, new: Option<Item>) {
        let cover = mask::cover_of_difference(&place, [old.as_ref(), new.as_ref()]);
        let sensitive = self.high_care && cover != Cover::Nothing;
        self.found.push(Difference { place, old, new, sensitive });
    }

    fn push_if(&mut self, differs: bool, place: DiffPlace, old: Item, new: Item) {
        if differs {
            self.push(place, Some(old), Some(new));
        }
    }

    fn order(&mut self, pairing: &Pairing, of: impl FnOnce() -> Sequence) {
        if !pairing.moved.is_empty() {
            let (old, new) = pairing.moved.iter().map(|(before, now)| (before + 1, now + 1)).unzip();
            self.push(DiffPlace::Order(of()), Some(Item::Positions(old)), Some(Item::Positions(new)));
        }
    }

    pub(super) fn heads(&mut self, before: &Process, now: &Process) {
        let names = |process: &Process| (process.kind().clone(), process.title().clone());
        let ((kind, title), (new_kind, new_title)) = (names(before), names(now));
        // Where one name serves as both, it is said once.
        if (&kind, &new_kind) != (&title, &new_title) {
            self.push_if(kind != new_kind, DiffPlace::Kind, Item::Both(kind), Item::Both(new_kind));
        }
        self.push_if(title != new_title, DiffPlace::Title, Item::Both(title), Item::Both(new_title));
        let who = |process: &Process| TaskHolder::new(process.initiator_id.as_ref(), &process.initiator_name);
        let (old, new) = (who(before), who(now));
        let differs = id(old.id.as_ref()) != id(new.id.as_ref()) || old.name != new.name;
        self.push_if(differs, DiffPlace::Initiator, Item::Person(old), Item::Person(new));
        let (old, new) = (before.status, now.status);
        self.push_if(old.number() != new.number(), DiffPlace::Status, Item::Status(old), Item::Status(new));
        let (old, new) = (before.properties, now.properties);
        self.push_if(old.number() != new.number(), DiffPlace::Properties, Item::Properties(old), Item::Properties(new));
    }

    pub(super) fn abstracts(&mut self, before: &Process, now: &Process) {
        let (old, new) = (&before.abstracts, &now.abstracts);
        let pairing = named(old, new, |line| &line.name, |one, two| one.value == two.value);
        for pair in &pairing.pairs {
            let (was, is) = pair.of(old, new);
            if was.map(|line| &line.value) != is.map(|line| &line.value)
                && let Some(line) = is.or(was)
            {
                let item = |line: &Abstract| Item::Both(line.value.clone());
                self.push(DiffPlace::Abstract(line.name.clone()), was.map(item), is.map(item));
            }
        }
        self.order(&pairing, || Sequence::Abstracts);
    }

    pub(super) fn forms(&mut self, old: &Form, new: &Form) {
        self.fields(&mut Vec::new(), &old.fields, &new.fields);
    }

    fn fields(&mut self, path: &mut Vec<ValueStep>, old: &[Field], new: &[Field]) {
        let stamps = |fields: &[Field]| fields.iter().map(|field| Stamp::of_value(&field.value)).collect::<Vec<_>>();
        let (stamps, new_stamps) = (stamps(old), stamps(new));
        let name = |fields: &[Field], at: usize| fields.get(at).map(|field| field.api_name.clone());
        let pairing = Matching::new(old.len(), new.len())
            .join_same_ends(&|before, now| {
                stamps.get(before) == new_stamps.get(now) && name(old, before) == name(new, now)
            })
            .join_named(|at| name(old, at), |at| name(new, at))
            .finish();
        for pair in &pairing.pairs {
            let (was, is) = pair.of(old, new);
            let Some(field) = is.or(was) else { continue };
            path.push(ValueStep::Field { label: field.label.clone(), api_name: field.api_name.clone() });
            self.value(path, was.map(|field| &field.value), is.map(|field| &field.value));
            path.pop();
        }
        self.order(&pairing, || Sequence::Value(path.clone()));
    }

    fn value(&mut self, path: &mut Vec<ValueStep>, old: Option<&Value>, new: Option<&Value>) {
        if old.map(Stamp::of_value) == new.map(Stamp::of_value) {
            return;
        }
        match (old, new) {
            (Some(Value::Record(old)), Some(Value::Record(new))) => self.fields(path, old, new),
            (Some(Value::List(old)), Some(Value::List(new))) => self.rows(path, old, new),
            _ => {
                let item = |value: &Value| Item::Value(value.clone());
                self.push(DiffPlace::Value(path.clone()), old.map(item), new.map(item));
            }
        }
    }

    fn rows(&mut self, path: &mut Vec<ValueStep>, old: &[Value], new: &[Value]) {
        let pairing = pairing::rows(old, new);
        for pair in &pairing.pairs {
            path.push(match pair {
                RowPair::Both(_, now) | RowPair::Came(now) => ValueStep::Entry(now + 1),
                RowPair::Gone(before) => ValueStep::FormerEntry(before + 1),
            });
            let (was, is) = pair.of(old, new);
            self.value(path, was, is);
            path.pop();
        }
        self.order(&pairing, || Sequence::Value(path.clone()));
    }

    pub(super) fn tasks(&mut self, before: &Process, now: &Process) {
        self.tasks_of(false, (&before.todos, &now.todos), (&before.done_list, &now.done_list));
        self.tasks_of(
            true,
            (&before.system_todos, &now.system_todos),
            (&before.system_done_list, &now.system_done_list),
        );
    }

    /// Finished tasks, then open ones, as in the timeline. A task that was open and is finished, or the other way round
    /// after a rollback, is one difference.
    fn tasks_of(&mut self, system: bool, todos: (&[Todo], &[Todo]), dones: (&[Done], &[Done])) {
        let open = named(todos.0, todos.1, |todo| &todo.approver_id, |one, two| todo_changes(one, two).is_empty());
        let finished = named(dones.0, dones.1, |done| &done.approver_id, |one, two| done_changes(one, two).is_empty());
        let mut went = UnmatchedTodos::default();
        let mut came = UnmatchedTodos::default();
        for pair in &open.pairs {
            match pair.of(todos.0, todos.1) {
                (Some(todo), None) => went.put(todo),
                (None, Some(todo)) => came.put(todo),
                _ => {}
            }
        }
        let whole =
            |who: TaskHolder, node: &I18n| DiffPlace::Task { who, node: node.clone(), system, part: TaskPart::Whole };
        for pair in &finished.pairs {
            let item = |done: &Done| Some(Item::Finished(Box::new(done.clone())));
            match pair.of(dones.0, dones.1) {
                (Some(old), Some(new)) => {
                    self.task(system, &TaskHolder::of_done(new), &new.node_name, done_changes(old, new));
                }
                (None, Some(new)) => {
                    let old = went.take(&new.approver_id).map(opened);
                    self.push(whole(TaskHolder::of_done(new), &new.node_name), old, item(new));
                }
                (Some(old), None) => {
                    let new = came.take(&old.approver_id).map(opened);
                    self.push(whole(TaskHolder::of_done(old), &old.node_name), item(old), new);
                }
                (None, None) => {}
            }
        }
        self.order(&finished, || Sequence::FinishedTasks);
        for pair in &open.pairs {
            match pair.of(todos.0, todos.1) {
                (Some(old), Some(new)) => {
                    self.task(system, &TaskHolder::of_todo(new), &new.node_name, todo_changes(old, new));
                }
                (Some(old), None) => {
                    if let Some(old) = went.take(&old.approver_id) {
                        self.push(whole(TaskHolder::of_todo(old), &old.node_name), Some(opened(old)), None);
                    }
                }
                (None, Some(new)) => {
                    if let Some(new) = came.take(&new.approver_id) {
                        self.push(whole(TaskHolder::of_todo(new), &new.node_name), None, Some(opened(new)));
                    }
                }
                (None, None) => {}
            }
        }
        self.order(&open, || Sequence::OpenTasks);
    }

    fn task(&mut self, system: bool, who: &TaskHolder, node: &I18n, changes: Vec<PlacedChange<TaskPart>>) {
        for (part, old, new) in changes {
            self.push(DiffPlace::Task { who: who.clone(), node: node.clone(), system, part }, old, new);
        }
    }

    /// Compares unreadable members by path. Copies and links are not content.
    pub(super) fn unread(&mut self, old: &UnreadMembers, new: &UnreadMembers) {
        let content = |members: &UnreadMembers| -> Vec<UnreadMember> {
            members.first.iter().filter(|member| member.part != ProcessPart::Aside).cloned().collect()
        };
        let (old, new) = (content(old), content(new));
        let pairing = named(&old, &new, |member| &member.path, |one, two| one.raw == two.raw);
        for pair in &pairing.pairs {
            let (was, is) = pair.of(&old, &new);
            if was.map(|member| &member.raw) != is.map(|member| &member.raw)
                && let Some(member) = is.or(was)
            {
                let item = |member: &UnreadMember| Item::Text(member.raw.clone());
                self.push(DiffPlace::Unread(member.path.clone()), was.map(item), is.map(item));
            }
        }
    }

    pub(super) fn comments(&mut self, old: &[Comment], new: &[Comment]) {
        let same = |one: &Comment, two: &Comment| comment_changes(one, two).is_empty();
        let content = |comments: &[Comment], at: usize| {
            comments.get(at).map(|comment| {
                let Comment { message, file_count, image_count, .. } = comment.clone();
                (id(comment.commentor_id.as_ref()).to_owned(), time(comment.time), message, file_count, image_count)
            })
        };
        let name = |comments: &[Comment], at: usize| {
            comments.get(at).map(|comment| comment.id.clone()).filter(|id| !id.is_empty())
        };
        let pairing = Matching::new(old.len(), new.len())
            .join_same_ends(&|before, now| old.get(before).zip(new.get(now)).is_some_and(|(one, two)| same(one, two)))
            .join_named(|at| content(old, at), |at| content(new, at))
            .join_named(|at| name(old, at), |at| name(new, at))
            .finish();
        for pair in &pairing.pairs {
            let (was, is) = pair.of(old, new);
            let Some(who) = is.or(was).map(TaskHolder::of_comment) else { continue };
            if let (Some(was), Some(is)) = (was, is) {
                for (part, old, new) in comment_changes(was, is) {
                    self.push(DiffPlace::Comment { who: who.clone(), part }, old, new);
                }
            } else {
                let item = |comment: &Comment| Item::Comment(Box::new(comment.clone()));
                self.push(DiffPlace::Comment { who, part: CommentPart::Whole }, was.map(item), is.map(item));
            }
        }
        self.order(&pairing, || Sequence::Comments);
    }
}

impl RowPair {
    /// The element in both readings.
    fn of<'e, T>(self, before: &'e [T], now: &'e [T]) -> (Option<&'e T>, Option<&'e T>) {
        match self {
            Self::Both(was, is) => (before.get(was), now.get(is)),
            Self::Gone(was) => (before.get(was), None),
            Self::Came(is) => (None, now.get(is)),
        }
    }
}

/// Pairs elements that have names; `same` compares the rest of two that are called the same.
fn named<'e, T, K: std::hash::Hash + Eq + 'e>(
    before: &'e [T],
    now: &'e [T],
    name: impl Fn(&'e T) -> &'e K,
    same: impl Fn(&T, &T) -> bool,
) -> Pairing {
    Matching::new(before.len(), now.len())
        .join_same_ends(&|was, is| {
            before.get(was).zip(now.get(is)).is_some_and(|(one, two)| name(one) == name(two) && same(one, two))
        })
        .join_named(|at| before.get(at).map(&name), |at| now.get(at).map(&name))
        .finish()
}
