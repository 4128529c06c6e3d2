//! The timeline: start, finished tasks, copies and open tasks in the order of time, with opinions; who else can act.

use ratatui::text::{Line, Span};

use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{summary, text_layout};
use crate::domain::process::{Done, Todo};
use crate::domain::{DocumentType, DoneStatus, I18n, Millis, PersonId, Process, TaskKey};
use crate::text::{Word, bracketed};

/// One line of the timeline, before it has a style.
struct TimelineEntry {
    at: Option<Millis>,
    /// Open tasks come last at any time.
    open: bool,
    sign: (&'static str, StyleRole),
    node: String,
    who: String,
    what: String,
    opinion: String,
}

const TIME: usize = 11;

pub(super) fn lines(
    context: &RenderContext<'_>,
    process: &Process,
    key: &TaskKey,
    columns: usize,
) -> Vec<Line<'static>> {
    let mut moments = moments(context, process);
    moments.sort_by_key(|moment| (moment.open, moment.at.unwrap_or(Millis(i64::MAX))));
    let widest = |cell: fn(&TimelineEntry) -> &str, most: usize| {
        moments.iter().map(|moment| text_layout::width(cell(moment))).max().unwrap_or(0).min(most)
    };
    let node = widest(|moment| &moment.node, columns / 4);
    let who = widest(|moment| &moment.who, columns / 5);
    let mut lines: Vec<Line<'static>> = Vec::new();
    for moment in &moments {
        let (sign, role) = moment.sign;
        lines.push(Line::from(vec![
            context.span(StyleRole::Dim, format!(" {} ", text_layout::pad(&context.moment(moment.at), TIME))),
            context.span(role, format!("{} ", text_layout::pad(sign, 1))),
            context.span(StyleRole::Text, format!("{}  ", text_layout::pad(&moment.node, node))),
            context.span(StyleRole::Text, format!("{}  ", text_layout::pad(&moment.who, who))),
            context.span(role, moment.what.clone()),
        ]));
        if !moment.opinion.is_empty() {
            lines.extend(context.wrapped(StyleRole::Text, &moment.opinion, TIME + 4, columns));
        }
    }
    lines.push(Line::default());
    lines.push(who_else(context, process, key));
    lines
}

fn moments(context: &RenderContext<'_>, process: &Process) -> Vec<TimelineEntry> {
    let plain = |at, node: &I18n, id: Option<&PersonId>, name: &I18n, what: Word| TimelineEntry {
        at,
        open: false,
        sign: ("·", StyleRole::Dim),
        node: context.text(node),
        who: context.person(id, name),
        what: context.word(what).to_owned(),
        opinion: String::new(),
    };
    let nowhere = I18n::default();
    let initiator = process.initiator_id.as_ref();
    let mut start = plain(process.create_time, &nowhere, initiator, &process.initiator_name, Word::Started);
    start.who = context.initiator(process);
    start.node = std::mem::take(&mut start.what);
    let mut moments = vec![start];
    moments
        .extend(process.done_list.iter().chain(&process.system_done_list).map(|done| finished(context, process, done)));
    moments.extend(process.cc_list.iter().map(|copied| {
        let id = copied.operator_id.as_ref();
        plain(copied.create_time, &copied.node_name, id, &copied.operator_name, Word::CopiedTo)
    }));
    moments.extend(process.todos.iter().chain(&process.system_todos).map(|todo| pending(context, todo)));
    if let Some(end) = process.complete_time {
        let mut moment = plain(Some(end), &nowhere, None, &nowhere, Word::Ended);
        moment.who = String::new();
        moment.what = format!("{} · {}", moment.what, context.localizer.process_status(process.status));
        moments.push(moment);
    }
    moments
}

fn finished(context: &RenderContext<'_>, process: &Process, done: &Done) -> TimelineEntry {
    let sign = match done.status {
        DoneStatus::Done => ("✓", StyleRole::Good),
        DoneStatus::Rejected => ("✗", StyleRole::Bad),
        DoneStatus::Cancelled => ("-", StyleRole::Dim),
        DoneStatus::Unknown(_) => ("?", StyleRole::Careful),
    };
    let mut what = context.localizer.done_status(done.status).into_owned();
    if done.kind != DocumentType::Approval {
        what = format!("{what} · {}", context.localizer.document_type(done.kind));
    }
    TimelineEntry {
        at: done.complete_time.or(done.create_time),
        open: false,
        sign,
        node: context.text(&done.node_name),
        who: with_self(context, done.operator_id.as_ref(), &done.operator_name),
        what,
        opinion: context.words(process, done.approval_opinion.as_str()).into_owned(),
    }
}

fn pending(context: &RenderContext<'_>, todo: &Todo) -> TimelineEntry {
    let mut what = context.word(Word::ToDo).to_owned();
    if todo.kind != DocumentType::Approval {
        what = format!("{what} · {}", context.localizer.document_type(todo.kind));
    }
    TimelineEntry {
        at: todo.create_time,
        open: true,
        sign: ("…", StyleRole::Careful),
        node: context.text(&todo.node_name),
        who: with_self(context, todo.operator_id.as_ref(), &todo.operator_name),
        what,
        opinion: String::new(),
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
