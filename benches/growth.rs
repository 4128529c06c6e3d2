//! Cost of the program's work as its queue grows: `cargo bench --bench growth`.
//!
//! Runs the real session, views and key map over queues of 24, 1,000 and 10,000 loaded requests, without a terminal, and
//! prints the cost of each act and its slope from 1,000 to 10,000. Counts instructions with Valgrind where that is
//! installed, otherwise takes the shortest of several times. Figures, not assertions: speed is never a test.

#![expect(clippy::print_stdout, reason = "the figures are what a benchmark is for")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_imports,
    reason = "the support of the scenarios is test code, where they are allowed"
)]
#![expect(dead_code, reason = "the support of the scenarios serves other targets too")]

use std::error::Error;
use std::process::Command;
use std::time::{Duration, Instant};

#[path = "../tests/support/mod.rs"]
mod support;

use shenpi::app::Event;
use shenpi::app::screen::Extent;
use shenpi::domain::process::Comment;
use shenpi::domain::{Announcement, AnnouncementKind, CleanText, Field, I18n, Lang, LiveEvent, TaskKey, Value};
use support::harness::{Harness, MORNING, settings};
use support::scripted::{Scripted, both, key, operator};

const SIZES: [u64; 3] = [24, 1_000, 10_000];
/// Repetitions of an act, so that one odd run does not count.
const TIMES: u32 = 20;
/// Virtual time in which every request of the longest queue is read.
const LOADING: Duration = Duration::from_secs(12 * 3600);

type Queue = Harness<Scripted>;

/// An act under measurement. Each has a function of its own: Valgrind tells them apart by their names.
struct Act {
    name: &'static str,
    /// Brings the queue to where the act begins.
    before: fn(&mut Queue),
    run: fn(&mut Queue),
    after: fn(&mut Queue),
}

const fn nothing(_: &mut Queue) {}

const ACTS: [Act; 13] = [
    Act { name: "move", before: nothing, run: act_move, after: nothing },
    Act { name: "move_and_rest", before: nothing, run: act_move_and_rest, after: nothing },
    Act { name: "page", before: nothing, run: act_page, after: nothing },
    Act { name: "jump", before: nothing, run: act_jump, after: nothing },
    Act { name: "open", before: nothing, run: act_open, after: back },
    Act { name: "filter_key", before: open_filter, run: act_filter_key, after: close_filter },
    Act { name: "sort", before: nothing, run: act_sort, after: nothing },
    Act { name: "refresh", before: nothing, run: act_refresh, after: nothing },
    Act { name: "known event", before: nothing, run: act_known_event, after: nothing },
    Act { name: "unknown event", before: nothing, run: act_unknown_event, after: nothing },
    Act { name: "5,000 comments", before: open_comments, run: act_comments, after: back },
    Act { name: "2,000 values", before: open_form, run: act_form, after: back },
    Act { name: "5,000 steps", before: open_timeline, run: act_timeline, after: back },
];

#[inline(never)]
fn act_move(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "j");
    queue.screen();
}

#[inline(never)]
fn act_move_and_rest(queue: &mut Queue) {
    queue.keys("j");
    queue.wait(Duration::from_millis(200));
    queue.screen();
}

#[inline(never)]
fn act_page(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "<pgdn>");
    queue.screen();
}

#[inline(never)]
fn act_jump(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "G");
    queue.screen();
    queue.every(Duration::from_millis(25), "g");
    queue.screen();
}

#[inline(never)]
fn act_open(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "<enter>");
    queue.screen();
}

#[inline(never)]
fn act_filter_key(queue: &mut Queue) {
    queue.write("1");
    queue.screen();
}

#[inline(never)]
fn act_sort(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "o");
    queue.screen();
}

/// A refresh that finds nothing new: one page of 100 tasks after the other, and the changed processes.
#[inline(never)]
fn act_refresh(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "<ctrl-r>");
    queue.wait(Duration::from_secs(60));
    queue.screen();
}

/// An announcement of a request of the list, which is read again.
#[inline(never)]
fn act_known_event(queue: &mut Queue) {
    announce(queue, key(7), AnnouncementKind::Process);
}

/// A task that is announced and not in the list: its process is looked at.
#[inline(never)]
fn act_unknown_event(queue: &mut Queue) {
    announce(queue, key(700_000), AnnouncementKind::Task);
}

fn announce(queue: &mut Queue, TaskKey { process, approver }: TaskKey, kind: AnnouncementKind) {
    let announcement = Announcement { process, kind, task: Some(approver), status: Some(1) };
    queue.event(Event::Live(LiveEvent::Announced(vec![announcement.into()])));
    // The next one is not read less for this one.
    queue.wait(Duration::from_secs(6));
    queue.screen();
}

#[inline(never)]
fn act_comments(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "<pgdn>");
    queue.screen();
}

#[inline(never)]
fn act_form(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "<pgdn>");
    queue.screen();
}

#[inline(never)]
fn act_timeline(queue: &mut Queue) {
    queue.every(Duration::from_millis(25), "<pgdn>");
    queue.screen();
}

