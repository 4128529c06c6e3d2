//! The script of a day from one number: pending requests, keys, other people, trouble.

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::action::{
    Action, Announcing, Behavior, CacheTrouble, DiskTrouble, End, ExternalChange, Fault, Moment, Script, Target,
    Trouble, Which,
};
use super::fixture::Kind;

/// Between two keys of a person; longer than a review must rest.
const TYPING: u32 = 400;

const WORDS: [&str; 5] = ["材料不全", "同意", "please add the receipt", "金额有误，请核对", "ok"];
const NAMES: [&str; 6] = ["li", "李", "zhao", "chen", "liu yang", "刘"];
/// Keys with a meaning somewhere, pressed at random.
const NOISE: [&str; 45] = [
    "j",
    "k",
    "g",
    "G",
    "enter",
    "esc",
    "tab",
    "shift-tab",
    "pgdn",
    "pgup",
    "1",
    "2",
    "3",
    "4",
    "5",
    "n",
    "p",
    "/",
    "o",
    "v",
    "d",
    "E",
    ".",
    ",",
    "space",
    "left",
    "right",
    "ctrl-r",
    "ctrl-d",
    "m",
    "?",
    "!",
    "L",
    "u",
    "backspace",
    "ctrl-l",
    "a",
    "r",
    "t",
    "s",
    "y",
    "e",
    "x",
    "H",
    "D",
];

/// The day of this number.
pub fn script(seed: u64) -> Script {
    let mut writer = Writer { random: SmallRng::seed_from_u64(seed), acts: Vec::new() };
    let (cache, cache_sensitive) = (seed % 11 != 5, seed % 5 == 2 || seed % 60 == 20);
    let behavior = Behavior { broken_pages: seed.is_multiple_of(3), cache, cache_sensitive, ..writer.behavior() };
    let cases = (0..writer.random.random_range(5..=9)).map(|_| writer.one(&Kind::ALL)).collect();
    for _ in 0..writer.random.random_range(8..=26) {
        writer.something();
    }
    let acts = if seed.is_multiple_of(2) { announced(seed, writer.acts) } else { writer.acts };
    let acts = if seed.is_multiple_of(4) { acts } else { started_again(seed, acts) };
    Script { seed, behavior, cases, acts }
}

/// The same acts on a day on which the program is ended and started again, and the world goes on meanwhile.
fn started_again(seed: u64, acts: Vec<Action>) -> Vec<Action> {
    let mut writer = Writer { random: SmallRng::seed_from_u64(seed ^ 0xCAC4_E000), acts: Vec::new() };
    let starts = writer.random.random_range(0..=1_usize);
    let places: Vec<usize> = (0..starts).map(|_| writer.random.random_range(0..=acts.len())).collect();
    for (place, act) in acts.into_iter().enumerate() {
        for _ in places.iter().filter(|at| **at == place) {
            writer.start_again();
        }
        writer.acts.push(act);
    }
    writer.start_again();
    writer.acts
}

/// The same acts on a day with a long connection: announcements follow what others do, mostly; or come twice, late,
/// without any reason, or not at all.
fn announced(seed: u64, acts: Vec<Action>) -> Vec<Action> {
    let mut writer = Writer { random: SmallRng::seed_from_u64(!seed), acts: Vec::new() };
    writer.acts.push(Action::Announce(Which::Hers, Announcing::Connected(true)));
    for act in acts {
        let about = match &act {
            Action::External(which, _) => Some(*which),
            _ => None,
        };
        writer.acts.push(act);
        if !writer.chance(if about.is_some() { 75 } else { 12 }) {
            continue;
        }
        if writer.chance(30) {
            writer.wait(0, 4_000);
        }
        let which = about.unwrap_or(writer.one(&[Which::Hers, Which::Hers, Which::Selected, Which::Nth(2)]));
        let what = writer.one(&[
            Announcing::Changed(1),
            Announcing::Changed(1),
            Announcing::Changed(5),
            Announcing::Task,
            Announcing::Task,
            Announcing::Foreign,
            Announcing::Gap,
            Announcing::Connected(false),
            Announcing::Connected(true),
        ]);
        writer.acts.push(Action::Announce(which, what));
    }
    writer.acts
}

struct Writer {
    random: SmallRng,
    acts: Vec<Action>,
}

