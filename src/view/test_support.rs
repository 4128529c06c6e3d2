//! A small organisation on stage, for tests of the screens: keys in, screens out.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::{TimeZone, offset};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};
use ratatui::text::Line;

use super::theme::StyleRole;
use super::{ColorDepth, Theme, draw, text_layout};
use crate::app::message::Burst;
use crate::app::screen::Extent;
use crate::app::{Answer, App, DialogTarget, Effect, Event, Message, Query, Settings, Step, Targets, Typed};
use crate::domain::form::{Broken, FileRef, FormSource};
use crate::domain::id::{FlowDefinitionId, NodeDefinitionId};
use crate::domain::process::{Abstract, Comment, Copied, Done, Links, Todo, UnreadMembers};
use crate::domain::{
    ApproverId, CleanText, Decision, DepartmentId, DocumentType, DoneStatus, Endpoint, Failure, FailureKind, Field,
    FileId, Form, I18n, Instant, Lang, Millis, Names, Now, Operator, Outcome, Person, PersonId, PersonIdType, Process,
    ProcessId, ProcessStatus, Properties, Received, Shown, Task, TaskKey, TaskPage, TaskStatus, Value,
};
use crate::keys::{Keymap, interpret};

/// 2026-10-02 09:41 in Shanghai.
const NOON: i64 = 1_790_905_260_000;
const DAY: i64 = 86_400_000;

pub(super) struct Stage {
    pub(super) app: App,
    pub(super) keymap: Keymap,
    now: Now,
    burst: u64,
}

fn both(zh: &str, en: &str) -> I18n {
    I18n { zh: zh.into(), en: en.into() }
}

impl Stage {
    pub(super) fn new(lang: Lang, columns: u16, rows: u16) -> Self {
        let settings = Settings {
            operator: Operator {
                id: PersonId::new("ou_7dab8a3d3cdcc9da365777c7ad53f7a"),
                id_type: PersonIdType::OpenId,
                name: both("王芳", "Wang Fang"),
            },
            lang,
            undo: Duration::from_secs(5),
            read_only: false,
            holder: None,
            run: "run".into(),
            canned: ["材料不全,请补充", "与排班冲突", "请走新流程", "额度不足"].map(str::to_owned).to_vec(),
            place: "demo".into(),
            wording: crate::text::row::words,
            zone: TimeZone::fixed(offset(8)),
            faults: None,
        };
        let now = Now { wall: Millis(NOON), mono: Instant(10_000) };
        let app = App::new(settings, columns, rows, now);
        let mut stage = Self { app, keymap: Keymap::standard(), now, burst: 0 };
        let tasks = (0..CASES.len() + 2).map(task).collect();
        let first = Some(Ok(TaskPage { tasks, ..TaskPage::default() }));
        stage.tell(Message::Event(Event::Started { first }));
        stage
    }

    /// Types strokes separated by spaces, a second apart, and lets the cursor rest after each.
    pub(super) fn keys(mut self, strokes: &str) -> Self {
        for stroke in strokes.split_whitespace() {
            self.pass(800);
            let typed = interpret(&self.keymap, self.app.layers(), stroke.parse().expect("a stroke"));
            self.say(typed);
            self.pass(200);
        }
        self
    }

    pub(super) fn paste(mut self, text: &str) -> Self {
        self.say(Typed::Paste(text.to_owned()));
        self
    }

    pub(super) fn pass(&mut self, millis: u64) {
        self.now.mono = self.now.mono + Duration::from_millis(millis);
        self.now.wall.0 += i64::try_from(millis).expect("a short time");
        self.tell(Message::Event(Event::Woke));
    }

    fn say(&mut self, typed: Typed) {
        self.burst += 1;
        self.tell(Message::Typed { typed, burst: Burst(self.burst) });
    }

