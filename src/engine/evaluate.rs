//! Evaluation of an expression without any row, for `iseval` macros and validations.

use crate::diagnostic::{MappedText, Sources};
use crate::eval::{Cx, compile};
use crate::spl::{Cursor, Expr, Spl};
use crate::store::Value;

/// The value of an eval expression as text.
pub fn evaluate(expression: &str) -> Result<String, String> {
    let sources = Sources::new();
    let spl = Spl::new(MappedText::plain(sources.add("macro", expression), 0, expression));
    let expr = Expr::parse(&mut Cursor::whole(&spl)).map_err(|p| p.message)?;
    let mut problems = Vec::new();
    let program = compile(&expr, &spl, &mut problems);
    match (program, problems.into_iter().next()) {
        (Some(program), _) => {
            let value = program.value(|_| Value::Null, &Cx::utc(0.0));
            value.as_text().map(|t| t.into_owned()).ok_or_else(|| "its value is null".to_string())
        }
        (None, problem) => Err(problem.map_or_else(String::new, |p| p.message)),
    }
}
