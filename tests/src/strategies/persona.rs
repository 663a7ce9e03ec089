//! Strategies for personas: any subset of the 97 optional children, of any of the types they have.

use oxws::oxwscdata::BodyType;
use oxws::oxwspers::{
    BodyContent, BodyContentAttributedValue, EmailAddressAttributedValue, ExtendedPropertyAttributedValue,
    LocationSource, Persona, PersonaAttribution, PersonaField, PersonaPhoneNumber, PersonaPostalAddress,
    PhoneNumberAttributedValue, PostalAddressAttributedValue, StringArrayAttributedValue,
    StringAttributedValue,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::subsequence;

use super::{date_time, double, email_address, extended_property, folder_id, item_id, listed, record, text};

record! {
    /// Telephone numbers.
    phone_number: PersonaPhoneNumber { number: text(), r#type: text() }
}
record! {
    /// Longer texts.
    body: BodyContent { value: text(), body_type: listed(BodyType::VALUES) }
}
record! {
    /// Where values come from.
    attribution: PersonaAttribution {
        id: text(), source_id: item_id(), display_name: text(), is_writable: of(any::<bool>()),
        is_quick_contact: of(any::<bool>()), is_hidden: of(any::<bool>()), folder_id: of(folder_id()),
    }
}
record! {
    /// Postal addresses.
    address: PersonaPostalAddress {
        street: of(text()), city: of(text()), state: of(text()), country: of(text()), postal_code: of(text()),
        post_office_box: of(text()), r#type: of(text()), latitude: of(double()), longitude: of(double()),
        accuracy: of(double()), altitude: of(double()), altitude_accuracy: of(double()),
        formatted_address: of(text()), location_uri: of(text()),
        location_source: of(listed(LocationSource::VALUES)),
    }
}

fn sources() -> BoxedStrategy<Vec<String>> {
    vec(text(), 1..3).boxed()
}

record! {
    /// An attributed text.
    string_value: StringAttributedValue { value: text(), attributions: sources() }
}
record! {
    /// An attributed list of texts.
    array_value: StringArrayAttributedValue { values: vec(text(), 1..4), attributions: sources() }
}
record! {
    /// An attributed longer text.
    body_content: BodyContentAttributedValue { value: body(), attributions: sources() }
}
record! {
    /// An attributed telephone number.
    phone_value: PhoneNumberAttributedValue { value: phone_number(), attributions: sources() }
}
record! {
    /// An attributed e-mail address.
    email_value: EmailAddressAttributedValue { value: email_address(), attributions: sources() }
}
record! {
    /// An attributed postal address.
    address_value: PostalAddressAttributedValue { value: address(), attributions: sources() }
}
record! {
    /// An attributed property of the store.
    property_value: ExtendedPropertyAttributedValue { value: extended_property(), attributions: sources() }
}

fn number() -> BoxedStrategy<i32> {
    any::<i32>().boxed()
}

/// Lists that are not empty.
fn some<T: std::fmt::Debug + 'static>(of: BoxedStrategy<T>) -> BoxedStrategy<Vec<T>> {
    vec(of, 1..3).boxed()
}

/// The strategies of all children, and the builder method that takes each.
macro_rules! children {
    ($($strategy:expr => $($variant:ident $with:ident),*;)*) => {
        /// Strategies for the 97 optional children, one each.
        fn fields() -> Vec<BoxedStrategy<PersonaField>> {
            vec![$($($strategy.prop_map(|value| PersonaField::$variant(value.into())).boxed(),)*)*]
        }

        /// The persona with one more child.
        pub fn set_field(persona: Persona, field: PersonaField) -> Persona {
            match field {
                $($(PersonaField::$variant(value) => persona.$with(value),)*)*
                // A child of a newer schema; the test that counts them fails.
                _ => persona,
            }
        }
    };
}

children! {
    text() => PersonaType with_persona_type, PersonaObjectStatus with_persona_object_status,
        DisplayNameFirstLastSortKey with_display_name_first_last_sort_key, DisplayNameLastFirstSortKey
        with_display_name_last_first_sort_key, CompanyNameSortKey with_company_name_sort_key,
        HomeCitySortKey with_home_city_sort_key, WorkCitySortKey with_work_city_sort_key,
        DisplayNameFirstLastHeader with_display_name_first_last_header, DisplayNameLastFirstHeader
        with_display_name_last_first_header, FileAsHeader with_file_as_header, DisplayName
        with_display_name, DisplayNameFirstLast with_display_name_first_last, DisplayNameLastFirst
        with_display_name_last_first, FileAs with_file_as, FileAsId with_file_as_id, DisplayNamePrefix
        with_display_name_prefix, GivenName with_given_name, MiddleName with_middle_name, Surname
        with_surname, Generation with_generation, Nickname with_nickname, YomiCompanyName
        with_yomi_company_name, YomiFirstName with_yomi_first_name, YomiLastName with_yomi_last_name,
        Title with_title, Department with_department, CompanyName with_company_name, Location
        with_location, ImAddress with_im_address, HomeCity with_home_city, WorkCity with_work_city;
    date_time() => CreationTime with_creation_time;
    some(body_content()) => Bodies with_bodies;
    email_address() => EmailAddress with_email_address;
    some(email_address()) => EmailAddresses with_email_addresses;
    phone_number() => PhoneNumber with_phone_number;
    number() => RelevanceScore with_relevance_score;
    some(folder_id()) => FolderIds with_folder_ids;
    some(attribution()) => Attributions with_attributions;
    some(string_value()) => DisplayNames with_display_names, FileAses with_file_ases, FileAsIds
        with_file_as_ids, DisplayNamePrefixes with_display_name_prefixes, GivenNames with_given_names,
        MiddleNames with_middle_names, Surnames with_surnames, Generations with_generations, Nicknames
        with_nicknames, Initials with_initials, YomiCompanyNames with_yomi_company_names, YomiFirstNames
        with_yomi_first_names, YomiLastNames with_yomi_last_names, BusinessHomePages
        with_business_home_pages, PersonalHomePages with_personal_home_pages, OfficeLocations
        with_office_locations, ImAddresses with_im_addresses, ImAddresses2 with_im_addresses2,
        ImAddresses3 with_im_addresses3, Titles with_titles, Departments with_departments, CompanyNames
        with_company_names, Managers with_managers, AssistantNames with_assistant_names, Professions
        with_professions, SpouseNames with_spouse_names, Schools with_schools, Hobbies with_hobbies,
        WeddingAnniversaries with_wedding_anniversaries, Birthdays with_birthdays, Locations
        with_locations;
    some(phone_value()) => BusinessPhoneNumbers with_business_phone_numbers, BusinessPhoneNumbers2
        with_business_phone_numbers2, HomePhones with_home_phones, HomePhones2 with_home_phones2,
        MobilePhones with_mobile_phones, MobilePhones2 with_mobile_phones2, AssistantPhoneNumbers
        with_assistant_phone_numbers, CallbackPhones with_callback_phones, CarPhones with_car_phones,
        HomeFaxes with_home_faxes, OrganizationMainPhones with_organization_main_phones, OtherFaxes
        with_other_faxes, OtherTelephones with_other_telephones, OtherPhones2 with_other_phones2, Pagers
        with_pagers, RadioPhones with_radio_phones, TelexNumbers with_telex_numbers, TtytddPhoneNumbers
        with_ttytdd_phone_numbers, WorkFaxes with_work_faxes;
    some(email_value()) => Emails1 with_emails1, Emails2 with_emails2, Emails3 with_emails3;
    some(address_value()) => BusinessAddresses with_business_addresses, HomeAddresses
        with_home_addresses, OtherAddresses with_other_addresses;
    some(array_value()) => Children with_children;
    some(property_value()) => ExtendedProperties with_extended_properties;
}

/// Number of optional children.
pub const CHILDREN: usize = 97;

/// Personas with at most so many of the optional children.
pub fn personas(most: usize) -> BoxedStrategy<Persona> {
    let chosen =
        (0..=most.min(CHILDREN)).prop_flat_map(|count| subsequence((0..CHILDREN).collect::<Vec<_>>(), count));
    let children = chosen.prop_flat_map(|chosen| {
        let all = fields();
        chosen.into_iter().filter_map(|at| all.get(at).cloned()).collect::<Vec<_>>()
    });
    (item_id(), children.prop_shuffle())
        .prop_map(|(id, children)| children.into_iter().fold(Persona::new(id), set_field))
        .boxed()
}

/// Personas with every optional child.
pub fn full_personas() -> BoxedStrategy<Persona> {
    (item_id(), fields().prop_shuffle())
        .prop_map(|(id, children)| children.into_iter().fold(Persona::new(id), set_field))
        .boxed()
}
