//! The rules of finding people (F1 to F9), on contacts that are made for it, and on somebody of the directory.

use super::bench::{Bench, DOMAIN, MARK, Reply, VERSION, ensure};
use super::report::{Checked, Report};

/// Begins the names of the contacts.
const NAMES: [&str; 3] = ["Annabel", "Bertram", "Clotilde"];
const CONTACTS: &str = "<m:ParentFolderId><t:DistinguishedFolderId Id='contacts'/></m:ParentFolderId>";
const DIRECTORY: &str = "<m:ParentFolderId><t:DistinguishedFolderId Id='directory'/></m:ParentFolderId>";
const PAGE: &str = "BasePoint='Beginning' Offset='0'";
/// All of `NAMES`, and nobody else.
const WORDS: &str = "ucs-conformance f";

const NUMBERS: [&str; 9] = ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9"];

/// Checks all that there is to check at a server that knows the operations.
pub(super) async fn check(bench: &Bench, person: Option<&str>, report: &mut Report) {
    match known(bench).await {
        Ok(true) => {}
        Ok(false) => {
            let unknown = "the server does not answer FindPeople";
            NUMBERS.iter().for_each(|number| report.skip(number, unknown));
            return;
        }
        Err(why) => return report.add("F1", "people can be searched", Err(why)),
    }
    let made = make(bench).await;
    if let Err(why) = made {
        return report.add("F1", "contacts to be found can be made", Err(why));
    }
    report.add("F1", "all words must match, at the beginning of words", words(bench).await);
    report.add("F2", "folders say among whom", folders(bench).await);
    report.add("F3", "without words there are the contacts", no_words(bench).await);
    report.add("F4", "pages", pages(bench).await);
    report.add("F5", "shapes", shapes(bench).await);
    report.add("F6", "orders", orders(bench).await);
    report.add("F7", "restrictions", restrictions(bench).await);
    report.add("F8", "GetPersona", personas(bench).await);
    match person {
        Some(person) => report.add("F9", "somebody of the directory", entry(bench, person).await),
        None => report.skip("F9", "needs --person, somebody who is in the directory"),
    }
}

/// A FindPeople with these parts, in the order of the schema: shape, page, restriction, order, folder, words.
#[derive(Clone, Copy)]
struct Search<'s> {
    shape: &'s str,
    page: &'s str,
    restriction: &'s str,
    order: &'s str,
    folder: &'s str,
    words: &'s str,
}

const SEARCH: Search<'_> =
    Search { shape: "", page: PAGE, restriction: "", order: "", folder: CONTACTS, words: WORDS };

impl Search<'_> {
    async fn ask(self, bench: &Bench) -> Checked<Reply> {
        let Search { shape, page, restriction, order, folder, words } = self;
        let mut body = format!("<m:FindPeople>{shape}<m:IndexedPageItemView {page}/>");
        if !restriction.is_empty() {
            body += &format!("<m:Restriction>{restriction}</m:Restriction>");
        }
        body += order;
        body += folder;
        if !words.is_empty() {
            body += &format!("<m:QueryString>{}</m:QueryString>", quick_xml::escape::escape(words));
        }
        bench.operation(&(body + "</m:FindPeople>")).await
    }

    /// It has to find these of `NAMES`, in this order.
    async fn finds(self, bench: &Bench, wanted: &[&str]) -> Checked {
        let reply = self.ask(bench).await?;
        reply.is_success()?;
        let found = found(&reply);
        ensure(found == wanted, format!("{:?} finds {found:?} instead of {wanted:?}", self.words))
    }

    async fn is_refused(self, bench: &Bench, code: &str) -> Checked {
        self.ask(bench).await?.is_error(code)
    }
}

/// Which of `NAMES` were found, in the order of the reply.
fn found(reply: &Reply) -> Vec<&str> {
    let parts = reply.text.split("Persona>").filter_map(|part| {
        let at = |name: &&&str| part.contains(&format!("DisplayName>{name} {MARK}"));
        NAMES.iter().find(at).copied()
    });
    parts.collect()
}

