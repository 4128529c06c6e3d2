//! The demo organisation: its prose is in `assets/demo`, and here it comes to life in a
//! [`World`], relative to the time at which it starts.

mod background_activity;
mod calendar;
mod case_builder;
mod english;
mod fixtures;
mod form_content;
mod generator;
mod oversized;
mod schema;

use std::collections::HashMap;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use crate::domain::{Lang, Millis};

use super::world::ids::PersonIds;
use super::world::{Bilingual, PersonKey, ProcessKey, World};

pub use background_activity::Actors;
use fixtures::{FixtureError, Fixtures};
use generator::Generator;
pub use oversized::add_oversized;
use schema::{CaseScript, CasesFile, FlowsFile, OrganisationFile, SeriesScript, Vocabulary};

const ORGANISATION: &str = include_str!("../../../assets/demo/organisation.toml");
const VOCABULARY: &str = include_str!("../../../assets/demo/vocabulary.toml");
const FLOWS: &str = include_str!("../../../assets/demo/flows.toml");
const CROWD: &str = include_str!("../../../assets/demo/crowd.toml");
const ORDER: &str = include_str!("../../../assets/demo/cases/order.toml");
const PAST: &str = include_str!("../../../assets/demo/cases/past.toml");
const PENDING: [&str; 3] = [
    include_str!("../../../assets/demo/cases/attendance.toml"),
    include_str!("../../../assets/demo/cases/pay.toml"),
    include_str!("../../../assets/demo/cases/work.toml"),
];

/// Quick reasons of a rejection, for a user who has configured none.
#[must_use]
pub fn reasons(lang: Lang) -> Vec<String> {
    let reasons = match lang {
        Lang::Zh => {
            ["材料不全，请补充后重新提交", "与排班冲突，请与直属上级商量后再提", "金额与依据不符，请核实后重新提交"]
        }
        Lang::En => [
            "Documents are missing; please add them and submit again",
            "This conflicts with the schedule; please agree on dates with your manager first",
            "The amount does not match its basis; please check it and submit again",
        ],
    };
    reasons.map(str::to_owned).into()
}

/// The simulated organisation, ready to be served, and how to sign in to it.
#[derive(Debug)]
pub struct DemoOrganization {
    pub world: World,
    pub operator: DemoOperator,
    /// Name of the organisation.
    pub company: Bilingual,
    pub app_id: String,
    pub app_secret: SecretString,
    /// The others, for as long as the organisation is to live.
    pub actors: Actors,
}

/// The person whose queue it is.
#[derive(Clone, Debug)]
pub struct DemoOperator {
    pub key: PersonKey,
    pub ids: PersonIds,
    pub name: Bilingual,
}

/// The organisation with `tasks` pending tasks for the operator at `now`: first the hand-written cases, the most
/// instructive in front, then generated ones. `seed` fixes every id, name and draw.
///
/// # Panics
/// Never: the assets are part of the program.
#[must_use]
pub fn organisation(seed: u64, tasks: usize, now: Millis) -> DemoOrganization {
    organisation_in(Lang::Zh, seed, tasks, now)
}

/// The same with the running text of its people in that language.
///
/// # Panics
/// Never: the assets are part of the program.
#[must_use]
#[expect(
    clippy::expect_used,
    reason = "the embedded assets are fixed, and every test of the organisation reads them all"
)]
pub fn organisation_in(lang: Lang, seed: u64, tasks: usize, now: Millis) -> DemoOrganization {
    found(lang, seed, tasks, now).expect("the embedded demo organisation is sound")
}

fn found(lang: Lang, seed: u64, tasks: usize, now: Millis) -> Result<DemoOrganization, FixtureError> {
    let mut world = World::new(seed);
    // Drawn apart from the world's ids, so that a new case does not rename every person.
    let mut random = SmallRng::seed_from_u64(seed ^ 0x0064_656d_6f00);
    let script: OrganisationFile = read(Lang::Zh, "organisation.toml", ORGANISATION)?;
    let flows: FlowsFile = read(Lang::Zh, "flows.toml", FLOWS)?;
    let vocabulary: Vocabulary = read(Lang::Zh, "vocabulary.toml", VOCABULARY)?;
    let cast = Fixtures::settle(lang, &script, vocabulary, &flows.flow, &mut world)?;

    let order: SeriesScript = read(Lang::Zh, "order.toml", ORDER)?;
    let mut played = HashMap::new();
    for scene in read::<CasesFile>(lang, "past.toml", PAST)?.case {
        let key = case_builder::perform(&scene, &cast, &played, now, &mut world)?;
        played.insert(scene.key, key);
    }
    let mut pending = pending_cases(lang)?;
    for name in order.pending.iter().take(tasks) {
        let scene = pending.remove(name).ok_or_else(|| fixtures::unknown("case", name))?;
        let key = case_builder::perform(&scene, &cast, &played, now, &mut world)?;
        played.insert(scene.key, key);
    }
    let generated = tasks.saturating_sub(order.pending.len());
    let mut crowd = Generator::gather(read(lang, "crowd.toml", CROWD)?, &cast, generated, &mut world, &mut random)?;
    for _ in 0..generated {
        crowd.waiting_case(&cast, now, &mut world, &mut random)?;
    }
    let contested: Option<ProcessKey> = played.get(&order.contested).copied();
    let person = world.person(cast.operator);
    let operator = DemoOperator { key: cast.operator, ids: person.ids.clone(), name: person.profile.name.clone() };
    let app_secret = format!("{:016x}{:016x}", random.random::<u64>(), random.random::<u64>());
    Ok(DemoOrganization {
        operator,
        company: script.company.0,
        app_id: script.app_id,
        app_secret: app_secret.into(),
        actors: Actors::new(random, cast, crowd, contested),
        world,
    })
}

fn pending_cases(lang: Lang) -> Result<HashMap<String, CaseScript>, FixtureError> {
    let mut cases = HashMap::new();
    for text in PENDING {
        let file: CasesFile = read(lang, "cases", text)?;
        cases.extend(file.case.into_iter().map(|case| (case.key.clone(), case)));
    }
    Ok(cases)
}

fn read<T: DeserializeOwned>(lang: Lang, name: &str, text: &str) -> Result<T, FixtureError> {
    let read = match lang {
        Lang::Zh => toml::from_str(text),
        Lang::En => toml::from_str(text).and_then(|script| english::translated(script).try_into()),
    };
    read.map_err(|fault| FixtureError(format!("{name}: {fault}")))
}
