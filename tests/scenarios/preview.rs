//! The preview below the list: what it shows, what is read for it, and the keys that move it.

use std::time::Duration;

use shenpi::app::Query;
use shenpi::domain::{Lang, Priority, Properties, Seen, Value};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, both, key, operator};

fn harness(platform: Scripted, columns: u16, rows: u16) -> Harness<Scripted> {
    let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), columns, rows);
    harness.wait(Duration::from_secs(2));
    harness
}

fn forms(harness: &Harness<Scripted>) -> Vec<(Priority, String)> {
    let form = |(_, priority, query): &(_, Priority, Query)| match query {
        Query::Form(process) => Some((*priority, process.as_str().to_owned())),
        _ => None,
    };
    harness.left_reads.iter().filter_map(form).collect()
}

/// Lines of the preview without its rule.
fn preview(harness: &mut Harness<Scripted>) -> Vec<String> {
    let screen = harness.screen();
    let lines: Vec<&str> = screen.lines().collect();
    let rule = lines.iter().position(|line| line.starts_with("─ ")).expect("a rule");
    lines[rule + 1..lines.len() - 1].iter().map(|line| (*line).to_owned()).collect()
}

#[test]
fn form_of_the_row_is_read_once_the_cursor_rests() {
    let mut harness = harness(Scripted::with_leaves(30), 80, 24);
    let first = (Priority::Opened, key(1).process.as_str().to_owned());
    assert_eq!(forms(&harness), *std::slice::from_ref(&first));
    harness.every(Duration::from_millis(33), "jjjj").wait(Duration::from_millis(140));
    assert_eq!(forms(&harness), *std::slice::from_ref(&first), "rows that the cursor passes cost nothing");
    harness.wait(Duration::from_secs(1));
    assert_eq!(forms(&harness), [first, (Priority::Opened, key(5).process.as_str().to_owned())]);
    let text = preview(&mut harness).join("\n");
    assert!(text.contains("时长") && text.contains("5 天") && text.contains("事由") && text.contains("探亲"), "{text}");
}

#[test]
fn preview_neither_repeats_the_summary_nor_counts_as_seen() {
    let mut platform = Scripted::with_leaves(1);
    platform.forms.get_mut(&key(1).process).expect("a form").fields[0].label = both("时长（天）", "Duration (d)");
    platform.forms.get_mut(&key(1).process).expect("a form").fields[0].value = Value::Number("1".into());
    let mut harness = harness(platform, 80, 24);
    let text = preview(&mut harness);
    assert!(!text.join("\n").contains("时长（天）"), "{text:?}");
    let filled: Vec<_> = text.iter().filter(|line| !line.is_empty()).collect();
    let first_blank = text.iter().position(String::is_empty).unwrap_or(text.len());
    assert_eq!(filled.len(), first_blank, "no blank line between others: {text:?}");
    assert_eq!(harness.app.inbox.row(&key(1)).expect("a row").seen, Seen::Unopened);
}

#[test]
fn sensitive_values_stay_masked_and_unseen_in_the_preview() {
    let mut platform = Scripted::with_leaves(0);
    platform.add(1, "调薪", "Salary adjustment");
    let mut harness = harness(platform, 80, 24);
    let text = preview(&mut harness).join("\n");
    assert!(text.contains("••••••") && !text.contains('3'), "{text}");
    harness.wait(Duration::from_secs(5)).keys("a");
    assert!(harness.app.dialog.is_none(), "a preview is no sight of the form");
}

#[test]
fn correction_shows_its_difference_and_the_key() {
    let mut platform = Scripted::with_leaves(2);
    let original = platform.processes.get(&key(2).process).cloned().expect("a process");
    platform.tasks.retain(|task| task.key == key(1));
    let correction = platform.processes.get_mut(&key(1).process).expect("a process");
    correction.properties = Properties::Correction;
    correction.original_process_id = Some(original.id);
    let mut harness = harness(platform, 80, 24);
    let text = preview(&mut harness).join("\n");
    assert!(text.contains("D 与原单对比：时长 2 天 → 1 天"), "{text}");
    let of_original = harness.left_reads.iter().find(|(_, _, query)| *query == Query::Process(key(2).process));
    assert_eq!(of_original.map(|(_, priority, _)| *priority), Some(Priority::Visible));
}

#[test]
fn keys_scroll_the_preview_and_move_its_border() {
    let mut platform = Scripted::with_leaves(20);
    let words = "很长的事由。".repeat(80);
    platform.forms.get_mut(&key(1).process).expect("a form").fields[1].value = Value::Text(words.as_str().into());
    let mut harness = harness(platform, 80, 24);
    let rows = harness.app.screen.list_rows();
    assert_eq!(rows, 11);
    let before = preview(&mut harness);
    harness.keys("J");
    assert_ne!(preview(&mut harness), before, "scrolled");
    assert_eq!(harness.selected(), key(1), "without opening and without moving");
    harness.keys("KKK");
    assert_eq!(preview(&mut harness), before);
    harness.keys("+");
    assert_eq!(harness.app.screen.list_rows(), rows - 1);
    harness.keys("--");
    assert_eq!(harness.app.screen.list_rows(), rows + 1);
    harness.keys(&"-".repeat(40));
    assert_eq!(harness.app.screen.preview_rows(), 3, "a preview stays");
    harness.keys(&"+".repeat(40));
    assert_eq!(harness.app.screen.list_rows(), 3, "a list stays");
}

#[test]
fn panes_side_by_side_keep_the_waiting_column() {
    for (columns, rows) in [(120, 40), (160, 48)] {
        let mut harness = harness(Scripted::with_leaves(20), columns, rows);
        let screen = harness.screen();
        let heading = screen.lines().nth(1).expect("a heading");
        assert!(heading.contains("等待↓"), "{screen}");
        assert!(screen.contains("表单") && screen.contains("探亲"), "{screen}");
    }
}

#[test]
fn keys_on_an_empty_list_choose_no_row() {
    let mut harness = harness(Scripted::with_leaves(0), 80, 24);
    harness.keys("jk?<esc>");
    harness.platform.add(2, "休假申请", "Leave");
    harness.keys("<ctrl-r>").wait(Duration::from_secs(1));
    harness.platform.add(1, "休假申请", "Leave");
    assert_eq!(harness.app.inbox.cursor(), Some(&key(2)));
}
