//! `chart`.

use super::aggregation;
use super::prelude::*;
use super::series::{self, OPTIONS, Shape};

#[derive(Debug)]
struct Chart {
    list: Vec<aggregation::Compiled>,
    over: Text,
    split: Option<Text>,
    shape: Shape,
}

impl Operator for Chart {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let times = aggregation::times(&input);
        let by: Vec<Text> = std::iter::once(&self.over).chain(&self.split).cloned().collect();
        let prepared = aggregation::prepare(&self.list, &input, &by, &times, run);
        let split = self.split.as_ref().map(|f| input.column_or_null(f));
        Ok(series::chart(&prepared, &self.over, &input.column_or_null(&self.over), Vec::new(), split.as_ref(), &self.shape))
    }

    fn needs(&self, _: Needed) -> Needed {
        aggregation::fields(&self.list).and(std::iter::once(&self.over).chain(&self.split).map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let list = series::aggregations(cursor, &mut options, &DEF)?;
    let mut fields: Vec<Word> = Vec::new();
    loop {
        let over = cursor.keyword("over");
        if !(over || cursor.keyword("by") || cursor.keyword("groupby")) {
            break;
        }
        loop {
            options.take_all(cursor, &DEF)?;
            if cursor.is_done() || ["over", "by", "where"].iter().any(|k| cursor.peek_keyword(k)) {
                break;
            }
            fields.push(cursor.field()?.ok_or_else(|| cursor.unexpected("a field name is expected"))?);
        }
    }
    series::no_where(cursor, &DEF)?;
    cursor.expect_done("chart")?;
    for name in ["span", "bins", "start", "end", "aligntime"] {
        if let Some(word) = options.word(name) {
            return Err(unsupported(cursor, word));
        }
    }
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`chart` needs an aggregation", "such as count or avg(field)"));
    }
    let mut fields = fields.into_iter();
    let Some(over) = fields.next() else {
        return Err(place.spl.problem(Code::SplUnsupported, &place.call.at(), "`chart` without OVER or BY is not supported: use stats", "not supported here"));
    };
    let split = fields.next();
    if let Some(third) = fields.next() {
        return Err(place.spl.syntax(&third.at, "`chart` takes one field for the rows and one for the columns", "one too many"));
    }
    let list = aggregation::compile(&list, place.spl, compiler).ok_or_else(|| reported(place))?;
    Ok(Box::new(Chart { list, over: over.text.into(), split: split.map(|w| w.text.into()), shape: Shape::new(&options, place)? }))
}

fn unsupported(cursor: &Cursor<'_>, word: &Word) -> Diagnostic {
    cursor.problem(Code::SplUnsupported, &word.at, "bins in chart are not supported: the local engine does not have them yet", "put a bin command before it")
}

pub(super) const DEF: Command = Command {
    name: "chart",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "chart [limit=<int>] [useother=<bool>] [usenull=<bool>] [otherstr=<string>] [nullstr=<string>] [sep=<string>] [format=<string>] <aggregation>... [OVER <field>] [BY <field> [<field>]]",
    summary: "Statistics as a table: a row for each value of one field, a column for each value of another.",
    options: &[
        OPTIONS[0], OPTIONS[1], OPTIONS[2], OPTIONS[3], OPTIONS[4], OPTIONS[5], OPTIONS[6], OPTIONS[7],
        Opt { name: "cont", kind: OptKind::Bool, default: "true", doc: "Read over: it is about numbers in bins." },
        Opt { name: "span", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "bins", kind: OptKind::Int, default: "", doc: "Not supported." },
        Opt { name: "start", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "end", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "aligntime", kind: OptKind::Text, default: "", doc: "Not supported." },
    ],
    examples: &[
        (
            "| makeresults format=csv data=\"a,b\np,u\np,v\nq,u\" | chart count OVER a BY b",
            &[&[("a", "p"), ("u", "1"), ("v", "1")], &[("a", "q"), ("u", "1"), ("v", "0")]],
        ),
        ("| makeresults format=csv data=\"a,b\np,u\np,u\np,v\np,w\" | chart limit=1 count BY a b", &[&[("u", "2"), ("OTHER", "2"), ("v", "")]]),
        ("| makeresults format=csv data=\"a,b,x\np,u,3\n\" | chart count max(x) BY a b", &[&[("count: u", "1"), ("max(x): u", "3")]]),
    ],
    differs: &["numbers are not put into bins of themselves", "OTHER is the aggregation of all rows of the other series"],
    compile,
};
