//! The peers do what is measured of them. What needs their types is compiled in the library, once.

use oxws_peers::cases::{self, CASES};
use oxws_peers::documents::Document;
use oxws_peers::{own, resident};

/// What a peer writes of what it read says all that the document said.
#[test]
fn peers_with_types_read_and_write_everything() {
    for peer in ["serde", "instant", "hard"] {
        for document in [Document::Medium, Document::Request, Document::Ids] {
            let text = cases::rewritten(peer, document).unwrap_or_else(|| panic!("no peer {peer}"));
            assert!(own::same(document, &text), "{peer}: {text}");
        }
    }
}

#[test]
fn a_difference_is_noticed() {
    let text = Document::Request.text();
    assert!(own::same(Document::Request, &text));
    assert!(!own::same(Document::Request, &text.replace("Vertrieb", "Einkauf")));
}

#[test]
fn every_case_runs_on_every_document() {
    for document in Document::ALL.into_iter().filter(|document| *document != Document::Large) {
        let runs: Vec<_> = CASES.iter().filter_map(|case| (case.prepare)(document)).collect();
        assert!(runs.len() >= 2, "{document:?}");
        runs.iter().for_each(|run| run());
    }
}

#[test]
fn documents_are_as_large_as_they_are_said_to_be() {
    let sizes =
        [(Document::Medium, 45_000..55_000), (Document::Request, 850..950), (Document::Body, 200..240)];
    for (document, size) in sizes {
        assert!(size.contains(&document.text().len()), "{document:?}: {}", document.text().len());
    }
}

#[test]
fn memory_that_is_touched_shows() {
    let Some(rise) = resident::rise(|| drop(std::hint::black_box(vec![1_u8; 32 << 20]))) else {
        eprintln!("skipped: the system does not tell what is resident");
        return;
    };
    // The system counts pages in batches.
    assert!((30 << 20..48 << 20).contains(&rise), "{rise}");
}
