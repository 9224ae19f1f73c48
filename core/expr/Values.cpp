// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Values.h"

#include "core/data/Json.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace tw::expr {
namespace {

constexpr int kDeepestText = 1500;

bool truthOfNumber(const Value &value)
{
    const double number = numberOf(value);
    return number != 0 && !std::isnan(number);
}

/// The double that fifteen significant digits of `number` mean.
double rounded(double number)
{
    char text[40];
    const auto printed =
        std::to_chars(text, text + sizeof text, number, std::chars_format::general, 15);
    double value = number;
    std::from_chars(text, printed.ptr, value);
    return value;
}

bool isWhole(double number)
{
    return number == std::trunc(number);
}

class Writer
{
public:
    Writer(Run &run, bool pretty) : m_run(run), m_pretty(pretty) {}

    std::string take() { return std::move(m_out); }
    void write(const Value &value, int depth);

private:
    void writeArray(const Value &value, int depth);
    void writeObject(const Value &value, int depth);
    void newLine(int depth)
    {
        if (m_pretty)
            m_out.append(1, '\n').append(static_cast<std::size_t>(depth) * 2, ' ');
    }

    Run &m_run;
    bool m_pretty;
    std::string m_out;
};

void Writer::write(const Value &value, int depth)
{
    if (depth > kDeepestText) {
        m_run.fail("D1011");
        return;
    }
    if (!m_run.step() || !m_run.charge(m_out.size()))
        return;
    switch (value.kind()) {
    case Value::Kind::Array:
        writeArray(value, depth);
        break;
    case Value::Kind::Object:
        writeObject(value, depth);
        break;
    case Value::Kind::String:
        appendJsonString(m_out, value.text());
        break;
    case Value::Kind::Function:
        m_out += "\"\"";
        break;
    case Value::Kind::Bool:
        m_out += value.asBool() ? "true" : "false";
        break;
    case Value::Kind::Undefined:
    case Value::Kind::Null:
        m_out += "null";
        break;
    default: {
        char text[64];
        if (value.kind() == Value::Kind::Digits)
            m_out += value.text();
        else if (value.kind() == Value::Kind::Double && !std::isfinite(value.rawDouble()))
            m_run.fail("D1001");
        else
            m_out.append(text, printNumber(text, value));
    }
    }
}

void Writer::writeArray(const Value &value, int depth)
{
    m_out += '[';
    bool first = true;
    for (const Value &item : value.items()) {
        if (!first)
            m_out += ',';
        first = false;
        newLine(depth + 1);
        write(item, depth + 1);
        if (m_run.failed())
            return;
    }
    if (!first)
        newLine(depth);
    m_out += ']';
}

void Writer::writeObject(const Value &value, int depth)
{
    m_out += '{';
    bool first = true;
    for (const Member &member : inReferenceOrder(m_run, value)) {
        if (member.value.isUndefined())
            continue;
        if (!first)
            m_out += ',';
        first = false;
        newLine(depth + 1);
        appendJsonString(m_out, member.key.text());
        m_out += m_pretty ? ": " : ":";
        write(member.value, depth + 1);
        if (m_run.failed())
            return;
    }
    if (!first)
        newLine(depth);
    m_out += '}';
}

} // namespace

bool truth(const Value &value)
{
    switch (value.kind()) {
    case Value::Kind::Bool:
        return value.asBool();
    case Value::Kind::String:
    case Value::Kind::Object:
        return value.size() > 0;
    case Value::Kind::Array: {
        const auto items = value.items();
        return std::any_of(items.begin(), items.end(),
                           [](const Value &item) { return truth(item); });
    }
    case Value::Kind::Undefined:
    case Value::Kind::Null:
    case Value::Kind::Function:
        return false;
    default:
        return truthOfNumber(value);
    }
}

std::size_t printNumber(char *to, const Value &number)
{
    if (number.kind() == Value::Kind::Int) {
        return static_cast<std::size_t>(std::to_chars(to, to + 40, number.rawInt()).ptr - to);
    }
    if (number.kind() == Value::Kind::UInt)
        return static_cast<std::size_t>(std::to_chars(to, to + 40, number.rawUInt()).ptr - to);
    double value = number.toDouble();
    if (std::fabs(value) < 1e15 && isWhole(value)) {
        const auto whole = static_cast<std::int64_t>(value);
        return static_cast<std::size_t>(std::to_chars(to, to + 40, whole).ptr - to);
    }
    constexpr std::ptrdiff_t kMostDigits = 15;
    const auto shortest = std::to_chars(to, to + 40, value);
    const auto digits =
        std::count_if(to, shortest.ptr, [](char c) { return c >= '0' && c <= '9'; });
    const bool plain = std::find(to, shortest.ptr, 'e') == shortest.ptr;
    if (plain && digits <= kMostDigits && !isWhole(value))
        return static_cast<std::size_t>(shortest.ptr - to);
    if (!isWhole(value))
        value = rounded(value);
    std::string text;
    appendNumber(text, value);
    std::copy(text.begin(), text.end(), to);
    return text.size();
}

std::string_view stringOf(Run &run, const Value &value, bool pretty)
{
    if (run.reads) [[unlikely]]
        run.reads->whole(value);
    switch (value.kind()) {
    case Value::Kind::String:
    case Value::Kind::Digits:
        return value.text();
    case Value::Kind::Undefined:
    case Value::Kind::Function:
        return {};
    case Value::Kind::Bool:
        return value.asBool() ? "true" : "false";
    case Value::Kind::Null:
        return "null";
    case Value::Kind::Array:
    case Value::Kind::Object: {
        Writer writer(run, pretty);
        if (value.isArray() && value.has(static_cast<Value::Flag>(kOuterWrapper)) &&
            value.size() > 0)
            writer.write(value.at(0), 0);
        else
            writer.write(value, 0);
        const std::string text = writer.take();
        return run.charge(text.size()) ? run.arena.copy(text) : std::string_view();
    }
    default: {
        if (value.kind() == Value::Kind::Double && !std::isfinite(value.rawDouble())) {
            run.fail("D3001");
            return {};
        }
        char text[64];
        return run.arena.copy({text, printNumber(text, value)});
    }
    }
}

