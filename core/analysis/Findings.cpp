// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Findings.h"

#include "core/analysis/Checks.h"
#include "core/expr/Parser.h"
#include "core/expr/RegexProblem.h"

#include <algorithm>

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
    finding.fix = regex || error.token.empty() ? "Correct the expression."
                                               : "Look at \"" + error.token + "\".";
    const auto unsupported = regex ? expr::unsupportedIn(error.token) : std::nullopt;
    if (unsupported && finding.message.ends_with(unsupported->sentence())) {
        finding.message.resize(finding.message.size() - unsupported->instead.size() - 1);
        finding.fix = unsupported->instead;
    }
    const int size = static_cast<int>(text.size());
    finding.start = error.start < 0 ? 0 : std::min(error.start, size);
    finding.end = error.end < finding.start ? size : std::min(error.end, size);
    return finding;
}

/// Every independent error of a text that does not compile. Some (a broken signature) show only
/// when the tree is compiled.
std::vector<ExpressionFinding> ofCompileErrors(const ExpressionError &first, std::string_view text)
{
    std::vector<ExpressionFinding> findings;
    for (const ExpressionError &error : expr::parseRecovering(text).errors)
        findings.push_back(ofCompileError(error, text));
    const ExpressionFinding known = ofCompileError(first, text);
    if (std::none_of(findings.begin(), findings.end(), [&known](const ExpressionFinding &finding) {
            return finding.code == known.code && finding.start == known.start;
        }))
        findings.push_back(known);
    std::stable_sort(findings.begin(), findings.end(),
                     [](const auto &a, const auto &b) { return a.start < b.start; });
    return findings;
}

} // namespace

std::vector<ExpressionFinding> findingsOf(std::string_view text, const Surroundings &surroundings)
{
    const auto compiled = Expression::compile(text);
    if (!compiled)
        return ofCompileErrors(compiled.error(), text);
    return Checks(text, surroundings, compiled->ast()).run();
}

} // namespace tw::analysis
