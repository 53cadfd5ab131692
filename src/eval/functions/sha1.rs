//! `sha1(X)`.

use sha1::{Digest, Sha1};

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sha1",
    category: Category::Cryptographic,
    syntax: "sha1(<str>)",
    summary: "The SHA-1 hash in hexadecimal.",
    args: (1, 1),
    examples: &[("sha1(\"hello\")", "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d")],
    call: |args, _| hash(&args[0], |t| Sha1::digest(t).to_vec()),
    ..Function::BASE
};
