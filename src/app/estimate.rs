//! When tasks began to wait whose requests are not loaded, estimated from their ids (protocol.md#ids).

use crate::domain::{ApproverId, Millis, Process};

/// 2015-01-01 in UTC. An earlier time is no time of this platform.
const EARLIEST: Millis = Millis(1_420_070_400_000);
/// An id that is further away from the time of its task shows that ids hold no times here.
const TOLERANCE: i64 = 24 * 3_600_000;

/// The estimates of one run. The first loaded request that contradicts them ends them.
#[derive(Debug, Default)]
pub struct Estimates {
    contradicted: bool,
}

impl Estimates {
    /// Compares the ids of a loaded process with the times of its tasks.
    pub(super) fn compare(&mut self, process: &Process) {
        let times = process.todos.iter().filter_map(|todo| Some((created(&todo.approver_id)?, todo.create_time?)));
        self.contradicted |= times.into_iter().any(|(estimate, time)| (estimate - time).abs() > TOLERANCE);
    }

    /// When this task began to wait, if its id tells.
    #[must_use]
    pub fn waiting_since(&self, task: &ApproverId, now: Millis) -> Option<Millis> {
        created(task).filter(|at| !self.contradicted && (EARLIEST..=now).contains(at))
    }
}

/// The upper 32 bits of an id, as seconds.
fn created(task: &ApproverId) -> Option<Millis> {
    let id: u64 = task.as_str().parse().ok()?;
    i64::try_from((id >> 32) * 1000).ok().map(Millis)
}

#[cfg(test)]
mod tests {
    use super::Estimates;
    use crate::domain::{ApproverId, Millis};

    const NOW: Millis = Millis(1_773_100_000_000);

    fn estimate(id: &str) -> Option<Millis> {
        Estimates::default().waiting_since(&ApproverId::new(id), NOW)
    }

    #[test]
    fn an_id_tells_the_second_of_its_creation() {
        // 7615102951360512300 of the documented examples.
        assert_eq!(estimate("7615102951360512300"), Some(Millis(1_773_029_321_000)));
    }

    #[test]
    fn an_impossible_time_is_no_estimate() {
        for id in ["7616000000000000001", "6000000000000000000", "7", "", "x", "99999999999999999999"] {
            assert_eq!(estimate(id), None, "{id}");
        }
    }
}
