//! What is most likely not meant: words of a search that look like an operator or like a command whose pipe is missing.
//!
//! Splunk runs such a search and finds nothing, so these are warnings, and only where there is little doubt.

use std::ops::Range;

use super::aggregates;
use crate::diagnostic::{Code, Diagnostic};
use crate::spl::{Call, Spl};

/// The warnings about the arguments of a command.
pub(super) fn hints(spl: &Spl, call: &Call) -> Vec<Diagnostic> {
    let words = words(spl, call);
    let mut found = Vec::new();
    for n in 0..words.len() {
        if call.name == "search" {
            found.extend(operator(spl, &words, n));
        }
        if EXPRESSIONS.contains(&call.name.as_str()) {
            continue;
        }
        // At the begin of the arguments a word is what the command is about.
        let own = words[n].text == "where" && WITH_WHERE.contains(&call.name.as_str());
        if n > 0 && !own && looks_like_a_command(&words[n..]) {
            let message = format!("`{}` is an argument of `{}` here, not a command", words[n].text, call.name);
            let problem = spl.problem(Code::SplMissingPipe, &words[n].at, message, "is a pipe missing before it?");
            found.push(problem.help(format!("write `| {}`, or put the word in quotes", words[n].text)));
        }
    }
    found
}

/// Commands whose arguments are expressions, patterns or texts of their own.
const EXPRESSIONS: &[&str] = &["eval", "where", "fieldformat", "rex", "regex", "map", "foreach", "makeresults", "replace"];

/// Commands with a WHERE of their own.
const WITH_WHERE: &[&str] = &[
    "tstats",
    "mstats",
    "mcatalog",
    "mpreview",
    "msearch",
    "inputlookup",
    "inputcsv",
    "from",
    "join",
    "chart",
    "timechart",
    "metasearch",
];

struct Word<'a> {
    text: &'a str,
    at: Range<usize>,
}

/// `and`, `or` and `not` in lower case are words to be found.
fn operator(spl: &Spl, words: &[Word<'_>], n: usize) -> Option<Diagnostic> {
    let word = words.get(n)?;
    let between = n > 0 && n + 1 < words.len();
    let operator = match word.text {
        "and" | "or" if between => word.text.to_uppercase(),
        "not" if n + 1 < words.len() => word.text.to_uppercase(),
        _ => return None,
    };
    let message = format!("`{}` is a word to be found here, not an operator", word.text);
    let problem = spl.problem(Code::SplLowerCaseOperator, &word.at, message, "operators of a search are upper case");
    Some(problem.help(format!("write `{operator}`, or put the word in quotes")))
}

/// `stats count`, `eval x=`, `where x > 1`, `rename a as b`, `rex field=`.
fn looks_like_a_command(words: &[Word<'_>]) -> bool {
    let text = |n: usize| words.get(n).map_or("", |w: &Word<'_>| w.text);
    let next = text(1);
    match text(0) {
        "stats" | "eventstats" | "streamstats" | "timechart" | "chart" => {
            let name = next.split('(').next().unwrap_or_default();
            aggregates::find(&name.to_ascii_lowercase()).is_some()
        }
        "eval" => next.contains('=') || text(2).starts_with('='),
        "where" => {
            let compares = |t: &str| t.starts_with(['=', '!', '<', '>']);
            compares(text(2)) || next.contains(['<', '>', '=']) || next.contains('(')
        }
        "rename" => text(2).eq_ignore_ascii_case("as"),
        "rex" => next.starts_with("field="),
        "sort" => next == "-" || next == "0",
        "head" | "tail" => !next.is_empty() && next.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

/// The bare words: what is in quotes or in a subsearch is none.
fn words<'a>(spl: &'a Spl, call: &Call) -> Vec<Word<'a>> {
    let text = spl.text();
    let bytes = text.as_bytes();
    let mut list = Vec::new();
    let mut at = call.args.start;
    while at < call.args.end {
        let from = at;
        if let Some(sub) = call.subsearches.iter().find(|s| s.at.start == at) {
            at = sub.at.end;
        } else if bytes[at].is_ascii_whitespace() || bytes[at] == b',' {
            at += 1;
            continue;
        } else {
            let mut quoted = false;
            let ends = |at: usize| {
                bytes[at].is_ascii_whitespace() || bytes[at] == b',' || call.subsearches.iter().any(|s| s.at.start == at)
            };
            while at < call.args.end && (quoted || !ends(at)) {
                match bytes[at] {
                    b'"' => quoted = !quoted,
                    b'\\' => at += 1,
                    _ => {}
                }
                at += 1;
            }
            at = at.min(call.args.end);
        }
        // A place in the middle of a character cannot be: what is stepped over is ASCII, or the end.
        let word = text.get(from..at).unwrap_or_default();
        list.push(Word { text: if word.starts_with(['"', '[']) { "" } else { word }, at: from..at });
    }
    list
}
