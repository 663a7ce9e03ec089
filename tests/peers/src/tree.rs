//! The types that the typed peers read the documents into, written once: everything that occurs in the documents has
//! a field. `tree!(peer)` hands each type to the macro `peer`, which writes the struct with that library's attributes.
//!
//! A type is `Name "prefix:Tag" "Tag" NAMESPACE`, a field `kind name: Type = "as qualified" "local"`. Kinds: `attr`,
//! `decl` (a namespace declaration), `content` (the element's text); `text`, `opt_text` and `texts` for elements that
//! hold text only; `child`, `opt_child` and `children` for elements with a type of this list. Dates stay texts.

macro_rules! tree {
    ($peer:ident) => {
        $peer! { PersonaId "t:PersonaId" "PersonaId" TYPES; attr id: String = "@Id" "Id", }
        $peer! { ItemId "t:ItemId" "ItemId" TYPES; attr id: String = "@Id" "Id", opt_attr change_key: String = "@ChangeKey" "ChangeKey", }
        $peer! { SourceId "t:SourceId" "SourceId" TYPES; attr id: String = "@Id" "Id", opt_attr change_key: String = "@ChangeKey" "ChangeKey", }
        $peer! { FolderId "t:FolderId" "FolderId" TYPES; attr id: String = "@Id" "Id", opt_attr change_key: String = "@ChangeKey" "ChangeKey", }
        $peer! { StoreId "t:ExchangeStoreId" "ExchangeStoreId" TYPES; attr id: String = "@Id" "Id", opt_attr change_key: String = "@ChangeKey" "ChangeKey", }
        $peer! { EmailAddress "t:EmailAddress" "EmailAddress" TYPES;
            opt_text name: String = "t:Name" "Name",
            opt_text email_address: String = "t:EmailAddress" "EmailAddress",
            opt_text routing_type: String = "t:RoutingType" "RoutingType",
            opt_text mailbox_type: String = "t:MailboxType" "MailboxType",
            opt_text original_display_name: String = "t:OriginalDisplayName" "OriginalDisplayName",
        }
        $peer! { Address "t:Address" "Address" TYPES;
            opt_text name: String = "t:Name" "Name",
            opt_text email_address: String = "t:EmailAddress" "EmailAddress",
            opt_text routing_type: String = "t:RoutingType" "RoutingType",
            opt_text mailbox_type: String = "t:MailboxType" "MailboxType",
            opt_text original_display_name: String = "t:OriginalDisplayName" "OriginalDisplayName",
        }
        $peer! { EmailValue "t:Value" "Value" TYPES;
            opt_text name: String = "t:Name" "Name",
            opt_text email_address: String = "t:EmailAddress" "EmailAddress",
            opt_text routing_type: String = "t:RoutingType" "RoutingType",
            opt_text mailbox_type: String = "t:MailboxType" "MailboxType",
            opt_text original_display_name: String = "t:OriginalDisplayName" "OriginalDisplayName",
        }
        $peer! { PhoneNumber "t:PhoneNumber" "PhoneNumber" TYPES; text number: String = "t:Number" "Number", text kind: String = "t:Type" "Type", }
        $peer! { PhoneValue "t:Value" "Value" TYPES; text number: String = "t:Number" "Number", text kind: String = "t:Type" "Type", }
        $peer! { PostalValue "t:Value" "Value" TYPES;
            opt_text street: String = "t:Street" "Street",
            opt_text city: String = "t:City" "City",
            opt_text postal_code: String = "t:PostalCode" "PostalCode",
            opt_text kind: String = "t:Type" "Type",
            opt_text formatted: String = "t:FormattedAddress" "FormattedAddress",
        }
        $peer! { Sources "t:Attributions" "Attributions" TYPES; texts attributions: String = "t:Attribution" "Attribution", }
        $peer! { StringValue "t:StringAttributedValue" "StringAttributedValue" TYPES;
            text value: String = "t:Value" "Value",
            child sources: Sources = "t:Attributions" "Attributions",
        }
        $peer! { PhoneNumberValue "t:PhoneNumberAttributedValue" "PhoneNumberAttributedValue" TYPES;
            child value: PhoneValue = "t:Value" "Value",
            child sources: Sources = "t:Attributions" "Attributions",
        }
        $peer! { EmailAddressValue "t:EmailAddressAttributedValue" "EmailAddressAttributedValue" TYPES;
            child value: EmailValue = "t:Value" "Value",
            child sources: Sources = "t:Attributions" "Attributions",
        }
        $peer! { PostalAddressValue "t:PostalAddressAttributedValue" "PostalAddressAttributedValue" TYPES;
            child value: PostalValue = "t:Value" "Value",
            child sources: Sources = "t:Attributions" "Attributions",
        }
        $peer! { Attribution "t:Attribution" "Attribution" TYPES;
            text id: String = "t:Id" "Id",
            child source_id: SourceId = "t:SourceId" "SourceId",
            text display_name: String = "t:DisplayName" "DisplayName",
            opt_text is_writable: bool = "t:IsWritable" "IsWritable",
            opt_text is_quick_contact: bool = "t:IsQuickContact" "IsQuickContact",
            opt_text is_hidden: bool = "t:IsHidden" "IsHidden",
            opt_child folder_id: FolderId = "t:FolderId" "FolderId",
        }
        $peer! { Attributions "t:Attributions" "Attributions" TYPES; children items: Attribution = "t:Attribution" "Attribution", }
        $peer! { EmailAddresses "t:EmailAddresses" "EmailAddresses" TYPES; children items: Address = "t:Address" "Address", }
        $peer! { DisplayNames "t:DisplayNames" "DisplayNames" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { FileAses "t:FileAses" "FileAses" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { FileAsIds "t:FileAsIds" "FileAsIds" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { GivenNames "t:GivenNames" "GivenNames" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { Surnames "t:Surnames" "Surnames" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { ImAddresses "t:ImAddresses" "ImAddresses" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { CompanyNames "t:CompanyNames" "CompanyNames" TYPES; children items: StringValue = "t:StringAttributedValue" "StringAttributedValue", }
        $peer! { BusinessPhones "t:BusinessPhoneNumbers" "BusinessPhoneNumbers" TYPES; children items: PhoneNumberValue = "t:PhoneNumberAttributedValue" "PhoneNumberAttributedValue", }
        $peer! { HomePhones "t:HomePhones" "HomePhones" TYPES; children items: PhoneNumberValue = "t:PhoneNumberAttributedValue" "PhoneNumberAttributedValue", }
        $peer! { MobilePhones "t:MobilePhones" "MobilePhones" TYPES; children items: PhoneNumberValue = "t:PhoneNumberAttributedValue" "PhoneNumberAttributedValue", }
        $peer! { Emails1 "t:Emails1" "Emails1" TYPES; children items: EmailAddressValue = "t:EmailAddressAttributedValue" "EmailAddressAttributedValue", }
        $peer! { BusinessAddresses "t:BusinessAddresses" "BusinessAddresses" TYPES; children items: PostalAddressValue = "t:PostalAddressAttributedValue" "PostalAddressAttributedValue", }
        $peer! { Persona "t:Persona" "Persona" TYPES;
            child persona_id: PersonaId = "t:PersonaId" "PersonaId",
            opt_text persona_type: String = "t:PersonaType" "PersonaType",
            opt_text creation_time: String = "t:CreationTime" "CreationTime",
            opt_text first_last_sort_key: String = "t:DisplayNameFirstLastSortKey" "DisplayNameFirstLastSortKey",
            opt_text last_first_sort_key: String = "t:DisplayNameLastFirstSortKey" "DisplayNameLastFirstSortKey",
            opt_text first_last_header: String = "t:DisplayNameFirstLastHeader" "DisplayNameFirstLastHeader",
            opt_text display_name: String = "t:DisplayName" "DisplayName",
            opt_text first_last: String = "t:DisplayNameFirstLast" "DisplayNameFirstLast",
            opt_text last_first: String = "t:DisplayNameLastFirst" "DisplayNameLastFirst",
            opt_text file_as: String = "t:FileAs" "FileAs",
            opt_text file_as_id: String = "t:FileAsId" "FileAsId",
            opt_text given_name: String = "t:GivenName" "GivenName",
            opt_text surname: String = "t:Surname" "Surname",
            opt_text title: String = "t:Title" "Title",
            opt_text department: String = "t:Department" "Department",
            opt_text company_name: String = "t:CompanyName" "CompanyName",
            opt_child email_address: EmailAddress = "t:EmailAddress" "EmailAddress",
            opt_child email_addresses: EmailAddresses = "t:EmailAddresses" "EmailAddresses",
            opt_child phone_number: PhoneNumber = "t:PhoneNumber" "PhoneNumber",
            opt_text im_address: String = "t:ImAddress" "ImAddress",
            opt_text relevance_score: i32 = "t:RelevanceScore" "RelevanceScore",
            opt_child attributions: Attributions = "t:Attributions" "Attributions",
            opt_child display_names: DisplayNames = "t:DisplayNames" "DisplayNames",
            opt_child file_ases: FileAses = "t:FileAses" "FileAses",
            opt_child file_as_ids: FileAsIds = "t:FileAsIds" "FileAsIds",
            opt_child given_names: GivenNames = "t:GivenNames" "GivenNames",
            opt_child surnames: Surnames = "t:Surnames" "Surnames",
            opt_child business_phones: BusinessPhones = "t:BusinessPhoneNumbers" "BusinessPhoneNumbers",
            opt_child home_phones: HomePhones = "t:HomePhones" "HomePhones",
            opt_child mobile_phones: MobilePhones = "t:MobilePhones" "MobilePhones",
            opt_child emails1: Emails1 = "t:Emails1" "Emails1",
            opt_child im_addresses: ImAddresses = "t:ImAddresses" "ImAddresses",
            opt_child business_addresses: BusinessAddresses = "t:BusinessAddresses" "BusinessAddresses",
            opt_child company_names: CompanyNames = "t:CompanyNames" "CompanyNames",
        }
        $peer! { Members "t:MemberCorrelationKey" "MemberCorrelationKey" TYPES; children items: ItemId = "t:ItemId" "ItemId", }
        $peer! { ImGroup "t:ImGroup" "ImGroup" TYPES;
            text display_name: String = "t:DisplayName" "DisplayName",
            text group_type: String = "t:GroupType" "GroupType",
            opt_child store_id: StoreId = "t:ExchangeStoreId" "ExchangeStoreId",
            opt_child members: Members = "t:MemberCorrelationKey" "MemberCorrelationKey",
            opt_text smtp_address: String = "t:SmtpAddress" "SmtpAddress",
        }
        $peer! { Groups "t:Groups" "Groups" TYPES; children items: ImGroup = "t:ImGroup" "ImGroup", }
        $peer! { Personas "t:Personas" "Personas" TYPES; children items: Persona = "t:Persona" "Persona", }
        $peer! { ImItemList "m:ImItemList" "ImItemList" MESSAGES;
            opt_child groups: Groups = "t:Groups" "Groups",
            opt_child personas: Personas = "t:Personas" "Personas",
        }
        $peer! { ListResponse "m:GetImItemListResponse" "GetImItemListResponse" MESSAGES;
            attr response_class: String = "@ResponseClass" "ResponseClass",
            opt_text response_code: String = "m:ResponseCode" "ResponseCode",
            opt_child list: ImItemList = "m:ImItemList" "ImItemList",
        }
        $peer! { ServerVersionInfo "t:ServerVersionInfo" "ServerVersionInfo" TYPES;
            opt_attr major_version: i32 = "@MajorVersion" "MajorVersion",
            opt_attr minor_version: i32 = "@MinorVersion" "MinorVersion",
            opt_attr major_build: i32 = "@MajorBuildNumber" "MajorBuildNumber",
            opt_attr minor_build: i32 = "@MinorBuildNumber" "MinorBuildNumber",
            opt_attr version: String = "@Version" "Version",
        }
        $peer! { ListHeader "soap:Header" "Header" SOAP; opt_child version: ServerVersionInfo = "t:ServerVersionInfo" "ServerVersionInfo", }
        $peer! { ListBody "soap:Body" "Body" SOAP; child response: ListResponse = "m:GetImItemListResponse" "GetImItemListResponse", }
        $peer! { List "soap:Envelope" "Envelope" SOAP;
            decl xmlns_soap: String = "@xmlns:soap" "xmlns:soap",
            decl xmlns_m: String = "@xmlns:m" "xmlns:m",
            decl xmlns_t: String = "@xmlns:t" "xmlns:t",
            opt_child header: ListHeader = "soap:Header" "Header",
            child body: ListBody = "soap:Body" "Body",
        }
        $peer! { ConnectingSid "t:ConnectingSID" "ConnectingSID" TYPES; opt_text address: String = "t:PrimarySmtpAddress" "PrimarySmtpAddress", }
        $peer! { Impersonation "t:ExchangeImpersonation" "ExchangeImpersonation" TYPES; child sid: ConnectingSid = "t:ConnectingSID" "ConnectingSID", }
        $peer! { Culture "t:MailboxCulture" "MailboxCulture" TYPES; content text: String = "$text" "", }
        $peer! { RequestVersion "t:RequestServerVersion" "RequestServerVersion" TYPES; attr version: String = "@Version" "Version", }
        $peer! { RequestHeader "soap:Header" "Header" SOAP;
            opt_child impersonation: Impersonation = "t:ExchangeImpersonation" "ExchangeImpersonation",
            opt_child culture: Culture = "t:MailboxCulture" "MailboxCulture",
            opt_child version: RequestVersion = "t:RequestServerVersion" "RequestServerVersion",
        }
        $peer! { AddImGroup "m:AddImGroup" "AddImGroup" MESSAGES; text display_name: String = "m:DisplayName" "DisplayName", }
        $peer! { RequestBody "soap:Body" "Body" SOAP; child add: AddImGroup = "m:AddImGroup" "AddImGroup", }
        $peer! { Request "soap:Envelope" "Envelope" SOAP;
            decl xmlns_soap: String = "@xmlns:soap" "xmlns:soap",
            decl xmlns_m: String = "@xmlns:m" "xmlns:m",
            decl xmlns_t: String = "@xmlns:t" "xmlns:t",
            opt_child header: RequestHeader = "soap:Header" "Header",
            child body: RequestBody = "soap:Body" "Body",
        }
        $peer! { ContactIds "m:ContactIds" "ContactIds" MESSAGES; children items: ItemId = "t:ItemId" "ItemId", }
        $peer! { GetImItems "m:GetImItems" "GetImItems" MESSAGES; opt_child contacts: ContactIds = "m:ContactIds" "ContactIds", }
        $peer! { IdsBody "soap:Body" "Body" SOAP; child get: GetImItems = "m:GetImItems" "GetImItems", }
        $peer! { Ids "soap:Envelope" "Envelope" SOAP;
            decl xmlns_soap: String = "@xmlns:soap" "xmlns:soap",
            decl xmlns_m: String = "@xmlns:m" "xmlns:m",
            decl xmlns_t: String = "@xmlns:t" "xmlns:t",
            child body: IdsBody = "soap:Body" "Body",
        }
    };
}
pub(crate) use tree;
