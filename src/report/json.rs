//! The whole run as JSON: `muster test --json FILE`. What stands there is [`crate::verdict`] itself.

use std::io::{self, Write};

use crate::verdict::Run;

/// Writes the run, indented, with a line break at the end.
pub fn json(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, run)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn the_sample_run() {
        let mut out = Vec::new();
        super::json(&sample::run(), &mut out).expect("written");
        insta::assert_snapshot!(String::from_utf8_lossy(&out));
    }
}
