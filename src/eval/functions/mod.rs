//! The eval functions: one file a function, each with its definition, its examples (which are tests) and its code.
//!
//! To add one: write `name.rs` with a `DEF`, and put its name into the list below.

use crate::store::Value;

use super::Cx;

mod prelude;

/// Declares the modules and lists their definitions, so that a file that is not listed does not compile in.
macro_rules! registry {
    ($($module:ident),+ $(,)?) => {
        $(mod $module;)+
        /// Every eval function, in the order of the files.
        pub static FUNCTIONS: &[Function] = &[$($module::DEF,)+];
    };
}

registry! {
    abs, case_, ceiling, cidrmatch, coalesce, exact, exp, false_, floor, if_, in_, isbool, isint, isnotnull, isnull, isnum, isstr, json_array_to_mv, json_extract, len, like, ln, log, lower, ltrim, match_, max, md5, min, mvappend, mvcount, mvdedup, mvfilter, mvfind, mvindex, mvjoin, mvmap, mvrange, mvsort, mvzip, now, null, nullif, pi, pow, random, relative_time, replace, round, rtrim, sha1, sha256, sha512, spath, split, sqrt, strftime, strptime, substr, time, tonumber, tostring, trim, true_, typeof_, upper, urldecode, validate,
}

/// The groups of the documentation's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Category {
    Conditional,
    Conversion,
    Cryptographic,
    Informational,
    Json,
    Mathematical,
    Multivalue,
    Statistical,
    Text,
    Time,
}

/// An eval function.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// As it is written.
    pub name: &'static str,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Where the documentation lists it.
    pub category: Category,
    /// The form of a call.
    pub syntax: &'static str,
    /// One or two sentences.
    pub summary: &'static str,
    /// Least and greatest number of arguments.
    pub args: (usize, usize),
    /// Expressions and their values; run as tests with a clock that says 1700000000. An empty value is null.
    pub examples: &'static [(&'static str, &'static str)],
    /// Known departures from Splunk.
    pub differs: &'static [&'static str],
    /// The same arguments give the same value.
    pub pure: bool,
    /// The value depends on the clock or the zone.
    pub clock: bool,
    /// It gives a truth value.
    pub boolean: bool,
    /// Which arguments are regular expressions, checked when the search is compiled.
    pub patterns: &'static [usize],
    /// The code. The number of arguments has been checked.
    pub call: fn(&[Value], &Cx) -> Value,
}

impl Function {
    /// What most functions are; definitions begin from it.
    const BASE: Function = Function {
        name: "",
        aliases: &[],
        category: Category::Text,
        syntax: "",
        summary: "",
        args: (0, 0),
        examples: &[],
        differs: &[],
        pure: true,
        clock: false,
        boolean: false,
        patterns: &[],
        call: |_, _| Value::Null,
    };
}

/// Documented functions that the engine does not have, and why.
pub static UNSUPPORTED: &[(&str, &str)] = &[
    ("acos", NOT_YET), ("acosh", NOT_YET), ("asin", NOT_YET), ("asinh", NOT_YET), ("atan", NOT_YET), ("atan2", NOT_YET),
    ("atanh", NOT_YET), ("bit_and", NOT_YET), ("bit_not", NOT_YET), ("bit_or", NOT_YET), ("bit_shift_left", NOT_YET),
    ("bit_shift_right", NOT_YET), ("bit_xor", NOT_YET), ("commands", NOT_YET), ("cos", NOT_YET), ("cosh", NOT_YET),
    ("hypot", NOT_YET), ("ipmask", NOT_YET), ("isarray", NOT_YET), ("isdouble", NOT_YET), ("ismv", NOT_YET), ("isobject", NOT_YET),
    ("json", NOT_YET), ("json_append", NOT_YET), ("json_array", NOT_YET), ("json_delete", NOT_YET), ("json_entries", NOT_YET),
    ("json_extend", NOT_YET), ("json_extract_exact", NOT_YET), ("json_has_key_exact", NOT_YET), ("json_keys", NOT_YET),
    ("json_object", NOT_YET), ("json_set", NOT_YET), ("json_set_exact", NOT_YET), ("json_valid", NOT_YET), ("lookup", NOT_YET),
    ("mv_to_json_array", NOT_YET), ("avg", NOT_YET), ("sum", NOT_YET), ("printf", NOT_YET), ("searchmatch", NOT_YET),
    ("sigfig", NOT_YET), ("sin", NOT_YET), ("sinh", NOT_YET), ("tan", NOT_YET), ("tanh", NOT_YET), ("toarray", NOT_YET),
    ("tobool", NOT_YET), ("todouble", NOT_YET), ("toint", NOT_YET), ("tojson", NOT_YET), ("tomv", NOT_YET), ("toobject", NOT_YET),
];

const NOT_YET: &str = "the local engine does not have it yet";

/// A function by name or alias, in lower case.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|f| f.name == name || f.aliases.contains(&name))
}

/// All names, for "did you mean".
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|f| f.name).chain(UNSUPPORTED.iter().map(|(n, _)| *n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{MappedText, Sources};
    use crate::eval::compile;
    use crate::spl::{Cursor, Expr, Spl};

    #[test]
    fn examples_give_what_they_say() {
        for function in FUNCTIONS {
            assert!(!function.examples.is_empty(), "{} has no example", function.name);
            assert!(function.summary.ends_with('.'), "{} has no summary", function.name);
            for (expression, want) in function.examples {
                let sources = Sources::new();
                let spl = Spl::new(MappedText::plain(sources.add("x", *expression), 0, *expression));
                let expr = Expr::parse(&mut Cursor::whole(&spl)).expect("the example parses");
                let mut problems = Vec::new();
                let program = compile(&expr, &spl, &mut problems).unwrap_or_else(|| panic!("{expression}: {problems:?}"));
                let got = program.value(|_| Value::Null, &Cx::utc(1_700_000_000.0));
                assert_eq!(got.as_text().unwrap_or_default(), *want, "{expression}");
            }
        }
    }

    #[test]
    fn names_are_unique_and_sorted() {
        let all: Vec<&str> = FUNCTIONS.iter().map(|f| f.name).collect();
        let mut sorted = all.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(all, sorted);
        assert!(UNSUPPORTED.iter().all(|(n, _)| find(n).is_none()));
    }
}
