//! Calls of the client: each endpoint once, and each decision once.

use shenpi::domain::decision::{AddSignMethod, AddSignPosition, Receipt};
use shenpi::domain::form::FileRef;
use shenpi::domain::{
    ApproverId, CleanText, Decision, DepartmentId, Endpoint, Failure, FileId, I18n, Millis, Operator, Opinion, Person,
    PersonId, PersonIdType, ProcessId, Properties, Reviewed, Stamp, Target, TaskKey,
};
use shenpi::feishu::Client;

use crate::server::OPERATOR;

pub const PROCESS: &str = "7615102938475610284";
pub const TASK: &str = "7615102951360512300";
pub const RECEIVER: &str = "ou_3e4f5a6b7c8d49e0a1b2c3d4e5f60718";
pub const SECOND: &str = "ou_9c1e2f3a4b5d46e7908f1a2b3c4d5e6f";
pub const THIRD: &str = "ou_a1b2c3d4e5f647089a0b1c2d3e4f5061";

pub const READS: [Endpoint; 12] = [
    Endpoint::TaskList,
    Endpoint::ChangedProcesses,
    Endpoint::ProcessDetail,
    Endpoint::FormV2,
    Endpoint::FormV1,
    Endpoint::SearchEmployees,
    Endpoint::EmployeesById,
    Endpoint::ContactIds,
    Endpoint::Departments,
    Endpoint::Job,
    Endpoint::JobLevel,
    Endpoint::File,
];
pub const WRITES: [Endpoint; 5] =
    [Endpoint::UpdateTask, Endpoint::AddSign, Endpoint::Transfer, Endpoint::Withdraw, Endpoint::Revoke];

pub fn opinion(words: &str) -> Opinion {
    Opinion::new(words, 1000).unwrap()
}

pub fn person(id: &str) -> Person {
    Person::named(PersonId::new(id), I18n::same(CleanText::new("刘洋")))
}

pub fn approve(words: &str) -> Decision {
    Decision::Approve { opinion: opinion(words) }
}

pub fn transfer(words: &str) -> Decision {
    Decision::Transfer { to: person(RECEIVER), remark: opinion(words) }
}

pub fn add_sign(position: AddSignPosition, method: AddSignMethod, people: &[&str], words: &str) -> Decision {
    let people = people.iter().map(|id| person(id)).collect();
    Decision::AddSign { position, method, people, remark: opinion(words) }
}

pub fn reviewed_as(operator: &str, id_type: PersonIdType, process: &str, task: &str, decision: Decision) -> Reviewed {
    let text = |words: &str| I18n::same(CleanText::new(words));
    Reviewed {
        target: Target {
            key: TaskKey { process: ProcessId::new(process), approver: ApproverId::new(task) },
            kind: text("休假申请"),
            initiator: text("张伟"),
            by_system: false,
            summary: text("年假 3 天"),
            node: text("直属上级审批"),
            high_care: false,
            stamp: Stamp([0; 16]),
            tasks: Vec::new(),
            properties: Properties::Normal,
        },
        decision,
        operator: Operator { id: PersonId::new(operator), id_type, name: I18n::default() },
    }
}

pub fn reviewed(decision: Decision) -> Reviewed {
    reviewed_as(OPERATOR, PersonIdType::OpenId, PROCESS, TASK, decision)
}

/// The decision that a writing endpoint is for.
pub fn decision_of(endpoint: Endpoint) -> Decision {
    match endpoint {
        Endpoint::UpdateTask => approve("同意"),
        Endpoint::AddSign => add_sign(AddSignPosition::Before, AddSignMethod::All, &[SECOND], ""),
        Endpoint::Transfer => transfer(""),
        Endpoint::Withdraw => Decision::Withdraw { reason: opinion("行程取消") },
        Endpoint::Revoke => Decision::Revoke { reason: opinion("撤销重走") },
        other => panic!("{other:?} does not write"),
    }
}

pub async fn write(client: &Client, endpoint: Endpoint) -> Result<Receipt, Failure> {
    client.writer().send(&reviewed(decision_of(endpoint))).await
}

/// Calls an endpoint as the program does; returns the result as text.
pub async fn ask(client: &Client, endpoint: Endpoint) -> Result<String, Failure> {
    let process = ProcessId::new(PROCESS);
    let shown = match endpoint {
        Endpoint::TenantToken => format!("{:?}", client.authenticate().await?),
        Endpoint::TaskList => format!("{:?}", client.tasks(None).await?),
        Endpoint::ChangedProcesses => {
            format!("{:?}", client.changed(Millis(1_772_431_510_000), Millis(1_773_018_754_567), 20).await?)
        }
        Endpoint::ProcessDetail => format!("{:?}", client.process(&process).await?),
        Endpoint::FormV2 => format!("{:?}", client.form(&process).await?),
        Endpoint::FormV1 => format!("{:?}", client.labelled_form(&process).await?),
        Endpoint::SearchEmployees => format!("{:?}", client.search_people("刘洋").await?),
        Endpoint::EmployeesById => format!("{:?}", client.people_by_id(&[PersonId::new(RECEIVER)]).await?),
        Endpoint::ContactIds => format!("{:?}", client.search_people("liuyang@example.com").await?),
        Endpoint::Departments => {
            format!("{:?}", client.department_names(&[DepartmentId::new("od-4e6ac4d14bcd5071a37a39de902c7141")]).await?)
        }
        Endpoint::Job => format!("{:?}", client.object_names(&[("job".into(), "6863326263210149383".into())]).await?),
        Endpoint::JobLevel => {
            format!("{:?}", client.object_names(&[("job_level".into(), "6891251722631891445".into())]).await?)
        }
        Endpoint::File => {
            let folder = tempfile::tempdir().unwrap();
            client.download(&file("handover.pdf", None), folder.path()).await?.display().to_string()
        }
        _ => format!("{:?}", write(client, endpoint).await?),
    };
    Ok(shown)
}

pub fn file(name: &str, length: Option<i64>) -> FileRef {
    FileRef {
        id: FileId::new("66867ed00740ddd4a0bad4a5_c99b5322dc744fe4b99b76426ffe5d53"),
        name: CleanText::new(name),
        length,
        mime_type: CleanText::new("application/pdf"),
    }
}
