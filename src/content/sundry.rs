//! Objects that no search and no test needs, but whose files are content all the same: dashboards, playbooks, schedules,
//! and what is left of removed content.

use super::file::{File, Header};
use super::load::Kind;
use super::record::{At, Reading, Record};

/// A dashboard, playbook, schedule, or removed object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sundry {
    /// Which of them.
    pub kind: Kind,
    /// Name, id, …
    pub header: Header,
    /// `cron_schedule` of a schedule.
    pub cron: Option<At<String>>,
    /// `earliest_time` and `latest_time` of a schedule.
    pub times: Vec<At<String>>,
}

impl Sundry {
    /// Reads one. Keys that only their own tools know are not judged.
    pub(super) fn read(kind: Kind, record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Sundry {
        Sundry {
            kind,
            header: Header::read(record, file, reading),
            cron: record.text("cron_schedule", reading),
            times: ["earliest_time", "latest_time"].into_iter().filter_map(|key| record.text(key, reading)).collect(),
        }
    }
}
