//! The process pane: title, tabs, and the text of the tab.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::long_text::LongText;
use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{comments, summary, text_layout, timeline};
use crate::app::screen::{Extent, Pane};
use crate::app::{Command, Layer, Tab};
use crate::domain::{Process, TaskKey};
use crate::keys::Stroke;
use crate::text::Sentence;

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) -> Extent {
    let process = context.request().and_then(|request| request.process.here()).map(std::sync::Arc::as_ref);
    let text = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let columns = usize::from(area.width);
    let body = match (context.shown(), process) {
        (Some(key), Some(process)) => tab(context, process, key, columns),
        _ => summary::not_here(context, columns).into_iter().collect(),
    };
    let decision = context.shown().map(|key| summary::decision(context, key, columns)).unwrap_or_default();
    let rows = usize::from(text.height);
    let extent = Extent { lines: decision.len() + body.lines(), rows, ..Extent::default() };
    // The keys of the list scroll the text beside it.
    let scrolls = context.app.screen.pane != Pane::Form;
    let scroll = if scrolls { extent.first(context.app.screen.scroll) } else { 0 };
    // How far the text has been read.
    let read = (scroll + extent.rows).min(extent.lines);
    let mark = if extent.lines > extent.rows { format!("{read}/{}", extent.lines) } else { String::new() };
    heading(buffer, context, process, &mark, area);
    let below = scroll.saturating_sub(decision.len());
    let above: Vec<_> = decision.into_iter().skip(scroll).collect();
    put_all(buffer, above.into_iter().chain(body.window(context, below, rows)), text);
    extent
}

fn tab<'p>(context: &'p RenderContext<'_>, process: &'p Process, key: &'p TaskKey, columns: usize) -> LongText<'p> {
    match context.app.screen.tab {
        Tab::Summary | Tab::Form => summary::lines(context, process, key, columns).into_iter().collect(),
        Tab::Timeline => timeline::text(context, process, key, columns),
        Tab::Comments => comments::text(context, process, columns),
        Tab::Copies => comments::copies(context, process, columns).into_iter().collect(),
    }
}

/// The title and tab lines, shared with the form pane where that has the screen for itself. `mark` ends the line of tabs.
pub(super) fn heading(
    buffer: &mut Buffer,
    context: &RenderContext<'_>,
    process: Option<&Process>,
    mark: &str,
    area: Rect,
) {
    let app = context.app;
    // The header has the position in the list.
    let line = app.issues.as_ref().filter(|_| app.looks_at_line());
    let place = line.map(|list| format!("{}/{}", list.cursor.at() + 1, list.len())).unwrap_or_default();
    let mut title = vec![context.span(StyleRole::Marker, if has_keys(context) { "▸" } else { " " })];
    if let Some(process) = process {
        title.extend(summary::title(context, process));
    } else if let Some(key) = context.shown() {
        title.push(
            context.span(StyleRole::Title, crate::domain::CleanText::new(key.process.as_str()).line().into_owned()),
        );
    }
    let room = usize::from(area.width).saturating_sub(text_layout::width(&place) + 2);
    put(buffer, &text_layout::cut_line(Line::from(title), room), area.x, area.y, area.width);
    let at = area.right().saturating_sub(u16::try_from(text_layout::width(&place)).unwrap_or(0) + 1);
    put(buffer, &context.line(StyleRole::Dim, place), at.max(area.x), area.y, area.right().saturating_sub(at));
    let columns = u16::try_from(text_layout::width(mark) + 1).unwrap_or(area.width).min(area.width);
    let room = area.width - columns;
    put(buffer, &tabs(context, process, usize::from(room)), area.x, area.y + 1, room);
    put(buffer, &context.line(StyleRole::Dim, mark.to_owned()), area.x + room, area.y + 1, columns);
}

fn has_keys(context: &RenderContext<'_>) -> bool {
    context.app.screen.pane != Pane::List
}

/// The tabs with their keys and counts.
fn tabs(context: &RenderContext<'_>, process: Option<&Process>, columns: usize) -> Line<'static> {
    let shown = context.app.screen.shown_tab();
    let mut spans = vec![Span::raw(" ")];
    for tab in Tab::ALL {
        let count = process.map_or(0, |process| match tab {
            Tab::Comments => process.comments.len(),
            Tab::Copies => process.cc_list.len(),
            _ => 0,
        });
        let key = context.keymap.reaches(&[Layer::Process], Command::Show(tab)).map(Stroke::label);
        spans.push(context.span(StyleRole::Key, key.unwrap_or_default()));
        let role = if tab == shown { StyleRole::Tab } else { StyleRole::Dim };
        spans.push(
            context.span(role, context.localizer.say(&Sentence::Counted { name: context.localizer.tab(tab), count })),
        );
        spans.push(Span::raw("  "));
    }
    text_layout::cut_line(Line::from(spans), columns)
}
