//! The four messages that everything is measured on, as text and as values of `oxws`.

use oxws::oxwscore::{BaseItemIdChoice, ItemId};
use oxws::oxwscos::{GetImItemListResponse, GetImItems};
use oxws::soap::{Envelope, Message};

use crate::corpus::{self, Random, Size};

/// One of the messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Document {
    /// A GetImItemList reply with 1000 contacts in 20 groups: 5 MB.
    Large,
    /// The same with 10 contacts in 6 groups: 50 KB.
    Medium,
    /// An AddImGroup request as a client writes it, with three header blocks and white space: 900 bytes.
    Request,
    /// A GetImItems request with 100 ids.
    Ids,
}

impl Document {
    /// All of them.
    pub const ALL: [Document; 4] = [Document::Large, Document::Medium, Document::Request, Document::Ids];

    /// Its name in results and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Document::Large => "large",
            Document::Medium => "medium",
            Document::Request => "request",
            Document::Ids => "ids",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Document> {
        Document::ALL.into_iter().find(|document| document.name() == name)
    }

    /// The message as text.
    pub fn text(self) -> String {
        match self {
            Document::Large | Document::Medium => written(&self.list()),
            Document::Request => REQUEST.to_owned(),
            Document::Ids => written(&ids()),
        }
    }

    /// The reply of the first two; an empty one of the others.
    pub fn list(self) -> Envelope<GetImItemListResponse> {
        let (personas, groups) = match self {
            Document::Large => (1000, 20),
            Document::Medium => (10, 6),
            Document::Request | Document::Ids => (0, 0),
        };
        corpus::item_list(Size { personas, groups, ..Size::default() })
    }
}

fn ids() -> Envelope<GetImItems> {
    let mut random = Random(3);
    let ids = (0..100).map(|_| {
        let mut id = ItemId::new(corpus::base64(&mut random, 152));
        id.change_key = Some(format!("EQAAABYAAAA{}", corpus::base64(&mut random, 29)));
        BaseItemIdChoice::ItemId(id)
    });
    Envelope::new(GetImItems { contact_ids: Some(ids.collect()), ..GetImItems::default() })
}

/// The documents hold nothing that XML cannot carry.
fn written<T: Message>(envelope: &Envelope<T>) -> String {
    let bytes = envelope.to_xml().unwrap_or_else(|error| panic!("{error}"));
    String::from_utf8(bytes).unwrap_or_else(|error| panic!("{error}"))
}

const REQUEST: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>
    <t:ExchangeImpersonation soap:mustUnderstand="1">
      <t:ConnectingSID>
        <t:PrimarySmtpAddress>jane.doe@sales.corp.example.org</t:PrimarySmtpAddress>
      </t:ConnectingSID>
    </t:ExchangeImpersonation>
    <t:MailboxCulture>de-DE</t:MailboxCulture>
    <t:RequestServerVersion Version="Exchange2013_SP1" />
  </soap:Header>
  <soap:Body>
    <m:AddImGroup>
      <m:DisplayName>Büro Düsseldorf, Vertrieb &amp; Kollegen (Rheinland und Ruhr)</m:DisplayName>
    </m:AddImGroup>
  </soap:Body>
</soap:Envelope>
"#;
