//! Lists and processes: requests, and the reading of every recorded answer (protocol.md#task-list to
//! protocol.md#process-detail).

use serde_json::json;
use shenpi::domain::{
    CleanText, DocumentType, DoneStatus, FailureKind, Millis, PageEnd, PageToken, PersonId, PersonIdType, Process,
    ProcessId, ProcessStatus, Properties, TaskStatus,
};

use crate::desk::PROCESS;
use crate::examples::example;
use crate::server::{OPERATOR, Reply, Server};

async fn served(name: &str) -> Server {
    Server::always(Reply::json(200, example(name))).await
}

#[tokio::test]
async fn the_first_page_is_asked_for_with_filter_size_and_id_types_and_names_the_next() {
    let server = served("approvers_list_response.json").await;
    let page = server.client().tasks(None).await.unwrap();
    let rows: Vec<(&str, &str, TaskStatus)> =
        page.tasks.iter().map(|task| (task.key.process.as_str(), task.key.approver.as_str(), task.status)).collect();
    assert_eq!(rows[0], ("7615102938475610284", "7615102951360512300", TaskStatus::InProgress));
    assert_eq!(rows[3], ("7614555190238477612", "7614555203123379500", TaskStatus::Approved));
    assert_eq!(rows[4].2, TaskStatus::Copied);
    assert_eq!(rows.len(), 5);
    assert_eq!(page.end, PageEnd::Next(PageToken("2".into())));

    let call = server.only_call();
    assert_eq!((call.method.as_str(), call.path.as_str()), ("GET", "/open-apis/corehr/v2/approvers"));
    assert_eq!(call.parameter("user_id"), Some(OPERATOR));
    assert_eq!(call.parameter("user_id_type"), Some("open_id"));
    assert_eq!(call.parameter("approver_status"), Some("1"));
    assert_eq!(call.parameter("page_size"), Some("100"));
    assert_eq!(call.parameter("page_token"), None, "left out on the first call (protocol.md#paging)");
    assert!(call.body.is_empty());
}

#[tokio::test]
async fn a_page_of_the_list_tells_the_platform_s_time_if_the_answer_does() {
    for (date, told) in [
        (Some("Mon, 09 Mar 2026 01:00:00 GMT"), Some(Millis(1_773_018_000_000))),
        (Some("yesterday"), None),
        (None, None),
    ] {
        let reply = Reply::json(200, example("approvers_list_response.json"));
        let reply = date.map_or(reply.clone(), |date| reply.with("Date", date));
        let page = Server::always(reply).await.client().tasks(None).await.unwrap();
        assert_eq!(page.answered, told, "{date:?}");
    }
}

#[tokio::test]
async fn a_page_token_goes_back_as_it_came_percent_encoded() {
    let server = served("approvers_list_response_empty.json").await;
    let page = server.client().tasks(Some(&PageToken("2&user_id=他人 +".into()))).await.unwrap();
    assert!(page.tasks.is_empty() && page.end == PageEnd::Last);
    let call = server.only_call();
    assert_eq!(call.parameter("page_token"), Some("2&user_id=他人 +"));
    assert_eq!(call.parameter("user_id"), Some(OPERATOR));
}

#[tokio::test]
async fn has_more_alone_decides_whether_there_is_a_next_page() {
    for name in ["approvers_list_response_last_page.json", "approvers_list_response_seed_quirk.json"] {
        let page = served(name).await.client().tasks(None).await.unwrap();
        assert_eq!(page.end, PageEnd::Last, "{name}");
        assert!(!page.tasks.is_empty(), "{name}");
    }
    let last = served("approvers_list_response_last_page.json").await.client().tasks(None).await.unwrap();
    let statuses: Vec<TaskStatus> = last.tasks.iter().map(|task| task.status).collect();
    assert_eq!(statuses, [TaskStatus::Rejected, TaskStatus::Intervened]);
}

#[tokio::test]
async fn changes_are_read_page_by_page_to_the_last() {
    let server = Server::start(|request| {
        let name = match request.parameter("page_token") {
            None => "processes_list_response.json",
            Some("7278949005675988535") => "processes_list_response_last_page.json",
            other => panic!("asked for page {other:?}"),
        };
        Reply::json(200, example(name))
    })
    .await;
    let changed =
        server.client().changed(Millis(1_772_431_510_000), Millis(1_773_018_754_567), 20).await.unwrap().unwrap();
    let ids: Vec<&str> = changed.iter().map(ProcessId::as_str).collect();
    assert_eq!(
        ids,
        [
            "7615102938475610284",
            "7615100418273345068",
            "7614820663915921708",
            "7614555190238477612",
            "7613990245610938796"
        ]
    );
    let calls = server.calls();
    assert_eq!(calls.len(), 2);
    for call in calls {
        assert_eq!(call.path, "/open-apis/corehr/v2/processes");
        assert_eq!(call.parameter("modify_time_from"), Some("1772431510000"));
        assert_eq!(call.parameter("modify_time_to"), Some("1773018754567"));
        assert_eq!(call.parameter("page_size"), Some("100"));
    }
}

