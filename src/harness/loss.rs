//! Where the events of a search were lost.

use crate::backend::Answer;
use crate::diagnostic::Sources;
use crate::verdict::{Loss, StepRows};

/// The step after which nothing was left.
pub(super) fn find(answer: &Answer, events: usize) -> Option<Loss> {
    // The last step that still gave rows: a subsearch or `append` may fill up again what was empty in between.
    let last = answer.steps.iter().rposition(|s| s.rows > 0);
    let at = last.map_or(0, |n| n + 1);
    let step = answer.steps.get(at)?;
    let before = last.map_or(events, |n| answer.steps[n].rows);
    Some(Loss { step: at + 1, text: step.text.clone(), before })
}

/// `0 rows: 312 events read, 3 left after step 1 `tstats …`, lost at step 2 `where …``.
pub(super) fn describe(answer: &Answer, events: usize) -> String {
    let read = format!("0 rows: {}", count(events, "event read", "events read"));
    let Some(loss) = find(answer, events) else {
        return if events == 0 { format!("{read}: the dataset gave no event") } else { read };
    };
    if loss.step == 1 {
        return format!("{read}, none left after step 1 `{}`", short(&loss.text));
    }
    let previous = &answer.steps[loss.step - 2];
    format!(
        "{read}, {} left after step {} `{}`, lost at step {} `{}`",
        previous.rows,
        loss.step - 1,
        short(&previous.text),
        loss.step,
        short(&loss.text)
    )
}

/// The steps for the JSON and the reports.
pub(super) fn steps(answer: &Answer, sources: &Sources) -> Vec<StepRows> {
    answer
        .steps
        .iter()
        .map(|s| StepRows { step: s.text.clone(), rows: s.rows, line: s.span.map(|span| sources.location(span).line) })
        .collect()
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
    use crate::backend::Step;

    fn answer(steps: &[(&str, usize)]) -> Answer {
        let steps = steps.iter().map(|(text, rows)| Step { text: (*text).to_string(), span: None, rows: *rows }).collect();
        Answer { steps, ..Answer::default() }
    }

    #[test]
    fn the_step_is_named() {
        assert_eq!(
            describe(&answer(&[("tstats count", 3), ("where x", 0), ("fields y", 0)]), 312),
            "0 rows: 312 events read, 3 left after step 1 `tstats count`, lost at step 2 `where x`"
        );
        assert_eq!(describe(&answer(&[("search x", 0)]), 1), "0 rows: 1 event read, none left after step 1 `search x`");
        assert_eq!(describe(&answer(&[]), 0), "0 rows: 0 events read: the dataset gave no event");
    }
}
