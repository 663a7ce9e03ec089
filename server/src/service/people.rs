//! `PeopleService`: FindPeople and GetPersona (MS-OXWSPERS) on the contacts of the mailbox and the directory.

use std::fmt;
use std::sync::Arc;

use oxws::oxwscdata::{DistinguishedFolderId, DistinguishedFolderIdName, EmailAddress};
use oxws::oxwscore::ItemId as WireId;
use oxws::oxwsfold::TargetFolderId;
use oxws::oxwspers::{
    FindPeople, FindPeopleResponse, GetPersona, GetPersonaResponseMessage, PersonaService, RequestHeaders,
};
use oxws::oxwssrch::{IndexBasePoint, IndexedPageView};
use oxws::soap::{Fault, Operation, Outcome, Request};

use super::caller::Caller;
use super::conditions;
use super::extended::Wanted;
use super::ids::{IdError, Ids, Kind, is_change_key};
use super::personas::Shown;
use super::reply::{Answer, Failure, reply};
use super::shapes;
use crate::accounts::{Accounts, Handle};
use crate::contacts::{self, ContactKind, List};
use crate::people::{
    self, Base, Condition, Directory, EntryId, Found, Page, Person, Query, Search, Shape, Where,
};
use crate::store::{Lists, People};

/// Entries of a directory in which a search may take a millisecond or more.
const LARGE: usize = 10_000;

/// The operations of MS-OXWSPERS on a store and a directory. Both only read.
///
/// The caller is the [`Principal`](crate::http::Principal) in the extensions of a request; without one, both operations
/// are refused.
pub struct PeopleService<L, A, P> {
    lists: L,
    accounts: Arc<A>,
    people: P,
    ids: Ids,
}

impl<L: Lists, A: Accounts, P: People> PeopleService<L, A, P> {
    /// On a store whose key is `key` (UCS K1), and a directory.
    pub fn new(lists: L, accounts: Arc<A>, people: P, key: &[u8; 32]) -> PeopleService<L, A, P> {
        PeopleService { lists, accounts, people, ids: Ids::new(key) }
    }

    /// On whose mailbox a request acts.
    async fn caller<T: Operation<Headers = RequestHeaders>>(
        &self,
        request: &Request<T>,
    ) -> Result<Caller, Fault> {
        let wanted = request.headers.impersonation.as_ref();
        let caller = Caller::of(&*self.accounts, T::NAME, wanted, None, &request.extensions).await;
        caller.map_err(Failure::into_fault)
    }

    async fn find(&self, caller: Caller, body: FindPeople) -> Result<FindPeopleResponse, Failure> {
        refuse_unsupported(&body)?;
        let (shape, wanted) = shapes::shape(body.persona_shape.as_ref())?;
        let search = Search {
            query: Query::new(body.query_string.as_deref().unwrap_or_default())?,
            conditions: conditions(&body)?,
            order: shapes::order(body.sort_order.as_ref())?,
            page: page(&body.indexed_page_item_view)?,
            place: self.place(caller, body.parent_folder_id.as_ref()).await?,
        };
        let list = self.lists.read(caller.mailbox).await?;
        let found = look(list, self.people.directory(), search).await?;
        let shown = Shown { ids: &self.ids, mailbox: caller.mailbox, wanted: &wanted };
        let personas = found.people.iter().map(|person| shown.person(person, &shape));
        let number = |number| i32::try_from(number).ok();
        Ok(FindPeopleResponse {
            people: Some(personas.collect::<Result<_, _>>()?),
            total_number_of_people_in_view: number(found.total),
            first_matching_row_index: Some(0),
            first_loaded_row_index: number(found.first),
            ..Answer::success()
        })
    }

    async fn get(&self, caller: Caller, body: GetPersona) -> Result<GetPersonaResponseMessage, Failure> {
        let place = self.place(caller, body.parent_folder_id.as_ref()).await?;
        let list = self.lists.read(caller.mailbox).await?;
        let person = match (&body.persona_id, &body.email_address) {
            (Some(id), _) => self.person_of(caller, &list, id)?,
            (None, Some(EmailAddress { email_address: Some(address), .. })) => {
                self.person_at(&list, place, address.get())
            }
            (None, _) => return Err(Failure::NobodyNamed),
        };
        let person = person.filter(|person| match person {
            Person::Contact(_) => place != Where::Directory,
            Person::Entry(_) => place != Where::Contacts,
        });
        let person = person.ok_or(contacts::Refusal::NotFound)?;
        let shown = Shown { ids: &self.ids, mailbox: caller.mailbox, wanted: &Wanted::none() };
        let persona = Some(shown.person(&person, &Shape::all())?);
        Ok(GetPersonaResponseMessage { persona, ..Answer::success() })
    }

