//! The program of a simulated day: the real state machine and the real journal, and around them what the runtime does:
//! append, make durable, send, answer — as steps of their own, so that an end can fall between any two of them.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use shenpi::app::screen::Extent;
use shenpi::app::{App, Effect, Event, Message, RequestId, Settings, Slot, not_recorded};
use shenpi::domain::decision::state::State;
use shenpi::domain::record::{Change, Record, SessionEnd};
use shenpi::domain::{CleanText, EntryId, Lang, Millis, Now, Reviewed};
use shenpi::store::{Failing, Journal, Memory, Run, Syncer};

use super::action::{End, Moment as Point};
use super::day::{Coming, Day, What};
use super::model::{Moment, Passage};

/// How long the last answers are waited for.
const PATIENCE: i64 = 2_000;

/// A running program.
pub struct Program {
    pub app: App,
    journal: Journal<Memory>,
    /// When it began, by the true time and by how long the computer had slept then.
    pub began: (Moment, i64),
    phase: Phase,
    /// The newest read of each slot.
    pub reads: HashMap<Slot, RequestId>,
    /// When the list was last asked for from its beginning, by the platform's clock.
    pub round_began: Millis,
    /// A record did not reach the journal: nothing is sent any more.
    unrecorded: bool,
    pub burst: u64,
    pub woken: Moment,
    /// She has pressed a key in this run.
    pub touched: bool,
    /// The review on screen.
    pub review: Option<super::confirming::OnScreen>,
    /// Sendings that were recorded since the last message.
    announced: Vec<(EntryId, RequestId)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Live,
    /// The screen is gone; answers to what was sent still reach the journal.
    Closing,
}

impl Program {
    /// Somebody can see it.
    pub fn is_live(&self) -> bool {
        self.phase == Phase::Live
    }

    /// Tells of a frame, as the loop does. Long texts are always longer than the screen here, so that they scroll.
    fn draw(&mut self, now: Now) {
        let extent = Extent { lines: 100, rows: 10, ..Extent::default() };
        let effects = self.app.update(Message::Event(Event::Drawn(extent)), now);
        assert!(effects.is_empty(), "a frame asks for nothing: {effects:?}");
    }
}

