//! The calls of one window by class, and their rooms: an exact sliding window.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::domain::Priority;

pub(super) const CLASSES: usize = Priority::ALL.len();

/// Calls by class.
pub(super) type Counts = [u32; CLASSES];

/// At most so many calls in any span of this length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub most: u32,
    pub span: Duration,
    /// A tenth is kept for the checks of decisions. They never read the list.
    pub checked: bool,
}

impl Window {
    /// The shares of a whole window.
    pub fn shares(self) -> Shares {
        let opened = self.most.div_ceil(10);
        Shares::new([if self.checked { opened } else { 0 }, opened], self.visible(), self.lower())
    }

    /// Calls that `Visible` has for itself.
    pub const fn visible(self) -> u32 {
        (self.most * 21).div_ceil(100)
    }

    /// Calls that the classes from `Visible` on may use together.
    pub const fn lower(self) -> u32 {
        let opened = self.most.div_ceil(10);
        if self.checked { self.most - 2 * opened } else { self.most - opened }
    }
}

/// Calls that each class has for itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares {
    /// Left alone by the classes below.
    reserved: Counts,
    /// Left alone by `Visible` and `Neighbor` too, so that the classes below them never wait for ever.
    least: Counts,
}

impl Shares {
    pub const fn new([check, opened]: [u32; 2], visible: u32, lower: u32) -> Self {
        let least = lower.div_ceil(15);
        Self { reserved: [check, opened, visible, least, 0], least: [0, 0, 0, least, least] }
    }

    /// Calls that are not free for `class`: all that were made, and what the other classes have left of their own.
    pub fn claimed(&self, counts: &Counts, class: Priority) -> u32 {
        let shares = self.reserved.iter().zip(&self.least).zip(counts);
        let of = |(other, ((reserved, least), count)): (Priority, ((&u32, &u32), &u32))| {
            if other < class {
                *count.max(reserved)
            } else if other > class && class >= Priority::Visible {
                *count.max(least)
            } else {
                *count
            }
        };
        Priority::ALL.into_iter().zip(shares).map(of).sum()
    }
}

/// The calls of the last span.
#[derive(Debug)]
pub(super) struct CallLog {
    pub window: Window,
    calls: VecDeque<(Instant, Priority)>,
    pub counts: Counts,
}

impl CallLog {
    pub const fn new(window: Window) -> Self {
        Self { window, calls: VecDeque::new(), counts: [0; CLASSES] }
    }

    /// Forgets what lies a span back.
    pub fn advance(&mut self, now: Instant) {
        while let Some((at, class)) = self.calls.front().copied()
            && now.duration_since(at) >= self.window.span
        {
            self.calls.pop_front();
            remove(&mut self.counts, class);
        }
    }

    pub fn add(&mut self, class: Priority, now: Instant) {
        self.calls.push_back((now, class));
        if let Some(count) = self.counts.get_mut(class as usize) {
            *count += 1;
        }
    }

    /// When there is room, if nothing is added before: now, or as old calls leave. `None`: not even in an empty window.
    pub fn room_from(&self, now: Instant, has_room: impl Fn(&Counts) -> bool) -> Option<Instant> {
        let mut counts = self.counts;
        if has_room(&counts) {
            return Some(now);
        }
        self.calls.iter().find_map(|(at, class)| {
            remove(&mut counts, *class);
            has_room(&counts).then(|| *at + self.window.span)
        })
    }
}

fn remove(counts: &mut Counts, class: Priority) {
    if let Some(count) = counts.get_mut(class as usize) {
        *count -= 1;
    }
}
