//! The lines at the edges: the header, the hints, and the one-line prompt in the place of the notice.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::put;
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{field, text_layout};
use crate::app::pages::PageKind;
use crate::app::prompt::Purpose;
use crate::app::screen::{Extent, Pane, Shape};
use crate::app::{Command, Layer, Prompt, Step};
use crate::domain::{Endpoint, LiveState, Millis};
use crate::keys::{Key, Stroke};
use crate::text::{Sentence, Word, short_id, when};

/// Cells that the operator's name keeps beside any figures.
const NAME: usize = 12;

/// Who, where, how much, how old, and the zone of the times. The figures and the age keep their room: the place gives
/// way first.
pub(super) fn header(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) {
    let figures: Vec<_> = figures(context).into_iter().map(|(role, text)| context.span(role, text)).collect();
    let zone = context.span(StyleRole::Dim, when::zone_name(context.app.now.wall, &context.app.settings.zone));
    let width = usize::from(area.width);
    let taken: usize = figures.iter().map(|span| span.width() + 2).sum();
    let mut spans = identity(context, width.saturating_sub(taken + 1 + zone.width()));
    for span in figures {
        spans.extend([Span::raw("  "), span]);
    }
    let filled: usize = spans.iter().map(Span::width).sum();
    if filled + 1 + zone.width() <= width {
        spans.extend([Span::raw(" "), zone]);
    }
    put(buffer, &text_layout::cut_line(Line::from(spans), width), area.x, area.y, area.width);
}

