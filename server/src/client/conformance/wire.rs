//! Section 1 of the requirements: HTTP and SOAP.

use http::{HeaderValue, Method};

use super::bench::{Bench, Reply, Signed, VERSION, ensure};
use super::report::{Checked, Report};

const LIST: &str = "<m:GetImItemList/>";

pub(super) async fn check(bench: &Bench, report: &mut Report) {
    report.add("T1", "GET at the endpoint is 405 with Allow", methods(bench).await);
    report.add("T2", "the Body chooses the operation, whatever SOAPAction says", soap_action(bench).await);
    report.add("T3", "other media types are 415", media(bench).await);
    report.add("T3", "UTF-8 with a byte order mark and UTF-16 are read", encodings(bench).await);
    report.add("T4", "the form of replies", replies(bench).await);
    report.add("T5", "the form of faults", faults(bench).await);
    report.add("T6", "malformed XML and violations of the schema have a place", places(bench).await);
    report.add("T7", "the wording of violations", wording(bench).await);
    report.add("T8", "an empty Body and an unknown operation", operations(bench).await);
    report.add("T9", "unknown header blocks, and those that must be understood", blocks(bench).await);
    report.add("T10", "the version of the request", versions(bench).await);
    report.add("T11", "the version of the server", server_version(bench).await);
    report.add("T12", "request ids", request_ids(bench).await);
    report.add("T13", "a DOCTYPE is refused", doctype(bench).await);
    if bench.signs_in() {
        report.add("T14", "without credentials, 401 with a line for each scheme", unauthorized(bench).await);
    } else {
        report.skip("T14", "no credentials are given");
    }
    report.add("T15", "the description is served", description(bench).await);
    report.add("T16", "prefixes and declarations as clients send them", prefixes(bench).await);
    report.add("T16", "header blocks as clients send them", client_blocks(bench).await);
    report.add("T16", "bodies in chunks, and those that wait to be asked for", framing(bench).await);
    if bench.signs_in() {
        report.add("T16", "the first leg of NTLM, without a body, is 401", first_leg(bench).await);
    }
    report.add("T17", "every body is answered", bodies(bench).await);
}

async fn methods(bench: &Bench) -> Checked {
    let reply = bench.http(Method::GET, None, &[], Vec::new(), Signed::Yes).await?;
    reply.is(405)?;
    let allow = reply.headers.get("allow").and_then(|value| value.to_str().ok()).unwrap_or_default();
    ensure(allow.split(',').any(|method| method.trim() == "POST"), "Allow does not name POST")
}

async fn soap_action(bench: &Bench) -> Checked {
    const OTHER: &str = "\"http://schemas.microsoft.com/exchange/services/2006/messages/AddImGroup\"";
    for lines in [&[("soapaction", OTHER)][..], &[("soapaction", "nonsense")], &[]] {
        let reply = bench.post(lines, bench.document(VERSION, LIST)).await?;
        reply.is_success()?;
        ensure(reply.texts("GetImItemListResponse").next().is_some(), "the reply is of another operation")?;
    }
    Ok(())
}

async fn media(bench: &Bench) -> Checked {
    for media in ["application/json", "text/plain"] {
        bench.post(&[("content-type", media)], bench.document(VERSION, LIST)).await?.is(415)?;
    }
    for media in ["text/xml", "text/xml;charset=UTF-8", "text/xml; charset=\"utf-8\""] {
        let reply = bench.post(&[("content-type", media)], bench.document(VERSION, LIST)).await?;
        reply.is_success().map_err(|why| format!("{media}: {why}"))?;
    }
    Ok(())
}

async fn encodings(bench: &Bench) -> Checked {
    let text = bench.document(VERSION, LIST);
    bench.post(&[], format!("\u{feff}{text}")).await?.is_success()?;
    let text = text.replacen("utf-8", "utf-16", 1);
    let mut wide = vec![0xff, 0xfe];
    wide.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bench.post(&[("content-type", "text/xml; charset=utf-16")], wide).await?.is_success()
}

async fn replies(bench: &Bench) -> Checked {
    bench.operation(LIST).await?.is_success()?;
    let reply = bench.operation("<m:RemoveImGroup><m:GroupId Id='?'/></m:RemoveImGroup>").await?;
    reply.is_error("ErrorInvalidIdMalformed")?;
    ensure(reply.has("DescriptiveLinkKey", "0"), "DescriptiveLinkKey is not 0")
}

/// A request that breaks the schema: a fault.
async fn violation(bench: &Bench) -> Checked<Reply> {
    let reply = bench.operation("<m:AddImGroup>\n<m:Nonsense/></m:AddImGroup>").await?;
    reply.is_fault("ErrorSchemaValidation")?;
    Ok(reply)
}

