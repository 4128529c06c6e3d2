//! The real session, key map and views in an environment of memory: a platform behind them, and a clock that moves only
//! when a scenario waits.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use ratatui::buffer::Buffer;
use shenpi::app::screen::Extent;
use shenpi::app::{
    Answer, App, Burst, CachedRequest, Chronicle, Event, Layer, Message, Query, RequestId, Restored, Settings, Slot,
};
use shenpi::domain::Past;
use shenpi::domain::Recovered;
use shenpi::domain::decision::Receipt;
use shenpi::domain::decision::state::State;
use shenpi::domain::record::{Change, Record, SessionEnd};
use shenpi::domain::{
    CacheWrite, CleanText, Endpoint, Failure, FailureKind, Instant, Lang, Millis, Now, Operator, Outcome, Priority,
    ProcessId, Reviewed, TaskKey, TaskPage,
};
use shenpi::keys::{Keymap, Stroke};
use shenpi::runtime::{Clock, Environment, ExitReason, KeyInput, Report, Requests, Session, Storage, TerminalIo};
use shenpi::store::{Journal, Memory, Run};
use shenpi::text::Localizer;
use shenpi::view::{
    self,
    theme::{ColorDepth, Theme},
};

/// The platform that answers the program's requests.
pub trait Platform {
    fn read(&mut self, query: &Query) -> Result<Answer, Failure>;
    fn write(&mut self, decision: &Reviewed) -> Result<Receipt, Failure>;
    /// Whether the program's own budget lets this read leave.
    ///
    /// # Errors
    /// The time until it does.
    fn budget(&mut self, _query: &Query, _priority: Priority) -> Result<(), Duration> {
        Ok(())
    }
    /// Shows faults, where it is simulated.
    fn fault(&mut self, _order: &str) -> Option<Event> {
        None
    }
    /// The clock that the platform goes by.
    fn now(&mut self, now: Now);
}

/// Between two keys of a person; longer than a review must rest.
const TYPING: Duration = Duration::from_millis(400);

#[expect(clippy::struct_excessive_bools, reason = "switches of a test, each of its own")]
pub struct Harness<P> {
    /// Taken out while it acts on the rest.
    session: Option<Session>,
    pub platform: P,
    /// Texts on the clipboard.
    pub copied: Vec<String>,
    /// Effects that concern the terminal and the program.
    pub left: bool,
    pub suspended: usize,
    /// New long connections that were asked for.
    pub renewed: usize,
    /// No glyph outside ASCII in the chrome.
    pub ascii: bool,
    /// Every write that left, in order.
    pub sent: Vec<Reviewed>,
    /// Records of the journal, in order.
    pub records: Vec<Record>,
    /// Records from before this start.
    pub earlier: Vec<Record>,
    /// Records after the end of the session.
    pub records_after_end: Vec<Record>,
    /// While set, the journal takes nothing.
    pub disk_full: bool,
    /// Extent of each frame; `None`: no frame is drawn.
    pub extent: Option<Extent>,
    /// While set, reads are made but their answers wait.
    pub answers_wait: bool,
    /// While set, decisions are sent but not answered.
    pub writes_wait: bool,
    /// Slots of reads that were asked for before the one under way was answered.
    pub superseded: Vec<Slot>,
    /// Batches for the cache, in order.
    pub kept: Vec<CacheWrite>,
    /// Answers that the cache has.
    pub cached: HashMap<ProcessId, CachedRequest>,
    /// Reads that left, in order.
    pub left_reads: Vec<(Instant, Priority, Query)>,
    now: Now,
    burst: u64,
    reads: VecDeque<(Instant, RequestId, Slot, Priority, Query)>,
    /// Answers and other events on their way to the session.
    waiting: VecDeque<Event>,
    /// Immediate results of the disk and the token.
    done: VecDeque<Report>,
    unanswered: VecDeque<(RequestId, Reviewed)>,
    frame: Buffer,
    painted: Extent,
}

impl<P> Deref for Harness<P> {
    type Target = Session;

    fn deref(&self) -> &Session {
        self.session.as_ref().expect("between two steps the session is here")
    }
}

impl<P> DerefMut for Harness<P> {
    fn deref_mut(&mut self) -> &mut Session {
        self.session.as_mut().expect("between two steps the session is here")
    }
}

