// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/Surroundings.h"
#include "core/expr/Ast.h"
#include "core/expr/Expression.h"

#include <unordered_map>
#include <vector>

namespace tw::analysis {

/// What an expression gives, as far as the source schema tells. Shape carries the units: money in
/// minor or major units, instants as Unix seconds or ISO 8601, dates. A text that is one of few
/// known ones lists them in Shape::choices.
struct Inferred
{
    Shape shape;                ///< Of one value; a List when it is always a list.
    std::vector<Shape> spelled; ///< Of a text that spells a number out: that number; else none.
    bool mayBeMissing = false;  ///< Undefined for some inputs (optional fields, no else branch).
    bool mayBeMany = false;     ///< A sequence: one item comes alone, several as a list.
    bool isKnown = true;        ///< False: nothing can be said (shape is Any).
    bool isFunction = false;
};

/// What a path step that names a field looks into.
struct FieldStep
{
    Inferred input;      ///< One item, where the step goes through a list.
    bool exists = false; ///< The input has the field, or cannot tell.
};

/// The type of every node of a tree, and what each path step looks into.
class TypeMap
{
public:
    const Inferred &of(const expr::Ast &node) const; ///< Unknown for nodes that were not reached.
    const FieldStep *step(const expr::Ast &name) const; ///< Null where no path leads to the node.
    bool reached(const expr::Ast &node) const { return m_types.contains(&node); }

    void set(const expr::Ast &node, Inferred type) { m_types[&node] = std::move(type); }
    /// As set(); a node that is gone through several times gets what fits every time.
    void add(const expr::Ast &node, const Inferred &type);
    void addStep(const expr::Ast &name, FieldStep step);

private:
    std::unordered_map<const expr::Ast *, Inferred> m_types;
    std::unordered_map<const expr::Ast *, FieldStep> m_steps;
};

/// Types of all nodes of an expression, from the leaves upwards. Takes any tree, also one of a text
/// that is half typed: what it does not know is unknown. Pure; any thread.
TypeMap inferTypes(const expr::Ast &ast, const Surroundings &surroundings);
Inferred typeOf(const Expression &expression, const Surroundings &surroundings);

/// The shape of a message field that is filled by a value of this type.
Shape fieldShape(const Inferred &type);

} // namespace tw::analysis
