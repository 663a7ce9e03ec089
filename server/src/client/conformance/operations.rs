//! Section 6 of the requirements: the operations.

use oxws::oxwscore::{BaseItemIdChoice, ItemId};
use oxws::oxwscos::{
    AddDistributionGroupToImList, AddImContactToGroup, AddNewTelUriContactToGroup, GetImItems,
    RemoveContactFromImList, RemoveDistributionGroupFromImList, RemoveImContactFromGroup, RemoveImGroup,
    SetImGroup, SetImListMigrationCompleted,
};

use super::bench::{Bench, DOMAIN, MARK, NUMBER, ensure, is_listed, members, refused, source, words};
use super::items::add_tel;
use super::report::{Checked, Report};
use crate::client::connect::text;

pub(super) async fn check(bench: &Bench, report: &mut Report) {
    report.add("O1", "AddImGroup", add_group(bench).await);
    distribution_groups(bench, report).await;
    report.add("O3", "AddNewImContactToGroup", add_new(bench).await);
    report.add("O4", "AddNewTelUriContactToGroup", add_new_tel(bench).await);
    report.add("O5", "AddImContactToGroup", join(bench).await);
    report.add("O6", "GetImItemList", list(bench).await);
    report.add("O7", "GetImItems", items(bench).await);
    report.add("O8", "RemoveImContactFromGroup", leave(bench).await);
    report.add("O9", "RemoveContactFromImList", remove(bench).await);
    report.add("O10", "RemoveImGroup", remove_group(bench).await);
    report.add("O12", "SetImGroup", rename(bench).await);
    let migrated = bench.client.call(SetImListMigrationCompleted::new(true)).await;
    report.add("O13", "SetImListMigrationCompleted succeeds", migrated.map(drop).map_err(words));
    report.add("O14", "extended properties", extended(bench).await);
}

/// The id of a group that is gone.
async fn gone_group(bench: &Bench) -> Checked<ItemId> {
    let group = bench.add_group("gone").await?;
    bench.client.call(RemoveImGroup::new(group.clone())).await.map_err(words)?;
    Ok(group)
}

/// The id of a contact that is gone.
async fn gone_contact(bench: &Bench) -> Checked<ItemId> {
    let contact = bench.add_contact("gone", None).await?;
    bench.client.call(RemoveContactFromImList::new(contact.clone())).await.map_err(words)?;
    Ok(contact)
}

fn joining(contact: &ItemId, group: &ItemId) -> AddImContactToGroup {
    let mut join = AddImContactToGroup::new(contact.clone());
    join.group_id = Some(group.clone());
    join
}

async fn add_group(bench: &Bench) -> Checked {
    let body = format!("<m:AddImGroup><m:DisplayName>{MARK} O1</m:DisplayName></m:AddImGroup>");
    let reply = bench.operation(&body).await?;
    reply.is_success()?;
    ensure(reply.has("DisplayName", &format!("{MARK} O1")), "it returns another name")?;
    ensure(reply.has("GroupType", "IPM.DistList.MOC.UserGroup"), "it returns another kind")?;
    let (first, second) = (bench.add_group("O1").await?, bench.add_group("O1").await?);
    ensure(first.id == second.id, "the same name makes another group")
}

async fn distribution_groups(bench: &Bench, report: &mut Report) {
    let add = || async {
        let of = |value: String| text(&value).map_err(|error| error.to_string());
        let request =
            AddDistributionGroupToImList::new(of(format!("team{DOMAIN}"))?, of(format!("{MARK} team"))?);
        Ok::<_, String>(bench.client.call(request).await)
    };
    let first = match add().await {
        Ok(Err(error)) if error.code() == Some("ErrorInvalidImDistributionGroupSmtpAddress") => {
            report.skip(
                "O2",
                "the server has a directory of distribution groups, which this address is not in",
            );
            report.skip("O11", "as O2");
            return;
        }
        first => first,
    };
    let checked = async {
        let group = first?.map_err(words)?.im_group.ok_or("no group is returned")?;
        ensure(group.group_type.get() == "IPM.DistList.MOC.DG", "it is of another kind")?;
        let id = group.exchange_store_id.ok_or("no id is returned")?;
        let again = add().await?.map_err(words)?.im_group.and_then(|group| group.exchange_store_id);
        ensure(again.is_some_and(|again| again.id == id.id), "the same address makes another group")?;
        let list = bench.list().await?;
        let address = format!("team{DOMAIN}");
        let kept = list.groups.iter().flatten().any(|group| group.smtp_address.as_ref() == Some(&address));
        ensure(kept, "its address is not listed")?;
        Ok(id)
    };
    let added: Checked<ItemId> = checked.await;
    report.add("O2", "AddDistributionGroupToImList", added.as_ref().map(|_| ()).map_err(String::clone));
    let removed = async {
        let id = added?;
        let user_group = bench.add_group("no DG").await?;
        let wrong = bench.client.call(RemoveDistributionGroupFromImList::new(user_group)).await;
        refused(wrong, "ErrorInvalidImGroupId")?;
        bench.client.call(RemoveDistributionGroupFromImList::new(id.clone())).await.map_err(words)?;
        refused(bench.client.call(RemoveDistributionGroupFromImList::new(id)).await, "ErrorItemNotFound")
    };
    report.add("O11", "RemoveDistributionGroupFromImList", removed.await);
}

