//! Which element of a list is which one of the same list as it was before.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::ops::Range;

use crate::domain::{Stamp, Value};

/// Pairs of rows that are weighed against each other where neither content nor place tells which is which: 32 × 32.
/// In a longer stretch of changed rows, the first is taken for the first, the second for the second.
const MOST_WEIGHED: usize = 1024;
/// Rounds of searching the stretch between two matched rows.
const MOST_ROUNDS: usize = 8;

/// One element in one reading or in both, by its places in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowPair {
    Both(usize, usize),
    Gone(usize),
    Came(usize),
}

/// The elements of both readings in the order in which the newer one shows them; each that is gone follows the one that
/// it followed.
#[derive(Debug)]
pub(super) struct Pairing {
    pub(super) pairs: Vec<RowPair>,
    /// Places before and now of the fewest elements whose moving explains the new order.
    pub(super) moved: Vec<(usize, usize)>,
}

/// Pairs being found, most certain first.
pub(super) struct Matching {
    to_now: Vec<Option<usize>>,
    to_before: Vec<Option<usize>>,
}

impl Matching {
    pub(super) fn new(before: usize, now: usize) -> Self {
        Self { to_now: vec![None; before], to_before: vec![None; now] }
    }

    fn join(&mut self, before: usize, now: usize) {
        if let (Some(to_now), Some(to_before)) = (self.to_now.get_mut(before), self.to_before.get_mut(now)) {
            (*to_now, *to_before) = (Some(now), Some(before));
        }
    }

    fn is_open(&self, before: usize) -> bool {
        self.to_now.get(before).is_some_and(Option::is_none)
    }

    fn is_open_now(&self, now: usize) -> bool {
        self.to_before.get(now).is_some_and(Option::is_none)
    }

    /// Joins equal rows at both ends of these stretches, and returns the rest of them.
    fn join_ends(
        &mut self,
        mut before: Range<usize>,
        mut now: Range<usize>,
        same: &dyn Fn(usize, usize) -> bool,
    ) -> (Range<usize>, Range<usize>) {
        while !before.is_empty() && !now.is_empty() && same(before.start, now.start) {
            self.join(before.start, now.start);
            before.start += 1;
            now.start += 1;
        }
        while !before.is_empty() && !now.is_empty() && same(before.end - 1, now.end - 1) {
            before.end -= 1;
            now.end -= 1;
            self.join(before.end, now.end);
        }
        (before, now)
    }

    /// Joins equal rows at both ends of the lists.
    pub(super) fn join_same_ends(mut self, same: &dyn Fn(usize, usize) -> bool) -> Self {
        let (before, now) = (0..self.to_now.len(), 0..self.to_before.len());
        self.join_ends(before, now, same);
        self
    }

    /// Joins rows of the same name without a partner: the first of a name with the first, the second with the second.
    pub(super) fn join_named<K: Hash + Eq>(
        mut self,
        before: impl Fn(usize) -> Option<K>,
        now: impl Fn(usize) -> Option<K>,
    ) -> Self {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for at in (0..self.to_now.len()).filter(|at| self.is_open(*at)) {
            if let Some(name) = before(at) {
                waiting.entry(name).or_default().push_back(at);
            }
        }
        for at in 0..self.to_before.len() {
            let name = if self.is_open_now(at) { now(at) } else { None };
            if let Some(twin) = name.and_then(|name| waiting.get_mut(&name)?.pop_front()) {
                self.join(twin, at);
            }
        }
        self
    }

    pub(super) fn finish(self) -> Pairing {
        let joined: Vec<(usize, usize)> =
            self.to_now.iter().enumerate().filter_map(|(before, now)| Some((before, (*now)?))).collect();
        let stay = longest_rise(&joined.iter().map(|(_, now)| *now).collect::<Vec<_>>());
        let moved = joined.iter().zip(stay).filter(|(_, stays)| !stays).map(|(pair, _)| *pair).collect();
        let mut pairs = Vec::with_capacity(self.to_now.len() + self.to_before.len());
        let mut follows = 0;
        for (before, now) in self.to_now.iter().enumerate() {
            match now {
                Some(now) => follows = now + 1,
                None => pairs.push(((follows, 0, before), RowPair::Gone(before))),
            }
        }
        for (now, before) in self.to_before.iter().enumerate() {
            let pair = before.map_or(RowPair::Came(now), |before| RowPair::Both(before, now));
            pairs.push(((now, 1, 0), pair));
        }
        pairs.sort_unstable_by_key(|(order, _)| *order);
        Pairing { pairs: pairs.into_iter().map(|(_, pair)| pair).collect(), moved }
    }
}

