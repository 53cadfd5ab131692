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
    /// `enforce_deprecation_mapping_requirement`.
    pub mapped_deprecations: bool,
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
            mapped_deprecations: record.flag("enforce_deprecation_mapping_requirement", reading).is_some_and(|flag| flag.value),
            external,
        }
    }
}

/// An entry of `removed/deprecation_mapping*.YML`: what goes away, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Name of the object.
    pub name: At<String>,
    /// `removed_in_version`.
    pub version: Option<At<String>>,
    /// `reason`.
    pub reason: Option<At<String>>,
    /// `replacement_content`.
    pub replacements: Vec<At<String>>,
}

impl Leaving {
    /// Reads all entries of a file.
    pub(super) fn read_all(record: &Record<'_>, reading: &mut Reading<'_>) -> Vec<Leaving> {
        let mut list = Vec::new();
        for kind in ["detections", "baselines", "stories", "investigations"] {
            for one in record.records(kind, "an entry", reading) {
                one.only(&["content", "removed_in_version", "reason", "replacement_content"], &[], reading);
                let (version, reason) = (one.text("removed_in_version", reading), one.text("reason", reading));
                let replacements = one.texts("replacement_content", reading);
                list.extend(one.need("content", reading).map(|name| Leaving { name, version, reason, replacements }));
            }
        }
        list
    }
}
