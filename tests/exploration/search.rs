//! Breadth-first exploration: every situation that the acts reach, the shortest way to a broken property, and whether every
//! situation comes to rest.
//!
//! `stateright` is not used: it brings a web server and ten crates, and its "eventually" misses paths that end in a cycle.

use std::collections::HashMap;
use std::rc::Rc;

use super::model::{Act, Model};
use super::properties::{Property, judge, rests};
use super::situation::Situation;

#[derive(Debug)]
pub struct Explored {
    pub situations: Vec<Rc<Situation>>,
    /// The act that led to each situation first, and from which.
    origins: Vec<Option<(usize, Act)>>,
    pub acts: Vec<Act>,
    pub transitions: usize,
    pub depth: usize,
    pub broken: Option<Broken>,
}

/// A broken property and the shortest way to it.
#[derive(Debug)]
pub struct Broken {
    pub property: Property,
    pub way: Vec<Act>,
    pub last: Rc<Situation>,
}

impl Explored {
    fn way(&self, mut at: usize) -> Vec<Act> {
        let mut way = Vec::new();
        while let Some((from, act)) = self.origins[at] {
            way.push(act);
            at = from;
        }
        way.reverse();
        way
    }

    fn breaks(&mut self, property: Property, at: usize) {
        self.broken = Some(Broken { property, way: self.way(at), last: Rc::clone(&self.situations[at]) });
    }
}

/// Explores everything, or up to the first situation that breaks this property, or any.
pub fn explore(model: &Model, wanted: Option<Property>) -> Explored {
    let first = Rc::new(model.first());
    let mut known = HashMap::from([(Rc::clone(&first), 0)]);
    let mut explored = Explored {
        situations: vec![first],
        origins: vec![None],
        acts: Vec::new(),
        transitions: 0,
        depth: 0,
        broken: None,
    };
    let all = Act::all();
    // For each situation, where progress leads from it.
    let mut progress: Vec<Vec<usize>> = Vec::new();
    let mut at = 0;
    while let Some(situation) = explored.situations.get(at).map(Rc::clone) {
        progress.push(Vec::new());
        for act in &all {
            let Some(next) = model.after(&situation, *act) else { continue };
            explored.transitions += 1;
            if !explored.acts.contains(act) {
                explored.acts.push(*act);
            }
            let next = Rc::new(next);
            let number = *known.entry(Rc::clone(&next)).or_insert_with(|| {
                explored.situations.push(Rc::clone(&next));
                explored.origins.push(Some((at, *act)));
                explored.situations.len() - 1
            });
            if act.is_progress(&situation) {
                progress[at].push(number);
            }
            let mut broken = judge(&next).into_iter();
            if let Some(property) = broken.find(|broken| wanted.is_none_or(|wanted| *broken == wanted)) {
                explored.breaks(property, number);
                return explored;
            }
        }
        at += 1;
    }
    explored.depth = explored.way(explored.situations.len() - 1).len();
    if wanted.is_none_or(|wanted| wanted == Property::Ends)
        && let Some(stuck) = restless(model, &explored.situations, &progress)
    {
        explored.breaks(Property::Ends, stuck);
    }
    explored
}

/// The first situation from which progress alone need not lead to rest: it stands still, or runs in a circle.
fn restless(model: &Model, situations: &[Rc<Situation>], progress: &[Vec<usize>]) -> Option<usize> {
    let mut comes_from = vec![Vec::new(); situations.len()];
    for (from, targets) in progress.iter().enumerate() {
        for to in targets {
            comes_from[*to].push(from);
        }
    }
    let mut open: Vec<usize> = progress.iter().map(Vec::len).collect();
    let at_rest = |at: &usize| open[*at] == 0 && rests(&situations[*at], |decision| model.can_discard(decision));
    let mut resting: Vec<usize> = (0..situations.len()).filter(at_rest).collect();
    let mut rest = vec![false; situations.len()];
    while let Some(at) = resting.pop() {
        rest[at] = true;
        for from in &comes_from[at] {
            open[*from] -= 1;
            if open[*from] == 0 {
                resting.push(*from);
            }
        }
    }
    rest.iter().position(|rests| !rests)
}