/// Pairs the unnamed rows of a list. Rows of equal content match, so that an inserted row is one added row; the rest is
/// paired by similarity between the same neighbours.
pub(super) fn rows(before: &[Value], now: &[Value]) -> Pairing {
    let stamps = |values: &[Value]| values.iter().map(Stamp::of_value).collect::<Vec<_>>();
    let stamps = (stamps(before), stamps(now));
    let mut search =
        Search { stamps: &stamps, matching: Matching::new(before.len(), now.len()), stretches: Vec::new() };
    search.round(0..before.len(), 0..now.len(), 0);
    let Search { matching, stretches, .. } = search;
    // A moved row is not paired by similarity.
    let mut matching = matching.join_named(|at| stamps.0.get(at).copied(), |at| stamps.1.get(at).copied());
    for (left, right) in stretches {
        let left: Vec<usize> = left.filter(|at| matching.is_open(*at)).collect();
        let right: Vec<usize> = right.filter(|at| matching.is_open_now(*at)).collect();
        let pairs = if left.len() * right.len() > MOST_WEIGHED {
            left.into_iter().zip(right).collect()
        } else {
            next_of_kin(&left, &right, &kin(before, &left), &kin(now, &right))
        };
        for (before, now) in pairs {
            matching.join(before, now);
        }
    }
    matching.finish()
}

struct Search<'s> {
    stamps: &'s (Vec<Stamp>, Vec<Stamp>),
    matching: Matching,
    /// Stretches between matched rows.
    stretches: Vec<(Range<usize>, Range<usize>)>,
}

impl Search<'_> {
    /// Finds again the rows whose content is there once before and once now, as long as they keep their order; then
    /// looks between them in the same way.
    fn round(&mut self, before: Range<usize>, now: Range<usize>, round: usize) {
        let stamps = self.stamps;
        let same = |before: usize, now: usize| stamps.0.get(before) == stamps.1.get(now);
        let (before, now) = self.matching.join_ends(before, now, &same);
        if before.is_empty() || now.is_empty() {
            return;
        }
        let anchors = if round < MOST_ROUNDS { self.anchors(&before, &now) } else { Vec::new() };
        if anchors.is_empty() {
            self.stretches.push((before, now));
            return;
        }
        let (mut from, mut from_now) = (before.start, now.start);
        for (at, at_now) in anchors {
            self.matching.join(at, at_now);
            self.round(from..at, from_now..at_now, round + 1);
            (from, from_now) = (at + 1, at_now + 1);
        }
        self.round(from..before.end, from_now..now.end, round + 1);
    }

    fn anchors(&self, before: &Range<usize>, now: &Range<usize>) -> Vec<(usize, usize)> {
        let once = |stamps: &[Stamp], stretch: &Range<usize>| {
            let mut places: HashMap<Stamp, Option<usize>> = HashMap::new();
            for (at, stamp) in stamps.iter().enumerate().take(stretch.end).skip(stretch.start) {
                places.entry(*stamp).and_modify(|place| *place = None).or_insert(Some(at));
            }
            places
        };
        let (first, second) = (once(&self.stamps.0, before), once(&self.stamps.1, now));
        let mut pairs: Vec<(usize, usize)> =
            first.iter().filter_map(|(stamp, at)| Some(((*at)?, (*second.get(stamp)?)?))).collect();
        pairs.sort_unstable();
        let stay = longest_rise(&pairs.iter().map(|(_, now)| *now).collect::<Vec<_>>());
        pairs.into_iter().zip(stay).filter(|(_, stays)| *stays).map(|(pair, _)| pair).collect()
    }
}

/// Features that measure the similarity of two values.
enum Kin<'v> {
    /// The filled members of a record.
    Members(HashMap<&'v str, Stamp>),
    Other(&'v Value),
}

fn kin<'v>(values: &'v [Value], places: &[usize]) -> Vec<Kin<'v>> {
    places.iter().filter_map(|at| values.get(*at)).map(Kin::of).collect()
}

impl<'v> Kin<'v> {
    fn of(value: &'v Value) -> Self {
        let Value::Record(fields) = value else { return Self::Other(value) };
        let filled = fields.iter().filter(|field| field.value != Value::Empty);
        Self::Members(filled.map(|field| (field.api_name.as_str(), Stamp::of_value(&field.value))).collect())
    }

    /// At least 1: a row that became another one is still one change. Something in common outweighs any number of
    /// pairs that have nothing.
    fn nearness(&self, other: &Self) -> u64 {
        let common = match (self, other) {
            (Self::Members(one), Self::Members(two)) => {
                one.iter().filter(|(name, stamp)| two.get(**name) == Some(*stamp)).count()
            }
            (Self::Other(Value::File(one)), Self::Other(Value::File(two))) => {
                usize::from(one.id == two.id || one.name == two.name)
            }
            _ => 0,
        };
        1 + 64 * u64::try_from(common).unwrap_or(0)
    }
}

