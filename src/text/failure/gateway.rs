//! Words for refusals of token service and gateway: credentials, tokens, scopes, addresses, ids
//! (protocol.md#tenant-token, protocol.md#gateway-errors).

use super::scope::{scope, scope_words};
use super::words::{FailureExplanation, FailureWords};
use crate::domain::{CleanText, Endpoint, Lang};

pub(super) const CREDENTIALS: FailureWords = FailureWords {
    zh: [
        "平台不接受应用凭证。",
        "配置中的 app_id、app_secret 或站点(飞书或 Lark)有误。",
        "请应用管理员在开发者后台「凭证与基础信息」中检查。",
    ],
    en: [
        "The platform does not accept the app's credentials.",
        "app_id, app_secret or the site (Feishu or Lark) is wrong in the configuration.",
        "Ask the app's administrator to compare them with the credentials page of the developer console.",
    ],
};
pub(super) const APP_DISABLED: FailureWords = FailureWords {
    zh: ["这个应用已被停用。", "停用期间不能读取待办,也不能审批。", "请企业管理员在管理后台启用它,然后重新启动程序。"],
    en: [
        "The app is disabled.",
        "Until it is enabled, nothing can be read or decided.",
        "Ask your organisation's administrator to enable it, then start the program again.",
    ],
};
pub(super) const ADDRESS_REFUSED: FailureWords = FailureWords {
    zh: [
        "这台机器的 IP 地址不在应用的白名单里。",
        "平台只接受名单内的公网地址。",
        "请应用管理员在开发者后台「安全设置」的 IP 白名单中加入这台机器的公网地址,加入后立即生效。",
    ],
    en: [
        "This machine's address is not on the app's allow-list.",
        "The platform takes requests from listed public addresses only.",
        "Ask the app's administrator to add this machine's public address to the IP allow-list in the developer console; it works at once.",
    ],
};
pub(super) const TOKEN_REFUSED: FailureWords = FailureWords {
    zh: [
        "平台不接受刚取得的访问凭证。",
        "已自动更新一次,仍被拒绝;请求没有执行。",
        "请稍后刷新;仍不行请把代码和日志 ID 交给应用管理员。",
    ],
    en: [
        "The platform refuses an access token that it has just given out.",
        "It was renewed once and refused again; nothing was done.",
        "Refresh later; if it stays so, give code and log id to the app's administrator.",
    ],
};
pub(super) const QUOTA_EXHAUSTED: FailureWords = FailureWords {
    zh: ["本月的接口调用额度已用完。", "等待没有用,下个月才会恢复。", "请企业管理员升级版本或增购额度。"],
    en: [
        "This month's quota of requests is used up.",
        "Waiting does not help before next month.",
        "Ask your organisation's administrator to upgrade the edition or buy more.",
    ],
};

/// Which scopes are missing; one of those listed is enough.
pub(super) fn missing_scope(endpoint: Endpoint, scopes: &[CleanText], lang: Lang) -> FailureExplanation {
    let wanted = CleanText::new(scope(endpoint));
    let named = if scopes.is_empty() { std::slice::from_ref(&wanted) } else { scopes };
    let words: Vec<String> = named.iter().map(|scope| scope_words(scope, lang)).collect();
    let (happened, meaning, press) = match lang {
        Lang::Zh => (
            format!("应用缺少权限:{}。", words.join(" 或 ")),
            "这是应用的设置问题,与你的账号无关。",
            "请应用管理员在开发者后台「权限管理」中开通,再发布一个新版本。",
        ),
        Lang::En => (
            format!("The app lacks a scope: {}.", words.join(" or ")),
            "This is a setting of the app, not of your account.",
            "Ask the app's administrator to add the scope in the developer console and to publish a new version.",
        ),
    };
    FailureExplanation { happened, meaning: meaning.to_owned(), press: press.to_owned() }
}

/// The words for a code that means the same everywhere.
pub(super) fn said(code: i64) -> Option<FailureWords> {
    credentials(code).or_else(|| standing(code)).or_else(|| token(code)).or_else(|| ids(code))
}

