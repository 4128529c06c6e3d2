//! The list beside a naive one that sorts, filters and clones everything at every step.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::{Absence, Inbox, KnownRow, Unchanged};
use crate::app::list_cursor::{ListCursor, Way};
use crate::app::order::{Order, RowWords, Sort};
use crate::app::search::Words;
use crate::domain::cached::{CachedContent, CachedRow};
use crate::domain::{
    ApproverId, CleanText, I18n, Lang, Millis, Names, Person, PersonId, ProcessId, Properties, RowProjection, Seen,
    Task, TaskKey, TaskStatus,
};

const ROWS: usize = 5;
const KINDS: [&str; 4] = ["leave", "pay", "travel", "Offer"];
const FILTERS: [&str; 6] = ["", "leave", "Zhang", "p 1", "100000001", " "];

fn wording(lang: Lang, names: &Names, row: &RowProjection, _: &TaskKey) -> RowWords {
    let initiator = names.initiator_of(row.initiator_id.as_ref(), &row.initiator_name).get(lang).to_string();
    RowWords {
        kind: row.kind.get(lang).to_string(),
        short_kind: String::new(),
        initiator,
        summary: row.summary.get(lang).to_string(),
        node: row.node_name.get(lang).to_string(),
    }
}

fn key(number: u8) -> TaskKey {
    // Ids of two lengths, and two tasks for every process.
    let length = if number.is_multiple_of(3) { 9 } else { 10 };
    TaskKey {
        process: ProcessId::new(format!("p{}", number / 2)),
        approver: ApproverId::new(format!("{:01$}", 100_000_000 + u32::from(number), length)),
    }
}

fn task(number: u8) -> Task {
    Task { key: key(number), status: TaskStatus::InProgress }
}

fn projection(kind: usize, person: u8, named: bool) -> RowProjection {
    let text = |text: &str| I18n::same(CleanText::new(text));
    RowProjection {
        kind: text(KINDS[kind % KINDS.len()]),
        properties: Properties::Normal,
        initiator_id: Some(PersonId::new(format!("person{}", person % 4))),
        by_system: false,
        initiator_name: if named { text("Zhang") } else { I18n::default() },
        summary: text(&format!("{person} days")),
        node_name: I18n::default(),
        waiting_since: None,
        high_care: kind.is_multiple_of(4),
    }
}

/// One event of a list's life.
#[derive(Clone, Debug)]
enum Step {
    Page(Vec<u8>),
    /// A complete list; gone rows leave only if the user arranges the list then.
    Settle(Vec<u8>, Absence),
    Clear(Option<u8>),
    Learn {
        number: u8,
        kind: usize,
        person: u8,
        named: bool,
    },
    Names(u8),
    Gone(u8),
    Missed(u8, bool),
    Sort,
    Filter(usize),
    Arrange,
    Travel(Way),
    Touch,
    Advance(u8),
    Fit(usize),
}

fn steps() -> impl Strategy<Value = Step> {
    let number = 0_u8..40;
    let numbers = || prop::collection::vec(0_u8..40, 0..20);
    let absence = prop::sample::select(vec![Absence::Proves, Absence::ProvesTwice, Absence::ProvesNothing]);
    let ways = vec![Way::By(1), Way::By(-1), Way::First, Way::Last, Way::PageDown, Way::PageUp];
    prop_oneof![
        4 => numbers().prop_map(Step::Page),
        2 => (numbers(), absence).prop_map(|(numbers, absence)| Step::Settle(numbers, absence)),
        2 => prop::option::of(number.clone()).prop_map(Step::Clear),
        4 => (number.clone(), 0_usize..8, 0_u8..8, any::<bool>())
            .prop_map(|(number, kind, person, named)| Step::Learn { number, kind, person, named }),
        1 => (0_u8..4).prop_map(Step::Names),
        1 => number.clone().prop_map(Step::Gone),
        1 => (number.clone(), any::<bool>()).prop_map(|(number, open)| Step::Missed(number, open)),
        1 => Just(Step::Sort),
        2 => (0..FILTERS.len()).prop_map(Step::Filter),
        2 => Just(Step::Arrange),
        4 => prop::sample::select(ways).prop_map(Step::Travel),
        1 => Just(Step::Touch),
        1 => number.prop_map(Step::Advance),
        1 => (1_usize..8).prop_map(Step::Fit),
    ]
}

#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "as in the list itself")]
struct NaiveRow {
    key: TaskKey,
    gone: bool,
    missed: bool,
    absent: bool,
    left: bool,
    known: Option<RowProjection>,
}