/// 2026-03-09 09:00 in Shanghai.
pub const MORNING: Millis = Millis(1_773_018_000_000);

pub fn settings(operator: Operator, lang: Lang) -> Settings {
    Settings {
        operator,
        lang,
        undo: Duration::from_secs(5),
        read_only: false,
        holder: None,
        run: "run".into(),
        canned: vec!["材料不全，请补充".into(), "与排班冲突".into()],
        place: "demo".into(),
        wording: shenpi::text::row::words,
        zone: jiff::tz::TimeZone::fixed(jiff::tz::offset(8)),
        faults: None,
    }
}

impl<P: Platform> Harness<P> {
    pub fn new(platform: P, settings: Settings, columns: u16, rows: u16) -> Self {
        let now = Now { wall: MORNING, mono: Instant(1_000) };
        Self::begin(platform, settings, (columns, rows), now, Recovered::default())
    }

    /// The same, where the check before the first screen has read the first page, or failed to.
    pub fn after_first(platform: P, settings: Settings, first: Result<TaskPage, Failure>) -> Self {
        let now = Now { wall: MORNING, mono: Instant(1_000) };
        Self::begin_with(platform, settings, (80, 24), now, Recovered::default(), Some(first))
    }

    /// A start that finds a cache. The answers of the platform wait.
    pub fn with_cache(platform: P, settings: Settings, restored: Restored, now: Now) -> Self {
        let mut harness = Self::prepared(platform, settings, (80, 24), now);
        harness.answers_wait = true;
        harness.tell(Message::Event(Event::Recovered(Box::default())));
        harness.tell(Message::Event(Event::Restored(Box::new(restored))));
        harness.tell(Message::Event(Event::Started { first: None }));
        harness
    }

    fn begin(platform: P, settings: Settings, size: (u16, u16), now: Now, recovered: Recovered) -> Self {
        Self::begin_with(platform, settings, size, now, recovered, None)
    }

    fn begin_with(
        platform: P,
        settings: Settings,
        size: (u16, u16),
        now: Now,
        recovered: Recovered,
        first: Option<Result<TaskPage, Failure>>,
    ) -> Self {
        let mut harness = Self::prepared(platform, settings, size, now);
        harness.tell(Message::Event(Event::Recovered(Box::new(recovered))));
        harness.tell(Message::Event(Event::Started { first }));
        harness
    }

    fn prepared(platform: P, settings: Settings, (columns, rows): (u16, u16), now: Now) -> Self {
        let app = App::new(settings, columns, rows, now);
        let mut harness = Self {
            session: Some(Session::new(app, Keymap::standard())),
            platform,
            copied: Vec::new(),
            left: false,
            suspended: 0,
            renewed: 0,
            ascii: false,
            sent: Vec::new(),
            records: Vec::new(),
            earlier: Vec::new(),
            records_after_end: Vec::new(),
            disk_full: false,
            // Long texts are always longer than the screen here, so that scrolling has somewhere to go.
            extent: Some(Extent { lines: 100, rows: 10, ..Extent::default() }),
            answers_wait: false,
            writes_wait: false,
            superseded: Vec::new(),
            kept: Vec::new(),
            cached: HashMap::new(),
            left_reads: Vec::new(),
            now,
            burst: 0,
            reads: VecDeque::new(),
            waiting: VecDeque::new(),
            done: VecDeque::new(),
            unanswered: VecDeque::new(),
            frame: Buffer::default(),
            painted: Extent::default(),
        };
        harness.platform.now(now);
        harness
    }

    /// The next start at the same harness, after any end of this one: it finds this one's journal. `how` is `None` when
    /// the program was killed.
    pub fn start_again(self, how: Option<SessionEnd>) -> Self {
        let Self { session, platform, now, mut earlier, records, records_after_end, .. } = self;
        let app = session.expect("between two steps the session is here").app;
        let memory = Memory::new();
        let run = |name: &str| Run {
            name: name.into(),
            pid: 1,
            terminal: "/dev/pts/3".into(),
            host: "jump".into(),
            program: "1".into(),
        };
        let (mut journal, _) = Journal::open(memory.clone(), run("first"), MORNING).expect("a memory can be read");
        for record in earlier.iter().chain(&records) {
            journal.append(record).expect("a memory can be written");
        }
        if let Some(how) = how {
            journal.end(how, now.wall, app.idle(now)).expect("a memory can be written");
        }
        for record in &records_after_end {
            journal.append(record).expect("a memory can be written");
        }
        let later = Now { wall: Millis(now.wall.0 + 600_000), mono: Instant(500) };
        let (_, recovered) = Journal::open(memory, run("second"), later.wall).expect("a memory can be read");
        let settings = Settings { run: format!("{}-again", app.settings.run), ..app.settings };
        earlier.extend(records.into_iter().chain(records_after_end));
        Self { earlier, ..Self::begin(platform, settings, (app.screen.columns, app.screen.rows), later, recovered) }
    }

