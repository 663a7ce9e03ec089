//! `Snapshot`: the list of a mailbox as a server shows it, with the ids to change it by.

use std::collections::HashMap;

use anyhow::Context as _;
use oxws::client::{Client, Error, Transport};
use oxws::oxwscdata::{DistinguishedPropertySet, ResponseCode};
use oxws::oxwscore::ItemId;
use oxws::oxwscos::{GetImItemList, ImItemList};
use oxws::oxwspers::Persona;
use oxws::oxwsxprop::{ExtendedPropertyContent, MapiPropertyType, PathToExtendedField};

use super::explain::explain_read;
use super::model::{Contact, ContactKey, Group, GroupKey, GroupKind, List, ListBuilder};

/// Number of the property in the set Address that holds the IM address (UCS O14).
const IM_ADDRESS: i32 = 0x8062;

/// The list of a mailbox.
#[derive(Clone, Default, Debug)]
pub struct Snapshot {
    /// What is in it.
    pub list: List,
    /// Ids of the groups.
    pub groups: HashMap<GroupKey, ItemId>,
    /// Ids of the contacts.
    pub contacts: HashMap<ContactKey, ItemId>,
    /// What was left out, in sentences.
    pub notes: Vec<String>,
}

impl Snapshot {
    /// Asks the server for the list.
    ///
    /// The IM addresses are asked for as properties, too: that is where the SIP URI of a telephone contact is. A server
    /// that refuses properties is asked without.
    ///
    /// # Errors
    /// When the server does not answer with a list.
    pub async fn fetch<T: Transport>(client: &Client<T>) -> anyhow::Result<Snapshot> {
        let request = GetImItemList { extended_properties: Some(vec![im_address_path()]) };
        let reply = match client.call(request).await {
            Err(error) if refuses_properties(&error) => client.call(GetImItemList::default()).await,
            answer => answer,
        };
        let reply = reply.map_err(explain_read).context("the list cannot be read")?;
        Ok(Snapshot::of(&reply.im_item_list.unwrap_or_default()))
    }

    /// Makes sense of a reply, as clients do: the contact behind a persona is its first source, and members are named
    /// by the id of that source, byte for byte (UCS P4, P5).
    pub fn of(reply: &ImItemList) -> Snapshot {
        let mut snapshot = Snapshot::default();
        let mut builder = ListBuilder::default();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for persona in reply.personas.iter().flatten() {
            let Some(id) = persona.attributions().and_then(|sources| sources.first()).map(|s| &s.source_id)
            else {
                snapshot.notes.push(format!("the contact {} has no id and is left out", name(persona)));
                continue;
            };
            let Some(contact) = contact(persona) else {
                let text = format!("the contact {} has no address or number and is left out", name(persona));
                snapshot.notes.push(text);
                continue;
            };
            snapshot.contacts.entry(contact.key()).or_insert_with(|| id.clone());
            places.insert(&id.id, builder.contact(contact));
        }
        for group in reply.groups.iter().flatten() {
            let (name, class) = (group.display_name.get(), group.group_type.get());
            let Some(kind) = GroupKind::of_class(class) else {
                snapshot
                    .notes
                    .push(format!("the group {name} is of the unknown kind {class} and is left out"));
                continue;
            };
            let known = match Group::new(kind, name, group.smtp_address.as_deref()) {
                Ok(known) => known,
                Err(unfit) => {
                    snapshot.notes.push(format!("the group {name} is left out: {unfit}"));
                    continue;
                }
            };
            if let Some(id) = &group.exchange_store_id {
                snapshot.groups.entry(known.key()).or_insert_with(|| id.clone());
            }
            let place = builder.group(known);
            let members = group.member_correlation_key.iter().flatten();
            for member in members.filter_map(|member| places.get(member.id.as_str())) {
                builder.join(place, *member);
            }
        }
        snapshot.list = builder.build();
        snapshot
    }

    /// The id of a group.
    pub fn group_id(&self, group: &Group) -> Option<&ItemId> {
        self.groups.get(&group.key())
    }

    /// The id of a contact.
    pub fn contact_id(&self, contact: &Contact) -> Option<&ItemId> {
        self.contacts.get(&contact.key())
    }
}

fn im_address_path() -> PathToExtendedField {
    PathToExtendedField {
        distinguished_property_set_id: Some(DistinguishedPropertySet::Address),
        property_set_id: None,
        property_tag: None,
        property_name: None,
        property_id: Some(IM_ADDRESS),
        property_type: MapiPropertyType::String,
    }
}

fn refuses_properties(error: &Error) -> bool {
    matches!(
        error.response_code(),
        Some(
            ResponseCode::ErrorInvalidExtendedProperty
                | ResponseCode::ErrorInvalidExtendedPropertyValue
                | ResponseCode::ErrorUnsupportedMapiPropertyType
                | ResponseCode::ErrorInvalidRequest
                | ResponseCode::ErrorSchemaValidation
        )
    )
}

/// The contact that a persona shows: by its IM address, or else by its telephone number, or else by an e-mail address.
fn contact(persona: &Persona) -> Option<Contact> {
    let name = persona.display_name().map(|name| name.as_str());
    let filled = |text: &&str| !text.trim().is_empty();
    let im_address = persona.im_address().map(|address| address.as_str()).filter(filled).or_else(|| {
        let all = persona.im_addresses().into_iter().flatten();
        all.map(|address| address.value.as_str()).find(filled)
    });
    if let Some(address) = im_address {
        return Contact::new(address, name, None).ok();
    }
    let property = im_address_property(persona).filter(filled);
    let mut numbers = persona.other_telephones().into_iter().flatten();
    if let Some(number) = numbers.next() {
        return Contact::of_number(&number.value.number).ok().map(|contact| contact.with_sip(property));
    }
    let email = persona
        .email_address()
        .and_then(|email| email.email_address.as_ref())
        .map(|text| text.get().as_str());
    property.or(email).and_then(|address| Contact::new(address, name, None).ok())
}

fn im_address_property(persona: &Persona) -> Option<&str> {
    persona.extended_properties().into_iter().flatten().find_map(|property| {
        let path = &property.value.extended_field_uri;
        match &property.value.content {
            ExtendedPropertyContent::Value(value) if path.property_id == Some(IM_ADDRESS) => {
                Some(value.as_str())
            }
            _ => None,
        }
    })
}

fn name(persona: &Persona) -> &str {
    persona.display_name().map_or("without a name", |name| name.as_str())
}
