// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/CallSite.h"
#include "core/analysis/SignatureFit.h"
#include "core/analysis/Types.h"
#include "core/expr/FunctionTable.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tw::analysis {

/// What the names of an expression mean, as far as its text alone tells.
class WrittenNames
{
public:
    WrittenNames(const expr::Ast &root, const Surroundings &surroundings);

    /// The language's own function, unless the expression or its surroundings use the name.
    const FunctionInfo *builtin(std::string_view name) const;
    /// The signature that a call checks its arguments by; empty when it checks none or nobody
    /// knows.
    std::string_view signatureOf(const expr::Ast &procedure) const;

private:
    void collect(const expr::Ast &node);

    std::map<std::string, int, std::less<>> m_bound; ///< How often the expression binds a name.
    std::map<std::string, const expr::Ast *, std::less<>> m_lambdas;
};

/// Kinds that a node's value may have whatever the input is.
Kinds writtenKinds(const expr::Ast &node, const WrittenNames &names);
/// Kinds by the inferred type: as sure as the schema of the input is.
Kinds inferredKinds(const Inferred &type);
/// Whether a node gives the same every time: no input, clock, chance, nor a failure on purpose.
bool isConstant(const expr::Ast &node, const WrittenNames &names);

} // namespace tw::analysis
