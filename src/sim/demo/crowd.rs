//! Larger queues: people and cases made from templates, varied by one seed.

use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use crate::domain::Millis;
use crate::sim::world::{Bilingual, NewPerson, NewProcess, PersonKey, ProcessKey, Purpose, Step, World};

use super::calendar::Calendar;
use super::cast::{Cast, Fault, unknown};
use super::paper::{self, Choice, Context};
use super::script::{self, Template};
use super::stage;

const MINUTE: i64 = 60_000;
/// The longest that a task of a template has waited: nine days.
const LONGEST_WAIT: f64 = 9.0 * 24.0 * 60.0;
/// The shortest: minutes.
const SHORTEST_WAIT: f64 = 3.0;
/// How many generated tasks one generated person begins, on average.
const TASKS_PER_PERSON: usize = 12;
const MOST_PEOPLE: usize = 300;

/// Templates and the people who begin what is made of them.
#[derive(Debug)]
pub(in crate::sim) struct Crowd {
    script: script::Crowd,
    weights: u32,
    initiators: Vec<PersonKey>,
}

impl Crowd {
    /// Brings as many more people into the world as `tasks` generated tasks deserve.
    pub(super) fn gather(
        script: script::Crowd,
        cast: &Cast,
        tasks: usize,
        world: &mut World,
        random: &mut SmallRng,
    ) -> Result<Self, Fault> {
        for place in 0..(tasks / TASKS_PER_PERSON).min(MOST_PEOPLE) {
            let profile = newcomer(&script, cast, place, random)?;
            world.add_person(profile);
        }
        let initiators = world.person_keys().filter(|person| *person != cast.operator).collect();
        let weights = script.template.iter().map(|template| template.weight).sum();
        Ok(Self { script, weights, initiators })
    }

    pub(in crate::sim) fn anybody(&self, random: &mut SmallRng) -> Result<PersonKey, Fault> {
        self.initiators.choose(random).copied().ok_or_else(|| unknown("initiator", "?"))
    }

    /// What somebody says about a case.
    pub(in crate::sim) fn remark(&self, random: &mut SmallRng) -> Result<String, Fault> {
        let remarks = self.script.sentences.get("comment").ok_or_else(|| unknown("list of sentences", "comment"))?;
        remarks.choose(random).cloned().ok_or_else(|| unknown("sentence", "comment"))
    }

    /// A task that has waited for the operator between minutes and nine days.
    pub(super) fn waiting_case(
        &self,
        cast: &Cast,
        now: Millis,
        world: &mut World,
        random: &mut SmallRng,
    ) -> Result<ProcessKey, Fault> {
        let share: f64 = random.random();
        let minutes = SHORTEST_WAIT * (LONGEST_WAIT / SHORTEST_WAIT).powf(share);
        #[expect(clippy::cast_possible_truncation, reason = "at most nine days of minutes")]
        let waited = (minutes * 60_000.0) as i64;
        let key = self.case(cast, Millis(now.0 - waited), world, random)?;
        if random.random_ratio(1, 4) {
            let at = Millis(now.0 - random.random_range(0..waited));
            let mentions = if random.random_ratio(1, 3) { vec![cast.operator] } else { Vec::new() };
            let (by, message) = (self.anybody(random)?, self.remark(random)?);
            let comment = Step::Comment { by, message, mentions, files: 0, images: random.random_range(0..2) };
            world.play(key, comment, at).map_err(|refusal| Fault(format!("{refusal:?}")))?;
        }
        Ok(key)
    }

    /// A case that reaches the operator at `arrives`.
    pub(in crate::sim) fn case(
        &self,
        cast: &Cast,
        arrives: Millis,
        world: &mut World,
        random: &mut SmallRng,
    ) -> Result<ProcessKey, Fault> {
        let template = self.template(random)?;
        let part = cast.part(&template.flow)?;
        let steps = i64::try_from(template.before.len()).unwrap_or(0);
        let pace = random.random_range(7..200) * MINUTE + random.random_range(0..MINUTE);
        let began = Millis(arrives.0 - steps * pace);
        let by = match template.by.as_slice() {
            _ if template.system => None,
            [] => Some(self.anybody(random)?),
            names => Some(cast.person(names.choose(random).map(String::as_str).unwrap_or_default())?),
        };
        let colleague = loop {
            let colleague = self.anybody(random)?;
            if Some(colleague) != by {
                break colleague;
            }
        };
        let choice = Choice { colleague, salt: random.random(), sentences: &self.script.sentences };
        let calendar = Calendar::new(began, began, random.random_range(1..=20));
        let context = Context { cast, calendar, by, choice: Some(choice) };
        let form = context.form(part, &template.form, world)?;
        let new = NewProcess {
            flow: part.key,
            initiator: by,
            assigned: stage::assigned(part, &template.people, &context)?,
            abstracts: paper::abstracts(part, &form, world),
            form,
            purpose: Purpose::Normal,
        };
        let key = world.start(new, began);
        for (name, step) in template.before.iter().zip(1..) {
            let approve = Step::Approve { by: context.person(name)?, opinion: "同意".to_owned() };
            let at = Millis(began.0 + step * pace);
            world.play(key, approve, at).map_err(|refusal| Fault(format!("{}: {refusal:?}", template.flow)))?;
        }
        Ok(key)
    }

    fn template(&self, random: &mut SmallRng) -> Result<&Template, Fault> {
        let mut draw = random.random_range(0..self.weights.max(1));
        let drawn = self.script.template.iter().find(|template| {
            let hit = draw < template.weight;
            draw = draw.saturating_sub(template.weight);
            hit
        });
        drawn.ok_or_else(|| unknown("template", "any"))
    }
}

fn newcomer(script: &script::Crowd, cast: &Cast, place: usize, random: &mut SmallRng) -> Result<NewPerson, Fault> {
    let mut draw = |list: &[String]| list.choose(random).cloned().ok_or_else(|| unknown("entry of", "crowd"));
    let (surname, given) = (draw(&script.surnames)?, draw(&script.given)?);
    let (department, job) = (draw(&script.departments)?, draw(&script.jobs)?);
    let halves = |text: &'_ str| text.split_once(' ').map(|(zh, en)| (zh.to_owned(), en.to_owned()));
    let (surname, surname_en) = halves(&surname).ok_or_else(|| unknown("surname", &surname))?;
    let (given, given_en) = halves(&given).ok_or_else(|| unknown("given name", &given))?;
    let number = 1001 + place;
    Ok(NewPerson {
        name: Bilingual::new(format!("{surname}{given}"), format!("{surname_en} {given_en}")),
        employee_number: format!("XH{number}"),
        email: format!("{}.{}{number}@xinghe.example", given_en.to_lowercase(), surname_en.to_lowercase()),
        mobile: format!("+8613{:09}", 900_000_000 + place),
        department: cast.department(&department)?,
        job_title: cast.job(&job)?,
        hired: true,
        administrator: false,
    })
}
