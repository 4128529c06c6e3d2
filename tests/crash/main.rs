//! The real program in a pseudo-terminal, killed without warning at random moments of a triage, again and again. After
//! each kill its journal and the platform's own record must tell the same story.
//!
//! `SHENPI_KILLS=1000 cargo test --test crash -- --nocapture` chooses how many kills, `SHENPI_KILLS_SEED` which ones,
//! `SHENPI_KILLS_LANES` how many programs run side by side.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod approver;
mod platform;
mod pty;
mod reconcile;
mod report;
mod round;
mod screen;

use std::env;
use std::io::Write as _;
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use report::Report;
use round::Round;

/// Kills of a run without a requested number.
const FEW: usize = 40;
/// Kills in which every drawn case comes up.
const MANY: usize = 500;
/// Kills on one journal and one platform at most: a look at it costs the more, the longer it is.
const KILLS_IN_A_ROUND: usize = 32;

fn chosen<T: FromStr>(variable: &str, otherwise: T) -> T {
    env::var(variable).map_or(otherwise, |text| text.parse().ok().unwrap_or_else(|| panic!("{variable}: {text:?}")))
}

#[test]
fn whatever_kills_the_program_its_journal_and_the_platform_agree() {
    let kills: usize = chosen("SHENPI_KILLS", FEW);
    let seed: u64 = chosen("SHENPI_KILLS_SEED", 1);
    let lanes: usize = chosen("SHENPI_KILLS_LANES", 8 * std::thread::available_parallelism().map_or(1, usize::from));
    let rounds = kills.div_ceil(KILLS_IN_A_ROUND).max(lanes.min(kills / 5)).max(1);
    let begun = Instant::now();
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    std::thread::scope(|scope| {
        for _ in 0..lanes {
            scope.spawn(|| {
                while let Some(number) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|number| *number < rounds) {
                    // The first rounds take the remainder.
                    let share = kills / rounds + usize::from(number < kills % rounds);
                    let tally = Round::new(seed, number).play(share);
                    total.lock().unwrap().add(tally);
                }
            });
        }
    });
    let total = total.into_inner().unwrap();
    // Bypasses the test's capture: the figures matter in a passing run.
    let seconds = begun.elapsed().as_secs_f64();
    writeln!(std::io::stderr().lock(), "{total}\nseed {seed}, {rounds} journals, {lanes} lanes, {seconds:.0} s")
        .unwrap();
    assert_eq!(total.kills, kills);
    assert!(total.violations.is_empty(), "{}", total.violations.join("\n\n"));
    assert!(total.writes > kills / 10 && total.at_kill.len() > 2, "too little happened for this to mean anything");
    if kills >= MANY {
        assert!(
            total.mix.len() == 6 && total.read.len() == 3,
            "a kind of decision was never made, or a screen never read"
        );
    }
}
