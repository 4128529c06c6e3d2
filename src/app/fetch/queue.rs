//! The processes of the list: which are loaded, and which are to be read, the longest waiting first. Every change of one
//! process is entered by itself, so that no message scans the list.

use std::collections::{BTreeSet, HashMap};

use crate::domain::{ApproverId, ProcessId, TaskKey};

/// Place in the order of waiting. Ids are decimal and rise with time: longer is later, then the text decides.
type Age = (usize, ApproverId);

/// How far a listed process is loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Standing {
    #[default]
    Absent,
    Failed,
    Here,
}

/// One listed process.
#[derive(Clone, Debug)]
struct Listed {
    /// That of its longest waiting task.
    age: Age,
    standing: Standing,
    /// The row shows its content, also while the request itself is not here.
    known: bool,
    /// It is to be read, and no read of it is under way.
    due: bool,
}

impl Listed {
    fn is_unread(&self) -> bool {
        !self.known && self.standing == Standing::Absent
    }
}

/// The listed processes, and those of them that are due in the order of age.
#[derive(Debug, Default)]
pub(super) struct LoadQueue {
    listed: HashMap<ProcessId, Listed>,
    /// Due, and nothing is known of them.
    unknown: BTreeSet<(Age, ProcessId)>,
    /// Due, and an older reading is known.
    outdated: BTreeSet<(Age, ProcessId)>,
    /// Listed, neither known nor failed.
    unread: usize,
}

impl LoadQueue {
    /// A task of this process is in the list. Returns whether that is news.
    pub(super) fn list(&mut self, key: &TaskKey, known: bool) -> bool {
        let age = (key.approver.as_str().len(), key.approver.clone());
        if self.listed.get(&key.process).is_some_and(|known| known.age <= age) {
            return false;
        }
        let listed = match self.take(&key.process) {
            Some(before) => Listed { age: before.age.clone().min(age), ..before },
            None => Listed { age, standing: Standing::Absent, known, due: false },
        };
        self.put(key.process.clone(), listed);
        true
    }

    /// Drops the processes that the list has no more.
    pub(super) fn keep_only(&mut self, is_listed: impl Fn(&ProcessId) -> bool) {
        let left: Vec<ProcessId> = self.listed.keys().filter(|process| !is_listed(process)).cloned().collect();
        for process in left {
            self.take(&process);
        }
    }

    /// Enters the state of a process, if it is listed.
    pub(super) fn enter(&mut self, process: &ProcessId, standing: Standing, due: bool) {
        if let Some(before) = self.take(process) {
            let known = before.known || standing == Standing::Here;
            self.put(process.clone(), Listed { standing, known, due, ..before });
        }
    }

    /// Takes a process out, with what is counted of it.
    fn take(&mut self, process: &ProcessId) -> Option<Listed> {
        let listed = self.listed.remove(process)?;
        self.unread -= usize::from(listed.is_unread());
        if listed.due {
            let place = (listed.age.clone(), process.clone());
            self.unknown.remove(&place);
            self.outdated.remove(&place);
        }
        Some(listed)
    }

    fn put(&mut self, process: ProcessId, listed: Listed) {
        self.unread += usize::from(listed.is_unread());
        if listed.due {
            let due = if listed.known { &mut self.outdated } else { &mut self.unknown };
            due.insert((listed.age.clone(), process.clone()));
        }
        self.listed.insert(process, listed);
    }

    pub(super) fn is_known(&self, process: &ProcessId) -> bool {
        self.listed.get(process).is_some_and(|listed| listed.known)
    }

    pub(super) fn is_due(&self, process: &ProcessId) -> bool {
        self.listed.get(process).is_some_and(|listed| listed.due)
    }

    /// Nothing is due.
    pub(super) fn is_empty(&self) -> bool {
        self.unknown.is_empty() && self.outdated.is_empty()
    }

    /// The due process that has waited longest. `unknown_first`: one of which nothing is known, if there is any.
    pub(super) fn oldest(&self, unknown_first: bool) -> Option<&ProcessId> {
        let (unknown, outdated) = (self.unknown.first(), self.outdated.first());
        let first = match (unknown, outdated) {
            (Some(unknown), Some(outdated)) if !unknown_first => Some(unknown.min(outdated)),
            _ => unknown.or(outdated),
        };
        first.map(|(_, process)| process)
    }

    /// Listed processes that are still to be read for the first time, and all listed ones.
    pub(super) fn unread_of_all(&self) -> (usize, usize) {
        (self.unread, self.listed.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::{LoadQueue, Standing};
    use crate::domain::{ApproverId, ProcessId, TaskKey};

    #[derive(Clone, Debug)]
    enum Step {
        List(u8, u16, bool),
        Enter(u8, u8, bool),
        KeepOnly(Vec<u8>),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0_u8..12, 0_u16..2_000, any::<bool>()).prop_map(|(process, age, known)| Step::List(process, age, known)),
            6 => (0_u8..12, 0_u8..3, any::<bool>()).prop_map(|(process, how, due)| Step::Enter(process, how, due)),
            1 => prop::collection::vec(0_u8..12, 0..12).prop_map(Step::KeepOnly),
        ];
        prop::collection::vec(step, 1..60)
    }

    fn process(number: u8) -> ProcessId {
        ProcessId::new(number.to_string())
    }

    /// A list without indexes: of each process its age, whether it is known, failed and due.
    type Naive = BTreeMap<ProcessId, (u16, bool, bool, bool)>;

    fn oldest(naive: &Naive, unknown_first: bool) -> Option<&ProcessId> {
        let due = naive.iter().filter(|(_, (.., due))| *due);
        let place = |(process, (age, known, ..)): &(&ProcessId, &(u16, bool, bool, bool))| {
            (unknown_first && *known, *age, (*process).clone())
        };
        due.min_by_key(place).map(|(process, _)| process)
    }

    proptest! {
        #[test]
        fn it_equals_a_list_without_indexes(steps in steps()) {
            let mut queue = LoadQueue::default();
            let mut naive = Naive::new();
            for step in steps {
                match step {
                    Step::List(number, age, known) => {
                        let key = TaskKey { process: process(number), approver: ApproverId::new(age.to_string()) };
                        queue.list(&key, known);
                        let listed = naive.entry(key.process).or_insert((age, known, false, false));
                        listed.0 = listed.0.min(age);
                    }
                    Step::Enter(number, how, due) => {
                        let standing = [Standing::Absent, Standing::Failed, Standing::Here][usize::from(how)];
                        queue.enter(&process(number), standing, due);
                        if let Some(listed) = naive.get_mut(&process(number)) {
                            listed.1 |= standing == Standing::Here;
                            (listed.2, listed.3) = (standing == Standing::Failed, due);
                        }
                    }
                    Step::KeepOnly(kept) => {
                        let kept: Vec<_> = kept.into_iter().map(process).collect();
                        queue.keep_only(|process| kept.contains(process));
                        naive.retain(|process, _| kept.contains(process));
                    }
                }
                let unread = naive.values().filter(|(_, known, failed, _)| !known && !failed).count();
                prop_assert_eq!(queue.oldest(false), oldest(&naive, false));
                prop_assert_eq!(queue.oldest(true), oldest(&naive, true));
                prop_assert_eq!(queue.is_empty(), oldest(&naive, false).is_none());
                prop_assert_eq!(queue.unread_of_all(), (unread, naive.len()));
                for number in 0..12 {
                    let due = naive.get(&process(number)).is_some_and(|(.., due)| *due);
                    prop_assert_eq!(queue.is_due(&process(number)), due);
                }
            }
        }
    }
}
