//! The look-ups: employees, contacts, departments, option sets, objects, files, ids (protocol.md#search-employees and
//! the sections after it).
//!
//! Assumed where the page is silent: an unknown job or job level answers 1160101; an id that cannot be converted is
//! left out of the answer; every field scope but that of `user_id` is granted.

use serde_json::{Map, Value, json};

use crate::sim::world::{DepartmentIdType, DepartmentKey, MasterObject, Person, PersonKey, Refusal, UserIdType, World};

use super::answer::Reply;
use super::call::IncomingCall;
use super::fields::{BodyFields, QueryFields};
use super::render::langs;

const PARAM: Refusal = Refusal::new(400, 1_160_102, "Param is invalid");
const INVALID_ID: Refusal = Refusal::new(400, 1_160_001, "param is invalid");
const NO_SUCH_OBJECT: Refusal = Refusal::new(400, 1_160_101, "Invalid parameter");

/// See protocol.md#search-employees.
pub(super) fn search_employees(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    let size = call.query.page_size();
    let view = EmployeeView::new(world, &call.query, body.texts("fields", 0, 100));
    let key_word = body.text("key_word").unwrap_or_default();
    let status = body.text("employment_status").unwrap_or_default();
    let ids = body.texts("employment_id_list", 0, 100);
    let numbers = body.texts("employee_number_list", 0, 100);
    let mails = body.texts("email_address_list", 0, 100);
    call.query.check()?;
    body.check()?;
    let start = match call.query.get("page_token").filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => token.parse::<usize>().map_err(|_| PARAM)?,
    };
    let fits = |person: &Person| {
        let profile = &person.profile;
        let in_work = match status.as_str() {
            "hired" => profile.hired,
            "terminated" => !profile.hired,
            _ => true,
        };
        in_work
            && (ids.is_empty() || ids.iter().any(|id| **id == **person.ids.get(view.users)))
            && (numbers.is_empty() || numbers.contains(&profile.employee_number))
            && (mails.is_empty() || mails.contains(&profile.email))
    };
    let found: Vec<_> = world.search_people(&key_word).into_iter().filter(|key| fits(world.person(*key))).collect();
    let items: Vec<_> = found.iter().skip(start).take(size).map(|key| view.employee(*key)).collect();
    let end = start + items.len();
    let has_more = end < found.len();
    Ok(Reply::success(json!({"items": items, "page_token": end.to_string(), "has_more": has_more})))
}

/// See protocol.md#employees-by-id.
pub(super) fn employees_by_id(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    let view = EmployeeView::new(world, &call.query, body.texts("fields", 0, 100));
    let ids = body.texts("employment_ids", 0, 100);
    let person_ids = body.texts("person_ids", 0, 100);
    let mails = body.texts("work_emails", 0, 100);
    call.query.check()?;
    body.check()?;
    let found: Vec<_> = if !ids.is_empty() {
        ids.iter().filter_map(|id| world.find_person(id, view.users)).collect()
    } else if !person_ids.is_empty() {
        world.person_keys().filter(|key| person_ids.iter().any(|id| **id == *world.person(*key).person_id)).collect()
    } else if !mails.is_empty() {
        mails.iter().filter_map(|mail| world.person_by_email(mail)).collect()
    } else {
        return Err(PARAM);
    };
    let items: Vec<_> = found.into_iter().map(|key| view.employee(key)).collect();
    Ok(Reply::success(json!({"items": items})))
}

/// Renders employees with the fields that were asked for.
struct EmployeeView<'a> {
    world: &'a World,
    users: UserIdType,
    departments: DepartmentIdType,
    fields: Vec<String>,
}

impl<'a> EmployeeView<'a> {
    fn new(world: &'a World, query: &QueryFields, fields: Vec<String>) -> Self {
        let users = query.user_id_type(UserIdType::OpenId);
        let departments = query.department_id_type(DepartmentIdType::OpenDepartmentId);
        Self { world, users, departments, fields }
    }

