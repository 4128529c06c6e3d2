//! How many summaries of the list are whole at usual widths: a figure that must not fall.

use std::collections::HashSet;
use std::io::Write;
use std::time::Duration;

use shenpi::domain::Lang;
use shenpi::text::row;

use super::support::harness::{Harness, settings};
use super::support::live::Live;

/// Summaries that are whole, and all that are not masked.
fn whole(seed: u64, lang: Lang, columns: u16) -> (usize, usize) {
    let live = Live::of_seed(seed, 62);
    let operator = live.operator.clone();
    let mut harness = Harness::new(live, settings(operator, lang), columns, 48);
    harness.wait(Duration::from_secs(5));
    harness.keys("g");
    let (mut whole, mut all) = (HashSet::new(), HashSet::new());
    loop {
        let screen = harness.screen();
        let app = &harness.app;
        for (shown, _) in app.inbox.window(app.screen.list_rows()) {
            let Some(known) = shown.known.as_ref().filter(|known| !known.projection.high_care) else { continue };
            let words = row::words(lang, &app.names, &known.projection, &shown.key);
            let is_whole = screen.lines().any(|line| line.contains(&words.summary));
            all.insert(shown.key.clone());
            if is_whole {
                whole.insert(shown.key.clone());
            }
        }
        let before = app.inbox.position();
        harness.keys("<pgdn>");
        if harness.app.inbox.position() == before {
            return (whole.len(), all.len());
        }
    }
}

#[test]
fn summaries_stay_whole_at_usual_widths() {
    // Of all summaries in hundredths, at least: at 80, 100, 120 and 160 columns.
    for (lang, least) in [(Lang::Zh, [80, 80, 75, 75]), (Lang::En, [55, 55, 20, 20])] {
        for (columns, least) in [80, 100, 120, 160].into_iter().zip(least) {
            let counts: Vec<_> = [11, 1, 2, 3].into_iter().map(|seed| (seed, whole(seed, lang, columns))).collect();
            writeln!(std::io::stderr(), "{lang:?} {columns}: {counts:?}").unwrap();
            for (seed, (whole, all)) in counts {
                assert!(whole * 100 >= all * least, "{lang:?} {columns} seed {seed}: {whole} of {all}");
            }
        }
    }
}
