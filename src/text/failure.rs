//! Failures in the words of an approver: what happened, what it means, what helps. First by the platform's code, read
//! per endpoint, else by kind.

mod codes;
mod scope;
#[cfg(test)]
mod tests;
mod words;

pub use words::FailureExplanation;
use words::FailureWords;

use crate::domain::{Endpoint, Failure, FailureKind, Lang, Outcome};

/// Puts a failure into words.
#[must_use]
pub fn explain(failure: &Failure, lang: Lang) -> FailureExplanation {
    match &failure.kind {
        // Their words depend on more than the code.
        FailureKind::RateLimited { .. } => return limited(failure, lang),
        FailureKind::MissingScope(scopes) if failure.code != Some(99_991_676) => {
            return scope::missing_scope(failure.endpoint, scopes, lang);
        }
        _ => {}
    }
    let known = failure.code.and_then(|code| codes::words(failure.endpoint, code));
    known.map_or_else(|| by_kind(failure, lang), |words| words.speak(lang))
}

fn by_kind(failure: &Failure, lang: Lang) -> FailureExplanation {
    match &failure.kind {
        FailureKind::Business | FailureKind::RateLimited { .. } => refused(failure, lang),
        FailureKind::Credentials => with_message(CREDENTIALS, failure, lang),
        FailureKind::AppDisabled => as_code(99_991_662, failure, lang),
        FailureKind::MissingScope(scopes) => scope::missing_scope(failure.endpoint, scopes, lang),
        FailureKind::AddressRefused => as_code(99_991_401, failure, lang),
        FailureKind::TokenRefused => as_code(99_991_663, failure, lang),
        FailureKind::QuotaExhausted => as_code(99_991_403, failure, lang),
        FailureKind::Unreachable => with_message(UNREACHABLE, failure, lang),
        FailureKind::Untrusted => with_message(UNTRUSTED, failure, lang),
        FailureKind::Cut => cut(failure).speak(lang),
        FailureKind::TimedOut => (if changes(failure) { WRITE_TIMED_OUT } else { READ_TIMED_OUT }).speak(lang),
        FailureKind::Server => server(failure, lang),
        FailureKind::Garbage { .. } => foreign(failure, lang),
        FailureKind::Redirected => REDIRECTED.speak(lang),
        FailureKind::LocalFile => with_message(LOCAL_FILE, failure, lang),
        FailureKind::Journal => with_message(JOURNAL, failure, lang),
        FailureKind::Late => LATE.speak(lang),
        FailureKind::Ended => ENDED.speak(lang),
    }
}

/// The words for another code of the same meaning.
fn as_code(code: i64, failure: &Failure, lang: Lang) -> FailureExplanation {
    codes::words(failure.endpoint, code).map_or_else(|| refused(failure, lang), |words| words.speak(lang))
}

