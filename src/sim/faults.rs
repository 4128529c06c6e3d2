//! Faults and quirks that the simulated platform shows on purpose (API page, G.5).
//!
//! A fault is written `name[:count[:argument]][@target]`: `cut-after-write:2` hits the next two writes,
//! `rate-limit:3:20` the next three calls with a reset of 20 s, `slow:*:1500@detail` every read of a process.
//! `*` stands for "until cleared". Without a count a fault hits once and a quirk stays. Without a target a fault hits
//! every call but the token's, and those that speak of writes hit writes only.

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use super::http::Endpoint;

/// What goes wrong. Arguments carry their defaults in its parser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// 429 with this many seconds until reset. Nothing is done.
    RateLimit { reset: u32 },
    /// This HTTP status with code 1160500. Nothing is done.
    ServerError { status: u16 },
    /// A write is done, then answered with this HTTP status.
    ServerErrorAfterWrite { status: u16 },
    /// The answer comes this many milliseconds late.
    Slow { millis: u32 },
    /// No answer at all; nothing is done.
    NeverAnswers,
    /// A write is done and never answered.
    SilentAfterWrite,
    /// The connection ends without an answer; nothing is done.
    Cut,
    /// The connection ends before a write took effect.
    CutBeforeWrite,
    /// The connection ends after a write took effect.
    CutAfterWrite,
    /// Every token given out so far is refused from this call on.
    InvalidateTokens,
    /// 99991672.
    MissingScope,
    /// 99991401.
    AddressRefused,
    /// 99991662.
    AppDisabled,
    /// A proxy's HTML page with status 502.
    Html502,
    /// `404 page not found`.
    Text404,
    /// Half of the JSON, with status 200.
    CutJson,
    /// 50 MB of JSON.
    HugeBody,
    /// A redirect to itself.
    RedirectLoop,
    /// Add-sign and transfer: 1161103.
    Busy,
    /// Numbers that no enumeration documents, and a form value of an unknown kind.
    UnknownEnums,
    /// Optional members are left out.
    AbsentFields,
    /// Optional members are `null`.
    NullFields,
    /// Optional members are `""`, `[]`, `{}`.
    EmptyFields,
    /// A `page_token` beside `has_more: false`.
    PageTokenOnLast,
    /// B.6 answers success with this inner code; nothing is done.
    InnerFailure { code: i64 },
    /// Successful writes answer without `data`.
    NoData,
    /// `success: true` in form v1.
    SuccessInV1,
}

/// Which calls a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every call but the token's.
    Any,
    Reads,
    Writes,
    Endpoint(Endpoint),
}

/// A fault with how often it still hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub kind: FaultKind,
    /// `None`: until cleared.
    pub left: Option<u32>,
    pub target: Target,
}

/// A fault that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    #[error("unknown fault {0:?}; known: {known}", known = FaultKind::NAMES.join(" "))]
    Name(String),
    #[error("the count of a fault is a number above 0 or *, not {0:?}")]
    Count(String),
    #[error("{0:?} is no argument of this fault")]
    Argument(String),
    #[error("unknown target {0:?}; known: any reads writes {known}", known = Endpoint::names())]
    Target(String),
}

impl FaultKind {
    pub const NAMES: [&'static str; 27] = [
        "rate-limit",
        "server-error",
        "server-error-after-write",
        "slow",
        "never-answers",
        "silent-after-write",
        "cut",
        "cut-before-write",
        "cut-after-write",
        "invalidate-tokens",
        "missing-scope",
        "address-refused",
        "app-disabled",
        "html-502",
        "text-404",
        "cut-json",
        "huge-body",
        "redirect-loop",
        "busy",
        "unknown-enums",
        "absent-fields",
        "null-fields",
        "empty-fields",
        "page-token-on-last",
        "inner-failure",
        "no-data",
        "success-in-v1",
    ];

