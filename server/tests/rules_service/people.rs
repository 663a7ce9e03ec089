//! FindPeople and GetPersona (UCS F1 to F9): envelopes in, envelopes out.

use oxws::oxwscdata::{
    DefaultShapeNames, DistinguishedFolderId, DistinguishedFolderIdName, EmailAddress, FieldUri, FolderId,
    PathsToElementChoice, UnindexedFieldUri,
};
use oxws::oxwscore::ItemId;
use oxws::oxwsfold::TargetFolderId;
use oxws::oxwspers::{FindPeople, FindPeopleResponse, GetPersona, Persona, PersonaResponseShape};
use oxws::oxwssrch::{FieldOrder, FieldOrderContent, IndexBasePoint, IndexedPageView, SortDirection};
use ucs::people::{Details, Entry, EntryId};

use crate::site::{Caller, Directory, PAUL, ROBOT, Site};
use crate::xml::{children, texts};

fn entry(id: u64, email: &str, name: &str, change: impl FnOnce(&mut Details)) -> Entry {
    let mut details = Details { display_name: name.to_owned(), ..Details::new(email) };
    change(&mut details);
    Entry { id: EntryId(id), created: 1_700_000_000, details: details.checked().unwrap() }
}

/// A server with three people in its directory.
fn site() -> Site {
    let full = entry(7, "zoe.arzt@example.org", "Zoe Arzt", |details| {
        details.given_name = Some("Zoe".to_owned());
        details.surname = Some("Arzt".to_owned());
        details.im_address = Some("sip:zoe@im.example.org".to_owned());
        details.company = Some("Contoso & Co".to_owned());
        details.department = Some("Lab".to_owned());
        details.title = Some("Dr".to_owned());
        details.office = Some("B 12".to_owned());
        details.phone = Some("+1 555 0101".to_owned());
        details.mobile = Some("+1 555 0102".to_owned());
    });
    let bare = entry(8, "jane@example.org", "Jane Roe", |details| details.im_address = None);
    let twin = entry(9, "ann@example.org", "Ann of the Directory", |_| {});
    Site::with_people(Directory::default(), [full, bare, twin])
}

fn folder(name: DistinguishedFolderIdName) -> Option<TargetFolderId> {
    Some(TargetFolderId::DistinguishedFolderId(DistinguishedFolderId::new(name)))
}

fn path(uri: UnindexedFieldUri) -> PathsToElementChoice {
    PathsToElementChoice::FieldUri(FieldUri::new(uri))
}

fn request(words: &str, place: Option<DistinguishedFolderIdName>) -> FindPeople {
    let mut request = FindPeople::new(IndexedPageView::new(0, IndexBasePoint::Beginning));
    request.query_string = (!words.is_empty()).then(|| words.to_owned());
    request.parent_folder_id = place.and_then(folder);
    request
}

fn in_directory(words: &str) -> FindPeople {
    request(words, Some(DistinguishedFolderIdName::Directory))
}

fn names(reply: &FindPeopleResponse) -> Vec<String> {
    reply.people.iter().flatten().map(|persona| persona.display_name().unwrap().clone()).collect()
}

fn find(caller: &Caller<'_>, request: FindPeople) -> Vec<Persona> {
    caller.call(request).people.unwrap()
}

fn get(id: &ItemId) -> GetPersona {
    GetPersona { persona_id: Some(id.clone()), ..GetPersona::default() }
}

fn at(address: &str) -> GetPersona {
    let email_address =
        EmailAddress { email_address: Some(address.parse().unwrap()), ..EmailAddress::default() };
    GetPersona { email_address: Some(email_address), ..GetPersona::default() }
}

const NOT_FOUND: &str = "ErrorItemNotFound";

