// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// One spelling for what people write in many ways, so that records can be matched by it. Pure
/// functions; an empty result means that there is nothing to match by. Applying one twice changes
/// nothing.
namespace tw::expr {

/// "Dana <Dana@Example.com>" gives "dana@example.com". Blanks, invisible characters, display name,
/// brackets and "mailto:" go; dots and +tags stay, because they are different mailboxes for some
/// hosts. Empty unless it is one address as people use them (no quoted local part, no bare host).
std::string normalizedEmail(std::string_view text);

/// "  Dr. José O'Brien-Müller " gives "dr jose obrien muller": small letters without diacritics,
/// apostrophes dropped, other punctuation and symbols as single blanks. Marks that carry meaning
/// (Japanese voicing, Indic and Thai vowels) stay.
std::string normalizedName(std::string_view text);

/// "030 / 123 45-67 ext. 8" with "DE" gives "+49301234567" (E.164). `country` is an ISO 3166 code
/// of two letters in any case, or empty. Empty when the text leaves open which number is meant.
std::string normalizedPhone(std::string_view text, std::string_view country);

} // namespace tw::expr
