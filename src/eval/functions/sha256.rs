//! `sha256(X)`.

use sha2::{Digest, Sha256};

use super::prelude::*;

pub(super) const DEF: Function = Function {
    name: "sha256",
    category: Category::Cryptographic,
    syntax: "sha256(<str>)",
    summary: "The SHA-256 hash in hexadecimal.",
    args: (1, 1),
    examples: &[("substr(sha256(\"hello\"), 1, 8)", "2cf24dba")],
    call: |args, _| hash(&args[0], |t| Sha256::digest(t).to_vec()),
    ..Function::BASE
};
