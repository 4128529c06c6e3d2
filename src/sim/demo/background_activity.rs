//! Actions of the other people while a program runs: they comment, decide tasks that were open to them too, file new
//! requests and withdraw some. A schedule without a clock: the driver passes the time.

use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use crate::domain::Millis;

use super::fixtures::Fixtures;
use super::generator::Generator;
use crate::sim::world::{ExternalAction, PersonKey, ProcessKey, ProcessState, TaskState, World};

/// Between two happenings, in milliseconds.
const SHORTEST_PAUSE: i64 = 20_000;
const LONGEST_PAUSE: i64 = 60_000;
/// Requests leave only queues longer than this.
const SPARED: usize = 5;

/// All people but the operator. Owned by the driver of the organisation.
#[derive(Debug)]
pub struct Actors {
    random: SmallRng,
    cast: Fixtures,
    crowd: Generator,
    /// The case that a colleague decides first.
    contested: Option<ProcessKey>,
    due: Option<Millis>,
}

/// One thing that the others may do.
#[derive(Clone, Copy, Debug)]
enum Act {
    Comment,
    Arrive,
    /// A colleague decides beside the operator: in an OR node the request leaves the operator's queue.
    DecideBeside,
    /// A colleague decides a request that no longer waits for the operator.
    GoOn,
    Withdraw,
}

/// How often each happens, of 20. More arrives than leaves, so that the queue does not run dry.
const SHARES: [(Act, u32); 5] =
    [(Act::Comment, 7), (Act::Arrive, 5), (Act::DecideBeside, 3), (Act::GoOn, 4), (Act::Withdraw, 1)];

impl Actors {
    pub(super) fn new(random: SmallRng, cast: Fixtures, crowd: Generator, contested: Option<ProcessKey>) -> Self {
        Self { random, cast, crowd, contested, due: None }
    }

    /// Performs the due actions and returns the time of the next call: 20 to 60 seconds later. The first call only
    /// reads the clock.
    pub fn next(&mut self, world: &mut World, now: Millis) -> Millis {
        match self.due {
            Some(due) if now < due => return due,
            Some(_) => {
                // Without a task or a person to decide it, this turn does nothing.
                let _happened = self.act(world, now);
            }
            None => {}
        }
        let due = Millis(now.0.saturating_add(self.random.random_range(SHORTEST_PAUSE..=LONGEST_PAUSE)));
        self.due = Some(due);
        due
    }

    fn act(&mut self, world: &mut World, now: Millis) -> Option<()> {
        if let Some(contested) = self.contested.take()
            && let Some(by) = self.rival(world, contested)
        {
            let approve = ExternalAction::Approve { by, opinion: "已和本人确认过，同意。".to_owned() };
            return world.play(contested, approve, now).ok();
        }
        let (process, step) = match self.draw() {
            Act::Arrive => return self.crowd.case(&self.cast, now, world, &mut self.random).ok().map(|_| ()),
            Act::Comment => self.comment(world)?,
            Act::DecideBeside => self.decide_beside(world)?,
            Act::GoOn => self.go_on(world)?,
            Act::Withdraw => (self.withdrawable(world)?, ExternalAction::Withdraw),
        };
        world.play(process, step, now).ok()
    }

    fn draw(&mut self) -> Act {
        let total = SHARES.iter().map(|(_, share)| share).sum();
        let mut left = self.random.random_range(0..total);
        for (act, share) in SHARES {
            if left < share {
                return act;
            }
            left -= share;
        }
        Act::Comment
    }

    fn comment(&mut self, world: &World) -> Option<(ProcessKey, ExternalAction)> {
        let process = self.choose(&self.queue(world))?;
        let comment = self.crowd.remark(&self.cast, world.process(process).initiator, &mut self.random).ok()?;
        Some((process, comment))
    }

    fn decide_beside(&mut self, world: &World) -> Option<(ProcessKey, ExternalAction)> {
        let queue = self.queue(world);
        if queue.len() <= SPARED {
            return None;
        }
        let rivals = queue.into_iter().filter_map(|process| Some((process, self.rival(world, process)?)));
        let (process, by) = self.choose(&rivals.collect::<Vec<_>>())?;
        Some((process, ExternalAction::Approve { by, opinion: "同意".to_owned() }))
    }

    fn go_on(&mut self, world: &World) -> Option<(ProcessKey, ExternalAction)> {
        let elsewhere = world.process_keys().filter(|process| !self.waits_for_operator(world, *process));
        let open = elsewhere.filter_map(|process| Some((process, self.rival(world, process)?)));
        let (process, by) = self.choose(&open.collect::<Vec<_>>())?;
        Some((process, ExternalAction::Approve { by, opinion: "同意".to_owned() }))
    }

    fn withdrawable(&mut self, world: &World) -> Option<ProcessKey> {
        let mut queue = self.queue(world);
        if queue.len() <= SPARED {
            return None;
        }
        let another = |person| person != self.cast.operator;
        queue.retain(|process| world.process(*process).initiator.is_some_and(another));
        self.choose(&queue)
    }

    /// Running cases that wait for the operator.
    fn queue(&self, world: &World) -> Vec<ProcessKey> {
        world.process_keys().filter(|process| self.waits_for_operator(world, *process)).collect()
    }

    fn waits_for_operator(&self, world: &World, process: ProcessKey) -> bool {
        open_people(world, process).any(|person| person == self.cast.operator)
    }

    /// Another person who can decide now. For a request that waits for the operator: a person who shares the operator's
    /// node.
    fn rival(&self, world: &World, process: ProcessKey) -> Option<PersonKey> {
        open_people(world, process).find(|person| *person != self.cast.operator)
    }

    fn choose<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        from.choose(&mut self.random).copied()
    }
}

fn open_people(world: &World, process: ProcessKey) -> impl Iterator<Item = PersonKey> {
    let process = world.process(process);
    let running = process.state == ProcessState::InProgress;
    let open = process.tasks.iter().filter(move |task| running && task.state == TaskState::Open);
    open.filter_map(|task| task.person)
}
