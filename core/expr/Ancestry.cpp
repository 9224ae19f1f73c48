// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Resolver.h"

#include <vector>

namespace tw::expr {

void Resolver::seekParents(Ast &step, Ast &predicate)
{
    for (SlotPtr slot : predicate.seekingParent) {
        if (slot->level == 1)
            seekParent(step, slot);
        else
            --slot->level;
    }
    if (!predicate.seekingParent.empty() || predicate.kind == AstKind::Parent)
        pushAncestry(step, predicate);
}

void Resolver::pushAncestry(Ast &owner, const Ast &part)
{
    for (const SlotPtr slot : part.seekingParent)
        owner.seekingParent.add(m_memory, slot);
    if (part.kind == AstKind::Parent)
        owner.seekingParent.add(m_memory, part.slot);
}

void Resolver::seekParent(Ast &node, SlotPtr slot)
{
    switch (node.kind) {
    case AstKind::Name:
    case AstKind::Wildcard:
        if (--slot->level > 0)
            return;
        if (node.ancestor) // two `%` mean one step: they share its binding
            m_slots[static_cast<std::size_t>(slot->index)]->label = node.ancestor->label;
        else
            node.ancestor = slot;
        node.tuple = true;
        return;
    case AstKind::Error:
        slot->level = 0;
        return;
    case AstKind::Parent:
        ++slot->level;
        return;
    case AstKind::Block:
        if (!node.items.empty()) {
            node.tuple = true;
            seekParent(*node.items.back(), slot);
        }
        return;
    case AstKind::Path:
        node.tuple = true;
        for (std::size_t i = node.items.size(); i-- > 0;) {
            seekParent(*node.items[i], slot);
            if (m_failed || slot->level <= 0)
                return;
        }
        return;
    default:
        fail("S0217", node, std::string(kindName(node.kind)));
    }
}

void Resolver::resolveAncestry(Ast &path)
{
    const Ast &last = *path.items.back();
    std::vector<SlotPtr> slots(last.seekingParent.begin(), last.seekingParent.end());
    if (last.kind == AstKind::Parent)
        slots.push_back(last.slot);
    for (SlotPtr slot : slots) {
        auto index = static_cast<std::ptrdiff_t>(path.items.size()) - 2;
        while (slot->level > 0 && !m_failed) {
            if (index < 0) {
                path.seekingParent.add(m_memory, slot);
                break;
            }
            Ast *step = path.items[static_cast<std::size_t>(index--)].get();
            while (index >= 0 && !step->focus.empty() &&
                   !path.items[static_cast<std::size_t>(index)]->focus.empty())
                step = path.items[static_cast<std::size_t>(index--)].get();
            seekParent(*step, slot);
        }
    }
}

} // namespace tw::expr
