//! The times of a schedule.

use crate::content::At;
use crate::diagnostic::Severity;
use crate::spl::time::resolve;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-schedule-time",
    title: "an earliest or latest time of a schedule is no time, or they are the wrong way round",
    why: "The saved search would look at no time at all.",
    fix: "Write relative times such as -70m@m and -10m@m.",
    example: &[
        (
            "deployments/d.yml",
            r##"name: D
type: TTP
scheduling: {cron_schedule: 0 * * * *, earliest_time: -10m@m, latest_time: -70m@m, schedule_window: auto}
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
    for one in scope.content.deployments.iter().chain(own).chain(baselines) {
        judge(one.earliest.as_ref(), one.latest.as_ref(), sink);
    }
    for one in &scope.content.sundries {
        if let [earliest, latest] = one.times.as_slice() {
            judge(Some(earliest), Some(latest), sink);
        }
    }
}

fn judge(earliest: Option<&At<String>>, latest: Option<&At<String>>, sink: &mut Sink) {
    // Some moment: the two are only compared with each other.
    const NOW: f64 = 1_700_000_000.0;
    let mut time = |text: Option<&At<String>>| {
        let text = text?;
        let found = resolve(text, NOW, &jiff::tz::TimeZone::UTC);
        if found.is_none() && !text.is_empty() {
            sink.report(text.span, format!("`{}` is no time", text.value));
        }
        found
    };
    let (from, to) = (time(earliest), time(latest));
    if let (Some(from), Some(to), Some(latest)) = (from, to, latest)
        && from >= to
    {
        sink.report(latest.span, format!("the latest time {} is not after the earliest", latest.value));
    }
}
