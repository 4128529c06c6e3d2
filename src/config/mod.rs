//! The configuration of one run: file, profile, environment and flags laid over one another, checked as a whole.
//! Every fault is found before anything is refused.

mod error;
mod layers;
mod options;
mod secret;
mod site;
mod zone;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use reqwest::Url;
use secrecy::SecretString;

use error::CANNED_LIMIT;
pub use error::{ConfigError, Origin};
use layers::{LONGEST_FILE, Layers, Raw, Setting};
pub use options::{OptionKey, OptionKind, PROFILE_VARIABLE};
use site::Site;

use crate::domain::decision::OPINION_LIMIT;
use crate::domain::{I18n, Lang, LiveMode, Operator, PersonId, PersonIdType, ThemeName};
use crate::files;

/// Every option with its default and a sentence: the output of `--print-config`.
pub const EXPLAINED: &str = include_str!("../../assets/config.toml");

/// Longest time that answers are cached, in days.
const LONGEST_CACHE: i64 = 90;
/// Smallest and largest cache, in megabytes.
const CACHE_SIZES: std::ops::RangeInclusive<i64> = 8..=4096;

/// Longest time that a decision can be held, in seconds.
const LONGEST_UNDO: i64 = 600;

/// Configuration of one run. Fixed once read.
#[derive(Debug)]
pub struct Config {
    /// `None` only where none was asked for.
    pub account: Option<Account>,
    /// Name of the tenant in the header.
    pub place: Option<String>,
    pub lang: Lang,
    pub undo: Duration,
    pub read_only: bool,
    /// No glyph outside ASCII in the chrome.
    pub ascii: bool,
    pub theme: ThemeChoice,
    pub state_dir: PathBuf,
    pub canned_reasons: Vec<String>,
    /// The text of the user's key map, if there is one, and where it stands.
    pub keymap: Option<(PathBuf, String)>,
    /// Where the configuration stands, or would.
    pub file: PathBuf,
    pub zone: TimeZone,
    pub cache: CacheOptions,
    /// When a long connection is opened.
    pub live: LiveMode,
}

/// Where the styles of the screen come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    BuiltIn(ThemeName),
    /// The user's file and its text, which are not yet understood.
    File(PathBuf, String),
}

/// Bounds of the cache, which keeps the platform's answers between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheOptions {
    /// In the state folder; otherwise nothing outlives a run.
    pub on_disk: bool,
    pub days: u32,
    pub max_mb: u32,
    /// Content of sensitive requests is kept too.
    pub sensitive: bool,
}

/// The app that asks and the person it asks for.
#[derive(Debug)]
pub struct Account {
    pub base_url: Url,
    pub app_id: String,
    pub app_secret: SecretString,
    pub operator: Operator,
}

/// The operator and the site: the part of an account that is known without its app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whose {
    pub base_url: Url,
    pub operator: Operator,
}

/// Why there is no configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigRefusal {
    /// The language found in spite of the faults.
    pub lang: Lang,
    /// The file that was read, or would have been.
    pub file: PathBuf,
    pub faults: Vec<ConfigError>,
    /// Nothing of an account is configured: a first start rather than a mistake.
    pub no_account: bool,
    /// The user's key map, whose faults are told with those of the configuration.
    pub keymap: Option<(PathBuf, String)>,
    /// The theme, for the same reason.
    pub theme: Box<ThemeChoice>,
}

/// Flags of the command line; they override everything else.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub config: Option<PathBuf>,
    pub profile: Option<String>,
    pub lang: Option<String>,
    pub undo_seconds: Option<u64>,
    pub read_only: bool,
    pub ascii: bool,
    pub theme: Option<String>,
}

/// The language before any configuration was read: flag, `SHENPI_LANG`, then the locale. `zh…` is Chinese, any other
/// English.
#[must_use]
pub fn early_lang(flag: Option<&str>, variables: &BTreeMap<String, String>) -> Lang {
    let own = flag.or_else(|| variables.get("SHENPI_LANG").map(String::as_str)).and_then(lang_named);
    own.unwrap_or_else(|| {
        let locale = locale(variables, "LC_MESSAGES").unwrap_or_default();
        if locale.to_ascii_lowercase().starts_with("zh") { Lang::Zh } else { Lang::En }
    })
}

