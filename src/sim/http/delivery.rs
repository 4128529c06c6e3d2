//! When an event is sent, and the record of what was sent where and how it was acknowledged
//! (protocol.md#event-delivery). Pure: the time is handed in, and one seed fixes every id.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::domain::Millis;

/// Events that are remembered, the oldest of which are dropped, sent or not.
pub(super) const KEPT: usize = 20_000;
/// Milliseconds to acknowledge an event.
const PATIENCE: i64 = 3_000;
/// Milliseconds from a failure to the first redelivery.
pub(super) const FIRST_REDELIVERY: i64 = 15_000;
/// The redeliveries (15 s, 5 min, 1 h, 6 h), in units of the first.
const REDELIVERIES: [i64; 4] = [1, 20, 240, 1440];

/// Course of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Pending,
    Acknowledged,
    /// After the last redelivery.
    GivenUp,
}

/// One try to deliver an event.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) at: Millis,
    /// `None`: there was none; 0 is the webhook.
    pub(super) connection: Option<u64>,
    pub(super) message_id: String,
    /// Codes of the acknowledgements, as they came.
    pub(super) acks: Vec<(Millis, i64)>,
}

impl Attempt {
    const fn deadline(&self) -> Millis {
        Millis(self.at.0.saturating_add(PATIENCE))
    }
}

/// One event with all that was done for it.
#[derive(Clone, Debug)]
pub(super) struct SentEvent {
    pub(super) number: u64,
    pub(super) event_id: String,
    pub(super) payload: Arc<str>,
    pub(super) outcome: Outcome,
    pub(super) attempts: Vec<Attempt>,
    /// When it was to be sent last.
    due: Millis,
    /// Attempts of the schedule; a repetition beside it is not counted.
    tries: usize,
    /// The attempt whose acknowledgement counts.
    current: Option<usize>,
}

/// Content of one message to send.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) message_id: String,
    pub(super) event_id: String,
    pub(super) payload: Arc<str>,
}

/// The schedule of all events.
#[derive(Debug)]
pub(super) struct DeliverySchedule {
    pub(super) random: SmallRng,
    /// By number, without a gap.
    rows: VecDeque<SentEvent>,
    added: u64,
    waiting: BTreeSet<(Millis, u64)>,
    unacked: BTreeSet<(Millis, u64)>,
    /// Event and attempt of each message.
    messages: HashMap<String, (u64, usize)>,
    /// Messages that a connection may still acknowledge in time.
    in_flight: HashMap<u64, usize>,
    /// Milliseconds to the first redelivery.
    pub(super) first_redelivery: i64,
}

