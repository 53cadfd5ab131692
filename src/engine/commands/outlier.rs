//! `outlier`.

use super::prelude::*;
use crate::engine::aggregates::quantile;

#[derive(Debug)]
struct Outlier {
    fields: Vec<Text>,
    remove: bool,
    mark: bool,
    param: f64,
    lower: bool,
}

/// The numbers that are no outliers.
struct Inside {
    least: f64,
    greatest: f64,
}

impl Outlier {
    fn inside(&self, column: &Column) -> Option<Inside> {
        let mut numbers: Vec<f64> = column.iter().filter_map(Value::number).collect();
        let (first, third) = (quantile(&mut numbers, 25.0)?, quantile(&mut numbers, 75.0)?);
        let reach = self.param * (third - first);
        Some(Inside { least: if self.lower { first - reach } else { f64::NEG_INFINITY }, greatest: third + reach })
    }

    /// The nearest value inside, for an outlier.
    fn cut(&self, value: &Value, inside: &Inside) -> Option<Value> {
        let n = value.number()?;
        let cut = n.clamp(inside.least, inside.greatest);
        (cut != n).then(|| {
            if self.mark { Value::from(format!("000{}", crate::store::format_number(cut))) } else { Value::from(cut) }
        })
    }
}

impl Operator for Outlier {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<Text> = match self.fields.is_empty() {
            true => input.fields().filter(|f| !f.starts_with('_')).cloned().collect(),
            false => self.fields.clone(),
        };
        let mut keep = vec![true; input.len()];
        for name in names {
            let column = input.column_or_null(&name);
            let Some(inside) = self.inside(&column) else { continue };
            if self.remove {
                let fits = column.test(|v| self.cut(v, &inside).is_none());
                keep.iter_mut().zip(fits).for_each(|(keep, fits)| *keep &= fits);
            } else {
                input.set(name, column.map(|v| self.cut(v, &inside).unwrap_or_else(|| v.clone())));
            }
        }
        Ok(input.filter(&keep))
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.fields.is_empty() { Needed::All } else { after.and(self.fields.iter().map(Text::as_str)) }
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let fields: Vec<Text> = options.take_with_fields(cursor, &DEF)?.into_iter().map(|w| w.text.into()).collect();
    options.choice(cursor, "type", &["iqr"])?;
    let action = options.choice(cursor, "action", &["transform", "tf", "remove", "rm"])?;
    Ok(Box::new(Outlier {
        fields,
        remove: matches!(action, "remove" | "rm"),
        mark: options.bool("mark", false),
        param: options.number(cursor, "param", 2.5)?,
        lower: options.bool("uselower", false),
    }))
}

pub(super) const DEF: Command = Command {
    name: "outlier",
    aliases: &["outlierfilter"],
    kind: Kind::Transforming,
    syntax: "outlier [action=<transform | remove>] [mark=<bool>] [param=<num>] [uselower=<bool>] [<field-list>]",
    summary: "Brings numbers that are far above the others (further above the 75th percentile than param times the interquartile range) down to that bound, or takes their rows away.",
    options: &[
        Opt { name: "action", kind: OptKind::Text, default: "transform", doc: "`transform` or `tf` cuts the values, `remove` or `rm` takes the rows away." },
        Opt { name: "mark", kind: OptKind::Bool, default: "false", doc: "Write 000 before values that were cut." },
        Opt { name: "param", kind: OptKind::Text, default: "2.5", doc: "How many interquartile ranges away a value is an outlier." },
        Opt { name: "uselower", kind: OptKind::Bool, default: "false", doc: "Look at values far below the others too." },
        Opt { name: "type", kind: OptKind::Text, default: "iqr", doc: "Only iqr." },
    ],
    examples: &[
        (
            "| makeresults format=csv data=\"n\n1\n2\n3\n4\n100\" | outlier n | table n",
            &[&[("n", "1")], &[("n", "2")], &[("n", "3")], &[("n", "4")], &[("n", "9")]],
        ),
        ("| makeresults format=csv data=\"n\n1\n2\n3\n4\n100\" | outlier action=rm param=1 n | stats count", &[&[("count", "4")]]),
    ],
    differs: &["without fields, those whose names begin with an underscore are left alone"],
    compile,
};
