//! The directory as a file: what each format gives, and what is wrong with a file.

use proptest::prelude::*;
use ucs::client::format::{Format, Source};
use ucs::client::people_file::{decode, encode};
use ucs::people::Details;

fn jane() -> Details {
    let text = |text: &str| Some(text.to_owned());
    Details {
        display_name: "Jane Doe".to_owned(),
        given_name: text("Jane"),
        surname: text("Doe"),
        company: text("Contoso, Ltd."),
        department: text("Sales"),
        title: text("Head"),
        phone: text("+1 555 0100"),
        mobile: text("+1 555 0101"),
        ..Details::new("jane@example.org")
    }
}

#[test]
fn csv_has_columns_in_any_order() {
    let text = "\u{feff}Name,email,company,given_name,surname,department,title,phone,mobile\r\n\
         Jane Doe,jane@example.org,\"Contoso, Ltd.\",Jane,Doe,Sales,Head,+1 555 0100,+1 555 0101\r\n";
    assert_eq!(decode(Format::Csv, text), Ok(vec![jane()]));
    let people =
        decode(Format::Csv, "email,im,given_name,surname\na@x.org,-,,\nb@x.org,sip:B@y.org,B,C\n").unwrap();
    assert_eq!((people[0].display_name.as_str(), &people[0].im_address), ("a@x.org", &None));
    assert_eq!(
        (people[1].display_name.as_str(), people[1].im_address.as_deref()),
        ("B C", Some("sip:B@y.org"))
    );
    let semicolons = "\u{feff}email;name\r\na@x.org;\"A, B\"\r\n;\r\n";
    let people = decode(Format::Csv, semicolons).unwrap();
    assert_eq!((people.len(), people[0].display_name.as_str()), (1, "A, B"));
}

#[test]
fn json_has_the_same_fields() {
    let text = r#"{"format": "ucs-directory", "version": 1, "people": [
        {"email": "jane@example.org", "name": "Jane Doe", "given_name": "Jane", "surname": "Doe", "title": "Head",
         "company": "Contoso, Ltd.", "department": "Sales", "phone": "+1 555 0100", "mobile": "+1 555 0101"},
        {"email": "p@example.org", "im": "-"}]}"#;
    let printer = Details { im_address: None, ..Details::new("p@example.org") };
    assert_eq!(decode(Format::Json, text), Ok(vec![jane(), printer]));
}

#[test]
fn cards_of_both_versions() {
    let four = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Jane Doe\r\nN:Doe;Jane;;;\r\nEMAIL;TYPE=work:jane@example.org\r\n\
         ORG:Contoso\\, Ltd.;Sales\r\nTITLE:Head\r\nTEL;TYPE=\"cell,voice\";VALUE=uri:tel:+1 555 0101\r\n\
         TEL;TYPE=work:+1 555 0100\r\nEND:VCARD\r\n";
    assert_eq!(decode(Format::Vcard, four), Ok(vec![jane()]));
    let three = "BEGIN:VCARD\nVERSION:3.0\nFN:Joe\nN:;Joe;;;\nIMPP:sip:joe@example.org\nEND:VCARD\n";
    let people = decode(Format::Vcard, three).unwrap();
    let joe = &people[0];
    assert_eq!(
        (&*joe.email, joe.given_name.as_deref(), &joe.surname),
        ("joe@example.org", Some("Joe"), &None)
    );
    assert_eq!(joe.im_address.as_deref(), Some("sip:joe@example.org"));
}