/// UCS F1, F2, F5: the search of the open-source client, to the letter, and what it reads of the reply.
#[test]
fn the_search_of_an_existing_client() {
    let site = site();
    let body = "<m:FindPeople><m:PersonaShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
         <t:FieldURI FieldURI=\"persona:CompanyName\"/><t:FieldURI FieldURI=\"persona:DisplayName\"/>\
         <t:FieldURI FieldURI=\"persona:EmailAddress\"/><t:FieldURI FieldURI=\"persona:ImAddress\"/>\
         </t:AdditionalProperties></m:PersonaShape>\
         <m:IndexedPageItemView BasePoint=\"Beginning\" MaxEntriesReturned=\"100\" Offset=\"0\"/>\
         <m:ParentFolderId><t:DistinguishedFolderId Id=\"directory\"/></m:ParentFolderId>\
         <m:QueryString>ZOE contoso</m:QueryString></m:FindPeople>";
    let answer = site.jane().send(body);
    assert_eq!(answer.status, 200, "{}", answer.xml);
    let persona = children(&answer.xml, "t:Persona");
    assert_eq!(persona, ["t:PersonaId", "t:DisplayName", "t:CompanyName", "t:EmailAddress", "t:ImAddress"]);
    assert_eq!(texts(&answer.xml, "t:DisplayName"), ["Zoe Arzt"]);
    assert_eq!(texts(&answer.xml, "t:CompanyName"), ["Contoso &amp; Co"]);
    assert_eq!(texts(&answer.xml, "t:ImAddress"), ["sip:zoe@im.example.org"]);
    assert_eq!(children(&answer.xml, "t:EmailAddress")[..2], ["t:Name", "t:EmailAddress"]);
    let reply = [
        "m:ResponseCode",
        "m:People",
        "m:TotalNumberOfPeopleInView",
        "m:FirstMatchingRowIndex",
        "m:FirstLoadedRowIndex",
    ];
    assert_eq!(children(&answer.xml, "m:FindPeopleResponse"), reply);
    assert_eq!(texts(&answer.xml, "m:TotalNumberOfPeopleInView"), ["1"]);

    // Nobody: an empty list, not an error.
    let nobody = site.jane().send(&body.replace("ZOE", "zoe nobody"));
    assert_eq!(texts(&nobody.xml, "m:TotalNumberOfPeopleInView"), ["0"]);
    assert!(nobody.xml.contains("<m:People/>"), "{}", nobody.xml);
}

/// UCS F2: each folder that holds people, and the one that a reply names; contacts come before the directory.
#[test]
fn folders_say_among_whom() {
    let site = site();
    let jane = site.jane();
    jane.add_contact("ann@example.org", None);
    jane.add_contact("zoltan@example.org", None);
    use DistinguishedFolderIdName::{Contacts, Imcontactlist, Mycontacts, Quickcontacts};
    for place in [Contacts, Mycontacts, Imcontactlist, Quickcontacts] {
        assert_eq!(names(&jane.call(request("zo", Some(place)))), ["zoltan@example.org"]);
    }
    assert_eq!(names(&jane.call(in_directory("example"))), ["Ann of the Directory", "Jane Roe", "Zoe Arzt"]);
    let both = names(&jane.call(request("example", None)));
    assert_eq!(both, ["ann@example.org", "Jane Roe", "Zoe Arzt", "zoltan@example.org"]);
    let persona = &find(&jane, request("zoltan", None))[0];
    let own = persona.attributions().unwrap()[0].folder_id.clone().unwrap();
    let mut by_id = request("", None);
    by_id.parent_folder_id = Some(TargetFolderId::FolderId(own.clone()));
    assert_eq!(jane.call(by_id.clone()).total_number_of_people_in_view, Some(2));

    // Of another mailbox, it is no folder of this one.
    assert_eq!(site.caller(PAUL).error(by_id).0, "ErrorFolderNotFound");
    for (id, code) in [("AAAA", "ErrorInvalidIdMalformed"), ("", "ErrorInvalidIdEmpty")] {
        let mut wrong = request("", None);
        wrong.parent_folder_id = Some(TargetFolderId::FolderId(FolderId::new(id)));
        assert_eq!(jane.error(wrong).0, code);
    }
    for place in [DistinguishedFolderIdName::Inbox, DistinguishedFolderIdName::Recipientcache] {
        assert_eq!(jane.error(request("zoe", Some(place))).0, "ErrorFolderNotFound");
    }
}

