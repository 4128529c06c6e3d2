//! Where each part of the screen goes. The figures are those of `app/screen.rs`; here they become rectangles.

use ratatui::layout::Rect;

use crate::app::screen::{Pane, Screen, Shape};

/// The parts of the screen. A part that has no place is not drawn.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) header: Rect,
    pub(super) body: Rect,
    pub(super) list: Option<Rect>,
    pub(super) preview: Option<Rect>,
    pub(super) process: Option<Rect>,
    pub(super) form: Option<Rect>,
    /// Columns between panes that stand side by side.
    pub(super) separators: Vec<u16>,
    pub(super) notice: Rect,
    pub(super) hints: Rect,
}

impl Places {
    pub(super) fn of(area: Rect, screen: &Screen, pane: Pane) -> Self {
        let Rect { x, y, width, height } = area;
        let body = Rect::new(x, y + 1, width, screen.body_rows());
        let mut places = Self {
            header: Rect::new(x, y, width, 1),
            body,
            notice: Rect::new(x, y + height.saturating_sub(2), width, 1),
            hints: Rect::new(x, y + height.saturating_sub(1), width, 1),
            ..Self::default()
        };
        match (screen.shape(), pane) {
            (Shape::Double | Shape::Wide, _) => places.side_by_side(screen),
            (_, Pane::Process) => places.process = Some(body),
            (_, Pane::Form) => places.form = Some(body),
            (Shape::Stacked, Pane::List) => {
                let preview = screen.preview_rows();
                let list = screen.stack_rows().saturating_sub(preview);
                places.list = Some(Rect { height: list, ..body });
                places.preview = Some(Rect { y: body.y + list, height: preview, ..body });
            }
            (_, Pane::List) => places.list = Some(body),
        }
        places
    }

    fn side_by_side(&mut self, screen: &Screen) {
        let body = self.body;
        let (list, process) = (screen.list_columns(), screen.process_columns());
        let first = body.x + list;
        let beside = Rect { x: first + 1, width: process, height: screen.process_rows(), ..body };
        self.list = Some(Rect { width: list, ..body });
        self.process = Some(beside);
        self.separators = vec![first];
        self.form = Some(if screen.shape() == Shape::Double {
            Rect { y: beside.bottom(), height: body.height - beside.height, ..beside }
        } else {
            self.separators.push(beside.right());
            Rect { x: beside.right() + 1, width: screen.form_columns(), ..body }
        });
    }

    /// The lowest `rows` rows above the hints, for a dialog; the header and two rows of the case stay.
    pub(super) fn panel(&self, rows: usize) -> Rect {
        let most = (self.body.height + 1).saturating_sub(2);
        let rows = u16::try_from(rows).unwrap_or(u16::MAX).clamp(1, most.max(1));
        Rect { y: self.hints.y.saturating_sub(rows), height: rows, ..self.hints }
    }
}

/// Where a page goes: over the whole body, or in its middle where that is very wide.
pub(super) fn page(places: &Places, shape: Shape) -> Rect {
    let body = places.body;
    match shape {
        Shape::Double | Shape::Wide => {
            let width = body.width.min(100);
            Rect { x: body.x + (body.width - width) / 2, width, ..body }
        }
        _ => body,
    }
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::{Pane, Places, Screen};

    #[test]
    fn parts_never_overlap_and_never_leave_the_screen() {
        for columns in (40..=300).step_by(7) {
            for rows in (10..=100).step_by(3) {
                let area = Rect::new(0, 0, columns, rows);
                for pane in [Pane::List, Pane::Process, Pane::Form] {
                    let places = Places::of(area, &Screen::new(columns, rows), pane);
                    // A notice covers the last row of a preview.
                    let notice = if places.preview.is_some() { Rect::default() } else { places.notice };
                    let mut parts = vec![places.header, notice, places.hints];
                    parts.extend([places.list, places.preview, places.process, places.form].into_iter().flatten());
                    parts.extend(places.separators.iter().map(|x| Rect { x: *x, width: 1, ..places.body }));
                    for (at, part) in parts.iter().enumerate() {
                        assert_eq!(part.intersection(area), *part, "{columns}×{rows} {pane:?}");
                        assert!(parts.iter().skip(at + 1).all(|other| !part.intersects(*other)));
                    }
                }
            }
        }
    }

    #[test]
    fn the_list_has_as_many_rows_as_paging_counts() {
        for (columns, rows) in [(80, 24), (50, 14), (120, 40), (160, 48), (100, 40)] {
            let screen = Screen::new(columns, rows);
            let places = Places::of(Rect::new(0, 0, columns, rows), &screen, Pane::List);
            let list = places.list.expect("the list has a place");
            assert_eq!(usize::from(list.height) - 1, screen.list_rows());
        }
    }
}
