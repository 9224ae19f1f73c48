// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/ops/Desk.h"

#include <chrono>
#include <optional>

namespace tw::ops {

/// Reads the arguments of one call; the first that is wrong is remembered, with its name.
class DeskArguments
{
public:
    explicit DeskArguments(const DeskCall &call);

    std::string text(std::string_view name);
    std::string required(std::string_view name);
    std::int64_t number(std::string_view name, std::int64_t fallback = 0);
    std::int64_t requiredNumber(std::string_view name);
    bool flag(std::string_view name);
    /// The same, and later than now.
    std::optional<Instant> future(std::string_view name);
    std::optional<Instant> instant(std::string_view name); ///< ISO 8601, or a span from now: "4h".
    /// The value as JSON text; nothing when it is missing.
    std::optional<std::string> json(std::string_view name);
    std::vector<std::string> words(std::string_view name);
    std::optional<int> oneOf(std::string_view name, const std::vector<std::string> &words);

    const std::optional<Error> &error() const { return m_error; }

private:
    Value get(std::string_view name) const;
    void wrong(std::string_view name, const std::string &what);

    const DeskCall &m_call;
    std::optional<Error> m_error;
};

} // namespace tw::ops
