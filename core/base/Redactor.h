// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/KnownSecrets.h"

#include <string>
#include <string_view>

namespace tw {

/// Takes out of texts what no log may show: secrets it was told, what looks like a secret
/// (SecretPatterns.h), and personal data (PersonalData.h). Time grows with the length of the text,
/// whatever it holds; a text with nothing to hide costs little more than a copy.
///
/// Not thread-safe while remember() runs.
class Redactor
{
public:
    Redactor();

    void remember(const Secret &secret) { m_known.add(secret, m_windows); }

    void redact(std::string_view text, std::string &out) const; ///< Appends.
    std::string redacted(std::string_view text) const;

private:
    KnownSecrets m_known;
    WindowMarks m_windows; ///< Of what is known, and of what secrets look like.
};

} // namespace tw
