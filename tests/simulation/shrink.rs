//! The shortest story of a day that breaks an invariant: acts are left out as long as the same one breaks (ddmin), then
//! the rest is simplified.

use shenpi::keys::Keymap;

use super::action::{Action, Script};
use super::day::{self, Broken};

/// Maximum days to shorten one.
const TRIES: usize = 4_000;

pub struct Shrinker<'a> {
    keymap: &'a Keymap,
    invariant: u8,
    left: usize,
}

impl<'a> Shrinker<'a> {
    pub fn new(keymap: &'a Keymap, broken: &Broken) -> Self {
        Self { keymap, invariant: broken.invariant, left: TRIES }
    }

    fn still_breaks(&mut self, script: &Script) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        day::live(script, self.keymap, false).broken.is_some_and(|broken| broken.invariant == self.invariant)
    }

    /// A shorter script that breaks the same invariant.
    pub fn shortest(&mut self, script: &Script) -> Script {
        let mut best = script.clone();
        loop {
            let before = best.clone();
            self.leave_out_acts(&mut best);
            self.leave_out_cases(&mut best);
            self.make_plainer(&mut best);
            if best == before {
                return best;
            }
        }
    }

    fn leave_out_acts(&mut self, best: &mut Script) {
        let mut size = best.acts.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < best.acts.len() {
                let mut shorter = best.clone();
                shorter.acts.drain(from..(from + size).min(best.acts.len()));
                if self.still_breaks(&shorter) {
                    *best = shorter;
                } else {
                    from += size;
                }
            }
            size /= 2;
        }
    }

    fn leave_out_cases(&mut self, best: &mut Script) {
        for place in (0..best.cases.len()).rev() {
            let mut fewer = best.clone();
            fewer.cases.remove(place);
            if self.still_breaks(&fewer) {
                *best = fewer;
            }
        }
    }

    fn make_plainer(&mut self, best: &mut Script) {
        let plainer: [fn(&mut Script); 10] = [
            |script| script.behavior.jitter = 0,
            |script| script.behavior.way = 20,
            |script| script.behavior.sync = 1,
            |script| script.behavior.undo = 5,
            |script| (script.behavior.columns, script.behavior.rows) = (80, 24),
            |script| script.behavior.administrator = false,
            |script| script.behavior.broken_pages = false,
            |script| script.behavior.cache = false,
            |script| script.behavior.cache_sensitive = false,
            |script| (script.behavior.transfer_keeps_id, script.behavior.siblings_cancelled) = (false, false),
        ];
        for change in plainer {
            let mut plain = best.clone();
            change(&mut plain);
            if plain != *best && self.still_breaks(&plain) {
                *best = plain;
            }
        }
        for place in 0..best.acts.len() {
            for act in plainer_acts(&best.acts[place]) {
                let mut plain = best.clone();
                plain.acts[place] = act;
                if self.still_breaks(&plain) {
                    *best = plain;
                    break;
                }
            }
        }
    }
}

fn plainer_acts(act: &Action) -> Vec<Action> {
    match act {
        Action::Wait(millis) if *millis > 100 => {
            vec![Action::Wait(100), Action::Wait(millis / 2), Action::Wait(millis / 1_000 * 1_000)]
        }
        Action::Text(text) if *text != "ok" => vec![Action::Text("ok")],
        Action::Key { after, key } if *after != 400 => vec![Action::Key { after: 400, key }],
        Action::Burst(keys) if keys.len() > 1 => {
            let without = |place| keys.iter().enumerate().filter(|(at, _)| *at != place).map(|(_, key)| *key).collect();
            (0..keys.len()).map(|place| Action::Burst(without(place))).collect()
        }
        Action::Network(trouble) if trouble.times > 1 => {
            vec![Action::Network(super::action::Trouble { times: 1, ..*trouble })]
        }
        Action::Away(seconds) if *seconds > 1 => vec![Action::Away(1), Action::Away(60)],
        Action::Start(millis) if *millis > 0 => vec![Action::Start(0)],
        Action::Trap { at, skip, how } if *skip > 0 => vec![Action::Trap { at: *at, skip: 0, how: *how }],
        _ => Vec::new(),
    }
}
