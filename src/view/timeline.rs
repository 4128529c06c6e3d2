//! The timeline: start, finished tasks, copies and open tasks in the order of time, with opinions; who else can act.

use std::borrow::Cow;

use ratatui::text::{Line, Span};

use super::long_text::LongText;
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{summary, text_layout};
use crate::domain::process::{Done, Todo};
use crate::domain::{DocumentType, DoneStatus, I18n, Millis, PersonId, Process, TaskKey};
use crate::text::{Word, bracketed};

/// One line of the timeline, before it has a style.
struct TimelineEntry<'t> {
    at: Option<Millis>,
    /// Open tasks come last at any time.
    open: bool,
    sign: (&'static str, StyleRole),
    node: Cow<'t, str>,
    who: String,
    what: Cow<'t, str>,
    opinion: Cow<'t, str>,
}

const TIME: usize = 11;

pub(super) fn text<'t>(
    context: &'t RenderContext<'_>,
    process: &'t Process,
    key: &'t TaskKey,
    columns: usize,
) -> LongText<'t> {
    let mut moments = moments(context, process);
    moments.sort_by_key(|moment| (moment.open, moment.at.unwrap_or(Millis(i64::MAX))));
    let widest = |cell: for<'e> fn(&'e TimelineEntry<'t>) -> &'e str, most: usize| {
        moments.iter().map(|moment| text_layout::width(cell(moment))).max().unwrap_or(0).min(most)
    };
    let node = widest(|moment| &moment.node, columns / 4);
    let who = widest(|moment| &moment.who, columns / 5);
    let mut text = LongText::default();
    for mut moment in moments {
        let opinion = std::mem::take(&mut moment.opinion);
        text.lazy(move || line(context, &moment, node, who));
        if !opinion.is_empty() {
            text.wrapped(StyleRole::Text, opinion, TIME + 4, columns);
        }
    }
    text.line(Line::default());
    text.line(who_else(context, process, key));
    text
}

fn line(context: &RenderContext<'_>, moment: &TimelineEntry<'_>, node: usize, who: usize) -> Line<'static> {
    let (sign, role) = moment.sign;
    Line::from(vec![
        context.span(StyleRole::Dim, format!(" {} ", text_layout::pad(&context.moment(moment.at), TIME))),
        context.span(role, format!("{} ", text_layout::pad(sign, 1))),
        context.span(StyleRole::Text, format!("{}  ", text_layout::pad(&moment.node, node))),
        context.span(StyleRole::Text, format!("{}  ", text_layout::pad(&moment.who, who))),
        context.span(role, moment.what.to_string()),
    ])
}

fn moments<'t>(context: &RenderContext<'_>, process: &'t Process) -> Vec<TimelineEntry<'t>> {
    let plain = |at, node: Cow<'t, str>, who: String, what: &'static str| TimelineEntry {
        at,
        open: false,
        sign: ("·", StyleRole::Dim),
        node,
        who,
        what: what.into(),
        opinion: "".into(),
    };
    let started = context.word(Word::Started).into();
    let mut moments = vec![plain(process.create_time, started, context.initiator(process), "")];
    moments
        .extend(process.done_list.iter().chain(&process.system_done_list).map(|done| finished(context, process, done)));
    moments.extend(process.cc_list.iter().map(|copied| {
        let who = context.person(copied.operator_id.as_ref(), &copied.operator_name);
        plain(copied.create_time, context.localizer.text(&copied.node_name), who, context.word(Word::CopiedTo))
    }));
    moments.extend(process.todos.iter().chain(&process.system_todos).map(|todo| pending(context, todo)));
    if let Some(end) = process.complete_time {
        let status = context.localizer.process_status(process.status);
        let what = format!("{} · {status}", context.word(Word::Ended)).into();
        moments.push(TimelineEntry { what, ..plain(Some(end), "".into(), String::new(), "") });
    }
    moments
}

fn finished<'t>(context: &RenderContext<'_>, process: &Process, done: &'t Done) -> TimelineEntry<'t> {
    let sign = match done.status {
        DoneStatus::Done => ("✓", StyleRole::Good),
        DoneStatus::Rejected => ("✗", StyleRole::Bad),
        DoneStatus::Cancelled => ("-", StyleRole::Dim),
        DoneStatus::Unknown(_) => ("?", StyleRole::Careful),
    };
    let mut what = context.localizer.done_status(done.status);
    if done.kind != DocumentType::Approval {
        what = format!("{what} · {}", context.localizer.document_type(done.kind)).into();
    }
    TimelineEntry {
        at: done.complete_time.or(done.create_time),
        open: false,
        sign,
        node: context.localizer.text(&done.node_name),
        who: with_self(context, done.operator_id.as_ref(), &done.operator_name),
        what,
        opinion: context.words(process, done.approval_opinion.as_str()),
    }
}

fn pending<'t>(context: &RenderContext<'_>, todo: &'t Todo) -> TimelineEntry<'t> {
    let mut what: Cow<'t, str> = context.word(Word::ToDo).into();
    if todo.kind != DocumentType::Approval {
        what = format!("{what} · {}", context.localizer.document_type(todo.kind)).into();
    }
    TimelineEntry {
        at: todo.create_time,
        open: true,
        sign: ("…", StyleRole::Careful),
        node: context.localizer.text(&todo.node_name),
        who: with_self(context, todo.operator_id.as_ref(), &todo.operator_name),
        what,
        opinion: "".into(),
    }
}

fn with_self(context: &RenderContext<'_>, id: Option<&PersonId>, name: &I18n) -> String {
    let who = context.person(id, name);
    if context.is_operator(id) {
        format!("{who}{}", bracketed(context.localizer.lang, context.word(Word::Myself)))
    } else {
        who
    }
}

/// Others who have an open task on the same node.
fn who_else(context: &RenderContext<'_>, process: &Process, key: &TaskKey) -> Line<'static> {
    let others = summary::others_on_step(context, process, key);
    let names = if others.is_empty() { context.word(Word::Nobody).to_owned() } else { others.join(" ") };
    Line::from(vec![
        Span::raw(" "),
        context.span(StyleRole::Label, context.word(Word::WhoElse)),
        Span::raw(" "),
        context.span(StyleRole::Text, names),
    ])
}