#[tokio::test]
async fn pages_of_changes_that_lead_nowhere_are_not_all_of_them() {
    type Page = fn(Option<usize>) -> serde_json::Value;
    let chains: [(&str, Page, usize); 8] = [
        ("no token", |_| json!({ "process_ids": ["1"], "has_more": true }), 1),
        ("an empty one", |_| json!({ "process_ids": ["1"], "has_more": true, "page_token": "" }), 1),
        ("no token for a number", |_| json!({ "process_ids": ["1"], "has_more": 1 }), 1),
        ("the same", |page| json!({ "process_ids": [page.unwrap_or(0)], "has_more": true, "page_token": "7" }), 2),
        (
            "nothing new",
            |page| json!({ "process_ids": ["1"], "has_more": true, "page_token": page.map_or(1, |page| page + 1) }),
            2,
        ),
        ("no id", |_| json!({ "process_ids": [{ "id": "1" }], "has_more": false }), 1),
        ("no list", |_| json!({ "process_ids": "1", "has_more": false }), 1),
        ("an empty id", |_| json!({ "process_ids": ["1", ""], "has_more": false }), 1),
    ];
    for (what, page, calls) in chains {
        let server = Server::start(move |seen| {
            let data = page(seen.parameter("page_token").map(|token| token.parse().unwrap()));
            Reply::json(200, json!({ "code": 0, "msg": "success", "data": data }).to_string())
        })
        .await;
        assert_eq!(server.client().changed(Millis(1), Millis(2), 20).await.unwrap(), None, "{what}");
        assert_eq!(server.calls().len(), calls, "{what}");
    }
}

#[tokio::test]
async fn a_broken_page_of_the_list_is_no_last_one() {
    let variants: serde_json::Value = serde_json::from_str(include_str!("../fixtures/list_has_more.json")).unwrap();
    for variant in variants.as_array().unwrap() {
        let mut page = json!({ "approver_list": [{ "approver_id": "1", "process_id": "2", "approver_status": 1 }] });
        page.as_object_mut().unwrap().extend(variant["page"].as_object().unwrap().clone());
        let body = json!({ "code": 0, "msg": "success", "data": page }).to_string();
        let page = Server::always(Reply::json(200, body)).await.client().tasks(None).await.unwrap();
        let next = variant["next"].as_str().map(|token| PageEnd::Next(PageToken(token.into())));
        assert_eq!((page.tasks.len(), page.end), (1, next.unwrap_or(PageEnd::Broken)), "{variant}");
    }
}

#[tokio::test]
async fn more_changes_than_are_read_are_not_taken_for_all_of_them() {
    let server = Server::start(|seen| {
        let page: usize = seen.parameter("page_token").map_or(0, |token| token.parse().unwrap()) + 1;
        let data = json!({ "process_ids": [page], "has_more": page < 30, "page_token": page.to_string() });
        Reply::json(200, json!({ "code": 0, "msg": "success", "data": data }).to_string())
    })
    .await;
    assert_eq!(server.client().changed(Millis(1), Millis(2), 20).await.unwrap(), None);
}

async fn read(name: &str, id: &str) -> Process {
    let server = served(name).await;
    let process = server.client().process(&ProcessId::new(id)).await.unwrap();
    let call = server.only_call();
    assert_eq!((call.method.as_str(), &*call.path), ("GET", &*format!("/open-apis/corehr/v2/processes/{id}")));
    assert_eq!(call.parameter("user_id_type"), Some("open_id"));
    process
}

