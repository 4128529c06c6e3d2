//! Starts with the cache of an earlier run.

use std::sync::Arc;
use std::time::Duration;

use shenpi::app::{CachedRequest, Loaded, Notice, Query, Restored};
use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::{
    CacheWrite, CachedList, CleanText, Endpoint, FailureKind, Instant, Lang, Millis, Names, Now, Outcome, ProcessId,
    Seen,
};
use shenpi::runtime::ExitReason;
use shenpi::store::cache::{Cache, CacheBounds, Owner};

use crate::support::harness::{Harness, MORNING, settings};
use crate::support::scripted::{Scripted, failure, key, operator, refusal};

/// Ten minutes after the run before.
const LATER: Now = Now { wall: Millis(MORNING.0 + 600_000), mono: Instant(500) };

/// A run that has loaded everything, and opened the second request.
fn before(count: u64) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(count);
    platform.changes = Some(Vec::new());
    let list = CachedList::default();
    let now = Now { wall: MORNING, mono: Instant(1_000) };
    let restored = Restored { list, recent: false, writes: true };
    let mut harness = Harness::with_cache(platform, settings(operator(), Lang::Zh), restored, now);
    harness.answers_come();
    harness.keys("j<enter>").wait(Duration::from_secs(90)).keys("<esc>").wait(Duration::from_secs(90));
    harness
}

/// The list that the real cache keeps of a run.
fn list_of(harness: &mut Harness<Scripted>) -> CachedList {
    let home = tempfile::tempdir().unwrap();
    let owner = Owner { app_id: "cli", app_secret: "secret", whose: "ou" };
    let bounds = CacheBounds { days: 7, bytes: 1 << 26, sensitive: false };
    let (cache, problem) = Cache::open(&home.path().join("cache"), owner, bounds, MORNING);
    assert_eq!(problem, None);
    let mut cache = cache.unwrap();
    let last = harness.app.last_batch();
    harness.kept.extend(last);
    cache.write(&harness.kept).unwrap();
    cache.list(LATER.wall).unwrap().unwrap()
}

fn again(platform: Scripted, list: CachedList, recent: bool) -> Harness<Scripted> {
    let restored = Restored { list, recent, writes: true };
    Harness::with_cache(platform, settings(operator(), Lang::Zh), restored, LATER)
}

fn warm(count: u64) -> Harness<Scripted> {
    let mut first = before(count);
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    platform.asked.clear();
    again(platform, list, true)
}

/// Requests that were read of the platform.
fn read(harness: &Harness<Scripted>) -> Vec<ProcessId> {
    let asked = harness.platform.asked.iter();
    asked.filter_map(|query| if let Query::Process(id) = query { Some(id.clone()) } else { None }).collect()
}

fn unconfirmed(harness: &Harness<Scripted>) -> usize {
    harness.app.inbox.rows().filter(|row| row.is_unconfirmed()).count()
}

fn cached(harness: &Harness<Scripted>, number: u64) -> CachedRequest {
    CachedRequest {
        process: harness.platform.processes[&key(number).process].clone(),
        read_at: MORNING,
        form: Loaded::Here(harness.platform.forms.get(&key(number).process).cloned().map(Arc::new)),
        names: Names::default(),
    }
}

#[test]
fn the_whole_queue_is_there_before_the_first_answer() {
    let mut harness = warm(30);
    assert_eq!((harness.app.inbox.shown_count(), unconfirmed(&harness)), (30, 30));
    assert!(harness.screen().contains("申请人1"), "{}", harness.screen());
    harness.keys("/").write("申请人17").keys("<enter>");
    assert_eq!(harness.app.inbox.shown_count(), 1);
    assert!(!harness.app.inbox.complete);
}

