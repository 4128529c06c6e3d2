//! The table of faults: the one place that names, numbers and explains them. Help, simulator.md and completion ask here.

use std::str::FromStr;

use crate::domain::Lang;
use crate::sim::endpoint::Endpoint;

/// Name and effect of a fault, for help pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultHelp {
    pub name: &'static str,
    /// The unit of its argument, and the default number.
    pub argument: Option<(&'static str, &'static str)>,
    zh: &'static str,
    en: &'static str,
}

impl FaultHelp {
    /// One sentence.
    #[must_use]
    pub const fn words(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        }
    }
}

macro_rules! faults {
    (@one) => { None };
    (@one $value:expr) => { Some($value) };
    ($($name:literal $kind:ident $({ $field:ident: $number:ty = $default:literal $unit:literal })?
        $zh:literal $en:literal;)+) => {
        /// Kinds of faults.
        #[expect(clippy::doc_markdown, reason = "the words of the help pages, where a backtick would be read as one")]
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum FaultKind {
            $(#[doc = $en] $kind $({ $field: $number })?,)+
        }

        impl FaultKind {
            /// Every fault, explained.
            pub const ALL: &[FaultHelp] = &[$(FaultHelp {
                name: $name,
                argument: faults!(@one $(($unit, stringify!($default)))?),
                zh: $zh,
                en: $en,
            }),+];
            pub const NAMES: &[&str] = &[$($name),+];

            fn named(name: &str, argument: &mut Option<&str>) -> Result<Self, FaultError> {
                Ok(match name {
                    $($name => Self::$kind $({ $field: number(argument.take(), $default)? })?,)+
                    _ => return Err(FaultError::Name {
                        written: name.to_owned(),
                        meant: nearest(name, Self::NAMES.iter().copied()),
                    }),
                })
            }

            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind { .. } => $name,)+
                }
            }

            /// Its argument, where that is not the usual one.
            pub(super) fn argument(&self) -> Option<String> {
                $($(if let Self::$kind { $field } = self
                    && *$field != $default
                {
                    return Some($field.to_string());
                })?)+
                None
            }
        }
    };
}

