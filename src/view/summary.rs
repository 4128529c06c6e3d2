//! The summary of a request: every line of it, the operator's task, the state of the process, times and links.

use ratatui::text::{Line, Span};

use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{comments, text_layout};
use crate::app::{Command, Loaded, Request, issues};
use crate::domain::decision::state::{Cause, State};
use crate::domain::mask::MASK;
use crate::domain::{CleanText, DocumentType, Process, Properties, TaskKey, biz_type, diff};
use crate::text::{Sentence, Word};

/// Below this many columns, every field has a line of its own.
const TWO_COLUMNS: usize = 64;
/// Columns of the labels: at least, and at most where there is little room and much.
const LEAST_LABEL: usize = 8;
const MOST_LABEL: (usize, usize) = (16, 22);

/// Columns of the words around the differences from an original.
const BESIDE_CHANGES: usize = 36;

/// A label and its value.
pub(super) struct LabeledValue {
    pub(super) label: String,
    pub(super) role: StyleRole,
    pub(super) value: String,
}

/// Columns of the labels of these values.
pub(super) fn label_width<'p>(pairs: impl Iterator<Item = &'p LabeledValue>, columns: usize) -> usize {
    let widest = pairs.map(|pair| text_layout::width(&pair.label)).max();
    let (narrow, wide) = MOST_LABEL;
    widest.unwrap_or(0).clamp(LEAST_LABEL, (columns / 4).clamp(narrow, wide))
}

/// The lines of the summary.
pub(super) fn abstracts(context: &RenderContext<'_>, process: &Process) -> Vec<LabeledValue> {
    let pair = |line: &crate::domain::process::Abstract| LabeledValue {
        label: context.text(&line.name),
        role: StyleRole::Text,
        value: value_or_empty(context, &line.value),
    };
    process.abstracts.iter().map(pair).collect()
}

/// Others who have an open task on the approver's step.
pub(super) fn others_on_step(context: &RenderContext<'_>, process: &Process, key: &TaskKey) -> Vec<String> {
    let mine = process.todo(&key.approver).map(|todo| &todo.node_definition_id);
    let others =
        process.todos.iter().filter(|todo| Some(&todo.node_definition_id) == mine && todo.approver_id != key.approver);
    others.map(|todo| context.person(todo.operator_id.as_ref(), &todo.operator_name)).collect()
}

/// Kind, initiator and status; revocations and corrections say so.
pub(super) fn title(context: &RenderContext<'_>, process: &Process) -> Vec<Span<'static>> {
    let mut spans = vec![
        context.span(StyleRole::Title, context.kind(process)),
        context.span(StyleRole::Dim, " · "),
        context.span(StyleRole::Title, context.initiator(process)),
        context.span(StyleRole::Dim, " · "),
        context.span(StyleRole::Text, context.localizer.process_status(process.status)),
    ];
    if process.properties != Properties::Normal {
        spans.push(Span::raw(" "));
        spans.push(context.span(StyleRole::Careful, format!("[{}]", context.localizer.properties(process.properties))));
    }
    spans
}

/// Why there is no request to show.
pub(super) fn not_here(context: &RenderContext<'_>, columns: usize) -> Vec<Line<'static>> {
    match context.request().map(|request| &request.process) {
        Some(Loaded::Failed(failure)) => {
            let text = context.localizer.say(&Sentence::RequestFailed(&context.localizer.failure(failure)));
            let mut lines = context.wrapped(StyleRole::Bad, &text, 1, columns);
            let reference = context.localizer.reference(failure.code, failure.log_id.as_ref());
            lines.extend(reference.map(|reference| context.line(StyleRole::Dim, format!(" {reference}"))));
            lines
        }
        Some(Loaded::Loading) => vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::RequestLoading)))],
        Some(_) | None if context.shown().is_none() => {
            vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoRequest)))]
        }
        Some(_) | None => vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::RequestNotLoaded)))],
    }
}

/// A failed or uncertain decision above the request: the reason, code and log id, and the keys that help. Hidden while
/// the approver decides again.
pub(super) fn decision(context: &RenderContext<'_>, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let app = context.app;
    let entry =
        app.outbox.entry(key).filter(|entry| entry.state.has_failed() || matches!(entry.state, State::Unknown(_)));
    let Some(entry) = entry.filter(|_| app.dialog.is_none()) else { return Vec::new() };
    let action = entry.reviewed.decision.action();
    let said = context.localizer.issue(&issues::Line::Task(entry), 0);
    let flag = if matches!(entry.state, State::Unknown(_)) { "?" } else { "✗" };
    let text = format!("{flag} {} · {}", context.localizer.action(action), said.standing);
    let mut lines = context.wrapped(StyleRole::of(said.tone), &text, 1, columns.saturating_sub(1));
    if let Some(reference) = &said.reference {
        lines.extend(context.wrapped(StyleRole::Dim, reference, 3, columns.saturating_sub(1)));
    }
    let stopped = matches!(entry.state, State::NotSent(Cause::Changed(_)));
    let again = entry.state.has_failed() && app.can_decide(action, key).is_ok();
    let keys = [
        (stopped, Command::Difference),
        (again, Command::Decide(action)),
        (!stopped, Command::Links),
        (true, Command::Issues),
    ];
    let keys = keys
        .into_iter()
        .filter(|(works, _)| *works)
        .map(|(_, command)| (command, context.keymap.word(command, context.localizer.lang)))
        .map(|(command, word)| context.localizer.with_key(command, "", &format!(" {word}")))
        .filter(|key| !key.is_empty());
    lines.extend(context.wrapped(StyleRole::Key, &keys.collect::<Vec<_>>().join("  "), 3, columns.saturating_sub(1)));
    lines
}

