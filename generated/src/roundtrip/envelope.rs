//! SOAP envelopes: header blocks, the children of Body and the details of faults are read to types and written back
//! in their places; everything else of the envelope keeps its text.

use super::element;
use crate::rt::{Document, Next, NoteKind, Reader, Result, SOAP_URI, SOAP12_URI, words};

/// A version of SOAP, by the namespace of its envelope and the name of a fault's details.
#[derive(Clone, Copy)]
pub(super) struct Version {
    uri: &'static str,
    detail: (&'static str, &'static str),
}

const V11: Version = Version { uri: SOAP_URI, detail: ("", "detail") };
const V12: Version = Version { uri: SOAP12_URI, detail: (SOAP12_URI, "Detail") };

/// The version of the envelope that has just been opened; `None` for another element.
#[inline]
pub(super) fn version(r: &Reader<'_>) -> Option<Version> {
    let version = [V11, V12].into_iter().find(|version| version.uri == r.uri());
    version.filter(|_| r.local() == "Envelope")
}

/// Where in an envelope the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Envelope,
    Header,
    Body,
    Fault,
    Detail,
}

/// Copies the envelope that has just been opened, its contents by way of types.
pub(super) fn round_trip<T: Document>(r: &mut Reader<'_>, version: Version) -> Result<Vec<u8>> {
    let mut copy = Copy { out: Vec::with_capacity(r.src.len() + r.src.len() / 4), copied: r.open[0].offset };
    copy.out.extend_from_slice(b"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    copy.children::<T>(r, version, Level::Envelope)?;
    copy.up_to(r.src, r.pos);
    Ok(copy.out)
}

/// The envelope while it is copied.
struct Copy {
    out: Vec<u8>,
    /// Offset up to which the source was copied, or replaced by what types wrote.
    copied: usize,
}

impl Copy {
    /// Takes the text of the source up to an offset.
    #[inline]
    fn up_to(&mut self, source: &str, offset: usize) {
        self.out.extend_from_slice(source.get(self.copied..offset).unwrap_or_default().as_bytes());
        self.copied = offset;
    }

    /// Goes through the children of the innermost open element, and takes its end tag. Only what SOAP has at these
    /// places nests, so this recurses three deep at most.
    fn children<T: Document>(&mut self, r: &mut Reader<'_>, version: Version, level: Level) -> Result<()> {
        loop {
            match r.next()? {
                Next::End => return r.take_end(),
                Next::Text => r.skip_text()?,
                Next::Start => self.child::<T>(r, version, level)?,
            }
        }
    }

    fn child<T: Document>(&mut self, r: &mut Reader<'_>, version: Version, level: Level) -> Result<()> {
        let soap = r.uri() == version.uri;
        let inner = match (level, r.local()) {
            (Level::Envelope, "Header") if soap => Some(Level::Header),
            (Level::Envelope, "Body") if soap => Some(Level::Body),
            (Level::Body, "Fault") if soap => Some(Level::Fault),
            (Level::Fault, local) if (r.uri(), local) == version.detail => Some(Level::Detail),
            _ => None,
        };
        if let Some(inner) = inner {
            return self.children::<T>(r, version, inner);
        }
        match level {
            // Codes and reasons.
            Level::Fault => r.skip_to(r.depth() - 1),
            Level::Envelope | Level::Header | Level::Detail if r.position(T::ROOTS).is_none() => kept(r),
            _ => self.typed::<T>(r, version),
        }
    }

    /// Replaces the innermost open element by what its type writes.
    fn typed<T: Document>(&mut self, r: &mut Reader<'_>, version: Version) -> Result<()> {
        // Always there: the caller has just met its start tag.
        let start = r.open.last().map_or(r.pos, |open| open.offset);
        let soap = soap_attributes(r, version);
        let mut w = super::writer(r, 0);
        r.block = r.depth();
        let done = element::<T>(r, &mut w);
        r.block = 0;
        done?;
        let xml = w.finish()?;
        self.up_to(r.src, start);
        let name = xml.iter().position(|b| matches!(b, b' ' | b'>' | b'/')).unwrap_or(xml.len());
        // Those that the type declares are there already.
        let tag = &xml[..xml.iter().position(|b| *b == b'>').unwrap_or(xml.len())];
        let written = |local: &str| words::find(tag, format!(":{local}=\"").as_bytes()).is_some();
        let soap: Vec<_> = soap.into_iter().filter(|(local, _)| !written(local)).collect();
        self.out.extend_from_slice(&xml[..name]);
        if !soap.is_empty() {
            // A prefix of our own: those of the source may mean something else in the new tag.
            let mut prefix = "env".to_owned();
            while words::find(&xml, format!("xmlns:{prefix}=").as_bytes()).is_some() {
                prefix.push('_');
            }
            self.out.extend_from_slice(format!(" xmlns:{prefix}=\"{}\"", version.uri).as_bytes());
            for (local, raw) in soap {
                self.out.extend_from_slice(format!(" {prefix}:{local}=\"{raw}\"").as_bytes());
            }
        }
        self.out.extend_from_slice(&xml[name..]);
        self.copied = r.pos;
        Ok(())
    }
}

/// The SOAP attributes of the element just opened, such as `mustUnderstand`, which its type need not know: local names
/// and values as they are written.
#[inline]
fn soap_attributes<'a>(r: &Reader<'a>, version: Version) -> Vec<(&'a str, String)> {
    let of_soap = |r: &Reader<'_>, qname: &str| qname.contains(':') && r.uri_of(qname) == version.uri;
    let found = r.attributes.iter().filter(|a| of_soap(r, a.qname));
    // The value stood between quotes of either kind.
    found.map(|a| (a.local, a.raw.replace('"', "&quot;"))).collect()
}

/// Leaves the innermost open element as it is, with a note.
#[inline]
fn kept(r: &mut Reader<'_>) -> Result<()> {
    let message = format!("no type for '{}' in namespace '{}'; it is kept as it is", r.local(), r.uri());
    r.note(NoteKind::Untyped, r.tag(), message);
    r.skip_to(r.depth() - 1)
}
