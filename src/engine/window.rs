//! The time range that a search asks for.

use super::commands::Place;
use super::run::{Run, TimeRange};
use crate::diagnostic::Diagnostic;
use crate::spl::search::Compare;
use crate::spl::{Cursor, SearchExpr, time};

/// The time modifiers of the first command of a pipeline: they replace the range that the search runs with.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    earliest: Option<String>,
    latest: Option<String>,
}

impl Window {
    /// From the search at the head of the pipeline in which a command stands.
    pub(super) fn of(place: &Place<'_>) -> Result<Window, Diagnostic> {
        let mut window = Window::default();
        let Some(head) = place.earlier.first() else { return Ok(window) };
        let mut cursor = Cursor::new(place.spl, head);
        let expr = match head.name.as_str() {
            "search" => SearchExpr::parse(&mut cursor, &[])?,
            "tstats" => {
                while !cursor.is_done() && !cursor.keyword("where") {
                    if cursor.word()?.is_none() {
                        cursor.advance(1);
                    }
                }
                SearchExpr::parse(&mut cursor, &["by", "groupby"])?
            }
            _ => return Ok(window),
        };
        expr.leaves(&mut |leaf| {
            if let SearchExpr::Compare { field, op: Compare::Equal, value, .. } = leaf {
                match field.as_str() {
                    "earliest" => window.earliest = Some(value.text.clone()),
                    "latest" => window.latest = Some(value.text.clone()),
                    _ => {}
                }
            }
        });
        Ok(window)
    }

    /// The range in a run.
    pub(super) fn range(&self, run: &Run<'_>) -> TimeRange {
        if self.earliest.is_none() && self.latest.is_none() {
            return run.range;
        }
        let resolve = |text: &Option<String>| text.as_ref().and_then(|t| time::resolve(t, run.cx.now, &run.cx.zone));
        TimeRange { earliest: resolve(&self.earliest), latest: resolve(&self.latest) }
    }
}
