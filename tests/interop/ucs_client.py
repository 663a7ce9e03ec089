"""A client that knows nothing of this project, against the contact store: zeep, all 15 operations.

Usage: UCS_PASSWORD=… python ucs_client.py http://127.0.0.1:8080/EWS/Services.wsdl demo@example.org

Prints one line for each check and exits with 1 at the first that fails. Run by `cargo xtask interop`.
"""

import os
import sys

import zeep
from zeep.transports import Transport
from zeep_client import TYPES, OneHost, check


def personas(listed):
    return [entry["Persona"] for entry in listed.body.ImItemList.Personas._value_1]


def groups(listed):
    return {entry["ImGroup"].DisplayName: entry["ImGroup"] for entry in listed.body.ImItemList.Groups._value_1}


def main(url, user, password):
    session = OneHost(url)
    session.auth = (user, password)
    client = zeep.Client(url, transport=Transport(session=session))
    version = client.get_element(f"{{{TYPES}}}RequestServerVersion")(Version="Exchange2013")
    used = set()

    def call(operation, **fields):
        used.add(operation)
        return client.service[operation](**fields, _soapheaders={"RequestVersion": version})

    def code(operation, **fields):
        return call(operation, **fields).body.ResponseCode

    def named(item):
        return {"Id": item.Id, "ChangeKey": item.ChangeKey}

    friends = named(call("AddImGroup", DisplayName="Friends & Co").body.ImGroup.ExchangeStoreId)
    work = named(call("AddImGroup", DisplayName="Work").body.ImGroup.ExchangeStoreId)
    team = call("AddDistributionGroupToImList", SmtpAddress="team@example.org", DisplayName="Team")
    added = call("AddNewImContactToGroup", ImAddress="ann@example.org", DisplayName="Ann", GroupId=friends)
    source = added.body.Persona.Attributions.Attribution[0].SourceId
    ann = named(source)
    check("name of the contact", added.body.Persona.DisplayName, "Ann")
    check("a contact by telephone", code(
        "AddNewTelUriContactToGroup", TelUriAddress="tel:+15550100", ImContactSipUriAddress="sip:5550100@example.org",
        ImTelephoneNumber="+1 555 0100"), "NoError")
    check("into another group", code("AddImContactToGroup", ContactId=ann, GroupId=work), "NoError")
    listed = call("GetImItemList")
    check("groups in order", list(groups(listed)), ["Other Contacts", "Tagged", "Favorites", "Friends & Co", "Work", "Team"])
    check("member of the group", groups(listed)["Work"].MemberCorrelationKey.ItemId[0].Id, source.Id)
    check("personas", sorted(persona.DisplayName for persona in personas(listed)), ["+1 555 0100", "Ann"])
    items = call("GetImItems", ContactIds={"_value_1": [{"ItemId": ann}]}, GroupIds={"_value_1": [{"ItemId": work}]})
    check("one contact by its id", [persona.DisplayName for persona in personas(items)], ["Ann"])
    check("out of the group", code("RemoveImContactFromGroup", ContactId=ann, GroupId=friends), "NoError")
    check("another name", code("SetImGroup", GroupId=work, NewDisplayName="Office"), "NoError")
    check("a name that is taken", code("SetImGroup", GroupId=friends, NewDisplayName="OFFICE"),
          "ErrorImGroupDisplayNameAlreadyExists")
    check("migration", code("SetImListMigrationCompleted", ImListMigrationCompleted=True), "NoError")
    check("a group removed", code("RemoveImGroup", GroupId=friends), "NoError")
    check("a distribution group removed",
          code("RemoveDistributionGroupFromImList", GroupId=named(team.body.ImGroup.ExchangeStoreId)), "NoError")
    check("the contact removed", code("RemoveContactFromImList", ContactId=ann), "NoError")
    check("and again", code("RemoveContactFromImList", ContactId=ann), "ErrorItemNotFound")
    check("groups left", list(groups(call("GetImItemList"))), ["Other Contacts", "Tagged", "Favorites", "Office"])

    # People: what the directory of the demo has, and the contacts.
    view = {"BasePoint": "Beginning", "Offset": 0, "MaxEntriesReturned": 100}
    # No AdditionalProperties: zeep does not write members of substitution groups.
    shape = {"BaseShape": "Default"}

    def people(words, folder=None):
        place = {"ParentFolderId": {"DistinguishedFolderId": {"Id": folder}}} if folder else {}
        found = call("FindPeople", PersonaShape=shape, IndexedPageItemView=view, QueryString=words, **place)
        return [entry["Persona"] for entry in found.body.People._value_1] if found.body.People else []

    call("AddNewImContactToGroup", ImAddress="anna@example.net", DisplayName="Anna Example")
    check("people in the directory", [persona.DisplayName for persona in people("EXAMPLE ann", "directory")], ["Ann Example"])
    check("people among the contacts", [persona.ImAddress for persona in people("example", "contacts")], ["anna@example.net"])
    everybody = people("example")
    check("people in both", [persona.DisplayName for persona in everybody], ["Ann Example", "Anna Example", "Bob Example"])
    check("nobody", people("ann nobody"), [])
    bob = call("GetPersona", PersonaId={"Id": everybody[2].PersonaId.Id}).body.Persona
    check("all about one of them", (bob.CompanyName, bob.EmailAddress.EmailAddress), ("Contoso", "bob@example.org"))
    check("by the address", call("GetPersona", EmailAddress={"EmailAddress": "BOB@example.org"}).body.Persona.PersonaId.Id,
          bob.PersonaId.Id)
    check("operations that were used", len(used), 15)


if __name__ == "__main__":
    if len(sys.argv) != 3 or "UCS_PASSWORD" not in os.environ:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], os.environ["UCS_PASSWORD"])
