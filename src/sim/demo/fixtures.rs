//! People and things in the requests: the keys of the assets with their counterparts in the world.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::domain::Lang;
use crate::sim::world::{
    Bilingual, Business, DepartmentKey, FieldKind, Flow, FlowKey, FormValue, NewPerson, Node, NodeKind, PersonKey,
    Rule, World,
};

use super::schema::{BilingualWords, FieldScript, FlowScript, NodeName, NodeScript, OrganisationFile, Vocabulary};

/// The assets contradict themselves. They are part of the program, so a test meets this before anybody else does.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct FixtureError(pub(super) String);

pub(super) fn unknown(what: &str, key: &str) -> FixtureError {
    FixtureError(format!("no {what} is called {key:?}"))
}

/// All things that a request can name.
#[derive(Debug)]
pub(super) struct Fixtures {
    /// Of running text.
    pub(super) lang: Lang,
    pub(super) operator: PersonKey,
    people: HashMap<String, PersonKey>,
    departments: HashMap<String, DepartmentKey>,
    options: HashMap<String, HashMap<String, FormValue>>,
    objects: HashMap<String, HashMap<String, FormValue>>,
    jobs: BTreeMap<String, BilingualWords>,
    flows: HashMap<String, FlowFixture>,
}

/// A flow with the needs of its requests.
#[derive(Debug)]
pub(super) struct FlowFixture {
    pub(super) key: FlowKey,
    pub(super) nodes: Vec<Assignment>,
    pub(super) fields: Vec<FieldFixture>,
    /// Summary lines: name and pattern.
    pub(super) lines: Vec<(Bilingual, Bilingual)>,
}

/// Who acts in a node unless a case says otherwise.
#[derive(Debug)]
pub(super) struct Assignment {
    pub(super) key: String,
    pub(super) people: Vec<String>,
}

/// A variable of a form, or a member of a record.
#[derive(Debug)]
pub(super) struct FieldFixture {
    pub(super) name: Arc<str>,
    pub(super) label: Bilingual,
    pub(super) kind: FieldFixtureKind,
}

/// How a given value is read.
#[derive(Debug)]
pub(super) enum FieldFixtureKind {
    Plain(FieldKind),
    /// Of this option set.
    Enum(String),
    /// Of this kind of master data.
    Object(String),
    List(Box<FieldFixtureKind>),
    Record(Vec<FieldFixture>),
    Table(Vec<FieldFixture>),
    /// Wire JSON.
    Raw,
}

impl Fixtures {
    /// Brings departments, people, vocabulary and flows into the world.
    pub(super) fn settle(
        lang: Lang,
        organisation: &OrganisationFile,
        vocabulary: Vocabulary,
        flows: &[FlowScript],
        world: &mut World,
    ) -> Result<Self, FixtureError> {
        let departments = add_departments(organisation, world)?;
        let jobs = vocabulary.objects.get("job").ok_or_else(|| unknown("object kind", "job"))?.clone();
        let mut people = HashMap::new();
        for person in &organisation.person {
            let profile = NewPerson {
                name: person.name.0.clone(),
                employee_number: person.number.clone(),
                email: person.mail.clone(),
                mobile: format!("+8613{:09}", 800_000_000 + people.len()),
                department: *departments
                    .get(&person.department)
                    .ok_or_else(|| unknown("department", &person.department))?,
                job_title: jobs.get(&person.job).ok_or_else(|| unknown("job", &person.job))?.0.clone(),
                hired: true,
                administrator: person.key == organisation.operator || person.department == "people",
            };
            people.insert(person.key.clone(), world.add_person(profile));
        }
        let operator = *people.get(&organisation.operator).ok_or_else(|| unknown("person", &organisation.operator))?;
        let mut options: HashMap<String, HashMap<String, FormValue>> = HashMap::new();
        for (set, items) in vocabulary.options {
            let values = options.entry(set.clone()).or_default();
            for (id, words) in items {
                values.insert(id.clone(), world.add_enum_item(set.as_str(), id, words.0));
            }
        }
        let mut objects: HashMap<String, HashMap<String, FormValue>> = HashMap::new();
        for (kind, items) in vocabulary.objects {
            let values = objects.entry(kind.clone()).or_default();
            for (key, words) in items {
                values.insert(key, world.add_object(kind.as_str(), words.0));
            }
        }
        let flows = flows.iter().map(|flow| Ok((flow.key.clone(), add_flow(flow, world)?)));
        let flows = flows.collect::<Result<_, FixtureError>>()?;
        Ok(Self { lang, operator, people, departments, options, objects, jobs, flows })
    }

    pub(super) fn person(&self, key: &str) -> Result<PersonKey, FixtureError> {
        if key == "operator" {
            return Ok(self.operator);
        }
        self.people.get(key).copied().ok_or_else(|| unknown("person", key))
    }

    pub(super) fn department(&self, key: &str) -> Result<DepartmentKey, FixtureError> {
        self.departments.get(key).copied().ok_or_else(|| unknown("department", key))
    }

