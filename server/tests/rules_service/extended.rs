//! Extended properties.

use oxws::oxwscos::*;

use crate::site::{Answer, Caller, Site, tel};
use crate::xml::inner;

/// Asks for the whole list with these paths, given as attributes.
fn list(caller: &Caller<'_>, paths: &[&str]) -> Answer {
    caller.send(&format!("<m:GetImItemList>{}</m:GetImItemList>", properties(paths)))
}

fn properties(paths: &[&str]) -> String {
    let paths: String = paths.iter().map(|path| format!("<t:ExtendedProperty {path}/>")).collect();
    format!("<m:ExtendedProperties>{paths}</m:ExtendedProperties>")
}

const NAME: &str = "PropertyTag='0x3001' PropertyType='String'";
const CLASS: &str = "PropertyTag='0x1a' PropertyType='String'";
const IM: &str = "DistinguishedPropertySetId='Address' PropertyId='32866' PropertyType='String'";
const MAIL: &str =
    "PropertySetId='00062004-0000-0000-c000-000000000046' PropertyId='32899' PropertyType='String'";

/// The values of the properties in each of the elements of that name, in order.
fn values<'x>(xml: &'x str, element: &str) -> Vec<Vec<&'x str>> {
    let each = inner(xml, element).into_iter();
    let properties = |item: &'x str| inner(item, "t:ExtendedProperty");
    let attributed = |item: &'x str| inner(item, "t:ExtendedPropertyAttributedValue");
    let value = |property: &'x str| {
        let after = property.split_once("/><t:Value>").expect("a value").1;
        after.split_once("</t:Value>").unwrap().0
    };
    each.map(|item| properties(item).into_iter().chain(attributed(item)).map(value).collect()).collect()
}

/// A mailbox with a contact of each kind and one DG.
fn filled(site: &Site) -> Caller<'_> {
    let jane = site.jane();
    let mut request = AddNewImContactToGroup::new("sip:paul@example.org".parse().unwrap());
    request.display_name = Some("Paul".parse().unwrap());
    jane.call(request);
    jane.call(tel("tel:+1555", "+1 555", None));
    jane.contact("no-mail", None);
    jane.distribution_group("dg@example.org", "Sales");
    jane
}

/// UCS O14: each property where the item has it, in the order asked for, and nothing where not.
#[test]
fn properties_are_returned_where_they_are() {
    let site = Site::new();
    let jane = filled(&site);
    let answer = list(&jane, &[CLASS, NAME, IM, MAIL]);
    assert_eq!(answer.status, 200, "{}", answer.xml);
    assert_eq!(
        values(&answer.xml, "t:ImGroup"),
        [
            vec!["IPM.DistList.MOC.OtherContacts", "Other Contacts"],
            vec!["IPM.DistList.MOC.Tagged", "Tagged"],
            vec!["IPM.DistList.MOC.Favorites", "Favorites"],
            vec!["IPM.DistList.MOC.DG", "Sales", "dg@example.org"],
        ]
    );
    assert_eq!(
        values(&answer.xml, "t:Persona"),
        [
            vec!["IPM.Contact", "Paul", "sip:paul@example.org", "paul@example.org"],
            vec!["IPM.Contact", "+1 555", "sip:phone@example.org"],
            vec!["IPM.Contact", "no-mail", "no-mail"],
        ]
    );
}

/// UCS O14: on groups as ExtendedProperty, on personas as ExtendedPropertyAttributedValue, with the path as asked for.
#[test]
fn the_form_of_properties() {
    let site = Site::new();
    let jane = site.jane();
    jane.contact("paul@example.org", None);
    let xml = list(&jane, &[NAME]).xml;
    let path = "<t:ExtendedFieldURI PropertyTag=\"0x3001\" PropertyType=\"String\"/>";
    assert!(
        xml.contains(&format!(
            "<t:ExtendedProperties><t:ExtendedProperty>{path}<t:Value>Tagged</t:Value></t:ExtendedProperty>\
             </t:ExtendedProperties>"
        )),
        "{xml}"
    );
    assert!(
        xml.contains(&format!(
            "<t:ExtendedProperties><t:ExtendedPropertyAttributedValue><t:Value>{path}<t:Value>paul@example.org\
             </t:Value></t:Value><t:Attributions><t:Attribution>0</t:Attribution></t:Attributions>\
             </t:ExtendedPropertyAttributedValue></t:ExtendedProperties>"
        )),
        "{xml}"
    );
}

