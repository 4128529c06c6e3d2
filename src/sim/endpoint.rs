//! The endpoints of the simulator: method, path, limits and scope of each (protocol.md#rate-limits,
//! protocol.md#scopes).

use axum::routing::MethodFilter;

/// One endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// See protocol.md#tenant-token.
    Token,
    /// See protocol.md#task-list.
    Tasks,
    /// See protocol.md#changed-processes.
    Processes,
    /// See protocol.md#process-detail.
    Detail,
    /// See protocol.md#form-v2.
    FormV2,
    /// See protocol.md#form-v1.
    FormV1,
    /// See protocol.md#update-task.
    UpdateTask,
    /// See protocol.md#add-sign.
    AddSign,
    /// See protocol.md#transfer.
    Transfer,
    /// See protocol.md#withdraw.
    Withdraw,
    /// See protocol.md#revoke.
    Revoke,
    /// See protocol.md#search-employees.
    SearchEmployees,
    /// See protocol.md#employees-by-id.
    EmployeesById,
    /// See protocol.md#contact-ids.
    ContactIds,
    /// See protocol.md#contact-users.
    ContactUsers,
    /// See protocol.md#departments.
    Departments,
    /// See protocol.md#option-sets.
    Enums,
    /// See protocol.md#objects.
    Job,
    /// See protocol.md#objects.
    JobLevel,
    /// See protocol.md#files.
    File,
    /// See protocol.md#convert-ids.
    ConvertIds,
    /// See protocol.md#long-connection.
    Connections,
    /// See protocol.md#webhooks.
    OutboundIp,
}

/// So many calls in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub calls: u32,
    pub seconds: u32,
}

const PER_SECOND_10: &[Limit] = &[Limit { calls: 10, seconds: 1 }];
const PER_SECOND_50: &[Limit] = &[Limit { calls: 50, seconds: 1 }];
const PER_MINUTE_20: &[Limit] = &[Limit { calls: 20, seconds: 60 }];
const PER_MINUTE_100: &[Limit] = &[Limit { calls: 100, seconds: 60 }];
/// Level 4: two windows, and hitting either one triggers it.
const LEVEL_4: &[Limit] = &[Limit { calls: 1000, seconds: 60 }, Limit { calls: 50, seconds: 1 }];

const READ: Option<&str> = Some("corehr:process:read");
const WRITE: Option<&str> = Some("corehr:process.instance:write");

/// The table's row of one endpoint.
pub(super) struct EndpointRow {
    /// Its name in faults.
    pub(super) name: &'static str,
    pub(super) method: MethodFilter,
    pub(super) path: &'static str,
    pub(super) limits: &'static [Limit],
    /// Needed to call it; `None` where none is known.
    pub(super) scope: Option<&'static str>,
}

impl Endpoint {
    pub const ALL: [Self; 23] = [
        Self::Token,
        Self::Tasks,
        Self::Processes,
        Self::Detail,
        Self::FormV2,
        Self::FormV1,
        Self::UpdateTask,
        Self::AddSign,
        Self::Transfer,
        Self::Withdraw,
        Self::Revoke,
        Self::SearchEmployees,
        Self::EmployeesById,
        Self::ContactIds,
        Self::ContactUsers,
        Self::Departments,
        Self::Enums,
        Self::Job,
        Self::JobLevel,
        Self::File,
        Self::ConvertIds,
        Self::Connections,
        Self::OutboundIp,
    ];

