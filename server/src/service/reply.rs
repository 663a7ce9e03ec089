//! Replies: success with its payload, or an error with code, text and data (UCS T4).

use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::rt::AnyElement;
use oxws::soap::{Fault, Outcome, Response};

use super::ids::IdError;
use crate::accounts::{AccountError, MailboxId};
use crate::contacts::Refusal;
use crate::http::ResultCode;
use crate::people;
use crate::store::StoreError;

/// Why an operation is not carried out.
#[derive(Debug)]
pub(super) enum Failure {
    /// By the rules of the list.
    Refused(Refusal),
    /// An id that is not of the mailbox (UCS K2).
    Id(IdError),
    /// A change key that is none (UCS K3).
    ChangeKey,
    /// A path to an extended property that names none (UCS O14).
    InvalidExtendedProperty,
    /// A tag in the range of custom properties (UCS O14).
    PropertyTagForCustomProperty,
    /// A type that no property is read as (UCS O14).
    UnsupportedPropertyType,
    /// By the rules of finding people.
    Search(people::Refusal),
    /// A condition or a kind of search that there is not here (UCS F7).
    UnsupportedSearch(&'static str),
    /// A property that people do not have (UCS F5, F6).
    InvalidProperty,
    /// A folder that the mailbox does not have (UCS F2).
    FolderNotFound,
    /// A folder of a mailbox that the request does not act on (UCS F2).
    FolderOfAnother,
    /// A request for a persona that names none (UCS F8).
    NobodyNamed,
    /// By a fault.
    Fault(Fault),
}

impl From<people::Refusal> for Failure {
    fn from(refusal: people::Refusal) -> Failure {
        Failure::Search(refusal)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<IdError> for Failure {
    fn from(error: IdError) -> Failure {
        Failure::Id(error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Fault(fault)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        tracing::error!(%error, "the store failed");
        let unavailable = "The mailbox database is temporarily unavailable.";
        Failure::Fault(Fault::new("ErrorMailboxStoreUnavailable", unavailable).with_cause(error))
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Failure {
        tracing::error!(error = &error as &dyn std::error::Error, "the accounts cannot be read");
        let unavailable = "The directory of accounts is temporarily unavailable.";
        Failure::Fault(Fault::new("ErrorMailboxStoreUnavailable", unavailable).with_cause(error))
    }
}

/// An error reply, before it has the type of an operation.
pub(super) struct Problem {
    pub(super) code: ResponseCode,
    pub(super) text: String,
    pub(super) data: Option<AnyElement>,
}

impl Failure {
    /// The fault that it is; anything else is a defect where only faults are due.
    pub(super) fn into_fault(self) -> Fault {
        match self {
            Failure::Fault(fault) => fault,
            _ => Fault::internal(),
        }
    }

    /// The error reply, or the fault.
    fn into_problem(self) -> Result<Problem, Fault> {
        let (code, text) = match &self {
            Failure::Refused(refusal) => (code(*refusal), refusal.to_string()),
            Failure::Id(IdError::Empty) => {
                (ResponseCode::ErrorInvalidIdEmpty, "Id must be non-empty.".to_owned())
            }
            Failure::Id(IdError::Malformed) => {
                (ResponseCode::ErrorInvalidIdMalformed, "Id is malformed.".to_owned())
            }
            Failure::Id(IdError::Foreign(_)) => {
                (ResponseCode::ErrorNonExistentMailbox, "No mailbox with such guid.".to_owned())
            }
            Failure::ChangeKey => {
                (ResponseCode::ErrorInvalidChangeKey, "The change key is invalid.".to_owned())
            }
            Failure::InvalidExtendedProperty => (
                ResponseCode::ErrorInvalidExtendedProperty,
                "The attributes of the path do not name an extended property.".to_owned(),
            ),
            Failure::PropertyTagForCustomProperty => (
                ResponseCode::ErrorNoPropertyTagForCustomProperties,
                "A property tag of 0x8000 or above is a custom property; name its property set.".to_owned(),
            ),
            Failure::UnsupportedPropertyType => (
                ResponseCode::ErrorUnsupportedMapiPropertyType,
                "The property type is not supported.".to_owned(),
            ),
            Failure::Search(refusal) => (search_code(*refusal), refusal.to_string()),
            Failure::UnsupportedSearch(what) => {
                (ResponseCode::ErrorUnsupportedQueryFilter, format!("{what} is not supported."))
            }
            Failure::InvalidProperty => (
                ResponseCode::ErrorInvalidPropertyRequest,
                "Property is not valid for this object type.".to_owned(),
            ),
            Failure::FolderNotFound => (
                ResponseCode::ErrorFolderNotFound,
                "The specified folder could not be found in the store.".to_owned(),
            ),
            Failure::FolderOfAnother => (
                ResponseCode::ErrorAccessDenied,
                "Access is denied. Only folders of the mailbox itself can be named.".to_owned(),
            ),
            Failure::NobodyNamed => (
                ResponseCode::ErrorInvalidArgument,
                "The request names nobody: it needs a PersonaId or an EmailAddress.".to_owned(),
            ),
            Failure::Fault(_) => (ResponseCode::ErrorInternalServerError, String::new()),
        };
        match self {
            Failure::Fault(fault) => Err(fault),
            Failure::Id(IdError::Foreign(mailbox)) => Ok(Problem { code, text, data: mailbox_guid(mailbox) }),
            _ => Ok(Problem { code, text, data: None }),
        }
    }
}

/// The mailbox that an id is of, for `MessageXml` (UCS K2).
fn mailbox_guid(mailbox: MailboxId) -> Option<AnyElement> {
    let types = "http://schemas.microsoft.com/exchange/services/2006/types";
    AnyElement::parse(&format!("<t:Value xmlns:t=\"{types}\" Name=\"MailboxGuid\">{mailbox}</t:Value>")).ok()
}

fn code(refusal: Refusal) -> ResponseCode {
    match refusal {
        Refusal::GroupLimit => ResponseCode::ErrorImGroupLimitReached,
        Refusal::ContactLimit => ResponseCode::ErrorImContactLimitReached,
        Refusal::InvalidContact => ResponseCode::ErrorInvalidImContactId,
        Refusal::InvalidGroup => ResponseCode::ErrorInvalidImGroupId,
        Refusal::NotFound => ResponseCode::ErrorItemNotFound,
        Refusal::NameTaken => ResponseCode::ErrorImGroupDisplayNameAlreadyExists,
        Refusal::InvalidDistributionGroup => ResponseCode::ErrorInvalidImDistributionGroupSmtpAddress,
        Refusal::InvalidText => ResponseCode::ErrorInvalidArgument,
    }
}

fn search_code(refusal: people::Refusal) -> ResponseCode {
    match refusal {
        people::Refusal::NoWords => ResponseCode::ErrorInvalidArgument,
        people::Refusal::TooManyWords => ResponseCode::ErrorSearchQueryHasTooManyKeywords,
        people::Refusal::QueryTooLong => ResponseCode::ErrorQueryFilterTooLong,
        people::Refusal::NegativeOffset => ResponseCode::ErrorInvalidIndexedPagingParameters,
        people::Refusal::EmptyPage => ResponseCode::ErrorInvalidPagingMaxRows,
        people::Refusal::TooManyConditions => ResponseCode::ErrorRestrictionTooComplex,
        people::Refusal::Unsearchable => ResponseCode::ErrorUnsupportedPathForQuery,
        people::Refusal::Unsortable => ResponseCode::ErrorUnsupportedPathForSortGroup,
    }
}

/// A reply of one operation.
pub(super) trait Answer: oxws::soap::Message + Sized {
    /// A success without a payload.
    fn success() -> Self;
    /// An error.
    fn error(problem: Problem) -> Self;
}

macro_rules! answers {
    ($protocol:ident: $($reply:ident),* $(,)?) => {$(
        impl Answer for oxws::$protocol::$reply {
            fn success() -> Self {
                let mut reply = Self::new(ResponseClass::Success);
                reply.response_code = Some(ResponseCode::NoError);
                reply
            }

            fn error(Problem { code, text, data }: Problem) -> Self {
                let mut reply = Self::new(ResponseClass::Error);
                reply.message_text = Some(text);
                reply.response_code = Some(code);
                reply.descriptive_link_key = Some(0);
                reply.message_xml = data.map(|element| vec![element]);
                reply
            }
        }
    )*};
}

answers!(oxwspers: FindPeopleResponse, GetPersonaResponseMessage);

answers!(
    oxwscos:
    AddDistributionGroupToImListResponse,
    AddImContactToGroupResponse,
    AddImGroupResponse,
    AddNewImContactToGroupResponse,
    AddNewTelUriContactToGroupResponse,
    GetImItemListResponse,
    GetImItemsResponse,
    RemoveContactFromImListResponse,
    RemoveDistributionGroupFromImListResponse,
    RemoveImContactFromGroupResponse,
    RemoveImGroupResponse,
    SetImGroupResponse,
    SetImListMigrationCompletedResponse,
);

/// The reply to an operation, with what layers log and count.
pub(super) fn reply<T: Answer>(result: Result<T, Failure>) -> Outcome<T>
where
    T::Headers: Default,
{
    match result {
        Ok(body) => Ok(Response::new(body)),
        Err(failure) => {
            let problem = failure.into_problem()?;
            let code = ResultCode(problem.code.as_str().to_owned());
            Ok(Response::new(T::error(problem)).with_extension(code))
        }
    }
}