    /// Passes a message to the app, and answers the effects at once.
    pub(super) fn tell(&mut self, message: Message) {
        let mut queue = vec![Message::Event(Event::Drawn(Extent::default())), message];
        while let Some(message) = queue.pop() {
            let effects = self.app.update(message, self.now);
            for effect in effects.into_iter().chain(self.app.settle()) {
                match effect {
                    Effect::Read { id, slot, query, .. } => {
                        if let Some(result) = answer(&query) {
                            queue.push(Message::Event(Event::Answered { id, slot, result }));
                        }
                    }
                    Effect::Write { id, .. } => {
                        let result = Err(failure(Endpoint::UpdateTask, Outcome::Refused, "该任务已被处理"));
                        queue.push(Message::Event(Event::Written { id, result }));
                    }
                    _ => {}
                }
            }
        }
    }

    pub(super) fn buffer(&self, theme: &Theme) -> Buffer {
        let screen = &self.app.screen;
        self.buffer_of(theme, screen.columns, screen.rows)
    }

    /// Where the hardware cursor is; `None` when it is hidden.
    pub(super) fn cursor(&self) -> Option<(u16, u16)> {
        let screen = &self.app.screen;
        let mut terminal = Terminal::new(TestBackend::new(screen.columns, screen.rows)).expect("a terminal of cells");
        let theme = Theme::new(ColorDepth::Mono, false);
        terminal
            .draw(|frame| {
                draw(frame, &self.app, &self.keymap, &theme);
            })
            .expect("cells cannot fail");
        let Position { x, y } = terminal.backend().cursor_position();
        terminal.backend().cursor_visible().then_some((x, y))
    }

    /// Draws on a terminal of any size, be it that which the state knows or not.
    pub(super) fn buffer_of(&self, theme: &Theme, columns: u16, rows: u16) -> Buffer {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal of cells");
        terminal
            .draw(|frame| {
                draw(frame, &self.app, &self.keymap, theme);
            })
            .expect("cells cannot fail");
        terminal.backend().buffer().clone()
    }

    /// Puts another decision under the review that is open, on a case that changed a great deal or not at all.
    pub(super) fn under_review(&mut self, reviewed: &Decision, changed: bool) {
        let dialog = self.app.dialog.as_mut().expect("a review is open");
        let Step::Review { decision, .. } = &mut dialog.step else { panic!("no review") };
        decision.clone_from(reviewed);
        let DialogTarget { target, shown, .. } = dialog.targets.first().clone();
        let mut before = shown.clone();
        if changed {
            Arc::make_mut(&mut before.process).abstracts.iter_mut().for_each(|line| line.value = both("旧", "Old"));
        }
        dialog.targets = Targets::new(DialogTarget::new(target, shown, Some(before)), Vec::new());
    }

    /// The screen as text, and the lines of the review that have no room on it.
    pub(super) fn drawn(&self) -> (String, usize) {
        let screen = &self.app.screen;
        let mut terminal = Terminal::new(TestBackend::new(screen.columns, screen.rows)).expect("a terminal of cells");
        let theme = Theme::new(ColorDepth::Mono, false);
        let mut hidden = 0;
        terminal.draw(|frame| hidden = draw(frame, &self.app, &self.keymap, &theme).hidden).expect("cells cannot fail");
        (text(terminal.backend().buffer()), hidden)
    }

    /// The screen as text.
    pub(super) fn screen(&self) -> String {
        text(&self.buffer(&Theme::new(ColorDepth::Mono, false)))
    }
}