fn back(queue: &mut Queue) {
    queue.keys("<esc>");
}

fn open_comments(queue: &mut Queue) {
    queue.keys("g<enter>4");
}

fn open_form(queue: &mut Queue) {
    queue.keys("g<enter>2E");
}

fn open_timeline(queue: &mut Queue) {
    queue.keys("g<enter>3");
}

fn open_filter(queue: &mut Queue) {
    queue.keys("/");
}

fn close_filter(queue: &mut Queue) {
    queue.keys("<esc><esc>");
}

/// Makes the oldest request as large as the platform allows, and larger.
fn enlarge(platform: &mut Scripted) {
    let key = key(1);
    let Some(process) = platform.processes.get_mut(&key.process) else { return };
    let said = |number: usize| match number {
        7 => "附件已核对，金额以合同为准。".repeat(4_800),
        _ => format!("第 {number} 次沟通：已和用人部门、财务确认，附件为盖章版，请在月底前处理，谢谢。"),
    };
    process.comments = (0..5_000)
        .map(|number| Comment {
            id: CleanText::new(&number.to_string()),
            commentor_id: None,
            commentor_name: both("周杰", "Zhou Jie"),
            time: Some(MORNING),
            message: CleanText::new(&said(number)),
            at_user_ids: Vec::new(),
            file_count: 0,
            image_count: 0,
        })
        .collect();
    let step = process.todos.first().cloned();
    process.system_todos = step.into_iter().cycle().take(5_000).collect();
    let Some(form) = platform.forms.get_mut(&key.process) else { return };
    let value = |number: usize| Value::Text(CleanText::new(&format!("第 {number} 项，含税金额以附件为准")));
    let nested = |number: usize| {
        (0..20).fold(value(number), |inner, depth| {
            let field =
                Field { api_name: format!("level{depth}").as_str().into(), label: I18n::default(), value: inner };
            Value::Record(vec![field])
        })
    };
    form.fields = (0..100)
        .map(|number| Field {
            api_name: format!("field{number}").as_str().into(),
            label: both(&format!("字段 {number}"), &format!("Field {number}")),
            value: nested(number),
        })
        .collect();
}

fn queue(tasks: u64) -> Queue {
    let mut platform = Scripted::with_leaves(tasks);
    enlarge(&mut platform);
    let mut queue = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
    queue.extent = None;
    queue.wait(LOADING);
    queue.extent = Some(Extent::default());
    queue.keys("gj");
    queue.screen();
    queue
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, tasks, act] = arguments.as_slice()
        && flag == "--act"
        && let Some(act) = ACTS.get(act.parse::<usize>()?)
    {
        let mut queue = queue(tasks.parse()?);
        for _ in 0..TIMES {
            (act.before)(&mut queue);
            (act.run)(&mut queue);
            (act.after)(&mut queue);
        }
        return Ok(());
    }
    let counts = counted();
    let unit = if counts { "thousand instructions" } else { "microseconds, the shortest" };
    println!("one act, in {unit}:");
    println!("{:<18}{:>10}{:>10}{:>10}  slope 1,000 → 10,000", "", SIZES[0], SIZES[1], SIZES[2]);
    let mut columns = Vec::new();
    for size in SIZES {
        columns.push(if counts { count(size)? } else { time(size) });
    }
    for (at, act) in ACTS.iter().enumerate() {
        let figure = |column: usize| columns.get(column).and_then(|figures: &Vec<f64>| figures.get(at)).copied();
        let [Some(small), Some(middle), Some(large)] = [figure(0), figure(1), figure(2)] else { continue };
        println!("{:<18}{small:>10.0}{middle:>10.0}{large:>10.0}  {:>6.2}", act.name, large / middle);
    }
    Ok(())
}

fn counted() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Thousand instructions of each act, each by a run of this program under Valgrind.
fn count(tasks: u64) -> Result<Vec<f64>, Box<dyn Error>> {
    (0..ACTS.len()).map(|act| count_act(tasks, act)).collect()
}

fn count_act(tasks: u64, act: usize) -> Result<f64, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("act");
    let status = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*growth*act_*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(std::env::current_exe()?)
        .args(["--act", &tasks.to_string(), &act.to_string()])
        .status()?;
    if !status.success() {
        return Err("the run under Valgrind failed".into());
    }
    let written = std::fs::read_to_string(out)?;
    let total = written.lines().find_map(|line| line.strip_prefix("summary: ")).ok_or("no total")?;
    Ok(total.trim().parse::<f64>()? / f64::from(TIMES) / 1e3)
}

/// Microseconds of each act, the shortest of its runs.
fn time(tasks: u64) -> Vec<f64> {
    let mut queue = queue(tasks);
    let measured = ACTS.iter().map(|act| {
        queue.keys("gj");
        let run = |_| {
            (act.before)(&mut queue);
            let began = Instant::now();
            (act.run)(&mut queue);
            let took = began.elapsed();
            (act.after)(&mut queue);
            took
        };
        (0..TIMES).map(run).min().unwrap_or_default().as_secs_f64() * 1e6
    });
    measured.collect()
}
