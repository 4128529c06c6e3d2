//! The client of the platform.
