//! Rows of the help page and of keys.md, from the key map.

use super::keymap::Keymap;
use super::stroke::{Key, Stroke};
use crate::app::{Command, Layer};

/// The keys of one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpSection {
    pub layer: Layer,
    pub rows: Vec<HelpRow>,
}

/// One command with all its strokes in the layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpRow {
    pub strokes: Vec<Stroke>,
    pub command: Command,
}

/// Every layer with its commands, in the order of the key map.
#[must_use]
pub fn sections(keymap: &Keymap) -> Vec<HelpSection> {
    Layer::ALL
        .iter()
        .map(|&(_, layer)| {
            let mut rows: Vec<HelpRow> = Vec::new();
            for bound in keymap.in_layer(layer) {
                match rows.iter_mut().find(|row| row.command == bound.command) {
                    Some(row) => row.strokes.push(bound.stroke),
                    None => rows.push(HelpRow { strokes: vec![bound.stroke], command: bound.command }),
                }
            }
            HelpSection { layer, rows }
        })
        .filter(|section| !section.rows.is_empty())
        .collect()
}

/// One line of the help page: keys, and the command or the tabs that they are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HelpLine {
    pub keys: String,
    pub commands: Vec<Command>,
}

/// The lines of the help page: layers in force, topmost first, then decisions, then the rest. A stroke that already
/// stood above for the same command is left out.
#[must_use]
pub fn page(keymap: &Keymap, in_force: &[Layer]) -> Vec<(Layer, Vec<HelpLine>)> {
    let general = [Layer::Moving, Layer::Anywhere];
    let own = in_force.iter().filter(|layer| !general.contains(layer) && **layer != Layer::Deciding);
    let rank = |layer: Layer| {
        let known = own.clone().copied().chain([Layer::Deciding]).chain(general).position(|known| known == layer);
        known.unwrap_or(usize::MAX)
    };
    let mut sections = sections(keymap);
    sections.sort_by_key(|section| rank(section.layer));
    let mut told: Vec<(Stroke, Command)> = Vec::new();
    let mut lines_of = |mut rows: Vec<HelpRow>| {
        for row in &mut rows {
            row.strokes.retain(|stroke| !told.contains(&(*stroke, row.command)));
            told.extend(row.strokes.iter().map(|stroke| (*stroke, row.command)));
        }
        rows.retain(|row| !row.strokes.is_empty());
        lines(&rows)
    };
    let sections = sections.into_iter().map(|section| (section.layer, lines_of(section.rows)));
    sections.filter(|(_, lines)| !lines.is_empty()).collect()
}

/// One line for each row, and one for all tabs whose digits follow one another.
fn lines(rows: &[HelpRow]) -> Vec<HelpLine> {
    let digit = |row: &HelpRow| match (row.command, &row.strokes[..]) {
        (Command::Show(_), [Stroke { key: Key::Char(digit @ '0'..='9'), .. }]) => Some(*digit),
        _ => None,
    };
    let follows = |one: &HelpRow, next: &HelpRow| matches!((digit(one), digit(next)), (Some(one), Some(next)) if u32::from(one) + 1 == u32::from(next));
    let line = |rows: &[HelpRow]| {
        let labels = |row: &HelpRow| row.strokes.iter().map(|stroke| stroke.label()).collect::<Vec<_>>().join(" ");
        let keys = match rows {
            [first, .., last] => format!("{}–{}", labels(first), labels(last)),
            _ => rows.first().map(labels).unwrap_or_default(),
        };
        HelpLine { keys, commands: rows.iter().map(|row| row.command).collect() }
    };
    rows.chunk_by(follows).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{page, sections};
    use crate::app::{Command, Layer, Tab};
    use crate::keys::Keymap;

    #[test]
    fn the_page_begins_with_the_layer_in_force_and_tells_a_key_once() {
        let keymap = Keymap::standard();
        let order = |in_force| page(&keymap, in_force).into_iter().map(|(layer, _)| layer).take(4).collect::<Vec<_>>();
        assert_eq!(order(Layer::LIST), [Layer::List, Layer::Deciding, Layer::Moving, Layer::Anywhere]);
        let form = [Layer::Form, Layer::Process, Layer::Deciding, Layer::Moving, Layer::Anywhere];
        assert_eq!(order(&form), [Layer::Form, Layer::Process, Layer::Deciding, Layer::Moving]);
        let review = [Layer::Review, Layer::Anywhere];
        assert_eq!(order(&review), [Layer::Review, Layer::Deciding, Layer::Moving, Layer::Anywhere]);

        let page = page(&keymap, Layer::LIST);
        let all: Vec<_> = page.iter().flat_map(|(_, lines)| lines).collect();
        let of = |command| all.iter().filter(|line| line.commands.contains(&command)).count();
        assert_eq!((of(Command::Reveal), of(Command::Show(Tab::Timeline))), (1, 1));
        assert_eq!(all.iter().filter(|line| line.keys.split(' ').any(|key| key == "Esc")).count(), 1);
        let tabs = all.iter().find(|line| line.commands.len() > 1).expect("the tabs");
        assert_eq!((tabs.keys.as_str(), tabs.commands.len()), ("1–5", Tab::ALL.len()));
    }

    #[test]
    fn no_key_is_missing_from_the_page() {
        let keymap = Keymap::standard();
        for (_, layer) in Layer::ALL {
            let told: Vec<_> = page(&keymap, &[layer]).into_iter().flat_map(|(_, lines)| lines).collect();
            for row in sections(&keymap).into_iter().flat_map(|section| section.rows) {
                assert!(told.iter().any(|line| line.commands.contains(&row.command)), "{:?}", row.command);
            }
        }
    }

    #[test]
    fn every_layer_has_its_rows_and_a_command_one_row() {
        let sections = sections(&Keymap::standard());
        assert_eq!(sections.len(), Layer::ALL.len());
        let moving = sections.iter().find(|section| section.layer == Layer::Moving).expect("moving");
        let down = moving.rows.iter().find(|row| row.command == Command::Down).expect("down");
        assert_eq!(down.strokes.iter().map(|stroke| stroke.label()).collect::<Vec<_>>(), ["j", "↓"]);
    }
}
