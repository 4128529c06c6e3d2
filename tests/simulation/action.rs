//! Acts of a simulated day: each complete in itself, so that any of them can be left out when a failing day is
//! shortened.

use std::fmt;

use super::fixture::Kind;

/// All parts of a day. Equal ones give the same day to the last byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    pub seed: u64,
    pub behavior: Behavior,
    /// Pending requests in the morning.
    pub cases: Vec<Kind>,
    pub acts: Vec<Action>,
}

/// Constants of a day.
#[expect(clippy::struct_excessive_bools, reason = "behavior of their own, each on or off")]
#[derive(Clone, Debug, PartialEq)]
pub struct Behavior {
    /// Seconds for which a confirmed decision is held.
    pub undo: u64,
    /// The user is an administrator of the platform: they may withdraw and revoke.
    pub administrator: bool,
    /// The program runs read-only.
    pub read_only: bool,
    pub columns: u16,
    pub rows: u16,
    /// A transfer keeps the task's id.
    pub transfer_keeps_id: bool,
    /// Siblings of an approval become cancelled instead of done.
    pub siblings_cancelled: bool,
    /// Sometimes a page of the list names no usable next one, or has an unreadable row.
    pub broken_pages: bool,
    /// Milliseconds for a request to the platform, and as many for its answer.
    pub way: u32,
    /// Maximum difference between two ways, which lets answers overtake each other.
    pub jitter: u32,
    /// Milliseconds of an fsync.
    pub sync: u32,
    /// The program keeps a cache between its runs.
    pub cache: bool,
    /// The cache keeps content of sensitive requests too.
    pub cache_sensitive: bool,
}

/// One act.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The user presses a key, milliseconds after the last act.
    Key {
        after: u32,
        key: &'static str,
    },
    /// Keys that arrive in one read of the terminal: a burst of an impatient hand or of a slow line.
    Burst(Vec<&'static str>),
    /// The user types into a field, character by character.
    Text(&'static str),
    Paste(&'static str),
    /// A pause, in milliseconds.
    Wait(u32),
    Resize(u16, u16),
    /// Another person changes a request.
    External(Which, ExternalChange),
    /// A colleague files a request.
    Arrive(Kind),
    /// The platform announces something about a request, whether it happened or not.
    Announce(Which, Announcing),
    /// Trouble for the next requests of a kind.
    Network(Trouble),
    /// Duration of a way from now on.
    Way(u32),
    Disk(DiskTrouble),
    /// The program ends in the middle of its work: as soon as it comes to this moment, so many times passed over.
    Trap {
        at: Moment,
        skip: u8,
        how: End,
    },
    /// The program ends now.
    End(End),
    /// The terminal goes, or a signal comes.
    HangUp,
    /// The computer sleeps for so many seconds.
    Sleep(u32),
    /// The program is stopped for so many seconds, as by `Ctrl-Z` and `fg`: the computer's clocks go on.
    Stop(u32),
    /// The computer's clock is set by these seconds.
    Clock(i32),
    /// The program ends in good order if it runs, and stays off for so many seconds.
    Away(u32),
    /// The user starts the program, and has the first screen before them for so many milliseconds.
    Start(u32),
    Cache(CacheTrouble),
}

/// A case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// In the order of their coming, round and round.
    Nth(usize),
    /// The one that the user decides, has just decided, or views.
    Hers,
    /// The one under the cursor.
    Selected,
}

/// Acts of other people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExternalChange {
    /// A colleague who can decide approves, with or without words.
    ColleagueApproves(bool),
    ColleagueRejects,
    Comments,
    Withdraws,
    /// The user on their phone, in words that they do not use here: two decisions in the same words could not be told
    /// apart.
    SheApproves,
    SheRejects,
    SheTransfers,
    /// New summary lines.
    Summary(u8),
    /// A value of the form, and nothing else.
    Amount(u8),
    /// The system approves in the user's place.
    SystemApproves,
    /// An administrator intervenes.
    Intervenes,
    /// A colleague adds an approver beside the user.
    AddsBeside,
}

/// Events over the long connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Announcing {
    /// The request changed; so many times.
    Changed(u8),
    /// A task of the user came.
    Task,
    /// A task of another person came, in a request that the program does not know.
    Foreign,
    /// Some announcements may have been lost.
    Gap,
    /// The connection stands, or does not.
    Connected(bool),
}

/// Trouble of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub on: Target,
    pub what: Fault,
    /// Number of requests that it hits.
    pub times: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Decisions.
    Writes,
    /// Reads of a case.
    Cases,
    /// Reads of a form.
    Forms,
    /// Reads of the list.
    Lists,
    /// All reads.
    Reads,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection breaks before the request arrives; it never does.
    CutBefore,
    /// The connection breaks after the request was done.
    CutAfter,
    /// The connection breaks at once, and the request arrives so many milliseconds later all the same.
    CutThenArrives(u32),
    /// No answer in time; the request is done after so many milliseconds.
    TimesOut(u32),
    /// No answer in time; the request never arrives.
    Vanishes,
    /// 5xx, nothing done.
    ServerBefore,
    /// 5xx, done.
    ServerAfter,
    /// A proxy's page instead of the answer; nothing done.
    GarbageBefore,
    /// A proxy's page instead of the answer; done.
    GarbageAfter,
    /// So many milliseconds later on its way there.
    SlowThere(u32),
    /// So many milliseconds later on its way back.
    SlowBack(u32),
    /// 99991400, with so many seconds to wait.
    Limited(u8),
    /// No connection could be made.
    Unreachable,
    /// 1161103, for transfers and add-signs.
    Busy,
    /// 99991663: the token was refused. The request is sent once more, with another one.
    TokenRefused,
    /// 1161004 within a success.
    FormIncomplete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskTrouble {
    /// So many bytes still fit.
    Full(u16),
    /// Every fsync fails, and reports it.
    SyncFails,
    /// Everything works again.
    Fine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheTrouble {
    /// The next start finds its file damaged. The number decides how.
    Damaged(u64),
    /// A problem ends it for the run.
    Lost,
}

/// A moment in the work of the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    /// So many bytes of a record are written.
    InAppend(u16),
    /// A record is written, and not durable yet.
    Appended,
    /// The record of a sending is durable, the request has not left.
    Synced,
    /// The request has left.
    Left,
    /// The request has arrived and was done or refused; its answer is on its way.
    Arrived,
    /// The answer is here and not handled yet.
    Answered,
    /// The answer was handled, and none of it is written.
    Updated,
    /// A part of a batch of the cache is written; the number is its share.
    InCacheWrite(u16),
}

