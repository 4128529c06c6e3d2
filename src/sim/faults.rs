//! Faults and quirks of the simulated platform (protocol.md#simulator).
//!
//! A fault is written `name[:count[:argument]][@target]`: `cut-after-write:2` hits the next two writes,
//! `rate-limit:3:20` the next three calls with a reset of 20 s, `slow:*:1500@detail` every read of a process. `*`
//! stands for "until cleared". Without a count a fault hits once and a quirk stays. Without a target a fault hits every
//! call but the token's and those about events; faults of writes hit writes only, and faults of the delivery of events
//! (protocol.md#event-delivery) no call at all.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use super::endpoint::Endpoint;

mod kind;

pub use kind::{FaultError, FaultHelp, FaultKind, Target};

/// A fault with how often it still hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// `None`: until cleared.
    pub left: Option<u32>,
    pub target: Target,
}

impl Fault {
    /// One hit on the fault's usual calls; for ever when it is a quirk.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        let left = if kind.is_quirk() { None } else { Some(1) };
        let target = kind.default_target();
        Self { kind, left, target }
    }

    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { left: Some(count), ..self }
    }

    #[must_use]
    pub fn always(self) -> Self {
        Self { left: None, ..self }
    }

    #[must_use]
    pub fn on(self, target: Target) -> Self {
        Self { target, ..self }
    }

    fn hits(&self, endpoint: Endpoint) -> bool {
        self.kind.can_hit(endpoint)
            && match self.target {
                Target::Any => !endpoint.is_apart(),
                Target::Reads => !endpoint.is_apart() && !endpoint.is_write(),
                Target::Writes => endpoint.is_write(),
                Target::Endpoint(one) => endpoint == one,
            }
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (text, target) = text.split_once('@').map_or((text, None), |(text, target)| (text, Some(target)));
        let mut parts = text.splitn(3, ':');
        let name = parts.next().unwrap_or_default();
        let count = parts.next();
        let mut fault = Self::new(FaultKind::parse(name, parts.next())?);
        match count {
            None => {}
            Some("*") => fault.left = None,
            Some(count) => {
                let number = count.parse().ok().filter(|number| *number > 0);
                fault.left = Some(number.ok_or_else(|| FaultError::Count(count.to_owned()))?);
            }
        }
        if let Some(target) = target {
            fault.target = target.parse()?;
        }
        Ok(fault)
    }
}

/// As [`FromStr`] reads it, with nothing said that is usual.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::new(self.kind.clone());
        let argument = self.kind.argument();
        f.write_str(self.kind.name())?;
        if self.left != usual.left || argument.is_some() {
            match self.left {
                Some(left) => write!(f, ":{left}")?,
                None => f.write_str(":*")?,
            }
        }
        if let Some(argument) = argument {
            write!(f, ":{argument}")?;
        }
        if self.target != usual.target {
            write!(f, "@{}", self.target.name())?;
        }
        Ok(())
    }
}

