//! Whose mailbox a request acts on, and in which language it is opened.

use std::time::{Duration, Instant};

use oxws::oxwscos::{AddImGroup, GetImItemList};
use ucs::http::Underway;

use crate::site::{GONE, JANE, PAUL, ROBOT, ROOM, Site};
use crate::xml::texts;

const LIST: &str = "<m:GetImItemList/>";

/// The header block that asks to act for somebody.
fn act_for(identity: &str) -> String {
    format!(
        "<t:ExchangeImpersonation><t:ConnectingSID>{identity}</t:ConnectingSID></t:ExchangeImpersonation>"
    )
}

fn denied() -> (String, String) {
    (
        "ErrorImpersonateUserDenied".to_owned(),
        "The account does not have permission to impersonate the requested user.".to_owned(),
    )
}

fn unknown() -> (String, String) {
    ("ErrorNonExistentMailbox".to_owned(), "The SMTP address has no mailbox associated with it.".to_owned())
}

/// UCS I1: every account has a mailbox of its own.
#[test]
fn the_mailbox_is_the_callers_own() {
    let site = Site::new();
    site.jane().group("Of Jane");
    assert_eq!(site.caller(PAUL).groups().len(), 3);
    assert_eq!(site.jane().groups().len(), 4);
}

/// UCS I1: a body may arrive long after its caller signed in.
#[test]
fn who_was_disabled_while_the_request_came_is_refused() {
    let site = Site::new();
    let long_ago = Instant::now().checked_sub(Duration::from_secs(60)).unwrap();
    let ask = |mailbox, underway| site.caller(mailbox).send_with(LIST, underway).xml;
    assert!(ask(GONE, Underway::since(long_ago)).contains("ErrorAccessDenied"));
    assert!(ask(JANE, Underway::since(long_ago)).contains("NoError"));
    assert!(ask(GONE, Underway::default()).contains("NoError"), "it was just let in");
}

/// UCS I1: each way to name whom to act for, with a grant, whatever the case and the white space around.
#[test]
fn who_is_allowed_acts_on_the_other_mailbox() {
    let site = Site::new();
    let group = site.jane().group("Of Jane");
    let robot = site.caller(ROBOT);
    for identity in [
        "<t:PrincipalName>Jane@login.example.org</t:PrincipalName>",
        "<t:SID>S-1-5-21-170</t:SID>",
        "<t:PrimarySmtpAddress>JANE@example.org</t:PrimarySmtpAddress>",
        "<t:SmtpAddress>jane@example.org</t:SmtpAddress>",
        "<t:SmtpAddress> jane.alias@example.org\n</t:SmtpAddress>",
    ] {
        let acting = robot.header(&act_for(identity));
        assert_eq!(acting.groups()[3].exchange_store_id.as_ref(), Some(&group), "{identity}");
    }
    let acting = robot.header(&act_for("<t:SmtpAddress>jane@example.org</t:SmtpAddress>"));
    acting.group("By the robot");
    assert_eq!(site.jane().groups().len(), 5);
    assert_eq!(robot.groups().len(), 3, "its own is as it was");
}

/// UCS I1: no grant is needed to act for oneself.
#[test]
fn who_acts_for_oneself_needs_no_grant() {
    let site = Site::new();
    let header = act_for("<t:PrimarySmtpAddress>jane@example.org</t:PrimarySmtpAddress>");
    site.jane().header(&header).group("Mine");
    assert_eq!(site.jane().groups().len(), 4);
}

/// UCS I2: without a grant it is all the same whether the mailbox exists, is disabled, or is named by an alias, and
/// nothing happens there.
#[test]
fn who_is_not_allowed_learns_nothing() {
    let site = Site::new();
    site.jane().group("Of Jane");
    let before = site.jane().list();
    let mut answers = Vec::new();
    for identity in [
        "<t:PrincipalName>jane@login.example.org</t:PrincipalName>",
        "<t:SID>S-1-5-21-170</t:SID>",
        "<t:PrimarySmtpAddress>jane@example.org</t:PrimarySmtpAddress>",
        "<t:PrimarySmtpAddress>jane.alias@example.org</t:PrimarySmtpAddress>",
        "<t:SmtpAddress>jane@example.org</t:SmtpAddress>",
        "<t:SmtpAddress>gone@example.org</t:SmtpAddress>",
        "<t:SmtpAddress>nobody@example.org</t:SmtpAddress>",
        "<t:PrimarySmtpAddress>nobody@example.org</t:PrimarySmtpAddress>",
        "<t:SID>S-1-1-0</t:SID>",
    ] {
        let answer = site.caller(PAUL).header(&act_for(identity)).ask(AddImGroup::new("X".parse().unwrap()));
        assert_eq!(answer.fault(), denied(), "{identity}");
        answers.push(answer);
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "byte for byte the same");
    assert_eq!(site.jane().list(), before);
}