    fn wants(&self, field: &str) -> bool {
        let covers = |asked: &str| {
            let rest = field.strip_prefix(asked);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.fields.iter().any(|asked| covers(asked))
    }

    /// Whether anything of a nested object was asked for.
    fn wants_within(&self, object: &str) -> bool {
        self.fields.iter().any(|asked| asked == object || asked.split('.').next() == Some(object))
    }

    fn employee(&self, key: PersonKey) -> Value {
        let person = self.world.person(key);
        let profile = &person.profile;
        let id = person.ids.get(self.users);
        let mut employee = Map::new();
        let mut put = |name: &str, value: Value| employee.insert(name.to_owned(), value);
        put("employment_id", json!(id));
        if self.fields.is_empty() {
            return Value::Object(employee);
        }
        put("employment_id_v2", json!(id));
        if self.wants("employee_number") {
            put("employee_number", json!(profile.employee_number));
        }
        if self.wants("employment_status") {
            let (name, zh, en) =
                if profile.hired { ("hired", "在职", "Hired") } else { ("terminated", "离职", "Terminated") };
            let display = json!([{"lang": "zh-CN", "value": zh}, {"lang": "en-US", "value": en}]);
            put("employment_status", json!({"enum_name": name, "display": display}));
        }
        if self.wants("email_address") {
            put("email_address", json!(profile.email));
        }
        if self.wants_within("person_info") {
            put("person_info", self.person_info(person));
        }
        if self.wants("avatar_url") {
            put("avatar_url", "https://example.feishu.cn/avatar/v3_00_72x72.png".into());
        }
        if self.wants_within("department") {
            let department = self.world.department(profile.department);
            let id = department.ids.get(self.departments);
            put("department", json!({"id": id, "id_v2": id, "department_name": langs(&department.name)}));
        }
        Value::Object(employee)
    }

    fn person_info(&self, person: &Person) -> Value {
        let name = &person.profile.name;
        let local = if name.zh.is_empty() { &name.en } else { &name.zh };
        let mut members = Map::new();
        members.insert("person_id".into(), json!(person.person_id));
        for (field, value) in [
            ("preferred_name", local),
            ("preferred_local_full_name", &name.zh),
            ("preferred_english_full_name", &name.en),
        ] {
            if self.wants(&format!("person_info.{field}")) {
                members.insert(field.into(), json!(value));
            }
        }
        Value::Object(members)
    }
}

fn contact_status(person: &Person) -> Value {
    json!({
        "is_frozen": false,
        "is_resigned": !person.profile.hired,
        "is_activated": true,
        "is_exited": false,
        "is_unjoin": false,
    })
}

/// See protocol.md#contact-ids.
pub(super) fn contact_ids(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    let users = call.query.user_id_type(UserIdType::OpenId);
    let mails = body.texts("emails", 0, 50);
    let mobiles = body.texts("mobiles", 0, 50);
    let include_resigned = body.flag("include_resigned");
    call.query.check()?;
    body.check()?;
    let entry = |name: &str, asked: &str, found: Option<PersonKey>| {
        let found = found.map(|key| world.person(key)).filter(|person| include_resigned || person.profile.hired);
        match found {
            Some(person) => {
                json!({"user_id": person.ids.get(users), (name): asked, "status": contact_status(person)})
            }
            None => json!({(name): asked}),
        }
    };
    let by_mail = mails.iter().map(|mail| entry("email", mail, world.person_by_email(mail)));
    let by_mobile = mobiles.iter().map(|mobile| entry("mobile", mobile, world.person_by_mobile(mobile)));
    Ok(Reply::success(json!({"user_list": by_mail.chain(by_mobile).collect::<Vec<_>>()})))
}

/// See protocol.md#contact-users.
pub(super) fn contact_users(world: &World, query: &QueryFields) -> Result<Reply, Refusal> {
    let users = query.user_id_type(UserIdType::OpenId);
    let departments = query.department_id_type(DepartmentIdType::OpenDepartmentId);
    query.check()?;
    let ids: Vec<_> = query.all("user_ids").collect();
    if ids.is_empty() || ids.len() > 50 {
        return Err(Refusal::new(400, 40001, "invalid parameter"));
    }
    let item = |key: PersonKey| {
        let person = world.person(key);
        let profile = &person.profile;
        json!({
            "union_id": person.ids.union_id,
            "open_id": person.ids.open_id,
            "name": profile.name.zh,
            "en_name": profile.name.en,
            "status": contact_status(person),
            "department_ids": [world.department(profile.department).ids.get(departments)],
            "employee_no": profile.employee_number,
            "job_title": profile.job_title.zh,
            "mobile_visible": true,
            "is_tenant_manager": false,
            "employee_type": 1,
        })
    };
    let items: Vec<_> = ids.iter().filter_map(|id| world.find_person(id, users)).map(item).collect();
    Ok(Reply::success(json!({"items": items})))
}

/// See protocol.md#departments.
pub(super) fn departments(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    let kind = call.query.department_id_type(DepartmentIdType::OpenDepartmentId);
    let ids = body.texts("department_id_list", 0, 100);
    let names = body.texts("department_name_list", 0, 100);
    let fields = body.texts("fields", 0, 100);
    call.query.check()?;
    body.check()?;
    if ids.is_empty() && names.is_empty() {
        return Err(PARAM);
    }
    let id_of = |key: DepartmentKey| world.department(key).ids.get(kind);
    let fits = |key: &DepartmentKey| {
        let name = &world.department(*key).name;
        (ids.is_empty() || ids.iter().any(|id| **id == **id_of(*key)))
            && (names.is_empty() || names.iter().any(|asked| **asked == *name.zh || **asked == *name.en))
    };
    let item = |key: DepartmentKey| {
        let department = world.department(key);
        let mut item = Map::new();
        item.insert("id".into(), json!(id_of(key)));
        for field in &fields {
            let value = match field.as_str() {
                "department_name" => langs(&department.name),
                "code" => json!(department.code),
                "active" => true.into(),
                "parent_department_id" => json!(department.parent.map(id_of)),
                _ => continue,
            };
            item.insert(field.clone(), value);
        }
        Value::Object(item)
    };
    Ok(Reply::success(json!({"items": world.department_keys().filter(fits).map(item).collect::<Vec<_>>()})))
}

/// See protocol.md#option-sets.
pub(super) fn enums(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    let sets = body.texts("enum_apiname_lists", 1, 500);
    body.check()?;
    let set = |name: &String| {
        let items: Vec<_> = world
            .enum_set(name)
            .enumerate()
            .map(|(order, item)| {
                json!({
                    "api_name": item.id,
                    "name": langs(&item.name),
                    "description": [{"lang": "zh-CN", "value": ""}, {"lang": "en-US", "value": ""}],
                    "enum_api_name": item.set,
                    "order": order + 1,
                    "status": 1,
                })
            })
            .collect();
        (!items.is_empty()).then(|| json!({"enum_apiname": name, "enum_items": items}))
    };
    Ok(Reply::success(json!({"enums": sets.iter().filter_map(set).collect::<Vec<_>>()})))
}

/// See protocol.md#objects.
pub(super) fn object(world: &World, call: &IncomingCall, kind: &str) -> Result<Reply, Refusal> {
    let object = world.object(kind, call.path("object")).ok_or(NO_SUCH_OBJECT)?;
    let MasterObject { id, name, .. } = object;
    let item = json!({"id": id, "code": format!("C{}", &id[id.len().saturating_sub(6)..]), "name": langs(name), "active": true});
    Ok(Reply::success(json!({(kind): item})))
}

/// See protocol.md#files.
pub(super) fn file(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let file = world.file(call.path("file")).ok_or(INVALID_ID)?;
    Ok(Reply::File { name: file.name.to_string(), length: file.length })
}

/// People and departments (protocol.md#convert-ids).
pub(super) fn convert_ids(world: &World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    let query = &call.query;
    let ids = body.texts("ids", 1, 100);
    let direction = query.required("id_transform_type");
    let kind = query.required("id_type");
    query.check()?;
    body.check()?;
    let users = match query.get("feishu_user_id_type").unwrap_or_default() {
        "" | "open_id" => UserIdType::OpenId,
        "union_id" => UserIdType::UnionId,
        "user_id" => UserIdType::UserId,
        _ => return Err(INVALID_ID),
    };
    let departments = match query.get("feishu_department_id_type").unwrap_or_default() {
        "" | "open_department_id" => DepartmentIdType::OpenDepartmentId,
        "department_id" => DepartmentIdType::DepartmentId,
        _ => return Err(INVALID_ID),
    };
    let corehr = (UserIdType::PeopleCorehrId, DepartmentIdType::PeopleCorehrDepartmentId);
    let ((from, department_from), (to, department_to)) = match direction.as_str() {
        "1" => (corehr, (users, departments)),
        "2" => ((users, departments), corehr),
        _ => return Err(INVALID_ID),
    };
    let convert = |id: &String| -> Option<Value> {
        let target = match kind.as_str() {
            "user_id" => world.person(world.find_person(id, from)?).ids.get(to),
            _ => world.department(world.find_department(id, department_from)?).ids.get(department_to),
        };
        Some(json!({"id": id, "target_id": target}))
    };
    if !matches!(kind.as_str(), "user_id" | "department_id") {
        return Err(INVALID_ID);
    }
    Ok(Reply::success(json!({"items": ids.iter().filter_map(convert).collect::<Vec<_>>()})))
}
