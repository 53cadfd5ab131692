//! Where the events of a search were lost.

use crate::backend::{self, Answer, Step};
use crate::diagnostic::{Sources, Span};
use crate::verdict::{Loss, Lost, LostClause, LostCondition, StepRows};

/// The step after which fewer than `need` rows were left: with 1, nothing at all.
pub(super) fn find(answer: &Answer, events: usize, need: usize) -> Option<Loss> {
    // The last step that still gave enough: a subsearch or `append` may fill up again what was empty in between.
    let last = answer.steps.iter().rposition(|s| s.rows >= need);
    let at = last.map_or(0, |n| n + 1);
    let step = answer.steps.get(at)?;
    let before = last.map_or(events, |n| answer.steps[n].rows);
    Some(Loss { step: at + 1, text: step.text.clone(), before })
}

/// `312 events read, 3 left after step 1 `tstats …`, lost at step 2 `where …``: how it came to fewer than `need` rows.
pub(super) fn describe(answer: &Answer, events: usize, need: usize) -> String {
    let read = count(events, "event read", "events read");
    let Some(loss) = find(answer, events, need) else {
        return if events == 0 { format!("{read}: the dataset gave no event") } else { read };
    };
    let after = |step: usize| match &answer.steps[step - 1] {
        s if s.rows > 0 => format!("{} left after step {step} `{}`", s.rows, short(&s.text)),
        s if step == 1 => format!("none left after step 1 `{}`", short(&s.text)),
        s => format!("lost at step {step} `{}`", short(&s.text)),
    };
    match loss.step {
        1 => format!("{read}, {}", after(1)),
        step => format!("{read}, {}, {}", after(step - 1), after(step)),
    }
}

/// The steps for the JSON and the reports.
pub(super) fn steps(answer: &Answer, sources: &Sources) -> Vec<StepRows> {
    let step = |s: &Step| StepRows {
        step: s.text.clone(),
        rows: s.rows,
        line: s.span.map(|span| sources.location(span).line),
        lost: s.lost.iter().map(|loss| lost(loss, sources)).collect(),
    };
    answer.steps.iter().map(step).collect()
}

fn lost(loss: &backend::Loss, sources: &Sources) -> Lost {
    let place = |span: &Option<Span>| {
        span.map(|span| {
            let at = sources.location(span);
            format!("{}:{}", at.name, at.line)
        })
    };
    let texts = |value: &backend::Value| value.texts().iter().map(ToString::to_string).collect();
    let made = |(by, at): &(String, Option<Span>)| match place(at) {
        Some(at) => format!("{by}, {at}"),
        None => by.clone(),
    };
    Lost {
        rows: loss.rows,
        conditions: loss
            .conditions
            .iter()
            .map(|c| LostCondition { text: c.text.clone(), place: place(&c.span), alone: c.alone, left: c.left, fails: c.fails })
            .collect(),
        nearest: loss
            .nearest
            .iter()
            .map(|c| LostClause {
                text: c.text.clone(),
                place: place(&c.span),
                holds: c.holds,
                decides: c.decides,
                alone: c.alone,
                values: c.fields.iter().map(|f| (f.name.to_string(), texts(&f.value))).collect(),
                absent: c.fields.iter().filter(|f| f.absent).map(|f| f.name.to_string()).collect(),
                made_by: c.fields.iter().filter_map(|f| Some((f.name.to_string(), made(f.made_by.as_ref()?)))).collect(),
                similar: c
                    .fields
                    .iter()
                    .filter(|f| !f.similar.is_empty())
                    .map(|f| (f.name.to_string(), f.similar.clone()))
                    .collect(),
            })
            .collect(),
    }
}

/// `1 row`, `2 rows`.
pub(super) fn rows(n: usize) -> String {
    count(n, "row", "rows")
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// A command in a message: one line, not too long.
fn short(text: &str) -> String {
    const WIDTH: usize = 60;
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(WIDTH) {
        Some((cut, _)) => format!("{}…", line[..cut].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(steps: &[(&str, usize)]) -> Answer {
        let steps = steps
            .iter()
            .map(|(text, rows)| Step { text: (*text).to_string(), span: None, rows: *rows, lost: Vec::new() })
            .collect();
        Answer { steps, ..Answer::default() }
    }

    #[test]
    fn the_step_is_named() {
        assert_eq!(
            describe(&answer(&[("tstats count", 3), ("where x", 0), ("fields y", 0)]), 312, 1),
            "312 events read, 3 left after step 1 `tstats count`, lost at step 2 `where x`"
        );
        assert_eq!(describe(&answer(&[("search x", 0)]), 1, 1), "1 event read, none left after step 1 `search x`");
        assert_eq!(describe(&answer(&[]), 0, 1), "0 events read: the dataset gave no event");
    }

    #[test]
    fn the_step_that_left_too_few_is_named() {
        let one_of_two = answer(&[("search x", 9), ("where y", 1), ("fields z", 1)]);
        assert_eq!(
            describe(&one_of_two, 312, 2),
            "312 events read, 9 left after step 1 `search x`, 1 left after step 2 `where y`"
        );
        assert_eq!(describe(&one_of_two, 312, 10), "312 events read, 9 left after step 1 `search x`");
    }
}
