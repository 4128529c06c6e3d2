//! `shenpi journal`, the real program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use shenpi::domain::decision::{AddSignMethod, AddSignPosition};
use shenpi::domain::record::{Answered, Change, Discard};
use shenpi::domain::{Decision, I18n, Opinion, Person, PersonId, PersonIdType};
use shenpi::store::{Folder, Journal, folder};
use tempfile::TempDir;

use super::words::{accepted, after, held, newer, run, sending, write};

const CONFIG: &str = "operator_id = 'ou_1'\ntime_zone = 'Asia/Shanghai'\napp_secret_command = 'touch asked; echo x'\n";

struct Machine {
    home: TempDir,
}

impl Machine {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        fs::create_dir_all(home.path().join(".config/shenpi")).unwrap();
        fs::write(home.path().join(".config/shenpi/config.toml"), CONFIG).unwrap();
        Self { home }
    }

    fn journal(&self) -> Journal<Folder> {
        let state = self.home.path().join(".local/state/shenpi");
        let path = folder(&state, "https://open.feishu.cn/", &PersonId::new("ou_1"), PersonIdType::OpenId);
        Journal::open(Folder::open(&path).unwrap(), run("r"), after(0)).unwrap().0
    }

    fn shenpi(&self, arguments: &[&str]) -> Output {
        self.writing_to(Stdio::piped(), arguments)
    }

    /// The same with another standard output.
    fn writing_to(&self, stdout: impl Into<Stdio>, arguments: &[&str]) -> Output {
        let child = self.command(arguments).stdout(stdout).stderr(Stdio::piped()).spawn();
        child.unwrap().wait_with_output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shenpi"));
        command.arg("journal").args(arguments).current_dir(&self.home).env_clear();
        command.env("HOME", self.home.path()).env("LANG", "zh_CN.UTF-8");
        command
    }

    fn prints(&self, arguments: &[&str]) -> String {
        let output = self.shenpi(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// A decision with texts that attack terminals and spreadsheets.
fn hostile() -> Change {
    let Change::Held(mut reviewed) = held("3") else { panic!("no decision") };
    reviewed.target.initiator.zh = "=HYPERLINK(\"http://x\",\"点\")".into();
    reviewed.target.kind.zh = "转正\u{1b}[2J".into();
    reviewed.decision = shenpi::domain::Decision::Reject {
        reason: Opinion::new("@材料\n不全,\"请\"补充\u{202e}", 1000).unwrap(),
    };
    Change::Held(reviewed)
}

fn three_decisions(machine: &Machine) {
    let mut journal = machine.journal();
    write(&mut journal, "1", 0, [held("1"), sending(), accepted()]);
    let refused = Answered {
        code: Some(1_161_001),
        http: Some(200),
        log_id: Some("0217".into()),
        words: "任务\u{1b}[31m已处理".into(),
        hindrance: None,
    };
    write(&mut journal, "2", 3600, [held("2"), sending(), Change::Refused(refused)]);
    write(&mut journal, "3", 864_000, [hostile(), Change::Discarded(Discard::Left)]);
}

#[test]
fn the_table_is_read_downwards_to_the_newest() {
    let machine = Machine::new();
    three_decisions(&machine);
    assert_eq!(
        machine.prints(&[]),
        concat!(
            "时间 Asia/Shanghai   操作  发起人                       类型      结果                日志 ID\n",
            "2026-11-01 08:00:00  同意  张伟                         休假申请  已生效              20261101\n",
            "2026-11-01 09:00:00  同意  张伟                         休假申请  未生效（1161001）   0217\n",
            "2026-11-11 08:00:00  拒绝  =HYPERLINK(\"http://x\",\"点\")  转正␛[2J  退出时丢弃，未发送\n",
        )
    );
    let english = machine.prints(&["--lang", "en-US", "--since", "2026-11-11"]);
    assert_eq!(
        english,
        "Time Asia/Shanghai   Action  Requester  Type   Outcome                      Log ID\n\
         2026-11-11 08:00:00  Reject  Zhang Wei  Leave  discarded on quit, not sent\n"
    );
}

#[test]
fn a_decision_says_whom_it_was_for() {
    let machine = Machine::new();
    let mut journal = machine.journal();
    write(
        &mut journal,
        "1",
        0,
        [naming("1", |remark, mut people| Decision::Transfer { to: people.remove(0), remark })],
    );
    let add = |remark, people| Decision::AddSign {
        position: AddSignPosition::Before,
        method: AddSignMethod::AnyOne,
        people,
        remark,
    };
    write(&mut journal, "2", 60, [naming("2", add)]);
    let table = machine.prints(&[]);
    assert!(table.contains("转交给 李娜（A1 财务部）  "), "{table}");
    assert!(table.contains("前加签 李娜（A1 财务部）、孙悦（ou_Sun  张伟 "), "{table}");
    assert!(table.ends_with(" 签）\n"), "{table}");
    let table = machine.prints(&["--lang", "en-US"]);
    assert!(table.contains("Transfer to Li Na (A1, Finance)  "), "{table}");
    assert!(table.contains("Add Li Na (A1, Finance), Sun Yue (ou_Sun  Zhang Wei "), "{table}");
    assert!(table.ends_with(" before you (any one)\n"), "{table}");

    let printed = machine.prints(&["--json"]);
    let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["people"][0]["name"]["zh"], &lines[0]["position"]), (&"李娜".into(), &().into()));
    let added = (&lines[1]["position"], &lines[1]["method"], lines[1]["people"].as_array().map(Vec::len));
    assert_eq!(added, (&"before".into(), &"any_one".into(), Some(5)));
    let printed = machine.prints(&["--csv"]);
    assert!(printed.contains("李娜; 孙悦; 周杰; 陈晨; 刘强,before,any_one,p2,"), "{printed}");
}

