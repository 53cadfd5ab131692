//! The texts that spans point into.

use std::sync::{Arc, RwLock};

/// Names one text in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(u32);

/// A byte range `start..end` of one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The text.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end` of `source`. Sources above 4 GiB are not possible: [`Sources::add`] sees to it.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        Span { source, start: start as u32, end: end.max(start) as u32 }
    }

    /// From the start of this span to the end of the other, which must be of the same source.
    #[must_use]
    pub fn to(self, other: Span) -> Span {
        Span { source: self.source, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place for people: name of the source, line and column, both from 1; the column counts characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// File name, relative to the content repository where it is in it.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

#[derive(Debug)]
struct Source {
    name: Arc<str>,
    text: Arc<str>,
}

/// All texts that diagnostics of a run may point into. Cheap to share; texts are only ever added.
#[derive(Debug, Default)]
pub struct Sources {
    list: RwLock<Vec<Source>>,
}

impl Sources {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text. A text of more than 4 GiB keeps only its beginning, for showing.
    pub fn add(&self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        let mut text: Arc<str> = text.into();
        if text.len() > u32::MAX as usize {
            text = Arc::from("");
        }
        let mut list = self.write();
        list.push(Source { name: name.into(), text });
        SourceId((list.len() - 1) as u32)
    }

    /// The text of a source.
    pub fn text(&self, id: SourceId) -> Arc<str> {
        self.read()[id.0 as usize].text.clone()
    }

    /// The name of a source.
    pub fn name(&self, id: SourceId) -> Arc<str> {
        self.read()[id.0 as usize].name.clone()
    }

    /// File, line and column of the start of a span.
    pub fn location(&self, span: Span) -> Location {
        let list = self.read();
        let source = &list[span.source.0 as usize];
        let mut at = (span.start as usize).min(source.text.len());
        while !source.text.is_char_boundary(at) {
            at -= 1;
        }
        let before = &source.text[..at];
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Location {
            name: source.name.to_string(),
            line: memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Vec<Source>> {
        // A poisoned lock means that another thread panicked while pushing; the list itself is always whole.
        self.list.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Vec<Source>> {
        self.list.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
