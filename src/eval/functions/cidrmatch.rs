//! `cidrmatch(CIDR, IP)`.

use super::prelude::*;
use crate::eval::compare::{in_cidr, parse_cidr};

pub(super) const DEF: Function = Function {
    name: "cidrmatch",
    category: Category::Conditional,
    syntax: "cidrmatch(<cidr>, <ip>)",
    summary: "True if the address is in the network; IPv4 and IPv6.",
    args: (2, 2),
    boolean: true,
    examples: &[("if(cidrmatch(\"10.0.0.0/8\", \"10.255.1.2\"), \"y\", \"n\")", "y")],
    call: |args, _| match (args[0].as_text(), &args[1]) {
        (None, _) | (_, Value::Null) => Value::Null,
        (Some(net), ip) => Value::Bool(parse_cidr(&net).is_some_and(|net| ip.any(|ip| in_cidr(&net, ip)))),
    },
    ..Function::BASE
};
