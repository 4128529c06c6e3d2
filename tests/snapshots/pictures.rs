//! Pictures of the documents. `SHENPI_WRITE_DOCUMENTS=1 cargo test --test snapshots pictures` draws them again.

use std::path::Path;

use shenpi::domain::{Lang, ThemeName};
use shenpi::runtime::picture::{SCENES, draw};
use shenpi::view::palette::BLACK;
use shenpi::view::{ColorDepth, Theme};

/// Scenes that the documents show.
const SHOWN: [&str; 5] = ["list", "form", "review", "changes", "wide"];

#[test]
fn pictures_of_the_documents_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/docs/pictures");
    let theme = Theme::built_in(ThemeName::Dark, ColorDepth::Indexed, false);
    let mut outdated = Vec::new();
    for scene in SCENES.iter().filter(|scene| SHOWN.contains(&scene.name)) {
        for lang in [Lang::Zh, Lang::En] {
            let drawn = draw(scene, lang, &theme, &BLACK).expect("a picture");
            let path = folder.join(format!("{}.{}.svg", scene.name, lang.tag()));
            if std::env::var_os("SHENPI_WRITE_DOCUMENTS").is_some() {
                std::fs::create_dir_all(&folder).expect("a folder");
                std::fs::write(&path, &drawn).expect("a file");
            }
            if std::fs::read_to_string(&path).ok().as_deref() != Some(drawn.as_str()) {
                outdated.push(path);
            }
        }
    }
    assert!(outdated.is_empty(), "SHENPI_WRITE_DOCUMENTS=1 cargo test --test snapshots pictures: {outdated:?}");
}

/// A picture is drawn from the cells of its scene alone: the same twice, and another one for another scene.
#[test]
fn every_scene_leads_to_a_screen_of_its_own() {
    let theme = Theme::new(ColorDepth::Indexed, false);
    let drawn: Vec<String> =
        SCENES.iter().map(|scene| draw(scene, Lang::Zh, &theme, &BLACK).expect("a picture")).collect();
    for (at, picture) in drawn.iter().enumerate() {
        let same = drawn.iter().position(|other| other == picture);
        assert_eq!(same, Some(at), "{}", SCENES[at].name);
    }
}
