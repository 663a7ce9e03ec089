//! Address books as other programs export them: what is read of them is what their users see.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic in a test is the report")]

use proptest::prelude::*;
use ucs::client::format::{Format, Read, Source};
use ucs::client::model::{GroupKind, List};
use ucs::client::people_file;

/// Contacts as address and name, or address and number.
fn contacts(list: &List) -> Vec<(&str, Option<&str>)> {
    list.contacts().iter().map(|c| (c.address(), c.display_name().or(c.number()))).collect()
}

/// Groups as kind, name, and addresses of the members.
fn groups(list: &List) -> Vec<(GroupKind, &str, Vec<&str>)> {
    let all = list.contacts();
    let groups = list.groups().iter();
    groups.map(|g| (g.kind(), g.name(), g.members().iter().map(|at| all[*at].address()).collect())).collect()
}

fn vcard(text: &str) -> Read {
    Format::Vcard.decode(text).unwrap()
}

fn csv(text: &str) -> Read {
    Format::Csv.decode(text).unwrap()
}

/// One card, by its properties.
fn address_and_name(version: &str, lines: &str) -> (String, Option<String>) {
    let read = vcard(&format!("BEGIN:VCARD\r\nVERSION:{version}\r\n{lines}END:VCARD\r\n"));
    assert!(read.skipped.is_empty(), "{lines}: {:?}", read.skipped);
    let contact = &read.list.contacts()[0];
    (contact.address().to_owned(), contact.display_name().map(str::to_owned))
}

#[test]
fn types_may_be_in_quotation_marks() {
    for lines in [
        "EMAIL;TYPE=\"internet\":a@x\r\nEMAIL;TYPE=\"internet,pref\":b@x\r\n",
        "EMAIL;TYPE=\"INTERNET,HOME\":a@x\r\nEMAIL;TYPE=\"PREF,INTERNET\":b@x\r\n",
        "EMAIL;TYPE=\"internet\",\"home\":a@x\r\nEMAIL;TYPE=\"internet\",\"pref\":b@x\r\n",
        "EMAIL;TYPE=\"home\";PREF=2:a@x\r\nEMAIL;PREF=\"1\":b@x\r\n",
        "EMAIL;type=INTERNET;type=HOME:a@x\r\nEMAIL;type=INTERNET;type=\"pref\":b@x\r\n",
        "EMAIL;TYPE=\"a;b:c\":a@x\r\nEMAIL;TYPE=\"a;b\";TYPE=\"pref\":b@x\r\n",
        "EMAIL;INTERNET:a@x\r\nEMAIL;X-LABEL=\"a:b;c,d\";TYPE=\"internet,\r\n pref\":b@x\r\n",
    ] {
        for version in ["2.1", "3.0", "4.0"] {
            assert_eq!(address_and_name(version, lines).0, "b@x", "{version}: {lines}");
        }
    }
    let lines = "TEL;TYPE=\"fax,work\":+1 1\r\nTEL;VALUE=uri;TYPE=\"voice,pref\":tel:+1-2\r\n";
    assert_eq!(address_and_name("4.0", lines).0, "tel:+12");
}

#[test]
fn google() {
    let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jürgen Müller\r\nN:Müller;Jürgen;;;\r\n\
        EMAIL;TYPE=INTERNET;TYPE=HOME:juergen@example.com\r\n\
        item1.EMAIL;TYPE=INTERNET;TYPE=PREF:juergen@example.org\r\nitem1.X-ABLabel:Arbeit\r\n\
        TEL;TYPE=CELL:+49 170 1234567\r\nNOTE:First line\\nsecond\\, line\r\n\
        PHOTO:https://lh3.example.com/contacts/AAAA=s96\r\nCATEGORIES:Friends,myContacts,starred\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nFN:\r\nN:;;;;\r\nEMAIL;TYPE=INTERNET:only@example.org\r\n\
        CATEGORIES:myContacts\r\nEND:VCARD\r\n";
    let read = vcard(text);
    assert_eq!(
        contacts(&read.list),
        [("juergen@example.org", Some("J\u{fc}rgen M\u{fc}ller")), ("only@example.org", None)]
    );
    let favorites = (GroupKind::Favorites, "favorites", vec!["juergen@example.org"]);
    assert_eq!(groups(&read.list), [favorites, (GroupKind::User, "Friends", vec!["juergen@example.org"])]);
    assert_eq!(read.skipped, []);
    // Groups of ours that are called so are groups.
    let own = csv("group,address\nmyContacts,a@x\nstarred,a@x\n").list;
    assert_eq!(vcard(&Format::Vcard.encode(&own).unwrap()).list, own);
}