    pub(super) const fn row(self) -> EndpointRow {
        let get = MethodFilter::GET;
        let post = MethodFilter::POST;
        let put = MethodFilter::PUT;
        let (name, method, path, limits, scope) = match self {
            Self::Token => ("token", post, "/open-apis/auth/v3/tenant_access_token/internal", LEVEL_4, None),
            Self::Tasks => ("tasks", get, "/open-apis/corehr/v2/approvers", PER_SECOND_10, READ),
            Self::Processes => ("processes", get, "/open-apis/corehr/v2/processes", PER_MINUTE_20, READ),
            Self::Detail => ("detail", get, "/open-apis/corehr/v2/processes/{process}", PER_MINUTE_100, READ),
            Self::FormV2 => {
                ("form-v2", get, "/open-apis/corehr/v2/processes/{process}/form_variable_data", PER_MINUTE_100, READ)
            }
            Self::FormV1 => {
                ("form-v1", get, "/open-apis/corehr/v1/processes/{process}/form_variable_data", PER_MINUTE_100, READ)
            }
            Self::UpdateTask => (
                "update-task",
                put,
                "/open-apis/corehr/v2/processes/{process}/approvers/{approver}",
                PER_SECOND_50,
                WRITE,
            ),
            Self::AddSign => ("add-sign", put, "/open-apis/corehr/v2/processes/{process}/extra", PER_MINUTE_20, WRITE),
            Self::Transfer => {
                ("transfer", put, "/open-apis/corehr/v2/processes/{process}/transfer", PER_MINUTE_20, WRITE)
            }
            // Their limits and scopes are not documented.
            Self::Connections => ("connections", get, "/open-apis/event/v1/connection", LEVEL_4, None),
            Self::OutboundIp => ("outbound-ip", get, "/open-apis/event/v1/outbound_ip", LEVEL_4, None),
            Self::Withdraw => {
                ("withdraw", put, "/open-apis/corehr/v2/process_withdraw/{process}", PER_SECOND_50, WRITE)
            }
            Self::Revoke => ("revoke", put, "/open-apis/corehr/v2/process_revoke/{process}", PER_SECOND_50, WRITE),
            other => return other.supporting_row(),
        };
        EndpointRow { name, method, path, limits, scope }
    }

    /// The look-ups.
    const fn supporting_row(self) -> EndpointRow {
        let get = MethodFilter::GET;
        let post = MethodFilter::POST;
        let (name, method, path, limits, scope) = match self {
            Self::SearchEmployees => (
                "search-employees",
                post,
                "/open-apis/corehr/v2/employees/search",
                PER_MINUTE_100,
                "corehr:employee:read",
            ),
            Self::EmployeesById => (
                "employees-by-id",
                post,
                "/open-apis/corehr/v2/employees/batch_get",
                PER_MINUTE_100,
                "corehr:employee:read",
            ),
            Self::ContactIds => {
                ("contact-ids", post, "/open-apis/contact/v3/users/batch_get_id", LEVEL_4, "contact:user.id:readonly")
            }
            Self::ContactUsers => {
                ("contact-users", get, "/open-apis/contact/v3/users/batch", LEVEL_4, "contact:contact.base:readonly")
            }
            Self::Departments => {
                ("departments", post, "/open-apis/corehr/v2/departments/batch_get", LEVEL_4, "corehr:department:read")
            }
            Self::Enums => {
                ("enums", post, "/open-apis/corehr/v2/enums/search", LEVEL_4, "corehr:common_data.meta_data:read")
            }
            Self::Job => ("job", get, "/open-apis/corehr/v2/jobs/{object}", LEVEL_4, "corehr:job:read"),
            Self::JobLevel => {
                ("job-level", get, "/open-apis/corehr/v1/job_levels/{object}", LEVEL_4, "corehr:job_level:read")
            }
            Self::File => ("file", get, "/open-apis/corehr/v1/files/{file}", LEVEL_4, "corehr:file:write"),
            _ => (
                "convert-ids",
                post,
                "/open-apis/corehr/v1/common_data/id/convert",
                LEVEL_4,
                "corehr:common_data.id.convert:read",
            ),
        };
        EndpointRow { name, method, path, limits, scope: Some(scope) }
    }

    #[must_use]
    pub const fn is_write(self) -> bool {
        matches!(self, Self::UpdateTask | Self::AddSign | Self::Transfer | Self::Withdraw | Self::Revoke)
    }

    /// Calls about the connection itself: only faults that name them hit them.
    pub(super) const fn is_apart(self) -> bool {
        matches!(self, Self::Token | Self::Connections | Self::OutboundIp)
    }

    /// The reads that a decision changes (protocol.md#task-list to protocol.md#form-v1).
    #[must_use]
    pub const fn is_process_read(self) -> bool {
        matches!(self, Self::Tasks | Self::Processes | Self::Detail | Self::FormV2 | Self::FormV1)
    }

    /// Its name in faults.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The endpoint of this name in faults.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.name() == name)
    }

    /// All names, for a message.
    #[must_use]
    pub fn names() -> String {
        Self::ALL.map(Self::name).join(" ")
    }
}
