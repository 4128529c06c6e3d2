//! Pictures of the demo: the program's own session on the simulated organisation, at a fixed time and without a terminal.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::tz::{TimeZone, offset};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::layout::Position;
use secrecy::ExposeSecret as _;
use tokio::runtime::Runtime;

use super::port::{Clock, Environment, Platform as _, Report, Requests, Storage, TerminalIo};
use super::{ExitReason, KeyInput, OpenApi, Session};
use crate::app::screen::Extent;
use crate::app::{self, Answer, App, Burst, Chronicle, Event, Message, Query, RequestId, Slot};
use crate::domain::record::Record;
use crate::domain::{
    CleanText, I18n, Instant, Lang, Millis, Now, Operator, PersonId, PersonIdType, Priority, Reviewed,
};
use crate::feishu::{self, Client};
use crate::keys::{Keymap, Stroke};
use crate::sim;
use crate::sim::http::{EventOptions, Handle, RateLimits, ServeOptions};
use crate::view::palette::Palette;
use crate::view::{self, Theme};

/// A screen of the demo: its size, and the strokes that lead to it from the start, a second apart.
#[derive(Debug)]
pub struct Scene {
    pub name: &'static str,
    size: (u16, u16),
    strokes: &'static str,
}

const fn scene(name: &'static str, strokes: &'static str) -> Scene {
    Scene { name, size: (80, 24), strokes }
}

pub const SCENES: [Scene; 11] = [
    scene("list", ""),
    scene("request", "j enter"),
    scene("form", "j j j j j j j j j enter 2 E"),
    scene("timeline", "j enter 3"),
    scene("review", "j a"),
    scene("reject", "j r 2"),
    scene("add-approvers", "j s 1 刘 强"),
    scene("changes", "/ 更 正 enter D"),
    Scene { name: "links", size: (120, 36), strokes: "L" },
    scene("help", "?"),
    Scene { name: "wide", size: (160, 48), strokes: "j enter" },
];

/// 2026-03-09 09:00 in Shanghai.
const MORNING: Millis = Millis(1_773_018_000_000);
const SEED: u64 = 7;
const TASKS: usize = 30;

/// Draws a scene as SVG, in the colors of a terminal.
///
/// # Errors
/// The simulated platform cannot be served, or a stroke of the scene is none.
pub fn draw(scene: &Scene, lang: Lang, theme: &Theme, palette: &Palette) -> io::Result<String> {
    let (columns, rows) = scene.size;
    let (mut stage, settings) = Stage::new(lang, theme.clone())?;
    let mut session = Session::new(App::new(settings, columns, rows, stage.now), Keymap::standard());
    for event in [Event::Recovered(Box::default()), Event::Started { first: None }] {
        stage.drive(&mut session, |session, stage| session.tell(stage, Message::Event(event)));
    }
    stage.pass(&mut session, Duration::from_secs(5));
    for stroke in scene.strokes.split_whitespace() {
        let stroke: Stroke = stroke.parse().map_err(|error| io::Error::other(format!("{stroke}: {error:?}")))?;
        stage.burst += 1;
        let burst = Burst(stage.burst);
        stage.drive(&mut session, |session, stage| session.typed(stage, KeyInput::Stroke(stroke), burst));
        stage.pass(&mut session, Duration::from_secs(1));
    }
    let (_, terminal) = painted(&session.app, session.keymap(), theme)?;
    let backend = terminal.backend();
    let Position { x, y } = backend.cursor_position();
    Ok(view::svg::svg(backend.buffer(), palette, backend.cursor_visible().then_some((x, y))))
}

fn painted(app: &App, keymap: &Keymap, theme: &Theme) -> io::Result<(Extent, Terminal<TestBackend>)> {
    let backend = TestBackend::new(app.screen.columns, app.screen.rows);
    let mut terminal = Terminal::new(backend).map_err(io::Error::other)?;
    let mut extent = Extent::default();
    terminal.draw(|frame| extent = view::draw(frame, app, keymap, theme)).map_err(io::Error::other)?;
    Ok((extent, terminal))
}

/// A read that waits for its time.
struct DueRead {
    due: Instant,
    id: RequestId,
    slot: Slot,
    priority: Priority,
    query: Query,
}

/// The outside of the session. Its clock moves only in [`Stage::pass`], so that a picture is the same on every machine.
struct Stage {
    runtime: Runtime,
    platform: OpenApi,
    /// Held until the end: the server ends with it.
    _server: Handle,
    /// The clock of the platform.
    clock: Arc<AtomicI64>,
    now: Now,
    theme: Theme,
    burst: u64,
    reads: Vec<DueRead>,
    reports: VecDeque<Report>,
}

