//! Figures of the sources, for `-- --nocapture`: first the numbers, then what they count.

use std::fmt::Write;
use std::str::FromStr;

use proc_macro2::TokenStream;

use crate::circles::{Circle, by_imports, by_methods};
use crate::facts::{Facts, Function};
use crate::layers::sizes;
use crate::names::doubled;
use crate::{FACTS, texts};

/// A function of more lines is listed.
const LONG: usize = 50;

#[test]
#[expect(clippy::print_stdout, reason = "what the figures are for")]
fn figures_of_the_sources() {
    let told = report(&FACTS);
    assert!(told.starts_with("files: "));
    // One piece, so that other tests do not write into it.
    print!("\n{told}");
}

fn report(facts: &Facts) -> String {
    let (imports, methods, doubled) = (by_imports(facts), by_methods(facts), doubled(facts));
    let mut told = String::new();
    let mut say = |text: String| writeln!(told, "{text}").unwrap();
    say(format!("files: {} (without those of tests alone)", facts.files.len()));
    let layers = sizes(facts);
    say(format!("layers: {}", layers.len()));
    let largest = |circles: &[Circle]| circles.first().map_or(0, |circle| circle.files.len());
    say(format!("largest circle by imports: {} ({} circles)", largest(&imports), imports.len()));
    say(format!("largest circle by method calls: {} ({} circles)", largest(&methods), methods.len()));
    say(format!("doubled public type names outside sim: {}", doubled.len()));
    let functions = functions_of("tests");
    for (folder, functions) in [("src", &facts.functions), ("tests", &functions)] {
        let lines: usize = texts(folder).values().map(|text| text.lines().count()).sum();
        say(format!("lines of {folder}: {lines}"));
        say(format!("functions of {folder}: {}", spread(functions)));
    }
    say("\nlayers:".to_owned());
    for (layer, files) in layers {
        say(format!("  {layer}: {files} files"));
    }
    for (title, circles) in [("circles by imports", &imports), ("circles by method calls", &methods)] {
        say(format!("\n{title}:"));
        for circle in circles {
            let files: Vec<&str> = circle.files.iter().map(|file| facts.files[*file].as_str()).collect();
            say(format!("  {}, {}: {}", circle.of, files.len(), files.join(" ")));
            circle.edges.iter().for_each(|edge| say(format!("    {edge}")));
        }
    }
    say("\ndoubled public type names:".to_owned());
    for (name, places) in doubled {
        say(format!("  {name}: {places}"));
    }
    for (folder, functions) in [("src", &facts.functions), ("tests", &functions)] {
        say(format!("\nfunctions of {folder} over {LONG} lines:"));
        for function in functions.iter().filter(|function| function.lines > LONG) {
            say(format!("  {} {} ({})", function.lines, function.name, function.place));
        }
    }
    told
}

fn spread(functions: &[Function]) -> String {
    let mut lines: Vec<usize> = functions.iter().map(|function| function.lines).collect();
    lines.sort_unstable();
    let at = |hundredth: usize| lines[(lines.len() - 1) * hundredth / 100];
    let long = lines.iter().filter(|lines| **lines > LONG).count();
    format!("{}, median {} lines, p95 {}, longest {}, over {LONG}: {long}", lines.len(), at(50), at(95), at(100))
}

fn functions_of(folder: &str) -> Vec<Function> {
    let parse = |(path, text): (&String, &String)| {
        let tokens = TokenStream::from_str(text).unwrap();
        crate::facts::functions(&syn::parse2(tokens).unwrap(), path)
    };
    texts(folder).iter().flat_map(parse).collect()
}
