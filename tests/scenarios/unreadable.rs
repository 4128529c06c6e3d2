//! Requests with members in shapes that no page documents, through the real reading code: shown raw, never absent, and
//! no decision leaves once one of them has changed.

use std::time::Duration;

use serde_json::{Value as Json, json};
use shenpi::app::Reason;
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::{Action, Endpoint, FailureKind, Lang, Outcome};
use shenpi::feishu::{parse, read_form, read_process};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, failure, key, operator};

const HELD: Duration = Duration::from_secs(6);

/// `data` of the first request.
fn detail() -> Json {
    let task = key(1).approver;
    json!({
        "process_id": key(1).process.as_str(), "status": 1, "properties": 1,
        "flow_template_name": {"zh_cn": "休假申请", "en_us": "Leave"},
        "initiator_id": "ou_zhangwei", "initiator_name": {"zh_cn": "张伟", "en_us": "Zhang Wei"},
        "create_time": "1773018754567",
        "abstracts": [{"name": {"zh_cn": "时长"}, "value": {"zh_cn": "3 天"}}],
        "todos": [{"approver_id": task.as_str(), "type": 1, "operator_id": "ou_wangfang",
            "operator_name": {"zh_cn": "王芳"}, "node_name": {"zh_cn": "直属上级"}, "node_definition_id": "approval_1"}],
        "comment_infos": [{"comment_id": "c1", "commentor_id": "ou_lina", "commentor_name": {"zh_cn": "李娜"},
            "comment_time": "1773018754567", "comment_msg": "请确认"}],
    })
}

fn form(value: &Json) -> Json {
    json!({"field_variable_values": [
        {"variable_api_name": "urgent", "variable_name": {"zh_cn": "加急", "en_us": "Urgent"}, "variable_value": value}]})
}

/// Puts these answers in the place of the first request's.
fn answer(platform: &mut Scripted, detail: &Json, form: &Json) {
    let id = key(1).process;
    platform.processes.insert(id.clone(), read_process(&id, detail));
    platform.forms.insert(id.clone(), read_form(&id, form));
}

fn desk_of(detail: &Json, form: &Json, lang: Lang) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(3);
    answer(&mut platform, detail, form);
    Harness::new(platform, settings(operator(), lang), 80, 24)
}

fn changed(detail: &Json, pointer: &str, value: Json) -> Json {
    let mut detail = detail.clone();
    *detail.pointer_mut(pointer).expect(pointer) = value;
    detail
}

#[test]
fn no_approval_leaves_on_a_changed_unreadable_value() {
    let shapes = [
        ("/abstracts/0/value", json!({"ja_jp": "三日"}), json!({"ja_jp": "九日"})),
        ("/abstracts/0/value/zh_cn", json!(["3 天"]), json!(["9 天"])),
        ("/comment_infos/0/comment_msg", json!({"text": "行"}), json!({"text": "不行"})),
        ("/todos/0/node_name", json!([["一"]]), json!([["二"]])),
        ("/comment_infos/0/commentor_name", json!({"ja_jp": "李"}), json!({"ja_jp": "里"})),
    ];
    for (pointer, one, two) in shapes {
        let plain = form(&json!({"bool_value": true}));
        let mut harness = desk_of(&changed(&detail(), pointer, one), &plain, Lang::Zh);
        harness.keys("ay");
        answer(&mut harness.platform, &changed(&detail(), pointer, two), &plain);
        harness.wait(HELD);
        assert_eq!(harness.sent.len(), 0, "{pointer}");
        assert!(
            matches!(harness.state(&key(1)), Some(State::NotSent(Cause::Changed(_)))),
            "{pointer}: {:?}",
            harness.state(&key(1))
        );
    }
    for (one, two) in [
        (json!({"bool_value": "true"}), json!({"bool_value": "false"})),
        (json!({"bool_value": 1}), json!({"bool_value": 0})),
        (json!({"text_value": ["甲"]}), json!({"text_value": ["乙"]})),
        (json!({"employment_value": ["1"]}), json!({"employment_value": ["2"]})),
        (json!({"object_value": "1"}), json!({"object_value": "2"})),
        (json!({"money_value": "1"}), json!({"money_value": "2"})),
        (
            json!({"number_value": "1", "file_value": {"length": 0}}),
            json!({"number_value": "2", "file_value": {"length": 0}}),
        ),
        (json!({"text_value": "甲"}), json!({"text_value": ["甲"]})),
    ] {
        let mut harness = desk_of(&detail(), &form(&one), Lang::Zh);
        harness.keys("<enter>2ay");
        answer(&mut harness.platform, &detail(), &form(&two));
        harness.wait(HELD);
        assert_eq!(harness.sent.len(), 0, "{one}");
    }
}

#[test]
fn an_unchanged_unreadable_value_lets_the_approval_leave() {
    let strange = changed(&detail(), "/abstracts/0/value", json!({"ja_jp": "三日"}));
    let mut harness = desk_of(&strange, &form(&json!({"bool_value": "true"})), Lang::Zh);
    harness.keys("<enter>2ay").wait(HELD);
    assert_eq!(harness.sent.len(), 1);
}

