//! The program's own budget of details, for platforms that have no client of their own to keep one.

use std::time::Duration;

use shenpi::app::Query;
use shenpi::domain::{Millis, Priority};

/// Details in any minute. Checks and opened requests leave beyond it.
#[derive(Debug)]
pub struct DetailBudget {
    most: usize,
    left: Vec<Millis>,
}

impl DetailBudget {
    pub fn a_minute(most: usize) -> Self {
        Self { most, left: Vec::new() }
    }

    /// Takes a read out of the budget.
    ///
    /// # Errors
    /// The time until one is free.
    pub fn take(&mut self, query: &Query, priority: Priority, now: Millis) -> Result<(), Duration> {
        if !matches!(query, Query::Process(_)) || priority <= Priority::Opened {
            return Ok(());
        }
        self.left.retain(|at| now - *at < 60_000);
        if let Some(first) = self.left.first().filter(|_| self.left.len() >= self.most) {
            return Err(Duration::from_millis(u64::try_from(60_000 - (now - *first)).expect("it is ahead")));
        }
        self.left.push(now);
        Ok(())
    }
}
