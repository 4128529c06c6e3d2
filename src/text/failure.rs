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
        "平台不接受应用凭证。",
        "配置中的 app_id、app_secret 或站点（飞书或 Lark）有误。",
        "请应用管理员在开发者后台「凭证与基础信息」中检查。",
    ],
    en: [
        "The platform does not accept the app's credentials.",
        "app_id, app_secret or the site (Feishu or Lark) is wrong in the configuration.",
        "Ask the app's administrator to compare them with the credentials page of the developer console.",
    ],
};
const UNREACHABLE: FailureWords = FailureWords {
    zh: ["连不上平台。", "网络、代理或地址不通，请求未发送。", "请检查网络、代理和 base_url，然后刷新。"],
    en: [
        "The platform cannot be reached.",
        "Network, proxy or address do not work; nothing was sent.",
        "Check the network, the proxy and base_url, then refresh.",
    ],
};
const UNTRUSTED: FailureWords = FailureWords {
    zh: [
        "服务器的证书不受信任，请求未发送。",
        "可能是公司网关换了证书，或本机时间不对。",
        "请把公司的根证书加入系统证书库，或写进 SSL_CERT_FILE，然后重新启动。",
    ],
    en: [
        "The server's certificate is not trusted; nothing was sent.",
        "A gateway of your company may have replaced it, or this machine's clock is wrong.",
        "Add the company's root certificate to the system's, or name it in SSL_CERT_FILE, then start again.",
    ],
};
const JOURNAL: FailureWords = FailureWords {
    zh: [
        "操作记录写不进磁盘，未发送。",
        "没有记录就不发送，免得事后说不清。",
        "请检查磁盘空间和目录权限，然后重新启动。",
    ],
    en: [
        "The journal could not be written; nothing was sent.",
        "Nothing is sent without a trace, so that nothing is in doubt afterwards.",
        "Check the disk and the folder's permissions, then start again.",
    ],
};
const LATE: FailureWords = FailureWords {
    zh: [
        "每次要发出时都耽搁太久，未发送。",
        "磁盘、令牌或平台的响应太慢，发出前的核对已经过时。",
        "请检查磁盘和网络，然后重新操作。",
    ],
    en: [
        "It took too long to leave, every time; it was not sent.",
        "Disk, token or platform were so slow that the check before sending no longer counted.",
        "See disk and network, then decide again.",
    ],
};
const ENDED: FailureWords = FailureWords {
    zh: ["程序先结束了，未发送。", "结束时这项操作还在等磁盘、令牌或连接。", "需要的话，请重新操作。"],
    en: [
        "The program ended first; it was not sent.",
        "It was still waiting for disk, token or connection.",
        "Decide again if it is still wanted.",
    ],
};
const READ_CUT: FailureWords = FailureWords {
    zh: ["连接中断，内容没有读完。", "已显示的内容仍然有效，只是可能不是最新的。", "请刷新。"],
    en: ["The connection broke before all was read.", "What is shown still counts, but may be old.", "Refresh."],
};
const WRITE_CUT: FailureWords = FailureWords {
    zh: ["操作发出后连接中断。", "是否生效还不清楚，以单据上的记录为准。", "请不要重复操作；刷新可再核实。"],
    en: [
        "The connection broke after the decision had left.",
        "Whether it took effect is not known; what the case says is what counts.",
        "Do not repeat it; refresh to check again.",
    ],
};
const FILE_CUT: FailureWords = FailureWords {
    zh: ["附件没有下载完整。", "不完整的文件已删除。", "请再下载一次。"],
    en: ["The file did not arrive whole.", "The incomplete file was deleted.", "Download it again."],
};
const READ_TIMED_OUT: FailureWords = FailureWords {
    zh: ["平台迟迟没有响应。", "网络可能很慢；已显示的内容可能不是最新的。", "请稍后刷新。"],
    en: [
        "The platform did not answer in time.",
        "The network may be slow; what is shown may be old.",
        "Refresh later.",
    ],
};
const WRITE_TIMED_OUT: FailureWords = FailureWords {
    zh: [
        "操作已发送，但平台迟迟没有响应。",
        "是否生效还不清楚，以单据上的记录为准。",
        "请不要重复操作；刷新可再核实。",
    ],
    en: [
        "The decision was sent, but the platform did not answer in time.",
        "Whether it took effect is not known; what the case says is what counts.",
        "Do not repeat it; refresh to check again.",
    ],
};
const REDIRECTED: FailureWords = FailureWords {
    zh: [
        "请求被转到了别的地址。",
        "多半是公司网络要求先登录，或 base_url 不对；为保护凭证，程序没有跟过去，请求没有执行。",
        "请先完成网络登录，并检查 base_url 和代理，然后刷新。",
    ],
    en: [
        "The request was redirected to another address.",
        "A network login may be asking for you, or base_url is wrong; to protect the credentials the program did not follow, and nothing was done.",
        "Log in to the network, check base_url and the proxy, then refresh.",
    ],
};
const LOCAL_FILE: FailureWords = FailureWords {
    zh: ["附件没有保存下来。", "本机不能写入文件。", "请检查下载目录的权限和剩余空间，然后再下载一次。"],
    en: [
        "The file could not be saved.",
        "This machine did not take it.",
        "Check the permissions and the free space of the download folder, then download it again.",
    ],
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
        (Lang::Zh, true) => ["请求接近限额，已暂停。", "本次没有发送，不占用其他人的额度。"],
        (Lang::Zh, false) => ["请求太频繁，飞书暂时限流。", "本次请求没有执行，没有任何改变。"],
        (Lang::En, true) => {
            ["The limit of requests is near, so they pause.", "Nothing was sent; others keep their share."]
        }
        (Lang::En, false) => ["There were too many requests, and Feishu limits them.", "This one was not carried out."],
    };
    let press = match lang {
        Lang::Zh => format!("{seconds} 秒后可以继续。"),
        Lang::En => format!("Requests continue in {seconds} s."),
    };
    FailureExplanation { happened: happened.to_owned(), meaning: meaning.to_owned(), press }
}

