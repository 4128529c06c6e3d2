//! The lines at the edges: the header, the hints, and the one-line prompt in the place of the notice.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::look::Role;
use super::scene::Scene;
use super::{cells, field, put};
use crate::app::pages::PageKind;
use crate::app::prompt::Purpose;
use crate::app::screen::{Extent, Pane, Shape};
use crate::app::{Command, Layer, Prompt, Step};
use crate::domain::{Endpoint, Millis};
use crate::keys::{Key, Stroke};
use crate::text::{Sentence, Word, short_id, when};

/// Cells that the operator's name keeps beside any figures.
const NAME: usize = 12;

/// Who, where, how much, how old, and the zone of the times. The figures and the age keep their room: the place gives
/// way first.
pub(super) fn header(buffer: &mut Buffer, scene: &Scene<'_>, area: Rect) {
    let figures: Vec<_> = figures(scene).into_iter().map(|(role, text)| scene.span(role, text)).collect();
    let zone = scene.span(Role::Dim, when::zone_name(scene.app.now.wall, &scene.app.settings.zone));
    let width = usize::from(area.width);
    let taken: usize = figures.iter().map(|span| span.width() + 2).sum();
    let mut spans = identity(scene, width.saturating_sub(taken + 1 + zone.width()));
    for span in figures {
        spans.extend([Span::raw("  "), span]);
    }
    let filled: usize = spans.iter().map(Span::width).sum();
    if filled + 1 + zone.width() <= width {
        spans.extend([Span::raw(" "), zone]);
    }
    put(buffer, &cells::cut_line(Line::from(spans), width), area.x, area.y, area.width);
}

