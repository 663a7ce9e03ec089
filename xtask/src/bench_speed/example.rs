//! How fast messages are read and written: prints `speed NAME BYTES REFERENCES READ WRITE`, the latter in nanoseconds for
//! each byte read strictly and for each written, the least of the rounds, in which all messages take turns. References
//! stand for what has to be escaped.

#[allow(dead_code, reason = "other texts are made of it elsewhere")]
mod corpus;

use std::hint::black_box;
use std::time::{Duration, Instant};

use ews_all::GlobalElement;
use oxws::oxwscos::GetImItemListResponse;
use oxws::rt::Document;

const ROUNDS: usize = 15;
const TIME: Duration = Duration::from_millis(60);
/// Mails of a message.
const MAILS: usize = 200;
/// Contacts and groups of the other, which is about as long then.
const CONTACTS: usize = 60;
const GROUPS: usize = 10;

/// An id as servers make them.
const ID: &str = "AAMkADQwZmQ0ZGU3LTI5YTctNDVhYi1hMmVlLTg1ZmU0MWQ3ZGYwNABGAAAAAADyZ2xqfq8jTZk8V0qJ3i2bBwDF0mC7xj0hRr3pQ1V9n8kFAAAA\
    ZZmzAADF0mC7xj0hRr3pQ1V9n8kFAAAAZZoOAAA=";

/// A mail of a GetItem reply.
const MAIL: &str = "<m:GetItemResponseMessage ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:Items>\
    <t:Message><t:ItemId Id=\"{ID}\" ChangeKey=\"CQAAABYAAADF0mC7xj0hRr3pQ1V9n8kFAAAAZZqS\"/>\
    <t:ParentFolderId Id=\"{ID}\" ChangeKey=\"AQAAAA==\"/><t:ItemClass>IPM.Note</t:ItemClass>\
    <t:Subject>Angebot für Düsseldorf &amp; Neuss, Nachtrag {at}</t:Subject><t:Sensitivity>Normal</t:Sensitivity>\
    <t:Body BodyType=\"Text\">Guten Tag Frau Doe,\n\nanbei das Angebot &lt;2013/{at}&gt;, wie besprochen.\n\nMit freundlichen Grüßen\nJohn Doe\n</t:Body>\
    <t:DateTimeReceived>2013-06-21T09:10:{at}Z</t:DateTimeReceived><t:Size>4711</t:Size><t:Importance>Normal</t:Importance>\
    <t:IsDraft>false</t:IsDraft><t:DateTimeSent>2013-06-21T09:09:{at}Z</t:DateTimeSent>\
    <t:HasAttachments>false</t:HasAttachments><t:ToRecipients><t:Mailbox><t:Name>Jane Doe (Vertrieb)</t:Name>\
    <t:EmailAddress>jane.doe.{at}@sales.corp.example.org</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox>\
    </t:ToRecipients><t:From><t:Mailbox><t:Name>John Doe</t:Name>\
    <t:EmailAddress>john.doe.{at}@sales.corp.example.org</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:From>\
    <t:InternetMessageId>&lt;b0e1a2c3d4e5f60718293a4b5c6d7e{at}@mail.sales.corp.example.org&gt;</t:InternetMessageId>\
    <t:IsRead>true</t:IsRead></t:Message></m:Items></m:GetItemResponseMessage>";

struct Message {
    name: &'static str,
    text: String,
    /// Reads the text, and writes what was read: how many bytes that are.
    read: Box<dyn Fn(&str) -> usize>,
    write: Box<dyn Fn() -> usize>,
    least: [f64; 2],
}

/// Nanoseconds for each of the bytes that `once` answers.
fn per_byte(once: impl Fn() -> usize) -> f64 {
    let (start, mut bytes) = (Instant::now(), 0);
    while start.elapsed() < TIME {
        bytes += once();
    }
    start.elapsed().as_secs_f64() * 1e9 / bytes as f64
}

