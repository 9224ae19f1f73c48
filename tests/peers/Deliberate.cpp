// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/peers/Deliberate.h"

namespace tw::test {

bool agree(const Outcome &own, const Outcome &reference)
{
    if (own.code != reference.code)
        return false;
    if (own.code.empty())
        return own.result == reference.result;
    return (reference.position < 0 || own.position == reference.position) &&
           (reference.token.empty() || own.token == reference.token);
}

bool deliberate(std::string_view, const Outcome &own, const Outcome &reference)
{
    // A bare JavaScript exception is an accident of the reference, not a meaning.
    if (reference.code == "js")
        return true;
    const auto isBudget = [](const std::string &code) {
        return code == "D1011" || code == "D1012" || code == "D2015";
    };
    // What a budget stops differs by how the engines count.
    return isBudget(own.code) || isBudget(reference.code);
}

} // namespace tw::test
