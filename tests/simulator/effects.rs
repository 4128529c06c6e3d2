//! Effect of each operation (protocol.md#operations), and one task in the four views (protocol.md#task-views).

use shenpi::domain::Millis;
use shenpi::sim::world::{
    AddSignPosition, Assigned, EventKind, ExternalAction, FormField, NewProcess, NodeKind, NodeState, PersonKey,
    ProcessKey, ProcessState, Purpose, Rule, TaskState,
};

use crate::stage::{NOW, Stage, all, any, at, node, people};

/// The events since the last call, in the notation of protocol.md#operations.
fn events(stage: &mut Stage) -> String {
    let notation = |kind| match kind {
        EventKind::Task { status, .. } => format!("T({status})"),
        EventKind::Node { state, .. } => format!("N({})", state as i64),
        EventKind::Updated(process) => format!("P({})", process as i64),
        EventKind::Status(process) => format!("S({})", process as i64),
        EventKind::Copied { .. } => "C".to_owned(),
        EventKind::Commented { .. } => "comment".to_owned(),
    };
    stage.world.take_events().into_iter().map(|event| notation(event.kind)).collect::<Vec<_>>().join(" ")
}

fn watched() -> Stage {
    let mut stage = Stage::new();
    stage.world.keep_events();
    stage
}

fn open(stage: &Stage, key: ProcessKey) -> Vec<PersonKey> {
    let tasks = stage.world.process(key).tasks.iter();
    tasks.filter(|task| task.state == TaskState::Open).filter_map(|task| task.person).collect()
}

fn state(stage: &Stage, key: ProcessKey) -> ProcessState {
    stage.world.process(key).state
}

#[test]
fn starting_opens_the_first_node() {
    let mut stage = watched();
    let key = stage.leave();
    assert_eq!(events(&mut stage), "S(1) P(1) N(1) T(1) T(1)");
    assert_eq!(open(&stage, key), [stage.na, stage.yang]);
    assert_eq!(stage.listed(stage.wei, None), [-1]);
}

#[test]
fn an_or_node_passes_with_one_approval_and_closes_the_siblings() {
    let mut stage = watched();
    let (na, yang, jing) = (stage.na, stage.yang, stage.jing);
    let key = stage.leave();
    events(&mut stage);
    stage.approve(key, na);
    assert_eq!(events(&mut stage), "T(3) T(3) N(3) N(1) T(1) P(1)");
    assert_eq!(stage.state(key, yang), TaskState::ClosedBySibling);
    assert_eq!(stage.task(key, yang).opinion, "");
    assert_eq!(open(&stage, key), [jing]);
    stage.approve(key, jing);
    assert_eq!(events(&mut stage), "T(3) N(3) S(9) P(9)");
    assert_eq!(stage.world.process(key).completed, Some(at(60)));
}

#[test]
fn siblings_of_an_or_approval_can_be_cancelled_instead() {
    let mut stage = watched();
    stage.world.switches.siblings_cancelled = true;
    let key = stage.leave();
    let (na, yang) = (stage.na, stage.yang);
    stage.approve(key, na);
    assert_eq!(stage.state(key, yang), TaskState::Cancelled);
}

#[test]
fn an_and_node_waits_for_everybody() {
    let mut stage = watched();
    let (na, yang) = (stage.na, stage.yang);
    let key = stage.start(vec![(all(), people(&[na, yang]))]);
    events(&mut stage);
    stage.approve(key, na);
    assert_eq!(events(&mut stage), "T(3) P(1)");
    assert_eq!(state(&stage, key), ProcessState::InProgress);
    stage.approve(key, yang);
    assert_eq!(events(&mut stage), "T(3) N(3) S(9) P(9)");
}

#[test]
fn copies_and_skipped_nodes_are_passed_at_once() {
    let mut stage = watched();
    let (na, jing, lei) = (stage.na, stage.jing, stage.lei);
    let key = stage.start(vec![
        (any(), people(&[na])),
        (node(NodeKind::Copy), people(&[jing, lei])),
        (any(), Assigned::SkippedFor(vec![lei])),
    ]);
    events(&mut stage);
    stage.approve(key, na);
    assert_eq!(events(&mut stage), "T(3) N(3) N(1) C C N(3) N(6) S(9) P(9)");
    assert_eq!(stage.listed(jing, Some(5)), [5]);
    assert_eq!(stage.listed(lei, None), [-2, 5]);
}

