//! Actions of people, administrators and the system without a request: they bring demo content into its state and play
//! the other people while a program runs. Not part of the record of writes.

use std::sync::Arc;

use crate::domain::Millis;

use super::add_sign::Spot;
use super::engine::Acting;
use super::flow::Rule;
use super::form::FormValue;
use super::ids::{PersonKey, ProcessKey};
use super::organisation::Bilingual;
use super::process::{Comment, NodeState, ProcessState, TaskState};
use super::refusal::Refusal;
use super::write_log::AddSignPosition;
use super::{World, decide};

/// One thing that happens to a process. Taken by [`World::play`] at a given time.
#[derive(Clone, Debug)]
pub enum ExternalAction {
    /// `by` approves their open task, or submits it if it is a form.
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
        opinion: String,
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
        rule: Rule,
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
        rule: Rule,
    },
    Comment {
        by: PersonKey,
        message: String,
        mentions: Vec<PersonKey>,
        files: u32,
        images: u32,
    },
    /// The running process is taken back.
    Withdraw,
    /// The completed process is revoked.
    Revoke,
    /// An administrator decides over the head of `of`: the node passes as intervened.
    Intervene {
        of: PersonKey,
    },
    /// `of`'s e-signature fails; the process waits for the others, or ends as rejected when there are none.
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
    /// The variable of this name in the form gets another value.
    Field {
        api_name: Arc<str>,
        value: FormValue,
    },
}

impl World {
    /// Performs one step.
    ///
    /// # Errors
    /// `by` has no open task, or the process is not in a state for the step.
    pub fn play(&mut self, key: ProcessKey, step: ExternalAction, now: Millis) -> Result<(), Refusal> {
        self.advance(now);
        match step {
            ExternalAction::Approve { by, opinion } => {
                let place = self.open_task_of(key, Some(by))?;
                self.approve_task(key, place, Acting::Person, &opinion, now);
            }
            ExternalAction::Reject { by, opinion } => {
                let place = self.open_task_of(key, Some(by))?;
                self.reject_task(key, place, Acting::Person, &opinion, now);
            }
            ExternalAction::SystemDecides { of, approve, opinion } => {
                self.system_decides(key, Some(of), approve, &opinion, now)?;
            }
            ExternalAction::SystemFinishes { approve, opinion } => {
                self.system_decides(key, None, approve, &opinion, now)?;
            }
            ExternalAction::Transfer { by, to } => {
                let place = self.open_task_of(key, Some(by))?;
                self.check_transfer(key, &[place], Some(by), to)?;
                self.hand_over(key, place, to, now);
            }
            ExternalAction::AddBefore { by, people, rule } => {
                self.add_beside(key, by, AddSignPosition::Before, rule, people, now)?;
            }
            ExternalAction::AddParallel { by, people } => {
                self.add_beside(key, by, AddSignPosition::Parallel, Rule::All, people, now)?;
            }
            ExternalAction::AddAfter { by, people, rule } => {
                self.add_beside(key, by, AddSignPosition::After, rule, people, now)?;
            }
            ExternalAction::Comment { by, message, mentions, files, images } => {
                let id = self.ids.next(now);
                let comment = Comment { id, person: by, time: now, message, mentions, files, images };
                self.at(key).comments.push(comment);
                self.emit(key, super::EventKind::Commented { comment: id }, now);
                self.touch(key, now);
            }
            ExternalAction::Withdraw => {
                self.check_state(key, ProcessState::InProgress)?;
                self.end(key, None, ProcessState::Withdrawn, now);
            }
            ExternalAction::Revoke => {
                self.check_state(key, ProcessState::Completed)?;
                self.begin_revoking(key, now);
            }
            ExternalAction::Intervene { of } => self.intervene(key, of, now)?,
            ExternalAction::FailSignature { of } => self.fail_signature(key, of, now)?,
            ExternalAction::RollBack { by, to } => {
                let place = self.open_task_of(key, Some(by))?;
                self.roll_back(key, place, to, now);
            }
            ExternalAction::Abstracts(lines) => {
                self.at(key).abstracts = lines;
                self.touch(key, now);
            }
            ExternalAction::Field { api_name, value } => {
                let form = &mut self.at(key).form;
                form.iter_mut().find(|field| field.api_name == api_name).ok_or(decide::INVALID)?.value = value;
                self.touch(key, now);
            }
        }
        Ok(())
    }

    fn check_state(&self, key: ProcessKey, state: ProcessState) -> Result<(), Refusal> {
        if self.process(key).state == state { Ok(()) } else { Err(decide::STATE_CHANGED) }
    }

    /// The place of the person's (or the system's) open task.
    fn open_task_of(&self, key: ProcessKey, person: Option<PersonKey>) -> Result<usize, Refusal> {
        let tasks = &self.process(key).tasks;
        let open = tasks.iter().position(|task| task.person == person && task.state == TaskState::Open);
        open.ok_or(decide::INVALID)
    }

    fn system_decides(
        &mut self,
        key: ProcessKey,
        of: Option<PersonKey>,
        approve: bool,
        opinion: &str,
        now: Millis,
    ) -> Result<(), Refusal> {
        let place = self.open_task_of(key, of)?;
        if approve {
            self.approve_task(key, place, Acting::System, opinion, now);
        } else {
            self.reject_task(key, place, Acting::System, opinion, now);
        }
        Ok(())
    }

    fn add_beside(
        &mut self,
        key: ProcessKey,
        by: PersonKey,
        position: AddSignPosition,
        rule: Rule,
        people: Vec<PersonKey>,
        now: Millis,
    ) -> Result<(), Refusal> {
        let place = self.open_task_of(key, Some(by))?;
        let node = self.process(key).tasks[place].node.ok_or(decide::INVALID)?;
        let spot = Spot { key, node, named: Some(place), by: Some(by) };
        let held = self.check_add_sign(&spot, rule, &people)?;
        self.add_people(&spot, held, position, rule, people, now);
        Ok(())
    }

    fn intervene(&mut self, key: ProcessKey, of: PersonKey, now: Millis) -> Result<(), Refusal> {
        let place = self.open_task_of(key, Some(of))?;
        let node = self.process(key).tasks[place].node.ok_or(decide::INVALID)?;
        self.set_task(key, place, TaskState::Intervened, now);
        self.leave_node(key, node, TaskState::Cancelled, NodeState::Intervened, now);
        Ok(())
    }

    fn fail_signature(&mut self, key: ProcessKey, of: PersonKey, now: Millis) -> Result<(), Refusal> {
        let place = self.open_task_of(key, Some(of))?;
        let node = self.process(key).tasks[place].node.ok_or(decide::INVALID)?;
        self.set_task(key, place, TaskState::SignatureFailed, now);
        if self.unfinished(key, node).is_empty() {
            self.end(key, Some(node), ProcessState::Rejected, now);
        } else {
            self.touch(key, now);
        }
        Ok(())
    }
}
