//! Settings of props.conf that name fields: classes in their order, aliases, lookups.

use crate::diagnostic::Span;
use crate::knowledge::{Knowledge, Settings};
use crate::store::Text;

use super::lookup::Lookup;

/// Where a step of a plan comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The setting of props.conf.
    pub(super) setting: String,
    /// The stanza of transforms.conf that it names, if it does.
    pub(super) transform: Option<String>,
    /// Where the setting stands, or the stanza.
    pub(super) span: Span,
}

/// `from AS to`.
#[derive(Debug)]
pub(super) struct Alias {
    pub(super) from: Text,
    pub(super) to: Text,
    /// ASNEW: a value that is there stays.
    pub(super) only_new: bool,
}

/// The values of settings such as `EXTRACT-x`, `LOOKUP_y` with their origins, in ASCII order of their names. A hyphen or
/// an underscore may stand between prefix and class, or nothing after LOOKUP (props.conf.spec says so of LOOKUP;
/// add-ons have an underscore with all).
pub(super) fn classes<'a>(settings: &'a Settings, prefix: &str) -> Vec<(Origin, &'a str)> {
    let is_class = |key: &str| {
        let class = key.get(..prefix.len()).filter(|p| p.eq_ignore_ascii_case(prefix)).map(|_| &key[prefix.len()..]);
        class.is_some_and(|class| class.starts_with(['-', '_']) || (prefix == "LOOKUP" && !class.is_empty()))
    };
    let mut list: Vec<(Origin, &str)> = settings
        .iter()
        .filter(|(k, s)| is_class(k) && !s.text.text().trim().is_empty())
        .map(|(k, s)| (Origin { setting: k.clone(), transform: None, span: s.span }, s.text.text().trim()))
        .collect();
    list.sort_by(|a, b| a.0.setting.cmp(&b.0.setting));
    list
}

/// `a AS b, "c d" ASNEW e`.
pub(super) fn parse_aliases(setting: &str) -> Vec<Alias> {
    let words = words(setting);
    words
        .windows(3)
        .filter(|w| w[1].eq_ignore_ascii_case("AS") || w[1].eq_ignore_ascii_case("ASNEW"))
        .map(|w| Alias { from: Text::new(&w[0]), to: Text::new(&w[2]), only_new: w[1].len() == 5 })
        .collect()
}

/// `name column AS field, … OUTPUT column AS field, …`.
pub(super) fn parse_lookup(setting: &str, knowledge: &Knowledge) -> Option<Lookup> {
    let words = words(setting);
    let (name, rest) = words.split_first()?;
    let at = rest.iter().position(|w| w.eq_ignore_ascii_case("OUTPUT") || w.eq_ignore_ascii_case("OUTPUTNEW"));
    let (inputs, outputs) = match at {
        Some(at) => (&rest[..at], Some((&rest[at + 1..], rest[at].len() > "OUTPUT".len()))),
        None => (rest, None),
    };
    let def = knowledge.lookup(name)?;
    if def.unsupported.is_some() || def.program.is_some() {
        return None;
    }
    let table = knowledge.lookup_table(&def).ok()?;
    let only_new = outputs.is_some_and(|(_, new)| new);
    Lookup::new(def, table, &pairs(inputs), outputs.map(|(list, _)| pairs(list)).as_deref(), only_new).ok()
}

/// `column AS field`, or a name that is both.
fn pairs(words: &[String]) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let renamed = words.get(at + 1).is_some_and(|w| w.eq_ignore_ascii_case("AS")) && at + 2 < words.len();
        list.push((words[at].clone(), words[if renamed { at + 2 } else { at }].clone()));
        at += if renamed { 3 } else { 1 };
    }
    list
}

/// Words between blanks and commas; quotes hold them together.
fn words(text: &str) -> Vec<String> {
    let mut list = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c.is_whitespace() || c == ',') => list.push(String::new()),
            c => {
                if let Some(word) = list.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    list.retain(|w| !w.is_empty());
    list
}
