//! The budget of one endpoint, for any pattern of requests.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::budget::EndpointBudget;
use super::call_log::Window;
use super::{LEVEL_4, LIST, MINUTE_20, MINUTE_100, RequestBudgets, SECOND_50, a_minute};
use crate::domain::{Endpoint, Priority};

const TABLES: [&[Window]; 5] = [MINUTE_20, MINUTE_100, LIST, SECOND_50, LEVEL_4];

/// One request: the milliseconds after the one before it, and its class.
fn requests(longest: u64) -> impl Strategy<Value = Vec<(u64, Priority)>> {
    let pause = prop_oneof![5 => 0..=longest / 50, 1 => 0..=longest];
    prop::collection::vec((pause, prop::sample::select(&Priority::ALL[..])), 1..600)
}

fn at(start: Instant, milliseconds: u64) -> Instant {
    start + Duration::from_millis(milliseconds)
}

fn served(budget: &mut EndpointBudget, class: Priority, now: Instant) -> bool {
    let taken = budget.take(class, now).is_ok();
    if taken {
        budget.finished();
    }
    taken
}

/// How many of the class are served at this moment.
fn burst(budget: &mut EndpointBudget, class: Priority, now: Instant) -> usize {
    (0..1000).take_while(|_| served(budget, class, now)).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_span_ever_has_more_than_its_budget(
        table in prop::sample::select(&TABLES[..]),
        requests in requests(30_000),
        refusals in prop::collection::vec(0_usize..600, 0..3),
    ) {
        let (start, mut now) = (Instant::now(), 0);
        let mut budget = EndpointBudget::new(table);
        let mut sent = Vec::new();
        for (number, (pause, class)) in requests.into_iter().enumerate() {
            now += pause;
            if served(&mut budget, class, at(start, now)) {
                sent.push(now);
            }
            if refusals.contains(&number) {
                budget.refused(at(start, now + 1000), at(start, now));
            }
        }
        for Window { most, span, .. } in table {
            let most = *most as usize;
            for calls in sent.windows(most + 1) {
                prop_assert!(Duration::from_millis(calls[most] - calls[0]) >= *span, "{most} in {span:?}");
            }
        }
    }

    /// Whatever the lower classes did before, and the upper ones themselves within their share.
    #[test]
    fn nothing_lower_can_use_a_reserve(
        table in prop::sample::select(&TABLES[..]),
        requests in requests(2_000),
        refused in any::<bool>(),
    ) {
        let (start, mut now) = (Instant::now(), 0);
        let mut budget = EndpointBudget::new(table);
        if refused {
            budget.refused(at(start, 0), at(start, 0));
        }
        for (pause, class) in requests {
            now += pause;
            if class >= Priority::Visible {
                served(&mut budget, class, at(start, now));
            }
        }
        let tenth = table.iter().map(|window| window.most.div_ceil(10)).min().unwrap_or_default() as usize;
        // Those that were turned away may still be expected: the upper classes never wait for them.
        prop_assert!(burst(&mut budget, Priority::Opened, at(start, now)) >= tenth);
        let checks = burst(&mut budget, Priority::Check, at(start, now));
        prop_assert!(checks >= tenth || !table[0].checked);
    }

    #[test]
    fn the_waiting_time_is_right(
        table in prop::sample::select(&TABLES[..]),
        requests in requests(5_000),
        last in prop::sample::select(&Priority::ALL[..]),
        refusals in prop::collection::vec(0_usize..600, 0..2),
    ) {
        let (start, mut now) = (Instant::now(), 0);
        let mut budget = EndpointBudget::new(table);
        for (number, (pause, class)) in requests.into_iter().enumerate() {
            now += pause;
            served(&mut budget, class, at(start, now));
            if refusals.contains(&number) {
                budget.refused(at(start, now + 700), at(start, now));
                    }
        }
        let now = at(start, now);
        if let Err(wait) = budget.take(last, now) {
            prop_assert!(wait <= Duration::from_secs(62), "{wait:?}");
            prop_assert_eq!(budget.take(last, now + wait), Ok(()), "after {:?}", wait);
        }
    }

    /// The background asks whenever it may; the others at any time.
    #[test]
    fn the_background_is_spread_evenly(requests in requests(20_000)) {
        let (start, mut now) = (Instant::now(), 0);
        let mut budget = EndpointBudget::new(MINUTE_100);
        let (mut next, mut sent) = (0, Vec::new());
        for (pause, class) in requests {
            let until = now + pause;
            while next <= until {
                match budget.take(Priority::Background, at(start, next)) {
                    Ok(()) => {
                        budget.finished();
                        sent.push(next);
                    }
                    Err(wait) => next += u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX),
                }
            }
            now = until;
            served(&mut budget, class, at(start, now));
        }
        // A turn is 61 s / 50 at least, and half of one may be made up for.
        for calls in sent.windows(2) {
            prop_assert!(calls[1] - calls[0] >= 600, "{} ms", calls[1] - calls[0]);
        }
        for calls in sent.windows(11) {
            prop_assert!(calls[10] - calls[0] >= 11_500, "{} ms", calls[10] - calls[0]);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Each class asks without end; the classes above it use what they can get, but for the checks and what was opened.
    #[test]
    fn no_class_starves_while_the_first_two_leave_room(
        refusals in prop::collection::vec(1_u64..600, 0..4),
        pause in 100_u64..400,
    ) {
        let start = Instant::now();
        let mut budget = EndpointBudget::new(MINUTE_100);
        let mut last = [0_u64; 5];
        for now in (0..600_000).step_by(usize::try_from(pause).unwrap_or(1)) {
            if refusals.contains(&(now / 1000)) {
                budget.refused(at(start, now + 1000), at(start, now));
            }
            for class in [Priority::Visible, Priority::Neighbor, Priority::Background] {
                if served(&mut budget, class, at(start, now)) {
                    last[class as usize] = now;
                }
                prop_assert!(now - last[class as usize] <= 125_000, "{class:?} waits at {now}");
            }
        }
    }
}

#[test]
fn alone_the_background_uses_all_that_is_free_at_an_even_pace() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(MINUTE_100);
    let (mut now, mut sent) = (start, Vec::new());
    while now < start + Duration::from_secs(610) {
        match budget.take(Priority::Background, now) {
            Ok(()) => sent.push(now),
            // It comes a little late each time.
            Err(wait) => now += wait + Duration::from_millis(15),
        }
    }
    assert!((490..=502).contains(&sent.len()), "{} in ten spans of 61 s: 50 each", sent.len());
    let longest = sent.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
    assert!(longest <= Duration::from_millis(1250), "{longest:?}");
}

