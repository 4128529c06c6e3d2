//! The shape of the files in `assets/demo`: prose and structure as they are written, before anything has an id.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::sim::world::Bilingual;

/// `中文 | English`. Exactly one bar; either side may be left empty on purpose.
#[derive(Clone, Debug)]
pub(super) struct BilingualWords(pub(super) Bilingual);

impl BilingualWords {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (zh, en) = text.split_once('|')?;
        (!en.contains('|')).then(|| Self(Bilingual::new(zh.trim(), en.trim())))
    }
}

impl<'de> Deserialize<'de> for BilingualWords {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(source)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("two languages are written as `中文 | English`"))
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganisationFile {
    pub(super) app_id: String,
    pub(super) operator: String,
    pub(super) company: BilingualWords,
    pub(super) department: Vec<DepartmentScript>,
    pub(super) person: Vec<PersonScript>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DepartmentScript {
    pub(super) key: String,
    pub(super) part_of: Option<String>,
    pub(super) name: BilingualWords,
    pub(super) code: String,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonScript {
    pub(super) key: String,
    pub(super) name: BilingualWords,
    pub(super) number: String,
    pub(super) mail: String,
    pub(super) department: String,
    pub(super) job: String,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vocabulary {
    pub(super) options: BTreeMap<String, BTreeMap<String, BilingualWords>>,
    pub(super) objects: BTreeMap<String, BTreeMap<String, BilingualWords>>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowsFile {
    pub(super) flow: Vec<FlowScript>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FlowScript {
    pub(super) key: String,
    pub(super) template: String,
    pub(super) biz_type: String,
    pub(super) business: BilingualWords,
    pub(super) name: BilingualWords,
    #[serde(default)]
    pub(super) definition: String,
    #[serde(default)]
    pub(super) hiring: bool,
    #[serde(default)]
    pub(super) old: bool,
    pub(super) nodes: Vec<NodeScript>,
    pub(super) fields: Vec<FieldScript>,
    pub(super) lines: Vec<(BilingualWords, String)>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NodeScript {
    pub(super) key: String,
    pub(super) name: BilingualWords,
    pub(super) kind: NodeName,
    pub(super) people: Vec<String>,
    #[serde(default = "yes")]
    pub(super) add_sign: bool,
    #[serde(default)]
    pub(super) mandatory: Vec<String>,
}

const fn yes() -> bool {
    true
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum NodeName {
    Any,
    All,
    Form,
    Copy,
    Signature,
}

/// A variable of a form. Members of records have no label: the interface names only their `api_name`.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldScript {
    pub(super) name: String,
    pub(super) label: Option<BilingualWords>,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) fields: Vec<FieldScript>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CasesFile {
    pub(super) case: Vec<CaseScript>,
}

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CaseScript {
    pub(super) key: String,
    pub(super) flow: String,
    pub(super) by: Option<String>,
    pub(super) ago: String,
    #[serde(default)]
    pub(super) people: BTreeMap<String, Vec<String>>,
    pub(super) corrects: Option<String>,
    pub(super) revokes: Option<String>,
    pub(super) form: BTreeMap<String, Given>,
    #[serde(default)]
    pub(super) steps: Vec<StepScript>,
}

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepScript {
    pub(super) ago: String,
    pub(super) by: Option<String>,
    pub(super) does: Does,
    #[serde(default)]
    pub(super) says: String,
    /// Receiver of a transfer, people of an add-sign, or the node of a rollback.
    #[serde(default)]
    pub(super) to: PeopleScript,
    #[serde(default)]
    pub(super) at: Vec<String>,
    #[serde(default)]
    pub(super) files: u32,
    #[serde(default)]
    pub(super) images: u32,
}

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum PeopleScript {
    One(String),
    Many(Vec<String>),
}

impl Default for PeopleScript {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl PeopleScript {
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Does {
    Approve,
    Reject,
    Comment,
    Transfer,
    AddBefore,
    RollBack,
    Withdraw,
    Revoke,
    /// Revocation that is still going on when the demo starts.
    BeginRevoke,
    SystemApproves,
    SystemFinishes,
    Intervene,
    SignFailed,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeriesScript {
    pub(super) pending: Vec<String>,
    pub(super) contested: String,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GeneratorScript {
    pub(super) surnames: Vec<String>,
    pub(super) given: Vec<String>,
    pub(super) departments: Vec<String>,
    pub(super) jobs: Vec<String>,
    pub(super) sentences: BTreeMap<String, Vec<String>>,
    pub(super) template: Vec<Template>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub(super) flow: String,
    pub(super) weight: u32,
    /// Who may begin it; empty: anybody.
    #[serde(default)]
    pub(super) by: Vec<String>,
    #[serde(default)]
    pub(super) system: bool,
    /// At most once for a person: an employee leaves the company only once.
    #[serde(default)]
    pub(super) once: bool,
    #[serde(default)]
    pub(super) before: Vec<String>,
    #[serde(default)]
    pub(super) people: BTreeMap<String, Vec<String>>,
    pub(super) form: BTreeMap<String, Given>,
}

/// A value as a case gives it; the flow's field says how to read it.
#[derive(Clone, Debug)]
pub(super) enum Given {
    Text(String),
    Flag(bool),
    List(Vec<Given>),
    Record(BTreeMap<String, Given>),
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_any(GivenVisitor)
    }
}

struct GivenVisitor;

impl<'de> Visitor<'de> for GivenVisitor {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, true or false, a list, or a record")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Given, E> {
        Ok(Given::Text(text))
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Given, E> {
        Ok(Given::Flag(flag))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Given, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element()? {
            list.push(entry);
        }
        Ok(Given::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Given, A::Error> {
        let mut record = BTreeMap::new();
        while let Some((key, value)) = entries.next_entry()? {
            record.insert(key, value);
        }
        Ok(Given::Record(record))
    }
}
