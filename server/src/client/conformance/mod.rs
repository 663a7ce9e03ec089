//! `ucs conformance`: the numbered requirements, checked from outside at any server, on a mailbox for the purpose.
//!
//! | module | what |
//! |---|---|
//! | `bench` | the server: requests as they are wanted, right and wrong; what is made is removed |
//! | `report` | what was checked, as a table or JSON |
//! | `wire`, `identity`, `items`, `operations` | the checks: sections 1, 2, 3 to 5, 6 of the requirements |
//! | `people` | the checks of the rules of finding people |

mod bench;
mod identity;
mod items;
mod operations;
mod people;
mod report;
mod wire;

use anyhow::bail;
use clap::Args;

use self::bench::Bench;
use self::report::Report;
use super::connect::{Connection, Names, Shared};
use super::output::Output;

/// Options of `conformance`.
///
/// What it makes has names that begin with "ucs conformance", and is removed at the end, also what an interrupted run
/// has left. The mailbox may hold nothing else, unless --force is given.
#[derive(Args, Debug)]
pub struct ConformanceArgs {
    /// Address of the service, such as <https://mail.example.org/EWS/Exchange.asmx>
    #[arg(env = "UCS_URL", value_name = "URL")]
    pub url: String,
    /// User to sign in as, with the password in UCS_PASSWORD or asked for; without one, no credentials are sent
    #[arg(long, env = "UCS_USER", value_name = "USER")]
    pub user: Option<String>,
    /// Read the password from the first line of the standard input
    #[arg(long, requires = "user", conflicts_with = "bearer_stdin")]
    pub password_stdin: bool,
    /// Sign in with a bearer token, read from the first line of the standard input (or set UCS_TOKEN)
    #[arg(long)]
    pub bearer_stdin: bool,
    /// Sign in by NTLM instead of Basic
    #[arg(long, requires = "user")]
    pub ntlm: bool,
    /// Check on the mailbox with this primary SMTP address, for which the user has a grant (I1)
    #[arg(long, value_name = "SMTP")]
    pub impersonate: Option<String>,
    /// The mailbox was never opened: check the language of its groups, too (I4)
    #[arg(long)]
    pub unopened: bool,
    /// E-mail address of somebody in the directory of people, to be found (F9)
    #[arg(long, value_name = "EMAIL")]
    pub person: Option<String>,
    /// Run on a mailbox that holds something; that is left as it is, but for the flag of SetImListMigrationCompleted
    #[arg(long)]
    pub force: bool,
    /// Check the limits of 64 groups and 1000 contacts, too, which takes over a thousand requests
    #[arg(long)]
    pub limits: bool,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub shared: Shared,
}

/// Carries out the checks.
///
/// # Errors
/// When the server does not answer, the mailbox is not for the purpose, or a requirement is not met.
pub(super) async fn run(args: ConformanceArgs, out: &mut Output) -> anyhow::Result<()> {
    let ConformanceArgs { url, user, password_stdin, bearer_stdin, ntlm, impersonate, shared, .. } = args;
    let (force, limits, json) = (args.force, args.limits, shared.json);
    let connection = Connection { url, user, password_stdin, bearer_stdin, ntlm, impersonate, shared };
    let credentials = connection.credentials(Names::ONE, out)?;
    let bench = Bench::new(connection, credentials)?;
    let mut report = Report::default();
    match args.unopened {
        true => report.add("I4", "the first culture names the groups", identity::first_culture(&bench).await),
        false => report.skip("I4", "needs --unopened, and a mailbox that was never opened"),
    }
    bench.clean().await?;
    let others = bench.others().await?;
    if others > 0 && !force {
        bail!("the list holds {others} groups and contacts: give a mailbox for the purpose, or --force");
    }
    wire::check(&bench, &mut report).await;
    identity::check(&bench, &mut report).await;
    items::check(&bench, others == 0, limits, &mut report).await;
    operations::check(&bench, &mut report).await;
    people::check(&bench, args.person.as_deref(), &mut report).await;
    report.skip("F10", "is on commands of the server's administrators");
    let cleaned = bench.clean().await;
    report.show(json, out)?;
    cleaned?;
    match report.failed() {
        0 => Ok(()),
        1 => bail!("one requirement is not met"),
        failed => bail!("{failed} requirements are not met"),
    }
}