/// As address books write them: groups, labels, several types, pictures, and networks that are not ours.
#[test]
fn cards_of_address_books() {
    let text = "BEGIN:VCARD\nVERSION:3.0\nPRODID:-//Some//Book//EN\nN:Doe;Jane;Q.;Dr.;\nFN:Dr. Jane Q. Doe\n\
         item1.EMAIL;type=INTERNET;type=WORK;type=pref:jane@example.org\nitem1.X-ABLabel:_$!<Work>!$_\n\
         EMAIL;type=HOME:jane.home@example.net\nTEL;type=CELL;type=VOICE;type=pref:+1 555 0101\n\
         TEL;type=WORK;type=VOICE:+1 555 0100\nPHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\n IBwcHBw8LCwk\n\
         IMPP;X-SERVICE-TYPE=GoogleTalk:xmpp:jane@talk.example\nUID:abc\nEND:VCARD\n";
    let jane = decode(Format::Vcard, text).unwrap().remove(0);
    assert_eq!((&*jane.email, &*jane.display_name), ("jane@example.org", "Dr. Jane Q. Doe"));
    assert_eq!(jane.im_address.as_deref(), Some("jane@example.org"));
    assert_eq!((jane.phone.as_deref(), jane.mobile.as_deref()), (Some("+1 555 0100"), Some("+1 555 0101")));
}

/// The text has the file and the line.
#[test]
fn what_is_wrong_has_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let head = r#"{"format": "ucs-directory", "version": 1, "people": ["#;
    for (name, text, line, part) in [
        ("a.csv", "name\nJane\n".to_owned(), 1, "no column email"),
        ("a.csv", "email,shoes\n".to_owned(), 1, "\"shoes\" is no column; there are email, name"),
        ("a.csv", "email,name,email\n".to_owned(), 1, "twice"),
        ("a.csv", "email,name\na@b.org,A\nb@b.org\n".to_owned(), 3, "1 columns"),
        ("a.csv", "email,name\na@b.org,A\nb,B\n".to_owned(), 3, "\"b\" is no e-mail address"),
        ("a.json", "{".to_owned(), 1, "EOF"),
        ("a.json", r#"{"format": "ucs-list", "version": 1}"#.to_owned(), 1, "ucs-list"),
        ("a.json", r#"{"format": "ucs-directory", "version": 2}"#.to_owned(), 1, "version 2"),
        ("a.json", format!("{head}\n{{\"email\": \"x\"}}]}}"), 2, "\"x\" is no e-mail address"),
        ("a.json", format!("{head}\n\n{{\"mail\": \"x\"}}]}}"), 3, "mail"),
        ("a.vcf", "BEGIN:VCARD\nVERSION:4.0\nFN:Nobody\nEND:VCARD\n".to_owned(), 1, "is no e-mail address"),
        ("a.vcf", "FN:x\n".to_owned(), 1, "BEGIN:VCARD"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, &text).unwrap();
        let error = format!("{:#}", Source::new(&path).read(decode).unwrap_err());
        let place = format!("{}, line {line}: ", path.display());
        assert!(error.starts_with(&place) && error.contains(part), "{text:?} gave {error:?}");
    }
}

proptest! {
    /// What is written is read as it was.
    #[test]
    fn json_is_read_as_it_was_written(
        people in prop::collection::vec((".{0,9}", prop::option::of(".{0,9}"), prop::option::of("-|[a-z]{1,3}@x")), 0..5),
    ) {
        let people: Vec<Details> = people.into_iter().enumerate().filter_map(|(at, (name, office, im_address))| {
            let details = Details { display_name: name, office, im_address, ..Details::new(&format!("p{at}@example.org")) };
            details.checked().ok()
        }).filter(|details| details.im_address.as_deref() != Some("-")).collect();
        let text = encode(&people).unwrap();
        prop_assert_eq!(decode(Format::Json, &text), Ok(people), "{}", text);
    }

    /// No file brings a reader down.
    #[test]
    fn any_text_is_read_or_refused(text in "(?s)(email,|BEGIN:VCARD\n|\\{\"format\":\"ucs-directory\").{0,80}") {
        for format in [Format::Csv, Format::Json, Format::Vcard] {
            if let Err(error) = decode(format, &text) {
                prop_assert!(error.line >= 1);
            }
        }
    }
}