/// Ends of the program without a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// `kill -9`: written bytes stay.
    Killed,
    /// Power cut: unsynced bytes survive in part, or not. The number decides.
    PowerCut(u64),
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { after, key } if *after < 300 => write!(f, "she presses {key} only {after} ms later"),
            Self::Key { key, .. } => write!(f, "she presses {key}"),
            Self::Burst(keys) => write!(f, "the keys {} arrive at once", keys.join(" ")),
            Self::Text(text) => write!(f, "she writes “{text}”"),
            Self::Paste(text) => write!(f, "she pastes “{text}”"),
            Self::Wait(millis) => write!(f, "{} s go by", f64::from(*millis) / 1000.0),
            Self::Resize(columns, rows) => write!(f, "the terminal becomes {columns}×{rows}"),
            Self::External(which, change) => write!(f, "{which}: {change}"),
            Self::Arrive(kind) => write!(f, "a case comes: {kind:?}"),
            Self::Announce(which, Announcing::Changed(times)) => write!(f, "{which} is announced {times} times"),
            Self::Announce(which, Announcing::Task) => write!(f, "a task is announced in {which}"),
            Self::Announce(_, what) => write!(f, "announced: {what:?}"),
            Self::Network(trouble) => trouble.fmt(f),
            Self::Way(millis) => write!(f, "from now on a way to the platform takes {millis} ms"),
            Self::Disk(DiskTrouble::Full(bytes)) => write!(f, "the disk has room for {bytes} more bytes"),
            Self::Disk(DiskTrouble::SyncFails) => f.write_str("nothing reaches the disk any more, and it says so"),
            Self::Disk(DiskTrouble::Fine) => f.write_str("the disk works again"),
            Self::Trap { at, skip, how } => write!(f, "{how} as soon as {at}, for the {}th time", u16::from(*skip) + 1),
            Self::End(how) => write!(f, "{how} now"),
            Self::HangUp => f.write_str("the terminal goes"),
            Self::Sleep(seconds) => write!(f, "the computer sleeps for {seconds} s"),
            Self::Stop(seconds) => write!(f, "the program is stopped for {seconds} s"),
            Self::Clock(seconds) => write!(f, "somebody sets the clock by {seconds} s"),
            Self::Away(seconds) => write!(f, "the program is off for {seconds} s"),
            Self::Start(millis) => write!(f, "the program is started, {millis} ms ago"),
            Self::Cache(trouble) => write!(f, "the cache: {trouble:?}"),
        }
    }
}

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nth(number) => write!(f, "case {number}"),
            Self::Hers => f.write_str("the case she is at"),
            Self::Selected => f.write_str("the case under her cursor"),
        }
    }
}

impl fmt::Display for ExternalChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ColleagueApproves(true) => f.write_str("a colleague approves with words"),
            Self::ColleagueApproves(false) => f.write_str("a colleague approves without words"),
            Self::ColleagueRejects => f.write_str("a colleague rejects"),
            Self::Comments => f.write_str("somebody comments"),
            Self::Withdraws => f.write_str("it is withdrawn"),
            Self::SheApproves => f.write_str("she approves on her phone"),
            Self::SheRejects => f.write_str("she rejects on her phone"),
            Self::SheTransfers => f.write_str("she transfers it on her phone"),
            Self::Summary(days) => write!(f, "its summary changes to {days} days"),
            Self::Amount(amount) => write!(f, "the amount in its form changes to {amount}"),
            Self::SystemApproves => f.write_str("the system approves in her place"),
            Self::Intervenes => f.write_str("an administrator decides over her head"),
            Self::AddsBeside => f.write_str("a colleague lets somebody decide beside"),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = match self.on {
            Target::Writes => "decision",
            Target::Cases => "read of a case",
            Target::Forms => "read of a form",
            Target::Lists => "read of the list",
            Target::Reads => "read",
        };
        write!(f, "the next {} {on}(s): {:?}", self.times, self.what)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InAppend(bytes) => write!(f, "{bytes} bytes of a record are written"),
            Self::Appended => f.write_str("a record is written and not durable yet"),
            Self::Synced => f.write_str("the record of a sending is durable and its request has not left"),
            Self::Left => f.write_str("a request has left"),
            Self::Arrived => f.write_str("a request has arrived"),
            Self::Answered => f.write_str("an answer is here and nobody has looked at it"),
            Self::Updated => f.write_str("an answer was looked at and nothing of it is written"),
            Self::InCacheWrite(_) => f.write_str("a batch of the cache is written in part"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Killed => f.write_str("the program is killed"),
            Self::PowerCut(_) => f.write_str("the power goes"),
        }
    }
}
