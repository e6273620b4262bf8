//! Programs that are started here: they learn no PIN, and end with this one.

use std::collections::BTreeSet;
use std::process::{Child, Command};
use std::sync::{Mutex, PoisonError};

/// Variables that may hold a PIN.
pub(super) const PIN_VARIABLES: [&str; 4] = [
    "ENROLL_PIN",
    "ENROLL_ADMIN_PIN",
    "ENROLL_NEW_PIN",
    "ENROLL_NEW_ADMIN_PIN",
];

/// A program with this one's surroundings but the PINs.
pub(super) fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    for variable in PIN_VARIABLES {
        command.env_remove(variable);
    }
    command
}

/// Groups of processes that Ctrl-C at the terminal does not reach.
#[derive(Debug, Default)]
pub(crate) struct Groups(Mutex<BTreeSet<u32>>);

/// Those of this program.
pub(crate) static GROUPS: Groups = Groups(Mutex::new(BTreeSet::new()));

/// A group while its leader is waited for.
pub(super) struct Running<'a> {
    groups: &'a Groups,
    leader: u32,
}

impl Groups {
    /// Notes the group that `child` leads.
    pub(super) fn note(&self, child: &Child) -> Running<'_> {
        let (groups, leader) = (self, child.id());
        self.ids().insert(leader);
        Running { groups, leader }
    }

    /// Kills whatever runs, as this program is about to end.
    pub(crate) fn stop(&self) {
        self.ids().iter().copied().for_each(kill);
    }

    fn ids(&self) -> std::sync::MutexGuard<'_, BTreeSet<u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running<'_> {
    /// Kills the leader and whatever it started in its group.
    pub(super) fn stop(&self) {
        kill(self.leader);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.groups.ids().remove(&self.leader);
    }
}

#[cfg(unix)]
fn kill(group: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(group).ok().and_then(Pid::from_raw) {
        // It may have ended by itself in this moment.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(_group: u32) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_started_learns_no_pin() {
        let command = command("true");
        let gone = command.get_envs().filter(|(_, value)| value.is_none());
        let gone: Vec<_> = gone.filter_map(|(name, _)| name.to_str()).collect();
        for variable in PIN_VARIABLES {
            assert!(gone.contains(&variable), "{variable}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_runs_in_a_group_of_its_own_ends_with_this_program() {
        use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
        let groups = Groups::default();
        let start = || command("sleep").arg("600").process_group(0).spawn();
        let (mut done, mut running) = (start().unwrap(), start().unwrap());
        drop(groups.note(&done));
        let _noted = groups.note(&running);
        groups.stop();
        assert_eq!(running.wait().unwrap().signal(), Some(9));
        assert_eq!(done.try_wait().unwrap(), None);
        done.kill().unwrap();
        done.wait().unwrap();
    }
}