/// The operator and the tenant, in so many cells if that is enough for a name.
fn identity(context: &RenderContext<'_>, room: usize) -> Vec<Span<'static>> {
    let settings = &context.app.settings;
    let name = context.text(&settings.operator.name);
    let id = short_id(settings.operator.id.as_str());
    let place = settings.place.line();
    if context.app.screen.shape() == Shape::Single {
        return crumbs(context, if name.is_empty() { &id } else { &name });
    }
    let who = if name.is_empty() { id } else { format!("{name} {id}") };
    let whole = if place.is_empty() { who } else { format!("{who} @{place}") };
    let program = context.word(Word::Program);
    let room =
        room.saturating_sub(text_layout::width(program) + 1).clamp(NAME, usize::from(context.app.screen.columns) / 2);
    vec![
        context.span(StyleRole::Header, program),
        Span::raw(" "),
        context.span(StyleRole::Text, text_layout::cut(&whole, room).into_owned()),
    ]
}

/// Where one is, in a terminal that shows one pane at a time.
fn crumbs(context: &RenderContext<'_>, who: &str) -> Vec<Span<'static>> {
    let mut spans = vec![context.span(StyleRole::Text, text_layout::cut(who, 12).into_owned())];
    let steps: &[&'static str] = match context.app.screen.pane {
        Pane::List => &[context.word(Word::Inbox)],
        Pane::Process | Pane::Form => {
            &[context.word(Word::Inbox), context.localizer.tab(context.app.screen.shown_tab())]
        }
    };
    for step in steps {
        spans.push(context.span(StyleRole::Dim, " › "));
        spans.push(context.span(StyleRole::Header, *step));
    }
    spans
}

/// Counts in the header, most important first.
fn figures(context: &RenderContext<'_>) -> Vec<(StyleRole, String)> {
    let app = context.app;
    let say = |sentence: &Sentence<'_>| context.localizer.say(sentence);
    let mut figures = Vec::new();
    if app.settings.read_only {
        figures.push((StyleRole::Careful, context.word(Word::ReadOnly).to_owned()));
    }
    let pending = app.inbox.pending();
    let count = app.inbox.has_come().then_some(pending);
    figures.push((StyleRole::Text, say(&Sentence::Pending { count, more: !app.inbox.is_whole() })));
    let counts = [
        (StyleRole::Bad, app.outbox.failed(), Sentence::Failed as fn(usize) -> Sentence<'static>),
        (StyleRole::Bad, app.outbox.unknown(), Sentence::Unknown),
        (StyleRole::Careful, app.outbox.queued(), Sentence::Held),
        (StyleRole::Careful, app.outbox.sending(), Sentence::Sending),
    ];
    for (role, count, sentence) in counts {
        if count > 0 {
            figures.push((role, say(&sentence(count))));
        }
    }
    let limits = [Endpoint::UpdateTask, Endpoint::TaskList, Endpoint::ProcessDetail, Endpoint::FormV2];
    if let Some(until) = limits.iter().filter_map(|limit| app.fetch.told_limit(*limit, app.now.mono)).max() {
        let seconds = until.since(app.now.mono).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
        figures.push((StyleRole::Careful, say(&Sentence::LimitedUntil(&clock_in(context, seconds)))));
    }
    // In hundredths: the figure keeps its room, and loading in the background seldom changes it.
    let (unread, all) = app.fetch.unread_of_all();
    if let Some(percent) = ((all - unread) * 100).checked_div(all).filter(|_| unread > 0) {
        figures.push((StyleRole::Dim, say(&Sentence::Loaded { percent })));
    }
    match app.inbox.read_at {
        Some(at) if !app.list_refresh.is_overdue(at, app.now) => {}
        Some(at) => {
            figures.push((StyleRole::Dim, say(&Sentence::UpdatedAt(&when::clock(at.wall, &app.settings.zone)))));
        }
        None if app.list_refresh.is_reading() && app.list_refresh.waits(&app.fetch, app.now.mono).is_none() => {
            figures.push((StyleRole::Dim, context.word(Word::Reading).to_owned()));
        }
        None => {}
    }
    let live = app.live_watch.state().map(|state| match state {
        LiveState::Live => Word::Live,
        LiveState::Polling => Word::Polling,
        LiveState::Elsewhere => Word::Elsewhere,
    });
    figures.extend(live.map(|word| (StyleRole::Dim, context.word(word).to_owned())));
    figures
}

/// The clock in `seconds` seconds.
pub(super) fn clock_in(context: &RenderContext<'_>, seconds: u64) -> String {
    let app = context.app;
    let at = Millis(app.now.wall.0.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX / 2000) * 1000));
    when::second(at, &app.settings.zone)
}

/// The keys and their effects here, as many as fit, without those that cannot work now. In the list, keys that depend on
/// the row are dimmed instead: the line keeps its columns while the cursor moves, and a move costs few bytes.
pub(super) fn hints(buffer: &mut Buffer, context: &RenderContext<'_>, extent: &Extent, area: Rect) {
    let layers = context.app.layers();
    let Some(layer) = layers.first() else { return };
    let bracketed = matches!(layer, Layer::Review | Layer::Position);
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut offered: Vec<Hint> = Vec::new();
    for command in context.keymap.hints(*layer) {
        let works = is_offered(context, extent, command);
        let stays = *layer == Layer::List && depends_on_row(command);
        if !works && !stays {
            continue;
        }
        let Some(stroke) = context.keymap.reaches(layers, command) else { continue };
        let key = if bracketed { format!("[{}]", stroke.label()) } else { format!("{} ", stroke.label()) };
        let word = match (layer, command) {
            (Layer::Review | Layer::Position, Command::Escape) => context.word(Word::Cancel),
            (Layer::Issues, Command::Escape) => context.word(Word::Later),
            (Layer::Leaving, Command::Escape) => context.word(Word::Stay),
            _ => context.keymap.word(command, context.localizer.lang),
        };
        offered.push(Hint { key, word: word.to_owned(), works });
    }
    let way_out = offered.len().saturating_sub(1);
    offered.splice(way_out..way_out, after_canned(context));
    // The last one, the way to the help or out of a dialog, keeps its place.
    let room = |hint: &Hint| text_layout::width(&hint.key) + text_layout::width(&hint.word) + 2;
    let mut left = usize::from(area.width).saturating_sub(offered.last().map_or(0, room)) + 1;
    let last = offered.len().saturating_sub(1);
    for (at, hint) in offered.into_iter().enumerate() {
        if at < last {
            match left.checked_sub(room(&hint)) {
                Some(rest) => left = rest,
                None => continue,
            }
        }
        let Hint { key, word, works } = hint;
        spans.push(Span::raw(if spans.is_empty() { " " } else { "  " }));
        spans.push(context.span(if works { StyleRole::Key } else { StyleRole::Dim }, key));
        spans.push(context.span(if works { StyleRole::Text } else { StyleRole::Dim }, word));
    }
    put(buffer, &Line::from(spans), area.x, area.y, area.width);
}

/// A key of the footer and its effect.
struct Hint {
    key: String,
    word: String,
    /// It can work now.
    works: bool,
}

impl Hint {
    fn works(key: String, word: String) -> Self {
        Self { key, word, works: true }
    }
}

/// Whether this command works on some rows of the list and not on others.
const fn depends_on_row(command: Command) -> bool {
    matches!(command, Command::Open | Command::Decide(_) | Command::Reveal)
}

/// Keys after a canned reason was just inserted.
fn after_canned(context: &RenderContext<'_>) -> Vec<Hint> {
    let Some(Step::Compose { canned: Some(digits), .. }) = context.app.dialog.as_ref().map(|dialog| &dialog.step)
    else {
        return Vec::new();
    };
    let backspace = Stroke::plain(Key::Backspace).label();
    let just = context.localizer.say(&Sentence::JustDigits(digits.as_str()));
    let mut offered = vec![Hint::works(format!("{backspace} "), just)];
    let reasons = context.app.settings.canned.len();
    if reasons > 1 {
        offered.push(Hint::works(format!("1-{reasons} "), context.word(Word::AnotherReason).to_owned()));
    }
    offered
}

fn is_offered(context: &RenderContext<'_>, extent: &Extent, command: Command) -> bool {
    match (&context.app.dialog, command) {
        (Some(_), Command::Confirm) => extent.hidden == 0,
        (Some(dialog), Command::ToggleMethod) => matches!(dialog.step, Step::Position) || dialog.chooses_method(),
        (Some(dialog), Command::Difference) => dialog.targets.iter().any(|one| !one.changes.is_empty()),
        (None, Command::Find) if context.app.page.is_some_and(|page| page.kind != PageKind::History) => false,
        (None, command) => context.app.can(command).is_ok(),
        (Some(_), _) => true,
    }
}

/// The one-line field at the bottom.
pub(super) fn prompt(frame: &mut Frame<'_>, context: &RenderContext<'_>, prompt: &Prompt, area: Rect) {
    super::popup::clear(frame.buffer_mut(), area);
    let sign = match prompt.purpose {
        Purpose::Filter | Purpose::FormSearch | Purpose::History => "/",
        Purpose::Command => ":",
    };
    let problem = if prompt.unknown { context.word(Word::UnknownCommand) } else { "" };
    let taken = u16::try_from(text_layout::width(problem)).unwrap_or(0);
    put(frame.buffer_mut(), &context.line(StyleRole::Key, sign), area.x, area.y, area.width);
    let room = area.width.saturating_sub(2 + taken);
    put(frame.buffer_mut(), &context.line(StyleRole::Bad, problem), area.x + 2 + room, area.y, taken);
    field::draw(frame, context, &prompt.editor, Rect { x: area.x + 1, width: room, ..area });
}