async fn add_new(bench: &Bench) -> Checked {
    let group = bench.add_group("O3").await?;
    let contact = bench.add_contact("o3", Some(&group)).await?;
    let again = bench.add_contact("o3", None).await?;
    ensure(again.id == contact.id, "the same address makes another contact")?;
    let list = bench.list().await?;
    ensure(members(&list, &group) == [contact.id.as_str()], "it is not in its group alone")
}

async fn add_new_tel(bench: &Bench) -> Checked {
    let group = bench.add_group("O4").await?;
    let contact = add_tel(bench, 4, Some(&group)).await?;
    let again = add_tel(bench, 4, None).await?;
    ensure(again.id == contact.id, "the same number makes another contact")?;
    ensure(members(&bench.list().await?, &group) == [contact.id.as_str()], "it is not in its group alone")?;
    let of = |value: String| text(&value).map_err(|error| error.to_string());
    let (tel, sip) = (of(format!("tel:{NUMBER}5"))?, of(format!("sip:{NUMBER}5{DOMAIN}"))?);
    let mut unknown = AddNewTelUriContactToGroup::new(tel, sip, of(format!("{NUMBER}5"))?);
    unknown.group_id = Some(gone_group(bench).await?);
    refused(bench.client.call(unknown).await, "ErrorItemNotFound")
}

async fn join(bench: &Bench) -> Checked {
    let group = bench.add_group("O5").await?;
    let contact = bench.add_contact("o5", None).await?;
    for _ in 0..2 {
        bench.client.call(joining(&contact, &group)).await.map_err(words)?;
    }
    ensure(members(&bench.list().await?, &group) == [contact.id.as_str()], "it is not a member once")?;
    let nobody = gone_contact(bench).await?;
    refused(bench.client.call(joining(&nobody, &group)).await, "ErrorInvalidImContactId")?;
    let nowhere = gone_group(bench).await?;
    refused(bench.client.call(joining(&contact, &nowhere)).await, "ErrorInvalidImGroupId")
}

async fn list(bench: &Bench) -> Checked {
    let group = bench.add_group("O6").await?;
    let there = bench.add_contact("o6", Some(&group)).await?;
    let gone = gone_contact(bench).await?;
    let list = bench.list().await?;
    ensure(
        is_listed(&list, &there) && !is_listed(&list, &gone),
        "it has not just the contacts that there are",
    )?;
    let of_groups: Vec<_> = list
        .groups
        .iter()
        .flatten()
        .filter_map(|group| group.member_correlation_key.as_ref())
        .flatten()
        .collect();
    let lonely = list
        .personas
        .iter()
        .flatten()
        .filter_map(source)
        .any(|id| !of_groups.iter().any(|other| other.id == id.id));
    ensure(!lonely, "it has a contact in no group")
}

async fn items(bench: &Bench) -> Checked {
    let group = bench.add_group("O7").await?;
    let contact = bench.add_contact("o7", Some(&group)).await?;
    let gone = gone_contact(bench).await?;
    let ids = |ids: Vec<ItemId>| Some(ids.into_iter().map(BaseItemIdChoice::ItemId).collect());
    let request = GetImItems {
        contact_ids: ids(vec![contact.clone(), gone, ItemId::new("?")]),
        group_ids: ids(vec![ItemId::new("?"), group]),
        ..GetImItems::default()
    };
    let items = bench.client.call(request).await.map_err(words)?.im_item_list.unwrap_or_default();
    let personas = items.personas.as_ref().map_or(0, Vec::len);
    let groups = items.groups.as_ref().map_or(0, Vec::len);
    ensure(is_listed(&items, &contact), "the contact is not there")?;
    ensure(
        (personas, groups) == (1, 1),
        format!("there are {personas} contacts and {groups} groups, instead of one each"),
    )
}

