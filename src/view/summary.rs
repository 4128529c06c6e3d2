//! The summary of a request: every line of it, the operator's task, the state of the process, times and links.

use ratatui::text::{Line, Span};

use super::look::Role;
use super::scene::Scene;
use super::{cells, comments, inbox, notice};
use crate::app::{Case, Command, EntryState, Loaded, reconcile};
use crate::domain::mask::MASK;
use crate::domain::{CleanText, DocumentType, Process, Properties, TaskKey, biz_type};
use crate::text::{Sentence, Word};

/// Below this many columns, every field has a line of its own.
const TWO_COLUMNS: usize = 64;
const MOST_LABEL: usize = 16;

/// A label and its value.
struct Pair {
    label: String,
    role: Role,
    value: String,
}

/// Kind, initiator and status; revocations and corrections say so.
pub(super) fn title(scene: &Scene<'_>, process: &Process) -> Vec<Span<'static>> {
    let mut spans = vec![
        scene.span(Role::Title, scene.kind(process)),
        scene.span(Role::Dim, " · "),
        scene.span(Role::Title, scene.initiator(process)),
        scene.span(Role::Dim, " · "),
        scene.span(Role::Text, scene.voice.process_status(process.status)),
    ];
    if process.properties != Properties::Normal {
        spans.push(Span::raw(" "));
        spans.push(scene.span(Role::Careful, format!("[{}]", scene.voice.properties(process.properties))));
    }
    spans
}

/// Why there is no case to show.
pub(super) fn not_here(scene: &Scene<'_>, columns: usize) -> Vec<Line<'static>> {
    match scene.case().map(|case| &case.process) {
        Some(Loaded::Failed(failure)) => {
            let text = scene.voice.say(&Sentence::CaseFailed(&scene.voice.failure(failure)));
            let mut lines = scene.wrapped(Role::Bad, &text, 1, columns);
            let reference = scene.voice.reference(failure.code, failure.log_id.as_ref());
            lines.extend(reference.map(|reference| scene.line(Role::Dim, format!(" {reference}"))));
            lines
        }
        Some(Loaded::Loading) => vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::CaseReading)))],
        Some(_) | None if scene.shown().is_none() => {
            vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::NoCase)))]
        }
        Some(_) | None => vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::CaseNotRead)))],
    }
}

/// A failed or uncertain decision above the request: the reason, code and log id, and the keys that help. Hidden while
/// the approver decides again.
pub(super) fn decision(scene: &Scene<'_>, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let app = scene.app;
    let entry = app.outbox.entry(key).filter(|entry| entry.state.has_failed() || entry.state.is_unknown());
    let Some(entry) = entry.filter(|_| app.dialog.is_none()) else { return Vec::new() };
    let action = entry.reviewed.decision.action();
    let said = scene.voice.reconcile(&reconcile::Line::Task(entry), 0);
    let flag = if entry.state.is_unknown() { "?" } else { "✗" };
    let text = format!("{flag} {} · {}", scene.voice.action(action), said.standing);
    let mut lines = scene.wrapped(notice::role(said.tone), &text, 1, columns.saturating_sub(1));
    if let Some(reference) = &said.reference {
        lines.extend(scene.wrapped(Role::Dim, reference, 3, columns.saturating_sub(1)));
    }
    let stopped = matches!(entry.state, EntryState::Changed { .. });
    let again = entry.state.has_failed() && app.can_decide(action, key).is_ok();
    let keys = [
        (stopped, Command::Difference),
        (again, Command::Decide(action)),
        (!stopped, Command::Links),
        (true, Command::Reconcile),
    ];
    let keys = keys
        .into_iter()
        .filter(|(works, _)| *works)
        .map(|(_, command)| (command, scene.keymap.word(command, scene.voice.lang)))
        .map(|(command, word)| scene.voice.with_key(command, "[", &format!("] {word}")))
        .filter(|key| !key.is_empty());
    lines.extend(scene.wrapped(Role::Key, &keys.collect::<Vec<_>>().join("  "), 3, columns.saturating_sub(1)));
    lines
}