/// UCS F2: a folder of another mailbox is refused, whether there is such a mailbox or not.
#[test]
fn folders_of_other_mailboxes_are_refused() {
    let site = site();
    let jane = site.jane();
    let of = |address: Option<&str>| {
        let mut id = DistinguishedFolderId::new(DistinguishedFolderIdName::Contacts);
        let email_address = address.map(|address| address.parse().unwrap());
        id.mailbox = Some(EmailAddress { email_address, ..EmailAddress::default() });
        let mut request = request("", None);
        request.parent_folder_id = Some(TargetFolderId::DistinguishedFolderId(id));
        request
    };
    jane.call(of(Some("JANE@example.org")));
    jane.call(of(Some("jane.alias@example.org")));
    let refused = jane.error(of(Some("paul@example.org")));
    assert_eq!(refused.0, "ErrorAccessDenied");
    assert_eq!(jane.error(of(Some("nobody@example.org"))), refused);
    assert_eq!(jane.error(of(None)), refused);
}

/// UCS F3: without words there are the contacts; the directory wants some.
#[test]
fn without_words_there_are_the_contacts() {
    let site = site();
    let jane = site.jane();
    // A mailbox that was never used.
    let none = jane.call(request("", Some(DistinguishedFolderIdName::Contacts)));
    assert_eq!((names(&none), none.total_number_of_people_in_view), (vec![], Some(0)));
    jane.add_contact("ann@example.org", None);
    assert_eq!(names(&jane.call(request("", None))), ["ann@example.org"]);
    let (code, text) = jane.error(in_directory(" "));
    assert_eq!(code, "ErrorInvalidArgument");
    assert!(text.contains("QueryString"), "{text}");
}

/// UCS F4: pages, and those that cannot be.
#[test]
fn pages() {
    let site = site();
    let page = |offset, size, base| {
        let mut request = in_directory("example");
        request.indexed_page_item_view =
            IndexedPageView { max_entries_returned: size, ..IndexedPageView::new(offset, base) };
        request
    };
    let jane = site.jane();
    let shown = |request: FindPeople| {
        let reply = jane.call(request);
        assert_eq!(
            (reply.total_number_of_people_in_view, reply.first_matching_row_index),
            (Some(3), Some(0))
        );
        (names(&reply), reply.first_loaded_row_index.unwrap())
    };
    let (first, second) = (vec!["Ann of the Directory".to_owned()], vec!["Jane Roe".to_owned()]);
    assert_eq!(shown(page(0, Some(1), IndexBasePoint::Beginning)), (first, 0));
    assert_eq!(shown(page(1, Some(1), IndexBasePoint::Beginning)), (second.clone(), 1));
    assert_eq!(shown(page(1, Some(1), IndexBasePoint::End)), (second, 1));
    assert_eq!(shown(page(9, Some(1), IndexBasePoint::Beginning)), (vec![], 3));
    assert_eq!(shown(page(0, None, IndexBasePoint::Beginning)).0.len(), 3);
    for (offset, size, code) in [
        (-1, Some(1), "ErrorInvalidIndexedPagingParameters"),
        (0, Some(0), "ErrorInvalidPagingMaxRows"),
        (0, Some(-5), "ErrorInvalidPagingMaxRows"),
    ] {
        assert_eq!(jane.error(page(offset, size, IndexBasePoint::Beginning)).0, code);
    }
}

