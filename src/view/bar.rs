//! The lines at the edges: the header, the hints, and the one-line prompt in the place of the notice.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::put;
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{field, text_layout};
use crate::app::form::Matches;
use crate::app::prompt::{Completion, Purpose};
use crate::app::screen::{Extent, Pane, Shape};
use crate::app::{Command, Layer, Prompt, Step};
use crate::domain::{Action, Endpoint, LiveState, Millis};
use crate::text::{Sentence, Word, short_id, when};

/// Cells of the tenant's name below which it is left out.
const LEAST_PLACE: usize = 6;

/// A part of the header.
struct Part {
    role: StyleRole,
    text: String,
    rank: Rank,
}

impl Part {
    fn of(rank: Rank, role: StyleRole, text: impl Into<String>) -> Self {
        Self { role, text: text.into(), rank }
    }

    fn width(&self) -> usize {
        text_layout::width(&self.text)
    }
}

/// The parts that leave a narrow header, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Place,
    Id,
    Program,
    Loaded,
    Zone,
    Name,
    Underway,
    Live,
    Age,
    Stays,
}

impl Rank {
    const LEAVING: [Self; 9] = [
        Self::Place,
        Self::Id,
        Self::Program,
        Self::Loaded,
        Self::Zone,
        Self::Name,
        Self::Underway,
        Self::Live,
        Self::Age,
    ];
}

/// Who and where on the left; position, figures, age and the zone of the times on the right. Parts leave whole, the least
/// needed first; only the place is shortened.
pub(super) fn header(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) {
    let width = usize::from(area.width);
    let (mut left, mut right) = (identity(context), figures(context));
    let zone = when::zone_name(context.app.now.wall, &context.app.settings.zone);
    right.push(Part::of(Rank::Zone, StyleRole::Dim, zone));
    let gap = |part: &Part| if part.rank == Rank::Zone { 1 } else { 2 };
    for rank in Rank::LEAVING {
        let of = |parts: &[Part], gap: &dyn Fn(&Part) -> usize| parts.iter().map(|part| part.width() + gap(part)).sum();
        let taken: usize = of(&left, &|_| 1);
        let figures: usize = of(&right, &gap);
        let over = (taken.saturating_sub(1) + figures).saturating_sub(width);
        if over == 0 {
            break;
        }
        let place = left.iter().position(|part| part.rank == Rank::Place && rank == Rank::Place);
        if let Some(place) = place.and_then(|at| left.get_mut(at)) {
            let room = place.width().saturating_sub(over);
            place.text = text_layout::cut_between_words(&place.text, room);
            if room >= LEAST_PLACE && !place.text.is_empty() {
                continue;
            }
        }
        left.retain(|part| part.rank != rank);
        right.retain(|part| part.rank != rank);
    }
    let mut spans: Vec<Span<'static>> = Vec::new();
    for part in left {
        spans.extend((!spans.is_empty()).then(|| Span::raw(" ")));
        spans.push(context.span(part.role, part.text));
    }
    let taken: usize = spans.iter().map(Span::width).sum();
    let figures: usize = right.iter().map(|part| part.width() + gap(part)).sum();
    spans.push(Span::raw(" ".repeat(width.saturating_sub(taken + figures))));
    for part in right {
        spans.extend([Span::raw(" ".repeat(gap(&part))), context.span(part.role, part.text)]);
    }
    put(buffer, &text_layout::cut_line(Line::from(spans), width), area.x, area.y, area.width);
}

/// The program, the operator and the tenant; where one pane is shown at a time, the operator and the pane.
fn identity(context: &RenderContext<'_>) -> Vec<Part> {
    let settings = &context.app.settings;
    let name = context.text(&settings.operator.name);
    let id = short_id(settings.operator.id.as_str());
    if context.app.screen.shape() == Shape::Single {
        return crumbs(context, if name.is_empty() { &id } else { &name });
    }
    let mut parts = vec![Part::of(Rank::Program, StyleRole::Header, context.word(Word::Program))];
    if name.is_empty() {
        parts.push(Part::of(Rank::Name, StyleRole::Text, id));
    } else {
        parts.push(Part::of(Rank::Name, StyleRole::Text, name));
        parts.push(Part::of(Rank::Id, StyleRole::Text, id));
    }
    let place = settings.place.line();
    if !place.is_empty() {
        parts.push(Part::of(Rank::Place, StyleRole::Text, format!("@{place}")));
    }
    parts
}

/// Where one is, in a terminal that shows one pane at a time.
fn crumbs(context: &RenderContext<'_>, who: &str) -> Vec<Part> {
    let inbox = Part::of(Rank::Stays, StyleRole::Header, format!("› {}", context.word(Word::Inbox)));
    let tab = match context.app.screen.pane {
        Pane::List => None,
        Pane::Process | Pane::Form => Some(context.localizer.tab(context.app.screen.shown_tab())),
    };
    let tab = tab.map(|tab| Part::of(Rank::Stays, StyleRole::Header, format!("› {tab}")));
    let who = Part::of(Rank::Name, StyleRole::Text, text_layout::cut(who, 12));
    [who, inbox].into_iter().chain(tab).collect()
}