const CREDENTIALS: FailureWords = FailureWords {
    zh: [
        "飞书拒绝了应用凭证。",
        "app_id、app_secret 或站点（飞书或 Lark）有误。",
        "请应用管理员在开发者后台「凭证与基础信息」中检查。",
    ],
    en: [
        "Feishu rejected the app's credentials.",
        "app_id, app_secret or the site (Feishu or Lark) is wrong.",
        "Compare with Credentials & Basic Info in the Developer Console.",
    ],
};
const UNREACHABLE: FailureWords = FailureWords {
    zh: ["无法连接飞书。", "请求未发送。", "请检查网络、代理和 base_url 后刷新。"],
    en: ["Cannot reach Feishu.", "Nothing was sent.", "Check the network, proxy and base_url, then refresh."],
};
const UNTRUSTED: FailureWords = FailureWords {
    zh: [
        "服务器证书不受信任，请求未发送。",
        "可能是公司网关替换了证书，或本机时间有误。",
        "请把公司根证书加入系统证书库或 SSL_CERT_FILE，然后重启程序。",
    ],
    en: [
        "The server's certificate is not trusted; nothing was sent.",
        "A company gateway replaced it, or the clock is wrong.",
        "Add the company's root certificate to the system or SSL_CERT_FILE, then restart.",
    ],
};
const JOURNAL: FailureWords = FailureWords {
    zh: ["操作记录无法写入磁盘，操作未发送。", "没有记录就不发送。", "请检查磁盘空间和目录权限后重启。"],
    en: [
        "Cannot write the history to disk; nothing was sent.",
        "Nothing is sent without a record.",
        "Check free space and permissions, then restart.",
    ],
};
const LATE: FailureWords = FailureWords {
    zh: [
        "发送前等待过久，操作未发送。",
        "磁盘、令牌或飞书响应太慢，发送前的检查已过期。",
        "请检查磁盘和网络后重新提交。",
    ],
    en: [
        "Waited too long before sending; not sent.",
        "The disk, token or Feishu was too slow, so the pre-send check expired.",
        "Check disk and network, then retry.",
    ],
};
const ENDED: FailureWords = FailureWords {
    zh: ["程序已退出，操作未发送。", "退出时仍在等待磁盘、令牌或连接。", "如仍需要，请重新提交。"],
    en: [
        "shenpi exited first; not sent.",
        "It was still waiting for disk, token or connection.",
        "Retry if you still want it.",
    ],
};
const READ_CUT: FailureWords = FailureWords {
    zh: ["连接中断，内容未加载完。", "已显示的内容可能不是最新。", "请刷新。"],
    en: ["Connection lost while loading.", "What is shown may be out of date.", "Refresh."],
};
const WRITE_CUT: FailureWords = FailureWords {
    zh: ["操作已发送，但连接中断。", "结果未知，以单据记录为准。", "请勿重复操作，刷新可再次核实。"],
    en: [
        "Connection lost after sending.",
        "Outcome unknown; the request in Feishu is what counts.",
        "Do not repeat; refresh to check.",
    ],
};
const FILE_CUT: FailureWords = FailureWords {
    zh: ["附件下载不完整。", "不完整的文件已删除。", "请重新下载。"],
    en: ["Download incomplete.", "The partial file was deleted.", "Try again."],
};
const READ_TIMED_OUT: FailureWords = FailureWords {
    zh: ["飞书响应超时。", "网络可能较慢，已显示的内容可能不是最新。", "请稍后刷新。"],
    en: ["Feishu did not respond in time.", "What is shown may be out of date.", "Refresh later."],
};
const WRITE_TIMED_OUT: FailureWords = FailureWords {
    zh: ["操作已发送，但飞书响应超时。", "结果未知，以单据记录为准。", "请勿重复操作，刷新可再次核实。"],
    en: ["Sent, but Feishu did not respond in time.", "Outcome unknown.", "Do not repeat; refresh to check."],
};
const REDIRECTED: FailureWords = FailureWords {
    zh: [
        "请求被重定向。",
        "可能是公司网络要求登录，或 base_url 有误；未跟随跳转，请求未执行。",
        "请完成网络登录并检查 base_url 和代理后刷新。",
    ],
    en: [
        "Redirected to another address.",
        "Not followed, to protect the secret; nothing was done.",
        "Log in to the network, check base_url and proxy, then refresh.",
    ],
};
const LOCAL_FILE: FailureWords = FailureWords {
    zh: ["附件保存失败。", "无法写入文件。", "请检查下载目录的权限和剩余空间后重新下载。"],
    en: ["Could not save the file.", "It was not written.", "Check the download folder's permissions and free space."],
};

/// Whether the failure leaves it open if something changed on the platform.
const fn changes(failure: &Failure) -> bool {
    failure.endpoint.decides() && matches!(failure.outcome, Outcome::MayHaveHappened)
}

const fn cut(failure: &Failure) -> FailureWords {
    match failure.endpoint {
        Endpoint::File => FILE_CUT,
        _ if changes(failure) => WRITE_CUT,
        _ => READ_CUT,
    }
}

/// Puts the technical reason behind the explanation, for the machine's administrator.
fn with_message(said: FailureWords, failure: &Failure, lang: Lang) -> FailureExplanation {
    let mut explained = said.speak(lang);
    if !failure.message.is_empty() {
        let (before, after) = match lang {
            Lang::Zh => ("原因：", "。"),
            Lang::En => (" Reason: ", "."),
        };
        explained.meaning.extend([before, &failure.message.line(), after]);
    }
    explained
}

fn limited(failure: &Failure, lang: Lang) -> FailureExplanation {
    let seconds = failure.seconds_to_wait().max(1);
    let ours = !failure.is_answered();
    let [happened, meaning] = match (lang, ours) {
        (Lang::Zh, true) => ["接近飞书限额，暂停请求。", "请求未发送，以免占用他人的额度。"],
        (Lang::Zh, false) => ["请求过于频繁，飞书限流。", "本次请求未执行。"],
        (Lang::En, true) => ["Near Feishu's rate limit; paused.", "Nothing was sent, so that others keep their share."],
        (Lang::En, false) => ["Too many requests; Feishu is rate-limiting.", "Nothing was done."],
    };
    let press = match lang {
        Lang::Zh => format!("{seconds} 秒后可以继续。"),
        Lang::En => format!("Retry in {seconds} s."),
    };
    FailureExplanation { happened: happened.to_owned(), meaning: meaning.to_owned(), press }
}

