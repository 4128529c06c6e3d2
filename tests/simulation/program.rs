//! The program of a simulated day: the real session on the real journal, in an environment where an end can fall between
//! any two steps of its work.

use std::collections::{HashMap, HashSet};
use std::ops::Deref;
use std::time::Duration;

use shenpi::app::{App, Event, Message, RequestId, Settings, Slot};
use shenpi::domain::{CacheProblem, CacheWrite, CleanText, EntryId, Lang, Millis, ProcessId, TaskKey};
use shenpi::runtime::{ExitReason, Report, Session};
use shenpi::store::{Failing, Journal, Memory, Run, Syncer};

use super::action::{End, Moment as Point};
use super::day::{Coming, Day, What};
use super::model::Moment;
use super::ui_state::UiState;

/// How long the last answers are waited for.
const PATIENCE: i64 = 2_000;

/// A running program.
pub struct Program {
    /// Taken out while it acts on the day.
    session: Option<Session>,
    pub journal: Journal<Memory>,
    /// When it began, by the true time and by how long the computer had slept then.
    pub began: (Moment, i64),
    phase: Phase,
    /// It was told to end; the loop may not have heard of it.
    pub shut_down: bool,
    /// The newest read of each slot.
    pub reads: HashMap<Slot, RequestId>,
    /// Processes that this run has read.
    pub read: HashSet<ProcessId>,
    /// Rows of the list when they were last looked at: whether they counted as current, and up to when.
    pub rows: HashMap<TaskKey, (bool, Millis)>,
    /// When the list was last asked for from its beginning, by the platform's clock.
    pub round_began: Millis,
    pub burst: u64,
    /// The user has pressed a key in this run while a row was there to be chosen, or in another pane.
    pub touched: bool,
    /// The review on screen.
    pub review: Option<super::confirming::OnScreen>,
    /// Decisions that were due before the message that is being handled.
    pub due: Vec<EntryId>,
    /// The message that is being handled, and the screen before it.
    pub handled: Option<(UiState, Message)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Live,
    /// The screen is gone; answers to what was sent still reach the journal.
    Closing,
}

impl Program {
    /// Whether the user can see it.
    pub fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }
}

impl Program {
    /// The last batch for the next run.
    pub fn last_batch(&mut self) -> Vec<CacheWrite> {
        self.session.as_mut().map(|session| session.app.last_batch()).unwrap_or_default()
    }
}

impl Deref for Program {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session.as_ref().expect("between two steps the session is here")
    }
}

