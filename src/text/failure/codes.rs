//! Words for the platform's error codes, read from `assets/failures.toml`. The same number means different things on
//! different endpoints (protocol.md#error-codes).

use std::sync::LazyLock;

use serde::Deserialize;

use super::words::FailureWords;
use crate::domain::Endpoint;

const FILE: &str = include_str!("../../../assets/failures.toml");

#[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
static TABLE: LazyLock<CodeTable> = LazyLock::new(|| toml::from_str(FILE).expect("the table of codes is sound"));

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeTable {
    #[serde(rename = "failure")]
    rows: Vec<CodeRow>,
}

#[derive(Debug, Deserialize)]
struct CodeRow {
    /// Names by [`name`]; empty: every endpoint.
    #[serde(default)]
    endpoints: Vec<String>,
    codes: Vec<i64>,
    #[serde(flatten)]
    words: FailureWords<String>,
}

/// The words for a code: those of its endpoint, else those for all endpoints.
pub(super) fn words(endpoint: Endpoint, code: i64) -> Option<&'static FailureWords<String>> {
    let rows = || TABLE.rows.iter().filter(|row| row.codes.contains(&code));
    let own = rows().find(|row| row.endpoints.iter().any(|known| known == name(endpoint)));
    own.or_else(|| rows().find(|row| row.endpoints.is_empty())).map(|row| &row.words)
}

/// Name of an endpoint in the table: its anchor in protocol.md.
const fn name(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::TenantToken => "tenant-token",
        Endpoint::TaskList => "task-list",
        Endpoint::ChangedProcesses => "changed-processes",
        Endpoint::ProcessDetail => "process-detail",
        Endpoint::FormV2 => "form-v2",
        Endpoint::FormV1 => "form-v1",
        Endpoint::UpdateTask => "update-task",
        Endpoint::AddSign => "add-sign",
        Endpoint::Transfer => "transfer",
        Endpoint::Withdraw => "withdraw",
        Endpoint::Revoke => "revoke",
        Endpoint::SearchEmployees => "search-employees",
        Endpoint::EmployeesById => "employees-by-id",
        Endpoint::ContactIds => "contact-ids",
        Endpoint::Departments => "departments",
        Endpoint::Job | Endpoint::JobLevel => "objects",
        Endpoint::File => "files",
        Endpoint::LongConnection => "long-connection",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::TABLE;

    const PROTOCOL: &str = include_str!("../../../assets/docs/protocol.md");

    #[test]
    fn each_code_stands_once_on_an_endpoint_of_the_protocol() {
        let mut seen = HashSet::new();
        for row in &TABLE.rows {
            assert!(!row.codes.is_empty());
            let endpoints =
                if row.endpoints.is_empty() { vec![""] } else { row.endpoints.iter().map(|name| &**name).collect() };
            for endpoint in endpoints {
                let section = format!("## {endpoint}\n");
                assert!(endpoint.is_empty() || PROTOCOL.contains(&section), "{endpoint} is no section of protocol.md");
                for code in &row.codes {
                    assert!(seen.insert((endpoint, code)), "{code} stands twice on {endpoint}");
                }
            }
        }
    }
}
