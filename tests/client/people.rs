//! People, departments, options: requests and their reading (protocol.md#search-employees and the sections after it).

use serde_json::{Value as Json, json};
use shenpi::domain::{CleanText, DepartmentId, FailureKind, I18n, PersonId};

use crate::examples::{example, json as example_json};
use crate::server::{Reply, Seen, Server};

fn label(zh: &str, en: &str) -> I18n {
    I18n { zh: CleanText::new(zh), en: CleanText::new(en) }
}

/// Every field that was asked for is one of those in the example, so that the platform knows it.
fn assert_fields_known(sent: &Json, example: &Json) {
    let known = example["fields"].as_array().unwrap();
    for field in sent["fields"].as_array().unwrap() {
        assert!(known.contains(field), "{field}");
    }
}

#[tokio::test]
async fn people_are_searched_by_name_among_those_employed() {
    let server = Server::always(Reply::json(200, example("employees_search_response.json"))).await;
    let people = server.client().search_people("刘洋").await.unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].id, PersonId::new("ou_3e4f5a6b7c8d49e0a1b2c3d4e5f60718"));
    assert_eq!(people[0].name, label("刘洋", "Liu Yang"));
    assert_eq!(people[0].employee_number.as_str(), "1000045");
    assert_eq!(people[0].email.as_str(), "liuyang@example.com");
    assert_eq!(people[0].department, label("平台研发部", "Platform R&D"));

    let call = server.only_call();
    assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/open-apis/corehr/v2/employees/search"));
    assert_eq!(call.parameter("user_id_type"), Some("open_id"));
    assert!(call.parameter("page_size").is_some(), "required (protocol.md#search-employees)");
    let (sent, wanted) = (call.json(), example_json("employees_search_request.json"));
    assert_eq!((&sent["key_word"], &sent["employment_status"]), (&wanted["key_word"], &wanted["employment_status"]));
    assert_fields_known(&sent, &wanted);
}

fn by_path(employees: &'static str, contacts: &'static str) -> impl Fn(&Seen) -> Reply {
    move |request| match request.path.as_str() {
        "/open-apis/corehr/v2/employees/search" => Reply::json(200, employees),
        "/open-apis/contact/v3/users/batch_get_id" => Reply::json(200, contacts),
        other => panic!("{other}"),
    }
}

const NOBODY: &str = r#"{"code":0,"data":{"items":[],"has_more":false}}"#;

