//! `md5(X)`.

use md5::{Digest, Md5};

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "md5",
    category: Category::Cryptographic,
    syntax: "md5(<str>)",
    summary: "The MD5 hash in hexadecimal.",
    args: (1, 1),
    examples: &[("md5(\"hello\")", "5d41402abc4b2a76b9719d911017c592")],
    call: |args, _| hash(&args[0], |t| Md5::digest(t).to_vec()),
    ..Function::BASE
};