bool sameValue(const Value &a, const Value &b)
{
    if (a.kind() == Value::Kind::String && b.kind() == Value::Kind::String)
        return a.text() == b.text();
    return equals(a, b);
}

std::size_t sameHash(const Value &value)
{
    const auto mixed = [](std::size_t seed, std::size_t hash) {
        return (seed ^ hash) * 0x9e3779b97f4a7c15ULL + (seed >> 29);
    };
    if (value.isString())
        return mixed(1, std::hash<std::string_view>()(value.text()));
    if (value.isNumber())
        return mixed(2, std::hash<double>()(value.toDouble()));
    if (value.isBool())
        return value.asBool() ? 3 : 4;
    std::size_t hash = value.isArray() ? 5 : value.isObject() ? 6 : 7;
    for (const Value &item : value.items())
        hash = mixed(hash, sameHash(item));
    // A sum: the order of keys does not count.
    std::size_t sum = 0;
    for (const Member &member : value.members())
        sum += mixed(std::hash<std::string_view>()(member.key.text()), sameHash(member.value));
    return mixed(hash, sum);
}

namespace {

constexpr std::uint32_t kLongList = 32;

/// In the room behind the list where there is some; else a copy with room behind it.
Value appendedToLong(Run &run, const Value &first, const Value &second)
{
    const std::span<const Value> more =
        second.isArray() ? second.items() : std::span<const Value>(&second, 1);
    const std::size_t count = first.size() + more.size();
    const std::uint64_t most = run.environment.budget.sequence;
    if (most > 0 && count > most)
        return run.fail("D2015");
    if (!run.step(more.size() / 16 + 1))
        return {};
    const Value *items = first.items().data();
    auto *to =
        static_cast<Value *>(run.growing.extend(items + first.size(), more.size() * sizeof(Value)));
    if (!to) {
        const std::size_t room = more.size() < first.size() ? count / 2 : 0;
        if (!run.step(first.size() / 16 + 1) || !run.charge((count + room) * sizeof(Value)))
            return {};
        auto *copy = run.arena.allocateArray<Value>(count + room);
        to = std::uninitialized_copy(first.items().begin(), first.items().end(), copy);
        items = copy;
        if (room > 0)
            run.growing.keep(copy + count, room * sizeof(Value));
    }
    std::uninitialized_copy(more.begin(), more.end(), to);
    return Value::array(items, static_cast<std::uint32_t>(count), 0);
}

} // namespace

Value appended(Run &run, const Value &first, const Value &second)
{
    if (first.isUndefined())
        return second;
    if (second.isUndefined())
        return first;
    if (first.isArray() && first.size() >= kLongList)
        return appendedToLong(run, first, second);
    Items items(run);
    items.append(first);
    items.append(second);
    return items.finish(first.isArray() ? 0 : Value::Sequence);
}

std::uint64_t sizeUpTo(const Value &value, std::uint64_t limit)
{
    constexpr std::uint64_t kPlain = 8;
    if (value.isString())
        return value.text().size() + 2;
    std::uint64_t size = kPlain;
    for (std::size_t i = 0; value.isArray() && i < value.size() && size <= limit; ++i)
        size += 1 + sizeUpTo(value.items()[i], limit - size);
    if (!value.isObject())
        return size;
    for (const Member &member : value.members()) {
        if (size > limit)
            break;
        size += member.key.text().size() + 4;
        size += size > limit ? 0 : sizeUpTo(member.value, limit - size);
    }
    return size;
}

namespace {

/// The number a key stands for when it is one that JavaScript sorts; else -1.
std::int64_t indexOf(const Value &key)
{
    const std::string_view text = key.text();
    std::int64_t index = -1;
    if (text.empty() || text.size() > 10 || (text[0] == '0' && text.size() > 1) || text[0] == '-')
        return -1;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), index);
    constexpr std::int64_t kLast = 4'294'967'294;
    return read.ptr == text.data() + text.size() && index <= kLast ? index : -1;
}

} // namespace

std::span<const Member> inReferenceOrder(Run &run, const Value &object)
{
    const std::span<const Member> members = object.members();
    const auto plain = [](const Member &member) {
        const std::string_view key = member.key.text();
        return key.empty() || key[0] < '0' || key[0] > '9';
    };
    if (std::all_of(members.begin(), members.end(), plain) || !run.charge(0))
        return members;
    auto *sorted = run.arena.allocateArray<Member>(members.size());
    std::copy(members.begin(), members.end(), sorted);
    const auto rank = [](const Member &member) {
        const std::int64_t index = indexOf(member.key);
        return index < 0 ? INT64_MAX : index;
    };
    std::stable_sort(sorted, sorted + members.size(),
                     [rank](const Member &a, const Member &b) { return rank(a) < rank(b); });
    return {sorted, members.size()};
}

int nesting(const Value &value, int limit)
{
    if (limit <= 0 || (!value.isArray() && !value.isObject()))
        return 0;
    int deepest = 0;
    for (const Value &item : value.items())
        deepest = std::max(deepest, nesting(item, limit - 1));
    for (const Member &member : value.members())
        deepest = std::max(deepest, nesting(member.value, limit - 1));
    return deepest + 1;
}

} // namespace tw::expr
