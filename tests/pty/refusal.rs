//! What is refused before the first screen, and how it is said.

use std::process::{Command, Output};

use tempfile::TempDir;

use super::SHENPI;

struct Machine {
    home: TempDir,
}

impl Machine {
    fn with_config(text: &str) -> Self {
        let home = TempDir::new().unwrap();
        let folder = home.path().join(".config/shenpi");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
        Self { home }
    }

    fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(SHENPI)
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("LANG", "en_US.UTF-8")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }
}

fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn without_an_account_two_lines_say_what_to_do() {
    let output = Machine::with_config("").run(&[], &[]);
    assert_eq!(output.status.code(), Some(2));
    let words = words(&output);
    assert_eq!(words.lines().count(), 2, "{words}");
    assert!(words.contains("shenpi demo") && words.contains("--print-config"), "{words}");

    let output = Machine::with_config("").run(&["--lang", "zh-CN"], &[]);
    assert!(String::from_utf8(output.stderr).unwrap().contains("还没有配置账号"));
}

#[test]
fn every_fault_is_told_at_once_and_no_secret_with_them() {
    let machine = Machine::with_config("app_id = 'cli_a'\napp_secret = 'hush-hush'\nundo_second = 3\nbrand = 'larc'\n");
    std::fs::write(machine.home.path().join(".config/shenpi/keymap.toml"), "[review]\nenter = 'confirm'\n").unwrap();
    let output = machine.run(&[], &[("SHENPI_READ_ONLY", "perhaps")]);
    assert_eq!(output.status.code(), Some(2));
    let words = words(&output);
    for part in [
        "line 3, undo_second: no such option; did you mean undo_seconds?",
        "line 4, brand: must be feishu, lark",
        "SHENPI_READ_ONLY: must be true or false",
        "operator_id is missing",
        "keymap.toml",
    ] {
        assert!(words.contains(part), "no {part:?} in:\n{words}");
    }
    assert!(!words.contains("hush"), "{words}");
}

#[test]
fn the_printed_configuration_is_the_explained_one() {
    let output = Machine::with_config("").run(&["--print-config"], &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, include_bytes!("../../assets/config.toml"));
}

#[test]
fn a_pipe_is_not_a_terminal() {
    let output = Machine::with_config("").run(&["demo"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("terminal"));
}

#[test]
fn a_wrong_flag_is_told_in_the_users_language() {
    let output = Machine::with_config("").run(&["--undo-second", "3", "--lang", "zh-CN"], &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(words(&output).contains("不认识的参数 --undo-second,是否想写 --undo-seconds?"), "{}", words(&output));
}
