//! The program's own client under each fault: a read, and an approval that did or did not take effect.

use std::time::Duration;

use futures_util::future::join_all;
use shenpi::domain::{
    ApproverId, CleanText, Decision, I18n, Operator, Opinion, Outcome, PersonId, PersonIdType, ProcessId, Properties,
    Reviewed, Stamp, Target, TaskKey,
};
use shenpi::feishu::{Client, ClientSettings};
use shenpi::sim::faults::FaultKind;

use crate::line::{APP_ID, Line, SECRET};
use crate::stage::{Stage, any, people};

/// Far above the duration of an answer over loopback.
const PATIENT: Duration = Duration::from_secs(60);
/// For answers that never come. The token is waited for no longer, so a machine under load must keep up with this.
const IMPATIENT: Duration = Duration::from_secs(2);

/// Message about the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Accepted,
    Refused,
    NotSent,
    Unknown,
}

use Told::{Accepted, NotSent, Refused, Unknown};

/// Each fault: the message about an approval, whether that took effect by then, and whether a read succeeds. The client
/// repeats a read only after a broken connection or a refused token.
const MET: [(&str, Told, bool, bool); 61] = [
    ("rate-limit", NotSent, false, false),
    ("server-error", Unknown, false, false),
    ("cut", Unknown, false, true),
    ("cut-before-write", Unknown, false, true),
    ("reset", Unknown, false, true),
    ("never-answers", Unknown, false, false),
    ("cut-after-write", Unknown, true, true),
    ("reset-after-write", Unknown, true, true),
    ("silent-after-write", Unknown, true, true),
    ("server-error-after-write", Unknown, true, true),
    ("html-502-after-write", Unknown, true, true),
    ("cut-json-after-write", Unknown, true, true),
    ("cut-in-answer", Unknown, true, true),
    ("slow:1:600000", Unknown, true, false),
    ("late-write:1:600000", Unknown, false, true),
    ("stale", Accepted, true, true),
    ("invalidate-tokens", NotSent, false, true),
    ("missing-scope", NotSent, false, false),
    ("address-refused", NotSent, false, false),
    ("app-disabled", NotSent, false, false),
    ("html-502", Unknown, false, false),
    ("text-404", NotSent, false, false),
    ("cut-json", Unknown, false, false),
    ("huge-body", Unknown, false, false),
    ("redirect-loop", NotSent, false, false),
    ("busy", Accepted, true, true),
    ("clock-off", Accepted, true, true),
    ("unknown-enums", Accepted, true, true),
    ("absent-fields", Accepted, true, true),
    ("null-fields", Accepted, true, true),
    ("empty-fields", Accepted, true, true),
    ("page-token-on-last", Accepted, true, true),
    ("page-token-absent", Accepted, true, true),
    ("page-token-empty", Accepted, true, true),
    ("page-token-repeated", Accepted, true, true),
    ("pages-without-end", Accepted, true, true),
    ("row-unreadable", Accepted, true, true),
    ("inner-failure", Refused, false, true),
    ("no-data", Accepted, true, true),
    ("success-in-v1", Accepted, true, true),
    ("siblings-cancelled", Accepted, true, true),
    ("transfer-keeps-id", Accepted, true, true),
    ("late-revoke", Accepted, true, true),
    ("endpoint-code", Accepted, true, true),
    ("endpoint-status", Accepted, true, true),
    ("client-config", Accepted, true, true),
    ("refuse-connection", Accepted, true, true),
    ("handshake-status", Accepted, true, true),
    ("close-after", Accepted, true, true),
    ("no-pong", Accepted, true, true),
    ("pong-with-config", Accepted, true, true),
    ("no-events", Accepted, true, true),
    ("fragment-events", Accepted, true, true),
    ("shuffle-fragments", Accepted, true, true),
    ("duplicate-event", Accepted, true, true),
    ("overtaken-event", Accepted, true, true),
    ("redelivery", Accepted, true, true),
    ("event-token", Accepted, true, true),
    ("create-time-16", Accepted, true, true),
    ("numeric-node-id", Accepted, true, true),
    ("stray-frames", Accepted, true, true),
];

struct Harness {
    line: Line,
    settings: ClientSettings,
    approval: Reviewed,
}