/// UCS I2: a grant is for one mailbox, and in one direction.
#[test]
fn a_grant_is_for_one_mailbox() {
    let site = Site::new();
    let robot = site.caller(ROBOT);
    let room = robot.header(&act_for("<t:SmtpAddress>room@example.org</t:SmtpAddress>"));
    assert_eq!(room.send(LIST).fault(), denied());
    // The alias of a mailbox that is not granted does not give away the primary address.
    let alias = robot.header(&act_for("<t:PrimarySmtpAddress>room.alias@example.org</t:PrimarySmtpAddress>"));
    let answer = alias.send(LIST);
    assert_eq!(answer.fault(), denied());
    assert!(!answer.xml.contains("room@"), "{}", answer.xml);
    let back = site.jane().header(&act_for("<t:SmtpAddress>robot@example.org</t:SmtpAddress>"));
    assert_eq!(back.send(LIST).fault(), denied());
}

/// UCS I3: nobody of that name, or nobody any more.
#[test]
fn an_unknown_mailbox_is_said_to_be_so() {
    let site = Site::new();
    for identity in [
        "<t:SmtpAddress>nobody@example.org</t:SmtpAddress>",
        "<t:PrimarySmtpAddress>nobody@example.org</t:PrimarySmtpAddress>",
        "<t:PrincipalName>jane@example.org</t:PrincipalName>",
        "<t:SID>S-1-5-21-0</t:SID>",
        "<t:SmtpAddress>gone@example.org</t:SmtpAddress>",
        "<t:SmtpAddress>' OR 1=1 --</t:SmtpAddress>",
    ] {
        let answer = site.caller(ROBOT).header(&act_for(identity)).send(LIST);
        assert_eq!(answer.fault(), unknown(), "{identity}");
    }
    assert_ne!(GONE, ROOM);
}

/// UCS I3: an alias will not do where the primary address is asked for, and the reply names that.
#[test]
fn an_alias_is_not_the_primary_address() {
    let site = Site::new();
    let identity = "<t:PrimarySmtpAddress>Jane.Alias@example.org</t:PrimarySmtpAddress>";
    let answer = site.caller(ROBOT).header(&act_for(identity)).send(LIST);
    assert_eq!(answer.fault().0, "ErrorNonPrimarySmtpAddress");
    assert!(answer.xml.contains("Name=\"Primary\">jane@example.org</t:Value>"), "{}", answer.xml);
}

/// UCS I3: no identity, an empty one, one of white space alone, and one too many.
#[test]
fn an_identity_is_needed() {
    let site = Site::new();
    let headers = [
        act_for("<t:PrimarySmtpAddress/>"),
        act_for("<t:PrimarySmtpAddress></t:PrimarySmtpAddress>"),
        act_for("<t:PrimarySmtpAddress>  </t:PrimarySmtpAddress>"),
        act_for("<t:SmtpAddress/>"),
        act_for("<t:PrincipalName/>"),
        act_for("<t:SID/>"),
        act_for(""),
        act_for("<t:Somebody>jane</t:Somebody>"),
        act_for("<t:SmtpAddress>jane@example.org</t:SmtpAddress><t:SID>S-1-5-21-170</t:SID>"),
        "<t:ExchangeImpersonation/>".to_owned(),
        "<t:ExchangeImpersonation><t:ConnectingSID/></t:ExchangeImpersonation>".to_owned(),
    ];
    for header in headers {
        for caller in [ROBOT, PAUL] {
            let answer = site.caller(caller).header(&header).send(LIST);
            assert_eq!(answer.fault().0, "ErrorInvalidExchangeImpersonationHeaderData", "{header}");
        }
    }
    // Other violations of the schema are what they were.
    let answer = site.jane().send("<m:AddImGroup><m:DisplayName/></m:AddImGroup>");
    assert_eq!(answer.fault().0, "ErrorSchemaValidation");
    for answer in [
        site.jane().send("<m:AddImGroup><m:ExchangeImpersonation/></m:AddImGroup>"),
        site.jane().send("<m:AddImGroup><t:ExchangeImpersonation>x</t:ExchangeImpersonation></m:AddImGroup>"),
        // Nor is what is no XML at all.
        site.jane().header("<t:ExchangeImpersonation><t:ConnectingSID><t:SID>x</t:SIDs>").send(LIST),
        site.jane().header("<t:ExchangeImpersonation><t:ConnectingSID><t:SID>&nothing;").send(LIST),
    ] {
        assert_eq!(answer.fault().0, "ErrorSchemaValidation", "{}", answer.xml);
    }
    // None at all, said in the other way.
    let nil = "<t:ExchangeImpersonation xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/>";
    assert_eq!(site.jane().header(nil).groups().len(), 3);
}

