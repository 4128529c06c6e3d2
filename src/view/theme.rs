//! Roles to styles, from `assets/theme.toml` and what lies over it, and the ASCII stand-ins of the chrome.

#[cfg(test)]
mod contrast;
mod file;
mod role;

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::domain::ThemeName;
pub use file::ThemeError;
pub use role::{ColorDepth, StyleRole};

const AUTO: &str = include_str!("../../assets/theme.toml");
const DARK: &str = include_str!("../../assets/theme-dark.toml");
const LIGHT: &str = include_str!("../../assets/theme-light.toml");

/// Styles on this terminal. Made once at the start.
#[derive(Clone, Debug)]
pub struct Theme {
    styles: HashMap<StyleRole, Style>,
    /// No glyph outside ASCII in the chrome, and none whose width terminals disagree on.
    pub ascii: bool,
}

impl Theme {
    /// The theme `auto`.
    #[must_use]
    pub fn new(depth: ColorDepth, ascii: bool) -> Self {
        Self::built_in(ThemeName::Auto, depth, ascii)
    }

    #[must_use]
    pub fn built_in(name: ThemeName, depth: ColorDepth, ascii: bool) -> Self {
        match name {
            ThemeName::Auto => Self::of_files(&[AUTO], depth, ascii),
            ThemeName::Dark => Self::of_files(&[AUTO, DARK], depth, ascii),
            ThemeName::Light => Self::of_files(&[AUTO, LIGHT], depth, ascii),
            ThemeName::Mono => {
                // Colors of a QR code are no decoration: without them no phone reads it on a light background.
                let code = Self::new(depth, ascii).style(StyleRole::Code);
                let mut theme = Self::new(ColorDepth::Mono, ascii);
                theme.styles.insert(StyleRole::Code, code);
                theme
            }
        }
    }

    /// A user's file over the theme `auto`.
    ///
    /// # Errors
    /// All faults of the file.
    pub fn with_overrides(text: &str, depth: ColorDepth, ascii: bool) -> Result<Self, Vec<ThemeError>> {
        let (_, faults) = file::read(text);
        if faults.is_empty() { Ok(Self::of_files(&[AUTO, text], depth, ascii)) } else { Err(faults) }
    }

    /// Later files lie over earlier ones. All of them are sound: a test reads those of the program.
    fn of_files(texts: &[&str], depth: ColorDepth, ascii: bool) -> Self {
        let entries = texts.iter().flat_map(|text| file::read(text).0);
        let styles = entries.filter(|entry| entry.depth == depth).map(|entry| (entry.role, entry.style)).collect();
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

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier, Style};

    use super::super::text_layout::width;
    use super::file::read;
    use super::{AUTO, ColorDepth, DARK, LIGHT, STAND_INS, StyleRole, Theme};
    use crate::domain::ThemeName;
    use crate::text::ThemeFault;

    #[test]
    fn built_in_files_are_sound_and_auto_is_complete() {
        for text in [AUTO, DARK, LIGHT] {
            assert_eq!(read(text).1, []);
        }
        let roles = 1 + StyleRole::VerbWithdraw as usize;
        assert_eq!(read(AUTO).0.len(), 3 * roles);
    }

    #[test]
    fn mono_colors_nothing_but_a_code() {
        for (name, depth, code) in
            [(ThemeName::Auto, ColorDepth::Mono, false), (ThemeName::Mono, ColorDepth::Ansi, true)]
        {
            let theme = Theme::built_in(name, depth, false);
            for (role, style) in &theme.styles {
                let colored = style.fg.is_some() || style.bg.is_some();
                assert_eq!(colored, code && *role == StyleRole::Code, "{role:?}");
            }
        }
    }

    #[test]
    fn a_users_file_changes_its_own_roles_and_columns_only() {
        let text = "title = { indexed = \"italic 117 on light-red\" }\n";
        let indexed = Theme::with_overrides(text, ColorDepth::Indexed, false).expect("sound");
        let style = Style::new().fg(Color::Indexed(117)).bg(Color::LightRed).add_modifier(Modifier::ITALIC);
        assert_eq!(indexed.style(StyleRole::Title), style);
        let auto = Theme::new(ColorDepth::Indexed, false);
        assert_eq!(indexed.style(StyleRole::Key), auto.style(StyleRole::Key));
        let ansi = Theme::with_overrides(text, ColorDepth::Ansi, false).expect("sound");
        assert_eq!(ansi.style(StyleRole::Title), Theme::new(ColorDepth::Ansi, false).style(StyleRole::Title));
    }

    #[test]
    fn every_fault_of_a_users_file_is_told_with_its_line() {
        let text = "titel = { mono = \"bold\" }\ntitle = { sixteen = \"red\" }\nkey = \"red\"\n\
                    bad = { mono = \"red\", ansi = \"117\", indexed = \"sparkling\" }\nfield = { ansi = 3 }\n";
        let faults = Theme::with_overrides(text, ColorDepth::Ansi, false).expect_err("faults");
        let word = |column, word: &str| ThemeFault::UnknownWord { column, word: word.to_owned() };
        let told: Vec<_> = faults.into_iter().map(|error| (error.line, error.fault)).collect();
        assert_eq!(
            told,
            [
                (1, ThemeFault::UnknownRole("titel".into())),
                (2, ThemeFault::UnknownColumn("sixteen".into())),
                (3, ThemeFault::WrongKind("key".into())),
                (4, word("mono", "red")),
                (4, word("ansi", "117")),
                (4, word("indexed", "sparkling")),
                (5, ThemeFault::WrongKind("field".into())),
            ]
        );
        let syntax = Theme::with_overrides("\n= 3", ColorDepth::Ansi, false).expect_err("a fault");
        assert!(matches!(syntax[..], [super::ThemeError { line: 2, fault: ThemeFault::Syntax(_) }, ..]), "{syntax:?}");
    }

    #[test]
    fn stand_ins_are_ascii_and_as_wide_as_what_they_stand_for() {
        for (glyph, plain) in STAND_INS {
            assert!(plain.is_ascii(), "{glyph}");
            assert_eq!((width(glyph), width(plain)), (1, 1), "{glyph}");
        }
    }
}
