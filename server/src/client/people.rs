//! `ucs people`: finds people by FindPeople, at any server that answers it.

use anyhow::Context as _;
use clap::Args;
use oxws::client::{Client, Error, Transport};
use oxws::oxwscdata::{
    DefaultShapeNames, DistinguishedFolderId, DistinguishedFolderIdName, FieldUri, PathsToElementChoice,
    UnindexedFieldUri,
};
use oxws::oxwsfold::TargetFolderId;
use oxws::oxwspers::{FindPeople, Persona, PersonaResponseShape, PhoneNumberAttributedValue};
use oxws::oxwssrch::{IndexBasePoint, IndexedPageView};
use serde::Serialize;

use super::connect::{Connection, Names};
use super::explain::explain_read;
use super::output::Output;

/// People asked for at once.
const PAGE: usize = 100;

/// What is asked for of each.
const PROPERTIES: [UnindexedFieldUri; 10] = [
    UnindexedFieldUri::PersonaDisplayName,
    UnindexedFieldUri::PersonaGivenName,
    UnindexedFieldUri::PersonaSurname,
    UnindexedFieldUri::PersonaEmailAddress,
    UnindexedFieldUri::PersonaImAddress,
    UnindexedFieldUri::PersonaCompanyName,
    UnindexedFieldUri::PersonaTitle,
    UnindexedFieldUri::PersonaBusinessPhoneNumbers,
    UnindexedFieldUri::PersonaMobilePhones,
    UnindexedFieldUri::PersonaOtherTelephones,
];

/// Options of `people`.
#[derive(Args, Debug)]
pub struct PeopleArgs {
    /// Words that must all match; without any, all contacts
    #[arg(value_name = "WORD")]
    pub words: Vec<String>,
    /// Search the directory only
    #[arg(long, conflicts_with = "contacts", requires = "words")]
    pub directory: bool,
    /// Search the contacts of the mailbox only
    #[arg(long)]
    pub contacts: bool,
    /// Show so many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub limit: u32,
    /// Skip so many first
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_000_000))]
    pub offset: u32,
    #[command(flatten)]
    #[allow(missing_docs, reason = "a text here would replace that of the command")]
    pub connection: Connection,
}

/// Somebody who was found, as `people --json` shows them.
#[derive(Serialize)]
struct PersonLine<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    surname: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    im: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<&'a str>,
}

impl<'a> PersonLine<'a> {
    fn of(persona: &'a Persona) -> PersonLine<'a> {
        fn text(text: Option<&String>) -> Option<&str> {
            text.map(String::as_str).filter(|text| !text.trim().is_empty())
        }
        fn first(numbers: Option<&Vec<PhoneNumberAttributedValue>>) -> Option<&str> {
            let numbers = numbers.into_iter().flatten();
            numbers.map(|number| number.value.number.as_str()).find(|number| !number.trim().is_empty())
        }
        let email = persona.email_address().and_then(|email| email.email_address.as_ref());
        PersonLine {
            id: &persona.persona_id.id,
            name: text(persona.display_name()),
            given_name: text(persona.given_name()),
            surname: text(persona.surname()),
            email: email.map(|email| email.get().as_str()),
            im: text(persona.im_address()),
            company: text(persona.company_name()),
            title: text(persona.title()),
            phone: first(persona.business_phone_numbers()).or_else(|| first(persona.other_telephones())),
            mobile: first(persona.mobile_phones()),
        }
    }
}

/// What was found.
#[derive(Serialize)]
struct Listing<'a> {
    /// As the server counts; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<usize>,
    people: Vec<PersonLine<'a>>,
}

pub(super) async fn run(args: PeopleArgs, out: &mut Output) -> anyhow::Result<()> {
    let client = args.connection.client(Names::ONE, out)?;
    let (people, total) = find(&client, &args).await?;
    let lines: Vec<PersonLine<'_>> = people.iter().map(PersonLine::of).collect();
    if args.connection.shared.json {
        return out.json(&Listing { total, people: lines });
    }
    if lines.is_empty() {
        return out.note("nobody was found");
    }
    table(&lines, out)?;
    let shown = args.offset as usize + lines.len();
    match total.filter(|total| *total > shown) {
        Some(total) => out.note(&format!("{} of {total} shown; --offset {shown} goes on", lines.len())),
        None => Ok(()),
    }
}

