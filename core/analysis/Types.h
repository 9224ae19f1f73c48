// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Surroundings.h"
#include "core/expr/Ast.h"
#include "core/expr/Expression.h"

#include <unordered_map>

namespace tw::analysis {

/// What an expression gives, as far as the source schema tells. Shape carries the units: money in
/// minor or major units, instants as Unix seconds or ISO 8601, dates.
struct Inferred
{
    Shape shape;               ///< Of one value; a List when it is always a list.
    bool mayBeMissing = false; ///< Undefined for some inputs (optional fields, no else branch).
    bool mayBeMany = false;    ///< A sequence: one item comes alone, several as a list.
    bool isKnown = true;       ///< False: nothing can be said (shape is Any).
};

/// The type of every node of a tree.
class TypeMap
{
public:
    const Inferred &of(const expr::Ast &node) const; ///< Unknown for nodes that were not reached.
    void set(const expr::Ast &node, Inferred type) { m_types[&node] = std::move(type); }

private:
    std::unordered_map<const expr::Ast *, Inferred> m_types;
};

/// Types of all nodes of an expression, from the leaves upwards. Pure; any thread.
TypeMap inferTypes(const expr::Ast &ast, const Surroundings &surroundings);
Inferred typeOf(const Expression &expression, const Surroundings &surroundings);

} // namespace tw::analysis
