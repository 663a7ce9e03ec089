//! Personas, kept as they were written: a reply that shows some of them is put together of what is there, and of the
//! extended properties that the request asks for, which come last in a persona.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use oxws::oxwscore::ItemId as WireId;
use oxws::oxwscos::{GetImItemsResponse, ImItemList};
use oxws::oxwspers::{ExtendedPropertyAttributedValue, Persona};
use oxws::server::exchange_2013;
use oxws::soap::{Fault, Outcome, Response, Written};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::extended::Wanted;
use super::personas::properties;
use super::reply::{Answer, reply};
use crate::accounts::MailboxId;
use crate::contacts::{Contact, ItemId};

/// The personas of some contacts, and what stands around them in a reply.
pub(super) struct Kept {
    personas: Cache<(MailboxId, ItemId), Entry, Size>,
    around: Option<Around>,
}

/// A persona, and the contact that it shows.
#[derive(Clone)]
struct Entry {
    contact: Arc<Contact>,
    xml: Bytes,
}

#[derive(Clone)]
struct Size;

impl Weighter<(MailboxId, ItemId), Entry> for Size {
    fn weight(&self, _: &(MailboxId, ItemId), entry: &Entry) -> u64 {
        // The contact is shared with its list, most of the time.
        (entry.xml.len() + entry.contact.size()) as u64
    }
}

/// What stands before and after the personas of a reply, whatever they are: namespaces are declared at the root.
struct Around {
    before: Vec<u8>,
    after: Vec<u8>,
}

/// The end of a persona.
const END: &str = "</t:Persona>";
/// The beginning of one that has no other content than extended properties. No text has a `<` in it as it is written.
const SAMPLE: &str = "<t:Persona><t:PersonaId Id=\"sample\"/>";

fn sample() -> Persona {
    Persona::new(WireId::new("sample"))
}

impl Around {
    /// As a reply with a persona has it; `None` when that has not the form it should.
    fn new() -> Option<Around> {
        let sample = envelope(vec![sample()]).ok()?;
        let text = str::from_utf8(&sample).ok()?;
        let (before, rest) = text.split_once(SAMPLE)?;
        let after = rest.strip_prefix(END)?;
        Some(Around { before: before.into(), after: after.into() })
    }

    /// The extended properties of some personas as they are written, one text for each.
    fn properties(&self, of: Vec<Vec<ExtendedPropertyAttributedValue>>) -> Result<Vec<String>, Fault> {
        let count = of.len();
        let persona = |properties: Vec<_>| match properties.is_empty() {
            true => sample(),
            false => sample().with_extended_properties(properties),
        };
        let reply = envelope(of.into_iter().map(persona).collect())?;
        let inside = self.personas(&reply).and_then(|inside| str::from_utf8(&reply[inside]).ok());
        let texts = inside.into_iter().flat_map(|inside| inside.split(SAMPLE).skip(1));
        let texts: Option<Vec<String>> =
            texts.map(|text| text.strip_suffix(END).map(str::to_owned)).collect();
        texts.filter(|texts| texts.len() == count).ok_or_else(Fault::internal)
    }

    /// Where the personas of a reply are.
    fn personas(&self, reply: &[u8]) -> Option<Range<usize>> {
        let inside = reply.strip_prefix(&*self.before)?.strip_suffix(&*self.after)?;
        Some(self.before.len()..self.before.len() + inside.len())
    }
}

impl Kept {
    /// With that many bytes, about, for all of them.
    pub(super) fn new(bytes: u64) -> Kept {
        let average = 2_500;
        let personas = Cache::with_weighter((bytes / average).max(16) as usize, bytes, Size);
        Kept { personas, around: Around::new() }
    }

