//! Where the app's secret is taken from: written out, printed by a command, or kept in a file that others cannot read.

use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::fs::OFlags;
use secrecy::SecretString;

use super::error::{ConfigError, Origin};
use super::layers::Layers;
use super::options::OptionKey;
use crate::files::{self, OTHERS};

/// Longest secret that is read; anything more is not one.
const LONGEST: u64 = 4096;

/// Takes the secret from whichever of its three options is in force. `None`: none is.
pub(super) fn resolve(
    layers: &mut Layers,
    locate: &dyn Fn(&str, &Origin) -> std::path::PathBuf,
) -> Option<Result<SecretString, ConfigError>> {
    let [text, command, file] = OptionKey::SECRETS.map(|key| layers.text(key));
    let (secret, origin) = match (text, command, file) {
        (Some((text, origin)), ..) => (Ok(text), origin),
        (_, Some((command, origin)), _) => (run(&command, &origin), origin),
        (.., Some((path, origin))) => (read(&locate(&path, &origin), &origin), origin),
        (None, None, None) => return None,
    };
    Some(secret.and_then(|text| {
        let line = text.lines().next().unwrap_or_default().trim();
        if line.is_empty() { Err(ConfigError::SecretEmpty { origin }) } else { Ok(line.into()) }
    }))
}

fn read(path: &Path, origin: &Origin) -> Result<String, ConfigError> {
    let unreadable = |error: std::io::Error| ConfigError::SecretUnreadable {
        origin: origin.clone(),
        why: format!("{}: {error}", path.display()),
    };
    // Mode and content are read from the same opened file, not by name twice.
    let file = files::open(path, OFlags::RDONLY).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(ConfigError::SecretExposed { origin: origin.clone(), path: path.into(), mode });
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// Runs the command in a shell, as `pass show feishu/approvals` wants to be run: it may ask on the terminal.
fn run(command: &str, origin: &Origin) -> Result<String, ConfigError> {
    let failed = |why: String| ConfigError::SecretCommandFailed { origin: origin.clone(), why };
    let output = Command::new("/bin/sh")
        .arg("-c")
        .arg(command)
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("UTF-8".into()))
}
