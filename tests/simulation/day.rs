//! One simulated day: a clock that moves from one event to the next, all that is on its way, and the effect of each act
//! of the script.

use std::cell::Cell;
use std::sync::Once;

use shenpi::app::{Burst, Leaving, RequestId, Slot};
use shenpi::domain::decision::Receipt;
use shenpi::domain::{CacheProblem, Failure, Instant, Millis, Now, ProcessId};
use shenpi::keys::{Keymap, Stroke};
use shenpi::runtime::{KeyInput, Session};
use shenpi::sim::world::{ExternalAction, FormValue, Switches, TaskState};
use shenpi::store::{Failing, Memory, Syncer};

use super::action::Moment as Point;
use super::action::{Action, CacheTrouble, DiskTrouble, End, ExternalChange, Script, Trouble, Which};
use super::cache::DayCache;
use super::fixture::{AMOUNT, abstracts};
use super::model::{Model, Moment};
use super::network::Read;
use super::platform::Platform;
use super::program::Program;
use super::shapes;

/// Between two characters of a text.
const CHARACTER: i64 = 60;
/// 2026-03-31, shortly before a month ends in UTC, or some other day: by the seed.
const MORNINGS: [i64; 4] = [1_773_018_000_000, 1_773_018_000_000, 1_774_972_740_000, 1_774_915_200_000];

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The number of the invariant, from 1; 0 for a panic.
    pub invariant: u8,
    pub words: String,
    pub at: Moment,
}

/// Figures of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub days: u64,
    /// Days whose answers were bytes in strange shapes.
    pub days_of_bytes: u64,
    /// Decisions of those days that did not leave because the request had changed.
    pub stopped: u64,
    pub steps: u64,
    pub faults: u64,
    pub kills: u64,
    pub power_cuts: u64,
    pub hang_ups: u64,
    pub starts: u64,
    pub confirmed: u64,
    pub requests: u64,
    pub done: u64,
    pub checks: u64,
    /// Syncs of the disk, and tokens that decisions waited for: each may be a slow one.
    pub syncs: u64,
    pub tokens: u64,
    /// Decisions that were ordered to leave and did not: too late, or after the end.
    pub kept_back: u64,
    /// Events over the long connection.
    pub announcements: u64,
    /// Starts with rows of an earlier run, and batches that were kept for a later one.
    pub warm_starts: u64,
    pub batches: u64,
    /// Decisions confirmed on content of an earlier run, and those of them that stopped because it was not current.
    pub on_cached: u64,
    pub stale: u64,
}

impl Figures {
    pub fn add(&mut self, other: &Self) {
        self.days += other.days;
        self.days_of_bytes += other.days_of_bytes;
        self.stopped += other.stopped;
        self.steps += other.steps;
        self.faults += other.faults;
        self.kills += other.kills;
        self.power_cuts += other.power_cuts;
        self.hang_ups += other.hang_ups;
        self.starts += other.starts;
        self.confirmed += other.confirmed;
        self.requests += other.requests;
        self.done += other.done;
        self.checks += other.checks;
        self.syncs += other.syncs;
        self.tokens += other.tokens;
        self.kept_back += other.kept_back;
        self.announcements += other.announcements;
        self.warm_starts += other.warm_starts;
        self.batches += other.batches;
        self.on_cached += other.on_cached;
        self.stale += other.stale;
    }
}

/// A future event.
pub struct Coming {
    pub due: Moment,
    /// Of two at one moment, the first comes first.
    pub order: u64,
    /// Of which run of the program.
    pub run: usize,
    pub what: What,
}

pub enum What {
    /// A read arrives at the platform.
    ReadThere { read: Read, back: i64, failure: Option<Failure> },
    /// Its answer reaches the program.
    ReadBack { id: RequestId, slot: Slot, result: Box<Result<shenpi::app::Answer, Failure>> },
    /// The thread of the cache comes to what waits.
    CacheTurn,
    /// The cache answers.
    CacheRead { id: RequestId, slot: Slot },
    /// The disk has done what it was asked to.
    Synced(Syncer),
    /// The preconditions of a departure are met, or have failed.
    Token { id: RequestId, result: Result<(), Failure> },
    /// The loop hears that the program has to end.
    HungUp,
    /// A decision arrives at the platform.
    WriteThere { passage: usize, back: Option<i64>, instead: Option<Failure>, busy: bool },
    /// Its answer reaches the program.
    WriteBack { passage: usize, result: Box<Result<Receipt, Failure>> },
    /// The wait for the last answers ends.
    PatienceEnds,
}