/// UCS F5: base shapes, properties beside them, and those of something else.
#[test]
fn shapes() {
    let site = site();
    let jane = site.jane();
    let fields = |base, more: Vec<PathsToElementChoice>| {
        let mut request = in_directory("zoe");
        let additional_properties = (!more.is_empty()).then_some(more);
        request.persona_shape =
            Some(PersonaResponseShape { additional_properties, ..PersonaResponseShape::new(base) });
        children(&jane.ask(request).xml, "t:Persona")
    };
    use DefaultShapeNames::{AllProperties, Default, IdOnly};
    assert_eq!(fields(IdOnly, vec![]), ["t:PersonaId"]);
    // Of the schema, but nothing that anybody here has.
    assert_eq!(fields(IdOnly, vec![path(UnindexedFieldUri::PersonaHobbies)]), ["t:PersonaId"]);
    let more = vec![path(UnindexedFieldUri::PersonaMobilePhones), path(UnindexedFieldUri::PersonaTitle)];
    assert_eq!(fields(IdOnly, more), ["t:PersonaId", "t:Title", "t:MobilePhones"]);
    let (usual, all) = (fields(Default, vec![]), fields(AllProperties, vec![]));
    assert_eq!(children(&jane.ask(in_directory("zoe")).xml, "t:Persona"), usual);
    assert!(usual.len() < all.len() && usual.iter().all(|field| all.contains(field)));

    let mut wrong = in_directory("zoe");
    let shape = PersonaResponseShape {
        additional_properties: Some(vec![path(UnindexedFieldUri::ItemSubject)]),
        ..PersonaResponseShape::new(IdOnly)
    };
    wrong.persona_shape = Some(shape);
    assert_eq!(jane.error(wrong).0, "ErrorInvalidPropertyRequest");
    // The schema does not know it at all.
    let unknown = "<m:FindPeople><m:PersonaShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
         <t:FieldURI FieldURI=\"persona:Shoes\"/></t:AdditionalProperties></m:PersonaShape>\
         <m:IndexedPageItemView BasePoint=\"Beginning\" Offset=\"0\"/></m:FindPeople>";
    assert_eq!(jane.send(unknown).fault().0, "ErrorSchemaValidation");
}

/// UCS F5, O14: properties by their MAPI names, of contacts and of the directory.
#[test]
fn extended_properties() {
    let site = site();
    let jane = site.jane();
    jane.add_contact("sip:zoltan@example.org", None);
    let body = |path: &str| {
        format!(
            "<m:FindPeople><m:PersonaShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
             <t:ExtendedFieldURI {path}/></t:AdditionalProperties></m:PersonaShape>\
             <m:IndexedPageItemView BasePoint=\"Beginning\" Offset=\"0\"/><m:QueryString>zo</m:QueryString></m:FindPeople>"
        )
    };
    let im = body("DistinguishedPropertySetId=\"Address\" PropertyId=\"32866\" PropertyType=\"String\"");
    let answer = jane.send(&im);
    for address in ["sip:zoe@im.example.org", "sip:zoltan@example.org"] {
        assert!(answer.xml.contains(&format!("<t:Value>{address}</t:Value>")), "{}", answer.xml);
    }
    assert_eq!(children(&answer.xml, "t:Persona"), ["t:PersonaId", "t:ExtendedProperties"]);
    let custom = jane.send(&body("PropertyTag=\"0x8001\" PropertyType=\"String\""));
    assert!(custom.xml.contains("ErrorNoPropertyTagForCustomProperties"), "{}", custom.xml);
}

/// UCS F6: an order that is asked for, and those that cannot be.
#[test]
fn orders() {
    let site = site();
    let jane = site.jane();
    let by = |uri: UnindexedFieldUri, direction| {
        let content = FieldOrderContent::FieldUri(FieldUri::new(uri));
        let mut request = in_directory("example");
        request.sort_order = Some(vec![FieldOrder::new(direction, content)]);
        request
    };
    let backwards = jane.call(by(UnindexedFieldUri::PersonaDisplayName, SortDirection::Descending));
    assert_eq!(names(&backwards), ["Zoe Arzt", "Jane Roe", "Ann of the Directory"]);
    for (uri, code) in [
        (UnindexedFieldUri::PersonaMobilePhones, "ErrorUnsupportedPathForSortGroup"),
        (UnindexedFieldUri::PersonaHobbies, "ErrorUnsupportedPathForSortGroup"),
        (UnindexedFieldUri::ItemSubject, "ErrorInvalidPropertyRequest"),
    ] {
        assert_eq!(jane.error(by(uri, SortDirection::Ascending)).0, code);
    }
}

