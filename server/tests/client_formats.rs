//! Lists as files: what is written is read back, and what is malformed is refused with its line.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use proptest::prelude::*;
use ucs::client::format::{Format, Read, Source};
use ucs::client::model::{Contact, Group, GroupKind, List, ListBuilder};

const FORMATS: [Format; 3] = [Format::Json, Format::Csv, Format::Vcard];

/// Texts as people and machines write them, with what file formats have a meaning for.
fn text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        ",",
        ";",
        ":",
        "\"",
        "\\",
        "\\n",
        "\n",
        "\r\n",
        "\t",
        " ",
        "  ",
        "=",
        "=1+1",
        "@",
        "+",
        "-",
        "'",
        "sip:",
        "tel:",
        "^",
        "\u{feff}",
        "\u{2028}",
        "ß",
        "İ",
        "é",
        "e\u{301}",
        "日本",
        "👪",
        "BEGIN:VCARD",
        "END:VCARD",
        ".",
        "#",
    ]);
    let part = prop_oneof![
        3 => "[a-zA-Z0-9]{1,12}",
        2 => odd.prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..8).prop_map(|parts| parts.concat())
}

fn contact() -> impl Strategy<Value = Option<Contact>> {
    let im = (text(), prop::option::of(text()))
        .prop_map(|(address, name)| Contact::new(&address, name.as_deref(), None).ok());
    let tel = (text(), prop::option::of(text()), prop::option::of(text())).prop_map(|(uri, number, sip)| {
        let contact = Contact::new(&format!("tel:{uri}"), None, number.as_deref()).ok()?;
        Some(contact.with_sip(sip.as_deref()))
    });
    let shown = text().prop_map(|number| Contact::of_number(&number).ok());
    prop_oneof![3 => im, 1 => tel, 1 => shown]
}

