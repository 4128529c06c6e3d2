//! A panic in the loop or in a task restores the terminal and is reported after that. The program cannot be made to
//! panic, so this test runs itself again as a program whose platform or view panics.

#![expect(clippy::panic, reason = "the subject of this test")]

use std::env;

use ratatui::Frame;
use shenpi::app::screen::Extent;
use shenpi::app::{Answer, App, Event, Query, Settings};
use shenpi::domain::decision::Receipt;
use shenpi::domain::{CleanText, Failure, I18n, Lang, Operator, PersonId, PersonIdType, Priority, Reviewed};
use shenpi::keys::Keymap;
use shenpi::runtime::{JournalWriter, Platform, RunDisk, SystemClock, panics, run};

use super::terminal::Terminal;

const WHERE: &str = "PANIC_IN";

#[test]
fn a_panic_of_the_loop_gives_the_terminal_back() {
    panics_in("loop", "the paint panics");
}

#[test]
fn a_panic_of_a_task_gives_the_terminal_back() {
    panics_in("task", "the platform panics");
}

fn panics_in(place: &str, message: &str) {
    let program = env::current_exe().unwrap();
    let arguments = ["--exact", "panic::a_program_that_panics", "--ignored", "--nocapture"];
    let mut terminal = Terminal::start(program.to_str().unwrap(), &arguments, &[(WHERE, place)]);
    let status = terminal.wait_for_end();
    assert_eq!(terminal.manner(), terminal.before);
    assert_eq!(status.code(), Some(101), "{}", terminal.text());
    // On the normal screen: text on the other screen vanishes with it.
    assert!(terminal.text().contains(message), "{}", terminal.text());
    assert!(terminal.written.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "it never had the terminal");
}

#[test]
#[ignore = "run in a terminal by the tests above"]
fn a_program_that_panics() {
    panics::install_hook();
    let in_task = env::var(WHERE).unwrap() == "task";
    let settings = Settings {
        operator: Operator { id: PersonId::new("ou_1"), id_type: PersonIdType::OpenId, name: I18n::default() },
        lang: Lang::Zh,
        undo: std::time::Duration::ZERO,
        read_only: false,
        holder: None,
        run: "run".into(),
        canned: Vec::new(),
        place: CleanText::default(),
        wording: shenpi::text::row::words,
        zone: jiff::tz::TimeZone::UTC,
        faults: None,
    };
    let paint = move |_: &mut Frame, _: &App, _: &Keymap| -> Extent {
        assert!(in_task, "the paint panics");
        Extent::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let ending = runtime.block_on(async {
        let clock = SystemClock::start();
        let app = App::new(settings, 80, 24, clock.now());
        let journal = JournalWriter::new(None, || Ok(None));
        Box::pin(run(
            app,
            Keymap::standard(),
            paint,
            Panicking,
            RunDisk { journal, cache: None },
            [Event::Started { first: None }],
            clock,
        ))
        .await
    });
    std::process::exit(ending.unwrap().0.exit_code().into());
}

struct Panicking;

impl Platform for Panicking {
    async fn read(&self, _: Query, _: Priority) -> Result<Answer, Failure> {
        panic!("the platform panics")
    }

    async fn write(&self, _: &Reviewed) -> Result<Receipt, Failure> {
        panic!("nothing is written here")
    }
}