#[test]
fn unchanged_rows_are_confirmed_without_a_reading() {
    let mut harness = warm(30);
    harness.platform.changes = Some(vec![key(7).process]);
    harness.answers_come().wait(Duration::from_secs(60));
    assert_eq!(unconfirmed(&harness), 0);
    let mut read = read(&harness);
    read.sort();
    read.dedup();
    assert_eq!(read, [key(1).process, key(7).process], "the selected and the changed one");
    assert!(harness.app.inbox.is_whole());
}

#[test]
fn new_tasks_are_read_and_ended_ones_leave() {
    let mut first = before(10);
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    platform.asked.clear();
    platform.remove(&key(4));
    let new = platform.add(11, "休假申请", "Leave");
    let mut harness = again(platform, list, true);
    harness.answers_come().wait(Duration::from_secs(60));
    assert!(harness.app.inbox.row(&key(4)).is_none_or(|row| row.gone));
    assert!(read(&harness).contains(&new.process));
}

#[test]
fn every_row_is_read_when_changes_cannot_be_told() {
    for (too_many, failed) in [(true, false), (false, true)] {
        let mut harness = warm(8);
        harness.platform.many_changes = too_many;
        if failed {
            harness.platform.no_changes = Some(refusal(Endpoint::ChangedProcesses, 99_991_672));
        }
        harness.answers_come().wait(Duration::from_secs(120));
        let mut read = read(&harness);
        read.sort();
        read.dedup();
        assert_eq!((read.len(), unconfirmed(&harness)), (8, 0), "too many {too_many}, failed {failed}");
    }
}

#[test]
fn opened_and_changed_marks_are_right_after_a_restart() {
    let mut first = before(4);
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    let seen = |harness: &Harness<Scripted>, number| harness.app.inbox.row(&key(number)).unwrap().seen;
    let mut same =
        again(Scripted { changes: Some(vec![key(2).process]), ..Scripted::with_leaves(4) }, list.clone(), true);
    assert_eq!((seen(&same, 1), seen(&same, 2)), (Seen::Unopened, Seen::Opened));
    same.answers_come().wait(Duration::from_secs(60));
    assert_eq!((seen(&same, 1), seen(&same, 2)), (Seen::Unopened, Seen::Opened), "read again, the same");
    platform.changes = Some(vec![key(2).process]);
    platform.processes.get_mut(&key(2).process).unwrap().initiator_name.zh = CleanText::new("别人");
    let mut changed = again(platform, list, true);
    changed.answers_come().wait(Duration::from_secs(60));
    assert_eq!(seen(&changed, 2), Seen::Changed);
    // Told again by the next run as well, until it is opened.
    let list = list_of(&mut changed);
    let third = again(Scripted::with_leaves(4), list, true);
    assert_eq!(seen(&third, 2), Seen::Changed);
}

#[test]
fn a_final_refusal_takes_the_screen_away_again() {
    let refused = [
        failure(Endpoint::TenantToken, FailureKind::Credentials, Outcome::NotSent, Some(10_014)),
        refusal(Endpoint::TaskList, 1_160_001),
    ];
    for trouble in refused {
        let mut first = before(3);
        let list = list_of(&mut first);
        let mut platform = std::mem::take(&mut first.platform);
        platform.trouble = Some(trouble);
        let mut harness = again(platform, list, true);
        assert_eq!(harness.ended(), None);
        harness.answers_come();
        assert_eq!(harness.ended(), Some(ExitReason::Refused));
        assert_eq!(harness.ended().unwrap().exit_code(), 3);
        assert!(harness.app.inbox.failure.is_some(), "its words are said on the normal screen");
    }
}

#[test]
fn a_passing_failure_keeps_the_list() {
    let mut first = before(3);
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    platform.trouble = Some(failure(Endpoint::TaskList, FailureKind::Unreachable, Outcome::NotSent, None));
    let mut harness = again(platform, list, true);
    harness.answers_come();
    assert_eq!((harness.ended(), harness.app.inbox.shown_count(), unconfirmed(&harness)), (None, 3, 3));
    // A refusal after a good answer is told on screen.
    harness.platform.trouble = None;
    harness.keys("<ctrl-r>").wait(Duration::from_secs(20));
    assert_eq!(unconfirmed(&harness), 0);
    harness.platform.trouble = Some(refusal(Endpoint::TaskList, 1_160_001));
    harness.keys("<ctrl-r>").wait(Duration::from_secs(20));
    assert_eq!(harness.ended(), None);
}

