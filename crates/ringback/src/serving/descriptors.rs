//! File descriptors: callers must not take those that the store, the broker and the probes need.

use std::fs::read_to_string;

/// How many others than callers need.
const OTHERS: usize = 128;
/// When the system does not tell.
const UNKNOWN: usize = 1024;

/// How many connections of callers there may be.
pub fn for_connections() -> usize {
    let told = read_to_string("/proc/self/limits").ok();
    let most = told.as_deref().and_then(open_files).unwrap_or(UNKNOWN);
    room(most)
}

/// Three quarters of all, and what others need at least.
fn room(most: usize) -> usize {
    (most / 4 * 3).min(most.saturating_sub(OTHERS)).max(1)
}

/// The soft limit of open files among those of a process.
fn open_files(limits: &str) -> Option<usize> {
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    let soft = line.split_whitespace().nth(3)?;
    if soft == "unlimited" {
        return Some(usize::MAX);
    }
    soft.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_leave_descriptors_for_others() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                      Max open files            1024                 524288               files\n";
        assert_eq!(open_files(limits), Some(1024));
        let unlimited = limits.replace("1024  ", "unlimited");
        assert_eq!(open_files(&unlimited), Some(usize::MAX));
        assert_eq!(open_files(""), None);
        for (most, left) in [(1024, 768), (256, 128), (100, 1)] {
            assert_eq!(room(most), left, "{most}");
        }
    }
}
