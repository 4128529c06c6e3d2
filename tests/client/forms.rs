//! Forms of both versions (protocol.md#form-v2, protocol.md#form-v1), every kind of value, and shapes that no reader
//! should follow to the end.

use serde_json::{Value as Json, json};
use shenpi::domain::form::{Broken, FormSource};
use shenpi::domain::{DepartmentId, Form, Millis, PersonId, ProcessId, Value};

use crate::desk::PROCESS;
use crate::examples::example;
use crate::server::{Reply, Server};

async fn read(name: &str, id: &str) -> Form {
    let server = Server::always(Reply::json(200, example(name))).await;
    let process = ProcessId::new(id);
    let form = if name.starts_with("form_v1") {
        server.client().labelled_form(&process).await
    } else {
        server.client().form(&process).await
    };
    let call = server.only_call();
    let version = if name.starts_with("form_v1") { "v1" } else { "v2" };
    assert_eq!(call.path, format!("/open-apis/corehr/{version}/processes/{id}/form_variable_data"));
    assert_eq!(call.method, "GET");
    form.unwrap().expect("a form")
}

fn value<'a>(form: &'a Form, name: &str) -> &'a Value {
    &form.fields.iter().find(|field| field.api_name.as_str() == name).expect(name).value
}

fn text(value: &str) -> Value {
    Value::Text(value.into())
}

#[tokio::test]
async fn a_leave_form_has_its_dates_numbers_text_and_files() {
    let form = read("form_v2_leave_response.json", PROCESS).await;
    assert_eq!((form.source, form.fields.len()), (FormSource::V2, 7));
    assert_eq!(form.fields[0].label.zh.as_str(), "假期类型");
    assert_eq!(
        *value(&form, "leave_type"),
        Value::Object { api_name: "leave_type".into(), id: "7111111111111100001".into() }
    );
    assert_eq!(*value(&form, "leave_start_date"), Value::Date(20_528));
    assert_eq!(*value(&form, "leave_duration"), Value::Number("3".into()));
    assert_eq!(*value(&form, "leave_reason"), text("家中有事，需回老家处理。\n期间可电话联系。"));
    assert_eq!(*value(&form, "is_urgent"), Value::Bool(false), "false is a value");
    let Value::List(files) = value(&form, "attachment") else { panic!("a list of files") };
    let Value::File(file) = &files[0] else { panic!("a file") };
    assert_eq!((file.name.as_str(), file.length), ("车票.pdf", Some(184_320)));
    assert_eq!(file.id.as_str(), "66867ed00740ddd4a0bad4a5_c99b5322dc744fe4b99b76426ffe5d53");
}

#[tokio::test]
async fn records_and_tables_are_put_together_from_their_keys() {
    let form = read("form_v2_job_change_response.json", "7615100418273345068").await;
    assert_eq!(*value(&form, "employment"), Value::Employment(PersonId::new("7124991993901852446")));
    assert_eq!(*value(&form, "operator"), Value::User(PersonId::new("7124991993901835590")));
    assert_eq!(
        *value(&form, "transfer_type"),
        Value::Enum { id: "internal_transfer".into(), label: shenpi::domain::I18n::default() }
    );
    assert_eq!(
        *value(&form, "submit_time"),
        Value::DateTime { at: Millis(1_772_431_510_000), zone: shenpi::domain::CleanText::default() }
    );
    assert_eq!(*value(&form, "target_department"), Value::Department(DepartmentId::new("7094136522860930458")));
    let Value::Record(members) = value(&form, "transfer_info") else { panic!("a record") };
    assert_eq!(members[0].api_name.as_str(), "department");
    assert_eq!(members[0].value, Value::Department(DepartmentId::new("7094136522860930458")));
    let Value::List(rows) = value(&form, "custom_handover__c") else { panic!("a table") };
    let Value::Record(second) = &rows[1] else { panic!("a row") };
    assert_eq!(second[0].value, text("监控告警账号"));
    assert_eq!(second[1].value, Value::Employment(PersonId::new("7124991993901830012")));
}

#[tokio::test]
async fn of_a_union_with_every_member_set_each_is_shown() {
    let form = read("form_v2_docs_example_response.json", "7368832822481536556").await;
    let Value::Record(members) = value(&form, "custom123") else { panic!("all that is set") };
    let named = |name: &str| &members.iter().find(|member| member.api_name.as_str() == name).expect(name).value;
    let Value::Record(record) = named("record_values") else { panic!("a record") };
    assert_eq!((record[0].api_name.as_str(), &record[0].value), ("city_v2", &text("测试测试")));
    assert_eq!(*named("text_value"), text("测试测试"));
}