async fn leave(bench: &Bench) -> Checked {
    let (first, second) = (bench.add_group("O8").await?, bench.add_group("O8, too").await?);
    let contact = bench.add_contact("o8", Some(&first)).await?;
    let leaving =
        |group: &ItemId| bench.client.call(RemoveImContactFromGroup::new(contact.clone(), group.clone()));
    refused(leaving(&second).await, "ErrorInvalidImContactId")?;
    bench.client.call(joining(&contact, &second)).await.map_err(words)?;
    leaving(&first).await.map_err(words)?;
    let list = bench.list().await?;
    ensure(
        members(&list, &first).is_empty() && is_listed(&list, &contact),
        "it has not left that group alone",
    )?;
    leaving(&second).await.map_err(words)?;
    ensure(!is_listed(&bench.list().await?, &contact), "it is still there without a group")
}

async fn remove(bench: &Bench) -> Checked {
    let group = bench.add_group("O9").await?;
    let contact = bench.add_contact("o9", Some(&group)).await?;
    bench.client.call(RemoveContactFromImList::new(contact.clone())).await.map_err(words)?;
    let list = bench.list().await?;
    ensure(!is_listed(&list, &contact) && members(&list, &group).is_empty(), "it is still there")?;
    refused(bench.client.call(RemoveContactFromImList::new(contact)).await, "ErrorItemNotFound")
}

async fn remove_group(bench: &Bench) -> Checked {
    let (group, other) = (bench.add_group("O10").await?, bench.add_group("O10, too").await?);
    let only = bench.add_contact("o10", Some(&group)).await?;
    let both = bench.add_contact("o10.both", Some(&group)).await?;
    bench.client.call(joining(&both, &other)).await.map_err(words)?;
    bench.client.call(RemoveImGroup::new(group.clone())).await.map_err(words)?;
    let list = bench.list().await?;
    ensure(!is_listed(&list, &only), "a contact that was only in it is still there")?;
    ensure(is_listed(&list, &both), "a contact that is in another group is gone")?;
    refused(bench.client.call(RemoveImGroup::new(group)).await, "ErrorInvalidImGroupId")
}

async fn rename(bench: &Bench) -> Checked {
    let (group, _) = (bench.add_group("O12").await?, bench.add_group("O12, taken").await?);
    let named = |name: &str| text(&format!("{MARK} {name}")).map_err(|error| error.to_string());
    let taken = bench.client.call(SetImGroup::new(group.clone(), named("o12, TAKEN")?)).await;
    refused(taken, "ErrorImGroupDisplayNameAlreadyExists")?;
    bench.client.call(SetImGroup::new(group.clone(), named("O12, new")?)).await.map_err(words)?;
    let list = bench.list().await?;
    let name = named("O12, new")?;
    ensure(list.groups.iter().flatten().any(|group| group.display_name == name), "it has not the new name")
}

async fn extended(bench: &Bench) -> Checked {
    let group = bench.add_group("O14").await?;
    bench.add_contact("o14", Some(&group)).await?;
    let ask = |path: &'static str| async move {
        let paths = format!("<m:ExtendedProperties><t:ExtendedProperty {path}/></m:ExtendedProperties>");
        bench.operation(&format!("<m:GetImItemList>{paths}</m:GetImItemList>")).await
    };
    let names = ask("PropertyTag='0x3001' PropertyType='String'").await?;
    names.is_success()?;
    ensure(names.has("Value", &format!("{MARK} O14")), "the display name of a group is not returned")?;
    let address =
        ask("DistinguishedPropertySetId='Address' PropertyId='32866' PropertyType='String'").await?;
    address.is_success()?;
    ensure(address.has("Value", &format!("o14{DOMAIN}")), "the IM address of a contact is not returned")?;
    for (path, code) in [
        ("PropertyType='String'", "ErrorInvalidExtendedProperty"),
        ("PropertyTag='0x8001' PropertyType='String'", "ErrorNoPropertyTagForCustomProperties"),
        ("PropertyTag='0x3001' PropertyType='Null'", "ErrorUnsupportedMapiPropertyType"),
    ] {
        let reply = ask(path).await?;
        let refused = reply.is_error(code).or_else(|why| reply.is_fault(code).map_err(|_| why));
        refused.map_err(|why| format!("{path}: {why}"))?;
    }
    Ok(())
}
