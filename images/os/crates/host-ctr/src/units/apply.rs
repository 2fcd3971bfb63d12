use super::systemctl;
use crate::{
    configuration::{self, Configuration},
    kind::{Host, Kind},
    state::{self, State},
};
use std::collections::BTreeMap;

/// Makes the host containers that run those that the settings want: starts, stops, and starts anew what is set differently.
/// It waits for none of them. Returns what went wrong.
pub fn apply(host: &Host) -> Result<Vec<String>, String> {
    let wanted = configuration::all(host, Kind::Host)?;
    let run = |(action, name): (&str, String)| systemctl::run(&[action, "--no-block", &Kind::Host.unit(&name)]).err();
    Ok(actions(&wanted, &state::all(host, Kind::Host)).into_iter().filter_map(run).collect())
}

fn actions(wanted: &BTreeMap<String, Configuration>, started: &BTreeMap<String, State>) -> Vec<(&'static str, String)> {
    let gone = started.keys().filter(|name| !wanted.contains_key(*name)).map(|name| ("stop", name.clone()));
    let present = wanted.iter().map(|(name, configuration)| match started.get(name) {
        Some(state) if state.configuration != *configuration => ("restart", name.clone()),
        _ => ("start", name.clone()),
    });
    gone.chain(present).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Phase;

    #[test]
    fn only_what_is_set_differently_is_touched() {
        let set = |source: &str| Configuration { source: Some(source.into()), ..Configuration::default() };
        let started = |source: &str| State {
            configuration: set(source),
            phase: Phase::Running,
            image: None,
            exit_code: None,
            last_error: None,
            starts: 1,
        };
        let wanted =
            BTreeMap::from([("changed".into(), set("b")), ("new".into(), set("a")), ("same".into(), set("a"))]);
        let running = BTreeMap::from([
            ("changed".into(), started("a")),
            ("gone".into(), started("a")),
            ("same".into(), started("a")),
        ]);
        assert_eq!(
            actions(&wanted, &running),
            [
                ("stop", "gone".into()),
                ("restart", "changed".into()),
                ("start", "new".into()),
                // Nothing, if it runs; at once, if it waits to be started again.
                ("start", "same".into()),
            ]
        );
    }
}
