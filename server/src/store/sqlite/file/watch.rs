//! `watch`: notices what other connections, and other processes, have committed.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;

/// How often changes are looked for.
const CHECK: Duration = Duration::from_secs(1);

/// Has `watched` refreshed, on a thread of that name, within a second of any commit but those of `connection` itself. Ends
/// with what it watches. A refresh that fails is logged and tried again.
pub(crate) fn watch<T, E>(
    thread: &str,
    connection: Connection,
    watched: &Arc<T>,
    what: &'static str,
    refresh: fn(&T) -> Result<(), E>,
) -> io::Result<()>
where
    T: Send + Sync + 'static,
    E: Error + 'static,
{
    let watched = Arc::downgrade(watched);
    let version = |connection: &Connection| {
        connection.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0))
    };
    let run = move || {
        // Nothing yet: what was committed between the first look of `watched` and this thread's is not missed.
        let mut seen = None;
        loop {
            std::thread::sleep(CHECK);
            let Some(watched) = watched.upgrade() else { return };
            let now = version(&connection).ok();
            // Anything that is committed changes it; what is refreshed finds out whether that is its own.
            if now != seen || now.is_none() {
                match refresh(&watched) {
                    Ok(()) => seen = now,
                    Err(error) => {
                        let error = &error as &dyn Error;
                        tracing::error!(error, "changes of {what} cannot be looked for");
                    }
                }
            }
        }
    };
    std::thread::Builder::new().name(thread.to_owned()).spawn(run).map(drop)
}
