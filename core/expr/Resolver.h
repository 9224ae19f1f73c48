// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Errors.h"
#include "core/expr/Parser.h"

#include <memory>
#include <string>
#include <vector>

namespace tw::expr {

/// The work behind resolve() and resolveRecovering(). Use once.
class Resolver
{
public:
    explicit Resolver(Arena &memory, std::vector<ExpressionError> *errors = nullptr)
        : m_memory(memory), m_errors(errors)
    {}

    ExpressionResult<AstPtr> run(AstPtr raw)
    {
        AstPtr root = resolve(raw);
        if (!m_failed && (root->kind == AstKind::Parent || !root->seekingParent.empty()))
            fail("S0217", *root, std::string(kindName(root->kind)));
        if (m_failed)
            return m_error;
        return root;
    }

private:
    AstPtr resolve(AstPtr raw);
    AstPtr resolveKind(AstPtr raw);
    AstPtr dot(AstPtr raw);
    AstPtr filter(AstPtr raw);
    AstPtr groupBy(AstPtr raw);
    AstPtr orderBy(AstPtr raw);
    AstPtr focus(AstPtr raw);
    AstPtr index(AstPtr raw);
    AstPtr negate(AstPtr raw);
    AstPtr block(AstPtr raw);
    AstPtr name(AstPtr raw);
    AstPtr parent(AstPtr raw);
    AstPtr callOrPartial(AstPtr raw);
    AstPtr children(AstPtr raw);
    AstPtr error(AstPtr raw);

    AstPtr make() { return AstPtr(std::construct_at(m_memory.allocateArray<Ast>(1))); }
    AstPtr asPath(AstPtr step);
    AstPtr quotedName(AstPtr step);
    void child(Ast &owner, AstPtr &part);
    void appendStep(Ast &path, AstPtr step);
    void seekParents(Ast &step, Ast &predicate);
    void seekParent(Ast &node, SlotPtr slot);
    void resolveAncestry(Ast &path);
    void pushAncestry(Ast &owner, const Ast &part);
    void movePredicates(Ast &step);
    static void markTail(Ast &body);
    void fail(std::string_view code, const Ast &at, std::string token = {}, std::string value = {});

    AstPtr broken(AstPtr raw, AstPtr resolvedLeft);

    Arena &m_memory;
    std::vector<ExpressionError> *m_errors; ///< Recovery: fail() notes and goes on.
    bool m_failed = false;
    ExpressionError m_error;
    std::vector<SlotPtr> m_slots;
};

} // namespace tw::expr