#[tokio::test]
async fn an_address_finds_somebody_outside_the_data_range_too() {
    let contacts: &'static str = example("contact_batch_get_id_response.json").leak();
    let server = Server::start(by_path(NOBODY, contacts)).await;
    let people = server.client().search_people(" liuyang@example.com ").await.unwrap();
    assert_eq!(people.len(), 1);
    assert_eq!(people[0].id, PersonId::new("ou_3e4f5a6b7c8d49e0a1b2c3d4e5f60718"));
    assert_eq!(people[0].email.as_str(), "liuyang@example.com");

    let calls = server.calls();
    assert_eq!(calls.len(), 2);
    let wanted = example_json("contact_batch_get_id_request.json");
    assert_eq!(calls[1].json(), json!({"emails": wanted["emails"], "include_resigned": wanted["include_resigned"]}));
    assert_eq!(calls[1].parameter("user_id_type"), Some("open_id"));

    let server = Server::start(by_path(NOBODY, r#"{"code":0,"data":{"user_list":[{"mobile":"13011111111"}]}}"#)).await;
    let people = server.client().search_people("13011111111").await.unwrap();
    assert!(people.is_empty(), "an entry without an id is a miss");
    let sent = server.calls()[1].json();
    assert_eq!(sent, json!({"mobiles": wanted["mobiles"], "include_resigned": wanted["include_resigned"]}));
}

#[tokio::test]
async fn somebody_found_both_ways_is_listed_once_and_one_way_that_works_is_enough() {
    let employees: &'static str = example("employees_search_response.json").leak();
    let contacts: &'static str = example("contact_batch_get_id_response.json").leak();
    let both = Server::start(by_path(employees, contacts)).await;
    assert_eq!(both.client().search_people("liuyang@example.com").await.unwrap().len(), 1);

    let no_scope: &'static str = example("gateway_error_99991672_missing_scope.json").leak();
    let exact = Server::start(by_path(no_scope, contacts)).await;
    assert_eq!(exact.client().search_people("liuyang@example.com").await.unwrap().len(), 1);
    let fuzzy = Server::start(by_path(employees, no_scope)).await;
    assert_eq!(fuzzy.client().search_people("liuyang@example.com").await.unwrap().len(), 1);
    let neither = Server::start(by_path(no_scope, no_scope)).await;
    let failure = neither.client().search_people("liuyang@example.com").await.unwrap_err();
    assert!(matches!(failure.kind, FailureKind::MissingScope(_)), "{failure:?}");
}

#[tokio::test]
async fn people_are_named_by_id_a_hundred_at_a_time() {
    let server = Server::always(Reply::json(200, example("employees_batch_get_response.json"))).await;
    let wanted = example_json("employees_batch_get_request.json");
    let ids: Vec<PersonId> =
        wanted["employment_ids"].as_array().unwrap().iter().map(|id| PersonId::new(id.as_str().unwrap())).collect();
    let names = server.client().people_by_id(&ids).await.unwrap();
    assert_eq!(names.people[&ids[0]].name, label("张伟", "Zhang Wei"));
    assert_eq!(names.people[&ids[1]].name, label("李娜", "Li Na"));
    let call = server.only_call();
    assert_eq!(call.path, "/open-apis/corehr/v2/employees/batch_get");
    assert_eq!(call.json()["employment_ids"], wanted["employment_ids"]);
    assert_fields_known(&call.json(), &wanted);

    let many: Vec<PersonId> = (0..201).map(|number| PersonId::new(format!("ou_{number}"))).collect();
    server.client().people_by_id(&many).await.unwrap();
    let sizes: Vec<usize> =
        server.calls()[1..].iter().map(|call| call.json()["employment_ids"].as_array().unwrap().len()).collect();
    assert_eq!(sizes, [100, 100, 1]);
}

/// An initiator of another company of the group must not cost the numbers of everybody else in the case.
#[tokio::test]
async fn somebody_outside_the_data_range_does_not_cost_the_others() {
    let server = Server::start(|request| match request.path.as_str() {
        "/open-apis/corehr/v2/employees/batch_get" => {
            Reply::json(403, example("employees_batch_get_error_1160104.json"))
        }
        "/open-apis/corehr/v2/employees/search" => Reply::json(200, example("employees_search_response.json")),
        other => panic!("{other}"),
    })
    .await;
    let ids = ["ou_3e4f5a6b7c8d49e0a1b2c3d4e5f60718", "ou_0b7d4e6f2a9c41d58e3f60718293a4c5"].map(PersonId::new);
    let names = server.client().people_by_id(&ids).await.unwrap();
    assert_eq!(names.people[&ids[0]].employee_number.as_str(), "1000045");
    assert_eq!(names.people.len(), 1);
    let calls = server.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1].json()["employment_id_list"], calls[0].json()["employment_ids"]);
    assert_eq!(calls[1].parameter("page_size"), Some("100"));
    assert_fields_known(&calls[1].json(), &example_json("employees_search_request.json"));

    let failure = server.client().people_by_id(&ids[..1]).await.unwrap_err();
    assert_eq!((failure.code, server.calls().len()), (Some(1_160_104), 3), "there are no others");
}

#[tokio::test]
async fn departments_are_named_by_id() {
    let server = Server::always(Reply::json(200, example("corehr_departments_batch_get_response.json"))).await;
    let wanted = example_json("corehr_departments_batch_get_request.json");
    let ids = ["7094136522860930458", "7094136522860922111"].map(DepartmentId::new);
    let names = server.client().department_names(&ids).await.unwrap();
    assert_eq!(names.departments[&ids[0]], label("平台研发部", "Platform R&D"));
    assert_eq!(names.departments[&ids[1]], label("支付研发部", "Payments R&D"));
    let call = server.only_call();
    assert_eq!(call.path, "/open-apis/corehr/v2/departments/batch_get");
    assert_eq!(call.json()["department_id_list"], wanted["department_id_list"]);
    assert_fields_known(&call.json(), &wanted);
}

#[tokio::test]
async fn one_kind_of_object_that_may_not_be_read_does_not_cost_the_names_of_the_others() {
    let server = Server::start(|request| match request.path.as_str() {
        "/open-apis/corehr/v2/jobs/68633" => Reply::json(400, example("gateway_error_99991672_missing_scope.json")),
        "/open-apis/corehr/v1/job_levels/68912" => Reply::json(
            200,
            r#"{"code":0,"data":{"job_level":{"name":[{"lang":"zh-CN","value":"P7"},{"lang":"en-US","value":"P7"}]}}}"#,
        ),
        other => panic!("{other}"),
    })
    .await;
    let client = server.client();
    let job = (CleanText::new("job"), CleanText::new("68633"));
    let level = (CleanText::new("job_level"), CleanText::new("68912"));
    let country = (CleanText::new("country_region"), CleanText::new("1"));
    let names = client.object_names(&[job.clone(), level.clone(), country]).await.unwrap();
    assert_eq!(names.objects.get(&level), Some(&label("P7", "P7")));
    assert_eq!(names.objects.len(), 1);
    let failure = client.object_names(&[job]).await.unwrap_err();
    assert!(matches!(failure.kind, FailureKind::MissingScope(_)), "{failure:?}");
}
