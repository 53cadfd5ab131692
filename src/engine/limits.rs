//! The limits of a fresh Splunk (limits.conf), in one place. What is cut is said in the messages of the run.

use super::run::Run;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::store::Table;

/// A limit that a search can meet.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Its name in limits.conf, or the option of a command that has it as its default.
    pub name: &'static str,
    /// How much; 0 is as much as there is.
    pub value: usize,
    /// What happens when it is met.
    pub effect: &'static str,
}

/// Declares the limits and lists them, so that the reference page names every one.
macro_rules! limits {
    ($($constant:ident = $value:literal, $name:literal, $effect:literal;)+) => {
        $(#[doc = $effect] pub(super) const $constant: Limit = Limit { name: $name, value: $value, effect: $effect };)+
        /// Every limit, in the order of their names.
        pub static LIMITS: &[Limit] = &[$($constant,)+];
    };
}

limits! {
    APPEND_ROWS = 50_000, "append, appendcols, union: maxout", "Rows of a subsearch that are added; further ones are left out, with a warning.";
    JOIN_ROWS = 50_000, "[join] subsearch_maxout", "Rows of a subsearch that are joined; further ones are left out, with a warning.";
    LIST_VALUES = 100, "[stats] list_maxsize", "Values that list() keeps; further ones are left out, with a warning.";
    MAP_SEARCHES = 10, "map: maxsearches", "Rows for which the search of map runs; further ones are left out, with a warning.";
    METADATA_ROWS = 10_000, "[metadata] maxresultrows", "Values that metadata lists; further ones are left out, with a warning.";
    SET_ROWS = 50_000, "[set] max_subsearch_size", "Rows of each subsearch of set; further ones are left out, with a warning.";
    SORT_ROWS = 10_000, "sort: limit", "Rows that sort keeps where it is given no number; further ones are left out, with a warning.";
    SUBSEARCH_ROWS = 10_000, "[subsearch] maxout", "Rows of a subsearch that become conditions; further ones are left out, with a warning.";
}

impl Limit {
    /// The first rows, as many as the limit lets pass; a warning if that is not all.
    pub(super) fn cut(self, rows: Table, what: &str, run: &Run<'_>) -> Table {
        self.with(self.value).cut_to(rows, what, run)
    }

    /// The same limit where an option of the command says another number.
    pub(super) fn with(self, value: usize) -> Limit {
        Limit { value, ..self }
    }

    fn cut_to(self, rows: Table, what: &str, run: &Run<'_>) -> Table {
        if rows.len() <= self.value {
            return rows;
        }
        self.told(rows.len(), what, run);
        rows.slice(0, self.value)
    }

    /// Says that there was more.
    pub(super) fn met(self, what: &str, run: &Run<'_>) {
        let message = format!("{what}: only the first {} count, as a Splunk has it by default ({})", self.value, self.name);
        run.warn(Diagnostic::new(Code::SplRuntime, message).with_severity(Severity::Warning));
    }

    /// Says that only so many of `all` count.
    pub(super) fn told(self, all: usize, what: &str, run: &Run<'_>) {
        if all > self.value {
            let message = format!("{what}: {} of {all} rows count, as a Splunk has it by default ({})", self.value, self.name);
            run.warn(Diagnostic::new(Code::SplRuntime, message).with_severity(Severity::Warning));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_every_limit() {
        let page = include_str!("../../docs/limits.md");
        for limit in LIMITS {
            let number = limit.value.to_string();
            let digits: Vec<char> = number.chars().collect();
            let grouped: Vec<String> = digits.rchunks(3).rev().map(|c| c.iter().collect()).collect();
            let line = format!("| `{}` | {} | {} |", limit.name, grouped.join(","), limit.effect);
            assert!(page.contains(&line), "docs/limits.md lacks the line {line}");
        }
    }
}