/// The list as it would be written without regard to cost.
#[derive(Debug, Default)]
struct Naive {
    rows: Vec<NaiveRow>,
    shown: Vec<TaskKey>,
    cursor: Option<TaskKey>,
    place: ListCursor,
    sort: Sort,
    touched: bool,
    filter: String,
    filtered_by: String,
}

impl Naive {
    fn index(&self) -> Option<usize> {
        self.cursor.as_ref().map(|_| self.place.at())
    }

    fn words(row: &NaiveRow, names: &Names) -> Option<String> {
        let projection = row.known.as_ref()?;
        let words = wording(Lang::Zh, names, projection, &row.key);
        let summary = if projection.high_care { String::new() } else { words.summary };
        Some(format!("{} {} {} {summary}", words.kind, words.initiator, words.node))
    }

    fn finds(&self, words: &Words, row: &NaiveRow, names: &Names) -> bool {
        let ids = format!("{} {}", row.key.process.as_str(), row.key.approver.as_str());
        match Self::words(row, names) {
            None => words.are_in(&ids),
            Some(text) if self.filter.split_whitespace().any(|word| word.len() >= 8) => {
                words.are_in(&format!("{text} {ids}"))
            }
            Some(text) => words.are_in(&text),
        }
    }

    fn arrange(&mut self, names: &Names, before: &[TaskKey], at: usize, screen_row: usize) {
        let sort = self.sort;
        self.rows.sort_by_cached_key(|row| {
            let id = row.key.approver.as_str().to_owned();
            let word = row.known.as_ref().map(|known| match sort {
                Sort::Kind => known.kind.get(Lang::Zh).to_string(),
                Sort::Initiator => wording(Lang::Zh, names, known, &row.key).initiator,
                _ => String::new(),
            });
            let by_word = matches!(sort, Sort::Kind | Sort::Initiator);
            (by_word && word.is_none(), word.filter(|_| by_word), id.len(), id)
        });
        if sort == Sort::Newest {
            self.rows.reverse();
        }
        let stays = self.cursor.clone().filter(|key| self.filter == self.filtered_by && before.contains(key));
        let words = Words::new(&self.filter);
        let shown = self.rows.iter().filter(|row| self.finds(&words, row, names) || stays.as_ref() == Some(&row.key));
        self.shown = shown.map(|row| row.key.clone()).collect();
        self.filtered_by.clone_from(&self.filter);
        let place = |key: &TaskKey| self.shown.iter().position(|shown| shown == key);
        let here = self.cursor.as_ref().and_then(place);
        let after = || before.iter().skip(at).find_map(place);
        let above = || before.iter().take(at).rev().find_map(place);
        let now = here.or_else(after).or_else(above).unwrap_or(0);
        let (now, screen_row) = if self.touched { (now, screen_row) } else { (0, 0) };
        self.place.pin(now, screen_row, self.shown.len(), ROWS);
        self.cursor = self.shown.get(self.place.at()).cloned();
    }

    fn change(&mut self, names: &Names, change: impl FnOnce(&mut Vec<NaiveRow>)) {
        let (before, at) = (self.shown.clone(), self.index().unwrap_or(0));
        let screen_row = self.place.screen_row(before.len(), ROWS);
        change(&mut self.rows);
        self.arrange(names, &before, at, screen_row);
    }

    fn settle(&mut self, pending: &HashSet<TaskKey>, absence: Absence) {
        for row in self.rows.iter_mut().filter(|row| !pending.contains(&row.key)) {
            let proven = absence == Absence::Proves || absence == Absence::ProvesTwice && row.absent;
            if row.gone || proven {
                (row.gone, row.left) = (true, true);
            } else {
                (row.missed, row.absent) = (true, row.absent || absence == Absence::ProvesTwice);
            }
        }
    }
}

