//! Parameters of a request under the gateway's field rules: violations are collected for 99992402
//! (protocol.md#gateway-errors, protocol.md#operation-checks).

use std::cell::RefCell;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::sim::world::{DepartmentIdType, Refusal, UserIdType, Violation};

/// The broken rules of one request.
#[derive(Debug, Default)]
struct Violations(RefCell<Vec<Violation>>);

impl Violations {
    fn add(&self, field: &str, value: impl Into<String>, description: impl Into<String>) {
        let field = field.to_owned().into();
        self.0.borrow_mut().push(Violation { field, value: value.into(), description: description.into().into() });
    }

    fn check(&self) -> Result<(), Refusal> {
        let violations = self.0.take();
        if violations.is_empty() {
            return Ok(());
        }
        Err(Refusal { violations, ..Refusal::new(400, 99_992_402, "field validation failed") })
    }
}

/// The query of a request.
#[derive(Debug)]
pub(super) struct QueryFields {
    pairs: Vec<(String, String)>,
    broken: Violations,
}

impl QueryFields {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, broken: Violations::default() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a repeated parameter.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn required(&self, name: &str) -> String {
        let value = self.get(name).unwrap_or_default();
        if value.is_empty() {
            self.broken.add(name, "", format!("{name} is required"));
        }
        value.to_owned()
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    /// A number, where one is sent.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let text = self.get(name).filter(|text| !text.is_empty())?;
        self.parse(name, text)
    }

    pub(super) fn numbers(&self, name: &str) -> Vec<i64> {
        self.all(name).filter_map(|text| self.parse(name, text)).collect()
    }

    fn parse<T: FromStr>(&self, name: &str, text: &str) -> Option<T> {
        let number = text.parse().ok();
        if number.is_none() {
            self.broken.add(name, text, "the value is not an integer");
        }
        number
    }

    /// `page_size`: required, 1 to 100.
    pub(super) fn page_size(&self) -> usize {
        let text = self.required("page_size");
        if text.is_empty() {
            return 0;
        }
        match self.parse::<i64>("page_size", &text) {
            Some(size @ 1..=100) => usize::try_from(size).unwrap_or_default(),
            Some(size) => {
                self.broken.add(
                    "page_size",
                    text,
                    if size > 100 { "the max value is 100" } else { "the min value is 1" },
                );
                0
            }
            None => 0,
        }
    }

    pub(super) fn user_id_type(&self, default: UserIdType) -> UserIdType {
        match self.get("user_id_type").unwrap_or_default() {
            "" => default,
            "open_id" => UserIdType::OpenId,
            "union_id" => UserIdType::UnionId,
            "user_id" => UserIdType::UserId,
            "people_corehr_id" => UserIdType::PeopleCorehrId,
            other => {
                let options = "the value must be one of open_id, union_id, user_id, people_corehr_id";
                self.broken.add("user_id_type", other, options);
                default
            }
        }
    }

    pub(super) fn department_id_type(&self, default: DepartmentIdType) -> DepartmentIdType {
        match self.get("department_id_type").unwrap_or_default() {
            "" => default,
            "open_department_id" => DepartmentIdType::OpenDepartmentId,
            "department_id" => DepartmentIdType::DepartmentId,
            "people_corehr_department_id" => DepartmentIdType::PeopleCorehrDepartmentId,
            other => {
                let options = "the value must be one of open_department_id, department_id, people_corehr_department_id";
                self.broken.add("department_id_type", other, options);
                default
            }
        }
    }

    /// # Errors
    /// 99992402 with everything that was broken.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.broken.check()
    }
}

/// The JSON body of a request.
#[derive(Debug)]
pub(super) struct BodyFields {
    members: Map<String, Value>,
    broken: Violations,
}

impl BodyFields {
    /// # Errors
    /// 9499 when it is no JSON object.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Self { members, broken: Violations::default() }),
            _ => Err(Refusal::new(400, 9499, "Bad Request")),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    fn wrong_type(&self, name: &str, value: &Value, wanted: &str) {
        self.broken.add(name, value.to_string(), format!("the value is not {wanted}"));
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        if !value.is_string() {
            self.wrong_type(name, value, "a string");
        }
        value.as_str().map(str::to_owned)
    }

    /// A text of at most `max` characters, `""` when absent.
    pub(super) fn text_up_to(&self, name: &str, max: usize) -> String {
        let text = self.text(name).unwrap_or_default();
        if text.chars().count() > max {
            self.broken.add(name, text.as_str(), format!("the length must be between 0 and {max}"));
        }
        text
    }

    pub(super) fn required_text(&self, name: &str) -> String {
        let text = self.text(name);
        if self.get(name).is_none() || text.as_deref() == Some("") {
            self.missing(name);
        }
        text.unwrap_or_default()
    }

    fn missing(&self, name: &str) {
        self.broken.add(name, "", format!("{name} is required"));
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        let Some(value) = self.get(name) else { return false };
        if !value.is_boolean() {
            self.wrong_type(name, value, "a boolean");
        }
        value.as_bool().unwrap_or_default()
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        let value = self.get(name)?;
        if !value.is_i64() {
            self.wrong_type(name, value, "an integer");
        }
        value.as_i64()
    }

    /// A number that has to be there; `0` stands in for it until [`Self::check`] refuses.
    pub(super) fn required_number(&self, name: &str) -> i64 {
        if self.get(name).is_none() {
            self.missing(name);
        }
        self.number(name).unwrap_or_default()
    }

    /// One of `options` by number.
    pub(super) fn choice<T: Copy>(&self, name: &str, number: i64, options: &[(i64, T)]) -> Option<T> {
        let choice = options.iter().find(|(option, _)| *option == number).map(|(_, choice)| *choice);
        if choice.is_none() {
            let known: Vec<_> = options.iter().map(|(option, _)| option.to_string()).collect();
            self.broken.add(name, number.to_string(), format!("the value must be one of {}", known.join(", ")));
        }
        choice
    }

    /// An array, with its allowed length.
    pub(super) fn array(&self, name: &str, min: usize, max: usize) -> Vec<Value> {
        let Some(value) = self.get(name) else {
            if min > 0 {
                self.missing(name);
            }
            return Vec::new();
        };
        let Some(values) = value.as_array() else {
            self.wrong_type(name, value, "an array");
            return Vec::new();
        };
        if !(min..=max).contains(&values.len()) {
            self.broken.add(name, values.len().to_string(), format!("the length must be between {min} and {max}"));
        }
        values.clone()
    }

    pub(super) fn texts(&self, name: &str, min: usize, max: usize) -> Vec<String> {
        let values = self.array(name, min, max);
        if let Some(wrong) = values.iter().find(|value| !value.is_string()) {
            self.wrong_type(name, wrong, "a string");
        }
        values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// # Errors
    /// 99992402 with everything that was broken.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        self.broken.check()
    }
}
