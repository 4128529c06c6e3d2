//! Rows of the help page and of keys.md, from the key map.

use super::keymap::Keymap;
use super::stroke::Stroke;
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

#[cfg(test)]
mod tests {
    use super::sections;
    use crate::app::{Command, Layer};
    use crate::keys::Keymap;

    #[test]
    fn every_layer_has_its_rows_and_a_command_one_row() {
        let sections = sections(&Keymap::standard());
        assert_eq!(sections.len(), Layer::ALL.len());
        let moving = sections.iter().find(|section| section.layer == Layer::Moving).expect("moving");
        let down = moving.rows.iter().find(|row| row.command == Command::Down).expect("down");
        assert_eq!(down.strokes.iter().map(|stroke| stroke.label()).collect::<Vec<_>>(), ["j", "↓"]);
    }
}
