//! `extract`, `kv`.

use super::new_fields::NewFields;
use super::prelude::*;
use crate::fields::{clean_key, pairs};

#[derive(Debug)]
struct Extract {
    /// Characters between pairs, and between key and value; else `key=value` is looked for anywhere.
    delimiters: Option<(String, String)>,
    clean: bool,
    add: bool,
    limit: usize,
    max_chars: usize,
}

impl Operator for Extract {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let raw = input.column_or_null("_raw");
        let mut made = NewFields::default();
        for row in 0..input.len() {
            let Some(text) = raw.get(row).as_text() else { continue };
            let cut = text.char_indices().nth(self.max_chars).map_or(text.len(), |(at, _)| at);
            let mut found: indexmap::IndexMap<String, Vec<Text>> = indexmap::IndexMap::new();
            let mut put = |key: &str, value: &str| {
                let key = if self.clean { clean_key(key).into_owned() } else { key.to_string() };
                if key.is_empty() || value.is_empty() || (found.len() >= self.limit && !found.contains_key(&key)) {
                    return;
                }
                let values = found.entry(key).or_default();
                if values.is_empty() || self.add {
                    values.push(Text::new(value));
                }
            };
            match &self.delimiters {
                Some((between, inside)) => delimited(&text[..cut], between, inside, &mut put),
                None => pairs(&text[..cut], false, &mut put),
            }
            for (key, values) in found {
                made.add(row, key, Value::from_texts(values));
            }
        }
        made.put_into(&mut input);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(["_raw"])
    }
}

/// Pairs between any of some characters, key and value parted by the first of some others; quotes protect both.
fn delimited(text: &str, between: &str, inside: &str, put: &mut impl FnMut(&str, &str)) {
    let mut quoted = false;
    let tokens = text.split(|c| {
        quoted ^= c == '"';
        !quoted && between.contains(c)
    });
    for token in tokens {
        if let Some((at, c)) = token.char_indices().find(|(_, c)| inside.contains(*c)) {
            let bare = |t: &str| t.trim().trim_matches('"').to_string();
            put(&bare(&token[..at]), &bare(&token[at + c.len_utf8()..]));
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    if let Some(word) = cursor.word()? {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "extraction by a stanza of transforms.conf is not supported in `extract`: the local engine does not have it yet", "not supported here"));
    }
    cursor.expect_done("extract")?;
    let delimiters = match (options.text("pairdelim"), options.text("kvdelim")) {
        (Some(between), Some(inside)) => Some((between.to_string(), inside.to_string())),
        (None, None) => None,
        _ => return Err(place.spl.problem(Code::SplOption, &place.call.at(), "`pairdelim` and `kvdelim` belong together", "one of them is missing")),
    };
    let number = |name: &str| usize::try_from(options.int(name, i64::MAX)).unwrap_or(usize::MAX);
    Ok(Box::new(Extract { delimiters, clean: options.bool("clean_keys", true), add: options.bool("mv_add", false), limit: number("limit"), max_chars: number("maxchars") }))
}

pub(super) const DEF: Command = Command {
    name: "extract",
    aliases: &["kv"],
    kind: Kind::Streaming,
    syntax: "extract [pairdelim=<string> kvdelim=<string>] [clean_keys=<bool>] [mv_add=<bool>] [limit=<int>] [maxchars=<int>]",
    summary: "Makes fields of the pairs in _raw: key=value, or by the delimiters given, each a set of characters.",
    options: &[
        Opt { name: "pairdelim", kind: OptKind::Text, default: "", doc: "Characters between pairs." },
        Opt { name: "kvdelim", kind: OptKind::Text, default: "", doc: "Characters between key and value." },
        Opt { name: "clean_keys", kind: OptKind::Bool, default: "true", doc: "Other characters than letters and digits in keys become underscores." },
        Opt { name: "mv_add", kind: OptKind::Bool, default: "false", doc: "A key that repeats gives a multivalue, else its first value." },
        Opt { name: "limit", kind: OptKind::Int, default: "50", doc: "At most so many keys." },
        Opt { name: "maxchars", kind: OptKind::Int, default: "10240", doc: "How much of the event is read." },
        Opt { name: "reload", kind: OptKind::Bool, default: "false", doc: "Read over: configuration is read once." },
        Opt { name: "segment", kind: OptKind::Bool, default: "", doc: "Read over: nothing is indexed." },
        Opt { name: "auto", kind: OptKind::Bool, default: "true", doc: "Read over." },
    ],
    examples: &[
        ("| makeresults | eval _raw=\"a=1|b:2;c=3\" | extract pairdelim=\"|;\" kvdelim=\"=:\" | table a b c", &[&[("a", "1"), ("b", "2"), ("c", "3")]]),
        ("| makeresults | eval _raw=\"user=bob action=\\\"log in\\\"\" | kv | table user action", &[&[("user", "bob"), ("action", "log in")]]),
    ],
    differs: &["limit and maxchars hold only if they are given"],
    compile,
};