/// UCS I1: none of the operations does anything for a caller who is not known.
#[test]
fn without_a_caller_every_operation_is_refused() {
    let site = Site::new();
    let contact = site.jane().contact("a@example.org", None);
    let id = |element: &str| format!("<m:{element} Id='{}'/>", contact.id);
    let before = site.jane().list();
    let bodies = [
        "<m:AddImGroup><m:DisplayName>A</m:DisplayName></m:AddImGroup>".to_owned(),
        "<m:AddDistributionGroupToImList><m:SmtpAddress>a@b</m:SmtpAddress><m:DisplayName>A</m:DisplayName>\
         </m:AddDistributionGroupToImList>"
            .to_owned(),
        "<m:AddNewImContactToGroup><m:ImAddress>a@b</m:ImAddress></m:AddNewImContactToGroup>".to_owned(),
        "<m:AddNewTelUriContactToGroup><m:TelUriAddress>tel:1</m:TelUriAddress><m:ImContactSipUriAddress>a@b\
         </m:ImContactSipUriAddress><m:ImTelephoneNumber>1</m:ImTelephoneNumber></m:AddNewTelUriContactToGroup>"
            .to_owned(),
        format!("<m:AddImContactToGroup>{}</m:AddImContactToGroup>", id("ContactId")),
        LIST.to_owned(),
        "<m:GetImItems/>".to_owned(),
        format!("<m:RemoveContactFromImList>{}</m:RemoveContactFromImList>", id("ContactId")),
        format!("<m:RemoveDistributionGroupFromImList>{}</m:RemoveDistributionGroupFromImList>", id("GroupId")),
        format!("<m:RemoveImContactFromGroup>{}{}</m:RemoveImContactFromGroup>", id("ContactId"), id("GroupId")),
        format!("<m:RemoveImGroup>{}</m:RemoveImGroup>", id("GroupId")),
        format!("<m:SetImGroup>{}<m:NewDisplayName>B</m:NewDisplayName></m:SetImGroup>", id("GroupId")),
        "<m:SetImListMigrationCompleted><m:ImListMigrationCompleted>true</m:ImListMigrationCompleted>\
         </m:SetImListMigrationCompleted>"
            .to_owned(),
    ];
    assert_eq!(bodies.len(), oxws::oxwscos::OPERATIONS.len());
    for body in bodies {
        for header in ["", &act_for("<t:SmtpAddress>jane@example.org</t:SmtpAddress>")] {
            let envelope = format!(
                "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/' \
                 xmlns:t='http://schemas.microsoft.com/exchange/services/2006/types' \
                 xmlns:m='http://schemas.microsoft.com/exchange/services/2006/messages'>\
                 <s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
            );
            let answer = site.send(None, envelope.as_bytes());
            assert_eq!(answer.fault().0, "ErrorAccessDenied", "{body}");
            // With a caller the same envelope is understood, so that is all that was wrong with it.
            assert_eq!(site.send(Some(PAUL), envelope.as_bytes()).status == 200, header.is_empty(), "{body}");
        }
    }
    assert_eq!(site.jane().list(), before);
}

/// UCS I4: the language of the one who opens a mailbox names its groups, for ever.
#[test]
fn the_first_culture_names_the_special_groups() {
    let names = |header: &str, body: &str| {
        let site = Site::new();
        assert_eq!(site.jane().header(header).send(body).status, 200);
        // Whoever comes later, the names stay.
        let french = site.jane().header("<t:MailboxCulture>fr-FR</t:MailboxCulture>");
        texts(&french.ask(GetImItemList::default()).xml, "t:DisplayName")[..3].join(", ")
    };
    let english = "Other Contacts, Tagged, Favorites";
    let german = "Andere Kontakte, Markiert, Favoriten";
    let add = "<m:AddImGroup><m:DisplayName>A</m:DisplayName></m:AddImGroup>";
    for body in [LIST, add, "<m:GetImItems/>"] {
        for (culture, expected) in
            [("de-DE", german), ("de", german), (" DE-at ", german), ("en-US", english), ("xx-XX", english)]
        {
            let header = format!("<t:MailboxCulture>{culture}</t:MailboxCulture>");
            assert_eq!(names(&header, body), expected, "{culture} {body}");
        }
        assert_eq!(names("", body), english);
        let nil = "<t:MailboxCulture xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/>";
        assert_eq!(names(nil, body), english);
    }
    assert_eq!(Site::new().caller(JANE).groups().len(), 3);
}
