//! Fills the `$field$` tokens of a risk message from a row.

use crate::backend::{Answer, Cell};
use crate::content::tokens;

/// The text of a cell as Enterprise Security puts it into a message: several values with a comma between.
pub(super) fn text_of(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Absent => None,
        Cell::One(value) => Some(value.clone()),
        Cell::Many(values) => Some(values.join(", ")),
    }
}

/// The message with every token replaced whose field the row has. The others stay, for everybody to see.
pub(super) fn fill(message: &str, answer: &Answer, row: usize) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(start) = rest.find('$') {
        let after = &rest[start + 1..];
        let field = after.find('$').map(|len| &after[..len]).filter(|f| !f.is_empty() && !f.contains(char::is_whitespace));
        out.push_str(&rest[..start]);
        match field {
            Some(field) => {
                match text_of(answer.cell(row, field)) {
                    Some(value) => out.push_str(&value),
                    None => out.push_str(&rest[start..start + field.len() + 2]),
                }
                rest = &after[field.len() + 1..];
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// The tokens of a message that still stand in what was made of it.
pub(super) fn unfilled(message: &str, made: &str) -> Vec<String> {
    tokens(message).into_iter().map(|token| format!("${token}$")).filter(|token| made.contains(token)).collect()
}

/// True for a text that a message may have become: its words, and in the place of each token something that is not blank.
pub(super) fn fits(message: &str, made: &str) -> bool {
    let mut pattern = String::from("(?s)^");
    let mut rest = message;
    let first = |text: &str| tokens(text).first().map(|token| format!("${token}$"));
    while let Some((before, after)) = first(rest).and_then(|token| rest.split_once(&token)) {
        pattern.push_str(&regex::escape(before));
        pattern.push_str(".*\\S.*");
        rest = after;
    }
    pattern.push_str(&regex::escape(rest));
    pattern.push('$');
    regex::Regex::new(&pattern).is_ok_and(|pattern| pattern.is_match(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_filled_from_the_row() {
        let answer = Answer {
            fields: vec!["user".into(), "a.b".into(), "dest".into()],
            rows: vec![vec![Cell::One("jdoe".into()), Cell::Many(vec!["x".into(), "y".into()]), Cell::Absent]],
            ..Answer::default()
        };
        assert!(fits("$user$ ran $a.b$ for 5$.", "jdoe ran x, y for 5$."));
        assert!(!fits("$user$ ran $a.b$.", " ran x.") && !fits("$user$ ran", "jdoe runs"));
        assert_eq!(unfilled("$user$ on $dest$", "jdoe on $dest$"), ["$dest$"]);
        assert_eq!(fill("$user$ ($a.b$) on $dest$ paid 5$ $", &answer, 0), "jdoe (x, y) on $dest$ paid 5$ $");
    }
}
