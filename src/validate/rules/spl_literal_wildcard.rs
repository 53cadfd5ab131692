//! A star where it is a star.

use crate::diagnostic::Severity;
use crate::validate::{ReadSearch, walk};
use crate::spl::Expr;
use crate::spl::expr::{Binary, ExprKind};

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "spl-literal-wildcard",
    title: "`*` in a comparison of `where` or `eval`, or in `like`",
    why: "There it is an ordinary character: nothing but a star fits it.",
    fix: "Use `like(field, \"%text%\")`, `match(…)`, or the command `search`.",
    example: &[
        (
            "detections/d.yml",
            r##"name: D
type: Hunting
search: |-
  index=main | where user="adm*"
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
    for (expr, instead) in found {
        let label = format!("a star fits only a star here{instead}");
        sink.report_in(search.spl(), &expr.at, "`*` is no wildcard here", &label);
    }
}

fn judge<'e>(expr: &'e Expr, found: &mut Vec<(&'e Expr, &'static str)>) {
    let mut test = |side: &'e Expr, instead| {
        if let ExprKind::Text(text) = &side.kind
            && text.len() > 2
            && (text.starts_with('*') || text.ends_with('*'))
        {
            found.push((side, instead));
        }
    };
    match &expr.kind {
        ExprKind::Binary(Binary::Equal | Binary::NotEqual, left, right) => {
            // Two texts, or a value that was made of stars before, are another matter.
            if matches!(left.kind, ExprKind::Field(_)) {
                test(right, "");
            }
        }
        ExprKind::Binary(Binary::Like, _, pattern) => test(pattern, "; LIKE has `%`"),
        ExprKind::Call(name, _, args) if name == "like" => args.iter().skip(1).for_each(|arg| test(arg, "; LIKE has `%`")),
        ExprKind::In(_, list) => list.iter().for_each(|one| test(one, "")),
        _ => {}
    }
}
