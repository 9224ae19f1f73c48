// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Findings.h"
#include "core/analysis/WrittenKinds.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// Finds the calls of an expression that fail whatever arrives: the arguments do not fit the
/// signature, or nothing in them varies and an evaluation has failed. Lives for one expression.
class CallFailures
{
public:
    struct Failure
    {
        ExpressionFinding finding; ///< Its code is "expr." and the evaluator's.
        bool certain = true;       ///< By the text alone; else as sure as the source's schema.
    };

    /// All must outlive it.
    CallFailures(std::string_view text, const expr::Ast &root, const TypeMap &types,
                 const Surroundings &surroundings);
    std::vector<Failure> run();

private:
    bool look(const expr::Ast &node, bool always);
    bool lookInside(const expr::Ast &node, bool always);
    bool lookAt(const CallSite &site, bool always);
    bool misfits(const CallSite &site, bool always);
    bool failsAsConstant(const CallSite &site, bool always);
    bool hasWrongConstant(const CallSite &site, bool always);
    bool repeatsKey(const expr::Ast &node, bool always);
    bool dividesByZero(const expr::Ast &node, bool always);
    std::optional<ExpressionError> failureOf(const std::string &call);
    std::string_view textOf(const expr::Ast &node) const;
    bool lacksDollar(const CallSite &site, bool always);
    bool hasMisfitItem(const expr::Ast &argument, Kinds items, bool bySchema) const;
    /// `procedure` (may be null) tells what would have been right.
    ExpressionFinding &report(const expr::Ast &at, const expr::Ast *procedure,
                              const ExpressionError &error, bool always, bool certain);

    std::string_view m_text;
    const expr::Ast &m_root;
    const TypeMap &m_types;
    WrittenNames m_names;
    bool m_hasLambdas = false;
    int m_evaluations = 0;
    std::vector<Failure> m_found;
};

} // namespace tw::analysis
