//! Contrast of every role in every built-in theme on the palettes that it is for, by the formula of WCAG 2.
//! `cargo test --lib contrast -- --nocapture` prints the least of each role.

use std::fmt::Write as _;

use ratatui::style::{Color, Modifier, Style};

use super::{ColorDepth, StyleRole, Theme};
use crate::domain::ThemeName;
use crate::view::palette::{PALETTES, Palette, Rgb};

const TEXT: f64 = 4.5;
const ACCENT: f64 = 3.0;

const ROLES: [(StyleRole, &str); 21] = [
    (StyleRole::Text, "text"),
    (StyleRole::Header, "header"),
    (StyleRole::Dim, "dim"),
    (StyleRole::Rule, "rule"),
    (StyleRole::Heading, "heading"),
    (StyleRole::Title, "title"),
    (StyleRole::Marker, "marker"),
    (StyleRole::Label, "label"),
    (StyleRole::Key, "key"),
    (StyleRole::Tab, "tab"),
    (StyleRole::Good, "good"),
    (StyleRole::Careful, "careful"),
    (StyleRole::Bad, "bad"),
    (StyleRole::Masked, "masked"),
    (StyleRole::Match, "match"),
    (StyleRole::Question, "question"),
    (StyleRole::Field, "field"),
    (StyleRole::Code, "code"),
    (StyleRole::VerbApprove, "verb-approve"),
    (StyleRole::VerbReject, "verb-reject"),
    (StyleRole::VerbWithdraw, "verb-withdraw"),
];

fn luminance(color: Rgb) -> f64 {
    let [red, green, blue] = color.channels().map(|channel| {
        let share = f64::from(channel) / 255.0;
        if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Rgb, other: Rgb) -> f64 {
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

/// Colors in which terminals draw these letters: many draw bold ones of the first eight colors brighter, VGA always.
fn drawn(palette: &Palette, style: Style) -> Vec<Rgb> {
    let own = style.fg.and_then(|color| palette.color(color));
    let bright = palette.colors.iter().zip(&palette.colors[8..]).find(|(color, _)| Some(Rgb(**color)) == own);
    let bold = style.add_modifier.contains(Modifier::BOLD) && !matches!(style.fg, Some(Color::Indexed(_)));
    match (own, bright.filter(|_| bold)) {
        (None, _) => vec![palette.text],
        (Some(own), None) => vec![own],
        (Some(_), Some((_, bright))) if palette.name == "VGA" => vec![Rgb(*bright)],
        (Some(own), Some((_, bright))) => vec![own, Rgb(*bright)],
    }
}

/// The least contrast in which the palette may draw this style.
fn least(palette: &Palette, style: Style) -> f64 {
    let behind = style.bg.and_then(|color| palette.color(color)).unwrap_or(palette.background);
    let letters = drawn(palette, style).into_iter().map(|color| {
        let dim = style.add_modifier.contains(Modifier::DIM);
        contrast(if dim { color.dimmed(behind) } else { color }, behind)
    });
    letters.fold(f64::INFINITY, f64::min)
}

/// Text in the terminal's colors cannot be more readable than the terminal: dim text keeps at least half of that.
fn wanted(palette: &Palette, style: Style, depth: ColorDepth) -> f64 {
    let own = contrast(palette.text, palette.background);
    match (style.fg, style.bg) {
        (None, _) if style.add_modifier.contains(Modifier::DIM) => ACCENT.min(own / 2.0),
        (None, _) => TEXT.min(own),
        (Some(_), Some(_)) if depth == ColorDepth::Indexed => TEXT,
        (Some(_), _) => ACCENT,
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is printed for its reader")]
fn every_role_is_readable_on_every_palette_of_its_theme() {
    let (dark, light) = PALETTES.split_at(4);
    let mut table = String::new();
    let mut faint = String::new();
    for (name, palettes) in [
        (ThemeName::Auto, &PALETTES[..]),
        (ThemeName::Dark, dark),
        (ThemeName::Light, light),
        (ThemeName::Mono, &PALETTES),
    ] {
        for depth in [ColorDepth::Ansi, ColorDepth::Indexed] {
            let theme = Theme::built_in(name, depth, false);
            writeln!(table, "{} {depth:?}", name.as_str()).expect("a string");
            for (role, word) in ROLES {
                let style = theme.style(role);
                write!(table, "  {word:14}").expect("a string");
                for palette in palettes {
                    let (found, wanted) = (least(palette, style), wanted(palette, style, depth));
                    write!(table, "{found:6.2}").expect("a string");
                    if found < wanted {
                        let what = format!("{} {depth:?} {word} on {}", name.as_str(), palette.name);
                        writeln!(faint, "{what}: {found:.2} < {wanted:.2}").expect("a string");
                    }
                }
                table.push('\n');
            }
        }
    }
    let names: Vec<_> = PALETTES.iter().map(|palette| palette.name).collect();
    println!("{}\n{table}", names.join(", "));
    assert!(faint.is_empty(), "{faint}");
}

#[test]
fn plain_text_is_uncolored_and_nothing_is_bright_black() {
    for name in ThemeName::ALL {
        for depth in [ColorDepth::Ansi, ColorDepth::Indexed] {
            let theme = Theme::built_in(name, depth, false);
            for role in [StyleRole::Text, StyleRole::Header, StyleRole::Title, StyleRole::Tab, StyleRole::Field] {
                assert_eq!((theme.style(role).fg, theme.style(role).bg), (None, None), "{role:?}");
            }
            let gray = ROLES.iter().find(|(role, _)| theme.style(*role).fg == Some(Color::DarkGray));
            assert_eq!(gray, None, "{name:?}");
        }
    }
}

/// Text, dim and accent differ without their colors.
#[test]
fn three_levels_differ_by_more_than_color() {
    for name in ThemeName::ALL {
        for depth in [ColorDepth::Mono, ColorDepth::Ansi, ColorDepth::Indexed] {
            let theme = Theme::built_in(name, depth, false);
            let shape = |role| theme.style(role).add_modifier;
            assert_eq!(shape(StyleRole::Text), Modifier::empty());
            assert_eq!(shape(StyleRole::Dim), Modifier::DIM);
            for accent in [StyleRole::Key, StyleRole::Title, StyleRole::Marker, StyleRole::Bad, StyleRole::Question] {
                assert!(shape(accent).contains(Modifier::BOLD), "{name:?} {depth:?} {accent:?}");
            }
        }
    }
}