#[test]
fn icloud() {
    let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Apple Inc.//iOS 17.0//EN\r\nN:Doe;Jane;;;\r\nFN:Jane Doe\r\n\
        ORG:Contoso;Sales\r\nitem1.EMAIL;type=INTERNET;type=pref:jane@example.org\r\n\
        item1.X-ABLABEL:_$!<Other>!$_\r\nEMAIL;type=INTERNET;type=WORK:j.doe@example.com\r\n\
        TEL;type=CELL;type=VOICE;type=pref:+1 555 0100\r\nitem2.ADR;type=HOME:;;1 Main St;Town;;1;US\r\n\
        item2.X-ABADR:us\r\nIMPP;X-SERVICE-TYPE=Skype;type=HOME;type=pref:skype:jane.doe\r\n\
        X-SOCIALPROFILE;type=twitter;x-user=jd:http://twitter.com/jd\r\n\
        PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD/4gIoSUNDX1BST0ZJ\r\n \
        TEUAAQEAAAIYAAAAAAIQAABtbnRyUkdCIFhZWiAAAAAAAAAAAAAAAABhY3NwAAAA\r\nUID:1-2-3\r\nX-ABUID:1\\:ABPerson\r\n\
        END:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nN:;;;;\r\nFN:Contoso Ltd.\r\nORG:Contoso Ltd.;\r\nX-ABShowAs:COMPANY\r\n\
        TEL;type=MAIN:+1 555 0199\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:3.0\r\nN:Team;;;;\r\nFN:Team\r\nX-ADDRESSBOOKSERVER-KIND:group\r\n\
        X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:1-2-3\r\nUID:9\r\nEND:VCARD\r\n";
    let read = vcard(text);
    assert_eq!(
        contacts(&read.list),
        [("jane@example.org", Some("Jane Doe")), ("tel:+15550199", Some("+1 555 0199"))]
    );
    assert_eq!(groups(&read.list), [(GroupKind::User, "Team", vec!["jane@example.org"])]);
    assert_eq!(read.skipped, []);
}

#[test]
fn outlook() {
    let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nX-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns=\"http://x\" ver=\"1.0\"/>\r\n\
        N;LANGUAGE=de;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:M=FCller;J=FCrgen;;Dr.\r\n\
        FN;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:Dr. J=FCrgen M=FCller =80\r\n\
        ORG;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:B=E4cker\r\nTITLE:Chef\r\n\
        TEL;WORK;FAX:+49 30 1\r\nTEL;WORK;VOICE:+49 30 2\r\n\
        ADR;WORK;PREF;ENCODING=QUOTED-PRINTABLE:;;Weg 1=0D=0A=\r\nHinterhaus;Ort;;1;DE\r\n\
        LABEL;WORK;PREF;ENCODING=QUOTED-PRINTABLE:Weg 1=0D=0A=\r\nHinterhaus=0D=0A=\r\n1 Ort\r\n\
        X-MS-IMADDRESS:juergen@im.example.org\r\nEMAIL;PREF;INTERNET:juergen@example.org\r\n\
        PHOTO;TYPE=JPEG;ENCODING=BASE64:\r\n /9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAUDBAQEAwUEBAQFBQUGBwwIBwcHBw8L\r\n \
        CwkMEQ8SEhEPERETFhwXExQ=\r\n\r\nX-MS-OL-DEFAULT-POSTAL-ADDRESS:2\r\nREV:20240101T000000Z\r\nEND:VCARD\r\n";
    let read = vcard(text);
    let name = "Dr. J\u{fc}rgen M\u{fc}ller \u{20ac}";
    assert_eq!(contacts(&read.list), [("juergen@im.example.org", Some(name))]);
    assert_eq!(read.skipped, []);
    let people = people_file::decode(Format::Vcard, text).unwrap();
    let person = &people[0];
    assert_eq!((person.email.as_str(), person.display_name.as_str()), ("juergen@example.org", name));
    assert_eq!(person.im_address.as_deref(), Some("juergen@im.example.org"));
    assert_eq!(person.surname.as_deref(), Some("M\u{fc}ller"));
    assert_eq!(person.company.as_deref(), Some("B\u{e4}cker"));
    assert_eq!(person.phone.as_deref(), Some("+49 30 2"), "not the fax");
}