#[test]
fn two_screens_are_there_at_once_beside_a_busy_background() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(MINUTE_100);
    let mut now = start;
    while now < start + Duration::from_secs(180) {
        if let Err(wait) = budget.take(Priority::Background, now) {
            now += wait;
        }
    }
    assert!(burst(&mut budget, Priority::Visible, now) >= 20);
    let wait = budget.take(Priority::Visible, now).unwrap_err();
    assert!(wait <= Duration::from_secs(61), "{wait:?}");
    assert!(burst(&mut budget, Priority::Opened, now) >= 10);
    assert_eq!(burst(&mut budget, Priority::Check, now), 10);
}

#[test]
fn a_class_that_was_told_to_come_is_not_overtaken() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(MINUTE_20);
    for _ in 0..19 {
        assert!(served(&mut budget, Priority::Check, start));
    }
    let later = start + Duration::from_secs(61);
    assert_eq!(budget.take(Priority::Opened, start), Err(Duration::from_secs(61)));
    let grace = Duration::from_millis(250);
    assert_eq!(budget.take(Priority::Background, later), Err(grace), "the opened request comes first");
    assert_eq!(budget.take(Priority::Opened, later), Ok(()));
    assert_eq!(budget.take(Priority::Background, later), Ok(()));
    // One that does not come back is waited for once.
    for _ in 0..17 {
        assert!(served(&mut budget, Priority::Check, later));
    }
    let last = later + Duration::from_secs(61);
    assert!(budget.take(Priority::Opened, later).is_err());
    assert_eq!(budget.take(Priority::Background, last + grace), Ok(()));
}

