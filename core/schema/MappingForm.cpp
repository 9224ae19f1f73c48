// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/MappingForm.h"

#include <algorithm>
#include <numeric>

namespace tw::mapping_form {
namespace {

constexpr std::size_t kDeepest = 32;

bool isPrefix(const std::vector<std::string> &outer, const std::vector<std::string> &inner)
{
    return outer.size() <= inner.size() && std::equal(outer.begin(), outer.end(), inner.begin());
}

Error badTarget(std::string message)
{
    return configError("map.bad_target", std::move(message));
}

} // namespace

Result<std::vector<std::string>> targetPath(std::string_view target)
{
    std::vector<std::string> path(1);
    for (std::size_t i = 0; i < target.size(); ++i) {
        const bool escaped = target[i] == '\\' && i + 1 < target.size() &&
                             (target[i + 1] == '.' || target[i + 1] == '\\');
        if (target[i] == '.')
            path.emplace_back();
        else
            path.back() += escaped ? target[++i] : target[i];
    }
    if (std::any_of(path.begin(), path.end(), [](const std::string &name) { return name.empty(); }))
        return badTarget("A target field needs a name before, between and behind its dots.");
    if (path.size() > kDeepest)
        return badTarget("A target field can stand in at most 31 groups.");
    return path;
}

std::string targetText(std::span<const std::string> path)
{
    std::string text;
    for (std::size_t i = 0; i < path.size(); ++i) {
        text += i > 0 ? "." : "";
        for (const char c : path[i]) {
            if (c == '.' || c == '\\')
                text += '\\';
            text += c;
        }
    }
    return text;
}

std::optional<std::pair<std::size_t, std::size_t>>
conflictingTargets(std::span<const std::vector<std::string>> paths)
{
    // Sorted, everything below a group follows it directly: neighbours are enough.
    std::vector<std::size_t> order(paths.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return paths[a] < paths[b]; });
    for (std::size_t i = 1; i < order.size(); ++i) {
        if (isPrefix(paths[order[i - 1]], paths[order[i]]))
            return std::minmax(order[i - 1], order[i]);
    }
    return std::nullopt;
}

} // namespace tw::mapping_form
