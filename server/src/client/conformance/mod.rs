//! `ucs conformance`: the numbered requirements, checked from outside at any server, on a mailbox for the purpose.
//!
//! | module | what |
//! |---|---|
//! | `bench` | the server: requests as they are wanted, right and wrong; what is made is removed |
//! | `report` | what was checked, as a table or JSON |
//! | `wire`, `items`, `operations` | the checks: sections 1 and 2, 3 to 5, 6 of the requirements |

mod bench;
mod items;
mod operations;
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

/// Requirements that cannot be checked from outside, or are not: why.
const NOT_CHECKED: [(&str, &str); 13] = [
    ("T16", "but for prefixes, declarations and header blocks (under T9): needs clients of other kinds"),
    ("I1", "needs a second account with a grant"),
    ("I4", "needs a mailbox that was never opened"),
    ("F1", OWN),
    ("F2", OWN),
    ("F3", OWN),
    ("F4", OWN),
    ("F5", OWN),
    ("F6", OWN),
    ("F7", OWN),
    ("F8", OWN),
    ("F9", OWN),
    ("F10", OWN),
];

const OWN: &str = "on the search of people: needs known entries of a directory";

/// Carries out the checks.
///
/// # Errors
/// When the server does not answer, the mailbox is not for the purpose, or a requirement is not met.
pub(super) async fn run(args: ConformanceArgs, out: &mut Output) -> anyhow::Result<()> {
    let ConformanceArgs { url, user, password_stdin, bearer_stdin, force, limits, shared } = args;
    let json = shared.json;
    let connection =
        Connection { url, user, password_stdin, bearer_stdin, ntlm: false, impersonate: None, shared };
    let credentials = connection.credentials(Names::ONE, out)?;
    let bench = Bench::new(&connection, &credentials)?;
    bench.clean().await?;
    let others = bench.others().await?;
    if others > 0 && !force {
        bail!("the list holds {others} groups and contacts: give a mailbox for the purpose, or --force");
    }
    let mut report = Report::default();
    wire::check(&bench, &mut report).await;
    items::check(&bench, others == 0, limits, &mut report).await;
    operations::check(&bench, &mut report).await;
    for (number, why) in NOT_CHECKED {
        report.skip(number, why);
    }
    let cleaned = bench.clean().await;
    report.show(json, out)?;
    cleaned?;
    match report.failed() {
        0 => Ok(()),
        1 => bail!("one requirement is not met"),
        failed => bail!("{failed} requirements are not met"),
    }
}