impl What {
    /// Happens at the platform or on the way there, in any state of the computer.
    pub const fn is_outside(&self) -> bool {
        matches!(self, Self::WriteThere { .. } | Self::ReadThere { .. })
    }
}

pub struct Day<'a> {
    pub script: &'a Script,
    pub keymap: &'a Keymap,
    pub platform: Platform,
    pub disk: Memory,
    pub cache: DayCache,
    pub model: Model,
    pub program: Option<Program>,
    pub runs: usize,
    pub now: Moment,
    morning: i64,
    /// How far the computer's clock is off.
    clock_error: i64,
    /// Somebody has set it on this day.
    pub clock_was_set: bool,
    /// How long the computer has slept.
    slept: i64,
    pub queue: Vec<Coming>,
    order: u64,
    pub troubles: Vec<Trouble>,
    pub traps: Vec<(Point, u8, End)>,
    pub way: i64,
    /// The user has refreshed everything in the evening.
    pub refreshed: bool,
    pub figures: Figures,
    pub broken: Option<Broken>,
    /// Story of the day, if it is wanted.
    pub story: Option<Vec<String>>,
}

/// Lives through a day. With `tell`, its story is written down. A panic of the program breaks something too.
pub fn live<'a>(script: &'a Script, keymap: &'a Keymap, tell: bool) -> Day<'a> {
    let mut day = Day::new(script, keymap, tell);
    let lived = quietly(|| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| day.goes_by())));
    if let Err(panic) = lived {
        let words = panic.downcast_ref::<String>().cloned();
        let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
        day.breaks(0, format!("the program panicked: {}", words.unwrap_or_default()));
    }
    day
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// The caller reports a panic, not the thread that it happens on.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                usual(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    let done = work();
    IS_QUIET.set(false);
    done
}

impl<'a> Day<'a> {
    fn new(script: &'a Script, keymap: &'a Keymap, tell: bool) -> Self {
        let behavior = &script.behavior;
        let switches = Switches {
            transfer_keeps_id: behavior.transfer_keeps_id,
            siblings_cancelled: behavior.siblings_cancelled,
            ..Switches::default()
        };
        let mornings = u64::try_from(MORNINGS.len()).unwrap_or(1);
        Self {
            script,
            keymap,
            platform: Platform::new(script.seed, behavior, switches),
            disk: Memory::new(),
            cache: DayCache::new(behavior.cache_sensitive, script.seed.is_multiple_of(shapes::EVERY) && behavior.cache),
            model: Model::default(),
            program: None,
            runs: 0,
            now: 0,
            morning: MORNINGS[usize::try_from(script.seed % mornings).unwrap_or_default()],
            clock_error: 0,
            clock_was_set: false,
            slept: 0,
            queue: Vec::new(),
            order: 0,
            troubles: Vec::new(),
            traps: Vec::new(),
            way: i64::from(behavior.way),
            refreshed: false,
            figures: Figures {
                days: 1,
                days_of_bytes: u64::from(script.seed.is_multiple_of(shapes::EVERY)),
                ..Figures::default()
            },
            broken: None,
            story: tell.then(Vec::new),
        }
    }

    fn goes_by(&mut self) {
        self.begin();
        for act in &self.script.acts {
            if self.broken.is_some() {
                return;
            }
            self.perform_act(act);
        }
        self.finish();
    }

    fn begin(&mut self) {
        for (place, kind) in self.script.cases.iter().enumerate() {
            let minutes = i64::try_from(self.script.cases.len() - place).unwrap_or_default();
            let at = Millis(self.true_wall().0 - minutes * 60_000);
            self.platform.start(*kind, at);
        }
        self.start();
        self.pass(2_000);
    }

    // --- time

    /// The platform's clock.
    pub fn true_wall(&self) -> Millis {
        Millis(self.morning + self.now)
    }

