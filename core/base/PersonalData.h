// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace tw {

/// A part of a text, and what may be shown in its place.
struct Masked
{
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string shown;
};

/// Whether digits carry the check digit of ISO/IEC 7812 (Luhn).
bool passesLuhn(std::string_view digits);

/// A card number whose first digit stands at `at`: 13 to 19 digits in a row or in the groups that
/// are printed on cards (4-4-4-4, 4-6-5), first digit 2 to 6, Luhn. Shown as "[card *4242]".
std::optional<Masked> cardAt(std::string_view text, std::size_t at);

/// A phone number that begins at `at`: international with + (or %2B), or as North Americans write
/// theirs with dashes, dots or parentheses. Other national forms look like any number. "+***71".
std::optional<Masked> phoneAt(std::string_view text, std::size_t at);

/// The e-mail address around the @ (or %40) at `at`; does not reach before `from`. "a***@x.org".
std::optional<Masked> emailAround(std::string_view text, std::size_t at, std::size_t from = 0);

/// The whole text is a phone number, however it is written: all but the last two digits go.
std::string maskedPhone(std::string_view text);
/// The whole text is an address; without an @ all of it goes.
std::string maskedEmail(std::string_view text);
/// Every card number in the text.
std::string withoutCards(std::string_view text);

} // namespace tw