impl Writer {
    fn behavior(&mut self) -> Behavior {
        let (columns, rows) = self.one(&[(80, 24), (80, 24), (140, 40), (160, 50), (58, 20)]);
        Behavior {
            undo: self.one(&[5, 5, 5, 5, 10, 3, 1, 0]),
            administrator: self.chance(30),
            read_only: self.chance(3),
            columns,
            rows,
            transfer_keeps_id: self.chance(30),
            siblings_cancelled: self.chance(25),
            broken_pages: false,
            cache: true,
            cache_sensitive: false,
            way: self.one(&[5, 30, 60, 150, 400]),
            jitter: self.one(&[0, 20, 200, 900]),
            sync: self.one(&[1, 4, 20, 300]),
        }
    }

    fn one<T: Clone>(&mut self, from: &[T]) -> T {
        from.choose(&mut self.random).expect("there is something to choose from").clone()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_ratio(percent, 100)
    }

    fn below(&mut self, end: u32) -> u32 {
        self.random.random_range(0..end)
    }

    fn key(&mut self, key: &'static str) {
        self.acts.push(Action::Key { after: TYPING, key });
    }

    fn keys(&mut self, keys: &[&'static str]) {
        for key in keys {
            self.key(key);
        }
    }

    fn text(&mut self, from: &[&'static str]) {
        let text = self.one(from);
        self.acts.push(Action::Text(text));
    }

    fn wait(&mut self, from: u32, to: u32) {
        let millis = self.random.random_range(from..=to);
        self.acts.push(Action::Wait(millis));
    }

    fn something(&mut self) {
        match self.below(100) {
            0..=52 => self.decision(),
            53..=60 => self.look_around(),
            61..=66 => self.noise(),
            67..=72 => self.wait(500, 30_000),
            73..=79 => self.deed_somewhere(),
            80..=86 => self.trouble(),
            87..=88 => self.disk_trouble(),
            89..=90 => self.ending(),
            91 => self.acts.push(Action::HangUp),
            92 => self.clocks(),
            93..=94 => self.resize(),
            95 => self.way(),
            96 => self.leaving(),
            _ => self.arrival(),
        }
    }

    /// A decision from its first key to its aftermath.
    fn decision(&mut self) {
        if self.chance(25) {
            self.trouble_for(Target::Writes);
        }
        if self.chance(9) {
            self.trap();
        }
        if self.chance(60) {
            // Leaves any open dialog.
            self.keys(&["esc", "esc"]);
        }
        if self.chance(55) {
            self.move_on();
        }
        if self.chance(8) {
            // The request changes, and is being read again when the dialog opens.
            let change = self.change();
            self.acts.push(Action::External(Which::Selected, change));
            self.key("ctrl-r");
        }
        match self.below(100) {
            0..=44 => self.approve(),
            45..=64 => self.reject(),
            65..=76 => self.transfer(),
            77..=90 => self.add_sign(),
            91..=95 => self.by_name("withdraw"),
            _ => self.by_name("revoke"),
        }
        self.confirm();
        self.aftermath();
    }

    /// The last key of a decision, and what may come between the review and it.
    fn confirm(&mut self) {
        match self.below(20) {
            0 => self.acts.push(Action::Key { after: self.random.random_range(0..300), key: "y" }),
            1 if self.chance(50) => self.acts.push(Action::Burst(vec!["a", "y"])),
            1 => self.acts.push(Action::Paste("y")),
            2..=4 => {
                let change = self.change();
                self.acts.push(Action::External(Which::Hers, change));
                if self.chance(50) {
                    self.keys(&["ctrl-r"]);
                }
                self.wait(0, 3_000);
                self.key("y");
            }
            5 => {
                self.wait(100, 20_000);
                self.key("y");
            }
            _ => self.key("y"),
        }
        if self.chance(10) {
            self.key("y");
        }
    }

    /// Acts while the decision is held or on its way.
    fn aftermath(&mut self) {
        match self.below(100) {
            0..=17 => {
                self.wait(0, 6_000);
                let change = self.change();
                self.acts.push(Action::External(Which::Hers, change));
            }
            18..=23 => {
                self.wait(0, 6_000);
                let key = self.one(&["u", "u", "U"]);
                self.key(key);
            }
            24..=26 => {
                self.wait(0, 7_000);
                let how = self.end();
                self.acts.push(Action::End(how));
            }
            27..=29 => {
                self.wait(0, 6_000);
                self.acts.push(Action::HangUp);
            }
            34..=37 => {
                self.wait(0, 5_000);
                self.clocks();
            }
            38..=40 => self.leaving(),
            41..=44 => {
                // The user decides it elsewhere, in other words.
                self.wait(3_000, 12_000);
                let change = self.one(&[
                    ExternalChange::SheApproves,
                    ExternalChange::SheApproves,
                    ExternalChange::SheRejects,
                    ExternalChange::SheTransfers,
                ]);
                self.acts.push(Action::External(Which::Hers, change));
            }
            45..=47 => self.wait(0, 900),
            48..=57 => self.wait(4_000, 12_000),
            _ => {}
        }
    }

    fn approve(&mut self) {
        if self.chance(20) {
            // A sensitive request has to be seen first.
            self.keys(&["tab", "tab"]);
            self.wait(300, 1_500);
        }
        let after = self.one(&[TYPING, TYPING, 100]);
        self.acts.push(Action::Key { after, key: "a" });
        if self.chance(25) {
            self.key("e");
            self.text(&WORDS);
            self.key("ctrl-d");
        }
    }

    fn reject(&mut self) {
        self.key("r");
        if self.chance(40) {
            self.key("1");
        } else if self.chance(95) {
            self.text(&WORDS);
        }
        self.key("ctrl-d");
    }

    fn person(&mut self) {
        if self.chance(50) {
            self.text(&NAMES);
            self.wait(400, 1_500);
        }
        for _ in 0..self.below(3) {
            self.key("down");
        }
        self.key("enter");
    }

    fn transfer(&mut self) {
        self.key("t");
        self.person();
        if self.chance(30) {
            self.key("e");
            self.text(&WORDS);
            self.key("ctrl-d");
        }
    }

    fn add_sign(&mut self) {
        self.key("s");
        if self.chance(30) {
            self.key("m");
        }
        let position = self.one(&["1", "2", "3"]);
        self.key(position);
        self.person();
        if self.chance(30) {
            self.keys(&["down", "enter"]);
        }
        self.key("ctrl-d");
    }

    fn by_name(&mut self, name: &'static str) {
        self.key(":");
        self.acts.push(Action::Text(name));
        self.key("enter");
        self.text(&WORDS);
        self.key("ctrl-d");
    }

    fn move_on(&mut self) {
        for _ in 0..=self.below(3) {
            let key = self.one(&["j", "j", "j", "k", "g", "G"]);
            self.acts.push(Action::Key { after: 150, key });
        }
    }

    fn look_around(&mut self) {
        match self.below(10) {
            0..=2 => self.move_on(),
            3 => {
                let key = self.one(&["1", "2", "3", "4", "5"]);
                if self.chance(50) {
                    self.key("enter");
                }
                self.key(key);
                if key == "2" && self.chance(50) {
                    // A sensitive form counts as seen when it is legible to its end.
                    self.keys(&["v", "G"]);
                }
                self.wait(200, 2_000);
                self.key("esc");
            }
            4 => {
                self.key("/");
                self.text(&["张", "No.", "天", "leave", "1"]);
                let key = self.one(&["enter", "esc"]);
                self.key(key);
            }
            5 => self.key("o"),
            6 => self.key("ctrl-r"),
            7 => {
                self.key("tab");
                if self.chance(50) {
                    self.keys(&["n", "n"]);
                }
            }
            8 => {
                let pages = [(); 2].map(|()| self.one(&["?", "!", "L", "H", "D"]));
                self.keys(&pages);
                self.key("esc");
            }
            _ => self.keys(&["esc", "esc"]),
        }
    }

    fn noise(&mut self) {
        for _ in 0..=self.below(5) {
            match self.below(8) {
                0 => {
                    let keys = (0..=self.below(5)).map(|_| self.one(&NOISE)).collect();
                    self.acts.push(Action::Burst(keys));
                }
                1 => {
                    let text = self.one(&["ay", "y\ny", "同意", "ayayay\n"]);
                    self.acts.push(Action::Paste(text));
                }
                2 => {
                    let key = self.one(&NOISE);
                    let after = self.below(300);
                    self.acts.push(Action::Key { after, key });
                }
                _ => {
                    let key = self.one(&NOISE);
                    self.key(key);
                }
            }
        }
        if self.chance(70) {
            self.keys(&["esc", "esc"]);
        }
    }

    fn change(&mut self) -> ExternalChange {
        let words = self.chance(50);
        let amount = u8::try_from(self.below(9) + 1).unwrap_or(1);
        self.one(&[
            ExternalChange::ColleagueApproves(words),
            ExternalChange::ColleagueApproves(words),
            ExternalChange::ColleagueRejects,
            ExternalChange::Comments,
            ExternalChange::Comments,
            ExternalChange::Withdraws,
            ExternalChange::SheApproves,
            ExternalChange::SheRejects,
            ExternalChange::SheTransfers,
            ExternalChange::Summary(amount),
            ExternalChange::Summary(amount),
            ExternalChange::Amount(amount),
            ExternalChange::Amount(amount),
            ExternalChange::SystemApproves,
            ExternalChange::Intervenes,
            ExternalChange::AddsBeside,
        ])
    }

    fn deed_somewhere(&mut self) {
        let change = self.change();
        let which = if self.chance(40) { Which::Hers } else { Which::Nth(self.random.random_range(0..10)) };
        self.acts.push(Action::External(which, change));
    }

    fn arrival(&mut self) {
        let kind = self.one(&Kind::ALL);
        self.acts.push(Action::Arrive(kind));
        if self.chance(50) {
            self.key("ctrl-r");
        }
    }

    fn trouble(&mut self) {
        let on = self.one(&[Target::Writes, Target::Cases, Target::Forms, Target::Lists, Target::Reads]);
        self.trouble_for(on);
    }

    fn trouble_for(&mut self, on: Target) {
        let late = self.random.random_range(0..9_000);
        let what = if on == Target::Writes {
            self.one(&[
                Fault::CutBefore,
                Fault::CutAfter,
                Fault::CutAfter,
                Fault::CutThenArrives(late),
                Fault::TimesOut(late),
                Fault::Vanishes,
                Fault::ServerBefore,
                Fault::ServerAfter,
                Fault::GarbageBefore,
                Fault::GarbageAfter,
                Fault::SlowThere(late),
                Fault::SlowBack(late),
                Fault::Limited(4),
                Fault::Unreachable,
                Fault::Busy,
                Fault::Busy,
                Fault::TokenRefused,
                Fault::FormIncomplete,
            ])
        } else {
            self.one(&[
                Fault::CutBefore,
                Fault::ServerBefore,
                Fault::GarbageBefore,
                Fault::SlowThere(late),
                Fault::SlowBack(late),
                Fault::SlowBack(late / 4),
                Fault::Limited(5),
                Fault::Unreachable,
                Fault::Vanishes,
            ])
        };
        let times = self.one(&[1, 1, 1, 2, 4, 9]);
        self.acts.push(Action::Network(Trouble { on, what, times }));
    }

    fn disk_trouble(&mut self) {
        let bytes = u16::try_from(self.below(2_000)).unwrap_or_default();
        let trouble = self.one(&[DiskTrouble::Full(bytes), DiskTrouble::Full(bytes / 8), DiskTrouble::SyncFails]);
        self.acts.push(Action::Disk(trouble));
        if self.chance(60) {
            self.decision();
            self.acts.push(Action::Disk(DiskTrouble::Fine));
        }
    }

    fn end(&mut self) -> End {
        if self.chance(50) { End::Killed } else { End::PowerCut(self.random.random()) }
    }

    fn ending(&mut self) {
        if self.chance(40) {
            let how = self.end();
            self.acts.push(Action::End(how));
        } else {
            self.trap();
        }
    }

    fn trap(&mut self) {
        let bytes = u16::try_from(self.below(400)).unwrap_or_default();
        let at = self.one(&[
            Moment::InAppend(bytes),
            Moment::Appended,
            Moment::Appended,
            Moment::Synced,
            Moment::Left,
            Moment::Arrived,
            Moment::Answered,
            Moment::Updated,
        ]);
        let skip = self.one(&[0, 0, 0, 1, 2]);
        let how = self.end();
        self.acts.push(Action::Trap { at, skip, how });
    }

    fn clocks(&mut self) {
        let act = match self.below(8) {
            0 => Action::Clock(-3_600),
            1 => Action::Clock(3_600),
            2 => Action::Clock(self.one(&[-20, 20, 40])),
            3 => Action::Sleep(9 * 3_600),
            4 => Action::Sleep(self.one(&[5, 31, 120])),
            5 => Action::Sleep(5_000),
            _ => Action::Stop(self.one(&[2, 8, 90, 7_200])),
        };
        self.acts.push(act);
    }

    fn resize(&mut self) {
        let (columns, rows) = self.one(&[(80, 24), (140, 40), (58, 16), (30, 8), (200, 60)]);
        self.acts.push(Action::Resize(columns, rows));
    }

    fn way(&mut self) {
        let millis = self.one(&[5, 100, 800, 2_500]);
        self.acts.push(Action::Way(millis));
    }

    /// The program ends, things change while it is off, and the first keys after the start meet what an earlier run left.
    fn start_again(&mut self) {
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
            self.approve()
        } else {
            self.reject()
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

    /// The user quits, or begins to.
    fn leaving(&mut self) {
        self.keys(&["esc", "q"]);
        let answer = self.one(&["q", "y", "w", "esc", "ctrl-c", "u"]);
        self.key(answer);
        self.wait(0, 4_000);
    }
}
