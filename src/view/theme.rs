//! Roles to styles, from `assets/theme.toml`, and the ASCII stand-ins of the chrome.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;

const THEME: &str = include_str!("../../assets/theme.toml");

/// Role of a piece of text, which decides its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StyleRole {
    Text,
    Header,
    Dim,
    Rule,
    Heading,
    Title,
    Marker,
    Label,
    Key,
    Tab,
    Good,
    Careful,
    Bad,
    Masked,
    Match,
    Question,
    Field,
    /// A QR code: dark on light wherever the terminal has colours.
    Code,
}

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorDepth {
    /// `NO_COLOR`, or a terminal without any.
    Mono,
    /// 8 or 16.
    Ansi,
    /// 256 or more.
    Indexed,
}

#[derive(Debug, Deserialize)]
struct StyleWords {
    mono: String,
    ansi: String,
    indexed: String,
}

/// Styles on this terminal. Made once at the start.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: HashMap<StyleRole, Style>,
    /// No glyph outside ASCII in the chrome, and none whose width terminals disagree on.
    pub ascii: bool,
}

impl Theme {
    /// The built-in theme in as many colours as there are.
    ///
    /// # Panics
    /// Never: a test reads the same file.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
    pub fn new(colours: ColorDepth, ascii: bool) -> Self {
        let theme: HashMap<StyleRole, StyleWords> = toml::from_str(THEME).expect("the built-in theme is sound");
        let styles = theme
            .into_iter()
            .map(|(role, columns)| {
                let words = match colours {
                    ColorDepth::Mono => &columns.mono,
                    ColorDepth::Ansi => &columns.ansi,
                    ColorDepth::Indexed => &columns.indexed,
                };
                (role, parse(words).unwrap_or_default())
            })
            .collect();
        Self { styles, ascii }
    }

    #[must_use]
    pub fn style(&self, role: StyleRole) -> Style {
        self.styles.get(&role).copied().unwrap_or_default()
    }

    /// Puts ASCII in the place of every glyph that some terminals draw two cells wide, or not at all.
    pub(super) fn to_ascii(&self, buffer: &mut Buffer) {
        if !self.ascii {
            return;
        }
        for cell in &mut buffer.content {
            if cell.symbol().is_ascii() {
                continue;
            }
            if let Some((_, plain)) = STAND_INS.iter().find(|(glyph, _)| *glyph == cell.symbol()) {
                cell.set_symbol(plain);
            }
        }
    }
}

/// Every glyph of the chrome outside ASCII, and common East Asian ambiguous ones in the platform's text: one cell in
/// most terminals, two in some. Each stand-in is one cell wide.
const STAND_INS: [(&str, &str); 42] = [
    ("─", "-"),
    ("│", "|"),
    ("┌", "+"),
    ("┐", "+"),
    ("└", "+"),
    ("┘", "+"),
    ("≈", "~"),
    ("▸", ">"),
    ("▾", "v"),
    ("●", "*"),
    ("Δ", "^"),
    ("⏱", "@"),
    ("✓", "+"),
    ("✗", "x"),
    ("…", "~"),
    ("·", "|"),
    ("•", "*"),
    ("›", ">"),
    ("×", "x"),
    ("↑", "^"),
    ("↓", "v"),
    ("←", "<"),
    ("→", ">"),
    ("“", "\""),
    ("”", "\""),
    ("‘", "'"),
    ("’", "'"),
    ("—", "-"),
    ("–", "-"),
    ("°", "o"),
    ("±", "~"),
    ("÷", "/"),
    ("§", "S"),
    ("¥", "Y"),
    ("■", "#"),
    ("□", "#"),
    ("◆", "*"),
    ("○", "o"),
    ("★", "*"),
    ("☆", "*"),
    ("√", "v"),
    ("≥", ">"),
];

/// A style in words; `None` when a word is unknown.
fn parse(words: &str) -> Option<Style> {
    let mut style = Style::default();
    let mut behind = false;
    for word in words.split_whitespace() {
        let modifier = match word {
            "bold" => Some(Modifier::BOLD),
            "dim" => Some(Modifier::DIM),
            "italic" => Some(Modifier::ITALIC),
            "underline" => Some(Modifier::UNDERLINED),
            "reverse" => Some(Modifier::REVERSED),
            _ => None,
        };
        match (modifier, word) {
            (Some(modifier), _) => style = style.add_modifier(modifier),
            (None, "on") => behind = true,
            (None, colour) => {
                let colour: Color = colour.parse().ok()?;
                style = if behind { style.bg(colour) } else { style.fg(colour) };
            }
        }
    }
    Some(style)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use ratatui::style::{Color, Modifier, Style};

    use super::super::text_layout::width;
    use super::{ColorDepth, STAND_INS, StyleRole, StyleWords, THEME, Theme, parse};

    #[test]
    fn the_theme_has_every_role_in_every_column() {
        let theme: HashMap<StyleRole, StyleWords> = toml::from_str(THEME).expect("sound");
        assert_eq!(theme.len(), 18);
        for (role, columns) in theme {
            for words in [&columns.mono, &columns.ansi, &columns.indexed] {
                assert!(parse(words).is_some(), "{role:?}: {words}");
            }
            let mono = parse(&columns.mono).expect("sound");
            assert_eq!((mono.fg, mono.bg), (None, None), "{role:?} without colour");
        }
    }

    #[test]
    fn styles_are_read_from_words() {
        let style = parse("bold black on light-red").expect("sound");
        assert_eq!(style, Style::new().fg(Color::Black).bg(Color::LightRed).add_modifier(Modifier::BOLD));
        assert_eq!(parse("117"), Some(Style::new().fg(Color::Indexed(117))));
        assert_eq!(parse("sparkling"), None);
        assert_eq!(
            Theme::new(ColorDepth::Mono, false).style(StyleRole::Match),
            Style::new().add_modifier(Modifier::REVERSED)
        );
    }

    #[test]
    fn stand_ins_are_ascii_and_as_wide_as_what_they_stand_for() {
        for (glyph, plain) in STAND_INS {
            assert!(plain.is_ascii(), "{glyph}");
            assert_eq!((width(glyph), width(plain)), (1, 1), "{glyph}");
        }
    }
}
