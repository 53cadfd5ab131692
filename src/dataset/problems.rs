//! What is said of a dataset that cannot be had or used, and what to do about it.

use crate::diagnostic::{Code, Diagnostic};

use super::fetch::FetchError;
use super::inspect::Look;
use super::unpack::UnpackError;

/// What was found is no dataset. A pointer that was fetched and one that lies on a disk need different advice.
pub(super) fn refused(data: &str, found: Look, fetched: bool) -> Diagnostic {
    let problem = |what: &str| Diagnostic::new(Code::DataFormat, format!("{data} is {what}, not a dataset"));
    match found {
        Look::LfsPointer if fetched => Diagnostic::new(Code::DataFormat, format!("{data} is a Git LFS pointer, not the dataset"))
            .help("use the address of the file itself: https://media.githubusercontent.com/media/OWNER/REPO/BRANCH/…"),
        Look::LfsPointer => Diagnostic::new(Code::DataFormat, format!("{data} is a Git LFS pointer, not the dataset"))
            .help("run `git lfs pull` in the repository that holds it"),
        Look::WebPage => problem("a web page").help("use the address of the raw file; on GitHub the one behind the button `Raw`"),
        _ => {
            Diagnostic::new(Code::DataFormat, format!("the dataset {data} is empty")).help("a test over no events proves nothing")
        }
    }
}

/// A dataset cannot be had from the network.
pub(super) fn unfetched(url: &str, error: FetchError) -> Diagnostic {
    match error {
        FetchError::TooLarge(bytes) => {
            Diagnostic::new(Code::DataLimit, format!("the dataset {url} is larger than {bytes} bytes"))
                .help("fetch it yourself and name the file, or a part of it")
        }
        FetchError::Write(error) => unwritable(&error),
        FetchError::Status(404 | 410) => Diagnostic::new(Code::DataMissing, format!("there is no {url}: {error}"))
            .help("see whether the file was moved in its repository"),
        FetchError::Status(401 | 403 | 407) => Diagnostic::new(Code::DataMissing, format!("{url} must not be had: {error}"))
            .help("fetch it where you may, and name the copy with --mirror PREFIX=DIR"),
        other => Diagnostic::new(Code::DataMissing, format!("cannot fetch {url}: {other}"))
            .help("try again, or name a copy of it with --mirror PREFIX=DIR"),
    }
}

/// The cache cannot be written.
pub(super) fn unwritable(why: &std::io::Error) -> Diagnostic {
    Diagnostic::new(Code::RunFile, format!("cannot write into the cache: {why}"))
        .help("make room, or name another folder with --cache")
}

/// A packed dataset cannot be unpacked.
pub(super) fn unreadable(data: &str, why: &UnpackError) -> Diagnostic {
    let problem = |code| Diagnostic::new(code, format!("the dataset {data}: {why}"));
    match why {
        UnpackError::Limit(_) => {
            problem(Code::DataLimit).help("if this is what it should be, unpack it and name the unpacked files")
        }
        UnpackError::Broken { .. } => problem(Code::DataFormat).help("fetch or pack it anew"),
        UnpackError::Path(_) => problem(Code::DataFormat).help("do not unpack it: somebody may have made it to do harm"),
        UnpackError::NoDataset(..) => problem(Code::DataFormat).help("pack the datasets themselves"),
        UnpackError::Unsupported(_) => problem(Code::DataFormat).help("unpack or convert it, and name the file that comes out"),
        UnpackError::Write(why) => unwritable(why),
    }
}
