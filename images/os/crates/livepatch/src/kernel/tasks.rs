//! The tasks that hold a transition: they sleep in a function that is patched, or have not been looked at since.

use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    pub pid: u32,
    pub comm: String,
    /// Where it is in the kernel, innermost function first; empty where the kernel doesn't tell.
    pub stack: Vec<String>,
}

const MAX_TASKS: usize = 32;
const MAX_FRAMES: usize = 16;

/// Tasks that are not where the transition goes to: `enabled` says where.
pub fn holding(root: &Path, enabled: bool) -> Vec<Task> {
    // Documentation/livepatch/livepatch.rst: 0 is unpatched, 1 is patched, -1 is no transition.
    let left_behind = if enabled { "0" } else { "1" };
    let numbers = |directory: &Path| {
        let entries = fs::read_dir(directory).into_iter().flatten().flatten();
        let mut numbers: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        numbers.sort_unstable();
        numbers
    };
    let proc = root.join("proc");
    let mut tasks = Vec::new();
    for process in numbers(&proc) {
        let threads = proc.join(process.to_string()).join("task");
        for pid in numbers(&threads) {
            let thread = threads.join(pid.to_string());
            let read = |name: &str| fs::read_to_string(thread.join(name)).unwrap_or_default();
            if read("patch_state").trim() != left_behind {
                continue;
            }
            if tasks.len() == MAX_TASKS {
                return tasks;
            }
            tasks.push(Task { pid, comm: read("comm").trim().to_owned(), stack: frames(&read("stack")) });
        }
    }
    tasks
}

/// Lines such as `[<0>] do_nanosleep+0x70/0x1a0`.
fn frames(stack: &str) -> Vec<String> {
    let function = |line: &str| line.trim().rsplit_once(' ').map_or(line, |(_, function)| function).to_owned();
    stack.lines().take(MAX_FRAMES).map(function).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_on_the_other_side_hold_the_transition() {
        let root = tempfile::tempdir().expect("a directory");
        for (pid, thread, state) in [(1, 1, "1"), (40, 40, "1"), (40, 41, "0"), (7, 7, "-1")] {
            let task = root.path().join(format!("proc/{pid}/task/{thread}"));
            fs::create_dir_all(&task).expect("made");
            fs::write(task.join("patch_state"), format!("{state}\n")).expect("written");
            fs::write(task.join("comm"), "sleeper\n").expect("written");
            fs::write(task.join("stack"), "[<0>] f+0x1/0x2\n[<0>] g+0x3/0x4\n").expect("written");
        }
        let stack = vec!["f+0x1/0x2".to_owned(), "g+0x3/0x4".to_owned()];
        assert_eq!(holding(root.path(), true), [Task { pid: 41, comm: "sleeper".into(), stack }]);
        let pids: Vec<_> = holding(root.path(), false).iter().map(|task| task.pid).collect();
        assert_eq!(pids, [1, 40]);
    }
}