#[tokio::test]
async fn a_running_case_is_read_whole() {
    let process = read("process_get_in_progress.json", PROCESS).await;
    assert_eq!(process.id, ProcessId::new(PROCESS));
    assert_eq!(process.status, ProcessStatus::InProgress);
    assert_eq!(process.flow_template_id.as_str(), "leave");
    assert_eq!((process.kind().zh.as_str(), process.kind().en.as_str()), ("休假申请", "Leave application"));
    assert_eq!(process.title().zh.as_str(), "年假审批流程（总部）");
    assert_eq!(process.flow_definition_id.as_str(), "people_6961286846093788680_7081951411982077732");
    assert_eq!(process.initiator_id, Some(PersonId::new("ou_5f2c9a1e7b3d4c68a0e1f29384756abc")));
    assert_eq!(process.initiator_name.zh.as_str(), "张伟");
    assert_eq!(process.create_time, Some(Millis(1_773_018_754_567)));
    assert_eq!(process.complete_time, None);
    assert_eq!(
        process.start_links.web.as_str(),
        "https://example.feishu.cn/people/workflow/detail?processId=7615102938475610284"
    );
    let lines: Vec<(&str, &str)> =
        process.abstracts.iter().map(|line| (line.name.zh.as_str(), line.value.zh.as_str())).collect();
    assert_eq!(lines, [("假期类型", "年假"), ("休假时间", "2026-03-16 至 2026-03-18"), ("休假时长", "3 天")]);
    assert_eq!(process.todos.len(), 2);
    let todo = &process.todos[0];
    assert_eq!(todo.approver_id.as_str(), "7615102951360512300");
    assert_eq!(todo.kind, DocumentType::Approval);
    assert_eq!(todo.operator_id, Some(PersonId::new(OPERATOR)));
    assert_eq!(todo.node_name.en.as_str(), "Direct manager approval");
    assert_eq!(todo.node_definition_id.as_str(), "approval_d25b5eddfef");
    assert_eq!(todo.create_time, Some(Millis(1_773_018_755_102)));
    assert!(todo.links.pc.as_str().starts_with("https://applink.feishu.cn/"));
    assert!(process.cc_list.is_empty() && process.done_list.is_empty() && process.system_todos.is_empty());
    assert_eq!(process.properties, Properties::Normal);
    assert_eq!(process.original_process_id, None);
    let comment = &process.comments[0];
    assert_eq!(comment.id.as_str(), "7615109981073408172");
    assert_eq!(comment.commentor_name.zh.as_str(), "王芳");
    assert_eq!(comment.message.as_str(), "请确认 3 月 17 日的值班由谁接手。");
    assert_eq!(comment.at_user_ids, [PersonId::new("ou_5f2c9a1e7b3d4c68a0e1f29384756abc")]);
    assert_eq!((comment.file_count, comment.image_count), (0, 1));
    assert_eq!(comment.time, Some(Millis(1_773_020_402_318)));
}

#[tokio::test]
async fn a_completed_case_has_its_history_with_opinions_forms_copies_and_the_system() {
    let process = read("process_get_completed.json", "7615100418273345068").await;
    assert_eq!(process.status, ProcessStatus::Completed);
    assert_eq!(process.complete_time, Some(Millis(1_772_706_161_913)));
    let done: Vec<(DocumentType, DoneStatus, &str)> =
        process.done_list.iter().map(|done| (done.kind, done.status, done.approval_opinion.as_str())).collect();
    assert_eq!(
        done,
        [
            (DocumentType::Approval, DoneStatus::Done, "同意，请 HRBP 跟进薪酬。"),
            (DocumentType::Approval, DoneStatus::Done, ""),
            (DocumentType::Form, DoneStatus::Done, ""),
            (DocumentType::Approval, DoneStatus::Cancelled, ""),
        ]
    );
    assert_eq!(process.done_list[0].complete_time, Some(Millis(1_772_505_000_450)));
    assert_eq!(process.cc_list.len(), 1);
    assert_eq!(process.cc_list[0].operator_name.zh.as_str(), "陈静");
    let system = &process.system_done_list[0];
    assert_eq!((system.operator_id.as_ref(), system.approval_opinion.as_str()), (None, "系统自动通过"));
}

#[tokio::test]
async fn rejected_and_withdrawn_cases_say_who_ended_them_and_why() {
    let rejected = read("process_get_rejected.json", "7613002105955369644").await;
    assert_eq!(rejected.status, ProcessStatus::Rejected);
    assert_eq!(rejected.done_list[0].status, DoneStatus::Rejected);
    assert_eq!(rejected.done_list[0].approval_opinion.as_str(), "编制不足，本季度暂不调动。");
    let withdrawn = read("process_get_withdrawn.json", "7612871891533709996").await;
    assert_eq!(withdrawn.status, ProcessStatus::Withdrawn);
    assert_eq!(withdrawn.done_list[0].status, DoneStatus::Cancelled);
    assert_eq!(withdrawn.complete_time, Some(Millis(1_773_025_200_000)));
}

#[tokio::test]
async fn a_revocation_names_the_process_that_it_is_about() {
    let process = read("process_get_revocation_process.json", "7616201837465019436").await;
    assert_eq!(process.properties, Properties::Revocation);
    assert_eq!(process.original_process_id, Some(ProcessId::new("7610333827156012844")));
    assert!(!process.is_last_completed_correct_process);
}

