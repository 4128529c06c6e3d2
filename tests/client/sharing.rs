//! Several programs on one app: their budgets against the simulator's own count of calls, on a virtual clock.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::io::Write as _;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use shenpi::domain::{Endpoint, Millis, Priority};
use shenpi::feishu::rate_limit::RequestBudgets;
use shenpi::sim::endpoint::Endpoint as Called;
use shenpi::sim::http::{CallCounter, LimitedCall, RateLimits};

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const LENGTH: u64 = 30 * MINUTE;
/// Until then the programs learn of each other.
const LEARNING: u64 = 3 * MINUTE;
/// When the fourth program floods.
const FLOODS: [(u64, u64); 2] = [(8 * MINUTE, 9 * MINUTE), (18 * MINUTE, 20 * MINUTE)];
const PROGRAMS: usize = 3;
/// Requests that a program has under way at a time.
const IN_FLIGHT: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Happening {
    /// A program wants so many requests of a class.
    Wish {
        program: usize,
        class: Priority,
        count: u8,
    },
    /// The waiting time of a class is over.
    Retry {
        program: usize,
    },
    Arrival {
        program: usize,
        class: Priority,
        wished: u64,
    },
    /// The answer of the gateway: the seconds of its reset, or 0.
    Answer {
        program: usize,
        class: Priority,
        wished: u64,
        reset: u32,
    },
    /// The fourth program calls.
    Other,
}

struct Program {
    budgets: RequestBudgets,
    wishes: [VecDeque<u64>; 5],
    retry: [u64; 5],
    in_flight: usize,
    sent: Vec<u64>,
    refused: Vec<u64>,
    served: Vec<(u64, Priority)>,
}

/// One run and its record.
struct Run {
    random: SmallRng,
    start: Instant,
    heap: BinaryHeap<Reverse<(u64, u64, Happening)>>,
    number: u64,
    gateway: CallCounter,
    programs: Vec<Program>,
    /// While the gateway's window was full.
    shut: Vec<(u64, u64)>,
    /// Checks: when wished, when served.
    checks: Vec<(u64, u64)>,
}

impl Run {
    fn new(seed: u64) -> Self {
        let program = |number| Program {
            budgets: RequestBudgets::new(seed * 7 + number),
            wishes: Default::default(),
            retry: [0; 5],
            in_flight: 0,
            sent: Vec::new(),
            refused: Vec::new(),
            served: Vec::new(),
        };
        let mut run = Self {
            random: SmallRng::seed_from_u64(seed),
            start: Instant::now(),
            heap: BinaryHeap::new(),
            number: 0,
            gateway: CallCounter::new(RateLimits::Scaled(1.0)),
            programs: (0..3).map(program).collect(),
            shut: Vec::new(),
            checks: Vec::new(),
        };
        for program in 0..PROGRAMS {
            run.plan(0, Happening::Wish { program, class: Priority::Visible, count: 11 });
            for (class, mean) in [(Priority::Check, 20), (Priority::Opened, 20), (Priority::Visible, 45)] {
                run.wish_later(0, program, class, mean);
            }
        }
        run.plan(0, Happening::Other);
        run
    }

    fn plan(&mut self, at: u64, what: Happening) {
        self.number += 1;
        self.heap.push(Reverse((at, self.number, what)));
    }

    fn wish_later(&mut self, now: u64, program: usize, class: Priority, mean: u64) {
        let after = self.random.random_range(0..2 * mean * SECOND);
        let count = match class {
            Priority::Visible => 11,
            // A few decisions in one go.
            Priority::Check if self.random.random_bool(0.1) => 5,
            _ => 1,
        };
        self.plan(now + after, Happening::Wish { program, class, count });
    }

    fn go(mut self) -> Self {
        while let Some(Reverse((now, _, what))) = self.heap.pop() {
            if now >= LENGTH {
                break;
            }
            match what {
                Happening::Wish { program, class, count } => self.wish(now, program, class, count),
                Happening::Retry { program } => self.send(now, program),
                Happening::Arrival { program, class, wished } => {
                    let reset = self.gateway_counts(now).map_or_else(|limited| limited.reset, |()| 0);
                    let back = self.random.random_range(30..200);
                    if reset == 0 && class == Priority::Check {
                        self.checks.push((wished, now));
                    }
                    self.plan(now + back, Happening::Answer { program, class, wished, reset });
                }
                Happening::Answer { program, class, wished, reset } => {
                    self.answer(now, program, class, wished, reset);
                    self.send(now, program);
                }
                Happening::Other => {
                    let _ = self.gateway_counts(now);
                    let floods = FLOODS.iter().any(|(from, to)| (*from..*to).contains(&now));
                    let pause = if floods { 50 } else { self.random.random_range(0..10 * SECOND) };
                    self.plan(now + pause, Happening::Other);
                }
            }
        }
        self
    }

