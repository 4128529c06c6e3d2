//! The end of a day: no more trouble, all requests and answers arrive, and the user works off the open matters. Then
//! every confirmed decision must have an outcome that the user was told.

use shenpi::app::App;
use shenpi::app::issues::Line;
use shenpi::domain::decision::state::State;

use super::action::Action;
use super::action::DiskTrouble;
use super::day::Day;

/// Rounds of working off open matters before the day counts as endless.
const ROUNDS: usize = 60;

impl Day<'_> {
    pub fn finish(&mut self) {
        if self.broken.is_some() {
            return;
        }
        self.say(|_| "— the evening: nothing goes wrong any more".to_owned());
        self.troubles.clear();
        self.traps.clear();
        self.way = 20;
        self.perform_act(&Action::Disk(DiskTrouble::Fine));
        self.pass(40_000);
        for round in 0..ROUNDS {
            if self.broken.is_some() {
                return;
            }
            if self.is_settled() && self.refreshed {
                break;
            }
            self.tidy(round);
        }
        self.check_told();
        if self.broken.is_none() {
            self.audit(None);
        }
    }

    /// Nothing is held, on its way or unknown, and no list is open.
    fn is_settled(&self) -> bool {
        let Some(program) = &self.program else { return false };
        let app = &program.app;
        let busy = app.outbox.all().into_iter().any(|entry| match &entry.state {
            State::Queued { .. } | State::Sending { .. } => true,
            State::Unknown(uncertain) => !uncertain.exhausted,
            _ => false,
        });
        !busy && app.issues.is_none() && self.untold().is_none()
    }

    fn untold(&self) -> Option<String> {
        let untold = self.model.confirmed.iter().find(|(_, entry)| entry.told.is_none() && !entry.lost);
        untold.map(|(id, _)| id.0.clone())
    }

    /// One step of the user towards the end.
    fn tidy(&mut self, round: usize) {
        let Some(app) = self.program.as_ref().filter(|program| program.is_live()).map(|program| &program.app) else {
            return self.key(3_000, "esc");
        };
        if app.leaving.is_some() || app.page.is_some() || app.prompt.is_some() {
            return self.key(500, "esc");
        }
        if app.dialog.is_some() {
            return self.key(500, if app.issues.is_some() { "y" } else { "esc" });
        }
        if app.issues.is_some() {
            return self.answer_line(round);
        }
        if !std::mem::replace(&mut self.refreshed, true) {
            // All uncertain decisions are verified once more.
            self.key(500, "ctrl-r");
        }
        self.pass(10_000);
    }

    /// The user answers a line of the list: discards it or decides the same again; a decision under verification waits.
    fn answer_line(&mut self, round: usize) {
        let Some(app) = self.program.as_ref().map(|program| &program.app) else { return };
        let lines = app.issue_lines();
        let Some(place) = lines.iter().position(App::is_unanswered) else { return self.key(500, "esc") };
        let open = matches!(lines[place], Line::Task(entry) if matches!(entry.state, State::Unknown(_)));
        let cursor = app.issues.as_ref().map_or(0, |list| list.cursor.at());
        if open && round < ROUNDS / 2 {
            self.pass(10_000);
        }
        if cursor == place {
            let again = self.dice("again", round as u64).is_multiple_of(2) && round < ROUNDS / 2;
            self.key(500, if again { "s" } else { "d" });
        } else {
            self.key(300, if cursor < place { "j" } else { "k" });
        }
    }

    /// Invariant 4.
    fn check_told(&mut self) {
        self.figures.checks += 1;
        if let Some(id) = self.untold() {
            let last = self.model.confirmed.iter().find(|(known, _)| known.0 == id).and_then(|(_, entry)| entry.last());
            let state = last.map(shenpi::store::state);
            self.breaks(4, format!("she was never told what became of {id} (last: {state:?})"));
        }
    }
}
