//! Where values come from: the file, its profiles, the environment, the flags. Each layer overrides those before it.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Origin};
use super::options::{OptionKey, OptionKind, PREFIX, PROFILE_TABLE, PROFILE_VARIABLE};
use crate::files::{self, OTHERS};

/// Bytes of the configuration that are read; a longer file is something else.
pub(super) const LONGEST_FILE: u64 = 1 << 20;

/// A value as it was written, of the kind that its key wants. Without `Debug`: it may be a secret.
#[derive(Clone)]
pub(super) enum Raw {
    Text(String),
    Number(i64),
    Flag(bool),
    Texts(Vec<String>),
}

#[derive(Clone)]
pub(super) struct Setting {
    pub(super) raw: Raw,
    pub(super) origin: Origin,
}

/// The values in force while layers are laid one over the other.
#[derive(Default)]
pub(super) struct Layers {
    settings: BTreeMap<OptionKey, Setting>,
}

impl Layers {
    /// Lays one layer over the rest. A secret named in it, in whichever way, replaces one named below.
    pub(super) fn lay(&mut self, layer: Vec<(OptionKey, Setting)>, faults: &mut Vec<ConfigError>) {
        let mut secrets = layer.iter().filter(|(key, _)| OptionKey::SECRETS.contains(key));
        if let Some((_, first)) = secrets.next() {
            for key in OptionKey::SECRETS {
                self.settings.remove(&key);
            }
            faults.extend(secrets.map(|(_, second)| ConfigError::TwoSecrets {
                first: first.origin.clone(),
                second: second.origin.clone(),
            }));
        }
        self.settings.extend(layer);
    }

    pub(super) fn take(&mut self, key: OptionKey) -> Option<Setting> {
        self.settings.remove(&key)
    }

    pub(super) fn text(&mut self, key: OptionKey) -> Option<(String, Origin)> {
        match self.take(key)? {
            Setting { raw: Raw::Text(text), origin } => Some((text, origin)),
            _ => None,
        }
    }

    pub(super) fn flag(&mut self, key: OptionKey) -> Option<bool> {
        match self.take(key)?.raw {
            Raw::Flag(flag) => Some(flag),
            _ => None,
        }
    }
}

/// The file's values: those at its top, then those of the profile. An absent file is an empty one.
pub(super) fn read_file(
    path: &Path,
    must_exist: bool,
    profile: Option<&str>,
    faults: &mut Vec<ConfigError>,
) -> Vec<Vec<(OptionKey, Setting)>> {
    let (text, mode) = match files::read_text(path, LONGEST_FILE) {
        Ok((text, metadata)) => (text, metadata.mode() & 0o7777),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => (String::new(), files::PRIVATE),
        Err(error) => {
            faults.push(ConfigError::UnreadableFile { path: path.into(), why: error.to_string() });
            return Vec::new();
        }
    };
    let (root, errors) = DeTable::parse_recoverable(&text);
    let lines = LineNumbers(&text);
    for error in errors {
        let line = error.span().map_or(1, |span| lines.of(span.start));
        faults.push(ConfigError::Syntax { line, why: error.message().to_owned() });
    }
    if mode & OTHERS != 0
        && let Some(at) = written_secret(root.get_ref())
    {
        faults.push(ConfigError::ConfigExposed { line: lines.of(at), path: path.into(), mode });
    }
    read_root(root.get_ref(), &lines, profile, faults)
}

/// Where the first secret stands that is written out, chosen or not.
fn written_secret(root: &DeTable) -> Option<usize> {
    let profiles = root.iter().filter(|(name, _)| name.get_ref().as_ref() == PROFILE_TABLE);
    let profiles = profiles.filter_map(|(_, tables)| tables.get_ref().as_table()).flatten();
    let tables = profiles.filter_map(|(_, table)| table.get_ref().as_table()).chain([root]);
    let secrets = tables.flatten().filter(|(name, value)| {
        let is_empty = value.get_ref().as_str().is_some_and(|text| text.trim().is_empty());
        name.get_ref().as_ref() == OptionKey::AppSecret.name() && !is_empty
    });
    secrets.map(|(name, _)| name.span().start).min()
}