    fn gateway_counts(&mut self, now: u64) -> Result<(), LimitedCall> {
        let at = |now: u64| Millis(i64::try_from(now).unwrap());
        let counted = self.gateway.count(Called::Detail, at(now));
        // A refused call changes nothing, so that a copy may be asked whether there is room for another.
        if counted.is_ok()
            && let Err(limited) = self.gateway.clone().count(Called::Detail, at(now))
        {
            self.shut.push((now, now + u64::from(limited.reset) * SECOND));
        }
        counted
    }

    fn wish(&mut self, now: u64, program: usize, class: Priority, count: u8) {
        self.programs[program].wishes[class as usize].extend((0..count).map(|_| now));
        match class {
            Priority::Check | Priority::Opened => self.wish_later(now, program, class, 20),
            Priority::Visible => {
                self.programs[program].wishes[Priority::Neighbor as usize] = std::iter::repeat_n(now, 22).collect();
                self.wish_later(now, program, class, 45);
            }
            _ => {}
        }
        self.send(now, program);
    }

    fn send(&mut self, now: u64, number: usize) {
        let instant = self.start + Duration::from_millis(now);
        let mut plans = Vec::new();
        let program = &mut self.programs[number];
        // The rest of a long list.
        if program.wishes[4].is_empty() {
            program.wishes[4].push_back(now);
        }
        for class in Priority::ALL {
            let place = class as usize;
            while (class < Priority::Visible || program.in_flight < IN_FLIGHT)
                && program.retry[place] <= now
                && let Some(wished) = program.wishes[place].front().copied()
            {
                match program.budgets.take(Endpoint::ProcessDetail, class, instant) {
                    Ok(()) => {
                        program.wishes[place].pop_front();
                        program.in_flight += 1;
                        program.sent.push(now);
                        let there = self.random.random_range(30..200);
                        plans.push((now + there, Happening::Arrival { program: number, class, wished }));
                    }
                    Err(wait) => {
                        program.retry[place] = now + u64::try_from(wait.as_nanos().div_ceil(1_000_000)).unwrap();
                        plans.push((program.retry[place], Happening::Retry { program: number }));
                    }
                }
            }
        }
        for (at, what) in plans {
            self.plan(at, what);
        }
    }

    fn answer(&mut self, now: u64, number: usize, class: Priority, wished: u64, reset: u32) {
        let program = &mut self.programs[number];
        let instant = self.start + Duration::from_millis(now);
        program.in_flight -= 1;
        program.budgets.finished(Endpoint::ProcessDetail);
        if reset == 0 {
            program.served.push((now, class));
            return;
        }
        let reset = Duration::from_secs(u64::from(reset));
        let wait = program.budgets.refused(Endpoint::ProcessDetail, reset, instant);
        program.refused.push(now);
        program.wishes[class as usize].push_front(wished);
        program.retry = [now + u64::try_from(wait.as_millis()).unwrap() + 1; 5];
        self.plan(now + u64::try_from(wait.as_millis()).unwrap() + 1, Happening::Retry { program: number });
    }
}

impl Run {
    /// Milliseconds of a span in which the gateway's window was full.
    fn shut_within(&self, from: u64, to: u64) -> u64 {
        self.shut.iter().map(|(start, end)| to.min(*end).saturating_sub(from.max(*start))).sum()
    }

    /// Whether a flood, or the window that it filled, lies in a span.
    fn is_flooded(from: u64, to: u64) -> bool {
        FLOODS.iter().any(|(start, end)| from < end + MINUTE && to > *start)
    }

    fn assert_within_own_budgets(&self) {
        for program in &self.programs {
            for calls in program.sent.windows(96) {
                assert!(calls[95] - calls[0] >= 61 * SECOND, "96 calls from {} to {}", calls[0], calls[95]);
            }
        }
    }

    /// Returns the most refusals of one program in a minute.
    fn assert_few_refusals(&self) -> usize {
        let later =
            |program: &Program| program.refused.iter().copied().filter(|at| *at >= LEARNING).collect::<Vec<_>>();
        let most = self.programs.iter().map(later).flat_map(|refused| {
            (0..refused.len())
                .map(|first| refused[first..].iter().filter(|at| **at - refused[first] < MINUTE).count())
                .collect::<Vec<_>>()
        });
        let most = most.max().unwrap_or_default();
        assert!(most <= 2, "{most} refusals in a minute");
        most
    }

    /// Nothing is served while the gateway's window is full. Long after one, a check waits for three seconds at most; else
    /// for five each time that a window opens: what has piled up goes one by one.
    fn assert_checks_are_served(&self) {
        for (wished, served) in self.checks.iter().filter(|(wished, _)| *wished >= LEARNING) {
            let open = served - wished - self.shut_within(*wished, *served);
            let closings = self.shut.iter().filter(|(start, end)| start < served && end + 5 * SECOND > *wished).count();
            let longest = if closings == 0 { 3 * SECOND } else { 5 * SECOND * u64::try_from(closings).unwrap() };
            assert!(open <= longest, "a check of {wished} waited {open} ms while the gateway was open");
        }
    }