impl Stage {
    fn new(lang: Lang, theme: Theme) -> io::Result<(Self, app::Settings)> {
        let organisation = sim::demo::organisation_in(lang, SEED, TASKS, MORNING);
        let clock = Arc::new(AtomicI64::new(MORNING.0));
        let told = Arc::clone(&clock);
        let options = ServeOptions {
            port: 0,
            seed: SEED,
            rate_limits: RateLimits::Off,
            token_life: sim::TOKEN_LIFE,
            faults: Vec::new(),
            clock: Arc::new(move || Millis(told.load(Ordering::Relaxed))),
            app_id: organisation.app_id.clone(),
            app_secret: organisation.app_secret.expose_secret().to_owned(),
            events: EventOptions::default(),
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let world = Arc::new(Mutex::new(organisation.world));
        let server = runtime.block_on(sim::http::serve(world, options))?;
        let sim::demo::DemoOperator { ids, name, .. } = organisation.operator;
        let operator = Operator {
            id: PersonId::new(ids.open_id),
            id_type: PersonIdType::OpenId,
            name: I18n { zh: CleanText::new(&name.zh), en: CleanText::new(&name.en) },
        };
        let (id, secret) = (organisation.app_id, organisation.app_secret);
        let mut client = feishu::ClientSettings::new(server.base_url(), id, secret, operator.clone());
        client.own_budget = false;
        let client = Client::new(client).map_err(|error| io::Error::other(error.to_string()))?;
        let company = if lang == Lang::Zh { organisation.company.zh } else { organisation.company.en };
        let settings = app::Settings {
            operator,
            lang,
            undo: Duration::from_secs(5),
            read_only: false,
            holder: None,
            run: "picture".into(),
            canned: match lang {
                Lang::Zh => vec!["材料不全，请补充".into(), "与排班冲突".into()],
                Lang::En => vec!["Please complete the documents".into(), "Conflicts with the schedule".into()],
            },
            place: CleanText::new(&company),
            wording: crate::text::row::words,
            zone: TimeZone::fixed(offset(8)),
            faults: Some(sim::faults::FaultKind::NAMES),
        };
        let platform = OpenApi::new(client, false, std::env::temp_dir(), None);
        let now = Now { wall: MORNING, mono: Instant(1_000) };
        let (reads, reports) = (Vec::new(), VecDeque::new());
        Ok((Self { runtime, platform, _server: server, clock, now, theme, burst: 0, reads, reports }, settings))
    }

    /// Acts on the session, and hands over every answer that is due.
    fn drive(&mut self, session: &mut Session, act: impl FnOnce(&mut Session, &mut Self)) {
        act(session, self);
        loop {
            session.settle(self);
            session.draw(self);
            while let Some(at) = self.reads.iter().position(|read| read.due <= self.now.mono) {
                let DueRead { id, slot, priority, query, .. } = self.reads.remove(at);
                let result = self.runtime.block_on(self.platform.read(query, priority));
                self.reports.push_back(Report::Event(Event::Answered { id, slot, result }));
            }
            let Some(report) = self.reports.pop_front() else { return };
            session.receive(self, report);
        }
    }

    /// Lets time pass, with all that is due in it.
    fn pass(&mut self, session: &mut Session, time: Duration) {
        let end = self.now.mono + time;
        loop {
            let wake = session.next_wake();
            let next = wake.into_iter().chain(self.reads.iter().map(|read| read.due)).min();
            let Some(next) = next.filter(|next| *next <= end) else { break };
            self.advance(next.max(self.now.mono));
            self.drive(session, |session, stage| {
                if wake.is_some_and(|wake| wake <= next) {
                    session.wake(stage);
                }
            });
        }
        self.advance(end);
        self.drive(session, |_, _| ());
    }

    fn advance(&mut self, mono: Instant) {
        self.now.wall.0 += i64::try_from(mono.since(self.now.mono).as_millis()).unwrap_or_default();
        self.now.mono = mono;
        self.clock.store(self.now.wall.0, Ordering::Relaxed);
    }
}

impl Clock for Stage {
    fn now(&self) -> Now {
        self.now
    }
}

impl TerminalIo for Stage {
    fn draw(&mut self, app: &App, keymap: &Keymap) -> io::Result<Extent> {
        painted(app, keymap, &self.theme).map(|(extent, _)| extent)
    }

    fn repaint(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// A journal that keeps nothing.
impl Storage for Stage {
    fn append(&mut self, _: &Record) -> io::Result<()> {
        Ok(())
    }

    fn begin_sync(&mut self) {
        self.reports.push_back(Report::Synced(Ok(())));
    }

    fn end(&mut self, _: ExitReason, _: Now, _: Option<u64>) {}

    fn read_history(&mut self, id: RequestId, slot: Slot, _: usize) {
        let result = Ok(Answer::History(Ok(Chronicle::default())));
        self.reports.push_back(Report::Event(Event::Answered { id, slot, result }));
    }
}

impl Requests for Stage {
    fn read(&mut self, id: RequestId, slot: Slot, priority: Priority, after: Duration, query: Query) {
        self.abandon(&slot);
        self.reads.push(DueRead { due: self.now.mono + after, id, slot, priority, query });
    }

    fn abandon(&mut self, slot: &Slot) {
        self.reads.retain(|read| read.slot != *slot);
    }

    fn prepare(&mut self, id: RequestId) {
        self.reports.push_back(Report::Prepared { id, result: Ok(()) });
    }

    fn write(&mut self, id: RequestId, decision: &Reviewed) {
        let result = self.runtime.block_on(self.platform.write(decision));
        self.reports.push_back(Report::Event(Event::Written { id, result }));
    }

    fn fault(&mut self, _: &str) -> Option<Event> {
        None
    }

    fn is_shut_down(&self) -> bool {
        false
    }

    fn shut_down(&mut self) {}
}

impl Environment for Stage {}