async fn faults(bench: &Bench) -> Checked {
    let reply = violation(bench).await?;
    let code = reply.texts("faultcode").next().unwrap_or_default();
    ensure(code.ends_with(":ErrorSchemaValidation"), format!("faultcode is {code:?}"))?;
    ensure(reply.has("Message", "The request failed schema validation."), "e:Message has another text")?;
    ensure(reply.texts("Header").next().is_none(), "a fault has a Header")
}

async fn places(bench: &Bench) -> Checked {
    let reply = violation(bench).await?;
    // The declaration is the first line, the envelope the second.
    ensure(reply.has("LineNumber", "3"), "LineNumber is not that of the element")?;
    ensure(reply.texts("LinePosition").next().is_some(), "there is no LinePosition")?;
    let malformed = bench.operation("<m:AddImGroup></m:Other>").await?;
    malformed.is_fault("ErrorSchemaValidation")?;
    ensure(malformed.texts("Violation").next().is_some(), "there is no Violation")
}

async fn wording(bench: &Bench) -> Checked {
    let reply = violation(bench).await?;
    let said = reply.texts("Violation").next().unwrap_or_default();
    ensure(
        said.contains("The element 'AddImGroup' in namespace")
            && said.contains("has invalid child element 'Nonsense'"),
        format!("it says {said:?}"),
    )
}

async fn operations(bench: &Bench) -> Checked {
    for body in ["", "<m:Nonsense/>", "<GetImItemList/>"] {
        let reply = bench.operation(body).await?;
        reply.is_fault("ErrorInvalidRequest").map_err(|why| format!("{body:?}: {why}"))?;
    }
    Ok(())
}

async fn blocks(bench: &Bench) -> Checked {
    let fine = [
        "<x:Unknown xmlns:x='urn:x'>1</x:Unknown>",
        "<t:TimeZoneContext><t:TimeZoneDefinition Id='UTC'/></t:TimeZoneContext>",
        "<t:MailboxCulture xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true'/>",
    ];
    for block in fine {
        let reply = bench.envelope(&format!("{VERSION}{block}"), LIST).await?;
        reply.is_success().map_err(|why| format!("{block}: {why}"))?;
    }
    let block = "<x:Unknown xmlns:x='urn:x' s:mustUnderstand='1'/>";
    let reply = bench.envelope(&format!("{VERSION}{block}"), LIST).await?;
    let code = reply.texts("faultcode").next().unwrap_or_default();
    ensure(code.ends_with("MustUnderstand"), format!("what must be understood is answered with {code:?}"))
}

async fn versions(bench: &Bench) -> Checked {
    let of = |version: &str| format!("<t:RequestServerVersion Version='{version}'/>");
    for version in ["Exchange2013", "Exchange2016"] {
        bench.envelope(&of(version), LIST).await?.is_success().map_err(|why| format!("{version}: {why}"))?;
    }
    bench.envelope(&of("Exchange2010_SP2"), LIST).await?.is_fault("ErrorIncorrectSchemaVersion")?;
    bench.envelope("", LIST).await?.is_fault("ErrorIncorrectSchemaVersion")?;
    bench.envelope(&of("Nonsense"), LIST).await?.is_fault("ErrorInvalidServerVersion")
}

async fn server_version(bench: &Bench) -> Checked {
    let reply = bench.operation(LIST).await?;
    let attributes = ["MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber", "Version"];
    let block = reply.text.split_once("ServerVersionInfo").and_then(|(_, rest)| rest.split_once('>'));
    let (block, _) = block.ok_or("there is no ServerVersionInfo")?;
    let missing = attributes.iter().find(|name| !block.contains(&format!(" {name}=")));
    missing.map_or(Ok(()), |name| Err(format!("ServerVersionInfo has no {name}")))
}

async fn request_ids(bench: &Bench) -> Checked {
    const ID: &str = "6f9619ff-8b86-d011-b42d-00c04fc964ff";
    let lines = [("client-request-id", ID), ("return-client-request-id", "true")];
    let reply = bench.post(&lines, bench.document(VERSION, LIST)).await?;
    ensure(reply.headers.contains_key("request-id"), "there is no request-id")?;
    let echo = reply.headers.get("client-request-id").map(|value| value.as_bytes());
    ensure(echo == Some(ID.as_bytes()), "client-request-id is not echoed")
}

async fn doctype(bench: &Bench) -> Checked {
    let text = bench.document(VERSION, LIST);
    let text = text.replacen("?>", "?><!DOCTYPE s:Envelope [<!ENTITY a 'b'>]>", 1);
    bench.post(&[], text).await?.is_fault("ErrorSchemaValidation")
}