faults! {
    "rate-limit" RateLimit { reset: u32 = 1 "s" }
        "限流（429），若干秒后恢复；未执行" "429, reset after this many seconds; not executed";
    "server-error" ServerError { status: u16 = 500 "status" }
        "平台 5xx，未执行" "5xx from the platform; not executed";
    "cut" Cut
        "连接正常关闭，没有响应；未执行" "connection closed without a response; not executed";
    "cut-before-write" CutBeforeWrite
        "写操作执行前断开" "connection closed before the write";
    "reset" Reset
        "连接被重置（RST）；未执行" "connection reset; not executed";
    "never-answers" NeverAnswers
        "一直不响应；未执行" "never responds; not executed";

    "cut-after-write" CutAfterWrite
        "写操作已执行，响应前断开" "write executed, connection closed before the response";
    "reset-after-write" ResetAfterWrite
        "写操作已执行，响应前被重置" "write executed, connection reset before the response";
    "silent-after-write" SilentAfterWrite
        "写操作已执行，一直不响应" "write executed, never responds";
    "server-error-after-write" ServerErrorAfterWrite { status: u16 = 500 "status" }
        "写操作已执行，却响应 5xx" "write executed, then a 5xx response";
    "html-502-after-write" Html502AfterWrite
        "写操作已执行，却响应代理的 HTML 502" "write executed, then a proxy's HTML page with 502";
    "cut-json-after-write" CutJsonAfterWrite
        "写操作已执行，响应是不完整的 JSON" "write executed, then truncated JSON";
    "cut-in-answer" CutInAnswer
        "响应传到一半断开（写操作已执行）" "connection closed in the middle of the response; write executed";

    "slow" Slow { millis: u32 = 3000 "ms" }
        "先执行，响应迟到若干毫秒（后发的可能先到）" "executed at once, response delayed (later calls may overtake)";
    "late-write" LateWrite { millis: u32 = 3000 "ms" }
        "写操作迟到若干毫秒才执行，即使客户端已放弃" "write executed this late, even if the client gave up";
    "stale" Stale
        "读到上一次写之前的状态（平台副本滞后）" "reads show the state before the last write (lagging replica)";

    "invalidate-tokens" InvalidateTokens
        "已发的令牌从这次调用起全部失效" "all issued tokens are invalid from now on";
    "missing-scope" MissingScope
        "缺少权限 99991672" "99991672, the app lacks the scope";
    "address-refused" AddressRefused
        "IP 不在白名单 99991401" "99991401, the IP is not on the allowlist";
    "app-disabled" AppDisabled
        "应用已停用 99991662" "99991662, the app is disabled";

    "html-502" Html502
        "代理的 HTML 502；未执行" "a proxy's HTML page with 502; not executed";
    "text-404" Text404
        "404 page not found；未执行" "404 page not found; not executed";
    "cut-json" CutJson
        "不完整的 JSON，状态 200；未执行" "truncated JSON with 200; not executed";
    "huge-body" HugeBody
        "50 MB 的 JSON；未执行" "50 MB of JSON; not executed";
    "redirect-loop" RedirectLoop
        "重定向到自身；未执行" "a redirect to itself; not executed";
    "busy" Busy
        "加签、转交：有操作进行中 1161103" "add approver and transfer: 1161103, another operation is in progress";

    "clock-off" ClockOff { minutes: i64 = 5 "min" }
        "平台时钟快若干分钟（负数为慢）" "the platform's clock is ahead by this, or behind (negative)";
    "unknown-enums" UnknownEnums
        "未公开的枚举值，和未知类型的表单值" "undocumented enum values, and a form value of an unknown kind";
    "absent-fields" AbsentFields
        "可选字段缺失" "optional members are left out";
    "null-fields" NullFields
        "可选字段为 null" "optional members are null";
    "empty-fields" EmptyFields
        "可选字段为空值" "optional members are \"\", [], {}";
    "page-token-on-last" PageTokenOnLast
        "最后一页仍带 page_token" "a page_token beside has_more: false";
    "page-token-absent" PageTokenAbsent
        "列表说还有更多却没有 page_token" "a list says that there is more, without a page_token";
    "page-token-empty" PageTokenEmpty
        "列表说还有更多而 page_token 为空" "a list says that there is more, with an empty page_token";
    "page-token-repeated" PageTokenRepeated
        "每一页都给出同一个 page_token" "every page of a list gives the same page_token";
    "pages-without-end" PagesWithoutEnd
        "每一页都给出新的 page_token 却总是同样的内容" "every page of a list gives a new page_token, and the same rows";
    "row-unreadable" RowUnreadable
        "待办列表首行的编号无法读取" "the ids of the first row of the task list cannot be read";
    "inner-failure" InnerFailure { code: i64 = 1_161_004 "code" }
        "审批响应成功，内层却是错误码；未执行" "a decision answers success with this code inside; not executed";
    "no-data" NoData
        "写成功的响应没有 data" "successful writes answer without data";
    "success-in-v1" SuccessInV1
        "表单 v1 多出 success: true" "success: true in form v1";
    "siblings-cancelled" SiblingsCancelled
        "或签通过后，同节点其他人变为已取消" "OR approval: other approvers become canceled, not done";
    "transfer-keeps-id" TransferKeepsId
        "转交后任务编号不变" "a transfer keeps the task's id";
    "late-revoke" LateRevoke { millis: i64 = 60_000 "ms" }
        "撤销中（15）持续若干毫秒" "a revocation shows status 15 for this long";

    "endpoint-code" EndpointCode { code: i64 = 1_000_040_343 "code" }
        "长连接的入口响应这个错误码" "the bootstrap of a long connection answers this code";
    "endpoint-status" EndpointStatus { status: u16 = 503 "status" }
        "长连接的入口响应这个 HTTP 状态" "the bootstrap of a long connection answers this HTTP status";
    "client-config" ClientConfig { seconds: u32 = 120 "s" }
        "长连接的间隔（心跳、重连）为若干秒" "the intervals of the long connection: pings and reconnects";
    "refuse-connection" RefuseConnection { number: u64 = 0 "nth" }
        "拒绝长连接（1000040350）；参数为第几个，0 为下一个" "a long connection is refused, 1000040350: the nth, or the next with 0";
    "handshake-status" HandshakeStatus { status: u16 = 403 "status" }
        "长连接握手被拒绝（Handshake-Status）" "the handshake of a long connection is refused with this Handshake-Status";
    "close-after" CloseAfter { seconds: u32 = 30 "s" }
        "每条长连接若干秒后关闭" "every long connection is closed after this many seconds";
    "no-pong" NoPong
        "不响应长连接的心跳" "a ping of the long connection gets no pong";
    "pong-with-config" PongWithConfig
        "心跳响应带全部配置" "a pong carries the whole client configuration";
    "no-events" NoEvents
        "事件不送达，长连接照常响应心跳" "events are not sent, though pings are answered";
    "fragment-events" FragmentEvents { bytes: u32 = 64 "bytes" }
        "超过若干字节的事件分片（可能切断一个字符）" "events above this many bytes are cut into fragments, perhaps inside a character";
    "shuffle-fragments" ShuffleFragments
        "分片乱序" "the fragments of an event come in any order";
    "duplicate-event" DuplicateEvent
        "同一事件送两次" "an event is sent twice";
    "overtaken-event" OvertakenEvent { millis: u32 = 1000 "ms" }
        "事件迟到若干毫秒，后来的先到" "an event is this late, and overtaken by those after it";
    "redelivery" Redelivery { millis: u32 = 15_000 "ms" }
        "首次重推的间隔，其余按比例（原为 15 秒、5 分钟、1 小时、6 小时）" "time to the first redelivery; the others (5 min, 1 h, 6 h after 15 s) in proportion";
    "event-token" EventToken
        "长连接的事件带校验令牌" "events of the long connection carry the verification token";
    "create-time-16" CreateTime16
        "事件时间为 16 位（微秒）" "create_time of events has 16 digits (microseconds)";
    "numeric-node-id" NumericNodeId
        "事件的 node_id 为数字" "node_id of events is a number";
    "stray-frames" StrayFrames
        "事件之前先送文本、卡片、未知类型等无关消息" "before an event come a text, a card, frames and events of unknown types";
}