impl DeliverySchedule {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            random: SmallRng::seed_from_u64(seed ^ 0x65_7665_6e74),
            rows: VecDeque::new(),
            added: 0,
            waiting: BTreeSet::new(),
            unacked: BTreeSet::new(),
            messages: HashMap::new(),
            in_flight: HashMap::new(),
            first_redelivery: FIRST_REDELIVERY,
        }
    }

    /// Takes an event whose payload `render` writes around its id.
    pub(super) fn add(&mut self, due: Millis, render: impl FnOnce(&str) -> String) {
        if self.rows.len() == KEPT {
            self.drop_oldest();
        }
        let event_id = format!("{:032x}", self.random.random::<u128>());
        let payload = render(&event_id).into();
        let number = self.added;
        self.added += 1;
        self.rows.push_back(SentEvent {
            number,
            event_id,
            payload,
            outcome: Outcome::Pending,
            attempts: Vec::new(),
            due,
            tries: 0,
            current: None,
        });
        self.waiting.insert((due, number));
    }

    fn drop_oldest(&mut self) {
        let Some(row) = self.rows.pop_front() else { return };
        for attempt in &row.attempts {
            self.messages.remove(&attempt.message_id);
        }
        self.waiting.remove(&(row.due, row.number));
        if let Some(attempt) = row.current.and_then(|current| row.attempts.get(current))
            && self.unacked.remove(&(attempt.deadline(), row.number))
        {
            self.landed(attempt.connection);
        }
    }

    fn row(&mut self, number: u64) -> Option<&mut SentEvent> {
        let first = self.rows.front()?.number;
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        self.rows.get_mut(place)
    }

    /// The first event whose time has come.
    pub(super) fn next_due(&self, now: Millis) -> Option<u64> {
        self.waiting.first().filter(|(due, _)| *due <= now).map(|(_, number)| *number)
    }

    /// The next time at which something has to be done; `blocked` leaves out the events that cannot be sent now.
    pub(super) fn next_time(&self, blocked: bool) -> Option<Millis> {
        let waiting = self.waiting.first().filter(|_| !blocked);
        waiting.into_iter().chain(self.unacked.first()).map(|(time, _)| *time).min()
    }

    /// How many messages this connection has not acknowledged, and still may.
    pub(super) fn in_flight(&self, connection: u64) -> usize {
        self.in_flight.get(&connection).copied().unwrap_or_default()
    }

    /// The scheduled try of an event over `connection`. Without one it has failed already.
    pub(super) fn attempt(&mut self, number: u64, connection: Option<u64>, now: Millis) -> Option<Parcel> {
        let due = self.row(number)?.due;
        self.waiting.remove(&(due, number));
        let (parcel, attempt) = self.note(number, connection, now)?;
        let row = self.row(number)?;
        row.tries += 1;
        row.current = Some(attempt);
        let Some(connection) = connection else {
            self.fail(number, now);
            return None;
        };
        *self.in_flight.entry(connection).or_default() += 1;
        self.unacked.insert((Millis(now.0.saturating_add(PATIENCE)), number));
        Some(parcel)
    }

    /// The same event once more, beside the schedule.
    pub(super) fn repeat(&mut self, number: u64, connection: u64, now: Millis) -> Option<Parcel> {
        self.note(number, Some(connection), now).map(|(parcel, _)| parcel)
    }

    fn note(&mut self, number: u64, connection: Option<u64>, now: Millis) -> Option<(Parcel, usize)> {
        let message_id = message_id(self.random.random());
        let row = self.row(number)?;
        let place = row.attempts.len();
        row.attempts.push(Attempt { at: now, connection, message_id: message_id.clone(), acks: Vec::new() });
        let parcel = Parcel { message_id, event_id: row.event_id.clone(), payload: row.payload.clone() };
        self.messages.insert(parcel.message_id.clone(), (number, place));
        Some((parcel, place))
    }

    /// An acknowledgement came over `connection`. Returns whether it was of a message sent there.
    pub(super) fn acknowledge(&mut self, connection: u64, message_id: &str, code: i64, now: Millis) -> bool {
        let Some((number, place)) = self.messages.get(message_id).copied() else { return false };
        let Some(row) = self.row(number) else { return false };
        let Some(attempt) = row.attempts.get_mut(place).filter(|sent| sent.connection == Some(connection)) else {
            return false;
        };
        attempt.acks.push((now, code));
        let counts = row.outcome == Outcome::Pending && row.current == Some(place);
        let deadline = attempt.deadline();
        if counts && self.unacked.remove(&(deadline, number)) {
            self.landed(Some(connection));
            if code == 200 && now <= deadline {
                self.settle(number, Outcome::Acknowledged);
            } else {
                self.fail(number, now);
            }
        }
        true
    }

    /// Fails the attempts that were not acknowledged in time.
    pub(super) fn expire(&mut self, now: Millis) {
        while let Some((deadline, number)) = self.unacked.first().copied().filter(|(deadline, _)| *deadline < now) {
            self.unacked.remove(&(deadline, number));
            let current = self.row(number).and_then(|row| row.attempts.get(row.current?)?.connection);
            self.landed(current);
            self.fail(number, deadline);
        }
    }

    fn landed(&mut self, connection: Option<u64>) {
        if let Some(count) = connection.and_then(|connection| self.in_flight.get_mut(&connection)) {
            *count = count.saturating_sub(1);
        }
    }

    fn settle(&mut self, number: u64, outcome: Outcome) {
        if let Some(row) = self.row(number) {
            row.outcome = outcome;
        }
    }

    fn fail(&mut self, number: u64, at: Millis) {
        let first = self.first_redelivery;
        let Some(row) = self.row(number) else { return };
        match REDELIVERIES.get(row.tries - 1) {
            Some(units) => {
                row.due = Millis(at.0.saturating_add(units.saturating_mul(first)));
                let due = row.due;
                self.waiting.insert((due, number));
            }
            None => self.settle(number, Outcome::GivenUp),
        }
    }

    /// The remembered events from number `since` on, oldest first.
    pub(super) fn since(&self, since: u64) -> impl Iterator<Item = &SentEvent> {
        self.rows.iter().filter(move |row| row.number >= since)
    }

    /// The number of the next event.
    pub(super) const fn next_number(&self) -> u64 {
        self.added
    }
}

