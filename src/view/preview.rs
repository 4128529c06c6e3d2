//! The request under the cursor in short: the values of its summary, the values of its form that are not among them,
//! its difference from the original, and the newest comment.

use std::collections::HashSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::summary::{self, LabeledValue};
use super::theme::StyleRole;
use super::{comments, notice, text_layout, value};
use crate::app::screen::Extent;
use crate::app::{Loaded, Tab};
use crate::domain::process::Comment;
use crate::domain::{CleanText, DocumentType, Field, I18n, Lang, Process, TaskKey, Value, biz_type};
use crate::text::{Sentence, Word};

/// Values of the form, and cells of each, at most: the rest stands in the form.
const MOST_VALUES: usize = 100;
const VALUE: usize = 720;
/// Cells of the newest comment.
const COMMENT: usize = 360;
/// Cells from which on a word of the summary is told from a chance likeness.
const DISTINCT: usize = 4;

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) -> Extent {
    let text = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let columns = usize::from(area.width);
    let process = context.request().and_then(|request| request.process.here());
    let (title, counts, lines) = match (context.shown(), process) {
        (None, _) => (Vec::new(), String::new(), Vec::new()),
        (Some(key), None) => {
            let id = CleanText::new(key.process.as_str()).line().into_owned();
            let mut lines = summary::decision(context, key, columns);
            lines.extend(summary::not_here(context, columns));
            (vec![context.span(StyleRole::Title, id)], String::new(), lines)
        }
        (Some(key), Some(process)) => {
            let mut lines = summary::decision(context, key, columns);
            lines.extend(self::lines(context, process, key, columns));
            (title(context, process, key), counts(context, process, key), lines)
        }
    };
    put(buffer, &context.titled_rule(title, &counts, area.width), area.x, area.y, area.width);
    let covered = usize::from(notice::is_shown(context));
    let rows = usize::from(text.height).saturating_sub(covered);
    let extent = Extent { lines: lines.len(), rows, ..Extent::default() };
    put_all(buffer, lines.into_iter().skip(extent.first(context.app.screen.scroll)), text);
    extent
}

/// Kind, initiator, and the step that waits for the approver; without one, the status.
fn title(context: &RenderContext<'_>, process: &Process, key: &TaskKey) -> Vec<Span<'static>> {
    let kind = I18n::same(CleanText::new(&context.kind(process)));
    let (step, role) = match process.todo(&key.approver) {
        Some(todo) if todo.kind == DocumentType::Approval => (context.text(&todo.node_name), StyleRole::Text),
        Some(todo) => {
            let kind = context.localizer.document_type(todo.kind);
            (format!("{} · {kind}", context.text(&todo.node_name)), StyleRole::Careful)
        }
        None if process.may_be_open(&key.approver) => ("?".to_owned(), StyleRole::Careful),
        None => (context.localizer.process_status(process.status).into_owned(), StyleRole::Careful),
    };
    let mut spans = vec![
        context.span(StyleRole::Title, context.localizer.kind(&kind, process.properties).into_owned()),
        context.span(StyleRole::Dim, " · "),
        context.span(StyleRole::Title, context.initiator(process)),
    ];
    if !step.is_empty() {
        spans.extend([context.span(StyleRole::Dim, " · "), context.span(role, step)]);
    }
    spans
}

/// How much there is in other tabs, and who else can act.
fn counts(context: &RenderContext<'_>, process: &Process, key: &TaskKey) -> String {
    let counts = [(Tab::Comments, process.comments.len()), (Tab::Copies, process.cc_list.len())];
    let mut parts: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(tab, count)| context.localizer.say(&Sentence::Counted { name: context.localizer.tab(tab), count }))
        .collect();
    let others = summary::others_on_step(context, process, key).len();
    if others > 0 {
        parts.push(context.localizer.say(&Sentence::OthersOnStep(others)));
    }
    parts.join(" · ")
}