async fn known(bench: &Bench) -> Checked<bool> {
    let reply = Search { words: "nobody", ..SEARCH }.ask(bench).await?;
    let unknown = ["ErrorInvalidRequest", "ErrorNotSupported", "ErrorInvalidOperation"];
    Ok(!unknown.iter().any(|code| reply.is_fault(code).is_ok()))
}

async fn make(bench: &Bench) -> Checked {
    for name in NAMES {
        let address = format!("f.{}", name.to_lowercase());
        bench.add_named(&address, Some(&format!("{name} {MARK}")), None).await?;
    }
    Ok(())
}

async fn words(bench: &Bench) -> Checked {
    let [ann, bert, _] = NAMES;
    let with = |words| Search { words, ..SEARCH };
    with(WORDS).finds(bench, &NAMES).await?;
    for one in ["anna ucs-conformance", "ANNABEL", "conformance anna", "\"annabel\"", "sip:f.annabel"] {
        with(one).finds(bench, &[ann]).await?;
    }
    with("f.bert").finds(bench, &[bert]).await?;
    for none in ["nnabel ucs-conformance", "annabel bertram", "annabelx"] {
        with(none).finds(bench, &[]).await?;
    }
    let (many, long) = ("a ".repeat(33), "a".repeat(1025));
    Search { words: &many, ..SEARCH }.is_refused(bench, "ErrorSearchQueryHasTooManyKeywords").await?;
    Search { words: &long, ..SEARCH }.is_refused(bench, "ErrorQueryFilterTooLong").await
}

async fn folders(bench: &Bench) -> Checked {
    for id in ["contacts", "mycontacts", "imcontactlist", "quickcontacts"] {
        let folder = &format!("<m:ParentFolderId><t:DistinguishedFolderId Id='{id}'/></m:ParentFolderId>");
        Search { folder, ..SEARCH }.finds(bench, &NAMES).await.map_err(|why| format!("{id}: {why}"))?;
    }
    Search { folder: "", ..SEARCH }.finds(bench, &NAMES).await?;
    Search { folder: DIRECTORY, ..SEARCH }.finds(bench, &[]).await?;
    let inbox = "<m:ParentFolderId><t:DistinguishedFolderId Id='inbox'/></m:ParentFolderId>";
    Search { folder: inbox, ..SEARCH }.is_refused(bench, "ErrorFolderNotFound").await?;
    let of_another = "<m:ParentFolderId><t:DistinguishedFolderId Id='contacts'><t:Mailbox><t:EmailAddress>\
                      nobody@ucs-conformance.invalid</t:EmailAddress></t:Mailbox></t:DistinguishedFolderId>\
                      </m:ParentFolderId>";
    Search { folder: of_another, ..SEARCH }.is_refused(bench, "ErrorAccessDenied").await
}

async fn no_words(bench: &Bench) -> Checked {
    let reply = Search { words: "", ..SEARCH }.ask(bench).await?;
    reply.is_success()?;
    let found = found(&reply);
    ensure(NAMES.iter().all(|name| found.contains(name)), format!("it finds {found:?}"))?;
    Search { words: "", folder: DIRECTORY, ..SEARCH }.is_refused(bench, "ErrorInvalidArgument").await
}