/// A refusal whose code this program does not know: the code and the platform's own words.
fn refused(failure: &Failure, lang: Lang) -> FailureExplanation {
    let doing = doing(failure.endpoint, lang);
    let message = failure.message.line();
    let happened = match (lang, failure.code) {
        (Lang::Zh, Some(code)) => format!("{doing}被飞书拒绝（错误码 {code}）。"),
        (Lang::Zh, None) => format!("{doing}失败。"),
        (Lang::En, Some(code)) => format!("Feishu refused {doing} (error {code})."),
        (Lang::En, None) => format!("Failed at {doing}."),
    };
    let meaning = match lang {
        _ if message.is_empty() => String::new(),
        Lang::Zh => format!("飞书返回「{message}」。"),
        Lang::En => format!("Feishu says \"{message}\"."),
    };
    let press = match lang {
        Lang::Zh => "请刷新后重试；仍失败请在飞书中处理，并把错误码和日志 ID 发给应用管理员。",
        Lang::En => "Refresh and retry; else use Feishu and send code and log ID to your app admin.",
    };
    FailureExplanation { happened, meaning, press: press.to_owned() }
}

fn server(failure: &Failure, lang: Lang) -> FailureExplanation {
    let doing = doing(failure.endpoint, lang);
    let number = match (failure.code, failure.http) {
        (Some(code), _) => code.to_string(),
        (None, Some(http)) => format!("HTTP {http}"),
        (None, None) => "?".to_owned(),
    };
    let unsure = changes(failure);
    let (happened, meaning, press) = match lang {
        Lang::Zh => (
            format!("{doing}时飞书出错（{number}）。"),
            if unsure {
                "结果未知，以单据记录为准。"
            } else {
                "飞书侧故障，与你的操作无关。"
            },
            if unsure { "请勿重复操作，刷新可再次核实。" } else { "请稍后刷新。" },
        ),
        Lang::En => (
            format!("Feishu failed at {doing} ({number})."),
            if unsure {
                "Outcome unknown; the request in Feishu is what counts."
            } else {
                "The problem is on Feishu's side."
            },
            if unsure { "Do not repeat; refresh to check." } else { "Refresh later." },
        ),
    };
    FailureExplanation { happened, meaning: meaning.to_owned(), press: press.to_owned() }
}

/// An answer that is not the platform's.
fn foreign(failure: &Failure, lang: Lang) -> FailureExplanation {
    let status = failure.http.map_or_else(|| "?".to_owned(), |http| http.to_string());
    let missing = failure.http == Some(404);
    let unsure = changes(failure) && !missing;
    let [meaning, press] = match (lang, missing, unsure) {
        (Lang::Zh, true, _) => ["该地址没有这个接口。", "请检查 base_url 和代理后刷新。"],
        (Lang::Zh, false, true) => ["可能被代理或防火墙拦截，结果未知。", "请勿重复操作，网络恢复后刷新可再次核实。"],
        (Lang::Zh, false, false) => ["可能被代理、防火墙或网络登录页拦截。", "请检查代理和网络登录后刷新。"],
        (Lang::En, true, _) => ["No such API at this address.", "Check base_url and proxy, then refresh."],
        (Lang::En, false, true) => [
            "Probably a proxy or firewall. Outcome unknown.",
            "Do not repeat; refresh to check once the network is back.",
        ],
        (Lang::En, false, false) => ["Probably a proxy, firewall or network login.", "Check them, then refresh."],
    };
    let happened = match lang {
        Lang::Zh => format!("响应不是来自飞书（HTTP {status}）。"),
        Lang::En => format!("Not a response from Feishu (HTTP {status})."),
    };
    FailureExplanation { happened, meaning: meaning.to_owned(), press: press.to_owned() }
}

/// The attempted action, as the object of "failed at" and "refused".
const fn doing(endpoint: Endpoint, lang: Lang) -> &'static str {
    let (zh, en) = match endpoint {
        Endpoint::TenantToken => ("登录", "signing in"),
        Endpoint::TaskList => ("加载待办", "loading the task list"),
        Endpoint::ChangedProcesses => ("查询变更", "checking for changes"),
        Endpoint::ProcessDetail => ("加载单据", "loading the request"),
        Endpoint::FormV2 => ("加载表单", "loading the form"),
        Endpoint::FormV1 => ("加载选项名称", "loading option names"),
        Endpoint::UpdateTask => ("提交审批", "your decision"),
        Endpoint::AddSign => ("加签", "adding approvers"),
        Endpoint::Transfer => ("转交", "the transfer"),
        Endpoint::Withdraw => ("撤回", "the withdrawal"),
        Endpoint::Revoke => ("撤销", "the revocation"),
        Endpoint::SearchEmployees => ("搜索人员", "the people search"),
        Endpoint::EmployeesById => ("查询姓名", "looking up names"),
        Endpoint::ContactIds => ("查询通讯录", "looking up contacts"),
        Endpoint::Departments => ("查询部门名称", "looking up departments"),
        Endpoint::Job => ("查询职务名称", "looking up jobs"),
        Endpoint::JobLevel => ("查询职级名称", "looking up job levels"),
        Endpoint::File => ("下载附件", "the download"),
        Endpoint::LongConnection => ("建立长连接", "the long connection"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