impl Day<'_> {
    /// She starts the program.
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
            // It refuses to start without its journal, so she makes room first.
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
            app: App::new(settings, columns, rows, self.clocks()),
            journal,
            began,
            phase: Phase::Live,
            reads: HashMap::new(),
            round_began: Millis(0),
            unrecorded: false,
            burst: 0,
            woken: self.now - 100,
            touched: false,
            review: None,
            announced: Vec::new(),
        };
        self.program = Some(program);
        self.say(|_| format!("the program starts (run {number})"));
        self.audit(Some(&recovered));
        self.tell(Message::Event(Event::Recovered(Box::new(recovered))));
        self.tell(Message::Event(Event::Started { first: None }));
    }

    /// One message, and the effects that it has.
    pub fn update(&mut self, message: &Message, messages: &mut VecDeque<Message>) {
        let now = self.clocks();
        let Some(program) = &mut self.program else { return };
        let before = super::ui_state::UiState::of(&program.app);
        let key = matches!(message, Message::Typed { .. });
        let answered = matches!(message, Message::Event(Event::Written { .. }));
        program.announced.clear();
        let effects = program.app.update(message.clone(), now);
        program.draw(now);
        self.watch(&before, message, &effects);
        if let Some(program) = &mut self.program {
            program.touched |= key;
        }
        if answered && self.reaches(Point::Updated) {
            return;
        }
        for effect in effects {
            if self.broken.is_some() || self.program.is_none() {
                return;
            }
            messages.extend(self.perform(effect));
        }
        self.note_told();
    }

    /// Has an effect done; what it brings about at once comes back as a message.
    fn perform(&mut self, effect: Effect) -> Option<Message> {
        match effect {
            Effect::Read { id, slot, after, query } => self.read(id, slot, after, query),
            Effect::Abandon(slot) => self.abandon(&slot),
            Effect::Record(record) => return self.record(&record),
            Effect::Write { id, decision } => return self.order(id, *decision),
            Effect::Copy(_) => return Some(Message::Event(Event::Copied)),
            Effect::Suspend => return Some(Message::Event(Event::Resumed)),
            Effect::Quit if !self.hanging_up => self.close(SessionEnd::Quit),
            Effect::Quit | Effect::Repaint | Effect::Fault(_) => {}
        }
        None
    }

    fn record(&mut self, record: &Record) -> Option<Message> {
        if let Some(bytes) = self.traps_in_append() {
            self.disk.fail(Failing { room: Some(bytes), truncate: true, ..Failing::default() });
        }
        let at = self.now;
        let program = self.program.as_mut()?;
        let appended = program.journal.append(record);
        if let Some(entry) = self.model.confirmed.get_mut(&record.entry) {
            entry.torn = Some((at, record.change.clone()));
        }
        if self.reaches(Point::InAppend(0)) {
            return None;
        }
        if let Some(entry) = self.model.confirmed.get_mut(&record.entry) {
            entry.torn = None;
        }
        let program = self.program.as_mut()?;
        match appended {
            Ok(()) => {
                if let (Change::Sending { .. }, Some(entry)) = (&record.change, program.app.outbox.entry(&record.task))
                    && let State::Sending { request: Some(request), .. } = entry.state
                {
                    program.announced.push((record.entry.clone(), request));
                }
                let (syncer, run) = (program.journal.syncer(), self.run());
                self.model.appended(record, at);
                self.say(|_| format!("   journal: {} {}", record.entry.0, shenpi::store::state(&record.change)));
                let after = i64::from(self.script.behavior.sync);
                self.later(after, run, What::Synced { syncer: Some(syncer), passage: None });
                self.reaches(Point::Appended);
                None
            }
            Err(error) => {
                program.unrecorded = true;
                self.say(|_| format!("   the journal cannot be written: {error}"));
                Some(Message::Event(Event::NotRecorded(CleanText::new(&error.to_string()))))
            }
        }
    }

    /// The number of the running program, or of the last one.
    pub fn run(&self) -> usize {
        self.runs.saturating_sub(1)
    }

    /// A decision is to be sent, once the journal is durable.
    fn order(&mut self, id: RequestId, decision: Reviewed) -> Option<Message> {
        let run = self.run();
        let program = self.program.as_mut()?;
        if program.unrecorded {
            let result = Err(not_recorded(CleanText::default()));
            return Some(Message::Event(Event::Written { id, result }));
        }
        let syncer = program.journal.syncer();
        let announced = program.announced.iter().find(|(_, request)| *request == id).map(|(entry, _)| entry.clone());
        let Some(entry) = announced else {
            let name = self.name(decision.target.process());
            self.breaks(5, format!("a decision on {name} is sent, and the journal has no word of it"));
            return None;
        };
        let place = self.model.passages.len();
        let ordered = self.now;
        self.model.passages.push(Passage {
            entry: entry.clone(),
            run,
            request: id,
            decision,
            ordered,
            left: None,
            arrived: None,
            done: false,
            over: false,
            answer: None,
        });
        if let Some(confirmed) = self.model.confirmed.get_mut(&entry) {
            confirmed.passages.push(place);
        }
        let after = i64::from(self.script.behavior.sync);
        self.later(after, run, What::Synced { syncer: Some(syncer), passage: Some(place) });
        None
    }

    /// Something that was on its way is here.
    pub fn comes(&mut self, coming: Coming) {
        let Coming { run, what, .. } = coming;
        let mine = self.program.is_some() && run == self.run();
        match what {
            What::ReadThere { id, slot, query, back, failure } => {
                if mine {
                    self.read_there(id, slot, &query, back, failure);
                }
            }
            What::ReadBack { id, slot, result } => {
                if mine {
                    self.read_back(id, slot, *result);
                }
            }
            What::Synced { syncer, passage } => {
                if mine && let Some(syncer) = syncer {
                    self.synced(syncer, passage);
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
    fn synced(&mut self, syncer: Syncer, passage: Option<usize>) {
        let done = syncer.sync();
        match (done, passage) {
            (Ok(()), None) => self.model.synced(),
            (Ok(()), Some(place)) => {
                self.model.synced();
                if self.reaches(Point::Synced) {
                    return;
                }
                if self.program.as_ref().is_some_and(Program::is_live) {
                    self.leave(place);
                }
            }
            (Err(error), None) => self.answer(Event::NotRecorded(CleanText::new(&error.to_string()))),
            (Err(error), Some(place)) => {
                let failure = not_recorded(CleanText::new(&error.to_string()));
                let id = self.model.passages[place].request;
                self.answer(Event::Written { id, result: Err(failure) });
            }
        }
    }

    /// Something that the program's own tasks have to tell it.
    pub fn answer(&mut self, event: Event) {
        if self.program.as_ref().is_some_and(Program::is_live) {
            self.tell(Message::Event(event));
            return;
        }
        // The screen is gone: what is answered now still reaches the journal.
        let now = self.clocks();
        let Some(program) = &mut self.program else { return };
        let effects = program.app.update(Message::Event(event), now);
        self.watch_end(&effects);
        for effect in effects {
            if let Effect::Record(record) = effect {
                self.record(&record);
            }
            if self.program.is_none() || self.broken.is_some() {
                return;
            }
        }
        if self.program.as_ref().is_some_and(|program| program.app.outbox.sending() == 0) {
            self.gone();
        }
    }

    // --- ends

    /// The terminal goes.
    pub fn hang_up(&mut self) {
        if !self.program.as_ref().is_some_and(Program::is_live) {
            return;
        }
        self.figures.hang_ups += 1;
        self.figures.steps += 1;
        let mut messages = VecDeque::new();
        self.hanging_up = true;
        self.update(&Message::Event(Event::HungUp), &mut messages);
        self.hanging_up = false;
        if self.program.is_some() && self.broken.is_none() {
            self.close(SessionEnd::Signal(1));
        }
    }

    /// The screen goes; what is under way gets a little time.
    fn close(&mut self, how: SessionEnd) {
        let now = self.clocks();
        let run = self.run();
        let Some(program) = self.program.as_mut().filter(|program| program.is_live()) else { return };
        program.phase = Phase::Closing;
        let ended =
            program.journal.end(how, now.wall, program.app.idle(now)).and_then(|()| program.journal.syncer().sync());
        let waits = program.app.outbox.sending() > 0;
        if ended.is_ok() {
            self.model.synced();
        }
        if how == SessionEnd::Quit {
            self.note_parting();
        } else {
            self.forget_what_nobody_saw();
        }
        self.say(|_| format!("the program leaves ({how:?})"));
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
        self.drop_program();
    }

    /// The process is over, whatever it was doing.
    pub fn ends(&mut self, how: End) {
        let was_running = self.program.is_some();
        self.say(|_| format!("† {how}"));
        self.drop_program();
        match how {
            End::Killed => {
                self.figures.kills += u64::from(was_running);
                self.disk.fail(Failing::default());
                for entry in self.model.confirmed.values_mut() {
                    entry.lost |= entry.changes.is_empty();
                }
            }
            End::PowerCut(choice) => {
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
    fn traps_in_append(&self) -> Option<usize> {
        let first = self.traps.iter().find_map(|(at, skip, _)| match at {
            Point::InAppend(bytes) => Some((usize::from(*bytes), *skip)),
            _ => None,
        });
        first.filter(|(_, skip)| *skip == 0).map(|(bytes, _)| bytes)
    }
}