fn lines(context: &RenderContext<'_>, process: &Process, key: &TaskKey, columns: usize) -> Vec<Line<'static>> {
    let masked = context.app.is_masked(process);
    let mut lines = summary::warnings(context, process, key, columns);
    lines.extend(summary::corrected(context, process, key, columns));
    lines.extend(summary::unread(context, process, columns));
    if masked {
        lines.push(context.line(StyleRole::Masked, format!(" {}", context.localizer.say(&Sentence::MaskedSummary))));
    }
    let mut pairs = if masked { Vec::new() } else { summary::abstracts(context, process) };
    pairs.extend(form_values(context, process, masked));
    let comment = process.comments.last();
    let comment_pair: Vec<LabeledValue> =
        comment.map(|said| newest_comment(context, process, said)).into_iter().collect();
    let label = label_columns(context.localizer.lang, columns);
    lines.extend(summary::fields(context, pairs, label, columns));
    lines.extend(form_state(context, process, columns));
    lines.extend(summary::fields(context, comment_pair, label, columns));
    lines.extend(comment.and_then(|comment| comments::oddities(context, comment, label + 2)));
    lines
}

/// Columns of the labels: the same for every request and while the form is being read, so that no value moves.
const fn label_columns(lang: Lang, columns: usize) -> usize {
    match (lang, columns) {
        (Lang::En, 76..) => 18,
        (Lang::Zh | Lang::En, _) => 14,
    }
}

/// The values of the form that are not among the summary, as far as the form is here.
fn form_values(context: &RenderContext<'_>, process: &Process, masked: bool) -> Vec<LabeledValue> {
    let form = context.request().and_then(|request| request.form.here()).and_then(Option::as_ref);
    let Some(form) = form else { return Vec::new() };
    let summary = SummaryWords::of(context, process, masked);
    let mut values = FormValues { context, summary, masked, pairs: Vec::new(), left: 0 };
    values.add(&form.fields);
    let FormValues { mut pairs, left, .. } = values;
    if left > 0 {
        let value = context.localizer.say(&Sentence::Fields(left));
        pairs.push(LabeledValue { label: "…".to_owned(), role: StyleRole::Dim, value });
    }
    pairs
}

fn newest_comment(context: &RenderContext<'_>, process: &Process, comment: &Comment) -> LabeledValue {
    let who = context.person(comment.commentor_id.as_ref(), &comment.commentor_name);
    let text = context.localizer.labeled(&who, &context.words(process, comment.message.as_str()));
    let label = context.word(Word::LatestComment).to_owned();
    LabeledValue { label, role: StyleRole::Dim, value: without_blank_lines(&text, COMMENT) }
}

/// A text of at most so many cells, as its lines with words.
fn without_blank_lines(text: &str, cells: usize) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let text = lines.join("\n");
    if text_layout::width(&text) <= cells { text } else { text_layout::cut(&text, cells).into_owned() }
}