#[test]
fn a_rejection_ends_the_process_and_cancels_the_siblings() {
    let mut stage = watched();
    let (na, yang) = (stage.na, stage.yang);
    let key = stage.leave();
    events(&mut stage);
    stage.reject(key, na);
    assert_eq!(events(&mut stage), "T(2) T(4) N(2) S(2) P(2)");
    assert_eq!(stage.state(key, yang), TaskState::Cancelled);
    assert_eq!(stage.world.process(key).completed, Some(at(60)));
}

#[test]
fn the_system_takes_a_task_over_and_the_person_loses_it() {
    let mut stage = watched();
    let na = stage.na;
    let key = stage.leave();
    let mut request = stage.update(key, na, 3);
    request.user_id = None;
    request.system_approval = true;
    stage.world.update_task(&request, NOW).expect("the system's approval");
    assert_eq!(stage.state(key, na), TaskState::TakenOver { approved: true });
    assert_eq!(stage.listed(na, None), Vec::<i64>::new());
}

#[test]
fn a_transfer_closes_the_task_and_opens_another_for_the_receiver() {
    let mut stage = watched();
    let (na, lei) = (stage.na, stage.lei);
    let key = stage.leave();
    let old = stage.task(key, na).id;
    events(&mut stage);
    stage.world.transfer(&stage.transfer(key, na, lei), at(1)).expect("the transfer");
    assert_eq!(events(&mut stage), "T(4) T(1) P(1)");
    assert_eq!(stage.listed(na, None), [4]);
    assert!(stage.task(key, lei).id > old);
    // The receiver's approval passes the node.
    stage.approve(key, lei);
    assert_eq!(open(&stage, key), [stage.jing]);
}

#[test]
fn a_transfer_can_keep_the_id() {
    let mut stage = watched();
    stage.world.switches.transfer_keeps_id = true;
    let (na, lei) = (stage.na, stage.lei);
    let key = stage.leave();
    let id = stage.task(key, na).id;
    stage.world.transfer(&stage.transfer(key, na, lei), at(1)).expect("the transfer");
    assert_eq!(stage.task(key, lei).id, id);
    assert_eq!((stage.listed(na, None), stage.listed(lei, None)), (vec![], vec![1]));
    // There and back again: one row each all the same.
    stage.world.transfer(&stage.transfer(key, lei, na), at(2)).expect("the transfer back");
    assert_eq!((stage.listed(na, None), stage.listed(lei, None)), (vec![1], vec![]));
}

#[test]
fn parallel_add_sign_makes_the_node_wait_for_all() {
    let mut stage = watched();
    let (na, yang, lei) = (stage.na, stage.yang, stage.lei);
    let key = stage.leave();
    events(&mut stage);
    let request = stage.add_sign(key, na, AddSignPosition::Parallel, &[lei]);
    stage.world.add_sign(&request, at(1)).expect("the add-sign");
    assert_eq!(events(&mut stage), "T(1) P(1)");
    for person in [na, yang] {
        stage.approve(key, person);
        assert!(open(&stage, key).contains(&lei));
    }
    stage.approve(key, lei);
    assert_eq!(open(&stage, key), [stage.jing]);
}

#[test]
fn add_sign_before_suspends_the_task_until_the_added_people_are_through() {
    let mut stage = watched();
    let (na, yang, jing, lei) = (stage.na, stage.yang, stage.jing, stage.lei);
    let key = stage.leave();
    let id = stage.task(key, na).id;
    events(&mut stage);
    let request = stage.add_sign(key, na, AddSignPosition::Before, &[jing, lei]);
    stage.world.add_sign(&request, at(1)).expect("the add-sign");
    assert_eq!(events(&mut stage), "N(1) T(1) T(1) P(1)");
    assert_eq!(stage.listed(na, None), [0]);
    assert_eq!(open(&stage, key), [yang, jing, lei]);
    let nodes = &stage.world.process(key).nodes;
    assert_eq!(&*nodes[1].definition_id, format!("{}_pre", nodes[0].definition_id));
    stage.approve(key, jing);
    stage.approve(key, lei);
    assert_eq!(events(&mut stage), "T(3) P(1) T(3) N(3) T(1) P(1)");
    assert_eq!((stage.task(key, na).id, stage.state(key, na)), (id, TaskState::Open));
}

#[test]
fn the_node_before_goes_with_the_task_that_waited_for_it() {
    let mut stage = watched();
    let (na, yang, lei) = (stage.na, stage.yang, stage.lei);
    let key = stage.leave();
    let request = stage.add_sign(key, na, AddSignPosition::Before, &[lei]);
    stage.world.add_sign(&request, at(1)).expect("the add-sign");
    stage.approve(key, yang);
    assert_eq!(stage.state(key, lei), TaskState::Cancelled);
    assert_eq!(stage.state(key, na), TaskState::ClosedBySibling);
    assert_eq!(stage.world.process(key).nodes[1].state, NodeState::Withdrawn);
    assert_eq!(open(&stage, key), [stage.jing]);
}