    /// The computer's clocks.
    pub fn clocks(&self) -> Now {
        let began = self.program.as_ref().map_or((0, 0), |program| program.began);
        let mono = (self.now - began.0) - (self.slept - began.1) + 5;
        Now {
            wall: Millis(self.true_wall().0 + self.clock_error),
            mono: Instant(u64::try_from(mono).unwrap_or_default()),
        }
    }

    /// The moment at which the platform's clock said this.
    pub fn moment_of_wall(&self, wall: Millis) -> Moment {
        wall.0 - self.morning
    }

    pub fn beginning(&self) -> (Moment, i64) {
        (self.now, self.slept)
    }

    /// The moment that the running program calls this.
    fn moment_of(&self, mono: Instant) -> Moment {
        let mono_now = self.clocks().mono.0;
        self.now + i64::try_from(mono.0.saturating_sub(mono_now)).unwrap_or(i64::MAX / 4)
    }

    pub fn later(&mut self, after: i64, run: usize, what: What) {
        self.order += 1;
        self.queue.push(Coming { due: self.now + after.max(0), order: self.order, run, what });
    }

    /// Lets time pass, with all events due in it.
    pub fn pass(&mut self, time: i64) {
        let end = self.now + time.max(0);
        while self.broken.is_none() {
            let coming = self.queue.iter().enumerate().min_by_key(|(_, coming)| (coming.due, coming.order));
            let coming = coming.map(|(place, coming)| (coming.due, place));
            let wake = self.next_wake();
            match (coming, wake) {
                (Some((due, place)), wake) if due <= end && wake.is_none_or(|wake| due <= wake) => {
                    self.now = self.now.max(due);
                    let coming = self.queue.swap_remove(place);
                    self.figures.steps += 1;
                    self.comes(coming);
                }
                (_, Some(wake)) if wake <= end => {
                    self.now = self.now.max(wake);
                    self.figures.steps += 1;
                    self.drive(Session::wake);
                }
                _ => break,
            }
        }
        self.now = self.now.max(end);
    }

    /// When the program wants to be woken.
    fn next_wake(&self) -> Option<Moment> {
        let program = self.program.as_ref().filter(|program| program.is_live())?;
        program.next_wake().map(|wake| self.moment_of(wake))
    }