    pub(super) fn option(&self, set: &str, id: &str) -> Result<FormValue, FixtureError> {
        self.options.get(set).and_then(|items| items.get(id)).cloned().ok_or_else(|| unknown(set, id))
    }

    pub(super) fn object(&self, kind: &str, key: &str) -> Result<FormValue, FixtureError> {
        self.objects.get(kind).and_then(|items| items.get(key)).cloned().ok_or_else(|| unknown(kind, key))
    }

    pub(super) fn job(&self, key: &str) -> Result<Bilingual, FixtureError> {
        self.jobs.get(key).map(|words| words.0.clone()).ok_or_else(|| unknown("job", key))
    }

    pub(super) fn part(&self, flow: &str) -> Result<&FlowFixture, FixtureError> {
        self.flows.get(flow).ok_or_else(|| unknown("flow", flow))
    }
}

fn add_departments(
    organisation: &OrganisationFile,
    world: &mut World,
) -> Result<HashMap<String, DepartmentKey>, FixtureError> {
    let mut departments = HashMap::new();
    for department in &organisation.department {
        let parent = department
            .part_of
            .as_ref()
            .map(|parent| departments.get(parent).copied().ok_or_else(|| unknown("department", parent)));
        let key = world.add_department(department.name.0.clone(), department.code.as_str(), parent.transpose()?);
        departments.insert(department.key.clone(), key);
    }
    Ok(departments)
}

fn add_flow(script: &FlowScript, world: &mut World) -> Result<FlowFixture, FixtureError> {
    let key = world.add_flow(Flow {
        business: Business {
            template_id: script.template.as_str().into(),
            biz_type: script.biz_type.as_str().into(),
            name: script.business.0.clone(),
            hiring: script.hiring,
        },
        definition_id: script.definition.as_str().into(),
        name: script.name.0.clone(),
        nodes: script.nodes.iter().map(node).collect(),
        old: script.old,
    });
    let places = script.nodes.iter().map(|node| Assignment { key: node.key.clone(), people: node.people.clone() });
    let lines = script.lines.iter().map(|(name, pattern)| {
        let pattern = BilingualWords::parse(pattern).map_or_else(|| Bilingual::same(pattern.as_str()), |words| words.0);
        (name.0.clone(), pattern)
    });
    Ok(FlowFixture { key, nodes: places.collect(), fields: fields(&script.fields)?, lines: lines.collect() })
}

fn node(script: &NodeScript) -> Node {
    let kind = match script.kind {
        NodeName::Any => NodeKind::Approval(Rule::Any),
        NodeName::All => NodeKind::Approval(Rule::All),
        NodeName::Form => {
            NodeKind::Form { mandatory: script.mandatory.iter().map(|name| name.as_str().into()).collect() }
        }
        NodeName::Copy => NodeKind::Copy,
        NodeName::Signature => NodeKind::Signature,
    };
    Node { add_sign: script.add_sign, ..Node::new(script.name.0.clone(), kind) }
}

fn fields(scripts: &[FieldScript]) -> Result<Vec<FieldFixture>, FixtureError> {
    let field = |script: &FieldScript| {
        Ok(FieldFixture {
            name: script.name.as_str().into(),
            label: script.label.as_ref().map(|words| words.0.clone()).unwrap_or_default(),
            kind: kind(&script.kind, &script.fields)?,
        })
    };
    scripts.iter().map(field).collect()
}

fn kind(text: &str, members: &[FieldScript]) -> Result<FieldFixtureKind, FixtureError> {
    Ok(match text.split_once(' ').unwrap_or((text, "")) {
        ("enum", set) => FieldFixtureKind::Enum(set.to_owned()),
        ("object", kind) => FieldFixtureKind::Object(kind.to_owned()),
        ("list", entries) => FieldFixtureKind::List(Box::new(kind(entries, members)?)),
        ("record", _) => FieldFixtureKind::Record(fields(members)?),
        ("table", _) => FieldFixtureKind::Table(fields(members)?),
        ("raw", _) => FieldFixtureKind::Raw,
        (plain, _) => FieldFixtureKind::Plain(match plain {
            "text" => FieldKind::Text,
            "bool" => FieldKind::Bool,
            "number" => FieldKind::Number,
            "date" => FieldKind::Date,
            "date_time" => FieldKind::DateTime,
            "i18n" => FieldKind::I18n,
            "user" => FieldKind::User,
            "employment" => FieldKind::Employment,
            "department" => FieldKind::Department,
            "file" => FieldKind::File,
            _ => return Err(unknown("kind of value", plain)),
        }),
    })
}

impl FieldFixtureKind {
    /// The kind that may be written to this field.
    pub(super) const fn writable(&self) -> FieldKind {
        match self {
            Self::Plain(kind) => *kind,
            Self::Enum(_) => FieldKind::Enum,
            Self::Object(_) => FieldKind::Object,
            Self::List(_) | Self::Table(_) => FieldKind::List,
            Self::Record(_) => FieldKind::Record,
            Self::Raw => FieldKind::Other,
        }
    }
}
