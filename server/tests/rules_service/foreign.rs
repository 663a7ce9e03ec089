//! Ids of another mailbox, on every operation that takes an id: refused, and nothing there changes or shows.

use oxws::oxwscore::{BaseItemIdChoice, ItemId};
use oxws::oxwscos::*;
use oxws::soap::Operation;

use crate::site::{Caller, PAUL, Site};
use crate::xml::texts;

/// Two mailboxes: Jane's, with what shall stay, and Paul's, with a contact and a group.
struct Two<'s> {
    jane: Caller<'s>,
    paul: Caller<'s>,
    contact: ItemId,
    group: ItemId,
    distribution: ItemId,
    own_contact: ItemId,
    own_group: ItemId,
}

impl<'s> Two<'s> {
    fn new(site: &'s Site) -> Two<'s> {
        let (jane, paul) = (site.jane(), site.caller(PAUL));
        let group = jane.group("Secret");
        let contact = jane.contact("secret@example.org", Some(&group));
        let distribution = jane.distribution_group("dg@example.org", "DG").exchange_store_id.unwrap();
        let own_group = paul.group("Own");
        let own_contact = paul.contact("own@example.org", Some(&own_group));
        Two { jane, paul, contact, group, distribution, own_contact, own_group }
    }

    /// Paul sends a request with an id of Jane's.
    #[track_caller]
    fn refused<O: Operation<Headers = RequestHeaders>>(&self, request: O) {
        let before = (self.jane.list(), self.paul.list());
        let answer = self.paul.ask(request);
        assert_eq!(answer.status, 200);
        assert!(
            answer.xml.contains(&format!(
                "<m:{} ResponseClass=\"Error\"><m:MessageText>No mailbox with such guid.</m:MessageText>\
                 <m:ResponseCode>ErrorNonExistentMailbox</m:ResponseCode><m:DescriptiveLinkKey>0\
                 </m:DescriptiveLinkKey><m:MessageXml><t:Value",
                O::INFO.response.expect("every operation here has a reply").local()
            )),
            "{}",
            answer.xml
        );
        assert!(answer.xml.contains(" Name=\"MailboxGuid\""), "{}", answer.xml);
        assert_eq!(texts(&answer.xml, "t:Value"), ["aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"]);
        assert!(!answer.xml.to_lowercase().contains("secret") && !answer.xml.contains("jane"));
        assert_eq!((self.jane.list(), self.paul.list()), before);
    }
}

/// UCS K2: each operation with one id, both its own and that of the other mailbox where it takes two.
#[test]
fn no_operation_takes_an_id_of_another_mailbox() {
    let site = Site::new();
    let two = Two::new(&site);
    let Two { contact, group, distribution, own_contact, own_group, .. } = &two;
    let add_new = AddNewImContactToGroup::new("new@example.org".parse().unwrap());
    two.refused(AddNewImContactToGroup { group_id: Some(group.clone()), ..add_new });
    // Also where the contact is there already.
    let known = AddNewImContactToGroup::new("own@example.org".parse().unwrap());
    two.refused(AddNewImContactToGroup { group_id: Some(group.clone()), ..known });
    two.refused(crate::site::tel("tel:+1", "+1", Some(group)));
    two.refused(AddImContactToGroup::new(contact.clone()));
    for (contact, group) in [(contact, group), (contact, own_group), (own_contact, group)] {
        let mut add = AddImContactToGroup::new(contact.clone());
        add.group_id = Some(group.clone());
        two.refused(add);
        two.refused(RemoveImContactFromGroup::new(contact.clone(), group.clone()));
    }
    two.refused(RemoveContactFromImList::new(contact.clone()));
    two.refused(RemoveImGroup::new(group.clone()));
    two.refused(RemoveDistributionGroupFromImList::new(distribution.clone()));
    two.refused(SetImGroup::new(group.clone(), "Mine now".parse().unwrap()));
}

/// UCS K2, UCS O7: reading skips them; what is one's own is shown.
#[test]
fn reading_skips_ids_of_another_mailbox() {
    let site = Site::new();
    let two = Two::new(&site);
    let choice = |ids: [&ItemId; 2]| Some(ids.map(|id| BaseItemIdChoice::ItemId(id.clone())).to_vec());
    let request = GetImItems {
        contact_ids: choice([&two.contact, &two.own_contact]),
        group_ids: choice([&two.group, &two.own_group]),
        extended_properties: None,
    };
    let answer = two.paul.ask(request);
    assert!(!answer.xml.to_lowercase().contains("secret"), "{}", answer.xml);
    assert_eq!(texts(&answer.xml, "t:ImAddress"), ["own@example.org"]);
    assert_eq!(answer.xml.matches("<t:ImGroup>").count(), 1);
}

/// UCS K2: an id is judged by the mailbox that the request acts on, not by the caller's own.
#[test]
fn who_acts_for_another_uses_ids_of_that_mailbox() {
    let site = Site::new();
    let two = Two::new(&site);
    let robot = site.caller(crate::site::ROBOT);
    let own = robot.group("Of the robot");
    let acting = robot.header(
        "<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>jane@example.org</t:SmtpAddress>\
         </t:ConnectingSID></t:ExchangeImpersonation>",
    );
    assert_eq!(acting.error(RemoveImGroup::new(own)).0, "ErrorNonExistentMailbox");
    acting.call(RemoveImGroup::new(two.group.clone()));
    assert!(two.jane.contacts().is_empty());
}