fn naming(entry: &str, decide: impl Fn(Opinion, Vec<Person>) -> Decision) -> Change {
    let Change::Held(mut reviewed) = held(entry) else { panic!("no decision") };
    let named =
        |zh: &str, en: &str| Person::named(PersonId::new(format!("ou_{en}")), I18n { zh: zh.into(), en: en.into() });
    let mut people: Vec<Person> =
        [("李娜", "Li Na"), ("孙悦", "Sun Yue"), ("周杰", "Zhou Jie"), ("陈晨", "Chen Chen"), ("刘强", "Liu Qiang")]
            .map(|(zh, en)| named(zh, en))
            .into();
    people[0].employee_number = "A1".into();
    people[0].department = I18n { zh: "财务部".into(), en: "Finance".into() };
    reviewed.decision = decide(Opinion::new("请看", 1000).unwrap(), people);
    Change::Held(reviewed)
}

#[test]
fn one_json_object_a_line() {
    let machine = Machine::new();
    three_decisions(&machine);
    let printed = machine.prints(&["--json"]);
    let lines: Vec<serde_json::Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    let second = &lines[1];
    assert_eq!(
        (&second["action"], &second["state"], &second["log_id"], &second["kind"]["en"]),
        (&"approve".into(), &"refused".into(), &"0217".into(), &"Leave".into())
    );
    assert_eq!(
        (&second["confirmed_at"], &second["sent_at"]),
        (&"2026-11-01T09:00:00.000+08:00".into(), &"2026-11-01T09:00:01.000+08:00".into())
    );
    assert_eq!(
        (&second["changes"][2]["code"], &second["changes"][2]["words"]),
        (&1_161_001.into(), &"任务␛[31m已处理".into())
    );
    assert_eq!(lines[2]["opinion"], "@材料\n不全,\"请\"补充<U+202E>");
    assert!(!printed.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn a_zone_set_by_hand_is_that_of_every_time() {
    let machine = Machine::new();
    three_decisions(&machine);
    fs::write(machine.home.path().join(".config/shenpi/config.toml"), "operator_id = 'ou_1'\n").unwrap();
    for (zone, first) in [("UTC", "2026-11-01 00:00:00+00:00"), ("Asia/Tokyo", "2026-11-01 09:00:00+09:00")] {
        let printed = |argument| {
            let output = machine.command(&[argument]).env("TZ", zone).output().unwrap();
            String::from_utf8(output.stdout).unwrap()
        };
        assert!(printed("--csv").contains(first), "{}", printed("--csv"));
        assert!(printed("--json").contains(&first.replace(' ', "T").replace("00:00+", "00:00.000+")));
        assert!(printed("--lang=en-US").contains(&format!("Time {zone}")));
    }
}

#[test]
fn a_spreadsheet_gets_no_formula_and_every_cell_whole() {
    let machine = Machine::new();
    three_decisions(&machine);
    let printed = machine.prints(&["--csv"]);
    assert_eq!(printed.matches("\r\n").count(), 4);
    let mut reader = csv::Reader::from_reader(printed.as_bytes());
    let titles = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, title: &str| rows[row][titles.iter().position(|name| name == title).unwrap()].to_owned();
    assert_eq!(
        (cell(1, "state"), cell(1, "outcome"), cell(1, "code")),
        ("refused".into(), "未生效（1161001）".into(), "1161001".into())
    );
    assert_eq!(
        (cell(2, "initiator"), cell(2, "opinion")),
        ("'=HYPERLINK(\"http://x\",\"点\")".into(), "'@材料\n不全,\"请\"补充<U+202E>".into())
    );
    assert_eq!(cell(1, "time"), "2026-11-01 09:00:00+08:00");
    assert_eq!((cell(2, "process"), cell(2, "entry")), ("p3".into(), "3".into()));
    assert!(!printed.contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn it_asks_for_no_secret_takes_no_lock_and_makes_nothing() {
    let machine = Machine::new();
    let output = machine.shenpi(&[]);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).trim()), (Some(0), "暂无操作记录"));
    assert!(!machine.home.path().join(".local").exists());
    for empty in ["--json", "--csv"] {
        assert!(machine.shenpi(&[empty]).status.success());
    }

    let mut journal = machine.journal();
    write(&mut journal, "1", 0, [held("1")]);
    assert_eq!(machine.prints(&[]).lines().count(), 2);
    assert!(!machine.home.path().join("asked").exists());
}

#[test]
fn lines_that_cannot_be_read_are_told_beside_the_output() {
    let machine = Machine::new();
    three_decisions(&machine);
    let state = machine.home.path().join(".local/state/shenpi/journal");
    let operator = fs::read_dir(&state).unwrap().next().unwrap().unwrap().path();
    damage(&operator.join(super::words::MONTH));
    let output = machine.shenpi(&["--json"]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), "有 1 行记录无法读取\n");
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
}

