use std::collections::HashMap;
use std::time::Duration;

use super::{FailureExplanation, explain};
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Lang, Outcome};
use crate::view::text_layout;

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// Every row of protocol.md#error-codes with each of its endpoints: code, HTTP status, endpoints.
const ROWS: [(i64, u16, &[Endpoint]); 26] = [
    (1_160_001, 400, &[Endpoint::TaskList, Endpoint::AddSign, Endpoint::File]),
    (1_160_015, 400, &[Endpoint::AddSign]),
    (1_160_016, 400, &[Endpoint::AddSign]),
    (1_160_025, 500, &[Endpoint::Transfer]),
    (1_160_100, 400, &[Endpoint::FormV2, Endpoint::FormV1, Endpoint::Revoke]),
    (
        1_160_101,
        400,
        &[
            Endpoint::TaskList,
            Endpoint::ChangedProcesses,
            Endpoint::ProcessDetail,
            Endpoint::FormV2,
            Endpoint::AddSign,
            Endpoint::Transfer,
            Endpoint::Withdraw,
            Endpoint::Revoke,
        ],
    ),
    (1_160_102, 500, &[Endpoint::ChangedProcesses, Endpoint::FormV2]),
    (1_160_114, 400, &[Endpoint::AddSign]),
    (1_160_115, 400, &[Endpoint::AddSign]),
    (1_160_117, 400, &[Endpoint::Transfer]),
    (1_160_121, 400, &[Endpoint::TaskList]),
    (1_160_129, 400, &[Endpoint::AddSign]),
    (1_160_221, 400, &[Endpoint::Transfer]),
    (1_160_234, 400, &[Endpoint::Transfer]),
    (1_160_245, 400, &[Endpoint::Transfer]),
    (1_160_256, 400, &[Endpoint::AddSign]),
    (
        1_160_500,
        500,
        &[
            Endpoint::TaskList,
            Endpoint::ChangedProcesses,
            Endpoint::ProcessDetail,
            Endpoint::FormV2,
            Endpoint::FormV1,
            Endpoint::AddSign,
            Endpoint::Transfer,
        ],
    ),
    (1_161_001, 400, &[Endpoint::UpdateTask]),
    (1_161_002, 400, &[Endpoint::UpdateTask]),
    (1_161_003, 403, &[Endpoint::FormV2, Endpoint::UpdateTask, Endpoint::Withdraw, Endpoint::Revoke]),
    (1_161_003, 400, &[Endpoint::AddSign, Endpoint::Transfer]),
    (1_161_004, 400, &[Endpoint::UpdateTask]),
    (1_161_005, 400, &[Endpoint::UpdateTask, Endpoint::Withdraw]),
    (1_161_006, 400, &[Endpoint::Withdraw]),
    (1_161_007, 400, &[Endpoint::Revoke]),
    (1_161_103, 400, &[Endpoint::AddSign, Endpoint::Transfer]),
];

/// The codes of protocol.md#tenant-token and protocol.md#gateway-errors with their kinds in the client.
fn sign_in_and_gateway() -> Vec<(i64, FailureKind)> {
    let mut codes = Vec::new();
    codes.extend([10_003, 10_014, 10_015, 20_002, 99_991_543].map(|code| (code, FailureKind::Credentials)));
    codes.extend([10_012, 10_013, 2_200, 10_101].map(|code| (code, FailureKind::Server)));
    codes.extend([99_991_662, 99_991_673].map(|code| (code, FailureKind::AppDisabled)));
    codes.push((99_991_672, FailureKind::MissingScope(vec![CleanText::new("corehr:process:read")])));
    codes.push((99_991_676, FailureKind::MissingScope(Vec::new())));
    codes.push((99_991_401, FailureKind::AddressRefused));
    codes.push((99_991_403, FailureKind::QuotaExhausted));
    codes.push((99_991_400, FailureKind::RateLimited { retry_after: Duration::from_secs(38) }));
    codes.extend(
        [99_991_661, 99_991_663, 99_991_664, 99_991_665, 99_991_668, 99_991_671, 99_991_677]
            .map(|code| (code, FailureKind::TokenRefused)),
    );
    codes
        .extend([99_991_669, 99_991_670, 99_991_674, 99_991_675, 99_991_679].map(|code| (code, FailureKind::Business)));
    codes
}

