//! Pages above the rest: help, messages, links, history, the difference of two readings.

use qrcode::{Color, EcLevel, QrCode};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{diff, help, history, notice, popup};
use crate::app::pages::PageKind;
use crate::app::screen::Extent;
use crate::app::{Loaded, MissingForm, Page, Reason, Since};
use crate::domain::{self, CleanText, I18n};
use crate::text::{Sentence, Word, when};

/// Blank modules around a code, without which no phone finds it.
const QUIET: usize = 2;
/// Columns that the links keep beside the code.
const LEAST_TEXT: usize = 30;

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, page: &Page, area: Rect) -> Extent {
    popup::clear(buffer, area);
    let text = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let columns = usize::from(area.width);
    let mut found = Vec::new();
    let (title, lines) = match page.kind {
        PageKind::Help => {
            let help = help::lines(context, columns);
            found = help.found;
            (Word::HelpTitle, help.lines)
        }
        PageKind::Messages => (Word::MessagesTitle, messages(context, columns)),
        PageKind::Links => (Word::LinksTitle, links(context, columns, text.height.into())),
        PageKind::History => (Word::HistoryTitle, history::lines(context, columns)),
        PageKind::Difference => (Word::DifferenceTitle, comparison(context, columns)),
    };
    let mut extent = Extent { lines: lines.len(), rows: text.height.into(), found: found.len(), ..Extent::default() };
    let search = &context.app.help_search;
    let sought = found.get(search.at).filter(|_| search.seeks);
    let is_shown = |line: &&usize| (page.scroll..page.scroll + extent.rows).contains(*line);
    let wanted = sought.filter(|line| !is_shown(line)).map(|line| line.saturating_sub(extent.rows / 2));
    let scroll = extent.first(wanted.unwrap_or(page.scroll));
    extent.top = scroll;
    let seen = (scroll + extent.rows).min(extent.lines);
    let mut place = if extent.lines > extent.rows { format!("{seen}/{}", extent.lines) } else { String::new() };
    if page.kind == PageKind::Help && !search.words.is_empty() {
        let at = if found.is_empty() { 0 } else { search.at + 1 };
        place = format!("/{} {at}/{}", search.words, found.len());
    }
    let mut title = vec![context.span(StyleRole::Title, context.word(title))];
    if page.kind == PageKind::Links {
        title.extend(named(context));
    }
    let rule = context.titled_rule(title, &place, area.width);
    put(buffer, &rule, area.x, area.y, area.width);
    put_all(buffer, lines.into_iter().skip(scroll), text);
    extent
}

fn messages(context: &RenderContext<'_>, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (at, said) in context.app.notices.all() {
        let time = when::second(at.wall, &context.app.settings.zone);
        lines.extend(notice::entry(context, &time, &context.localizer.notice(said), columns));
    }
    if lines.is_empty() {
        lines.push(context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoMessages))));
    }
    lines
}

/// Initiator and kind of the request that the links lead to.
fn named(context: &RenderContext<'_>) -> Option<Span<'static>> {
    let process = context.app.requests.process(&context.app.page_target.as_ref()?.process)?;
    let request = context.title(process, process.kind());
    let summary = if context.app.is_masked(process) { String::new() } else { context.text(&process.summary()) };
    Some(context.span(StyleRole::Text, format!(" · {request} {summary}").trim_end().to_owned()))
}

fn links(context: &RenderContext<'_>, columns: usize, rows: usize) -> Vec<Line<'static>> {
    let about = context.app.page_target.as_ref();
    let Some((key, process)) = about.and_then(|key| Some((key, context.app.requests.process(&key.process)?))) else {
        return vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::RequestNotLoaded)))];
    };
    let addresses = process.todo(&key.approver).map_or(&process.start_links, |todo| &todo.links);
    let named = [(Word::WebLink, &addresses.web), (Word::PcLink, &addresses.pc), (Word::MobileLink, &addresses.mobile)];
    let Some(first) = named.iter().map(|(_, link)| *link).find(|link| !link.is_empty()) else {
        return vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoLinks)))];
    };
    let texts = |columns: usize| {
        let mut lines = Vec::new();
        for (word, link) in named.iter().filter(|(_, link)| !link.is_empty()) {
            lines.push(context.line(StyleRole::Label, format!(" {}", context.word(*word))));
            lines.extend(context.wrapped(StyleRole::Text, link.as_str(), 1, columns));
        }
        lines
    };
    match code(context, first, columns.saturating_sub(LEAST_TEXT), rows) {
        Some(code) => beside(
            context,
            code,
            &|columns| {
                let mut lines = texts(columns);
                lines.push(Line::default());
                lines.push(context.line(StyleRole::Label, format!(" {}", context.word(Word::ScanWithPhone))));
                lines
            },
            columns,
        ),
        None => texts(columns),
    }
}

