//! Section 2 of the requirements: who is who.

use super::bench::{Bench, MARK, Reply, VERSION, acting_for, ensure};
use super::report::{Checked, Report};
use crate::contacts::Culture;

const LIST: &str = "<m:GetImItemList/>";

pub(super) async fn check(bench: &Bench, report: &mut Report) {
    match bench.acts_for() {
        Some(address) => {
            report.add("I1", "who has a grant acts on that mailbox", granted(bench, address).await)
        }
        None => report.skip("I1", "needs --impersonate, and a grant"),
    }
    report.add("I2", "without a grant, nobody acts for others", impersonation(bench).await);
    report.add("I3", "an identity is needed", identity(bench).await);
}

/// UCS I4, on a mailbox that was never opened: has to come before everything else.
pub(super) async fn first_culture(bench: &Bench) -> Checked {
    const GERMAN: &str = "de-DE";
    let ask = |culture: &'static str| async move {
        let block = format!("{VERSION}<t:MailboxCulture>{culture}</t:MailboxCulture>");
        let reply = bench.envelope(&block, LIST).await?;
        reply.is_success()?;
        let names: Vec<String> = reply.texts("DisplayName").take(3).map(str::to_owned).collect();
        Checked::Ok(names)
    };
    let first = ask(GERMAN).await?;
    let (english, german) = (Culture::default().names(), Culture::of(Some(GERMAN)).names());
    let as_of = |names: &crate::contacts::SpecialNames| {
        first == [names.other_contacts, names.tagged, names.favorites]
    };
    ensure(!as_of(english), format!("the groups have English names for {GERMAN}; or it was opened before"))?;
    ensure(as_of(german), format!("the groups are called {first:?} for {GERMAN}"))?;
    ensure(ask("fr-FR").await? == first, "the names change with the culture of a later request")
}

async fn granted(bench: &Bench, address: &str) -> Checked {
    let name = format!("{MARK} I1");
    bench.add_group("I1").await?;
    let has = |reply: &Reply| reply.texts("DisplayName").any(|text| text == name);
    let address = quick_xml::escape::escape(address);
    for element in ["PrimarySmtpAddress", "SmtpAddress"] {
        let block = acting_for(&format!("<t:{element}>{address}</t:{element}>"));
        let reply = bench.envelope(&format!("{VERSION}{block}"), LIST).await?;
        reply.is_success().map_err(|why| format!("by {element}: {why}"))?;
        ensure(has(&reply), format!("by {element}, another mailbox is shown"))?;
    }
    // The user may have no mailbox, but must not be shown this one.
    let own = bench.post(&[], super::bench::envelope(VERSION, LIST)).await?;
    ensure(!has(&own), "without the header, the same mailbox is shown")
}

async fn impersonation(bench: &Bench) -> Checked {
    let nobody = "<t:PrimarySmtpAddress>nobody@ucs-conformance.invalid</t:PrimarySmtpAddress>";
    let reply = bench.envelope(&format!("{VERSION}{}", acting_for(nobody)), LIST).await?;
    // Who has a grant for somebody may learn that there is no such mailbox.
    reply
        .is_fault("ErrorImpersonateUserDenied")
        .or_else(|why| reply.is_fault("ErrorNonExistentMailbox").map_err(|_| why))
}

async fn identity(bench: &Bench) -> Checked {
    for identity in ["<t:PrimarySmtpAddress></t:PrimarySmtpAddress>", ""] {
        let reply = bench.envelope(&format!("{VERSION}{}", acting_for(identity)), LIST).await?;
        reply.is_fault("ErrorInvalidExchangeImpersonationHeaderData")?;
    }
    Ok(())
}
