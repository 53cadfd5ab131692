//! Where addresses are: a database in MaxMind's format that the user brings. None is built in, since none is free to
//! be given on, and without one nothing is guessed.

use std::net::IpAddr;
use std::path::Path;

/// The fields of a place, in the order in which they are shown, and whether they come only with `allfields`.
pub(super) const FIELDS: &[(&str, bool)] = &[
    ("City", false),
    ("Continent", true),
    ("Country", false),
    ("MetroCode", true),
    ("Region", false),
    ("Timezone", true),
    ("lat", false),
    ("lon", false),
];

/// An open database.
pub struct GeoIp {
    #[cfg(feature = "geo")]
    reader: maxminddb::Reader<Vec<u8>>,
}

impl std::fmt::Debug for GeoIp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GeoIp")
    }
}

#[cfg(feature = "geo")]
impl GeoIp {
    /// Reads a database. The error is a sentence.
    pub fn open(path: &Path) -> Result<GeoIp, String> {
        let bytes = std::fs::read(path).map_err(|why| format!("the GeoIP database {} cannot be read: {why}", path.display()))?;
        let reader = maxminddb::Reader::from_source(bytes)
            .map_err(|why| format!("{} is no database in MaxMind's format: {why}", path.display()))?;
        Ok(GeoIp { reader })
    }

    /// What the database has of an address, one value for each of [`FIELDS`]; empty where it knows the address and not
    /// the field. `None` for an address that it does not know. The first language that a name has is taken; `code` are
    /// the abbreviations of ISO.
    pub(super) fn place(&self, address: IpAddr, languages: &[String]) -> Option<Vec<String>> {
        use maxminddb::PathElement::{Index, Key};
        let found = self.reader.lookup(address).ok().filter(maxminddb::LookupResult::has_data)?;
        let text = |path: &[maxminddb::PathElement<'_>]| found.decode_path::<String>(path).ok().flatten();
        let name = |path: &[maxminddb::PathElement<'_>], code: &str| {
            let of = |language: &String| {
                let mut path = path.to_vec();
                if language == "code" {
                    path.push(Key(code));
                } else {
                    path.extend([Key("names"), Key(language)]);
                }
                text(&path)
            };
            languages.iter().find_map(of).unwrap_or_default()
        };
        let degrees = |key: &str| {
            let number = found.decode_path::<f64>(&[Key("location"), Key(key)]).ok().flatten();
            number.map(|n| format!("{n:.5}")).unwrap_or_default()
        };
        let metro = found.decode_path::<u16>(&[Key("location"), Key("metro_code")]).ok().flatten();
        Some(vec![
            name(&[Key("city")], "code"),
            name(&[Key("continent")], "code"),
            name(&[Key("country")], "iso_code"),
            metro.map(|n| n.to_string()).unwrap_or_default(),
            name(&[Key("subdivisions"), Index(0)], "iso_code"),
            text(&[Key("location"), Key("time_zone")]).unwrap_or_default(),
            degrees("latitude"),
            degrees("longitude"),
        ])
    }
}

#[cfg(not(feature = "geo"))]
impl GeoIp {
    /// There is no reader in this build.
    pub fn open(_: &Path) -> Result<GeoIp, String> {
        Err("this muster was built without its feature `geo`: it cannot read a GeoIP database".to_string())
    }

    pub(super) fn place(&self, _: IpAddr, _: &[String]) -> Option<Vec<String>> {
        None
    }
}
