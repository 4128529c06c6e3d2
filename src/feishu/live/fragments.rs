//! Joins the fragments of a message (protocol.md#frames), with bounds on everything that the other side chooses.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::Instant;

/// Fragments of one message at most.
const MOST_FRAGMENTS: usize = 1_000;
/// Bytes of one message at most.
const LARGEST_MESSAGE: usize = 16 << 20;
/// Messages that are joined at the same time; beyond that the oldest is dropped.
const MOST_BUFFERS: usize = 16;
/// Bytes of all of them.
const LARGEST_TOTAL: usize = 32 << 20;
/// A message is dropped this long after its first fragment.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// Bytes of a message's id at most.
const LONGEST_ID: usize = 128;

/// The place of a fragment in its message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub message: &'a str,
    pub sum: usize,
    pub seq: usize,
}

/// A message that is not whole yet.
#[derive(Debug)]
struct Buffer {
    began: Instant,
    parts: Vec<Option<Vec<u8>>>,
    missing: usize,
    bytes: usize,
}

/// All messages that are not whole yet.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    buffers: HashMap<String, Buffer>,
    bytes: usize,
}

/// Consequence of a fragment.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Joined {
    Whole(Vec<u8>),
    /// Others are missing, or this one was here already.
    Waiting,
    /// The fragment or its message is out of bounds, and the message is dropped.
    Refused,
}

impl Fragments {
    pub(super) fn add(&mut self, place: Place<'_>, payload: Vec<u8>, now: Instant) -> Joined {
        self.drop_old(now);
        let Place { message, sum, seq } = place;
        if seq >= sum || sum > MOST_FRAGMENTS || message.is_empty() || message.len() > LONGEST_ID {
            self.forget(message);
            return Joined::Refused;
        }
        if sum == 1 {
            return if payload.len() <= LARGEST_MESSAGE { Joined::Whole(payload) } else { Joined::Refused };
        }
        if self.buffers.get(message).is_some_and(|buffer| buffer.parts.len() != sum) {
            self.forget(message);
            return Joined::Refused;
        }
        while !self.buffers.contains_key(message) && self.buffers.len() >= MOST_BUFFERS {
            self.forget_oldest();
        }
        let new = || Buffer { began: now, parts: vec![None; sum], missing: sum, bytes: 0 };
        let buffer = self.buffers.entry(message.to_owned()).or_insert_with(new);
        let Some(part) = buffer.parts.get_mut(seq).filter(|part| part.is_none()) else { return Joined::Waiting };
        buffer.bytes += payload.len();
        self.bytes += payload.len();
        buffer.missing -= 1;
        *part = Some(payload);
        let (bytes, is_whole) = (buffer.bytes, buffer.missing == 0);
        if bytes > LARGEST_MESSAGE || self.bytes > LARGEST_TOTAL {
            self.forget(message);
            return Joined::Refused;
        }
        if !is_whole {
            return Joined::Waiting;
        }
        let parts = self.forget(message).map(|buffer| buffer.parts).unwrap_or_default();
        Joined::Whole(parts.into_iter().flatten().flatten().collect())
    }

    fn drop_old(&mut self, now: Instant) {
        let old = self.buffers.iter().filter(|(_, buffer)| now.since(buffer.began) > LONGEST_WAIT);
        for message in old.map(|(message, _)| message.clone()).collect::<Vec<_>>() {
            self.forget(&message);
        }
    }

    fn forget_oldest(&mut self) {
        let oldest = self.buffers.iter().min_by_key(|(_, buffer)| buffer.began).map(|(message, _)| message.clone());
        self.forget(&oldest.unwrap_or_default());
    }

    fn forget(&mut self, message: &str) -> Option<Buffer> {
        let buffer = self.buffers.remove(message)?;
        self.bytes -= buffer.bytes;
        Some(buffer)
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.buffers.len(), self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Fragments, Joined, LARGEST_TOTAL, MOST_BUFFERS, Place};
    use crate::domain::Instant;

    const fn place(message: &str, sum: usize, seq: usize) -> Place<'_> {
        Place { message, sum, seq }
    }

    #[test]
    fn fragments_join_in_their_order_and_not_in_that_of_arrival() {
        let mut fragments = Fragments::default();
        let text = "假期".as_bytes();
        let mut add = |seq: usize, bytes: &[u8]| fragments.add(place("m", 3, seq), bytes.to_vec(), Instant(0));
        assert_eq!(add(2, &text[4..]), Joined::Waiting);
        assert_eq!(add(2, b"again"), Joined::Waiting);
        assert_eq!(add(0, &text[..1]), Joined::Waiting);
        assert_eq!(add(1, &text[1..4]), Joined::Whole(text.to_vec()));
        assert_eq!(fragments.held(), (0, 0));
    }

    #[test]
    fn an_empty_fragment_completes_its_message() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.add(place("m", 2, 0), b"whole".to_vec(), Instant(0)), Joined::Waiting);
        assert_eq!(fragments.add(place("m", 2, 1), Vec::new(), Instant(0)), Joined::Whole(b"whole".to_vec()));
    }

    #[test]
    fn a_message_without_an_end_is_dropped() {
        let mut fragments = Fragments::default();
        fragments.add(place("m", 2, 0), vec![0; 100], Instant(0));
        fragments.add(place("other", 2, 0), Vec::new(), Instant(10_001));
        assert_eq!(fragments.held(), (1, 0));
        assert_eq!(fragments.add(place("m", 2, 1), Vec::new(), Instant(10_001)), Joined::Waiting);
    }

    #[test]
    fn places_out_of_bounds_are_refused() {
        let mut fragments = Fragments::default();
        let long = "m".repeat(129);
        let wrong = [place("m", 2, 2), place("m", 0, 0), place("m", 1001, 0), place("", 2, 0), place(&long, 2, 0)];
        for wrong in wrong {
            assert_eq!(fragments.add(wrong, Vec::new(), Instant(0)), Joined::Refused, "{wrong:?}");
        }
        fragments.add(place("m", 2, 0), Vec::new(), Instant(0));
        assert_eq!(fragments.add(place("m", 3, 1), Vec::new(), Instant(0)), Joined::Refused, "another sum");
        assert_eq!(fragments.held(), (0, 0));
    }

    #[test]
    fn a_message_over_its_size_is_dropped() {
        let mut fragments = Fragments::default();
        let added = (0..17).map(|seq| fragments.add(place("m", 20, seq), vec![0; 1 << 20], Instant(0)));
        assert_eq!(added.last(), Some(Joined::Refused));
        assert_eq!(fragments.held(), (0, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn what_is_held_is_bounded_whatever_comes(
            all in prop::collection::vec((0_u8..40, 0_usize..6, 0_usize..6, 0_usize..(3 << 20), 0_u64..3_000), 1..60),
        ) {
            let mut fragments = Fragments::default();
            let mut now = 0;
            for (message, sum, seq, size, pause) in all {
                now += pause;
                fragments.add(place(&message.to_string(), sum, seq), vec![0; size], Instant(now));
                let (buffers, bytes) = fragments.held();
                prop_assert!(buffers <= MOST_BUFFERS && bytes <= LARGEST_TOTAL);
            }
        }
    }
}
