//! Which resource a path is.

use super::address::ENDPOINT;

/// A resource.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Route {
    /// The operations.
    Ews,
    /// What lies beside the operations: their description.
    Description,
    /// Autodiscover.
    Autodiscover,
    /// Whether the process lives.
    Health,
    /// Whether it should be sent requests.
    Ready,
    /// What it counts.
    Metrics,
    /// The page for people.
    Page,
    /// Nothing.
    Nothing,
}

impl Route {
    /// The resource at a path. As on Exchange, letter case does not matter where clients choose the spelling.
    pub(super) fn of(path: &str) -> Route {
        const FOLDER: usize = "/EWS/".len();
        match path {
            // What nearly all requests are for.
            ENDPOINT => Route::Ews,
            "/" => Route::Page,
            "/healthz" => Route::Health,
            "/readyz" => Route::Ready,
            "/metrics" => Route::Metrics,
            _ if path.eq_ignore_ascii_case(ENDPOINT) => Route::Ews,
            _ if path.get(..FOLDER).is_some_and(|start| start.eq_ignore_ascii_case("/EWS/")) => {
                Route::Description
            }
            _ if path.eq_ignore_ascii_case("/autodiscover/autodiscover.xml") => Route::Autodiscover,
            _ => Route::Nothing,
        }
    }

    /// Its name in metrics and logs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Route::Ews => "ews",
            Route::Description => "description",
            Route::Autodiscover => "autodiscover",
            Route::Health => "healthz",
            Route::Ready => "readyz",
            Route::Metrics => "metrics",
            Route::Page => "page",
            Route::Nothing => "none",
        }
    }

    /// Whether it is for programs that watch the server: asked often, never limited, seldom worth a line in the log.
    pub(super) fn is_watch(self) -> bool {
        matches!(self, Route::Health | Route::Ready | Route::Metrics)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letter_case_does_not_matter_where_clients_choose_it() {
        for (path, route) in [
            ("/EWS/Exchange.asmx", Route::Ews),
            ("/ews/exchange.ASMX", Route::Ews),
            ("/EWS/Services.wsdl", Route::Description),
            ("/ews/", Route::Description),
            ("/Autodiscover/Autodiscover.xml", Route::Autodiscover),
            ("/AUTODISCOVER/autodiscover.XML", Route::Autodiscover),
            ("/", Route::Page),
            ("/healthz", Route::Health),
            ("/Healthz", Route::Nothing),
            ("/EWS", Route::Nothing),
            ("/EWSé/", Route::Nothing),
            ("/EW\u{e9}/x", Route::Nothing),
            ("*", Route::Nothing),
            ("", Route::Nothing),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }
}