/// The file that holds the decisions of [`three_decisions`].
fn month(machine: &Machine) -> PathBuf {
    let state = machine.home.path().join(".local/state/shenpi");
    folder(&state, "https://open.feishu.cn/", &PersonId::new("ou_1"), PersonIdType::OpenId).join("2026-11.jsonl")
}

#[test]
fn newer_journal_is_refused_in_every_format() {
    let machine = Machine::new();
    three_decisions(&machine);
    let month = month(&machine);
    let written = fs::read(&month).unwrap();
    let mut lines: Vec<_> = written.split_inclusive(|byte| *byte == b'\n').collect();
    let last = newer(lines.pop().unwrap());
    lines.push(&last);
    let changed = lines.concat();
    fs::write(&month, &changed).unwrap();
    for arguments in [&[][..], &["--json"], &["--csv"], &["--since", "2026-11-01"]] {
        let output = machine.shenpi(arguments);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "操作记录由更新版本的 shenpi 写入，当前版本无法完整读取。请升级 shenpi\n");
    }
    let output = machine.shenpi(&["--lang", "en-US"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        said,
        "A newer version of shenpi wrote the history; this version cannot read all of it. Update shenpi\n"
    );
    assert_eq!(fs::read(&month).unwrap(), changed);
}

/// Changes a byte of the second line, in which the first decision is confirmed.
fn damage(file: &Path) {
    let mut content = fs::read(file).unwrap();
    let second = content.iter().position(|byte| *byte == b'\n').unwrap() + 20;
    content[second] ^= 1;
    fs::write(file, content).unwrap();
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let machine = Machine::new();
    for (arguments, said) in [
        (&["--since", "gestern"][..], "--since gestern 无效：应为日期（2026-11-01）或时长（7d）\n"),
        (&["--json", "--csv"], "选项 --json 不能重复或与其他选项同用\n用 shenpi --help 查看用法\n"),
    ] {
        let output = machine.shenpi(arguments);
        assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(2), said));
    }
    fs::write(machine.home.path().join(".config/shenpi/config.toml"), "app_id = 'cli_a'\n").unwrap();
    let output = machine.shenpi(&[]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("operator_id"), "{output:?}");
}

