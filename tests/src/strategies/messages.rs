//! Strategies for the 26 messages of MS-OXWSCOS.

use oxws::oxwscdata::{ResponseClass, ResponseCode};
use oxws::oxwscos::{
    AddDistributionGroupToImList, AddDistributionGroupToImListResponse, AddImContactToGroup,
    AddImContactToGroupResponse, AddImGroup, AddImGroupResponse, AddNewImContactToGroup,
    AddNewImContactToGroupResponse, AddNewTelUriContactToGroup, AddNewTelUriContactToGroupResponse,
    GetImItemList, GetImItemListResponse, GetImItems, GetImItemsResponse, ImItemList,
    RemoveContactFromImList, RemoveContactFromImListResponse, RemoveDistributionGroupFromImList,
    RemoveDistributionGroupFromImListResponse, RemoveImContactFromGroup, RemoveImContactFromGroupResponse,
    RemoveImGroup, RemoveImGroupResponse, SetImGroup, SetImGroupResponse, SetImListMigrationCompleted,
    SetImListMigrationCompletedResponse,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::values::{
    any_element, any_item_id, im_group, item_id, listed, non_empty, path_to_extended_field, text,
};
use super::{personas, record};

/// Every reply begins with the same fields.
macro_rules! response {
    ($(#[doc = $doc:literal])* $name:ident: $type:ident { $($field:ident: $strategy:expr,)* }) => {
        record! {
            $(#[doc = $doc])*
            $name: $type {
                response_class: listed(ResponseClass::VALUES), message_text: of(text()),
                response_code: of(listed(ResponseCode::VALUES)), descriptive_link_key: of(any::<i32>()),
                message_xml: of(vec(any_element(), 0..3)), $($field: $strategy,)*
            }
        }
    };
}
pub(super) use response;

record! {
    /// Lists of groups and contacts; absent and empty lists are different.
    im_item_list: ImItemList { groups: of(vec(im_group(), 0..4)), personas: of(vec(personas(30), 0..3)) }
}
record! {
    /// Requests of `AddDistributionGroupToImList`.
    add_distribution_group_to_im_list: AddDistributionGroupToImList {
        smtp_address: non_empty(), display_name: non_empty(),
    }
}
response! {
    /// Replies of `AddDistributionGroupToImList`.
    add_distribution_group_to_im_list_response: AddDistributionGroupToImListResponse { im_group: of(im_group()), }
}
record! {
    /// Requests of `AddImContactToGroup`.
    add_im_contact_to_group: AddImContactToGroup {
        contact_id: item_id(), group_id: of(item_id()),
    }
}
response! {
    /// Replies of `AddImContactToGroup`.
    add_im_contact_to_group_response: AddImContactToGroupResponse {  }
}
record! {
    /// Requests of `AddImGroup`.
    add_im_group: AddImGroup {
        display_name: non_empty(),
    }
}
response! {
    /// Replies of `AddImGroup`.
    add_im_group_response: AddImGroupResponse { im_group: of(im_group()), }
}
record! {
    /// Requests of `AddNewImContactToGroup`.
    add_new_im_contact_to_group: AddNewImContactToGroup {
        im_address: non_empty(), display_name: of(non_empty()), group_id: of(item_id()),
    }
}
response! {
    /// Replies of `AddNewImContactToGroup`.
    add_new_im_contact_to_group_response: AddNewImContactToGroupResponse { persona: of(personas(20)), }
}
record! {
    /// Requests of `AddNewTelUriContactToGroup`.
    add_new_tel_uri_contact_to_group: AddNewTelUriContactToGroup {
        tel_uri_address: non_empty(), im_contact_sip_uri_address: non_empty(),
        im_telephone_number: non_empty(), group_id: of(item_id()),
    }
}
response! {
    /// Replies of `AddNewTelUriContactToGroup`.
    add_new_tel_uri_contact_to_group_response: AddNewTelUriContactToGroupResponse { persona: of(personas(97)), }
}
record! {
    /// Requests of `GetImItemList`.
    get_im_item_list: GetImItemList {
        extended_properties: of(vec(path_to_extended_field(), 1..4)),
    }
}
response! {
    /// Replies of `GetImItemList`.
    get_im_item_list_response: GetImItemListResponse { im_item_list: of(im_item_list()), }
}
record! {
    /// Requests of `GetImItems`.
    get_im_items: GetImItems {
        contact_ids: of(vec(any_item_id(), 1..4)), group_ids: of(vec(any_item_id(), 1..4)),
        extended_properties: of(vec(path_to_extended_field(), 1..4)),
    }
}
response! {
    /// Replies of `GetImItems`.
    get_im_items_response: GetImItemsResponse { im_item_list: of(im_item_list()), }
}
record! {
    /// Requests of `RemoveContactFromImList`.
    remove_contact_from_im_list: RemoveContactFromImList {
        contact_id: item_id(),
    }
}
response! {
    /// Replies of `RemoveContactFromImList`.
    remove_contact_from_im_list_response: RemoveContactFromImListResponse {  }
}
record! {
    /// Requests of `RemoveDistributionGroupFromImList`.
    remove_distribution_group_from_im_list: RemoveDistributionGroupFromImList {
        group_id: item_id(),
    }
}
response! {
    /// Replies of `RemoveDistributionGroupFromImList`.
    remove_distribution_group_from_im_list_response: RemoveDistributionGroupFromImListResponse {  }
}
record! {
    /// Requests of `RemoveImContactFromGroup`.
    remove_im_contact_from_group: RemoveImContactFromGroup {
        contact_id: item_id(), group_id: item_id(),
    }
}
response! {
    /// Replies of `RemoveImContactFromGroup`.
    remove_im_contact_from_group_response: RemoveImContactFromGroupResponse {  }
}
record! {
    /// Requests of `RemoveImGroup`.
    remove_im_group: RemoveImGroup {
        group_id: item_id(),
    }
}
response! {
    /// Replies of `RemoveImGroup`.
    remove_im_group_response: RemoveImGroupResponse {  }
}
record! {
    /// Requests of `SetImGroup`.
    set_im_group: SetImGroup {
        group_id: item_id(), new_display_name: non_empty(),
    }
}
response! {
    /// Replies of `SetImGroup`.
    set_im_group_response: SetImGroupResponse {  }
}
record! {
    /// Requests of `SetImListMigrationCompleted`.
    set_im_list_migration_completed: SetImListMigrationCompleted {
        im_list_migration_completed: any::<bool>(),
    }
}
response! {
    /// Replies of `SetImListMigrationCompleted`.
    set_im_list_migration_completed_response: SetImListMigrationCompletedResponse {  }
}
