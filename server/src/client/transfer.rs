//! The commands that move whole lists: `export`, `import` and `copy`.

use std::fs::Metadata;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use clap::Args;
use oxws::client::{Client, Transport};
use serde::Serialize;

use super::apply::{Applier, Failure, Report};
use super::commands::{ExportArgs, ImportArgs, RunArgs, fetch};
use super::connect::{Connection, Names, Shared};
use super::format::{Format, Read, Source};
use super::model::List;
use super::output::Output;
use super::plan::{Counts, Plan, beyond_limits};
use super::progress::Unit;
use super::read::Snapshot;
use super::state::State;

/// Options of `copy`.
///
/// The passwords come from the variables `UCS_FROM_PASSWORD` and `UCS_TO_PASSWORD`, from the standard input, or from
/// prompts; tokens from `UCS_FROM_TOKEN` and `UCS_TO_TOKEN`, where no user is given.
#[derive(Args, Debug)]
pub struct CopyArgs {
    /// Address of the service to copy from
    #[arg(long, env = "UCS_FROM_URL", value_name = "URL")]
    pub from_url: String,
    /// User to sign in as there, with the password in UCS_FROM_PASSWORD or asked for; without one, no credentials are sent
    #[arg(long, env = "UCS_FROM_USER", value_name = "USER")]
    pub from_user: Option<String>,
    /// Read the password for it from a line of the standard input: the first one
    #[arg(long, requires = "from_user")]
    pub from_password_stdin: bool,
    /// Sign in there by NTLM instead of Basic
    #[arg(long, requires = "from_user")]
    pub from_ntlm: bool,
    /// Act there for the mailbox with this primary SMTP address
    #[arg(long, value_name = "SMTP")]
    pub from_impersonate: Option<String>,
    /// Address of the service to copy to
    #[arg(long, env = "UCS_TO_URL", value_name = "URL")]
    pub to_url: String,
    /// User to sign in as there, with the password in UCS_TO_PASSWORD or asked for; without one, no credentials are sent
    #[arg(long, env = "UCS_TO_USER", value_name = "USER")]
    pub to_user: Option<String>,
    /// Read the password for it from a line of the standard input: the one after --from-password-stdin's, if given
    #[arg(long, requires = "to_user")]
    pub to_password_stdin: bool,
    /// Sign in there by NTLM instead of Basic
    #[arg(long, requires = "to_user")]
    pub to_ntlm: bool,
    /// Act there for the mailbox with this primary SMTP address
    #[arg(long, value_name = "SMTP")]
    pub to_impersonate: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub shared: Shared,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub run: RunArgs,
}

impl CopyArgs {
    fn ends(self) -> (Connection, Connection, Shared, RunArgs) {
        let end = |url, user, password_stdin, ntlm, impersonate| Connection {
            url,
            user,
            password_stdin,
            bearer_stdin: false,
            ntlm,
            impersonate,
            shared: self.shared.clone(),
        };
        let from = end(
            self.from_url,
            self.from_user,
            self.from_password_stdin,
            self.from_ntlm,
            self.from_impersonate,
        );
        let to = end(self.to_url, self.to_user, self.to_password_stdin, self.to_ntlm, self.to_impersonate);
        (from, to, self.shared, self.run)
    }
}

pub(super) async fn export(args: ExportArgs, out: &mut Output) -> anyhow::Result<()> {
    let format = match &args.output {
        Some(path) => Format::given_or_of(args.format, path)?,
        None => args.format.unwrap_or(Format::Json),
    };
    if let Some(path) = &args.output {
        refuse_existing(path, args.force)?;
    }
    let client = args.connection.client(Names::ONE, out)?;
    let list = fetch(&client, out).await?.list;
    let text = format.encode(&list)?;
    let Some(path) = &args.output else { return out.text(&text) };
    write(path, text.as_bytes(), args.force)?;
    let counts = count(&list);
    if args.connection.shared.json {
        return out.json(&serde_json::json!({ "file": path.display().to_string(), "written": counts }));
    }
    out.line(&format!("{counts} written to {}", path.display()))
}

/// Refuses to write over a file. Devices and pipes have no content that could be lost.
///
/// # Errors
/// When the file is there already and is not to be replaced.
fn refuse_existing(path: &Path, replace: bool) -> anyhow::Result<()> {
    if !replace && std::fs::metadata(path).is_ok_and(|there| there.is_file()) {
        bail!("{} is there already; --force replaces it", path.display());
    }
    Ok(())
}

/// Writes a file, which has all of the content or is as it was before.
///
/// # Errors
/// When it cannot be written, or is there already and is not to be replaced.
fn write(path: &Path, content: &[u8], replace: bool) -> anyhow::Result<()> {
    let done = match std::fs::metadata(path) {
        Ok(there) if !there.is_file() => std::fs::write(path, content),
        // What a link leads to is replaced, not the link.
        Ok(there) if replace => {
            path.canonicalize().and_then(|path| write_beside(&path, content, Some(&there), replace))
        }
        _ => write_beside(path, content, None, replace),
    };
    match done {
        Err(error) if !replace && error.kind() == ErrorKind::AlreadyExists => {
            bail!("{} is there already; --force replaces it", path.display())
        }
        done => done.with_context(|| format!("{} cannot be written", path.display())),
    }
}

