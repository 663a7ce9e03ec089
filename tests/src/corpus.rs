//! A made-up contact list of any size, the same for the same seed: the GetImItemListResponse that the benches
//! read and write, and a small request.
//!
//! A list of 1000 has 20 groups with their members, the three special ones first (UCS G1). A persona has what a
//! server sends for a contact (UCS P3, P4): names with orderings and sort keys, e-mail, IM address, two or three
//! telephone numbers, company, mostly an address, one attribution that everything attributed refers to. That is
//! 3 to 5 KB each with ids as long as Exchange's, nearly 5 MB in all. One in eight names is not ASCII, and company
//! and department often need escapes.
//!
//! The text is what [`Envelope::to_xml`] writes: prefixes `t` and `m` declared on the root, no white space
//! between elements, as Exchange writes but for the place of the declarations. `tests/corpus.rs` checks it with
//! another parser.

use std::fmt::Write as _;

use oxws::oxwscdata::ExchangeVersion;
use oxws::oxwscdata::{
    EmailAddress, FolderId, MailboxCulture, MailboxType, NonEmptyString, RequestServerVersion, ResponseClass,
    ResponseCode, ServerVersionInfo,
};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImGroup, GetImItemListResponse, ImGroup, ImItemList, RequestHeaders, ResponseHeaders,
};
use oxws::oxwspers::{
    EmailAddressAttributedValue, Persona, PersonaAttribution, PersonaPhoneNumber, PersonaPostalAddress,
    PhoneNumberAttributedValue, PostalAddressAttributedValue, StringAttributedValue,
};
use oxws::rt::DateTime;
use oxws::soap::Envelope;

/// What to make up.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Number of contacts.
    pub personas: usize,
    /// Number of groups, at least the three special ones.
    pub groups: usize,
    /// Start of the random sequence.
    pub seed: u64,
    /// Characters of an id; Exchange has about 150.
    pub id: usize,
}

impl Default for Size {
    /// The full list of a mailbox: 1000 contacts (UCS P1) in 20 groups.
    fn default() -> Size {
        Size { personas: 1000, groups: 20, seed: 1, id: 152 }
    }
}

/// The reply with the whole list.
pub fn item_list(size: Size) -> Envelope<GetImItemListResponse> {
    let mut random = Random(size.seed);
    let mut list = ImItemList::default();
    let mut members: Vec<Vec<ItemId>> = vec![Vec::new(); size.groups.max(3)];
    let mut personas = Vec::with_capacity(size.personas);
    for number in 0..size.personas {
        let contact = Contact::new(number, size.id, &mut random);
        // In one or two of the groups that are not special.
        for _ in 0..1 + random.below(2) {
            let spread = members.len().saturating_sub(3).max(1);
            let at = (3 + random.below(spread)) % members.len();
            if members[at].last() != Some(&contact.source) {
                members[at].push(contact.source.clone());
            }
        }
        personas.push(contact.persona(size.id, &mut random));
    }
    list.groups =
        Some(members.into_iter().enumerate().map(|(at, ids)| group(at, ids, size.id, &mut random)).collect());
    list.personas = Some(personas);
    let mut response = GetImItemListResponse::new(ResponseClass::Success);
    response.response_code = Some(ResponseCode::NoError);
    response.im_item_list = Some(list);
    let version = ServerVersionInfo {
        major_version: Some(15),
        minor_version: Some(0),
        major_build_number: Some(349),
        minor_build_number: Some(0),
        version: Some("Exchange2013".to_owned()),
    };
    Envelope::new(response).with_headers(ResponseHeaders { server_version: Some(version) })
}

/// The text of [`item_list`].
pub fn item_list_text(size: Size) -> Vec<u8> {
    written(&item_list(size))
}

/// A small request: AddImGroup with the usual header blocks.
pub fn small_request() -> Envelope<AddImGroup> {
    let headers = RequestHeaders {
        impersonation: None,
        mailbox_culture: "en-US".parse().ok().map(MailboxCulture::new),
        request_version: Some(RequestServerVersion::new(ExchangeVersion::Exchange2013)),
    };
    Envelope::new(AddImGroup::new(non_empty("Büro & Kollegen"))).with_headers(headers)
}

/// The text of [`small_request`], prefixes declared on the root.
pub fn small_request_text() -> Vec<u8> {
    written(&small_request())
}