    /// The reply that shows these contacts, with what they have of the properties. Makes personas without properties by
    /// `make`.
    pub(super) fn reply(
        &self,
        mailbox: MailboxId,
        contacts: &[&Arc<Contact>],
        wanted: &Wanted<'_>,
        make: impl Fn(&Contact) -> Result<Persona, Fault>,
    ) -> Outcome<GetImItemsResponse> {
        let of = contacts.iter().map(|contact| properties(wanted, contact));
        let Some(around) = &self.around else {
            let personas = contacts.iter().zip(of).map(|(contact, properties)| {
                let persona = make(contact)?;
                Ok(if properties.is_empty() { persona } else { persona.with_extended_properties(properties) })
            });
            return reply(Ok(response(personas.collect::<Result<_, Fault>>()?)));
        };
        let personas = contacts.iter().map(|contact| self.persona(mailbox, contact, around, &make));
        let personas = personas.collect::<Result<Vec<_>, _>>()?;
        let of: Vec<_> = if wanted.is_empty() { Vec::new() } else { of.collect() };
        let properties = match of.iter().all(Vec::is_empty) {
            true => Vec::new(),
            false => around.properties(of)?,
        };
        let size = personas.iter().map(Bytes::len).sum::<usize>()
            + properties.iter().map(String::len).sum::<usize>()
            + around.before.len()
            + around.after.len();
        let mut envelope = Vec::with_capacity(size);
        envelope.extend_from_slice(&around.before);
        let mut properties = properties.iter();
        for persona in &personas {
            let whole = persona.strip_suffix(END.as_bytes()).ok_or_else(Fault::internal)?;
            envelope.extend_from_slice(whole);
            envelope.extend_from_slice(properties.next().map_or(&[], |text| text.as_bytes()));
            envelope.extend_from_slice(END.as_bytes());
        }
        envelope.extend_from_slice(&around.after);
        let mut response: Response<GetImItemsResponse> = reply(Ok(Answer::success()))?;
        response.extensions.insert(Written(envelope.into()));
        Ok(response)
    }

    /// The persona of a contact: as it was kept, or made now.
    fn persona(
        &self,
        mailbox: MailboxId,
        contact: &Arc<Contact>,
        around: &Around,
        make: impl Fn(&Contact) -> Result<Persona, Fault>,
    ) -> Result<Bytes, Fault> {
        let name = (mailbox, contact.id);
        // A list that was read again has other contacts, which are mostly the same.
        let same = |entry: &Entry| Arc::ptr_eq(&entry.contact, contact) || entry.contact == *contact;
        if let Some(entry) = self.personas.get(&name).filter(same) {
            return Ok(entry.xml);
        }
        let reply = envelope(vec![make(contact)?])?;
        let inside = around.personas(&reply).ok_or_else(Fault::internal)?;
        let xml = Bytes::copy_from_slice(&reply[inside]);
        self.personas.insert(name, Entry { contact: contact.clone(), xml: xml.clone() });
        Ok(xml)
    }
}

fn response(personas: Vec<Persona>) -> GetImItemsResponse {
    let im_item_list = ImItemList { groups: None, personas: Some(personas) };
    GetImItemsResponse { im_item_list: Some(im_item_list), ..Answer::success() }
}

fn envelope(personas: Vec<Persona>) -> Result<Vec<u8>, Fault> {
    let mut response = Response::new(response(personas));
    response.headers.server_version = Some(exchange_2013());
    response.to_xml().map_err(|error| Fault::unwritable(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn persona(id: &str) -> Persona {
        Persona::new(WireId::new(id)).with_display_name("</t:Persona> & <t:Persona>")
    }

    #[test]
    fn a_reply_is_what_stands_around_its_personas_and_they() {
        let around = Around::new().unwrap();
        let [one, two, both] =
            [vec![persona("one")], vec![persona("two")], vec![persona("one"), persona("two")]].map(
                |personas| {
                    let reply = envelope(personas).unwrap();
                    let inside = around.personas(&reply).unwrap();
                    (reply[inside].to_vec(), reply)
                },
            );
        assert_eq!(both.0, [one.0.clone(), two.0].concat());
        assert!(
            one.0.starts_with(b"<t:Persona><t:PersonaId Id=\"one\"/>") && one.0.ends_with(b"</t:Persona>")
        );
        assert_eq!(both.1, [around.before.as_slice(), &both.0, &around.after].concat());
    }
}
