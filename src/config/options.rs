//! The one list of options: their names in the file and in the environment. `assets/config.toml` explains each of
//! them, and a test holds the two together.

/// An option of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OptionKey {
    Tenant,
    Brand,
    BaseUrl,
    AppId,
    AppSecret,
    AppSecretCommand,
    AppSecretFile,
    OperatorId,
    OperatorIdType,
    Lang,
    UndoSeconds,
    ReadOnly,
    Ascii,
    Theme,
    StateDir,
    CannedReasons,
    Keymap,
    TimeZone,
    Cache,
    CacheDays,
    CacheMaxMb,
    CacheSensitive,
    Live,
}

impl OptionKey {
    pub const ALL: [Self; 23] = [
        Self::Tenant,
        Self::Brand,
        Self::BaseUrl,
        Self::AppId,
        Self::AppSecret,
        Self::AppSecretCommand,
        Self::AppSecretFile,
        Self::OperatorId,
        Self::OperatorIdType,
        Self::Lang,
        Self::UndoSeconds,
        Self::ReadOnly,
        Self::Ascii,
        Self::Theme,
        Self::StateDir,
        Self::CannedReasons,
        Self::Keymap,
        Self::TimeZone,
        Self::Cache,
        Self::CacheDays,
        Self::CacheMaxMb,
        Self::CacheSensitive,
        Self::Live,
    ];

    /// The three ways to name the app's secret; one of them is wanted.
    pub const SECRETS: [Self; 3] = [Self::AppSecret, Self::AppSecretCommand, Self::AppSecretFile];

    /// The name in the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Brand => "brand",
            Self::BaseUrl => "base_url",
            Self::AppId => "app_id",
            Self::AppSecret => "app_secret",
            Self::AppSecretCommand => "app_secret_command",
            Self::AppSecretFile => "app_secret_file",
            Self::OperatorId => "operator_id",
            Self::OperatorIdType => "operator_id_type",
            Self::Lang => "lang",
            Self::UndoSeconds => "undo_seconds",
            Self::ReadOnly => "read_only",
            Self::Ascii => "ascii",
            Self::Theme => "theme",
            Self::StateDir => "state_dir",
            Self::CannedReasons => "canned_reasons",
            Self::Keymap => "keymap",
            Self::TimeZone => "time_zone",
            Self::Cache => "cache",
            Self::CacheDays => "cache_days",
            Self::CacheMaxMb => "cache_max_mb",
            Self::CacheSensitive => "cache_sensitive",
            Self::Live => "live",
        }
    }

    /// The variable of the environment that overrides the file; `None` for lists, which an environment cannot hold.
    #[must_use]
    pub fn variable(self) -> Option<String> {
        (self != Self::CannedReasons).then(|| format!("{PREFIX}{}", self.name().to_uppercase()))
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name)
    }

    /// Kind of value that the file must hold for this key.
    #[must_use]
    pub const fn kind(self) -> OptionKind {
        match self {
            Self::UndoSeconds | Self::CacheDays | Self::CacheMaxMb => OptionKind::Integer,
            Self::ReadOnly | Self::Ascii | Self::CacheSensitive => OptionKind::Boolean,
            Self::CannedReasons => OptionKind::Strings,
            _ => OptionKind::String,
        }
    }
}

/// Every variable of this program begins so.
pub const PREFIX: &str = "SHENPI_";
/// The variable that chooses a profile.
pub const PROFILE_VARIABLE: &str = "SHENPI_PROFILE";
/// The table of profiles in the file.
pub const PROFILE_TABLE: &str = "profile";

/// The type of an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionKind {
    String,
    Integer,
    Boolean,
    Strings,
}
