//! Content of a request: form values read from the assets, and the summary lines made of them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::sim::world::{Bilingual, FieldKind, FormField, FormValue, PersonKey, World};

use super::calendar::{self, Calendar};
use super::fixtures::{FieldFixture, FieldFixtureKind, FixtureError, Fixtures, FlowFixture, unknown};
use super::schema::{BilingualWords, Given};

/// Meaning of the placeholders of one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    pub(super) cast: &'a Fixtures,
    pub(super) calendar: Calendar,
    /// `?by`
    pub(super) by: Option<PersonKey>,
    /// Set for cases that come from a template.
    pub(super) choice: Option<Choice<'a>>,
}

/// The draws of one case from a template.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice<'a> {
    /// `?`
    pub(super) colleague: PersonKey,
    pub(super) salt: u64,
    pub(super) sentences: &'a BTreeMap<String, Vec<String>>,
}

impl<'a> Context<'a> {
    /// Settles `~a~b` and `@list`. The same alternatives give the same choice within one case, so that two fields agree.
    fn settle(&self, text: &'a str) -> Result<Cow<'a, str>, FixtureError> {
        let Some(choice) = &self.choice else { return Ok(text.into()) };
        if let Some(list) = text.strip_prefix('@') {
            let sentences = choice.sentences.get(list).ok_or_else(|| unknown("list of sentences", list))?;
            return choice
                .of(list, sentences.len())
                .and_then(|place| sentences.get(place))
                .map_or_else(|| Err(unknown("sentence", list)), |sentence| Ok(sentence.as_str().into()));
        }
        let Some((before, alternatives)) = text.split_once('~') else { return Ok(text.into()) };
        let picked = choice.of(alternatives, alternatives.split('~').count());
        let picked = picked.and_then(|place| alternatives.split('~').nth(place)).unwrap_or_default();
        Ok(if before.is_empty() { picked.into() } else { format!("{before}{picked}").into() })
    }

    pub(super) fn person(&self, name: &str) -> Result<PersonKey, FixtureError> {
        match (name, self.choice) {
            ("?", Some(choice)) => Ok(choice.colleague),
            ("?by", _) => self.by.ok_or_else(|| unknown("initiator", name)),
            _ => self.cast.person(name),
        }
    }

    /// Running text, with the days in it put into words.
    pub(super) fn words(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let day = after.split_once('}').and_then(|(name, rest)| Some((self.calendar.day(name)?, rest)));
            out.push_str(before);
            if let Some((day, behind)) = day {
                out.push_str(&calendar::in_words(day, self.cast.lang));
                rest = behind;
            } else {
                out.push('{');
                rest = after;
            }
        }
        out.push_str(rest);
        out
    }

    /// The whole form: every field of the flow, filled or not.
    pub(super) fn form(
        &self,
        part: &FlowFixture,
        given: &'a BTreeMap<String, Given>,
        world: &mut World,
    ) -> Result<Vec<FormField>, FixtureError> {
        if let Some(stray) = given.keys().find(|name| !part.fields.iter().any(|field| *field.name == ***name)) {
            return Err(unknown("field", stray));
        }
        let read = |field: &FieldFixture| {
            let value = match given.get(&*field.name) {
                Some(given) => self.value(&field.kind, given, world)?,
                None => FormValue::Empty,
            };
            let (api_name, name) = (field.name.clone(), field.label.clone());
            Ok(FormField { api_name, name, kind: field.kind.writable(), value })
        };
        part.fields.iter().map(read).collect()
    }

    fn value(&self, kind: &FieldFixtureKind, given: &'a Given, world: &mut World) -> Result<FormValue, FixtureError> {
        Ok(match (kind, given) {
            (FieldFixtureKind::Record(fields), Given::Record(members)) => {
                FormValue::Record(self.members(fields, members, world)?)
            }
            (FieldFixtureKind::Table(fields), Given::List(rows)) => {
                let mut list = Vec::with_capacity(rows.len());
                for row in rows {
                    let Given::Record(members) = row else { return Err(mismatch(kind, row)) };
                    list.push(FormValue::Record(self.members(fields, members, world)?));
                }
                FormValue::List(list)
            }
            (FieldFixtureKind::List(kind), Given::List(entries)) => {
                FormValue::List(entries.iter().map(|entry| self.value(kind, entry, world)).collect::<Result<_, _>>()?)
            }
            (FieldFixtureKind::Plain(FieldKind::Bool), Given::Flag(flag)) => FormValue::Bool(*flag),
            (FieldFixtureKind::Raw, Given::Record(members)) => raw(members)?,
            (
                FieldFixtureKind::Plain(_) | FieldFixtureKind::Enum(_) | FieldFixtureKind::Object(_),
                Given::Text(text),
            ) => {
                let text = self.settle(text)?;
                if text.is_empty() { FormValue::Empty } else { self.scalar(kind, &text, world)? }
            }
            _ => return Err(mismatch(kind, given)),
        })
    }

    fn members(
        &self,
        fields: &[FieldFixture],
        given: &'a BTreeMap<String, Given>,
        world: &mut World,
    ) -> Result<Vec<(Arc<str>, FormValue)>, FixtureError> {
        if let Some(stray) = given.keys().find(|name| !fields.iter().any(|field| *field.name == ***name)) {
            return Err(unknown("member", stray));
        }
        let present = fields.iter().filter_map(|field| Some((field, given.get(&*field.name)?)));
        present.map(|(field, given)| Ok((field.name.clone(), self.value(&field.kind, given, world)?))).collect()
    }

