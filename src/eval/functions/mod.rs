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
    abs, acos, acosh, asin, asinh, atan, atan2, atanh, avg, bit_and, bit_not, bit_or, bit_shift_left, bit_shift_right,
    bit_xor, case_, ceiling, cidrmatch, coalesce, commands, cos, cosh, exact, exp, false_, floor, hypot, if_, in_,
    ipmask, isarray, isbool, isdouble, isint, ismv, isnotnull, isnull, isnum, isobject, isstr, json, json_append,
    json_array, json_array_to_mv, json_delete, json_entries, json_extend, json_extract, json_extract_exact,
    json_has_key_exact, json_keys, json_object, json_set, json_set_exact, json_valid, len, like, ln, log, lookup, lower,
    ltrim, match_, max, md5, min, mv_to_json_array, mvappend, mvcount, mvdedup, mvfilter, mvfind, mvindex, mvjoin,
    mvmap, mvrange, mvreverse, mvsort, mvzip, now, null, nullif, pi, pow, printf, random, relative_time, replace,
    round, rtrim, searchmatch, sha1, sha256, sha512, sigfig, sin, sinh, spath, split, sqrt, strftime, strptime,
    substr, sum, tan, tanh, time, toarray, tobool, todouble, toint, tomv, tonumber, toobject, tostring, trim, true_,
    typeof_, upper, urldecode, validate,
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
    /// What Splunk refuses of arguments that are written out: which one, and why. An argument that is no literal is null.
    pub refuses: fn(&[Value]) -> Option<(usize, &'static str)>,
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
        refuses: |_| None,
        call: |_, _| Value::Null,
    };
}

/// Documented functions that the engine does not have, and why.
pub static UNSUPPORTED: &[(&str, &str)] = &[("tojson", "it belongs to SPL2")];

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

    /// The list of the Search Reference.
    #[test]
    fn every_documented_function_is_known() {
        let documented = "abs acos acosh asin asinh atan atan2 atanh avg bit_and bit_not bit_or bit_shift_left bit_shift_right \
            bit_xor case ceil ceiling cidrmatch coalesce commands cos cosh exact exp false floor hypot if in ipmask isarray \
            isbool isdouble isint ismv isnotnull isnull isnum isobject isstr json json_append json_array json_array_to_mv \
            json_delete json_entries json_extend json_extract json_extract_exact json_has_key_exact json_keys json_object \
            json_set json_set_exact json_valid len like ln log lookup lower ltrim match max md5 min mv_to_json_array mvappend \
            mvcount mvdedup mvfilter mvfind mvindex mvjoin mvmap mvrange mvreverse mvsort mvzip now null nullif pi pow printf \
            random relative_time replace round rtrim searchmatch sha1 sha256 sha512 sigfig sin sinh spath split sqrt strftime \
            strptime substr sum tan tanh time toarray tobool todouble toint tomv tonumber toobject tostring trim true typeof \
            upper urldecode validate";
        let known = |name: &&str| find(name).is_some() || UNSUPPORTED.iter().any(|(n, _)| n == name);
        let unknown: Vec<&str> = documented.split_whitespace().filter(|name| !known(name)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
