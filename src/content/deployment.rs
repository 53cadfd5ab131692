//! Deployments: schedules, and what an alert does.

use crate::diagnostic::Span;

use super::file::{File, HEADER, Header};
use super::record::{At, Reading, Record};

/// When a search runs and what follows; a file of `deployments/`, or inline in a detection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Name, id, …; an inline one has the place of the detection's file and no name of its own.
    pub header: Header,
    /// `type`: TTP, Anomaly, Hunting, Correlation, Baseline.
    pub kind: Option<At<String>>,
    /// `cron_schedule`.
    pub cron: Option<At<String>>,
    /// `schedule_window`.
    pub window: Option<At<String>>,
    /// Where `scheduling` stands.
    pub scheduling: Option<Span>,
    /// `earliest_time`.
    pub earliest: Option<At<String>>,
    /// `latest_time`.
    pub latest: Option<At<String>>,
    /// True where `alert_action` is written.
    pub has_actions: bool,
    /// `alert_action.rba.enabled`.
    pub risk: bool,
    /// `alert_action.notable`.
    pub notable: Option<NotableAction>,
}

/// What the notable of a detection looks like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotableAction {
    /// `rule_title`, with `%name%`.
    pub title: String,
    /// `rule_description`, with `%description%`.
    pub description: String,
    /// Fields shown with it.
    pub fields: Vec<String>,
}

impl Deployment {
    /// Reads a deployment.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Deployment {
        record.only(&[HEADER, &["scheduling", "alert_action", "type", "tags"]].concat(), &[], reading);
        let header = if record.has("name") {
            Header::read(record, file, reading)
        } else {
            let name = At { value: String::new(), span: record.span(reading) };
            Header {
                file: file.clone(),
                name,
                id: None,
                version: None,
                date: None,
                author: None,
                description: None,
                references: Vec::new(),
                status: None,
                created: None,
                deprecation: None,
            }
        };
        let scheduling = record.record("scheduling", "scheduling", reading);
        let field = |key: &str, reading: &mut Reading<'_>| scheduling.and_then(|s| s.text(key, reading));
        let actions = record.record("alert_action", "alert_action", reading);
        let risk = actions
            .and_then(|a| a.record("rba", "rba", reading))
            .and_then(|rba| rba.flag("enabled", reading))
            .is_some_and(|enabled| enabled.value);
        let notable = actions.and_then(|a| a.record("notable", "notable", reading)).map(|notable| NotableAction {
            title: notable.text("rule_title", reading).map(|t| t.value).unwrap_or_default(),
            description: notable.text("rule_description", reading).map(|t| t.value).unwrap_or_default(),
            fields: notable.texts("nes_fields", reading).into_iter().map(|f| f.value).collect(),
        });
        Deployment {
            header,
            kind: record.text("type", reading),
            cron: field("cron_schedule", reading),
            window: field("schedule_window", reading),
            scheduling: record.key_span("scheduling", reading),
            earliest: field("earliest_time", reading),
            latest: field("latest_time", reading),
            has_actions: actions.is_some(),
            risk,
            notable,
        }
    }
}
