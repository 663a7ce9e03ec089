//! Personas on the wire, byte by byte where a client depends on it.

use oxws::oxwscos::*;

use crate::site::{JANE, Site, ids};
use crate::xml::{attributes, children, inner, texts};

/// UCS P3: the children of a persona, in the order of the schema, and their values.
#[test]
fn a_persona_has_what_clients_show() {
    let site = Site::new();
    let mut request = AddNewImContactToGroup::new("sip:jane.doe@example.org".parse().unwrap());
    request.display_name = Some("Jane & Doe".parse().unwrap());
    let xml = site.jane().ask(request).xml;
    assert_eq!(
        children(&xml, "m:Persona"),
        [
            "t:PersonaId",
            "t:PersonaType",
            "t:CreationTime",
            "t:DisplayName",
            "t:DisplayNameFirstLast",
            "t:DisplayNameLastFirst",
            "t:FileAsId",
            "t:EmailAddress",
            "t:EmailAddresses",
            "t:ImAddress",
            "t:RelevanceScore",
            "t:Attributions",
            "t:DisplayNames",
            "t:FileAsIds",
            "t:Emails1",
            "t:ImAddresses",
        ]
        .map(str::to_owned)
        .to_vec(),
        "{xml}"
    );
    let id = attributes(&xml, "t:PersonaId", "Id")[0];
    assert!(xml.contains(&format!("<t:PersonaId Id=\"{id}\"/>")), "Id only");
    for (element, value) in [
        ("t:PersonaType", "Person"),
        ("t:CreationTime", "2023-11-14T22:13:20Z"),
        ("t:DisplayNameFirstLast", "Jane &amp; Doe"),
        ("t:DisplayNameLastFirst", "Jane &amp; Doe"),
        ("t:FileAsId", "None"),
        ("t:ImAddress", "sip:jane.doe@example.org"),
        ("t:RelevanceScore", "2147483647"),
    ] {
        assert_eq!(texts(&xml, element), [value], "{element}");
    }
    let attributed = |value: &str| {
        format!("<t:Value>{value}</t:Value><t:Attributions><t:Attribution>0</t:Attribution></t:Attributions>")
    };
    for (element, value) in [
        ("t:DisplayNames", "Jane &amp; Doe"),
        ("t:FileAsIds", "None"),
        ("t:ImAddresses", "sip:jane.doe@example.org"),
    ] {
        let expected = format!("<t:StringAttributedValue>{}</t:StringAttributedValue>", attributed(value));
        assert_eq!(inner(&xml, element), [expected], "{element}");
    }
}

/// UCS P3: where there is no name the address is it; where the address is none for mail, there is no mail.
#[test]
fn a_persona_without_mail() {
    let site = Site::new();
    for odd in
        ["sip:jane", "@example.org", "jane@", "Jane Doe <jane@example.org>", "a b@example.org", "a@b@c"]
    {
        let persona = site.jane().add_contact(odd, None);
        let xml = site.jane().ask(AddNewImContactToGroup::new(odd.parse().unwrap())).xml;
        assert!(persona.email_address().is_none(), "{odd}");
        assert!(!xml.contains("EmailAddress") && !xml.contains("Emails1"), "{odd}");
        assert_eq!(persona.im_address().map(String::as_str), Some(odd));
    }
    let persona = site.jane().add_contact("sip:paul@example.org", None);
    assert_eq!(persona.display_name().map(String::as_str), Some("paul@example.org"));
    assert_eq!(
        persona.email_address().unwrap().email_address.as_deref().map(|a| &**a),
        Some("paul@example.org")
    );
}

