//! A confirmed decision as JSON: the action, what was reviewed, and the operator.

use serde::{Deserialize, Serialize};

use super::localized::LocalizedJson;
use super::words::{MethodWord, PositionWord};
use crate::domain::{
    Action, ApproverId, CleanText, Decision, I18n, Operator, Opinion, Person, PersonId, Properties, Reviewed, Stamp,
    Target, TaskKey,
};

#[derive(Serialize, Deserialize)]
pub(super) struct DecisionJson {
    kind: LocalizedJson,
    /// The platform's number; absent for an ordinary process.
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<i64>,
    initiator: LocalizedJson,
    /// The platform names the system as initiator.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    by_system: bool,
    /// Empty for sensitive requests: pay and the like is never written to disk.
    #[serde(default, skip_serializing_if = "LocalizedJson::is_empty")]
    summary: LocalizedJson,
    node: LocalizedJson,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    high_care: bool,
    /// The stamp of what was on screen.
    shown: String,
    /// Tasks of the process at that time. Later tasks prove that a transfer or an add-sign took effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tasks: Vec<String>,
    operator: OperatorJson,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    opinion: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    remark: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<PersonJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<PositionWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<MethodWord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    people: Vec<PersonJson>,
}

#[derive(Serialize, Deserialize)]
struct OperatorJson {
    id: String,
    id_type: String,
    #[serde(default, skip_serializing_if = "LocalizedJson::is_empty")]
    name: LocalizedJson,
}

/// A person named in a decision, with number and department to tell namesakes apart. The mail address is not stored.
#[derive(Serialize, Deserialize)]
struct PersonJson {
    id: String,
    #[serde(default, skip_serializing_if = "LocalizedJson::is_empty")]
    name: LocalizedJson,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    number: String,
    #[serde(default, skip_serializing_if = "LocalizedJson::is_empty")]
    department: LocalizedJson,
}

impl From<&Reviewed> for DecisionJson {
    fn from(reviewed: &Reviewed) -> Self {
        let Reviewed { target, decision, operator } = reviewed;
        let mut json = Self {
            kind: (&target.kind).into(),
            properties: Some(target.properties).filter(|it| *it != Properties::Normal).map(Properties::number),
            initiator: (&target.initiator).into(),
            by_system: target.by_system,
            summary: if target.high_care { LocalizedJson::default() } else { (&target.summary).into() },
            node: (&target.node).into(),
            high_care: target.high_care,
            shown: target.stamp.to_string(),
            tasks: target.tasks.iter().map(|task| task.as_str().to_owned()).collect(),
            operator: OperatorJson {
                id: operator.id.as_str().to_owned(),
                id_type: operator.id_type.as_str().to_owned(),
                name: (&operator.name).into(),
            },
            opinion: String::new(),
            reason: String::new(),
            remark: String::new(),
            to: None,
            position: None,
            method: None,
            people: Vec::new(),
        };
        let words = decision.opinion().as_str().to_owned();
        match decision {
            Decision::Approve { .. } => json.opinion = words,
            Decision::Reject { .. } | Decision::Withdraw { .. } | Decision::Revoke { .. } => json.reason = words,
            Decision::Transfer { to, .. } => (json.to, json.remark) = (Some(to.into()), words),
            Decision::AddSign { position, method, people, .. } => {
                (json.position, json.method) = (Some((*position).into()), Some((*method).into()));
                (json.people, json.remark) = (people.iter().map(PersonJson::from).collect(), words);
            }
        }
        json
    }
}

impl DecisionJson {
    /// `None` when a member is missing that the action needs.
    pub(super) fn read(self, action: Action, key: TaskKey) -> Option<Reviewed> {
        let words = |text: &str| Opinion::new(text, action.text_limit()).ok();
        let decision = match action {
            Action::Approve => Decision::Approve { opinion: words(&self.opinion)? },
            Action::Reject => Decision::Reject { reason: words(&self.reason)? },
            Action::Withdraw => Decision::Withdraw { reason: words(&self.reason)? },
            Action::Revoke => Decision::Revoke { reason: words(&self.reason)? },
            Action::Transfer => Decision::Transfer { to: self.to?.into(), remark: words(&self.remark)? },
            Action::AddSign => Decision::AddSign {
                position: self.position?.into(),
                method: self.method?.into(),
                people: self.people.into_iter().map(Person::from).collect(),
                remark: words(&self.remark)?,
            },
        };
        let target = Target {
            key,
            kind: self.kind.into(),
            properties: self.properties.map_or(Properties::Normal, Properties::from),
            initiator: self.initiator.into(),
            by_system: self.by_system,
            summary: self.summary.into(),
            node: self.node.into(),
            high_care: self.high_care,
            stamp: Stamp::parse(&self.shown)?,
            tasks: self.tasks.into_iter().map(ApproverId::new).collect(),
        };
        let operator = Operator {
            id: PersonId::new(self.operator.id),
            id_type: self.operator.id_type.parse().ok()?,
            name: self.operator.name.into(),
        };
        Some(Reviewed { target, decision, operator })
    }
}

impl From<&Person> for PersonJson {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.as_str().to_owned(),
            name: (&person.name).into(),
            number: person.employee_number.as_str().to_owned(),
            department: (&person.department).into(),
        }
    }
}

impl From<PersonJson> for Person {
    fn from(receiver: PersonJson) -> Self {
        let name: I18n = receiver.name.into();
        Self {
            employee_number: CleanText::new(&receiver.number),
            department: receiver.department.into(),
            ..Self::named(PersonId::new(receiver.id), name)
        }
    }
}
