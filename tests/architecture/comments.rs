//! Comments of the sources and the tests: the user is "the user", and a source is one that a reader can open.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::layers::assert_none;
use crate::source::Texts;
use crate::texts;

/// Words that no comment says, and how many lines may until they are rewritten, in `src` and in `tests`.
const REFUSED: [(&[&str], [usize; 2]); 2] = [(&["she", "her", "hers", "herself"], [0, 0]), (&["API page"], [0, 0])];

#[test]
fn comments_say_the_user_and_cite_what_can_be_opened() {
    let mut faults = Vec::new();
    for (index, folder) in ["src", "tests"].into_iter().enumerate() {
        let comments = comments_of(&texts(folder));
        for (words, known) in REFUSED {
            faults.extend(against(&lines_with(&comments, words), words, folder, known[index]));
        }
    }
    assert_none(&faults);
}

fn against(lines: &[String], words: &[&str], folder: &str, known: usize) -> Vec<String> {
    if lines.len() > known {
        vec![format!("{} lines of {folder} say {words:?}, {known} are known:\n{}", lines.len(), lines.join("\n"))]
    } else if lines.is_empty() && known > 0 {
        vec![format!("no line of {folder} says {words:?}: write 0 in the table")]
    } else {
        Vec::new()
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
    fn a_known_number_may_not_grow_nor_outlive_its_need() {
        let lines = ["  a.rs:1".to_owned()];
        assert_eq!(against(&lines, &["she"], "src", 1), Vec::<String>::new());
        assert_eq!(against(&lines, &["she"], "src", 0).len(), 1);
        assert_eq!(against(&[], &["she"], "src", 1), ["no line of src says [\"she\"]: write 0 in the table"]);
    }
}
