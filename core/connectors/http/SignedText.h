// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::http {

/// A text with named places, "t={timestamp},v1={signature}": filled in or taken apart. Immutable.
class NamedTemplate
{
public:
    using Values = std::map<std::string, std::string, std::less<>>;

    /// Error Config `http.bad_template`: an open brace, or a name that is not in `known`.
    static Result<NamedTemplate> compile(std::string_view text,
                                         const std::vector<std::string> &known);

    bool uses(std::string_view name) const;
    /// Places without a value become empty.
    std::string fill(const Values &values) const;
    /// The values of the places, each as short as possible; none when the text has another form.
    std::optional<Values> match(std::string_view text) const;

private:
    struct Part
    {
        bool isPlace = false;
        std::string text;
    };
    std::vector<Part> m_parts;
};

/// How a sender of webhooks signs: HMAC over `content`, written as `header` says.
struct SignatureScheme
{
    enum class Hash { Sha1, Sha256, Sha512 };
    enum class Digits { Hex, Base64 };
    Hash hash = Hash::Sha256;
    Digits digits = Digits::Hex;
    NamedTemplate content; ///< Of {body}, {timestamp}, {id}.
};

/// HMAC of `text`, spelled as the scheme says. RFC 2104.
std::string signatureOf(const SignatureScheme &scheme, const Secret &secret, std::string_view text);

} // namespace tw::http
