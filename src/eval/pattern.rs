//! Regular expressions: PCRE2, as Splunk's are.

use std::cell::RefCell;
use std::sync::{Arc, LazyLock, OnceLock, RwLock};

use hashbrown::HashMap;
use pcre2::bytes::{CaptureLocations, Regex, RegexBuilder};

/// A compiled regular expression. Compiling the same text again gives the same pattern.
///
/// In UTF mode PCRE2 looks at the whole subject before each match, to see that it is valid. On ASCII text both modes
/// mean the same, so that is matched without.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    /// Without UTF mode; none where the pattern itself needs it.
    ascii: Option<Regex>,
    /// In UTF mode; compiled when the first text that is not ASCII comes.
    utf: OnceLock<Option<Regex>>,
    /// With a large stack, for the rare match that needs one; making the stack costs more than most matches.
    large: OnceLock<Option<Regex>>,
    names: Vec<Option<String>>,
}

/// Where the groups of a match are.
#[derive(Debug)]
pub struct Captures<'t> {
    text: &'t str,
    spans: Vec<Option<(usize, usize)>>,
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
        let utf = OnceLock::new();
        let ascii = if text.is_ascii() { build(text, false, None).ok() } else { None };
        let names = match &ascii {
            Some(regex) => regex.capture_names().to_vec(),
            None => {
                let regex = build(text, true, None)?;
                let names = regex.capture_names().to_vec();
                let _ = utf.set(Some(regex));
                names
            }
        };
        Ok(Pattern { text: text.to_string(), ascii, utf, large: OnceLock::new(), names })
    }

    /// The program for a subject.
    fn regex(&self, subject: &str) -> Option<&Regex> {
        match &self.ascii {
            Some(regex) if subject.is_ascii() => Some(regex),
            _ => self.utf.get_or_init(|| build(&self.text, true, None).ok()).as_ref(),
        }
    }

    fn large(&self) -> Option<&Regex> {
        self.large.get_or_init(|| build(&self.text, true, Some(LARGE_STACK)).ok()).as_ref()
    }

    /// The names of the groups; index 0 is the whole match.
    pub fn names(&self) -> &[Option<String>] {
        &self.names
    }

    /// True if it matches somewhere. A match that runs over the limits counts as none.
    pub fn is_match(&self, text: &str) -> bool {
        self.regex(text).is_some_and(|regex| match regex.is_match(text.as_bytes()) {
            Ok(hit) => hit,
            Err(_) => self.large().is_some_and(|regex| regex.is_match(text.as_bytes()).unwrap_or(false)),
        })
    }

    /// The first match.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Captures<'t>> {
        self.captures_at(text, 0)
    }

    /// The first match at or after `start`; what stands before can be looked back at.
    pub fn captures_at<'t>(&self, text: &'t str, start: usize) -> Option<Captures<'t>> {
        let regex = self.regex(text)?;
        self.find(regex, text, start, &mut regex.capture_locations())
    }

    /// Every match, one after the other.
    pub fn each<'t>(&self, text: &'t str, mut f: impl FnMut(Captures<'t>) -> bool) {
        let Some(regex) = self.regex(text) else { return };
        let mut locations = regex.capture_locations();
        let mut at = 0;
        while at <= text.len() {
            let Some(captures) = self.find(regex, text, at, &mut locations) else { return };
            let Some((start, end)) = captures.span(0) else { return };
            at = if end > start { end } else { next_char(text, end) };
            if !f(captures) {
                return;
            }
        }
    }

    fn find<'t>(&self, regex: &Regex, text: &'t str, start: usize, locations: &mut CaptureLocations) -> Option<Captures<'t>> {
        if let Ok(found) = regex.captures_read_at(locations, text.as_bytes(), start) {
            found?;
            return Some(Captures { text, spans: (0..locations.len()).map(|n| locations.get(n)).collect() });
        }
        let large = self.large()?;
        let mut locations = large.capture_locations();
        large.captures_read_at(&mut locations, text.as_bytes(), start).ok().flatten()?;
        Some(Captures { text, spans: (0..locations.len()).map(|n| locations.get(n)).collect() })
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

/// The stack of hostile patterns is bounded.
const LARGE_STACK: usize = 32 << 20;

fn build(text: &str, utf: bool, stack: Option<usize>) -> Result<Regex, String> {
    RegexBuilder::new().utf(utf).jit_if_available(true).max_jit_stack_size(stack).build(text).map_err(|e| e.to_string())
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
    use super::Pattern;

    #[test]
    fn groups_and_replacement() {
        let p = Pattern::new(r"^(\d{1,2})/(\d{1,2})/").expect("compiles");
        assert_eq!(p.replace("1/14/2023", r"\2/\1/", usize::MAX), "14/1/2023");
        let p = Pattern::new("").expect("compiles");
        assert_eq!(p.replace("äb", "-", usize::MAX), "-ä-b-");
        let p = Pattern::new(r"(?<a>x)|(?<b>y)").expect("compiles");
        assert_eq!(p.captures("zy").map(|c| (c.get(1), c.get(2))), Some((None, Some("y"))));
        assert!(Pattern::new("(").is_err());
    }
}