#[test]
fn an_old_list_is_shown_only_as_the_platform_lists_it() {
    let mut first = before(10);
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    platform.asked.clear();
    platform.remove(&key(4));
    let mut harness = again(platform, list, false);
    assert_eq!(harness.app.inbox.shown_count(), 0);
    harness.answers_come().wait(Duration::from_secs(30));
    assert_eq!((harness.app.inbox.shown_count(), unconfirmed(&harness)), (9, 0));
    assert_eq!(read(&harness), [key(1).process], "the rest is known, and has not changed");
    assert!(harness.app.inbox.row(&key(4)).is_none());
}

#[test]
fn a_cached_request_is_shown_marked_and_read_again() {
    let mut harness = warm(3);
    harness.cached.insert(key(3).process, cached(&harness, 3));
    harness.keys("jj<enter>");
    let request = harness.app.requests.get(&key(3).process).unwrap();
    assert!(request.is_cached && request.process.here().is_some());
    assert!(harness.screen().contains("正在刷新"), "{}", harness.screen());
    harness.answers_come().wait(Duration::from_secs(5));
    assert!(!harness.app.requests.get(&key(3).process).unwrap().is_cached);
    assert!(harness.platform.asked.contains(&Query::Form(key(3).process)), "its form is read again too");
    assert!(!harness.screen().contains("正在刷新"), "{}", harness.screen());
}

#[test]
fn preview_shows_the_form_of_the_cache_before_any_answer() {
    let mut harness = warm(3);
    harness.cached.insert(key(3).process, cached(&harness, 3));
    harness.keys("jj").wait(Duration::from_secs(1));
    let screen = harness.screen();
    assert!(screen.contains("探亲") && screen.contains("正在刷新"), "{screen}");
}

#[test]
fn a_cached_request_is_not_called_refreshing_while_offline() {
    let mut first = before(3);
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    platform.trouble = Some(failure(Endpoint::TaskList, FailureKind::Unreachable, Outcome::NotSent, None));
    let mut harness = again(platform, list, true);
    harness.cached.insert(key(3).process, cached(&harness, 3));
    harness.answers_come().keys("jj").wait(Duration::from_secs(1));
    let screen = harness.screen();
    assert!(screen.contains("尚未刷新") && !screen.contains("正在刷新"), "{screen}");
}

#[test]
fn a_stale_cached_request_is_never_decided_on() {
    for stale in [false, true] {
        let mut harness = warm(3);
        harness.cached.insert(key(3).process, cached(&harness, 3));
        // The line is slow: the approver decides on the content that the cache has.
        harness.keys("jj<enter>ay");
        assert!(harness.app.requests.get(&key(3).process).unwrap().is_cached);
        assert!(harness.state(&key(3)).is_some(), "{}", harness.screen());
        if stale {
            let process = harness.platform.processes.get_mut(&key(3).process).unwrap();
            process.initiator_name.zh = CleanText::new("别人");
        }
        harness.wait(Duration::from_secs(6)).answers_come().wait(Duration::from_secs(20));
        let state = harness.state(&key(3));
        assert_eq!(harness.sent.len(), usize::from(!stale), "{state:?}");
        if stale {
            assert!(matches!(state, Some(State::NotSent(Cause::Changed(_)))), "{state:?}");
        }
    }
}

