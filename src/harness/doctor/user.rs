//! Who we are on a Splunk: may we search, delete, and does a search without `index=` look into our index?

use crate::backend::splunk::{Entry, Rest, Settings, escaped};
use crate::diagnostic::Diagnostic;
use crate::verdict::Checkup;

/// The role that `--fix` makes.
const ROLE: &str = "muster";

/// What `| delete` needs.
const DELETES: &str = "delete_by_keyword";

/// Looks at the roles of the user.
pub(super) fn roles(settings: &Settings, rest: &Rest, fix: bool, checkup: &mut Checkup) -> Result<(), Diagnostic> {
    let me = rest.get("/services/authentication/current-context", &[]);
    let me = me.map_err(|f| rest.problem(&f, "looking who we are"))?.entries.into_iter().next().unwrap_or_default();
    let user = me.text("username").unwrap_or_else(|| me.name.clone());
    let roles = me.texts("roles");
    let mut known: Vec<Entry> = Vec::new();
    for role in &roles {
        // A user may not be allowed to look at roles: then what is not known is not complained about.
        known
            .extend(rest.get(&format!("/services/authorization/roles/{}", escaped(role)), &[]).map_or(Vec::new(), |r| r.entries));
    }
    checkup.ok("splunk.user", format!("{user}, with {}", roles.join(", ")));
    let deletes = me.texts("capabilities").iter().any(|c| c == DELETES) || roles.iter().any(|r| r == "can_delete");
    let of = |keys: [&str; 2]| known.iter().flat_map(|role| keys.map(|key| role.texts(key))).flatten().collect::<Vec<String>>();
    let default = of(["srchIndexesDefault", "imported_srchIndexesDefault"]);
    // No role says anything of it where they may not be looked at.
    let seen = default.is_empty() || default.iter().any(|pattern| covers(pattern, &settings.index));
    if deletes && seen {
        checkup.ok("splunk.role", format!("it may delete, and searches without index= look into {}", settings.index));
        return Ok(());
    }
    if fix {
        match grant(settings, rest, &user, &roles) {
            Ok(()) => checkup.fixed("splunk.role", format!("the role {ROLE} was made and given to {user}")),
            Err(problem) => checkup.fail("splunk.role", problem.message, problem.help.unwrap_or_default()),
        }
        return Ok(());
    }
    if !deletes {
        let help = "give it the role can_delete, or let --fix make the role `muster`";
        checkup.fail("splunk.role", format!("{user} may not delete, so the events of runs would stay"), help);
    }
    if !seen {
        let message = format!("searches of {user} without index= do not look into {}", settings.index);
        let help = "add it to srchIndexesDefault of its role, or let --fix make the role `muster`";
        checkup.fail("splunk.role", message, help);
    }
    Ok(())
}

fn grant(settings: &Settings, rest: &Rest, user: &str, roles: &[String]) -> Result<(), Diagnostic> {
    let problem = |doing: &'static str| move |f| rest.problem(&f, doing);
    let form = [
        ("imported_roles", "user"),
        ("imported_roles", "power"),
        ("imported_roles", "can_delete"),
        ("srchIndexesAllowed", "*"),
        ("srchIndexesAllowed", "_*"),
        ("srchIndexesDefault", settings.index.as_str()),
        ("srchIndexesDefault", "main"),
    ];
    let path = format!("/services/authorization/roles/{ROLE}");
    if rest.get(&path, &[]).is_ok() {
        rest.post(&path, &form).map_err(problem("changing the role"))?;
    } else {
        let named = [&[("name", ROLE)], &form[..]].concat();
        rest.post("/services/authorization/roles", &named).map_err(problem("making the role"))?;
    }
    // The endpoint of roles does not take this one.
    let path = format!("/services/properties/authorize/role_{ROLE}/deleteIndexesAllowed");
    rest.post(&path, &[("value", "*;_*")]).map_err(problem("allowing the role to delete"))?;
    let mut all: Vec<(&str, &str)> = roles.iter().map(|role| ("roles", role.as_str())).collect();
    all.push(("roles", ROLE));
    let path = format!("/services/authentication/users/{}", escaped(user));
    rest.post(&path, &all).map(drop).map_err(problem("giving the role to the user"))
}

/// Whether a pattern of indexes covers one.
fn covers(pattern: &str, index: &str) -> bool {
    match pattern.split_once('*') {
        // `*` leaves out what begins with `_`.
        Some(("", rest)) if index.starts_with('_') => rest.starts_with('_'),
        Some((start, end)) => index.starts_with(start) && index[start.len()..].ends_with(end),
        None => pattern == index,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_indexes() {
        assert!(covers("*", "main") && !covers("*", "_audit") && covers("_*", "_audit"));
        assert!(covers("win*", "windows") && covers("main", "main") && !covers("main", "main2"));
    }
}
