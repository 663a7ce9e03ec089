//! `ucs directory`: the people of the organisation, whom FindPeople finds beside the contacts.

use std::path::PathBuf;

use anyhow::{Context, Result};
use encoding_rs::Encoding;
use serde_json::json;

use super::Common;
use super::admin::{changing, existing};
use crate::client::charset;
use crate::client::format::{Format, Source};
use crate::client::people_file::{PersonLine, decode, encode};
use crate::client::{Output, Unit};
use crate::people::Details;
use crate::store::sqlite::{DirectoryAdmin, Put};

/// The directory of people.
#[derive(clap::Subcommand, Debug)]
pub(super) enum Directory {
    /// Add somebody, or change what is known of them.
    Add {
        #[command(flatten)]
        person: Box<Person>,
        #[command(flatten)]
        common: Common,
    },
    /// Add the people of a file, and change what is known of those that are there.
    Import {
        /// The file, CSV, JSON or vCard.
        file: PathBuf,
        /// Its format; unless given, its name says it.
        #[arg(long, value_enum)]
        format: Option<Format>,
        /// Its encoding, such as windows-1250; unless given, the file shows it, or UTF-8.
        #[arg(long, value_name = "NAME", value_parser = charset::of_label)]
        encoding: Option<&'static Encoding>,
        /// Also remove whoever is not in the file.
        #[arg(long)]
        replace: bool,
        /// Do not ask before removing.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        common: Common,
    },
    /// List all people; with --json, as a file that can be imported.
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Remove somebody.
    Remove {
        /// The e-mail address.
        email: String,
        #[command(flatten)]
        common: Common,
    },
    /// Remove all people.
    Clear {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        common: Common,
    },
}

/// Somebody, as options.
#[derive(clap::Args, Debug)]
pub(super) struct Person {
    /// The e-mail address.
    email: String,
    /// The name [default: first and family name, or the e-mail address].
    #[arg(long)]
    name: Option<String>,
    /// First name.
    #[arg(long, value_name = "NAME")]
    given_name: Option<String>,
    /// Family name.
    #[arg(long, value_name = "NAME")]
    surname: Option<String>,
    /// Address for instant messages, - for none [default: the e-mail address].
    #[arg(long, value_name = "ADDRESS", allow_hyphen_values = true)]
    im: Option<String>,
    /// The organisation.
    #[arg(long, value_name = "NAME")]
    company: Option<String>,
    /// The part of it.
    #[arg(long, value_name = "NAME")]
    department: Option<String>,
    /// The job.
    #[arg(long)]
    title: Option<String>,
    /// Where the desk is.
    #[arg(long, value_name = "PLACE")]
    office: Option<String>,
    /// Business telephone.
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Mobile telephone.
    #[arg(long, value_name = "NUMBER")]
    mobile: Option<String>,
}

impl Person {
    fn details(self) -> Result<Details> {
        let Person { email, name, given_name, surname, im, company, department, .. } = self;
        let Person { title, office, phone, mobile, .. } = self;
        let line = PersonLine {
            email,
            name,
            given_name,
            surname,
            im,
            company,
            department,
            title,
            office,
            phone,
            mobile,
        };
        line.details().map_err(anyhow::Error::msg)
    }
}

impl Directory {
    pub(super) fn run(self, out: &mut Output) -> Result<()> {
        match self {
            Directory::Add { person, common } => {
                let details = person.details()?;
                let shown = PersonLine::of(&details);
                let sentence = |word: &str| format!("{} ({}) {word}", details.email, details.display_name);
                let done =
                    DirectoryAdmin::new(&mut changing(&common)?).put([details.clone()], false, || {})?;
                let (word, what) = match done {
                    Put { added: 1.., .. } => ("is added", "added"),
                    Put { changed: 1.., .. } => ("is changed", "changed"),
                    _ => ("was there already", "unchanged"),
                };
                common.tell(out, &sentence(word), &json!({ "person": shown, "done": what }))?;
            }
            Directory::Import { file, format, encoding, replace, yes, common } => {
                let source = Source::new(&file).given(format, encoding);
                let (people, note) = source.read(decode)?;
                if let Some(note) = note {
                    out.note(&format!("note: {note}"))?;
                }
                let mut connection = changing(&common)?;
                let mut admin = DirectoryAdmin::new(&mut connection);
                let there = admin.count()?;
                if replace && there > 0 {
                    let question = format!(
                        "Replace the directory, which has {there} people, by the {} in {}?",
                        people.len(),
                        file.display()
                    );
                    if !yes {
                        out.confirm(&question)?;
                    }
                }
                let progress = out.progress(Unit::Steps, people.len(), common.json);
                let done = admin.put(people, replace, || progress.done());
                drop(progress);
                let done = done?;
                let Put { added, changed, unchanged, removed } = done;
                let sentence =
                    format!("{added} added, {changed} changed, {unchanged} as they were, {removed} removed");
                let data = json!({
                    "added": added, "changed": changed, "unchanged": unchanged, "removed": removed
                });
                common.tell(out, &sentence, &data)?;
            }
            Directory::List { common } => {
                let people = DirectoryAdmin::new(&mut existing(&common)?).list()?;
                if common.json {
                    let text = encode(people.iter().map(|entry| &entry.details));
                    return out.text(&text.context("the directory cannot be written")?);
                }
                for entry in people {
                    let Details { email, display_name, company, .. } = entry.details;
                    let company = company.map_or(String::new(), |company| format!("  {company}"));
                    out.line(&format!("{email}  {display_name}{company}"))?;
                }
            }
            Directory::Remove { email, common } => {
                let was = DirectoryAdmin::new(&mut changing(&common)?).remove(&email)?;
                let word = if was { "is removed" } else { "was not in the directory" };
                common.tell(out, &format!("{email} {word}"), &json!({ "email": email, "changed": was }))?;
            }
            Directory::Clear { yes, common } => {
                let mut connection = changing(&common)?;
                let mut admin = DirectoryAdmin::new(&mut connection);
                let there = admin.count()?;
                if there > 0 && !yes {
                    out.confirm(&format!("Remove all {there} people from the directory?"))?;
                }
                let removed = admin.clear()?;
                common.tell(out, &format!("{removed} removed"), &json!({ "removed": removed }))?;
            }
        }
        Ok(())
    }
}
