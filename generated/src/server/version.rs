//! Versions of the schema: which one a request must name (UCS T10), and what the server says of itself (UCS T11).

use std::sync::Arc;

use crate::oxwscdata::{ExchangeVersion, RequestServerVersion, ServerVersionInfo};
use crate::soap::{Check, Fault};

/// Demands that requests name `minimum` or a later version of the schema. An absent one is taken for too old, unless
/// the messages of the service have no such part at all.
pub(super) fn at_least(minimum: ExchangeVersion) -> Check {
    Arc::new(move |operation, headers| {
        let mut asked = None;
        headers.each_part(&mut |slot| {
            if let Some(slot) = slot.downcast_ref::<Option<RequestServerVersion>>() {
                asked = Some(slot.as_ref().map(|part| rank(&part.version)));
            }
        });
        // No such part at all.
        let Some(asked) = asked else { return Ok(()) };
        match asked {
            Some(None) => {
                Err(Fault::new("ErrorInvalidServerVersion", "The specified server version is invalid."))
            }
            Some(asked) if asked >= rank(&minimum) => Ok(()),
            _ => {
                let name = operation.name;
                let message =
                    format!("The operation {name} needs a RequestServerVersion of at least {minimum}.");
                Err(Fault::new("ErrorIncorrectSchemaVersion", message))
            }
        }
    })
}

/// Place of a version in their order; `None` for one that is not known.
fn rank(version: &ExchangeVersion) -> Option<usize> {
    let rank = match version {
        ExchangeVersion::Exchange2007 => 0,
        ExchangeVersion::Exchange2007Sp1 => 1,
        ExchangeVersion::Exchange2010 => 2,
        ExchangeVersion::Exchange2010Sp1 => 3,
        ExchangeVersion::Exchange2010Sp2 => 4,
        ExchangeVersion::Exchange2013 => 5,
        ExchangeVersion::Exchange2013Sp1 => 6,
        ExchangeVersion::Exchange2016 => 7,
        ExchangeVersion::Other(_) => return None,
    };
    Some(rank)
}

/// What a server says of itself unless it is told otherwise: the first release of Exchange 2013.
pub fn exchange_2013() -> ServerVersionInfo {
    ServerVersionInfo {
        major_version: Some(15),
        minor_version: Some(0),
        major_build_number: Some(349),
        minor_build_number: Some(0),
        version: Some("Exchange2013".to_owned()),
    }
}
