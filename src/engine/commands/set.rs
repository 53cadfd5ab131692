//! `set`.

use indexmap::IndexMap;

use super::prelude::*;
use crate::engine::limits;

#[derive(Debug)]
struct Set {
    how: How,
    left: Pipeline,
    right: Pipeline,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum How {
    Union,
    Diff,
    Intersect,
}

impl Operator for Set {
    fn run(&self, _: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let rows = |side: &Pipeline| side.run(Table::default(), run).map(|rows| limits::SET_ROWS.cut(rows, "a subsearch of set", run));
        let parts = [rows(&self.left)?, rows(&self.right)?];
        let from_left = parts[0].len();
        let all = Table::concat(&parts);
        // The first row of each kind, and in which of the two results it is.
        let mut seen: IndexMap<Vec<(Text, Text)>, (u32, bool, bool)> = IndexMap::new();
        for row in 0..all.len() {
            let mut key: Vec<(Text, Text)> = all.columns().filter(|(_, c)| !c.get(row).is_null()).map(|(n, c)| (n.clone(), c.get(row).to_text())).collect();
            key.sort_unstable();
            let entry = seen.entry(key).or_insert((row as u32, false, false));
            if row < from_left { entry.1 = true } else { entry.2 = true }
        }
        let wanted = |left: bool, right: bool| match self.how {
            How::Union => true,
            How::Diff => left != right,
            How::Intersect => left && right,
        };
        let rows: Vec<u32> = seen.values().filter(|(_, left, right)| wanted(*left, *right)).map(|(row, ..)| *row).collect();
        Ok(all.gather(&rows))
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::none()
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let how = if cursor.keyword("union") {
        How::Union
    } else if cursor.keyword("diff") {
        How::Diff
    } else if cursor.keyword("intersect") {
        How::Intersect
    } else {
        return Err(cursor.unexpected("union, diff or intersect is expected"));
    };
    let mut next = || match cursor.subsearch() {
        Some(sub) => compiler.subsearch(sub).ok_or_else(|| reported(place)),
        None => Err(cursor.unexpected("`set` takes two subsearches in brackets")),
    };
    let (left, right) = (next()?, next()?);
    cursor.expect_done("set")?;
    Ok(Box::new(Set { how, left, right }))
}

pub(super) const DEF: Command = Command {
    name: "set",
    aliases: &[],
    kind: Kind::Generating,
    syntax: "set (union | diff | intersect) <subsearch> <subsearch>",
    summary: "The rows of two subsearches: all of them once, those of one only, or those of both. Rows are the same if all their fields are.",
    options: &[],
    examples: &[("| set diff [| makeresults | eval x=\"a,b\", x=split(x, \",\") | mvexpand x] [| makeresults | eval x=\"b\"]", &[&[("x", "a")]])],
    differs: &[],
    compile,
};