impl Message {
    /// One that the type of its root, or a choice of all roots, reads and writes.
    fn new<T: Document + 'static>(name: &'static str, text: String) -> Message {
        let value = T::from_xml(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = |text: &str| {
            let _ = black_box(T::from_xml(black_box(text.as_bytes())));
            text.len()
        };
        let write = move || black_box(&value).to_xml().map_or(0, |xml| xml.len());
        Message { name, text, read: Box::new(read), write: Box::new(write), least: [f64::INFINITY; 2] }
    }

    fn round(&mut self) {
        let [read, write] = &mut self.least;
        *read = read.min(per_byte(|| (self.read)(&self.text)));
        *write = write.min(per_byte(&self.write));
    }
}

/// The contacts that the codec is measured with.
fn contacts() -> String {
    let size = corpus::Size { personas: CONTACTS, groups: GROUPS, ..corpus::Size::default() };
    let text = corpus::item_list(size).body.to_xml().unwrap_or_default();
    String::from_utf8_lossy(&text).into_owned()
}

/// The same with the texts of the mails in place of others: as many as these have with something to escape.
fn contacts_escaped() -> String {
    let texts = (0..MAILS).flat_map(|at| {
        let mail = numbered(MAIL, at);
        ["Subject", "Body", "InternetMessageId"].map(|name| inside(&mail, name).to_owned())
    });
    let mut texts = texts.collect::<Vec<_>>().into_iter();
    let mut contacts = contacts();
    for name in ["Value", "OriginalDisplayName"] {
        let tag = format!("<t:{name}>");
        let mut parts = contacts.split(&tag);
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let end = part.find('<').unwrap_or(0);
            out.push_str(&tag);
            // Some hold elements.
            let text = if end > 0 { texts.next() } else { None };
            out.push_str(text.as_deref().unwrap_or(&part[..end]));
            out.push_str(&part[end..]);
        }
        contacts = out;
    }
    assert!(texts.next().is_none(), "the contacts have no place for some of the texts");
    contacts
}

/// The text of the first element of that name.
fn inside<'a>(xml: &'a str, name: &str) -> &'a str {
    let after = xml.split_once(&format!("<t:{name}")).and_then(|(_, after)| after.split_once('>'));
    after.and_then(|(_, text)| text.split_once('<')).map_or("", |(text, _)| text)
}

/// The mail with its number.
fn numbered(mail: &str, at: usize) -> String {
    mail.replace("{at}", &format!("{:02}", at % 60))
}

fn mails(mail: &str) -> String {
    let item = mail.replace("{ID}", ID);
    let items: String = (0..MAILS).map(|at| numbered(&item, at)).collect();
    format!(
        "<m:GetItemResponse xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
         xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"><m:ResponseMessages>{items}\
         </m:ResponseMessages></m:GetItemResponse>"
    )
}

fn main() {
    let plain = MAIL.replace("&amp;", "und").replace("&lt;", "(").replace("&gt;", ")").replace('\n', " ");
    let mut messages = [
        Message::new::<GetImItemListResponse>("contacts_by_oxws", contacts()),
        Message::new::<GlobalElement>("contacts", contacts()),
        Message::new::<GetImItemListResponse>("contacts_escaped_by_oxws", contacts_escaped()),
        Message::new::<GlobalElement>("contacts_escaped", contacts_escaped()),
        Message::new::<ews_mail::GlobalElement>("mails_by_themselves", mails(&plain)),
        Message::new::<GlobalElement>("mails", mails(&plain)),
        Message::new::<ews_mail::GlobalElement>("mails_escaped_by_themselves", mails(MAIL)),
        Message::new::<GlobalElement>("mails_escaped", mails(MAIL)),
    ];
    for _ in 0..ROUNDS {
        messages.iter_mut().for_each(Message::round);
    }
    for Message { name, text, least: [read, write], .. } in &messages {
        let references = text.matches('&').count();
        println!("speed {name} {} {references} {read:.3} {write:.3}", text.len());
    }
}