#[tokio::test]
async fn a_case_begun_by_the_system_is_read_although_most_of_it_is_absent() {
    let process = read("process_get_system_initiated_minimal.json", "7616300001112223344").await;
    assert_eq!(process.initiator_id, None);
    assert!(process.initiator_name.is_empty());
    assert_eq!(process.title().zh.as_str(), "转正流程");
    assert_eq!(process.todos[0].kind, DocumentType::Form);
    assert!(process.abstracts.is_empty() && process.comments.is_empty() && process.done_list.is_empty());
}

#[tokio::test]
async fn an_answer_about_another_process_is_not_taken_for_this_one() {
    let server = served("process_get_rejected.json").await;
    let failure = server.client().process(&ProcessId::new(PROCESS)).await.unwrap_err();
    assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_success_without_its_payload_is_neither_an_empty_queue_nor_an_empty_case() {
    for body in [r#"{"code":0}"#, r#"{"code":0,"msg":"success","data":null}"#, r#"{"code":0,"data":[]}"#] {
        let server = Server::always(Reply::json(200, body)).await;
        let client = server.client();
        let failures = [
            client.tasks(None).await.unwrap_err(),
            client.changed(Millis(1), Millis(2), 20).await.unwrap_err(),
            client.process(&ProcessId::new(PROCESS)).await.unwrap_err(),
            client.form(&ProcessId::new(PROCESS)).await.unwrap_err(),
        ];
        for failure in failures {
            assert!(matches!(failure.kind, FailureKind::Garbage { .. }), "{body}: {failure:?}");
        }
    }
}

#[tokio::test]
async fn ids_with_any_characters_stay_one_part_of_the_path() {
    let server = Server::always(Reply::json(200, r#"{"code":0,"data":{"status":1}}"#)).await;
    let id = ProcessId::new("../approvers?a=b&c#d%2F 审");
    server.client().process(&id).await.unwrap();
    let call = server.only_call();
    assert_eq!(call.path, "/open-apis/corehr/v2/processes/%2E%2E%2Fapprovers%3Fa%3Db%26c%23d%252F%20%E5%AE%A1");
}

#[tokio::test]
async fn every_id_type_is_sent_with_the_department_type_that_belongs_to_it() {
    for (kind, person, department) in [
        (PersonIdType::OpenId, "open_id", "open_department_id"),
        (PersonIdType::UnionId, "union_id", "open_department_id"),
        (PersonIdType::UserId, "user_id", "open_department_id"),
        (PersonIdType::PeopleCorehrId, "people_corehr_id", "people_corehr_department_id"),
    ] {
        let server = served("form_v2_leave_response.json").await;
        let mut settings = server.settings();
        settings.operator.id_type = kind;
        let client = shenpi::feishu::Client::new(settings).unwrap();
        client.form(&ProcessId::new(PROCESS)).await.unwrap();
        let call = server.only_call();
        assert_eq!(call.parameter("user_id_type"), Some(person));
        assert_eq!(call.parameter("department_id_type"), Some(department));
    }
}

#[tokio::test]
async fn what_others_wrote_is_cleaned_before_anybody_can_show_it() {
    let body = r#"{"code":0,"data":{"status":77,"comment_infos":[{"comment_msg":"看\u001b]52;c;eA==\u0007\u202e"}]}}"#;
    let server = Server::always(Reply::json(200, body)).await;
    let process = server.client().process(&ProcessId::new(PROCESS)).await.unwrap();
    assert_eq!(process.status, ProcessStatus::Unknown(77));
    assert_eq!(process.comments[0].message, CleanText::new("看␛]52;c;eA==␇<U+202E>"));
    assert_eq!(process.comments[0].message.replaced(), 3);
}

#[tokio::test]
async fn ids_that_come_as_numbers_keep_all_their_digits() {
    let body = r#"{"code":0,"data":{"has_more":false,"approver_list":[
        {"approver_id":7615102951360512300,"process_id":7615102938475610284,"approver_status":"1"},
        {"approver_id":"","process_id":"7615102938475610284","approver_status":1}]}}"#;
    let page = Server::always(Reply::json(200, body)).await.client().tasks(None).await.unwrap();
    assert_eq!((page.tasks.len(), page.unreadable), (1, 1), "a row without a task cannot be acted on");
    assert_eq!(page.tasks[0].key.process.as_str(), "7615102938475610284");
    assert_eq!(page.tasks[0].key.approver.as_str(), "7615102951360512300");
    assert_eq!(page.tasks[0].status, TaskStatus::InProgress);
}
