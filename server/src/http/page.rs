//! The page at `/`: what this is, and how to point a client at it.

use super::address::{Address, escaped};

/// The page of a server at this address.
pub(super) fn page(address: &Address) -> String {
    let (url, host) = (escaped(&address.url), escaped(&address.host));
    format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Unified Contact Store</title>
<style>body{{font:1em/1.5 sans-serif;max-width:44em;margin:3em auto;padding:0 1em}}code{{background:#eee;padding:.1em .3em}}</style>
</head>
<body>
<h1>Unified Contact Store</h1>
<p>This server keeps the contact lists of instant messaging clients. It speaks the Exchange Web Services protocol
MS-OXWSCOS, so any client that can have its contacts on Exchange can have them here; and MS-OXWSPERS, by which clients
find people.</p>
<h2>Point a client at it</h2>
<ul>
<li>Endpoint: <code>{url}</code></li>
<li>Sign in with the login and the password of an account of this server.</li>
<li>Clients that ask Autodiscover find it at <code>/Autodiscover/Autodiscover.xml</code> of
<code>{host}</code>, or of <code>autodiscover.</code> and the domain of the mail address, where that name leads here.</li>
<li>In Pidgin with SIPE, the endpoint is the <em>Email services URL</em> of the account's advanced settings.</li>
<li>Programs: the description of the service is <a href="/EWS/Services.wsdl">Services.wsdl</a>, with
<a href="/EWS/messages.xsd">messages.xsd</a> and <a href="/EWS/types.xsd">types.xsd</a>.</li>
</ul>
</body>
</html>
"#
    )
}
