// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Number.h"
#include "core/data/Utf8.h"
#include "core/data/YamlText.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace tw {
namespace yaml {
namespace {

bool isOneOf(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::ranges::find(words, text) != words.end();
}

std::string lower(std::string_view text)
{
    std::string out(text);
    for (char &c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

bool consistsOf(std::string_view text, std::string_view allowed)
{
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

/// "0x1f" or "0o17"; undefined for everything else.
Value basedNumber(std::string_view text)
{
    const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
    std::uint64_t number = 0;
    if (base == 0 || text.size() < 3)
        return {};
    const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), number, base);
    const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
    return whole ? Value::unsignedInteger(number) : Value();
}

/// Core schema numbers are wider than JSON's: "+1", "012", ".5", "1.".
std::string asJsonNumber(std::string_view text)
{
    std::string out;
    if (text.starts_with('-') || text.starts_with('+')) {
        out = text.front() == '-' ? "-" : "";
        text.remove_prefix(1);
    }
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    std::string_view whole = text.substr(0, digits);
    std::string_view rest = text.substr(digits);
    while (whole.size() > 1 && whole.front() == '0')
        whole.remove_prefix(1);
    const bool loneFraction =
        whole.empty() && rest.size() > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9';
    out += loneFraction ? "0" : whole;
    if (!whole.empty() && rest.starts_with('.') &&
        (rest.size() == 1 || rest[1] == 'e' || rest[1] == 'E'))
        rest.remove_prefix(1);
    out += rest;
    return out;
}

Value specialNumber(std::string_view text)
{
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (isOneOf(text, {".inf", ".Inf", ".INF"}))
        return Value::number(negative ? -kInfinity : kInfinity);
    return {};
}

/// Whether some reader of YAML 1.1 or 1.2 may see a number, a time or a date: decimal with '_' or
/// ',' as grouping, other bases, base 60, infinities.
bool looksLikeNumber(std::string_view text)
{
    if (std::string_view("0123456789+-.").find(text.front()) == std::string_view::npos)
        return false;
    std::string_view body = text;
    if (body.starts_with('+') || body.starts_with('-'))
        body.remove_prefix(1);
    const std::string small = lower(body);
    if (isOneOf(small, {".inf", ".nan", ""}) || small.starts_with("..."))
        return true;
    if (small.starts_with("0x"))
        return consistsOf(std::string_view(small).substr(2), "0123456789abcdef_");
    if (small.starts_with("0o") || small.starts_with("0b"))
        return consistsOf(std::string_view(small).substr(2), "01234567_");
    if (small.size() > 4 && small[4] == '-' && consistsOf(small.substr(0, 4), "0123456789"))
        return true;                                        // dates and times
    const bool dotted = std::ranges::count(small, '.') > 1; // versions and addresses are texts
    return !dotted && consistsOf(small, "0123456789_,.:e+-");
}

bool isReservedWord(std::string_view text)
{
    const std::string small = lower(text);
    return isOneOf(small,
                   {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", "=", "<<"});
}

/// Code points that cannot stand in a file as they are.
bool needsEscape(std::uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF ||
           (c >= 0xD800 && c < 0xE000) || c == 0xFFFE || c == 0xFFFF;
}

std::uint32_t decode(std::string_view text, std::size_t &at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(at);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 1 || at + length > text.size()) {
        ++at;
        return lead;
    }
    std::uint32_t c = lead & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i)
        c = (c << 6) | (byte(at + i) & 0x3Fu);
    at += length;
    return c;
}

bool hasSpecialCharacter(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        if (needsEscape(decode(text, at)))
            return true;
    }
    return false;
}

bool isSafePlain(std::string_view text, bool inFlow)
{
    constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@`=<~";
    if (text.empty() || kIndicators.find(text.front()) != std::string_view::npos)
        return false;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':')
        return false;
    if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos)
        return false;
    if (inFlow && text.find_first_of(",[]{}:?\"'") != std::string_view::npos)
        return false;
    return !isReservedWord(text) && !looksLikeNumber(text) && !hasSpecialCharacter(text);
}

void appendEscape(std::string &out, std::uint32_t c)
{
    static constexpr char kHex[] = "0123456789ABCDEF";
    if (c == '\n' || c == '\t' || c == '\r') {
        out += c == '\n' ? "\\n" : c == '\t' ? "\\t" : "\\r";
        return;
    }
    out += c < 0x100 ? "\\x" : "\\u";
    for (int shift = c < 0x100 ? 4 : 12; shift >= 0; shift -= 4)
        out += kHex[(c >> shift) & 15];
}

std::string doubleQuoted(std::string_view text)
{
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t start = at;
        const std::uint32_t c = decode(text, at);
        if (c == '"' || c == '\\')
            (out += '\\') += static_cast<char>(c);
        else if (needsEscape(c))
            appendEscape(out, c);
        else
            out += text.substr(start, at - start);
    }
    return out + "\"";
}

} // namespace

Value resolvePlain(Arena &arena, std::string_view text)
{
    if (text.empty() || isOneOf(text, {"~", "null", "Null", "NULL"}))
        return Value::null();
    if (isOneOf(text, {"true", "True", "TRUE"}))
        return Value::boolean(true);
    if (isOneOf(text, {"false", "False", "FALSE"}))
        return Value::boolean(false);
    if (isOneOf(text, {".nan", ".NaN", ".NAN"}))
        return Value::number(std::nan(""));
    if (std::string_view("0123456789+-.").find(text.front()) == std::string_view::npos)
        return Value::string(arena, text);
    for (const Value &special : {basedNumber(text), specialNumber(text)}) {
        if (!special.isUndefined())
            return special;
    }
    const std::string json = asJsonNumber(text);
    return number::isJsonNumber(json) ? number::fromText(arena.copy(json))
                                      : Value::string(arena, text);
}

bool needsEscapes(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t c = decode(text, at);
        if (c != '\n' && c != '\t' && needsEscape(c))
            return true;
    }
    return false;
}

std::string scalarText(std::string_view text, bool inFlow)
{
    return isSafePlain(text, inFlow) ? std::string(text) : doubleQuoted(text);
}

std::string keyText(std::string_view key, bool inFlow)
{
    return key == "y" || key == "n" ? std::string(key) : scalarText(key, inFlow);
}

} // namespace yaml

std::string yamlScalar(std::string_view text)
{
    return yaml::scalarText(text, false);
}

const YamlNode::Entry *YamlNode::entry(std::string_view key) const
{
    const auto found = std::ranges::find(entries, key, &Entry::key);
    return found == entries.end() ? nullptr : &*found;
}

const YamlNode *YamlNode::find(std::string_view key) const
{
    const Entry *found = entry(key);
    return found ? &found->value : nullptr;
}

Value YamlNode::toValue(Arena &arena) const
{
    if (kind == Kind::Scalar)
        return style == Style::Plain ? yaml::resolvePlain(arena, scalar)
                                     : Value::string(arena, scalar);
    if (kind == Kind::Sequence) {
        ArrayBuilder array(arena);
        for (const YamlNode &item : items)
            array.add(item.toValue(arena));
        return array.finish();
    }
    if (kind != Kind::Map)
        return Value::null();
    ObjectBuilder object(arena);
    for (const Entry &member : entries)
        object.set(member.key, member.value.toValue(arena));
    return object.finish();
}

} // namespace tw
