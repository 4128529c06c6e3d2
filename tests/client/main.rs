//! The client against scripted loopback servers: its exact requests, its reading of every recorded answer, and its
//! failures when the line, the proxy or the platform misbehaves.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a scenario that cannot go on has failed")]

mod desk;
mod downloads;
mod examples;
mod forms;
mod limits;
mod lines;
mod live;
mod live_server;
mod people;
mod proxy;
mod reads;
mod refusals;
mod secrets;
mod server;
mod shapes;
mod sharing;
mod strange;
mod tokens;
mod unread;
mod writes;
