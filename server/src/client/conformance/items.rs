//! Sections 3 to 5 of the requirements: ids, groups, contacts.

use oxws::oxwscore::ItemId;
use oxws::oxwscos::{
    AddImContactToGroup, AddImGroup, AddNewTelUriContactToGroup, GetImItemList, RemoveImGroup, SetImGroup,
};

use super::bench::{Bench, DOMAIN, MARK, NUMBER, ensure, is_listed, members, refused, source, words};
use super::report::{Checked, Report};
use crate::client::connect::text;

/// Checks everything; in an empty list also what a server that is wrong would spoil, and the limits where wanted.
pub(super) async fn check(bench: &Bench, empty: bool, limits: bool, report: &mut Report) {
    report.add("K1", "ids are base64 of at most 512 characters", form_of_ids(bench).await);
    report.add("K2", "ids that are none", no_ids(bench).await);
    report.add("K3", "change keys", change_keys(bench).await);
    report.add("K4", "ids do not change when a group is renamed", stable_ids(bench).await);
    report.add("G1", "three special groups come first, and stay", special_groups(bench, empty).await);
    report.add("G3", "names agree whatever their case and composition", names(bench).await);
    report.add("G4", "an empty group has no MemberCorrelationKey", empty_group(bench).await);
    report.add("G5", "who joins a group leaves OtherContacts", other_contacts(bench).await);
    report.add("P2", "addresses agree whatever their case and scheme", addresses(bench).await);
    report.add("P3", "the content of a persona", persona(bench).await);
    report.add("P4", "the attribution of a persona", attribution(bench).await);
    report.add("P5", "members are named by the source of their persona", sources(bench).await);
    report.add("P6", "a contact by telephone", telephone(bench).await);
    report.add("P7", "the names of elements of mail addresses", mail_addresses(bench).await);
    if empty && limits {
        report.add("G2", "64 groups and no more", limit_of_groups(bench).await);
        report.add("P1", "1000 contacts and no more", limit_of_contacts(bench).await);
    } else {
        report.skip("G2", "needs an empty list, and --limits");
        report.skip("P1", "needs an empty list, and --limits");
    }
}

async fn form_of_ids(bench: &Bench) -> Checked {
    let group = bench.add_group("ids").await?;
    let contact = bench.add_contact("ids", Some(&group)).await?;
    for ItemId { id, .. } in [group, contact] {
        ensure(id.len() <= 512, format!("an id has {} characters", id.len()))?;
        let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
        ensure(id.chars().all(fine) && id.len() % 4 == 0, format!("{id} is no base64"))?;
    }
    Ok(())
}

fn remove(id: &str, change_key: &str) -> String {
    format!("<m:RemoveImGroup><m:GroupId Id='{id}'{change_key}/></m:RemoveImGroup>")
}

async fn no_ids(bench: &Bench) -> Checked {
    bench.operation(&remove("?", "")).await?.is_error("ErrorInvalidIdMalformed")?;
    bench.operation(&remove("", "")).await?.is_error("ErrorInvalidIdEmpty")?;
    // With another character in its middle, an id is none.
    let id = bench.add_group("altered").await?.id;
    let (before, after) = id.split_at(id.len() / 2);
    let other = if after.starts_with('A') { 'B' } else { 'A' };
    let altered = format!("{before}{other}{}", after.get(1..).unwrap_or_default());
    let reply = bench.operation(&remove(&altered, "")).await?;
    ensure(reply.is_success().is_err(), "an altered id is taken")?;
    let list = bench.list().await?;
    let there = list
        .groups
        .iter()
        .flatten()
        .any(|group| group.exchange_store_id.as_ref().is_some_and(|i| i.id == id));
    ensure(there, "an altered id has removed the group")
}

async fn change_keys(bench: &Bench) -> Checked {
    let group = bench.add_group("change key").await?;
    ensure(
        group.change_key.as_deref() == Some("EgAAAA=="),
        format!("that of a group is {:?}", group.change_key),
    )?;
    bench.operation(&remove(&group.id, " ChangeKey='?'")).await?.is_error("ErrorInvalidChangeKey")?;
    bench.operation(&remove(&group.id, " ChangeKey='EgAAAA=='")).await?.is_success()
}

async fn stable_ids(bench: &Bench) -> Checked {
    let group = bench.add_group("before").await?;
    let contact = bench.add_contact("stable", Some(&group)).await?;
    rename(bench, &group, "after").await?;
    let list = bench.list().await?;
    let name = format!("{MARK} after");
    let renamed = list.groups.iter().flatten().find(|group| group.display_name.get() == &name);
    let id = renamed.and_then(|group| group.exchange_store_id.as_ref());
    ensure(id.is_some_and(|id| id.id == group.id), "the group has another id")?;
    ensure(members(&list, &group) == [contact.id.as_str()], "its member has another id")
}

