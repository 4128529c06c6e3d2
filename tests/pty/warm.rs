//! The second start, with the cache of the first.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use shenpi::domain::{CacheWrite, CompleteList, Millis};
use shenpi::store::cache::{Cache, CacheBounds, Owner};

use super::SHENPI;
use super::queue::Queue;
use super::terminal::Terminal;

const DEADLINE: Duration = Duration::from_secs(60);
/// Of the request that is first in the list.
const REQUESTER: &str = "张伟";

fn requests(queue: &Queue) -> Vec<Value> {
    let told: Value = serde_json::from_str(&queue.simulator.control("GET", "requests", "")).unwrap();
    told["requests"].as_array().unwrap().clone()
}

fn details(queue: &Queue) -> usize {
    let is_detail = |request: &&Value| {
        let path = request["path"].as_str().unwrap();
        let rest = path.split("/corehr/v2/processes/").nth(1).unwrap_or_default();
        !rest.is_empty() && !rest.contains('/') && request["status"] == 200
    };
    requests(queue).iter().filter(is_detail).count()
}

/// A queue whose first run has loaded everything.
fn filled() -> Queue {
    let queue = Queue::new(&[]);
    let mut terminal = queue.open(5);
    terminal.wait_for_inbox();
    let deadline = Instant::now() + DEADLINE;
    while details(&queue) < 24 {
        assert!(Instant::now() < deadline, "{} loaded", details(&queue));
    }
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    queue
}

fn folder(queue: &Queue) -> PathBuf {
    let mut folders = fs::read_dir(queue.state().join("cache")).unwrap();
    folders.next().unwrap().unwrap().path()
}

/// Changes the cache as another run would.
fn edit(queue: &Queue, edit: impl FnOnce(&mut Cache, Millis)) {
    let folder = folder(queue);
    let whose = folder.file_name().unwrap().to_str().unwrap();
    let owner = Owner { app_id: queue.simulator.app_id(), app_secret: queue.simulator.secret(), whose };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = Millis(since.as_millis().try_into().unwrap());
    let bounds = CacheBounds { days: 7, bytes: 256 << 20, sensitive: false };
    let (cache, problem) = Cache::open(&folder, owner, bounds, now);
    assert_eq!(problem, None);
    let mut cache = cache.unwrap();
    edit(&mut cache, now);
    cache.close();
}

