// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <span>
#include <string>
#include <string_view>

namespace tw {

/// Core speaks UTF-8 in std::string; Qt's strings appear only where a Qt API asks for them.
inline QString toQString(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

inline std::string toUtf8(const QString &text)
{
    return text.toStdString();
}

/// A readable, stable id made from a name: "Upsert payment" gives "upsert_payment". Never empty.
std::string slug(std::string_view name);

/// The word of `known` that was probably meant (small edit distance), or empty: "did you mean …?"
std::string nearestWord(std::string_view word, std::span<const std::string> known);

/// "1,234" style grouping is for people; ids and files never use it.
std::string grouped(std::int64_t number);

} // namespace tw
