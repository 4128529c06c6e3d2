//! Any JSON in place of any member of any answer, and any answer cut anywhere: a value or a failure, never a crash.

use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use shenpi::domain::{Endpoint, FailureKind, Lang};
use shenpi::feishu::Client;
use shenpi::text::failure::explain;

use crate::desk::{PROCESS, ask};
use crate::examples::{example, json as example_json};
use crate::server::{Reply, Server, TOKEN};

type Answers = &'static [(&'static str, Endpoint)];

/// Recorded answers that the client reads, with the endpoint that gives each.
const CASES: Answers = &[
    ("approvers_list_response.json", Endpoint::TaskList),
    ("approvers_list_response_last_page.json", Endpoint::TaskList),
    ("approvers_list_response_seed_quirk.json", Endpoint::TaskList),
    ("processes_list_response_last_page.json", Endpoint::ChangedProcesses),
    ("process_get_in_progress.json", Endpoint::ProcessDetail),
    ("process_get_completed.json", Endpoint::ProcessDetail),
    ("process_get_revocation_process.json", Endpoint::ProcessDetail),
    ("process_get_system_initiated_minimal.json", Endpoint::ProcessDetail),
];
const FORMS: Answers = &[
    ("form_v2_leave_response.json", Endpoint::FormV2),
    ("form_v2_job_change_response.json", Endpoint::FormV2),
    ("form_v2_docs_example_response.json", Endpoint::FormV2),
    ("form_v1_seed_example_response.json", Endpoint::FormV1),
    ("form_v1_offboarding_response.json", Endpoint::FormV1),
];
const LOOK_UPS: Answers = &[
    ("auth_tenant_token_response.json", Endpoint::TenantToken),
    ("auth_error_10003_malformed_app_id.json", Endpoint::TenantToken),
    ("employees_search_response.json", Endpoint::SearchEmployees),
    ("employees_batch_get_response.json", Endpoint::EmployeesById),
    ("contact_batch_get_id_response.json", Endpoint::ContactIds),
    ("corehr_departments_batch_get_response.json", Endpoint::Departments),
];
const WRITES_AND_REFUSALS: Answers = &[
    ("approver_update_response.json", Endpoint::UpdateTask),
    ("approver_update_response_inner_failure.json", Endpoint::UpdateTask),
    ("extra_response.json", Endpoint::AddSign),
    ("transfer_response.json", Endpoint::Transfer),
    ("withdraw_response.json", Endpoint::Withdraw),
    ("revoke_response.json", Endpoint::Revoke),
    ("approver_update_error_1161001.json", Endpoint::UpdateTask),
    ("gateway_error_99991672_missing_scope.json", Endpoint::TaskList),
    ("gateway_error_99991400_rate_limit.json", Endpoint::Job),
    ("gateway_error_99991663_invalid_token.json", Endpoint::JobLevel),
    ("gateway_error_99992402_field_validation.json", Endpoint::File),
    ("process_get_error_1160500.json", Endpoint::ProcessDetail),
];

/// A server whose answer can be changed between requests.
struct Changing {
    body: Arc<Mutex<String>>,
    server: Server,
    client: Client,
}

impl Changing {
    async fn start(endpoint: Endpoint) -> Self {
        let body = Arc::new(Mutex::new(String::new()));
        let reply = {
            let body = Arc::clone(&body);
            move || Reply::json(200, body.lock().unwrap().clone())
        };
        let server = if endpoint == Endpoint::TenantToken {
            Server::with_tokens(move |_| reply(), |_| Reply::done()).await
        } else {
            Server::with_tokens(|_| Reply::token(TOKEN, 7200), move |_| reply()).await
        };
        Self { body, client: server.client(), server }
    }

    /// Reads an answer, in words either way.
    async fn answer(&mut self, endpoint: Endpoint, body: &str) -> Result<(), FailureKind> {
        body.clone_into(&mut self.body.lock().unwrap());
        if endpoint == Endpoint::TenantToken {
            // A client that has a token would not ask for one.
            self.client = self.server.client();
        }
        let Err(failure) = ask(&self.client, endpoint).await else { return Ok(()) };
        for lang in [Lang::Zh, Lang::En] {
            assert!(!explain(&failure, lang).happened.is_empty(), "{failure:?}");
        }
        assert_eq!(failure.http, Some(200), "{failure:?}");
        Err(failure.kind)
    }
}

/// An answer about the process that is asked for.
fn about_the_process(name: &str) -> Json {
    let mut answer = example_json(name);
    if let Some(id) = answer.pointer_mut("/data/process_id") {
        *id = json!(PROCESS);
    }
    answer
}

