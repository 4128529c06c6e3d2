//! `shenpi cache clear`: erases the cache of the configured operator, or every one. Needs neither network nor secret, and
//! an inbox that is open goes on without its cache.

use std::collections::BTreeMap;

use crate::cli::CacheTask;
use crate::config::{self, Config, Flags};
use crate::runtime::console::{config_faults, print, refuse};
use crate::store;
use crate::text::start::Start;

/// Runs the command. Returns its exit code.
pub(in crate::runtime) fn run(task: CacheTask, flags: &Flags, variables: &BTreeMap<String, String>) -> u8 {
    let CacheTask::Clear { all } = task;
    let (cleared, lang) = if all {
        match config::load(flags, variables, false) {
            Ok(Config { state_dir, lang, .. }) => (store::cache::clear_all(&state_dir), lang),
            Err(refusal) => return refuse(&config_faults(&refusal, refusal.lang)),
        }
    } else {
        match config::load_operator(flags, variables) {
            Ok((Config { state_dir, lang, .. }, whose)) => {
                let (base, operator) = (whose.base_url.as_str(), &whose.operator);
                let folder = store::cache_folder(&state_dir, base, &operator.id, operator.id_type);
                (store::cache::clear(&folder).map(usize::from), lang)
            }
            Err(refusal) => return refuse(&config_faults(&refusal, refusal.lang)),
        }
    };
    match cleared {
        Ok(count) => print(&format!("{}\n", Start::CacheCleared { count }.say(lang)), lang),
        Err(error) => refuse(&Start::CacheNotCleared { why: &error.to_string() }.say(lang)),
    }
}
