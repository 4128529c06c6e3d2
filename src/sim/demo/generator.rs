//! Larger queues: people and cases made from templates, varied by one seed.

use std::collections::HashSet;

use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use crate::domain::Millis;
use crate::sim::world::{
    Bilingual, ExternalAction, FlowKey, FormValue, NewPerson, NewProcess, PersonKey, ProcessKey, Purpose, World,
};

use super::calendar::Calendar;
use super::case_builder;
use super::fixtures::{FixtureError, Fixtures, unknown};
use super::form_content::{self, Choice, Context};
use super::schema::{self, Given, Template};

const MINUTE: i64 = 60_000;
/// The shortest that a task of a template has waited, in minutes, and how often that doubles: to eight days and a half.
const SHORTEST_WAIT: i64 = 3;
const DOUBLINGS: u32 = 12;
/// How many generated tasks one generated person begins, on average.
const TASKS_PER_PERSON: usize = 6;
const MOST_PEOPLE: usize = 1_200;
/// Attempts to draw people that suit a template.
const DRAWS: usize = 12;

/// Templates and the people who start their requests.
#[derive(Debug)]
pub(super) struct Generator {
    script: schema::GeneratorScript,
    weights: u32,
    /// The operator's department without the operator.
    initiators: Vec<PersonKey>,
    /// People whom a request of this flow concerns already, where that happens to a person only once.
    subjects: HashSet<(FlowKey, PersonKey)>,
}

impl Generator {
    /// Brings as many more people into the world as `tasks` generated tasks deserve.
    pub(super) fn gather(
        script: schema::GeneratorScript,
        cast: &Fixtures,
        tasks: usize,
        world: &mut World,
        random: &mut SmallRng,
    ) -> Result<Self, FixtureError> {
        for place in 0..(tasks / TASKS_PER_PERSON).min(MOST_PEOPLE) {
            let profile = newcomer(&script, cast, place, random)?;
            world.add_person(profile);
        }
        let home = world.person(cast.operator).profile.department;
        let belongs = |person: &PersonKey| {
            let department = world.person(*person).profile.department;
            std::iter::successors(Some(department), |key| world.department(*key).parent).any(|key| key == home)
        };
        let initiators = world.person_keys().filter(|person| *person != cast.operator && belongs(person)).collect();
        let weights = script.template.iter().map(|template| template.weight).sum();
        let subjects = world.process_keys().flat_map(|key| {
            let process = world.process(key);
            process.form.iter().filter_map(|field| match field.value {
                FormValue::Employment(person) => Some((process.flow, person)),
                _ => None,
            })
        });
        Ok(Self { script, weights, initiators, subjects: subjects.collect() })
    }

    /// A comment: mostly by the initiator, otherwise by a colleague.
    pub(super) fn remark(
        &self,
        cast: &Fixtures,
        initiator: Option<PersonKey>,
        random: &mut SmallRng,
    ) -> Result<ExternalAction, FixtureError> {
        let initiator = initiator.filter(|person| *person != cast.operator && random.random_ratio(3, 5));
        let (list, by) = match initiator {
            Some(person) => ("from_initiator", person),
            None => ("from_colleague", anybody(&self.initiators, random)?),
        };
        let message = self.script.sentences.get(list).and_then(|sentences| sentences.choose(random));
        let message = message.cloned().ok_or_else(|| unknown("list of sentences", list))?;
        let mentions = if random.random_ratio(1, 3) { vec![cast.operator] } else { Vec::new() };
        Ok(ExternalAction::Comment { by, message, mentions, files: 0, images: u32::from(random.random_ratio(1, 5)) })
    }

    /// A task that has waited for the operator between minutes and more than eight days.
    pub(super) fn waiting_case(
        &mut self,
        cast: &Fixtures,
        now: Millis,
        world: &mut World,
        random: &mut SmallRng,
    ) -> Result<ProcessKey, FixtureError> {
        let at_least = (SHORTEST_WAIT * MINUTE) << random.random_range(0..DOUBLINGS);
        let waited = at_least + random.random_range(0..at_least);
        let key = self.case(cast, Millis(now.0 - waited), world, random)?;
        if random.random_ratio(1, 4) {
            let at = Millis(now.0 - random.random_range(0..waited));
            let comment = self.remark(cast, world.process(key).initiator, random)?;
            world.play(key, comment, at).map_err(|refusal| FixtureError(format!("{refusal:?}")))?;
        }
        Ok(key)
    }

