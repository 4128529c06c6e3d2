//! Comments of the sources and the tests: the user is "the user", and a source is one that a reader can open.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::layers::assert_none;
use crate::source::Texts;
use crate::texts;

/// Words that no comment uses. A person is the user, the approver or the operator; a source can be opened.
const REFUSED: [&str; 8] = ["she", "her", "hers", "herself", "nobody", "whoever", "anew", "API page"];

/// Words that hide the subject of a comment that begins with them.
const BEGINNINGS: [&str; 2] = ["what ", "whom "];

#[test]
fn comments_name_their_subject_and_cite_what_can_be_opened() {
    for folder in ["src", "tests"] {
        let comments = comments_of(&texts(folder));
        let mut faults = lines_with(&comments, &REFUSED);
        faults.extend(hidden_subjects(&comments));
        faults.extend(section_numbers(&comments));
        assert_none(&faults);
    }
}

/// Comments in lower case, each with its place.
fn comments_of(texts: &Texts) -> Vec<(String, String)> {
    let of_file = |(path, text): (&String, &String)| {
        let told = comments(text).into_iter();
        told.map(|(line, comment)| (format!("  {path}:{line}"), comment.to_lowercase())).collect::<Vec<_>>()
    };
    texts.iter().flat_map(of_file).collect()
}

/// Comments that begin with a word of [`BEGINNINGS`]; a line directly below another one only goes on with it.
fn hidden_subjects(comments: &[(String, String)]) -> Vec<String> {
    let line = |place: &str| {
        place.rsplit_once(':').and_then(|(file, line)| Some((file.to_owned(), line.parse::<usize>().ok()?)))
    };
    let mut above = None;
    let mut found = Vec::new();
    for (place, comment) in comments {
        let here = line(place);
        let goes_on =
            matches!((&above, &here), (Some((file, at)), Some((same, next))) if file == same && at + 1 == *next);
        let words = comment.trim_start_matches(['/', '!', ' ']);
        if !goes_on && BEGINNINGS.iter().any(|word| words.starts_with(word)) {
            found.push(place.clone());
        }
        above = here;
    }
    found
}

/// Comments that cite a numbered section (a letter, a dot, a number) of a page that is not in the repository.
fn section_numbers(comments: &[(String, String)]) -> Vec<String> {
    let is_section = |word: &str| {
        let mut characters = word.trim_matches(|c: char| !c.is_alphanumeric()).chars();
        matches!(characters.next(), Some('a'..='h'))
            && characters.next() == Some('.')
            && characters.next().is_some_and(|digit| digit.is_ascii_digit())
    };
    let cites = |comment: &str| comment.split_whitespace().any(is_section);
    comments.iter().filter(|(_, comment)| cites(comment)).map(|(place, _)| place.clone()).collect()
}

fn lines_with(comments: &[(String, String)], words: &[&str]) -> Vec<String> {
    let says = |comment: &str| words.iter().any(|word| contains_word(comment, &word.to_lowercase()));
    comments.iter().filter(|(_, comment)| says(comment)).map(|(place, _)| place.clone()).collect()
}

/// Comments with their lines; block comments are not in use here.
fn comments(text: &str) -> Vec<(usize, String)> {
    let mut code = text.as_bytes().to_vec();
    let tokens = TokenStream::from_str(text).unwrap();
    blank_literals(tokens, text, &mut code);
    let code = String::from_utf8(code).unwrap();
    let mut found = Vec::new();
    for (index, (line, full)) in code.lines().zip(text.lines()).enumerate() {
        assert!(!line.contains("/*"), "a block comment: {full}");
        if let Some(at) = line.find("//") {
            found.push((index + 1, full[at..].to_owned()));
        }
    }
    found
}

/// A literal is not a comment, even with two slashes in it.
fn blank_literals(tokens: TokenStream, text: &str, code: &mut [u8]) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => blank_literals(group.stream(), text, code),
            TokenTree::Literal(literal) => {
                let range = literal.span().byte_range();
                // The text of a doc comment is a literal too.
                if !text[range.clone()].starts_with("//") {
                    let bytes = code[range].iter_mut();
                    bytes.filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
                }
            }
            _ => {}
        }
    }
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !part(text[..at].chars().next_back()) && !part(text[at + word.len()..].chars().next())
    })
}

mod planted {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        lines_with(&comments_of(&Texts::from([("a.rs".to_owned(), text.to_owned())])), &["she", "her", "API page"])
    }

    #[test]
    fn a_refused_word_is_found_in_every_comment() {
        for text in
            ["//! She\n", "/// what she reads\nfn f() {}\n", "fn f() {} // her list\n", "// the API page, H 5\n"]
        {
            assert_eq!(told(text), ["  a.rs:1"], "{text}");
        }
        assert_eq!(told("fn f() {\n    let a = \"中 // x\"; // hers and\n    // her\n}\n"), ["  a.rs:3"]);
    }

    #[test]
    fn code_and_literals_are_no_comments() {
        assert_eq!(told("fn f() { let she = \"// her\"; } // there, where they wither\n"), Vec::<String>::new());
    }

    #[test]
    fn a_hidden_subject_and_a_section_number_are_found() {
        let text = "/// What it is\n/// what it was.\nfn f() {}\n// The request of B.6, once.\nfn g() {}\n";
        let comments = comments_of(&Texts::from([("a.rs".to_owned(), text.to_owned())]));
        assert_eq!(hidden_subjects(&comments), ["  a.rs:1"]);
        assert_eq!(section_numbers(&comments), ["  a.rs:4"]);
    }
}
