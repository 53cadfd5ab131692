//! `mvrange(START, END, STEP)`.

use super::prelude::*;

/// More values than any search needs; keeps `mvrange(0, 1e18)` from filling the memory.
const MAX_VALUES: usize = 1_000_000;

pub(super) const DEF: Function = Function {
    name: "mvrange",
    category: Category::Multivalue,
    syntax: "mvrange(<start>, <end>, [<step>])",
    summary: "The numbers from start to end, without the end.",
    args: (2, 3),
    examples: &[("mvjoin(mvrange(1, 11, 2), \",\")", "1,3,5,7,9")],
    call: |args, cx| {
        let (Some(start), Some(end)) = (args[0].number(), args[1].number()) else { return Value::Null };
        let mut list = Vec::new();
        let mut at = start;
        // A step such as "7d" walks through the calendar.
        let calendar = args.get(2).and_then(|s| if s.number().is_none() { s.as_text() } else { None });
        let step = args.get(2).map_or(Some(1.0), Value::number);
        while at < end && list.len() < MAX_VALUES {
            list.push(Text::from(crate::store::format_number(at)));
            let next = match (&calendar, step) {
                (Some(text), _) => crate::spl::time::resolve(&format!("+{text}"), at, &cx.zone),
                (None, Some(step)) => Some(at + step),
                _ => None,
            };
            match next {
                Some(next) if next > at => at = next,
                _ => break,
            }
        }
        Value::from_texts(list)
    },
    ..Function::BASE
};