#[test]
fn add_sign_after_comes_between_the_node_and_the_next() {
    let mut stage = watched();
    let (na, jing, lei) = (stage.na, stage.jing, stage.lei);
    let key = stage.leave();
    events(&mut stage);
    let request = stage.add_sign(key, na, AddSignPosition::After, &[lei]);
    stage.world.add_sign(&request, at(1)).expect("the add-sign");
    assert_eq!(events(&mut stage), "P(1)");
    stage.approve(key, na);
    assert_eq!(open(&stage, key), [lei]);
    stage.approve(key, lei);
    assert_eq!(open(&stage, key), [jing]);
}

#[test]
fn add_sign_after_a_node_before_comes_before_the_task_that_waits() {
    let mut stage = watched();
    let (na, jing, lei) = (stage.na, stage.jing, stage.lei);
    let key = stage.start(vec![(any(), people(&[na]))]);
    let before = stage.add_sign(key, na, AddSignPosition::Before, &[lei]);
    stage.world.add_sign(&before, at(1)).expect("the add-sign before");
    let after = stage.add_sign(key, lei, AddSignPosition::After, &[jing]);
    stage.world.add_sign(&after, at(2)).expect("the add-sign after");
    stage.approve(key, lei);
    assert_eq!((open(&stage, key), stage.state(key, na)), (vec![jing], TaskState::Suspended));
    stage.approve(key, jing);
    assert_eq!(open(&stage, key), [na]);
}

#[test]
fn withdrawing_cancels_and_revoking_passes_through_fifteen() {
    let mut stage = watched();
    let (wei, na, admin) = (stage.wei, stage.na, stage.admin);
    let key = stage.leave();
    events(&mut stage);
    stage.world.withdraw(&stage.ending(key, wei), at(1)).expect("the withdrawal");
    assert_eq!(events(&mut stage), "T(4) T(4) N(4) S(4) P(4)");
    assert_eq!(stage.world.process(key).completed, Some(at(1)));

    stage.world.switches.revoking_for = 5000;
    let done = stage.start(vec![(any(), people(&[na]))]);
    stage.approve(done, na);
    events(&mut stage);
    stage.world.revoke(&stage.ending(done, admin), at(100)).expect("the revocation");
    assert_eq!((events(&mut stage).as_str(), state(&stage, done)), ("S(15) P(15)", ProcessState::Revoking));
    let id = stage.process_id(done);
    stage.world.read_process(&id, at(104)).expect("a read");
    assert_eq!(state(&stage, done), ProcessState::Revoking);
    stage.world.read_process(&id, at(105)).expect("a read");
    assert_eq!((events(&mut stage).as_str(), state(&stage, done)), ("S(8) P(8)", ProcessState::Revoked));
}

#[test]
fn a_rollback_makes_a_new_instance_of_an_earlier_node() {
    let mut stage = watched();
    let (na, yang, jing) = (stage.na, stage.yang, stage.jing);
    let key = stage.leave();
    stage.approve(key, na);
    events(&mut stage);
    stage.world.play(key, ExternalAction::RollBack { by: jing, to: 0 }, at(70)).expect("the rollback");
    assert_eq!(events(&mut stage), "T(4) N(5) N(1) T(1) T(1) P(1)");
    assert_eq!(stage.listed(jing, None), [14]);
    assert_eq!(open(&stage, key), [na, yang]);
    let nodes = &stage.world.process(key).nodes;
    assert_eq!(nodes[0].definition_id, nodes[2].definition_id);
    assert_ne!(nodes[0].id, nodes[2].id);
}

#[test]
fn comments_and_interventions_are_seen() {
    let mut stage = watched();
    let (na, lei) = (stage.na, stage.lei);
    let key = stage.leave();
    events(&mut stage);
    let comment =
        ExternalAction::Comment { by: lei, message: "请尽快".into(), mentions: vec![na], files: 0, images: 1 };
    stage.world.play(key, comment, at(1)).expect("the comment");
    assert_eq!(events(&mut stage), "comment P(1)");
    assert_eq!(stage.world.process(key).modified, at(1));
    stage.world.play(key, ExternalAction::Intervene { of: na }, at(2)).expect("the intervention");
    assert_eq!(events(&mut stage), "T(18) T(4) N(7) N(1) T(1) P(1)");
    assert_eq!(stage.listed(na, None), [18]);
}

