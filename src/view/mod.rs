//! Painting: the state of the program as cells. Reads [`App`] and returns an [`Extent`]; rows of a review that it
//! counts as hidden block the confirmation.
//!
//! Each part of the screen has a file of its own; `layout.rs` places them. Lists and forms build only the rows on
//! screen, pages build all their lines.

mod bar;
mod comments;
mod decide;
mod detail;
mod diff;
mod field;
mod form;
mod help;
mod history;
mod inbox;
mod issues;
mod layout;
mod leaving;
mod long_text;
mod marks;
mod notice;
mod pages;
mod paint;
pub mod palette;
mod panel;
mod people;
mod popup;
mod preview;
mod render_context;
mod summary;
pub mod svg;
#[cfg(test)]
mod test_support;
#[cfg(test)]
mod tests;
pub mod text_layout;
pub mod theme;
mod timeline;
pub mod value;

use ratatui::Frame;
use ratatui::text::Line;

pub use theme::{ColorDepth, Theme, ThemeError};

use crate::app::App;
use crate::app::screen::{Extent, Pane, Screen, Shape};
use crate::keys::Keymap;
use crate::text::Sentence;
use layout::Places;
use paint::put;
use render_context::RenderContext;
use theme::StyleRole;

/// Draws the whole screen. Returns the length of the scrollable text in the active pane or page, and the hidden rows of
/// a review.
pub fn draw(frame: &mut Frame<'_>, app: &App, keymap: &Keymap, theme: &Theme) -> Extent {
    let context = RenderContext::new(app, keymap, theme);
    let area = frame.area();
    let screen = app.screen.sized(area.width, area.height);
    let extent = match screen.shape() {
        Shape::TooSmall => {
            too_small(frame, &context);
            Extent::default()
        }
        _ => whole(frame, &context, &screen),
    };
    theme.to_ascii(frame.buffer_mut());
    extent
}

fn whole(frame: &mut Frame<'_>, context: &RenderContext<'_>, screen: &Screen) -> Extent {
    let places = Places::of(frame.area(), screen, context.app.screen.pane);
    bar::header(frame.buffer_mut(), context, places.header);
    let mut extent = Extent::default();
    if let Some(page) = &context.app.page {
        extent = pages::draw(frame.buffer_mut(), context, page, layout::page(&places, screen.shape()));
    } else if let Some(list) = context.app.open_list() {
        extent = issues::draw(frame.buffer_mut(), context, list, layout::page(&places, screen.shape()));
    } else {
        panes(frame, context, &places, &mut extent);
    }
    extent.hidden = context.app.dialog.as_ref().map_or(0, |dialog| decide::hidden(context, dialog, &places));
    bar::hints(frame.buffer_mut(), context, &extent, places.hints);
    if let Some(leaving) = context.app.leaving {
        leaving::draw(frame, context, leaving, &places);
        return extent;
    }
    match (&context.app.page, &context.app.prompt, &context.app.dialog) {
        (None, None, Some(dialog)) => decide::draw(frame, context, dialog, &places),
        (_, Some(prompt), _) => bar::prompt(frame, context, prompt, places.notice),
        _ => notice::draw(frame.buffer_mut(), context, &places),
    }
    extent
}

fn panes(frame: &mut Frame<'_>, context: &RenderContext<'_>, places: &Places, extent: &mut Extent) {
    let buffer = frame.buffer_mut();
    let pane = context.app.screen.pane;
    if let Some(area) = places.list {
        inbox::draw(buffer, context, area);
    }
    if let Some(area) = places.preview {
        *extent = preview::draw(buffer, context, area);
    }
    for x in &places.separators {
        for y in places.body.y..places.body.bottom() {
            buffer.set_string(*x, y, "│", context.style(StyleRole::Rule));
        }
    }
    if let Some(area) = places.process {
        let length = detail::draw(buffer, context, area);
        if pane != Pane::Form {
            *extent = length;
        }
    }
    if let Some(area) = places.form {
        let length = form::draw(buffer, context, area, places.process.is_none());
        if pane == Pane::Form {
            *extent = length;
        }
    }
}

/// Under 40×10 there is room for one sentence.
fn too_small(frame: &mut Frame<'_>, context: &RenderContext<'_>) {
    let area = frame.area();
    let sentence = if context.app.dialog.is_some() {
        Sentence::TooSmallToDecide
    } else {
        Sentence::TooSmall { columns: area.width, rows: area.height }
    };
    let lines = text_layout::wrap(&context.localizer.say(&sentence), area.width.into());
    for (line, y) in lines.iter().zip(area.y..area.bottom()) {
        put(frame.buffer_mut(), &Line::raw(text_layout::cut(line, area.width.into())), area.x, y, area.width);
    }
}
