//! Events and result rows in memory.
//!
//! A [`Table`] holds named [`Column`]s of [`Value`]s. Columns are dictionary-coded: a column keeps each value once and
//! a code a row, so that a predicate or a function over one field is computed once per distinct value. Tables are
//! cheap to clone and to filter: values are shared, only codes are copied.

mod column;
mod number;
mod percent;
mod table;
mod value;

pub use column::{Column, ColumnBuilder};
pub use number::{format_number, parse_number};
pub use percent::{percent_decode, percent_encode};
pub use table::Table;
pub use value::{Text, Value};
