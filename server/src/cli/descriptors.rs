//! Open files: as many as the connections that are allowed need, where the operating system lets us.

/// Files that are open beside connections: the database and its log, once for each thread that reads, what is fetched.
const OTHERS: u64 = 128;

/// Lets the process have as many open files as that many connections need. Says what there are, if they are too few.
#[cfg(unix)]
pub(super) fn provide(connections: usize) -> Option<u64> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let wanted = u64::try_from(connections).unwrap_or(u64::MAX).saturating_add(OTHERS);
    let mut limit = getrlimit(Resource::Nofile);
    let enough = |current: Option<u64>| current.is_none_or(|current| current >= wanted);
    if enough(limit.current) {
        return None;
    }
    // What a process starts with is often far less than it may have.
    limit.current = Some(limit.maximum.map_or(wanted, |most| most.min(wanted)));
    let _ = setrlimit(Resource::Nofile, limit);
    let now = getrlimit(Resource::Nofile).current;
    if enough(now) { None } else { now }
}

/// Without such a limit.
#[cfg(not(unix))]
pub(super) fn provide(_: usize) -> Option<u64> {
    None
}
