//! Settings of a lookup that Splunk would not take.

use crate::content::LookupData;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-lookup",
    title: "a lookup has a setting that cannot be",
    why: "Splunk ignores such a setting without a word, and the lookup matches otherwise than meant.",
    fix: "Set it to what the message says.",
    example: &[
        (
            "lookups/l.yml",
            r##"name: l
lookup_type: kvstore
fields: [a, b]
match_type: [WILD(a)]
max_matches: 5000
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for lookup in &scope.content.lookups {
        for kind in &lookup.match_type {
            if !is_match_type(kind) {
                sink.report(kind.span, format!("`{}` is no match_type: write WILDCARD(field) or CIDR(field)", kind.value));
            }
        }
        if let Some(max) = lookup.max_matches.as_ref().filter(|m| !(1..=1000).contains(&m.value)) {
            sink.report(max.span, format!("max_matches must be 1 to 1000, not {}", max.value));
        }
        if let Some(min) = lookup.min_matches.as_ref().filter(|m| m.value < 0) {
            sink.report(min.span, "min_matches cannot be negative");
        }
        if let Some(second) = lookup.second {
            sink.report(second, "a lookup has a filename or a collection, not both");
        }
        if let LookupData::Model(file) = &lookup.data
            && lookup.typed
            && !lookup.header.file.stem().starts_with("__mlspl_")
        {
            sink.report(file.span, "the file of a model begins with `__mlspl_`");
        }
        if let LookupData::Collection { fields, .. } = &lookup.data {
            match fields.first() {
                // v4 asks for fields only.
                Some(_) if !lookup.typed => {}
                None => sink.report(lookup.header.name.span, "a KV store lookup needs its fields, `_key` first"),
                Some(first) if first.value != "_key" => sink.report(first.span, "the first field of a KV store lookup must be `_key`"),
                Some(_) => {}
            }
        }
    }
}

fn is_match_type(text: &str) -> bool {
    let inner = |name: &str| text.strip_prefix(name).and_then(|r| r.strip_prefix('(')).and_then(|r| r.strip_suffix(')'));
    inner("WILDCARD").or_else(|| inner("CIDR")).is_some_and(|field| !field.trim().is_empty())
}