/// Side by side: the code of the first link on the left, the links on the right.
fn beside(
    context: &RenderContext<'_>,
    code: Vec<Line<'static>>,
    texts: &dyn Fn(usize) -> Vec<Line<'static>>,
    columns: usize,
) -> Vec<Line<'static>> {
    let side = code.first().map_or(0, Line::width);
    let texts = texts(columns.saturating_sub(side));
    let rows = code.len().max(texts.len());
    let mut code = code.into_iter();
    let mut texts = texts.into_iter();
    (0..rows)
        .map(|_| {
            let mut line = code.next().unwrap_or_else(|| context.line(StyleRole::Text, " ".repeat(side)));
            line.spans.extend(texts.next().unwrap_or_default().spans);
            line
        })
        .collect()
}

/// A link as a code of half blocks, when it fits whole; terminals that draw them two cells wide get none.
fn code(context: &RenderContext<'_>, link: &CleanText, columns: usize, rows: usize) -> Option<Vec<Line<'static>>> {
    if context.theme.ascii {
        return None;
    }
    let code = QrCode::with_error_correction_level(link.as_str(), EcLevel::L).ok()?;
    let side = code.width() + 2 * QUIET;
    if side > columns || side.div_ceil(2) > rows {
        return None;
    }
    let dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(QUIET).filter(|at| *at < code.width());
        matches!((inside(x), inside(y)), (Some(x), Some(y)) if code[(x, y)] == Color::Dark)
    };
    let lines = (0..side).step_by(2).map(|y| {
        let glyphs: String = (0..side)
            .map(|x| match (dark(x, y), dark(x, y + 1)) {
                (true, true) => ' ',
                (true, false) => '▄',
                (false, true) => '▀',
                (false, false) => '█',
            })
            .collect();
        context.line(StyleRole::Code, glyphs)
    });
    Some(lines.collect())
}

/// Changes of the request on screen, and their base.
fn comparison(context: &RenderContext<'_>, columns: usize) -> Vec<Line<'static>> {
    let Some(comparison) = context.app.comparison() else {
        return vec![context.line(StyleRole::Dim, format!(" {}", context.localizer.reason(Reason::NoDifference)))];
    };
    let heading = match comparison.since {
        Since::Decided => Word::SinceDecided,
        Since::Opened => Word::SinceOpened,
        Since::Original => Word::SinceOriginal,
    };
    let process = &comparison.now.process;
    let kind = I18n::same(CleanText::new(&context.kind(process)));
    let request = context.title(process, &kind);
    let mut lines = vec![context.line(StyleRole::Title, format!(" {request}"))];
    lines.extend(context.wrapped(StyleRole::Dim, context.word(heading), 1, columns));
    let Some(before) = &comparison.before else {
        let original = comparison.now.process.original_process_id.as_ref().and_then(|id| context.app.requests.get(id));
        match original.map(|case| &case.process) {
            Some(Loaded::Failed(failure)) => {
                let why = context.localizer.say(&Sentence::RequestFailed(&context.localizer.failure(failure)));
                lines.extend(context.wrapped(StyleRole::Bad, &why, 1, columns));
            }
            _ => lines.push(context.line(StyleRole::Text, format!(" {}", context.word(Word::ReadingOriginal)))),
        }
        return lines;
    };
    let differences = match comparison.since {
        Since::Original => domain::diff::correction(before, &comparison.now),
        Since::Decided | Since::Opened => domain::diff::differences(before, &comparison.now),
    };
    if differences.is_empty() {
        let same = if comparison.missing.is_empty() { Word::NoDifference } else { Word::SameSummary };
        lines.push(context.line(StyleRole::Text, format!(" {}", context.word(same))));
    }
    for MissingForm { of, failure } in &comparison.missing {
        let why = failure.as_ref().map(|failure| context.localizer.failure(failure));
        let said = context.localizer.say(&Sentence::FormsNotCompared { of: *of, why: why.as_deref() });
        lines.extend(context.wrapped(StyleRole::Careful, &said, 1, columns));
    }
    lines.extend(diff::lines(context, &comparison.process, &differences, columns));
    lines
}