async fn rename(bench: &Bench, group: &ItemId, name: &str) -> Checked {
    let name = text(&format!("{MARK} {name}")).map_err(|error| error.to_string())?;
    bench.client.call(SetImGroup::new(group.clone(), name)).await.map(drop).map_err(words)
}

async fn special_groups(bench: &Bench, empty: bool) -> Checked {
    let groups = bench.list().await?.groups.unwrap_or_default();
    let kinds = ["OtherContacts", "Tagged", "Favorites"].map(|kind| format!("IPM.DistList.MOC.{kind}"));
    let first: Vec<_> = groups.iter().take(3).map(|group| group.group_type.get().clone()).collect();
    ensure(first == kinds, format!("the first groups are {first:?}"))?;
    // Somebody's own groups are not put at risk.
    for group in groups.into_iter().take(if empty { 3 } else { 0 }) {
        let id = group.exchange_store_id.ok_or("a special group has no id")?;
        let kind = group.group_type.get();
        ensure(rename(bench, &id, "special").await.is_err(), format!("{kind} can be renamed"))?;
        let removed = bench.client.call(RemoveImGroup::new(id)).await;
        ensure(removed.is_err(), format!("{kind} can be removed"))?;
    }
    Ok(())
}

async fn names(bench: &Bench) -> Checked {
    let first = bench.add_group("Zo\u{eb}").await?;
    for other in ["ZO\u{cb}", "zoe\u{308}"] {
        let second = bench.add_group(other).await?;
        ensure(second.id == first.id, format!("{other:?} is another group than \"Zo\u{eb}\""))?;
    }
    let name = format!("{MARK} Zo\u{eb}");
    let list = bench.list().await?;
    ensure(
        list.groups.iter().flatten().any(|group| group.display_name.get() == &name),
        "the spelling has changed",
    )
}

async fn empty_group(bench: &Bench) -> Checked {
    let id = bench.add_group("empty").await?.id;
    let list = bench.list().await?;
    let mut groups = list.groups.iter().flatten();
    let group = groups.find(|group| group.exchange_store_id.as_ref().is_some_and(|other| other.id == id));
    let group = group.ok_or("the group is not listed")?;
    ensure(group.member_correlation_key.is_none(), "it has one")
}

async fn other_contacts(bench: &Bench) -> Checked {
    let group = bench.add_group("joined").await?;
    let contact = bench.add_contact("joins", None).await?;
    let list = bench.list().await?;
    let other = list.groups.iter().flatten().find(|group| group.group_type.get().ends_with(".OtherContacts"));
    let other = other.and_then(|group| group.exchange_store_id.clone()).ok_or("there is no such group")?;
    ensure(members(&list, &other).contains(&contact.id.as_str()), "a contact without a group is not in it")?;
    let mut join = AddImContactToGroup::new(contact.clone());
    join.group_id = Some(group);
    bench.client.call(join).await.map_err(words)?;
    let list = bench.list().await?;
    ensure(!members(&list, &other).contains(&contact.id.as_str()), "it stays in it")
}

async fn addresses(bench: &Bench) -> Checked {
    let first = bench.add_contact("same", None).await?;
    for name in ["SAME", "sip:same", "SIP:Same"] {
        let second = bench.add_contact(name, None).await?;
        ensure(second.id == first.id, format!("{name}{DOMAIN} is another contact than same{DOMAIN}"))?;
    }
    Ok(())
}

/// The list with one contact of this name in it, as text.
async fn shown(bench: &Bench, name: &str) -> Checked<super::bench::Reply> {
    let contact = bench.add_contact(name, None).await?;
    let ids = format!("<m:ContactIds><t:ItemId Id='{}'/></m:ContactIds>", contact.id);
    let reply = bench.operation(&format!("<m:GetImItems>{ids}</m:GetImItems>")).await?;
    reply.is_success()?;
    Ok(reply)
}

async fn persona(bench: &Bench) -> Checked {
    let reply = shown(bench, "persona").await?;
    for (name, value) in [("PersonaType", "Person"), ("FileAsId", "None"), ("RelevanceScore", "2147483647")] {
        ensure(reply.has(name, value), format!("{name} is not {value}"))?;
    }
    for name in [
        "PersonaId",
        "CreationTime",
        "DisplayName",
        "DisplayNameFirstLast",
        "DisplayNameLastFirst",
        "EmailAddress",
        "EmailAddresses",
        "ImAddress",
        "Attributions",
        "DisplayNames",
        "FileAsIds",
        "Emails1",
        "ImAddresses",
    ] {
        ensure(reply.texts(name).next().is_some(), format!("there is no {name}"))?;
    }
    Ok(())
}