async fn unauthorized(bench: &Bench) -> Checked {
    let reply = bench.http(Method::POST, None, &[], bench.document(VERSION, LIST).into(), Signed::No).await?;
    reply.is(401)?;
    let mut lines = reply.headers.get_all("www-authenticate").iter().peekable();
    ensure(lines.peek().is_some(), "there is no WWW-Authenticate")?;
    let several = |line: &&HeaderValue| {
        let line = String::from_utf8_lossy(line.as_bytes()).to_lowercase();
        ["basic", "bearer", "negotiate", "ntlm"].iter().filter(|scheme| line.contains(*scheme)).count() > 1
    };
    ensure(!lines.any(|line| several(&line)), "one line names several schemes")
}

async fn description(bench: &Bench) -> Checked {
    for (path, what) in
        [("/EWS/Services.wsdl", "service"), ("/EWS/messages.xsd", "schema"), ("/EWS/types.xsd", "schema")]
    {
        let reply = bench.http(Method::GET, Some(path), &[], Vec::new(), Signed::Yes).await?;
        reply.is(200).map_err(|why| format!("{path}: {why}"))?;
        ensure(reply.texts(what).next().is_some(), format!("{path} has no element {what}"))?;
    }
    Ok(())
}

async fn bodies(bench: &Bench) -> Checked {
    let whole = bench.document(VERSION, LIST);
    for body in [&b""[..], b"\0\xff\xfe\x01", b"nonsense", &whole.as_bytes()[..whole.len() / 2]] {
        let reply = bench.post(&[], body).await?;
        ensure(
            reply.status.as_u16() >= 400,
            format!("{} is answered with success", String::from_utf8_lossy(body)),
        )?;
    }
    Ok(())
}

async fn prefixes(bench: &Bench) -> Checked {
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    const EWS: &str = "http://schemas.microsoft.com/exchange/services/2006";
    let whole = bench.document(VERSION, LIST);
    let (_, bare) = whole.split_once("?>").ok_or("there is no declaration")?;
    let messages = format!(" xmlns:m='{EWS}/messages'");
    let on_body = bare.replace(&messages, "").replace("<s:Body>", &format!("<s:Body{messages}>"));
    let odd = bare.replace("xmlns:s=", "xmlns:_x.1=").replace("<s:", "<_x.1:").replace("</s:", "</_x.1:");
    let mut forms = vec![bare.to_owned(), on_body, odd];
    if bench.acts_for().is_none() {
        forms.push(format!(
            "<Envelope xmlns='{SOAP}'><Header><RequestServerVersion xmlns='{EWS}/types' Version='Exchange2013'/>\
             </Header><Body><GetImItemList xmlns='{EWS}/messages'/></Body></Envelope>"
        ));
    }
    for form in &forms {
        for declaration in [
            "",
            "<?xml version='1.0'?>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
            "<?xml version='1.0' encoding='utf-8' standalone='no'?>\n",
        ] {
            let text = format!("{declaration}{}", form.trim_start());
            bench.post(&[], text.as_str()).await?.is_success().map_err(|why| format!("{why} to {text}"))?;
        }
    }
    Ok(())
}

async fn client_blocks(bench: &Bench) -> Checked {
    for block in [
        "<t:MailboxCulture s:mustUnderstand='1'>en-US</t:MailboxCulture>",
        "<t:DateTimePrecision>Seconds</t:DateTimePrecision><t:ManagementRole/>",
        "<!-- nothing --><t:MailboxCulture>de-DE</t:MailboxCulture>",
    ] {
        let reply = bench.envelope(&format!("{VERSION}{block}"), LIST).await?;
        reply.is_success().map_err(|why| format!("{block}: {why}"))?;
    }
    let version = VERSION.replace("/>", " s:mustUnderstand='1'/>");
    bench.envelope(&version, LIST).await?.is_success().map_err(|why| format!("{version}: {why}"))
}

async fn framing(bench: &Bench) -> Checked {
    for line in [("transfer-encoding", "chunked"), ("expect", "100-continue")] {
        let reply = bench.post(&[line], bench.document(VERSION, LIST)).await?;
        reply.is_success().map_err(|why| format!("{}: {}: {why}", line.0, line.1))?;
    }
    Ok(())
}

async fn first_leg(bench: &Bench) -> Checked {
    // NTLM's first message: signature, type, flags, no names.
    let first = "NTLM TlRMTVNTUAABAAAAB4IIogAAAAAAAAAAAAAAAAAAAAAGAbEdAAAADw==";
    let lines = [("authorization", first)];
    bench.http(Method::POST, None, &lines, Vec::new(), Signed::No).await?.is(401)
}