fn credentials(code: i64) -> Option<FailureWords> {
    Some(match code {
        10_003 => FailureWords {
            zh: [
                "App ID 或 App Secret 的格式不对。",
                "有一项为空,或复制时多了、少了字符。",
                "请检查配置中的 app_id(以 cli_ 开头)和 app_secret。",
            ],
            en: [
                "App id or app secret is malformed.",
                "One is empty, or copied with a character too many or too few.",
                "Check app_id (it begins with cli_) and app_secret in the configuration.",
            ],
        },
        10_014 => FailureWords {
            zh: [
                "App ID 不存在,或 App Secret 不对。",
                "也可能是飞书的应用连到了 Lark,或 Lark 的应用连到了飞书。",
                "请在开发者后台「凭证与基础信息」中确认两者,并检查配置中的 brand 和 base_url。",
            ],
            en: [
                "The app id does not exist, or the app secret is wrong.",
                "The app may also belong to the other site: Feishu instead of Lark, or the other way round.",
                "Compare both with the credentials page of the developer console, and check brand and base_url.",
            ],
        },
        10_015 => FailureWords {
            zh: [
                "App Secret 不对。",
                "它可能在开发者后台被重置过。",
                "请应用管理员在「凭证与基础信息」中重新复制,更新配置。",
            ],
            en: [
                "The app secret is wrong.",
                "It may have been reset in the developer console.",
                "Ask the app's administrator for the present one and put it into the configuration.",
            ],
        },
        99_991_543 => FailureWords {
            zh: [
                "平台上没有这组 App ID 和 App Secret。",
                "应用可能已被删除,或属于另一个站点(飞书或 Lark)。",
                "请应用管理员在开发者后台确认应用仍在,并检查 app_id、app_secret 和 brand。",
            ],
            en: [
                "The platform has no such app id and secret.",
                "The app may have been deleted, or belongs to the other site (Feishu or Lark).",
                "Ask the app's administrator whether it still exists, and check app_id, app_secret and brand.",
            ],
        },
        20_002 => FailureWords {
            zh: [
                "App ID 与 App Secret 不匹配。",
                "两者可能来自不同的应用。",
                "请在开发者后台从同一个应用重新复制 app_id 和 app_secret。",
            ],
            en: [
                "App id and app secret do not belong together.",
                "They may come from different apps.",
                "Copy app_id and app_secret again from one app of the developer console.",
            ],
        },
        _ => return None,
    })
}

/// Whether the app is served at all: tokens made for it, enabled, installed, from here, this month.
fn standing(code: i64) -> Option<FailureWords> {
    Some(match code {
        10_012 => FailureWords {
            zh: ["平台没能签发应用的访问凭证。", "这通常是一时的。", "请稍后刷新;一直如此请联系应用管理员。"],
            en: [
                "The platform could not make a token for the app.",
                "That usually passes.",
                "Refresh later; if it stays so, tell the app's administrator.",
            ],
        },
        10_013 => FailureWords {
            zh: [
                "平台没能签发企业的访问凭证。",
                "这通常是一时的,也可能是企业还没有安装这个应用。",
                "请稍后刷新;一直如此请联系应用管理员。",
            ],
            en: [
                "The platform could not make a token for your organisation.",
                "That usually passes; or your organisation has not installed the app.",
                "Refresh later; if it stays so, tell the app's administrator.",
            ],
        },
        2_200 | 10_101 => FailureWords {
            zh: ["平台的登录服务内部出错。", "这是平台的问题,凭证未必有误。", "请稍后刷新。"],
            en: [
                "The platform's sign-in service failed.",
                "The trouble is the platform's; the credentials may be right.",
                "Refresh later.",
            ],
        },
        99_991_662 => APP_DISABLED,
        99_991_673 => FailureWords {
            zh: ["你的企业没有安装这个应用。", "应用没有得到企业的授权。", "请企业管理员安装并授权,然后重新启动程序。"],
            en: [
                "Your organisation has not installed the app.",
                "It has not been authorised for this tenant.",
                "Ask your organisation's administrator to install and authorise it, then start the program again.",
            ],
        },
        99_991_401 => ADDRESS_REFUSED,
        99_991_403 => QUOTA_EXHAUSTED,
        _ => return None,
    })
}

