//! The platform of the model: one task, and what a reading of its request proves by the program's own functions.

use shenpi::domain::decision::outcome::{infer_outcome, task_end};
use shenpi::domain::id::{FlowDefinitionId, NodeDefinitionId};
use shenpi::domain::process::{Done, Links, Todo, UnreadMembers};
use shenpi::domain::{
    ApproverId, CleanText, Decision, DocumentType, DoneStatus, Evidence, Finding, I18n, Millis, Operator, Opinion,
    PersonId, PersonIdType, Process, ProcessId, ProcessStatus, Properties, Received, Reviewed, Stamp, Target, TaskKey,
};

/// The task on the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Task {
    Open,
    /// Open, and the content is another one.
    Edited,
    /// Ended by the decision of this number.
    Decided(usize),
    /// The approver rejected it in another program.
    Rejected,
    /// Another approver of the same node approved.
    Sibling,
    /// It is in no list any more.
    Gone,
}

impl Task {
    /// Most decisions that a model confirms.
    pub const DECISIONS: usize = 2;
    const ALL: [Self; 7] =
        [Self::Open, Self::Edited, Self::Decided(0), Self::Decided(1), Self::Rejected, Self::Sibling, Self::Gone];
    /// Ends that no decision of this program made.
    pub const ELSEWHERE: [Self; 3] = [Self::Rejected, Self::Sibling, Self::Gone];

    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Edited)
    }
}

/// Content of readings.
#[derive(Debug)]
pub struct Readings {
    pub reviewed: [Reviewed; Task::DECISIONS],
    /// For each task: the inference for each decision, and whether the task counts as ended by someone.
    shown: Vec<Shows>,
}

#[derive(Debug)]
struct Shows {
    task: Task,
    outcomes: [(Finding, Vec<Evidence>); Task::DECISIONS],
    ended: bool,
}

impl Readings {
    pub fn new() -> Self {
        let reviewed = [reviewed("one"), reviewed("two")];
        let shown = Task::ALL.map(|task| {
            let process = process(task, &reviewed);
            let outcomes = [0, 1].map(|number| infer_outcome(&reviewed[number], &process));
            Shows { task, outcomes, ended: task_end(&reviewed[0], &process).is_some() }
        });
        Self { reviewed, shown: shown.into() }
    }

    fn of(&self, task: Task) -> &Shows {
        self.shown.iter().find(|shows| shows.task == task).expect("every task has a reading")
    }

    pub fn infer(&self, decision: usize, task: Task) -> (Finding, Vec<Evidence>) {
        self.of(task).outcomes[decision].clone()
    }

    pub fn is_ended(&self, task: Task) -> bool {
        self.of(task).ended
    }
}

fn key() -> TaskKey {
    TaskKey { process: ProcessId::new("1"), approver: ApproverId::new("own") }
}

/// An approval. Its words tell it from every other one.
fn reviewed(words: &str) -> Reviewed {
    let target = Target {
        key: key(),
        kind: I18n::default(),
        properties: Properties::Normal,
        initiator: I18n::default(),
        by_system: false,
        summary: I18n::default(),
        node: I18n::default(),
        high_care: false,
        stamp: Stamp([0; 16]),
        tasks: vec![ApproverId::new("own"), ApproverId::new("beside")],
    };
    let opinion = Opinion::new(words, 100).expect("the words are short");
    let operator = Operator { id: PersonId::new("user"), id_type: PersonIdType::OpenId, name: I18n::default() };
    Reviewed { target, decision: Decision::Approve { opinion }, operator }
}

fn process(task: Task, reviewed: &[Reviewed]) -> Process {
    let text = CleanText::new;
    let own = |status, words: &str| done("own", "user", status, words);
    let (todos, done_list) = match task {
        Task::Open | Task::Edited => (vec![todo()], Vec::new()),
        Task::Decided(number) => {
            (Vec::new(), vec![own(DoneStatus::Done, reviewed[number].decision.opinion().as_str())])
        }
        Task::Rejected => (Vec::new(), vec![own(DoneStatus::Rejected, "no")]),
        Task::Sibling => {
            (Vec::new(), vec![own(DoneStatus::Done, ""), done("beside", "other", DoneStatus::Done, "yes")])
        }
        Task::Gone => (Vec::new(), Vec::new()),
    };
    Process {
        id: key().process,
        status: ProcessStatus::InProgress,
        flow_template_id: text("template"),
        flow_template_name: I18n::default(),
        flow_definition_id: FlowDefinitionId::new("flow"),
        flow_definition_name: I18n::default(),
        process_name: I18n::default(),
        initiator_id: None,
        by_system: false,
        initiator_name: I18n::default(),
        create_time: None,
        complete_time: None,
        start_links: Links::default(),
        abstracts: Vec::new(),
        todos,
        cc_list: Vec::new(),
        done_list,
        system_todos: Vec::new(),
        system_done_list: Vec::new(),
        properties: Properties::Normal,
        comments: Vec::new(),
        original_process_id: None,
        is_last_completed_correct_process: false,
        unread: UnreadMembers::default(),
        received: Received::default(),
    }
}

fn todo() -> Todo {
    Todo {
        approver_id: ApproverId::new("own"),
        kind: DocumentType::Approval,
        links: Links::default(),
        operator_id: Some(PersonId::new("user")),
        operator_name: I18n::default(),
        node_name: I18n::default(),
        node_definition_id: NodeDefinitionId::new("node"),
        create_time: None,
    }
}

fn done(task: &str, operator: &str, status: DoneStatus, words: &str) -> Done {
    Done {
        approver_id: ApproverId::new(task),
        kind: DocumentType::Approval,
        status,
        links: Links::default(),
        operator_id: Some(PersonId::new(operator)),
        operator_name: I18n::default(),
        node_name: I18n::default(),
        node_definition_id: NodeDefinitionId::new("node"),
        create_time: None,
        complete_time: Some(Millis(1)),
        approval_opinion: CleanText::new(words),
    }
}
