// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"

#include <optional>
#include <string>
#include <vector>

/// What an edit must mean: the same change done to the values, so that a changed text can be read
/// again and compared. For core/data alone.
namespace tw::yaml {

using Names = std::vector<std::string>;

/// `step` as an index below `size`, or nothing.
std::optional<std::size_t> indexOf(std::string_view step, std::size_t size);

/// The same tree without undefined members and functions.
Value cleaned(Arena &arena, const Value &value);
/// Wraps `value` into maps for the keys of `path` from `from` on.
Value wrapped(Arena &arena, const YamlPath &path, std::size_t from, const Value &value);

/// Each answers nothing when the path does not lead anywhere.
std::optional<Value> treeSet(Arena &arena, const Value &root, const YamlPath &path,
                             const Value &value, const Names &before, std::size_t depth = 0);
std::optional<Value> treeRemove(Arena &arena, const Value &root, const YamlPath &path,
                                std::size_t depth = 0);
std::optional<Value> treeInsert(Arena &arena, const Value &root, const YamlPath &path,
                                std::size_t index, const Value &item, std::size_t depth = 0);
std::optional<Value> treeRename(Arena &arena, const Value &root, const YamlPath &path,
                                std::string_view name, std::size_t depth = 0);

/// Equal with the order of members.
bool sameTree(const Value &a, const Value &b);

} // namespace tw::yaml
