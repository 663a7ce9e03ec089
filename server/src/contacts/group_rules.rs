//! The rules of groups (UCS G1 to G5, O1, O2, O10 to O12).

use std::sync::Arc;

use super::command::{check_name, check_text, next_item};
use super::contact_rules::without;
use super::list::{Change, Group, GroupKind, ItemId, List};
use super::{Decision, GROUP_LIMIT, Moment, Outcome, Refusal, fold_name};

/// AddImGroup: the group of that name, made when there is none (UCS O1, G2, G3).
pub(super) fn add(list: &List, name: &str, moment: Moment) -> Result<Decision, Refusal> {
    if let Some(group) = list.group_named(name) {
        return Ok(found(group));
    }
    make(list, GroupKind::UserGroup, name, None, moment)
}

/// AddDistributionGroupToImList: the group of that address, made when there is none and the directory allows it
/// (UCS O2, G2).
pub(super) fn add_distribution(
    list: &List,
    smtp_address: &str,
    name: &str,
    listed: bool,
    moment: Moment,
) -> Result<Decision, Refusal> {
    let wanted = fold_name(smtp_address.trim());
    let same = |group: &&Arc<Group>| {
        group.smtp_address.as_ref().is_some_and(|address| fold_name(address.trim()) == wanted)
    };
    if let Some(group) = list.groups().find(same) {
        return Ok(found(group));
    }
    check_text(smtp_address)?;
    check_text(smtp_address.trim())?;
    match listed {
        true => make(list, GroupKind::Distribution, name, Some(smtp_address), moment),
        false => Err(Refusal::InvalidDistributionGroup),
    }
}

/// RemoveImGroup, with the contacts that are in no other group, Tagged not counted (UCS O10).
pub(super) fn remove(list: &List, id: ItemId) -> Result<Decision, Refusal> {
    match list.group(id) {
        Some(group) if group.kind == GroupKind::UserGroup => Ok(dissolve(list, id)),
        _ => Err(Refusal::InvalidGroup),
    }
}

/// RemoveDistributionGroupFromImList (UCS O11).
pub(super) fn remove_distribution(list: &List, id: ItemId) -> Result<Decision, Refusal> {
    match list.group(id).map(|group| group.kind) {
        Some(GroupKind::Distribution) => Ok(dissolve(list, id)),
        Some(_) => Err(Refusal::InvalidGroup),
        None => Err(Refusal::NotFound),
    }
}

/// SetImGroup: a new name, which no other group has (UCS O12, G1, G3). The id stays (UCS K4).
pub(super) fn rename(list: &List, id: ItemId, name: &str) -> Result<Decision, Refusal> {
    let group = list.group(id).filter(|group| !group.kind.is_special()).ok_or(Refusal::InvalidGroup)?;
    check_name(name)?;
    let wanted = fold_name(name);
    if list.groups().any(|other| other.id != id && fold_name(&other.display_name) == wanted) {
        return Err(Refusal::NameTaken);
    }
    if group.display_name == name {
        return Ok(Decision::nothing());
    }
    let renamed = Group { display_name: name.to_owned(), ..Group::clone(group) };
    Ok(Decision { changes: vec![Change::PutGroup(Arc::new(renamed))], outcome: Outcome::Done })
}

fn found(group: &Arc<Group>) -> Decision {
    Decision { changes: Vec::new(), outcome: Outcome::Group(group.clone()) }
}

fn make(
    list: &List,
    kind: GroupKind,
    name: &str,
    smtp_address: Option<&str>,
    moment: Moment,
) -> Result<Decision, Refusal> {
    check_name(name)?;
    if list.groups().filter(|group| !group.kind.is_special()).count() >= GROUP_LIMIT {
        return Err(Refusal::GroupLimit);
    }
    let group = Arc::new(Group {
        id: next_item(list, moment),
        kind,
        display_name: name.to_owned(),
        smtp_address: smtp_address.map(str::to_owned),
    });
    Ok(Decision { changes: vec![Change::PutGroup(group.clone())], outcome: Outcome::Group(group) })
}

/// Takes all members out of a group, and the group out of the list.
fn dissolve(list: &List, id: ItemId) -> Decision {
    let mut changes: Vec<Change> = list.members(id).map(|contact| without(list, contact, id)).collect();
    changes.push(Change::RemoveGroup(id));
    Decision { changes, outcome: Outcome::Done }
}