/// Both lists take the step.
fn take(inbox: &mut Inbox, naive: &mut Naive, names: &mut Names, step: &Step) {
    let words = (Lang::Zh, wording as crate::app::order::Wording);
    match step {
        Step::Page(numbers) => {
            let tasks: Vec<Task> = numbers.iter().map(|number| task(*number)).collect();
            let known = HashMap::<TaskKey, KnownRow>::new();
            inbox.add(
                &tasks,
                |_| false,
                |key| (known.get(key).cloned(), Seen::Unopened),
                &Order::new(names, words, ROWS),
            );
            naive.change(names, |rows| {
                for task in tasks {
                    match rows.iter_mut().find(|row| row.key == task.key) {
                        Some(row) => (row.gone, row.missed, row.absent, row.left) = (false, false, false, false),
                        None => rows.push(NaiveRow {
                            key: task.key,
                            gone: false,
                            missed: false,
                            absent: false,
                            left: false,
                            known: None,
                        }),
                    }
                }
            });
        }
        Step::Settle(numbers, absence) => {
            let pending: HashSet<TaskKey> = numbers.iter().map(|number| key(*number)).collect();
            inbox.settle(&pending, *absence);
            naive.settle(&pending, *absence);
        }
        Step::Clear(kept) => {
            let kept = kept.map(key);
            inbox.clear_gone(|key| kept.as_ref() == Some(key), &Order::new(names, words, ROWS));
            let cursor = naive.cursor.clone();
            naive.change(names, |rows| {
                rows.retain(|row| {
                    !(row.gone && row.left) || cursor.as_ref() == Some(&row.key) || kept.as_ref() == Some(&row.key)
                });
            });
        }
        Step::Learn { number, kind, person, named } => {
            let (key, projection) = (key(*number), projection(*kind, *person, *named));
            if let Some(slot) = inbox.table.slot(&key) {
                let known = KnownRow { projection: projection.clone(), as_of: Millis(0), confirmed: true };
                inbox.table.learn(slot, known, &Order::new(names, words, ROWS));
            }
            if let Some(row) = naive.rows.iter_mut().find(|row| row.key == key) {
                row.known = Some(projection);
            }
        }
        Step::Names(person) => {
            let name = I18n::same(CleanText::new(&format!("Name{person}")));
            let id = PersonId::new(format!("person{person}"));
            let came = Names::of_people([Person::named(id, name)]);
            names.extend(came.clone());
            inbox.names_came(&came, &Order::new(names, words, ROWS));
        }
        Step::Gone(number) => {
            inbox.mark_gone(&key(*number));
            for row in naive.rows.iter_mut().filter(|row| row.key == key(*number)) {
                row.gone = true;
            }
        }
        Step::Missed(number, open) => {
            let process = key(*number).process;
            inbox.settle_missed(&process, |_| *open);
            for row in naive.rows.iter_mut().filter(|row| row.key.process == process && row.missed) {
                (row.missed, row.absent) = (false, false);
                row.gone |= !open;
            }
        }
        Step::Sort | Step::Filter(_) | Step::Arrange => {
            if let Step::Filter(filter) = step {
                inbox.filter = FILTERS[*filter].to_owned();
            } else if matches!(step, Step::Sort) {
                inbox.sort = inbox.sort.next();
            }
            inbox.arrange(&Order::new(names, words, ROWS));
            (naive.filter, naive.sort) = (inbox.filter.clone(), inbox.sort);
            naive.change(names, |_| {});
        }
        moves => move_cursor(inbox, naive, moves),
    }
}

/// The same for steps of the cursor.
fn move_cursor(inbox: &mut Inbox, naive: &mut Naive, step: &Step) {
    match step {
        Step::Travel(way) => {
            inbox.travel(*way, ROWS);
            naive.place.travel(*way, naive.shown.len(), ROWS);
            naive.cursor = naive.shown.get(naive.place.at()).cloned();
        }
        Step::Touch => (inbox.touched, naive.touched) = (true, true),
        Step::Advance(number) => {
            let wanted = |candidate: &TaskKey| *candidate >= key(*number);
            inbox.advance(ROWS, wanted);
            let open = |at: &usize| naive.rows.iter().any(|row| row.key == naive.shown[*at] && !row.gone);
            let Some(at) = naive.index() else { return };
            let accepts = |at: &usize| open(at) && wanted(&naive.shown[*at]);
            if let Some(next) = (at + 1..naive.shown.len()).find(accepts).or_else(|| (0..at).find(accepts)) {
                naive.place.place(next, naive.shown.len(), ROWS);
                naive.cursor = naive.shown.get(next).cloned();
            }
        }
        Step::Fit(rows) => {
            inbox.fit(*rows);
            if let Some(at) = naive.index() {
                naive.place.place(at, naive.shown.len(), *rows);
                naive.cursor = naive.shown.get(naive.place.at()).cloned();
            }
        }
        _ => {}
    }
}

