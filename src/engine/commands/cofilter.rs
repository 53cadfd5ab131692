//! `cofilter`.

use hashbrown::HashSet;
use indexmap::{IndexMap, IndexSet};

use super::prelude::*;

#[derive(Debug)]
struct CoFilter {
    user: Text,
    item: Text,
}

/// Keeps a user with thousands of items from filling the memory.
const MAX_PAIRS: usize = 1_000_000;

impl Operator for CoFilter {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let (users, items) = (input.column_or_null(&self.user), input.column_or_null(&self.item));
        // The items in the order in which they were first seen, and who has them.
        let mut names: IndexSet<Text> = IndexSet::new();
        let mut of_user: IndexMap<Text, IndexSet<usize>> = IndexMap::new();
        let mut seen: HashSet<(u32, u32)> = HashSet::new();
        for row in 0..input.len() {
            if !seen.insert((users.code(row), items.code(row))) {
                continue;
            }
            let users = users.get(row).texts();
            for item in items.get(row).texts().into_iter().filter(|_| !users.is_empty()) {
                let (item, _) = names.insert_full(item);
                for user in &users {
                    of_user.entry(user.clone()).or_default().insert(item);
                }
            }
        }
        let mut popular = vec![0u32; names.len()];
        let mut pairs: std::collections::BTreeMap<(usize, usize), u32> = std::collections::BTreeMap::new();
        for items in of_user.values() {
            for (n, a) in items.iter().enumerate() {
                popular[*a] += 1;
                for b in items.iter().skip(n + 1) {
                    *pairs.entry((*a.min(b), *a.max(b))).or_default() += 1;
                }
                if pairs.len() > MAX_PAIRS {
                    return Err(Diagnostic::new(Code::SplRuntime, format!("cofilter would make more than {MAX_PAIRS} rows")));
                }
            }
        }
        let mut output = Table::new(pairs.len());
        let mut put = |name: &'static str, value: &dyn Fn(&(usize, usize), u32) -> Value| {
            output.set(name, Column::flat(pairs.iter().map(|(pair, count)| value(pair, *count)).collect()));
        };
        let number = |n: u32| Value::Number(f64::from(n));
        put("Item 1", &|(a, _), _| Value::Text(names[*a].clone()));
        put("Item 1 user count", &|(a, _), _| number(popular[*a]));
        put("Item 2", &|(_, b), _| Value::Text(names[*b].clone()));
        put("Item 2 user count", &|(_, b), _| number(popular[*b]));
        put("Pair count", &|_, count| number(count));
        Ok(output)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only([self.user.as_str(), self.item.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let fields = cursor.fields(&[])?;
    cursor.expect_done("cofilter")?;
    match fields.as_slice() {
        [user, item] => Ok(Box::new(CoFilter { user: Text::new(&user.text), item: Text::new(&item.text) })),
        _ => Err(place.spl.syntax(&place.call.at(), "`cofilter` takes two fields", "who, and what they have")),
    }
}

pub(super) const DEF: Command = Command {
    name: "cofilter",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "cofilter <user field> <item field>",
    summary: "For each pair of items that some user has: how many users have the one, the other, and both.",
    options: &[],
    examples: &[(
        "| makeresults format=csv data=\"u,i\na,pen\na,ink\nb,pen\nb,ink\nc,ink\" | cofilter u i",
        &[&[("Item 1", "pen"), ("Item 1 user count", "2"), ("Item 2", "ink"), ("Item 2 user count", "3"), ("Pair count", "2")]],
    )],
    differs: &[],
    compile,
};