/// Writes a file under another name in the same folder, and gives it its name when it is whole. It may be read by whom the
/// one that it replaces may be.
fn write_beside(path: &Path, content: &[u8], replaced: Option<&Metadata>, replace: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ucs-").suffix(".partial");
    #[cfg(unix)]
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    #[cfg(unix)]
    builder.permissions(permissions);
    let mut partial = builder.tempfile_in(folder)?;
    partial.write_all(content)?;
    if let Some(replaced) = replaced {
        partial.as_file().set_permissions(replaced.permissions())?;
    }
    partial.as_file().sync_all()?;
    let kept = if replace { partial.persist(path) } else { partial.persist_noclobber(path) };
    kept.map(drop).map_err(|error| error.error)
}

pub(super) async fn import(args: ImportArgs, out: &mut Output) -> anyhow::Result<()> {
    let (read, note) = Source::new(&args.file).given(args.format, args.encoding).list()?;
    if let Some(note) = note {
        out.note(&format!("note: {note}"))?;
    }
    let Read { list: wanted, skipped } = read;
    for what in skipped {
        out.note(&format!("note: {}, {what}; skipped", args.file.display()))?;
    }
    let client = args.connection.client(Names::ONE, out)?;
    transfer(&client, &wanted, &args.connection, &args.run, out).await
}

pub(super) async fn copy(args: CopyArgs, out: &mut Output) -> anyhow::Result<()> {
    let (from, to, _, run) = args.ends();
    let source = from.client(Names::FROM, out)?;
    let target = to.client(Names::TO, out)?;
    let wanted = fetch(&source, out).await.context("at the server to copy from")?.list;
    transfer(&target, &wanted, &to, &run, out).await.context("at the server to copy to")
}

fn count(list: &List) -> Counts {
    Counts {
        groups: list.groups().len(),
        contacts: list.contacts().len(),
        memberships: list.groups().iter().map(|group| group.members().len()).sum(),
    }
}

/// What a run has done, or would do.
#[derive(Serialize)]
struct Summary<'a> {
    dry_run: bool,
    created: Counts,
    already_there: Counts,
    failed: &'a [Failure],
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

async fn transfer<T: Transport>(
    client: &Client<T>,
    wanted: &List,
    connection: &Connection,
    args: &RunArgs,
    out: &mut Output,
) -> anyhow::Result<()> {
    let json = connection.shared.json;
    let about = connection.about();
    // A state file that cannot be used is found before anything is sent.
    let mut state = if args.dry_run {
        State::look(args.state.as_deref(), &about)?
    } else {
        State::open(args.state.as_deref(), &about)?
    };
    let server = fetch(client, out).await?;
    let plan = Plan::new(wanted, &server);
    if args.dry_run {
        return dry_run(&plan, wanted, &server, &state, json, out);
    }
    let progress = out.progress(Unit::Steps, plan.steps.len(), json);
    let report = Applier::new(client, wanted, &server).run(&plan, &mut state, &progress).await;
    drop(progress);
    tell(&report?, json, out)
}

fn dry_run(
    plan: &Plan,
    wanted: &List,
    server: &Snapshot,
    state: &State,
    json: bool,
    out: &mut Output,
) -> anyhow::Result<()> {
    let (mut created, mut there) = (Counts::default(), plan.there);
    let mut steps = Vec::new();
    for step in &plan.steps {
        if state.has(&step.key(wanted)) {
            there.count(*step);
        } else {
            created.count(*step);
            steps.push(step.describe(wanted));
        }
    }
    let impossible = plan.impossible.iter();
    let failed: Vec<Failure> = impossible
        .map(|(step, why)| Failure { what: step.describe(wanted), reason: (*why).to_owned() })
        .collect();
    let warnings = beyond_limits(&server.list, created);
    if json {
        return out.json(&Summary {
            dry_run: true,
            created,
            already_there: there,
            failed: &failed,
            stopped: None,
            steps,
            warnings,
        });
    }
    for step in &steps {
        out.line(&format!("would {step}"))?;
    }
    for Failure { what, reason } in &failed {
        out.line(&format!("cannot {what}: {reason}"))?;
    }
    for warning in &warnings {
        out.note(&format!("warning: {warning}"))?;
    }
    out.line(&format!("to create: {created}"))?;
    out.line(&format!("already there: {there}"))
}

fn tell(report: &Report, json: bool, out: &mut Output) -> anyhow::Result<()> {
    let Report { done, there, failed, stopped } = report;
    if json {
        out.json(&Summary {
            dry_run: false,
            created: *done,
            already_there: *there,
            failed,
            stopped: stopped.as_deref(),
            steps: Vec::new(),
            warnings: Vec::new(),
        })?;
    } else {
        for Failure { what, reason } in failed {
            out.note(&format!("failed: {what}: {reason}"))?;
        }
        out.line(&format!("created: {done}"))?;
        out.line(&format!("already there: {there}"))?;
        out.line(&format!("failed: {}", failed.len()))?;
    }
    if let Some(reason) = stopped {
        bail!("{reason}; the rest was not tried: run the command again to go on");
    }
    match failed.len() {
        0 => Ok(()),
        1 => bail!("one thing could not be done"),
        n => bail!("{n} things could not be done"),
    }
}
