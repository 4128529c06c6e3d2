//! The scope that each endpoint needs.

use crate::domain::{CleanText, Endpoint, Lang};

const READ_SCOPE: &str = "corehr:process:read";
const WRITE_SCOPE: &str = "corehr:process.instance:write";

/// What the developer console calls a scope (API page, B.0).
fn scope_name(scope: &str) -> Option<&'static str> {
    match scope {
        READ_SCOPE => Some("获取流程数据"),
        WRITE_SCOPE => Some("通过/拒绝审批任务"),
        _ => None,
    }
}

/// The scope that an endpoint needs (API page, B.0 and C.0), with its name in the developer console where it is known.
pub(super) const fn scope(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::TenantToken => "",
        Endpoint::TaskList
        | Endpoint::ChangedProcesses
        | Endpoint::ProcessDetail
        | Endpoint::FormV2
        | Endpoint::FormV1 => READ_SCOPE,
        Endpoint::UpdateTask | Endpoint::AddSign | Endpoint::Transfer | Endpoint::Withdraw | Endpoint::Revoke => {
            WRITE_SCOPE
        }
        Endpoint::SearchEmployees | Endpoint::EmployeesById => "corehr:employee:read",
        Endpoint::ContactIds => "contact:user.id:readonly",
        Endpoint::Departments => "corehr:department:read",
        Endpoint::Job => "corehr:job:read",
        Endpoint::JobLevel => "corehr:job_level:read",
        Endpoint::File => "corehr:file:write",
    }
}

pub(super) fn scope_words(scope: &CleanText, lang: Lang) -> String {
    match (lang, scope_name(scope.as_str())) {
        (Lang::Zh, Some(name)) => format!("{scope}({name})"),
        (Lang::En, Some(name)) => format!("{scope} ({name})"),
        (_, None) => scope.to_string(),
    }
}
