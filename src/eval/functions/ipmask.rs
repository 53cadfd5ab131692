//! `ipmask(MASK, IP)`.

use super::prelude::*;
use std::net::Ipv4Addr;

pub(super) const DEF: Function = Function {
    name: "ipmask",
    category: Category::Conversion,
    syntax: "ipmask(<mask>, <ip>)",
    summary: "The bits of an IPv4 address that a mask has.",
    args: (2, 2),
    examples: &[("ipmask(\"255.255.255.0\", \"192.0.2.77\")", "192.0.2.0")],
    call: |args, _| {
        let parse = |v: &Value| v.as_text().and_then(|t| t.trim().parse::<Ipv4Addr>().ok()).map(u32::from);
        match (parse(&args[0]), parse(&args[1])) {
            (Some(mask), Some(ip)) => Value::from(Ipv4Addr::from(mask & ip).to_string()),
            _ => Value::Null,
        }
    },
    ..Function::BASE
};