/// The body of [`small_request`] as a document of its own, 230 bytes as a client writes it.
pub fn small_body_text() -> Vec<u8> {
    let body = concat!(
        r#"<m:AddImGroup xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" "#,
        r#"xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">"#,
        "\n  <m:DisplayName>Büro &amp; Kollegen</m:DisplayName>\n</m:AddImGroup>\n"
    );
    body.as_bytes().to_vec()
}

/// The corpus holds nothing that XML cannot carry, so writing it succeeds.
fn written<T: oxws::soap::Message>(envelope: &Envelope<T>) -> Vec<u8> {
    envelope.to_xml().unwrap_or_default()
}

fn non_empty(text: &str) -> NonEmptyString {
    // No caller passes an empty text.
    NonEmptyString::new(text).unwrap_or_else(|invalid| panic!("{invalid}"))
}

fn group(at: usize, members: Vec<ItemId>, id: usize, random: &mut Random) -> ImGroup {
    let (name, kind) = match at {
        0 => ("Other Contacts".to_owned(), "OtherContacts"),
        1 => ("Tagged".to_owned(), "Tagged"),
        2 => ("Favorites".to_owned(), "Favorites"),
        at if at.is_multiple_of(5) => (format!("Sales & Support {at}"), "DG"),
        at => (format!("Projekt “Größe” {at}"), "UserGroup"),
    };
    let mut group = ImGroup::new(non_empty(&name), non_empty(&format!("IPM.DistList.MOC.{kind}")));
    let mut store = ItemId::new(base64(random, id));
    store.change_key = Some("EgAAAA==".to_owned());
    group.exchange_store_id = Some(store);
    // An empty group is listed without the element (UCS G4).
    group.member_correlation_key = (!members.is_empty()).then_some(members);
    group.smtp_address = (kind == "DG").then(|| format!("dg{at}@contoso.com"));
    group
}

/// What all parts of one persona are made from.
struct Contact {
    number: usize,
    source: ItemId,
    given: &'static str,
    surname: &'static str,
    email: String,
    company: &'static str,
    department: &'static str,
}

const GIVEN: [&str; 16] = [
    "Anna", "Ben", "Chloé", "David", "Eva", "Frank", "Grace", "Hugo", "Ida", "Jürgen", "Kim", "Li", "Maria",
    "Noah", "Olga", "Paul",
];
const SURNAMES: [&str; 16] = [
    "Smith", "Müller", "Jones", "Brown", "García", "Davis", "Wilson", "Moore", "O'Neill", "Clark", "Lewis",
    "山田", "Young", "King", "Wright", "Hill",
];
const COMPANIES: [&str; 10] = [
    "Contoso",
    "Fabrikam Inc.",
    "Tailspin Toys",
    "Smith & Sons",
    "Northwind Traders",
    "Adventure Works",
    "Litware",
    "Proseware <R&D>",
    "Wingtip",
    "Woodgrove Bank",
];
const DEPARTMENTS: [&str; 6] = ["Sales", "Research & Development", "Support", "Finance", "IT", "Logistics"];
const STREETS: [&str; 4] = ["1 Microsoft Way", "22 Baker Street", "Königsallee 7", "9 Rue de l’Église"];
const CITIES: [&str; 4] = ["Redmond", "London", "Düsseldorf", "Paris"];

impl Contact {
    fn new(number: usize, id: usize, random: &mut Random) -> Contact {
        let mut source = ItemId::new(base64(random, id));
        source.change_key = Some(format!("EQAAABYAAAA{}", base64(random, 29)));
        let company = random.pick(&COMPANIES);
        let domain: String = company.chars().filter(char::is_ascii_alphanumeric).collect();
        Contact {
            number,
            source,
            given: random.pick(&GIVEN),
            surname: random.pick(&SURNAMES),
            email: format!("user{number}@{}.com", domain.to_ascii_lowercase()),
            company,
            department: random.pick(&DEPARTMENTS),
        }
    }

    fn mailbox(&self) -> EmailAddress {
        EmailAddress {
            name: Some(format!("{} {}", self.given, self.surname)),
            email_address: Some(non_empty(&self.email)),
            routing_type: Some(non_empty("SMTP")),
            mailbox_type: Some(MailboxType::Contact),
            item_id: None,
            original_display_name: Some(self.email.clone()),
        }
    }

