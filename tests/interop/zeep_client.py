"""A client that knows nothing of this project: zeep, driven by the WSDL of a running server.

Usage: python zeep_client.py http://127.0.0.1:8080/EWS/Services.wsdl

Prints one line for each check and exits with 1 at the first that fails. Run by `cargo xtask interop`.
"""

import sys
from urllib.parse import urlsplit

import requests
import zeep
from zeep.transports import Transport

MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"


class OneHost(requests.Session):
    """A session that asks the server under test and nobody else."""

    def __init__(self, url):
        super().__init__()
        self.trust_env = False
        self.allowed = urlsplit(url).netloc

    def request(self, method, url, *args, **kwargs):
        if urlsplit(url).netloc != self.allowed:
            sys.exit(f"failed: the description makes clients ask {url}")
        return super().request(method, url, *args, **kwargs)


def check(what, actual, expected):
    """One line for a check that holds, and the end for one that does not."""
    if actual != expected:
        sys.exit(f"failed: {what}: {actual!r}, not {expected!r}")
    print(f"{what}: {actual}")


def main(url):
    client = zeep.Client(url, transport=Transport(session=OneHost(url)))
    operations = list(client.service._operations)
    check("operations in the description", len(operations), 13)
    check("address in the description", client.service._binding_options["address"],
          url.replace("Services.wsdl", "Exchange.asmx"))

    version = client.get_element(f"{{{TYPES}}}RequestServerVersion")(Version="Exchange2013")
    headers = {"RequestVersion": version}
    name = "Büro & <Co>"
    added = client.service.AddImGroup(DisplayName=name, _soapheaders=headers)
    check("AddImGroup answers", added.body.ResponseCode, "NoError")
    check("name of the group", added.body.ImGroup.DisplayName, name)
    check("version of the server", added.header.ServerVersion.MajorVersion, 15)
    listed = client.service.GetImItemList(_soapheaders=headers)
    groups = [group["ImGroup"].DisplayName for group in listed.body.ImItemList.Groups._value_1]
    check("groups in the list", groups, [name])

    for what, call, code in [
        ("an operation without implementation",
         lambda: client.service.RemoveImGroup(GroupId={"Id": "AAAA"}, _soapheaders=headers), "ErrorNotSupported"),
        ("a request without version",
         lambda: client.service.AddImGroup(DisplayName=name), "ErrorIncorrectSchemaVersion"),
        ("a request against the schema",
         lambda: client.service.AddImGroup(DisplayName="", _soapheaders=headers), "ErrorSchemaValidation"),
    ]:
        try:
            call()
        except zeep.exceptions.Fault as fault:
            check(f"fault for {what}", fault.code.split(":")[-1], code)
        else:
            sys.exit(f"failed: {what} was answered without a fault")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
