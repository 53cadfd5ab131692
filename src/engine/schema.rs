//! Which fields rows have, as far as that is known before a search runs: behind `stats` and its kin they are those that it
//! makes. A field that is read there and was never made is most likely misspelt.

use indexmap::IndexSet;

use super::operator::Pipeline;
use crate::eval::{Wildcard, fill};
use crate::store::Text;

/// The fields of rows; `None` where they depend on the data.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    fields: Option<IndexSet<Text>>,
    /// Fields that were read and are not there.
    missing: Vec<Text>,
}

impl Schema {
    /// The rows have these fields and no others; with a wildcard among them nothing is known.
    pub fn only<'a>(&mut self, fields: impl IntoIterator<Item = &'a Text>) {
        let list: IndexSet<Text> = fields.into_iter().cloned().collect();
        self.fields = (!list.iter().any(|f| f.contains('*'))).then_some(list);
    }

    /// The rows may have any fields.
    pub fn any(&mut self) {
        self.fields = None;
    }

    /// The rows have this field too.
    pub fn add(&mut self, field: &Text) {
        if field.contains('*') {
            self.fields = None;
        } else if let Some(list) = &mut self.fields {
            list.insert(field.clone());
        }
    }

    /// The rows do not have the fields of this name or pattern any more.
    pub fn remove(&mut self, field: &Text) {
        if let Some(list) = &mut self.fields {
            let pattern = Wildcard::exact_case(field);
            list.retain(|name| !pattern.matches(name));
        }
    }

    /// Fields have other names, by patterns if there are stars in them.
    pub fn rename(&mut self, from: &Text, to: &Text) {
        if let Some(list) = &mut self.fields {
            let pattern = Wildcard::exact_case(from);
            let new = |name: &Text| pattern.captures(name).map_or_else(|| name.clone(), |stars| fill(to, &stars).into());
            *list = list.iter().map(new).collect();
        }
    }

    /// The rows have the fields of a subsearch too.
    pub fn with(&mut self, other: &Pipeline) {
        let mut theirs = Schema::default();
        other.steps().iter().for_each(|step| step.operator.schema(&mut theirs));
        match (&mut self.fields, theirs.fields) {
            (Some(own), Some(more)) => own.extend(more),
            (own, _) => *own = None,
        }
    }

    /// These fields are read.
    pub fn read<'a>(&mut self, fields: impl IntoIterator<Item = &'a Text>) {
        let Some(known) = &self.fields else { return };
        // What begins with an underscore is made by Splunk.
        let is_missing = |f: &&Text| !f.is_empty() && !f.contains(['*', '{']) && !f.starts_with('_') && !known.contains(*f);
        self.missing.extend(fields.into_iter().filter(is_missing).cloned());
    }

    /// The fields, where they are known.
    pub(super) fn into_fields(self) -> Option<IndexSet<Text>> {
        self.fields
    }

    /// The fields that the last command read and that are not there, and those that are.
    pub(super) fn take_missing(&mut self) -> (Vec<Text>, Vec<Text>) {
        let missing = std::mem::take(&mut self.missing);
        (missing, self.fields.iter().flatten().cloned().collect())
    }
}
