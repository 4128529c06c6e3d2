//! `shenpi demo --picture SCENE`: a screen of the demo as SVG, for documents.

use std::path::Path;

use crate::domain::Lang;
use crate::runtime::console::{print, refuse};
use crate::runtime::picture::{self, SCENES};
use crate::text::start::Start;
use crate::view::Theme;
use crate::view::palette::Palette;

/// Writes the picture to the file, or else to standard output. Returns the exit code.
pub(in crate::runtime) fn run(name: &str, output: Option<&Path>, lang: Lang, theme: &Theme, palette: &Palette) -> u8 {
    let Some(scene) = SCENES.iter().find(|scene| scene.name == name) else {
        let known = SCENES.iter().map(|scene| scene.name).collect::<Vec<_>>().join(" ");
        return refuse(&Start::UnknownPicture { written: name, known: &known }.say(lang));
    };
    let drawn = picture::draw(scene, lang, theme, palette);
    let written = drawn.and_then(|picture| match output {
        Some(path) => std::fs::write(path, picture).map(|()| 0),
        None => Ok(print(&picture, lang)),
    });
    written.unwrap_or_else(|error| refuse(&Start::NoPicture { why: &error.to_string() }.say(lang)))
}
