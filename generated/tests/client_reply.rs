//! Replies in other encodings than UTF-8, and with attachments.

#![cfg(feature = "client")]
#![allow(clippy::unwrap_used, reason = "a test")]

mod client_support;

use client_support::{Script, reply_with, write, written};
use oxws::client::Error;

/// The reply with a text in it.
fn body(text: &str) -> String {
    String::from_utf8(written())
        .unwrap()
        .replace("<m:ResponseCode>", &format!("<m:MessageText>{text}</m:MessageText><m:ResponseCode>"))
}

async fn read_text(media: &str, body: Vec<u8>) -> Result<String, Error> {
    let script = Script::new([reply_with(200, "content-type", media, body)]);
    Ok(script.client().call(write()).await?.message_text.unwrap_or_default())
}

#[tokio::test]
async fn the_charset_of_the_header_counts() {
    let latin =
        |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let bare = body("Größe").replace("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n", "");
    for (media, body) in [
        ("text/xml; charset=ISO-8859-1", latin(&body("Größe"))),
        ("text/xml; charset=\"iso-8859-1\"", latin(&bare)),
        ("text/xml;charset=utf-16", wide(&bare)),
        ("text/xml; charset=utf-8", body("Größe").into_bytes()),
        ("text/xml; charset=utf-8", body("Größe").replace("utf-8", "iso-8859-1").into_bytes()),
    ] {
        assert_eq!(read_text(media, body).await.unwrap(), "Größe", "{media}");
    }
    let marked = [&b"\xEF\xBB\xBF"[..], bare.as_bytes()].concat();
    assert_eq!(read_text("text/xml; charset=iso-8859-1", marked).await.unwrap(), "Größe");
    let error = read_text("text/xml; charset=utf-8", latin(&bare)).await.unwrap_err();
    assert!(matches!(error, Error::Undecodable(_)), "{error:?}");
}

#[tokio::test]
async fn attachments_are_passed_over() {
    let message = body("Size");
    let parts = format!(
        "--it\r\nContent-Type: text/plain\r\nContent-ID: <file>\r\n\r\n--its\r\n--it\r\n\
         Content-Type: text/xml; charset=utf-8\r\nContent-ID: <root>\r\n\r\n{message}\r\n--it--\r\n"
    );
    let media = "multipart/related; type=\"text/xml\"; start=\"<root>\"; boundary=\"it\"";
    assert_eq!(read_text(media, parts.clone().into_bytes()).await.unwrap(), "Size");
    let Error::Undecodable(error) =
        read_text(&media.replace("root", "file"), parts.clone().into_bytes()).await.unwrap_err()
    else {
        panic!("the file was read");
    };
    assert_eq!(error.body, parts, "the whole body is kept");
}