/// The whole summary. That of a masked request keeps its labels out, too.
pub(super) fn lines(
    context: &RenderContext<'_>,
    process: &Process,
    key: &TaskKey,
    columns: usize,
) -> Vec<Line<'static>> {
    let abstracts = abstracts(context, process);
    let standing = standing(context, process, key);
    let further = further(context, process, key);
    let comment = process.comments.last().map(|comment| {
        let who = context.person(comment.commentor_id.as_ref(), &comment.commentor_name);
        let text = context.localizer.labeled(&who, &context.words(process, &comment.message.line()));
        let label = context.word(Word::LatestComment).to_owned();
        (comment, LabeledValue { label, role: StyleRole::Dim, value: text })
    });
    let all = abstracts.iter().chain(&standing).chain(&further).chain(comment.iter().map(|(_, pair)| pair));
    let label = label_width(all, columns);
    let mut lines = warnings(context, process, key, columns);
    lines.extend(corrected(context, process, key, columns));
    if context.app.is_masked(process) {
        lines.push(context.line(StyleRole::Masked, format!(" {}", context.localizer.say(&Sentence::MaskedSummary))));
    } else if abstracts.is_empty() {
        lines.push(context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoAbstracts))));
    } else {
        lines.extend(fields(context, abstracts, label, columns));
    }
    lines.extend(unread(context, process, columns));
    lines.push(Line::default());
    lines.extend(fields(context, standing, label, columns));
    if let Some((comment, pair)) = comment {
        let value = text_layout::cut(&pair.value, columns.saturating_sub(label + 3)).into_owned();
        lines.extend(fields(context, vec![LabeledValue { value, ..pair }], label, columns));
        lines.extend(comments::oddities(context, comment, label + 2));
    }
    lines.extend(fields(context, further, label, columns));
    lines.extend(links(context, process, key, columns));
    lines
}

/// For a correction, its key and the first difference from the original.
pub(super) fn corrected(
    context: &RenderContext<'_>,
    process: &Process,
    key: &TaskKey,
    columns: usize,
) -> Vec<Line<'static>> {
    let Some(comparison) = context.app.correction(key) else { return Vec::new() };
    let key = context.localizer.with_key(Command::Difference, "", " ");
    let said = comparison.before.as_ref().filter(|_| !context.app.is_masked(process)).map(|before| {
        let differences = diff::correction(before, &comparison.now);
        let room = columns.saturating_sub(BESIDE_CHANGES);
        let said = crate::text::diff::changes(&context.localizer, &context.app.names, &differences, room);
        match said.is_empty() {
            false => said,
            true if comparison.missing.is_empty() => context.word(Word::NoDifference).to_owned(),
            true => context.word(Word::SameSummary).to_owned(),
        }
    });
    let text = context.localizer.say(&Sentence::ComparedWithOriginal { key: &key, said: said.as_deref() });
    context.wrapped(StyleRole::Careful, &text, 1, columns)
}