    fn persona(&self, id: usize, random: &mut Random) -> Persona {
        let first_last = format!("{} {}", self.given, self.surname);
        let last_first = format!("{}, {}", self.surname, self.given);
        let sip = format!("sip:{}", self.email);
        let work = PersonaPhoneNumber::new(format!("+1 (425) 555-{:04}", self.number % 10_000), "Business");
        let mobile = PersonaPhoneNumber::new(format!("+44 7700 {:06}", random.below(1_000_000)), "Mobile");
        let since =
            DateTime::from_unix(1_360_000_000 + i64::try_from(random.below(400_000_000)).unwrap_or(0), 0);
        let mut persona = Persona::new(ItemId::new(base64(random, id * 3 / 4)))
            .with_persona_type("Person")
            .with_display_name_first_last_sort_key(first_last.to_lowercase())
            .with_display_name_last_first_sort_key(last_first.to_lowercase())
            .with_display_name_first_last_header(self.given.chars().take(1).collect::<String>())
            .with_display_name(first_last.clone())
            .with_display_name_first_last(first_last.clone())
            .with_display_name_last_first(last_first.clone())
            .with_file_as(last_first.clone())
            .with_file_as_id("None")
            .with_given_name(self.given)
            .with_surname(self.surname)
            .with_title("Senior Account Manager")
            .with_department(self.department)
            .with_company_name(self.company)
            .with_email_address(self.mailbox())
            .with_email_addresses(vec![self.mailbox()])
            .with_phone_number(work.clone())
            .with_im_address(sip.clone())
            .with_relevance_score(i32::MAX)
            .with_attributions(vec![self.attribution(&first_last)])
            .with_display_names(attributed(&first_last))
            .with_file_ases(attributed(&last_first))
            .with_file_as_ids(attributed("None"))
            .with_given_names(attributed(self.given))
            .with_surnames(attributed(self.surname))
            .with_business_phone_numbers(phone(work))
            .with_emails1(vec![EmailAddressAttributedValue::new(self.mailbox(), sources())])
            .with_im_addresses(attributed(&sip))
            .with_company_names(attributed(self.company));
        persona.set_creation_time(since.ok());
        if random.below(3) > 0 {
            persona.set_business_addresses(vec![PostalAddressAttributedValue::new(
                self.address(random),
                sources(),
            )]);
        }
        if random.below(2) == 0 {
            persona.set_mobile_phones(phone(mobile));
        }
        if random.below(3) == 0 {
            let home =
                PersonaPhoneNumber::new(format!("+49 211 {}", 100_000 + random.below(900_000)), "Home");
            persona.set_home_phones(phone(home));
        }
        persona
    }

    /// The only one (UCS P4).
    fn attribution(&self, name: &str) -> PersonaAttribution {
        let mut attribution = PersonaAttribution::new("0", self.source.clone(), name);
        attribution.is_writable = Some(true);
        attribution.is_quick_contact = Some(true);
        attribution.is_hidden = Some(false);
        let mut folder = FolderId::new(
            "AAMkAGQ1MjJjMTBkLTc4Y2UtNDA5Ny04ZjU5LWI3MGFmZDlhYTE0MAAuAAAAAACbz6G7QuickContacts=",
        );
        folder.change_key = Some("AQAAAA==".to_owned());
        attribution.folder_id = Some(folder);
        attribution
    }

    fn address(&self, random: &mut Random) -> PersonaPostalAddress {
        let (street, city) = (random.pick(&STREETS), random.pick(&CITIES));
        PersonaPostalAddress {
            street: Some(street.to_owned()),
            city: Some(city.to_owned()),
            postal_code: Some(format!("{:05}", random.below(100_000))),
            formatted_address: Some(format!("{street}\n{city}")),
            r#type: Some("Business".to_owned()),
            ..PersonaPostalAddress::default()
        }
    }
}

fn sources() -> Vec<String> {
    vec!["0".to_owned()]
}

fn attributed(text: &str) -> Vec<StringAttributedValue> {
    vec![StringAttributedValue::new(text, sources())]
}

fn phone(number: PersonaPhoneNumber) -> Vec<PhoneNumberAttributedValue> {
    vec![PhoneNumberAttributedValue::new(number, sources())]
}

/// `length` characters of base64, as ids look.
pub fn base64(random: &mut Random, length: usize) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(length);
    text.push_str("AAMkAG");
    while text.len() < length.saturating_sub(1) {
        text.push(char::from(DIGITS[random.below(64)]));
    }
    // Formatting into a string cannot fail.
    let _ = text.write_char('=');
    text
}

/// A sequence of numbers that look random (SplitMix64): the same on every machine, without a dependency.
#[derive(Clone, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(1).max(1);
        usize::try_from(self.bits() % end).unwrap_or(0)
    }

    /// One of these.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}