fn token(code: i64) -> Option<FailureWords> {
    Some(match code {
        99_991_661 => FailureWords {
            zh: [
                "请求到达平台时没有带访问凭证。",
                "可能有代理去掉了认证信息;请求没有执行。",
                "请检查代理设置;仍不行请把日志 ID 交给应用管理员。",
            ],
            en: [
                "The request reached the platform without an access token.",
                "A proxy may have removed it; nothing was done.",
                "Check the proxy settings; if it stays so, give the log id to the app's administrator.",
            ],
        },
        99_991_663 => TOKEN_REFUSED,
        99_991_664 => {
            wrong_token("平台要的是应用访问凭证,这个接口不认企业凭证。", "The platform wants an app token here.")
        }
        99_991_665 => wrong_token("访问凭证里的企业标识无效。", "The tenant inside the access token is not valid."),
        99_991_668 => wrong_token(
            "平台把访问凭证当成了无效的用户凭证。",
            "The platform takes the access token for an invalid user token.",
        ),
        99_991_669 => wrong_token("平台要的是用户刷新凭证。", "The platform wants a user's refresh token here."),
        99_991_670 => wrong_token("平台要的是单点登录凭证。", "The platform wants a single sign-on token here."),
        99_991_671 => {
            wrong_token("访问凭证的开头不对,应为 t- 或 u-。", "The access token does not begin with t- or u-.")
        }
        99_991_677 => wrong_token("平台说用户凭证已过期。", "The platform says that a user token has expired."),
        99_991_679 => wrong_token("平台要求用户本人授权。", "The platform wants the user's own authorisation here."),
        99_991_674 => wrong_token("这个接口不支持当前的用户类型。", "This kind of user is not supported here."),
        99_991_675 => wrong_token("平台无法识别凭证里的用户。", "The platform cannot tell the user of the token."),
        99_991_676 => FailureWords {
            zh: [
                "访问凭证没有这项操作的权限。",
                "应用的权限可能刚被收回,或新版本还没有发布。",
                "请应用管理员在开发者后台检查「权限管理」,并发布新版本。",
            ],
            en: [
                "The access token is not allowed to do this.",
                "A scope may just have been taken away, or the new version is not published yet.",
                "Ask the app's administrator to check the scopes in the developer console and to publish a version.",
            ],
        },
        _ => return None,
    })
}

/// Kinds of token that this program never sends: the fault is the platform's or a proxy's.
const fn wrong_token(zh: &'static str, en: &'static str) -> FailureWords {
    FailureWords {
        zh: [zh, "本程序只用企业凭证;请求没有执行。", "请把代码和日志 ID 交给应用管理员。"],
        en: [
            en,
            "This program uses tenant tokens only; nothing was done.",
            "Give code and log id to the app's administrator.",
        ],
    }
}

fn ids(code: i64) -> Option<FailureWords> {
    Some(match code {
        99_992_402 | 9_499 => FailureWords {
            zh: [
                "平台认为请求里有一项不合规定。",
                "多半是内容太长或不合格式;请求没有执行。",
                "请缩短或改写后再试;仍不行请把日志 ID 交给应用管理员。",
            ],
            en: [
                "The platform finds that a part of the request breaks a rule.",
                "It is probably too long or malformed; nothing was done.",
                "Shorten or reword it and try again; if that fails, give the log id to the app's administrator.",
            ],
        },
        99_992_361 => FailureWords {
            zh: [
                "这个 open_id 属于另一个应用。",
                "每个应用里同一个人的 open_id 都不同。",
                "请换成本应用的 open_id,或改用 user_id,并更新 operator_id 和 operator_id_type。",
            ],
            en: [
                "The open_id belongs to another app.",
                "The same person has another open_id in every app.",
                "Take the open_id of this app, or a user_id, and change operator_id and operator_id_type.",
            ],
        },
        99_992_351 | 99_992_360 | 99_992_363 | 99_992_364 | 99_992_381 => FailureWords {
            zh: [
                "平台不认识请求里的人员 ID。",
                "ID 写错了、类型不对,或不属于你的企业。",
                "请检查 operator_id 和 operator_id_type;若是转交或加签,请重新选人。",
            ],
            en: [
                "The platform does not know the id of a person in the request.",
                "It is mistyped, of another type, or of another organisation.",
                "Check operator_id and operator_id_type; for a transfer or add-sign, choose the person again.",
            ],
        },
        99_992_357 | 99_992_379 | 99_992_380 => FailureWords {
            zh: ["平台不认识请求里的部门 ID。", "部门可能已停用;名称暂时显示为 ID,不影响审批。", "可以稍后刷新。"],
            en: [
                "The platform does not know the id of a department.",
                "It may be closed; its id is shown instead, decisions are not affected.",
                "Refresh later if you like.",
            ],
        },
        _ => return None,
    })
}
