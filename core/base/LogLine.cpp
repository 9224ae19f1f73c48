// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/LogLine.h"

#include "core/base/Redactor.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace tw::log {
namespace {

constexpr std::size_t kLongestMessage = 16 * 1024;
constexpr std::array<std::string_view, 4> kLevels{"error", "warning", "info", "debug"};

/// The code point at `at` and its bytes; no bytes where it is not UTF-8.
struct CodePoint
{
    char32_t value = 0;
    std::size_t bytes = 0;
};

CodePoint codePointAt(std::string_view text, std::size_t at)
{
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    const std::size_t bytes = byte(0) < 0x80   ? 1
                              : byte(0) < 0xc2 ? 0
                              : byte(0) < 0xe0 ? 2
                              : byte(0) < 0xf0 ? 3
                              : byte(0) < 0xf5 ? 4
                                               : 0;
    if (bytes == 0 || at + bytes > text.size())
        return {};
    if (bytes == 1)
        return {byte(0), 1};
    char32_t value = byte(0) & (0xffu >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return {};
        value = value << 6 | (byte(i) & 0x3f);
    }
    constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
    const bool isSound =
        value >= least[bytes] && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
    return isSound ? CodePoint{value, bytes} : CodePoint{};
}

bool isDangerous(char32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c == 0x200e ||
           c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0xfeff;
}

void appendEscape(std::string &out, char32_t c)
{
    switch (c) {
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        break;
    }
    char text[8];
    std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(c));
    out += text;
}

bool isPlain(char c, Form form)
{
    return c >= 0x20 && c < 0x7f && (form == Form::Text || (c != '"' && c != '\\'));
}

void appendEscaped(std::string &out, std::string_view text, Form form)
{
    for (std::size_t at = 0; at < text.size();) {
        std::size_t plain = at;
        while (plain < text.size() && isPlain(text[plain], form))
            ++plain;
        out.append(text.substr(at, plain - at));
        at = plain;
        if (at == text.size())
            return;
        if (text[at] == '"' || text[at] == '\\') {
            (out += '\\') += text[at++];
            continue;
        }
        const CodePoint point = codePointAt(text, at);
        if (point.bytes == 0)
            appendEscape(out, 0xfffd);
        else if (isDangerous(point.value))
            appendEscape(out, point.value);
        else
            out.append(text.substr(at, point.bytes));
        at += point.bytes == 0 ? 1 : point.bytes;
    }
}

std::string timeText(Instant time)
{
    std::int64_t seconds = time.msSinceEpoch / 1000;
    std::int64_t ms = time.msSinceEpoch % 1000;
    if (ms < 0) {
        ms += 1000;
        --seconds;
    }
    const auto clock = static_cast<std::time_t>(seconds);
    std::tm parts{};
    ::gmtime_r(&clock, &parts);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                  static_cast<int>(ms));
    return text;
}

std::string cleanMessage(std::string_view message, const Redactor &redactor)
{
    std::string clean = redactor.redacted(message); // before the cut: half a secret is not known
    if (clean.size() <= kLongestMessage)
        return clean;
    const std::size_t lost = clean.size() - kLongestMessage;
    clean.resize(kLongestMessage);
    return clean + " [" + std::to_string(lost) + " bytes cut]";
}

struct NamedId
{
    const char *name;
    std::string_view value;
};

std::array<NamedId, 4> named(const Ids::Known &ids)
{
    return {{{"flow", ids.flow}, {"run", ids.run}, {"step", ids.step}, {"delivery", ids.delivery}}};
}

} // namespace

std::string_view toString(Level level)
{
    return kLevels[static_cast<std::size_t>(level)];
}

std::optional<Level> levelFromString(std::string_view text)
{
    for (std::size_t i = 0; i < kLevels.size(); ++i) {
        if (kLevels[i] == text)
            return static_cast<Level>(i);
    }
    return std::nullopt;
}

std::string written(const Line &line, Form form, const Redactor &redactor)
{
    const std::string message = cleanMessage(line.message, redactor);
    std::string out;
    out.reserve(message.size() + 160);
    if (form == Form::Text) {
        out.append(timeText(line.time)).append(" ").append(toString(line.level)).append(" ");
        appendEscaped(out, line.area, form);
        out += ": ";
        appendEscaped(out, message, form);
        for (const auto &[name, value] : named(line.ids)) {
            if (!value.empty()) {
                out.append(" ").append(name).append("=");
                appendEscaped(out, redactor.redacted(value), form);
            }
        }
        return out += line.rehearsal ? " rehearsal=true\n" : "\n";
    }
    out.append("{\"time\":\"").append(timeText(line.time));
    out.append("\",\"level\":\"").append(toString(line.level)).append("\",\"area\":\"");
    appendEscaped(out, line.area, form);
    out += "\",\"message\":\"";
    appendEscaped(out, message, form);
    for (const auto &[name, value] : named(line.ids)) {
        if (!value.empty()) {
            out.append("\",\"").append(name).append("\":\"");
            appendEscaped(out, redactor.redacted(value), form);
        }
    }
    return out += line.rehearsal ? "\",\"rehearsal\":true}\n" : "\"}\n";
}

} // namespace tw::log
