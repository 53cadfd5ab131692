//! `sha512(X)`.

use sha2::{Digest, Sha512};

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sha512",
    category: Category::Cryptographic,
    syntax: "sha512(<str>)",
    summary: "The SHA-512 hash in hexadecimal.",
    args: (1, 1),
    examples: &[("substr(sha512(\"hello\"), 1, 8)", "9b71d224")],
    call: |args, _| hash(&args[0], |t| Sha512::digest(t).to_vec()),
    ..Function::BASE
};
