//! Days whose platform answers are bytes for the real reading code, with some members in undocumented shapes. The truth
//! beside each is made without that code, so that a misreading cannot hide.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use shenpi::domain::{Form, Process, ProcessId, Shown};
use shenpi::feishu::{parse, read_form, read_process};
use shenpi::sim::http::{form_data, process_data};
use shenpi::sim::world::{ProcessKey, World};

use super::content::is_same;
use super::fixture::AMOUNT;
use super::platform::Version;

/// One day in so many is read out of bytes.
pub const EVERY: u64 = 20;

/// Answers given to the program, each with the truth behind it.
#[derive(Default)]
pub struct Readings {
    processes: Vec<(Arc<Process>, Shown)>,
    forms: Vec<(Arc<Form>, Shown)>,
}

/// The answers about a process and its form as bytes; empty where there is no form. `number` chooses the shapes; they
/// stay the same for one process.
pub fn answers(world: &World, key: ProcessKey, number: u64) -> (Vec<u8>, Vec<u8>) {
    let mut detail = process_data(world, key);
    distort_detail(&mut detail, number);
    let form = form_data(world, key).map(|mut form| {
        distort_form(&mut form, number / 7);
        bytes(&form)
    });
    (bytes(&detail), form.unwrap_or_default())
}

/// The content of a process as the client reads it out of these answers.
pub fn read(id: &ProcessId, process: &[u8], form: &[u8]) -> Shown {
    let data = |answer: &[u8]| parse(answer).expect("what the platform sends can be parsed")["data"].take();
    let form = (!form.is_empty()).then(|| Arc::new(read_form(id, &data(form))));
    Shown { process: Arc::new(read_process(id, &data(process))), form }
}

/// Half an emoji in every comment: legal bytes, no legal text.
fn bytes(data: &Json) -> Vec<u8> {
    let data = data.to_string().replace("请看第", "请看\\ud83d第");
    format!(r#"{{"code":0,"msg":"","data":{data}}}"#).into_bytes()
}

fn distort_detail(detail: &mut Json, number: u64) {
    for line in detail["abstracts"].as_array_mut().into_iter().flatten() {
        let text = line["value"]["zh_cn"].clone();
        line["value"] = match number % 6 {
            0 => json!({ "ja_jp": text }),
            // The words that are shown stay; only what stands beside them changes.
            1 | 4 => json!({"zh_cn": "见说明", "en_us": "see note", "ja_jp": text}),
            2 => json!([text]),
            3 => json!({"zh_cn": {"value": text}}),
            _ => continue,
        };
    }
    for comment in detail["comment_infos"].as_array_mut().into_iter().flatten() {
        let text = comment["comment_msg"].clone();
        match number % 5 {
            0 => comment["comment_msg"] = json!({ "text": text }),
            1 => comment["comment_msg"] = json!([{"tag": "text", "text": text}]),
            _ => {}
        }
    }
    for todo in detail["todos"].as_array_mut().into_iter().flatten() {
        let name = todo["node_name"].clone();
        if number.is_multiple_of(4) {
            todo["node_name"] = json!([name]);
        }
    }
}

fn distort_form(form: &mut Json, number: u64) {
    for variable in form["field_variable_values"].as_array_mut().into_iter().flatten() {
        if variable["variable_api_name"] != AMOUNT {
            continue;
        }
        let digits = variable["variable_value"]["number_value"].clone();
        variable["variable_value"] = match number % 8 {
            0 => json!({"number_value": {"value": digits}}),
            1 => json!({"number_value": [digits]}),
            2 => json!({ "money_value": digits }),
            3 => json!({"list_values": [{"number_value": digits}]}),
            4 => json!({"number_value": digits, "text_value": "", "bool_value": false,
                "file_value": {"open_file_id": "", "file_name": "", "length": 0, "mime_type": ""}}),
            // Beyond the part of a raw value that is shown.
            5 => json!({"text_value": {"a": "x".repeat(3_000), "b": digits}}),
            _ => continue,
        };
    }
}

impl Readings {
    /// The program has taken these over from an answer that showed this version.
    pub fn note(&mut self, process: Option<&Arc<Process>>, form: Option<&Arc<Form>>, truth: &Shown) {
        if let Some(process) =
            process.filter(|process| self.processes.iter().all(|(old, _)| !Arc::ptr_eq(old, process)))
        {
            self.processes.push((Arc::clone(process), truth.clone()));
        }
        if let Some(form) = form.filter(|form| self.forms.iter().all(|(old, _)| !Arc::ptr_eq(old, form))) {
            self.forms.push((Arc::clone(form), truth.clone()));
        }
    }

    /// The truth behind the content on screen. `None`: it was not read from bytes.
    pub fn truth(&self, content: &Shown) -> Option<Shown> {
        let process = self.processes.iter().find(|(read, _)| Arc::ptr_eq(read, &content.process))?.1.process.clone();
        let form = match &content.form {
            None => None,
            Some(form) => self.forms.iter().find(|(read, _)| Arc::ptr_eq(read, form))?.1.form.clone(),
        };
        Some(Shown { process, form })
    }
}

/// Whether this version equals the content on screen, by the program's reading and by the truth.
pub fn is_version(content: &Shown, truth: Option<&Shown>, version: &Version) -> bool {
    is_same(content, &version.content) && truth.is_none_or(|truth| is_same(truth, &version.truth))
}