/// Every place in a document.
fn places(json: &Json) -> Vec<String> {
    fn walk(json: &Json, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match json {
            Json::Array(entries) => {
                entries.iter().enumerate().for_each(|(index, entry)| walk(entry, &format!("{at}/{index}"), found));
            }
            Json::Object(members) => {
                members.iter().for_each(|(name, member)| walk(member, &format!("{at}/{name}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(json, "", &mut found);
    found
}

fn any_json() -> impl Strategy<Value = Json> {
    let scalar = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        prop::sample::select(vec![json!(u64::MAX), json!(i64::MIN), json!(1e308), json!(-0.5), json!(0), json!(18)]),
        prop::sample::select(vec![
            "",
            "0",
            "-1",
            "key1",
            "file_0",
            "9223372036854775808",
            "\u{0}\u{202e}\u{1b}[2J",
            "令"
        ])
        .prop_map(Json::from),
        "\\PC{0,24}".prop_map(Json::from),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        let name = prop::sample::select(vec![
            "code",
            "data",
            "value",
            "values",
            "list_values",
            "record_values",
            "record_value",
            "sub_value_key",
            "zh_cn",
            "zh-CN",
            "key",
            "lang",
            "",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((name, inner), 0..5).prop_map(|members| Json::Object(
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            )),
        ]
    })
}

/// Values in place of a member: each kind of nothing, each wrong kind, and random ones.
fn substitutes(runner: &mut TestRunner) -> Vec<Json> {
    let mut values = vec![json!(null), json!(""), json!([]), json!({}), json!(-7), json!("x"), json!([[{}]])];
    values.extend((0..2).map(|_| any_json().new_tree(runner).expect("a value").current()));
    values
}

/// The document without one of its members, unless that is the whole.
fn without(whole: &Json, place: &str) -> Option<Json> {
    let (parent, member) = place.rsplit_once('/')?;
    let mut changed = whole.clone();
    match changed.pointer_mut(parent)? {
        Json::Object(members) => drop(members.shift_remove(member)),
        Json::Array(entries) => drop(entries.remove(member.parse().ok()?)),
        _ => return None,
    }
    Some(changed)
}

async fn survive_any_member(answers: Answers) {
    let mut runner = TestRunner::deterministic();
    for (name, endpoint) in answers {
        let whole = about_the_process(name);
        let mut server = Changing::start(*endpoint).await;
        let as_recorded = server.answer(*endpoint, &whole.to_string()).await;
        assert_eq!(as_recorded.is_ok(), !name.contains("error") && !name.contains("failure"), "{name}");
        let mut read = 0;
        for place in places(&whole) {
            let mut variants: Vec<Json> = without(&whole, &place).into_iter().collect();
            for value in substitutes(&mut runner) {
                let mut changed = whole.clone();
                *changed.pointer_mut(&place).expect("a place") = value;
                variants.push(changed);
            }
            for variant in variants {
                read += usize::from(server.answer(*endpoint, &variant.to_string()).await.is_ok());
            }
        }
        // Most members may hold anything without making the rest unreadable.
        assert!(as_recorded.is_err() || read > 0, "{name}");
    }
}

#[tokio::test]
async fn any_value_in_any_member_of_a_list_or_a_case_is_a_value_or_a_failure() {
    survive_any_member(CASES).await;
}

#[tokio::test]
async fn any_value_in_any_member_of_a_form_is_a_value_or_a_failure() {
    survive_any_member(FORMS).await;
}

#[tokio::test]
async fn any_value_in_any_member_of_a_look_up_is_a_value_or_a_failure() {
    survive_any_member(LOOK_UPS).await;
}

#[tokio::test]
async fn any_value_in_any_member_of_a_result_or_a_refusal_is_a_value_or_a_failure() {
    survive_any_member(WRITES_AND_REFUSALS).await;
}

#[tokio::test]
async fn an_answer_cut_at_any_byte_is_a_failure() {
    for (name, endpoint) in [CASES, FORMS, LOOK_UPS, WRITES_AND_REFUSALS].concat() {
        let text = example(name);
        let whole = text.trim_end();
        let mut server = Changing::start(endpoint).await;
        // About a hundred cuts of each: the parts between are alike.
        let step = (whole.len() / 100).max(1);
        for end in (0..whole.len()).step_by(step).filter(|end| whole.is_char_boundary(*end)) {
            let cut = server.answer(endpoint, &whole[..end]).await;
            assert!(matches!(cut, Err(FailureKind::Garbage { .. })), "{name} at {end}: {cut:?}");
        }
    }
}
