//! Why there are no rows to judge, and which code that is.

use crate::diagnostic::{Code, Diagnostic};
use crate::verdict::{TestResult, VerdictCode};

use super::run::Harness;

/// Why there are no rows to judge.
pub(super) struct NoVerdict {
    code: VerdictCode,
    problems: Vec<Diagnostic>,
}

impl NoVerdict {
    pub(super) fn new(code: VerdictCode, problems: Vec<Diagnostic>) -> Self {
        NoVerdict { code, problems }
    }

    pub(super) fn open(problem: Diagnostic) -> Self {
        let code = match problem.code {
            Code::DataMissing | Code::DataFormat | Code::DataLimit => VerdictCode::ErrorDataset,
            Code::SplUnsupported => VerdictCode::SkipUnsupported,
            _ => VerdictCode::ErrorBackend,
        };
        NoVerdict::new(code, vec![problem])
    }

    /// Where something is wrong and something else is not supported, what is wrong counts.
    pub(super) fn search(mut problems: Vec<Diagnostic>) -> Self {
        problems.sort_by_key(|p| std::cmp::Reverse(p.severity));
        let code = match problems.first() {
            Some(p) if p.is_error() && p.code == Code::SplRuntime => VerdictCode::ErrorSearch,
            Some(p) if p.is_error() && p.code.name().starts_with("spl-") => VerdictCode::ErrorSpl,
            Some(p) if !p.is_error() && problems.iter().any(|p| p.code == Code::SplUnsupported) => VerdictCode::SkipUnsupported,
            _ => VerdictCode::ErrorBackend,
        };
        if code == VerdictCode::SkipUnsupported {
            problems.sort_by_key(|p| p.code != Code::SplUnsupported);
        }
        NoVerdict::new(code, problems)
    }

    pub(super) fn put_into(&self, result: &mut TestResult, harness: &Harness<'_>) {
        let message = self.problems.first().map_or("no reason given".to_string(), |p| match &p.help {
            // The place of a dataset is the test itself; what to do is worth more.
            Some(help) if self.code == VerdictCode::ErrorDataset => format!("{}: {help}", p.message),
            _ => harness.one_line(p),
        });
        result.set(self.code, message);
        result.detail = Some(harness.render(&self.problems));
    }
}
