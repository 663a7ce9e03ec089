//! The calls that generated code makes, one per field: read an attribute, a child, a list, a group.

use super::any::AnyAttribute;
use super::contract::{Content, Fields};
use super::error::{Result, wording};
use super::reader::{Mode, Next, RawAttribute, Reader};
use super::shape::{Particle, Shape};
use super::simple::Simple;
use super::value::{Kind, Value};
use super::wide::{self, Ordered};

/// A wrapper element's list while it is read: a type whose only content is one repeated element.
struct List<'v, T>(&'v mut Vec<T>);

impl<T: Content> Fields for List<'_, T> {
    fn field(&mut self, _at: usize, r: &mut Reader<'_>) -> Result<()> {
        r.many(self.0)
    }
}

impl Reader<'_> {
    // ---- attributes -------------------------------------------------------------------------------

    /// Reads the attribute at hand.
    ///
    /// # Errors
    /// When its value does not fit the type.
    #[inline]
    pub fn attribute<T: Simple>(&mut self, slot: &mut T) -> Result<()> {
        self.attribute_value(slot, const { Kind::of::<T>() })
    }

    fn attribute_value(&mut self, slot: &mut dyn Value, kind: Kind) -> Result<()> {
        let index = self.attribute_index;
        let value = std::mem::take(&mut self.value);
        self.value(slot, kind, &value, index)?;
        self.keep_scratch(value);
        match self.fixed_attribute.take() {
            None => Ok(()),
            Some(fixed) => {
                let RawAttribute { local, offset, .. } = self.attributes[index];
                self.check_fixed(slot, fixed, local, offset)
            }
        }
    }

    /// Reads the attribute at hand into an optional field.
    ///
    /// # Errors
    /// When its value does not fit the type.
    pub fn opt_attribute<T: Simple>(&mut self, slot: &mut Option<T>) -> Result<()> {
        self.attribute(slot.insert(T::blank()))
    }

    /// Keeps the attribute at hand, which a wildcard admitted.
    ///
    /// # Errors
    /// None; the signature is that of the other field calls.
    pub fn any_attribute(&mut self, slot: &mut Vec<AnyAttribute>) -> Result<()> {
        slot.push(AnyAttribute::take(self));
        Ok(())
    }

    // ---- text ---------------------------------------------------------------------------------------

    /// Reads the innermost open element, whose type is simple, and its end tag.
    ///
    /// # Errors
    /// When it does not fit the type.
    #[inline]
    pub fn simple<T: Simple>(&mut self, slot: &mut T) -> Result<()> {
        self.element(slot, const { Kind::of::<T>() })
    }

    /// Reads the text of the element whose attributes were read already.
    ///
    /// # Errors
    /// When it does not fit the type.
    #[inline]
    pub fn text_value<T: Simple>(&mut self, slot: &mut T) -> Result<()> {
        self.content(slot, const { Kind::of::<T>() })
    }

    // ---- children -----------------------------------------------------------------------------------

    /// Reads a child.
    ///
    /// # Errors
    /// When its content does not fit.
    #[inline]
    pub fn one<T: Content>(&mut self, slot: &mut T) -> Result<()> {
        slot.read(self)
    }

    /// Reads a boxed child.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn boxed<T: Content>(&mut self, slot: &mut Box<T>) -> Result<()> {
        (**slot).read(self)
    }

    /// Reads a child into an optional field.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn opt<T: Content>(&mut self, slot: &mut Option<T>) -> Result<()> {
        // Read where it stays. A lenient reader goes on after an error, without the value.
        *slot = Some(T::blank());
        let Some(value) = slot else { return Ok(()) };
        let done = value.read(self);
        if done.is_err() {
            *slot = None;
        }
        done
    }

    /// Reads a child into an optional boxed field.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn opt_boxed<T: Content>(&mut self, slot: &mut Option<Box<T>>) -> Result<()> {
        let done = slot.insert(Box::new(T::blank())).read(self);
        if done.is_err() {
            *slot = None;
        }
        done
    }

    /// Reads a repeated child.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn many<T: Content>(&mut self, slot: &mut Vec<T>) -> Result<()> {
        if slot.capacity() == 0 {
            // Most lists have one item; the usual first growth makes room for four.
            slot.reserve_exact(1);
        }
        // Read where it stays.
        slot.push(T::blank());
        let Some(value) = slot.last_mut() else { return Ok(()) };
        let done = value.read(self);
        if done.is_err() {
            slot.pop();
        }
        done
    }

    /// Reads the content of the child at hand and returns it: for entries of lists, and whatever else is not read in place.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn item<T: Content>(&mut self) -> Result<T> {
        let mut value = T::blank();
        match value.read(self) {
            Ok(()) => Ok(value),
            Err(error) => Err(error),
        }
    }

    /// Reads a child that wraps a list.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn list<T: Content>(&mut self, slot: &mut Vec<T>, wrapper: &'static Shape) -> Result<()> {
        self.complex(wrapper, &mut List(slot))
    }

    /// Reads a child that wraps a list into an optional field.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn opt_list<T: Content>(&mut self, slot: &mut Option<Vec<T>>, wrapper: &'static Shape) -> Result<()> {
        let done = self.list(slot.insert(Vec::new()), wrapper);
        if done.is_err() {
            *slot = None;
        }
        done
    }

    /// Reads a repeated child that wraps a list.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn many_lists<T: Content>(&mut self, slot: &mut Vec<Vec<T>>, wrapper: &'static Shape) -> Result<()> {
        slot.push(self.item_list(wrapper)?);
        Ok(())
    }

    /// Reads a child that wraps a list and returns the list.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn item_list<T: Content>(&mut self, wrapper: &'static Shape) -> Result<Vec<T>> {
        let mut items = Vec::new();
        match self.list(&mut items, wrapper) {
            Ok(()) => Ok(items),
            Err(error) => Err(error),
        }
    }

    /// Reads a repeated child as the alternative of a choice: this one and those of the same particle
    /// that follow it.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn run<T: Content>(&mut self, items: &mut Vec<T>, particle: &'static Particle) -> Result<()> {
        let declared = self.declared;
        items.push(self.item()?);
        while self.goes_on(particle, items.len())? {
            self.declared = declared;
            self.admit(particle);
            items.push(self.item()?);
        }
        Ok(())
    }

    /// Whether the particle of a repeated alternative, read `count` times, takes the next element too, which then is
    /// open. What it does not take is left to the caller.
    #[inline]
    fn goes_on(&mut self, particle: &'static Particle, count: usize) -> Result<bool> {
        let reached = |limit: u32| u32::try_from(count).unwrap_or(u32::MAX) >= limit;
        // A lenient reader takes more of them than there may be.
        let full = self.mode == Mode::Strict && reached(particle.max);
        if !full && let Next::Start = self.next()? {
            if let Some(open) = self.open.last()
                && particle.starts_with(open.ns, self.local_of(open), self.open_uri(open))
            {
                return Ok(true);
            }
            self.pending = true;
        }
        if self.mode == Mode::Lenient || reached(particle.min) {
            return Ok(false);
        }
        // Back in the holder, before the element that came instead, or before its end.
        let (depth, offset) = match self.pending {
            true => (self.open.len() - 1, self.tag()),
            false => (self.open.len(), self.end_offset()),
        };
        let mut missing = Vec::new();
        particle.first(&mut |term| missing.push(term));
        let holder = &self.open[depth - 1];
        let message = wording::incomplete(self.name_of(holder), &missing, self.vocabulary);
        Err(self.violation(offset, message))
    }

    // ---- fields of wide types -----------------------------------------------------------------------

    /// Reads a child into the sparse fields of a wide type.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn field<T: Content, F: Ordered>(&mut self, fields: &mut Vec<F>, field: fn(T) -> F) -> Result<()> {
        wide::add(fields, field(self.item()?));
        Ok(())
    }

    /// Reads a child into the sparse fields of a wide type, boxed.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn field_boxed<T: Content, F: Ordered>(
        &mut self,
        fields: &mut Vec<F>,
        field: fn(Box<T>) -> F,
    ) -> Result<()> {
        let mut value = Box::new(T::blank());
        value.read(self)?;
        wide::add(fields, field(value));
        Ok(())
    }

    /// Reads a child that wraps a list into the sparse fields of a wide type.
    ///
    /// # Errors
    /// When its content does not fit.
    pub fn field_list<T: Content, F: Ordered>(
        &mut self,
        fields: &mut Vec<F>,
        field: fn(Vec<T>) -> F,
        wrapper: &'static Shape,
    ) -> Result<()> {
        wide::add(fields, field(self.item_list(wrapper)?));
        Ok(())
    }
}