/// Asks for names alone.
const NAMES: &str = "<m:PersonaShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>\
     <t:FieldURI FieldURI=\"persona:DisplayName\"/></t:AdditionalProperties></m:PersonaShape>";

/// The names of whom a search finds with this restriction, or the code of the refusal.
fn restricted(caller: &Caller<'_>, words: &str, restriction: &str) -> Result<Vec<String>, String> {
    let body = format!(
        "<m:FindPeople>{NAMES}<m:IndexedPageItemView BasePoint=\"Beginning\" Offset=\"0\"/>\
         <m:Restriction>{restriction}</m:Restriction><m:QueryString>{words}</m:QueryString></m:FindPeople>"
    );
    let answer = caller.send(&body);
    assert_eq!(answer.status, 200, "{}", answer.xml);
    match texts(&answer.xml, "m:ResponseCode")[..] {
        ["NoError"] => {
            Ok(texts(&answer.xml, "t:DisplayName").iter().map(|name| (*name).to_owned()).collect())
        }
        [code] => Err(code.to_owned()),
        _ => panic!("{}", answer.xml),
    }
}

fn field(name: &str) -> String {
    format!("<t:FieldURI FieldURI=\"{name}\"/>")
}

/// UCS F7: each kind of condition, alone and within others.
#[test]
fn restrictions() {
    let site = site();
    let jane = site.jane();
    jane.add_contact("zoltan@example.org", None);
    let holds = |restriction: &str| restricted(&jane, "example", restriction).unwrap();
    let im = format!("<t:Exists>{}</t:Exists>", field("persona:ImAddress"));
    let company = format!("<t:Exists>{}</t:Exists>", field("persona:CompanyName"));
    let hobbies = format!("<t:Exists>{}</t:Exists>", field("persona:Hobbies"));
    let (ann, roe, zoe, zoltan) = ("Ann of the Directory", "Jane Roe", "Zoe Arzt", "zoltan@example.org");
    // The example of the vendor: whoever has an IM address.
    assert_eq!(holds(&im), [ann, zoe, zoltan]);
    assert_eq!(holds(&format!("<t:Not>{im}</t:Not>")), [roe]);
    assert_eq!(holds(&format!("<t:And>{im}{company}</t:And>")), [zoe]);
    assert_eq!(holds(&format!("<t:Or><t:Not>{im}</t:Not>{company}</t:Or>")), [roe, zoe]);
    assert_eq!(holds(&hobbies), Vec::<String>::new());
    let by_type = format!(
        "<t:SearchExpression xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"t:ExistsType\">{}\
         </t:SearchExpression>",
        field("persona:CompanyName")
    );
    assert_eq!(holds(&by_type), [zoe]);

    let contains = |attributes: &str, name: &str, text: &str| {
        format!("<t:Contains {attributes}>{}<t:Constant Value=\"{text}\"/></t:Contains>", field(name))
    };
    let loose = "ContainmentMode=\"Substring\" ContainmentComparison=\"IgnoreCase\"";
    assert_eq!(holds(&contains(loose, "persona:DisplayName", "ZO")), [zoe, zoltan]);
    assert_eq!(
        holds(&contains("ContainmentMode=\"Substring\"", "persona:DisplayName", "ZO")),
        Vec::<String>::new()
    );
    assert_eq!(holds(&contains("ContainmentMode=\"Prefixed\"", "persona:FileAs", "Arzt, Z")), [zoe]);
    assert_eq!(holds(&contains("", "persona:Title", "Dr")), [zoe]);
    assert_eq!(holds(&contains("", "persona:Title", "D")), Vec::<String>::new());
    assert_eq!(holds(&contains("ContainmentMode=\"PrefixOnWords\"", "persona:DisplayName", "R")), [roe]);

    let compare = |relation: &str, name: &str, text: &str| {
        let constant = format!("<t:FieldURIOrConstant><t:Constant Value=\"{text}\"/></t:FieldURIOrConstant>");
        holds(&format!("<t:{relation}>{}{constant}</t:{relation}>", field(name)))
    };
    assert_eq!(compare("IsEqualTo", "persona:DisplayName", "JANE ROE"), [roe]);
    assert_eq!(compare("IsNotEqualTo", "persona:CompanyName", "contoso &amp; co"), [ann, roe, zoltan]);
    assert_eq!(compare("IsLessThan", "persona:DisplayName", "jane roe"), [ann]);
    assert_eq!(compare("IsLessThanOrEqualTo", "persona:DisplayName", "jane roe"), [ann, roe]);
    assert_eq!(compare("IsGreaterThan", "persona:DisplayName", "jane roe"), [zoe, zoltan]);
    assert_eq!(compare("IsGreaterThanOrEqualTo", "persona:DisplayName", "zoltan@example.org"), [zoltan]);

    // Without words, there are the contacts; and both restrictions hold.
    jane.add_tel("tel:+15550100", "+1 555 0100", None);
    let number = format!("<t:Exists>{}</t:Exists>", field("persona:OtherTelephones"));
    assert_eq!(restricted(&jane, "", &number).unwrap(), ["+1 555 0100"]);
    let both = format!(
        "<m:FindPeople>{NAMES}<m:IndexedPageItemView BasePoint=\"Beginning\" Offset=\"0\"/><m:Restriction>{im}</m:Restriction>\
         <m:AggregationRestriction>{company}</m:AggregationRestriction><m:QueryString>example</m:QueryString></m:FindPeople>"
    );
    let answer = jane.send(&both);
    assert_eq!(texts(&answer.xml, "t:DisplayName"), [zoe]);
    assert_eq!(texts(&answer.xml, "m:TotalNumberOfPeopleInView"), ["1"]);
}

