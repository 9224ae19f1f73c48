// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Findings.h"

#include "core/analysis/Checks.h"

namespace tw::analysis {
namespace {

ExpressionFinding ofCompileError(const ExpressionError &error, std::string_view text)
{
    constexpr std::string_view kRegexRefused = "X1003";
    const bool regex = error.code == kRegexRefused;
    ExpressionFinding finding;
    finding.severity = Severity::Error;
    finding.code = regex ? "map.regex" : "expr." + error.code;
    finding.message = error.message;
    finding.fix = regex ? "Write it without looking ahead or back and without repeating a group."
                  : error.token.empty() ? "Correct the expression."
                                        : "Look at \"" + error.token + "\".";
    const int size = static_cast<int>(text.size());
    finding.start = error.start < 0 ? 0 : std::min(error.start, size);
    finding.end = error.end < finding.start ? size : std::min(error.end, size);
    return finding;
}

} // namespace

std::vector<ExpressionFinding> findingsOf(std::string_view text, const Surroundings &surroundings)
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return {ofCompileError(compiled.error(), text)};
    return Checks(text, surroundings, compiled->ast()).run();
}

} // namespace tw::analysis