fn ends(terminal: &mut Terminal) {
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_second_start_shows_and_searches_the_queue_unanswered() {
    let queue = filled();
    let before = requests(&queue).len();
    queue.simulator.control("POST", "faults", "never-answers:*");
    let mut terminal = queue.open(5);
    terminal.wait("the list", |screen| screen.alternate_screen() && screen.contents().contains(REQUESTER));
    terminal.type_keys("/zhangwei\r");
    terminal.wait("the found rows alone", |screen| {
        let text = screen.contents();
        let mut rows = text.lines().filter(|line| line.trim_end().ends_with('○')).peekable();
        rows.peek().is_some() && rows.all(|row| row.contains(REQUESTER))
    });
    let is_answer = |asked: &Value| asked["status"] == 200 && asked["path"].as_str().unwrap().contains("/corehr/");
    let answered: Vec<_> = requests(&queue).into_iter().skip(before).filter(is_answer).collect();
    assert!(answered.is_empty(), "{answered:?}");
    drop(terminal);
}

#[test]
fn the_second_start_reads_only_the_selected_request() {
    let queue = filled();
    let before = details(&queue);
    let mut terminal = queue.open(5);
    terminal.wait_for_inbox();
    // The question about changes is the last of a round.
    let deadline = Instant::now() + DEADLINE;
    let asked = |queue: &Queue| {
        let asked = |request: &&Value| request["path"].as_str().unwrap().contains("modify_time_from");
        requests(queue).iter().filter(asked).count()
    };
    while asked(&queue) == 0 || details(&queue) == before {
        assert!(Instant::now() < deadline, "{:?}", requests(&queue));
    }
    ends(&mut terminal);
    assert!(details(&queue) - before <= 3, "{} were read again", details(&queue) - before);
}

#[test]
fn a_mistyped_secret_leaves_the_cache_for_the_right_one() {
    let queue = filled();
    let state = queue.state().to_str().unwrap();
    let mut mistyped =
        queue.simulator.inbox(&[("SHENPI_STATE_DIR", state), ("SHENPI_APP_SECRET", "mistyped-secret-0123456789ab")]);
    assert_eq!(mistyped.wait_for_end().code(), Some(3));
    assert!(!mistyped.text().contains(REQUESTER), "{}", mistyped.text());
    queue.simulator.control("POST", "faults", "never-answers:*");
    let mut terminal = queue.open(5);
    terminal.wait("the list", |screen| screen.alternate_screen() && screen.contents().contains(REQUESTER));
    drop(terminal);
}

#[test]
fn a_start_without_the_cache_says_why_in_the_messages() {
    let queue = filled();
    fs::write(folder(&queue).join("cache.db"), "something else, of some length").unwrap();
    let mut terminal = queue.open(5);
    terminal.wait_for_inbox();
    terminal.type_keys("!");
    terminal.wait_for_text("文件已损坏");
    drop(terminal);
}

#[test]
fn withdrawn_access_takes_the_screen_away_and_exits_with_3() {
    let queue = filled();
    queue.simulator.control("POST", "faults", "app-disabled:*");
    let mut terminal = queue.open(5);
    assert_eq!(terminal.wait_for_end().code(), Some(3));
    let text = terminal.text();
    assert!(text.contains("99991662") && !text.contains(REQUESTER), "{text}");
}

#[test]
fn without_a_network_the_list_stays() {
    let queue = filled();
    queue.simulator.control("POST", "faults", "reset:*");
    let mut terminal = queue.open(5);
    terminal.wait_for_text(REQUESTER);
    terminal.type_keys("j");
    terminal.wait("the failure", |screen| {
        screen.contents().contains(REQUESTER) && screen.contents().contains("失败") || screen.contents().contains("连")
    });
    ends(&mut terminal);
}

#[test]
fn a_list_of_yesterday_waits_for_the_platform() {
    let queue = filled();
    edit(&queue, |cache, now| {
        let list = cache.list(now).unwrap().unwrap();
        let tasks = list.rows.into_iter().map(|row| row.key).collect();
        let good_at = Millis(now.0 - 25 * 3_600_000);
        cache.write(&[CacheWrite::Complete(CompleteList { tasks, good_at, known_until: list.known_until })]).unwrap();
    });
    queue.simulator.control("POST", "faults", "never-answers:*");
    let mut terminal = queue.open(5);
    terminal.wait_for_text("正在连接");
    assert!(!terminal.text().contains(REQUESTER), "{}", terminal.text());
}

#[test]
fn nothing_of_the_queue_is_legible_in_the_file() {
    let queue = filled();
    let folder = folder(&queue);
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        all.extend(fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(all.len() > 20_000, "{} bytes", all.len());
    let ids = requests(&queue);
    let id = ids.iter().find_map(|request| {
        let rest = request["path"].as_str()?.split("/corehr/v2/processes/").nth(1)?;
        rest.split(['/', '?']).next().filter(|id| id.len() > 10).map(str::to_owned)
    });
    for part in [REQUESTER, "休假申请", &id.unwrap(), queue.simulator.secret()] {
        assert!(!all.windows(part.len()).any(|window| window == part.as_bytes()), "{part}");
    }
}

#[test]
fn a_cache_cleared_under_an_open_window_is_gone() {
    let queue = filled();
    let mut terminal = queue.open(5);
    terminal.wait_for_inbox();
    let cleared = Command::new(SHENPI)
        .args(["cache", "clear"])
        .env_clear()
        .env("HOME", queue.state())
        .env("LANG", "en_US.UTF-8")
        .env("SHENPI_STATE_DIR", queue.state())
        .env("SHENPI_BASE_URL", queue.simulator.base_url())
        .env("SHENPI_OPERATOR_ID", queue.simulator.operator_id())
        .output()
        .unwrap();
    let words = String::from_utf8(cleared.stdout).unwrap() + &String::from_utf8(cleared.stderr).unwrap();
    assert_eq!(cleared.status.code(), Some(0), "{words}");
    assert!(words.contains("cleared"), "{words}");
    terminal.type_keys("j");
    ends(&mut terminal);
    let mut next = queue.open(5);
    next.wait_for_inbox();
    ends(&mut next);
}

#[test]
fn a_second_window_reads_the_cache_of_the_first() {
    let queue = filled();
    let mut first = queue.open(5);
    first.wait_for_inbox();
    queue.simulator.control("POST", "faults", "never-answers:*");
    let mut second = queue.open(5);
    second.wait("the list", |screen| screen.alternate_screen() && screen.contents().contains(REQUESTER));
    drop(second);
    queue.simulator.control("DELETE", "faults", "");
    ends(&mut first);
}