async fn pages(bench: &Bench) -> Checked {
    let [ann, bert, clo] = NAMES;
    let with = |page| Search { page, ..SEARCH };
    for (page, wanted) in [
        ("MaxEntriesReturned='1' BasePoint='Beginning' Offset='0'", &[ann][..]),
        ("MaxEntriesReturned='2' BasePoint='Beginning' Offset='1'", &[bert, clo]),
        ("MaxEntriesReturned='1' BasePoint='End' Offset='0'", &[clo]),
        ("MaxEntriesReturned='1' BasePoint='Beginning' Offset='9'", &[]),
    ] {
        with(page).finds(bench, wanted).await.map_err(|why| format!("{page}: {why}"))?;
    }
    let reply = with("MaxEntriesReturned='1' BasePoint='Beginning' Offset='1'").ask(bench).await?;
    for (name, value) in
        [("TotalNumberOfPeopleInView", "3"), ("FirstLoadedRowIndex", "1"), ("FirstMatchingRowIndex", "0")]
    {
        ensure(reply.has(name, value), format!("{name} is not {value}"))?;
    }
    let negative = with("MaxEntriesReturned='1' BasePoint='Beginning' Offset='-1'");
    negative.is_refused(bench, "ErrorInvalidIndexedPagingParameters").await?;
    let none = with("MaxEntriesReturned='0' BasePoint='Beginning' Offset='0'");
    none.is_refused(bench, "ErrorInvalidPagingMaxRows").await
}

fn shape(base: &str, more: &str) -> String {
    let more = match more {
        "" => String::new(),
        uri => {
            let uri = format!("<t:FieldURI FieldURI='{uri}'/>");
            format!("<t:AdditionalProperties>{uri}</t:AdditionalProperties>")
        }
    };
    format!("<m:PersonaShape><t:BaseShape>{base}</t:BaseShape>{more}</m:PersonaShape>")
}

async fn shapes(bench: &Bench) -> Checked {
    // What a shape has, and what it has not.
    for (base, more, has, has_not) in [
        ("IdOnly", "", &["PersonaId"][..], &["DisplayName", "Attributions"][..]),
        ("IdOnly", "persona:ImAddress", &["PersonaId", "ImAddress"], &["DisplayName"]),
        ("IdOnly", "persona:Hobbies", &["PersonaId"], &["Hobbies"]),
        ("Default", "", &["PersonaId", "DisplayName", "ImAddress"], &["DisplayNames"]),
        ("AllProperties", "", &["PersonaId", "DisplayName", "DisplayNames", "Attributions"], &[]),
    ] {
        let reply = Search { shape: &shape(base, more), ..SEARCH }.ask(bench).await?;
        reply.is_success().map_err(|why| format!("{base} {more}: {why}"))?;
        for name in has {
            ensure(reply.texts(name).next().is_some(), format!("{base} {more} has no {name}"))?;
        }
        for name in has_not {
            ensure(reply.texts(name).next().is_none(), format!("{base} {more} has {name}"))?;
        }
    }
    let of_items = shape("IdOnly", "item:Subject");
    Search { shape: &of_items, ..SEARCH }.is_refused(bench, "ErrorInvalidPropertyRequest").await
}

async fn orders(bench: &Bench) -> Checked {
    let [ann, bert, clo] = NAMES;
    let by = |uri: &str, direction: &str| {
        let order =
            format!("<t:FieldOrder Order='{direction}'><t:FieldURI FieldURI='{uri}'/></t:FieldOrder>");
        format!("<m:SortOrder>{order}</m:SortOrder>")
    };
    for uri in ["persona:DisplayName", "persona:ImAddress"] {
        Search { order: &by(uri, "Descending"), ..SEARCH }.finds(bench, &[clo, bert, ann]).await?;
        Search { order: &by(uri, "Ascending"), ..SEARCH }.finds(bench, &NAMES).await?;
    }
    let numbers = by("persona:MobilePhones", "Ascending");
    Search { order: &numbers, ..SEARCH }.is_refused(bench, "ErrorUnsupportedPathForSortGroup").await
}

