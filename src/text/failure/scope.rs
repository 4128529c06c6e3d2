//! The scope that each endpoint needs, and a missing one in words.

use super::words::FailureExplanation;
use crate::domain::{CleanText, Endpoint, Lang};

const READ_SCOPE: &str = "corehr:process:read";
const WRITE_SCOPE: &str = "corehr:process.instance:write";

/// Explains missing scopes; one of those listed is enough.
pub(super) fn missing_scope(endpoint: Endpoint, scopes: &[CleanText], lang: Lang) -> FailureExplanation {
    let wanted = CleanText::new(scope(endpoint));
    let named = if scopes.is_empty() { std::slice::from_ref(&wanted) } else { scopes };
    let words: Vec<String> = named.iter().map(|scope| scope_words(scope, lang)).collect();
    let (happened, meaning, press) = match lang {
        Lang::Zh => (
            format!("应用缺少权限：{}。", words.join(" 或 ")),
            "这是应用的设置，与你的账号无关。",
            "请应用管理员在开发者后台「权限管理」中开通，并发布新版本。",
        ),
        Lang::En => (
            format!("The app lacks the scope {}.", words.join(" or ")),
            "This is about the app, not you.",
            "Ask the app admin to add it and publish a version.",
        ),
    };
    FailureExplanation { happened, meaning: meaning.to_owned(), press: press.to_owned() }
}

/// Name of a scope in the developer console (protocol.md#scopes).
fn scope_name(scope: &str) -> Option<&'static str> {
    match scope {
        READ_SCOPE => Some("获取流程数据"),
        WRITE_SCOPE => Some("通过/拒绝审批任务"),
        _ => None,
    }
}

/// The scope that an endpoint needs (protocol.md#scopes); empty if none.
const fn scope(endpoint: Endpoint) -> &'static str {
    match endpoint {
        // The scope for counting connections is not documented.
        Endpoint::TenantToken | Endpoint::LongConnection => "",
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

fn scope_words(scope: &CleanText, lang: Lang) -> String {
    match (lang, scope_name(scope.as_str())) {
        (Lang::Zh, Some(name)) => format!("{scope}（{name}）"),
        _ => scope.to_string(),
    }
}
