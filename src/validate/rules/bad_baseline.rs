//! A baseline or investigation that contentctl would not load.

use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-baseline",
    title: "a baseline has the wrong type, or a story that does not exist",
    why: "contentctl refuses to build.",
    fix: "Write `type: Baseline` (or Investigation), and stories by their names.",
    example: &[
        (
            "baselines/b.yml",
            r##"name: B
type: Support
search: x
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    let baselines = scope.content.baselines.iter().map(|one| (one, "Baseline"));
    let investigations = scope.content.investigations.iter().map(|one| (one, "Investigation"));
    for (one, word) in baselines.chain(investigations) {
        if let Some(kind) = one.kind.as_ref().filter(|kind| kind.value != word) {
            sink.report(kind.span, format!("the type here is `{word}`, not `{}`", kind.value));
        }
        for story in one.stories.iter().filter(|s| !scope.stories.is_empty() && !scope.stories.contains(s.as_str())) {
            let finding = sink.found(story.span, format!("there is no analytic story `{}`", story.value));
            sink.push(finding.did_you_mean(story, scope.stories.iter().copied()).with_severity(Severity::Warning));
        }
    }
}
