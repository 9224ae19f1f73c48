// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Json.h"
#include "core/data/Value.h"

#include <cstddef>
#include <string_view>
#include <vector>

/// What the two JSON readers share. For core/data alone.
namespace tw::json {

/// The containers that are open while a text is read; iterative, so that depth costs no stack.
/// Members of an open object lie as key, value, key, value, which is the layout of Member.
class TreeStack
{
public:
    void clear();
    void push(const Value &value) { m_values.push_back(value); }
    void open(bool object) { m_open.push_back({m_values.size(), object}); }
    /// Builds the innermost container and takes it off; the caller pushes it where it belongs.
    Value close(Arena &arena);
    std::size_t depth() const { return m_open.size(); }
    bool inObject() const { return m_open.back().object; }
    /// The key whose value is expected or was just read, or an undefined value.
    Value currentKey() const;

private:
    struct Frame
    {
        std::size_t first;
        bool object;
    };
    std::vector<Value> m_values;
    std::vector<Frame> m_open;
};

/// Resolves the escapes of the string that lies between `from` and `end` (without its quotes) into
/// `to`, which may be `from` itself. Null when an escape is not sound.
char *unescape(char *to, const char *from, const char *end);

/// Reads strictly by RFC 8259, one byte at a time, and explains what is wrong.
Result<Value> parseSlowly(Arena &arena, std::string_view text, const JsonLimits &limits);

Error tooDeep(const JsonLimits &limits);

} // namespace tw::json
