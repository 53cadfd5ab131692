//! `addinfo`.

use super::prelude::*;
use crate::engine::window::Window;

#[derive(Debug)]
struct AddInfo(Window);

impl Operator for AddInfo {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let range = self.0.range(run);
        let rows = input.len();
        let fields = [
            ("info_min_time", Value::Number(range.earliest.unwrap_or(0.0))),
            ("info_max_time", range.latest.map_or_else(|| Value::from("+Infinity"), Value::Number)),
            ("info_sid", Value::from(format!("{}.0", run.cx.now.floor()))),
            ("info_search_time", Value::Number(run.cx.now)),
        ];
        for (name, value) in fields {
            input.set(name, Column::constant(value, rows));
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("addinfo")?;
    Ok(Box::new(AddInfo(Window::of(place)?)))
}

pub(super) const DEF: Command = Command {
    name: "addinfo",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "addinfo",
    summary: "Adds the time range of the search (info_min_time, info_max_time), its name and the time it was started.",
    options: &[],
    examples: &[("| makeresults | addinfo | table info_min_time info_max_time info_search_time", &[&[("info_min_time", "0"), ("info_max_time", "+Infinity"), ("info_search_time", "1700000000")]])],
    differs: &["info_sid is made of the run's clock"],
    compile,
};
