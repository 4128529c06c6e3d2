//! Each refusal that the platform documents for a decision: what she sees on the row and in words, in both languages.

use std::time::Duration;

use shenpi::app::{EntryState, Notice};
use shenpi::domain::{Endpoint, FailureKind, Lang, Outcome};
use shenpi::text::failure::explain;

use crate::support::desk::{Desk, settings};
use crate::support::scripted::{Scripted, failure, key, operator, refusal};

const REJECT: &str = "r1<ctrl-d>y";
const TRANSFER: &str = "t<down><enter>y";
const ADD_SIGN: &str = "s1<down><enter><ctrl-d>y";

/// API page, B.12: endpoint, keys that lead there, and its codes of the classes *refuse* and *stale*.
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

fn desk(lang: Lang) -> Desk<Scripted> {
    let mut platform = Scripted::with_leaves(2);
    for process in platform.processes.values_mut() {
        process.status = shenpi::domain::ProcessStatus::InProgress;
    }
    Desk::new(platform, settings(operator(), lang), 120, 30)
}

/// What she is told after the refusal is on the screen, with the log id, and the row is marked.
fn is_told(desk: &mut Desk<Scripted>, endpoint: Endpoint, code: i64, lang: Lang) {
    assert_eq!(desk.sent.len(), 1, "{endpoint:?} {code}: refused once, and not sent again");
    assert!(matches!(desk.state(&key(1)), Some(EntryState::Refused(_))), "{endpoint:?} {code}");
    let words = explain(&refusal(endpoint, code), lang);
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let screen = desk.screen();
    assert!(squeezed(&screen).contains(&squeezed(&words.happened)), "{endpoint:?} {code}:\n{screen}");
    assert!(screen.lines().any(|line| line.contains('✗')), "{endpoint:?} {code}: the row is marked\n{screen}");
    desk.keys("!");
    let messages = desk.screen();
    assert!(messages.contains("20260309LOGID"), "{endpoint:?} {code}: the log id\n{messages}");
    assert!(messages.contains(&code.to_string()), "{endpoint:?} {code}: the code\n{messages}");
}

#[test]
fn each_documented_refusal_of_a_decision_is_said_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for (endpoint, keys, codes) in DOCUMENTED {
            for code in codes {
                let mut desk = desk(lang);
                desk.platform.verdicts.push_back(Err(refusal(endpoint, *code)));
                desk.keys(keys).wait(Duration::from_secs(6));
                is_told(&mut desk, endpoint, *code, lang);
            }
        }
    }
}

#[test]
fn each_documented_refusal_of_withdraw_and_revoke_is_said_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        for (endpoint, name, codes) in BY_NAME {
            for code in codes {
                let mut desk = desk(lang);
                if endpoint == Endpoint::Revoke {
                    let process = desk.platform.processes.get_mut(&key(1).process).unwrap();
                    process.status = shenpi::domain::ProcessStatus::Completed;
                    desk.keys("<ctrl-r>");
                }
                desk.platform.verdicts.push_back(Err(refusal(endpoint, *code)));
                desk.keys(":");
                desk.write(name);
                desk.keys("<enter><ctrl-d>y").wait(Duration::from_secs(6));
                is_told(&mut desk, endpoint, *code, lang);
            }
        }
    }
}

#[test]
fn the_words_of_a_refused_reject_are_there_when_she_tries_again() {
    let mut desk = desk(Lang::Zh);
    desk.platform.verdicts.push_back(Err(refusal(Endpoint::UpdateTask, 1_161_002)));
    desk.keys("r");
    desk.write("缺少证明");
    desk.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    desk.keys("gr<ctrl-d>y").wait(Duration::from_secs(6));
    assert_eq!(desk.sent[1].decision.opinion().as_str(), "缺少证明");
}

#[test]
fn a_server_error_to_a_transfer_is_unknown_and_looked_into() {
    let mut desk = desk(Lang::Zh);
    let lost = failure(Endpoint::Transfer, FailureKind::Server, Outcome::MayHaveHappened, Some(1_160_025));
    desk.platform.verdicts.push_back(Err(lost));
    desk.keys(TRANSFER).wait(Duration::from_secs(6));
    assert!(desk.app.notices.all().any(|(_, notice)| matches!(notice, Notice::Unknown { .. })));
    desk.wait(Duration::from_secs(35));
    assert!(matches!(desk.state(&key(1)), Some(EntryState::NotApplied { .. })), "{:?}", desk.state(&key(1)));
}
