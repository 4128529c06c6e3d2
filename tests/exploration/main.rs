//! Exhaustive exploration of a decision's life: the program's own `step`, `evolve` and `infer_outcome` against a platform,
//! a disk, crashes, other approvers and the user, within small bounds.
//!
//! `cargo test --test exploration -- --nocapture` prints how much was explored; `SHENPI_EXPLORE_FAULTS=2` explores more.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "tests, which print their figures")]

mod guards;
mod model;
mod platform;
mod properties;
mod restart;
mod search;
mod situation;
mod wire;

use std::time::Instant;

use guards::Guard;
use model::{Act, Model};
use properties::Property;
use search::{Explored, explore};
use situation::{Left, Reply};

/// Faults in a life: one, or what `SHENPI_EXPLORE_FAULTS` says.
fn faults() -> u8 {
    std::env::var("SHENPI_EXPLORE_FAULTS").map_or(1, |faults| faults.parse().expect("a number of faults"))
}

fn told(name: &str, bounds: Left) -> Explored {
    let begun = Instant::now();
    let explored = explore(&Model::new(bounds, None), None);
    let (situations, depth) = (explored.situations.len(), explored.depth);
    println!(
        "{name}: {situations} situations, {} transitions, depth {depth}, {} properties, {:.1} s",
        explored.transitions,
        Property::ALL.len(),
        begun.elapsed().as_secs_f64()
    );
    if let Some(broken) = &explored.broken {
        println!("{:?} broken by {:#?}\n{:#?}", broken.property, broken.way, broken.last);
    }
    explored
}

/// Fails when an act that these bounds allow never happened: then the model explores less than it says.
fn assert_all_but(never: &[Act], explored: &Explored) {
    let unreached: Vec<_> = Act::all().into_iter().filter(|act| !explored.acts.contains(act)).collect();
    assert_eq!(unreached, never);
}

#[test]
fn one_decision_keeps_every_property() {
    let explored =
        told("one decision", Left { confirmations: 1, ends: 2, faults: Some(faults()), limits: 1, asked_again: 1 });
    assert!(explored.broken.is_none());
    // The machine refuses an answer that is heard twice; the others need a second decision.
    assert_all_but(&[Act::ReadUnder, Act::HearTwice, Act::ArriveLate(1)], &explored);
}

#[test]
fn two_decisions_on_a_task_keep_every_property() {
    let explored =
        told("two decisions", Left { confirmations: 2, ends: 2, faults: Some(faults()), limits: 0, asked_again: 0 });
    assert!(explored.broken.is_none());
    assert_all_but(&[Act::AskAgain, Act::Arrive(Reply::Limited), Act::HearTwice], &explored);
}

/// Bounds in which a removed guard is looked for: without an end of the run first, because that is smaller.
fn bounds_of(guard: Guard) -> [Left; 2] {
    let bounds = |ends| Left { confirmations: guard.confirmations(), ends, faults: Some(2), limits: 0, asked_again: 0 };
    [bounds(0), bounds(1)]
}

#[test]
fn each_removed_guard_breaks_its_property() {
    let mut missed = Vec::new();
    for (guard, property) in Guard::ALL {
        let broken = |bounds| explore(&Model::new(bounds, Some(guard)), Some(property)).broken;
        match bounds_of(guard).into_iter().find_map(broken) {
            Some(broken) => println!("without {guard:?}: {property:?} breaks by {:?}", broken.way),
            None => missed.push(guard),
        }
    }
    assert!(missed.is_empty(), "no property misses {missed:?}");
    let broken = |property| Guard::ALL.iter().any(|(_, breaks)| *breaks == property);
    assert!(Property::ALL.into_iter().all(broken), "a property has no guard");
}