/// Reads and checks everything. `needs_account`: the demo and the simulator do without.
///
/// # Errors
/// All faults at once.
pub fn load(flags: &Flags, variables: &BTreeMap<String, String>, needs_account: bool) -> Result<Config, ConfigRefusal> {
    if needs_account {
        let (config, found) = read(flags, variables, account)?;
        Ok(Config { account: Some(found), ..config })
    } else {
        // A demo runs no command for a secret.
        read(flags, variables, |_, _| (Some(()), false)).map(|(config, ())| config)
    }
}

/// Reads and checks everything but the app and its secret, which is not fetched.
///
/// # Errors
/// All faults at once.
pub fn load_operator(flags: &Flags, variables: &BTreeMap<String, String>) -> Result<(Config, Whose), ConfigRefusal> {
    read(flags, variables, whose)
}

/// `part` reads the account or a part of it, and returns whether nothing of it is configured.
fn read<T>(
    flags: &Flags,
    variables: &BTreeMap<String, String>,
    part: impl FnOnce(&mut ConfigReader<'_>, Address) -> (Option<T>, bool),
) -> Result<(Config, T), ConfigRefusal> {
    let mut faults = Vec::new();
    let home = variables.get("HOME").filter(|home| !home.is_empty()).map(PathBuf::from).or_else(std::env::home_dir);
    let base = |variable: &str, below: &str| {
        let stated = variables.get(variable).map(PathBuf::from).filter(|path| path.is_absolute());
        Some(stated.or_else(|| Some(home.clone()?.join(below)))?.join("shenpi"))
    };
    let folder = base("XDG_CONFIG_HOME", ".config").unwrap_or_default();
    let file = flags.config.clone().unwrap_or_else(|| folder.join("config.toml"));
    let profile = flags
        .profile
        .as_deref()
        .or_else(|| variables.get(PROFILE_VARIABLE).map(String::as_str).filter(|name| !name.is_empty()));

    let mut layers = Layers::default();
    for layer in layers::read_file(&file, flags.config.is_some(), profile, &mut faults) {
        layers.lay(layer, &mut faults);
    }
    let layer = layers::read_environment(variables, &mut faults);
    layers.lay(layer, &mut faults);
    layers.lay(flag_layer(flags), &mut faults);

    let locate = |text: &str, origin: &Origin| {
        let path = match (text.strip_prefix("~/"), &home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(text),
        };
        match origin {
            Origin::File { .. } => file.parent().map_or(path.clone(), |folder| folder.join(&path)),
            _ => path,
        }
    };
    let mut reader = ConfigReader { layers, faults, locate: &locate };
    let lang = reader.lang().unwrap_or_else(|| early_lang(None, variables));
    let (site, base_url) = reader.site();
    let taste = Taste {
        undo: reader.undo(),
        read_only: reader.layers.flag(OptionKey::ReadOnly).unwrap_or(false),
        ascii: reader.layers.flag(OptionKey::Ascii).unwrap_or_else(|| wants_ascii(variables)),
        theme: reader.theme(),
        state_dir: reader.path(OptionKey::StateDir).or_else(|| base("XDG_STATE_HOME", ".local/state")),
        canned_reasons: reader.canned(),
        keymap: reader.keymap(&folder),
        zone: reader.zone(site, variables),
        cache: reader.cache(),
        live: reader.live(),
        place: reader.layers.text(OptionKey::Tenant).map(|(name, _)| name).or_else(|| profile.map(str::to_owned)),
    };
    if taste.state_dir.is_none() {
        reader.faults.push(ConfigError::NoStateDirectory);
    }
    let address = reader.address(base_url);
    let (found, no_account) = part(&mut reader, address);
    match (reader.faults, taste.state_dir, found) {
        (faults, Some(state_dir), Some(found)) if faults.is_empty() => {
            let config = Config {
                account: None,
                place: taste.place,
                lang,
                undo: taste.undo,
                read_only: taste.read_only,
                ascii: taste.ascii,
                theme: taste.theme,
                state_dir,
                canned_reasons: taste.canned_reasons,
                keymap: taste.keymap,
                file,
                zone: taste.zone,
                cache: taste.cache,
                live: taste.live,
            };
            Ok((config, found))
        }
        (mut faults, ..) => {
            faults.sort_by_key(ConfigError::line);
            Err(ConfigRefusal { lang, file, faults, no_account, keymap: taste.keymap, theme: Box::new(taste.theme) })
        }
    }
}

/// The options besides account and language, before their faults are known.
struct Taste {
    undo: Duration,
    read_only: bool,
    ascii: bool,
    theme: ThemeChoice,
    state_dir: Option<PathBuf>,
    canned_reasons: Vec<String>,
    keymap: Option<(PathBuf, String)>,
    zone: TimeZone,
    cache: CacheOptions,
    live: LiveMode,
    place: Option<String>,
}

/// Turns settings into values and keeps the faults met on the way.
struct ConfigReader<'a> {
    layers: Layers,
    faults: Vec<ConfigError>,
    locate: &'a dyn Fn(&str, &Origin) -> PathBuf,
}

