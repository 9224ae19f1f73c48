// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/JsonText.h"

#include "core/data/Utf8.h"

#include <cstring>
#include <string>

namespace tw::json {
namespace {

constexpr std::size_t kKeptValues = 1u << 14;

static_assert(sizeof(Member) == 2 * sizeof(Value));

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Four hex digits, or a negative number.
std::int32_t hexWord(const char *from, const char *end)
{
    if (end - from < 4)
        return -1;
    std::int32_t word = 0;
    for (int i = 0; i < 4; ++i) {
        const int digit = hexDigit(from[i]);
        if (digit < 0)
            return -1;
        word = word * 16 + digit;
    }
    return word;
}

/// `from` stands behind "\u"; moved behind what was read.
char *unescapeCodePoint(char *to, const char *&from, const char *end)
{
    const std::int32_t first = hexWord(from, end);
    if (first < 0)
        return nullptr;
    from += 4;
    auto codePoint = static_cast<std::uint32_t>(first);
    const bool high = codePoint >= 0xD800 && codePoint < 0xDC00;
    if (high && end - from >= 6 && from[0] == '\\' && from[1] == 'u') {
        const std::int32_t low = hexWord(from + 2, end);
        if (low >= 0xDC00 && low < 0xE000) {
            codePoint =
                0x10000 + ((codePoint - 0xD800) << 10) + (static_cast<std::uint32_t>(low) - 0xDC00);
            from += 6;
        }
    }
    return utf8::encode(to, codePoint);
}

char simpleEscape(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '/':
        return c;
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

} // namespace

void TreeStack::clear()
{
    m_values.clear();
    m_open.clear();
    if (m_values.capacity() > kKeptValues)
        m_values = {};
    if (m_open.capacity() > kKeptValues)
        m_open = {};
}

Value TreeStack::close(Arena &arena)
{
    const Frame frame = m_open.back();
    m_open.pop_back();
    const Value *first = m_values.data() + frame.first;
    const std::size_t count = m_values.size() - frame.first;
    Value made;
    if (frame.object) {
        made =
            ObjectBuilder::fromMembers(arena, {reinterpret_cast<const Member *>(first), count / 2});
    } else {
        auto *items = arena.allocateArray<Value>(count);
        if (count > 0)
            std::memcpy(static_cast<void *>(items), first, count * sizeof(Value));
        made = Value::array(items, static_cast<std::uint32_t>(count));
    }
    m_values.resize(frame.first);
    return made;
}

Value TreeStack::currentKey() const
{
    if (m_open.empty() || !m_open.back().object)
        return {};
    const std::size_t count = m_values.size() - m_open.back().first;
    if (count == 0)
        return {};
    return m_values[m_values.size() - (count % 2 == 1 ? 1 : 2)];
}

char *unescape(char *to, const char *from, const char *end)
{
    while (from != end) {
        if (*from != '\\') {
            *to++ = *from++;
            continue;
        }
        if (++from == end)
            return nullptr;
        const char kind = *from++;
        if (kind == 'u') {
            to = unescapeCodePoint(to, from, end);
            if (!to)
                return nullptr;
            continue;
        }
        const char plain = simpleEscape(kind);
        if (plain == '\0')
            return nullptr;
        *to++ = plain;
    }
    return to;
}

Error tooDeep(const JsonLimits &limits)
{
    return rejectedError("data.json_too_deep", "The JSON text is nested deeper than " +
                                                   std::to_string(limits.depth) +
                                                   " levels, which is more than Tidewire reads.");
}

} // namespace tw::json
