// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace tw {

/// The fields of a message with the groups that dots in target names make. Immutable once built.
class TargetTree
{
public:
    /// `paths` do not conflict (see core/schema/MappingForm.h).
    explicit TargetTree(std::span<const std::vector<std::string>> paths = {});

    /// The message: `values` by field; undefined ones are left out, and so are groups without any.
    Value build(Arena &arena, std::span<const Value> values) const;

private:
    struct Node
    {
        std::string name;
        std::size_t field = 0;
        std::vector<Node> inner; ///< A group where not empty.
    };
    static void place(std::vector<Node> &nodes, std::span<const std::string> path,
                      std::size_t field);
    static Value built(Arena &arena, std::span<const Node> nodes, std::span<const Value> values);

    std::vector<Node> m_nodes;
};

/// Copies a value into a message. Undefined with `finite` set to false when a number in it is NaN
/// or infinite, which JSON would silently turn into null. Lists lose the marks of sequences.
Value copyFinite(Arena &arena, const Value &value, bool &finite);

} // namespace tw