impl ConfigReader<'_> {
    fn invalid<T>(&mut self, origin: Origin, allowed: impl Into<String>) -> Option<T> {
        self.faults.push(ConfigError::Invalid { origin, allowed: allowed.into() });
        None
    }

    fn path(&mut self, key: OptionKey) -> Option<PathBuf> {
        let (text, origin) = self.layers.text(key)?;
        Some((self.locate)(&text, &origin))
    }

    fn lang(&mut self) -> Option<Lang> {
        let (text, origin) = self.layers.text(OptionKey::Lang)?;
        lang_named(&text).or_else(|| self.invalid(origin, "zh-CN | en-US"))
    }

    fn undo(&mut self) -> Duration {
        let seconds = match self.layers.take(OptionKey::UndoSeconds) {
            Some(Setting { raw: Raw::Number(seconds @ 0..=LONGEST_UNDO), .. }) => Some(seconds),
            Some(Setting { origin, .. }) => self.invalid(origin, format!("0 … {LONGEST_UNDO}")),
            None => Some(5),
        };
        Duration::from_secs(seconds.and_then(|seconds| seconds.try_into().ok()).unwrap_or_default())
    }

    fn cache(&mut self) -> CacheOptions {
        let on_disk = match self.layers.text(OptionKey::Cache) {
            Some((place, _)) if place == "disk" => true,
            Some((place, _)) if place == "memory" => false,
            Some((_, origin)) => self.invalid(origin, "disk | memory").unwrap_or(true),
            None => true,
        };
        CacheOptions {
            on_disk,
            days: self.number(OptionKey::CacheDays, 7, 1..=LONGEST_CACHE),
            max_mb: self.number(OptionKey::CacheMaxMb, 256, CACHE_SIZES),
            sensitive: self.layers.flag(OptionKey::CacheSensitive).unwrap_or(false),
        }
    }

    fn number(&mut self, key: OptionKey, usual: u32, allowed: std::ops::RangeInclusive<i64>) -> u32 {
        let number = match self.layers.take(key) {
            Some(Setting { raw: Raw::Number(number), .. }) if allowed.contains(&number) => u32::try_from(number).ok(),
            Some(Setting { origin, .. }) => self.invalid(origin, format!("{} … {}", allowed.start(), allowed.end())),
            None => None,
        };
        number.unwrap_or(usual)
    }

    fn live(&mut self) -> LiveMode {
        let Some((text, origin)) = self.layers.text(OptionKey::Live) else { return LiveMode::default() };
        text.parse().ok().or_else(|| self.invalid(origin, "auto | on | off")).unwrap_or_default()
    }

    fn canned(&mut self) -> Vec<String> {
        let Some(Setting { raw: Raw::Texts(reasons), origin }) = self.layers.take(OptionKey::CannedReasons) else {
            return Vec::new();
        };
        let fits = |reason: &String| !reason.trim().is_empty() && reason.chars().count() <= OPINION_LIMIT;
        if reasons.len() > CANNED_LIMIT || !reasons.iter().all(fits) {
            self.faults.push(ConfigError::CannedReasons { origin });
        }
        reasons
    }

    /// A key map that is named must exist; the one beside the configuration may.
    fn keymap(&mut self, folder: &Path) -> Option<(PathBuf, String)> {
        let named = self.path(OptionKey::Keymap);
        let must_exist = named.is_some();
        let path = named.unwrap_or_else(|| folder.join("keymap.toml"));
        match files::read_text(&path, LONGEST_FILE) {
            Ok((text, _)) => Some((path, text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => None,
            Err(error) => {
                self.faults.push(ConfigError::KeymapUnreadable { path, why: error.to_string() });
                None
            }
        }
    }

    /// A value with a slash or the ending of a theme's file names one.
    fn theme(&mut self) -> ThemeChoice {
        let usual = ThemeChoice::BuiltIn(ThemeName::default());
        let Some((text, origin)) = self.layers.text(OptionKey::Theme) else { return usual };
        if let Ok(name) = text.parse() {
            return ThemeChoice::BuiltIn(name);
        }
        if !text.contains('/') && Path::new(&text).extension().is_none_or(|ending| ending != "toml") {
            return self.invalid(origin, "auto | dark | light | mono | FILE.toml").unwrap_or(usual);
        }
        let path = (self.locate)(&text, &origin);
        match files::read_text(&path, LONGEST_FILE) {
            Ok((text, _)) => ThemeChoice::File(path, text),
            Err(error) => {
                self.faults.push(ConfigError::ThemeUnreadable { path, why: error.to_string() });
                usual
            }
        }
    }

    fn zone(&mut self, site: Site, variables: &BTreeMap<String, String>) -> TimeZone {
        let Some((name, origin)) = self.layers.text(OptionKey::TimeZone) else {
            let by_hand = variables.get("TZ").is_some_and(|name| !name.is_empty());
            return zone::usual(TimeZone::try_system().ok(), by_hand, site);
        };
        TimeZone::get(&name).unwrap_or_else(|_| {
            self.faults.push(ConfigError::UnknownTimeZone { origin });
            TimeZone::UTC
        })
    }

    /// The site of the platform and its address. An address without a brand tells the site where it can.
    fn site(&mut self) -> (Site, Option<Url>) {
        let brand = match self.layers.text(OptionKey::Brand) {
            Some((brand, _)) if brand == "feishu" => Some(Site::Feishu),
            Some((brand, _)) if brand == "lark" => Some(Site::Lark),
            Some((_, origin)) => {
                self.invalid::<()>(origin, "feishu | lark");
                return (Site::Feishu, None);
            }
            None => None,
        };
        let usual = brand.unwrap_or(Site::Feishu);
        let Some((text, origin)) = self.layers.text(OptionKey::BaseUrl) else {
            return (usual, Url::parse(usual.address()).ok());
        };
        let address = self.base_url(&text, origin);
        let is_lark = |url: &Url| url.as_str().trim_end_matches('/') == Site::Lark.address();
        let told = if address.as_ref().is_some_and(is_lark) { Site::Lark } else { usual };
        (brand.unwrap_or(told), address)
    }

    fn base_url(&mut self, text: &str, origin: Origin) -> Option<Url> {
        let address = Url::parse(text.trim()).ok().map(without_root_dot).filter(|url| {
            url.has_host()
                && url.username().is_empty()
                && url.password().is_none()
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
        });
        match address {
            Some(url) if url.scheme() == "https" => Some(url),
            Some(url) if url.scheme() == "http" && is_loopback(&url) => Some(url),
            Some(url) if url.scheme() == "http" => {
                self.faults.push(ConfigError::PlainHttp { origin });
                None
            }
            _ => {
                self.faults.push(ConfigError::NotAnAddress { origin });
                None
            }
        }
    }

    fn address(&mut self, base_url: Option<Url>) -> Address {
        let id_type = match self.layers.text(OptionKey::OperatorIdType) {
            Some((text, origin)) => text
                .parse::<PersonIdType>()
                .ok()
                .or_else(|| self.invalid(origin, PersonIdType::ALL.map(PersonIdType::as_str).join(" | "))),
            None => Some(PersonIdType::default()),
        };
        Address { base_url, id_type }
    }

    fn word(&mut self, key: OptionKey) -> Option<String> {
        self.layers.text(key).map(|(text, _)| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

/// Whose queue it is, and whether that is not configured at all.
fn whose(reader: &mut ConfigReader<'_>, address: Address) -> (Option<Whose>, bool) {
    let (app_id, operator_id) = (reader.word(OptionKey::AppId), reader.word(OptionKey::OperatorId));
    let no_account = app_id.is_none() && operator_id.is_none();
    if operator_id.is_none() && !no_account {
        reader.faults.push(ConfigError::Missing { key: OptionKey::OperatorId });
    }
    (address.of(operator_id), no_account)
}

/// The account, and whether nothing at all of it is configured.
fn account(reader: &mut ConfigReader<'_>, address: Address) -> (Option<Account>, bool) {
    let (app_id, operator_id) = (reader.word(OptionKey::AppId), reader.word(OptionKey::OperatorId));
    let secret = secret::resolve(&mut reader.layers, reader.locate);
    let no_account = app_id.is_none() && operator_id.is_none() && secret.is_none();
    if !no_account {
        let missing = [
            (OptionKey::AppId, app_id.is_none()),
            (OptionKey::AppSecret, secret.is_none()),
            (OptionKey::OperatorId, operator_id.is_none()),
        ];
        reader
            .faults
            .extend(missing.into_iter().filter(|(_, gone)| *gone).map(|(key, _)| ConfigError::Missing { key }));
    }
    let app_secret = secret.and_then(|secret| secret.map_err(|fault| reader.faults.push(fault)).ok());
    let account = (|| {
        let Whose { base_url, operator } = address.of(operator_id)?;
        Some(Account { base_url, app_id: app_id?, app_secret: app_secret?, operator })
    })();
    (account, no_account)
}

/// Where the operator is known, and by which type of id.
struct Address {
    base_url: Option<Url>,
    id_type: Option<PersonIdType>,
}

impl Address {
    fn of(self, operator_id: Option<String>) -> Option<Whose> {
        let id = PersonId::new(operator_id?);
        Some(Whose {
            base_url: self.base_url?,
            operator: Operator { id, id_type: self.id_type?, name: I18n::default() },
        })
    }
}

fn flag_layer(flags: &Flags) -> Vec<(OptionKey, Setting)> {
    let on = |set: bool| set.then_some(Raw::Flag(true));
    let seconds = flags.undo_seconds.map(|seconds| Raw::Number(seconds.try_into().unwrap_or(i64::MAX)));
    [
        (OptionKey::Lang, "--lang", flags.lang.clone().map(Raw::Text)),
        (OptionKey::UndoSeconds, "--undo-seconds", seconds),
        (OptionKey::ReadOnly, "--read-only", on(flags.read_only)),
        (OptionKey::Ascii, "--ascii", on(flags.ascii)),
        (OptionKey::Theme, "--theme", flags.theme.clone().map(Raw::Text)),
    ]
    .into_iter()
    .filter_map(|(key, name, raw)| Some((key, Setting { raw: raw?, origin: Origin::Flag(name) })))
    .collect()
}

fn lang_named(text: &str) -> Option<Lang> {
    let text = text.to_ascii_lowercase();
    [Lang::Zh, Lang::En].into_iter().find(|lang| {
        let tag = lang.tag().to_ascii_lowercase();
        text == tag || tag.split('-').next() == Some(&text)
    })
}

/// The value of a category of the locale: `LC_ALL` overrides it, `LANG` stands in for it.
fn locale<'a>(variables: &'a BTreeMap<String, String>, category: &str) -> Option<&'a str> {
    ["LC_ALL", category, "LANG"]
        .into_iter()
        .filter_map(|name| variables.get(name))
        .find(|v| !v.is_empty())
        .map(String::as_str)
}

/// Whether the terminal can show ASCII only, as far as the environment says.
fn wants_ascii(variables: &BTreeMap<String, String>) -> bool {
    let charset = locale(variables, "LC_CTYPE").unwrap_or_default().to_ascii_lowercase();
    let term = variables.get("TERM").map(String::as_str).unwrap_or_default();
    !(charset.ends_with("utf-8") || charset.ends_with("utf8")) || matches!(term, "linux" | "dumb")
}

/// A host without the dot that may end its full name: two spellings would be two journals.
fn without_root_dot(mut url: Url) -> Url {
    if let Some(host) = url.host_str().and_then(|host| host.strip_suffix('.')).map(str::to_owned) {
        // A host that is refused without its dot stays as it was written.
        let _ = url.set_host(Some(&host));
    }
    url
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests;