/// UCS F7: what cannot be looked at is refused, and never passed over.
#[test]
fn what_is_not_looked_at_is_refused() {
    let site = site();
    let jane = site.jane();
    let constant = "<t:FieldURIOrConstant><t:Constant Value=\"x\"/></t:FieldURIOrConstant>";
    let other = format!("<t:FieldURIOrConstant>{}</t:FieldURIOrConstant>", field("persona:Surname"));
    let name = field("persona:DisplayName");
    let many = format!("<t:And>{}</t:And>", format!("<t:Exists>{name}</t:Exists>").repeat(100));
    let indexed = "<t:IndexedFieldURI FieldURI=\"contacts:EmailAddress\" FieldIndex=\"EmailAddress1\"/>";
    for (restriction, code) in [
        (format!("<t:Exists>{}</t:Exists>", field("contacts:DisplayName")), "ErrorInvalidPropertyRequest"),
        (format!("<t:Exists>{}</t:Exists>", field("persona:CreationTime")), "ErrorUnsupportedPathForQuery"),
        (format!("<t:Exists>{indexed}</t:Exists>"), "ErrorUnsupportedPathForQuery"),
        (format!("<t:IsEqualTo>{indexed}{constant}</t:IsEqualTo>"), "ErrorUnsupportedPathForQuery"),
        (format!("<t:IsEqualTo>{name}{other}</t:IsEqualTo>"), "ErrorUnsupportedQueryFilter"),
        (format!("<t:Excludes>{name}<t:Bitmask Value=\"1\"/></t:Excludes>"), "ErrorUnsupportedQueryFilter"),
        (many, "ErrorRestrictionTooComplex"),
    ] {
        assert_eq!(restricted(&jane, "example", &restriction), Err(code.to_owned()), "{restriction}");
        let nested = format!("<t:Not><t:Or><t:Exists>{name}</t:Exists>{restriction}</t:Or></t:Not>");
        assert_eq!(restricted(&jane, "example", &nested), Err(code.to_owned()), "{nested}");
    }
    let view = "<m:IndexedPageItemView BasePoint=\"Beginning\" Offset=\"0\"/>";
    for body in [
        format!("{view}<m:SearchPeopleSuggestionIndex>true</m:SearchPeopleSuggestionIndex>"),
        format!("{view}<m:TopicQueryString>cats</m:TopicQueryString>"),
    ] {
        let answer = jane.send(&format!("<m:FindPeople>{body}</m:FindPeople>"));
        assert_eq!(texts(&answer.xml, "m:ResponseCode"), ["ErrorUnsupportedQueryFilter"], "{}", answer.xml);
        assert!(answer.xml.contains("is not supported."), "{}", answer.xml);
    }
    // Hints change nothing.
    let harmless = format!(
        "{view}<m:SearchPeopleSuggestionIndex>false</m:SearchPeopleSuggestionIndex><m:TopicQueryString/><m:Context>\
         <t:ContextProperty><t:Key>AppName</t:Key><t:Value>x</t:Value></t:ContextProperty></m:Context>"
    );
    let answer = jane.send(&format!("<m:FindPeople>{harmless}</m:FindPeople>"));
    assert_eq!(texts(&answer.xml, "m:ResponseCode"), ["NoError"], "{}", answer.xml);
    let words = vec!["a"; 33].join(" ");
    assert_eq!(jane.error(in_directory(&words)).0, "ErrorSearchQueryHasTooManyKeywords");
    assert_eq!(jane.error(in_directory(&"a".repeat(1025))).0, "ErrorQueryFilterTooLong");
}

