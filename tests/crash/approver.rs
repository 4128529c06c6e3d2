//! An approver who works the queue as fast as the program's rules allow, gives each decision words of its own, and
//! remembers which decisions they confirmed and which the program showed as confirmed.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use rand::Rng;
use rand::rngs::SmallRng;

use super::platform::Office;
use super::pty::{Gone, ROWS, TerminalSession};
use super::screen::{self, Place, Rendered};

/// Longest work of a run, with any plan.
const LONGEST: Duration = Duration::from_secs(4);
/// A review can be confirmed 300 ms after it appeared.
const REVIEW_REST: Duration = Duration::from_millis(330);
/// For an immediate reaction to a key, on a busy machine too.
const SOON: Duration = Duration::from_secs(2);
/// For a page of many decisions to come or go, on a machine that stalls.
const PAGE_COMES: Duration = Duration::from_secs(30);
/// For the settlement of an uncertain decision, a minute of a used-up budget included.
const LOOKS: Duration = Duration::from_secs(120);
const COLLEAGUES: [&str; 6] = ["刘强", "孙悦", "周杰", "高飞", "吴迪", "赵敏"];

const REVIEW: &str = "y 确认";
const EDITOR: &str = "Ctrl-D 完成";
const FINISH: &str = "\u{4}";
const ESCAPE: &str = "\u{1b}";
/// Titles of an earlier run's open matters, with and without lines that want an answer.
const LIST: [&str; 2] = ["项待处理 ─", "全部完成 ─"];
/// The title of the history page.
const HISTORY: &str = "─ 操作记录 ─";
/// Rows of a terminal that has all decisions of a journal on one screen.
const MANY_ROWS: u16 = 240;

/// The approver's activity when the program is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Moment {
    Start,
    List,
    Inbox,
    Review,
    Confirmed,
}

/// Time of the kill: a delay after the nth occurrence of this moment.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub moment: Moment,
    pub times: usize,
    pub delay: Duration,
}

/// The approver's knowledge about their decisions, by the words of each.
#[derive(Debug, Default)]
pub struct Memory {
    words: usize,
    /// Presses of the confirming key.
    pub pressed: HashMap<String, usize>,
    /// Confirmations that the program showed.
    pub confirmed: HashMap<String, usize>,
    pub lists: usize,
    /// The screen's statements about them.
    pub said: Vec<Rendered>,
    /// Statements that could not be read.
    pub unread: Vec<String>,
}

pub struct Approver<'a> {
    pub console: &'a mut TerminalSession,
    pub memory: &'a mut Memory,
    random: &'a mut SmallRng,
    plan: Option<Plan>,
    office: &'a Office,
    /// Words and sentence of each review that was confirmed in this run.
    reviews: Vec<(String, String)>,
    /// The words of the review that was confirmed last, until the program has answered that key.
    pending: Option<String>,
}

impl<'a> Approver<'a> {
    pub fn new(
        console: &'a mut TerminalSession,
        memory: &'a mut Memory,
        random: &'a mut SmallRng,
        office: &'a Office,
        plan: Option<Plan>,
    ) -> Self {
        Self { console, memory, random, plan, office, reviews: Vec::new(), pending: None }
    }

    /// Works until the program is gone. `Ok` after a start that asks about no open matters.
    pub fn work(&mut self, expects_list: bool) -> Result<Asked, Gone> {
        self.reached(Moment::Start);
        self.console.wait(Duration::from_secs(60), is_ready)?;
        self.console.kill_within(LONGEST);
        if self.sees_list() {
            self.memory.lists += 1;
        } else if expects_list {
            return Ok(Asked::Nothing);
        } else if self.chance(10) {
            self.read_history()?;
        }
        loop {
            self.read_notice();
            if self.sees_list() {
                self.read_list(Place::Issues);
                self.reached(Moment::List);
                self.answer_list()?;
            } else {
                self.reached(Moment::Inbox);
                self.decide()?;
            }
        }
    }

