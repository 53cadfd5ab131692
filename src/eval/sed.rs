//! The sed commands of SEDCMD and of `rex mode=sed`.

use std::sync::Arc;

use super::Pattern;

/// One `s/…/…/flags` or `y/…/…/`.
#[derive(Clone, Debug)]
pub enum Sed {
    /// Replace by a regular expression; at most so many times.
    Replace(Arc<Pattern>, String, usize),
    /// Replace characters.
    Map(Vec<(char, char)>),
}

impl Sed {
    /// The text after it.
    pub fn apply(&self, text: &str) -> String {
        match self {
            Sed::Replace(pattern, with, limit) => pattern.replace(text, with, *limit),
            Sed::Map(pairs) => text.chars().map(|c| pairs.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to)).collect(),
        }
    }

    /// Reads one command; the delimiter is the character after `s` or `y`.
    pub fn parse(text: &str) -> Result<Sed, String> {
        let mut chars = text.trim().chars();
        let kind = chars.next().ok_or("it is empty")?;
        let delimiter = chars.next().ok_or("there is no delimiter")?;
        let mut parts = vec![String::new()];
        let mut escaped = false;
        for c in chars {
            if escaped {
                if c != delimiter {
                    parts.last_mut().ok_or("it is empty")?.push('\\');
                }
                parts.last_mut().ok_or("it is empty")?.push(c);
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == delimiter && parts.len() < 3 {
                parts.push(String::new());
            } else {
                parts.last_mut().ok_or("it is empty")?.push(c);
            }
        }
        let [from, to, flags] = parts.as_slice() else { return Err(format!("it needs three times `{delimiter}`")) };
        match kind {
            's' => {
                let limit = if flags.contains('g') { usize::MAX } else { 1 };
                let source = if flags.contains('i') { format!("(?i){from}") } else { from.clone() };
                Ok(Sed::Replace(Pattern::new(&source)?, to.clone(), limit))
            }
            'y' if from.chars().count() == to.chars().count() => Ok(Sed::Map(from.chars().zip(to.chars()).collect())),
            'y' => Err("both sides of y need the same number of characters".into()),
            _ => Err("it begins with neither s nor y".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Sed;

    #[test]
    fn sed_commands() {
        let apply = |sed: &str, text: &str| Sed::parse(sed).map(|s| s.apply(text));
        assert_eq!(apply("s/a(.)/\\1-/", "abac"), Ok("b-ac".into()));
        assert_eq!(apply("s/a/x/g", "aba"), Ok("xbx".into()));
        assert_eq!(apply("y/ab/xy/", "aba"), Ok("xyx".into()));
        assert_eq!(apply("s#/#\\##g", "a/b"), Ok("a#b".into()));
        assert!(apply("x/a/b/", "").is_err());
    }
}
