//! A decision and settings for the tests of the runtime.

use std::time::Duration;

use crate::app::Settings;
use crate::domain::decision::{Decision, Target};
use crate::domain::{
    ApproverId, CleanText, I18n, Lang, Operator, Opinion, PersonId, PersonIdType, ProcessId, Properties, Reviewed,
    Stamp, TaskKey,
};

fn operator() -> Operator {
    Operator { id: PersonId::new("ou_1"), id_type: PersonIdType::OpenId, name: I18n::default() }
}

pub(super) fn reviewed() -> Box<Reviewed> {
    let key = TaskKey { process: ProcessId::new("1"), approver: ApproverId::new("2") };
    let nothing = I18n::default;
    Box::new(Reviewed {
        target: Target {
            key,
            kind: nothing(),
            initiator: nothing(),
            by_system: false,
            summary: nothing(),
            node: nothing(),
            high_care: false,
            stamp: Stamp([0; 16]),
            tasks: Vec::new(),
            properties: Properties::Normal,
        },
        decision: Decision::Approve { opinion: Opinion::default() },
        operator: operator(),
    })
}

pub(super) fn settings() -> Settings {
    Settings {
        operator: operator(),
        lang: Lang::En,
        undo: Duration::ZERO,
        read_only: false,
        holder: None,
        run: "run".into(),
        canned: Vec::new(),
        place: CleanText::default(),
        wording: crate::text::row::words,
        zone: jiff::tz::TimeZone::UTC,
        faults: None,
    }
}
