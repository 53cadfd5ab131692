//! The WHERE clause of the commands for metrics, and the points that it picks.

use std::ops::Range;
use std::sync::Arc;

use super::prelude::*;
use crate::engine::{events, metrics};
use crate::eval::{Cx, Filter};
use crate::spl::SearchExpr;
use crate::spl::search::Compare;

/// The WHERE clause of the commands for metrics.
#[derive(Debug)]
pub(super) struct Points {
    filter: SearchExpr,
    spl: Arc<Spl>,
    pub(super) at: Range<usize>,
}

impl Points {
    /// Reads the clause, which may hold `span=`; it is given back.
    pub(super) fn parse(cursor: &mut Cursor<'_>, place: &Place<'_>) -> Result<(Self, Option<Word>), Diagnostic> {
        let start = cursor.position();
        let expr = if cursor.keyword("where") { SearchExpr::parse(cursor, &["by", "groupby"])? } else { SearchExpr::all() };
        let mut span = None;
        let all: Vec<SearchExpr> = expr.conjuncts().into_iter().cloned().collect();
        let all = all.into_iter().filter(|leaf| match leaf {
            SearchExpr::Compare { field, op: Compare::Equal, value, .. } if field == "span" => {
                span = Some(value.clone());
                false
            }
            _ => true,
        });
        let filter = exact(SearchExpr::And(all.collect()));
        let mut wrong = None;
        filter.leaves(&mut |leaf| match leaf {
            SearchExpr::Term { word, .. } if word.text != "*" => drop(wrong.get_or_insert(word.at.clone())),
            SearchExpr::Subsearch { at, .. } => drop(wrong.get_or_insert(at.clone())),
            _ => {}
        });
        if let Some(at) = wrong {
            return Err(place.spl.syntax(
                &at,
                format!("`{}` compares fields only", place.call.name),
                "a condition such as field=value is expected",
            ));
        }
        Filter::compile(&filter, place.spl, true, &Cx::utc(0.0))?;
        Ok((Points { filter, spl: Arc::new(place.spl.clone()), at: start..cursor.position() }, span))
    }

    /// True if it compares this field.
    pub(super) fn names(&self, wanted: &str) -> bool {
        let mut found = false;
        self.filter.leaves(&mut |leaf| {
            found |= matches!(leaf, SearchExpr::Compare { field, .. } | SearchExpr::In { field, .. } if field == wanted);
        });
        found
    }

    /// The measures that fit, one a row.
    pub(super) fn find(&self, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if !self.names("index") {
            let mut problem = warning("no index is named, and there is no default index for metrics: nothing is found");
            if let Some(span) = self.spl.span(&self.at) {
                problem = problem.at(span, "name one, such as index=*");
            }
            run.warn(problem);
            return Ok(Table::default());
        }
        let (filter, bounds) = Filter::compile(&self.filter, &self.spl, true, &run.cx)?;
        let mut points = run.store.metrics().clone();
        if !bounds.given {
            let (from, to) = (run.range.earliest.unwrap_or(f64::MIN), run.range.latest.unwrap_or(f64::MAX));
            points = points.filter(&points.column_or_null("_time").test(|v| v.number().is_some_and(|t| t >= from && t < to)));
        }
        points.set("splunk_server", Column::constant(Value::from(events::SERVER), points.len()));
        let measures = metrics::measures(&points);
        Ok(measures.filter(&filter.mask(&measures)))
    }
}

/// Metrics are compared with case.
fn exact(expr: SearchExpr) -> SearchExpr {
    match expr {
        SearchExpr::And(all) => SearchExpr::And(all.into_iter().map(exact).collect()),
        SearchExpr::Or(all) => SearchExpr::Or(all.into_iter().map(exact).collect()),
        SearchExpr::Not(inner) => SearchExpr::Not(Box::new(exact(*inner))),
        SearchExpr::Compare { field, op, value, at, .. } => SearchExpr::Compare { field, op, value, case: true, at },
        SearchExpr::In { field, values, at } => {
            let equal =
                |value| SearchExpr::Compare { field: field.clone(), op: Compare::Equal, value, case: true, at: at.clone() };
            SearchExpr::Or(values.into_iter().map(equal).collect())
        }
        other => other,
    }
}
