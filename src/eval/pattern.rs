//! Regular expressions: PCRE2, as Splunk's are.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

use hashbrown::HashMap;
use pcre2::bytes::{CaptureLocations, Regex, RegexBuilder};
use smallvec::SmallVec;

/// A compiled regular expression. Compiling the same text again gives the same pattern.
///
/// In plain UTF mode PCRE2 looks at the whole subject before each match, to see that it is valid: that costs more than
/// most matches. The crate leaves that out only together with `ucp`, by which `\d`, `\s` and `\w` would take letters of
/// all scripts; `(?a)` makes them ASCII again, as Splunk's are.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    regex: Regex,
    /// With a large stack, for the rare match that needs one; making the stack costs more than most matches.
    large: OnceLock<Option<Regex>>,
}

/// Where the groups of a match are.
#[derive(Debug)]
pub struct Captures<'t> {
    text: &'t str,
    spans: SmallVec<[Option<(usize, usize)>; 6]>,
}

impl<'t> Captures<'t> {
    /// The text of a group; 0 is the whole match. `None` if it took no part.
    pub fn get(&self, group: usize) -> Option<&'t str> {
        let (start, end) = *self.spans.get(group)?.as_ref()?;
        self.text.get(start..end)
    }

    /// Byte range of a group.
    pub fn span(&self, group: usize) -> Option<(usize, usize)> {
        *self.spans.get(group)?
    }

    /// Number of groups, with the whole match.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Never: there is always the whole match.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

static COMPILED: LazyLock<RwLock<HashMap<String, Arc<Pattern>>>> = LazyLock::new(Default::default);

thread_local! {
    /// What this thread used last: most callers ask for one pattern again and again.
    static LAST: RefCell<Option<(String, Arc<Pattern>)>> = const { RefCell::new(None) };
}

impl Pattern {
    /// The pattern of this text. The error says what is wrong with it.
    pub fn new(text: &str) -> Result<Arc<Pattern>, String> {
        if let Some(hit) = LAST.with_borrow(|last| last.as_ref().filter(|(t, _)| t == text).map(|(_, p)| p.clone())) {
            return Ok(hit);
        }
        // A poisoned lock only means that another thread panicked; the map holds whole entries.
        let known = COMPILED.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(text).cloned();
        let pattern = match known {
            Some(pattern) => pattern,
            None => {
                let pattern = Arc::new(Self::compile(text)?);
                COMPILED.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(text.to_string(), pattern.clone());
                pattern
            }
        };
        LAST.set(Some((text.to_string(), pattern.clone())));
        Ok(pattern)
    }

    fn compile(text: &str) -> Result<Pattern, String> {
        let regex = build(text, None)?;
        Ok(Pattern { text: text.to_string(), regex, large: OnceLock::new() })
    }

    /// With a larger stack, if that is what a match lacked.
    fn large(&self, error: &pcre2::Error) -> Result<&Regex, Overrun> {
        if error.code() != JIT_STACK_LIMIT {
            return Err(Overrun);
        }
        self.large.get_or_init(|| build(&self.text, Some(LARGE_STACK)).ok()).as_ref().ok_or(Overrun)
    }

    /// The names of the groups; index 0 is the whole match.
    pub fn names(&self) -> &[Option<String>] {
        self.regex.capture_names()
    }

    /// True if it matches somewhere. A match that runs over the limits counts as none.
    pub fn is_match(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// Where the first match begins and ends.
    pub fn find(&self, text: &str) -> Option<(usize, usize)> {
        self.try_find(text).ok()?
    }

    /// The same, but a match that runs over the limits is told.
    pub fn try_find(&self, text: &str) -> Result<Option<(usize, usize)>, Overrun> {
        let found = match self.regex.find(text.as_bytes()) {
            Ok(found) => found,
            Err(error) => self.large(&error)?.find(text.as_bytes()).map_err(|_| Overrun)?,
        };
        Ok(found.map(|m| (m.start(), m.end())))
    }

    /// The first match.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.matcher().captures_at(text, 0)
    }

    /// For many matches one after the other: the place for the groups is made once.
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher { pattern: self, locations: self.regex.capture_locations() }
    }

    /// Every match, one after the other.
    pub fn each<'t>(&self, text: &'t str, f: impl FnMut(Captures<'t>) -> bool) {
        // A match that runs over the limits is the end.
        let _ = self.try_each(text, f);
    }

    /// The same, but a match that runs over the limits is told.
    pub fn try_each<'t>(&self, text: &'t str, f: impl FnMut(Captures<'t>) -> bool) -> Result<(), Overrun> {
        self.matcher().try_each(text, f)
    }

    /// Replaces every match (or the first `limit`). In the replacement `\1` is a group and `\0` the match; a group
    /// that took no part is empty.
    pub fn replace(&self, text: &str, replacement: &str, limit: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let (mut copied, mut n) = (0, 0);
        self.each(text, |captures| {
            if let Some((start, end)) = captures.span(0) {
                out.push_str(&text[copied..start]);
                fill(replacement, &captures, &mut out);
                copied = end;
                n += 1;
            }
            n < limit
        });
        out.push_str(&text[copied..]);
        out
    }
}

