//! The nouns of the program: tasks, processes, people, forms, decisions, failures, in the platform's own words. Pure:
//! no clock, no I/O, no interface.

pub mod amounts;
pub mod announcement;
pub mod biz_type;
pub mod cached;
pub mod clean;
pub mod decision;
pub mod diff;
pub mod evidence;
pub mod failure;
pub mod form;
pub mod i18n;
pub mod id;
pub mod mask;
pub mod names;
pub mod past;
pub mod person;
pub mod priority;
pub mod process;
pub mod received;
pub mod record;
pub mod row;
pub mod shown;
pub mod stamp;
pub mod status;
pub mod task;
pub mod theme_name;
pub mod time;
mod width;

pub use announcement::{Announced, Announcement, AnnouncementKind, LiveEvent, LiveMode, LiveState, LiveTrouble};
pub use cached::{
    CacheProblem, CacheWrite, CachedContent, CachedDetail, CachedList, CachedRow, CompleteList, SeenStamps,
};
pub use clean::{CleanText, clean_line};
pub use decision::state::Resolution;
pub use decision::{Action, Decision, Opinion, Reviewed, Target};
pub use diff::Difference;
pub use evidence::{Evidence, Finding};
pub use failure::{Endpoint, Failure, FailureKind, Outcome};
pub use form::{Field, Form, Value};
pub use i18n::{I18n, Lang};
pub use id::{ApproverId, DepartmentId, FileId, PersonId, PersonIdType, ProcessId, TaskKey, short_id};
pub use names::Names;
pub use past::{Past, Recovered};
pub use person::{Operator, Person};
pub use priority::Priority;
pub use process::Process;
pub use received::Received;
pub use record::{EntryId, Record};
pub use row::{RowProjection, Seen};
pub use shown::Shown;
pub use stamp::Stamp;
pub use status::{DocumentType, DoneStatus, ProcessStatus, Properties, TaskStatus};
pub use task::{PageChain, PageEnd, PageToken, Task, TaskPage};
pub use theme_name::ThemeName;
pub use time::{Instant, Millis, Now};
pub use width::narrow;
