//! `iplocation`.

use std::net::IpAddr;

use hashbrown::HashMap;

use super::prelude::*;
use crate::engine::geo::FIELDS;

#[derive(Debug)]
struct IpLocation {
    field: Text,
    prefix: String,
    all: bool,
    languages: Vec<String>,
    span: Option<crate::diagnostic::Span>,
}

impl Operator for IpLocation {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let Some(database) = &run.env.geoip else {
            let problem = Diagnostic::new(Code::SplUnsupported, "`iplocation` is not run: there is no GeoIP database");
            let problem = if let Some(span) = self.span { problem.at(span, "needs one") } else { problem };
            return Err(problem.help("give one in MaxMind's format with --geoip FILE, or as `geoip` in muster.toml"));
        };
        let addresses = input.column_or_null(&self.field);
        let mut known: HashMap<u32, Option<Vec<String>>> = HashMap::new();
        for row in 0..addresses.len() {
            known.entry(addresses.code(row)).or_insert_with(|| database.place(address(addresses.get(row))?, &self.languages));
        }
        for (n, (name, _)) in FIELDS.iter().enumerate().filter(|(_, (_, extra))| self.all || !extra) {
            let name = Text::from(format!("{}{name}", self.prefix));
            let old = input.column_or_null(&name);
            // An address without a place adds nothing.
            let value = |row: usize| known[&addresses.code(row)].as_ref().map_or_else(|| old.get(row).clone(), |place| Value::from(place[n].as_str()));
            let new = Column::flat((0..addresses.len()).map(value).collect());
            input.set(name, new);
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
        for (name, _) in FIELDS.iter().filter(|(_, extra)| self.all || !extra) {
            schema.add(&format!("{}{name}", self.prefix).into());
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

/// An address, or the first of a network.
fn address(value: &Value) -> Option<IpAddr> {
    let Value::Text(text) = value else { return None };
    text.split('/').next()?.trim().parse().ok()
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`iplocation` needs the field of an address")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("iplocation")?;
    let mut languages: Vec<String> = options.text("lang").unwrap_or("en").split(',').map(|l| l.trim().to_string()).collect();
    languages.push("en".into());
    Ok(Box::new(IpLocation {
        field: field.text.into(),
        prefix: options.text("prefix").unwrap_or_default().to_string(),
        all: options.bool("allfields", false),
        languages,
        span: place.spl.span(&place.call.name_at),
    }))
}

pub(super) const DEF: Command = Command {
    name: "iplocation",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "iplocation [prefix=<string>] [allfields=<bool>] [lang=<string>] <field>",
    summary: "Adds City, Country, Region, lat and lon of an address, from the GeoIP database that is given with --geoip FILE. Without one the search is not run.",
    options: &[
        Opt { name: "prefix", kind: OptKind::Text, default: "", doc: "Put before the names of the fields." },
        Opt { name: "allfields", kind: OptKind::Bool, default: "false", doc: "Also Continent, MetroCode and Timezone." },
        Opt { name: "lang", kind: OptKind::Text, default: "en", doc: "Languages of the names, the first that the database has; code for abbreviations of ISO." },
    ],
    examples: &[],
    differs: &["no database is built in", "Region is the first subdivision of the database; a city has no code, so lang=code gives its English name"],
    compile,
};