    fn scalar(&self, kind: &FieldFixtureKind, text: &str, world: &mut World) -> Result<FormValue, FixtureError> {
        let no_day = || unknown("day", text);
        Ok(match kind {
            FieldFixtureKind::Enum(set) => self.cast.option(set, text)?,
            FieldFixtureKind::Object(kind) => self.cast.object(kind, text)?,
            FieldFixtureKind::Plain(plain) => match plain {
                FieldKind::Text => FormValue::Text(self.words(text).into()),
                FieldKind::Number => FormValue::Number(text.into()),
                FieldKind::Date => FormValue::Date(self.calendar.day(text).ok_or_else(no_day)?),
                FieldKind::DateTime => {
                    FormValue::DateTime { at: self.calendar.moment(text).ok_or_else(no_day)?, zone: "+08:00".into() }
                }
                FieldKind::I18n => {
                    FormValue::I18n(BilingualWords::parse(text).ok_or_else(|| unknown("language", text))?.0)
                }
                FieldKind::User => FormValue::User(self.person(text)?),
                FieldKind::Employment => FormValue::Employment(self.person(text)?),
                FieldKind::Department => FormValue::Department(self.cast.department(text)?),
                FieldKind::File => {
                    let (name, length) = text.rsplit_once(' ').ok_or_else(|| unknown("file", text))?;
                    let length = length.parse().map_err(|_| unknown("length", length))?;
                    world.add_file(name, length, mime_type(name))
                }
                _ => return Err(FixtureError(format!("{kind:?} is no scalar: {text}"))),
            },
            _ => return Err(FixtureError(format!("{kind:?} is no scalar: {text}"))),
        })
    }
}

impl Choice<'_> {
    fn of(&self, alternatives: &str, count: usize) -> Option<usize> {
        // FNV-1a, because the standard hasher may change between releases and a seed must not.
        let mix = |hash: u64, byte: u64| (hash ^ byte).wrapping_mul(0x0100_0000_01b3);
        let hash = alternatives.bytes().fold(self.salt, |hash, byte| mix(hash, u64::from(byte)));
        usize::try_from(hash >> 33).ok()?.checked_rem(count)
    }
}

fn mismatch(kind: &FieldFixtureKind, given: &Given) -> FixtureError {
    FixtureError(format!("{given:?} is no {kind:?}"))
}

fn raw(members: &BTreeMap<String, Given>) -> Result<FormValue, FixtureError> {
    let json = |name: &str| match members.get(name) {
        Some(Given::Text(text)) => {
            serde_json::from_str(text).map(Some).map_err(|fault| FixtureError(fault.to_string()))
        }
        _ => Ok(None),
    };
    let sub_values = match json("sub")? {
        Some(serde_json::Value::Array(list)) => list,
        _ => Vec::new(),
    };
    let wanted = |name: &'static str| move || unknown("raw value", name);
    Ok(FormValue::Raw {
        v2: json("v2")?.ok_or_else(wanted("v2"))?,
        v2_sub_values: sub_values,
        v1: json("v1")?.ok_or_else(wanted("v1"))?,
    })
}

fn mime_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("pdf") => "application/pdf",
        Some("jpg") => "image/jpeg",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/octet-stream",
    }
}

/// The summary lines of a form.
pub(super) fn abstracts(part: &FlowFixture, form: &[FormField], world: &World) -> Vec<(Bilingual, Bilingual)> {
    let line = |(name, pattern): &(Bilingual, Bilingual)| {
        let zh = fill(&pattern.zh, form, world, |words| &words.zh);
        let en = fill(&pattern.en, form, world, |words| &words.en);
        (name.clone(), Bilingual::new(zh, en))
    };
    part.lines.iter().map(line).collect()
}

/// Puts values of the form into `{name}` and `{name.member}`.
fn fill(pattern: &str, form: &[FormField], world: &World, side: fn(&Bilingual) -> &Arc<str>) -> String {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        out.push_str(before);
        let (field, member) = name.split_once('.').unwrap_or((name, ""));
        let value = form.iter().find(|candidate| *candidate.api_name == *field).map(|field| &field.value);
        let value = match value {
            Some(FormValue::Record(members)) => {
                members.iter().find(|(name, _)| **name == *member).map(|(_, value)| value)
            }
            other => other,
        };
        if let Some(value) = value {
            say(value, world, side, &mut out);
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn say(value: &FormValue, world: &World, side: fn(&Bilingual) -> &Arc<str>, out: &mut String) {
    let either = |words: &Bilingual| {
        let wanted = side(words);
        if !wanted.is_empty() {
            return wanted.clone();
        }
        if words.zh.is_empty() { words.en.clone() } else { words.zh.clone() }
    };
    match value {
        FormValue::Text(text) | FormValue::Number(text) => out.push_str(text),
        FormValue::Enum { label, .. } => out.push_str(side(label)),
        FormValue::Date(days) => out.push_str(&calendar::iso(*days)),
        FormValue::DateTime { at, .. } => out.push_str(&calendar::iso_minute(*at)),
        FormValue::I18n(words) => out.push_str(&either(words)),
        FormValue::Object { kind, id } => {
            if let Some(object) = world.object(kind, id) {
                out.push_str(side(&object.name));
            }
        }
        FormValue::User(person) | FormValue::Employment(person) => {
            out.push_str(side(&world.person(*person).profile.name));
        }
        FormValue::Department(department) => out.push_str(side(&world.department(*department).name)),
        FormValue::Empty
        | FormValue::Bool(_)
        | FormValue::File(_)
        | FormValue::List(_)
        | FormValue::Record(_)
        | FormValue::Raw { .. } => {}
    }
}
