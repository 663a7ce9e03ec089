//! What a process has resident, as Linux tells it; nothing elsewhere.

/// How far doing something raised the resident size above what it was before, in bytes.
pub fn rise(run: impl FnOnce()) -> Option<u64> {
    // Makes what is resident now the most that has been (proc(5)).
    std::fs::write("/proc/self/clear_refs", "5").ok()?;
    let before = peak()?;
    run();
    Some(peak()?.saturating_sub(before))
}

/// The most that has been resident, in bytes.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
