// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Expression.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::logic {

/// An expression that only names a field, such as `data.object.lines` or `$event.lines`.
///
/// What JSONata gives for it does not tell a list of one from a field that holds one value, nor an
/// empty list from a field that is not there; the way through the message does.
class ListPath
{
public:
    /// Nothing for an expression that selects or computes.
    static std::optional<ListPath> of(std::string_view expression);

    /// Whether the way to the field leads through a list, or ends at one.
    bool meetsList(const Value &message, const Environment &environment) const;

private:
    std::string m_variable; ///< Without the dollar sign; empty: the message.
    std::vector<std::string> m_names;
};

} // namespace tw::logic
