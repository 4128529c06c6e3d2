//! Circles in a graph of files.

use std::collections::{BTreeMap, BTreeSet};

/// Sets of more than one node that all reach one another, the largest first.
pub fn circles(edges: &BTreeSet<(usize, usize)>) -> Vec<BTreeSet<usize>> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for &(from, to) in edges {
        next.entry(from).or_default().push(to);
    }
    let reach: BTreeMap<usize, BTreeSet<usize>> = next.keys().map(|&node| (node, reached(node, &next))).collect();
    let mut circles = BTreeSet::new();
    for (node, reached) in &reach {
        let circle: BTreeSet<usize> =
            reached.iter().copied().filter(|other| reach.get(other).is_some_and(|back| back.contains(node))).collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    let mut circles: Vec<_> = circles.into_iter().collect();
    circles.sort_by_key(|circle| std::cmp::Reverse(circle.len()));
    circles
}

fn reached(from: usize, next: &BTreeMap<usize, Vec<usize>>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = vec![from];
    while let Some(node) = open.pop() {
        for &other in next.get(&node).into_iter().flatten() {
            if reached.insert(other) {
                open.push(other);
            }
        }
    }
    reached
}
