//! The generated operation traits on contacts, accounts and the directory.

mod caller;
mod conditions;
mod entries;
mod extended;
mod ids;
mod kept;
mod people;
mod personas;
mod rendered;
mod reply;
mod shapes;

use std::fmt;
use std::sync::Arc;

use oxws::oxwscore::{BaseItemIdChoice, ItemId as WireId};
use oxws::oxwscos::*;
use oxws::oxwsxprop::PathToExtendedField;
use oxws::soap::{Fault, Operation, Outcome, Request};

pub use caller::refine;
pub use ids::{IdError, Ids, Kind};
pub use people::PeopleService;

use caller::Caller;
use extended::Wanted;
use ids::is_change_key;
use kept::Kept;
use personas::Shown;
use rendered::Rendered;
use reply::{Answer, Failure, reply};

use crate::accounts::Accounts;
use crate::contacts::{self, Command, Contact, ContactKind, Group, ItemId, List, NewContact};
use crate::store::Lists;

/// The operations of MS-OXWSCOS on a store.
///
/// The caller is the [`Principal`](crate::http::Principal) in the extensions of a request; without one, every
/// operation is refused.
pub struct ContactService<L, A> {
    lists: L,
    accounts: Arc<A>,
    ids: Ids,
    rendered: Rendered,
    kept: Kept,
}

impl<L: Lists, A: Accounts> ContactService<L, A> {
    /// On a store whose key is `key` (UCS K1), with that many bytes for replies that are kept to be sent again.
    pub fn new(lists: L, accounts: Arc<A>, key: &[u8; 32], cache_bytes: u64) -> ContactService<L, A> {
        let of_personas = cache_bytes / 4;
        let (rendered, kept) = (Rendered::new(cache_bytes - of_personas), Kept::new(of_personas));
        ContactService { lists, accounts, ids: Ids::new(key), rendered, kept }
    }

    /// The list of a mailbox, opened by this request if it is the first.
    async fn list(&self, caller: Caller) -> Result<Arc<List>, Failure> {
        let list = self.lists.read(caller.mailbox).await?;
        if list.is_open() {
            return Ok(list);
        }
        // Boxed: once for each mailbox.
        Box::pin(self.opened(caller)).await
    }

    /// The list of a mailbox, which is opened now.
    async fn opened(&self, caller: Caller) -> Result<Arc<List>, Failure> {
        self.lists.write(caller.mailbox, Command::Open, caller.culture).await??;
        Ok(self.lists.read(caller.mailbox).await?)
    }

    /// Carries out a command.
    async fn change(&self, caller: Caller, command: Command) -> Result<contacts::Outcome, Failure> {
        Ok(self.lists.write(caller.mailbox, command, caller.culture).await??)
    }

    /// The item that an id names. An id of another kind names no item that there is.
    fn item(&self, caller: Caller, id: &WireId, kind: Kind) -> Result<ItemId, Failure> {
        let (found, item) = self.ids.decode(caller.mailbox, &id.id)?;
        if id.change_key.as_deref().is_some_and(|key| !is_change_key(key)) {
            return Err(Failure::ChangeKey);
        }
        Ok(if found == kind { item } else { ItemId(0) })
    }

    fn group_item(&self, caller: Caller, id: Option<&WireId>) -> Result<Option<ItemId>, Failure> {
        id.map(|id| self.item(caller, id, Kind::Group)).transpose()
    }

    /// The items of a kind that `GetImItems` names, each once; what is invalid is skipped (UCS O7).
    fn items(&self, caller: Caller, ids: Option<&Vec<BaseItemIdChoice>>, kind: Kind) -> Vec<ItemId> {
        let mut items = Vec::with_capacity(ids.map_or(0, Vec::len));
        for id in ids.into_iter().flatten() {
            if let BaseItemIdChoice::ItemId(id) = id
                && let Ok(item) = self.item(caller, id, kind)
                && !items.contains(&item)
            {
                items.push(item);
            }
        }
        items
    }

