//! Literals of durations, numbers, binary data, and texts.

use std::collections::HashMap;

use super::{parse, reads, refuses};
use crate::rt::restricted::Measured;
use crate::rt::*;

#[test]
fn durations() {
    reads::<Duration>(&[
        "P1Y2M3DT4H5M6.7S",
        "P1Y",
        "P12M",
        "P0Y",
        "PT0S",
        "-PT0S",
        "-P120D",
        "PT36H",
        "P1YT1S",
        "P01Y",
        "PT1M",
        "P1M",
        "P1MT1M",
        "PT000.500S",
        "PT18446744073709551615S",
        "P1Y3D",
        "PT1.1234567890S→PT1.123456789S",
    ]);
    let zeros = format!("P{}1Y", "0".repeat(300));
    assert_eq!(parse::<Duration>(&zeros), Duration::ZERO.with_years(1));
    let bad = [
        "",
        "P",
        "-P",
        "PT",
        "P1YT",
        "P1S",
        "P-1Y",
        "+P1Y",
        "P1.5D",
        "P1.0Y",
        "PT.5S",
        "PT5.S",
        "P1M1Y",
        "P1Y1Y",
        "1D",
        "P1",
        "P1W",
        "PT1H1H",
        "PT1S1M",
        "PT1D",
        "PTT1S",
        "P1DT1HT1S",
        "p1y",
        "P 1Y",
        "--P1Y",
        "P1Y ",
        "PT1.1234567891S",
        "P18446744073709551616Y",
        "P1é",
    ];
    refuses::<Duration>("Duration", &bad.map(|text| if text == "P1Y " { "P1Y x" } else { text }));
}

#[test]
fn numbers() {
    let integers =
        ["0", "-0", "+0", "1", "-1", "+1", "007", "12678967543233", "-123456789012345678901234567890"];
    let decimals = ["-1.23", "12678967543233.543233", "+100000.00", "210", ".5", "5.", "-.5", "000.000"];
    reads::<Integer>(&integers);
    reads::<Decimal>(&integers);
    reads::<Decimal>(&decimals);
    let none = ["", "+", "-", "- 1", "+-1", "1 2", "1,5", "1e5", "INF", "NaN", "0x1", "١", "1_000"];
    refuses::<Decimal>("Decimal", &none);
    refuses::<Decimal>("Decimal", &[".", "-.", "1.2.3", "..", "1.-2", "1.+2"]);
    refuses::<Integer>("Integer", &none);
    refuses::<Integer>("Integer", &["1.0", "1.", ".5"]);
}

#[test]
fn integers_of_limited_sign() {
    reads::<NonNegativeInteger>(&["0", "-0", "+0", "1", "+5", "340282366920938463463374607431768211456"]);
    refuses::<NonNegativeInteger>("NonNegativeInteger", &["-1", "-001", "", "1.0"]);
    reads::<PositiveInteger>(&["1", "+5", "001"]);
    refuses::<PositiveInteger>("PositiveInteger", &["0", "-0", "000", "-1", "", "x"]);
    reads::<NonPositiveInteger>(&["0", "+0", "-1", "-12678967543233"]);
    refuses::<NonPositiveInteger>("NonPositiveInteger", &["1", "+1", "", "-1.0"]);
    reads::<NegativeInteger>(&["-1", "-001", "-12678967543233"]);
    refuses::<NegativeInteger>("NegativeInteger", &["0", "-0", "1", "", "-"]);
}

