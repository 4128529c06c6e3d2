//! The demo organisation on the wire: every kind of value over both form endpoints.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use shenpi::domain::Millis;
use shenpi::sim::demo::organisation;
use shenpi::sim::http::{EventOptions, Handle, RateLimits, ServeOptions, serve};

/// Thursday 2026-03-12, 10:00 in Beijing.
const NOW: Millis = Millis(1_773_280_800_000);

struct Reader {
    http: reqwest::Client,
    server: Handle,
    token: String,
}

impl Reader {
    async fn get(&self, path: &str) -> reqwest::Result<Value> {
        let url = format!("{}/open-apis/corehr/{path}", self.server.base_url());
        self.http.get(url).bearer_auth(&self.token).send().await?.json().await
    }
}

async fn reader() -> (Reader, String) {
    let organisation = organisation(1, 29, NOW);
    let options = ServeOptions {
        port: 0,
        seed: 1,
        rate_limits: RateLimits::Off,
        token_life: Duration::from_secs(7_200),
        faults: Vec::new(),
        clock: Arc::new(|| NOW),
        app_id: organisation.app_id.clone(),
        app_secret: organisation.app_secret.expose_secret().to_owned(),
        events: EventOptions::default(),
    };
    let key = json!({"app_id": options.app_id, "app_secret": options.app_secret});
    let server = serve(Arc::new(Mutex::new(organisation.world)), options).await.expect("a server");
    // A second installation is refused, and the first does as well.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a client");
    let url = format!("{}/open-apis/auth/v3/tenant_access_token/internal", server.base_url());
    let answer: Value = http.post(url).json(&key).send().await.expect("an answer").json().await.expect("JSON");
    let token = answer["tenant_access_token"].as_str().expect("a token").to_owned();
    (Reader { http, server, token }, organisation.operator.ids.open_id.to_string())
}

/// Names of all members that are called like a kind of value, at any depth.
fn kinds(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(entries) => entries.iter().for_each(|entry| kinds(entry, into)),
        Value::Object(members) => {
            for (name, member) in members {
                if name.ends_with("_value") || name.ends_with("_values") {
                    into.insert(name.clone());
                }
                kinds(member, into);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_kind_of_value_comes_over_both_form_interfaces() {
    let (reader, operator) = reader().await;
    let list = format!("v2/approvers?user_id={operator}&user_id_type=open_id&approver_status=1&page_size=100");
    let list = reader.get(&list).await.unwrap();
    let tasks = list["data"]["approver_list"].as_array().unwrap();
    assert_eq!(tasks.len(), 29);

    let (mut flat, mut nested) = (BTreeSet::new(), BTreeSet::new());
    let mut without_form = 0;
    for task in tasks {
        let process = task["process_id"].as_str().unwrap();
        let detail = reader.get(&format!("v2/processes/{process}?user_id_type=open_id")).await.unwrap();
        let waits = |todo: &Value| todo["approver_id"] == task["approver_id"] && todo["operator_id"] == *operator;
        assert!(detail["data"]["todos"].as_array().unwrap().iter().any(waits), "{detail}");

        let v2 = reader.get(&format!("v2/processes/{process}/form_variable_data?user_id_type=open_id")).await.unwrap();
        let v1 = reader.get(&format!("v1/processes/{process}/form_variable_data")).await.unwrap();
        if v2["code"] == 1_160_100 {
            assert_eq!(v1["code"], 1_160_100);
            without_form += 1;
            continue;
        }
        assert_eq!((&v2["code"], &v1["code"]), (&json!(0), &json!(0)));
        kinds(&v2["data"]["field_variable_values"], &mut flat);
        kinds(&v1["data"]["field_variable_values"], &mut nested);
    }
    assert_eq!(without_form, 1, "the hiring case");
    let scalar = ["text", "bool", "number", "enum", "date", "date_time", "i18n", "object", "employment", "department"];
    for kind in scalar.iter().chain(&["file", "geo"]) {
        let name = format!("{kind}_value");
        assert!(flat.contains(&name) && nested.contains(&name), "{name} in {flat:?} {nested:?}");
    }
    for name in ["user_value", "list_values", "record_values"] {
        assert!(flat.contains(name), "{name} in {flat:?}");
    }
    for name in ["list_value", "record_value", "null_value"] {
        assert!(nested.contains(name), "{name} in {nested:?}");
    }
}