/// Matches of one pattern.
pub struct Matcher<'p> {
    pattern: &'p Pattern,
    locations: CaptureLocations,
}

impl Matcher<'_> {
    /// The first match at or after `start`; what stands before can be looked back at.
    pub fn captures_at<'t>(&mut self, text: &'t str, start: usize) -> Option<Captures<'t>> {
        self.try_captures_at(text, start).ok()?
    }

    /// Every match, one after the other.
    pub fn try_each<'t>(&mut self, text: &'t str, mut f: impl FnMut(Captures<'t>) -> bool) -> Result<(), Overrun> {
        let mut at = 0;
        while at <= text.len()
            && let Some(captures) = self.try_captures_at(text, at)?
            && let Some((start, end)) = captures.span(0)
        {
            at = if end > start { end } else { next_char(text, end) };
            if !f(captures) {
                break;
            }
        }
        Ok(())
    }

    fn try_captures_at<'t>(&mut self, text: &'t str, start: usize) -> Result<Option<Captures<'t>>, Overrun> {
        let spans = |l: &CaptureLocations| (0..l.len()).map(|n| l.get(n)).collect();
        match self.pattern.regex.captures_read_at(&mut self.locations, text.as_bytes(), start) {
            Ok(found) => Ok(found.map(|_| Captures { text, spans: spans(&self.locations) })),
            Err(error) => {
                let large = self.pattern.large(&error)?;
                let mut locations = large.capture_locations();
                let found = large.captures_read_at(&mut locations, text.as_bytes(), start).map_err(|_| Overrun)?;
                Ok(found.map(|_| Captures { text, spans: spans(&locations) }))
            }
        }
    }
}

/// A match that took more steps than are allowed: whether the text matches is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overrun;

/// So that no pattern hangs: `match_limit` of limits.conf. Compiled code counts fewer steps than PCRE2's interpreter.
const MATCH_LIMIT: u32 = 100_000;

/// PCRE2_ERROR_JIT_STACKLIMIT.
const JIT_STACK_LIMIT: i32 = -46;

/// The stack of hostile patterns is bounded.
const LARGE_STACK: usize = 32 << 20;

fn build(text: &str, stack: Option<usize>) -> Result<Regex, String> {
    let mut builder = RegexBuilder::new();
    builder.jit_if_available(true).max_jit_stack_size(stack);
    // Verbs such as (*ANYCRLF) must stand first.
    let verbs = text.len() - after_verbs(text).len();
    let ascii_classes = format!("(*LIMIT_MATCH={MATCH_LIMIT}){}(?a){}", &text[..verbs], &text[verbs..]);
    match builder.ucp(true).build(&ascii_classes) {
        Ok(regex) => Ok(regex),
        // Its message has the place in the text as it was written.
        Err(_) => builder.ucp(false).utf(true).build(text).map_err(|e| e.to_string()),
    }
}

/// The pattern without the verbs at its beginning.
fn after_verbs(text: &str) -> &str {
    let mut rest = text;
    while let Some((_, after)) = rest.strip_prefix("(*").and_then(|inside| inside.split_once(')')) {
        rest = after;
    }
    rest
}

fn fill(replacement: &str, captures: &Captures<'_>, out: &mut String) {
    let mut chars = replacement.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(d)) if d.is_ascii_digit() => {
                let group = d.to_digit(10).unwrap_or(0) as usize;
                chars.next();
                out.push_str(captures.get(group).unwrap_or_default());
            }
            ('\\', Some('\\')) => {
                chars.next();
                out.push('\\');
            }
            _ => out.push(c),
        }
    }
}

fn next_char(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::{Overrun, Pattern};

    #[test]
    fn groups_and_replacement() {
        let p = Pattern::new(r"^(\d{1,2})/(\d{1,2})/").expect("compiles");
        assert_eq!(p.replace("1/14/2023", r"\2/\1/", usize::MAX), "14/1/2023");
        let p = Pattern::new("").expect("compiles");
        assert_eq!(p.replace("äb", "-", usize::MAX), "-ä-b-");
        let p = Pattern::new(r"(?<a>x)|(?<b>y)").expect("compiles");
        assert_eq!(p.captures("zy").map(|c| (c.get(1), c.get(2))), Some((None, Some("y"))));
        assert!(Pattern::new("(").is_err());
        // Classes are ASCII, letters beyond it are whole characters, and their cases belong together.
        let p = Pattern::new(r"(*ANYCRLF)^\w(.)(?i)Ü$").expect("compiles");
        assert_eq!(p.captures("x…ü").and_then(|c| c.get(1)), Some("…"));
        assert!(!p.is_match("é…ü"));
        let p = Pattern::new("^(a+)+$").expect("compiles");
        assert_eq!(p.try_find(&("a".repeat(60) + "!")), Err(Overrun));
        let p = Pattern::new("^(a|b)*c").expect("compiles");
        assert!(p.is_match(&("ab".repeat(20_000) + "c")));
    }
}
