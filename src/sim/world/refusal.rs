//! Refusals: every answer of the platform that is not a success, with HTTP status, code and words.

use std::borrow::Cow;

/// Why an operation was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub http: u16,
    pub code: i64,
    pub msg: Cow<'static, str>,
    /// `error.field_violations`, with 99992402 only.
    pub violations: Vec<Violation>,
    /// `error.permission_violations`, with 99991672 only.
    pub scopes: Vec<Cow<'static, str>>,
}

/// One broken field rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub field: Cow<'static, str>,
    pub value: String,
    pub description: Cow<'static, str>,
}

impl Refusal {
    #[must_use]
    pub const fn new(http: u16, code: i64, msg: &'static str) -> Self {
        Self { http, code, msg: Cow::Borrowed(msg), violations: Vec::new(), scopes: Vec::new() }
    }

    /// 99992402 for one field (protocol.md#gateway-errors).
    #[must_use]
    pub fn field(field: impl Into<Cow<'static, str>>, value: impl Into<String>, rule: &'static str) -> Self {
        Self {
            violations: vec![Violation { field: field.into(), value: value.into(), description: rule.into() }],
            ..Self::new(400, 99_992_402, "field validation failed")
        }
    }

    /// 99991672 for one scope (protocol.md#gateway-errors).
    #[must_use]
    pub fn missing_scope(scope: &'static str) -> Self {
        Self {
            msg: format!("Access denied. One of the following scopes is required: [{scope}]").into(),
            scopes: vec![scope.into()],
            ..Self::new(400, 99_991_672, "")
        }
    }
}
