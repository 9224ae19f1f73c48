// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/analysis/FindingTexts.h"

#include "core/base/Text.h"
#include "tests/analysis/Shapes.h"

namespace tw::test {

using namespace tw::analysis;

Surroundings chargeSurroundings()
{
    Surroundings made;
    made.input = chargeEvent();
    made.bindings["event"] = chargeEvent();
    return made;
}

QStringList brief(const std::string &text, const std::vector<ExpressionFinding> &findings)
{
    QStringList lines;
    for (const ExpressionFinding &finding : findings) {
        const auto from = static_cast<std::size_t>(finding.start);
        const auto length = static_cast<std::size_t>(finding.end - finding.start);
        lines << toQString(finding.code + " «" + text.substr(from, length) + "»");
    }
    return lines;
}

std::string repaired(std::string text, const ExpressionFinding::Fix &fix)
{
    for (auto edit = fix.edits.rbegin(); edit != fix.edits.rend(); ++edit)
        text.replace(static_cast<std::size_t>(edit->start),
                     static_cast<std::size_t>(edit->end - edit->start), edit->text);
    return text;
}

} // namespace tw::test