    /// A number that depends only on the seed and on its purpose.
    pub fn dice(&self, what: &str, number: u64) -> u64 {
        let mut mixed = self.script.seed ^ 0x9E37_79B9_7F4A_7C15;
        for byte in what.bytes().chain(number.to_le_bytes()) {
            mixed = (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
            mixed ^= mixed >> 29;
        }
        mixed
    }

    pub fn say(&mut self, words: impl FnOnce(&Self) -> String) {
        if self.story.is_some() {
            let line = format!("{:>9.3} s  {}", seconds(self.now), words(self));
            if let Some(story) = &mut self.story {
                story.push(line);
            }
        }
    }

    /// Something that must never be true, is.
    pub fn breaks(&mut self, invariant: u8, words: impl Into<String>) {
        if self.broken.is_none() {
            let words = words.into();
            self.say(|_| format!("✗ invariant {invariant}: {words}"));
            self.broken = Some(Broken { invariant, words, at: self.now });
        }
    }

    // --- acts

    pub fn perform_act(&mut self, act: &Action) {
        self.say(|_| act.to_string());
        match act {
            Action::Key { after, key } => self.key(i64::from(*after), key),
            Action::Burst(keys) => {
                self.at_the_keyboard(400);
                self.burst(keys);
            }
            Action::Text(text) => {
                self.at_the_keyboard(400);
                for character in text.chars() {
                    self.pass(CHARACTER);
                    let stroke = if character == ' ' { "space".to_owned() } else { character.to_string() };
                    self.burst(&[stroke.as_str()]);
                }
            }
            Action::Paste(text) => {
                self.at_the_keyboard(400);
                self.typed(KeyInput::Paste((*text).to_owned()), true);
            }
            Action::Wait(millis) => self.pass(i64::from(*millis)),
            Action::Resize(columns, rows) => {
                self.figures.steps += 1;
                if self.is_live() {
                    self.drive(|session, day| session.resized(day, *columns, *rows));
                }
            }
            Action::External(which, change) => self.external_change(*which, *change),
            Action::Arrive(kind) => {
                let at = self.true_wall();
                self.platform.start(*kind, at);
            }
            Action::Announce(which, what) => self.announce(*which, *what),
            Action::Network(trouble) => self.troubles.push(*trouble),
            Action::Way(millis) => self.way = i64::from(*millis),
            Action::Disk(trouble) => self.disk_trouble(*trouble),
            Action::Trap { at, skip, how } => self.traps.push((*at, *skip, *how)),
            Action::End(how) => self.ends(*how),
            Action::HangUp => self.hang_up(),
            Action::Sleep(seconds) => {
                let time = i64::from(*seconds) * 1000;
                self.nothing_runs(time);
                self.slept += time;
                self.model.sleeps.push((self.now, time));
            }
            Action::Stop(seconds) => {
                let time = i64::from(*seconds) * 1000;
                self.nothing_runs(time);
                // During the quit question nothing is sent without the user's answer.
                let asked = self.program.as_ref().is_some_and(|program| program.app.leaving == Some(Leaving::Asking));
                if !asked {
                    self.model.stops.push((self.now, time));
                }
                if self.is_live() {
                    self.drive(Session::resumed);
                }
            }
            Action::Clock(seconds) => {
                self.figures.faults += 1;
                self.clock_error += i64::from(*seconds) * 1000;
                self.clock_was_set = true;
            }
            Action::Away(seconds) => self.away(i64::from(*seconds) * 1000),
            Action::Start(millis) => {
                if self.program.is_none() {
                    self.start();
                    self.pass(i64::from(*millis));
                }
            }
            Action::Cache(CacheTrouble::Damaged(choice)) => {
                self.figures.faults += 1;
                self.cache.damage(*choice);
            }
            Action::Cache(CacheTrouble::Lost) => self.lose_cache(CacheProblem::Full),
        }
    }

    /// The program is off for a while.
    fn away(&mut self, time: i64) {
        if self.program.is_some() {
            self.hang_up();
            self.pass(2_500);
        }
        self.pass(time);
    }

    /// The user is at the keyboard, and starts the program if it is not running.
    fn at_the_keyboard(&mut self, after: i64) {
        self.pass(after);
        if self.program.as_ref().is_some_and(|program| !program.is_live()) {
            self.pass(2_500);
        }
        if self.program.is_none() && self.broken.is_none() {
            self.start();
            self.pass(1_500);
        }
    }

    pub fn key(&mut self, after: i64, key: &str) {
        self.at_the_keyboard(after);
        self.burst(&[key]);
    }

    /// Strokes of one read of the terminal.
    fn burst(&mut self, keys: &[&str]) {
        for (place, key) in keys.iter().enumerate() {
            let stroke: Stroke = key.parse().expect("keys are written as strokes");
            self.typed(KeyInput::Stroke(stroke), place == 0);
        }
    }

    fn typed(&mut self, input: KeyInput, first: bool) {
        let broken = self.broken.is_some();
        let Some(program) = self.program.as_mut().filter(|program| program.is_live() && !broken) else { return };
        program.burst += u64::from(first);
        let burst = Burst(program.burst);
        self.figures.steps += 1;
        self.drive(|session, day| session.typed(day, input, burst));
    }

    /// The computer sleeps, or the program is stopped: events outside go on, the program's own work does not.
    fn nothing_runs(&mut self, time: i64) {
        self.figures.faults += 1;
        let wakes = self.now + time;
        for coming in &mut self.queue {
            if !coming.what.is_outside() {
                coming.due += time;
            }
        }
        while let Some(place) = self.outside_until(wakes) {
            let coming = self.queue.swap_remove(place);
            self.now = self.now.max(coming.due);
            self.comes(coming);
        }
        // Answers that came meanwhile wait in the computer's buffers.
        for coming in &mut self.queue {
            coming.due = coming.due.max(wakes);
        }
        self.now = wakes;
    }

    fn outside_until(&self, wakes: Moment) -> Option<usize> {
        let outside =
            self.queue.iter().enumerate().filter(|(_, coming)| coming.what.is_outside() && coming.due < wakes);
        outside.min_by_key(|(_, coming)| (coming.due, coming.order)).map(|(place, _)| place)
    }

    fn disk_trouble(&mut self, trouble: DiskTrouble) {
        self.figures.faults += u64::from(trouble != DiskTrouble::Fine);
        self.disk.fail(match trouble {
            DiskTrouble::Full(bytes) => Failing { room: Some(usize::from(bytes)), ..Failing::default() },
            DiskTrouble::SyncFails => Failing { sync: true, ..Failing::default() },
            DiskTrouble::Fine => Failing::default(),
        });
    }

    /// The case that is meant.
    pub fn case(&self, which: Which) -> Option<ProcessId> {
        let count = self.platform.cases().count();
        match which {
            Which::Nth(number) => self.platform.cases().nth(number % count.max(1)).cloned(),
            Which::Selected => self.program.as_ref()?.app.selected().map(|key| key.process.clone()),
            Which::Hers => {
                let app = self.program.as_ref().map(|program| &program.app);
                let dialog = app.and_then(|app| app.dialog.as_ref()).map(|dialog| dialog.key().process.clone());
                let newest = self.model.order.last().map(|id| self.model.confirmed[id].key().process.clone());
                let selected = app.and_then(|app| app.selected()).map(|key| key.process.clone());
                dialog.or(newest).or(selected)
            }
        }
    }

    fn external_change(&mut self, which: Which, change: ExternalChange) {
        let Some(id) = self.case(which) else { return };
        let Some(step) = self.step(&id, change) else { return };
        let at = self.true_wall();
        let done = self.platform.play(&id, step, at);
        self.figures.steps += 1;
        self.say(|day| format!("   {} {}", day.name(&id), if done { "is so now" } else { "cannot be done any more" }));
    }

    /// A change as something that the platform knows how to do.
    fn step(&self, id: &ProcessId, change: ExternalChange) -> Option<ExternalAction> {
        let she = self.platform.fixture.she;
        let [.., commentator] = self.platform.fixture.colleagues;
        let process = self.platform.world().process(self.platform.key_of(id)?);
        let open = process.tasks.iter().filter(|task| task.state == TaskState::Open).filter_map(|task| task.person);
        let colleague = open.clone().find(|person| *person != she);
        let words = |said: bool, words: &str| if said { words.to_owned() } else { String::new() };
        Some(match change {
            ExternalChange::ColleagueApproves(said) => {
                ExternalAction::Approve { by: colleague?, opinion: words(said, "同意，已核对") }
            }
            ExternalChange::ColleagueRejects => {
                ExternalAction::Reject { by: colleague?, opinion: "不符合规定".to_owned() }
            }
            ExternalChange::Comments => ExternalAction::Comment {
                by: commentator,
                message: format!("请看第 {} 条", process.comments.len() + 1),
                mentions: Vec::new(),
                files: 0,
                images: 0,
            },
            ExternalChange::Withdraws => ExternalAction::Withdraw,
            ExternalChange::SheApproves => ExternalAction::Approve { by: she, opinion: "手机上同意".to_owned() },
            ExternalChange::SheRejects => ExternalAction::Reject { by: she, opinion: "手机上拒绝".to_owned() },
            ExternalChange::SheTransfers => ExternalAction::Transfer { by: she, to: self.platform.fixture.stranger },
            ExternalChange::Summary(days) => {
                ExternalAction::Abstracts(abstracts(process.tasks.len(), usize::from(days) + 3))
            }
            ExternalChange::Amount(amount) => ExternalAction::Field {
                api_name: AMOUNT.into(),
                value: FormValue::Number(format!("{amount}88").into()),
            },
            ExternalChange::SystemApproves => {
                ExternalAction::SystemDecides { of: she, approve: true, opinion: String::new() }
            }
            ExternalChange::Intervenes => ExternalAction::Intervene { of: she },
            ExternalChange::AddsBeside => {
                ExternalAction::AddParallel { by: colleague?, people: vec![self.platform.fixture.stranger] }
            }
        })
    }

    /// How a story calls a case.
    pub fn name(&self, id: &ProcessId) -> String {
        let Some(shows) = self.platform.now_shows(id) else { return "an unknown case".to_owned() };
        let process = &shows.process;
        let number = process.abstracts.first().map(|line| line.value.zh.to_string()).unwrap_or_default();
        format!("{} {} {number}", process.initiator_name.en, process.kind().en)
    }
}

pub fn seconds(at: Moment) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "for the eye")]
    let millis = at as f64;
    millis / 1000.0
}