#[test]
fn android() {
    // No character set is named, soft breaks are within letters, photos are not indented, and there may be no FN.
    let text = "BEGIN:VCARD\r\nVERSION:2.1\r\n\
        N;ENCODING=QUOTED-PRINTABLE:=4D=C3=BC=6C=6C=65=72;=4A=C3=\r\n=BC=72=67=65=6E;;;\r\n\
        FN;ENCODING=QUOTED-PRINTABLE:=4A=C3=BC=72=67=65=6E=20=4D=C3=\r\n=BC=6C=6C=65=72\r\n\
        TEL;CELL;PREF:0170-1234567\r\nEMAIL;HOME:juergen@example.org\r\n\
        NOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=61=0A=\r\n=62\r\n\
        PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABAQAAAQABAAD\r\n/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEB\r\nAQEBAQ==\r\n\r\n\
        END:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:2.1\r\nN:Doe;Jane;;;\r\nEMAIL;X-CUSTOM(CHARSET=UTF-8,ENCODING=QUOTED-PRINTABLE,=C3=A4):jane@example.org\r\n\
        END:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:2.1\r\nTEL;CELL:112\r\nEND:VCARD\r\n";
    let read = vcard(text);
    assert_eq!(
        contacts(&read.list),
        [
            ("jane@example.org", Some("Jane Doe")),
            ("juergen@example.org", Some("J\u{fc}rgen M\u{fc}ller")),
            ("tel:112", Some("112"))
        ]
    );
    assert_eq!(read.skipped, []);
    // Of old telephones: no UTF-8, so what the standard has.
    let old = "N;ENCODING=QUOTED-PRINTABLE:M=FCller;J=FCrgen\r\nEMAIL:j@x\r\n";
    assert_eq!(address_and_name("2.1", old).1.as_deref(), Some("J\u{fc}rgen M\u{fc}ller"));
}

#[test]
fn nextcloud_and_thunderbird() {
    let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Sabre//Sabre VObject 4.4.1//EN\r\nUID:a1\r\nFN:Jane Doe\r\n\
        ADR;TYPE=HOME:;;;;;;\r\nEMAIL;TYPE=HOME:jane@example.org\r\nTEL;TYPE=HOME,VOICE:+1\r\nCATEGORIES:Familie,Arbeit\\, alt\r\n\
        X-SOCIALPROFILE;TYPE=facebook:x\r\nREV;VALUE=DATE-AND-OR-TIME:20240101T000000Z\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nN:Doe;Joe;;;\r\nFN:Joe Doe\r\nEMAIL;PREF=1:joe@example.org\r\n\
        EMAIL:j@example.org\r\nIMPP:xmpp:joe@chat.example.org\r\nTEL;VALUE=TEXT:+1 555 0101\r\n\
        X-MOZILLA-HTML;VALUE=BOOLEAN:FALSE\r\nX-CUSTOM1;VALUE=TEXT:x\r\nUID:b2\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:List\r\nMEMBER:urn:uuid:b2\r\nEND:VCARD\r\n";
    let read = vcard(text);
    assert_eq!(
        contacts(&read.list),
        [("jane@example.org", Some("Jane Doe")), ("joe@example.org", Some("Joe Doe"))]
    );
    let user = |name, member| (GroupKind::User, name, vec![member]);
    let wanted = [
        user("Arbeit, alt", "jane@example.org"),
        user("Familie", "jane@example.org"),
        user("List", "joe@example.org"),
    ];
    assert_eq!(groups(&read.list), wanted);
    assert_eq!(read.skipped, []);
}