impl Harness {
    async fn open() -> Self {
        let mut stage = Stage::new();
        let na = stage.na;
        let key = stage.start(vec![(any(), people(&[na]))]);
        let operator = Operator {
            id: PersonId::new(stage.id(na)),
            id_type: PersonIdType::OpenId,
            name: I18n::same(CleanText::new("李娜")),
        };
        let text = |words: &str| I18n::same(CleanText::new(words));
        let target = Target {
            key: TaskKey {
                process: ProcessId::new(stage.process_id(key)),
                approver: ApproverId::new(stage.task(key, na).id.to_string()),
            },
            kind: text("休假申请"),
            initiator: text("张伟"),
            by_system: false,
            summary: text("年假"),
            node: text("审批"),
            high_care: false,
            stamp: Stamp([0; 16]),
            tasks: Vec::new(),
            properties: Properties::Normal,
        };
        let decision = Decision::Approve { opinion: Opinion::new("同意", 1000).expect("short") };
        let approval = Reviewed { target, decision, operator: operator.clone() };
        let line = Line::plain(stage).await;
        let mut settings = ClientSettings::new(line.server.base_url(), APP_ID.into(), SECRET.into(), operator);
        settings.own_budget = false;
        Self { line, settings, approval }
    }

    fn client(&self, patience: Duration) -> Client {
        let settings = ClientSettings { answer_timeout: patience, ..self.settings.clone() };
        Client::new(settings).expect("a client for loopback")
    }

    async fn approve(&self, client: &Client) -> Told {
        match client.writer().send(&self.approval).await.map_err(|failure| failure.outcome) {
            Ok(_) => Accepted,
            Err(Outcome::Refused) => Refused,
            Err(Outcome::NotSent) => NotSent,
            Err(Outcome::MayHaveHappened) => Unknown,
        }
    }

    fn writes_asked(&self) -> usize {
        self.line.server.requests().iter().filter(|request| request.method == "PUT").count()
    }
}

/// Nothing answers, so that the client's patience decides.
fn is_silent(fault: &str) -> bool {
    ["never-answers", "silent-after-write", "slow", "late-write"].iter().any(|name| fault.starts_with(name))
}

#[test]
fn every_fault_is_met() {
    let met: Vec<&str> = MET.iter().filter_map(|(fault, ..)| fault.split(':').next()).collect();
    assert_eq!(met, FaultKind::NAMES);
}

#[tokio::test]
async fn an_approval_that_meets_a_fault_is_told_for_what_it_is() {
    let met = join_all(MET.map(|(fault, told, done, _)| {
        Box::pin(async move {
            let harness = Harness::open().await;
            let client = harness.client(if is_silent(fault) { IMPATIENT } else { PATIENT });
            client.authenticate().await.expect("a token");
            harness.line.fault(fault);
            let met = (harness.approve(&client).await, harness.line.writes(), harness.writes_asked());
            (met != (told, usize::from(done), 1)).then_some((fault, met))
        })
    }));
    let wrong: Vec<_> = met.await.into_iter().flatten().collect();
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn a_read_that_meets_a_fault_succeeds_after_a_cut_or_a_new_token() {
    let met = join_all(MET.map(|(fault, _, _, well)| {
        Box::pin(async move {
            let harness = Harness::open().await;
            let client = harness.client(if is_silent(fault) { IMPATIENT } else { PATIENT });
            client.authenticate().await.expect("a token");
            harness.line.fault(fault);
            let read = client.process(harness.approval.target.process()).await;
            (read.is_ok() != well).then(|| (fault, read.err()))
        })
    }));
    let wrong: Vec<_> = met.await.into_iter().flatten().collect();
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn a_write_refused_for_its_token_can_be_sent_anew_and_is_written_once() {
    let harness = Harness::open().await;
    let client = harness.client(PATIENT);
    client.authenticate().await.expect("a token");
    // The write is refused for its token and, sent again, loses its answer; the read after it needs a new token again.
    for fault in ["invalidate-tokens:1@writes", "cut-after-write", "invalidate-tokens:1@detail"] {
        harness.line.fault(fault);
    }
    assert_eq!(harness.approve(&client).await, NotSent);
    assert_eq!(harness.approve(&client).await, Unknown);
    assert_eq!((harness.line.writes(), harness.writes_asked()), (1, 2));
    let process = client.process(harness.approval.target.process()).await.expect("the case");
    assert!(process.todo(harness.approval.target.approver()).is_none());
    assert!(harness.line.server.faults().list().is_empty());
}

#[tokio::test]
async fn a_read_that_lags_behind_shows_the_task_open_after_it_was_approved() {
    let harness = Harness::open().await;
    let client = harness.client(PATIENT);
    harness.line.fault("stale:2");
    harness.line.fault("cut-after-write");
    assert_eq!(harness.approve(&client).await, Unknown);
    for open in [true, true, false] {
        let process = client.process(harness.approval.target.process()).await.expect("the case");
        assert_eq!(process.todo(harness.approval.target.approver()).is_some(), open);
    }
    assert_eq!(harness.line.writes(), 1);
}