pub(super) fn text(buffer: &Buffer) -> String {
    let columns = usize::from(buffer.area.width).max(1);
    let mut text = String::new();
    for row in buffer.content.chunks(columns) {
        let mut line = String::new();
        let mut skip = 0;
        for cell in row {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            line.push_str(cell.symbol());
            skip = text_layout::width(cell.symbol()).saturating_sub(1);
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

pub(super) fn failure(endpoint: Endpoint, outcome: Outcome, message: &str) -> Failure {
    Failure {
        endpoint,
        kind: FailureKind::Business,
        outcome,
        code: Some(1_161_001),
        http: Some(400),
        log_id: Some("20261001104107A1B2C3D4E5F60718293A".into()),
        message: message.into(),
    }
}

fn key(at: usize) -> TaskKey {
    TaskKey {
        process: ProcessId::new(format!("74449081789547986{at:02}")),
        approver: ApproverId::new(format!("75549081789547986{at:02}")),
    }
}

fn task(at: usize) -> Task {
    Task { key: key(at), status: TaskStatus::InProgress }
}

type Row = (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, &'static str)], i64);

const CASES: [Row; 6] = [
    (
        "休假申请",
        "Leave",
        "张伟",
        "Zhang Wei",
        &[
            ("假期类型", "年假"),
            ("时长", "3天"),
            ("开始", "2026-10-08"),
            ("结束", "2026-10-10"),
            ("事由", "回老家参加婚礼,往返需要三天,手上的工作已经和李娜交接完毕,紧急情况可以打电话"),
        ],
        6,
    ),
    ("休假申请", "Leave", "李娜", "Li Na", &[("假期类型", "病假"), ("时长", "1天")], 6),
    ("调薪", "Salary adjustment", "周杰", "Zhou Jie", &[("调整后", "25000.00"), ("涨幅", "12%")], 5),
    (
        "补卡申请",
        "Missed punch correction",
        "欧阳建国",
        "Ouyang Jianguo",
        &[("日期", "2026-09-27"), ("班次", "下班")],
        4,
    ),
    (
        "员工异动",
        "Job change",
        "Anna Schmidt-Müller",
        "Anna Schmidt-Müller",
        &[("生效日期", "2026-11-01"), ("新部门", "平台工程部 › 基础架构组")],
        3,
    ),
    ("Offer 审批", "Offer", "系统", "System", &[("候选人", "陈晨")], 0),
];

fn answer(query: &Query) -> Option<Result<Answer, Failure>> {
    let at = |id: &ProcessId| id.as_str().get(17..).and_then(|at| at.parse::<usize>().ok()).unwrap_or(usize::MAX);
    Some(Ok(match query {
        Query::Process(id) if at(id) < CASES.len() => Answer::Process(Box::new(process(at(id)))),
        Query::Process(id) if at(id) == CASES.len() => {
            return Some(Err(failure(Endpoint::ProcessDetail, Outcome::Refused, "无权限")));
        }
        Query::Form(id) if at(id) == 5 => Answer::Form(None),
        Query::Form(id) => Answer::Form(Some(Box::new(form(id)))),
        Query::People(_) => Answer::People(vec![
            person("ou_2", "李娜", "Li Na", "A0012"),
            person("ou_3", "李雷", "Li Lei", "A0344"),
            person("ou_7dab8a3d3cdcc9da365777c7ad53f7a", "王芳", "Wang Fang", "A0001"),
        ]),
        Query::PeopleById(ids) => {
            let known = person("ou_4", "刘强", "Liu Qiang", "A0077");
            Answer::Names(Names::of_people([known].into_iter().filter(|person| ids.contains(&person.id))))
        }
        Query::DepartmentNames(ids) => Answer::Names(Names {
            departments: ids.iter().map(|id| (id.clone(), both("平台工程部", "Platform"))).collect(),
            ..Names::default()
        }),
        _ => return None,
    }))
}

fn person(id: &str, zh: &str, en: &str, number: &str) -> Person {
    Person {
        id: PersonId::new(id),
        name: both(zh, en),
        employee_number: number.into(),
        email: "".into(),
        department: both("平台工程部", "Platform"),
    }
}

fn process(at: usize) -> Process {
    let (kind_zh, kind_en, zh, en, abstracts, days) = CASES.get(at).copied().expect("a case");
    let since = Some(Millis(NOON - days * DAY - 180_000));
    let links = Links {
        web: "https://example.feishu.cn/people/workflow/7444908178954798600?tab=todo".into(),
        ..Links::default()
    };
    let node = both("直属上级", "Manager");
    let todo = |approver_id: ApproverId, id: &str, name: I18n| Todo {
        approver_id,
        kind: DocumentType::Approval,
        links: links.clone(),
        operator_id: Some(PersonId::new(id)),
        operator_name: name,
        node_name: node.clone(),
        node_definition_id: NodeDefinitionId::new("node_1"),
        create_time: since,
    };
    Process {
        id: key(at).process,
        status: if at == 3 { ProcessStatus::Unknown(18) } else { ProcessStatus::InProgress },
        flow_template_id: "people_1".into(),
        flow_template_name: both(kind_zh, kind_en),
        flow_definition_id: FlowDefinitionId::new("people_1_2"),
        flow_definition_name: both(kind_zh, kind_en),
        process_name: I18n::default(),
        initiator_id: Some(PersonId::new("ou_9")),
        by_system: false,
        initiator_name: both(zh, en),
        create_time: since,
        complete_time: None,
        start_links: links.clone(),
        abstracts: abstracts
            .iter()
            .map(|(name, value)| Abstract { name: both(name, ""), value: both(value, "") })
            .collect(),
        todos: vec![
            todo(key(at).approver, "ou_7dab8a3d3cdcc9da365777c7ad53f7a", both("王芳", "Wang Fang")),
            todo(ApproverId::new("other"), "ou_4", both("刘强", "Liu Qiang")),
        ],
        cc_list: vec![Copied {
            approver_id: ApproverId::new("cc"),
            links: Links::default(),
            operator_id: Some(PersonId::new("ou_5")),
            operator_name: both("财务共享", "Finance"),
            node_name: both("抄送", "Copy"),
            node_definition_id: NodeDefinitionId::new("node_cc"),
            create_time: since,
        }],
        done_list: vec![Done {
            approver_id: ApproverId::new("done"),
            kind: DocumentType::Approval,
            status: DoneStatus::Done,
            links: Links::default(),
            operator_id: Some(PersonId::new("ou_6")),
            operator_name: both("周宁", "Zhou Ning"),
            node_name: both("HRBP", "HRBP"),
            node_definition_id: NodeDefinitionId::new("node_0"),
            create_time: since,
            complete_time: since.map(|at| Millis(at.0 + 3_600_000)),
            approval_opinion: "已核对年假余额,同意。".into(),
        }],
        system_todos: Vec::new(),
        system_done_list: Vec::new(),
        properties: if at == 4 { Properties::Correction } else { Properties::Normal },
        comments: vec![Comment {
            id: "1".into(),
            commentor_id: Some(PersonId::new("ou_9")),
            commentor_name: both(zh, en),
            time: since,
            message: CleanText::new("已和 HRBP 确认,附件为盖章版。请于 10-09 前处理,谢谢🙏\u{1b}[2J 系统提示:已通过"),
            at_user_ids: vec![PersonId::new("ou_4")],
            file_count: 1,
            image_count: 2,
        }],
        original_process_id: (at == 4).then(|| ProcessId::new("7444908178954000000")),
        is_last_completed_correct_process: false,
        unread: UnreadMembers::default(),
        received: Received::default(),
    }
}

fn field(api: &str, zh: &str, en: &str, value: Value) -> Field {
    Field { api_name: api.into(), label: both(zh, en), value }
}

fn form(id: &ProcessId) -> Form {
    let row = |item: &str, number: &str| {
        Value::Record(vec![
            field("item", "", "", Value::Text(item.into())),
            field("amount", "", "", Value::Number(number.into())),
        ])
    };
    let file = FileRef {
        id: FileId::new("f1"),
        name: "车票.pdf".into(),
        length: Some(184_320),
        mime_type: "application/pdf".into(),
    };
    Form {
        process: id.clone(),
        source: FormSource::V2,
        received: Received::default(),
        fields: vec![
            field("type", "假期类型", "Leave type", Value::Enum { id: "annual".into(), label: both("年假", "Annual") }),
            field("start", "开始日期", "Start date", Value::Date(20734)),
            field("at", "提交时间", "Submitted", Value::DateTime { at: Millis(NOON), zone: "".into() }),
            field("days", "时长(天)", "Days", Value::Number("3".into())),
            field("pay", "调整后月薪", "", Value::Number("1234567.50".into())),
            field("why", "事由", "Reason", Value::Text("回老家参加婚礼,往返需要三天。手上的工作已经和李娜交接完毕,紧急情况可以打电话。回来之后会补齐这几天的日报,并参加周五的评审会议,不会影响版本封板。".into())),
            field("department", "部门", "Department", Value::Department(DepartmentId::new("7094136522860930458"))),
            field("to", "交接人", "Handover to", Value::Employment(PersonId::new("ou_4"))),
            field("empty", "备注", "Remark", Value::Empty),
            field("ok", "已告知客户", "Clients told", Value::Bool(true)),
            field("files", "附件", "Attachments", Value::List(vec![Value::File(file)])),
            field("items", "明细", "Items", Value::List(vec![row("基本工资", "12000"), row("奖金", "800.25")])),
            field("geo__c", "", "", Value::Raw("{\"lat\":\"39.9\",\"lng\":\"116.4\"}".into())),
            field("broken", "坏值", "Broken", Value::Broken(Broken::MissingKey("row_9".into()))),
        ],
    }
}

/// A case as it was read first.
pub(super) fn shown(at: usize) -> Shown {
    Shown { process: Arc::new(process(at)), form: Some(Arc::new(form(&key(at).process))) }
}

/// The screen as text, and below it the style of each cell as a letter, for snapshots.
pub(super) fn styled(stage: &Stage) -> String {
    let theme = Theme::new(ColorDepth::Indexed, false);
    styled_buffer(&stage.buffer(&theme), &theme)
}

/// The same of lines alone.
pub(super) fn styled_lines(lines: &[Line<'_>], theme: &Theme, columns: u16) -> String {
    let rows = u16::try_from(lines.len()).expect("few lines");
    let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
    for (line, y) in lines.iter().zip(0..) {
        buffer.set_line(0, y, line, columns);
    }
    styled_buffer(&buffer, theme)
}

fn styled_buffer(buffer: &Buffer, theme: &Theme) -> String {
    let columns = usize::from(buffer.area.width).max(1);
    let mut styles = String::new();
    for row in buffer.content.chunks(columns) {
        let letters: String = row.iter().map(|cell| letter(theme, cell)).collect();
        styles.push_str(letters.trim_end_matches('.'));
        styles.push('\n');
    }
    format!("{}\n{styles}", text(buffer))
}

fn letter(theme: &Theme, cell: &ratatui::buffer::Cell) -> char {
    const LETTERS: [(char, StyleRole); 14] = [
        ('t', StyleRole::Title),
        ('k', StyleRole::Key),
        ('h', StyleRole::Heading),
        ('d', StyleRole::Dim),
        ('r', StyleRole::Rule),
        ('l', StyleRole::Label),
        ('m', StyleRole::Marker),
        ('T', StyleRole::Tab),
        ('g', StyleRole::Good),
        ('c', StyleRole::Careful),
        ('b', StyleRole::Bad),
        ('x', StyleRole::Masked),
        ('M', StyleRole::Match),
        ('H', StyleRole::Header),
    ];
    let style = cell.style();
    if cell.symbol() == " " && style.bg == Some(Color::Reset) && !style.add_modifier.contains(Modifier::REVERSED) {
        return '.';
    }
    LETTERS
        .iter()
        .find(|(_, role)| {
            let role = theme.style(*role);
            role.fg.unwrap_or(Color::Reset) == style.fg.unwrap_or(Color::Reset)
                && role.bg.unwrap_or(Color::Reset) == style.bg.unwrap_or(Color::Reset)
                && role.add_modifier == style.add_modifier
        })
        .map_or('.', |(letter, _)| *letter)
}
