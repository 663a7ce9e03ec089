//! `ucs backup`, `ucs restore`, `ucs migrate`.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::Common;
use crate::client::{Output, Unit};
use crate::store::sqlite::file;

/// Copy all data into one file, while the server runs.
///
/// The file has its name only when it is whole and checked. Before that, it is in a folder `.ucs-….partial` beside it; the
/// next backup into the same folder removes what one that was killed has left.
#[derive(clap::Args, Debug)]
pub(super) struct Backup {
    /// The file to write.
    file: PathBuf,
    /// Replace a file that is there.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    common: Common,
}

impl Backup {
    pub(super) fn run(&self, out: &mut Output) -> Result<()> {
        let progress = out.progress(Unit::Pages, 0, self.common.json);
        let directory = self.common.directory()?;
        let done = file::backup(&directory, &self.file, self.force, |now| progress.at(now.done, now.total));
        drop(progress);
        let file::BackedUp { bytes, removed } = done?;
        if removed > 0 {
            out.note(&format!(
                "note: removed what {removed} backups that were killed had left in the folder"
            ))?;
        }
        let sentence = format!("{}: {bytes} bytes, checked", self.file.display());
        self.common.tell(out, &sentence, &serde_json::json!({ "file": self.file, "bytes": bytes }))
    }
}

/// Put a backup in the place of the data.
#[derive(clap::Args, Debug)]
pub(super) struct Restore {
    /// The backup.
    file: PathBuf,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    common: Common,
}

impl Restore {
    pub(super) fn run(&self, out: &mut Output) -> Result<()> {
        let directory = self.common.directory()?;
        if directory.join(file::NAME).exists() {
            let question = format!("Replace the data in {} by {}?", directory.display(), self.file.display());
            if !self.yes {
                out.confirm(&question)?;
            }
        }
        let progress = out.progress(Unit::Pages, 0, self.common.json);
        let restored = file::restore(&directory, &self.file, |now| progress.at(now.done, now.total));
        drop(progress);
        let restored = restored?;
        if self.common.json {
            let file::Restored { version, replaced } = restored;
            return out.json(&serde_json::json!({ "version": version, "replaced": replaced }));
        }
        out.line(&format!("restored to {}", directory.display()))?;
        if let Some(replaced) = restored.replaced {
            out.line(&format!("what was there is kept as {}", replaced.display()))?;
        }
        if restored.version < file::CURRENT {
            out.line("the backup is of an older version: run `ucs migrate`")?;
        }
        Ok(())
    }
}

/// Bring the data of an older version to this one.
///
/// What was there is copied first, and kept beside the data as `ucs.db.version-…`.
#[derive(clap::Args, Debug)]
pub(super) struct Migrate {
    #[command(flatten)]
    common: Common,
}

impl Migrate {
    pub(super) fn run(&self, out: &mut Output) -> Result<()> {
        let progress = out.progress(Unit::Pages, 0, self.common.json);
        let (mut noted, mut copy) = (Ok(()), None);
        let kept = |path: &Path| {
            progress.clear();
            copy = Some(path.display().to_string());
            noted = out.note(&format!("the data as it was is kept as {}", path.display()));
        };
        let directory = self.common.directory()?;
        let done = file::migrate_and_tell(&directory, |now| progress.at(now.done, now.total), kept);
        drop(progress);
        let file::Migrated { from, to } = done?;
        noted?;
        let sentence = match from == to {
            true => format!("the data is of version {to} already"),
            false => format!("the data was of version {from} and is of version {to}"),
        };
        self.common.tell(out, &sentence, &serde_json::json!({ "from": from, "to": to, "kept": copy }))
    }
}
