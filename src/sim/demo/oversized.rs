//! One request of extreme size, for measurements: far more of everything than an organisation would write.

use std::sync::Arc;

use crate::domain::Millis;
use crate::sim::world::{
    Assigned, Bilingual, Business, ExternalAction, Flow, FormField, FormValue, NewProcess, Node, NodeKind, PersonKey,
    ProcessKey, Purpose, Refusal, Rule, World,
};

const FIELDS: usize = 1_960;
/// With the fields above: 2,000 nodes.
const NESTING: usize = 20;
const COMMENTS: usize = 5_000;
/// In bytes.
const LONG_COMMENT: usize = 200 * 1024;

/// Adds a request with a form of 2,000 nodes nested up to 20 levels, and 5,000 comments, one of them of 200 kB. It
/// waits for `approver`.
///
/// # Errors
/// Never: the steps are fixed.
pub fn add_oversized(world: &mut World, approver: PersonKey, now: Millis) -> Result<ProcessKey, Refusal> {
    let flow = world.add_flow(Flow {
        business: Business {
            template_id: "oversized".into(),
            biz_type: "custom_form".into(),
            name: Bilingual::new("超大单据", "Oversized request"),
            hiring: false,
        },
        definition_id: Arc::default(),
        name: Bilingual::new("超大单据流程", "Oversized requests"),
        nodes: vec![Node::new(Bilingual::new("审批", "Approval"), NodeKind::Approval(Rule::Any))],
        old: false,
    });
    let by = world.person_keys().find(|person| *person != approver);
    let process = world.start(
        NewProcess {
            flow,
            initiator: by,
            assigned: vec![Assigned::People(vec![approver])],
            abstracts: vec![(Bilingual::new("规模", "Size"), Bilingual::new("超大", "Oversized"))],
            form: form(),
            purpose: Purpose::Normal,
        },
        now,
    );
    for number in 0..COMMENTS {
        let message =
            if number == COMMENTS / 2 { long_comment() } else { format!("第 {number} 条评论：已核对。") };
        let comment = |by| ExternalAction::Comment { by, message, mentions: Vec::new(), files: 0, images: 0 };
        world.play(process, comment(by.unwrap_or(approver)), now)?;
    }
    Ok(process)
}

fn form() -> Vec<FormField> {
    let field = |number: usize| {
        let name = Bilingual::new(format!("字段 {number}"), format!("Field {number}"));
        FormField::new(format!("custom_{number}__c"), name, FormValue::Text(format!("内容 {number}").into()))
    };
    let mut nested = FormValue::Text("最里层".into());
    for level in 0..NESTING {
        let name = Arc::from(format!("level_{level}"));
        nested = if level % 2 == 0 { FormValue::List(vec![nested]) } else { FormValue::Record(vec![(name, nested)]) };
    }
    let rows = (0..NESTING).map(|row| FormValue::Text(format!("行 {row}").into())).collect();
    let mut fields: Vec<FormField> = (0..FIELDS - 2).map(field).collect();
    fields.push(FormField::new("custom_rows__c", Bilingual::new("列表", "Rows"), FormValue::List(rows)));
    fields.push(FormField::new("custom_nested__c", Bilingual::new("嵌套", "Nested"), nested));
    fields
}

fn long_comment() -> String {
    let sentence = "这一段很长，用来测量。This one is long, for measuring.\n";
    sentence.repeat(LONG_COMMENT.div_ceil(sentence.len()))
}
