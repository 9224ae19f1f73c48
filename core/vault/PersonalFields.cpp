// SPDX-License-Identifier: GPL-3.0-or-later
// Which fields of Stripe and Salesforce hold personal data.
#include "core/vault/Masker.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tw {
namespace {

using Entry = std::pair<std::string_view, PersonalTag>;

/// Lower case, sorted. The same names serve Stripe's snake_case and Salesforce's PascalCase.
constexpr auto kFields = std::to_array<Entry>({
    {"account_holder_name", PersonalTag::Name},
    {"account_number", PersonalTag::Card},
    {"address", PersonalTag::Address},
    {"birthdate", PersonalTag::Other},
    {"card_number", PersonalTag::Card},
    {"cardholder_name", PersonalTag::Name},
    {"cardnumber", PersonalTag::Card},
    {"city", PersonalTag::Address},
    {"client_ip", PersonalTag::Address},
    {"contactname", PersonalTag::Name},
    {"customer_address", PersonalTag::Address},
    {"customer_name", PersonalTag::Name},
    {"cvc", PersonalTag::Card},
    {"cvv", PersonalTag::Card},
    {"date_of_birth", PersonalTag::Other},
    {"dob", PersonalTag::Other},
    {"first_name", PersonalTag::Name},
    {"firstname", PersonalTag::Name},
    {"full_name", PersonalTag::Name},
    {"iban", PersonalTag::Card},
    {"id_number", PersonalTag::Other},
    {"individual_name", PersonalTag::Name},
    {"ip", PersonalTag::Address},
    {"ip_address", PersonalTag::Address},
    {"last_name", PersonalTag::Name},
    {"lastname", PersonalTag::Name},
    {"latitude", PersonalTag::Address},
    {"line1", PersonalTag::Address},
    {"line2", PersonalTag::Address},
    {"longitude", PersonalTag::Address},
    {"maiden_name", PersonalTag::Name},
    {"middlename", PersonalTag::Name},
    {"personbirthdate", PersonalTag::Other},
    {"postal_code", PersonalTag::Address},
    {"postalcode", PersonalTag::Address},
    {"ssn_last_4", PersonalTag::Other},
    {"street", PersonalTag::Address},
    {"suppliedname", PersonalTag::Name},
    {"tax_id", PersonalTag::Other},
    {"zip", PersonalTag::Address},
});
static_assert(std::is_sorted(kFields.begin(), kFields.end(),
                             [](const Entry &a, const Entry &b) { return a.first < b.first; }));

/// MailingStreet, PersonOtherPostalCode, Home_Address__c, home_city; "capacity" is no city.
constexpr auto kEndings = std::to_array<Entry>({
    {"Street", PersonalTag::Address},
    {"City", PersonalTag::Address},
    {"PostalCode", PersonalTag::Address},
    {"Address", PersonalTag::Address},
    {"Latitude", PersonalTag::Address},
    {"Longitude", PersonalTag::Address},
    {"Birthdate", PersonalTag::Other},
    {"_street", PersonalTag::Address},
    {"_city", PersonalTag::Address},
    {"_postal_code", PersonalTag::Address},
    {"_address", PersonalTag::Address},
});

/// Whose `name` is a person's: that of a product or a plan is not.
constexpr auto kPeople = std::to_array<std::string_view>(
    {"billing_details", "contact", "customer", "customer_details", "customer_shipping",
     "individual", "lead", "owner", "payee", "person", "recipient", "shipping", "user",
     "verified_outputs"});

bool isPerson(std::string_view parent)
{
    return std::find(kPeople.begin(), kPeople.end(), parent) != kPeople.end();
}

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

} // namespace

std::optional<PersonalTag> personalTag(std::string_view parentName, std::string_view fieldName)
{
    if (fieldName.ends_with("__c"))
        fieldName.remove_suffix(3);
    const std::string name = lower(fieldName);
    const auto found =
        std::lower_bound(kFields.begin(), kFields.end(), name,
                         [](const Entry &one, const std::string &key) { return one.first < key; });
    if (found != kFields.end() && found->first == name)
        return found->second;
    if (name.find("email") != std::string::npos)
        return PersonalTag::Email;
    if (name.find("phone") != std::string::npos || name == "fax" || name == "mobile")
        return PersonalTag::Phone;
    for (const auto &[ending, tag] : kEndings) {
        if (fieldName.ends_with(ending))
            return tag;
    }
    const std::string parent = lower(parentName);
    if (name == "name" && isPerson(parent))
        return PersonalTag::Name;
    if (name == "number" && parent.find("card") != std::string::npos)
        return PersonalTag::Card;
    return std::nullopt;
}

} // namespace tw