fn read_root(
    root: &DeTable,
    lines: &LineNumbers,
    profile: Option<&str>,
    faults: &mut Vec<ConfigError>,
) -> Vec<Vec<(OptionKey, Setting)>> {
    let mut top = Vec::new();
    let mut chosen = None;
    let mut known = Vec::new();
    for (name, value) in root {
        if name.get_ref().as_ref() == PROFILE_TABLE {
            let Some(profiles) = value.get_ref().as_table() else {
                faults.push(unknown_key(lines.of(name.span().start), PROFILE_TABLE));
                continue;
            };
            for (name, table) in profiles {
                let mut settings = Vec::new();
                match table.get_ref().as_table() {
                    Some(table) => table
                        .iter()
                        .filter_map(|(key, value)| read_entry(key, value, lines, faults))
                        .for_each(|entry| settings.push(entry)),
                    None => faults.push(unknown_key(lines.of(name.span().start), name.get_ref())),
                }
                if profile == Some(name.get_ref()) {
                    chosen = Some(settings);
                }
                known.push(name.get_ref().clone().into_owned());
            }
        } else if let Some(entry) = read_entry(name, value, lines, faults) {
            top.push(entry);
        }
    }
    if let (Some(name), None) = (profile, &chosen) {
        known.sort();
        faults.push(ConfigError::UnknownProfile { name: name.to_owned(), known });
    }
    let mut layers = vec![top];
    layers.extend(chosen);
    layers
}

fn read_entry(
    name: &Spanned<toml::de::DeString>,
    value: &Spanned<DeValue>,
    lines: &LineNumbers,
    faults: &mut Vec<ConfigError>,
) -> Option<(OptionKey, Setting)> {
    let line = lines.of(name.span().start);
    let Some(key) = OptionKey::named(name.get_ref()) else {
        faults.push(unknown_key(line, name.get_ref()));
        return None;
    };
    let origin = Origin::File { line, key: key.name().to_owned() };
    let raw = match (key.kind(), value.get_ref()) {
        (OptionKind::String, DeValue::String(text)) => Some(Raw::Text(text.clone().into_owned())),
        (OptionKind::Integer, DeValue::Integer(number)) => {
            i64::from_str_radix(number.as_str(), number.radix()).ok().map(Raw::Number)
        }
        (OptionKind::Boolean, DeValue::Boolean(flag)) => Some(Raw::Flag(*flag)),
        (OptionKind::Strings, DeValue::Array(values)) => values
            .iter()
            .map(|value| value.get_ref().as_str().map(str::to_owned))
            .collect::<Option<Vec<_>>>()
            .map(Raw::Texts),
        _ => None,
    };
    let Some(raw) = raw else {
        faults.push(ConfigError::WrongType { origin, expected: key.kind() });
        return None;
    };
    Some((key, Setting { raw, origin }))
}

fn unknown_key(line: usize, key: &str) -> ConfigError {
    let meant = nearest(key, OptionKey::ALL.into_iter().map(OptionKey::name));
    ConfigError::UnknownKey { line, key: key.to_owned(), meant }
}

/// The values of the environment. A variable that is set to nothing counts as unset; an unknown one is a fault,
/// because a misspelt `SHENPI_READ_ONLY` that does nothing would be worse than a refusal.
pub(super) fn read_environment(
    variables: &BTreeMap<String, String>,
    faults: &mut Vec<ConfigError>,
) -> Vec<(OptionKey, Setting)> {
    let mut layer = Vec::new();
    for (name, value) in variables.range(PREFIX.to_owned()..).take_while(|(name, _)| name.starts_with(PREFIX)) {
        if name == PROFILE_VARIABLE || value.is_empty() {
            continue;
        }
        let Some(key) = OptionKey::ALL.into_iter().find(|key| key.variable().as_ref() == Some(name)) else {
            let known: Vec<_> = OptionKey::ALL.into_iter().filter_map(OptionKey::variable).collect();
            let meant = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            faults.push(ConfigError::UnknownVariable { name: name.clone(), meant });
            continue;
        };
        let origin = Origin::Variable(name.clone());
        let raw = match key.kind() {
            OptionKind::Integer => value.trim().parse().ok().map(Raw::Number),
            OptionKind::Boolean => boolean(value).map(Raw::Flag),
            OptionKind::String | OptionKind::Strings => Some(Raw::Text(value.clone())),
        };
        match raw {
            Some(raw) => layer.push((key, Setting { raw, origin })),
            None => faults.push(ConfigError::WrongType { origin, expected: key.kind() }),
        }
    }
    layer
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// The known name that `written` is most like, when it is like one at all.
fn nearest<'a>(written: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(&written.to_lowercase(), &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

/// Finds the line, from 1, of a byte offset.
struct LineNumbers<'a>(&'a str);

impl LineNumbers<'_> {
    fn of(&self, offset: usize) -> usize {
        1 + self.0.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }
}