    /// Reads the decisions of the list on screen.
    fn read_list(&mut self, place: Place) {
        match screen::read_list(place, &self.console.text(), |words| self.office.writes_with(words)) {
            Ok(said) => self.memory.said.extend(said),
            Err(words) => self.memory.unread.push(words),
        }
    }

    fn read_notice(&mut self) {
        let written = |words: &str| self.office.writes_with(words);
        self.memory.said.extend(screen::read_notice(&self.console.text(), &self.reviews, written));
    }

    /// Opens the history on a screen that has room for all of it, and counts its decisions.
    fn read_history(&mut self) -> Result<usize, Gone> {
        self.console.resize(MANY_ROWS);
        self.console.keys("H")?;
        // The frame may come in pieces.
        let whole = self.console.wait(PAGE_COMES, |screen| {
            let text = screen.contents();
            text.contains(HISTORY) && screen::is_whole_history(&text)
        })?;
        let read = self.memory.said.len();
        if whole {
            self.read_list(Place::History);
        }
        let told = self.memory.said.iter().skip(read).map(|said| said.outcomes.len()).sum();
        self.console.resize(ROWS);
        self.console.keys(ESCAPE)?;
        self.console.wait(PAGE_COMES, |screen| !screen.contents().contains(HISTORY))?;
        Ok(told)
    }

    /// After the program's end: reads the last screen about the last key and the decisions.
    pub fn look_back(&mut self) {
        if self.sees_list() {
            self.read_list(Place::Issues);
        } else {
            self.read_notice();
        }
        if let Some(words) = self.pending.take()
            && !self.console.shows(REVIEW)
            && is_taken(&self.console.text())
        {
            *self.memory.confirmed.entry(words).or_default() += 1;
        }
    }

    fn reached(&mut self, moment: Moment) {
        let Some(plan) = &mut self.plan else { return };
        if plan.moment == moment && plan.times > 0 {
            plan.times -= 1;
            if plan.times == 0 {
                self.console.kill_within(plan.delay);
            }
        }
    }

    fn sees_list(&self) -> bool {
        let text = self.console.text();
        LIST.iter().any(|sign| text.contains(sign))
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.random.random_range(0..100) < percent
    }

    /// Words that no other decision has.
    fn new_words(&mut self) -> String {
        self.memory.words += 1;
        format!("w{}e", self.memory.words)
    }

    /// One decision of any kind on the case under the cursor, or a step to another one.
    fn decide(&mut self) -> Result<(), Gone> {
        let reviewed = match self.random.random_range(0..100) {
            0..36 => self.approve()?,
            36..50 => self.reject()?,
            50..64 => self.transfer()?,
            64..78 => self.add_sign()?,
            78..88 => self.withdraw()?,
            _ => self.revoke()?,
        };
        if reviewed {
            self.confirm()?;
            if self.chance(10) {
                self.console.keys("u")?;
                self.console.rest(Duration::from_millis(50))?;
            }
            return Ok(());
        }
        self.leave_dialog()?;
        // It cannot be decided here, or not like this: decided already, running still, a form to fill in, or one that must be seen first.
        if self.chance(15) {
            self.console.keys("2vG")?;
            return self.console.rest(Duration::from_millis(400));
        }
        let down = self.random.random_range(1..5);
        self.console.keys(&"j".repeat(down))?;
        self.console.rest(Duration::from_millis(60))
    }

    fn approve(&mut self) -> Result<bool, Gone> {
        self.console.keys("a")?;
        Ok(self.review_appears()? && self.write_words()?)
    }

    fn reject(&mut self) -> Result<bool, Gone> {
        self.console.keys("r")?;
        if !self.opens(EDITOR)? {
            return Ok(false);
        }
        self.finish_words()
    }

    fn withdraw(&mut self) -> Result<bool, Gone> {
        self.console.keys(":withdraw\r")?;
        Ok(self.opens(EDITOR)? && self.finish_words()?)
    }