/// UCS F8: everything about one person, by the id of a search or by an address.
#[test]
fn one_persona() {
    let site = site();
    let jane = site.jane();
    let contact = jane.add_contact("ann@example.org", None);
    let persona = jane.call(get(&contact.persona_id)).persona.unwrap();
    assert_eq!(persona, contact, "as the list shows it");
    let zoe = &find(&jane, in_directory("zoe"))[0];
    let all = jane.call(get(&zoe.persona_id)).persona.unwrap();
    assert_eq!((&all.persona_id, all.display_name()), (&zoe.persona_id, zoe.display_name()));
    assert_eq!(all.mobile_phones().unwrap()[0].value.number, "+1 555 0102");

    let by_address = |request: GetPersona| jane.call(request).persona.unwrap().persona_id;
    assert_eq!(by_address(at("SIP:zoe@IM.example.org")), zoe.persona_id);
    assert_eq!(by_address(at("ann@example.org")), contact.persona_id);
    let mut elsewhere = at("ann@example.org");
    elsewhere.parent_folder_id = folder(DistinguishedFolderIdName::Directory);
    assert_ne!(by_address(elsewhere), contact.persona_id);
    let mut elsewhere = get(&zoe.persona_id);
    elsewhere.parent_folder_id = folder(DistinguishedFolderIdName::Contacts);
    assert_eq!(jane.error(elsewhere).0, NOT_FOUND);

    assert_eq!(jane.error(at("nobody@example.org")).0, NOT_FOUND);
    assert_eq!(jane.error(GetPersona::default()).0, "ErrorInvalidArgument");
    let nobody = GetPersona { email_address: Some(EmailAddress::default()), ..GetPersona::default() };
    assert_eq!(jane.error(nobody).0, "ErrorInvalidArgument");
}

/// UCS F8, K1, K3: ids that name nobody; one of another mailbox is answered as one that is gone, to the letter.
#[test]
fn ids_of_nobody() {
    let site = site();
    let (jane, paul) = (site.jane(), site.caller(PAUL));
    let secret = jane.add_contact("secret@example.org", None).persona_id;
    let gone = paul.add_contact("gone@example.org", None);
    let source = gone.attributions().unwrap()[0].source_id.clone();
    paul.call(oxws::oxwscos::RemoveContactFromImList::new(source.clone()));
    let answer = paul.ask(get(&gone.persona_id));
    assert!(answer.xml.contains(NOT_FOUND), "{}", answer.xml);
    assert_eq!(paul.ask(get(&secret)), answer);
    // The directory is the same for all, but its ids are each mailbox's own.
    let zoe = |caller: &Caller<'_>| find(caller, in_directory("zoe"))[0].persona_id.clone();
    assert_ne!(zoe(&jane), zoe(&paul));
    assert_eq!(paul.ask(get(&zoe(&jane))), answer);
    // An id of something else.
    assert_eq!(paul.ask(get(&source)), answer);

    assert_eq!(paul.error(get(&ItemId::new(""))).0, "ErrorInvalidIdEmpty");
    let mut altered = zoe(&paul).id.into_bytes();
    altered[30] = if altered[30] == b'A' { b'B' } else { b'A' };
    assert_eq!(
        paul.error(get(&ItemId::new(String::from_utf8(altered).unwrap()))).0,
        "ErrorInvalidIdMalformed"
    );
    let mut keyed = zoe(&paul);
    keyed.change_key = Some("AAAA".to_owned());
    assert_eq!(paul.error(get(&keyed)).0, "ErrorInvalidChangeKey");
}

