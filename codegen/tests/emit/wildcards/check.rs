//! What is kept as XML declares the prefixes that it names, however they are spelt.

use super::test::Open;
use oxws::rt::Document;

pub fn check() -> Result<(), String> {
    for (of, needed) in [
        (r#"<e:e xsi:type="d&#58;Kind"/>"#, r#"xmlns:d="urn:d""#),
        (r#"<e:e>&#x64;:Kind</e:e>"#, r#"xmlns:d="urn:d""#),
        (r#"<e:e><!-- &# --><![CDATA[&#]]>d&#x3a;Kind</e:e>"#, r#"xmlns:d="urn:d""#),
        (r#"<e:e xsi:type="Kind"/>"#, r#"xmlns="urn:plain""#),
    ] {
        let document = format!(
            r#"<t:Open xmlns:t="urn:t" xmlns:d="urn:d" xmlns:e="urn:e" xmlns="urn:plain"
                xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><t:Known/>{of}</t:Open>"#
        );
        let open = Open::from_xml(document.as_bytes()).map_err(|error| error.to_string())?;
        let written = open.to_xml().map_err(|error| error.to_string())?;
        let written = String::from_utf8_lossy(&written);
        if !written.contains(needed) {
            return Err(format!("{of} came out in {written}"));
        }
    }
    Ok(())
}
