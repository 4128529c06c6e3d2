//! One journal, one platform, many runs of the program: each is killed but the last, which settles all open decisions.

use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::approver::{Approver, Asked, Memory, Moment, Plan};
use super::platform::Office;
use super::pty::{Gone, TerminalSession};
use super::reconcile::{Findings, Reconciliation};
use super::report::Report;

pub struct Round {
    name: String,
    random: SmallRng,
    office: Office,
    memory: Memory,
    ledger: Reconciliation,
    tally: Report,
    /// Decisions that the next start has to ask or to tell about.
    open: usize,
    newest: Option<(&'static str, shenpi::domain::EntryId)>,
}

impl Round {
    pub fn new(seed: u64, number: usize) -> Self {
        let own = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(number as u64);
        Self {
            name: format!("seed {seed}, journal {number}"),
            random: SmallRng::seed_from_u64(own),
            office: Office::open(own),
            memory: Memory::default(),
            ledger: Reconciliation::default(),
            tally: Report::default(),
            open: 0,
            newest: None,
        }
    }

    /// As many kills, then the end.
    pub fn play(mut self, kills: usize) -> Report {
        for number in 0..kills {
            self.kill(number);
        }
        self.settle();
        self.tally.seen = self.memory.confirmed.values().sum();
        self.tally.lists = self.memory.lists;
        for said in &self.memory.said {
            self.tally.said(said);
        }
        self.tally
    }

    fn plan(&mut self) -> Plan {
        let drawn = self.random.random_range(0..100);
        let mut plan = |moment, times, longest| Plan {
            moment,
            times,
            delay: Duration::from_millis(self.random.random_range(0..longest)),
        };
        match drawn {
            0..20 => plan(Moment::Start, 1, 2_500),
            20..35 if self.open > 0 => plan(Moment::List, 1, 1_500),
            20..28 => plan(Moment::Inbox, 1, 600),
            28..35 => plan(Moment::Review, 1, 500),
            35..80 => plan(Moment::Confirmed, 1, 350),
            80..92 => plan(Moment::Confirmed, 2, 600),
            _ => plan(Moment::Confirmed, 1, 1_600),
        }
    }

    /// One run of the program and its end.
    fn kill(&mut self, number: usize) {
        let faults = self.office.draw_faults(&mut self.random);
        let undo = u64::from(self.random.random_range(0..100) < 15);
        let plan = self.plan();
        let mut console = TerminalSession::start(&self.office, undo);
        let mut approver = Approver::new(&mut console, &mut self.memory, &mut self.random, &self.office, Some(plan));
        let gone = approver.work(self.open > 0);
        approver.look_back();
        let mut violations = Vec::new();
        match gone {
            Err(Gone::Killed) => {}
            Err(Gone::Ended(status)) => violations.push(format!("the program ended by itself: {status}")),
            Ok(Asked::Nothing) => {
                violations.push(format!("{} decisions are open or untold, and nobody says so", self.open));
            }
        }
        let (typed, screen) = (console.typed.clone(), console.text());
        drop(console);
        let findings = self.look(&mut violations);
        let wrote = findings.newest != self.newest;
        self.tally
            .killed_at(findings.newest.as_ref().filter(|_| wrote).map_or("nothing", |(state, _)| state), plan.moment);
        self.newest = findings.newest;
        self.tally.in_doubt += findings.in_doubt;
        for violation in violations {
            self.tally.violations.push(format!(
                "{}, kill {number}, {plan:?}, undo {undo} s, faults [{faults}], typed {typed:?}\n{violation}\n{screen}",
                self.name
            ));
        }
    }

    fn look(&mut self, violations: &mut Vec<String>) -> Findings {
        let findings = self.ledger.compare(&self.office, &self.memory);
        violations.extend(findings.violations());
        self.open = findings.open + findings.untold;
        // A fault stays in the journal, so its maximum over all looks counts.
        self.tally.lost = self.tally.lost.max(findings.lost.len());
        self.tally.doubled = self.tally.doubled.max(findings.doubled.len());
        self.tally.lies = self.tally.lies.max(findings.lies.len());
        (self.tally.decisions, self.tally.writes) = (findings.decisions, findings.writes);
        findings
    }

    /// The last run, without a kill: every decision gets its answer, and the run after it asks nothing.
    fn settle(&mut self) {
        self.office.heal();
        let mut violations = Vec::new();
        let mut console = TerminalSession::start(&self.office, 0);
        let settled = Approver::new(&mut console, &mut self.memory, &mut self.random, &self.office, None).settle();
        let screen = console.text();
        if console.end().and_then(|status| status.code()) != Some(0) {
            violations.push("the approver could not quit".to_owned());
        }
        let findings = self.ledger.compare(&self.office, &self.memory);
        match settled {
            Ok(Some(told)) if told == findings.decisions => {}
            other => violations.push(format!("not settled, or not all {} told: {other:?}", findings.decisions)),
        }
        self.tally.mix.clone_from(&findings.mix);
        if findings.open > 0 {
            violations.push(format!("{} decisions are still open", findings.open));
        }
        violations.extend(findings.violations().filter(|words| !words.contains("says that the user quit")));
        let said = |words| format!("{}, settling\n{words}\n{screen}", self.name);
        self.tally.violations.extend(violations.into_iter().map(said));
    }
}
