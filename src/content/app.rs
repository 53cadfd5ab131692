//! What the repository says of the app that is built from it: `contentctl.yml`, or `build.yml` of the newest layout.

use super::record::{At, Reading, Record};

/// The app.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppInfo {
    /// `label`: the first word of the names of saved searches.
    pub label: Option<At<String>>,
    /// `appid`, or `id`.
    pub id: Option<At<String>>,
    /// `version`, or `app_version`.
    pub version: Option<At<String>>,
    /// `uid`.
    pub uid: Option<At<i64>>,
    /// Macros and lookups of other apps (`external_app_content`).
    pub external: Vec<At<String>>,
}

/// The files, the first that is there counts.
pub(super) const FILES: [&str; 2] = ["contentctl.yml", "build.yml"];

impl AppInfo {
    /// Reads either file.
    pub(super) fn read(record: &Record<'_>, reading: &mut Reading<'_>) -> AppInfo {
        let app = record.record("app", "app", reading).unwrap_or(*record);
        let mut external = Vec::new();
        for other in record.records("external_app_content", "external_app_content[]", reading) {
            external.extend(other.texts("macros", reading));
            external.extend(other.texts("lookups", reading));
        }
        AppInfo {
            label: app.text("label", reading).or_else(|| app.text("content_prefix", reading)),
            id: app.text("appid", reading).or_else(|| app.text("id", reading)),
            version: app.text("version", reading).or_else(|| app.text("app_version", reading)),
            uid: app.int("uid", reading),
            external,
        }
    }
}
