//! Comments and copies of a case.

use ratatui::text::{Line, Span};

use super::cells;
use super::look::Role;
use super::scene::Scene;
use crate::domain::process::Comment;
use crate::domain::{I18n, Process};
use crate::text::{Sentence, Word};

pub(super) fn lines(scene: &Scene<'_>, process: &Process, columns: usize) -> Vec<Line<'static>> {
    if process.comments.is_empty() {
        return vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::NoComments)))];
    }
    let mut lines = Vec::new();
    for comment in &process.comments {
        let who = scene.person(comment.commentor_id.as_ref(), &comment.commentor_name);
        lines.push(Line::from(vec![
            scene.span(Role::Title, format!(" {who}")),
            scene.span(Role::Dim, format!("  {}", scene.moment(comment.time))),
        ]));
        lines.extend(scene.wrapped(Role::Text, &scene.words(process, comment.message.as_str()), 3, columns));
        lines.extend(oddities(scene, comment, 3));
        lines.extend(company(scene, comment, columns));
        lines.push(Line::default());
    }
    lines.pop();
    lines
}

/// Characters in a comment that would have acted on the terminal.
pub(super) fn oddities(scene: &Scene<'_>, comment: &Comment, indent: usize) -> Option<Line<'static>> {
    let count = comment.message.replaced();
    let text = format!("{}! {}", " ".repeat(indent), scene.voice.say(&Sentence::ReplacedCharacters(count)));
    (count > 0).then(|| scene.line(Role::Careful, text))
}

/// People that a comment mentions, and its attachments.
fn company(scene: &Scene<'_>, comment: &Comment, columns: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if !comment.at_user_ids.is_empty() {
        let unnamed = I18n::default();
        let names: Vec<String> = comment.at_user_ids.iter().map(|id| scene.person(Some(id), &unnamed)).collect();
        lines.extend(scene.wrapped(Role::Dim, &scene.voice.say(&Sentence::Mentions(&names.join(" "))), 3, columns));
    }
    let (files, images) = (comment.file_count, comment.image_count);
    if files > 0 || images > 0 {
        let text = scene.voice.say(&Sentence::Attachments { files, images });
        lines.push(scene.line(Role::Dim, format!("   {text}")));
    }
    lines
}

pub(super) fn copies(scene: &Scene<'_>, process: &Process, columns: usize) -> Vec<Line<'static>> {
    if process.cc_list.is_empty() {
        return vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::NoCopies)))];
    }
    let node = process.cc_list.iter().map(|copied| cells::width(&scene.text(&copied.node_name))).max().unwrap_or(0);
    let node = node.min(columns / 3);
    process
        .cc_list
        .iter()
        .map(|copied| {
            let who = scene.person(copied.operator_id.as_ref(), &copied.operator_name);
            Line::from(vec![
                scene.span(Role::Dim, format!(" {} ", cells::pad(&scene.moment(copied.create_time), 11))),
                scene.span(Role::Dim, cells::pad(&scene.text(&copied.node_name), node)),
                Span::raw("  "),
                scene.span(Role::Text, who),
            ])
        })
        .collect()
}
