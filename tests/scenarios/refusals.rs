//! Each documented refusal of a decision: its row and its words, in both languages.

use std::time::Duration;

use shenpi::app::Notice;
use shenpi::domain::decision::state::State;
use shenpi::domain::{Endpoint, FailureKind, Lang, Outcome};
use shenpi::text::failure::explain;

use crate::support::harness::{Harness, settings};
use crate::support::scripted::{Scripted, failure, key, operator, refusal};

const REJECT: &str = "r1<ctrl-d>y";
const TRANSFER: &str = "t<down><enter>y";
const ADD_SIGN: &str = "s1<down><enter><ctrl-d>y";

/// Endpoint, keys that lead there, and its codes of the classes *refuse* and *stale* (protocol.md#error-codes).
const DOCUMENTED: [(Endpoint, &str, &[i64]); 4] = [
    (Endpoint::UpdateTask, "ay", &[1_161_001, 1_161_002, 1_161_003, 1_161_004, 1_161_005]),
    (Endpoint::UpdateTask, REJECT, &[1_161_001, 1_161_002, 1_161_003, 1_161_004, 1_161_005]),
    (Endpoint::Transfer, TRANSFER, &[1_160_101, 1_160_117, 1_160_221, 1_160_234, 1_160_245, 1_161_003]),
    (
        Endpoint::AddSign,
        ADD_SIGN,
        &[1_160_001, 1_160_015, 1_160_016, 1_160_101, 1_160_114, 1_160_115, 1_160_129, 1_160_256, 1_161_003],
    ),
];

/// The same for the initiator's and the administrator's operations.
const BY_NAME: [(Endpoint, &str, &[i64]); 2] = [
    (Endpoint::Withdraw, "withdraw", &[1_160_101, 1_161_003, 1_161_005, 1_161_006]),
    (Endpoint::Revoke, "revoke", &[1_160_100, 1_160_101, 1_161_003, 1_161_007]),
];

fn harness(lang: Lang) -> Harness<Scripted> {
    let mut platform = Scripted::with_leaves(2);
    for process in platform.processes.values_mut() {
        process.status = shenpi::domain::ProcessStatus::InProgress;
    }
    Harness::new(platform, settings(operator(), lang), 120, 30)
}

/// The message about the refusal is on screen with the log id, and the row is marked.
fn is_told(harness: &mut Harness<Scripted>, endpoint: Endpoint, code: i64, lang: Lang) {
    assert_eq!(harness.sent.len(), 1, "{endpoint:?} {code}: refused once, and not sent again");
    assert!(matches!(harness.state(&key(1)), Some(State::Refused(_))), "{endpoint:?} {code}");
    let words = explain(&refusal(endpoint, code), lang);
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let screen = harness.screen();
    assert!(squeezed(&screen).contains(&squeezed(&words.happened)), "{endpoint:?} {code}:\n{screen}");
    assert!(screen.lines().any(|line| line.contains('✗')), "{endpoint:?} {code}: the row is marked\n{screen}");
    harness.keys("!");
    let messages = harness.screen();
    assert!(messages.contains("20260309LOGID"), "{endpoint:?} {code}: the log id\n{messages}");
    assert!(messages.contains(&code.to_string()), "{endpoint:?} {code}: the code\n{messages}");
}

#[test]
fn each_documented_refusal_of_a_decision_is_said_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for (endpoint, keys, codes) in DOCUMENTED {
            for code in codes {
                let mut harness = harness(lang);
                harness.platform.verdicts.push_back(Err(refusal(endpoint, *code)));
                harness.keys(keys).wait(Duration::from_secs(6));
                is_told(&mut harness, endpoint, *code, lang);
            }
        }
    }
}

#[test]
fn each_documented_refusal_of_withdraw_and_revoke_is_said_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for (endpoint, name, codes) in BY_NAME {
            for code in codes {
                let mut harness = harness(lang);
                if endpoint == Endpoint::Revoke {
                    let process = harness.platform.processes.get_mut(&key(1).process).unwrap();
                    process.status = shenpi::domain::ProcessStatus::Completed;
                    harness.keys("<ctrl-r>");
                }
                harness.platform.verdicts.push_back(Err(refusal(endpoint, *code)));
                harness.keys(":");
                harness.write(name);
                harness.keys("<enter>").write("reason").keys("<ctrl-d>y").wait(Duration::from_secs(6));
                is_told(&mut harness, endpoint, *code, lang);
            }
        }
    }
}

#[test]
fn the_reason_of_a_refused_reject_is_kept_for_the_next_try() {
    let mut harness = harness(Lang::Zh);
    harness.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_002)));
    harness.keys("r");
    harness.write("缺少证明");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    harness.keys("gr<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(harness.sent[1].decision.opinion().as_str(), "缺少证明");
}

#[test]
fn a_server_error_to_a_transfer_is_unknown_and_looked_into() {
    let mut harness = harness(Lang::Zh);
    let lost = failure(Endpoint::Transfer, FailureKind::Server, Outcome::MayHaveHappened, Some(1_160_025));
    harness.platform.verdicts.push_back(Err(lost));
    harness.keys(TRANSFER).wait(Duration::from_secs(6));
    assert!(harness.app.notices.all().any(|(_, notice)| matches!(notice, Notice::Unknown { .. })));
    harness.wait(Duration::from_secs(35));
    assert!(matches!(harness.state(&key(1)), Some(State::NotApplied { .. })), "{:?}", harness.state(&key(1)));
}