/// A refusal whose code this program does not know: the code and the platform's own words.
fn refused(failure: &Failure, lang: Lang) -> FailureExplanation {
    let doing = doing(failure.endpoint, lang);
    let message = failure.message.line();
    let happened = match (lang, failure.code) {
        (Lang::Zh, Some(code)) => format!("平台拒绝了{doing}（代码 {code}）。"),
        (Lang::Zh, None) => format!("{doing}没有成功。"),
        (Lang::En, Some(code)) => format!("The platform refused {doing} (code {code})."),
        (Lang::En, None) => format!("Nothing came of {doing}."),
    };
    let meaning = match lang {
        _ if message.is_empty() => String::new(),
        Lang::Zh => format!("平台的说明：「{message}」。"),
        Lang::En => format!("In the platform's words: \"{message}\"."),
    };
    let press = match lang {
        Lang::Zh => "请刷新后再试；仍不行请打开链接在飞书中处理，并把代码和日志 ID 交给应用管理员。",
        Lang::En => {
            "Refresh and try again; if that fails, follow the links to Feishu and give code and log id to the app's administrator."
        }
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
            format!("平台在{doing}时出错（{number}）。"),
            if unsure {
                "是否生效还不清楚，以单据上的记录为准。"
            } else {
                "这是平台的问题，不是你的操作有误。"
            },
            if unsure { "请不要重复操作；刷新可再核实。" } else { "请稍后刷新。" },
        ),
        Lang::En => (
            format!("The platform failed at {doing} ({number})."),
            if unsure {
                "Whether it took effect is not known; what the case says is what counts."
            } else {
                "The trouble is the platform's, not yours."
            },
            if unsure { "Do not repeat it; refresh to check again." } else { "Refresh later." },
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
        (Lang::Zh, true, _) => ["这个地址上没有这个接口。", "请检查 base_url 和代理，然后刷新。"],
        (Lang::Zh, false, true) => {
            ["多半是代理或防火墙插手；操作是否生效还不清楚。", "请不要重复操作；网络恢复后刷新可再核实。"]
        }
        (Lang::Zh, false, false) => {
            ["多半是代理、防火墙或网络登录页截住了请求，或响应中途断了。", "请检查代理和网络登录，然后刷新。"]
        }
        (Lang::En, true, _) => ["This interface does not exist there.", "Check base_url and the proxy, then refresh."],
        (Lang::En, false, true) => [
            "A proxy or firewall has probably stepped in; whether the decision took effect is not known.",
            "Do not repeat it; refresh to check again once the network is back.",
        ],
        (Lang::En, false, false) => [
            "A proxy, a firewall or a network login has probably caught the request, or the answer was cut.",
            "Check the proxy and the network login, then refresh.",
        ],
    };
    let happened = match lang {
        Lang::Zh => format!("收到的不是平台的响应（HTTP {status}）。"),
        Lang::En => format!("The answer was not the platform's (HTTP {status})."),
    };
    FailureExplanation { happened, meaning: meaning.to_owned(), press: press.to_owned() }
}

/// The attempted action, as the object of "failed at" and "refused".
const fn doing(endpoint: Endpoint, lang: Lang) -> &'static str {
    let (zh, en) = match endpoint {
        Endpoint::TenantToken => ("登录平台", "the sign-in"),
        Endpoint::TaskList => ("读取待办", "reading the task list"),
        Endpoint::ChangedProcesses => ("查询变更", "looking for changes"),
        Endpoint::ProcessDetail => ("读取单据", "reading the case"),
        Endpoint::FormV2 => ("读取表单", "reading the form"),
        Endpoint::FormV1 => ("读取选项名称", "reading the form's option names"),
        Endpoint::UpdateTask => ("提交审批", "the decision"),
        Endpoint::AddSign => ("加签", "the add-sign"),
        Endpoint::Transfer => ("转交", "the transfer"),
        Endpoint::Withdraw => ("撤回", "the withdrawal"),
        Endpoint::Revoke => ("撤销", "the revocation"),
        Endpoint::SearchEmployees => ("搜索人员", "the search for people"),
        Endpoint::EmployeesById => ("查询姓名", "looking up names"),
        Endpoint::ContactIds => ("查询通讯录", "looking up a contact"),
        Endpoint::Departments => ("查询部门名称", "looking up departments"),
        Endpoint::Job => ("查询职务名称", "looking up a job"),
        Endpoint::JobLevel => ("查询职级名称", "looking up a job level"),
        Endpoint::File => ("下载附件", "the download"),
        Endpoint::LongConnection => ("建立长连接", "the long connection"),
    };
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}
