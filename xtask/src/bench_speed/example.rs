//! How fast messages are read and written: prints `speed NAME BYTES READ WRITE`, the latter in nanoseconds for each byte
//! read strictly and for each written, the least of the rounds, in which both messages take turns.

use std::hint::black_box;
use std::time::{Duration, Instant};

use ews_all::GlobalElement;
use oxws::rt::Document;

const ROUNDS: usize = 15;
const TIME: Duration = Duration::from_millis(60);
/// Contacts, or mails, of a message.
const ITEMS: usize = 200;

/// An id as servers make them.
const ID: &str = "AAMkADQwZmQ0ZGU3LTI5YTctNDVhYi1hMmVlLTg1ZmU0MWQ3ZGYwNABGAAAAAADyZ2xqfq8jTZk8V0qJ3i2bBwDF0mC7xj0hRr3pQ1V9n8kFAAAA\
    ZZmzAADF0mC7xj0hRr3pQ1V9n8kFAAAAZZoOAAA=";

/// A contact of a GetImItemList reply.
const PERSONA: &str = "<t:Persona><t:PersonaId Id=\"AAUQA{ID}\"/><t:PersonaType>Person</t:PersonaType>\
    <t:CreationTime>2013-06-21T09:10:{at}Z</t:CreationTime>\
    <t:DisplayNameFirstLastSortKey>jane doe {at}</t:DisplayNameFirstLastSortKey><t:DisplayName>Jane Doe {at}</t:DisplayName>\
    <t:FileAs>Doe, Jane</t:FileAs><t:FileAsId>None</t:FileAsId><t:GivenName>Jane</t:GivenName><t:Surname>Doe</t:Surname>\
    <t:Title>Senior Account Manager</t:Title><t:Department>Vertrieb (Düsseldorf)</t:Department>\
    <t:CompanyName>Example &amp; Söhne</t:CompanyName><t:EmailAddress><t:Name>Jane Doe</t:Name>\
    <t:EmailAddress>jane.doe.{at}@sales.corp.example.org</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:EmailAddress>\
    <t:ImAddress>sip:jane.doe.{at}@sales.corp.example.org</t:ImAddress><t:RelevanceScore>2147483647</t:RelevanceScore>\
    <t:DisplayNames><t:StringAttributedValue><t:Value>Jane Doe {at}</t:Value><t:Attributions><t:Attribution>0</t:Attribution>\
    </t:Attributions></t:StringAttributedValue></t:DisplayNames><t:GivenNames><t:StringAttributedValue><t:Value>Jane</t:Value>\
    <t:Attributions><t:Attribution>0</t:Attribution></t:Attributions></t:StringAttributedValue></t:GivenNames></t:Persona>";

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
    value: GlobalElement,
    read: f64,
    write: f64,
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
    fn new(name: &'static str, before: &str, item: &str, after: &str) -> Message {
        let item = item.replace("{ID}", ID);
        let items: String = (0..ITEMS).map(|at| item.replace("{at}", &format!("{:02}", at % 60))).collect();
        let text = format!(
            "<m:{name} xmlns:m=\"http://schemas.microsoft.com/exchange/services/2006/messages\" \
             xmlns:t=\"http://schemas.microsoft.com/exchange/services/2006/types\"{before}{items}{after}</m:{name}>"
        );
        let value = GlobalElement::from_xml(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        Message { name, text, value, read: f64::INFINITY, write: f64::INFINITY }
    }

    fn round(&mut self) {
        let text = self.text.as_bytes();
        let read = per_byte(|| {
            let _ = black_box(GlobalElement::from_xml(black_box(text)));
            text.len()
        });
        let write = per_byte(|| black_box(&self.value).to_xml().map_or(0, |xml| xml.len()));
        (self.read, self.write) = (self.read.min(read), self.write.min(write));
    }
}

fn main() {
    let mut messages = [
        Message::new(
            "GetImItemListResponse",
            " ResponseClass=\"Success\"><m:ResponseCode>NoError</m:ResponseCode><m:ImItemList><t:Personas>",
            PERSONA,
            "</t:Personas></m:ImItemList>",
        ),
        Message::new("GetItemResponse", "><m:ResponseMessages>", MAIL, "</m:ResponseMessages>"),
    ];
    for _ in 0..ROUNDS {
        messages.iter_mut().for_each(Message::round);
    }
    for Message { name, text, read, write, .. } in &messages {
        println!("speed {name} {} {read:.3} {write:.3}", text.len());
    }
}
