//! Entries of the directory as personas (UCS F9).

use oxws::oxwscdata::{EmailAddress, MailboxType};
use oxws::oxwscore::ItemId as WireId;
use oxws::oxwspers::{
    EmailAddressAttributedValue, ExtendedPropertyAttributedValue, Persona, PersonaAttribution,
    PersonaPhoneNumber, PhoneNumberAttributedValue, StringAttributedValue,
};
use oxws::rt::DateTime;
use oxws::soap::Fault;

use super::ids::Kind;
use super::personas::{SOURCE, Shown, text};
use crate::contacts::ItemId;
use crate::people::{Details, Entry, Person, Shape};
use crate::service::shapes;

/// How the directory is called as a source of values.
const DIRECTORY: &str = "Directory";

impl Shown<'_> {
    /// Somebody who was found, with what the shape has.
    pub(super) fn person(&self, person: &Person, shape: &Shape) -> Result<Persona, Fault> {
        let persona = match person {
            Person::Contact(contact) => self.persona(contact),
            Person::Entry(entry) => self.entry(entry),
        };
        persona.map(|persona| shapes::cut(persona, shape))
    }

    /// The persona of an entry of the directory.
    fn entry(&self, entry: &Entry) -> Result<Persona, Fault> {
        let Details { email, display_name, .. } = &entry.details;
        let id = |kind| WireId::new(self.ids.encode(self.mailbox, kind, ItemId(entry.id.0)));
        let mut attribution = PersonaAttribution::new(SOURCE, id(Kind::Entry), DIRECTORY);
        attribution.is_writable = Some(false);
        attribution.is_quick_contact = Some(false);
        attribution.is_hidden = Some(false);
        let (first_last, last_first) = (entry.details.first_last(), entry.details.last_first());
        let address = EmailAddress {
            name: Some(display_name.clone()),
            email_address: Some(text(email)?),
            routing_type: Some(text("SMTP")?),
            mailbox_type: Some(MailboxType::Mailbox),
            ..EmailAddress::default()
        };
        let mut persona = Persona::new(id(Kind::EntryPersona))
            .with_persona_type("Person")
            .with_display_name(display_name.as_str())
            .with_display_name_first_last(first_last)
            .with_display_name_last_first(last_first.clone())
            .with_file_as(last_first.clone())
            .with_email_address(address.clone())
            .with_email_addresses(vec![address.clone()])
            .with_attributions(vec![attribution])
            .with_display_names(texts(display_name))
            .with_file_ases(texts(&last_first))
            .with_emails1(vec![EmailAddressAttributedValue::new(address, source())]);
        if let Ok(created) = DateTime::from_unix(entry.created, 0) {
            persona.set_creation_time(created);
        }
        self.describe(&mut persona, &entry.details);
        let properties = self.wanted.of_entry(&entry.details).into_iter();
        let properties: Vec<_> =
            properties.map(|property| ExtendedPropertyAttributedValue::new(property, source())).collect();
        if !properties.is_empty() {
            persona.set_extended_properties(properties);
        }
        Ok(persona)
    }

    /// What may be absent of an entry, each as a value and as one with its source.
    fn describe(&self, persona: &mut Persona, details: &Details) {
        if let Some(given) = &details.given_name {
            persona.set_given_name(given.clone());
            persona.set_given_names(texts(given));
        }
        if let Some(surname) = &details.surname {
            persona.set_surname(surname.clone());
            persona.set_surnames(texts(surname));
        }
        if let Some(address) = &details.im_address {
            persona.set_im_address(address.clone());
            persona.set_im_addresses(texts(address));
        }
        if let Some(company) = &details.company {
            persona.set_company_name(company.clone());
            persona.set_company_names(texts(company));
        }
        if let Some(department) = &details.department {
            persona.set_department(department.clone());
            persona.set_departments(texts(department));
        }
        if let Some(title) = &details.title {
            persona.set_title(title.clone());
            persona.set_titles(texts(title));
        }
        if let Some(office) = &details.office {
            persona.set_office_locations(texts(office));
        }
        let number = |number: &str, kind| PersonaPhoneNumber::new(number, kind);
        if let Some(phone) = &details.phone {
            persona.set_phone_number(number(phone, "Business"));
            let number = PhoneNumberAttributedValue::new(number(phone, "Business"), source());
            persona.set_business_phone_numbers(vec![number]);
        }
        if let Some(mobile) = &details.mobile {
            if details.phone.is_none() {
                persona.set_phone_number(number(mobile, "Mobile"));
            }
            let number = PhoneNumberAttributedValue::new(number(mobile, "Mobile"), source());
            persona.set_mobile_phones(vec![number]);
        }
    }
}

fn source() -> Vec<String> {
    vec![SOURCE.to_owned()]
}

fn texts(value: &str) -> Vec<StringAttributedValue> {
    vec![StringAttributedValue::new(value, source())]
}
