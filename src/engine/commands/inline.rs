//! Expressions in the values of options: text in text.

use std::ops::Range;

use super::prelude::*;
use crate::diagnostic::{MappedText, Sources};
use crate::eval::{Cx, Filter};
use crate::spl::SearchExpr;

/// Compiles an eval expression that stands at a place as quoted text.
pub(super) fn program(
    text: &str,
    at: &Range<usize>,
    place: &Place<'_>,
    compiler: &mut Compiler<'_>,
) -> Result<Program, Diagnostic> {
    let spl = Spl::new(MappedText::plain(Sources::new().add("condition", text), 0, text));
    let wrong = |message: &str| place.spl.syntax(at, format!("the condition cannot be read: {message}"), "");
    let mut problems = Vec::new();
    let mut cursor = Cursor::whole(&spl);
    let expr = Expr::parse(&mut cursor).map_err(|p| wrong(&p.message))?;
    let program = crate::eval::compile(&expr, &spl, &mut problems);
    match (problems.first(), program, cursor.is_done()) {
        (Some(problem), ..) if problem.code == Code::SplUnsupported => {
            compiler.problems.push(place.spl.problem(Code::SplUnsupported, at, problem.message.clone(), "not supported here"));
            Err(reported(place))
        }
        (Some(problem), ..) => Err(wrong(&problem.message)),
        (None, Some(program), true) => Ok(program),
        _ => Err(wrong("something is left over")),
    }
}

/// Compiles a search expression that stands at a place as quoted text or in parentheses.
pub(super) fn filter(text: &str, at: &Range<usize>, place: &Place<'_>) -> Result<Filter, Diagnostic> {
    let spl = Spl::new(MappedText::plain(Sources::new().add("condition", text), 0, text));
    let wrong = |problem: Diagnostic| place.spl.syntax(at, format!("the condition cannot be read: {}", problem.message), "");
    let expr = SearchExpr::parse(&mut Cursor::whole(&spl), &[]).map_err(wrong)?;
    Ok(Filter::compile(&expr, &spl, false, &Cx::utc(0.0)).map_err(wrong)?.0)
}