#[test]
fn a_row_that_changed_and_was_not_read_is_kept_as_not_current() {
    let mut first = before(4);
    assert!(list_of(&mut first).rows.iter().all(|row| row.content.as_ref().unwrap().current));
    first.platform.changes = Some(vec![key(3).process]);
    first.platform.limits = vec![(
        |query| matches!(query, Query::Process(_)),
        failure(
            Endpoint::ProcessDetail,
            FailureKind::RateLimited { retry_after: Duration::from_secs(600) },
            Outcome::NotSent,
            None,
        ),
    )];
    first.keys("<ctrl-r>").wait(Duration::from_secs(5));
    let list = list_of(&mut first);
    let current =
        |number| list.rows.iter().find(|row| row.key == key(number)).unwrap().content.as_ref().unwrap().current;
    assert_eq!([1, 2, 3, 4].map(current), [true, true, false, true]);
}

#[test]
fn a_complete_list_names_the_tasks_that_stay() {
    let mut first = before(4);
    first.platform.remove(&key(2));
    first.keys("<ctrl-r>").wait(Duration::from_secs(5)).keys("<ctrl-r>").wait(Duration::from_secs(5));
    let list = list_of(&mut first);
    assert!(list.rows.iter().all(|row| row.key != key(2)) && list.rows.len() == 3);
}

#[test]
fn a_decided_task_is_not_pending_after_a_restart() {
    let mut first = before(3);
    first.keys("gay").wait(Duration::from_secs(8));
    assert_eq!(first.sent.len(), 1, "{}", first.screen());
    let list = list_of(&mut first);
    let mut platform = std::mem::take(&mut first.platform);
    platform.trouble = Some(failure(Endpoint::TaskList, FailureKind::Unreachable, Outcome::NotSent, None));
    let second = again(platform, list, true);
    let rows: Vec<_> = second.app.inbox.rows().map(|row| row.key.clone()).collect();
    assert_eq!(rows, [key(2), key(3)]);
}

#[test]
fn a_reading_window_and_one_without_cache_keep_nothing() {
    let platform = Scripted::with_leaves(3);
    let restored = Restored { list: CachedList::default(), recent: false, writes: false };
    let mut reader = Harness::with_cache(platform, settings(operator(), Lang::Zh), restored, LATER);
    reader.answers_come().wait(Duration::from_secs(20)).keys("j<enter>").wait(Duration::from_secs(5));
    assert!(reader.kept.is_empty() && reader.app.last_batch().is_empty());
    let mut without = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    without.wait(Duration::from_secs(20)).keys("j<enter>").wait(Duration::from_secs(5));
    assert!(without.kept.is_empty());
}

#[test]
fn batches_are_a_second_apart() {
    let platform = Scripted::with_leaves(40);
    let restored = Restored { list: CachedList::default(), recent: false, writes: true };
    let mut harness = Harness::with_cache(platform, settings(operator(), Lang::Zh), restored, LATER);
    harness.answers_come();
    harness.kept.clear();
    harness.wait(Duration::from_millis(900));
    assert!(harness.kept.is_empty());
    harness.wait(Duration::from_millis(200));
    assert!(harness.kept.iter().any(|write| matches!(write, CacheWrite::Rows(_))));
}

#[test]
fn a_start_without_the_cache_is_told_once_and_kept() {
    for (lang, words) in [(Lang::Zh, "未使用缓存：文件已损坏，已删除"), (Lang::En, "Cache not used")] {
        let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), lang), 80, 24);
        harness.event(shenpi::app::Event::CacheUnused(shenpi::domain::CacheProblem::Damaged));
        assert!(harness.screen().contains(words), "{}", harness.screen());
        harness.wait(Duration::from_secs(10));
        assert!(!harness.screen().contains(words), "{}", harness.screen());
        harness.keys("!");
        assert!(harness.screen().contains(words), "{}", harness.screen());
    }
}

#[test]
fn the_end_of_the_cache_is_told() {
    let mut harness = warm(3);
    harness.event(shenpi::app::Event::CacheLost(shenpi::domain::CacheProblem::Full));
    assert!(harness.app.notices.all().any(|(_, notice)| matches!(notice, Notice::CacheLost(_))));
    assert!(harness.screen().contains("磁盘已满"), "{}", harness.screen());
}
