use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use tempfile::TempDir;

use super::{
    Config, ConfigError, ConfigRefusal, EXPLAINED, Flags, OptionKey, OptionKind, Origin, ThemeChoice, early_lang, load,
};
use crate::domain::{Lang, PersonIdType, ThemeName};

const ACCOUNT: &str = "app_id = 'cli_a'\napp_secret = 'hush'\noperator_id = 'ou_1'\n";

struct Machine {
    home: TempDir,
    variables: BTreeMap<String, String>,
    flags: Flags,
}

impl Machine {
    fn new(file: &str) -> Self {
        let home = TempDir::new().unwrap();
        let variables = BTreeMap::from([("HOME".to_owned(), home.path().to_str().unwrap().to_owned())]);
        fs::create_dir_all(home.path().join(".config/shenpi")).unwrap();
        let machine = Self { home, variables, flags: Flags::default() };
        fs::write(machine.path("config.toml"), file).unwrap();
        machine.config_mode(0o600)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(".config/shenpi").join(name)
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn config_mode(self, mode: u32) -> Self {
        fs::set_permissions(self.path("config.toml"), fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    fn secret_file(self, text: &str, mode: u32) -> Self {
        let path = self.path("secret");
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    fn load(&self) -> Result<Config, ConfigRefusal> {
        load(&self.flags, &self.variables, true)
    }

    fn config(&self) -> Config {
        self.load().unwrap_or_else(|refusal| panic!("{:?}", refusal.faults))
    }

    fn faults(&self) -> Vec<ConfigError> {
        self.load().expect_err("faults").faults
    }
}

fn line(line: usize, key: &str) -> Origin {
    Origin::File { line, key: key.to_owned() }
}

#[test]
fn an_account_is_all_that_is_needed() {
    let machine = Machine::new(ACCOUNT);
    let config = machine.config();
    let account = config.account.unwrap();
    assert_eq!(account.base_url.as_str(), "https://open.feishu.cn/");
    assert_eq!(account.app_secret.expose_secret(), "hush");
    assert_eq!(account.operator.id_type, PersonIdType::OpenId);
    assert_eq!((config.undo.as_secs(), config.read_only), (5, false));
    assert_eq!(config.state_dir, machine.home.path().join(".local/state/shenpi"));
}

#[test]
fn the_environment_overrides_the_file_and_flags_override_both() {
    let mut machine = Machine::new(&format!("{ACCOUNT}undo_seconds = 1\nlang = 'en-US'\nbrand = 'lark'\n"))
        .with("SHENPI_UNDO_SECONDS", "2")
        .with("SHENPI_OPERATOR_ID", "ou_2")
        .with("SHENPI_LANG", "");
    let config = machine.config();
    let account = config.account.unwrap();
    assert_eq!((config.undo.as_secs(), config.lang), (2, Lang::En));
    assert_eq!(account.operator.id.as_str(), "ou_2");
    assert_eq!(account.base_url.as_str(), "https://open.larksuite.com/");

    machine.flags = Flags { undo_seconds: Some(3), lang: Some("zh".into()), read_only: true, ..Flags::default() };
    let config = machine.config();
    assert_eq!((config.undo.as_secs(), config.lang, config.read_only), (3, Lang::Zh, true));
}

#[test]
fn a_named_time_zone_and_the_site_of_a_bare_address_are_respected() {
    let zone = |lines: &str| Machine::new(&format!("{ACCOUNT}{lines}")).with("TZ", "").config().zone;
    assert_eq!(zone("time_zone = 'UTC'\n"), jiff::tz::TimeZone::UTC);
    assert_eq!(zone("time_zone = 'Asia/Tokyo'\nbrand = 'lark'\n").iana_name(), Some("Asia/Tokyo"));
    let one = zone("brand = 'lark'\n");
    assert_eq!(zone("base_url = 'https://open.larksuite.com/'\n"), one);
    assert_eq!(zone("base_url = 'http://127.0.0.1:8080'\n"), zone("brand = 'feishu'\n"));
}

#[test]
fn a_profile_overrides_the_top_of_the_file() {
    let file = format!(
        "{ACCOUNT}[profile.test]\napp_secret_command = 'printf \"two\\nlines\"'\nbase_url = 'http://127.0.0.1:8080'\n"
    );
    let mut machine = Machine::new(&file);
    assert_eq!(machine.config().account.unwrap().app_secret.expose_secret(), "hush");
    machine.flags.profile = Some("test".into());
    let config = machine.config();
    let account = config.account.unwrap();
    assert_eq!(account.app_secret.expose_secret(), "two");
    assert_eq!(account.base_url.port(), Some(8080));
    assert_eq!(config.place.as_deref(), Some("test"));
    machine.flags.profile = Some("tset".into());
    assert_eq!(machine.faults(), [ConfigError::UnknownProfile { name: "tset".into(), known: vec!["test".into()] }]);
}

#[test]
fn every_fault_is_told_at_once_with_its_line() {
    let machine = Machine::new(
        "app_id = 'cli_a'\nundo_second = 3\nread_only = 'yes'\nlang = 'fr'\nundo_seconds = 601\n\
         base_url = 'http://open.feishu.cn'\napp_secret = 'a'\napp_secret_file = 'b'\n[profile.x]\ntime_zome = 'UTC'\n",
    )
    .with("SHENPI_ASCII", "perhaps")
    .with("SHENPI_READONLY", "1")
    .with("SHENPI_TIME_ZONE", "Mars/Olympus");
    let faults = machine.faults();
    let expected = [
        ConfigError::UnknownKey { line: 2, key: "undo_second".into(), meant: Some("undo_seconds") },
        ConfigError::WrongType { origin: line(3, "read_only"), expected: OptionKind::Boolean },
        ConfigError::UnknownKey { line: 10, key: "time_zome".into(), meant: Some("time_zone") },
        ConfigError::TwoSecrets { first: line(7, "app_secret"), second: line(8, "app_secret_file") },
        ConfigError::WrongType { origin: Origin::Variable("SHENPI_ASCII".into()), expected: OptionKind::Boolean },
        ConfigError::UnknownVariable { name: "SHENPI_READONLY".into(), meant: Some("SHENPI_READ_ONLY".into()) },
        ConfigError::Invalid { origin: line(4, "lang"), allowed: "zh-CN | en-US".into() },
        ConfigError::Invalid { origin: line(5, "undo_seconds"), allowed: "0 … 600".into() },
        ConfigError::PlainHttp { origin: line(6, "base_url") },
        ConfigError::UnknownTimeZone { origin: Origin::Variable("SHENPI_TIME_ZONE".into()) },
        ConfigError::Missing { key: OptionKey::OperatorId },
    ];
    for fault in &expected {
        assert!(faults.contains(fault), "{fault:?} not in {faults:#?}");
    }
    assert_eq!(faults.len(), expected.len(), "{faults:#?}");
    for lang in [Lang::Zh, Lang::En] {
        assert!(faults.iter().all(|fault| !fault.sentence(lang).is_empty()));
    }
}

#[test]
fn syntax_errors_carry_their_line_and_do_not_hide_the_rest() {
    let faults = Machine::new("app_id = 'cli_a'\nlang = zh\nnope = 1\n").faults();
    assert!(faults.iter().any(|fault| matches!(fault, ConfigError::Syntax { line: 2, .. })), "{faults:#?}");
    assert!(faults.iter().any(|fault| matches!(fault, ConfigError::UnknownKey { line: 3, .. })), "{faults:#?}");
}

#[test]
fn plain_http_is_for_loopback_only() {
    for address in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://open.example.cn"] {
        let machine = Machine::new(ACCOUNT).with("SHENPI_BASE_URL", address);
        assert!(machine.load().is_ok(), "{address}");
    }
    let origin = || Origin::Variable("SHENPI_BASE_URL".into());
    for address in ["http://localhost.example.cn", "http://10.0.0.1", "http://127.0.0.1.example.cn"] {
        let machine = Machine::new(ACCOUNT).with("SHENPI_BASE_URL", address);
        assert_eq!(machine.faults(), [ConfigError::PlainHttp { origin: origin() }], "{address}");
    }
    for address in ["ftp://127.0.0.1", "https://me:pw@example.cn", "https://example.cn/open-apis", "example.cn"] {
        let machine = Machine::new(ACCOUNT).with("SHENPI_BASE_URL", address);
        assert_eq!(machine.faults(), [ConfigError::NotAnAddress { origin: origin() }], "{address}");
    }
}

#[test]
fn a_secret_file_that_others_may_read_is_refused() {
    let file = "app_id = 'cli_a'\noperator_id = 'ou_1'\napp_secret_file = 'secret'\n";
    let machine = Machine::new(file).secret_file("hush\n", 0o600);
    assert_eq!(machine.config().account.unwrap().app_secret.expose_secret(), "hush");
    for mode in [0o640, 0o604, 0o644] {
        let machine = Machine::new(file).secret_file("hush\n", mode);
        let path = machine.path("secret");
        let fault = ConfigError::SecretExposed { origin: line(3, "app_secret_file"), path: path.clone(), mode };
        assert!(fault.sentence(Lang::En).ends_with(&format!("Run: chmod 600 {}", path.display())));
        assert_eq!(machine.faults(), [fault]);
    }
    let machine = Machine::new(file).secret_file("\n", 0o600);
    assert_eq!(machine.faults(), [ConfigError::SecretEmpty { origin: line(3, "app_secret_file") }]);
    assert!(matches!(Machine::new(file).faults()[..], [ConfigError::SecretUnreadable { .. }]));
}

#[test]
fn a_configuration_with_a_secret_that_others_can_read_is_refused() {
    let id = "app_id = 'cli_a'\noperator_id = 'ou_1'\n";
    let exposing = [
        (format!("{id}app_secret = 'hush'\n"), 3),
        (format!("{id}app_secret_command = 'echo hush'\n[profile.other]\napp_secret = 'hush'\n"), 5),
        (format!("{id}[profile.one]\napp_id = 'x'\n[profile.two]\nlang = 'zh'\napp_secret = 'hush'\n"), 7),
        (format!("{id}app_secret = \"\"\"\nhush\"\"\"\n"), 3),
    ];
    for (file, line) in &exposing {
        for mode in [0o644, 0o640, 0o604, 0o666] {
            let mut machine = Machine::new(file).config_mode(mode).with("SHENPI_APP_SECRET", "other");
            let fault = ConfigError::ConfigExposed { line: *line, path: machine.path("config.toml"), mode };
            assert_eq!(machine.faults(), std::slice::from_ref(&fault), "{file}");
            for lang in [Lang::Zh, Lang::En] {
                let sentence = fault.sentence(lang);
                let command = format!("chmod 600 {}", machine.path("config.toml").display());
                assert!(sentence.ends_with(&command) && !sentence.contains("hush"), "{sentence}");
            }
            // The demo reads the same file.
            assert!(load(&machine.flags, &machine.variables, false).is_err());
            machine = machine.config_mode(0o600);
            assert!(machine.load().is_ok());
        }
    }
    let harmless = [
        format!("{id}app_secret_command = 'echo hush'\n"),
        format!("{id}app_secret = ''\napp_secret_command = 'echo hush'\n"),
        format!("{id}# app_secret = 'hush'\n"),
    ];
    for file in harmless {
        let machine = Machine::new(&file).config_mode(0o644).with("SHENPI_APP_SECRET", "hush");
        assert!(
            !machine.load().is_err_and(|refusal| refusal
                .faults
                .iter()
                .any(|fault| matches!(fault, ConfigError::ConfigExposed { .. }))),
            "{file}"
        );
    }
}

#[test]
fn the_command_that_mends_a_mode_survives_a_shell() {
    for name in ["plain.toml", "with space", "it's", "-rf", "配置.toml", "$HOME;`x`"] {
        let home = TempDir::new().unwrap();
        let path = home.path().join(name);
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let sentence = ConfigError::ConfigExposed { line: 1, path: path.clone(), mode: 0o644 }.sentence(Lang::En);
        let command = sentence.split("Run: ").nth(1).unwrap();
        assert!(std::process::Command::new("/bin/sh").args(["-c", command]).status().unwrap().success(), "{command}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600, "{command}");
    }
}

#[test]
fn a_pipe_or_a_device_in_the_place_of_a_file_is_refused_and_not_waited_for() {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let pipe = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    let file = "app_id = 'cli_a'\noperator_id = 'ou_1'\napp_secret_file = 'secret'\n";

    let machine = Machine::new(file);
    pipe(&machine.path("secret"));
    assert!(matches!(machine.faults()[..], [ConfigError::SecretUnreadable { .. }]));
    for device in ["/dev/zero", "/dev/null", "/dev/tty"] {
        let machine = Machine::new(file).with("SHENPI_APP_SECRET_FILE", device);
        assert!(matches!(machine.faults()[..], [ConfigError::SecretUnreadable { .. }]), "{device}");
    }

    let machine = Machine::new(ACCOUNT).with("SHENPI_KEYMAP", "/dev/zero");
    assert!(matches!(machine.faults()[..], [ConfigError::KeymapUnreadable { .. }]));

    let mut machine = Machine::new("").with("SHENPI_APP_SECRET", "hush");
    fs::remove_file(machine.path("config.toml")).unwrap();
    pipe(&machine.path("config.toml"));
    assert!(matches!(machine.faults()[0], ConfigError::UnreadableFile { .. }));
    machine.flags.config = Some("/dev/null".into());
    assert!(
        machine.faults().iter().all(|fault| matches!(fault, ConfigError::Missing { .. })),
        "an empty configuration"
    );
}

#[test]
fn a_failing_secret_command_is_a_fault_and_its_output_is_not_told() {
    let machine = Machine::new("app_id = 'cli_a'\noperator_id = 'ou_1'\napp_secret_command = 'echo hush; exit 3'\n");
    let faults = machine.faults();
    assert!(matches!(faults[..], [ConfigError::SecretCommandFailed { .. }]));
    assert!(!faults[0].sentence(Lang::En).contains("hush"));
    assert!(!format!("{:?}", Machine::new(ACCOUNT).config()).contains("hush"));
}

#[test]
fn no_account_at_all_is_told_apart_from_half_of_one() {
    let refusal = Machine::new("").load().unwrap_err();
    assert!(refusal.no_account && refusal.faults.is_empty());
    let refusal = Machine::new("").with("SHENPI_APP_ID", "cli_a").load().unwrap_err();
    assert!(!refusal.no_account);
    assert_eq!(
        refusal.faults,
        [ConfigError::Missing { key: OptionKey::AppSecret }, ConfigError::Missing { key: OptionKey::OperatorId }]
    );
}

#[test]
fn the_demo_needs_no_account_but_reads_the_taste() {
    let machine = Machine::new("undo_seconds = 0\napp_secret_command = 'exit 1'\n");
    let config = load(&machine.flags, &machine.variables, false).unwrap();
    assert!(config.account.is_none() && config.undo.is_zero());
}

#[test]
fn canned_reasons_are_nine_at_most_and_none_is_empty() {
    for reasons in [format!("{:?}", ["理由"; 10]), r#"["理由", " "]"#.into(), format!("[\"{}\"]", "长".repeat(1001))]
    {
        let machine = Machine::new(&format!("{ACCOUNT}canned_reasons = {reasons}\n"));
        assert_eq!(machine.faults(), [ConfigError::CannedReasons { origin: line(4, "canned_reasons") }], "{reasons}");
    }
}

#[test]
fn a_configuration_that_is_named_must_exist() {
    let mut machine = Machine::new(ACCOUNT);
    machine.flags.config = Some(machine.path("other.toml"));
    assert!(matches!(machine.faults()[..], [ConfigError::UnreadableFile { .. }, ..]));
}

#[test]
fn the_key_map_stands_beside_the_configuration_or_where_it_is_named() {
    let machine = Machine::new(ACCOUNT);
    assert!(machine.config().keymap.is_none());
    fs::write(machine.path("keymap.toml"), "# mine").unwrap();
    assert_eq!(machine.config().keymap.unwrap().1, "# mine");
    let machine = machine.with("SHENPI_KEYMAP", "/nowhere/keys.toml");
    assert_eq!(machine.faults().len(), 1);
}

#[test]
fn a_theme_is_a_name_or_a_file_beside_the_configuration() {
    let of = |theme: &str| Machine::new(&format!("{ACCOUNT}theme = {theme:?}\n"));
    assert_eq!(Machine::new(ACCOUNT).config().theme, ThemeChoice::BuiltIn(ThemeName::Auto));
    assert_eq!(of("light").config().theme, ThemeChoice::BuiltIn(ThemeName::Light));
    assert_eq!(of("light").with("SHENPI_THEME", "mono").config().theme, ThemeChoice::BuiltIn(ThemeName::Mono));
    let allowed = "auto | dark | light | mono | FILE.toml".to_owned();
    assert_eq!(of("drak").faults(), [ConfigError::Invalid { origin: line(4, "theme"), allowed }]);
    let own = of("own.toml");
    assert!(matches!(own.faults()[..], [ConfigError::ThemeUnreadable { .. }]));
    fs::write(own.path("own.toml"), "# mine").unwrap();
    assert_eq!(own.config().theme, ThemeChoice::File(own.path("own.toml"), "# mine".into()));
}

#[test]
fn the_language_comes_from_the_locale_when_nothing_says_it() {
    let lang = |pairs: &[(&str, &str)]| {
        let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        early_lang(None, &variables)
    };
    assert_eq!(lang(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
    assert_eq!(lang(&[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_GB.UTF-8")]), Lang::En);
    assert_eq!(lang(&[("LANG", "en_GB.UTF-8"), ("LC_MESSAGES", "zh_TW")]), Lang::Zh);
    assert_eq!(lang(&[("LANG", "C")]), Lang::En);
    assert_eq!(lang(&[]), Lang::En);
    assert_eq!(lang(&[("SHENPI_LANG", "zh-CN"), ("LC_ALL", "C")]), Lang::Zh);
}

#[test]
fn ascii_is_automatic_where_nothing_else_can_be_shown() {
    let ascii = |pairs: &[(&str, &str)]| {
        pairs.iter().fold(Machine::new(ACCOUNT), |machine, (name, value)| machine.with(name, value)).config().ascii
    };
    assert!(!ascii(&[("LANG", "zh_CN.UTF-8"), ("TERM", "xterm-256color")]));
    assert!(ascii(&[("LANG", "zh_CN.GB18030"), ("TERM", "xterm-256color")]));
    assert!(ascii(&[("LANG", "zh_CN.UTF-8"), ("TERM", "linux")]));
    assert!(ascii(&[("LANG", "zh_CN.UTF-8"), ("SHENPI_ASCII", "1")]));
    assert!(!ascii(&[("LANG", "C"), ("SHENPI_ASCII", "0")]));
}

/// Options stand in the explained file as `# key = value`, after sentences that end with the variable's name.
#[test]
fn the_explained_file_names_every_option_and_its_variable_and_nothing_else() {
    let own = EXPLAINED.split("[profile.").next().unwrap();
    let explained: Vec<_> =
        own.lines().filter_map(|line| line.strip_prefix("# ")?.split_once(" = ").map(|(key, _)| key)).collect();
    let mut sorted: Vec<_> = explained.iter().map(|name| OptionKey::named(name).expect(name)).collect();
    sorted.sort_unstable();
    assert_eq!(sorted, OptionKey::ALL);
    for key in OptionKey::ALL {
        if let Some(variable) = key.variable() {
            assert!(own.lines().any(|line| line.ends_with(&format!("。{variable}"))), "{variable}");
        }
    }
}

#[test]
fn the_explained_file_is_a_configuration_without_effect_and_its_examples_are_valid() {
    let without_effect = Machine::new(&format!("{EXPLAINED}\n")).load().unwrap_err();
    assert!(without_effect.no_account && without_effect.faults.is_empty());

    let examples = EXPLAINED
        .lines()
        .filter_map(|line| line.strip_prefix("# "))
        .filter(|line| line.contains(" = ") || line.starts_with("[profile."))
        .filter(|line| !line.starts_with("app_secret_") && !line.starts_with("keymap"))
        .collect::<Vec<_>>()
        .join("\n");
    let config = Machine::new(&examples).config();
    let defaults = Machine::new(ACCOUNT).config();
    assert_eq!((config.undo, config.read_only), (defaults.undo, defaults.read_only));
    assert_eq!(config.account.unwrap().base_url, defaults.account.unwrap().base_url);
    assert_eq!(config.state_dir.file_name(), Path::new("shenpi").file_name());
    assert_eq!(config.canned_reasons.len(), 2);
}