fn failure(endpoint: Endpoint, kind: FailureKind, code: Option<i64>, http: Option<u16>) -> Failure {
    let outcome = match kind {
        FailureKind::Business => Outcome::Refused,
        FailureKind::Server | FailureKind::Cut | FailureKind::TimedOut | FailureKind::Garbage { .. } => {
            Outcome::MayHaveHappened
        }
        _ => Outcome::NotSent,
    };
    Failure { endpoint, kind, outcome, code, http, log_id: None, message: CleanText::default() }
}

fn business(endpoint: Endpoint, code: i64, http: u16) -> Failure {
    let kind = if http == 500 { FailureKind::Server } else { FailureKind::Business };
    failure(endpoint, kind, Some(code), Some(http))
}

fn whole(explained: &FailureExplanation) -> String {
    [&*explained.happened, &explained.meaning, &explained.press].join(" ")
}

fn has_han(text: &str) -> bool {
    text.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character))
}

#[test]
fn every_business_code_of_every_endpoint_has_words_of_its_own() {
    for lang in LANGS {
        let mut seen: HashMap<String, (Endpoint, i64)> = HashMap::new();
        for (code, http, endpoints) in ROWS {
            for endpoint in endpoints {
                let said = explain(&business(*endpoint, code, http), lang);
                let generic = explain(&business(*endpoint, 1_169_999, 400), lang);
                assert_ne!(said.happened, generic.happened, "{endpoint:?} {code}");
                assert_ne!(
                    said.happened.replace(&code.to_string(), "1169999"),
                    generic.happened,
                    "{endpoint:?} {code}"
                );
                assert!(!said.meaning.is_empty() && !said.press.is_empty(), "{endpoint:?} {code}");
                let forms = matches!(endpoint, Endpoint::FormV1 | Endpoint::FormV2);
                if let Some(other) = seen.insert(said.happened.clone(), (*endpoint, code)) {
                    assert!(forms && other.1 == code, "{endpoint:?} {code} says the same as {other:?}");
                }
            }
        }
    }
}

#[test]
fn every_code_of_sign_in_and_gateway_has_words_of_its_own() {
    for lang in LANGS {
        let mut seen: HashMap<String, i64> = HashMap::new();
        for (code, kind) in sign_in_and_gateway() {
            let said = explain(&failure(Endpoint::TaskList, kind, Some(code), Some(400)), lang);
            assert!(!said.happened.contains(&code.to_string()), "{code}: {}", said.happened);
            assert!(!said.meaning.is_empty() && !said.press.is_empty(), "{code}");
            if let Some(other) = seen.insert(said.happened.clone(), code) {
                assert!(matches!((other, code), (2_200, 10_101)), "{code} says the same as {other}");
            }
        }
    }
}

#[test]
fn every_kind_without_a_code_says_what_it_means_and_what_helps() {
    let kinds = [
        FailureKind::Unreachable,
        FailureKind::Untrusted,
        FailureKind::Cut,
        FailureKind::TimedOut,
        FailureKind::Server,
        FailureKind::Garbage { excerpt: CleanText::new("<html>") },
        FailureKind::Redirected,
        FailureKind::LocalFile,
        FailureKind::Journal,
        FailureKind::Late,
        FailureKind::Ended,
        FailureKind::Credentials,
        FailureKind::AppDisabled,
        FailureKind::AddressRefused,
        FailureKind::TokenRefused,
        FailureKind::QuotaExhausted,
        FailureKind::MissingScope(Vec::new()),
        FailureKind::RateLimited { retry_after: Duration::from_millis(1200) },
    ];
    for lang in LANGS {
        let mut seen = Vec::new();
        for kind in &kinds {
            let said = explain(&failure(Endpoint::TaskList, kind.clone(), None, Some(502)), lang);
            assert!(!said.happened.is_empty() && !said.meaning.is_empty() && !said.press.is_empty(), "{kind:?}");
            assert!(!seen.contains(&said.happened), "{kind:?}: {}", said.happened);
            seen.push(said.happened);
        }
    }
}

