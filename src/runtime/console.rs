//! The normal screen. The only way to standard output and standard error besides the terminal's frames. Its text is
//! cleaned like server text, because a path, a flag or a value of the configuration may be foreign.

use std::io::{self, IsTerminal as _, Write as _};

use crate::config::ConfigRefusal;
use crate::domain::{CleanText, Lang};
use crate::text::start::Start;

/// The requested output could not be written.
const FAILED: u8 = 1;
/// The configuration or the command line is wrong.
pub(super) const WRONG: u8 = 2;

/// Whether a user can read the output and answer it.
pub(super) fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Writes to standard output, or reports the failure. A reader that closes early is not a failure.
pub(super) fn print(words: &str, lang: Lang) -> u8 {
    match put(words) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            say(&Start::NoOutput { why: &error.to_string() }.say(lang));
            FAILED
        }
        _ => 0,
    }
}

pub(super) fn put(words: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(clean(words).as_bytes())?;
    out.flush()
}

/// Writes to standard error; its failure could be reported to no other place.
pub(super) fn say(words: &str) {
    let _ = writeln!(io::stderr(), "{}", clean(words));
}

/// Reports why the program does nothing.
pub(super) fn refuse(words: &str) -> u8 {
    say(words);
    WRONG
}

/// The faults of a configuration, one a line.
pub(super) fn config_faults(refusal: &ConfigRefusal, lang: Lang) -> String {
    let mut lines = Vec::new();
    if !refusal.faults.is_empty() {
        lines.push(Start::Faults { file: &refusal.file }.say(lang));
        lines.extend(refusal.faults.iter().map(|fault| format!("  {}", fault.sentence(lang))));
    }
    if refusal.no_account {
        lines.push(Start::NoAccount { file: &refusal.file }.say(lang));
    }
    lines.join("\n")
}

/// Line ends stay as they are, those of a CSV among them.
fn clean(words: &str) -> String {
    let clean_line = |line: &str| {
        let text = line.trim_end_matches('\n');
        let text = text.strip_suffix('\r').filter(|_| text.len() < line.len()).unwrap_or(text);
        format!("{}{}", CleanText::new(text), &line[text.len()..])
    };
    words.split_inclusive('\n').map(clean_line).collect()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn line_ends_stay_and_nothing_else_acts_on_a_terminal() {
        assert_eq!(clean("一\r\n二\n\n"), "一\r\n二\n\n");
        assert_eq!(clean("a\u{1b}[2J\u{202e}b\rc\u{9b}1m\r"), "a␛[2J<U+202E>b␍c<U+009B>1m␍");
    }
}