#[test]
fn unreadable_members_are_on_screen_and_counted() {
    let strange = changed(&detail(), "/todos/0/operator_id", json!(["ou_wangfang", "ou_lina"]));
    let strange = changed(&strange, "/create_time", json!({"ms": "1773018754567"}));
    for (lang, head) in [(Lang::Zh, "2 个字段无法识别"), (Lang::En, "2 fields not recognized")] {
        let mut harness = desk_of(&strange, &form(&json!({"bool_value": "true"})), lang);
        let screen = harness.keys("<enter>").screen();
        for words in [head, "todos[0].operator_id", r#"["ou_wangfang","ou_lina"]"#, "create_time"] {
            assert!(screen.contains(words), "{words}:\n{screen}");
        }
        let screen = harness.keys("2").screen();
        assert!(screen.contains(r#"? {"bool_value":"true"}"#) || screen.contains("? \"true\""), "{screen}");
    }
}

#[test]
fn a_task_that_cannot_be_read_is_neither_open_nor_gone() {
    let strange = changed(&detail(), "/todos", json!({"0": {"approver_id": key(1).approver.as_str()}}));
    let mut harness = desk_of(&strange, &form(&json!({})), Lang::Zh);
    assert_eq!(harness.app.can_decide(Action::Approve, &key(1)), Err(Reason::TaskUnreadable));
    let screen = harness.keys("<enter>a").screen();
    assert!(screen.contains("无法识别") && !screen.contains("已不在待办列表中"), "{screen}");
    harness.keys("<esc><ctrl-r>").wait(Duration::from_secs(2));
    assert!(harness.app.inbox.rows().any(|row| row.key == key(1)), "the row stays");
}

#[test]
fn an_outcome_is_not_proven_by_what_cannot_be_read() {
    let mut harness = desk_of(&detail(), &form(&json!({})), Lang::Zh);
    let lost = failure(Endpoint::UpdateTask, FailureKind::TimedOut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.writes_wait = true;
    harness.keys("ay").wait(HELD);
    // Still listed as open to a reader that takes the strange record for absent.
    let mut after = detail();
    after["done_list"] = json!([["a record of another shape"]]);
    answer(&mut harness.platform, &after, &form(&json!({})));
    harness.writes_come().wait(Duration::from_secs(120));
    assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))), "{:?}", harness.state(&key(1)));
    assert_eq!(harness.sent.len(), 1);
}

#[test]
fn damage_in_one_comment_leaves_the_request_legible() {
    let damaged = |bytes: Vec<u8>| {
        let json = parse(&bytes).expect("the rest is read");
        let mut harness = desk_of(&json, &form(&json!({})), Lang::Zh);
        harness.keys("<enter>4").screen()
    };
    let text = detail().to_string();
    let half = damaged(text.replace("请确认", "请确认\\ud83d").into_bytes());
    assert!(half.contains("请确认<U+D83D>"), "{half}");
    let mut foreign = text.clone().into_bytes();
    let at = text.find("请确认").expect("the comment");
    foreign[at] = 0xFF;
    let foreign = damaged(foreign);
    assert!(foreign.contains("<0xFF>") && foreign.contains("确认") && foreign.contains("李娜"), "{foreign}");
    let deep = format!("{}\"x\"{}", "[".repeat(300), "]".repeat(300));
    let deep = damaged(text.replace("\"请确认\"", &deep).into_bytes());
    assert!(deep.contains("李娜") && deep.contains("[[["), "{deep}");
}

#[test]
fn a_request_whose_type_is_not_told_wants_care() {
    use shenpi::domain::biz_type::is_high_care;
    let id = key(1).process;
    let plain = read_process(&id, &detail());
    assert!(!is_high_care(&plain));
    for name in [json!(null), json!([["休假申请"]]), json!({"ja_jp": "休暇"}), json!([{"zh_cn": "休假申请"}])]
    {
        let strange = changed(&detail(), "/flow_template_name", name.clone());
        assert!(is_high_care(&read_process(&id, &strange)), "{name}");
        let mut harness = desk_of(&strange, &form(&json!({"number_value": "45600"})), Lang::Zh);
        assert_eq!(harness.app.can_decide(Action::Approve, &key(1)), Err(Reason::FormNotSeen), "{name}");
        let screen = harness.keys("<enter>2").screen();
        assert!(!screen.contains("45,600"), "{name}:\n{screen}");
    }
}

#[test]
fn a_lost_transfer_is_open_while_its_record_may_be_anything() {
    for (status, opinion) in [(json!(7), ""), (json!(null), ""), (json!(3), "请接手")] {
        let mut harness = desk_of(&detail(), &form(&json!({})), Lang::Zh);
        harness.platform.people = vec![shenpi::domain::Person::named(
            shenpi::domain::PersonId::new("ou_liuqiang"),
            crate::support::scripted::both("刘强", "Liu Qiang"),
        )];
        let lost = failure(Endpoint::Transfer, FailureKind::TimedOut, Outcome::MayHaveHappened, None);
        harness.platform.verdicts.push_back(Err(lost));
        harness.writes_wait = true;
        harness.keys("t");
        harness.write("刘强");
        harness.wait(Duration::from_secs(2));
        harness.keys("<enter>");
        if !opinion.is_empty() {
            harness.keys("e");
            harness.write(opinion);
            harness.keys("<ctrl-d>");
        }
        harness.wait(Duration::from_secs(1)).keys("y").wait(HELD);
        assert_eq!(harness.sent.len(), 1, "{}", harness.screen());
        let mut after = detail();
        let mut record = after["todos"][0].clone();
        record["status"] = status.clone();
        record["approval_opinion"] = opinion.into();
        after["todos"] = json!([]);
        after["done_list"] = json!([record]);
        answer(&mut harness.platform, &after, &form(&json!({})));
        harness.writes_come().wait(Duration::from_secs(120));
        assert!(matches!(harness.state(&key(1)), Some(State::Unknown(_))), "{status}: {:?}", harness.state(&key(1)));
    }
}