/// Members of the answer that could not be read, as they came.
pub(super) fn unread(context: &RenderContext<'_>, process: &Process, columns: usize) -> Vec<Line<'static>> {
    let unread = &process.unread;
    if unread.count == 0 {
        return Vec::new();
    }
    let head = format!("? {}", context.localizer.say(&Sentence::UnreadMembers(unread.count)));
    let mut lines = context.wrapped(StyleRole::Careful, &head, 1, columns);
    let masked = context.app.is_masked(process);
    for member in &unread.first {
        let raw = if masked { MASK } else { member.raw.as_str() };
        lines.extend(context.wrapped(StyleRole::Careful, &format!("{} {raw}", member.path), 3, columns));
    }
    lines
}

fn value_or_empty(context: &RenderContext<'_>, text: &crate::domain::I18n) -> String {
    let value = text.get(context.localizer.lang);
    if value.is_empty() { context.word(Word::EmptyValue).to_owned() } else { value.to_string() }
}

/// Warnings before everything else.
pub(super) fn warnings(
    context: &RenderContext<'_>,
    process: &Process,
    key: &TaskKey,
    columns: usize,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(Request { stale: Some(failure), read_at, .. }) = context.request() {
        let at = context.moment(read_at.map(|at| at.wall));
        let text =
            context.localizer.say(&Sentence::StaleRequest { at: &at, failure: &context.localizer.failure(failure) });
        lines.extend(context.wrapped(StyleRole::Careful, &text, 1, columns));
    }
    if let Some(Request { is_cached: true, stale: None, read_at, .. }) = context.request() {
        let at = context.moment(read_at.map(|at| at.wall));
        let refreshing = context.app.inbox.failure.is_none();
        let text = context.localizer.say(&Sentence::CachedRequest { at: &at, refreshing });
        lines.extend(context.wrapped(StyleRole::Careful, &text, 1, columns));
    }
    if context.request().is_some_and(Request::is_changed) && !context.app.outbox.is_applied(key) {
        lines.push(context.line(StyleRole::Careful, format!(" Δ {}", context.word(Word::Changed))));
    }
    if biz_type::recognise(process).is_some_and(|known| known.hiring) {
        lines.extend(context.wrapped(StyleRole::Careful, context.word(Word::NoFormForHiring), 1, columns));
    }
    lines
}

/// The operator's task and the state of the process.
fn standing(context: &RenderContext<'_>, process: &Process, key: &TaskKey) -> Vec<LabeledValue> {
    let mut pairs = Vec::new();
    let mut add = |word: Word, role: StyleRole, value: String| {
        if !value.is_empty() {
            pairs.push(LabeledValue { label: context.word(word).to_owned(), role, value });
        }
    };
    match process.todo(&key.approver) {
        Some(todo) => {
            let waiting = context.waiting(process, key);
            let node = context.text(&todo.node_name);
            let mut value = [Some(node), waiting].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            if todo.kind != DocumentType::Approval {
                value = format!("{value} · {}", context.localizer.document_type(todo.kind));
            }
            add(Word::MyNode, StyleRole::Text, value);
        }
        None if process.may_be_open(&key.approver) => add(Word::MyNode, StyleRole::Careful, "?".to_owned()),
        None => add(Word::MyNode, StyleRole::Careful, context.word(Word::Gone).to_owned()),
    }
    add(Word::Initiator, StyleRole::Text, context.initiator(process));
    add(Word::Created, StyleRole::Text, context.moment(process.create_time));
    add(Word::Status, StyleRole::Text, context.localizer.process_status(process.status).into_owned());
    pairs
}

/// Details of rare interest.
fn further(context: &RenderContext<'_>, process: &Process, key: &TaskKey) -> Vec<LabeledValue> {
    let mut pairs = Vec::new();
    let mut add = |word: Word, value: String| {
        if !value.is_empty() {
            pairs.push(LabeledValue { label: context.word(word).to_owned(), role: StyleRole::Dim, value });
        }
    };
    add(Word::Completed, context.moment(process.complete_time));
    add(Word::FlowDefinition, context.words(process, &context.text(process.title())).into_owned());
    if process.title() != process.kind() {
        add(Word::Flow, context.text(process.kind()));
    }
    add(Word::ProcessNumber, CleanText::new(key.process.as_str()).to_string());
    if let Some(original) = &process.original_process_id {
        add(Word::OriginalProcess, CleanText::new(original.as_str()).to_string());
    }
    pairs
}

/// Addresses stand on lines of their own, from the first column: a terminal's selection takes whole lines.
fn links(context: &RenderContext<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let addresses = process.todo(&key.approver).map_or(&process.start_links, |todo| &todo.links);
    if addresses.web.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![context.line(StyleRole::Label, format!(" {}", context.word(Word::WebLink)))];
    lines.extend(context.wrapped(StyleRole::Dim, addresses.web.as_str(), 1, columns));
    lines
}

/// Labels and values: two beside each other where both are short and there is room.
pub(super) fn fields(
    context: &RenderContext<'_>,
    pairs: Vec<LabeledValue>,
    label: usize,
    columns: usize,
) -> Vec<Line<'static>> {
    let half = columns / 2;
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut open = false;
    for LabeledValue { label: name, role, value } in pairs {
        let short = columns >= TWO_COLUMNS && label + 2 + text_layout::width(&value) < half && !value.contains('\n');
        let mut first = vec![context.span(StyleRole::Label, format!(" {} ", text_layout::pad(&name, label)))];
        if short && open {
            if let Some(line) = lines.last_mut() {
                let used: usize = line.spans.iter().map(|span| text_layout::width(&span.content)).sum();
                line.spans.push(Span::raw(" ".repeat(half.saturating_sub(used))));
                line.spans.append(&mut first);
                line.spans.push(context.span(role, value));
            }
            open = false;
            continue;
        }
        let wrapped = text_layout::wrap(&value, columns.saturating_sub(label + 3));
        let mut wrapped = wrapped.into_iter();
        first.push(context.span(role, wrapped.next().unwrap_or_default()));
        lines.push(Line::from(first));
        let margin = " ".repeat(label + 2);
        lines.extend(wrapped.map(|text| Line::from(vec![Span::raw(margin.clone()), context.span(role, text)])));
        open = short;
    }
    lines
}