    /// Content of the journal, newest first.
    fn chronicle(&self) -> Chronicle {
        let mut past: Vec<Past> = Vec::new();
        for record in self.earlier.iter().chain(&self.records) {
            let known = past.iter().position(|known| known.first().entry == record.entry);
            let whole = known.map(|at| past.remove(at)).map(|mut known| {
                known.push(record.clone());
                known
            });
            past.push(whole.unwrap_or_else(|| Past::of(record.clone())));
        }
        past.reverse();
        Chronicle { past, unreadable: 0, more: false }
    }

    /// Types keys one after the other, as a person does: `"jj<enter>a"`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for stroke in strokes(keys) {
            self.wait(TYPING);
            self.burst += 1;
            self.typed(KeyInput::Stroke(stroke));
        }
        self
    }

    /// Keys that arrive in one read of the terminal, at one moment.
    pub fn at_once(&mut self, keys: &str) -> &mut Self {
        self.wait(TYPING);
        self.burst += 1;
        for stroke in strokes(keys) {
            self.typed(KeyInput::Stroke(stroke));
        }
        self
    }

    /// Keys in reads of their own, this long after each other.
    pub fn every(&mut self, pause: Duration, keys: &str) -> &mut Self {
        for stroke in strokes(keys) {
            self.wait(pause);
            self.burst += 1;
            self.typed(KeyInput::Stroke(stroke));
        }
        self
    }

    /// Text written in a field, character by character.
    pub fn write(&mut self, text: &str) -> &mut Self {
        for character in text.chars() {
            self.burst += 1;
            let stroke = character.to_string().parse::<Stroke>().expect("a character is a stroke");
            self.typed(KeyInput::Stroke(stroke));
        }
        self
    }

    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.burst += 1;
        self.typed(KeyInput::Paste(text.to_owned()));
        self
    }

    fn typed(&mut self, input: KeyInput) {
        let burst = Burst(self.burst);
        self.drive(|session, outside| session.typed(outside, input, burst));
    }

    pub fn event(&mut self, event: Event) -> &mut Self {
        self.tell(Message::Event(event));
        self
    }

    /// Lets time pass, with all events due in it.
    pub fn wait(&mut self, time: Duration) -> &mut Self {
        let end = self.now.mono + time;
        loop {
            let wake = self.next_wake();
            let read = self.reads.iter().map(|(due, ..)| *due).min();
            let Some(next) = wake.into_iter().chain(read).min().filter(|next| *next <= end) else { break };
            self.pass_to(next.max(self.now.mono));
            if wake.is_some_and(|wake| wake <= next) {
                self.drive(Session::wake);
            } else {
                self.serve();
            }
        }
        self.pass_to(end);
        self
    }

    /// The computer sleeps, or its clock is set: the wall clock runs on without the monotonic one.
    pub fn clock_jumps(&mut self, millis: i64) -> &mut Self {
        self.now.wall.0 += millis;
        self.platform.now(self.now);
        self
    }

    /// The program is stopped and goes on: time goes by without it.
    pub fn stopped(&mut self, time: Duration) -> &mut Self {
        self.pass_to(self.now.mono + time);
        self.event(Event::Resumed)
    }

    fn pass_to(&mut self, mono: Instant) {
        let passed = mono.since(self.now.mono);
        self.now.wall.0 += i64::try_from(passed.as_millis()).expect("a short time");
        self.now.mono = mono;
        self.platform.now(self.now);
    }

    /// Hands over the answers that were held back.
    pub fn answers_come(&mut self) -> &mut Self {
        self.answers_wait = false;
        self.serve();
        self
    }

    /// Hands over the answers that were held back, the newest first: a line keeps no order.
    pub fn answers_come_newest_first(&mut self) -> &mut Self {
        self.waiting.make_contiguous().reverse();
        self.answers_come()
    }

    /// Answers the decisions that were held back.
    pub fn writes_come(&mut self) -> &mut Self {
        self.writes_wait = false;
        while let Some((id, decision)) = self.unanswered.pop_front() {
            let result = self.platform.write(&decision);
            self.drive(|session, outside| session.receive(outside, Report::Event(Event::Written { id, result })));
        }
        self
    }

    fn tell(&mut self, message: Message) {
        self.drive(|session, outside| session.tell(outside, message));
    }

    fn drive(&mut self, act: impl FnOnce(&mut Session, &mut Self)) {
        self.step(act);
        self.serve();
    }

    fn step(&mut self, act: impl FnOnce(&mut Session, &mut Self)) {
        let mut session = self.session.take().expect("between two steps the session is here");
        act(&mut session, self);
        session.settle(self);
        if self.extent.is_some() {
            session.draw(self);
        }
        self.left |= session.ended().is_some();
        self.session = Some(session);
    }

    /// Makes the reads that are due and hands over their answers.
    fn serve(&mut self) {
        loop {
            while let Some(at) = self.reads.iter().position(|(due, ..)| *due <= self.now.mono) {
                let (_, id, slot, priority, query) = self.reads.remove(at).expect("the read is there");
                let result = match (self.platform.budget(&query, priority), query) {
                    (_, Query::Cached(process)) => {
                        let cached = self.cached.get(&process).cloned().map(Box::new);
                        // The disk does not wait for the platform.
                        let result = Ok(Answer::Cached(cached));
                        self.done.push_back(Report::Event(Event::Answered { id, slot, result }));
                        continue;
                    }
                    (Err(time), query) => Err(no_budget(&query, time)),
                    (Ok(()), Query::History { .. }) => Ok(Answer::History(Ok(self.chronicle()))),
                    (Ok(()), query) => {
                        self.left_reads.push((self.now.mono, priority, query.clone()));
                        self.platform.read(&query)
                    }
                };
                self.waiting.push_back(Event::Answered { id, slot, result });
            }
            let report = match self.done.pop_front() {
                Some(report) => report,
                None if self.answers_wait => return,
                None => match self.waiting.pop_front() {
                    Some(event) => Report::Event(event),
                    None => return,
                },
            };
            self.step(|session, outside| session.receive(outside, report));
        }
    }

    /// The screen row by row, without trailing blanks. Drawing reports the length of the text, as in the loop.
    pub fn screen(&mut self) -> String {
        let frames = self.extent.take();
        self.step(Session::draw);
        self.extent = frames.map(|_| self.painted);
        let (columns, rows) = (self.app.screen.columns, self.app.screen.rows);
        let buffer = &self.frame;
        let mut lines = Vec::new();
        for y in 0..rows {
            let mut line = String::new();
            let mut x = 0;
            while x < columns {
                let symbol = buffer[(x, y)].symbol();
                line.push_str(symbol);
                x += u16::try_from(unicode_width::UnicodeWidthStr::width(symbol)).expect("narrow").max(1);
            }
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }

    pub fn selected(&self) -> TaskKey {
        self.app.selected().expect("a task is selected").clone()
    }

    /// The speaker of sentences, where these layers have the keys.
    pub fn localizer<'a>(&'a self, layers: &'a [Layer]) -> Localizer<'a> {
        let settings = &self.app.settings;
        let (lang, zone, simulated) = (settings.lang, &settings.zone, settings.is_simulated());
        Localizer { lang, keymap: self.keymap(), zone, now: MORNING, layers, simulated }
    }

    /// State of the decision on a task.
    pub fn state(&self, key: &TaskKey) -> Option<&State> {
        self.app.outbox.entry(key).map(|entry| &entry.state)
    }
}