/// The whole summary. That of a masked request keeps its labels out, too.
pub(super) fn lines(scene: &Scene<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let abstracts: Vec<Pair> = process
        .abstracts
        .iter()
        .map(|line| Pair { label: scene.text(&line.name), role: Role::Text, value: value_or_empty(scene, &line.value) })
        .collect();
    let standing = standing(scene, process, key);
    let further = further(scene, process, key);
    let widest = abstracts.iter().chain(&standing).chain(&further).map(|pair| cells::width(&pair.label)).max();
    let comment = if process.comments.is_empty() { 0 } else { cells::width(scene.word(Word::LatestComment)) };
    let label = widest.unwrap_or(0).max(comment).clamp(8, MOST_LABEL);
    let mut lines = warnings(scene, process, key, columns);
    if scene.app.is_masked(process) {
        lines.push(scene.line(Role::Masked, format!(" {}", scene.voice.say(&Sentence::MaskedSummary))));
    } else if abstracts.is_empty() {
        lines.push(scene.line(Role::Dim, format!(" {}", scene.word(Word::NoAbstracts))));
    } else {
        lines.extend(fields(scene, abstracts, label, columns));
    }
    lines.extend(unread(scene, process, columns));
    lines.push(Line::default());
    lines.extend(fields(scene, standing, label, columns));
    if let Some(comment) = process.comments.last() {
        let who = scene.person(comment.commentor_id.as_ref(), &comment.commentor_name);
        let message = comment.message.line();
        let text = format!("{who}: {}", scene.words(process, &message));
        let value = cells::cut(&text, columns.saturating_sub(label + 3)).into_owned();
        let pair = Pair { label: scene.word(Word::LatestComment).to_owned(), role: Role::Dim, value };
        lines.extend(fields(scene, vec![pair], label, columns));
        lines.extend(comments::oddities(scene, comment, label + 2));
    }
    lines.extend(fields(scene, further, label, columns));
    lines.extend(links(scene, process, key, columns));
    lines
}

/// Members of the answer that could not be read, as they came.
fn unread(scene: &Scene<'_>, process: &Process, columns: usize) -> Vec<Line<'static>> {
    let unread = &process.unread;
    if unread.count == 0 {
        return Vec::new();
    }
    let head = format!("? {}", scene.voice.say(&Sentence::UnreadMembers(unread.count)));
    let mut lines = scene.wrapped(Role::Careful, &head, 1, columns);
    let masked = scene.app.is_masked(process);
    for member in &unread.first {
        let raw = if masked { MASK } else { member.raw.as_str() };
        lines.extend(scene.wrapped(Role::Careful, &format!("{} {raw}", member.path), 3, columns));
    }
    lines
}

fn value_or_empty(scene: &Scene<'_>, text: &crate::domain::I18n) -> String {
    let value = text.get(scene.voice.lang);
    if value.is_empty() { scene.word(Word::EmptyValue).to_owned() } else { value.to_string() }
}

/// Warnings before everything else.
fn warnings(scene: &Scene<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Some(Case { stale: Some(failure), read_at, .. }) = scene.case() {
        let at = scene.moment(read_at.map(|at| at.wall));
        let text = scene.voice.say(&Sentence::StaleCase { at: &at, failure: &scene.voice.failure(failure) });
        lines.extend(scene.wrapped(Role::Careful, &text, 1, columns));
    }
    if scene.case().is_some_and(Case::is_changed) && !scene.app.outbox.is_applied(key) {
        lines.push(scene.line(Role::Careful, format!(" Δ {}", scene.word(Word::Changed))));
    }
    if biz_type::recognise(process).is_some_and(|known| known.hiring) {
        lines.extend(scene.wrapped(Role::Careful, scene.word(Word::NoFormForHiring), 1, columns));
    }
    lines
}

/// The operator's task and the state of the process.
fn standing(scene: &Scene<'_>, process: &Process, key: &TaskKey) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut add = |word: Word, role: Role, value: String| {
        if !value.is_empty() {
            pairs.push(Pair { label: scene.word(word).to_owned(), role, value });
        }
    };
    match process.todo(&key.approver) {
        Some(todo) => {
            let waiting = inbox::waiting(scene, process, key);
            let node = scene.text(&todo.node_name);
            let mut value = [Some(node), waiting].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            if todo.kind != DocumentType::Approval {
                value = format!("{value} · {}", scene.voice.document_type(todo.kind));
            }
            add(Word::MyNode, Role::Text, value);
        }
        None if process.may_be_open(&key.approver) => add(Word::MyNode, Role::Careful, "?".to_owned()),
        None => add(Word::MyNode, Role::Careful, scene.word(Word::Gone).to_owned()),
    }
    add(Word::Initiator, Role::Text, scene.initiator(process));
    add(Word::Created, Role::Text, scene.moment(process.create_time));
    add(Word::Status, Role::Text, scene.voice.process_status(process.status).into_owned());
    pairs
}