#[tokio::test]
async fn version_one_names_its_options_and_really_nests() {
    let form = read("form_v1_offboarding_response.json", "7614820663915921708").await;
    assert_eq!((form.source, form.fields.len()), (FormSource::V1, 15));
    let Value::Enum { id, label } = value(&form, "reason") else { panic!("an option") };
    assert_eq!((id.as_str(), label.zh.as_str()), ("reason_for_offboarding_option3", "个人发展"));
    assert_eq!(*value(&form, "employment"), Value::Employment(PersonId::new("7124991993901852446")));
    assert_eq!(*value(&form, "offboarding_date"), Value::Date(20_543));
    assert_eq!(*value(&form, "submit_time"), Value::DateTime { at: Millis(1_772_431_510_000), zone: "+08:00".into() });
    assert_eq!(*value(&form, "severance"), Value::Number("128000.50".into()));
    assert_eq!(*value(&form, "non_compete"), Value::Bool(true));
    assert_eq!(*value(&form, "handover_date"), Value::Empty);
    let Value::I18n(title) = value(&form, "title") else { panic!("text in two languages") };
    assert_eq!(title.en.as_str(), "Senior Engineer");
    let Value::File(file) = value(&form, "attachment") else { panic!("a file") };
    assert_eq!((file.name.as_str(), file.length), ("离职申请书.pdf", Some(65_535)));
    let Value::List(receivers) = value(&form, "receivers") else { panic!("a list") };
    assert_eq!(receivers[1], Value::Employment(PersonId::new("7124991993901830012")));
    let Value::Record(address) = value(&form, "address") else { panic!("a record") };
    assert_eq!(
        address.iter().map(|member| member.api_name.as_str()).collect::<Vec<_>>(),
        ["country_region", "city", "full_address"]
    );
    let Value::List(dependents) = value(&form, "dependents") else { panic!("a table") };
    let Value::Record(child) = &dependents[0] else { panic!("a row") };
    assert_eq!(child[1].value, Value::Date(17_532));
}

#[tokio::test]
async fn version_one_is_read_with_undocumented_members_and_an_empty_english_label() {
    let form = read("form_v1_seed_example_response.json", "123321").await;
    let Value::Enum { id, label } = value(&form, "reason") else { panic!("an option") };
    assert_eq!(id.as_str(), "reason_for_offboarding_option96");
    assert_eq!(label.get(shenpi::domain::Lang::En).as_str(), "测试", "the other language stands in");
    assert_eq!(*value(&form, "offboarding_date"), Value::Date(19_265));
    assert_eq!(*value(&form, "employment"), Value::Employment(PersonId::new("123321")));
}

#[tokio::test]
async fn a_process_without_a_form_is_no_failure() {
    for (name, version) in [("form_v2_error_1160100.json", 2), ("form_v1_error_1160100.json", 1)] {
        let client = Server::always(Reply::json(400, example(name))).await.client();
        let process = ProcessId::new(PROCESS);
        let form = if version == 2 { client.form(&process).await } else { client.labelled_form(&process).await };
        assert_eq!(form, Ok(None), "{name}");
    }
}

async fn shaped(value: Json, subs: Json) -> Value {
    let body = json!({"code": 0, "data": {"field_variable_values": [
        {"variable_api_name": "x", "variable_value": value, "sub_values": subs}]}});
    let server = Server::always(Reply::json(200, body.to_string())).await;
    let form = server.client().form(&ProcessId::new(PROCESS)).await.unwrap().unwrap();
    form.fields.into_iter().next().unwrap().value
}

fn sub(key: &str, value: &Json) -> Json {
    json!({"key": key, "value": value})
}

#[tokio::test]
async fn missing_keys_cycles_and_indices_are_shown_for_what_they_are() {
    let missing = shaped(json!({"list_values": ["nowhere"]}), json!([])).await;
    assert_eq!(missing, Value::List(vec![Value::Broken(Broken::MissingKey("nowhere".into()))]));
    let cycle = shaped(json!({"list_values": ["a"]}), json!([sub("a", &json!({"list_values": ["a"]}))])).await;
    assert_eq!(cycle, Value::List(vec![Value::List(vec![Value::Broken(Broken::Cycle("a".into()))])]));
    let texts = [sub("a", &json!({"text_value": "first"})), sub("b", &json!({"text_value": "second"}))];
    assert_eq!(shaped(json!({"list_values": ["1"]}), json!(texts)).await, Value::List(vec![text("second")]));
    let twice = [sub("a", &json!({"text_value": "first"})), sub("a", &json!({"text_value": "second"}))];
    assert_eq!(shaped(json!({"list_values": ["a"]}), json!(twice)).await, Value::List(vec![text("first")]));
}

#[tokio::test]
async fn lists_that_name_lists_that_name_lists_end_before_they_fill_the_memory() {
    let width = 40;
    let level = |depth: usize| vec![format!("k{depth}"); width];
    let mut subs: Vec<Json> =
        (0..12).map(|depth| sub(&format!("k{depth}"), &json!({"list_values": level(depth + 1)}))).collect();
    subs.push(sub("k12", &json!({"text_value": "leaf"})));
    let value = shaped(json!({"list_values": level(0)}), json!(subs)).await;
    let mut count = 0_usize;
    let form = Form {
        process: ProcessId::new(PROCESS),
        source: FormSource::V2,
        received: shenpi::domain::Received::default(),
        fields: vec![shenpi::domain::Field { api_name: "x".into(), label: shenpi::domain::I18n::default(), value }],
    };
    form.for_each_value(&mut |_| count += 1);
    assert!(count > 1000, "what fits is read: {count}");
    assert!(count < 200_000, "40 to the 13th would never end: {count}");
}

#[tokio::test]
async fn a_kind_newer_than_this_program_is_shown_raw_and_a_wrong_date_as_it_came() {
    let Value::Raw(raw) = shaped(json!({"money_value": {"amount": "12.50", "currency": "CNY"}}), json!([])).await
    else {
        panic!("raw")
    };
    assert_eq!(raw.as_str(), r#"{"money_value":{"amount":"12.50","currency":"CNY"}}"#);
    let wrong = shaped(json!({"date_value": "tomorrow"}), json!([])).await;
    assert_eq!(wrong, Value::Broken(Broken::Malformed("\"tomorrow\"".into())));
    for nothing in [json!(null), json!({}), json!({"text_value": ""}), json!({"list_values": [], "text_value": null})] {
        assert_eq!(shaped(nothing, json!(null)).await, Value::Empty);
    }
}
