//! The texts that everything is measured on.

use std::path::Path;

use oxws::oxwscdata::ResponseCode;
use oxws::oxwscore::{BaseItemIdChoice, ItemId};
use oxws::oxwscos::GetImItems;
use oxws::soap::{Envelope, Message};

use crate::corpus::{self, Random, Size};

/// One of the texts.
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
    /// The body of an AddImGroup request by itself: 230 bytes.
    Body,
    /// Not XML: all response codes, a line each.
    Codes,
}

impl Document {
    /// All of them.
    pub const ALL: [Document; 6] = [
        Document::Large,
        Document::Medium,
        Document::Request,
        Document::Ids,
        Document::Body,
        Document::Codes,
    ];

    /// Its name in results and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Document::Large => "large",
            Document::Medium => "medium",
            Document::Request => "request",
            Document::Ids => "ids",
            Document::Body => "body",
            Document::Codes => "codes",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Document> {
        Document::ALL.into_iter().find(|document| document.name() == name)
    }

    /// The text. Made anew, unless the environment names a folder of texts that were made before: making one leaves
    /// memory behind that whoever measures memory does not want.
    pub fn text(self) -> String {
        if let Some(folder) = std::env::var_os(FOLDER) {
            let path = Path::new(&folder).join(format!("{}.xml", self.name()));
            return std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        match self {
            Document::Large => list(1000, 20),
            Document::Medium => list(10, 6),
            Document::Request => REQUEST.to_owned(),
            Document::Ids => written(&ids()),
            Document::Body => String::from_utf8_lossy(&corpus::small_body_text()).into_owned(),
            Document::Codes => {
                ResponseCode::VALUES.iter().map(|code| code.as_str().to_owned() + "\n").collect()
            }
        }
    }

    /// The text if it is XML.
    pub(crate) fn xml(self) -> Option<String> {
        (self != Document::Codes).then(|| self.text())
    }

    /// The lines of the text if it is not.
    pub(crate) fn codes(self) -> Option<Vec<&'static str>> {
        (self == Document::Codes).then(|| ResponseCode::VALUES.iter().map(ResponseCode::as_str).collect())
    }

    /// Writes all texts into a folder.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save(folder: &Path) -> Result<(), String> {
        Document::ALL.into_iter().try_for_each(|document| {
            let path = folder.join(format!("{}.xml", document.name()));
            std::fs::write(&path, document.text()).map_err(|error| format!("{}: {error}", path.display()))
        })
    }
}

/// The variable of the environment that names a folder of texts.
pub const FOLDER: &str = "OXWS_PEERS_DOCUMENTS";

fn list(personas: usize, groups: usize) -> String {
    written(&corpus::item_list(Size { personas, groups, ..Size::default() }))
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
