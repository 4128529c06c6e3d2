use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret as _;
use shenpi::config::{Account, Config, Flags, OptionKey, PROFILE_VARIABLE, load};
use shenpi::domain::{Lang, PersonIdType};
use tempfile::TempDir;

use super::{home, is_complete, text};

fn loaded(home: &TempDir, profile: Option<&str>, variables: &[(&str, &str)]) -> Config {
    let flags = Flags {
        config: Some(home.path().join("config.toml")),
        profile: profile.map(str::to_owned),
        ..Flags::default()
    };
    let own = [("HOME", home.path().to_str().unwrap())];
    let variables = own.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    load(&flags, &variables.collect(), true).unwrap_or_else(|refusal| panic!("{:?}", refusal.faults))
}

fn account(config: Config) -> (String, String, PersonIdType, String) {
    let Account { app_id, app_secret, operator, .. } = config.account.unwrap();
    (app_id, app_secret.expose_secret().to_owned(), operator.id_type, operator.id.as_str().to_owned())
}

#[test]
fn every_option_of_the_file_counts() {
    let home = home();
    let config = loaded(&home, None, &[]);
    assert_eq!(config.place.as_deref(), Some("示例科技"));
    assert_eq!((config.lang, config.undo.as_secs(), config.read_only, config.ascii), (Lang::En, 7, true, true));
    assert_eq!(config.state_dir, home.path().join("state"));
    assert_eq!(config.canned_reasons, ["材料不全，请补充后重新提交", "与排班冲突"]);
    assert_eq!(config.zone.iana_name(), Some("Asia/Shanghai"));
    assert_eq!(config.keymap.as_ref().map(|(_, keys)| keys.as_str()), Some(text("keymap.toml").as_str()));
    assert_eq!(config.account.as_ref().unwrap().base_url.as_str(), "https://open.feishu.cn/");
    assert_eq!(account(config), ("cli_a1".into(), "no-secret".into(), PersonIdType::OpenId, "ou_1".into()));
}

#[test]
fn every_profile_counts() {
    let home = home();
    let of = |profile| account(loaded(&home, Some(profile), &[]));
    assert_eq!(of("command"), ("cli_a1".into(), "no-secret".into(), PersonIdType::OpenId, "ou_1".into()));
    assert_eq!(of("inline"), ("cli_a1".into(), "no-secret".into(), PersonIdType::PeopleCorehrId, "ou_2".into()));
}

/// Two change nothing here: the brand beside an address, and the file that the configuration names, too.
#[test]
fn every_variable_overrides_the_file() {
    let home = home();
    let folder = home.path().to_str().unwrap();
    let environment = text("environment").replace('@', folder);
    let environment: Vec<_> = environment.lines().map(|line| line.split_once('=').unwrap()).collect();
    let told =
        |config: Config| format!("{config:?} {:?}", config.account.as_ref().map(|it| it.app_secret.expose_secret()));
    let plain = told(loaded(&home, None, &[]));
    for variable in &environment {
        let changed = told(loaded(&home, None, &[*variable])) != plain;
        let same = ["SHENPI_BRAND", "SHENPI_APP_SECRET_FILE"];
        assert!(changed || same.contains(&variable.0), "{variable:?} changes nothing");
    }
    let first = environment.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    let today = OptionKey::ALL.into_iter().filter_map(OptionKey::variable).chain([PROFILE_VARIABLE.to_owned()]);
    is_complete("variables", &today.collect(), &first);
}

#[test]
fn every_option_is_the_first_versions_or_listed() {
    let file: BTreeMap<String, toml::Value> = toml::from_str(&text("config.toml")).unwrap();
    let profiles = file.values().filter_map(|value| value.as_table()).flat_map(|profiles| profiles.values());
    let in_profiles = profiles.filter_map(|profile| profile.as_table()).flat_map(|profile| profile.keys().cloned());
    let first = file.keys().filter(|name| *name != "profile").cloned().chain(in_profiles).collect();
    is_complete("options", &OptionKey::ALL.into_iter().map(|key| key.name().to_owned()).collect(), &first);
}