fn restored() -> Inbox {
    let (mut inbox, names) = (Inbox::default(), Names::default());
    let order = Order::new(&names, (Lang::Zh, wording), ROWS);
    let stored = |number: u8, as_of| CachedRow {
        key: key(number),
        content: Some(CachedContent { projection: projection(1, number, true), as_of: Millis(as_of), current: false }),
        seen: Seen::Opened,
        stamps: None,
    };
    inbox.restore(vec![stored(2, 100), stored(4, 200), stored(6, 50)], &order);
    inbox
}

fn unconfirmed(inbox: &Inbox) -> Vec<TaskKey> {
    inbox.rows().filter(|row| row.is_unconfirmed()).map(|row| row.key.clone()).collect()
}

#[test]
fn rows_from_before_are_whole_and_marked() {
    let mut inbox = restored();
    assert_eq!((inbox.pending(), inbox.unknown(), unconfirmed(&inbox).len()), (3, 0, 3));
    assert!(inbox.rows().all(|row| row.seen == Seen::Opened));
    inbox.filter = "4 days".to_owned();
    let names = Names::default();
    inbox.arrange(&Order::new(&names, (Lang::Zh, wording), ROWS));
    assert_eq!(inbox.shown().map(|row| row.key.clone()).collect::<Vec<_>>(), [key(4)]);
}

#[test]
fn an_answer_about_changes_confirms_the_rows_that_it_covers() {
    let mut inbox = restored();
    let changed = [key(4).process];
    inbox.confirm(&Unchanged { from: Millis(100), to: Millis(300), changed: &changed });
    assert_eq!(unconfirmed(&inbox), [key(6), key(4)], "one is older, the other changed");
    inbox.confirm(&Unchanged { from: Millis(0), to: Millis(400), changed: &[] });
    assert_eq!(unconfirmed(&inbox), []);
}

#[test]
fn doubted_rows_are_confirmed_by_a_reading_only() {
    let mut inbox = restored();
    inbox.doubt_all();
    inbox.confirm(&Unchanged { from: Millis(0), to: Millis(400), changed: &[] });
    assert_eq!(unconfirmed(&inbox).len(), 3);
    let (slot, names) = (inbox.table.slot(&key(2)).expect("a row"), Names::default());
    let known = KnownRow { projection: projection(1, 2, true), as_of: Millis(500), confirmed: true };
    inbox.table.learn(slot, known, &Order::new(&names, (Lang::Zh, wording), ROWS));
    assert_eq!(unconfirmed(&inbox).len(), 2);
}

#[test]
fn rows_that_the_list_lacks_are_not_confirmed() {
    let mut inbox = restored();
    inbox.settle(&HashSet::from([key(2), key(4)]), Absence::ProvesNothing);
    inbox.confirm(&Unchanged { from: Millis(0), to: Millis(400), changed: &[] });
    assert_eq!(unconfirmed(&inbox), [key(6)]);
}

proptest! {
    #[test]
    fn list_equals_a_naive_one(steps in prop::collection::vec(steps(), 1..60)) {
        let (mut inbox, mut naive, mut names) = (Inbox::default(), Naive::default(), Names::default());
        for step in &steps {
            take(&mut inbox, &mut naive, &mut names, step);
            let rows: Vec<_> = inbox.rows().map(|row| (&row.key, row.gone, row.missed, row.absent)).collect();
            let expected: Vec<_> = naive.rows.iter().map(|row| (&row.key, row.gone, row.missed, row.absent)).collect();
            prop_assert_eq!(rows, expected, "after {:?}", step);
            prop_assert_eq!(inbox.shown().map(|row| &row.key).collect::<Vec<_>>(), naive.shown.iter().collect::<Vec<_>>(), "after {:?}", step);
            prop_assert_eq!((inbox.cursor(), inbox.index()), (naive.cursor.as_ref(), naive.index()), "after {:?}", step);
            let first = naive.place.first(naive.shown.len(), ROWS);
            let window: Vec<_> = naive.shown.iter().skip(first).take(ROWS).collect();
            prop_assert_eq!(inbox.window(ROWS).map(|(row, _)| &row.key).collect::<Vec<_>>(), window);
            prop_assert_eq!(inbox.pending(), naive.rows.iter().filter(|row| !row.gone).count());
            let unknown: Vec<_> = naive.rows.iter().filter(|row| !row.gone && row.known.is_none()).collect();
            let hidden = unknown.iter().filter(|row| !naive.shown.contains(&row.key)).count();
            let blank = naive.filtered_by.trim().is_empty();
            prop_assert_eq!((inbox.unknown(), inbox.unknown_hidden()), (unknown.len(), if blank { unknown.len() } else { hidden }));
        }
    }
}