/// UCS O14: a property that no item has is skipped, as is a known one of another type; the reply is then as without.
#[test]
fn properties_that_are_not_there() {
    let site = Site::new();
    let jane = filled(&site);
    let plain = jane.ask(GetImItemList::default()).xml;
    for path in [
        "PropertyTag='0x3002' PropertyType='String'",
        "PropertyTag='0' PropertyType='Integer'",
        "PropertyTag='0x3001' PropertyType='Integer'",
        "PropertyTag='12289' PropertyType='StringArray'",
        "DistinguishedPropertySetId='Address' PropertyId='1' PropertyType='String'",
        "DistinguishedPropertySetId='Task' PropertyId='32866' PropertyType='String'",
        "DistinguishedPropertySetId='PublicStrings' PropertyName='X' PropertyType='String'",
        "PropertySetId='00062004-0000-0000-c000-000000000047' PropertyName='X' PropertyType='String'",
    ] {
        let answer = list(&jane, &[path]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.xml);
        let without_header = |xml: &str| inner(xml, "m:ImItemList")[0].to_owned();
        assert_eq!(without_header(&answer.xml), without_header(&plain), "{path}");
    }
    // The decimal form of a tag is the same tag.
    assert_eq!(
        values(&list(&jane, &["PropertyTag='12289' PropertyType='String'"]).xml, "t:ImGroup")[1],
        ["Tagged"]
    );
}

/// UCS O14: GetImItems takes the same paths.
#[test]
fn properties_of_named_items() {
    let site = Site::new();
    let jane = filled(&site);
    let (contact, group) = (jane.contacts()[0].id.clone(), jane.special("Tagged").id);
    let ask = |paths: &[&str]| {
        jane.send(&format!(
            "<m:GetImItems><m:ContactIds><t:ItemId Id='{contact}'/></m:ContactIds><m:GroupIds><t:ItemId \
             Id='{group}'/></m:GroupIds>{}</m:GetImItems>",
            properties(paths)
        ))
    };
    let xml = ask(&[MAIL, NAME]).xml;
    assert_eq!(values(&xml, "t:ImGroup"), [["Tagged"]]);
    assert_eq!(values(&xml, "t:Persona"), [["paul@example.org", "Paul"]]);
    assert!(ask(&["PropertyType='String'"]).xml.contains(">ErrorInvalidExtendedProperty<"));
}

/// UCS O14: paths that name no property, custom tags, and types that no property has.
#[test]
fn illegal_paths_have_their_codes() {
    let site = Site::new();
    let jane = filled(&site);
    let guid = "PropertySetId='00062004-0000-0000-c000-000000000046'";
    let set = "DistinguishedPropertySetId='Address'";
    let mut cases = vec![
        ("ErrorInvalidExtendedProperty", "PropertyType='String'".to_owned()),
        ("ErrorInvalidExtendedProperty", "PropertyId='1' PropertyType='String'".to_owned()),
        ("ErrorInvalidExtendedProperty", "PropertyName='X' PropertyType='String'".to_owned()),
        ("ErrorInvalidExtendedProperty", format!("{set} PropertyType='String'")),
        ("ErrorInvalidExtendedProperty", format!("{guid} PropertyType='String'")),
        ("ErrorInvalidExtendedProperty", format!("{set} {guid} PropertyId='32866' PropertyType='String'")),
        (
            "ErrorInvalidExtendedProperty",
            format!("{set} PropertyId='1' PropertyName='X' PropertyType='String'"),
        ),
        ("ErrorInvalidExtendedProperty", format!("{set} PropertyTag='0x3001' PropertyType='String'")),
        ("ErrorInvalidExtendedProperty", format!("{guid} PropertyTag='0x3001' PropertyType='String'")),
        (
            "ErrorInvalidExtendedProperty",
            "PropertyTag='0x3001' PropertyId='1' PropertyType='String'".to_owned(),
        ),
        (
            "ErrorInvalidExtendedProperty",
            "PropertyTag='0x3001' PropertyName='X' PropertyType='String'".to_owned(),
        ),
    ];
    for tag in ["0x8000", "0xFFFF", "0x8062", "32768", "65535"] {
        cases.push((
            "ErrorNoPropertyTagForCustomProperties",
            format!("PropertyTag='{tag}' PropertyType='String'"),
        ));
    }
    for kind in ["Error", "Null", "Object", "ObjectArray"] {
        cases.push((
            "ErrorUnsupportedMapiPropertyType",
            format!("PropertyTag='0x3001' PropertyType='{kind}'"),
        ));
    }
    for (code, path) in &cases {
        // Also behind one that is right.
        for answer in [list(&jane, &[path]), list(&jane, &[NAME, path])] {
            assert_eq!(answer.status, 200, "{path}");
            assert!(
                answer.xml.contains(&format!("<m:ResponseCode>{code}</m:ResponseCode>")),
                "{path}: {}",
                answer.xml
            );
            assert!(answer.xml.contains("ResponseClass=\"Error\"") && !answer.xml.contains("ImItemList>"));
        }
    }
    // The last tag that is none of the custom ones.
    assert!(list(&jane, &["PropertyTag='0x7FFF' PropertyType='String'"]).xml.contains(">NoError<"));
}

/// UCS O14: a path that is asked for over and over is answered once: the size of a reply is not the caller's to choose.
#[test]
fn each_property_is_returned_once() {
    let site = Site::new();
    let jane = filled(&site);
    let once = list(&jane, &[NAME, IM, MAIL]);
    let often = list(&jane, &[NAME, IM, NAME, MAIL, IM, NAME]);
    assert_eq!(values(&once.xml, "t:Persona"), values(&often.xml, "t:Persona"));
    assert_eq!(once.xml.len(), list(&jane, &vec![[NAME, IM, MAIL]; 1000].concat()).xml.len());
}
