//! The one renderer of diagnostics, in rustc's layout, for the terminal and for the text of reports.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer as Snippets, Snippet};

use super::{Diagnostic, Severity, SourceId, Sources};

/// A search is often one line of thousands of bytes: annotate-snippets trims it to this width around the place.
const WIDTH: usize = 140;

/// Text further than this from the place is not even looked at (a dataset may be one line of megabytes).
const WINDOW: usize = 8_000;

/// Renders diagnostics for a terminal.
#[derive(Clone, Copy, Debug)]
pub struct Renderer {
    color: bool,
}

impl Renderer {
    /// With or without ANSI colours.
    pub fn new(color: bool) -> Self {
        Renderer { color }
    }

    /// The diagnostic as text, with carets under the places; ends without a line break.
    pub fn render(self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Info => Level::INFO,
        };
        let mut shown: Vec<SourceId> = Vec::new();
        for label in &diagnostic.labels {
            if !shown.contains(&label.span.source) {
                shown.push(label.span.source);
            }
        }
        let texts: Vec<Excerpt> = shown.iter().map(|id| Excerpt::new(*id, diagnostic, sources)).collect();
        let message = safe(&diagnostic.message);
        let mut group = Group::with_title(level.primary_title(message.as_str()).id(diagnostic.name()));
        let labels: Vec<String> = diagnostic.labels.iter().map(|l| safe(&l.text)).collect();
        for excerpt in &texts {
            let mut snippet = Snippet::source(excerpt.text.as_str()).path(excerpt.name.as_str()).line_start(excerpt.line);
            for (n, label) in diagnostic.labels.iter().enumerate().filter(|(_, l)| l.span.source == excerpt.id) {
                let kind = if n == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                let annotation = kind.span(excerpt.range(label.span.start as usize, label.span.end as usize));
                snippet =
                    snippet.annotation(if labels[n].is_empty() { annotation } else { annotation.label(labels[n].as_str()) });
            }
            group = group.element(snippet);
        }
        let notes: Vec<String> = diagnostic.notes.iter().map(|n| safe(n)).collect();
        for note in &notes {
            group = group.element(Level::NOTE.message(note.as_str()));
        }
        let help = diagnostic.help.as_deref().map(safe);
        if let Some(help) = &help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let renderer = if self.color { Snippets::styled() } else { Snippets::plain() };
        let text = renderer.term_width(WIDTH).render(&[group]);
        if !texts.is_empty() {
            return text;
        }
        // Without a place there is nothing for the bar beside it to stand by.
        text.lines().filter(|line| visible(line).trim() != "|").collect::<Vec<_>>().join("\n")
    }
}

/// A line without the sequences that colour it.
fn visible(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\x1b') {
        out.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// The diagnostic without colours, as reports carry it.
pub fn plain(diagnostic: &Diagnostic, sources: &Sources) -> String {
    Renderer::new(false).render(diagnostic, sources)
}

/// Log text may hold terminal escapes; nothing that a dataset says may steer the user's terminal.
fn safe(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' && c != '\t' { '\u{fffd}' } else { c }).collect()
}

/// The lines of one source that the labels touch, cut to a readable width.
struct Excerpt {
    id: SourceId,
    name: String,
    text: String,
    line: usize,
    /// Byte of the source at which the excerpt begins.
    base: usize,
}

impl Excerpt {
    fn new(id: SourceId, diagnostic: &Diagnostic, sources: &Sources) -> Self {
        let text = sources.text(id);
        let spans = || diagnostic.labels.iter().filter(|l| l.span.source == id).map(|l| l.span);
        let first = spans().map(|s| s.start as usize).min().unwrap_or(0).min(text.len());
        let last = spans().map(|s| s.end as usize).max().unwrap_or(0).clamp(first, text.len());
        let bytes = text.as_bytes();
        let mut start = memchr::memrchr(b'\n', &bytes[..first]).map_or(0, |i| i + 1);
        let mut end = memchr::memchr(b'\n', &bytes[last..]).map_or(text.len(), |i| last + i);
        let line = memchr::memchr_iter(b'\n', &bytes[..start]).count() + 1;
        if first - start > WINDOW {
            start = first - WINDOW / 2;
        }
        if end - last > WINDOW {
            end = last + WINDOW / 2;
        }
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        let shown =
            text[start..end].chars().map(|c| if c.is_control() && c != '\n' && c != '\t' && c.len_utf8() == 1 { ' ' } else { c });
        Excerpt { id, name: sources.name(id).to_string(), text: shown.collect(), line, base: start }
    }

    fn range(&self, start: usize, end: usize) -> std::ops::Range<usize> {
        let clamp = |mut at: usize| {
            at = at.saturating_sub(self.base).min(self.text.len());
            while !self.text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        clamp(start)..clamp(end).max(clamp(start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Code, Span};

    #[test]
    fn a_typo_in_a_long_search_is_shown_with_a_caret() {
        let sources = Sources::new();
        let text = format!("name: x\nsearch: {}| statz count by dest | head 5\n", "index=main ".repeat(40));
        let at = text.find("statz").expect("there");
        let id = sources.add("detections/x.yml", text);
        let d = Diagnostic::new(Code::SplUnknownCommand, "there is no search command `statz`")
            .at(Span::new(id, at, at + 5), "unknown command")
            .did_you_mean("statz", ["stats"]);
        insta::assert_snapshot!(plain(&d, &sources));
    }
}