fn number<T: FromStr>(argument: Option<&str>, default: T) -> Result<T, FaultError> {
    argument.map_or(Ok(default), |text| text.parse().map_err(|_| FaultError::Argument(text.to_owned())))
}

impl FaultKind {
    pub(super) fn parse(name: &str, argument: Option<&str>) -> Result<Self, FaultError> {
        let mut rest = argument;
        let kind = Self::named(name, &mut rest)?;
        let possible = match kind {
            Self::ServerError { status } | Self::ServerErrorAfterWrite { status } => (500..600).contains(&status),
            Self::LateRevoke { millis } => millis > 0,
            Self::EndpointStatus { status } | Self::HandshakeStatus { status } => (300..600).contains(&status),
            Self::EndpointCode { code } => code != 0,
            Self::ClientConfig { seconds } | Self::CloseAfter { seconds } => (1..=86_400).contains(&seconds),
            Self::FragmentEvents { bytes } => bytes > 0,
            Self::Redelivery { millis } => millis > 0,
            // A year: far enough, and no date overflows.
            Self::ClockOff { minutes } => (-525_600..=525_600).contains(&minutes),
            _ => true,
        };
        match argument {
            Some(text) if rest.is_some() || !possible => Err(FaultError::Argument(text.to_owned())),
            _ => Ok(kind),
        }
    }

    /// A habit of the platform rather than an accident: stays unless a count says otherwise.
    #[must_use]
    pub const fn is_quirk(&self) -> bool {
        matches!(
            self,
            Self::UnknownEnums
                | Self::AbsentFields
                | Self::NullFields
                | Self::EmptyFields
                | Self::PageTokenOnLast
                | Self::PageTokenAbsent
                | Self::PageTokenEmpty
                | Self::PageTokenRepeated
                | Self::PagesWithoutEnd
                | Self::RowUnreadable
                | Self::NoData
                | Self::SuccessInV1
                | Self::ClockOff { .. }
                | Self::SiblingsCancelled
                | Self::TransferKeepsId
                | Self::LateRevoke { .. }
                | Self::ClientConfig { .. }
                | Self::CloseAfter { .. }
                | Self::NoPong
                | Self::PongWithConfig
                | Self::NoEvents
                | Self::FragmentEvents { .. }
                | Self::ShuffleFragments
                | Self::Redelivery { .. }
                | Self::EventToken
                | Self::CreateTime16
                | Self::NumericNodeId
                | Self::StrayFrames
        )
    }

    /// Whether it concerns the delivery of events only (protocol.md#event-delivery).
    const fn is_of_events(&self) -> bool {
        matches!(
            self,
            Self::EndpointCode { .. }
                | Self::EndpointStatus { .. }
                | Self::ClientConfig { .. }
                | Self::RefuseConnection { .. }
                | Self::HandshakeStatus { .. }
                | Self::CloseAfter { .. }
                | Self::NoPong
                | Self::PongWithConfig
                | Self::NoEvents
                | Self::FragmentEvents { .. }
                | Self::ShuffleFragments
                | Self::DuplicateEvent
                | Self::OvertakenEvent { .. }
                | Self::Redelivery { .. }
                | Self::EventToken
                | Self::CreateTime16
                | Self::NumericNodeId
                | Self::StrayFrames
        )
    }