/// UCS P4: one Attribution with all that clients look for, in the order of the schema.
#[test]
fn a_persona_has_one_attribution() {
    let site = Site::new();
    let xml = site.jane().ask(AddNewImContactToGroup::new("jane@example.org".parse().unwrap())).xml;
    let attributions = inner(&xml, "t:Attributions")[0];
    assert_eq!(attributions.matches("<t:Attribution>").count(), 1);
    assert_eq!(
        children(attributions, "t:Attribution"),
        [
            "t:Id",
            "t:SourceId",
            "t:DisplayName",
            "t:IsWritable",
            "t:IsQuickContact",
            "t:IsHidden",
            "t:FolderId"
        ]
    );
    assert_eq!(texts(attributions, "t:Id"), ["0"]);
    assert_eq!(texts(attributions, "t:IsWritable"), ["true"]);
    assert_eq!(texts(attributions, "t:IsQuickContact"), ["true"]);
    assert_eq!(texts(attributions, "t:IsHidden"), ["false"]);
    assert_eq!(texts(attributions, "t:DisplayName"), ["jane@example.org"]);
    assert_eq!(attributes(attributions, "t:SourceId", "Id").len(), 1);
    assert_eq!(attributes(attributions, "t:SourceId", "ChangeKey").len(), 1);
    // One folder for all contacts of a mailbox.
    let other = site.jane().ask(AddNewImContactToGroup::new("paul@example.org".parse().unwrap())).xml;
    let folder = attributes(attributions, "t:FolderId", "Id");
    assert_eq!(folder, attributes(&other, "t:FolderId", "Id"));
    let (kind, _) = ids().decode(JANE, folder[0]).unwrap();
    assert_eq!(kind, ucs::service::Kind::Folder);
}

/// UCS P5: members are named as in the attribution of their persona, byte for byte, and not by the persona's own id.
#[test]
fn members_are_named_as_in_attributions() {
    let site = Site::new();
    let jane = site.jane();
    let group = jane.group("Friends");
    let contact = jane.contact("a@example.org", Some(&group));
    jane.join(&contact, &jane.special("Tagged"));
    jane.add_tel("tel:1", "1", Some(&group));
    let xml = jane.ask(GetImItemList::default()).xml;
    let sources = attributes(&xml, "t:SourceId", "Id");
    let personas = attributes(&xml, "t:PersonaId", "Id");
    assert_eq!((sources.len(), personas.len()), (2, 2));
    let keys = inner(&xml, "t:MemberCorrelationKey");
    assert_eq!(attributes(keys[0], "t:ItemId", "Id"), [sources[0]]);
    assert_eq!(attributes(keys[1], "t:ItemId", "Id"), sources);
    assert!(sources.iter().all(|source| !personas.contains(source)));
    // The same in the other replies that show a contact.
    let again = jane.ask(AddNewImContactToGroup::new("a@example.org".parse().unwrap())).xml;
    assert_eq!(attributes(&again, "t:SourceId", "Id"), [sources[0]]);
}

/// UCS P6: the names of a TEL contact are its number, and it has no IM address and no mail.
#[test]
fn a_tel_contact_has_a_number() {
    let site = Site::new();
    let xml = site.jane().ask(crate::site::tel("tel:+15551", "+1 (555) 1", None)).xml;
    assert!(!xml.contains("ImAddress") && !xml.contains("EmailAddress"), "{xml}");
    for element in ["t:DisplayNameFirstLast", "t:DisplayNameLastFirst"] {
        assert_eq!(texts(&xml, element), ["+1 (555) 1"]);
    }
    assert!(texts(&xml, "t:DisplayName").iter().all(|name| *name == "+1 (555) 1"), "{xml}");
    assert_eq!(
        inner(&xml, "t:OtherTelephones"),
        [
            "<t:PhoneNumberAttributedValue><t:Value><t:Number>+1 (555) 1</t:Number><t:Type>Other</t:Type></t:Value>\
          <t:Attributions><t:Attribution>0</t:Attribution></t:Attributions></t:PhoneNumberAttributedValue>"
        ]
    );
}

/// UCS P7: the names that the schema has, in this order.
#[test]
fn mail_addresses_are_spelled_as_in_the_schema() {
    let site = Site::new();
    let xml = site.jane().ask(AddNewImContactToGroup::new("jane@example.org".parse().unwrap())).xml;
    let address = "<t:Name>jane@example.org</t:Name><t:EmailAddress>jane@example.org</t:EmailAddress>\
                   <t:RoutingType>SMTP</t:RoutingType><t:MailboxType>OneOff</t:MailboxType>";
    assert!(xml.contains(&format!("<t:EmailAddress>{address}</t:EmailAddress><t:EmailAddresses>")), "{xml}");
    assert_eq!(inner(&xml, "t:EmailAddresses"), [format!("<t:Address>{address}</t:Address>")]);
    assert_eq!(
        inner(&xml, "t:Emails1"),
        [format!(
            "<t:EmailAddressAttributedValue><t:Value>{address}</t:Value><t:Attributions><t:Attribution>0\
             </t:Attribution></t:Attributions></t:EmailAddressAttributedValue>"
        )]
    );
}
