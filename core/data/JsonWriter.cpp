// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Json.h"
#include "core/data/Number.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <vector>

namespace tw {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101u;
constexpr std::uint64_t kHighs = 0x8080808080808080u;

std::uint64_t zeroBytes(std::uint64_t word)
{
    return (word - kOnes) & ~word & kHighs;
}

/// Whether one of eight bytes is a control character, a quote, a backslash, or 0xED (which may
/// begin a surrogate).
bool needsCare(const char *at)
{
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    const std::uint64_t controls = (word - kOnes * 0x20) & ~word & kHighs;
    return (controls | zeroBytes(word ^ (kOnes * '"')) | zeroBytes(word ^ (kOnes * '\\')) |
            zeroBytes(word ^ (kOnes * 0xED))) != 0;
}

bool isSurrogate(const char *at, const char *end)
{
    return end - at >= 3 && static_cast<unsigned char>(*at) == 0xED &&
           static_cast<unsigned char>(at[1]) >= 0xA0;
}

/// Appends to a string through a raw pointer; the string has its true size after finish().
class Output
{
public:
    explicit Output(std::string &text) : m_text(text), m_start(text.size()), m_used(m_start) {}
    /// With room for so much, so that many short additions do not each double a long text.
    Output(std::string &text, std::size_t bytes) : Output(text) { text.resize(m_used + bytes); }
    ~Output() { m_text.resize(m_used); }
    Output(const Output &) = delete;
    Output &operator=(const Output &) = delete;

    char *room(std::size_t bytes)
    {
        // Grows by what was written here: what stood before is no reason to clear as much again.
        if (m_used + bytes > m_text.size())
            m_text.resize(m_used + std::max(m_used - m_start, bytes + 256));
        return m_text.data() + m_used;
    }
    void end(const char *at) { m_used = static_cast<std::size_t>(at - m_text.data()); }
    void put(char c)
    {
        *room(1) = c;
        ++m_used;
    }
    void put(std::string_view text)
    {
        if (text.empty())
            return;
        std::memcpy(room(text.size()), text.data(), text.size());
        m_used += text.size();
    }
    void repeat(char c, std::size_t count)
    {
        std::memset(room(count), c, count);
        m_used += count;
    }

private:
    std::string &m_text;
    std::size_t m_start;
    std::size_t m_used;
};

char *writeUnicodeEscape(char *to, unsigned unit)
{
    static constexpr char kHex[] = "0123456789abcdef";
    *to++ = '\\';
    *to++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4)
        *to++ = kHex[(unit >> shift) & 15];
    return to;
}

char *writeEscape(char *to, unsigned char c)
{
    static constexpr std::string_view kFrom = "\b\t\n\f\r\"\\";
    static constexpr std::string_view kTo = "btnfr\"\\";
    const std::size_t index = kFrom.find(static_cast<char>(c));
    if (index == std::string_view::npos)
        return writeUnicodeEscape(to, c);
    *to++ = '\\';
    *to++ = kTo[index];
    return to;
}

char *writeSurrogate(char *to, const char *at)
{
    const unsigned unit = 0xD000u | ((static_cast<unsigned char>(at[1]) & 0x3Fu) << 6) |
                          (static_cast<unsigned char>(at[2]) & 0x3Fu);
    return writeUnicodeEscape(to, unit);
}

void writeString(Output &out, std::string_view text)
{
    char *to = out.room(text.size() * 6 + 2);
    const char *at = text.data();
    const char *end = at + text.size();
    *to++ = '"';
    while (at != end) {
        if (end - at >= 8 && !needsCare(at)) {
            std::memcpy(to, at, 8);
            at += 8;
            to += 8;
            continue;
        }
        const auto c = static_cast<unsigned char>(*at);
        if (isSurrogate(at, end)) {
            to = writeSurrogate(to, at);
            at += 3;
            continue;
        }
        if (c < 0x20 || c == '"' || c == '\\')
            to = writeEscape(to, c);
        else
            *to++ = *at;
        ++at;
    }
    *to++ = '"';
    out.end(to);
}

void writeScalar(Output &out, const Value &value)
{
    char *to = nullptr;
    switch (value.kind()) {
    case Value::Kind::Bool:
        out.put(value.asBool() ? std::string_view("true") : std::string_view("false"));
        break;
    case Value::Kind::Int:
        to = out.room(number::kLongest);
        out.end(std::to_chars(to, to + number::kLongest, value.rawInt()).ptr);
        break;
    case Value::Kind::UInt:
        to = out.room(number::kLongest);
        out.end(std::to_chars(to, to + number::kLongest, value.rawUInt()).ptr);
        break;
    case Value::Kind::Double:
        out.end(number::write(out.room(number::kLongest), value.rawDouble()));
        break;
    case Value::Kind::Digits:
        out.put(value.text());
        break;
    case Value::Kind::String:
        writeString(out, value.text());
        break;
    default:
        out.put("null");
    }
}

bool isLeftOut(const Value &value)
{
    return value.isUndefined() || value.isFunction();
}

/// Walks the tree with a list of open containers instead of the call stack.
class Writer
{
public:
    Writer(Output &out, JsonStyle style) : m_out(out), m_pretty(style == JsonStyle::Pretty) {}
    void write(const Value &root);

private:
    struct Frame
    {
        Value container;
        std::uint32_t next = 0;
        bool wroteAny = false;
    };
    void begin(const Value &value);
    void step();
    void separate(Frame &frame);
    void newLine(std::size_t depth);

    Output &m_out;
    bool m_pretty;
    std::vector<Frame> m_open;
};

void Writer::newLine(std::size_t depth)
{
    if (!m_pretty)
        return;
    m_out.put('\n');
    m_out.repeat(' ', depth * 2);
}

void Writer::separate(Frame &frame)
{
    if (frame.wroteAny)
        m_out.put(',');
    frame.wroteAny = true;
    newLine(m_open.size());
}

void Writer::begin(const Value &value)
{
    if (!value.isArray() && !value.isObject()) {
        writeScalar(m_out, value);
        return;
    }
    m_out.put(value.isArray() ? '[' : '{');
    m_open.push_back({value});
}

void Writer::step()
{
    Frame &frame = m_open.back();
    const bool array = frame.container.isArray();
    if (frame.next == frame.container.size()) {
        const bool wroteAny = frame.wroteAny;
        m_open.pop_back();
        if (wroteAny)
            newLine(m_open.size());
        m_out.put(array ? ']' : '}');
        return;
    }
    const std::uint32_t index = frame.next++;
    if (array) {
        separate(frame);
        begin(frame.container.at(index));
        return;
    }
    const Member &member = frame.container.members()[index];
    if (isLeftOut(member.value))
        return;
    separate(frame);
    writeString(m_out, member.key.text());
    m_out.put(m_pretty ? std::string_view(": ") : std::string_view(":"));
    begin(member.value);
}

void Writer::write(const Value &root)
{
    begin(root);
    while (!m_open.empty())
        step();
}

} // namespace

void appendJson(std::string &out, const Value &value, JsonStyle style)
{
    Output output(out);
    Writer(output, style).write(value);
}

std::string toJson(const Value &value, JsonStyle style)
{
    std::string out;
    appendJson(out, value, style);
    return out;
}

void appendNumber(std::string &out, double number)
{
    char text[number::kLongest];
    out.append(text, number::write(text, number));
}

void appendJsonString(std::string &out, std::string_view text)
{
    Output output(out, text.size() * 6 + 2);
    writeString(output, text);
}

} // namespace tw
