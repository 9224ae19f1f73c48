// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tw {

/// `${secret:stripe/api_key}`: how a file names a secret without holding it.
struct SecretRef
{
    std::string connection;
    std::string field;

    std::string text() const { return "${secret:" + connection + '/' + field + '}'; }
};

/// Nothing for any other text.
std::optional<SecretRef> parseSecretRef(std::string_view text);

} // namespace tw
