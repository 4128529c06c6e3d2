//! `:fault`: commands to the simulated organisation.

use crate::app::{Event, FaultProblem};
use crate::sim::faults::{Fault, FaultError, FaultKind, Faults, Target};

/// Sets the faults of `order`, all or none; `clear` clears them; an empty one asks for a list. Returns those in force
/// then.
#[must_use]
pub fn obey(faults: &Faults, order: &str) -> Event {
    if order.trim() == "clear" {
        faults.clear();
    }
    let wanted = order.split_whitespace().filter(|word| *word != "clear").map(str::parse::<Fault>);
    Event::Faults(match wanted.collect::<Result<Vec<_>, _>>() {
        Ok(wanted) => {
            for fault in wanted {
                faults.add(fault);
            }
            Ok(faults.list().iter().map(Fault::to_string).collect())
        }
        Err(error) => Err(problem(error)),
    })
}

/// As `set`, in the app's terms, for words in both languages.
#[must_use]
pub fn problem(error: FaultError) -> FaultProblem {
    match error {
        FaultError::Name { written, meant } => FaultProblem::Name { written, meant, known: FaultKind::NAMES.to_vec() },
        FaultError::Count(written) => FaultProblem::Count(written),
        FaultError::Argument(written) => FaultProblem::Argument(written),
        FaultError::Target { written, meant } => {
            FaultProblem::Target { written, meant, known: Target::names().collect() }
        }
    }
}
