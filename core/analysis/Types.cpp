// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Types.h"

#include "core/analysis/Inference.h"

namespace tw::analysis {

const Inferred &TypeMap::of(const expr::Ast &node) const
{
    static const Inferred kUnknown = unknown().type;
    const auto found = m_types.find(&node);
    return found == m_types.end() ? kUnknown : found->second;
}

const FieldStep *TypeMap::step(const expr::Ast &name) const
{
    const auto found = m_steps.find(&name);
    return found == m_steps.end() ? nullptr : &found->second;
}

void TypeMap::add(const expr::Ast &node, const Inferred &type)
{
    const auto [at, isNew] = m_types.emplace(&node, type);
    if (!isNew)
        at->second = either(Known{at->second, nullptr, false}, Known{type, nullptr, false}).type;
}

void TypeMap::addStep(const expr::Ast &name, FieldStep step)
{
    const auto found = m_steps.find(&name);
    if (found == m_steps.end())
        m_steps.emplace(&name, std::move(step));
    else if (step.exists)
        found->second = std::move(step);
}

TypeMap inferTypes(const expr::Ast &ast, const Surroundings &surroundings)
{
    TypeMap types;
    Inference(surroundings, types).run(ast);
    return types;
}

Inferred typeOf(const Expression &expression, const Surroundings &surroundings)
{
    return inferTypes(expression.ast(), surroundings).of(expression.ast());
}

Shape fieldShape(const Inferred &type)
{
    if (!type.mayBeMany || type.shape.type == Shape::Type::List)
        return type.shape;
    Shape list = ofType(Shape::Type::List);
    list.item = {type.shape};
    return list;
}

} // namespace tw::analysis
