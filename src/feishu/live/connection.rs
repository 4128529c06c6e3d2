//! One connection as a state machine: messages and times in, messages to send out. Knows no socket and no clock.

use std::time::Duration;

use super::client_config::ClientConfig;
use super::decode::decode;
use super::fragments::{Fragments, Joined, Place};
use super::frame::{CONTROL, DATA, Frame};
use super::heard::Heard;
use crate::domain::Instant;
use crate::feishu::damage;
use crate::feishu::wire::Node;

/// A pong that takes longer will not come.
const LONGEST_PONG: Duration = Duration::from_secs(15);

/// Cause for which a connection counts as dead, though it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    NoPong,
    Silent,
}

/// The action due at a point in time.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tick {
    Nothing,
    Send(Vec<u8>),
    Dead(Death),
}

/// Meaning of a message.
enum Taken {
    /// An event that is whole and remembered, and its acknowledgement.
    Event(Frame),
    /// A pong, or a part of an event.
    Part,
    /// No frame, of another type, out of bounds, or without its headers.
    Unreadable,
}

/// State of an open connection.
#[derive(Debug)]
pub(super) struct Connection {
    service: i32,
    pub config: ClientConfig,
    fragments: Fragments,
    next_ping: Instant,
    /// Until when the pong of the oldest unanswered ping has to come.
    pong_until: Option<Instant>,
    heard_at: Instant,
}

impl Connection {
    /// A connection that has just opened. It pings at once.
    pub(super) fn new(service: i32, config: ClientConfig, now: Instant) -> Self {
        Self { service, config, fragments: Fragments::default(), next_ping: now, pong_until: None, heard_at: now }
    }

    /// When [`tick`](Self::tick) is wanted.
    pub(super) fn next_tick(&self) -> Instant {
        let silent = self.heard_at + self.config.ping_every * 2;
        self.pong_until.into_iter().chain([self.next_ping, silent]).min().unwrap_or(silent)
    }

    pub(super) fn tick(&mut self, now: Instant) -> Tick {
        if self.pong_until.is_some_and(|until| now >= until) {
            return Tick::Dead(Death::NoPong);
        }
        if now >= self.heard_at + self.config.ping_every * 2 {
            return Tick::Dead(Death::Silent);
        }
        if now < self.next_ping {
            return Tick::Nothing;
        }
        self.next_ping = now + self.config.ping_every;
        self.pong_until.get_or_insert(now + LONGEST_PONG);
        Tick::Send(Frame::ping(self.service).write())
    }

    /// Any message has come, also one that means nothing here.
    pub(super) const fn is_alive(&mut self, now: Instant) {
        self.heard_at = now;
    }

    /// Takes a binary message. Returns the acknowledgement of an event that is whole and remembered.
    pub(super) fn receive(&mut self, message: &[u8], heard: &mut Heard, now: Instant) -> Option<Vec<u8>> {
        self.is_alive(now);
        let taken = Frame::read(message).map_or(Taken::Unreadable, |frame| match frame.method {
            CONTROL => self.control(&frame, now),
            DATA => self.data(frame, heard, now),
            _ => Taken::Unreadable,
        });
        match taken {
            Taken::Event(acknowledgement) => Some(acknowledgement.write()),
            Taken::Part => None,
            Taken::Unreadable => {
                heard.counts.unreadable += 1;
                None
            }
        }
    }

    fn control(&mut self, frame: &Frame, now: Instant) -> Taken {
        if frame.header("type") != Some("pong") {
            return Taken::Unreadable;
        }
        self.pong_until = None;
        let config = damage::parse(frame.payload.as_deref().unwrap_or_default()).unwrap_or_default();
        self.config = self.config.updated(Node(&config));
        self.next_ping = self.next_ping.min(now + self.config.ping_every);
        Taken::Part
    }

    fn data(&mut self, mut frame: Frame, heard: &mut Heard, now: Instant) -> Taken {
        if frame.header("type") != Some("event") {
            return Taken::Unreadable;
        }
        let payload = frame.payload.take().unwrap_or_default();
        let Some(place) = place(&frame) else { return Taken::Unreadable };
        match self.fragments.add(place, payload, now) {
            Joined::Waiting => Taken::Part,
            Joined::Refused => Taken::Unreadable,
            Joined::Whole(payload) => {
                heard.take(decode(&payload), now);
                // Handled means remembered here; the platform waits for nothing that follows from it.
                Taken::Event(frame.acknowledged(0))
            }
        }
    }
}

/// The place of a data frame in its message, if all its headers are there.
fn place(frame: &Frame) -> Option<Place<'_>> {
    let number = |key: &str| frame.header(key)?.trim().parse().ok();
    Some(Place { message: frame.header("message_id")?, sum: number("sum")?, seq: number("seq")? })
}
