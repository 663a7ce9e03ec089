//! Passing over what nothing but wildcards and anyType has a place for: what a strict reader checks of it, by what the
//! crate knows by name.

use super::any_simple;
use super::error::{NoteKind, Result, wording};
use super::known::KnownAttribute;
use super::name::{Datatype, Ns, TypeName};
use super::reader::{Mode, Next, Reader};
use super::shape::Contents;

impl Reader<'_> {
    /// Passes over the innermost open element, up to and with its end tag. A strict reader checks of it what `contents`
    /// asks; without, it is an element of type anyType.
    pub(crate) fn pass(&mut self, contents: Option<Contents>) -> Result<()> {
        let known = &self.vocabulary.known;
        let nothing_known = known.elements.is_empty() && !known.all_globals;
        if self.mode == Mode::Lenient || contents == Some(Contents::Skip) || nothing_known {
            if nothing_known {
                self.pass_unseen();
            }
            return self.skip_to(self.open.len().saturating_sub(1));
        }
        self.pending = false;
        if contents.is_none() {
            for index in 0..self.attributes.len() {
                if self.attributes[index].ns == Ns::XSI && self.attributes[index].local != "type" {
                    self.instance_attribute(index, Datatype::named(any_simple::ANY_TYPE))?;
                }
            }
        } else {
            for elements in known.elements {
                let Some(at) = self.position(elements.roots) else { continue };
                return self.only_checked(|r| (elements.read)(at, r));
            }
        }
        let of_type = self.attributes.iter().find(|a| a.ns == Ns::XSI && a.local == "type").copied();
        if let Some(attribute) = of_type {
            let value = self.unescape_attribute(attribute.raw)?.into_owned();
            if self.passed_typed(&value, attribute.offset, contents)? {
                return Ok(());
            }
        }
        if contents == Some(Contents::Strict) && known.all_globals {
            return Err(self.violation(self.tag(), wording::undeclared_element(self.current())));
        }
        if contents.is_some() && !known.all_globals {
            self.pass_unseen();
        }
        self.pass_any()
    }

    /// Passes over an element of type anyType.
    fn pass_any(&mut self) -> Result<()> {
        for index in 0..self.attributes.len() {
            self.admitted_attribute(index, Contents::Lax)?;
        }
        loop {
            match self.next()? {
                Next::Start => self.pass(Some(Contents::Lax))?,
                Next::Text => self.skip_text()?,
                Next::End => return self.take_end(),
            }
        }
    }

    /// Reads what is not wanted, nor are the values of wildcards within it.
    fn only_checked(&mut self, read: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let checking = std::mem::replace(&mut self.checking, true);
        let done = read(self);
        self.checking = checking;
        done
    }

    /// Passes over the innermost open element, of whose content nothing is known.
    pub(crate) fn pass_unknown(&mut self) -> Result<()> {
        self.pass_unseen();
        self.skip_to(self.open.len().saturating_sub(1))
    }

    /// Passes over an element whose type is given by `xsi:type`, as far as that is known. `false` where it says nothing: of an
    /// element that is not declared, either, a lax wildcard asks no more.
    fn passed_typed(&mut self, value: &str, offset: usize, contents: Option<Contents>) -> Result<bool> {
        const ANY: TypeName = any_simple::ANY_TYPE;
        let Some((uri, local)) = self.expanded(value) else {
            return Err(self.violation(offset, wording::bad_type(value, ANY)));
        };
        let (uri, local) = (uri.to_owned(), local.to_owned());
        if (&*uri, &*local) == (ANY.uri, ANY.local) {
            return self.pass_any().map(|()| true);
        }
        let known = &self.vocabulary.known;
        if known.check((&uri, &local), "").is_some() {
            return self.pass_text((&uri, &local)).map(|()| true);
        }
        if let Some(read) = known.complex(&uri, &local) {
            return self.only_checked(read).map(|()| true);
        }
        match contents {
            _ if !known.all_complex => self.pass_unknown().map(|()| true),
            Some(_) => Ok(false),
            None => Err(self.violation(offset, wording::bad_type(value, ANY))),
        }
    }

    /// Passes over an element whose type, given by `xsi:type`, is one of text.
    fn pass_text(&mut self, (uri, local): (&str, &str)) -> Result<()> {
        let known = &self.vocabulary.known;
        if let Some(check) = self.extension(any_simple::TEXT) {
            check(self)?;
            self.attributes.clear();
        }
        self.attributes.retain(|attribute| attribute.ns != Ns::XSI);
        let (element, at) = (self.local(), self.tag());
        let mut text = String::new();
        self.simple(&mut text)?;
        match known.check((uri, local), &text) {
            Some(Err(invalid)) => {
                let message =
                    wording::value("element", element, &text, &format_args!("{uri}:{local}"), &invalid);
                self.deviation(NoteKind::UnknownValue, at, message)
            }
            _ => Ok(()),
        }
    }

    /// Checks the attribute at an index, which a wildcard admitted.
    pub(crate) fn admitted_attribute(&mut self, index: usize, contents: Contents) -> Result<()> {
        if self.mode == Mode::Lenient || contents == Contents::Skip {
            return Ok(());
        }
        let known = &self.vocabulary.known;
        let attribute = self.attributes[index];
        let found = known.attributes.iter().find(|known| {
            known.attribute.name.ns == attribute.ns && known.attribute.name.local == attribute.local
        });
        let Some(KnownAttribute { attribute: declared, read }) = found else {
            // Those of XML itself need no declaration.
            let told =
                contents == Contents::Lax || !known.all_globals || matches!(attribute.ns, Ns::XML | Ns::XSI);
            return if told { Ok(()) } else { self.undeclared(index) };
        };
        self.value = self.unescape_attribute(attribute.raw)?;
        self.attribute_index = index;
        if declared.fixed.is_some_and(|fixed| fixed != self.value) {
            self.fixed_attribute = declared.fixed;
        }
        read(self)
    }
}