/// Why there is no form, or why it may be old.
fn form_state(context: &RenderContext<'_>, process: &Process, columns: usize) -> Vec<Line<'static>> {
    let Some(request) = context.request() else { return Vec::new() };
    let say = |role, word| context.wrapped(role, context.word(word), 1, columns);
    match &request.form {
        Loaded::Failed(failure) => {
            let text = context.localizer.say(&Sentence::FormFailed(&context.localizer.failure(failure)));
            context.wrapped(StyleRole::Bad, &text, 1, columns)
        }
        Loaded::Loading => say(StyleRole::Dim, Word::FormReading),
        Loaded::Absent => say(StyleRole::Dim, Word::FormNotRead),
        Loaded::Here(Some(_)) if request.is_form_outdated() && !request.is_cached => {
            say(StyleRole::Careful, Word::FormOutdated)
        }
        // The warnings have told why a form of hiring cannot be read.
        Loaded::Here(None) if biz_type::recognise(process).is_none_or(|known| !known.hiring) => {
            say(StyleRole::Dim, Word::NoForm)
        }
        Loaded::Here(_) => Vec::new(),
    }
}

/// Labels and words of the summary, by which values of the form are known to be among it.
struct SummaryWords {
    labels: Vec<String>,
    words: HashSet<String>,
}

impl SummaryWords {
    /// `masked`: the summary is not on screen, and stands for nothing.
    fn of(context: &RenderContext<'_>, process: &Process, masked: bool) -> Self {
        let abstracts = if masked { &[] } else { process.abstracts.as_slice() };
        let labels = abstracts.iter().map(|line| context.text(&line.name)).collect();
        let words = abstracts.iter().flat_map(|line| words(&context.text(&line.value))).collect();
        Self { labels, words }
    }

    /// The summary has this value: the same words, and for a figure the same label.
    fn has(&self, label: &str, value: &Value, text: &str) -> bool {
        let words = words(text);
        let all = !words.is_empty() && words.iter().all(|word| self.words.contains(word));
        let labelled = self.labels.iter().any(|known| !known.is_empty() && label.starts_with(known.as_str()));
        let distinct = text_layout::width(text) >= DISTINCT && !matches!(value, Value::Number(_) | Value::Bool(_));
        all && (labelled || distinct)
    }
}

const fn is_nested(value: &Value) -> bool {
    matches!(value, Value::Record(_) | Value::List(_))
}

/// The words of a value that another rendering of it has, too: without weekday, offset and grouping.
fn words(text: &str) -> Vec<String> {
    let is_aside = |word: &str| {
        let offset = word.starts_with(['+', '-']) && word.contains(':');
        let weekday = word.starts_with('周') || ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&word);
        offset || weekday
    };
    text.split_whitespace().filter(|word| !is_aside(word)).map(|word| word.replace(',', "")).collect()
}

/// Values of a form as labels and texts.
struct FormValues<'c> {
    context: &'c RenderContext<'c>,
    summary: SummaryWords,
    masked: bool,
    pairs: Vec<LabeledValue>,
    /// Values beyond the most that are shown.
    left: usize,
}

impl FormValues<'_> {
    fn add(&mut self, fields: &[Field]) {
        for field in fields {
            let label = value::label(&field.label, &field.api_name, self.context.localizer.lang);
            match &field.value {
                Value::Record(members) if members.iter().any(|member| is_nested(&member.value)) => self.add(members),
                value @ Value::Record(_) => {
                    let text = self.inline(value);
                    self.push(label, StyleRole::Text, &text);
                }
                Value::List(entries) if entries.iter().any(|entry| matches!(entry, Value::Record(_))) => {
                    for (at, entry) in entries.iter().enumerate() {
                        let text = self.inline(entry);
                        let label = if at == 0 { label.clone() } else { String::new() };
                        self.push(label, StyleRole::Text, &text);
                    }
                }
                value => {
                    let (role, text) = self.text(value);
                    if !self.summary.has(&label, value, &text) {
                        self.push(label, role, &text);
                    }
                }
            }
        }
    }

    fn push(&mut self, label: String, role: StyleRole, text: &str) {
        if text.is_empty() {
            return;
        }
        if self.pairs.len() >= MOST_VALUES {
            self.left += 1;
            return;
        }
        self.pairs.push(LabeledValue { label, role, value: without_blank_lines(text, VALUE) });
    }

    /// A value on one line; empty for one that is empty.
    fn text(&self, value: &Value) -> (StyleRole, String) {
        match value {
            Value::Empty => (StyleRole::Dim, String::new()),
            Value::List(_) | Value::Record(_) => (StyleRole::Text, self.inline(value)),
            leaf => {
                let painted = value::show(leaf, &self.context.app.names, &self.context.localizer, self.masked);
                let mut text = painted.text;
                if let Value::Text(words) | Value::Raw(words) = leaf
                    && words.replaced() > 0
                {
                    let count = self.context.localizer.say(&Sentence::ReplacedCharacters(words.replaced()));
                    text = format!("{text} ! {count}");
                }
                (painted.role, text)
            }
        }
    }

    /// The values of a list or record in a row.
    fn inline(&self, value: &Value) -> String {
        let parts: Vec<String> = match value {
            Value::List(entries) => entries.iter().map(|entry| self.inline(entry)).collect(),
            Value::Record(fields) => fields.iter().map(|field| self.inline(&field.value)).collect(),
            leaf => return self.text(leaf).1,
        };
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}