    fn shown<'a>(&'a self, caller: Caller, wanted: &'a Wanted<'a>) -> Shown<'a> {
        Shown { ids: &self.ids, mailbox: caller.mailbox, wanted }
    }

    /// Answers an operation: finds out on whose mailbox it acts, has it carried out, and makes the reply.
    async fn answer<T, F>(
        &self,
        request: Request<T>,
        serve: impl FnOnce(Caller, T) -> F,
    ) -> Outcome<T::Response>
    where
        T: Operation<Headers = RequestHeaders>,
        T::Response: Answer,
        F: Future<Output = Result<T::Response, Failure>>,
    {
        let caller = self.caller(&request).await?;
        reply(serve(caller, request.body).await)
    }

    /// On whose mailbox a request acts.
    async fn caller<T: Operation<Headers = RequestHeaders>>(
        &self,
        request: &Request<T>,
    ) -> Result<Caller, Fault> {
        let RequestHeaders { impersonation, mailbox_culture, .. } = &request.headers;
        let (wanted, culture) = (impersonation.as_ref(), mailbox_culture.as_ref());
        let caller = Caller::of(&*self.accounts, T::NAME, wanted, culture, &request.extensions).await;
        caller.map_err(Failure::into_fault)
    }

    /// The list, and the properties that a request asks for.
    async fn list_with<'a>(
        &self,
        caller: Caller,
        properties: Option<&'a Vec<PathToExtendedField>>,
    ) -> Result<(Arc<List>, Wanted<'a>), Failure> {
        let wanted = Wanted::new(properties.into_iter().flatten())?;
        Ok((self.list(caller).await?, wanted))
    }

    /// All groups, and every contact that is in at least one of them (UCS O6).
    fn whole(
        &self,
        caller: Caller,
        list: &List,
        wanted: &Wanted<'_>,
    ) -> Result<GetImItemListResponse, Failure> {
        let shown = self.shown(caller, wanted);
        let groups = list.groups().map(|group| shown.group_with_members(list, group));
        let groups = groups.collect::<Result<_, _>>()?;
        let listed = list.contacts().iter().filter(|contact| !contact.groups.is_empty());
        let personas = listed.map(|contact| shown.persona(contact)).collect::<Result<_, _>>()?;
        let im_item_list = ImItemList { groups: Some(groups), personas: Some(personas) };
        Ok(GetImItemListResponse { im_item_list: Some(im_item_list), ..Answer::success() })
    }

    /// A group that was made or found, as the reply shows it.
    fn group_of(&self, caller: Caller, outcome: &contacts::Outcome) -> Result<Option<ImGroup>, Failure> {
        let contacts::Outcome::Group(group) = outcome else { return Ok(None) };
        Ok(Some(self.shown(caller, &Wanted::none()).group(group)?))
    }

    /// A contact that was made or found, as the reply shows it.
    fn persona_of(
        &self,
        caller: Caller,
        outcome: &contacts::Outcome,
    ) -> Result<Option<oxws::oxwspers::Persona>, Failure> {
        let contacts::Outcome::Contact(contact) = outcome else { return Ok(None) };
        Ok(Some(self.shown(caller, &Wanted::none()).persona(contact)?))
    }
}

/// Some groups and contacts of a list (UCS O7).
fn some(
    shown: &Shown<'_>,
    list: &List,
    groups: &[&Arc<Group>],
    contacts: &[&Arc<Contact>],
) -> Result<GetImItemsResponse, Failure> {
    let groups = groups.iter().map(|group| shown.group_with_members(list, group));
    let groups: Vec<ImGroup> = groups.collect::<Result<_, _>>()?;
    let personas = contacts.iter().map(|contact| shown.persona(contact));
    let personas: Vec<_> = personas.collect::<Result<_, _>>()?;
    let im_item_list = ImItemList {
        groups: (!groups.is_empty()).then_some(groups),
        personas: (!personas.is_empty()).then_some(personas),
    };
    Ok(GetImItemsResponse { im_item_list: Some(im_item_list), ..Answer::success() })
}

impl<L, A> fmt::Debug for ContactService<L, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContactService").finish_non_exhaustive()
    }
}

impl<L: Lists, A: Accounts> ExchangeService for ContactService<L, A> {
    async fn add_im_group(&self, request: Request<AddImGroup>) -> Outcome<AddImGroupResponse> {
        self.answer(request, async |caller, body| {
            let name = body.display_name.into_inner();
            let outcome = self.change(caller, Command::AddGroup { name }).await?;
            Ok(AddImGroupResponse { im_group: self.group_of(caller, &outcome)?, ..Answer::success() })
        })
        .await
    }

    async fn add_distribution_group_to_im_list(
        &self,
        request: Request<AddDistributionGroupToImList>,
    ) -> Outcome<AddDistributionGroupToImListResponse> {
        self.answer(request, async |caller, body| {
            let smtp_address = body.smtp_address.into_inner();
            let listed = self.accounts.has_distribution_group(&smtp_address).await?;
            let name = body.display_name.into_inner();
            let command = Command::AddDistributionGroup { smtp_address, name, listed };
            let im_group = self.group_of(caller, &self.change(caller, command).await?)?;
            Ok(AddDistributionGroupToImListResponse { im_group, ..Answer::success() })
        })
        .await
    }

    async fn add_new_im_contact_to_group(
        &self,
        request: Request<AddNewImContactToGroup>,
    ) -> Outcome<AddNewImContactToGroupResponse> {
        self.answer(request, async |caller, body| {
            let command = Command::AddNewContact(NewContact {
                kind: ContactKind::Im,
                address: body.im_address.into_inner(),
                display_name: body.display_name.map(|name| name.into_inner()),
                sip_address: None,
                group: self.group_item(caller, body.group_id.as_ref())?,
            });
            let persona = self.persona_of(caller, &self.change(caller, command).await?)?;
            Ok(AddNewImContactToGroupResponse { persona, ..Answer::success() })
        })
        .await
    }