async fn attribution(bench: &Bench) -> Checked {
    let reply = shown(bench, "attributed").await?;
    // Attributed values have elements of that name, too: with the id as their text.
    let count = reply.texts("Attribution").filter(|text| text.trim().is_empty()).count();
    ensure(count == 1, format!("there are {count} of them"))?;
    for (name, value) in [("Id", "0"), ("IsQuickContact", "true"), ("IsHidden", "false")] {
        ensure(reply.has(name, value), format!("{name} is not {value}"))?;
    }
    for name in ["SourceId", "DisplayName", "IsWritable", "FolderId"] {
        ensure(reply.texts(name).next().is_some(), format!("there is no {name}"))?;
    }
    let source = reply.text.split_once("SourceId ").and_then(|(_, rest)| rest.split_once('>'));
    ensure(source.is_some_and(|(tag, _)| tag.contains("ChangeKey=")), "SourceId has no ChangeKey")
}

async fn sources(bench: &Bench) -> Checked {
    let group = bench.add_group("members").await?;
    bench.add_contact("member", Some(&group)).await?;
    let list = bench.list().await?;
    let sources: Vec<_> =
        list.personas.iter().flatten().filter_map(source).map(|id| id.id.as_str()).collect();
    let members = members(&list, &group);
    ensure(!members.is_empty(), "the group has no members")?;
    ensure(members.iter().all(|id| sources.contains(id)), "a member is the source of no persona")
}

/// Adds a contact by telephone: the id by which groups name it.
pub(super) async fn add_tel(bench: &Bench, digit: u8, group: Option<&ItemId>) -> Checked<ItemId> {
    let number = format!("{NUMBER}{digit}");
    let text = |value: String| text(&value).map_err(|error| error.to_string());
    let mut request = AddNewTelUriContactToGroup::new(
        text(format!("tel:{number}"))?,
        text(format!("sip:{number}{DOMAIN}"))?,
        text(number)?,
    );
    request.group_id = group.cloned();
    let reply = bench.client.call(request).await.map_err(words)?;
    reply
        .persona
        .as_ref()
        .and_then(source)
        .cloned()
        .ok_or_else(|| "no persona with a source is returned".to_owned())
}

async fn telephone(bench: &Bench) -> Checked {
    let contact = add_tel(bench, 1, None).await?;
    let ids = format!("<m:ContactIds><t:ItemId Id='{}'/></m:ContactIds>", contact.id);
    let reply = bench.operation(&format!("<m:GetImItems>{ids}</m:GetImItems>")).await?;
    reply.is_success()?;
    ensure(reply.has("DisplayName", &format!("{NUMBER}1")), "its name is not the number")?;
    ensure(reply.texts("ImAddress").next().is_none(), "it has an ImAddress")?;
    ensure(reply.texts("OtherTelephones").next().is_some(), "it has no OtherTelephones")?;
    ensure(reply.has("Type", "Other"), "its number is not of Type Other")
}

async fn mail_addresses(bench: &Bench) -> Checked {
    let reply = shown(bench, "mail").await?;
    let after = |name: &str, child: &str| {
        let mut parts = reply.text.split(['<', '>']).map(|part| part.rsplit(':').next().unwrap_or(part));
        parts.any(|part| part == name)
            && parts.find(|part| !part.trim().is_empty()).is_some_and(|part| part == child)
    };
    ensure(after("EmailAddresses", "Address"), "the child of EmailAddresses is not Address")?;
    ensure(reply.has("EmailAddress", &format!("mail{DOMAIN}")), "there is no EmailAddress with the address")
}

async fn limit_of_groups(bench: &Bench) -> Checked {
    bench.clean().await.map_err(|error| format!("{error:#}"))?;
    for at in 1..=64 {
        bench.add_group(&at.to_string()).await.map_err(|why| format!("group {at}: {why}"))?;
    }
    let name = text(&format!("{MARK} 65")).map_err(|error| error.to_string())?;
    refused(bench.client.call(AddImGroup::new(name)).await, "ErrorImGroupLimitReached")?;
    bench.clean().await.map_err(|error| format!("{error:#}"))
}

async fn limit_of_contacts(bench: &Bench) -> Checked {
    bench.clean().await.map_err(|error| format!("{error:#}"))?;
    for at in 1..=1000 {
        bench.add_contact(&at.to_string(), None).await.map_err(|why| format!("contact {at}: {why}"))?;
    }
    let address = text(&format!("1001{DOMAIN}")).map_err(|error| error.to_string())?;
    let one_more = oxws::oxwscos::AddNewImContactToGroup::new(address);
    refused(bench.client.call(one_more).await, "ErrorImContactLimitReached")?;
    let all = bench.client.call(GetImItemList::default()).await.map_err(words)?;
    let count = all.im_item_list.and_then(|list| list.personas).map_or(0, |personas| personas.len());
    ensure(count == 1000, format!("{count} are listed"))?;
    let known = bench.add_contact("1", None).await?;
    ensure(is_listed(&bench.list().await?, &known), "a known contact is not found at the limit")?;
    bench.clean().await.map_err(|error| format!("{error:#}"))
}
