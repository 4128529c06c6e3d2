//! The order of effects, and the gate before a decision leaves.

use std::io;
use std::time::Duration;

use super::{Session, not_recorded};
use crate::app::screen::Extent;
use crate::app::{App, Effect, Event, Message, Query, RequestId, Slot};
use crate::domain::decision::Receipt;
use crate::domain::record::{Change, Record};
use crate::domain::{
    Action, CleanText, EntryId, Failure, FailureKind, Instant, Millis, Now, Outcome, Priority, Reviewed,
};
use crate::keys::Keymap;
use crate::runtime::exit::ExitReason;
use crate::runtime::port::{Clock, Environment, Report, Requests, Storage, TerminalIo};
use crate::runtime::test_support::{reviewed, settings};

/// Notes what it is asked to do, and does nothing of it.
#[derive(Default)]
struct Outside {
    now: Now,
    asked: Vec<&'static str>,
    /// Messages to the app about decisions.
    written: Vec<Result<Receipt, Failure>>,
    not_recorded: usize,
    shut_down: bool,
    /// The journal takes nothing.
    full: bool,
    terminal_gone: bool,
}

impl Outside {
    fn asked(&mut self) -> Vec<&'static str> {
        std::mem::take(&mut self.asked)
    }

    /// Why the decision was not sent.
    fn kept_back(&mut self) -> Failure {
        assert!(!self.asked.contains(&"write"), "it was sent");
        let Some(Err(failure)) = self.written.pop() else { panic!("no answer says that it was not sent") };
        assert_eq!((failure.outcome, self.written.len()), (Outcome::NotSent, 0));
        failure
    }

    fn act(&self) -> io::Result<()> {
        if self.terminal_gone { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }

    fn passes(&mut self, seconds: u64) {
        self.now.mono = self.now.mono + Duration::from_secs(seconds);
        self.now.wall.0 += i64::try_from(seconds * 1000).unwrap();
    }
}

impl Clock for Outside {
    fn now(&self) -> Now {
        self.now
    }
}

impl TerminalIo for Outside {
    fn draw(&mut self, _: &App, _: &Keymap) -> io::Result<Extent> {
        self.act().map(|()| Extent::default())
    }

    fn repaint(&mut self) -> io::Result<()> {
        self.act()
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.act()
    }

    fn resume(&mut self) -> io::Result<()> {
        self.act()
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        self.act()
    }
}

impl Storage for Outside {
    fn append(&mut self, _: &Record) -> io::Result<()> {
        self.asked.push("append");
        if self.full { Err(io::Error::other("full")) } else { Ok(()) }
    }

    fn begin_sync(&mut self) {
        self.asked.push("sync");
    }

    fn end(&mut self, _: ExitReason, _: Now, _: Option<u64>) {
        self.asked.push("end");
    }

    fn read_history(&mut self, _: RequestId, _: Slot, _: usize) {}
}

impl Requests for Outside {
    fn read(&mut self, _: RequestId, _: Slot, _: Priority, _: Duration, _: Query) {}

    fn abandon(&mut self, _: &Slot) {}

    fn prepare(&mut self, _: RequestId) {
        self.asked.push("prepare");
    }

    fn write(&mut self, _: RequestId, _: &Reviewed) {
        self.asked.push("write");
    }

    fn fault(&mut self, _: &str) -> Option<Event> {
        None
    }

    fn is_shut_down(&self) -> bool {
        self.shut_down
    }

    fn shut_down(&mut self) {
        self.shut_down = true;
    }
}

impl Environment for Outside {
    fn before_update(&mut self, _: &App, message: &Message) {
        match message {
            Message::Event(Event::Written { result, .. }) => self.written.push(result.clone()),
            Message::Event(Event::NotRecorded(_)) => self.not_recorded += 1,
            _ => {}
        }
    }
}

const ID: RequestId = RequestId(1);

fn session() -> (Session, Outside) {
    let now = Now { wall: Millis(1_000_000), mono: Instant(10_000) };
    let session = Session::new(App::new(settings(), 80, 24, now), Keymap::standard());
    (session, Outside { now, ..Outside::default() })
}

fn record() -> Effect {
    Effect::Record(Box::new(Record {
        entry: EntryId("run-1".into()),
        at: Millis(1_000_000),
        task: reviewed().target.key,
        action: Action::Approve,
        change: Change::Sending { attempt: 1 },
        idle: None,
    }))
}

/// A decision is ordered to leave, its record before it.
fn ordered() -> (Session, Outside) {
    let (mut session, mut outside) = session();
    session.perform_all(&mut outside, vec![record(), Effect::Write { id: ID, decision: reviewed() }]);
    assert_eq!(outside.asked(), ["append", "sync"], "nothing leaves before the disk has its record");
    (session, outside)
}

