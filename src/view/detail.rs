//! The process pane: title, tabs, and the text of the tab.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::look::Role;
use super::scene::Scene;
use super::{cells, comments, put, put_all, summary, timeline};
use crate::app::screen::{Extent, Pane};
use crate::app::{Command, Layer, Tab};
use crate::domain::{Process, TaskKey};
use crate::keys::Stroke;
use crate::text::Sentence;

pub(super) fn draw(buffer: &mut Buffer, scene: &Scene<'_>, area: Rect) -> Extent {
    let process = scene.case().and_then(|case| case.process.here()).map(std::sync::Arc::as_ref);
    heading(buffer, scene, process, area);
    let text = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let columns = usize::from(area.width);
    let lines = match (scene.shown(), process) {
        (Some(key), Some(process)) => tab(scene, process, key, columns),
        _ => summary::not_here(scene, columns),
    };
    let decision = scene.shown().map(|key| summary::decision(scene, key, columns)).unwrap_or_default();
    let lines: Vec<_> = decision.into_iter().chain(lines).collect();
    let extent = Extent { lines: lines.len(), rows: text.height.into(), ..Extent::default() };
    let has_keys = scene.app.screen.pane == Pane::Process;
    let scroll = if has_keys { extent.first(scene.app.screen.scroll) } else { 0 };
    put_all(buffer, lines.into_iter().skip(scroll), text);
    extent
}

fn tab(scene: &Scene<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    match scene.app.screen.tab {
        Tab::Summary | Tab::Form => summary::lines(scene, process, key, columns),
        Tab::Timeline => timeline::lines(scene, process, key, columns),
        Tab::Comments => comments::lines(scene, process, columns),
        Tab::Copies => comments::copies(scene, process, columns),
    }
}

/// The title and tab lines, shared with the form pane where that has the screen for itself.
pub(super) fn heading(buffer: &mut Buffer, scene: &Scene<'_>, process: Option<&Process>, area: Rect) {
    let app = scene.app;
    let place = match (&app.reconcile, app.inbox.position()) {
        (Some(list), _) if app.looks_at_line() => format!("{}/{}", list.cursor.at() + 1, list.len()),
        (_, Some(at)) => format!("{at}/{}", app.inbox.shown_count()),
        (_, None) => String::new(),
    };
    let mut title = vec![scene.span(Role::Marker, if has_keys(scene) { "▸" } else { " " })];
    if let Some(process) = process {
        title.extend(summary::title(scene, process));
    } else if let Some(key) = scene.shown() {
        title.push(scene.span(Role::Title, crate::domain::CleanText::new(key.process.as_str()).line().into_owned()));
    }
    let room = usize::from(area.width).saturating_sub(cells::width(&place) + 2);
    put(buffer, &cells::cut_line(Line::from(title), room), area.x, area.y, area.width);
    let at = area.right().saturating_sub(u16::try_from(cells::width(&place)).unwrap_or(0) + 1);
    put(buffer, &scene.line(Role::Dim, place), at.max(area.x), area.y, area.right().saturating_sub(at));
    put(buffer, &tabs(scene, process, usize::from(area.width)), area.x, area.y + 1, area.width);
}

fn has_keys(scene: &Scene<'_>) -> bool {
    scene.app.screen.pane != Pane::List
}

/// The tabs with their keys and counts.
fn tabs(scene: &Scene<'_>, process: Option<&Process>, columns: usize) -> Line<'static> {
    let shown = scene.app.screen.shown_tab();
    let mut spans = vec![Span::raw(" ")];
    for tab in Tab::ALL {
        let count = process.map_or(0, |process| match tab {
            Tab::Comments => process.comments.len(),
            Tab::Copies => process.cc_list.len(),
            _ => 0,
        });
        let key = scene.keymap.reaches(&[Layer::Process], Command::Show(tab)).map(Stroke::label);
        spans.push(scene.span(Role::Key, key.unwrap_or_default()));
        let role = if tab == shown { Role::Tab } else { Role::Dim };
        spans.push(scene.span(role, scene.voice.say(&Sentence::Counted { name: scene.voice.tab(tab), count })));
        spans.push(Span::raw("  "));
    }
    cells::cut_line(Line::from(spans), columns)
}