    /// The person that a PersonaId names. One of another mailbox names nobody, as one that is gone does (UCS F8).
    fn person_of(&self, caller: Caller, list: &List, id: &WireId) -> Result<Option<Person>, Failure> {
        let named = self.ids.decode(caller.mailbox, &id.id);
        if let Err(IdError::Empty | IdError::Malformed) = named {
            named?;
        }
        if id.change_key.as_deref().is_some_and(|key| !is_change_key(key)) {
            return Err(Failure::ChangeKey);
        }
        Ok(match named {
            Ok((Kind::Persona, item)) => list.contact(item).cloned().map(Person::Contact),
            Ok((Kind::EntryPersona, item)) => {
                self.people.directory().entry(EntryId(item.0)).cloned().map(Person::Entry)
            }
            _ => None,
        })
    }

    /// The person with that address: a contact, or else an entry of the directory.
    fn person_at(&self, list: &List, place: Where, address: &str) -> Option<Person> {
        let contact = || list.contact_known_by(ContactKind::Im, address).cloned().map(Person::Contact);
        let entry = || self.people.directory().entry_at(address).cloned().map(Person::Entry);
        match place {
            Where::Contacts => contact(),
            Where::Directory => entry(),
            Where::Both => contact().or_else(entry),
        }
    }

    /// Among whom a request looks (UCS F2).
    async fn place(&self, caller: Caller, folder: Option<&TargetFolderId>) -> Result<Where, Failure> {
        match folder {
            None => Ok(Where::Both),
            Some(TargetFolderId::DistinguishedFolderId(DistinguishedFolderId { id, mailbox, .. })) => {
                if let Some(mailbox) = mailbox {
                    self.check_own(caller, mailbox).await?;
                }
                match id {
                    DistinguishedFolderIdName::Directory => Ok(Where::Directory),
                    DistinguishedFolderIdName::Contacts
                    | DistinguishedFolderIdName::Mycontacts
                    | DistinguishedFolderIdName::Imcontactlist
                    | DistinguishedFolderIdName::Quickcontacts => Ok(Where::Contacts),
                    _ => Err(Failure::FolderNotFound),
                }
            }
            Some(TargetFolderId::FolderId(folder)) => match self.ids.decode(caller.mailbox, &folder.id) {
                Ok((Kind::Folder, _)) => Ok(Where::Contacts),
                Err(error @ (IdError::Empty | IdError::Malformed)) => Err(error.into()),
                // Nothing is told of the mailbox that a foreign one is of.
                Ok(_) | Err(IdError::Foreign(_)) => Err(Failure::FolderNotFound),
            },
            Some(_) => Err(Failure::FolderNotFound),
        }
    }

    /// Refuses a mailbox that the request does not act on, whether there is such a one or not.
    async fn check_own(&self, caller: Caller, mailbox: &EmailAddress) -> Result<(), Failure> {
        let address = mailbox.email_address.as_ref().map_or("", |address| address.get().trim());
        let named = self.accounts.find(Handle::Smtp(address)).await?;
        match named.is_some_and(|account| account.mailbox == caller.mailbox) {
            true => Ok(()),
            false => Err(Failure::FolderOfAnother),
        }
    }
}

/// Carries out a search; in a large directory beside the tasks of the runtime, which would wait for it.
async fn look(list: Arc<List>, directory: Arc<Directory>, search: Search) -> Result<Found, Failure> {
    if directory.len() < LARGE || search.place == Where::Contacts {
        return Ok(people::find(&list, &directory, &search)?);
    }
    let looking = tokio::task::spawn_blocking(move || people::find(&list, &directory, &search));
    let found = looking.await.map_err(|error| Fault::internal().with_cause(error))?;
    Ok(found?)
}

/// Refuses what would have to be looked at to answer rightly, and is not (UCS F7).
fn refuse_unsupported(body: &FindPeople) -> Result<(), Failure> {
    let unsupported = [
        (body.search_people_suggestion_index == Some(true), "SearchPeopleSuggestionIndex"),
        (body.topic_query_string.as_deref().is_some_and(|text| !text.trim().is_empty()), "TopicQueryString"),
    ];
    match unsupported.into_iter().find(|(there, _)| *there) {
        Some((_, what)) => Err(Failure::UnsupportedSearch(what)),
        None => Ok(()),
    }
}

/// What must hold of whoever is found. A person here has one source, so both restrictions look at the same.
fn conditions(body: &FindPeople) -> Result<Vec<Condition>, Failure> {
    let both = [&body.restriction, &body.aggregation_restriction];
    both.into_iter().flatten().map(conditions::of_restriction).collect()
}

/// The page that a request asks for (UCS F4).
fn page(view: &IndexedPageView) -> Result<Page, people::Refusal> {
    let base = if view.base_point == IndexBasePoint::End { Base::End } else { Base::Beginning };
    Page::new(base, view.offset, view.max_entries_returned)
}

impl<L, A, P> fmt::Debug for PeopleService<L, A, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PeopleService").finish_non_exhaustive()
    }
}

impl<L: Lists, A: Accounts, P: People> PersonaService for PeopleService<L, A, P> {
    async fn find_people(&self, request: Request<FindPeople>) -> Outcome<FindPeopleResponse> {
        let caller = self.caller(&request).await?;
        reply(self.find(caller, request.body).await)
    }

    async fn get_persona(&self, request: Request<GetPersona>) -> Outcome<GetPersonaResponseMessage> {
        let caller = self.caller(&request).await?;
        reply(self.get(caller, request.body).await)
    }
}
