//! The files of several apps merged into one, by Splunk's precedence (Admin Manual, "Configuration file precedence").

use std::sync::Arc;

use super::{App, Conf};
use crate::diagnostic::{Diagnostic, Sources};

/// For whom a setting is looked up: Splunk has two orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Context {
    /// Index time. All `local` folders stand over all `default` folders; of the apps the first in the alphabet wins.
    Global,
    /// Search time, as every app that exports its objects is seen: the app that is last in the alphabet wins, its
    /// `local` over its `default`.
    App,
}

impl Context {
    /// The files of these apps, by app and folder, the strongest first.
    pub fn order(self, apps: &[Arc<App>]) -> Vec<(Arc<App>, &'static str)> {
        let mut apps = apps.to_vec();
        apps.sort_by(|a, b| a.name.cmp(&b.name));
        match self {
            Context::Global => {
                ["local", "default"].iter().flat_map(|layer| apps.iter().map(move |app| (app.clone(), *layer))).collect()
            }
            Context::App => apps.iter().rev().flat_map(|app| ["local", "default"].map(|layer| (app.clone(), layer))).collect(),
        }
    }

    /// One configuration file of all these apps, setting by setting.
    pub fn merge(self, apps: &[Arc<App>], file: &str, sources: &Sources, problems: &mut Vec<Diagnostic>) -> Conf {
        let mut conf = Conf::default();
        for (app, layer) in self.order(apps) {
            if let Some(text) = app.text(&format!("{layer}/{file}")) {
                conf.add_below(&Conf::parse(&format!("{}/{layer}/{file}", app.shown), &text, sources, problems));
            }
        }
        conf
    }
}

/// The user's apps, the built-in ones, and what stands for Splunk's own defaults, the strongest first.
#[derive(Debug)]
pub(super) struct Tiers {
    pub(super) user: Vec<Arc<App>>,
    pub(super) builtin: Vec<Arc<App>>,
    pub(super) system: Vec<Arc<App>>,
}

impl Tiers {
    pub(super) fn new(user: Vec<App>, builtin: Vec<App>) -> Tiers {
        let (system, builtin) = builtin.into_iter().map(Arc::new).partition(|app| app.is_system());
        Tiers { user: user.into_iter().map(Arc::new).collect(), builtin, system }
    }

    /// All apps, those first whose files and data models win.
    pub(super) fn all(&self) -> Vec<Arc<App>> {
        let order = |apps: &[Arc<App>]| {
            let mut apps = apps.to_vec();
            apps.sort_by(|a, b| b.name.cmp(&a.name));
            apps
        };
        [&self.user, &self.builtin, &self.system].into_iter().flat_map(|tier| order(tier)).collect()
    }

    /// One configuration file of each tier.
    pub(super) fn merge(&self, context: Context, file: &str, sources: &Sources, problems: &mut Vec<Diagnostic>) -> Merged {
        let mut of = |apps: &[Arc<App>]| context.merge(apps, file, sources, problems);
        Merged { user: of(&self.user), builtin: of(&self.builtin), system: of(&self.system) }
    }
}

/// A configuration file of the three tiers.
#[derive(Clone, Debug, Default)]
pub(super) struct Merged {
    pub(super) user: Conf,
    pub(super) builtin: Conf,
    pub(super) system: Conf,
}

impl Merged {
    /// Puts the built-in stanzas under the user's, so that there is nothing left to replace (`--layer-builtin`).
    pub(super) fn layered(mut self) -> Merged {
        self.user.add_below(&self.builtin);
        self.builtin = Conf::default();
        self
    }

    /// One file of all tiers. A stanza of the user's takes the place of a built-in one of its name as a whole; Splunk's
    /// own defaults are layered under it.
    pub(super) fn whole(self) -> Conf {
        let Merged { user: mut conf, mut builtin, system } = self;
        builtin.retain(|name| conf.stanza(name).is_none());
        conf.add_below(&builtin);
        conf.add_below(&system);
        conf
    }
}