impl Session {
    fn synced_well(&mut self, outside: &mut Outside) {
        self.receive(outside, Report::Synced(Ok(())));
    }

    fn has_token(&mut self, outside: &mut Outside) {
        self.receive(outside, Report::Prepared { id: ID, result: Ok(()) });
    }

    fn token_refused(&mut self, outside: &mut Outside) {
        let refused = Failure { kind: FailureKind::TokenRefused, ..not_recorded(CleanText::new("invalid token")) };
        self.receive(outside, Report::Event(Event::Written { id: ID, result: Err(refused) }));
    }
}

mod gate {
    use super::*;

    #[test]
    fn a_decision_leaves_once_durable_and_with_a_token() {
        let (mut session, mut outside) = ordered();
        session.synced_well(&mut outside);
        assert_eq!(outside.asked(), ["prepare"]);
        session.has_token(&mut outside);
        assert_eq!(outside.asked(), ["write"]);
        session.has_token(&mut outside);
        session.synced_well(&mut outside);
        assert!(outside.asked().is_empty(), "it leaves once");
        session.receive(&mut outside, Report::Event(Event::Written { id: ID, result: Ok(Receipt { log_id: None }) }));
        assert_eq!(outside.written.len(), 1);
    }

    #[test]
    fn the_sync_of_earlier_records_is_not_enough() {
        let (mut session, mut outside) = session();
        session.perform_all(&mut outside, vec![record()]);
        session.perform_all(&mut outside, vec![record(), Effect::Write { id: ID, decision: reviewed() }]);
        assert_eq!(outside.asked(), ["append", "sync", "append"], "one sync runs at a time");
        session.synced_well(&mut outside);
        assert_eq!(outside.asked(), ["sync"]);
        session.synced_well(&mut outside);
        assert_eq!(outside.asked(), ["prepare"]);
    }

    #[test]
    fn nothing_leaves_after_the_shutdown() {
        for waits_for_token in [false, true] {
            let (mut session, mut outside) = ordered();
            if waits_for_token {
                session.synced_well(&mut outside);
                outside.shut_down = true;
            } else {
                outside.shut_down = true;
                session.synced_well(&mut outside);
            }
            session.has_token(&mut outside);
            assert_eq!(outside.kept_back().kind, FailureKind::Ended);
        }
    }

    #[test]
    fn a_closed_session_answers_and_sends_nothing() {
        let (mut session, mut outside) = ordered();
        session.hang_up(&mut outside, 1);
        session.close(&mut outside, ExitReason::Signal(1));
        session.synced_well(&mut outside);
        session.has_token(&mut outside);
        assert_eq!(outside.kept_back().kind, FailureKind::Ended);
    }

    #[test]
    fn an_old_check_sends_nothing() {
        for (seconds, leaves) in [(2, true), (4, false)] {
            let (mut session, mut outside) = ordered();
            outside.passes(seconds);
            session.synced_well(&mut outside);
            session.has_token(&mut outside);
            if leaves {
                assert_eq!(outside.asked(), ["prepare", "write"]);
            } else {
                assert_eq!(outside.kept_back().kind, FailureKind::Late, "after {seconds} s");
            }
        }
    }

    #[test]
    fn a_slow_token_sends_nothing() {
        let (mut session, mut outside) = ordered();
        session.synced_well(&mut outside);
        outside.passes(20);
        session.has_token(&mut outside);
        assert_eq!(outside.kept_back().kind, FailureKind::Late);
    }

    /// The monotonic clock stands still while the computer sleeps.
    #[test]
    fn the_wall_clock_counts_too() {
        let (mut session, mut outside) = ordered();
        session.synced_well(&mut outside);
        outside.now.wall.0 += 60_000;
        session.has_token(&mut outside);
        assert_eq!(outside.kept_back().kind, FailureKind::Late);
    }

    #[test]
    fn a_hanging_disk_gives_the_decision_back() {
        let (mut session, mut outside) = ordered();
        assert_eq!(session.next_wake(), Some(Instant(13_000)));
        outside.passes(3);
        session.wake(&mut outside);
        assert_eq!(outside.kept_back().kind, FailureKind::Late);
        session.synced_well(&mut outside);
        assert!(outside.asked().is_empty(), "the disk's late answer sends nothing");
    }

    #[test]
    fn a_refused_token_is_renewed_once() {
        for refusals in [1, 2] {
            let (mut session, mut outside) = ordered();
            session.synced_well(&mut outside);
            session.has_token(&mut outside);
            session.token_refused(&mut outside);
            session.has_token(&mut outside);
            assert_eq!(outside.asked(), ["prepare", "write", "prepare", "write"]);
            if refusals == 2 {
                session.token_refused(&mut outside);
                assert_eq!(outside.kept_back().kind, FailureKind::TokenRefused);
            }
            assert!(outside.asked().is_empty());
        }
    }

