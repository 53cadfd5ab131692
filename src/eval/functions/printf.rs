//! `printf(FORMAT, …)`.

use super::prelude::*;
use crate::eval::printf::format;

pub(super) const DEF: Function = Function {
    name: "printf",
    category: Category::Conversion,
    syntax: "printf(<format>, [<value>, ...])",
    summary: "Text by a format as in C: %d, %u, %x, %o, %f, %e, %g, %a, %c, %s, with flags, width and precision; null if values are missing.",
    args: (1, usize::MAX),
    examples: &[
        ("printf(\"%.2f|%5d|%-4s|\", 3.14159, 42, \"ab\")", "3.14|   42|ab  |"),
        ("printf(\"%'d %#x %e %.2g %%\", 1234567, 255, 5139, 123)", "1,234,567 0xff 5.139000e+03 1.2e+02 %"),
        ("printf(\"%c%c %.*f %.3A\", 65, \"Foo\", 1, 1.23, pi())", "AF 1.2 0X1.922P+1"),
    ],
    call: |args, _| args[0].as_text().and_then(|text| format(&text, &args[1..])).map_or(Value::Null, Value::from),
    ..Function::BASE
};