    fn parse(name: &str, argument: Option<&str>) -> Result<Self, FaultError> {
        fn number<T: FromStr>(argument: Option<&str>, default: T) -> Result<T, FaultError> {
            argument.map_or(Ok(default), |text| text.parse().map_err(|_| FaultError::Argument(text.to_owned())))
        }
        let kind = match name {
            "rate-limit" => return Ok(Self::RateLimit { reset: number(argument, 1)? }),
            "server-error" => return Ok(Self::ServerError { status: status(argument)? }),
            "server-error-after-write" => return Ok(Self::ServerErrorAfterWrite { status: status(argument)? }),
            "slow" => return Ok(Self::Slow { millis: number(argument, 3000)? }),
            "inner-failure" => return Ok(Self::InnerFailure { code: number(argument, 1_161_004)? }),
            "never-answers" => Self::NeverAnswers,
            "silent-after-write" => Self::SilentAfterWrite,
            "cut" => Self::Cut,
            "cut-before-write" => Self::CutBeforeWrite,
            "cut-after-write" => Self::CutAfterWrite,
            "invalidate-tokens" => Self::InvalidateTokens,
            "missing-scope" => Self::MissingScope,
            "address-refused" => Self::AddressRefused,
            "app-disabled" => Self::AppDisabled,
            "html-502" => Self::Html502,
            "text-404" => Self::Text404,
            "cut-json" => Self::CutJson,
            "huge-body" => Self::HugeBody,
            "redirect-loop" => Self::RedirectLoop,
            "busy" => Self::Busy,
            "unknown-enums" => Self::UnknownEnums,
            "absent-fields" => Self::AbsentFields,
            "null-fields" => Self::NullFields,
            "empty-fields" => Self::EmptyFields,
            "page-token-on-last" => Self::PageTokenOnLast,
            "no-data" => Self::NoData,
            "success-in-v1" => Self::SuccessInV1,
            _ => return Err(FaultError::Name(name.to_owned())),
        };
        argument.map_or(Ok(kind), |text| Err(FaultError::Argument(text.to_owned())))
    }

    /// A habit of the platform rather than an accident: stays unless a count says otherwise.
    #[must_use]
    pub const fn is_quirk(&self) -> bool {
        matches!(
            self,
            Self::UnknownEnums
                | Self::AbsentFields
                | Self::NullFields
                | Self::EmptyFields
                | Self::PageTokenOnLast
                | Self::NoData
                | Self::SuccessInV1
        )
    }

    const fn default_target(&self) -> Target {
        match self {
            Self::ServerErrorAfterWrite { .. }
            | Self::SilentAfterWrite
            | Self::CutBeforeWrite
            | Self::CutAfterWrite
            | Self::NoData => Target::Writes,
            Self::InnerFailure { .. } => Target::Endpoint(Endpoint::UpdateTask),
            Self::PageTokenOnLast => Target::Endpoint(Endpoint::Tasks),
            Self::SuccessInV1 => Target::Endpoint(Endpoint::FormV1),
            _ => Target::Any,
        }
    }

    /// Busy is the answer of add-sign and transfer only.
    const fn can_hit(&self, endpoint: Endpoint) -> bool {
        match self {
            Self::Busy => matches!(endpoint, Endpoint::AddSign | Endpoint::Transfer),
            Self::ServerErrorAfterWrite { .. }
            | Self::SilentAfterWrite
            | Self::CutBeforeWrite
            | Self::CutAfterWrite
            | Self::NoData => endpoint.is_write(),
            _ => true,
        }
    }
}

fn status(argument: Option<&str>) -> Result<u16, FaultError> {
    let Some(text) = argument else { return Ok(500) };
    let status = text.parse().ok().filter(|status| (500..600).contains(status));
    status.ok_or_else(|| FaultError::Argument(text.to_owned()))
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
                Target::Any => endpoint != Endpoint::Token,
                Target::Reads => endpoint != Endpoint::Token && !endpoint.is_write(),
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

impl FromStr for Target {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        Ok(match text {
            "any" => Self::Any,
            "reads" => Self::Reads,
            "writes" => Self::Writes,
            name => {
                let endpoint = Endpoint::by_name(name).ok_or_else(|| FaultError::Target(name.to_owned()))?;
                Self::Endpoint(endpoint)
            }
        })
    }
}

/// The faults in force: shared between the server, which uses them up, and whoever sets them.
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

    /// What is in force now.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.with(|faults| faults.clone())
    }

    /// The first fault in force for a call to `endpoint` that `is` accepts; one hit of it is used up.
    pub(super) fn take(&self, endpoint: Endpoint, is: impl Fn(&FaultKind) -> bool) -> Option<FaultKind> {
        self.with(|faults| {
            let place = faults.iter().position(|fault| fault.hits(endpoint) && is(&fault.kind))?;
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
    use crate::sim::http::Endpoint;

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
        assert_eq!(read("slow@nowhere"), Err(FaultError::Target("nowhere".into())));
        assert!(read("no-such-fault").is_err_and(|error| error.to_string().contains("cut-after-write")));
    }

    #[test]
    fn every_name_is_read() {
        for name in FaultKind::NAMES {
            assert!(name.parse::<Fault>().is_ok(), "{name}");
        }
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