/// Pairs in order, as near to each other as can be in sum.
fn next_of_kin(left: &[usize], right: &[usize], before: &[Kin<'_>], now: &[Kin<'_>]) -> Vec<(usize, usize)> {
    let columns = now.len() + 1;
    let nearness: Vec<u64> = before.iter().flat_map(|one| now.iter().map(|two| one.nearness(two))).collect();
    // best[i * columns + j]: best score of the pairs from i and j on.
    let mut best = vec![0_u64; (before.len() + 1) * columns];
    let at = |best: &[u64], i: usize, j: usize| best.get(i * columns + j).copied().unwrap_or(0);
    let near = |i: usize, j: usize| nearness.get(i * (columns - 1) + j).copied().unwrap_or(0);
    for i in (0..before.len()).rev() {
        for j in (0..now.len()).rev() {
            let paired = near(i, j) + at(&best, i + 1, j + 1);
            let value = paired.max(at(&best, i + 1, j)).max(at(&best, i, j + 1));
            if let Some(cell) = best.get_mut(i * columns + j) {
                *cell = value;
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let (Some(one), Some(two)) = (left.get(i), right.get(j)) {
        let value = at(&best, i, j);
        if value == near(i, j) + at(&best, i + 1, j + 1) {
            pairs.push((*one, *two));
            (i, j) = (i + 1, j + 1);
        } else if value == at(&best, i + 1, j) {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

/// Which elements belong to one longest rising part of the sequence.
fn longest_rise(sequence: &[usize]) -> Vec<bool> {
    let mut ends: Vec<usize> = Vec::new();
    let mut comes_after: Vec<Option<usize>> = Vec::with_capacity(sequence.len());
    for (at, value) in sequence.iter().enumerate() {
        let length = ends.partition_point(|end| sequence.get(*end).is_some_and(|end| end < value));
        comes_after.push(length.checked_sub(1).and_then(|last| ends.get(last).copied()));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut belongs = vec![false; sequence.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        if let Some(flag) = belongs.get_mut(at) {
            *flag = true;
        }
        next = comes_after.get(at).copied().flatten();
    }
    belongs
}

#[cfg(test)]
mod tests {
    use super::{RowPair, longest_rise, rows};
    use crate::domain::{CleanText, Field, I18n, Value};

    fn texts(words: &str) -> Vec<Value> {
        words.split_whitespace().map(|word| Value::Text(word.into())).collect()
    }

    fn row(item: &str, amount: &str) -> Value {
        let field = |name: &str, value: &str| Field {
            api_name: name.into(),
            label: I18n::default(),
            value: Value::Number(CleanText::new(value)),
        };
        Value::Record(vec![field("item", item), field("amount", amount)])
    }

    #[test]
    fn the_longest_rise_leaves_out_as_few_as_possible() {
        assert_eq!(longest_rise(&[2, 0, 1]), [false, true, true]);
        assert_eq!(longest_rise(&[]), [] as [bool; 0]);
    }

    #[test]
    fn an_inserted_row_came_and_the_others_stay() {
        let pairing = rows(&texts("a b c"), &texts("a x b c"));
        assert_eq!(pairing.pairs, [RowPair::Both(0, 0), RowPair::Came(1), RowPair::Both(1, 2), RowPair::Both(2, 3)]);
        assert_eq!(pairing.moved, []);
    }

    #[test]
    fn rows_that_are_there_several_times_are_found_again_by_their_neighbours() {
        let pairing = rows(&texts("a a b a a"), &texts("a a a a"));
        assert_eq!(pairing.pairs.iter().filter(|pair| matches!(pair, RowPair::Gone(_))).count(), 1);
        assert!(pairing.pairs.contains(&RowPair::Gone(2)), "{pairing:?}");
    }

    #[test]
    fn a_changed_row_beside_an_inserted_one_is_known_by_what_stayed_of_it() {
        let pairing = rows(&[row("rent", "1")], &[row("food", "9"), row("rent", "2"), row("tax", "3")]);
        assert_eq!(pairing.pairs, [RowPair::Came(0), RowPair::Both(0, 1), RowPair::Came(2)]);
    }

    #[test]
    fn a_row_that_moved_is_the_same_row_elsewhere() {
        let pairing = rows(&texts("c a b"), &texts("y a b c"));
        assert_eq!(pairing.pairs, [RowPair::Came(0), RowPair::Both(1, 1), RowPair::Both(2, 2), RowPair::Both(0, 3)]);
        assert_eq!(pairing.moved, [(0, 3)]);
    }

    #[test]
    fn of_two_long_lists_with_nothing_in_common_row_is_paired_with_row() {
        let numbered = |from: usize| (from..from + 5000).map(|n| Value::Text(n.to_string().as_str().into())).collect();
        let (before, now): (Vec<Value>, Vec<Value>) = (numbered(0), numbered(100_000));
        let pairing = rows(&before, &now);
        assert!(pairing.pairs.iter().enumerate().all(|(at, pair)| *pair == RowPair::Both(at, at)));
    }
}