/// The people, page by page, and how many there are if the server says so.
async fn find<T: Transport>(
    client: &Client<T>,
    args: &PeopleArgs,
) -> anyhow::Result<(Vec<Persona>, Option<usize>)> {
    let limit = args.limit as usize;
    let (mut people, mut total) = (Vec::new(), None);
    while people.len() < limit {
        let asked = PAGE.min(limit - people.len());
        let reply = client.call(request(args, people.len(), asked)?).await;
        let reply = reply.map_err(unknown).context("people cannot be searched")?;
        total = reply.total_number_of_people_in_view.and_then(|total| usize::try_from(total).ok()).or(total);
        let page = reply.people.unwrap_or_default();
        let came = page.len();
        people.extend(page);
        let there = args.offset as usize + people.len();
        // A server may have smaller pages than were asked for.
        let more = total.map_or(came >= asked, |total| there < total);
        if came == 0 || !more {
            break;
        }
    }
    people.truncate(limit);
    Ok((people, total))
}

/// An error of a search; many a server does not know the operation.
fn unknown(error: Error) -> anyhow::Error {
    match error.code() {
        Some("ErrorInvalidRequest" | "ErrorNotSupported" | "ErrorInvalidOperation") => {
            anyhow::Error::new(error).context("the server seems not to know FindPeople")
        }
        _ => explain_read(error),
    }
}

fn request(args: &PeopleArgs, from: usize, size: usize) -> anyhow::Result<FindPeople> {
    let words = args.words.join(" ");
    let place = match (args.directory, args.contacts) {
        (true, _) => Some(DistinguishedFolderIdName::Directory),
        (_, true) => Some(DistinguishedFolderIdName::Contacts),
        // Servers want a folder where there are no words.
        _ => words.trim().is_empty().then_some(DistinguishedFolderIdName::Contacts),
    };
    let paths = PROPERTIES.into_iter().map(|uri| PathsToElementChoice::FieldUri(FieldUri::new(uri)));
    let offset = i32::try_from(args.offset as usize + from).context("--offset is too large")?;
    let mut request = FindPeople::new(IndexedPageView {
        max_entries_returned: Some(i32::try_from(size).context("the page is too large")?),
        ..IndexedPageView::new(offset, IndexBasePoint::Beginning)
    });
    request.persona_shape = Some(PersonaResponseShape {
        additional_properties: Some(paths.collect()),
        ..PersonaResponseShape::new(DefaultShapeNames::IdOnly)
    });
    let folder = |name| TargetFolderId::DistinguishedFolderId(DistinguishedFolderId::new(name));
    request.parent_folder_id = place.map(folder);
    request.query_string = Some(words).filter(|words| !words.trim().is_empty());
    Ok(request)
}

/// One line for each, the columns as wide as they need to be; a column that is empty for all is left out.
fn table(lines: &[PersonLine<'_>], out: &mut Output) -> anyhow::Result<()> {
    type Column = (&'static str, for<'p> fn(&PersonLine<'p>) -> Option<&'p str>);
    let columns: [Column; 6] = [
        ("NAME", |line| line.name),
        ("IM", |line| line.im),
        ("E-MAIL", |line| line.email),
        ("COMPANY", |line| line.company),
        ("TITLE", |line| line.title),
        ("PHONE", |line| line.phone.or(line.mobile)),
    ];
    let width = |(title, value): &Column| {
        let widths = lines.iter().filter_map(|line| Some(value(line)?.chars().count()));
        widths.max().map(|width| width.max(title.len()))
    };
    let columns: Vec<(Column, usize)> =
        columns.into_iter().filter_map(|column| width(&column).map(|width| (column, width))).collect();
    let row = |cells: Vec<&str>| {
        let cells = cells.into_iter().zip(&columns).map(|(cell, (_, width))| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    out.line(&row(columns.iter().map(|((title, _), _)| *title).collect()))?;
    lines.iter().try_for_each(|line| {
        out.line(&row(columns.iter().map(|((_, value), _)| value(line).unwrap_or_default()).collect()))
    })
}
