//! Commands that change nothing here: they concern how results are shown, or where a search runs.

use super::prelude::*;

/// Passes the rows on.
#[derive(Debug)]
pub(super) struct Pass;

impl Operator for Pass {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}