fn list() -> impl Strategy<Value = List> {
    let group = (prop::sample::select(GroupKind::ALL.to_vec()), text(), text())
        .prop_map(|(kind, name, address)| Group::new(kind, &name, Some(&address)).ok());
    let groups = prop::collection::vec(group, 0..8);
    let contacts = prop::collection::vec((contact(), prop::collection::vec(0_usize..8, 0..4)), 0..12);
    (groups, contacts).prop_map(|(groups, contacts)| {
        let mut builder = ListBuilder::default();
        let groups: Vec<usize> = groups.into_iter().flatten().map(|group| builder.group(group)).collect();
        for (contact, memberships) in contacts {
            let Some(contact) = contact else { continue };
            let contact = builder.contact(contact);
            for group in memberships.into_iter().filter_map(|at| groups.get(at)) {
                builder.join(*group, contact);
            }
        }
        builder.build()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(list in list()) {
        for format in FORMATS {
            let text = format.encode(&list).unwrap();
            let read = format.decode(&text);
            prop_assert_eq!(read.as_ref(), Ok(&list.clone().into()), "{:?}:\n{}", format, text);
        }
    }

    #[test]
    fn no_text_is_a_panic(text in text(), at in 0_usize..200, list in list()) {
        for format in FORMATS {
            let mut damaged: Vec<char> = format.encode(&list).unwrap().chars().collect();
            let at = at.min(damaged.len());
            damaged.splice(at..at, text.chars());
            let damaged: String = damaged.into_iter().collect();
            if let Err(error) = format.decode(&damaged) {
                prop_assert!(error.line >= 1 && error.line <= damaged.lines().count().max(1), "{}", error);
            }
        }
    }
}

fn sample() -> List {
    let mut builder = ListBuilder::default();
    let friends = builder.group(Group::new(GroupKind::User, "Friends", None).unwrap());
    let favorites = builder.group(Group::new(GroupKind::Favorites, "Favoriten", None).unwrap());
    builder.group(Group::new(GroupKind::Distribution, "Staff", Some("staff@example.org")).unwrap());
    let jane = builder.contact(Contact::new("sip:jane@example.org", Some("=Jane, \"J\""), None).unwrap());
    let desk = Contact::of_number("+1 555 0100").unwrap().with_sip(Some("sip:desk@example.org"));
    let desk = builder.contact(desk);
    builder.join(friends, jane);
    builder.join(favorites, jane);
    builder.join(friends, desk);
    builder.build()
}

#[test]
fn csv_has_a_row_for_each_membership_and_leaves_formulas_alone() {
    let expected = "group,kind,address,display_name,number,sip,group_address\n\
        Favoriten,favorites,jane@example.org,\"=Jane, \"\"J\"\"\",,,\n\
        Friends,user,jane@example.org,\"=Jane, \"\"J\"\"\",,,\n\
        Friends,user,tel:+15550100,,+1 555 0100,sip:desk@example.org,\n\
        Staff,distribution,,,,,staff@example.org\n";
    assert_eq!(Format::Csv.encode(&sample()).unwrap(), expected);
    let plain = Format::Csv.decode("address\njane@example.org\n").unwrap().list;
    let header = "group,kind,address,display_name,number\n";
    assert_eq!(Format::Csv.encode(&plain).unwrap(), format!("{header},,jane@example.org,,\n"));
}

#[test]
fn csv_of_spreadsheets_may_have_semicolons_or_tabs() {
    let commas = "group,address,display_name\nFriends,jane@example.org,\"Doe, Jane; \t\"\n";
    let wanted = Format::Csv.decode(commas).unwrap().list;
    assert_eq!(wanted.contacts()[0].display_name(), Some("Doe, Jane;"));
    for text in [
        "\u{feff}group;address;display_name\r\nFriends;jane@example.org;\"Doe, Jane;\"\r\n",
        "\"group\"\t\"address\"\t\"display_name\"\r\nFriends\tjane@example.org\tDoe, Jane;\r\n",
        "group;address;display_name\rFriends;jane@example.org;\"Doe, Jane;\"\r",
    ] {
        assert_eq!(Format::Csv.decode(text).unwrap().list, wanted, "{text:?}");
    }
    // Rows that were emptied.
    let rows = "address;group\n;\na;b\n; \n";
    assert_eq!(Format::Csv.decode(rows).unwrap(), Format::Csv.decode("address,group\na,b\n").unwrap());
    // A quotation mark within a value is none of CSV.
    let inches = Format::Csv.decode("address,display_name\na,5\"\nb,\"6\"\"\"\n").unwrap().list;
    let names: Vec<_> = inches.contacts().iter().map(Contact::display_name).collect();
    assert_eq!(names, [Some("5\""), Some("6\"")]);
    let error = Format::Csv.decode("group;address\na;b\nc\n").unwrap_err();
    assert_eq!((error.line, error.text.as_str()), (3, "the row has 1 columns, the first row 2"));
}

#[test]
fn vcards_have_the_properties_that_other_programs_look_for() {
    let text = Format::Vcard.encode(&sample()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for line in [
        "VERSION:4.0",
        "FN:=Jane\\, \"J\"",
        "IMPP:sip:jane@example.org",
        "CATEGORIES:Friends",
        "CATEGORIES;X-UCS-KIND=favorites:Favoriten",
        "TEL:+1 555 0100",
        "EMAIL:staff@example.org",
    ] {
        assert!(lines.contains(&line), "{line} is not in\n{text}");
    }
}

#[test]
fn vcards_of_other_programs_are_read() {
    let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Doe;Jane;;;\r\nFN:Jane\r\n  Doe\r\nTEL;TYPE=cell:+1 555 0199\r\n\
        EMAIL;TYPE=INTERNET:jane@example.com\r\nIMPP;X-SERVICE-TYPE=XMPP:xmpp:jane@example.net\r\n\
        item1.IMPP;TYPE=work:SIP:jane@example.org\r\nCATEGORIES:Friends,Work\\, too\r\nEND:VCARD\r\n\r\n\
        begin:vcard\nversion:3.0\nfn:Front desk\ntel;type=work:+1 (555) 0100\nend:vcard\n";
    let mut builder = ListBuilder::default();
    let jane = builder.contact(Contact::new("jane@example.org", Some("Jane Doe"), None).unwrap());
    builder.contact(Contact::of_number("+1 (555) 0100").unwrap());
    for name in ["Friends", "Work, too"] {
        let group = builder.group(Group::new(GroupKind::User, name, None).unwrap());
        builder.join(group, jane);
    }
    let read = Format::Vcard.decode(text).unwrap().list;
    assert_eq!(read, builder.build());
    assert_eq!(read.contacts()[1].address(), "tel:+15550100");
}

#[test]
fn vcards_of_version_2_1_may_be_in_quoted_printable() {
    let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=BCrgen\r\n\
        FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4A=C3=BCrgen=20=\r\n=4D=C3=BCller=\r\n=21\r\n\
        EMAIL;INTERNET;PREF:juergen@example.org\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:2.1\r\nFN;ENCODING=QUOTED-PRINTABLE:Cut=\r\nEND:VCARD\r\n";
    let read = Format::Vcard.decode(text).unwrap();
    let contacts: Vec<_> = read.list.contacts().iter().map(|c| (c.address(), c.display_name())).collect();
    assert_eq!(contacts, [("juergen@example.org", Some("J\u{fc}rgen M\u{fc}ller!"))]);
    assert_eq!(read.skipped.len(), 1);
    let error = Format::Vcard.decode("BEGIN:VCARD\nFN;X=QUOTED:a=\n=20b\nEND:VCARD\n").unwrap_err();
    assert_eq!((error.line, error.text.as_str()), (3, "this is no property of a card"));
}

#[test]
fn cards_with_an_email_address_are_contacts_and_those_with_nothing_are_skipped() {
    let card = |rest: &str| format!("BEGIN:VCARD\nVERSION:3.0\nFN:Someone\n{rest}END:VCARD\n");
    let cards = [
        card("EMAIL;TYPE=INTERNET:ann@example.org\nTEL:+1 555 0101\nCATEGORIES:Friends\n"),
        card(""),
        card("EMAIL:bob@example.org\nIMPP:sip:bob@im.example.org\n"),
        // Wrong in a group: nothing of it is taken.
        card("EMAIL:eve@example.org\nCATEGORIES:Enemies\nCATEGORIES;X-UCS-KIND=no:B\n"),
        card("EMAIL:mailto:dan@example.org\n"),
        card("EMAIL:nothing\nTEL:+1 555 0102\n"),
        // Not of the network that lists are for.
        card("EMAIL:flo@example.org\nIMPP:xmpp:flo@chat.example.org\n"),
    ];
    let read = Format::Vcard.decode(&cards.concat()).unwrap();
    let list = read.list;
    let addresses: Vec<_> = list.contacts().iter().map(Contact::address).collect();
    assert_eq!(
        addresses,
        ["ann@example.org", "bob@im.example.org", "dan@example.org", "flo@example.org", "tel:+15550102"]
    );
    assert_eq!(list.contacts()[0].display_name(), Some("Someone"));
    let groups: Vec<_> = list.groups().iter().map(|group| (group.name(), group.members().len())).collect();
    assert_eq!(groups, [("Friends", 1)]);
    let skipped: Vec<_> = read.skipped.iter().map(ToString::to_string).collect();
    assert!(skipped[0].starts_with("line 8: in this card, there is neither IMPP nor EMAIL"), "{skipped:?}");
    assert!(skipped[1].starts_with("line 18: in this card, ") && skipped.len() == 2, "{skipped:?}");
    // An address book in which nothing is a contact is no list.
    let error = Format::Vcard.decode(&[card(""), card("")].concat()).unwrap_err();
    assert_eq!(error.line, 1);
    assert_eq!(Format::Vcard.decode("").unwrap(), ListBuilder::default().build().into());
}

#[test]
fn lines_that_belong_to_no_card_are_skipped_and_the_rest_is_read() {
    let text = "exported by hand\n\nBEGIN:VCARD\nFN:Ann\nNOTE:first\nsecond, not folded\n%&!\nFN2\nIMPP:sip:ann@x\nEND:VCARD\n\
        BEGIN:VCARD\nIMPP:sip:bob@x\nBEGIN:VCARD\nIMPP:sip:dan@x\nEND:VCARD\nEND:VCARD\nx\n\
        BEGIN:VCARD\nIM\n PP:si\n p:eve@x\nEND:VCARD\nBEGIN:VCARD\nIMPP:sip:flo@x\n";
    let read = Format::Vcard.decode(text).unwrap();
    let names: Vec<_> = read.list.contacts().iter().map(|c| (c.address(), c.display_name())).collect();
    assert_eq!(names, [("ann@x", Some("Ann")), ("dan@x", None), ("eve@x", None)]);
    let skipped: Vec<_> = read.skipped.iter().map(ToString::to_string).collect();
    let wanted = [
        "line 1: here should be BEGIN:VCARD",
        "line 6: this is no property of a card",
        "line 13: a card begins before END:VCARD of the last one",
        "line 16: here should be BEGIN:VCARD",
        "line 23: the card has no END:VCARD",
    ];
    assert_eq!(skipped, wanted);
}

#[test]
fn what_a_card_prefers_comes_first() {
    let address = |lines: &str| {
        let card = format!("BEGIN:VCARD\nVERSION:3.0\n{lines}END:VCARD\n");
        let read = Format::Vcard.decode(&card).unwrap().list;
        read.contacts()[0].address().to_owned()
    };
    for (lines, wanted) in [
        ("EMAIL:a@x\nEMAIL;PREF=1:b@x\n", "b@x"),
        ("EMAIL:a@x\nEMAIL;PREF=2:b@x\nEMAIL;PREF=1;TYPE=home:c@x\n", "c@x"),
        ("EMAIL;TYPE=INTERNET,HOME:a@x\nEMAIL;TYPE=INTERNET,PREF:b@x\n", "b@x"),
        ("EMAIL;TYPE=INTERNET:a@x\nEMAIL;type=INTERNET;type=WORK;type=pref:b@x\n", "b@x"),
        ("EMAIL;INTERNET:a@x\nEMAIL;INTERNET;PREF:b@x\n", "b@x"),
        ("EMAIL:a@x\nEMAIL;PREF=1:none\n", "a@x"),
        ("IMPP:sip:a@x\nIMPP;PREF=1:sip:b@x\n", "b@x"),
        // Of the network that lists are for, all the same.
        ("IMPP:sip:a@x\nIMPP;PREF=1:xmpp:b@x\n", "a@x"),
        ("TEL:+1 1\nTEL;TYPE=pref,work:+1 2\n", "tel:+12"),
        ("TEL:+1 1\nTEL;VALUE=uri;PREF=1:tel:+1-2\n", "tel:+12"),
    ] {
        assert_eq!(address(lines), wanted, "{lines}");
    }
}

#[test]
fn cards_of_groups_name_their_members() {
    let text = "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Four\nMEMBER:urn:uuid:AA-1\nMEMBER:mailto:dan@x\n\
        MEMBER;X=1:tel:+1-555\nMEMBER:urn:uuid:nobody\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:4.0\nUID:urn:uuid:aa-1\nFN:Ann\nEMAIL:ann@x\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:3.0\nUID:BB-2\nFN:Bob\nEMAIL:bob@x\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:3.0\nN:Three\nFN:Three\nX-ADDRESSBOOKSERVER-KIND:group\n\
        X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:bb-2\nUID:g\nEND:VCARD\n";
    let Read { list, skipped } = Format::Vcard.decode(text).unwrap();
    let addresses: Vec<_> = list.contacts().iter().map(Contact::address).collect();
    assert_eq!(addresses, ["ann@x", "bob@x", "dan@x", "tel:+1555"]);
    let groups: Vec<_> = list
        .groups()
        .iter()
        .map(|group| (group.name(), group.members().iter().copied().collect::<Vec<_>>()))
        .collect();
    assert_eq!(groups, [("Four", vec![0, 2, 3]), ("Three", vec![1])]);
    let skipped: Vec<_> = skipped.iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["line 1: members of this group, 1 of 4, are in no card that was taken"]);
}

#[test]
fn numbers_may_be_uris() {
    for line in ["TEL;VALUE=uri:tel:+1-555", "TEL;VALUE=uri;TYPE=\"voice,work\":tel:+1-555", "TEL:tel:+1-555"]
    {
        let card = format!("BEGIN:VCARD\nVERSION:4.0\nFN:Desk\n{line}\nEND:VCARD\n");
        let list = Format::Vcard.decode(&card).unwrap().list;
        let contact = &list.contacts()[0];
        assert_eq!((contact.address(), contact.number()), ("tel:+1555", Some("+1-555")), "{line}");
        let again = Format::Vcard.decode(&Format::Vcard.encode(&list).unwrap()).unwrap().list;
        assert_eq!(again, list);
    }
}

#[test]
fn a_member_need_not_be_among_the_contacts() {
    let text =
        r#"{"format":"ucs-list","version":1,"groups":[{"kind":"user","name":"A","members":["sip:B@x"]}]}"#;
    let read = Format::Json.decode(text).unwrap().list;
    assert_eq!(read.contacts()[0].address(), "B@x");
    assert_eq!(read.memberships(), [[0]]);
}

#[test]
fn spellings_of_one_contact_are_one_contact() {
    let text = "address,display_name,number\nSIP:Jane@Example.org,,\njane@example.ORG,Jane,\ntel:+15550100,,\n\
        TEL:1,,+1 (555) 01-00\n";
    let read = Format::Csv.decode(text).unwrap().list;
    let contacts: Vec<_> = read.contacts().iter().map(|c| (c.address(), c.display_name())).collect();
    assert_eq!(contacts, [("Jane@Example.org", Some("Jane")), ("tel:+15550100", None)]);
}

#[test]
fn malformed_files_are_refused_with_their_line() {
    let head = "{\"format\":\"ucs-list\",\"version\":1,\n";
    let json = |rest: &str| format!("{head}{rest}");
    let cases = [
        ("a.json", "{\n\"format\": oops".to_owned(), 2, "expected"),
        ("a.json", "{\"format\":\"other\",\"version\":1}".to_owned(), 1, "the format is \"other\""),
        ("a.json", "{\"format\":\"ucs-list\",\"version\":2,\"more\":1}".to_owned(), 1, "version 2"),
        ("a.json", json("\"groups\":[\n{\"kind\":\"users\",\"name\":\"A\"}\n]}"), 3, "no kind of group"),
        ("a.json", json("\"groups\":[{\"kind\":\"user\"}\n]}"), 2, "needs a name"),
        ("a.json", json("\"contacts\":[\n{\"adress\":\"a\"}]}"), 3, "unknown field `adress`"),
        ("a.json", json("\"contacts\":[\n\n{\"address\":\" \"}]}"), 4, "needs an IM address"),
        ("a.csv", "group,kind\nA,user\n".to_owned(), 1, "no column address"),
        ("a.csv", "group,adress\nA,b\n".to_owned(), 1, "\"adress\" is no column"),
        ("a.csv", "address,group,address\n".to_owned(), 1, "twice"),
        ("a.csv", "address,group\na,b\nc\n".to_owned(), 3, "the row has 1 columns"),
        ("a.csv", "address,kind\na,\nb,users\n".to_owned(), 3, "no kind of group"),
        ("a.csv", "address,kind\n\"a\nb\",user\n".to_owned(), 2, "needs a name"),
        ("a.csv", "address\na\n\"b \"\"\nc\nd\n".to_owned(), 3, "is not closed"),
        ("a.csv", "address;group\na;\"b\n".to_owned(), 2, "is not closed"),
        // Lines as spreadsheets end them.
        ("a.csv", "address,group\r\na,b\r\nc\r\n".to_owned(), 3, "the row has 1 columns"),
        ("a.csv", "address,kind\r\n\"a\r\n\",\r\n\r\nb,users\r\n".to_owned(), 5, "no kind of group"),
        ("a.csv", "address,sip\nb,\n,\n,c\n".to_owned(), 4, "neither a group nor an address"),
        ("a.csv", "address,group,kind\n,Staff,distribution\n".to_owned(), 2, "needs its SMTP address"),
        ("a.vcf", "BEGIN:VCARD\nFN:A\n".to_owned(), 1, "no END:VCARD"),
        ("a.vcf", "\nFN:A\n".to_owned(), 2, "should be BEGIN:VCARD"),
        ("a.vcf", "BEGIN:VCARD\nFN:A\nBEGIN:VCARD\n".to_owned(), 3, "begins before"),
        ("a.vcf", "BEGIN:VCARD\nFN:A\n%&!\nEND:VCARD\n".to_owned(), 3, "no property"),
        ("a.vcf", "\r\nBEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n".to_owned(), 2, "neither IMPP nor EMAIL nor TEL"),
        (
            "a.vcf",
            "BEGIN:VCARD\nIMPP:sip:a\nCATEGORIES;X-UCS-KIND=no:B\nEND:VCARD\n".to_owned(),
            1,
            "no kind of group",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, text, line, part) in cases {
        let path = folder.path().join(name);
        std::fs::write(&path, &text).unwrap();
        let error = format!("{:#}", Source::new(&path).list().unwrap_err());
        let place = format!("{}, line {line}: ", path.display());
        assert!(error.starts_with(&place) && error.contains(part), "{text:?} gave {error:?}");
    }
    let path = folder.path().join("a.csv");
    std::fs::write(&path, b"address\n\xc3\xbc\n\xff\n").unwrap();
    let error = format!("{:#}", Source::new(&path).list().unwrap_err());
    assert_eq!(
        error,
        format!(
            "{}, line 3: this is no UTF-8 text; save the file as UTF-8, or name its encoding with --encoding",
            path.display()
        )
    );
    let unknown = folder.path().join("list.txt");
    let error = format!("{:#}", Source::new(&unknown).list().unwrap_err());
    assert!(error.contains("--format"), "{error}");
    let error = format!("{:#}", Source::new(&unknown).given(Some(Format::Json), None).list().unwrap_err());
    assert!(error.contains("cannot be read"), "{error}");
}
