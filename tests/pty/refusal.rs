//! Refusals before the first screen, and their words.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::SHENPI;
use super::simulator::Simulator;
use super::terminal::Terminal;

struct Machine {
    home: TempDir,
}

impl Machine {
    fn with_config(text: &str) -> Self {
        let home = TempDir::new().unwrap();
        let folder = home.path().join(".config/shenpi");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), text).unwrap();
        let machine = Self { home };
        machine.config_mode(0o600);
        machine
    }

    fn config_mode(&self, mode: u32) {
        let file = self.home.path().join(".config/shenpi/config.toml");
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
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
    assert!(String::from_utf8(output.stderr).unwrap().contains("尚未配置账号"));
}

#[test]
fn every_fault_is_told_at_once_and_no_secret_with_them() {
    let machine = Machine::with_config("app_id = 'cli_a'\napp_secret = 'hush-hush'\nundo_second = 3\nbrand = 'larc'\n");
    std::fs::write(machine.home.path().join(".config/shenpi/keymap.toml"), "[review]\nenter = 'confirm'\n").unwrap();
    std::fs::write(machine.home.path().join("own.toml"), "titel = { mono = 'bold' }\nkey = { ansi = '117' }\n")
        .unwrap();
    let output = machine.run(&["--theme", "~/own.toml"], &[("SHENPI_READ_ONLY", "perhaps")]);
    assert_eq!(output.status.code(), Some(2));
    let words = words(&output);
    for part in [
        "line 3, undo_second: unknown option; did you mean undo_seconds?",
        "line 4, brand: must be feishu | lark",
        "SHENPI_READ_ONLY: must be true or false",
        "operator_id is missing",
        "keymap.toml",
        "own.toml",
        "line 1: there is no style titel",
        "line 2: ansi cannot show 117",
    ] {
        assert!(words.contains(part), "no {part:?} in:\n{words}");
    }
    assert!(!words.contains("hush"), "{words}");
}

#[test]
fn a_configuration_with_a_secret_that_others_can_read_is_refused() {
    let machine =
        Machine::with_config("app_id = 'cli_a'\noperator_id = 'ou_1'\n[profile.x]\napp_secret = 'hush-hush'\n");
    machine.config_mode(0o644);
    for arguments in [&[][..], &["journal"], &["demo"]] {
        let output = machine.run(arguments, &[("SHENPI_APP_SECRET", "other")]);
        assert_eq!(output.status.code(), Some(2));
        let words = words(&output);
        let command = format!("chmod 600 {}/.config/shenpi/config.toml", machine.home.path().display());
        assert!(words.contains("line 4, app_secret") && words.contains(&command) && !words.contains("hush"), "{words}");
    }
    machine.config_mode(0o600);
    assert!(words(&machine.run(&["demo"], &[])).contains("terminal"), "it is past the configuration");
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
    assert!(words(&output).contains("未知选项 --undo-second，是否想写 --undo-seconds？"), "{}", words(&output));
}

/// Refused with 3 and these words, and the terminal was never taken.
fn is_refused(mut terminal: Terminal, parts: &[&str]) {
    let status = terminal.wait_for_end();
    assert_eq!(status.code(), Some(3), "{}", terminal.text());
    for part in parts {
        assert!(terminal.text().contains(part), "no {part:?} in:\n{}", terminal.text());
    }
    assert_eq!(terminal.manner(), terminal.before);
    assert!(!terminal.written.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "the terminal was taken");
}

#[test]
fn the_real_inbox_says_whose_queue_it_is_and_opens_it() {
    let simulator = Simulator::start(&["--tasks", "24"]);
    let mut terminal = simulator.inbox(&[("SHENPI_TENANT", "星河")]);
    terminal.wait_for_inbox();
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    assert!(terminal.text().contains("租户 星河"), "{}", terminal.text());
    assert!(terminal.text().contains("操作人 ou_"), "{}", terminal.text());
    let log = std::fs::read_to_string(terminal.home().join(".local/state/shenpi/shenpi.log")).unwrap();
    assert!(log.contains("started"), "{log}");
    assert!(!log.contains(simulator.secret()), "{log}");
}

#[test]
fn a_wrong_secret_or_app_ends_with_three_before_the_first_screen() {
    let simulator = Simulator::start(&[]);
    let terminal = simulator.inbox(&[("SHENPI_APP_SECRET", "not-the-secret")]);
    is_refused(terminal, &["10014"]);
    is_refused(simulator.inbox(&[("SHENPI_APP_ID", "cli_0000000000000000")]), &["10014"]);
}