    async fn add_new_tel_uri_contact_to_group(
        &self,
        request: Request<AddNewTelUriContactToGroup>,
    ) -> Outcome<AddNewTelUriContactToGroupResponse> {
        self.answer(request, async |caller, body| {
            let command = Command::AddNewContact(NewContact {
                kind: ContactKind::Tel,
                address: body.tel_uri_address.into_inner(),
                display_name: Some(body.im_telephone_number.into_inner()),
                sip_address: Some(body.im_contact_sip_uri_address.into_inner()),
                group: self.group_item(caller, body.group_id.as_ref())?,
            });
            let persona = self.persona_of(caller, &self.change(caller, command).await?)?;
            Ok(AddNewTelUriContactToGroupResponse { persona, ..Answer::success() })
        })
        .await
    }

    async fn add_im_contact_to_group(
        &self,
        request: Request<AddImContactToGroup>,
    ) -> Outcome<AddImContactToGroupResponse> {
        self.answer(request, async |caller, body| {
            let contact = self.item(caller, &body.contact_id, Kind::Contact)?;
            let group = self.group_item(caller, body.group_id.as_ref())?;
            self.change(caller, Command::AddContactToGroup { contact, group }).await?;
            Ok(Answer::success())
        })
        .await
    }

    async fn get_im_item_list(&self, request: Request<GetImItemList>) -> Outcome<GetImItemListResponse> {
        let caller = self.caller(&request).await?;
        let (list, wanted) = match self.list_with(caller, request.body.extended_properties.as_ref()).await {
            Ok(found) => found,
            Err(failure) => return reply(Err(failure)),
        };
        let make = || reply(self.whole(caller, &list, &wanted));
        // What everybody asks for is kept as it was sent.
        match wanted.is_empty() {
            true => self.rendered.reply(caller.mailbox, &list, make),
            false => make(),
        }
    }

    async fn get_im_items(&self, request: Request<GetImItems>) -> Outcome<GetImItemsResponse> {
        let caller = self.caller(&request).await?;
        let (list, wanted) = match self.list_with(caller, request.body.extended_properties.as_ref()).await {
            Ok(found) => found,
            Err(failure) => return reply(Err(failure)),
        };
        let contacts = self.items(caller, request.body.contact_ids.as_ref(), Kind::Contact);
        let groups = self.items(caller, request.body.group_ids.as_ref(), Kind::Group);
        let contacts: Vec<_> = contacts.iter().filter_map(|id| list.contact(*id)).collect();
        let groups: Vec<_> = groups.iter().filter_map(|id| list.group(*id)).collect();
        // What is asked for most.
        if groups.is_empty() && !contacts.is_empty() {
            let none = Wanted::none();
            let shown = self.shown(caller, &none);
            return self.kept.reply(caller.mailbox, &contacts, &wanted, |contact| shown.persona(contact));
        }
        reply(some(&self.shown(caller, &wanted), &list, &groups, &contacts))
    }

    async fn remove_contact_from_im_list(
        &self,
        request: Request<RemoveContactFromImList>,
    ) -> Outcome<RemoveContactFromImListResponse> {
        self.answer(request, async |caller, body| {
            let contact = self.item(caller, &body.contact_id, Kind::Contact)?;
            self.change(caller, Command::RemoveContact { contact }).await?;
            Ok(Answer::success())
        })
        .await
    }

    async fn remove_distribution_group_from_im_list(
        &self,
        request: Request<RemoveDistributionGroupFromImList>,
    ) -> Outcome<RemoveDistributionGroupFromImListResponse> {
        self.answer(request, async |caller, body| {
            let group = self.item(caller, &body.group_id, Kind::Group)?;
            self.change(caller, Command::RemoveDistributionGroup { group }).await?;
            Ok(Answer::success())
        })
        .await
    }

    async fn remove_im_contact_from_group(
        &self,
        request: Request<RemoveImContactFromGroup>,
    ) -> Outcome<RemoveImContactFromGroupResponse> {
        self.answer(request, async |caller, body| {
            let contact = self.item(caller, &body.contact_id, Kind::Contact)?;
            let group = self.item(caller, &body.group_id, Kind::Group)?;
            self.change(caller, Command::RemoveContactFromGroup { contact, group }).await?;
            Ok(Answer::success())
        })
        .await
    }

    async fn remove_im_group(&self, request: Request<RemoveImGroup>) -> Outcome<RemoveImGroupResponse> {
        self.answer(request, async |caller, body| {
            let group = self.item(caller, &body.group_id, Kind::Group)?;
            self.change(caller, Command::RemoveGroup { group }).await?;
            Ok(Answer::success())
        })
        .await
    }

    async fn set_im_group(&self, request: Request<SetImGroup>) -> Outcome<SetImGroupResponse> {
        self.answer(request, async |caller, body| {
            let group = self.item(caller, &body.group_id, Kind::Group)?;
            let name = body.new_display_name.into_inner();
            self.change(caller, Command::RenameGroup { group, name }).await?;
            Ok(Answer::success())
        })
        .await
    }

    async fn set_im_list_migration_completed(
        &self,
        request: Request<SetImListMigrationCompleted>,
    ) -> Outcome<SetImListMigrationCompletedResponse> {
        self.answer(request, async |caller, body| {
            let completed = body.im_list_migration_completed;
            self.change(caller, Command::SetMigrated { completed }).await?;
            Ok(Answer::success())
        })
        .await
    }
}