/// The faults in force, shared between the server, which uses them up, and their setter.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    #[must_use]
    pub fn new(faults: Vec<Fault>) -> Self {
        Self(Arc::new(Mutex::new(faults)))
    }

    /// Puts a fault behind those that are set.
    pub fn add(&self, fault: Fault) {
        self.with(|faults| faults.push(fault));
    }

    pub fn clear(&self) {
        self.with(Vec::clear);
    }

    /// A fault of this kind is in force, whomever it hits.
    pub(super) fn hold(&self, kind: &FaultKind) -> bool {
        self.with(|faults| faults.iter().any(|fault| fault.kind == *kind))
    }

    /// The faults in force now.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.with(|faults| faults.clone())
    }

    /// The first fault in force for a call to `endpoint` that `is` accepts; one hit of it is used up.
    pub(super) fn take(&self, endpoint: Endpoint, is: impl Fn(&FaultKind) -> bool) -> Option<FaultKind> {
        self.take_first(|fault| fault.hits(endpoint) && is(&fault.kind))
    }

    /// The first fault in force that `is` accepts, outside any call; one hit of it is used up.
    pub(super) fn take_outside(&self, is: impl Fn(&FaultKind) -> bool) -> Option<FaultKind> {
        self.take_first(|fault| is(&fault.kind))
    }

    /// The answer of `get` to the first fault in force that it knows; nothing is used up.
    pub(super) fn find<T>(&self, get: impl Fn(&FaultKind) -> Option<T>) -> Option<T> {
        self.with(|faults| faults.iter().find_map(|fault| get(&fault.kind)))
    }

    fn take_first(&self, is: impl Fn(&Fault) -> bool) -> Option<FaultKind> {
        self.with(|faults| {
            let place = faults.iter().position(is)?;
            let kind = faults.get(place)?.kind.clone();
            if let Some(left) = faults.get_mut(place).and_then(|fault| fault.left.as_mut()) {
                *left = left.saturating_sub(1);
                if *left == 0 {
                    faults.remove(place);
                }
            }
            Some(kind)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut Vec<Fault>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.list()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultError, FaultKind, Faults, Target};
    use crate::sim::endpoint::Endpoint;

    #[test]
    fn a_fault_is_read_with_count_argument_and_target() {
        let read = |text: &str| text.parse::<Fault>();
        let cut = Fault { kind: FaultKind::CutAfterWrite, left: Some(2), target: Target::Writes };
        assert_eq!(read("cut-after-write:2"), Ok(cut));
        let limit = Fault { kind: FaultKind::RateLimit { reset: 20 }, left: Some(3), target: Target::Any };
        assert_eq!(read("rate-limit:3:20"), Ok(limit));
        let slow =
            Fault { kind: FaultKind::Slow { millis: 1500 }, left: None, target: Target::Endpoint(Endpoint::Detail) };
        assert_eq!(read("slow:*:1500@detail"), Ok(slow));
        assert_eq!(read("no-data").map(|fault| fault.left), Ok(None));
        assert_eq!(read("cut").map(|fault| fault.left), Ok(Some(1)));
        assert_eq!(read("cut:0"), Err(FaultError::Count("0".into())));
        assert_eq!(read("cut:1:7"), Err(FaultError::Argument("7".into())));
        assert_eq!(read("server-error:1:200"), Err(FaultError::Argument("200".into())));
        assert_eq!(read("clock-off:*:soon"), Err(FaultError::Argument("soon".into())));
        let nowhere = FaultError::Target { written: "nowhere".into(), meant: None };
        assert_eq!(read("slow@nowhere"), Err(nowhere));
        let detial = FaultError::Target { written: "detial".into(), meant: Some("detail") };
        assert_eq!(read("slow@detial"), Err(detial));
        let after = FaultError::Name { written: "cut-after-wirte".into(), meant: Some("cut-after-write") };
        assert_eq!(read("cut-after-wirte:2"), Err(after));
        assert!(read("no-such-fault").is_err_and(|error| error.to_string().contains("cut-after-write")));
    }

    #[test]
    fn every_fault_is_read_as_it_is_written() {
        for explained in FaultKind::ALL {
            let name = explained.name;
            assert_eq!(name.parse::<Fault>().map(|fault| fault.to_string()), Ok(name.to_owned()));
            let usual = name.parse::<Fault>().expect("a fault").left;
            for count in ["1", "3", "*"] {
                let left = if count == "*" { None } else { count.parse().ok() };
                let argument = explained.argument.map(|(_, default)| format!(":{}", default.replace('_', "")));
                let argument = argument.unwrap_or_default();
                let written = format!("{name}:{count}{argument}@tasks");
                let fault: Fault = written.parse().expect("a fault");
                assert_eq!(fault.left, left, "{written}");
                assert_eq!(fault.to_string().parse::<Fault>(), Ok(fault.clone()), "{written}");
                let counted = if left == usual { String::new() } else { format!(":{count}") };
                let target =
                    if fault.kind.default_target() == Target::Endpoint(Endpoint::Tasks) { "" } else { "@tasks" };
                assert_eq!(fault.to_string(), format!("{name}{counted}{target}"));
            }
        }
        assert_eq!("slow:*:1500@detail".parse::<Fault>().expect("a fault").to_string(), "slow:*:1500@detail");
        assert_eq!("rate-limit:1:20".parse::<Fault>().expect("a fault").to_string(), "rate-limit:1:20");
    }

    #[test]
    fn a_fault_is_used_up_by_the_calls_it_hits_and_by_no_others() {
        let faults = Faults::new(vec![Fault::new(FaultKind::CutAfterWrite).times(2)]);
        let take = |endpoint| faults.take(endpoint, |_| true);
        assert_eq!(take(Endpoint::Detail), None);
        assert_eq!(take(Endpoint::Token), None);
        assert_eq!(take(Endpoint::UpdateTask), Some(FaultKind::CutAfterWrite));
        assert_eq!(take(Endpoint::Revoke), Some(FaultKind::CutAfterWrite));
        assert_eq!(take(Endpoint::UpdateTask), None);
        assert!(faults.list().is_empty());
    }
}