#[test]
fn the_systems_own_task_waits_in_no_persons_list() {
    let mut stage = watched();
    let na = stage.na;
    let key = stage.start(vec![(any(), Assigned::System), (any(), people(&[na]))]);
    assert_eq!(open(&stage, key), []);
    assert_eq!(state(&stage, key), ProcessState::InProgress);
    stage
        .world
        .play(key, ExternalAction::SystemFinishes { approve: true, opinion: "通过".into() }, at(1))
        .expect("the step");
    assert_eq!(open(&stage, key), [na]);
}

#[test]
fn one_task_in_the_four_views() {
    use TaskState as S;
    // Internal state, task list, done list, event (protocol.md#task-views).
    let table = [
        (S::Open, Some(1), None, Some(1)),
        (S::Approved, Some(3), Some(3), Some(3)),
        (S::FormSubmitted, Some(6), Some(3), Some(3)),
        (S::ClosedBySibling, Some(3), Some(3), Some(3)),
        (S::Rejected, Some(2), Some(2), Some(2)),
        (S::Cancelled, Some(4), Some(4), Some(4)),
        (S::Copied, Some(5), None, None),
        (S::TakenOver { approved: true }, None, Some(3), Some(3)),
        (S::TakenOver { approved: false }, None, Some(2), Some(2)),
        (S::Intervened, Some(18), Some(4), Some(18)),
        (S::Skipped, Some(-2), None, None),
        (S::SignatureFailed, Some(12), Some(4), Some(4)),
        (S::RolledBack, Some(14), Some(4), Some(4)),
        (S::Initiated, Some(-1), None, None),
        (S::Suspended, Some(0), None, None),
    ];
    for (state, list, done, event) in table {
        assert_eq!((state.in_list(), state.in_done_list(), state.in_events()), (list, done, event), "{state:?}");
    }
}

#[test]
fn a_submitted_form_is_found_by_three_and_by_six() {
    let mut stage = watched();
    let na = stage.na;
    let key = stage.start(vec![(node(NodeKind::Form { mandatory: vec![] }), people(&[na]))]);
    stage.approve(key, na);
    for filter in [None, Some(3), Some(6)] {
        assert_eq!(stage.listed(na, filter), [6]);
    }
}

#[test]
fn lists_come_newest_first_whatever_the_order_of_their_making() {
    let mut stage = watched();
    let na = stage.na;
    let flow = stage.flow_with(vec![any()], |_| {});
    let mut start = |at: Millis| {
        let new = NewProcess {
            flow,
            initiator: None,
            assigned: vec![people(&[na])],
            abstracts: vec![],
            form: Vec::<FormField>::new(),
            purpose: Purpose::Normal,
        };
        let key = stage.world.start(new, at);
        stage.world.process(key).id
    };
    let (newest, oldest, middle) = (start(at(100)), start(at(-5000)), start(at(0)));
    let request = shenpi::sim::world::ListTasks {
        user_id: stage.id(na),
        page_size: 2,
        ..shenpi::sim::world::ListTasks::default()
    };
    let first = stage.world.list_tasks(&request, at(200)).expect("a page");
    assert_eq!(first.items.iter().map(|row| row.process_id).collect::<Vec<_>>(), [newest, middle]);
    assert!(first.has_more);
    let next = shenpi::sim::world::ListTasks { page_token: Some(first.token), ..request };
    let last = stage.world.list_tasks(&next, at(200)).expect("a page");
    assert_eq!(last.items.iter().map(|row| row.process_id).collect::<Vec<_>>(), [oldest]);
    assert!(!last.has_more);
}

#[test]
fn the_same_seed_gives_the_same_ids() {
    let ids = || {
        let mut stage = Stage::new();
        let key = stage.leave();
        (stage.process_id(key), stage.id(stage.admin), stage.task(key, stage.na).id)
    };
    let (process, person, task) = ids();
    assert_eq!((process.clone(), person.clone(), task), ids());
    assert_eq!(process.len(), 19);
    assert!(person.strip_prefix("ou_").is_some_and(|hex| hex.len() == 32));
}

#[test]
fn an_or_add_sign_before_needs_one_of_the_added() {
    let mut stage = watched();
    let (na, jing, lei) = (stage.na, stage.jing, stage.lei);
    let key = stage.leave();
    let mut request = stage.add_sign(key, na, AddSignPosition::Before, &[jing, lei]);
    request.rule = Some(Rule::Any);
    stage.world.add_sign(&request, at(1)).expect("the add-sign");
    stage.approve(key, lei);
    assert_eq!(stage.state(key, jing), TaskState::ClosedBySibling);
    assert_eq!(stage.state(key, na), TaskState::Open);
}
