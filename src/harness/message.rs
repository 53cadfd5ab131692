//! Fills the `$field$` tokens of a risk message from a row.

use crate::backend::{Answer, Cell};

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
        assert_eq!(fill("$user$ ($a.b$) on $dest$ paid 5$ $", &answer, 0), "jdoe (x, y) on $dest$ paid 5$ $");
    }
}
