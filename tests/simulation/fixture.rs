//! A small organisation for one simulated day: the operator, a few colleagues, and a flow for each way in which people
//! can interfere.

use shenpi::domain::Millis;
use shenpi::sim::world::{
    Assigned, Bilingual, Business, Flow, FlowKey, FormField, FormValue, NewPerson, NewProcess, Node, NodeKind,
    PersonKey, ProcessKey, Purpose, Rule, World,
};

/// A request that is pending when the day begins, or arrives during it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// For the operator alone.
    Alone,
    /// For the operator, then for a colleague.
    First,
    /// For the operator or a colleague: one approval passes the node.
    Either,
    /// For the operator and a colleague: both must approve.
    Both,
    /// For the operator twice, in two consecutive nodes.
    Twice,
    /// About pay: the form must have been on screen.
    Salary,
    /// A form to fill in.
    Handover,
    /// A hiring flow, whose form cannot be read.
    Hiring,
    /// One of the operator's own, which they may withdraw.
    Own,
}

impl Kind {
    pub const ALL: [Self; 9] = [
        Self::Alone,
        Self::First,
        Self::Either,
        Self::Both,
        Self::Twice,
        Self::Salary,
        Self::Handover,
        Self::Hiring,
        Self::Own,
    ];

    /// Business type: template id, published name, Chinese, English.
    const fn business(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Alone => ("leave_application", "休假申请", "Leave"),
            Self::First => ("work_application", "加班申请", "Overtime"),
            Self::Either => ("travel_application", "出差申请", "Business trip"),
            Self::Both => ("job_change", "员工异动", "Job change"),
            Self::Twice => ("renewal_record", "合同续约", "Contract renewal"),
            Self::Salary => ("cpst_adjust_salary_flow_info", "调薪", "Salary adjustment"),
            Self::Handover => ("offboarding_transfer", "离职手续办理", "Offboarding handover"),
            Self::Hiring => ("recruitment_request_approval", "招聘需求审批", "Hiring request"),
            Self::Own => ("outing_application", "外出申请", "Out of office"),
        }
    }
}

/// The people and flows.
pub struct Fixture {
    pub she: PersonKey,
    /// Colleagues who decide beside the operator, and receive transfers.
    pub colleagues: [PersonKey; 4],
    /// A person whom only others name, so that their acts differ from the operator's.
    pub stranger: PersonKey,
    initiators: [PersonKey; 5],
    flows: Vec<(Kind, FlowKey)>,
    started: usize,
}

const COLLEAGUES: [(&str, &str); 4] =
    [("李娜", "Li Na"), ("刘洋", "Liu Yang"), ("陈静", "Chen Jing"), ("赵磊", "Zhao Lei")];
const INITIATORS: [(&str, &str); 5] =
    [("张伟", "Zhang Wei"), ("周杰", "Zhou Jie"), ("吴敏", "Wu Min"), ("郑爽", "Zheng Shuang"), ("孙丽", "Sun Li")];
pub const SHE: (&str, &str) = ("王芳", "Wang Fang");

impl Fixture {
    /// People and flows in an empty world.
    pub fn new(world: &mut World, administrator: bool) -> Self {
        let department = world.add_department(Bilingual::same("支付研发部"), "D1", None);
        let mut person = |(zh, en): (&str, &str), administrator| {
            world.add_person(NewPerson {
                name: Bilingual::new(zh, en),
                employee_number: String::new(),
                email: format!("{}@example.com", en.to_lowercase().replace(' ', "")),
                mobile: String::new(),
                department,
                job_title: Bilingual::default(),
                hired: true,
                administrator,
            })
        };
        let she = person(SHE, administrator);
        let colleagues = COLLEAGUES.map(|name| person(name, false));
        let initiators = INITIATORS.map(|name| person(name, false));
        let stranger = person(("马超", "Ma Chao"), false);
        let flows = Kind::ALL.map(|kind| (kind, world.add_flow(flow(kind)))).to_vec();
        Self { she, colleagues, stranger, initiators, flows, started: 0 }
    }

    /// Starts a process.
    pub fn start(&mut self, world: &mut World, kind: Kind, now: Millis) -> ProcessKey {
        self.started += 1;
        let flow = self.flows.iter().find(|(of, _)| *of == kind).expect("every kind has its flow").1;
        let [first, second, ..] = self.colleagues;
        let she = vec![self.she];
        let assigned = match kind {
            Kind::Alone | Kind::Salary | Kind::Handover | Kind::Hiring | Kind::Own => vec![she],
            Kind::First => vec![she, vec![second]],
            Kind::Either => vec![vec![self.she, first], vec![second]],
            Kind::Both => vec![vec![self.she, first]],
            Kind::Twice => vec![she.clone(), she],
        };
        let initiator = if kind == Kind::Own { self.she } else { self.initiators[self.started % INITIATORS.len()] };
        world.start(
            NewProcess {
                flow,
                initiator: Some(initiator),
                assigned: assigned.into_iter().map(Assigned::People).collect(),
                abstracts: abstracts(self.started, 3),
                form: form(self.started),
                purpose: Purpose::Normal,
            },
            now,
        )
    }
}

/// Summary lines that tell one case from the other.
pub fn abstracts(number: usize, days: usize) -> Vec<(Bilingual, Bilingual)> {
    vec![
        (Bilingual::new("编号", "Number"), Bilingual::same(format!("No.{number}"))),
        (Bilingual::new("时长", "Duration"), Bilingual::new(format!("{days} 天"), format!("{days} days"))),
    ]
}

/// The field that a colleague may correct while a request is open.
pub const AMOUNT: &str = "amount";

fn form(number: usize) -> Vec<FormField> {
    vec![
        FormField::new(AMOUNT, Bilingual::new("数额", "Amount"), FormValue::Number(format!("{number}000").into())),
        FormField::new("why", Bilingual::new("事由", "Reason"), FormValue::Text("探亲".into())),
        FormField::new("urgent", Bilingual::new("加急", "Urgent"), FormValue::Bool(number.is_multiple_of(2))),
    ]
}

fn flow(kind: Kind) -> Flow {
    let (biz_type, zh, en) = kind.business();
    let node = |zh: &str, en: &str, kind| Node::new(Bilingual::new(zh, en), kind);
    let approval = |rule| node("直属上级", "Direct manager", NodeKind::Approval(rule));
    let second = |rule| node("人力资源", "Human resources", NodeKind::Approval(rule));
    let nodes = match kind {
        Kind::Alone | Kind::Salary | Kind::Hiring | Kind::Own => vec![approval(Rule::Any)],
        Kind::First | Kind::Either | Kind::Twice => vec![approval(Rule::Any), second(Rule::Any)],
        Kind::Both => vec![approval(Rule::All)],
        Kind::Handover => vec![node("工作交接", "Handover", NodeKind::Form { mandatory: vec!["received".into()] })],
    };
    Flow {
        business: Business {
            template_id: biz_type.into(),
            biz_type: biz_type.into(),
            name: Bilingual::new(zh, en),
            hiring: kind == Kind::Hiring,
        },
        definition_id: "".into(),
        name: Bilingual::new(format!("{zh}流程"), format!("{en} flow")),
        nodes,
        old: false,
    }
}