    /// Only a completed process can be revoked: the approver approves, the others do, and it is read again.
    fn revoke(&mut self) -> Result<bool, Gone> {
        if !self.approve()? {
            return Ok(false);
        }
        let plan = self.plan.take();
        let approved = self.confirm();
        self.plan = plan;
        approved?;
        self.console.wait(SOON, |screen| is_answered(&screen.contents()))?;
        self.read_notice();
        self.office.complete_approved();
        // The cursor has gone on to the next one.
        self.console.keys("k\x12")?;
        self.console.wait(SOON, |screen| screen.contents().contains("· 已完成"))?;
        self.console.keys(":revoke\r")?;
        Ok(self.opens(EDITOR)? && self.finish_words()?)
    }

    fn transfer(&mut self) -> Result<bool, Gone> {
        self.console.keys("t")?;
        Ok(self.pick()? && self.review_appears()? && self.write_words()?)
    }

    fn add_sign(&mut self) -> Result<bool, Gone> {
        self.console.keys("s")?;
        if !self.opens("2 并加签")? {
            return Ok(false);
        }
        let position = ["1", "2", "3"][self.random.random_range(0..3)];
        self.console.keys(position)?;
        if !self.pick()? {
            return Ok(false);
        }
        self.console.keys(FINISH)?;
        Ok(self.review_appears()? && self.write_words()?)
    }

    /// Chooses a colleague in the picker.
    fn pick(&mut self) -> Result<bool, Gone> {
        if !self.opens("Enter 选择")? {
            return Ok(false);
        }
        let name = COLLEAGUES[self.random.random_range(0..COLLEAGUES.len())];
        self.console.keys(name)?;
        let found = self.console.wait(SOON, |screen| {
            let text = screen.contents();
            let picker = text.split(&format!(" > {name}")).nth(1).unwrap_or_default().to_owned();
            picker.lines().any(|line| line.starts_with('▸') && line.contains(name) && !line.contains("不能"))
        })?;
        if found {
            self.console.keys("\r")?;
        }
        Ok(found)
    }

    /// Something opens, or the program says why it does not.
    fn opens(&mut self, sign: &str) -> Result<bool, Gone> {
        self.console.wait(SOON, |screen| {
            let text = screen.contents();
            text.contains(sign) || is_refusal(&text)
        })?;
        Ok(self.console.shows(sign))
    }

    fn review_appears(&mut self) -> Result<bool, Gone> {
        self.opens(REVIEW)
    }

    /// Gives the decision under review words of its own.
    fn write_words(&mut self) -> Result<bool, Gone> {
        self.console.keys("e")?;
        Ok(self.opens(EDITOR)? && self.finish_words()?)
    }

    fn finish_words(&mut self) -> Result<bool, Gone> {
        let words = self.new_words();
        self.console.keys(&words)?;
        self.console.keys(FINISH)?;
        self.review_appears()
    }

    /// Confirms the review on screen as soon as that counts.
    fn confirm(&mut self) -> Result<(), Gone> {
        self.reached(Moment::Review);
        self.console.rest(REVIEW_REST)?;
        let Some((words, sentence)) = review_on(&self.console.text()) else { return Ok(()) };
        self.reviews.push((words.clone(), sentence));
        for _ in 0..5 {
            *self.memory.pressed.entry(words.clone()).or_default() += 1;
            self.pending = Some(words.clone());
            self.console.keys("y")?;
            self.reached(Moment::Confirmed);
            let answered =
                self.console.wait(Duration::from_millis(400), |screen| !screen.contents().contains(REVIEW))?;
            if answered {
                // The frame may have come in pieces.
                self.console.rest(Duration::from_millis(20))?;
                self.look_back();
                return Ok(());
            }
        }
        self.leave_dialog()
    }

    fn leave_dialog(&mut self) -> Result<(), Gone> {
        for _ in 0..3 {
            let text = self.console.text();
            if ![REVIEW, EDITOR, "Enter 选择", "2 并加签"].iter().any(|sign| text.contains(sign)) {
                break;
            }
            self.console.keys(ESCAPE)?;
            self.console.rest(Duration::from_millis(80))?;
        }
        Ok(())
    }