impl<P> Clock for Harness<P> {
    fn now(&self) -> Now {
        self.now
    }
}

impl<P> TerminalIo for Harness<P> {
    fn draw(&mut self, app: &App, keymap: &Keymap) -> io::Result<Extent> {
        if let Some(extent) = self.extent {
            return Ok(extent);
        }
        let (columns, rows) = (app.screen.columns, app.screen.rows);
        let mut terminal = ratatui::Terminal::new(ratatui::backend::TestBackend::new(columns, rows)).expect("memory");
        let look = Theme::new(ColorDepth::Mono, self.ascii);
        let mut extent = Extent::default();
        terminal.draw(|frame| extent = view::draw(frame, app, keymap, &look)).expect("drawing into memory");
        self.frame = terminal.backend().buffer().clone();
        self.painted = extent;
        Ok(extent)
    }

    fn repaint(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.suspended += 1;
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.copied.push(text.to_owned());
        Ok(())
    }
}

/// A disk that is done at once.
impl<P> Storage for Harness<P> {
    fn append(&mut self, record: &Record) -> io::Result<()> {
        if self.disk_full {
            return Err(io::Error::other("no space left on device"));
        }
        self.records.push(record.clone());
        Ok(())
    }

    fn begin_sync(&mut self) {
        self.done.push_back(Report::Synced(Ok(())));
    }

