//! Texts of a certain form: the macro for all of them, `NormalizedString`, `Token`, `Language`.

use std::borrow::Cow;

use crate::rt::error::Invalid;
use crate::rt::space::{collapse, replace};

/// A text type: its schema name, the kind in messages, what happens to white space, which texts are valid.
macro_rules! text_type {
    ($(#[$doc:meta])* $type:ident, $local:literal, $kind:literal, $space:path, $valid:path $(, $identity:ident)?) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(String);

        impl $type {
            /// Checks a text, after its white space was handled as the type says.
            ///
            /// # Errors
            /// When the text is not in the type's lexical space.
            #[inline]
            pub fn new(text: impl Into<String>) -> Result<$type, $crate::rt::Invalid> {
                <$type as $crate::rt::Simple>::parse(&text.into())
            }

            /// The text.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text by itself.
            #[inline]
            pub fn into_inner(self) -> String {
                self.0
            }
        }

        impl $crate::rt::Simple for $type {
            const TYPE: $crate::rt::TypeName = $crate::rt::simple::builtin($local);
            $(const IDENTITY: Option<$crate::rt::Identity> = Some($crate::rt::Identity::$identity);)?

            #[inline]
            fn parse(text: &str) -> Result<$type, $crate::rt::Invalid> {
                match $crate::rt::lexical::strings::checked(text, $space, $valid, $kind) {
                    Ok(text) => Ok($type(text.into_owned())),
                    Err(invalid) => Err(invalid),
                }
            }

            fn check(text: &str) -> Result<(), $crate::rt::Invalid> {
                $crate::rt::lexical::strings::check(text, $space, $valid, $kind)
            }

            #[inline]
            fn write(&self, out: &mut $crate::rt::Text<'_>) {
                out.push(&self.0);
            }
        }

        impl std::ops::Deref for $type {
            type Target = str;

            #[inline]
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $type {
            #[inline]
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $type {
            #[inline]
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $type {
            #[inline]
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $type {
            #[inline]
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl From<$type> for String {
            #[inline]
            fn from(value: $type) -> String {
                value.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = $crate::rt::Invalid;

            #[inline]
            fn try_from(text: String) -> Result<$type, $crate::rt::Invalid> {
                $type::new(text)
            }
        }

        impl TryFrom<&str> for $type {
            type Error = $crate::rt::Invalid;

            #[inline]
            fn try_from(text: &str) -> Result<$type, $crate::rt::Invalid> {
                <$type as $crate::rt::Simple>::parse(text)
            }
        }

        impl std::fmt::Display for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $type {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::rt::lexical::show(stringify!($type), &format_args!("{:?}", self.0), f)
            }
        }

        impl $crate::rt::Blank for $type {
            fn blank() -> $type {
                // Empty until the reader replaces it, also where that is no valid value.
                $type(String::new())
            }
        }

        /// Length in characters; not ordered.
        impl $crate::rt::restricted::Measured for $type {
            #[inline]
            fn length(&self) -> usize {
                self.0.chars().count()
            }

            #[inline]
            fn order(&self, _bound: &str) -> Option<std::cmp::Ordering> {
                None
            }

            #[inline]
            fn normalized<'t>(&'t self, _text: &'t str) -> std::borrow::Cow<'t, str> {
                std::borrow::Cow::Borrowed(&self.0)
            }
        }

        $crate::rt::lexical::from_text!($type);
    };
}
pub(super) use text_type;

/// The text of a type, its white space handled by `space`, whose literals are those for which `valid` answers `true`.
pub(super) fn checked<'t>(
    text: &'t str,
    space: fn(&'t str) -> Cow<'t, str>,
    valid: fn(&str) -> bool,
    kind: &str,
) -> Result<Cow<'t, str>, Invalid> {
    let text = space(text);
    if valid(&text) { Ok(text) } else { Err(super::literal(&text, kind)) }
}

/// Whether a text is a literal of such a type.
pub(super) fn check<'t>(
    text: &'t str,
    space: fn(&'t str) -> Cow<'t, str>,
    valid: fn(&str) -> bool,
    kind: &str,
) -> Result<(), Invalid> {
    match checked(text, space, valid, kind) {
        Ok(_) => Ok(()),
        Err(invalid) => Err(invalid),
    }
}

fn anything(_text: &str) -> bool {
    true
}

/// One to eight letters, then groups of one to eight letters or digits.
fn is_language(text: &str) -> bool {
    let (mut len, mut first) = (0, true);
    for byte in text.bytes() {
        match byte {
            b'-' if len > 0 => (len, first) = (0, false),
            b'0'..=b'9' if first => return false,
            _ if len < 8 && byte.is_ascii_alphanumeric() => len += 1,
            _ => return false,
        }
    }
    len > 0
}

text_type! {
    /// A text without tabs and line ends: xs:normalizedString.
    ///
    /// Every text is a literal: tabs and line ends become spaces, and spaces stay as they are.
    NormalizedString, "normalizedString", "NormalizedString", replace, anything
}

text_type! {
    /// A text without white space at its ends and without more than one space between words: xs:token.
    ///
    /// Every text is a literal: its white space is reduced to that.
    Token, "token", "Token", collapse, anything
}

text_type! {
    /// A language, as RFC 3066 names it: xs:language.
    ///
    /// Valid literals: `en`, `en-US`, `zh-Hans-CN`, `x-klingon`. Invalid: `en_US`, `e2`, `en-`, `abcdefghi` and
    /// the empty text. Comparison looks at the text, capitals and all, as in XML Schema.
    Language, "language", "Language", collapse, is_language
}