#[test]
fn output_error_is_told_and_a_closed_pipe_is_not() {
    let machine = Machine::new();
    write(&mut machine.journal(), "1", 1, [held("1"), sending(), accepted()]);
    for form in [&[][..], &["--json"], &["--csv"]] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = machine.writing_to(full, form);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("无法写入标准输出"), "{output:?}");

        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = machine.writing_to(writer, form);
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
}

/// Names longer than a column do not move the columns after it.
#[test]
fn the_columns_stay_in_line_behind_a_long_action() {
    let machine = Machine::new();
    let mut journal = machine.journal();
    let transfer = |remark, mut people: Vec<Person>| {
        people[0].department.en = "Platform Research and Development".into();
        Decision::Transfer { to: people.remove(0), remark }
    };
    write(&mut journal, "1", 0, [naming("1", transfer), sending(), accepted()]);
    write(&mut journal, "2", 60, [held("2"), sending(), accepted()]);
    let table = machine.prints(&["--lang", "en-US"]);
    let lines: Vec<&str> = table.lines().collect();
    let at = |line: &str, words: &str| line.find(words).unwrap_or_else(|| panic!("{words}\n{table}"));
    assert_eq!(at(lines[0], "Requester"), at(lines[1], "Zhang Wei"), "{table}");
    assert_eq!(at(lines[0], "Requester"), at(lines[3], "Zhang Wei"), "{table}");
    assert_eq!(at(lines[0], "Action"), at(lines[2], "and Development"), "{table}");
    assert!(lines.iter().all(|line| line.len() < 130), "{table}");
}

#[test]
fn system_is_named_as_initiator() {
    let machine = Machine::new();
    let mut journal = machine.journal();
    for (entry, by_system) in [("1", true), ("2", false)] {
        let Change::Held(mut reviewed) = held(entry) else { panic!("no decision") };
        reviewed.target.initiator = I18n::default();
        reviewed.target.by_system = by_system;
        write(&mut journal, entry, 0, [Change::Held(reviewed), sending(), accepted()]);
    }
    let table = machine.prints(&[]);
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[1].contains("  系统    休假申请  "), "{table}");
    assert!(lines[2].contains("  —       休假申请  "), "{table}");
    assert!(machine.prints(&["--csv"]).contains(",同意,系统,休假申请,"), "{}", machine.prints(&["--csv"]));
}

/// Neither this command nor a later start sends held decisions: they are printed as unsent.
#[test]
fn what_was_held_is_told_as_never_sent() {
    let machine = Machine::new();
    let mut journal = machine.journal();
    write(&mut journal, "1", 0, [held("1")]);
    let table = machine.prints(&[]);
    assert!(table.contains("未发送") && !table.contains("待发送"), "{table}");
    assert!(machine.prints(&["--lang", "en-US"]).contains("not sent"));
}