impl Day<'_> {
    /// The user starts the program.
    pub fn start(&mut self) {
        let number = self.runs;
        let run = Run {
            name: format!("run{number}"),
            pid: 100,
            terminal: "/dev/pts/1".into(),
            host: "harness".into(),
            program: "0".into(),
        };
        let settings = Settings {
            operator: self.platform.operator(),
            lang: Lang::En,
            undo: Duration::from_secs(self.script.behavior.undo),
            read_only: self.script.behavior.read_only,
            holder: None,
            faults: None,
            run: run.name.clone(),
            canned: vec!["材料不全，请补充".into()],
            place: CleanText::default(),
            wording: shenpi::text::row::words,
            zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(8)),
        };
        let wall = self.clocks().wall;
        let opened = Journal::open(self.disk.clone(), run.clone(), wall).or_else(|error| {
            // It refuses to start without its journal, so the user makes room first.
            self.say(|_| format!("the program does not start: {error}"));
            self.disk.fail(Failing::default());
            Journal::open(self.disk.clone(), run, wall)
        });
        let (journal, recovered) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.breaks(5, format!("the journal cannot be opened on a good disk: {error}")),
        };
        self.model.synced();
        self.runs += 1;
        self.figures.starts += 1;
        let began = self.beginning();
        let behavior = &self.script.behavior;
        let (columns, rows) = (behavior.columns, behavior.rows);
        let program = Program {
            session: None,
            journal,
            began,
            phase: Phase::Live,
            shut_down: false,
            reads: HashMap::new(),
            read: HashSet::new(),
            rows: HashMap::new(),
            round_began: Millis(0),
            burst: 0,
            touched: false,
            review: None,
            due: Vec::new(),
            handled: None,
        };
        self.program = Some(program);
        // Its clock has begun with it.
        let app = App::new(settings, columns, rows, self.clocks());
        if let Some(program) = &mut self.program {
            program.session = Some(Session::new(app, self.keymap.clone()));
        }
        self.say(|_| format!("the program starts (run {number})"));
        self.audit(Some(&recovered));
        let restored = self.open_cache();
        self.tell(Message::Event(Event::Recovered(Box::new(recovered))));
        if let Some(restored) = restored {
            self.tell(Message::Event(Event::Restored(Box::new(restored))));
        }
        self.tell(Message::Event(Event::Started { first: None }));
    }

    /// The session acts on this day, and what is to be seen and to end afterwards does.
    pub fn drive(&mut self, act: impl FnOnce(&mut Session, &mut Self)) {
        let Some(mut session) = self.program.as_mut().and_then(|program| program.session.take()) else { return };
        act(&mut session, self);
        if self.is_live() {
            session.settle(self);
            session.draw(self);
        }
        let Some(program) = &mut self.program else { return };
        let (ended, drained) = (session.ended(), session.is_drained());
        program.session = Some(session);
        if self.broken.is_some() {
            return;
        }
        self.note_told();
        match (ended, self.is_live()) {
            (Some(how), true) => self.close(how),
            (_, false) if drained => self.gone(),
            _ => {}
        }
    }

    pub fn is_live(&self) -> bool {
        self.program.as_ref().is_some_and(Program::is_live)
    }

    /// Whether the process is there to do anything.
    pub fn is_running(&self) -> bool {
        self.program.is_some() && self.broken.is_none()
    }

    /// State of the app between two steps.
    pub fn with_app(&mut self, look: impl FnOnce(&mut Self, &App)) {
        let Some(session) = self.program.as_mut().and_then(|program| program.session.take()) else { return };
        look(self, &session.app);
        if let Some(program) = &mut self.program {
            program.session = Some(session);
        }
    }

    /// Passes a message to the program, with its immediate consequences.
    pub fn tell(&mut self, message: Message) {
        if self.broken.is_none() && self.is_live() {
            self.drive(|session, day| session.tell(day, message));
        }
    }

    /// Something that the program's own work has to tell it.
    pub fn report(&mut self, report: Report) {
        if self.broken.is_none() {
            self.drive(|session, day| session.receive(day, report));
        }
    }

    /// The number of the running program, or of the last one.
    pub fn run(&self) -> usize {
        self.runs.saturating_sub(1)
    }

    /// An event on its way arrives.
    pub fn comes(&mut self, coming: Coming) {
        let Coming { run, what, .. } = coming;
        let mine = self.program.is_some() && run == self.run();
        match what {
            What::ReadThere { read, back, failure } => {
                if mine {
                    self.read_there(read, back, failure);
                }
            }
            What::ReadBack { id, slot, result } => {
                if mine {
                    self.read_back(id, slot, *result);
                }
            }
            What::CacheTurn => {
                if mine {
                    self.write_cache();
                }
            }
            What::CacheRead { id, slot } => {
                if mine {
                    self.cached_back(id, slot);
                }
            }
            What::Synced(syncer) => {
                if mine {
                    self.synced(syncer);
                }
            }
            What::Token { id, result } => {
                if mine {
                    self.report(Report::Prepared { id, result });
                }
            }
            What::HungUp => {
                if mine {
                    self.drive(|session, day| session.hang_up(day, 1));
                }
            }
            What::WriteThere { passage, back, instead, busy } => self.write_there(passage, back, instead, busy),
            What::WriteBack { passage, result } => {
                if mine {
                    self.write_back(passage, *result);
                }
            }
            What::PatienceEnds => {
                if mine {
                    self.gone();
                }
            }
        }
    }

    /// The disk has done what it was asked to.
    fn synced(&mut self, syncer: Syncer) {
        let done = syncer.sync();
        if done.is_ok() {
            self.model.synced();
        }
        self.report(Report::Synced(done.map_err(|error| CleanText::new(&error.to_string()))));
    }

    // --- ends

    /// The terminal goes. Nothing may leave from here on; the loop may hear of it a little later.
    pub fn hang_up(&mut self) {
        let late = self.dice("hears of the end", self.figures.hang_ups) % 60;
        let Some(program) = self.program.as_mut().filter(|program| program.is_live() && !program.shut_down) else {
            return;
        };
        program.shut_down = true;
        self.figures.hang_ups += 1;
        self.figures.steps += 1;
        if late < 30 {
            self.drive(|session, day| session.hang_up(day, 1));
        } else {
            let run = self.run();
            self.later(i64::try_from(late).unwrap_or_default(), run, What::HungUp);
        }
    }

    /// The screen goes; running requests get a little time.
    fn close(&mut self, how: ExitReason) {
        let run = self.run();
        let Some(program) = self.program.as_mut() else { return };
        program.phase = Phase::Closing;
        let Some(mut session) = program.session.take() else { return };
        session.close(self, how);
        let waits = !session.is_drained();
        if let Some(program) = &mut self.program {
            program.session = Some(session);
        }
        if how == ExitReason::Quit {
            self.note_parting();
        } else {
            self.forget_what_nobody_saw();
        }
        self.say(|_| format!("the program leaves ({:?})", how.session_end()));
        if waits {
            self.later(PATIENCE, run, What::PatienceEnds);
        } else {
            self.gone();
        }
    }

    /// The process is over, in good order.
    fn gone(&mut self) {
        if let Some(program) = &self.program
            && program.journal.syncer().sync().is_ok()
        {
            self.model.synced();
        }
        self.close_cache();
        self.drop_program();
    }

    /// A problem ends the cache.
    pub fn lose_cache(&mut self, problem: CacheProblem) {
        if self.cache.is_open() {
            self.cache.lose(&problem);
            self.report(Report::Event(Event::CacheLost(problem)));
        }
    }

    /// The process ends in any state.
    pub fn ends(&mut self, how: End) {
        let was_running = self.program.is_some();
        self.say(|_| format!("† {how}"));
        self.drop_program();
        match how {
            End::Killed => {
                self.cache.killed();
                self.figures.kills += u64::from(was_running);
                self.disk.fail(Failing::default());
                for entry in self.model.confirmed.values_mut() {
                    entry.lost |= entry.changes.is_empty();
                }
            }
            End::PowerCut(choice) => {
                self.cache.power_cut(choice);
                self.figures.power_cuts += u64::from(was_running);
                self.disk.power_cut(choice);
                self.power_took();
            }
        }
        self.forget_what_nobody_saw();
    }

    /// Decisions of which no record was durable may be gone with the power.
    fn power_took(&mut self) {
        self.model.undurable.clear();
        for entry in self.model.confirmed.values_mut() {
            entry.lost |= entry.durable == 0;
        }
    }

    fn drop_program(&mut self) {
        self.program = None;
        let run = self.run();
        self.queue.retain(|coming| coming.run != run || matches!(coming.what, What::WriteThere { .. }));
    }

    // --- traps

    /// A moment in the work has come. Returns whether the program ended here.
    pub fn reaches(&mut self, point: Point) -> bool {
        let same = |at: &Point| std::mem::discriminant(at) == std::mem::discriminant(&point);
        let Some(place) = self.traps.iter().position(|(at, ..)| same(at)) else { return false };
        if self.program.is_none() {
            return false;
        }
        let (at, skip, how) = &mut self.traps[place];
        if let Some(left) = skip.checked_sub(1) {
            *skip = left;
            return false;
        }
        let (at, how) = (*at, *how);
        self.traps.remove(place);
        self.say(|_| format!("at the moment when {at}:"));
        self.ends(how);
        true
    }

    /// How much of a record is written when the program ends in the middle of it.
    pub fn traps_in_append(&self) -> Option<usize> {
        let first = self.traps.iter().find_map(|(at, skip, _)| match at {
            Point::InAppend(bytes) => Some((usize::from(*bytes), *skip)),
            _ => None,
        });
        first.filter(|(_, skip)| *skip == 0).map(|(bytes, _)| bytes)
    }
}
