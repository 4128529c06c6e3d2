//! Whole simulated days: the real session and the real journal on a simulated disk, the simulator's state model as the
//! platform, and one number for everything else — keys, delays, faults, crashes, other people, clocks.
//!
//! `SHENPI_DAYS=N` lives through N days instead of ten thousand, `SHENPI_DAYS_FROM=seed` begins at another one,
//! `SHENPI_DAYS_STORY=seed` tells one of them, and `SHENPI_DAYS_FIRST=1` ends with the first one that breaks something.

#![expect(clippy::expect_used, reason = "a day that cannot go on has failed")]

mod action;
mod announcing;
mod audit;
mod cache;
mod cache_model;
mod confirming;
mod content;
mod convergence;
mod day;
mod environment;
mod fixture;
mod guards;
mod invariants;
mod model;
mod network;
mod platform;
mod program;
mod reading;
mod requests;
mod script;
mod shapes;
mod shrink;
mod ui_state;
mod visible;
mod warm;

use std::io::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use day::{Broken, Figures};
use shenpi::keys::Keymap;

/// Days of a run without a requested number.
const DAYS: u64 = 10_000;
/// Broken days that are listed.
const LISTED: usize = 30;

fn asked<T: std::str::FromStr>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    let number = text.parse().ok();
    assert!(number.is_some(), "{name}: {text:?} is no number");
    number
}

/// Bypasses the test's capture: the figures matter in a passing run.
fn show(text: &str) {
    let mut error = std::io::stderr().lock();
    writeln!(error, "{text}").expect("somebody reads the figures");
}

#[test]
fn no_decision_is_lost_none_sent_twice_and_none_on_the_wrong_thing() {
    let keymap = Keymap::standard();
    if let Some(seed) = asked::<u64>("SHENPI_DAYS_STORY") {
        return show(&story(seed, &keymap));
    }
    let from = asked("SHENPI_DAYS_FROM").unwrap_or(0_u64);
    let count = asked("SHENPI_DAYS").unwrap_or(DAYS);
    let began = Instant::now();
    let (figures, broken) = live_through(from, count, &keymap);
    let seconds = began.elapsed().as_secs_f64();
    show(&table(&figures, broken.len(), seconds));
    let Some((seed, first)) = broken.first() else {
        // Days on which nothing happens break nothing.
        let Figures {
            days,
            days_of_bytes,
            stopped,
            confirmed,
            done,
            kept_back,
            kills,
            power_cuts,
            hang_ups,
            announcements,
            warm_starts,
            on_cached,
            stale,
            ..
        } = &figures;
        let eventful = *confirmed >= 2 * days
            && *done >= days / 2
            && *days_of_bytes >= days / shapes::EVERY
            && *stopped >= days_of_bytes / 20
            && *kept_back >= days / 40
            && announcements >= days
            && *warm_starts >= days / 2
            && *on_cached >= days / 10
            && *stale >= days / 100
            && [kills, power_cuts, hang_ups].iter().all(|n| **n >= days / 10);
        assert!(*days > 0 && eventful, "too little happened for this to mean anything");
        return;
    };
    let list: Vec<String> = broken.iter().take(LISTED).map(|(seed, broken)| line(*seed, broken)).collect();
    let only_first = asked::<u8>("SHENPI_DAYS_FIRST").is_some();
    let story = if only_first { String::new() } else { shortest(*seed, first, &keymap) };
    panic!("{} of {} days broke an invariant:\n{}\n\n{story}", broken.len(), figures.days, list.join("\n"));
}

fn line(seed: u64, broken: &Broken) -> String {
    let words: String = broken.words.chars().take(300).collect();
    format!("seed {seed}: invariant {}: {words}", broken.invariant)
}

/// Runs these days on every core. Returns figures and broken invariants, in the order of the seeds.
fn live_through(from: u64, count: u64, keymap: &Keymap) -> (Figures, Vec<(u64, Broken)>) {
    let only_first = asked::<u8>("SHENPI_DAYS_FIRST").is_some();
    let next = AtomicU64::new(from);
    let enough = AtomicBool::new(false);
    let all = Mutex::new((Figures::default(), Vec::new()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                let mut figures = Figures::default();
                let mut broken = Vec::new();
                while !enough.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= from.saturating_add(count) {
                        break;
                    }
                    let script = script::script(seed);
                    let day = day::live(&script, keymap, false);
                    figures.add(&day.figures);
                    if let Some(fault) = day.broken {
                        broken.push((seed, fault));
                        enough.store(only_first, Ordering::Relaxed);
                    }
                }
                let mut all = all.lock().expect("no other day panicked");
                all.0.add(&figures);
                all.1.extend(broken);
            });
        }
    });
    let (figures, mut broken) = all.into_inner().expect("no day panicked");
    broken.sort_by_key(|(seed, _)| *seed);
    (figures, broken)
}

fn table(figures: &Figures, broken: usize, seconds: f64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "for the eye")]
    let pace = figures.days as f64 * 60.0 / seconds;
    let Figures {
        days,
        days_of_bytes,
        stopped,
        steps,
        faults,
        kills,
        power_cuts,
        hang_ups,
        starts,
        confirmed,
        requests,
        done,
        checks,
        syncs,
        tokens,
        kept_back,
        announcements,
        warm_starts,
        batches,
        on_cached,
        stale,
    } = figures;
    format!(
        "\nsimulated days        {days}\n\
         read out of bytes     {days_of_bytes}, {stopped} decisions stopped on a change\n\
         steps                 {steps}\n\
         decisions confirmed   {confirmed}\n\
         requests sent, done   {requests}, {done}\n\
         kept back at the gate {kept_back} of {tokens}\n\
         syncs of the disk     {syncs}\n\
         faults injected       {faults}\n\
         announcements         {announcements}\n\
         kills, power cuts     {kills}, {power_cuts}\n\
         hang-ups, starts      {hang_ups}, {starts}\n\
         warm starts           {warm_starts}, {batches} batches kept\n\
         decided on the cache  {on_cached}, {stale} stopped on a change\n\
         invariants checked    {checks}\n\
         days that broke one   {broken}\n\
         days a minute         {pace:.0} ({seconds:.1} s)\n"
    )
}

/// The story of a day as its script has it.
fn story(seed: u64, keymap: &Keymap) -> String {
    let script = script::script(seed);
    let day = day::live(&script, keymap, true);
    format!("\n{}\n{}", opening(&script), day.story.unwrap_or_default().join("\n"))
}

fn opening(script: &action::Script) -> String {
    format!("The day of seed {}. {:?}\nIn the morning wait {:?}.\n", script.seed, script.behavior, script.cases)
}

/// The shortest story that breaks the same invariant.
fn shortest(seed: u64, broken: &Broken, keymap: &Keymap) -> String {
    let whole = script::script(seed);
    let script = shrink::Shrinker::new(keymap, broken).shortest(&whole);
    let day = day::live(&script, keymap, true);
    let (acts, of) = (script.acts.len(), whole.acts.len());
    format!(
        "The shortest story of seed {seed} ({acts} of {of} acts):\n\n{}\n{}\n",
        opening(&script),
        day.story.unwrap_or_default().join("\n")
    )
}
