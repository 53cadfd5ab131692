//! The `muster` program: arguments in, exit code out.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Locked and buffered once: results are many small writes.
    let mut stdout = std::io::BufWriter::new(std::io::stdout().lock());
    let code = muster::cli::run(std::env::args_os(), &mut stdout, &mut std::io::stderr());
    let _ = stdout.flush();
    ExitCode::from(code)
}
