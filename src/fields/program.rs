//! External lookups: programs that Splunk runs with rows of CSV. None is run here; those listed are built in, under the
//! name of the script in `external_cmd` of transforms.conf.

use hashbrown::HashSet;

use crate::knowledge::LookupTable;
use crate::store::{Column, Text};

/// A program that is built in.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// The script in `external_cmd`.
    pub name: &'static str,
    /// The columns that it reads.
    pub inputs: &'static [&'static str],
    /// The column that it fills.
    pub output: &'static str,
    run: fn(&[&str]) -> String,
}

/// Every built-in program.
pub static PROGRAMS: &[Program] = &[
    Program {
        name: "ut_levenshtein.py",
        inputs: &["word1", "word2"],
        output: "ut_levenshtein",
        run: |words| levenshtein(words[0].trim(), words[1].trim()).to_string(),
    },
    Program {
        name: "ut_shannon.py",
        inputs: &["word"],
        output: "ut_shannon",
        run: |words| python_float(shannon(words[0].trim())),
    },
];

impl Program {
    /// The built-in program of this name.
    pub fn find(name: &str) -> Option<&'static Program> {
        PROGRAMS.iter().find(|p| p.name == name)
    }

    /// What it answers to every combination of the values of these columns, as the rows of a lookup.
    pub fn answers(&self, inputs: &[Column], rows: usize) -> LookupTable {
        let mut asked: HashSet<Vec<Text>> = HashSet::new();
        let mut codes: HashSet<Vec<u32>> = HashSet::new();
        let mut table =
            LookupTable::empty(&self.inputs.iter().chain([&self.output]).map(|c| (*c).to_string()).collect::<Vec<_>>());
        for row in 0..rows {
            if !codes.insert(inputs.iter().map(|c| c.code(row)).collect()) {
                continue;
            }
            let mut combinations: Vec<Vec<Text>> = vec![Vec::new()];
            for column in inputs {
                let values = column.get(row).texts();
                combinations = combinations
                    .iter()
                    .flat_map(|c| values.iter().map(move |v| c.iter().cloned().chain([v.clone()]).collect()))
                    .collect();
            }
            for question in combinations {
                if asked.insert(question.clone()) {
                    let words: Vec<&str> = question.iter().map(Text::as_str).collect();
                    let answer = Text::from((self.run)(&words));
                    table.rows.push(question.into_iter().chain([answer]).collect());
                }
            }
        }
        table
    }
}

/// Shannon's entropy of the characters, in bits. Logarithm by logarithm in the order in which the characters first
/// appear, as the script adds it up, so that the last digit is the same too.
fn shannon(word: &str) -> f64 {
    let mut counts: indexmap::IndexMap<char, usize> = indexmap::IndexMap::new();
    word.chars().for_each(|c| *counts.entry(c).or_default() += 1);
    let length = word.chars().count() as f64;
    counts.values().fold(0.0, |entropy, n| {
        let p = *n as f64 / length;
        entropy - p * (p.ln() / std::f64::consts::LN_2)
    })
}

/// As Python prints a float: the shortest text that is the same number, with a point.
fn python_float(n: f64) -> String {
    format!("{n:?}")
}

/// The number of characters to put in, take out or change. A word of no characters is compared before the case is
/// folded, which changes nothing.
fn levenshtein(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_answer_as_their_scripts_do() {
        // Figures of Python's own arithmetic.
        for (word, entropy) in
            [("", "0.0"), ("aaaa", "0.0"), ("ab", "1.0"), ("abc", "1.584962500721156"), ("aab", "0.9182958340544896")]
        {
            assert_eq!(python_float(shannon(word)), entropy, "{word}");
        }
        for (a, b, distance) in [("", "ab", 2), ("kitten", "Sitting", 3), ("same", "SAME", 0)] {
            assert_eq!(levenshtein(a, b), distance, "{a} {b}");
        }
    }
}