#[test]
fn old_properties_for_messages_and_names() {
    for (lines, wanted) in [
        ("X-SIP:sip:a@im\r\nEMAIL:b@x\r\nFN:A\r\n", ("a@im", Some("A"))),
        ("X-SIP;HOME:a@im\r\nEMAIL:b@x\r\nFN:A\r\n", ("a@im", Some("A"))),
        ("X-MS-IMADDRESS:sip:a@im\r\nIMPP:xmpp:c@x\r\nEMAIL:b@x\r\n", ("a@im", None)),
        // A number of another network.
        ("X-MS-IMADDRESS:1234567\r\nEMAIL:b@x\r\n", ("b@x", None)),
        ("X-JABBER:a@jabber\r\nEMAIL:b@x\r\n", ("b@x", None)),
        ("N:Doe;Jane;Q.;Dr.;MA\r\nEMAIL:b@x\r\n", ("b@x", Some("Dr. Jane Q. Doe MA"))),
        ("FN: \r\nN:;;;;\r\nNICKNAME:Jay\r\nEMAIL:b@x\r\n", ("b@x", Some("Jay"))),
        ("ORG:Contoso;Sales\r\nEMAIL:b@x\r\n", ("b@x", Some("Contoso"))),
    ] {
        let (address, name) = address_and_name("3.0", lines);
        assert_eq!((address.as_str(), name.as_deref()), wanted, "{lines}");
    }
    let fax = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Fax\r\nTEL;TYPE=WORK,FAX:+1\r\nEND:VCARD\r\n";
    assert!(Format::Vcard.decode(fax).unwrap_err().text.contains("nor TEL for calls"));
}

fn read_bytes(name: &str, bytes: &[u8]) -> (Read, Option<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Source::new(&path).list().unwrap()
}

#[test]
fn lines_may_be_folded_within_a_letter() {
    let card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:J\xc3\r\n \xbcrgen M\xc3\xbcller\r\nEMAIL:j@x\r\nEND:VCARD\r\njunk\r\n";
    let (read, note) = read_bytes("a.vcf", card);
    assert_eq!(contacts(&read.list), [("j@x", Some("J\u{fc}rgen M\u{fc}ller"))]);
    assert_eq!((read.skipped[0].line, note), (7, None), "lines are counted as in the file");
}

#[test]
fn google_csv() {
    let old = "Name,Given Name,Additional Name,Family Name,Nickname,Group Membership,E-mail 1 - Type,E-mail 1 - Value,\
        E-mail 2 - Type,E-mail 2 - Value,IM 1 - Type,IM 1 - Service,IM 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name\n\
        Jane Doe,Jane,,Doe,,Friends ::: Work ::: * myContacts ::: * starred,Home,jane@example.com,* Work,jane@example.org,Other,\
        GoogleTalk,jd@gmail.com,Mobile,+1 555 0100,Contoso\n\
        ,,,,,* myContacts,* ,a@x ::: b@x,,,,,,,,\n\
        Front desk,,,,,* myContacts,,,,,,,,Work Fax,+1 1,\n\
        Printer room,,,,,* myContacts,,,,,,,,Work,+1 (2),\n";
    let read = csv(old);
    assert_eq!(
        contacts(&read.list),
        [("a@x", None), ("jane@example.org", Some("Jane Doe")), ("tel:+12", Some("+1 (2)"))]
    );
    let jane = || vec!["jane@example.org"];
    let wanted = [
        (GroupKind::Favorites, "favorites", jane()),
        (GroupKind::User, "Friends", jane()),
        (GroupKind::User, "Work", jane()),
    ];
    assert_eq!(groups(&read.list), wanted);
    let skipped: Vec<_> = read.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["line 4: there is neither an e-mail address nor a telephone number in this row"]);
    let new = "First Name,Middle Name,Last Name,Nickname,File As,Organization Name,Organization Title,Organization Department,\
        Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\r\n\
        Jane,Q.,Doe,,,Contoso,Boss,Sales,\"two\r\nlines\",Friends ::: * myContacts,* Work,jane@example.org,Mobile,+1 555 0100\r\n\
        ,,,,,Contoso,,,,* myContacts,,info@example.org,,\r\n";
    let read = csv(new);
    let wanted = [("info@example.org", Some("Contoso")), ("jane@example.org", Some("Jane Q. Doe"))];
    assert_eq!(contacts(&read.list), wanted);
    assert_eq!(groups(&read.list), [(GroupKind::User, "Friends", jane())]);
    let people = people_file::decode(Format::Csv, new).unwrap();
    assert_eq!(people[0].display_name, "Jane Q. Doe");
    assert_eq!((people[0].mobile.as_deref(), people[0].phone.as_deref()), (Some("+1 555 0100"), None));
    assert_eq!((people[0].title.as_deref(), people[0].department.as_deref()), (Some("Boss"), Some("Sales")));
}

