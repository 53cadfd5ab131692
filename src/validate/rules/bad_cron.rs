//! A schedule that cron would not understand. contentctl takes any text.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-cron",
    title: "a cron schedule cannot be read",
    why: "Splunk would refuse the saved search, or never run it.",
    fix: "Write five fields: minute, hour, day of the month, month, day of the week.",
    example: &[
        (
            "deployments/d.yml",
            r##"name: D
type: TTP
scheduling:
  cron_schedule: "61 * * *"
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let own = scope.content.detections.iter().filter_map(|d| d.deployment.as_ref());
    let baselines = scope.content.baselines.iter().filter_map(|b| b.deployment.as_ref());
    let schedules = scope.content.sundries.iter().filter_map(|s| s.cron.as_ref());
    let deployments = scope.content.deployments.iter().chain(own).chain(baselines);
    for cron in deployments.filter_map(|d| d.cron.as_ref()).chain(schedules) {
        if let Some(problem) = problem(cron) {
            sink.report(cron.span, format!("the schedule `{}` cannot be read: {problem}", cron.value));
        }
    }
}

/// The five fields of cron and their ranges; Sunday may be 7.
const FIELDS: [(&str, u32, u32); 5] =
    [("minute", 0, 59), ("hour", 0, 23), ("day of the month", 1, 31), ("month", 1, 12), ("day of the week", 0, 7)];

fn problem(cron: &str) -> Option<String> {
    let given: Vec<&str> = cron.split_whitespace().collect();
    if given.len() != FIELDS.len() {
        return Some(format!("it has {} fields, cron has 5", given.len()));
    }
    given.iter().zip(FIELDS).find_map(|(text, (name, low, high))| {
        let fits = text.split(',').all(|part| part_fits(part, low, high));
        (!fits).then(|| format!("`{text}` is no {name} ({low} to {high})"))
    })
}

fn part_fits(part: &str, low: u32, high: u32) -> bool {
    let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
    let number = |text: &str| text.parse::<u32>().ok().filter(|n| (low..=high).contains(n));
    step.is_none_or(|s| s.parse::<u32>().is_ok_and(|n| n > 0))
        && (range == "*"
            || number(range).is_some()
            || range.split_once('-').is_some_and(|(a, b)| matches!((number(a), number(b)), (Some(a), Some(b)) if a <= b)))
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn schedules() {
        for good in ["0 * * * *", "*/15 0-6,22 1 * 1-5", "7,27 * * * 7"] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["", "* * * *", "60 * * * *", "*/0 * * * *", "5-1 * * * *", "hourly"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