    #[test]
    fn a_renewed_token_passes_the_gate_again() {
        for ends in [true, false] {
            let (mut session, mut outside) = ordered();
            session.synced_well(&mut outside);
            session.has_token(&mut outside);
            session.token_refused(&mut outside);
            assert_eq!(outside.asked(), ["prepare", "write", "prepare"]);
            if ends {
                outside.shut_down = true;
            } else {
                outside.passes(4);
            }
            session.has_token(&mut outside);
            let kind = outside.kept_back().kind;
            assert_eq!(kind, if ends { FailureKind::Ended } else { FailureKind::Late });
        }
    }

    #[test]
    fn a_token_that_cannot_be_had_sends_nothing() {
        let (mut session, mut outside) = ordered();
        session.synced_well(&mut outside);
        let failure = Failure { kind: FailureKind::Unreachable, ..not_recorded(CleanText::default()) };
        session.receive(&mut outside, Report::Prepared { id: ID, result: Err(failure) });
        assert_eq!(outside.kept_back().kind, FailureKind::Unreachable);
    }
}

mod journal {
    use super::*;

    #[test]
    fn a_failed_sync_sends_nothing_any_more() {
        let (mut session, mut outside) = ordered();
        session.receive(&mut outside, Report::Synced(Err("full".into())));
        assert_eq!(outside.kept_back().message.as_str(), "full");
        assert_eq!(outside.not_recorded, 1);
        session.perform_all(&mut outside, vec![Effect::Write { id: RequestId(2), decision: reviewed() }]);
        assert_eq!(outside.kept_back().kind, FailureKind::Journal);
        assert!(outside.asked().is_empty());
    }

    #[test]
    fn a_failed_append_sends_nothing_any_more() {
        let (mut session, mut outside) = session();
        outside.full = true;
        session.perform_all(&mut outside, vec![record(), Effect::Write { id: ID, decision: reviewed() }]);
        assert_eq!(outside.kept_back().kind, FailureKind::Journal);
        assert_eq!((outside.asked(), outside.not_recorded), (vec!["append"], 1));
    }
}

mod terminal {
    use super::*;

    #[test]
    fn a_lost_terminal_hangs_up() {
        for effect in [Effect::Copy("text".into()), Effect::Suspend, Effect::Repaint] {
            let (mut session, mut outside) = session();
            outside.terminal_gone = true;
            session.perform_all(&mut outside, vec![effect]);
            assert_eq!((session.ended(), outside.shut_down), (Some(ExitReason::Signal(1)), true));
        }
        let (mut session, mut outside) = session();
        outside.terminal_gone = true;
        session.draw(&mut outside);
        assert_eq!((session.ended(), outside.shut_down), (Some(ExitReason::Signal(1)), true));
    }

    #[test]
    fn a_wish_for_the_past_is_no_loop_without_rest() {
        let (mut session, mut outside) = ordered();
        session.tell(&mut outside, Message::Event(Event::Started { first: None }));
        session.wake(&mut outside);
        assert!(session.next_wake().is_none_or(|wake| wake >= outside.now.mono + super::super::FRAME));
    }
}

mod frames {
    use super::*;
    use crate::app::Burst;
    use crate::keys::{Key, Stroke};
    use crate::runtime::decode::KeyInput;

    fn is_due(session: &Session, outside: &Outside) -> bool {
        session.frame_due().is_some_and(|due| due <= outside.now.mono)
    }

    #[test]
    fn a_frame_for_a_key_is_due_at_once_however_many_came() {
        let (mut session, mut outside) = session();
        for number in 0..100 {
            session.typed(&mut outside, KeyInput::Stroke(Stroke::plain(Key::Down)), Burst(number));
            assert!(is_due(&session, &outside));
            session.draw(&mut outside);
            assert_eq!(session.frame_due(), None);
        }
        session.tell(&mut outside, Message::Event(Event::Woke));
        assert!(is_due(&session, &outside), "frames for keys use up nothing of the others");
    }

    #[test]
    fn frames_for_answers_are_paced() {
        let (mut session, mut outside) = session();
        let mut at_once = 0;
        for _ in 0..100 {
            session.tell(&mut outside, Message::Event(Event::Woke));
            if is_due(&session, &outside) {
                session.draw(&mut outside);
                at_once += 1;
            }
        }
        assert_eq!(at_once, super::super::FRAMES_AT_ONCE);
        outside.now.mono = outside.now.mono + super::super::FRAME;
        assert!(is_due(&session, &outside));
    }
}
