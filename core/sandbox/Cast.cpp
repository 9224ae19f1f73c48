// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sandbox/Cast.h"

namespace tw::sandbox {

namespace {

struct Row
{
    const char *company, *contact, *email, *phone, *street, *city, *state, *postalCode, *country;
    const char *currency, *idPart;
};

// Phone numbers are from ranges kept free for fiction; example domains cannot receive mail.
constexpr Row kRows[] = {
    {"Harbour Light Coffee Roasters", "Maya Lindqvist", "maya@harbourlight.example", "+12025550114",
     "18 Quayside Row", "Portland", "OR", "97204", "US", "usd", "Hq7LtR2mVx"},
    {"Bergmann & Söhne GmbH", "Jonas Bergmann", "jonas@bergmann-soehne.example", "+4930231255501",
     "Torstraße 112", "Berlin", "", "10119", "DE", "eur", "Bw3KdN8pZa"},
    {"Fernhill Veterinary Group", "Priya Nair", "accounts@fernhillvets.example", "+442079460958",
     "7 Mill Lane", "Bristol", "", "BS1 4TR", "GB", "gbp", "Fv5XcY1tQe"},
    {"Atelier Vauclair", "Camille Vauclair", "camille@vauclair.example", "+33199005512",
     "24 rue des Lilas", "Lyon", "", "69003", "FR", "eur", "Av9GhM4sUo"},
    {"Northwind Climbing Club", "Dana Okafor", "dana@northwindclimb.example", "+12025550177",
     "930 Granite Avenue", "Boulder", "CO", "80302", "US", "usd", "Nc2RjW6yPi"},
    {"Kawamura Stationery", "Haruto Kawamura", "haruto@kawamura-bungu.example", "+81300005521",
     "3-8-2 Kanda", "Tokyo", "", "101-0047", "JP", "jpy", "Kw8TfB3nLs"},
    {"Al Noor Trading", "Fatima Al-Sabah", "fatima@alnoortrading.example", "+96522205530",
     "Block 4, Salem Street", "Kuwait City", "", "13001", "KW", "kwd", "An6VzD7hJk"},
    {"Alpenrad AG", "Reto Zimmermann", "reto@alpenrad.example", "+41435550141", "Bahnhofplatz 9",
     "Chur", "GR", "7000", "CH", "chf", "Ar4QpE5gCb"},
    {"Silverpine Dental", "Dr. Luis Romero", "billing@silverpinedental.example", "+12025550132",
     "402 Sycamore Street", "Austin", "TX", "78701", "US", "usd", "Sd1YmX9kTu"},
    {"Oak & Ember Catering", "Hannah Price", "hannah@oakandember.example", "+441632960077",
     "55 Northgate", "Leeds", "", "LS2 8PA", "GB", "gbp", "Oe7WbH2rFn"},
    {"Studio Meridiana", "Giulia Conti", "giulia@meridiana.example", "+390655501290",
     "Via dei Coronari 41", "Roma", "RM", "00186", "IT", "eur", "Sm3NsG8vDy"},
    {"Tidepool Robotics", "Ethan Blackwood", "ethan@tidepoolrobotics.example", "+12025550199",
     "2200 Embarcadero Road", "San Diego", "CA", "92101", "US", "usd", "Tr5CkJ6xMw"},
};

CastMember fromRow(const Row &row)
{
    const std::string part(row.idPart);
    return {row.company, row.contact,  row.email,       row.phone,
            row.street,  row.city,     row.state,       row.postalCode,
            row.country, row.currency, "cus_Tw" + part, withCheckSuffix("0015g" + part)};
}

} // namespace

const std::vector<CastMember> &cast()
{
    static const std::vector<CastMember> members = [] {
        std::vector<CastMember> made;
        for (const auto &row : kRows)
            made.push_back(fromRow(row));
        return made;
    }();
    return members;
}

std::string withCheckSuffix(const std::string &fifteen)
{
    static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    std::string id = fifteen;
    for (std::size_t block = 0; block < 3; ++block) {
        unsigned bits = 0;
        for (std::size_t i = 0; i < 5; ++i) {
            const char c = fifteen[block * 5 + i];
            if (c >= 'A' && c <= 'Z')
                bits |= 1u << i;
        }
        id += kDigits[bits];
    }
    return id;
}

} // namespace tw::sandbox
