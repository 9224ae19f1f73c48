// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw {

using FormFields = std::vector<std::pair<std::string, std::string>>;

/// Everything but RFC 3986 unreserved characters becomes %XX; "." and ".." are encoded as well, so
/// that a value can neither end its segment nor climb out of it.
/// An empty value gives an empty segment, which addresses another resource: refuse it before.
std::string encodePathSegment(std::string_view value);

std::string percentEncode(std::string_view value);               ///< All but unreserved characters.
std::optional<std::string> percentDecode(std::string_view text); ///< None for "%", "%4", "%zz".

/// application/x-www-form-urlencoded, in the given order.
std::string formEncode(const FormFields &fields);
std::optional<FormFields> formDecode(std::string_view text); ///< Also for query strings.

} // namespace tw
