use std::collections::{BTreeMap, BTreeSet};

use shenpi::app::Layer;
use shenpi::app::command::COMMANDS;
use shenpi::keys::Keymap;

use super::{is_complete, text};

/// Layers with strokes and the commands that they are bound to.
fn bindings() -> BTreeMap<String, BTreeMap<String, String>> {
    toml::from_str(&text("keymap.toml")).unwrap()
}

#[test]
fn every_binding_means_what_it_says() {
    let keymap = Keymap::with_overrides(&text("keymap.toml")).unwrap();
    for (layer, strokes) in bindings() {
        let layer = Layer::ALL.into_iter().find(|(name, _)| *name == layer).unwrap().1;
        for (stroke, name) in strokes {
            let bound = keymap.command(layer, stroke.parse().unwrap());
            let command = COMMANDS.iter().find(|(known, _)| *known == name).map(|(_, command)| *command);
            assert_eq!(bound, command, "{stroke} = {name}");
            assert!(command.is_some() || name == "none", "{name}");
        }
    }
}

#[test]
fn every_command_is_the_first_versions_or_listed() {
    let first: BTreeSet<_> =
        bindings().into_values().flat_map(BTreeMap::into_values).filter(|name| name != "none").collect();
    is_complete("commands", &COMMANDS.iter().map(|(name, _)| (*name).to_owned()).collect(), &first);
}

#[test]
fn every_layer_is_the_first_versions_or_listed() {
    let first = bindings().into_keys().collect();
    is_complete("layers", &Layer::ALL.into_iter().map(|(name, _)| name.to_owned()).collect(), &first);
}