#[test]
fn base64() {
    reads::<Base64Binary>(&[
        "",
        "aGVsbG8=",
        "0FB8",
        "aGVs bG8=→aGVsbG8=",
        "a G\tV\nsb\rG 8 =→aGVsbG8=",
        "/+8=",
        "AA==",
        " →",
    ]);
    let bad = [
        "aGVsbG8",
        "aGVsbG9=",
        "-_8=",
        "=",
        "====",
        "A",
        "AA",
        "AA=",
        "AA=A",
        "AAAA=",
        "AAé=",
        "aGVs\u{A0}bG8=",
    ];
    refuses::<Base64Binary>("Base64Binary", &bad);
    let long =
        Base64Binary::from((0..100_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect::<Vec<u8>>());
    assert_eq!(to_text(&long), long.to_string());
    let mut lines = to_text(&long);
    (0..lines.len()).step_by(76).rev().for_each(|at| lines.insert_str(at, "\r\n"));
    assert_eq!(parse::<Base64Binary>(&lines), long);
    assert_eq!((long.length(), long.order("")), (100_000, None));
    assert!(
        format!("{long:?}").starts_with("Base64Binary(100000 bytes: 00 00 00")
            && format!("{long:?}").len() < 100
    );
    assert_eq!(format!("{:?}", Base64Binary::from(&b"hi"[..])), "Base64Binary(2 bytes: 68 69)");
    let invalid = Base64Binary::parse(&"!é".repeat(100_000)).unwrap_err();
    assert!(invalid.reason().contains("!é…' is not") && invalid.reason().chars().count() < 320);
}

#[test]
fn hexadecimal() {
    reads::<HexBinary>(&["", "0FB7", "0fb7", "00", "0fB7→0FB7"]);
    refuses::<HexBinary>("HexBinary", &["F", "0F B7", "0x0F", "0g", "é", "0FB"]);
    let long = HexBinary::from((0..1000u32).map(|n| n as u8).collect::<Vec<u8>>());
    assert_eq!((parse::<HexBinary>(&to_text(&long)), long.length()), (long.clone(), 1000));
    assert_eq!(parse::<HexBinary>("ff"), parse("FF"));
    assert_eq!(format!("{:?}", parse::<HexBinary>("0fB7")), "HexBinary(2 bytes: 0f b7)");
}

#[test]
fn uris() {
    reads::<AnyUri>(&[
        "",
        "http://example.com/a%20b?c=d#e",
        "http://example.com/räksmörgås",
        "../a b",
        "urn:x:y",
        "mailto:a@b",
        "#a",
        "a/b:c",
        "?a:b",
        "//host:80/",
        "C:\\temp",
        "http://[::1]/",
    ]);
    refuses::<AnyUri>("Uri", &["100%", "%zz", "%2", "%é", "a#b#c", ":a", "1a:b", "a b:c"]);
    assert_eq!(parse::<AnyUri>(" a \n b ").as_str(), "a b");
}

#[test]
fn texts() {
    reads::<Token>(&["", "a", "a b", "a  \t\n b→a b"]);
    reads::<Language>(&["en", "en-US", "zh-Hans-CN", "x-klingon", "i-a1b2c3d4", "abcdefgh"]);
    let bad = ["", "en_US", "e2", "en-", "-en", "en--US", "abcdefghi", "en-abcdefghi", "é", "en us"];
    refuses::<Language>("Language", &bad);
    let text = parse::<NormalizedString>(" a\tb\r\nc  d ");
    assert_eq!((&*text, to_text(&text).as_str(), text.length()), (" a b  c  d ", " a b  c  d ", 11));
    assert_eq!(NormalizedString::new("a\nb").unwrap(), "a b");
    assert_eq!(Token::new(" <&> ").unwrap().to_string(), "<&>");
    assert_eq!(Token::parse(" <&> ").unwrap(), *"<&>");
    let by: HashMap<Token, u8> = [(Token::new("a").unwrap(), 1)].into();
    assert_eq!((by.get("a"), String::from(Token::new("a").unwrap()).as_str()), (Some(&1), "a"));
    assert_eq!(format!("{:?}", Token::new("a").unwrap()), "Token(\"a\")");
}

#[test]
fn names() {
    let plain = ["a", "_1", "x-y.z", "é", "名前", "a·"];
    reads::<NcName>(&plain);
    reads::<Id>(&plain);
    reads::<IdRef>(&plain);
    reads::<Entity>(&plain);
    reads::<XmlName>(&plain);
    reads::<XmlName>(&["x:y", ":a", ":"]);
    reads::<NmToken>(&plain);
    reads::<NmToken>(&["123", "-x:y", ".", ":", "·"]);
    reads::<QName>(&plain);
    reads::<QName>(&["x:a", "名:前"]);
    let none = ["", "a b", "a,b", "a\u{2028}b", "a<", "a\u{0}"];
    refuses::<NmToken>("NMTOKEN", &none);
    for bad in [&none[..], &["1a", "-a", ".", "·a"]] {
        refuses::<XmlName>("Name", bad);
        refuses::<NcName>("NCName", bad);
        refuses::<Id>("ID", bad);
        refuses::<IdRef>("IDREF", bad);
        refuses::<Entity>("ENTITY", bad);
        refuses::<QName>("QName", bad);
    }
    refuses::<NcName>("NCName", &["x:y", ":a"]);
    refuses::<QName>("QName", &[":a", "a:", "x:y:a", "1:a", "x:1", "x: a", ":"]);
    let name = QName::new(Some("xs"), "string").unwrap();
    assert_eq!((name.prefix(), name.local(), name.length()), (Some("xs"), "string", 9));
    assert_eq!((name, QName::new(None, "a").unwrap().prefix()), (parse(" xs:string\n"), None));
    assert!(QName::new(Some("a:b"), "c").is_err() && QName::new(None, "a:b").is_err());
}

#[test]
fn types_have_the_names_of_the_schema() {
    let names = [
        DateTime::TYPE,
        Date::TYPE,
        Time::TYPE,
        Duration::TYPE,
        GYear::TYPE,
        GYearMonth::TYPE,
        GMonth::TYPE,
        GMonthDay::TYPE,
        GDay::TYPE,
        Decimal::TYPE,
        Integer::TYPE,
        NonNegativeInteger::TYPE,
        PositiveInteger::TYPE,
        NonPositiveInteger::TYPE,
        NegativeInteger::TYPE,
        Base64Binary::TYPE,
        HexBinary::TYPE,
        AnyUri::TYPE,
        NormalizedString::TYPE,
        Token::TYPE,
        Language::TYPE,
        NmToken::TYPE,
        XmlName::TYPE,
        NcName::TYPE,
        Id::TYPE,
        IdRef::TYPE,
        Entity::TYPE,
        QName::TYPE,
    ];
    assert!(names.iter().all(|name| name.uri == XSD_URI));
    let locals = names.map(|name| name.local).join(" ");
    let expected = "dateTime date time duration gYear gYearMonth gMonth gMonthDay gDay decimal integer \
                    nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger base64Binary hexBinary \
                    anyURI normalizedString token language NMTOKEN Name NCName ID IDREF ENTITY QName";
    assert_eq!(locals, expected);
}

#[test]
fn zero_may_have_a_minus_sign_whatever_its_type() {
    for text in ["-0", " -00 ", "+0", "0"] {
        assert_eq!(u8::parse(text).ok(), Some(0), "{text}");
        assert_eq!(u64::parse(text).ok(), Some(0), "{text}");
        assert_eq!(i8::parse(text).ok(), Some(0), "{text}");
    }
    for text in ["-1", "-", "+-0", "--0", "- 0"] {
        assert!(u8::parse(text).is_err() && u64::parse(text).is_err(), "{text}");
    }
}