    fn end(&mut self, _: ExitReason, _: Now, _: Option<u64>) {}

    fn read_history(&mut self, id: RequestId, slot: Slot, newest: usize) {
        self.begin_read(id, slot, Priority::Opened, Duration::ZERO, Query::History { newest });
    }

    fn read_cached(&mut self, id: RequestId, slot: Slot, process: ProcessId) {
        self.begin_read(id, slot, Priority::Opened, Duration::ZERO, Query::Cached(process));
    }

    fn keep(&mut self, batch: Vec<CacheWrite>) {
        self.kept.extend(batch);
    }
}

impl<P: Platform> Requests for Harness<P> {
    fn read(&mut self, id: RequestId, slot: Slot, priority: Priority, after: Duration, query: Query) {
        self.begin_read(id, slot, priority, after, query);
    }

    fn abandon(&mut self, slot: &Slot) {
        self.reads.retain(|(_, _, other, ..)| other != slot);
    }

    fn renew_live(&mut self) {
        self.renewed += 1;
    }

    fn prepare(&mut self, id: RequestId) {
        self.done.push_back(Report::Prepared { id, result: Ok(()) });
    }

    fn write(&mut self, id: RequestId, decision: &Reviewed) {
        let last = self.records.iter().rev().find(|record| record.task == decision.target.key);
        assert!(
            last.is_some_and(|record| matches!(record.change, Change::Sending { .. })),
            "what leaves was written down before: {last:?}"
        );
        self.sent.push(decision.clone());
        if self.writes_wait {
            self.unanswered.push_back((id, decision.clone()));
        } else {
            let result = self.platform.write(decision);
            self.waiting.push_back(Event::Written { id, result });
        }
    }

    fn fault(&mut self, order: &str) -> Option<Event> {
        self.platform.fault(order)
    }

    fn is_shut_down(&self) -> bool {
        false
    }

    fn shut_down(&mut self) {}
}

impl<P> Harness<P> {
    fn begin_read(&mut self, id: RequestId, slot: Slot, priority: Priority, after: Duration, query: Query) {
        let answered = |event: &Event| matches!(event, Event::Answered { slot: other, .. } if *other == slot);
        if self.reads.iter().any(|(_, _, other, ..)| *other == slot) || self.waiting.iter().any(answered) {
            self.superseded.push(slot.clone());
        }
        self.reads.retain(|(_, _, other, ..)| *other != slot);
        self.reads.push_back((self.now.mono + after, id, slot, priority, query));
    }
}

impl<P: Platform> Environment for Harness<P> {}

/// The program's own budget for this read is used up for so long.
fn no_budget(query: &Query, retry_after: Duration) -> Failure {
    Failure {
        endpoint: if matches!(query, Query::Form(_)) { Endpoint::FormV2 } else { Endpoint::ProcessDetail },
        kind: FailureKind::RateLimited { retry_after },
        outcome: Outcome::NotSent,
        code: None,
        http: None,
        log_id: None,
        message: CleanText::default(),
    }
}

/// `"jj<enter>a"`: characters, and names in angle brackets.
fn strokes(keys: &str) -> Vec<Stroke> {
    let mut strokes = Vec::new();
    let mut rest = keys;
    while let Some(character) = rest.chars().next() {
        let (name, length) = match rest.strip_prefix('<').and_then(|after| after.split_once('>')) {
            Some((name, _)) => (name.to_owned(), name.len() + 2),
            None => (character.to_string(), character.len_utf8()),
        };
        strokes.push(name.parse::<Stroke>().expect("keys are written as strokes"));
        rest = &rest[length..];
    }
    strokes
}
