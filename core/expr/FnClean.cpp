// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Text.h"
#include "core/expr/Builtins.h"
#include "core/expr/Cleaning.h"
#include "core/expr/OwnFunctions.h"

#include <QLocale>
#include <QString>

namespace tw::expr::fn {
namespace {

/// Unicode works on UTF-16 and may make eighteen characters of one before it takes them away again.
constexpr std::uint64_t kBytesPerByte = 64;

bool isText(Call &call)
{
    if (!call.arg(0).isString()) {
        refuse(call, "X1017", "$" + std::string(call.name) + " needs a text.", 1);
        return false;
    }
    const std::string_view text = call.arg(0).text();
    return call.run.step(static_cast<std::uint32_t>(text.size() / 16 + 1)) &&
           call.run.charge(text.size() * kBytesPerByte);
}

/// Two records without an address must not match by having none: nothing instead of "".
Value cleaned(Call &call, const std::string &text)
{
    return text.empty() ? Value() : Value::string(call.run.arena, text);
}

/// Two letters of ISO 3166, and the habit UK.
bool isCountry(std::string_view code)
{
    const QString text = toQString(code).toUpper();
    return text == QStringLiteral("UK") ||
           (text.size() == 2 && QLocale::codeToTerritory(text) != QLocale::AnyTerritory);
}

} // namespace

Value normalizeEmail(Call &call)
{
    if (isMissing(call.arg(0)))
        return call.arg(0);
    return isText(call) ? cleaned(call, normalizedEmail(call.arg(0).text())) : Value();
}

Value normalizeName(Call &call)
{
    if (isMissing(call.arg(0)))
        return call.arg(0);
    return isText(call) ? cleaned(call, normalizedName(call.arg(0).text())) : Value();
}

Value normalizePhone(Call &call)
{
    if (isMissing(call.arg(0)))
        return call.arg(0);
    const Value country = call.arg(1);
    if (!isMissing(country) && !country.isString())
        return refuse(call, "X1017", "$normalizePhone needs a country code such as \"DE\".", 2);
    if (country.isString() && country.size() > 0 && !isCountry(country.text()))
        return refuse(call, "X1017",
                      "'" + std::string(country.text().substr(0, 40)) +
                          "' is no country; use its two letters such as DE.",
                      2);
    const std::string_view home = country.isString() ? country.text() : std::string_view();
    return isText(call) ? cleaned(call, normalizedPhone(call.arg(0).text(), home)) : Value();
}

} // namespace tw::expr::fn
