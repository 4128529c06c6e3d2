//! Decisions of the real program on the simulated platform, and the effects of a dropped line.

use std::time::Duration;

use rustix::process::Signal;

use super::queue::approve;
use super::simulator::Simulator;
use super::terminal::Terminal;

/// Opens the inbox and reads how many tasks are pending.
fn pending(simulator: &Simulator, count: usize) {
    let mut terminal = simulator.inbox(&[]);
    terminal.wait_for_pending(count);
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn an_approval_reaches_the_platform() {
    let simulator = Simulator::start(&[]);
    let mut terminal = simulator.inbox(&[("SHENPI_UNDO_SECONDS", "0")]);
    approve(&mut terminal);
    terminal.wait_for_pending(23);
    drop(terminal);
    pending(&simulator, 23);
}

#[test]
fn a_decision_refused_for_its_token_leaves_with_another_and_is_made_once() {
    let simulator = Simulator::start(&["--fault", "invalidate-tokens:1@writes"]);
    let mut terminal = simulator.inbox(&[("SHENPI_UNDO_SECONDS", "0")]);
    approve(&mut terminal);
    terminal.wait_for_pending(23);
    let requests = simulator.control("GET", "requests?since=0", "");
    assert_eq!(requests.matches(r#""PUT""#).count(), 2, "{requests}");
    let writes: serde_json::Value = serde_json::from_str(&simulator.control("GET", "writes", "")).unwrap();
    assert_eq!(writes.as_array().unwrap().len(), 1, "{writes}");
}

#[test]
fn a_decision_that_is_held_when_the_line_drops_is_not_sent() {
    let simulator = Simulator::start(&[]);
    let mut terminal = simulator.inbox(&[("SHENPI_UNDO_SECONDS", "600")]);
    approve(&mut terminal);
    let ended = terminal.vanish();
    assert!(ended.took < Duration::from_secs(3), "{ended:?}");
    pending(&simulator, 24);
}

#[test]
fn a_decision_that_is_held_when_the_program_is_told_to_end_is_not_sent() {
    let simulator = Simulator::start(&[]);
    let mut terminal = simulator.inbox(&[("SHENPI_UNDO_SECONDS", "600")]);
    approve(&mut terminal);
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait_for_end().code(), Some(143));
    pending(&simulator, 24);
}

#[test]
fn a_decision_under_way_does_not_keep_the_program_from_its_end() {
    let simulator = Simulator::start(&["--fault", "silent-after-write:*"]);
    let mut terminal = simulator.inbox(&[("SHENPI_UNDO_SECONDS", "0")]);
    approve(&mut terminal);
    let ended = terminal.vanish();
    assert!(ended.took < Duration::from_secs(3), "{ended:?}");
}

#[test]
fn a_read_only_program_opens_no_decision() {
    let simulator = Simulator::start(&[]);
    let mut terminal = simulator.inbox(&[("SHENPI_READ_ONLY", "1")]);
    terminal.wait_for_inbox();
    terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
    terminal.type_keys("a");
    terminal.wait("why not", |screen| screen.contents().contains("只读模式，不能审批"));
    assert!(!terminal.text().contains("y 确认"), "{}", terminal.text());
}

#[test]
fn a_fault_typed_in_the_demo_loses_an_answer_and_the_case_tells_the_outcome() {
    let mut terminal = Terminal::demo_with(&[("SHENPI_UNDO_SECONDS", "0")]);
    // The case is slow to be read, so that there is something to see before it tells.
    terminal.type_keys(":fault cut-after-write slow:*:1500@detail\r");
    terminal.wait_for_text("模拟故障：cut-after-write slow:*:1500@detail");
    approve(&mut terminal);
    terminal.wait_for_text("结果未知 1");
    terminal.wait_for_text("已核实，同意 张伟发起的休假申请 已生效");
    assert!(!terminal.text().contains("结果未知"), "{}", terminal.text());
    terminal.type_keys(":fault\r");
    terminal.wait_for_text("模拟故障：slow:*:1500@detail");
    terminal.type_keys(":fault clear\r");
    terminal.wait_for_text("没有模拟故障");
}

#[test]
fn a_fault_set_over_the_control_address_is_met_and_the_record_shows_what_took_effect() {
    let simulator = Simulator::start(&[]);
    let mut terminal = simulator.inbox(&[("SHENPI_UNDO_SECONDS", "0")]);
    terminal.wait_for_inbox();
    assert_eq!(simulator.control("GET", "writes", ""), "[]");
    assert_eq!(simulator.control("POST", "faults", "cut-after-write"), r#"["cut-after-write"]"#);
    approve(&mut terminal);
    terminal.wait_for_text("已核实，同意 张伟发起的休假申请 已生效");
    let writes: serde_json::Value = serde_json::from_str(&simulator.control("GET", "writes", "")).unwrap();
    assert_eq!((writes.as_array().unwrap().len(), &writes[0]["action"]), (1, &"approve".into()));
    let requests = simulator.control("GET", "requests?since=0", "");
    assert_eq!(requests.matches(r#""PUT""#).count(), 1, "{requests}");
    assert_eq!(simulator.control("GET", "faults", ""), "[]");
}