    /// One key for the list of open matters.
    fn answer_list(&mut self) -> Result<(), Gone> {
        let drawn = self.random.random_range(0..100);
        if self.console.shows(LIST[1]) {
            self.console.keys("\r")?;
        } else if !self.console.shows("[s]") {
            // Verifying a decision mostly takes longer than the approver waits.
            match drawn {
                0..70 => self.console.keys(ESCAPE)?,
                70..85 => self.console.keys(["\r", "s", "d", "X"][drawn % 4])?,
                _ => self.console.rest(Duration::from_millis(self.random.random_range(200..2_500)))?,
            }
        } else {
            match drawn {
                0..35 => {
                    self.console.keys("s")?;
                    self.console.rest(Duration::from_millis(100))?;
                    if self.console.shows(REVIEW) && (self.chance(50) || self.write_words()?) {
                        self.confirm()?;
                    }
                    self.leave_dialog()?;
                }
                35..60 => self.console.keys("d")?,
                60..65 => self.console.keys("X")?,
                65..80 => self.console.keys("\r")?,
                _ => self.console.keys(ESCAPE)?,
            }
        }
        self.console.rest(Duration::from_millis(80))
    }

    /// Answers the list until nothing wants an answer any more, and leaves. Counts the decisions of the history; `None`
    /// when the list does not come to an end.
    pub fn settle(&mut self) -> Result<Option<usize>, Gone> {
        self.console.wait(Duration::from_secs(60), is_ready)?;
        let deadline = Instant::now() + LOOKS;
        while self.sees_list() && Instant::now() < deadline {
            self.read_list(Place::Issues);
            // A decision under verification has no key yet, and a settled one none any more; the next line may have
            // one.
            let answers = self.console.shows("[d]") && !self.console.shows("无需处理");
            let (key, rest) = if answers { ("d", 100) } else { ("\r", 600) };
            self.console.keys(key)?;
            self.console.rest(Duration::from_millis(rest))?;
        }
        let settled = !self.sees_list() && !self.console.shows("结果未知");
        let told = self.read_history()?;
        self.console.keys("q")?;
        Ok(settled.then_some(told))
    }
}

/// How a run ended that should have asked about open decisions.
#[derive(Debug)]
pub enum Asked {
    Nothing,
}

/// The first screen, with the queue or the list on it.
fn is_ready(screen: &vt100::Screen) -> bool {
    let text = screen.contents();
    screen.alternate_screen() && (text.contains("待办 ") || LIST.iter().any(|sign| text.contains(sign)))
}

/// Beginnings of the reasons for which a key does nothing.
const REFUSALS: [&str; 22] = [
    "没有选中",
    "请稍候。",
    "只读模式",
    "这条待办已",
    "正在发送这条待办",
    "结果未知，正在核实。",
    "无需处理",
    "重要单据，请先",
    "这是表单任务",
    "已停止审批",
    "单据加载失败",
    "不支持这个按键",
    "别处处理过这条待办",
    "他人已处理这条待办",
    "的数据无法识别",
    "表单无法识别",
    "打开后没有变更",
    "请返回待处理列表",
    "看后丢弃。",
    "只能撤回审批中",
    "只能撤销已完成",
    "没有可收回的操作",
];

/// The program says that it did not do it.
fn is_refusal(text: &str) -> bool {
    REFUSALS.iter().any(|reason| text.contains(reason))
}

/// The program says that a decision is held, on its way, or answered; and not that the key did not count.
fn is_taken(text: &str) -> bool {
    text.contains("待办 ") && !is_refusal(text)
}

/// The notice says that a decision was answered, or will not be.
fn is_answered(text: &str) -> bool {
    let notice = text.lines().rev().filter(|row| !row.trim().is_empty()).nth(1).unwrap_or_default();
    notice.starts_with(" 已") || ["核实", "未发送", "未生效"].iter().any(|part| notice.contains(part))
}

/// The sentence under review and the words in it.
fn review_on(text: &str) -> Option<(String, String)> {
    let joined: String = text
        .lines()
        .rev()
        .skip_while(|line| !line.contains(REVIEW))
        .skip(1)
        .take(4)
        .fold(String::new(), |sentence, line| format!("{}{sentence}", line.trim()));
    Some((super::reconcile::words_in(&joined)?, joined.trim().to_owned()))
}
