//! The simulated organisation, seen from outside.

mod demo;