#[test]
fn a_refusal_of_the_gateway_closes_the_endpoint_for_every_class() {
    let mut budgets = RequestBudgets::new(7);
    let now = Instant::now();
    let wait = budgets.refused(Endpoint::ProcessDetail, Duration::from_secs(38), now);
    assert!(Duration::from_secs(38) <= wait && wait <= Duration::from_millis(38_500), "{wait:?}");
    for class in Priority::ALL {
        assert!(budgets.take(Endpoint::ProcessDetail, class, now).unwrap_err() >= wait, "{class:?}");
        assert_eq!(budgets.take(Endpoint::TaskList, class, now), Ok(()), "{class:?}");
        budgets.finished(Endpoint::TaskList);
    }
    assert_eq!(budgets.take(Endpoint::ProcessDetail, Priority::Check, now + wait), Ok(()));
}

#[test]
fn programs_of_one_app_come_back_at_different_times() {
    let now = Instant::now();
    let wait = |seed| RequestBudgets::new(seed).refused(Endpoint::FormV2, Duration::from_secs(5), now);
    assert_eq!(wait(1), wait(1));
    assert_ne!(wait(1), wait(2));
}

#[test]
fn after_a_refusal_one_request_is_under_way_at_a_time() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(MINUTE_100);
    let open = at(start, 5000);
    budget.refused(open, start);
    assert_eq!(budget.take(Priority::Visible, open), Ok(()));
    assert!(budget.take(Priority::Check, open).is_err(), "its answer is awaited");
    budget.finished();
    assert_eq!(budget.take(Priority::Check, open), Ok(()));
    // An answer that does not come is not awaited for ever.
    assert!(budget.take(Priority::Check, at(open, 1999)).is_err());
    assert_eq!(budget.take(Priority::Check, at(open, 2000)), Ok(()));
}

#[test]
fn refusals_take_from_the_lower_classes_first_and_never_from_the_checks() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(MINUTE_100);
    let mut now = start;
    let mut room = Vec::new();
    for _ in 0..8 {
        budget.refused(now, now);
        now += Duration::from_secs(70);
        let each = [Priority::Visible, Priority::Opened, Priority::Check].map(|class| burst(&mut budget, class, now));
        room.push((each[0], each[0] + each[1], each.iter().sum::<usize>()));
        now += Duration::from_secs(70);
    }
    let visible: Vec<usize> = room.iter().map(|(visible, ..)| *visible).collect();
    assert!(visible.is_sorted_by(|earlier, later| earlier >= later) && visible[7] >= 5, "{visible:?}");
    assert_eq!(room[2].1, 85, "what was opened is untouched at first: {room:?}");
    assert!(room[7].1 < 70, "and gives way in the end: {room:?}");
    assert!(room.iter().all(|(.., all)| *all == 95), "{room:?}");
}

#[test]
fn what_a_refusal_took_grows_back_by_the_same_amount_each_minute() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(MINUTE_100);
    (0..2).for_each(|number| budget.refused(at(start, number), at(start, number)));
    let room = |minutes: u64| {
        let mut budget = EndpointBudget::new(MINUTE_100);
        (0..2).for_each(|number| budget.refused(at(start, number), at(start, number)));
        burst(&mut budget, Priority::Visible, start + Duration::from_secs(60 * minutes + 1))
    };
    let rooms: Vec<usize> = (0..5).map(|quarter| room(15 * quarter)).collect();
    assert!(rooms.windows(2).take(2).all(|pair| pair[1] > pair[0] + 10), "{rooms:?}");
    assert_eq!(
        room(120),
        burst(&mut EndpointBudget::new(MINUTE_100), Priority::Visible, start),
        "all of it in the end"
    );
}

#[test]
fn the_refusals_of_requests_under_way_count_once() {
    let start = Instant::now();
    let (mut one, mut many) = (EndpointBudget::new(MINUTE_100), EndpointBudget::new(MINUTE_100));
    one.refused(at(start, 5000), start);
    (0..4).for_each(|number| many.refused(at(start, 5000), at(start, number)));
    let room = |budget: &mut EndpointBudget| burst(budget, Priority::Visible, at(start, 5000));
    assert_eq!(room(&mut one), room(&mut many));
}

#[test]
fn a_clock_that_a_slow_caller_read_earlier_does_no_harm() {
    let start = Instant::now();
    let mut budget = EndpointBudget::new(&[a_minute(2)]);
    assert_eq!(budget.take(Priority::Check, at(start, 100)), Ok(()));
    assert_eq!(budget.take(Priority::Check, start), Ok(()));
    assert_eq!(budget.take(Priority::Check, start), Err(Duration::from_secs(61)));
}
