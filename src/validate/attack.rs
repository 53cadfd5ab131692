//! The techniques of MITRE ATT&CK as of October 2024: ids, names, tactics. See NOTICE.

use std::sync::OnceLock;

use indexmap::IndexMap;

/// The name of a technique, if it is in the list.
pub fn name(id: &str) -> Option<&'static str> {
    static LIST: OnceLock<IndexMap<&'static str, &'static str>> = OnceLock::new();
    let list = LIST.get_or_init(|| {
        let lines = include_str!("attack_techniques.tsv").lines().skip(1);
        lines.filter_map(|line| Some((line.split_once('\t')?.0, line.split('\t').nth(1)?))).collect()
    });
    list.get(id).copied()
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
