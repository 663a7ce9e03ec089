//! Contacts as personas, and groups as the protocol shows them (UCS G4, P3 to P7).

use oxws::oxwscdata::{EmailAddress, FolderId, MailboxType, NonEmptyString};
use oxws::oxwscore::ItemId as WireId;
use oxws::oxwscos::ImGroup;
use oxws::oxwspers::{
    EmailAddressAttributedValue, ExtendedPropertyAttributedValue, Persona, PersonaAttribution,
    PersonaPhoneNumber, PhoneNumberAttributedValue, StringAttributedValue,
};
use oxws::rt::DateTime;
use oxws::soap::Fault;

use super::extended::Wanted;
use super::ids::{GROUP_CHANGE_KEY, Ids, Kind, contact_change_key};
use crate::accounts::MailboxId;
use crate::contacts::{Contact, ContactKind, Group, ItemId, List};
use crate::people::email_address;

/// The key by which the values of a persona name their only source (UCS P4).
pub(super) const SOURCE: &str = "0";
/// How much a contact that the user chose matters (UCS P3).
const RELEVANCE: i32 = i32::MAX;

/// Shows what is in a mailbox.
pub(super) struct Shown<'a> {
    pub(super) ids: &'a Ids,
    pub(super) mailbox: MailboxId,
    pub(super) wanted: &'a Wanted<'a>,
}

impl Shown<'_> {
    /// The id and change key of a contact; the same bytes wherever it is named (UCS P5).
    fn contact_id(&self, contact: ItemId) -> WireId {
        WireId {
            id: self.ids.encode(self.mailbox, Kind::Contact, contact),
            change_key: Some(contact_change_key(self.mailbox, contact)),
        }
    }

    /// A group without its members.
    pub(super) fn group(&self, group: &Group) -> Result<ImGroup, Fault> {
        let mut shown = ImGroup::new(text(&group.display_name)?, text(group.kind.class())?);
        shown.exchange_store_id = Some(WireId {
            id: self.ids.encode(self.mailbox, Kind::Group, group.id),
            change_key: Some(GROUP_CHANGE_KEY.to_owned()),
        });
        shown.smtp_address = group.smtp_address.clone();
        let properties = self.wanted.of_group(group);
        shown.extended_properties = (!properties.is_empty()).then_some(properties);
        Ok(shown)
    }

    /// A group with its members; without `MemberCorrelationKey` when it has none (UCS G4).
    pub(super) fn group_with_members(&self, list: &List, group: &Group) -> Result<ImGroup, Fault> {
        let mut shown = self.group(group)?;
        let members: Vec<WireId> = list.members(group.id).map(|member| self.contact_id(member.id)).collect();
        shown.member_correlation_key = (!members.is_empty()).then_some(members);
        Ok(shown)
    }

    /// The persona of a contact (UCS P3, P4, P6).
    pub(super) fn persona(&self, contact: &Contact) -> Result<Persona, Fault> {
        let name = &contact.display_name;
        let source = || vec![SOURCE.to_owned()];
        let attributed = |value: &str| vec![StringAttributedValue::new(value, source())];
        let mut attribution = PersonaAttribution::new(SOURCE, self.contact_id(contact.id), name.as_str());
        attribution.is_writable = Some(true);
        attribution.is_quick_contact = Some(true);
        attribution.is_hidden = Some(false);
        attribution.folder_id = Some(FolderId::new(self.ids.encode(self.mailbox, Kind::Folder, ItemId(0))));
        let id = WireId::new(self.ids.encode(self.mailbox, Kind::Persona, contact.id));
        let mut persona = Persona::new(id)
            .with_persona_type("Person")
            .with_display_name(name.as_str())
            .with_display_name_first_last(name.as_str())
            .with_display_name_last_first(name.as_str())
            .with_file_as_id("None")
            .with_relevance_score(RELEVANCE)
            .with_attributions(vec![attribution])
            .with_display_names(attributed(name))
            .with_file_as_ids(attributed("None"));
        if let Ok(created) = DateTime::from_unix(contact.created, 0) {
            persona.set_creation_time(created);
        }
        match contact.kind {
            ContactKind::Im => {
                if let Some(address) = email_address(contact) {
                    let email = EmailAddress {
                        name: Some(name.clone()),
                        email_address: Some(text(address)?),
                        routing_type: Some(text("SMTP")?),
                        mailbox_type: Some(MailboxType::OneOff),
                        ..EmailAddress::default()
                    };
                    persona.set_email_address(email.clone());
                    persona.set_email_addresses(vec![email.clone()]);
                    persona.set_emails1(vec![EmailAddressAttributedValue::new(email, source())]);
                }
                persona.set_im_address(contact.address.clone());
                persona.set_im_addresses(attributed(&contact.address));
            }
            ContactKind::Tel => {
                let number = PersonaPhoneNumber::new(name.as_str(), "Other");
                persona.set_other_telephones(vec![PhoneNumberAttributedValue::new(number, source())]);
            }
        }
        let properties = properties(self.wanted, contact);
        if !properties.is_empty() {
            persona.set_extended_properties(properties);
        }
        Ok(persona)
    }
}

/// What a contact has of the properties that are asked for, as its persona shows it.
pub(super) fn properties(wanted: &Wanted<'_>, contact: &Contact) -> Vec<ExtendedPropertyAttributedValue> {
    let properties = wanted.of_contact(contact).into_iter();
    properties.map(|value| ExtendedPropertyAttributedValue::new(value, vec![SOURCE.to_owned()])).collect()
}

/// A text that is kept, and so is not empty.
pub(super) fn text(text: &str) -> Result<NonEmptyString, Fault> {
    NonEmptyString::new(text).map_err(|_| Fault::internal())
}