/// The operator and the tenant, in so many cells if that is enough for a name.
fn identity(scene: &Scene<'_>, room: usize) -> Vec<Span<'static>> {
    let settings = &scene.app.settings;
    let name = scene.text(&settings.operator.name);
    let id = short_id(settings.operator.id.as_str());
    let place = settings.place.line();
    if scene.app.screen.shape() == Shape::Single {
        return crumbs(scene, if name.is_empty() { &id } else { &name });
    }
    let who = if name.is_empty() { id } else { format!("{name} {id}") };
    let whole = if place.is_empty() { who } else { format!("{who} @{place}") };
    let program = scene.word(Word::Program);
    let room = room.saturating_sub(cells::width(program) + 1).clamp(NAME, usize::from(scene.app.screen.columns) / 2);
    vec![
        scene.span(Role::Header, program),
        Span::raw(" "),
        scene.span(Role::Text, cells::cut(&whole, room).into_owned()),
    ]
}

/// Where one is, in a terminal that shows one pane at a time.
fn crumbs(scene: &Scene<'_>, who: &str) -> Vec<Span<'static>> {
    let mut spans = vec![scene.span(Role::Text, cells::cut(who, 12).into_owned())];
    let steps: &[&'static str] = match scene.app.screen.pane {
        Pane::List => &[scene.word(Word::Inbox)],
        Pane::Process | Pane::Form => &[scene.word(Word::Inbox), scene.voice.tab(scene.app.screen.shown_tab())],
    };
    for step in steps {
        spans.push(scene.span(Role::Dim, " › "));
        spans.push(scene.span(Role::Header, *step));
    }
    spans
}

/// Counts in the header, most important first.
fn figures(scene: &Scene<'_>) -> Vec<(Role, String)> {
    let app = scene.app;
    let say = |sentence: &Sentence<'_>| scene.voice.say(sentence);
    let mut figures = Vec::new();
    if app.settings.read_only {
        figures.push((Role::Careful, scene.word(Word::ReadOnly).to_owned()));
    }
    let pending = app.inbox.pending();
    let count = app.inbox.has_come().then_some(pending);
    figures.push((Role::Text, say(&Sentence::Pending { count, more: !app.inbox.is_whole() })));
    let counts = [
        (Role::Bad, app.outbox.failed(), Sentence::Failed as fn(usize) -> Sentence<'static>),
        (Role::Bad, app.outbox.unknown(), Sentence::Unknown),
        (Role::Careful, app.outbox.held(), Sentence::Held),
        (Role::Careful, app.outbox.sending(), Sentence::Sending),
    ];
    for (role, count, sentence) in counts {
        if count > 0 {
            figures.push((role, say(&sentence(count))));
        }
    }
    let limits = [Endpoint::UpdateTask, Endpoint::TaskList, Endpoint::ProcessDetail, Endpoint::FormV2];
    if let Some(seconds) = limits.iter().filter_map(|limit| app.sync.limited_for(*limit, app.now.mono)).max() {
        figures.push((Role::Careful, say(&Sentence::LimitedUntil(&clock_in(scene, seconds)))));
    }
    let loaded = app.cases.loaded();
    if loaded < pending {
        figures.push((Role::Dim, say(&Sentence::LoadedOf { loaded, total: pending })));
    }
    match app.inbox.read_at {
        Some(at) => {
            figures.push((Role::Dim, say(&Sentence::UpdatedAt(&when::clock(at.wall, &app.settings.zone)))));
        }
        None if app.sync.is_reading_list() && app.sync.list_waits(app.now.mono).is_none() => {
            figures.push((Role::Dim, scene.word(Word::Reading).to_owned()));
        }
        None => {}
    }
    figures
}

/// The clock in `seconds` seconds.
pub(super) fn clock_in(scene: &Scene<'_>, seconds: u64) -> String {
    let app = scene.app;
    let at = Millis(app.now.wall.0.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX / 2000) * 1000));
    when::second(at, &app.settings.zone)
}

/// The keys and their effects here, as many as fit, without those that cannot work now.
pub(super) fn hints(buffer: &mut Buffer, scene: &Scene<'_>, extent: &Extent, area: Rect) {
    let layers = scene.app.layers();
    let Some(layer) = layers.first() else { return };
    let bracketed = matches!(layer, Layer::Review | Layer::Position);
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut offered: Vec<(String, String)> = Vec::new();
    for command in scene.keymap.hints(*layer).filter(|command| is_offered(scene, extent, *command)) {
        let Some(stroke) = scene.keymap.reaches(layers, command) else { continue };
        let key = if bracketed { format!("[{}]", stroke.label()) } else { format!("{} ", stroke.label()) };
        let word = match (layer, command) {
            (Layer::Review | Layer::Position, Command::Escape) => scene.word(Word::Cancel),
            (Layer::Reconcile, Command::Escape) => scene.word(Word::Later),
            (Layer::Leaving, Command::Escape) => scene.word(Word::Stay),
            _ => scene.keymap.word(command, scene.voice.lang),
        };
        offered.push((key, word.to_owned()));
    }
    let way_out = offered.len().saturating_sub(1);
    offered.splice(way_out..way_out, after_canned(scene));
    // The last one, the way to the help or out of a dialog, keeps its place.
    let room = |(key, word): &(String, String)| cells::width(key) + cells::width(word) + 2;
    let mut left = usize::from(area.width).saturating_sub(offered.last().map_or(0, room)) + 1;
    let last = offered.len().saturating_sub(1);
    for (at, hint) in offered.into_iter().enumerate() {
        if at < last {
            match left.checked_sub(room(&hint)) {
                Some(rest) => left = rest,
                None => continue,
            }
        }
        let (key, word) = hint;
        spans.push(Span::raw(if spans.is_empty() { " " } else { "  " }));
        spans.push(scene.span(Role::Key, key));
        spans.push(scene.span(Role::Text, word));
    }
    put(buffer, &Line::from(spans), area.x, area.y, area.width);
}

/// Keys after a canned reason was just inserted.
fn after_canned(scene: &Scene<'_>) -> Vec<(String, String)> {
    let Some(Step::Compose { canned: Some(digits), .. }) = scene.app.dialog.as_ref().map(|dialog| &dialog.step) else {
        return Vec::new();
    };
    let backspace = Stroke::plain(Key::Backspace).label();
    let just = scene.voice.say(&Sentence::JustDigits(digits.as_str()));
    let mut offered = vec![(format!("{backspace} "), just)];
    let reasons = scene.app.settings.canned.len();
    if reasons > 1 {
        offered.push((format!("1-{reasons} "), scene.word(Word::AnotherReason).to_owned()));
    }
    offered
}

fn is_offered(scene: &Scene<'_>, extent: &Extent, command: Command) -> bool {
    match (&scene.app.dialog, command) {
        (Some(_), Command::Confirm) => extent.hidden == 0,
        (Some(dialog), Command::ToggleMethod) => matches!(dialog.step, Step::Position) || dialog.chooses_method(),
        (Some(dialog), Command::Difference) => !dialog.changes.is_empty(),
        (None, Command::Find) if scene.app.page.is_some_and(|page| page.kind != PageKind::History) => false,
        (None, command) => scene.app.can(command).is_ok(),
        (Some(_), _) => true,
    }
}

/// The one-line field at the bottom.
pub(super) fn prompt(frame: &mut Frame<'_>, scene: &Scene<'_>, prompt: &Prompt, area: Rect) {
    super::popup::clear(frame.buffer_mut(), area);
    let sign = match prompt.purpose {
        Purpose::Filter | Purpose::FormSearch | Purpose::History => "/",
        Purpose::Command => ":",
    };
    let problem = if prompt.unknown { scene.word(Word::UnknownCommand) } else { "" };
    let taken = u16::try_from(cells::width(problem)).unwrap_or(0);
    put(frame.buffer_mut(), &scene.line(Role::Key, sign), area.x, area.y, area.width);
    let room = area.width.saturating_sub(2 + taken);
    put(frame.buffer_mut(), &scene.line(Role::Bad, problem), area.x + 2 + room, area.y, taken);
    field::draw(frame, scene, &prompt.editor, Rect { x: area.x + 1, width: room, ..area });
}