    /// The waits of the checks after the programs have learnt of each other, but for the floods.
    fn calm_waits(&self) -> Vec<u64> {
        let is_calm = |(wished, served): &&(u64, u64)| *wished >= LEARNING && !Self::is_flooded(*wished, *served);
        self.checks.iter().filter(is_calm).map(|(wished, served)| served - wished).collect()
    }

    fn assert_no_class_starves(&self) {
        const SPAN: u64 = 3 * MINUTE;
        for (number, program) in self.programs.iter().enumerate() {
            for from in (LEARNING..LENGTH - SPAN).step_by(20_000).filter(|from| !Self::is_flooded(*from, from + SPAN)) {
                for class in [Priority::Visible, Priority::Neighbor, Priority::Background] {
                    let is_its = |(at, other): &&(u64, Priority)| *other == class && (from..from + SPAN).contains(at);
                    assert!(program.served.iter().any(|served| is_its(&served)), "{number}: no {class:?} from {from}");
                }
            }
        }
    }

    fn figures(&self, refusals: usize) -> String {
        let served =
            |class| self.programs.iter().flat_map(|program| &program.served).filter(|(_, of)| *of == class).count();
        let classes = Priority::ALL.map(|class| format!("{class:?} {}", served(class))).join(", ");
        let calm = self.calm_waits();
        let all = self.checks.iter().map(|(wished, served)| served - wished);
        format!(
            "{classes}; at most {refusals} refusals a minute; checks outside the floods: {} of {} over 3 s, longest {} ms; \
             longest of all {} ms; gateway shut for {} s",
            calm.iter().filter(|wait| **wait > 3 * SECOND).count(),
            calm.len(),
            calm.iter().max().unwrap(),
            all.max().unwrap(),
            self.shut_within(LEARNING, LENGTH) / SECOND,
        )
    }
}

/// Thirty minutes: everything that a program may want at once, and a fourth program that twice ignores all resets.
#[test]
fn three_programs_and_a_flood_share_one_limit() {
    let mut calm = Vec::new();
    for seed in 0..20 {
        let run = Run::new(seed).go();
        let refusals = run.assert_few_refusals();
        writeln!(std::io::stderr().lock(), "seed {seed}: {}", run.figures(refusals)).unwrap();
        run.assert_within_own_budgets();
        run.assert_checks_are_served();
        run.assert_no_class_starves();
        calm.extend(run.calm_waits());
    }
    // The limit is found only by reaching it: then the gateway is shut for a few seconds.
    let late = calm.iter().filter(|wait| **wait > 3 * SECOND).count();
    assert!(late * 200 <= calm.len(), "{late} of {} checks waited for long", calm.len());
}

/// Any pattern of one program's requests passes the platform's windows, wherever they begin and however the ways of the
/// requests differ within the margin.
#[test]
fn a_program_alone_is_never_refused() {
    for (endpoint, called, margin) in [
        (Endpoint::ProcessDetail, Called::Detail, 1000),
        (Endpoint::Transfer, Called::Transfer, 1000),
        (Endpoint::TaskList, Called::Tasks, 200),
        (Endpoint::UpdateTask, Called::UpdateTask, 200),
        (Endpoint::Departments, Called::Departments, 200),
    ] {
        for seed in 0..40 {
            let mut random = SmallRng::seed_from_u64(seed);
            let (mut budgets, start) = (RequestBudgets::new(seed), Instant::now());
            let (mut now, mut arrivals) = (0_u64, Vec::new());
            let pause = [3, 40, 400, 3000][usize::try_from(seed % 4).unwrap()];
            for _ in 0..3000 {
                now += if random.random_bool(0.01) {
                    random.random_range(0..90_000)
                } else {
                    random.random_range(0..=pause)
                };
                let class = Priority::ALL[random.random_range(0..5)];
                if budgets.take(endpoint, class, start + Duration::from_millis(now)).is_ok() {
                    arrivals.push(now + random.random_range(0..=margin));
                }
            }
            arrivals.sort_unstable();
            let mut gateway = CallCounter::new(RateLimits::Scaled(1.0));
            for at in arrivals {
                let counted = gateway.count(called, Millis(i64::try_from(at).unwrap()));
                assert_eq!(counted, Ok(()), "{endpoint:?} {seed}: at {at}");
            }
        }
    }
}

/// A queue of 3,000 tasks: each page is asked for after the one before it.
#[test]
fn thirty_pages_of_the_list_take_three_seconds() {
    let (mut budgets, start) = (RequestBudgets::new(1), Instant::now());
    let mut now = start;
    for _ in 0..30 {
        while let Err(wait) = budgets.take(Endpoint::TaskList, Priority::Opened, now) {
            now += wait;
        }
        now += Duration::from_millis(30);
        budgets.finished(Endpoint::TaskList);
    }
    assert!(now - start <= Duration::from_secs(3), "{:?}", now - start);
}