#[test]
fn a_decision_whose_answer_was_lost_is_never_called_failed_nor_to_be_repeated() {
    for kind in [
        FailureKind::Cut,
        FailureKind::TimedOut,
        FailureKind::Server,
        FailureKind::Garbage { excerpt: CleanText::new("<html>") },
    ] {
        let write = failure(Endpoint::UpdateTask, kind, None, Some(502));
        let zh = whole(&explain(&write, Lang::Zh));
        assert!(zh.contains("结果未知") && zh.contains("请勿重复"), "{zh}");
        let en = whole(&explain(&write, Lang::En));
        assert!(en.contains("utcome unknown") && en.contains("Do not repeat"), "{en}");
        let read = whole(&explain(&Failure { endpoint: Endpoint::TaskList, ..write }, Lang::En));
        assert!(!read.contains("repeat"), "{read}");
    }
}

#[test]
fn waiting_is_told_in_seconds_and_a_quota_that_waiting_does_not_help() {
    let limited = failure(
        Endpoint::ProcessDetail,
        FailureKind::RateLimited { retry_after: Duration::from_millis(37_100) },
        Some(99_991_400),
        Some(429),
    );
    assert!(explain(&limited, Lang::Zh).press.contains("38 秒"));
    assert!(explain(&limited, Lang::En).press.contains("38 s"));
    let ours = Failure { code: None, http: None, ..limited };
    assert!(explain(&ours, Lang::En).meaning.contains("Nothing was sent"));
    let quota = failure(Endpoint::TaskList, FailureKind::QuotaExhausted, Some(99_991_403), Some(429));
    assert!(explain(&quota, Lang::Zh).meaning.contains("等待没有用"));
    assert!(explain(&quota, Lang::En).meaning.contains("Waiting does not help"));
}

#[test]
fn a_missing_scope_is_named_with_its_console_name_even_when_the_answer_names_none() {
    let named = FailureKind::MissingScope(vec![CleanText::new("corehr:employee:read"), CleanText::new("x:y")]);
    let said = explain(&failure(Endpoint::SearchEmployees, named, Some(99_991_672), Some(400)), Lang::En);
    assert!(said.happened.contains("corehr:employee:read or x:y"), "{}", said.happened);
    let unnamed = failure(Endpoint::UpdateTask, FailureKind::MissingScope(Vec::new()), Some(99_991_672), Some(400));
    let said = explain(&unnamed, Lang::Zh);
    assert!(said.happened.contains("corehr:process.instance:write（通过/拒绝审批任务）"), "{}", said.happened);
    assert!(said.press.contains("开发者后台"), "{}", said.press);
}

#[test]
fn an_unknown_code_is_shown_with_the_platforms_own_words() {
    let unknown = Failure {
        message: CleanText::new("新的规则\u{1b}[2J"),
        ..failure(Endpoint::UpdateTask, FailureKind::Business, Some(1_169_999), Some(400))
    };
    for lang in LANGS {
        let said = whole(&explain(&unknown, lang));
        assert!(said.contains("1169999") && said.contains("新的规则␛[2J"), "{said}");
    }
}

#[test]
fn no_sentence_is_in_the_wrong_language_or_unfit_for_a_screen() {
    let mut failures: Vec<Failure> = sign_in_and_gateway()
        .into_iter()
        .map(|(code, kind)| failure(Endpoint::TaskList, kind, Some(code), Some(400)))
        .collect();
    for (code, http, endpoints) in ROWS {
        failures.extend(endpoints.iter().map(|endpoint| business(*endpoint, code, http)));
    }
    for code in [9_499, 99_992_402, 99_992_361, 99_992_351, 99_992_357] {
        failures.push(business(Endpoint::TaskList, code, 400));
    }
    for failure in &failures {
        for lang in LANGS {
            let said = explain(failure, lang);
            let rows = text_layout::wrap(&whole(&said), 79);
            assert!(rows.len() <= 2, "{rows:#?}");
            for part in [&said.happened, &said.meaning, &said.press] {
                let end = if lang == Lang::Zh { '。' } else { '.' };
                assert!(part.ends_with(end), "{part}");
                for unfit in ["panic", "{", "}", "TODO", "Ctrl", "unwrap", "  "] {
                    assert!(!part.contains(unfit), "{part}");
                }
                if lang == Lang::Zh {
                    assert!(has_han(part), "{part}");
                } else {
                    assert!(!has_han(part), "{part}");
                }
            }
        }
    }
}
