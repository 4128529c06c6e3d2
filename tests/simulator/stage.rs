//! A small organisation with one flow for each question, built by hand so that every id in a test has a reason.

use shenpi::domain::Millis;
use shenpi::sim::world::{
    AddSign, AddSignPosition, Assigned, Bilingual, Business, EndRequest, FieldKind, Flow, FlowKey, FormField,
    FormValue, ListTasks, NewPerson, NewProcess, Node, NodeKind, PersonKey, ProcessKey, Purpose, Rule, Task, TaskState,
    Transfer, Update, UserIdType, World,
};

/// Thursday 2026-03-12, 10:00 in Beijing.
pub const NOW: Millis = Millis(1_773_280_800_000);

/// `seconds` after the beginning.
pub fn at(seconds: i64) -> Millis {
    Millis(NOW.0 + seconds * 1000)
}

pub struct Stage {
    pub world: World,
    /// Starts processes.
    pub wei: PersonKey,
    /// Approvers.
    pub na: PersonKey,
    pub yang: PersonKey,
    pub jing: PersonKey,
    pub lei: PersonKey,
    /// Administrator.
    pub admin: PersonKey,
}

fn name(text: &str) -> Bilingual {
    Bilingual::new(text, format!("{text} (en)"))
}

pub fn node(kind: NodeKind) -> Node {
    Node::new(name("审批"), kind)
}

pub fn any() -> Node {
    node(NodeKind::Approval(Rule::Any))
}

pub fn all() -> Node {
    node(NodeKind::Approval(Rule::All))
}

pub fn people(people: &[PersonKey]) -> Assigned {
    Assigned::People(people.to_vec())
}

impl Stage {
    pub fn new() -> Self {
        let mut world = World::new(7);
        let department = world.add_department(name("支付研发部"), "D1", None);
        let mut person = |zh: &str, en: &str, administrator| {
            world.add_person(NewPerson {
                name: Bilingual::new(zh, en),
                employee_number: format!("10{:05}", en.len()),
                email: format!("{}@example.com", en.to_lowercase().replace(' ', "")),
                mobile: String::new(),
                department,
                job_title: name("工程师"),
                hired: true,
                administrator,
            })
        };
        let wei = person("张伟", "Zhang Wei", false);
        let na = person("李娜", "Li Na", false);
        let yang = person("刘洋", "Liu Yang", false);
        let jing = person("陈静", "Chen Jing", false);
        let lei = person("赵磊", "Zhao Lei", false);
        let admin = person("王芳", "Wang Fang", true);
        Self { world, wei, na, yang, jing, lei, admin }
    }

    pub fn flow_with(&mut self, nodes: Vec<Node>, change: impl FnOnce(&mut Flow)) -> FlowKey {
        let business = Business {
            template_id: "leave".into(),
            biz_type: "leave_application".into(),
            name: name("休假申请"),
            hiring: false,
        };
        let mut flow = Flow { business, definition_id: "".into(), name: name("年假审批流程"), nodes, old: false };
        change(&mut flow);
        self.world.add_flow(flow)
    }

    /// A process of `wei`'s whose nodes have these people.
    pub fn start(&mut self, nodes: Vec<(Node, Assigned)>) -> ProcessKey {
        self.start_with(nodes, Vec::new(), |_| {})
    }

    pub fn start_with(
        &mut self,
        nodes: Vec<(Node, Assigned)>,
        form: Vec<FormField>,
        change: impl FnOnce(&mut Flow),
    ) -> ProcessKey {
        let (nodes, assigned) = nodes.into_iter().unzip();
        let flow = self.flow_with(nodes, change);
        let new = NewProcess {
            flow,
            initiator: Some(self.wei),
            assigned,
            abstracts: vec![(name("假期类型"), name("年假"))],
            form,
            purpose: Purpose::Normal,
        };
        self.world.start(new, NOW)
    }

    /// One OR node of `na` and `yang`, and then one of `jing`.
    pub fn leave(&mut self) -> ProcessKey {
        let (na, yang, jing) = (self.na, self.yang, self.jing);
        self.start(vec![(any(), people(&[na, yang])), (any(), people(&[jing]))])
    }

    /// A form node of `na` with a mandatory date, an optional flag and a person.
    pub fn form(&mut self) -> ProcessKey {
        let na = self.na;
        let node = node(NodeKind::Form { mandatory: vec!["handover_date".into()] });
        let form = vec![
            FormField::empty("handover_date", name("交接日期"), FieldKind::Date),
            FormField::new("agreed", name("同意"), FormValue::Bool(false)),
            FormField::empty("receiver", name("交接人"), FieldKind::Employment),
        ];
        self.start_with(vec![(node, people(&[na]))], form, |_| {})
    }

    pub fn id(&self, person: PersonKey) -> String {
        self.world.person(person).ids.open_id.to_string()
    }

    pub fn process_id(&self, key: ProcessKey) -> String {
        self.world.process(key).id.to_string()
    }

    /// The person's newest task in the process.
    pub fn task(&self, key: ProcessKey, person: PersonKey) -> &Task {
        let tasks = self.world.process(key).tasks.iter().rev();
        tasks.filter(|task| task.node.is_some()).find(|task| task.person == Some(person)).expect("a task")
    }

    pub fn state(&self, key: ProcessKey, person: PersonKey) -> TaskState {
        self.task(key, person).state
    }

    pub fn update(&self, key: ProcessKey, person: PersonKey, status: i64) -> Update {
        Update {
            process_id: self.process_id(key),
            approver_id: self.task(key, person).id.to_string(),
            status,
            user_id: Some(self.id(person)),
            ..Update::default()
        }
    }

    pub fn add_sign(&self, key: ProcessKey, by: PersonKey, position: AddSignPosition, added: &[PersonKey]) -> AddSign {
        AddSign {
            process_id: self.process_id(key),
            operator: Some(self.id(by)),
            user_id_type: UserIdType::OpenId,
            node_id: None,
            approver_id: Some(self.task(key, by).id.to_string()),
            position,
            rule: Some(Rule::All),
            extra_user_ids: added.iter().map(|person| self.id(*person)).collect(),
            remark: String::new(),
            system_user: false,
        }
    }

    pub fn transfer(&self, key: ProcessKey, by: PersonKey, to: PersonKey) -> Transfer {
        Transfer {
            process_id: self.process_id(key),
            operator: Some(self.id(by)),
            to_user_id: self.id(to),
            approver_ids: vec![self.task(key, by).id.to_string()],
            ..Transfer::default()
        }
    }

    pub fn ending(&self, key: ProcessKey, by: PersonKey) -> EndRequest {
        EndRequest { process_id: self.process_id(key), user_id: Some(self.id(by)), ..EndRequest::default() }
    }

    pub fn approve(&mut self, key: ProcessKey, person: PersonKey) {
        let request = self.update(key, person, 3);
        self.world.update_task(&request, at(60)).expect("the approval");
    }

    pub fn reject(&mut self, key: ProcessKey, person: PersonKey) {
        let request = self.update(key, person, 2);
        self.world.update_task(&request, at(60)).expect("the rejection");
    }

    /// Status numbers of the person's list, in its order.
    pub fn listed(&mut self, person: PersonKey, status: Option<i64>) -> Vec<i64> {
        let request = ListTasks { user_id: self.id(person), status, page_size: 100, ..ListTasks::default() };
        let page = self.world.list_tasks(&request, at(3600)).expect("the list");
        page.items.iter().map(|row| row.approver_status).collect()
    }
}
