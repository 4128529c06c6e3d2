//! The first requests of a run, while the platform accepts none.

use std::time::Duration;

use shenpi::app::Query;
use shenpi::domain::form::Value;
use shenpi::domain::{DepartmentId, DoneStatus, Endpoint, Failure, FailureKind, I18n, Lang, Outcome, PersonId};

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Hits, Scripted, failure, key, operator};

fn limited(endpoint: Endpoint, seconds: u64) -> Failure {
    let limit = FailureKind::RateLimited { retry_after: Duration::from_secs(seconds) };
    failure(endpoint, limit, Outcome::NotSent, Some(99_991_400))
}

fn lists(harness: &Harness<Scripted>) -> usize {
    harness.platform.asked.iter().filter(|query| matches!(query, Query::Tasks(_))).count()
}

/// The check before the first screen, and the same read within it.
#[test]
fn a_limited_first_page_is_waited_for_and_read_again() {
    for endpoint in [Endpoint::TaskList, Endpoint::TenantToken] {
        for (lang, words) in [
            (Lang::Zh, "飞书限流，09:00:07 自动继续加载。"),
            (Lang::En, "Rate-limited by Feishu; loading continues at 09:00:07."),
        ] {
            for inside in [false, true] {
                let mut platform = Scripted::with_leaves(3);
                let mut harness = if inside {
                    platform.limits = vec![(|query| matches!(query, Query::Tasks(_)), limited(endpoint, 7))];
                    Harness::new(platform, settings(operator(), lang), 80, 24)
                } else {
                    Harness::after_first(platform, settings(operator(), lang), Err(limited(endpoint, 7)))
                };
                let asked = lists(&harness);
                assert!(harness.screen().contains(words), "{}", harness.screen());
                assert!(harness.screen().lines().next().unwrap().contains("09:00:07"), "{}", harness.screen());
                harness.wait(Duration::from_millis(6_900)).keys("");
                assert_eq!(lists(&harness), asked, "not before");
                harness.wait(Duration::from_millis(200));
                assert_eq!((lists(&harness), harness.app.inbox.pending()), (asked + 1, 3), "{endpoint:?} {lang:?}");
                assert!(harness.app.inbox.complete);
                harness.wait(Duration::from_secs(20));
                assert_eq!(lists(&harness), asked + 1);
            }
        }
    }
}

#[test]
fn a_first_page_that_is_limited_again_is_waited_for_again() {
    let mut platform = Scripted::with_leaves(3);
    let tasks = |query: &Query| matches!(query, Query::Tasks(_));
    platform.limits = (0..5).map(|_| (tasks as Hits, limited(Endpoint::TaskList, 10))).collect();
    let mut harness =
        Harness::after_first(platform, settings(operator(), Lang::Zh), Err(limited(Endpoint::TaskList, 10)));
    harness.wait(Duration::from_secs(59));
    assert_eq!((lists(&harness), harness.app.inbox.pending()), (5, 0));
    harness.wait(Duration::from_secs(2));
    assert_eq!((lists(&harness), harness.app.inbox.pending()), (6, 3));
}

#[test]
fn a_key_during_the_wait_asks_nothing_more() {
    let platform = Scripted::with_leaves(3);
    let mut harness =
        Harness::after_first(platform, settings(operator(), Lang::Zh), Err(limited(Endpoint::TaskList, 30)));
    harness.keys("jk<ctrl-r>/x<esc><ctrl-r>");
    assert_eq!(lists(&harness), 0);
    harness.wait(Duration::from_secs(30));
    assert_eq!((lists(&harness), harness.app.inbox.pending()), (1, 3));
}

/// An earlier run's uncertain decision is read at the start, even if a limit delays it.
#[test]
fn a_limited_recovery_is_read_again() {
    let mut harness = Harness::new(Scripted::with_leaves(3), settings(operator(), Lang::Zh), 80, 24);
    let lost = failure(Endpoint::UpdateTask, FailureKind::Cut, Outcome::MayHaveHappened, None);
    harness.platform.verdicts.push_back(Err(lost));
    harness.keys("ay").wait(Duration::from_millis(5_100));
    harness.platform.finish(&key(1), DoneStatus::Done, "");
    let process = |query: &Query| matches!(query, Query::Process(_));
    let tasks = |query: &Query| matches!(query, Query::Tasks(_));
    harness.platform.limits =
        vec![(process, limited(Endpoint::ProcessDetail, 20)), (tasks, limited(Endpoint::TaskList, 20))];
    let mut harness = harness.start_again(None);
    assert_eq!(harness.app.outbox.unknown(), 1);
    harness.wait(Duration::from_secs(25));
    assert_eq!((harness.app.outbox.unknown(), harness.app.inbox.pending()), (0, 2), "{}", harness.screen());
}

/// Names, labels and changed processes: no other read asks for them again.
#[test]
fn every_other_read_that_is_limited_is_made_again() {
    let kinds: [(Hits, Endpoint, &str); 4] = [
        (|query| matches!(query, Query::PeopleById(_)), Endpoint::EmployeesById, "<enter>2"),
        (|query| matches!(query, Query::DepartmentNames(_)), Endpoint::Departments, "<enter>2"),
        (|query| matches!(query, Query::Labels(_)), Endpoint::FormV1, "<enter>2"),
        (|query| matches!(query, Query::People(_)), Endpoint::SearchEmployees, "tl"),
    ];
    for (hits, endpoint, keys) in kinds {
        let mut platform = Scripted::with_leaves(3);
        let form = platform.forms.get_mut(&key(1).process).unwrap();
        form.fields[0].value = Value::User(PersonId::new("ou_1"));
        form.fields[1].value = Value::Department(DepartmentId::new("od_1"));
        let mut labelled = form.fields[1].clone();
        labelled.value = Value::Enum { id: "a".into(), label: I18n::default() };
        form.fields.push(labelled);
        platform.limits = vec![(hits, limited(endpoint, 15)), (hits, limited(endpoint, 15))];
        let mut harness = Harness::new(platform, settings(operator(), Lang::Zh), 80, 24);
        harness.keys(keys).wait(Duration::from_secs(2));
        let asked = |harness: &Harness<Scripted>| harness.platform.asked.iter().filter(|query| hits(query)).count();
        assert_eq!(asked(&harness), 1, "{endpoint:?}");
        harness.wait(Duration::from_secs(40));
        assert_eq!(asked(&harness), 3, "{endpoint:?}: twice limited, then answered");
        harness.wait(Duration::from_secs(120));
        assert_eq!(asked(&harness), 3, "{endpoint:?}: and not again");
    }
}
