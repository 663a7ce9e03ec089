//! What the services tell of an operation before it is answered: which it is, and whose mailbox it acts on.

use ucs::http::Underway;

use crate::site::{Caller, JANE, PAUL, ROBOT, Site};

/// What is told of a request, and the reply to it.
fn told(caller: &Caller<'_>, body: &str) -> (Underway, String) {
    let underway = Underway::default();
    let answer = caller.send_with(body, underway.clone());
    (underway, answer.xml)
}

#[test]
fn every_operation_tells_its_name_and_its_mailbox() {
    let site = Site::new();
    let mut operations = site.operations();
    for (name, content) in [
        ("AddImGroup", "<m:DisplayName>a</m:DisplayName>"),
        (
            "AddDistributionGroupToImList",
            "<m:SmtpAddress>a@example.org</m:SmtpAddress><m:DisplayName>a</m:DisplayName>",
        ),
        ("AddNewImContactToGroup", "<m:ImAddress>a@example.org</m:ImAddress>"),
        (
            "AddNewTelUriContactToGroup",
            "<m:TelUriAddress>tel:1</m:TelUriAddress><m:ImContactSipUriAddress>sip:a@example.org\
             </m:ImContactSipUriAddress><m:ImTelephoneNumber>1</m:ImTelephoneNumber>",
        ),
        ("AddImContactToGroup", "<m:ContactId Id='a'/>"),
        ("GetImItemList", ""),
        ("GetImItems", ""),
        ("RemoveContactFromImList", "<m:ContactId Id='a'/>"),
        ("RemoveDistributionGroupFromImList", "<m:GroupId Id='a'/>"),
        ("RemoveImContactFromGroup", "<m:ContactId Id='a'/><m:GroupId Id='a'/>"),
        ("RemoveImGroup", "<m:GroupId Id='a'/>"),
        ("SetImGroup", "<m:GroupId Id='a'/><m:NewDisplayName>a</m:NewDisplayName>"),
        ("SetImListMigrationCompleted", "<m:ImListMigrationCompleted>true</m:ImListMigrationCompleted>"),
        ("FindPeople", "<m:IndexedPageItemView BasePoint='Beginning' Offset='0'/>"),
        ("GetPersona", "<m:PersonaId Id='a'/>"),
    ] {
        let (underway, xml) = told(&site.jane(), &format!("<m:{name}>{content}</m:{name}>"));
        assert_eq!((underway.operation(), underway.mailbox()), (Some(name), Some(JANE)), "{xml}");
        operations.retain(|known| *known != name);
    }
    assert_eq!(operations, [""; 0], "these are not tried");
}

#[test]
fn a_mailbox_is_told_when_it_is_settled() {
    let site = Site::new();
    let header = "<t:ExchangeImpersonation><t:ConnectingSID><t:SmtpAddress>jane@example.org</t:SmtpAddress>\
                  </t:ConnectingSID></t:ExchangeImpersonation>";
    let (of_robot, _) = told(&site.caller(ROBOT).header(header), "<m:GetImItemList/>");
    assert_eq!((of_robot.operation(), of_robot.mailbox()), (Some("GetImItemList"), Some(JANE)));
    let (denied, xml) = told(&site.caller(PAUL).header(header), "<m:GetImItemList/>");
    assert!(xml.contains("ErrorImpersonateUserDenied"), "{xml}");
    assert_eq!((denied.operation(), denied.mailbox()), (Some("GetImItemList"), None));
    // What is refused before it is an operation.
    let (none, _) = told(&site.jane(), "<m:GetImItemList><m:None/></m:GetImItemList>");
    assert_eq!((none.operation(), none.mailbox()), (None, None));
}
