//! Values with `*` as the search language compares them.

use memchr::memmem;

/// A text with `*` wildcards, compared without regard to case (or with it, for field and stanza names).
#[derive(Clone, Debug)]
pub struct Wildcard {
    /// The literal pieces between the stars, folded.
    pieces: Vec<String>,
    ignore_case: bool,
}

impl Wildcard {
    /// Case does not count.
    pub fn new(pattern: &str) -> Self {
        Wildcard { pieces: pattern.split('*').map(fold).collect(), ignore_case: true }
    }

    /// Case counts.
    pub fn exact_case(pattern: &str) -> Self {
        Wildcard { pieces: pattern.split('*').map(str::to_string).collect(), ignore_case: false }
    }

    /// True if there is a star in it.
    pub fn is_pattern(&self) -> bool {
        self.pieces.len() > 1
    }

    /// True if the whole text fits.
    pub fn matches(&self, text: &str) -> bool {
        if !self.ignore_case {
            return self.fits(text);
        }
        if self.pieces.len() == 1 && text.is_ascii() {
            return text.eq_ignore_ascii_case(&self.pieces[0]);
        }
        if text.bytes().any(|b| b.is_ascii_uppercase() || b >= 0x80) { self.fits(&fold(text)) } else { self.fits(text) }
    }

    fn fits(&self, text: &str) -> bool {
        let (first, rest) = match self.pieces.split_first() {
            Some(split) => split,
            None => return text.is_empty(),
        };
        let Some((last, middle)) = rest.split_last() else { return text == first };
        let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
        for piece in middle {
            match memmem::find(text.as_bytes(), piece.as_bytes()) {
                Some(at) => text = &text[at + piece.len()..],
                None => return false,
            }
        }
        text.ends_with(last.as_str())
    }

    /// The texts that the stars stand for, if the whole text fits: shortest first, as `rename` needs them.
    pub fn captures<'t>(&self, text: &'t str) -> Option<Vec<&'t str>> {
        let (first, rest) = self.pieces.split_first()?;
        let mut text = text.strip_prefix(first.as_str())?;
        let mut found = Vec::new();
        for (n, piece) in rest.iter().enumerate() {
            let at = if n + 1 == rest.len() {
                text.ends_with(piece.as_str()).then(|| text.len() - piece.len())?
            } else {
                memmem::find(text.as_bytes(), piece.as_bytes())?
            };
            found.push(&text[..at]);
            text = &text[at + piece.len()..];
        }
        // Without a star, what follows the literal must be nothing.
        text.is_empty().then_some(found)
    }
}

/// A pattern with its stars replaced by these texts, first to last; a star too many is empty.
pub(crate) fn fill(pattern: &str, stars: &[&str]) -> String {
    let mut stars = stars.iter();
    let mut out = String::with_capacity(pattern.len());
    for c in pattern.chars() {
        if c == '*' { out.push_str(stars.next().copied().unwrap_or_default()) } else { out.push(c) }
    }
    out
}

/// Lower case; quick for ASCII.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::Wildcard;

    #[test]
    fn whole_text_any_case() {
        for (pattern, text, want) in [
            ("*\\powershell.exe", "C:\\Windows\\PowerShell.EXE", true),
            ("msiexec.exe", "MsiExec.exe", true),
            ("a*", "ba", false),
            ("*", "", true),
            ("a*b*c", "aXbXc", true),
            ("a*b*c", "acb", false),
            ("*/z*", "msiexec /Z x", true),
            ("ab*ba", "aba", false),
        ] {
            assert_eq!(Wildcard::new(pattern).matches(text), want, "{pattern} {text}");
        }
        assert_eq!(Wildcard::exact_case("Processes.*").captures("Processes.dest"), Some(vec!["dest"]));
        assert_eq!(Wildcard::exact_case("a*c*").captures("abcd"), Some(vec!["b", "d"]));
        assert_eq!(Wildcard::exact_case("ab").captures("abc"), None);
    }
}