async fn restrictions(bench: &Bench) -> Checked {
    let [ann, bert, clo] = NAMES;
    let address = "<t:FieldURI FieldURI='persona:ImAddress'/>";
    let constant =
        |value: &str| format!("<t:FieldURIOrConstant><t:Constant Value='{value}'/></t:FieldURIOrConstant>");
    let is_ann = format!("<t:IsEqualTo>{address}{}</t:IsEqualTo>", constant(&format!("F.ANNABEL{DOMAIN}")));
    let contains = format!(
        "<t:Contains ContainmentMode='Substring' ContainmentComparison='IgnoreCase'>{address}\
         <t:Constant Value='BERT'/></t:Contains>"
    );
    for (restriction, wanted) in [
        (is_ann.clone(), &[ann][..]),
        (format!("<t:Not>{is_ann}</t:Not>"), &[bert, clo]),
        (format!("<t:Or>{is_ann}{contains}</t:Or>"), &[ann, bert]),
        (format!("<t:And>{is_ann}{contains}</t:And>"), &[]),
        (format!("<t:Exists>{address}</t:Exists>"), &NAMES),
        (format!("<t:IsGreaterThan>{address}{}</t:IsGreaterThan>", constant("f.b")), &[bert, clo]),
    ] {
        let search = Search { restriction: &restriction, ..SEARCH };
        search.finds(bench, wanted).await.map_err(|why| format!("{restriction}: {why}"))?;
    }
    let excludes = format!("<t:Excludes>{address}<t:Bitmask Value='1'/></t:Excludes>");
    Search { restriction: &excludes, ..SEARCH }.is_refused(bench, "ErrorUnsupportedQueryFilter").await?;
    let numbers = "<t:Exists><t:FieldURI FieldURI='persona:Attributions'/></t:Exists>";
    Search { restriction: numbers, ..SEARCH }.is_refused(bench, "ErrorUnsupportedPathForQuery").await
}

/// The value of an attribute of the first element of that name.
fn attribute<'r>(reply: &'r Reply, element: &str, name: &str) -> Option<&'r str> {
    let (_, rest) = reply.text.split_once(&format!("{element} "))?;
    let (tag, _) = rest.split_once('>')?;
    let (_, value) = tag.split_once(&format!("{name}="))?;
    value.get(1..)?.split(value.chars().next()?).next()
}

async fn personas(bench: &Bench) -> Checked {
    let reply = Search { words: "f.annabel", ..SEARCH }.ask(bench).await?;
    let id = attribute(&reply, "PersonaId", "Id").ok_or("a person that was found has no id")?.to_owned();
    let get =
        |what: String| async move { bench.operation(&format!("<m:GetPersona>{what}</m:GetPersona>")).await };
    let by_address = |address: &str| {
        format!("<m:EmailAddress><t:EmailAddress>{address}</t:EmailAddress></m:EmailAddress>")
    };
    for what in [format!("<m:PersonaId Id='{id}'/>"), by_address(&format!("f.annabel{DOMAIN}"))] {
        let reply = get(what.clone()).await?;
        reply.is_success().map_err(|why| format!("{what}: {why}"))?;
        ensure(reply.has("DisplayName", &format!("Annabel {MARK}")), format!("{what} gives somebody else"))?;
        ensure(reply.texts("Attributions").next().is_some(), "not all properties are given")?;
    }
    get(by_address(&format!("f.nobody{DOMAIN}"))).await?.is_error("ErrorItemNotFound")?;
    get(String::new()).await?.is_error("ErrorInvalidArgument")
}

async fn entry(bench: &Bench, person: &str) -> Checked {
    let shape = shape("AllProperties", "");
    let reply = Search { shape: &shape, folder: DIRECTORY, words: person, ..SEARCH }.ask(bench).await?;
    reply.is_success()?;
    ensure(
        reply.texts("EmailAddress").any(|address| address.eq_ignore_ascii_case(person)),
        format!("{person} is not found in the directory"),
    )?;
    ensure(reply.has("IsWritable", "false"), "the entry is said to be writable")?;
    ensure(reply.has("DisplayName", "Directory"), "its source is not called Directory")?;
    let id = attribute(&reply, "PersonaId", "Id").ok_or("there is no id")?.to_owned();
    let whole =
        bench.envelope(VERSION, &format!("<m:GetPersona><m:PersonaId Id='{id}'/></m:GetPersona>")).await?;
    whole.is_success()
}
