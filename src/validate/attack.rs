//! The techniques of MITRE ATT&CK as of October 2024: ids, names, tactics. See NOTICE.

use std::sync::OnceLock;

use indexmap::IndexMap;

/// Names and tactics by id, in the order of the list.
fn list() -> &'static IndexMap<&'static str, (&'static str, &'static str)> {
    static LIST: OnceLock<IndexMap<&'static str, (&'static str, &'static str)>> = OnceLock::new();
    LIST.get_or_init(|| {
        let lines = include_str!("attack_techniques.tsv").lines().skip(1);
        lines
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, (cells.next()?, cells.next().unwrap_or_default())))
            })
            .collect()
    })
}

/// The name of a technique, if it is in the list.
pub fn name(id: &str) -> Option<&'static str> {
    list().get(id).map(|(name, _)| *name)
}

/// The tactics of a technique, or of the one that it is part of.
pub fn tactics(id: &str) -> impl Iterator<Item = &'static str> {
    let found = list().get(id).or_else(|| list().get(id.split('.').next().unwrap_or(id)));
    found.into_iter().flat_map(|(_, tactics)| tactics.split(',')).map(str::trim).filter(|t| !t.is_empty())
}

/// `T1234` or `T1234.001`.
pub fn is_well_formed(id: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    id.strip_prefix('T').is_some_and(|rest| match rest.split_once('.') {
        Some((technique, sub)) => digits(technique, 4) && digits(sub, 3),
        None => digits(rest, 4),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read() {
        assert_eq!(name("T1218.007"), Some("Msiexec"));
        assert_eq!(name("T9999"), None);
        assert!(is_well_formed("T9999.001") && !is_well_formed("T1") && !is_well_formed("t1218"));
    }
}