/// Details of rare interest.
fn further(scene: &Scene<'_>, process: &Process, key: &TaskKey) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let mut add = |word: Word, value: String| {
        if !value.is_empty() {
            pairs.push(Pair { label: scene.word(word).to_owned(), role: Role::Dim, value });
        }
    };
    add(Word::Completed, scene.moment(process.complete_time));
    add(Word::FlowDefinition, scene.words(process, &scene.text(process.title())).into_owned());
    if process.title() != process.kind() {
        add(Word::Flow, scene.text(process.kind()));
    }
    add(Word::ProcessNumber, CleanText::new(key.process.as_str()).to_string());
    if let Some(original) = &process.original_process_id {
        add(Word::OriginalProcess, CleanText::new(original.as_str()).to_string());
    }
    pairs
}

/// Addresses stand on lines of their own, from the first column: a terminal's selection takes whole lines.
fn links(scene: &Scene<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let addresses = process.todo(&key.approver).map_or(&process.start_links, |todo| &todo.links);
    if addresses.web.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![scene.line(Role::Label, format!(" {}", scene.word(Word::WebLink)))];
    lines.extend(scene.wrapped(Role::Dim, addresses.web.as_str(), 1, columns));
    lines
}

/// Labels and values: two beside each other where both are short and there is room.
fn fields(scene: &Scene<'_>, pairs: Vec<Pair>, label: usize, columns: usize) -> Vec<Line<'static>> {
    let half = columns / 2;
    let mut lines: Vec<Line<'static>> = Vec::new();
    let mut open = false;
    for Pair { label: name, role, value } in pairs {
        let short = columns >= TWO_COLUMNS && label + 2 + cells::width(&value) < half && !value.contains('\n');
        let mut first = vec![scene.span(Role::Label, format!(" {} ", cells::pad(&name, label)))];
        if short && open {
            if let Some(line) = lines.last_mut() {
                let used: usize = line.spans.iter().map(|span| cells::width(&span.content)).sum();
                line.spans.push(Span::raw(" ".repeat(half.saturating_sub(used))));
                line.spans.append(&mut first);
                line.spans.push(scene.span(role, value));
            }
            open = false;
            continue;
        }
        let wrapped = cells::wrap(&value, columns.saturating_sub(label + 3));
        let mut wrapped = wrapped.into_iter();
        first.push(scene.span(role, wrapped.next().unwrap_or_default()));
        lines.push(Line::from(first));
        let margin = " ".repeat(label + 2);
        lines.extend(wrapped.map(|text| Line::from(vec![Span::raw(margin.clone()), scene.span(role, text)])));
        open = short;
    }
    lines
}