/// UCS F8, I1, I2: who acts for another finds that mailbox's contacts; who may not is told nothing, and nobody without a
/// sign-in is told anything.
#[test]
fn people_of_another_mailbox() {
    let site = site();
    let jane = site.jane();
    let secret = jane.add_contact("secret@example.org", None).persona_id;
    let acting = |caller: &Caller<'_>| {
        let (open, close) =
            ("<t:ExchangeImpersonation><t:ConnectingSID>", "</t:ConnectingSID></t:ExchangeImpersonation>");
        let block = format!("{open}<t:SmtpAddress>jane@example.org</t:SmtpAddress>{close}");
        caller.header(&block).ask(request("secret", None))
    };
    let found = acting(&site.caller(ROBOT));
    assert_eq!(texts(&found.xml, "t:ImAddress"), ["secret@example.org"]);
    assert!(found.xml.contains(&secret.id));
    let denied = acting(&site.caller(PAUL));
    assert_eq!(denied.fault().0, "ErrorImpersonateUserDenied");
    assert_eq!(names(&site.caller(PAUL).call(request("secret", None))), Vec::<String>::new());
    let envelope = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><FindPeople \
         xmlns='http://schemas.microsoft.com/exchange/services/2006/messages'>\
         <IndexedPageItemView BasePoint='Beginning' Offset='0'/></FindPeople></s:Body></s:Envelope>";
    assert_eq!(site.send(None, envelope.as_bytes()).fault().0, "ErrorAccessDenied");
}

/// UCS F9: an entry of the directory as a persona, in the order of the schema, by its own id and source.
#[test]
fn an_entry_as_a_persona() {
    let site = site();
    let jane = site.jane();
    let mut request = in_directory("zoe");
    request.persona_shape = Some(PersonaResponseShape::new(DefaultShapeNames::AllProperties));
    let answer = jane.ask(request);
    let expected = "PersonaId PersonaType CreationTime DisplayName DisplayNameFirstLast DisplayNameLastFirst FileAs GivenName \
         Surname Title Department CompanyName EmailAddress EmailAddresses PhoneNumber ImAddress Attributions DisplayNames \
         FileAses GivenNames Surnames BusinessPhoneNumbers MobilePhones Emails1 OfficeLocations ImAddresses Titles \
         Departments CompanyNames";
    let expected: Vec<String> = expected.split_whitespace().map(|name| format!("t:{name}")).collect();
    assert_eq!(children(&answer.xml, "t:Persona"), expected);
    assert_eq!(texts(&answer.xml, "t:DisplayNameLastFirst"), ["Arzt, Zoe"]);
    assert_eq!(texts(&answer.xml, "t:CreationTime"), ["2023-11-14T22:13:20Z"]);
    assert_eq!(texts(&answer.xml, "t:MailboxType"), ["Mailbox"; 3]);
    assert_eq!(
        children(&answer.xml, "t:Attribution"),
        ["t:Id", "t:SourceId", "t:DisplayName", "t:IsWritable", "t:IsQuickContact", "t:IsHidden"]
    );
    // Without an IM address there is none, and names stand for names that are not known.
    let bare = jane.ask(in_directory("roe"));
    assert_eq!(texts(&bare.xml, "t:ImAddress"), Vec::<&str>::new());
    assert_eq!(texts(&bare.xml, "t:DisplayNameLastFirst"), ["Jane Roe"]);
    assert!(!bare.xml.contains("t:GivenName") && !bare.xml.contains("t:PhoneNumber"));
}
