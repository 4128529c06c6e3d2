//! Builds requests: one of the assets begun at its time, with all later steps.

use std::collections::{BTreeMap, HashMap};

use crate::domain::Millis;
use crate::sim::world::{Assigned, ExternalAction, NewProcess, PersonKey, ProcessKey, Purpose, Rule, World};

use super::calendar::{Calendar, ago};
use super::fixtures::{FixtureError, Fixtures, FlowFixture, unknown};
use super::form_content::{self, Context};
use super::schema::{CaseScript, Does, StepScript};

/// The long comment.
const HANDOVER: &str = include_str!("../../../assets/demo/cases/handover.txt");
/// How long a revocation that is going on when the demo starts will still take.
const REVOKING_FOR: i64 = 6 * 3_600_000;

/// Begins a case and plays its steps. `earlier` are the cases that it can be about.
pub(super) fn perform(
    scene: &CaseScript,
    cast: &Fixtures,
    earlier: &HashMap<String, ProcessKey>,
    now: Millis,
    world: &mut World,
) -> Result<ProcessKey, FixtureError> {
    let began = before(now, &scene.ago)?;
    let by = scene.by.as_deref().map(|by| cast.person(by)).transpose()?;
    let context = Context { cast, calendar: Calendar::new(now, began, 1), by, choice: None };
    let part = cast.part(&scene.flow)?;
    let about = |name: &Option<String>| {
        name.as_ref().map(|key| earlier.get(key).copied().ok_or_else(|| unknown("case", key))).transpose()
    };
    let purpose = match (about(&scene.corrects)?, about(&scene.revokes)?) {
        (Some(original), _) => Purpose::Correction(original),
        (None, Some(original)) => Purpose::Revocation(original),
        (None, None) => Purpose::Normal,
    };
    let form = context.form(part, &scene.form, world)?;
    let new = NewProcess {
        flow: part.key,
        initiator: by,
        assigned: assigned(part, &scene.people, &context)?,
        abstracts: form_content::abstracts(part, &form, world),
        form,
        purpose,
    };
    let key = world.start(new, began);
    for step in &scene.steps {
        let at = before(now, &step.ago)?;
        let ended = |refusal| FixtureError(format!("{}: {:?} {}: {refusal:?}", scene.key, step.does, step.ago));
        let revoking_for = std::mem::replace(
            &mut world.switches.revoking_for,
            if step.does == Does::BeginRevoke { REVOKING_FOR } else { 0 },
        );
        let happened = world.play(key, stage_direction(step, part, &context)?, at).map_err(ended);
        world.switches.revoking_for = revoking_for;
        happened?;
    }
    Ok(key)
}

fn before(now: Millis, text: &str) -> Result<Millis, FixtureError> {
    ago(text).map(|time| Millis(now.0.saturating_sub(time))).ok_or_else(|| unknown("length of time", text))
}

/// Who acts in each node of the flow.
pub(super) fn assigned(
    part: &FlowFixture,
    people: &BTreeMap<String, Vec<String>>,
    context: &Context<'_>,
) -> Result<Vec<Assigned>, FixtureError> {
    if let Some(stray) = people.keys().find(|key| !part.nodes.iter().any(|node| node.key == **key)) {
        return Err(unknown("node", stray));
    }
    let assigned = part.nodes.iter().map(|node| {
        let names = people.get(&node.key).unwrap_or(&node.people);
        match names.as_slice() {
            [] => Ok(Assigned::Skipped),
            [only] if only == "system" => Ok(Assigned::System),
            names => {
                let mut people = everybody(names, context)?;
                // Made from a template, a case may come from anybody; where others can decide, it is not theirs alone.
                if context.choice.is_some() && people.iter().any(|person| Some(*person) != context.by) {
                    people.retain(|person| Some(*person) != context.by);
                }
                Ok(Assigned::People(people))
            }
        }
    });
    assigned.collect()
}

fn everybody(names: &[String], context: &Context<'_>) -> Result<Vec<PersonKey>, FixtureError> {
    names.iter().map(|name| context.person(name)).collect()
}

fn stage_direction(
    step: &StepScript,
    part: &FlowFixture,
    context: &Context<'_>,
) -> Result<ExternalAction, FixtureError> {
    let to = step.to.as_slice();
    let receiver = to.first().map(String::as_str).unwrap_or_default();
    if matches!(step.does, Does::Withdraw | Does::Revoke | Does::BeginRevoke) {
        return Ok(if step.does == Does::Withdraw { ExternalAction::Withdraw } else { ExternalAction::Revoke });
    }
    let says = if step.says == "@handover" { HANDOVER.trim().to_owned() } else { context.words(&step.says) };
    if step.does == Does::SystemFinishes {
        return Ok(ExternalAction::SystemFinishes { approve: true, opinion: says });
    }
    let by = context.person(step.by.as_deref().ok_or_else(|| unknown("actor", &step.ago))?)?;
    Ok(match step.does {
        Does::Approve => ExternalAction::Approve { by, opinion: says },
        Does::Reject => ExternalAction::Reject { by, opinion: says },
        Does::Transfer => ExternalAction::Transfer { by, to: context.person(receiver)? },
        Does::AddBefore => ExternalAction::AddBefore { by, people: everybody(to, context)?, rule: Rule::Any },
        Does::RollBack => {
            let to = part.nodes.iter().position(|node| node.key == receiver);
            ExternalAction::RollBack { by, to: to.ok_or_else(|| unknown("node", receiver))? }
        }
        Does::SystemApproves => ExternalAction::SystemDecides { of: by, approve: true, opinion: says },
        Does::Intervene => ExternalAction::Intervene { of: by },
        Does::SignFailed => ExternalAction::FailSignature { of: by },
        Does::Comment | Does::Withdraw | Does::Revoke | Does::BeginRevoke | Does::SystemFinishes => {
            ExternalAction::Comment {
                by,
                message: says,
                mentions: everybody(&step.at, context)?,
                files: step.files,
                images: step.images,
            }
        }
    })
}
