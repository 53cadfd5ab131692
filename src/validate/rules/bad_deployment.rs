//! A deployment that contentctl would not load.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-deployment",
    title: "a deployment has an unknown type, or no schedule",
    why: "contentctl refuses to build.",
    fix: "Write a type and a `scheduling` with cron_schedule, earliest_time, latest_time and schedule_window.",
    example: &[
        (
            "deployments/d.yml",
            r##"name: D
type: Threat
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    const TYPES: [&str; 6] = ["TTP", "Anomaly", "Hunting", "Correlation", "Baseline", "Embedded"];
    for deployment in &scope.content.deployments {
        match &deployment.kind {
            None => sink.report(deployment.header.name.span, "the deployment has no `type`"),
            Some(kind) if !TYPES.contains(&kind.as_str()) => {
                let finding = sink.found(kind.span, format!("`{}` is no type of a deployment: {}", kind.value, TYPES.join(", ")));
                sink.push(finding.did_you_mean(kind, TYPES));
            }
            Some(_) => {}
        }
        let times = [
            ("cron_schedule", &deployment.cron),
            ("earliest_time", &deployment.earliest),
            ("latest_time", &deployment.latest),
            ("schedule_window", &deployment.window),
        ];
        let missing: Vec<&str> = times.iter().filter(|(_, value)| value.is_none()).map(|(key, _)| *key).collect();
        if !missing.is_empty() {
            let span = deployment.scheduling.unwrap_or(deployment.header.name.span);
            sink.report(span, format!("the schedule has no {}", missing.join(", no ")));
        }
    }
}