/// As a UUID of version 4.
fn message_id(random: u128) -> String {
    let hex = format!("{random:032x}");
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DeliverySchedule, KEPT, Outcome};
    use crate::domain::Millis;

    fn schedule(events: usize) -> DeliverySchedule {
        let mut schedule = DeliverySchedule::new(7);
        for _ in 0..events {
            schedule.add(Millis(0), str::to_owned);
        }
        schedule
    }

    fn send(schedule: &mut DeliverySchedule, now: i64) -> String {
        schedule.expire(Millis(now));
        let number = schedule.next_due(Millis(now)).expect("an event that is due");
        schedule.attempt(number, Some(1), Millis(now)).expect("a message").message_id
    }

    fn outcome(schedule: &DeliverySchedule) -> Outcome {
        schedule.since(0).next().expect("a row").outcome
    }

    #[test]
    fn an_event_is_sent_five_times_on_schedule_then_given_up() {
        let mut schedule = schedule(1);
        let mut ids = Vec::new();
        for now in [0, 18_000, 321_000, 3_924_000, 25_527_000] {
            assert_eq!(schedule.next_time(false), Some(Millis(now)));
            ids.push(send(&mut schedule, now));
            schedule.expire(Millis(now + 3_000));
            assert_eq!(schedule.in_flight(1), 1, "three seconds are in time");
            schedule.expire(Millis(now + 3_001));
            assert_eq!(schedule.in_flight(1), 0);
        }
        assert_eq!((outcome(&schedule), schedule.next_time(false)), (Outcome::GivenUp, None));
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "a message id of its own for each");
    }

    #[test]
    fn a_failure_is_redelivered_from_when_it_came() {
        let mut schedule = schedule(1);
        let first = send(&mut schedule, 0);
        assert!(schedule.acknowledge(1, &first, 500, Millis(1_000)));
        assert_eq!(schedule.next_time(false), Some(Millis(16_000)));
        // Too late for the first message, and the second is under way.
        let second = send(&mut schedule, 16_000);
        assert!(schedule.acknowledge(1, &first, 200, Millis(16_001)));
        assert_eq!(outcome(&schedule), Outcome::Pending);
        assert!(!schedule.acknowledge(2, &second, 200, Millis(16_002)), "another connection's");
        assert!(schedule.acknowledge(1, &second, 200, Millis(16_003)));
        assert!(schedule.acknowledge(1, &second, 500, Millis(16_004)), "a second one changes nothing");
        assert_eq!((outcome(&schedule), schedule.next_time(false)), (Outcome::Acknowledged, None));
    }

    #[test]
    fn without_a_connection_the_schedule_runs() {
        let mut schedule = schedule(1);
        for now in [0, 15_000, 315_000, 3_915_000, 25_515_000] {
            assert_eq!(schedule.next_time(false), Some(Millis(now)));
            assert!(schedule.attempt(0, None, Millis(now)).is_none());
        }
        assert_eq!((outcome(&schedule), schedule.next_time(false)), (Outcome::GivenUp, None));
    }

    #[test]
    fn the_oldest_are_dropped_above_the_cap() {
        let mut schedule = schedule(10);
        for now in 0..10 {
            send(&mut schedule, now);
        }
        for _ in 0..KEPT {
            schedule.add(Millis(0), str::to_owned);
        }
        assert_eq!(schedule.since(0).count(), KEPT);
        assert_eq!((schedule.in_flight(1), schedule.messages.len(), schedule.unacked.len()), (0, 0, 0));
        assert_eq!(schedule.next_due(Millis(0)), Some(10));
    }

    proptest! {
        /// Any acknowledgements at any times: each event ends, and what is counted as in flight is.
        #[test]
        fn every_event_ends(acks in prop::collection::vec((0_i64..4_000, prop_oneof![Just(200_i64), Just(500)]), 0..60)) {
            let mut schedule = schedule(8);
            let mut acks = acks.into_iter();
            while let Some(time) = schedule.next_time(false) {
                let now = Millis(time.0 + 1);
                schedule.expire(now);
                while let Some(number) = schedule.next_due(now) {
                    let message = schedule.attempt(number, Some(1), now).expect("a message").message_id;
                    if let Some((after, code)) = acks.next() {
                        schedule.acknowledge(1, &message, code, Millis(now.0 + after));
                    }
                }
                prop_assert_eq!(schedule.in_flight(1), schedule.unacked.len());
            }
            for row in schedule.since(0) {
                prop_assert_ne!(row.outcome, Outcome::Pending);
                prop_assert!(row.attempts.len() <= 5);
            }
        }
    }
}
