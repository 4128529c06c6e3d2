//! Which hosts are reached without the environment's proxy.

use reqwest::Url;

/// Whether an entry of `NO_PROXY` names this address as `*.suffix`, or with the port. All other forms are reqwest's:
/// `host`, `.suffix`, `*`, addresses and their ranges.
pub(super) fn passes_by(no_proxy: &str, url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    no_proxy.split(',').map(str::trim).any(|entry| {
        let (entry, port) = match entry.rsplit_once(':') {
            Some((entry, port)) if !entry.contains(':') || entry.ends_with(']') => (entry, port.parse().ok()),
            _ => (entry, url.port_or_known_default()),
        };
        let entry = entry.trim_start_matches('*').to_ascii_lowercase();
        let named = match entry.strip_prefix('.') {
            Some(suffix) => host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            None => host == entry,
        };
        named && port == url.port_or_known_default()
    })
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::passes_by;

    #[test]
    fn hosts_are_named_by_suffix_and_with_their_port() {
        let url = Url::parse("https://feishu.corp.test").unwrap();
        for yes in [
            "*.corp.test",
            "a.b, *.test",
            "feishu.corp.test:443",
            "*.corp.test:443",
            ".corp.test",
            "FEISHU.corp.test:443",
        ] {
            assert!(passes_by(yes, &url), "{yes}");
        }
        for no in [
            "",
            "*.other.test",
            "*corp.test2",
            "feishu.corp.test:8443",
            "corp.test:443",
            "xfeishu.corp.test",
            "*.u.corp.test",
            "feishu.corp.test:x",
        ] {
            assert!(!passes_by(no, &url), "{no}");
        }
        let url = Url::parse("https://[2001:db8::1]:8443").unwrap();
        assert!(passes_by("[2001:db8::1]:8443", &url) && !passes_by("[2001:db8::1]:443", &url));
        assert!(!passes_by("2001:db8::1", &url), "left to reqwest");
    }
}
