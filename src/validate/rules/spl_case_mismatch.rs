//! Small letters compared with capitals.

use crate::diagnostic::Severity;
use crate::validate::{ReadSearch, walk};
use crate::spl::Expr;
use crate::spl::expr::{Binary, ExprKind};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-case-mismatch",
    title: "`lower(…)` is compared with a text that has capitals, or `upper(…)` with small letters",
    why: "`where` and `eval` compare with case: the two are never equal.",
    fix: "Write the text as the function gives it.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main | where lower(user)="Admin"
"##,
        ),
    ],
    severity: Severity::Warning,
    on: true,
    check: Check::Search(check),
};

fn check(search: &ReadSearch<'_>, _: &Scope<'_>, sink: &mut Sink) {
    let mut found = Vec::new();
    search.expressions().for_each(|expr| walk(expr, &mut |part| judge(part, &mut found)));
    for (text, function) in found {
        sink.report_in(search.spl(), &text.at, format!("`{function}` never gives this text"), "the case is another");
    }
}

fn judge<'e>(expr: &'e Expr, found: &mut Vec<(&'e Expr, &'static str)>) {
    let mut test = |call: &Expr, text: &'e Expr| {
        let (ExprKind::Call(name, ..), ExprKind::Text(value)) = (&call.kind, &text.kind) else { return };
        match name.as_str() {
            "lower" if value.chars().any(char::is_uppercase) => found.push((text, "lower")),
            "upper" if value.chars().any(char::is_lowercase) => found.push((text, "upper")),
            _ => {}
        }
    };
    match &expr.kind {
        ExprKind::Binary(Binary::Equal | Binary::NotEqual | Binary::Like, left, right) => {
            test(left, right);
            test(right, left);
        }
        ExprKind::Call(name, _, args) if matches!(name.as_str(), "like" | "in") => {
            if let Some((first, rest)) = args.split_first() {
                rest.iter().for_each(|arg| test(first, arg));
            }
        }
        ExprKind::In(first, list) => list.iter().for_each(|one| test(first, one)),
        _ => {}
    }
}