#[test]
fn outlook_csv() {
    let english = "\"Title\",\"First Name\",\"Middle Name\",\"Last Name\",\"Suffix\",\"Company\",\"Department\",\"Job Title\",\
        \"Business Street\",\"Business Fax\",\"Business Phone\",\"Mobile Phone\",\"Categories\",\"E-mail Address\",\"E-mail Type\",\
        \"E-mail Display Name\",\"E-mail 2 Address\",\"E-mail 2 Type\",\"Office Location\"\r\n\
        \"Dr.\",\"Jürgen\",\"\",\"Müller\",\"\",\"Contoso\",\"Sales\",\"Boss\",\"1 Main St\r\nBack\",\"+1 9\",\"+1 1\",\"+1 2\",\
        \"Friends;Key Customer\",\"juergen@example.org\",\"SMTP\",\"Jürgen Müller (juergen@example.org)\",\"\",\"\",\"B 12\"\r\n\
        \"\",\"Ann\",\"\",\"Lee\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\
        \"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=ann\",\"EX\",\"Ann Lee\",\"ann@example.org\",\"SMTP\",\"\"\r\n\
        \"\",\"\",\"\",\"\",\"\",\"Taxi\",\"\",\"\",\"\",\"\",\"+1 (5)\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\"\r\n";
    let german = "\"Anrede\";\"Vorname\";\"Weitere Vornamen\";\"Nachname\";\"Suffix\";\"Firma\";\"Abteilung\";\"Position\";\
        \"Straße geschäftlich\";\"Fax geschäftlich\";\"Telefon geschäftlich\";\"Mobiltelefon\";\"Kategorien\";\"E-Mail-Adresse\";\
        \"E-Mail-Typ\";\"E-Mail: Angezeigter Name\";\"E-Mail 2: Adresse\";\"E-Mail 2: Typ\";\"Büro\"\r\n"
        .to_owned()
        + &english.split_once("\"Office Location\"\r\n").unwrap().1.replace("\",\"", "\";\"");
    let wanted = [
        ("ann@example.org", Some("Ann Lee")),
        ("juergen@example.org", Some("J\u{fc}rgen M\u{fc}ller")),
        ("tel:+15", Some("+1 (5)")),
    ];
    let user = |name| (GroupKind::User, name, vec!["juergen@example.org"]);
    for text in [english, &german] {
        let (one_byte, _, lossy) = encoding_rs::WINDOWS_1252.encode(text);
        assert!(!lossy);
        let wide: Vec<u8> = format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = format!("\u{feff}{text}");
        for (bytes, noted) in
            [(text.as_bytes(), false), (marked.as_bytes(), false), (&one_byte, true), (&wide, false)]
        {
            let (read, note) = read_bytes("contacts.csv", bytes);
            assert_eq!(contacts(&read.list), wanted);
            assert_eq!(groups(&read.list), [user("Friends"), user("Key Customer")]);
            assert_eq!(read.skipped, []);
            assert_eq!(note.is_some_and(|note| note.contains("windows-1252; --encoding")), noted);
        }
    }
    let two: String = german.split_inclusive("\"B 12\"\r\n").take(1).collect();
    let people = people_file::decode(Format::Csv, &two).unwrap();
    assert_eq!((people[0].office.as_deref(), people[0].phone.as_deref()), (Some("B 12"), Some("+1 1")));
    assert_eq!((people[0].title.as_deref(), people[0].email.as_str()), (Some("Boss"), "juergen@example.org"));
    // All of a directory have an e-mail address.
    let error = people_file::decode(Format::Csv, &german).unwrap_err();
    assert_eq!(error.line, 5);
}

