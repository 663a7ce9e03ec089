//! What the operating system tells the server, and what the server tells its service manager.

use std::sync::Arc;
use std::time::Duration;

#[cfg(unix)]
use anyhow::Context as _;
use anyhow::Result;
use sd_notify::NotifyState;
use tokio::sync::oneshot;

use crate::http::Readiness;
use crate::http::tls::Certificates;

/// How often the service manager is told that a start lasts, and how long it is to wait for the next time.
const STEP: Duration = Duration::from_secs(10);
const PATIENCE_MICROS: u32 = 60_000_000;

/// Signals of the process, from the moment on that this is made: none of them ends it then.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn new() -> Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        let of = |kind| signal(kind).context("signals cannot be listened to");
        Ok(Signals {
            terminate: of(SignalKind::terminate())?,
            interrupt: of(SignalKind::interrupt())?,
            hangup: of(SignalKind::hangup())?,
        })
    }

    /// Ready when the server is told to stop.
    pub(super) async fn stop(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// As [`Signals::stop`]. Has the certificate read again on SIGHUP meanwhile.
    async fn stop_or_reload(&mut self, certificates: Option<&Arc<Certificates>>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hangup.recv() => {
                    tell(NotifyState::Reloading);
                    if let Some(certificates) = certificates {
                        certificates.renew().await;
                    }
                    tell(NotifyState::Ready);
                }
            }
        }
    }
}

/// Where there is but one signal.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> Result<Signals> {
        Ok(Signals)
    }

    pub(super) async fn stop(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    async fn stop_or_reload(&mut self, _: Option<&Arc<Certificates>>) {
        self.stop().await;
    }
}

/// Follows the signals: says by `end` when to take no more requests, and is ready when not even those that were
/// accepted are waited for. Who asks whether the server is ready is told first that it is not.
pub(super) async fn until_stopped(
    mut signals: Signals,
    certificates: Option<&Arc<Certificates>>,
    readiness: &Readiness,
    drain: Duration,
    end: oneshot::Sender<()>,
) {
    signals.stop_or_reload(certificates).await;
    readiness.set(false);
    tell(NotifyState::Stopping);
    tracing::info!("stopping: requests that were accepted are finished; a second signal stops at once");
    let drained = tokio::select! {
        () = tokio::time::sleep(drain) => true,
        () = signals.stop() => false,
    };
    let _ = end.send(());
    if drained {
        signals.stop().await;
    }
    tracing::warn!("stopped at once: requests that were being answered are dropped");
}

/// Tells the service manager, where there is one.
pub(super) fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(false, &[state]) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}

/// Tells the service manager that the server lives, where it wants to know.
pub(super) async fn watchdog() {
    let mut micros = 0;
    if !sd_notify::watchdog_enabled(false, &mut micros) {
        return;
    }
    let mut beat = tokio::time::interval(Duration::from_micros(micros / 2).max(Duration::from_millis(100)));
    loop {
        beat.tick().await;
        tell(NotifyState::Watchdog);
    }
}

/// Tells the service manager that the start lasts, as long as it does: a large database takes a while to check. Never ready.
pub(super) async fn starting() {
    let mut beat = tokio::time::interval(STEP);
    beat.tick().await;
    for step in 0_u64.. {
        beat.tick().await;
        tell(NotifyState::ExtendTimeoutUsec(PATIENCE_MICROS));
        if step == 0 {
            tracing::info!("the start takes a while: the data is being checked");
        }
    }
}
