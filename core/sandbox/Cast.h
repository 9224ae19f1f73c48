// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace tw::sandbox {

/// A made-up company that is a customer in the payments double and an account in the CRM double,
/// under ids that both know, so that references between them resolve without any set-up.
struct CastMember
{
    std::string company;
    std::string contact;
    std::string email;
    std::string phone;
    std::string street;
    std::string city;
    std::string state;
    std::string postalCode;
    std::string country;    ///< ISO 3166 alpha-2.
    std::string currency;   ///< Lower case.
    std::string customerId; ///< "cus_…".
    std::string accountId;  ///< 18 characters, with a sound check suffix.
};

const std::vector<CastMember> &cast();

/// The 18-character form of a 15-character CRM id: three characters that tell the case of the
/// others.
std::string withCheckSuffix(const std::string &fifteen);

} // namespace tw::sandbox