#[test]
fn thunderbird_csv() {
    let english = "First Name,Last Name,Display Name,Nickname,Primary Email,Secondary Email,Screen Name,Work Phone,Home Phone,\
        Fax Number,Pager Number,Mobile Number,Organization\n\
        Jane,Doe,Jane Doe,,jane@example.org,j@example.org,,+1 1,,,,,Contoso\n,,,Joe,joe@example.org,,sip:joe@im,,,,,,\n\
        ,,Nobody,,,,nob,,,,,,\n";
    let german = english.replace(
        english.lines().next().unwrap(),
        "Vorname,Nachname,Anzeigename,Spitzname,Primäre E-Mail-Adresse,Sekundäre E-Mail-Adresse,Messenger-Name,\
         Tel. dienstlich,Tel. privat,Fax-Nummer,Pager-Nummer,Mobil-Tel.-Nr.,Organisation",
    );
    for text in [english, &german, &german.replace(',', "\t")] {
        let read = csv(text);
        assert_eq!(contacts(&read.list), [("jane@example.org", Some("Jane Doe")), ("joe@im", Some("Joe"))]);
        assert_eq!(read.skipped.len(), 1);
    }
}

#[test]
fn what_is_neither_ours_nor_known_is_refused_as_before() {
    for (text, part) in [
        ("name,mail\nA,a@x\n", "is no column"),
        // Ours, with a mistake in it: nothing of it is dropped in silence.
        ("group,email\nA,a@x\n", "\"email\" is no column"),
        ("display_name,e-mail\nA,a@x\n", "is no column"),
    ] {
        let error = Format::Csv.decode(text).unwrap_err();
        assert!(error.line == 1 && error.text.contains(part), "{text}: {error}");
    }
    assert_eq!(contacts(&csv("Name,Email\nAnn,a@x\n").list), [("a@x", Some("Ann"))]);
    // However titles are punctuated, and where nobody has an e-mail address.
    let punctuated = "Vorname;E-Mail 2: Adresse;E-Mail: Adresse;Telefon (privat)\nAnn;b@x;;\nBob;;;+1 (2)\n";
    assert_eq!(contacts(&csv(punctuated).list), [("b@x", Some("Ann")), ("tel:+12", Some("+1 (2)"))]);
    let phones = "First Name,Phone 1 - Label,Phone 1 - Value\nAnn,Mobile,+1 3\n";
    assert_eq!(contacts(&csv(phones).list), [("tel:+13", Some("+1 3"))]);
    let error = Format::Csv.decode("Name,Email\nAnn,\n").unwrap_err();
    assert_eq!((error.line, error.text.contains("neither")), (2, true));
    let error = people_file::decode(Format::Csv, "email,compny\na@x,B\n").unwrap_err();
    assert!(error.text.contains("\"compny\" is no column"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever bytes there are, in whatever encoding: a list, or a mistake in one of their lines.
    #[test]
    fn no_bytes_are_a_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        rows in prop::collection::vec("[a@\"\r\n,:;=*+ 1\u{fc}]{0,30}", 0..6),
        vcard in any::<bool>(),
    ) {
        let (name, mut content) = match vcard {
            true => ("a.vcf", b"BEGIN:VCARD\nVERSION:2.1\nN;ENCODING=QUOTED-PRINTABLE;TYPE=\"a,b\":x\n".to_vec()),
            false => ("a.csv", b"Name,E-mail 1 - Type,E-mail 1 - Value,Labels\n".to_vec()),
        };
        content.extend(rows.join("\n").into_bytes());
        content.extend(bytes);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &content).unwrap();
        if let Err(error) = Source::new(&path).list() {
            let said = error.to_string();
            let (_, line) = said.split_once(", line ").unwrap();
            let line: usize = line.split(':').next().unwrap().parse().unwrap();
            prop_assert!(line >= 1 && line <= 1 + content.iter().filter(|byte| **byte == b'\n').count(), "{}", said);
        }
    }
}
