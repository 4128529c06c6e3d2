//! Invariants 9 and 10, on content of an earlier run: it is marked until this run has read it or the platform has said
//! that it is current, and every row of it comes from one state that was written.

use shenpi::app::inbox::Row;
use shenpi::app::{Answer, App, CachedRequest, Event, Loaded, Message, Query, RequestId, Restored, Slot, Subject};
use shenpi::domain::{CacheWrite, CachedList, Millis, ProcessId, RowProjection, Seen, Shown, biz_type};
use shenpi::runtime::{Report, read_kept, restored};

use super::action::Moment as Point;
use super::content::is_same;
use super::day::{Day, What};
use super::model::Moment;
use super::platform::Version;

/// How long an answer is under way at most before a row has its content, without sleeps and stops.
const UNDER_WAY: i64 = 14_000;

impl Day<'_> {
    /// Opens the cache for a run, as the start of the program does.
    pub fn open_cache(&mut self) -> Option<Restored> {
        if !self.script.behavior.cache {
            return None;
        }
        let now = self.clocks().wall;
        match self.cache.open(now) {
            Ok(list) => {
                self.watch_restored(list.as_ref());
                let rows = list.as_ref().map_or(0, |list| list.rows.len());
                self.figures.warm_starts += u64::from(rows > 0);
                self.say(|_| format!("   the cache has {rows} rows"));
                Some(restored(list, true, now))
            }
            Err(words) => {
                self.breaks(10, words);
                None
            }
        }
    }

    /// Invariant 10: each row is one of the platform's, and a sensitive one has no summary that must not be kept.
    fn watch_restored(&mut self, list: Option<&CachedList>) {
        self.figures.checks += 1;
        for row in list.into_iter().flat_map(|list| &list.rows) {
            let Some(content) = &row.content else { continue };
            let projection = &content.projection;
            if projection.high_care && !self.cache.bounds.sensitive && !projection.summary.is_empty() {
                return self.breaks(10, format!("the summary of {} was kept", self.name(&row.key.process)));
            }
            let history = self.platform.history(&row.key.process);
            if !history.iter().any(|version| self.is_row_of(projection, version, row.key.approver.as_str())) {
                let words = format!("{projection:?} was never a row of {}", self.name(&row.key.process));
                return self.breaks(10, words);
            }
        }
    }

    fn is_row_of(&self, shown: &RowProjection, version: &Version, approver: &str) -> bool {
        let mut truth = RowProjection::of(&version.content.process, &shenpi::domain::ApproverId::new(approver));
        if *shown == truth {
            return true;
        }
        truth.summary = shenpi::domain::I18n::default();
        truth.high_care && !self.cache.bounds.sensitive && *shown == truth
    }

    // --- kept content

    /// Hands writes to the cache. Its thread takes them a moment later.
    pub fn keep_writes(&mut self, writes: Vec<CacheWrite>) {
        if !self.cache.is_open() {
            return;
        }
        let begins = !self.cache.has_waiting();
        self.cache.take(writes);
        if begins && self.cache.has_waiting() {
            self.figures.batches += 1;
            let dice = self.dice("the cache", self.figures.batches);
            let after = if dice.is_multiple_of(30) { 100 + dice / 30 % 3_000 } else { 2 };
            let run = self.run();
            self.later(i64::try_from(after).unwrap_or_default(), run, What::CacheTurn);
        }
    }

    /// The thread of the cache writes what waits.
    pub fn write_cache(&mut self) {
        if let Some(share) = self.traps_in_cache().filter(|_| self.cache.is_open() && self.cache.has_waiting()) {
            self.cache.write_torn(share);
        }
        if self.reaches(Point::InCacheWrite(0)) {
            return;
        }
        match self.cache.write() {
            Ok(None) => {}
            Ok(Some(problem)) => {
                self.cache.lose(&problem);
                self.report(Report::Event(Event::CacheLost(problem)));
            }
            Err(words) => self.breaks(10, words),
        }
    }

    /// The last batch at the end of a run, which now and then comes too late.
    pub fn close_cache(&mut self) {
        let Some(batch) = self.program.as_mut().map(super::program::Program::last_batch) else { return };
        if !self.cache.is_open() {
            return;
        }
        self.cache.take(batch);
        if self.dice("the last batch", self.figures.batches).is_multiple_of(12) {
            return self.cache.killed();
        }
        match self.cache.write() {
            Ok(_) => self.cache.close(),
            Err(words) => self.breaks(10, words),
        }
    }

    /// Notes what an answer of the platform leaves in the cache, once it is back.
    pub fn note_answer(&mut self, id: RequestId, query: &Query, read_at: Millis) {
        let (Query::Process(process) | Query::Form(process)) = query else { return };
        let Some(version) = self.platform.history(process).last() else { return };
        let high_care = biz_type::is_high_care(&version.content.process);
        let (of, answer, form) = (process.clone(), version.answer.clone(), version.form_answer.clone());
        let write = match query {
            Query::Process(_) => CacheWrite::Process { id: of, answer, read_at, high_care },
            _ => CacheWrite::Form { id: of, answer: form, read_at },
        };
        let run = self.run();
        self.model.answers.insert((run, id), write);
    }

    /// Reads a request of the cache, with the truth behind its process and its form.
    pub fn cached(&mut self, id: &ProcessId) -> (Option<CachedRequest>, Vec<Shown>) {
        let none = (None, Vec::new());
        let now = self.clocks().wall;
        let detail = match self.cache.detail(id, now) {
            Ok(Some(detail)) => detail,
            Ok(None) => return none,
            Err(words) => {
                self.breaks(10, words);
                return none;
            }
        };
        let history = self.platform.history(id);
        let process = history.iter().find(|version| version.answer == detail.process);
        let form = detail.form.as_ref().map(|(form, _)| history.iter().find(|version| version.form_answer == *form));
        let (Some(of_process), of_form) = (process, form.flatten()) else {
            self.breaks(10, format!("an answer about {} was never received", self.name(id)));
            return none;
        };
        if biz_type::is_high_care(&of_process.content.process) && !detail.sensitive {
            self.breaks(10, format!("the content of {} was kept", self.name(id)));
            return none;
        }
        let truth = vec![of_process.truth.clone(), of_form.unwrap_or(of_process).truth.clone()];
        let request = if self.platform.sends_bytes() {
            read_kept(id, &detail)
        } else {
            let form = detail
                .form
                .as_ref()
                .map_or(Loaded::Absent, |_| Loaded::Here(of_form.and_then(|version| version.content.form.clone())));
            let process = (*of_process.content.process).clone();
            Some(CachedRequest { process, read_at: detail.read_at, form, names: detail.names.clone() })
        };
        if request.as_ref().is_none_or(|request| request.process != *of_process.content.process) {
            self.breaks(10, format!("the kept answer about {} is read in another way", self.name(id)));
        }
        (request, truth)
    }

    /// The answer of the cache reaches the program.
    pub fn cached_back(&mut self, id: RequestId, slot: Slot) {
        let Slot::Cached(process) = &slot else { return };
        let process = process.clone();
        let (request, truth) = self.cached(&process);
        self.read_back(id, slot, Ok(Answer::Cached(request.map(Box::new))));
        let Some(program) = self.program.as_ref().filter(|_| self.platform.sends_bytes()) else { return };
        if let (Some(request), [of_process, of_form]) = (program.app.requests.get(&process), truth.as_slice())
            && request.is_cached
        {
            self.model.readings.note(request.process.here(), None, of_process);
            self.model.readings.note(None, request.form.here().and_then(Option::as_ref), of_form);
        }
    }

    // --- content on screen

    /// Invariant 9.
    pub fn watch_marks(&mut self, app: &App, message: &Message) {
        self.note_opened(app);
        let Message::Event(Event::Restored(_) | Event::Answered { .. }) = message else { return };
        let Some(program) = &self.program else { return };
        let mut moved = Vec::new();
        let mut lie = None;
        for row in app.inbox.rows() {
            let Some(known) = &row.known else { continue };
            let state = (known.confirmed, known.as_of);
            if program.rows.get(&row.key) == Some(&state) {
                continue;
            }
            moved.push((row.key.clone(), state));
            if lie.is_none() && known.confirmed {
                lie = self.row_fault(app, row, known.as_of);
            }
        }
        self.figures.checks += u64::try_from(moved.len()).unwrap_or_default();
        let unmarked = app.selected().and_then(|key| {
            let request = app.requests.get(&key.process)?;
            let unread = request.process.here().is_some() && !request.is_cached && !program.read.contains(&key.process);
            unread.then(|| format!("{} is of an earlier run, and nothing says so", self.name(&key.process)))
        });
        if let Some(program) = &mut self.program {
            program.rows.extend(moved);
        }
        if let Some(lie) = lie.or(unmarked) {
            self.breaks(9, lie);
        }
    }

    /// The fault of a row that counts as current.
    fn row_fault(&self, app: &App, row: &Row, as_of: Millis) -> Option<String> {
        let known = row.known.as_ref()?;
        let id = &row.key.process;
        let from = if self.clock_was_set { Moment::MIN } else { self.earliest(self.moment_of_wall(as_of)) };
        let history = self.platform.history(id);
        let is_current = history.iter().enumerate().any(|(place, version)| {
            let ends = history.get(place + 1).map_or(i64::MAX, |next| self.moment_of_wall(next.from));
            ends >= from && self.is_row_of(&known.projection, version, row.key.approver.as_str())
        });
        if !is_current {
            let words = format!("the row of {} counts as current, and was not at {as_of:?}", self.name(id));
            return Some(format!("{words}: {:?}", known.projection));
        }
        // The form may be older than the process for a moment: the content that can be on screen counts.
        let request = app.requests.get(id).filter(|request| !request.is_cached && row.seen == Seen::Opened)?;
        let (shown, opened) = (request.shown()?, self.model.opened.get(id));
        let was_opened =
            opened.is_some_and(|opened| opened.iter().any(|opened| is_same(&opened.as_seen_in(&shown), &shown)));
        (!was_opened).then(|| format!("{} counts as seen, and its content never was on screen", self.name(id)))
    }

    /// The earliest moment whose content may have come at this one.
    fn earliest(&self, at: Moment) -> Moment {
        let from = at - UNDER_WAY;
        from - self.model.slept_between(from, self.now) - self.model.stopped_between(from, self.now)
    }

    /// Notes the contents that the user has opened.
    fn note_opened(&mut self, app: &App) {
        for key in app.subject(Subject::Keys).into_iter().chain(app.selected()) {
            let opened = app.requests.get(&key.process).and_then(|request| request.opened.as_ref());
            let Some(shown) = opened else { continue };
            let known = self.model.opened.entry(key.process.clone()).or_default();
            let same = |old: &Shown| std::sync::Arc::ptr_eq(&old.process, &shown.process) && old.form == shown.form;
            if !known.last().is_some_and(same) {
                known.push(shown.clone());
            }
        }
    }

    /// How much of a batch is written when the program ends in the middle of it.
    fn traps_in_cache(&self) -> Option<u16> {
        let first = self.traps.iter().find_map(|(at, skip, _)| match at {
            Point::InCacheWrite(share) => Some((*share, *skip)),
            _ => None,
        });
        first.filter(|(_, skip)| *skip == 0).map(|(share, _)| share)
    }
}

/// Whether a request on screen is that of an earlier run.
pub fn is_cached(app: &App, id: &ProcessId) -> bool {
    app.requests.get(id).is_some_and(|request| request.is_cached)
}
