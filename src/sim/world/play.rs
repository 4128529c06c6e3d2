//! What people, administrators and the system do to a process without anybody's request: the way demo content is
//! brought into its state, and the way other people act while a program is running.

use super::ids::PersonKey;
use super::organisation::Bilingual;

/// One thing that happens to a process. Taken by [`World::play`](super::World::play) at a given time.
#[derive(Clone, Debug)]
pub enum Step {
    /// `by` approves his or her open task, submits it if it is a form.
    Approve {
        by: PersonKey,
        opinion: String,
    },
    Reject {
        by: PersonKey,
        opinion: String,
    },
    /// The system approves (or rejects) an open task in the place of `of`.
    SystemDecides {
        of: PersonKey,
        approve: bool,
    },
    /// The system finishes its own open task.
    SystemFinishes {
        approve: bool,
        opinion: String,
    },
    Transfer {
        by: PersonKey,
        to: PersonKey,
    },
    /// 前加签, 或签 or 会签.
    AddBefore {
        by: PersonKey,
        people: Vec<PersonKey>,
        rule: super::Rule,
    },
    /// 并加签.
    AddParallel {
        by: PersonKey,
        people: Vec<PersonKey>,
    },
    /// 后加签.
    AddAfter {
        by: PersonKey,
        people: Vec<PersonKey>,
        rule: super::Rule,
    },
    Comment {
        by: PersonKey,
        message: String,
        mentions: Vec<PersonKey>,
        files: u32,
        images: u32,
    },
    /// The initiator or an administrator takes the running process back.
    Withdraw {
        reason: String,
    },
    /// An administrator revokes the completed process.
    Revoke {
        reason: String,
    },
    /// An administrator decides over the head of `of`: the node passes as intervened.
    Intervene {
        of: PersonKey,
    },
    /// `of`'s e-signature fails.
    FailSignature {
        of: PersonKey,
    },
    /// `by` sends the process back to an earlier node of the flow, by its place.
    RollBack {
        by: PersonKey,
        to: usize,
    },
    /// New summary lines.
    Abstracts(Vec<(Bilingual, Bilingual)>),
}