    /// Whether it concerns writes only.
    const fn is_of_writes(&self) -> bool {
        matches!(
            self,
            Self::ServerErrorAfterWrite { .. }
                | Self::Html502AfterWrite
                | Self::CutJsonAfterWrite
                | Self::SilentAfterWrite
                | Self::CutBeforeWrite
                | Self::CutAfterWrite
                | Self::ResetAfterWrite
                | Self::LateWrite { .. }
                | Self::NoData
        )
    }

    /// Lets the pages of a list lead nowhere.
    pub(in crate::sim) const fn breaks_pages(&self) -> bool {
        matches!(self, Self::PageTokenAbsent | Self::PageTokenEmpty | Self::PageTokenRepeated | Self::PagesWithoutEnd)
    }

    pub(super) const fn default_target(&self) -> Target {
        match self {
            Self::InnerFailure { .. } | Self::SiblingsCancelled => Target::Endpoint(Endpoint::UpdateTask),
            Self::PageTokenOnLast | Self::RowUnreadable => Target::Endpoint(Endpoint::Tasks),
            Self::SuccessInV1 => Target::Endpoint(Endpoint::FormV1),
            Self::TransferKeepsId => Target::Endpoint(Endpoint::Transfer),
            Self::LateRevoke { .. } => Target::Endpoint(Endpoint::Revoke),
            Self::Stale => Target::Reads,
            kind if kind.is_of_writes() => Target::Writes,
            _ => Target::Any,
        }
    }

    /// Whether the interface can show it at all.
    pub(super) const fn can_hit(&self, endpoint: Endpoint) -> bool {
        match self {
            Self::Busy => matches!(endpoint, Endpoint::AddSign | Endpoint::Transfer),
            Self::TransferKeepsId => matches!(endpoint, Endpoint::Transfer),
            Self::LateRevoke { .. } => matches!(endpoint, Endpoint::Revoke),
            Self::SiblingsCancelled | Self::InnerFailure { .. } => matches!(endpoint, Endpoint::UpdateTask),
            Self::Stale => endpoint.is_process_read(),
            Self::RowUnreadable => matches!(endpoint, Endpoint::Tasks),
            kind if kind.breaks_pages() => matches!(endpoint, Endpoint::Tasks | Endpoint::Processes),
            kind if kind.is_of_writes() => endpoint.is_write(),
            kind if kind.is_of_events() => false,
            _ => true,
        }
    }
}

/// Which calls a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every call but the token's and those about events.
    Any,
    Reads,
    Writes,
    Endpoint(Endpoint),
}

impl Target {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Reads => "reads",
            Self::Writes => "writes",
            Self::Endpoint(endpoint) => endpoint.name(),
        }
    }

    /// Every target, as it is written.
    pub fn names() -> impl Iterator<Item = &'static str> {
        let groups = [Self::Any, Self::Reads, Self::Writes].map(Self::name);
        groups.into_iter().chain(Endpoint::ALL.map(Endpoint::name))
    }
}

impl FromStr for Target {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        Ok(match text {
            "any" => Self::Any,
            "reads" => Self::Reads,
            "writes" => Self::Writes,
            name => {
                let unknown = || FaultError::Target { written: name.to_owned(), meant: nearest(name, Self::names()) };
                Self::Endpoint(Endpoint::by_name(name).ok_or_else(unknown)?)
            }
        })
    }
}

/// A fault that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    #[error(
        "unknown fault {written:?}{meant}; known: {known}",
        meant = or_rather(*.meant),
        known = FaultKind::NAMES.join(" ")
    )]
    Name { written: String, meant: Option<&'static str> },
    #[error("the count of a fault is a number above 0 or *, not {0:?}")]
    Count(String),
    #[error("{0:?} is no argument of this fault")]
    Argument(String),
    #[error("unknown target {written:?}{meant}; known: any reads writes {known}",
        meant = or_rather(*.meant),
        known = Endpoint::names()
    )]
    Target { written: String, meant: Option<&'static str> },
}

fn or_rather(meant: Option<&str>) -> String {
    meant.map(|meant| format!(", or rather {meant}")).unwrap_or_default()
}

/// The known name that `written` is most like, when it is like one at all.
fn nearest(written: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    known
        .map(|name| (strsim::jaro_winkler(&written.to_lowercase(), name), name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}