/// Position and counts, limits, age and connection.
fn figures(context: &RenderContext<'_>) -> Vec<Part> {
    let app = context.app;
    let say = |sentence: &Sentence<'_>| context.localizer.say(sentence);
    let mut figures = Vec::new();
    if app.settings.read_only {
        figures.push(Part::of(Rank::Stays, StyleRole::Careful, context.word(Word::ReadOnly)));
    }
    figures.extend(counts(context));
    let counts = [
        (StyleRole::Bad, app.outbox.failed(), Sentence::Failed as fn(usize) -> Sentence<'static>),
        (StyleRole::Bad, app.outbox.unknown(), Sentence::Unknown),
        (StyleRole::Careful, app.outbox.queued(), Sentence::Held),
    ];
    for (role, count, sentence) in counts {
        if count > 0 {
            figures.push(Part::of(Rank::Stays, role, say(&sentence(count))));
        }
    }
    let sending = app.outbox.sending();
    if sending > 0 {
        figures.push(Part::of(Rank::Underway, StyleRole::Careful, say(&Sentence::Sending(sending))));
    }
    let limits = [Endpoint::UpdateTask, Endpoint::TaskList, Endpoint::ProcessDetail, Endpoint::FormV2];
    if let Some(until) = limits.iter().filter_map(|limit| app.fetch.told_limit(*limit, app.now.mono)).max() {
        let seconds = until.since(app.now.mono).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
        let text = say(&Sentence::LimitedUntil(&clock_in(context, seconds)));
        figures.push(Part::of(Rank::Stays, StyleRole::Careful, text));
    }
    // In hundredths, and once the list is whole: the figure never falls, and loading in the background seldom changes it.
    let (unread, all) = app.fetch.unread_of_all();
    if let Some(percent) = ((all - unread) * 100).checked_div(all).filter(|_| unread > 0 && app.inbox.complete) {
        figures.push(Part::of(Rank::Loaded, StyleRole::Dim, say(&Sentence::Loaded { percent })));
    }
    match app.inbox.read_at {
        Some(at) if !app.list_refresh.is_overdue(at, app.now) => {}
        Some(at) => {
            let text = say(&Sentence::UpdatedAt(&when::clock(at.wall, &app.settings.zone)));
            figures.push(Part::of(Rank::Age, StyleRole::Dim, text));
        }
        None if app.list_refresh.is_reading() && app.list_refresh.waits(&app.fetch, app.now.mono).is_none() => {
            figures.push(Part::of(Rank::Age, StyleRole::Dim, context.word(Word::Reading)));
        }
        None => {}
    }
    let live = app.live_watch.state().map(|state| match state {
        LiveState::Live => Word::Live,
        LiveState::Polling => Word::Polling,
        LiveState::Elsewhere => Word::Elsewhere,
    });
    figures.extend(live.map(|word| Part::of(Rank::Live, StyleRole::Dim, context.word(word))));
    figures
}

/// The position among the rows; beside it the pending tasks, where they are not the rows.
fn counts(context: &RenderContext<'_>) -> Vec<Part> {
    let inbox = &context.app.inbox;
    let (pending, rows) = (inbox.pending(), inbox.shown_count());
    let more = !inbox.is_whole();
    let part = |text| Part::of(Rank::Stays, StyleRole::Text, text);
    let pending_only = |count| part(context.localizer.say(&Sentence::Pending { at: None, count, more }));
    match context.app.position() {
        _ if !inbox.has_come() => vec![pending_only(None)],
        None => vec![pending_only(Some(pending))],
        at @ Some(_) if pending == rows => {
            vec![part(context.localizer.say(&Sentence::Pending { at, count: Some(pending), more }))]
        }
        Some(at) => vec![part(format!("{at}/{rows}")), pending_only(Some(pending))],
    }
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
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut offered: Vec<Hint> = Vec::new();
    let is_command_line = context.app.prompt.as_ref().is_some_and(|prompt| prompt.purpose == Purpose::Command);
    for command in context.keymap.hints(*layer) {
        if command == Command::Complete && !is_command_line {
            continue;
        }
        let works = is_offered(context, *layer, extent, command);
        let stays = *layer == Layer::List && depends_on_row(command);
        if !works && !stays {
            continue;
        }
        let Some(stroke) = context.keymap.reaches(layers, command) else { continue };
        let key = format!("{} ", stroke.label());
        let word = match (layer, command) {
            (Layer::Review | Layer::Position | Layer::Prompt, Command::Escape) => context.word(Word::Cancel),
            (Layer::Prompt, Command::Finish) if is_command_line => context.word(Word::RunCommand),
            (Layer::Prompt, Command::Finish) => context.word(Word::ApplyWords),
            (Layer::List, Command::Escape) => context.word(Word::ClearFilter),
            (Layer::Issues, Command::Escape) => context.word(Word::Later),
            (Layer::Leaving, Command::Escape) => context.word(Word::Stay),
            (Layer::Review, Command::EditOpinion) => edit_word(context),
            _ => context.keymap.word(command, context.localizer.lang),
        };
        offered.push(Hint { key, word: word.to_owned(), works });
    }
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

/// Whether this command works on some rows of the list and not on others.
const fn depends_on_row(command: Command) -> bool {
    matches!(command, Command::Open | Command::Show(_) | Command::Decide(_) | Command::Reveal)
}

/// The row that the cursor rests on is one of a sensitive request.
fn has_masks(context: &RenderContext<'_>) -> bool {
    let row = context.shown().and_then(|key| context.app.inbox.row(key));
    row.and_then(|row| row.known.as_ref()).is_some_and(|known| known.projection.high_care)
}

/// The key back to the text, by the kind of the text and whether there is one.
fn edit_word(context: &RenderContext<'_>) -> &'static str {
    let Some(dialog) = &context.app.dialog else { return "" };
    let written = !dialog.text.trim().is_empty();
    context.word(match (dialog.action, written) {
        (Action::Approve, false) => Word::WriteComment,
        (Action::Approve, true) => Word::EditComment,
        (Action::Reject | Action::Withdraw | Action::Revoke, false) => Word::WriteReason,
        (Action::Reject | Action::Withdraw | Action::Revoke, true) => Word::EditReason,
        (Action::Transfer | Action::AddSign, false) => Word::WriteNote,
        (Action::Transfer | Action::AddSign, true) => Word::EditNote,
    })
}

fn is_offered(context: &RenderContext<'_>, layer: Layer, extent: &Extent, command: Command) -> bool {
    match (&context.app.dialog, command) {
        (None, Command::Escape) if layer == Layer::List => !context.app.inbox.filter.is_empty(),
        (None, Command::Reveal) if layer == Layer::List => has_masks(context),
        (Some(_), Command::Confirm) => extent.hidden == 0,
        (Some(dialog), Command::ToggleMethod) => matches!(dialog.step, Step::Position) || dialog.chooses_method(),
        (Some(dialog), Command::Difference) => dialog.targets.iter().any(|one| !one.changes.is_empty()),
        (None, Command::Find) if context.app.page.is_some_and(|page| page.kind.search().is_none()) => false,
        (None, Command::NextMatch) if context.app.page.is_some() => extent.found > 0,
        (None, command) => context.app.can(command).is_ok(),
        (Some(_), _) => true,
    }
}

/// The one-line field at the bottom, and above it the commands that its text may become.
pub(super) fn prompt(frame: &mut Frame<'_>, context: &RenderContext<'_>, prompt: &Prompt, area: Rect) {
    super::popup::clear(frame.buffer_mut(), area);
    let sign = match prompt.purpose {
        Purpose::Filter | Purpose::FormSearch | Purpose::History | Purpose::Help => "/",
        Purpose::Command => ":",
    };
    let (role, beside) = match prompt.purpose {
        _ if prompt.unknown => (StyleRole::Bad, context.word(Word::UnknownCommand).to_owned()),
        Purpose::FormSearch => (StyleRole::Dim, matched(context)),
        Purpose::Filter | Purpose::History | Purpose::Help | Purpose::Command => (StyleRole::Dim, String::new()),
    };
    let taken = u16::try_from(text_layout::width(&beside)).unwrap_or(0);
    put(frame.buffer_mut(), &context.line(StyleRole::Key, sign), area.x, area.y, area.width);
    let room = area.width.saturating_sub(2 + taken);
    put(frame.buffer_mut(), &context.line(role, beside), area.x + 2 + room, area.y, taken);
    field::draw(frame, context, &prompt.editor, Rect { x: area.x + 1, width: room, ..area });
    let above = Rect { y: area.y.saturating_sub(1), height: 1, ..area };
    if prompt.purpose == Purpose::Command && above.y > 0 {
        super::popup::clear(frame.buffer_mut(), above);
        put(frame.buffer_mut(), &candidates(context, prompt, area.width.into()), above.x, above.y, above.width);
    }
}

/// The match under the cursor and how many there are.
fn matched(context: &RenderContext<'_>) -> String {
    match context.app.form_matches() {
        Some(Matches { at: Some(at), count }) => format!("{at}/{count}"),
        Some(Matches { at: None, count }) => format!("0/{count}"),
        None => String::new(),
    }
}

/// The commands that the text of the command line may become, from the one that stands in it on.
fn candidates(context: &RenderContext<'_>, prompt: &Prompt, columns: usize) -> Line<'static> {
    let (all, at) = prompt.candidates();
    let mut spans = Vec::new();
    for (place, Completion { name, command }) in all.iter().enumerate().skip(at.unwrap_or(0)) {
        let role = if at == Some(place) { StyleRole::Match } else { StyleRole::Key };
        spans.extend([Span::raw(if spans.is_empty() { " " } else { "  " }), context.span(role, *name)]);
        if let Some(command) = command {
            let word = context.keymap.word(*command, context.localizer.lang).to_owned();
            spans.push(context.span(StyleRole::Dim, format!(" {word}")));
        }
    }
    text_layout::cut_line(Line::from(spans), columns)
}
