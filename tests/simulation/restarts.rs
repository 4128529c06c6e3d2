//! Ends and starts of the program in the script of a day, and the first keys on what an earlier run left.

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::action::{Action, CacheTrouble, Fault, Moment, Target, Trouble, Which};
use super::fixture::Kind;
use super::script::Writer;

/// The same acts on a day on which the program is ended and started again, and the world goes on meanwhile.
pub fn started_again(seed: u64, acts: Vec<Action>) -> Vec<Action> {
    let mut writer = Writer { random: SmallRng::seed_from_u64(seed ^ 0xCAC4_E000), acts: Vec::new() };
    let between = writer.random.random_range(0..2 * acts.len());
    for (place, act) in acts.into_iter().enumerate() {
        if place == between {
            writer.start_again();
        }
        writer.acts.push(act);
    }
    writer.start_again();
    writer.acts
}

impl Writer {
    /// The program ends, things change while it is off, and the first keys after the start meet what an earlier run left.
    fn start_again(&mut self) {
        self.leave_somehow();
        self.happen_meanwhile();
        let slow = self.chance(60);
        if slow {
            self.acts.push(Action::Way(self.random.random_range(400..4_000)));
        }
        if self.chance(25) {
            let what = self.one(&[Fault::Unreachable, Fault::Vanishes, Fault::SlowBack(9_000), Fault::Limited(5)]);
            let on = self.one(&[Target::Reads, Target::Reads, Target::Cases, Target::Lists]);
            let times = self.one(&[2, 9, 30]);
            self.acts.push(Action::Network(Trouble { on, what, times }));
        }
        self.acts.push(Action::Start(self.random.random_range(0..600)));
        self.first_keys();
        if slow {
            self.way();
        }
    }

    fn leave_somehow(&mut self) {
        match self.below(10) {
            0..=3 => self.keys(&["esc", "esc", "q", "y"]),
            4 | 5 => {
                let how = self.end();
                self.acts.push(Action::End(how));
            }
            6 | 7 => {
                let share = u16::try_from(self.below(400)).unwrap_or_default();
                let how = self.end();
                self.acts.push(Action::Trap { at: Moment::InCacheWrite(share), skip: 0, how });
                self.keys(&["ctrl-r", "enter"]);
                self.wait(500, 3_000);
            }
            _ => {}
        }
    }

    /// The program is off: for a moment, a night, or longer than a cache is kept.
    fn happen_meanwhile(&mut self) {
        let off = self.one(&[1, 20, 20, 300, 300, 7_200, 26 * 3_600, 8 * 24 * 3_600]);
        self.acts.push(Action::Away(off));
        for _ in 0..self.below(4) {
            let change = self.change();
            let which = if self.chance(30) { Which::Hers } else { Which::Nth(self.random.random_range(0..10)) };
            self.acts.push(Action::External(which, change));
        }
        if self.chance(20) {
            let kind = self.one(&Kind::ALL);
            self.acts.push(Action::Arrive(kind));
        }
        if self.chance(15) {
            let choice = self.random.random();
            self.acts.push(Action::Cache(CacheTrouble::Damaged(choice)));
        }
        if self.chance(50) {
            let off = self.below(60);
            self.acts.push(Action::Away(off));
        }
    }

    /// A decision on what an earlier run left.
    fn first_keys(&mut self) {
        if self.chance(50) {
            self.move_on();
        }
        if self.chance(60) {
            self.key("enter");
        }
        if self.chance(15) {
            let change = self.change();
            self.acts.push(Action::External(Which::Selected, change));
        }
        if self.chance(70) {
            self.approve();
        } else {
            self.reject();
        }
        self.key("y");
        if self.chance(25) {
            let change = self.change();
            self.acts.push(Action::External(Which::Hers, change));
        }
        if self.chance(10) {
            self.acts.push(Action::Cache(CacheTrouble::Lost));
        }
        self.wait(0, 12_000);
    }
}
