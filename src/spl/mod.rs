//! The search processing language: text to syntax tree, every piece with its place.
//!
//! A search goes through three steps: macros are expanded and comments taken out ([`expand`], giving a [`Spl`] with a
//! source map), the pipeline is split into commands and subsearches ([`Pipeline`]), and each command reads its own
//! arguments with a [`Cursor`], by the grammar it needs: search expressions ([`search`]), eval expressions ([`expr`]),
//! aggregations ([`stats`]), words and options.

mod cursor;
pub mod expr;
mod macros;
mod pipeline;
mod print;
pub mod search;
pub mod stats;
pub mod time;

pub use cursor::{Cursor, Word};
pub use expr::Expr;
pub use macros::{MacroDef, MacroError, Macros, NoMacros, expand};
pub use pipeline::{Call, Pipeline, Subsearch};
pub use print::{as_written, print};
pub use search::SearchExpr;

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic, MappedText, Span};

/// The text of a search after expansion.
#[derive(Clone, Default)]
pub struct Spl {
    text: MappedText,
}

impl std::fmt::Debug for Spl {
    /// Everything that is compiled holds its text: it would be seen again and again.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spl")
    }
}

impl Spl {
    /// Text that holds no macros and no comments any more.
    pub fn new(text: MappedText) -> Self {
        Spl { text }
    }

    /// The text.
    pub fn text(&self) -> &str {
        self.text.text()
    }

    /// The text with its source map.
    pub fn mapped(&self) -> &MappedText {
        &self.text
    }

    /// The place to show for a byte range.
    pub fn span(&self, at: &Range<usize>) -> Option<Span> {
        self.text.span(at.start, at.end)
    }

    /// A diagnostic about a byte range. In the text of a macro, the call is the place and the definition a second.
    pub fn problem(&self, code: Code, at: &Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        let diagnostic = Diagnostic::new(code, message);
        match self.text.origin(at.start, at.end) {
            None => diagnostic,
            Some(origin) => match origin.call {
                None => diagnostic.at(origin.span, label),
                Some(call) => diagnostic.at(call, label).at(origin.span, "here in the macro"),
            },
        }
    }

    /// A syntax error at a byte range.
    pub fn syntax(&self, at: &Range<usize>, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        self.problem(Code::SplSyntax, at, message, label)
    }
}
