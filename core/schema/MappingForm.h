// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// How a mapping is written: the words of the group form, and what a target name means. Shared by
/// the check, the JSON Schema and the mapping itself.
namespace tw::mapping_form {

inline constexpr std::array<std::string_view, 4> kIfMissing{"leave", "clear", "default", "fail"};
inline constexpr std::array<std::string_view, 5> kList{"always", "first", "last", "join", "one"};
inline constexpr std::array<std::string_view, 6> kKeys{"value", "if_missing", "default",
                                                       "list",  "separator",  "note"};

/// Where in a message a target name points: "metadata.order" is `order` in the group `metadata`.
/// A backslash before a dot (or another backslash) makes it part of the name: "price\.eur" is one
/// field. Error: Config `map.bad_target` for empty names and more than 32 levels.
Result<std::vector<std::string>> targetPath(std::string_view target);
/// The target name that means `path`.
std::string targetText(std::span<const std::string> path);

/// Two targets (by index, the later one second) that cannot both be filled: the same field, or a
/// field and the group around it.
std::optional<std::pair<std::size_t, std::size_t>>
conflictingTargets(std::span<const std::vector<std::string>> paths);

} // namespace tw::mapping_form