#[test]
fn an_app_without_its_scope_or_address_ends_with_three_and_says_which() {
    let simulator = Simulator::start(&["--fault", "missing-scope:*"]);
    is_refused(simulator.inbox(&[]), &["99991672", "corehr:process:read"]);
    let simulator = Simulator::start(&["--fault", "address-refused:*"]);
    is_refused(simulator.inbox(&[]), &["99991401"]);
}

#[test]
fn a_start_that_takes_long_says_what_it_waits_for() {
    let simulator = Simulator::start(&["--fault", "slow:1:1500@token"]);
    let mut terminal = simulator.inbox(&[]);
    terminal.wait_for_text("正在连接 127.0.0.1");
    assert!(!terminal.written.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "not on the normal screen");
    terminal.wait_for_inbox();
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_platform_that_fails_is_met_inside() {
    let simulator = Simulator::start(&["--fault", "html-502:*@reads"]);
    let mut terminal = simulator.inbox(&[]);
    terminal.wait("the inbox with a failure", |screen| {
        screen.alternate_screen() && screen.contents().contains("待办 –") && screen.contents().contains("502")
    });
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

/// Escape sequences, a forged line, an override of the direction: from every place that a start reads text from.
#[test]
fn text_of_file_flag_variable_and_path_reaches_the_screen_clean() {
    const HOSTILE: &str = "x\u{1b}]0;t\u{7}\u{1b}[2J\nforged\u{202e}\u{9b}2J";
    const ESCAPED: &str = r"x\u001b]0;t\u0007\u001b[2J\nforged\u202e\u009b2J";
    let account = "app_id = 'cli_a'\napp_secret = 'hush'\noperator_id = 'ou_1'\n";
    let file = |lines: &str| Machine::with_config(&format!("{account}{lines}"));
    let plain = || file("");
    let folder = plain();
    let odd = folder.home.path().join(HOSTILE);
    std::fs::create_dir(&odd).unwrap();
    std::fs::write(odd.join("config.toml"), "undo_second = 3\n").unwrap();
    let odd = odd.join("config.toml");
    let keymap = file("keymap = 'keys.toml'\n");
    std::fs::write(
        keymap.home.path().join(".config/shenpi/keys.toml"),
        format!("[list]\n\"{ESCAPED}\" = 'approve'\nx = \"{ESCAPED}\"\n[\"{ESCAPED}\"]\ny = 'approve'\n"),
    )
    .unwrap();
    let theme = file("theme = 'own.toml'\n");
    std::fs::write(
        theme.home.path().join(".config/shenpi/own.toml"),
        format!("\"{ESCAPED}\" = 1\nkey = {{ mono = \"{ESCAPED}\", \"{ESCAPED}\" = 'bold' }}\n"),
    )
    .unwrap();
    let variable = format!("SHENPI_{HOSTILE}");
    let told: Vec<Output> = vec![
        file(&format!("\"{ESCAPED}\" = 1\n")).run(&[], &[]),
        file(&format!("lang = \"{ESCAPED}\"\n")).run(&[], &[]),
        file(&format!("keymap = \"{ESCAPED}\"\n")).run(&[], &[]),
        file(&format!("[profile.\"{ESCAPED}\"]\n")).run(&["--profile", "other"], &[]),
        file(&format!("base_url = \"{ESCAPED}\"\ntime_zone = \"{ESCAPED}\"\n")).run(&[], &[]),
        Machine::with_config(&format!("app_id = 'a'\noperator_id = 'b'\napp_secret_file = \"{ESCAPED}\"\n"))
            .run(&[], &[]),
        Machine::with_config(&format!("x = '{HOSTILE}'\n")).run(&[], &[]),
        keymap.run(&[], &[]),
        theme.run(&[], &[]),
        plain().run(&["--theme", HOSTILE], &[]),
        plain().run(&[], &[(&variable, "1")]),
        plain().run(&[], &[("SHENPI_PROFILE", HOSTILE)]),
        plain().run(&["--profile", HOSTILE], &[]),
        plain().run(&["--config", odd.to_str().unwrap()], &[]),
        plain().run(&["--config", HOSTILE], &[]),
        plain().run(&["--lang", HOSTILE], &[]),
        plain().run(&[HOSTILE], &[]),
        plain().run(&[&format!("--{HOSTILE}")], &[]),
        plain().run(&["demo", "--fault", HOSTILE], &[]),
        plain().run(&["simulate", "--fault", HOSTILE], &[]),
        plain().run(&["simulate", "--port", HOSTILE], &[]),
        plain().run(&["journal", "--since", HOSTILE], &[]),
    ];
    for (at, output) in told.iter().enumerate() {
        let words = words(output);
        assert_eq!(output.status.code(), Some(2), "{at}: {words}");
        let acts = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!words.contains(acts), "{at}: {words:?}");
        assert!(!words.lines().any(|line| line.starts_with("forged")), "{at}: {words}");
    }
}
