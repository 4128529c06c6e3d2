//! Comments and copies of a case.

use ratatui::text::{Line, Span};

use super::long_text::LongText;
use super::render_context::RenderContext;
use super::text_layout;
use super::theme::StyleRole;
use crate::domain::process::Comment;
use crate::domain::{I18n, Process};
use crate::text::{Sentence, Word};

pub(super) fn text<'p>(context: &'p RenderContext<'_>, process: &'p Process, columns: usize) -> LongText<'p> {
    let mut text = LongText::default();
    if process.comments.is_empty() {
        text.line(context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoComments))));
        return text;
    }
    for comment in &process.comments {
        text.lazy(|| heading(context, comment));
        text.wrapped(StyleRole::Text, context.words(process, comment.message.as_str()), 3, columns);
        for line in oddities(context, comment, 3).into_iter().chain(company(context, comment, columns)) {
            text.line(line);
        }
        text.line(Line::default());
    }
    text.pop();
    text
}

fn heading(context: &RenderContext<'_>, comment: &Comment) -> Line<'static> {
    let who = context.person(comment.commentor_id.as_ref(), &comment.commentor_name);
    Line::from(vec![
        context.span(StyleRole::Title, format!(" {who}")),
        context.span(StyleRole::Dim, format!("  {}", context.moment(comment.time))),
    ])
}

/// Characters in a comment that would have acted on the terminal.
pub(super) fn oddities(context: &RenderContext<'_>, comment: &Comment, indent: usize) -> Option<Line<'static>> {
    let count = comment.message.replaced();
    let text = format!("{}! {}", " ".repeat(indent), context.localizer.say(&Sentence::ReplacedCharacters(count)));
    (count > 0).then(|| context.line(StyleRole::Careful, text))
}

/// People that a comment mentions, and its attachments.
fn company(context: &RenderContext<'_>, comment: &Comment, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if !comment.at_user_ids.is_empty() {
        let unnamed = I18n::default();
        let names: Vec<String> = comment.at_user_ids.iter().map(|id| context.person(Some(id), &unnamed)).collect();
        lines.extend(context.wrapped(
            StyleRole::Dim,
            &context.localizer.say(&Sentence::Mentions(&names.join(" "))),
            3,
            columns,
        ));
    }
    let (files, images) = (comment.file_count, comment.image_count);
    if files > 0 || images > 0 {
        let text = context.localizer.say(&Sentence::Attachments { files, images });
        lines.push(context.line(StyleRole::Dim, format!("   {text}")));
    }
    lines
}

pub(super) fn copies(context: &RenderContext<'_>, process: &Process, columns: usize) -> Vec<Line<'static>> {
    if process.cc_list.is_empty() {
        return vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoCopies)))];
    }
    let node =
        process.cc_list.iter().map(|copied| text_layout::width(&context.text(&copied.node_name))).max().unwrap_or(0);
    let node = node.min(columns / 3);
    process
        .cc_list
        .iter()
        .map(|copied| {
            let who = context.person(copied.operator_id.as_ref(), &copied.operator_name);
            Line::from(vec![
                context
                    .span(StyleRole::Dim, format!(" {} ", text_layout::pad(&context.moment(copied.create_time), 11))),
                context.span(StyleRole::Dim, text_layout::pad(&context.text(&copied.node_name), node)),
                Span::raw("  "),
                context.span(StyleRole::Text, who),
            ])
        })
        .collect()
}
