use std::collections::BTreeSet;
use std::ffi::OsString;

use clap::CommandFactory as _;
use shenpi::cli::{Cli, parse};
use shenpi::domain::Lang;

use super::{is_complete, text};

#[test]
fn every_command_line_is_understood() {
    for line in text("flags").lines() {
        let arguments = std::iter::once("shenpi").chain(line.split(' ')).map(OsString::from);
        let parsed = parse(arguments, Lang::En);
        assert!(parsed.is_ok() || parsed.is_err_and(|stop| stop.asked_for), "{line}");
    }
}

#[test]
fn every_flag_is_the_first_versions_or_listed() {
    let text = text("flags");
    let own = ["demo", "simulate", "journal"];
    let words = text.split_whitespace().filter(|word| word.starts_with('-') || own.contains(word));
    // The two that are added by hand in each language.
    let by_hand = ["-h", "--help", "-V", "--version"];
    let first: BTreeSet<_> = words.filter(|word| !by_hand.contains(word)).map(str::to_owned).collect();
    let command = Cli::command();
    let flags = |command: &clap::Command| -> Vec<String> {
        command.get_arguments().filter_map(|argument| Some(format!("--{}", argument.get_long()?))).collect()
    };
    let mut today: BTreeSet<_> = flags(&command).into_iter().collect();
    for below in command.get_subcommands() {
        today.insert(below.get_name().to_owned());
        today.extend(flags(below));
    }
    is_complete("flags", &today, &first);
}
