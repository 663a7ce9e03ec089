//! Replies with a whole list, kept as they were written: sending one again costs no more than copying it.

use std::sync::Arc;

use bytes::Bytes;
use oxws::oxwscos::GetImItemListResponse;
use oxws::server::exchange_2013;
use oxws::soap::{Fault, Outcome, Response, Written};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::reply::{Answer, reply};
use crate::accounts::MailboxId;
use crate::contacts::List;

/// The last reply for each of some mailboxes.
pub(super) struct Rendered {
    cache: Cache<MailboxId, Entry, Size>,
}

/// A reply, and the list that it shows.
#[derive(Clone)]
struct Entry {
    list: Arc<List>,
    envelope: Bytes,
}

#[derive(Clone)]
struct Size;

impl Weighter<MailboxId, Entry> for Size {
    fn weight(&self, _: &MailboxId, entry: &Entry) -> u64 {
        (entry.envelope.len() + entry.list.size()) as u64
    }
}

impl Rendered {
    /// With that many bytes, about, for all of them.
    pub(super) fn new(bytes: u64) -> Rendered {
        let average = 50_000;
        Rendered { cache: Cache::with_weighter((bytes / average).max(16) as usize, bytes, Size) }
    }

    /// The reply that shows `list`: as it was kept, or made now.
    pub(super) fn reply(
        &self,
        mailbox: MailboxId,
        list: &Arc<List>,
        make: impl FnOnce() -> Outcome<GetImItemListResponse>,
    ) -> Outcome<GetImItemListResponse> {
        let kept = self.cache.get(&mailbox).filter(|entry| Arc::ptr_eq(&entry.list, list));
        let envelope = match kept {
            Some(entry) => entry.envelope,
            None => {
                let mut response = make()?;
                response.headers.server_version = Some(exchange_2013());
                let envelope = Bytes::from(response.to_xml().map_err(|error| Fault::unwritable(&error))?);
                self.cache.insert(mailbox, Entry { list: list.clone(), envelope: envelope.clone() });
                envelope
            }
        };
        let mut response: Response<GetImItemListResponse> = reply(Ok(Answer::success()))?;
        response.extensions.insert(Written(envelope));
        Ok(response)
    }
}