    /// A case that reaches the operator at `arrives`.
    pub(super) fn case(
        &mut self,
        cast: &Fixtures,
        arrives: Millis,
        world: &mut World,
        random: &mut SmallRng,
    ) -> Result<ProcessKey, FixtureError> {
        let mut template = draw_template(&self.script, self.weights, random)?;
        let mut roles = self.roles(template, cast, random)?;
        if roles.is_none() {
            // Everybody has had one of these: then it is the most ordinary case of all.
            template = self.script.template.first().ok_or_else(|| unknown("template", "first"))?;
            roles = self.roles(template, cast, random)?;
        }
        let (by, colleague) = roles.ok_or_else(|| unknown("people for", &template.flow))?;
        let part = cast.part(&template.flow)?;
        if template.once {
            self.subjects.insert((part.key, template.subject(by, colleague)));
        }
        let steps = i64::try_from(template.before.len()).unwrap_or(0);
        let pace = random.random_range(7..200) * MINUTE + random.random_range(0..MINUTE);
        let began = Millis(arrives.0 - steps * pace);
        let choice = Choice { colleague, salt: random.random(), sentences: &self.script.sentences };
        let calendar = Calendar::new(began, began, random.random_range(1..=20));
        let context = Context { cast, calendar, by, choice: Some(choice) };
        let form = context.form(part, &template.form, world)?;
        let new = NewProcess {
            flow: part.key,
            initiator: by,
            assigned: case_builder::assigned(part, &template.people, &context)?,
            abstracts: form_content::abstracts(part, &form, world),
            form,
            purpose: Purpose::Normal,
        };
        let key = world.start(new, began);
        for (name, step) in template.before.iter().zip(1..) {
            let approve = ExternalAction::Approve { by: context.person(name)?, opinion: "同意".to_owned() };
            let at = Millis(began.0 + step * pace);
            world.play(key, approve, at).map_err(|refusal| FixtureError(format!("{}: {refusal:?}", template.flow)))?;
        }
        Ok(key)
    }

    /// The initiator of a request of this template and the colleague in it: two people, neither of whom decides it
    /// before the operator. `None` when the draws find no such people.
    fn roles(
        &self,
        template: &Template,
        cast: &Fixtures,
        random: &mut SmallRng,
    ) -> Result<Option<(Option<PersonKey>, PersonKey)>, FixtureError> {
        let flow = cast.part(&template.flow)?.key;
        for _ in 0..DRAWS {
            let by = match template.by.as_slice() {
                _ if template.system => None,
                [] => Some(anybody(&self.initiators, random)?),
                names => Some(cast.person(names.choose(random).map(String::as_str).unwrap_or_default())?),
            };
            let colleague = anybody(&self.initiators, random)?;
            let decides = template.before.iter().filter_map(|name| cast.person(name).ok());
            let decides = decides.collect::<Vec<_>>();
            let apart =
                by != Some(colleague) && !decides.contains(&colleague) && by.is_none_or(|by| !decides.contains(&by));
            let known = template.once && self.subjects.contains(&(flow, template.subject(by, colleague)));
            if apart && !known {
                return Ok(Some((by, colleague)));
            }
        }
        Ok(None)
    }
}

fn anybody(initiators: &[PersonKey], random: &mut SmallRng) -> Result<PersonKey, FixtureError> {
    initiators.choose(random).copied().ok_or_else(|| unknown("initiator", "?"))
}

fn draw_template<'a>(
    script: &'a schema::GeneratorScript,
    weights: u32,
    random: &mut SmallRng,
) -> Result<&'a Template, FixtureError> {
    let mut draw = random.random_range(0..weights.max(1));
    let drawn = script.template.iter().find(|template| {
        let hit = draw < template.weight;
        draw = draw.saturating_sub(template.weight);
        hit
    });
    drawn.ok_or_else(|| unknown("template", "any"))
}

impl Template {
    /// The person that the request concerns.
    fn subject(&self, by: Option<PersonKey>, colleague: PersonKey) -> PersonKey {
        match self.form.get("employment") {
            Some(Given::Text(text)) if text == "?by" => by.unwrap_or(colleague),
            _ => colleague,
        }
    }
}

fn newcomer(
    script: &schema::GeneratorScript,
    cast: &Fixtures,
    place: usize,
    random: &mut SmallRng,
) -> Result<NewPerson, FixtureError> {
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
