// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/Flow.h"

#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kLongestId = 64;

template <typename T>
const T *findById(const std::vector<T> &all, std::string_view id)
{
    const auto found =
        std::find_if(all.begin(), all.end(), [id](const T &one) { return one.id == id; });
    return found == all.end() ? nullptr : &*found;
}

bool isId(std::string_view text, bool hyphens)
{
    if (text.empty() || text.size() > kLongestId || text.front() < 'a' || text.front() > 'z')
        return false;
    return std::all_of(text.begin(), text.end(), [hyphens](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               (hyphens && c == '-');
    });
}

} // namespace

std::vector<const Wire *> FlowStep::from(std::string_view exit) const
{
    std::vector<const Wire *> found;
    for (const Wire &wire : wires) {
        if (wire.exit == exit)
            found.push_back(&wire);
    }
    return found;
}

const FlowStep *Flow::step(std::string_view wanted) const
{
    return findById(steps, wanted);
}

const FlowNote *Flow::note(std::string_view wanted) const
{
    return findById(notes, wanted);
}

const FlowGroup *Flow::group(std::string_view wanted) const
{
    return findById(groups, wanted);
}

bool isStepId(std::string_view text)
{
    return isId(text, false);
}

bool isName(std::string_view text)
{
    return isId(text, true);
}

} // namespace tw
